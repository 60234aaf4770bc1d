"""A whole search on one small council: what it hands over adds up, and a limit holds."""

from __future__ import annotations

import json
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from sencosim.cli import main
from sencosim.decisions.frontier import undominated
from sencosim.errors import InputError
from sencosim.evidence import register
from sencosim.experiment.jobs import REFERENCE
from sencosim.experiment.pool import Where
from sencosim.model import RunOptions, england
from sencosim.outcomes.frontier import COST, Frontier, made_by
from sencosim.outcomes.policy_figures import LOST, WORTHS, figures, worth_name
from sencosim.population.sampling import only_councils
from sencosim.population.synthetic import synthetic_england
from sencosim.report.frontier_page import frontier_html
from sencosim.report.showing import CAUTIONS
from sencosim.scenario.load import load_scenario
from sencosim.studies import optimise_answer as answering
from sencosim.studies import optimise_cases
from sencosim.studies.answer import write_answer
from sencosim.studies.frontier_answer import as_json, frontier_text, read_frontier, scenario_of
from sencosim.studies.optimise_answer import optimise_answer
from sencosim.studies.optimise_search import AIMS, NOTHING, RULE, Found, Sizes, Study, find, problem_of, search_id
from sencosim.studies.policy_runs import PolicyRuns
from sencosim.studies.policy_space import DIALS, dials_at
from sencosim.terminal.settings import load_all

RUTLAND = RunOptions(councils=("Rutland",))
NO_LIMITS = {"most_cost": None, "most_duty": None, "most_teachers": None}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    base = load_scenario("baseline").scenario
    out = tmp_path_factory.mktemp("outputs")
    runs = PolicyRuns(RUTLAND, Where(1), out, lambda _: None)
    sizes = Sizes(points=32, replications=1, rounds=1, draws=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optimise_cases, "FORMS", (REFERENCE,))
        whole = problem_of({"aim": "support_intensity", **NO_LIMITS})
        few = replace(whole, aims=whole.aims[:2])  # an emulator and a row of targets less for each aim left out
        return find(Study(base, runs, sizes, few), "support_intensity")


@pytest.mark.engine
def test_the_frontier_is_among_what_was_run_and_no_policy_takes_time_away(found: Found) -> None:
    dials = dials_at(found.searched.points)
    for name, own in found.dials.drop(index=RULE).iterrows():
        assert (dials == own[list(DIALS)].astype(float)).all(axis=1).any(), name
    main = [name for name in found.dials.index if found.aims[name] == "support_intensity"]
    assert main
    rows = [int(np.flatnonzero((dials == found.dials.loc[name].astype(float)).all(axis=1))[0]) for name in main]
    told = found.searched.outcomes.iloc[rows]
    assert (told[LOST] <= 0.0).all()
    assert undominated(told[COST].to_numpy(), told["support_intensity"].to_numpy()).all()
    assert told[COST].is_monotonic_increasing


@pytest.mark.engine
def test_every_option_is_run_in_every_case_and_nothing_changes_nothing(found: Found) -> None:
    table = found.cases.table
    cases = table.groupby(["law", "form", "view"]).size()
    assert len(cases) == 2 * 3  # laws and views
    assert cases.nunique() == 1
    nothing = table[table["policy"] == NOTHING]
    assert (nothing[list(figures())] == 0.0).all().all()


@pytest.mark.engine
def test_social_value_is_linear_in_the_worth_of_provision(found: Found) -> None:
    values = found.confirmed[[worth_name(worth) for worth in WORTHS]].to_numpy(dtype=np.float64)
    steps = np.diff(values, axis=1) / np.diff(WORTHS)
    assert steps == pytest.approx(np.repeat(steps[:, :1], steps.shape[1], axis=1), rel=1e-6, abs=1.0)


@pytest.mark.engine
def test_what_is_handed_over_is_read_again(found: Found, tmp_path: Path) -> None:
    answer = optimise_answer(found, RUTLAND)
    place = write_answer(answer, found.scenarios, tmp_path)
    read = Frontier.read(place)
    assert read.is_current
    assert read.aims[0] == "support_intensity"
    assert set(read.points.index) < set(read.figures.index)
    assert json.loads((place / "manifest.json").read_text())["rule"] == answer.facts["rule"]
    own = read.of_aim("support_intensity")
    assert own["cost"].is_monotonic_increasing
    assert own["gain"].is_monotonic_increasing
    full = {str(name): float(value) for name, value in read.figures.to_dict("index")["full_time"].items()}
    beside = read.beside("support_intensity", full[COST], full["support_intensity"])
    assert beside.gain_for_as_much >= 0.0
    cases = answer.tables["cases"]
    assert (cases["cost_for_as_much"] <= cases[COST] + 1.0).all()
    assert not cases.loc[cases["policy"] == RULE, "holds"].isna().any()
    assert set(made_by()) <= set(answer.facts)
    assert "Rutland" in json.dumps(answer.facts)


@pytest.mark.engine
def test_the_cautions_of_shipped_policies_that_were_run_and_of_the_evidence_go_with_it(
    found: Found, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    team, ours = load_scenario("team").scenario, "The evidence is not that which ships."
    monkeypatch.setattr(register, "cautions_of_evidence", lambda: (ours,))
    monkeypatch.setattr(answering, "find", lambda *_: found)
    words = ("optimise", "--council", "Rutland", "--workers", "1", "--out", str(tmp_path), "--json")
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout.splitlines()[-1])
    place, expected = Path(told["folder"]), [f"“{team.title}”: {team.cautions[0]}", ours]
    assert json.loads((place / "manifest.json").read_text(encoding="utf-8"))[CAUTIONS] == expected
    for text in (told["text"], (place / "answer.txt").read_text(encoding="utf-8"), frontier_text(read_frontier(place))):
        assert [" ".join(text.split()).count(one) for one in expected] == [1, 1]
    page = frontier_html(read_frontier(place))
    assert all(one in unescape(page) for one in expected)
    assert as_json(read_frontier(None))["facts"][CAUTIONS] == [ours]


@pytest.mark.engine
def test_the_schools_and_settings_of_a_search_go_with_it(found: Found, tmp_path: Path) -> None:
    there = only_councils(synthetic_england(), ["Rutland"])
    twice = replace(RUTLAND, population=replace(there, sen_support=2 * there.sen_support))
    cheap = load_all(["baseline"], {"overrides.teacher_employment_cost": "35000"})[0].scenario
    answer = optimise_answer(replace(found, base=cheap), twice)
    assert answer.facts["population_fingerprint"] == england(twice).fingerprint != synthetic_england().fingerprint
    assert len({search_id(found, RUTLAND), search_id(found, twice), search_id(replace(found, base=cheap), twice)}) == 3
    for said in ("overrides.teacher_employment_cost. It holds for runs with the same", "on schools of the user's own"):
        assert said in " ".join(answer.text.split())
    read = Frontier.read(write_answer(answer, found.scenarios, tmp_path))
    assert read.is_current
    (tmp_path / "rule.yaml").write_text(scenario_of(read, RULE, "rule"), encoding="utf-8")
    written = load_scenario(tmp_path / "rule.yaml").scenario
    assert written.overrides == cheap.overrides
    plain = optimise_answer(found, RUTLAND).facts
    assert (plain["settings"], plain["own_schools"]) == ({}, False)


@pytest.mark.unit
def test_an_aim_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InputError, match="support_intensity"):
        problem_of({"aim": "support_intensty", **NO_LIMITS})
    assert problem_of({"aim": AIMS[2], **NO_LIMITS}).aims[0].name == AIMS[2]


@pytest.mark.unit
def test_a_lever_that_is_given_to_a_search_is_refused_as_it_would_change_nothing() -> None:
    done = CliRunner().invoke(main, ["optimise", "--set", "levers.slt_seat.phase_in_years=1", "--dry-run"])
    assert done.exit_code == 2, done.output
    assert "leave out --set levers.slt_seat.phase_in_years." in " ".join(done.output.split())


@pytest.mark.unit
def test_fewer_schools_are_run_more_often_and_never_less_precisely() -> None:
    plain = Sizes()
    for n in (1, 20, 300, 5_000, 20_000):
        own = plain.on(n)
        assert own.replications >= plain.replications
        assert own.confirmed >= plain.confirmed
        assert own.replications >= plain.on(2 * n).replications
