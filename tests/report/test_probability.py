"""Chances, planes, switching values and the worth of research: from the run's own draws, and from a stored ensemble."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sencosim.decisions.ensemble import as_texts
from sencosim.report.findings import Findings
from sencosim.report.inputs import ReportInputs
from sencosim.report.manifest import write_manifest
from sencosim.report.outputs import write_outputs
from sencosim.report.probability import _evppi_table, chance_frame, plane_of, section, stored_tables
from sencosim.report.quoted import figures_of, numbers_in, unsupported_figures
from sencosim.report.research import ABOUT, with_research
from sencosim.report.showing import FACT
from sencosim.report.table import Table
from sencosim.scenario.load import load_scenario
from sencosim.scenario.show import show

pytestmark = pytest.mark.unit
SAME = ("evidence_fingerprint", "code_fingerprint", "population_fingerprint")
SWITCHES = pd.DataFrame(
    {
        "input": ["a", "b"],
        "title": ["Pay of a teacher", "Leaving"],
        "unit": ["GBP", "per year"],
        "today": [72_000.0, 0.13],
        "status": ["found", "no root in range"],
        "switching_value": [31_000.0, np.nan],
        "low": [28_000.0, np.nan],
        "high": [np.inf, np.nan],
        "searched_low": [20_000.0, 0.05],
        "searched_high": [90_000.0, 0.2],
        "place": ["not within the evidence", ""],
    }
)
EVPPI = pd.DataFrame(
    {
        "group": ["a", "group: What things cost", "everything"],
        "title": ["Pay of a teacher", "group: What things cost", "everything"],
        "value": [1.2e6, 3.4e6, 9.9e6],
        "standard_error": [2.0e5, 4.0e5, 8.0e5],
        "value_null": [1.0e4, 2.0e4, np.nan],
        "survives": [True, True, True],
        "most": [np.nan, np.nan, np.nan],
    }
)
IMPORTANCE = pd.DataFrame(
    {
        "title": ["Leaving", "Pay", "Hours"],
        "quality": ["E", "B", "D"],
        "shapley": [0.41, 0.3, 0.02],
        "low": [0.32, 0.2, 0.0],
        "high": [0.5, 0.4, 0.05],
        "told_apart": [True, True, False],
    }
)


ANSWERED: dict[str, Any] = {"view": "central", "ensemble_fingerprint": "ab", **dict.fromkeys(SAME, "ab")}


def cells(table: Table | None) -> str:
    assert table is not None
    return " ".join([table.caption, *table.columns, *table.notes, *(cell for row in table.shown for cell in row)])


@pytest.fixture
def asked(inputs: ReportInputs) -> ReportInputs:
    """The made-up run, with a question that an ensemble can ask too."""
    scenario = replace(inputs.scenario, resolved_yaml="name: made_up\nview: central\nhorizon:\n  years: 10\n")
    return replace(inputs, scenario=scenario, manifest={**inputs.manifest, **dict.fromkeys(SAME, "ab")})


def stored(root: Path, name: str = "made_up-draws-1", **changes: object) -> Path:
    """A stored ensemble with three answers alongside it, as the commands leave them."""
    folder = root / "ensembles" / name
    facts: dict[str, object] = {
        "kind": "draws",
        "n_points": 128,
        "scenarios": {"made_up": "x"},
        "resolved_scenarios": {"made_up": {"name": "other", "view": "sceptic", "horizon": {"years": 10}}},
        **dict.fromkeys(SAME, "ab"),
    }
    folder.mkdir(parents=True)
    facts |= changes
    (folder / "manifest.json").write_text(json.dumps(facts | {"fingerprint": "ab"}), encoding="utf-8")
    (folder / "ensemble.json").write_text(json.dumps({"fingerprint": "ab", "about": as_texts(facts)}), encoding="utf-8")
    for analysis, file, table in (
        ("overview", "importance", IMPORTANCE),
        ("breakeven", "switching_values_public", SWITCHES),
        ("voi", "evppi", EVPPI),
    ):
        (folder / analysis).mkdir()
        table.to_csv(folder / analysis / f"{file}.csv", index=False)
        write_manifest(folder / analysis, ANSWERED | {"analysis": analysis})
    return folder


def test_chances_are_those_of_the_summary_with_an_interval_around_them(inputs: ReportInputs) -> None:
    table = chance_frame(Findings(inputs))
    assert set(table["view"]) == set(inputs.views)
    assert {"public purse", "schools", "families"} <= set(table["payer"])
    assert ((table["low"] <= table["chance"]) & (table["chance"] <= table["high"])).all()
    known = figures_of(inputs)
    assert all(any(abs(value - chance) < 1e-12 for value in known) for chance in table["chance"])


def test_one_draw_has_neither_chances_nor_a_plane(one_draw: ReportInputs) -> None:
    assert chance_frame(Findings(one_draw)).empty
    assert plane_of(Findings(one_draw)) is None
    assert section(Findings(one_draw))["chance_table"] is None


def test_every_draw_is_in_one_quadrant(inputs: ReportInputs) -> None:
    found = plane_of(Findings(inputs))
    assert found is not None
    assert sum(found[1].quadrants.values()) == pytest.approx(1.0)
    central = inputs.runs[inputs.runs["view"] == "central"]
    assert found[1].cost.size == central.loc[central["draw"] > 0, "draw"].nunique()


def test_what_an_ensemble_knows_comes_into_the_report_and_is_kept_with_the_run(
    asked: ReportInputs, tmp_path: Path
) -> None:
    stored(tmp_path)
    folder = write_outputs(asked, tmp_path)
    html = (folder / "report.html").read_text(encoding="utf-8")
    for words in ("Switching values", "What knowing more would be worth", "weakest evidence", "made_up-draws-1"):
        assert words in html
    assert html.count("<svg") == 8
    assert "sencosim voi made_up" not in html
    kept = {path.stem for path in (folder / "probability").glob("*.csv")}
    assert kept == {"chance_of_saving", "plane_quadrants", "switching_values", "evppi", "importance", ABOUT}


def test_a_table_that_was_changed_is_not_quoted(asked: ReportInputs, tmp_path: Path) -> None:
    table = stored(tmp_path) / "voi" / "evppi.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("1", "9"), encoding="utf-8")
    assert set(with_research(asked, tmp_path).research[ABOUT]["table"]) == {"importance", "switching_values"}


def test_the_last_analysis_of_a_name_is_quoted(asked: ReportInputs, tmp_path: Path) -> None:
    folder = stored(tmp_path)
    for number in (2, 10):
        later = shutil.copytree(folder / "voi", folder / f"voi-{number}")
        (later / "manifest.json").unlink()
        EVPPI.assign(value=float(number)).to_csv(later / "evppi.csv", index=False)
        write_manifest(later, ANSWERED | {"analysis": "voi"})
    shutil.copytree(folder / "voi", folder / "voi-other")
    assert set(with_research(asked, tmp_path).research["evppi"]["value"]) == {10.0}


def test_every_figure_of_the_part_is_in_a_stored_table(asked: ReportInputs, tmp_path: Path) -> None:
    stored(tmp_path)
    findings = Findings(with_research(asked, tmp_path))
    part = section(findings)
    text = " ".join(cells(one) for one in part.values() if isinstance(one, Table)) + part["plane_sentence"]
    known = [number for table in stored_tables(findings).values() for number in numbers_in(table)]
    drawn = plane_of(findings)[1]
    known += [len(drawn.cost), *(len(drawn.cost) * share for share in drawn.quadrants.values())]
    assert len(re.findall(r"\d", text)) > 50
    assert unsupported_figures(text, known) == []


def test_worth_is_shown_beside_its_null_and_a_bound_where_nothing_reverses(asked: ReportInputs) -> None:
    told = cells(_evppi_table(Findings(asked), EVPPI.assign(survives=[True, False, True])))
    assert "Pay of a teacher" in told
    assert "What things cost" not in told
    assert "No draw reverses" not in told
    nothing = EVPPI.tail(1).assign(value=0.0, standard_error=0.0, survives=False, most=3.21e6)
    bound = cells(_evppi_table(Findings(asked), nothing))
    assert "No draw reverses today's choice" in bound
    assert "£3.2 million at most" in bound


def test_without_an_ensemble_the_report_says_how_to_make_one(asked: ReportInputs, tmp_path: Path) -> None:
    html = (write_outputs(asked, tmp_path) / "report.html").read_text(encoding="utf-8")
    for command in ("ensemble", "breakeven", "voi"):
        assert f"sencosim {command} made_up" in html


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "saltelli"},
        {"code_fingerprint": "cd"},
        {"evidence_fingerprint": "cd"},
        {"councils": ["Norfolk"]},
        {FACT: {"refusal": {"function": "mine.never", "code_sha256": "0"}}},
        {"resolved_scenarios": {"made_up": {"horizon": {"years": 5}}}},
        {"resolved_scenarios": {"made_up": {"horizon": {"years": 10}, "run": {"warm_up_years": 0}}}},
    ],
)
def test_an_ensemble_that_asks_something_else_is_left_alone(
    asked: ReportInputs, tmp_path: Path, changes: dict[str, Any]
) -> None:
    stored(tmp_path, **changes)
    assert with_research(asked, tmp_path) is asked


@pytest.mark.parametrize(
    "changes",
    [
        {"view": "sceptic"},
        {"worths": {"appeals": 1000.0}},
        {"ensemble_fingerprint": "cd"},
        {"evidence_fingerprint": "cd"},
        {"code_fingerprint": "cd"},
        {"analysis": "other/voi"},
    ],
)
def test_an_answer_to_something_else_is_left_out(asked: ReportInputs, tmp_path: Path, changes: dict[str, Any]) -> None:
    """One of another view, draws, model or policy, or with prices of a reader; one before it is taken."""
    place = stored(tmp_path) / "voi"
    told = ANSWERED | {"analysis": "voi"} | changes
    write_manifest(shutil.copytree(place, place.with_name("voi-2")), told)
    assert "evppi" in with_research(asked, tmp_path).research
    write_manifest(place, told)
    assert set(with_research(asked, tmp_path).research) == {"importance", "switching_values", ABOUT}


def test_an_ensemble_whose_facts_were_changed_is_left_alone(asked: ReportInputs, tmp_path: Path) -> None:
    """That of another policy, which says that it is of this one."""
    folder = stored(tmp_path, scenarios={"other": "y"})
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert "evppi" in with_research(asked, tmp_path).research
    told["scenarios"] = {"made_up": "x"}
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    assert with_research(asked, tmp_path) is asked


def test_an_ensemble_that_was_stopped_and_the_pairs_of_a_trial_stop_no_run(asked: ReportInputs, tmp_path: Path) -> None:
    """Neither is finished: its manifest has no fingerprint, and a trial's never gets one."""
    whole = stored(tmp_path)
    unfinished = shutil.copytree(whole, whole.with_name("made_up-trial_of_schools-0123456789"))
    told = json.loads((unfinished / "manifest.json").read_text(encoding="utf-8"))
    del told["fingerprint"]
    (unfinished / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    assert "evppi" in with_research(asked, tmp_path).research
    (unfinished / "ensemble.json").unlink()
    assert "evppi" in with_research(asked, tmp_path).research
    shutil.rmtree(whole)
    assert with_research(asked, tmp_path) is asked


def test_a_damaged_answer_stops_no_run(asked: ReportInputs, tmp_path: Path) -> None:
    (stored(tmp_path) / "voi" / "manifest.json").write_text("{", encoding="utf-8")
    assert "evppi" not in with_research(asked, tmp_path).research


def test_settings_left_to_their_defaults_ask_the_same(asked: ReportInputs, tmp_path: Path) -> None:
    """A run leaves them out of its scenario; an ensemble writes them out."""
    resolved = load_scenario("full_time")
    written_out = json.loads(resolved.scenario.model_dump_json(by_alias=True))
    stored(tmp_path, scenarios={"full_time": "x"}, resolved_scenarios={"full_time": written_out})
    text = replace(asked.scenario, resolved_yaml=show(resolved))
    assert "evppi" in with_research(replace(asked, scenario=text), tmp_path).research


def test_the_ensemble_with_most_points_is_taken(asked: ReportInputs, tmp_path: Path) -> None:
    stored(tmp_path, "few", n_points=30)
    stored(tmp_path, "many", n_points=300)
    assert set(with_research(asked, tmp_path).research[ABOUT]["ensemble"]) == {"many"}


def test_on_how_much_of_england_a_stored_ensemble_was_run_is_said(asked: ReportInputs, tmp_path: Path) -> None:
    """It asks the same question on other schools than the run: its share is its own."""
    for number, (share, said) in enumerate([(0.02, "made_up-draws-1, on 2 % of England"), (None, "made_up-draws-1")]):
        root = tmp_path / str(number)
        stored(root, sample_share=share)
        found = with_research(asked, root)
        assert f"evppi: ensemble {said}" in section(Findings(found))["research_sources"]


def test_forms_that_an_ensemble_draws_and_the_run_holds_are_said(asked: ReportInputs, tmp_path: Path) -> None:
    for number, (drawn, said) in enumerate([(["beyond_list"], "support beyond the listed amount"), ([], "")]):
        root = tmp_path / str(number)
        stored(root, forms_drawn=drawn)
        html = (write_outputs(with_research(asked, root), root / "out") / "report.html").read_text(encoding="utf-8")
        assert ("Draws of an ensemble are over forms of the model too" in html) == bool(said)
        assert said in html


def test_no_switching_value_is_said_plainly(asked: ReportInputs) -> None:
    none = SWITCHES.assign(status="no root in range")
    part = section(Findings(replace(asked, research={"switching_values": none})))
    assert part["switching_table"] is None
    assert part["switching_sentence"].endswith("Not within the evidence.")
