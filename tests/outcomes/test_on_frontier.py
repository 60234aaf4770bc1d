"""A policy alongside the frontier: what holds of any policy, and when none may stand there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes.made_up_frontier import write_frontier

from sencosim.model import RunOptions, RunResult
from sencosim.outcomes.frontier import Frontier
from sencosim.outcomes.on_frontier import (
    NO_FRONTIER,
    THIS,
    Answer,
    Own,
    answers,
    beside_shipped,
    cost_per_unit,
    frontier_facts,
    frontier_figures,
    own_settings,
    payers_of,
    standings,
    why_not_beside,
)
from sencosim.outcomes.policy_figures import figures
from sencosim.outcomes.summary import PRESENT_VALUE, Summary
from sencosim.population.synthetic import synthetic_england
from sencosim.report.frontier_section import found_on_sentence
from sencosim.scenario.load import load_scenario
from sencosim.scenario.reading import yaml_lines
from sencosim.scenario.schema import HOW_OFTEN, Horizon, Override, RunSettings, Scenario
from sencosim.studies.frontier_answer import scenario_of

pytestmark = pytest.mark.property
COSTS = st.floats(-1e9, 2e10)
GAINS = st.floats(-1e7, 1.5e7)


@pytest.fixture(scope="module")
def frontier(tmp_path_factory: pytest.TempPathFactory) -> Frontier:
    return Frontier.read(write_frontier(tmp_path_factory.mktemp("frontier") / "made_up"))


@pytest.fixture(scope="module")
def table(frontier: Frontier) -> pd.DataFrame:
    """The frontier with a policy alongside it that does nothing."""
    nothing = dict.fromkeys(figures(), 0.0)
    return standings(frontier, Own("made up", nothing, dict.fromkeys(nothing, float("nan"))))


def beside(table: pd.DataFrame, cost: float, gain: float, aim: str = "senco_work_hours") -> Answer:
    """A policy with this cost and gain for one aim alongside the frontier."""
    rows = table[table["aim"] == aim].copy()
    rows.loc[rows["name"] == THIS, ["cost", "gain"]] = cost, gain
    (found,) = answers(rows)
    return found


def test_a_policy_on_the_frontier_does_as_much_as_itself_at_its_own_cost(
    frontier: Frontier, table: pd.DataFrame
) -> None:
    for aim in frontier.aims:
        points = frontier.of_aim(aim)
        assert len(points) >= 3
        for name, cost, gain in points.itertuples():
            found = beside(table, cost, gain, aim)
            assert found.as_much["name"] == found.same_money["name"] == name
            assert found.cost_for_as_much == pytest.approx(cost)
            assert found.gain_for_as_much == pytest.approx(gain)


@given(cost=COSTS, gain=GAINS)
def test_what_does_as_much_gains_as_much_and_what_the_money_buys_costs_no_more(
    table: pd.DataFrame, cost: float, gain: float
) -> None:
    found = beside(table, cost, gain)
    if found.as_much:
        assert found.as_much["gain"] >= gain - 1e-6 * abs(gain)
        assert found.as_much["cost"] >= found.cost_for_as_much - 1.0  # a mix is never dearer than one of the two
    if found.same_money:
        assert found.same_money["cost"] <= cost + 1e-6 * abs(cost)
        assert found.same_money["gain"] <= found.gain_for_as_much + 1e-3


@given(cost=COSTS, gain=GAINS)
def test_a_policy_that_the_frontier_matches_is_never_cheaper_than_what_does_as_much(
    table: pd.DataFrame, cost: float, gain: float
) -> None:
    found = beside(table, cost, gain)
    if found.gain_for_as_much >= gain:
        assert found.cost_for_as_much <= cost + 1e-6 * abs(cost)


@given(cost=COSTS, more=st.floats(0.0, 1e10))
def test_more_money_never_does_less(table: pd.DataFrame, cost: float, more: float) -> None:
    less, dearer = beside(table, cost, 1.0), beside(table, cost + more, 1.0)
    assert dearer.gain_for_as_much >= less.gain_for_as_much
    if less.same_money:
        assert dearer.same_money["gain"] >= less.same_money["gain"]


@given(cost=st.floats(1e9, 2e10), gain=st.floats(-5.0, 5.0))
def test_what_the_page_says_of_a_policy_that_moves_little_is_what_the_frontier_says(
    table: pd.DataFrame, cost: float, gain: float
) -> None:
    """Half a week is much of some aims: a gain is one however small the number, and none is none."""
    rows = table[table["aim"] == "weeks_to_file"].copy()
    rows.loc[rows["name"] == THIS, ["cost", "gain"]] = cost, gain
    (found,) = answers(rows)
    headline = {"view": "central", "outcome": "net_public_cost", "year": PRESENT_VALUE, "difference": cost}
    summary = Summary(pd.DataFrame([headline]), pd.DataFrame(), {})
    told = frontier_figures(rows, "weeks_to_file", "central", summary).set_index("outcome")["difference"]
    if gain <= 0.0 or found.cost_for_as_much == float("inf"):
        assert pd.isna(told["frontier_least_cost"])
    else:
        assert told["frontier_least_cost"] == pytest.approx(found.cost_for_as_much)
    assert told["frontier_share"] == pytest.approx(100.0 * gain / found.gain_for_as_much)


def test_a_policy_that_moves_nothing_has_nothing_that_does_as_much(table: pd.DataFrame) -> None:
    assert beside(table, 1e9, 0.0).as_much == {}
    assert beside(table, 1e9, -5.0).as_much == {}


def test_every_aim_and_every_policy_is_there_once(frontier: Frontier) -> None:
    table = standings(frontier)
    assert list(dict.fromkeys(table["aim"])) == list(frontier.aims)
    assert not table.duplicated(["aim", "name"]).any()
    assert set(table["name"]) == set(map(str, frontier.figures.index))
    assert THIS not in set(table["kind"])


def test_payers_add_up_to_the_cost(frontier: Frontier) -> None:
    table = standings(frontier)
    sums = [sum(payers_of(paid).values()) for paid in table["paid_by"]]
    assert sums == pytest.approx(table["cost"].tolist(), abs=1.0)


def test_a_number_a_year_has_a_cost_for_each_and_a_rate_has_none() -> None:
    assert cost_per_unit("senco_work_hours", 100.0, 5.0, 10) == 2.0
    assert pd.isna(cost_per_unit("weeks_to_file", 100.0, 5.0, 10))
    assert pd.isna(cost_per_unit("senco_work_hours", 100.0, -5.0, 10))


# -- who may stand alongside it ----------------------------------------------------------------------------------------


def made_up_run(scenario: Scenario, **options: Any) -> RunResult:
    """What is asked of a run before its numbers are."""
    run: Any = SimpleNamespace(scenario=scenario, options=RunOptions(**options))
    return run  # type: ignore[no-any-return]


def why_not(facts: Mapping[str, Any], run: RunResult, area: str, **made: Any) -> dict[str, str]:
    """Why a run cannot stand alongside a frontier, on the schools of the frontier unless others are named."""
    like = {"population_fingerprint": facts["population_fingerprint"], "replaced_mechanisms": {}}
    return why_not_beside(facts, run, area, like | made)


def asked(**changes: Any) -> Scenario:
    return load_scenario("full_time").scenario.model_copy(update=changes)


@pytest.mark.parametrize(
    ("changes", "area", "reason"),
    [
        ({}, "Rutland", "area"),
        ({"horizon": Horizon(years=5)}, "England", "years"),
        ({"horizon": Horizon(first_year="2028/29")}, "England", "years"),
        ({"view": "sceptic"}, "England", "view"),
        ({"overrides": {"senco_leaving_rate": Override(value=0.2, why="a test")}}, "England", "settings"),
        ({"high_needs_pressure_funded_by": "councils"}, "England", "settings"),
    ],
)
def test_a_run_that_is_not_like_the_frontier_says_why(
    frontier: Frontier, changes: dict[str, Any], area: str, reason: str
) -> None:
    assert why_not(frontier.facts, made_up_run(asked(**changes)), area)["reason"] == reason


def test_a_run_like_the_frontier_may_stand_beside_it(frontier: Frontier) -> None:
    seeded = asked().run.model_copy(update={"seed": 7, "sample": 0.1})
    assert why_not(frontier.facts, made_up_run(asked(run=seeded)), "England") == {}


@pytest.mark.parametrize(
    ("made", "reason"),
    [({"population_fingerprint": "0" * 16}, "schools"), ({"replaced_mechanisms": {"a": "b"}}, "mechanisms")],
)
def test_schools_and_rules_are_those_that_the_manifest_names(
    frontier: Frontier, made: dict[str, Any], reason: str
) -> None:
    """A run that is read back has options that name neither."""
    assert why_not(frontier.facts, made_up_run(asked()), "England", **made)["reason"] == reason


OVERRIDDEN = {"teacher_employment_cost": Override(value=35_000.0, why="a test")}


def test_a_frontier_of_settings_of_its_own_takes_runs_of_those_settings_alone(tmp_path: Path) -> None:
    settings = own_settings(asked(overrides=OVERRIDDEN))
    found = Frontier.read(write_frontier(tmp_path / "cheap", settings=settings))
    assert set(settings) == {"overrides"}
    assert why_not(found.facts, made_up_run(asked(overrides=OVERRIDDEN)), "England") == {}
    for changes in ({}, {"overrides": {"teacher_employment_cost": Override(value=36_000.0, why="a test")}}):
        assert why_not(found.facts, made_up_run(asked(**changes)), "England")["reason"] == "settings"


OF_ITS_OWN = {"levers", "views", "structure", *(f"run.{name}" for name in HOW_OFTEN)}
"""What a run alongside a frontier may have of its own: its policy, and how it is run and averaged."""
COMPARED_BY_THEMSELVES = {"view": "view", "horizon": "years", "baselines": "settings"}
OTHERWISE: dict[str, Any] = {
    "background": {"slt_seat": {}},
    "shocks": {"worse_year": {"start": "2030/31", "requests": 0.9}},
    "reference": "unshocked",
    "mechanisms": {"off": ["culture"]},
    "routes_off": ["conduct"],
    "overrides": {"senco_leaving_rate": {"value": 0.2}},
    "correlations": {"effects_of_senco_time": {"correlation": 0.1}},
    "high_needs_pressure_funded_by": "councils",
    "high_needs_pressure_from": "2029-04",
    "flow_backs": "all",
    "run.warm_up_years": 3,
}
"""Another value of every other setting."""


def test_every_setting_either_may_differ_from_the_frontier_or_is_compared_with_it() -> None:
    """A new setting of a scenario or of its run must be put in one of the three."""
    names = {name for name in Scenario().settings() if name not in ("schema", "run")}
    names |= {f"run.{name}" for name in RunSettings.model_fields}
    assert names == OF_ITS_OWN | set(COMPARED_BY_THEMSELVES) | set(OTHERWISE)


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_setting_that_changes_figures_goes_with_the_frontier(frontier: Frontier, tmp_path: Path, name: str) -> None:
    group, _, inside = name.partition(".")
    changes = {group: {inside: OTHERWISE[name]} if inside else OTHERWISE[name]}
    changes |= {"background": OTHERWISE["background"]} if name == "reference" else {}
    written = {"schema": 1, "name": "own", "extends": "protected_time", **changes}
    (tmp_path / "own.yaml").write_text("\n".join(yaml_lines(written)), encoding="utf-8")
    own = load_scenario(tmp_path / "own.yaml").scenario
    refused = why_not(frontier.facts, made_up_run(own), "England")
    assert refused["reason"] == "settings"
    assert name in refused["own"].split(", ")
    found = Frontier.read(write_frontier(tmp_path / "found", settings=own_settings(own)))
    assert why_not(found.facts, made_up_run(own), "England") == {}
    assert why_not(found.facts, made_up_run(asked()), "England")["reason"] == "settings"
    said = found_on_sentence(found.facts)
    assert group in said
    (tmp_path / "rule.yaml").write_text(scenario_of(found, "rule", "rule"), encoding="utf-8")
    assert own_settings(load_scenario(tmp_path / "rule.yaml").scenario) == own_settings(own)


def test_a_run_under_another_law_in_its_headline_stands_beside_none_of_todays(frontier: Frontier) -> None:
    other = made_up_run(asked(baselines=("announced", "current_law")))
    assert why_not(frontier.facts, other, "England") == {"reason": "settings", "own": "baselines"}


def test_a_frontier_of_schools_of_its_own_takes_runs_of_those_schools_alone_and_is_current(tmp_path: Path) -> None:
    own = {"population_fingerprint": "1" * 16, "own_schools": True}
    found, run = Frontier.read(write_frontier(tmp_path / "own", **own)), made_up_run(asked())
    assert found.is_current
    assert why_not(found.facts, run, "England") == {}
    synthetic = synthetic_england().fingerprint
    assert why_not(found.facts, run, "England", population_fingerprint=synthetic)["reason"] == "schools"


def test_a_frontier_of_a_council_takes_runs_of_that_council_alone(frontier: Frontier) -> None:
    facts = frontier.facts | {"area": "Rutland"}  # type: ignore[operator]
    assert why_not(facts, made_up_run(asked(), councils=("Rutland",)), "Rutland") == {}
    assert why_not(facts, made_up_run(asked()), "England")["reason"] == "area"


def test_a_policy_without_levers_stands_nowhere(frontier: Frontier) -> None:
    found, facts = beside_shipped(frontier, made_up_run(load_scenario("baseline").scenario), "England")
    assert found.empty
    assert facts == {}


def test_without_a_frontier_that_is_said() -> None:
    found, facts = beside_shipped(None, made_up_run(asked()), "England")
    assert found.empty
    assert facts["why_not"] == {"reason": NO_FRONTIER}


def test_a_frontier_of_another_model_is_not_current(frontier: Frontier, tmp_path: Path) -> None:
    assert frontier_facts(frontier)["is_current"]
    older = Frontier.read(write_frontier(tmp_path / "older", behaviour="0" * 16))
    assert not frontier_facts(older)["is_current"]


def test_facts_count_cases(frontier: Frontier) -> None:
    facts = frontier_facts(frontier)
    lost = sum(n for _, _, n in facts["cases_lost"])
    assert facts["cases_held"] + lost == facts["cases"] == 42
    assert json.loads(json.dumps(facts)) == facts
