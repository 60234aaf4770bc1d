"""The Python interface: frozen policies, one stored ensemble, names that load when they are used."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from studies.made_up import made_up_rows

import sencosim as ss
from sencosim.arms.replaceable import replaced_by
from sencosim.cli import main
from sencosim.errors import InputError
from sencosim.studies import draws as drawing
from sencosim.studies.answer import Answer, write_answer
from sencosim.studies.cube import COLUMNS, WORDS
from sencosim.studies.draws import manifest_of
from sencosim.studies.overview import overview_answer

pytestmark = pytest.mark.unit


@pytest.fixture
def how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ss.How:
    monkeypatch.setattr(drawing, "conduct", lambda *_: None)
    monkeypatch.setattr(drawing, "rows_of", made_up_rows)
    return ss.How(councils=("Rutland",), workers=1, out=tmp_path)


def test_a_policy_is_frozen_and_a_change_makes_another() -> None:
    full = ss.load("full_time")
    days = full.with_({"levers.protected_time.floor.days_per_week": 2}, name="two_days")
    assert full.name == "full_time"
    assert days.name == "two_days"
    assert days.scenario.title == (
        "Protected time: at least 2 days a week (full_time with protected_time.floor.days_per_week = 2)"
    )
    assert days.scenario.description.startswith("The policy: protected_time, at least 2 days a week, all schools")
    with pytest.raises(InputError, match="cannot be changed in place"):
        full.scenario.name = "other"  # type: ignore[misc]
    assert repr(full).startswith("Policy(full_time: ")
    assert any("protected_time" in line for line in days.differs_from(full))


def test_overrides_are_checked_at_once() -> None:
    full = ss.load("full_time")
    fixed = full.with_(overrides={"senco_leaving_rate": 0.1})
    assert fixed.scenario.overrides["senco_leaving_rate"].value == 0.1
    mine = full.with_(overrides={"senco_leaving_rate": ss.distribution("beta", a=8, b=92)})
    assert mine.scenario.overrides["senco_leaving_rate"].distribution is not None
    assert mine.scenario.title.endswith(", with SENCOs who leave the post = beta (a 8.0, b 92.0)")
    again = fixed.with_({"levers.protected_time.floor.days_per_week": 2}).scenario
    assert "Assumed: SENCOs who leave the post = 0.1." in again.description
    with pytest.raises(InputError, match="Did you mean"):
        full.with_(overrides={"senco_leaving_rat": 0.1})


def test_one_ensemble_feeds_every_analysis(how: ss.How) -> None:
    runs = ss.run([ss.load("baseline"), ss.load("full_time")], draws=90, how=how)
    again = ss.open_runs(runs.place)
    assert again.ensemble.fingerprint == runs.ensemble.fingerprint
    assert len(runs.draws()) == 90
    assert {
        one.name for one in (runs.overview(), runs.breakeven(), runs.voi(), runs.moves(), runs.prim(threshold=1.1e8))
    } == {
        "overview",
        "breakeven",
        "voi",
        "sensitivity-draws",
        "prim",
    }
    with pytest.raises(InputError, match="no policy named other"):
        runs.breakeven("other")


def test_sweeps_and_designs_run_from_python(how: ss.How) -> None:
    full = ss.load("full_time")
    runs = ss.sweep(full, {"senco_leaving_rate": [0.1, 0.2]}, how=how)
    assert len(runs.draws()["draw"].unique()) == 2
    assert ss.tornado(full, ["behaviour"], how=how).tables["tornado"]["input"].iloc[0] == "used_share_added"
    assert "sobol" in ss.sobol(full, ["behaviour"], points=8, how=how).tables


def test_draws_without_the_main_view_answer_no_question_about_it(how: ss.How) -> None:
    runs = ss.run("full_time", draws=90, views="campaign", how=how)
    for ask in (runs.overview, runs.breakeven, runs.voi, runs.moves, runs.prim):
        with pytest.raises(InputError, match=r"main view of full_time, central, .* has those of campaign alone"):
            ask()


def money_cube(costs: dict[int, float]) -> pd.DataFrame:
    """A cube with the net cost of each draw alone. [GBP]"""
    sums = {"year": "present_value", "outcome": "net_public_cost", "payer": "", "area": "Rutland", "group": "all"}
    keys = {"view": "central", "baseline": "current_law", "replication": 0, "weight": 1.0}
    rows = [
        keys | sums | {"draw": draw, "arm": arm, "value": value}
        for draw, cost in costs.items()
        for arm, value in (("baseline", 0.0), ("full_time", cost))
    ]
    return pd.DataFrame(rows)[list(COLUMNS)].astype(dict.fromkeys(WORDS, "category"))


def test_points_of_a_sweep_are_no_draws(how: ss.How) -> None:
    """Their mean is that of the horizons or rates that somebody typed."""
    place = ss.sweep("full_time", {"horizon.years": [2, 4]}, how=how).place
    runs = ss.open_runs(place)
    for ask in (runs.overview, runs.breakeven, runs.voi, runs.moves, runs.prim):
        with pytest.raises(InputError, match=r"are a design \(grid\), not draws of the evidence"):
            ask()
    for words in ("breakeven", "voi", "ensemble", "sensitivity draws", "sensitivity prim", "trial"):
        told = CliRunner().invoke(main, [*words.split(), "--ensemble", str(place)])
        assert told.exit_code == 2, told.output
        assert "are a design (grid), not draws of the evidence" in " ".join(told.output.split())
    assert sorted(path.name for path in place.iterdir() if path.is_dir()) == []


def test_a_table_of_a_sweep_goes_point_by_point(how: ss.How) -> None:
    runs = ss.sweep("full_time", {"horizon.years": [2, 4]}, how=how)
    vars(runs)["cube"] = money_cube({1: 1e6, 2: 2e6})
    with pytest.raises(InputError, match="not draws of the evidence"):
        runs.summary()
    with pytest.raises(InputError, match="not draws of the evidence"):
        runs.plot()
    assert list(runs.summary(["draw"])["mean"]) == [1e6, 2e6]
    assert list(runs.summary(["view"], draw=2)["mean"]) == [2e6]
    assert "not draws of the evidence" in runs._repr_html_()


def test_a_notebook_shows_the_cost_of_a_council_in_its_unit(how: ss.How) -> None:
    runs = ss.run("full_time", draws=2, how=how)
    for cost, head, shown in ((1.2e6, "mean, GBP million", "1.20"), (4.3e9, "mean, GBP billion", "4.30")):
        vars(runs)["_of_all_schools"] = money_cube({1: 0.9 * cost, 2: 1.1 * cost})
        text = runs._repr_html_()
        assert f"<th>{head}</th>" in text
        assert f"<td>{shown}</td>" in text


def test_policies_of_one_name_and_none_at_all_are_refused(how: ss.How) -> None:
    full = ss.load("full_time")
    with pytest.raises(InputError, match="one name"):
        ss.run([full, full.with_({"horizon.years": 5})], how=how)
    with pytest.raises(InputError, match="no policy"):
        ss.run(ss.load("baseline"), how=how)


def test_a_policy_with_the_name_of_the_arm_without_one_is_refused_before_it_is_run(how: ss.How) -> None:
    own = ss.load("full_time").with_(name="baseline")
    for ask in (lambda: ss.run(own, how=how), lambda: ss.sweep(own, {"senco_leaving_rate": [0.1, 0.2]}, how=how)):
        with pytest.raises(InputError, match=r"cannot be named baseline.* name: my_baseline "):
            ask()
    assert list(how.out.iterdir()) == []


def test_names_load_when_they_are_used() -> None:
    code = "import sys, sencosim; print(any(m in sys.modules for m in ('numpy', 'pandas', 'numba', 'sencosim.api')))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
    with pytest.raises(AttributeError, match="no attribute 'rum'"):
        ss.rum  # type: ignore[attr-defined]  # noqa: B018
    assert "load" in dir(ss)


def _never(*_: float) -> float:
    return 0.0


def test_a_replaced_mechanism_is_named_by_everything_that_comes_out(how: ss.How) -> None:
    full = ss.load("full_time")
    shipped = ss.run(full, draws=40, how=how)
    own = ss.run(full, draws=40, how=how, mechanisms={"refusal": _never})
    assert own.place != shipped.place
    assert "own_mechanisms" in own.place.name
    assert manifest_of(own.place)["engine"] == "reference"
    assert "REPLACED MECHANISMS: refusal" in repr(ss.open_runs(own.place))
    assert "REPLACED" not in repr(shipped)
    assert own.draws()["replaced_mechanisms"].str.startswith("refusal (").all()
    assert "replaced_mechanisms" not in shipped.draws()
    answer = own.overview()
    assert "Made with replaced mechanisms: refusal" in answer.text
    assert all("replaced_mechanisms" in table for table in answer.tables.values())
    for chart in answer.charts:
        assert "replaced mechanisms" in chart.text, chart.name
        assert "own_mechanisms" in chart.svg, chart.name
        assert "replaced mechanisms: refusal" in chart.svg, chart.name
        assert "With replaced mechanisms" in chart.source, chart.name
    place = write_answer(overview_of(own), own.ensemble, own.place)
    assert "replaced mechanisms" in (place / "answer.txt").read_text(encoding="utf-8")
    assert json.loads((place / "manifest.json").read_text(encoding="utf-8"))["replaced_mechanisms"]["refusal"]


def overview_of(runs: ss.Runs) -> Answer:
    return overview_answer(runs.ensemble, runs.place, runs.policies["full_time"].scenario, "full_time")


def test_a_function_that_cannot_travel_runs_here(how: ss.How) -> None:
    many = replace(how, workers=2)
    assert many.where(replaced_by({"refusal": _never})).workers == 2
    assert many.where(replaced_by({"refusal": lambda *_: 0.0})).workers == 1
    assert many.options(replaced_by({"refusal": _never})).engine == "reference"
    assert many.options().engine == "compiled"
    with pytest.raises(InputError, match="no replaceable mechanism named refusals"):
        ss.run(ss.load("full_time"), draws=4, how=how, mechanisms={"refusals": _never})
