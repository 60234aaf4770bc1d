"""A trial from made-up courses: what it finds, what it costs, what it is worth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from decisions.textbook import Planned
from studies.conftest import Run, draws
from studies.made_up_trial import made_up

from sencosim.errors import InputError
from sencosim.population.sampling import only_councils
from sencosim.population.synthetic import synthetic_england
from sencosim.report.showing import FACT
from sencosim.scenario.schema import Scenario
from sencosim.studies.trial import _findings, analysis_of, on_schools_of, power_of, shares_sentence, trial_answer
from sencosim.studies.trial_plan import TrialPlan, check_outcome, in_trial
from sencosim.studies.trial_size import size_of
from sencosim.studies.trial_worth import ASSUMED_COSTS, Worths, parse_costs

pytestmark = pytest.mark.unit


PLAN = Planned(rate=0.3, relative_rate=0.6, exposure=100.0, variation=0.2, n_clusters=60, n_periods=3)


def test_a_large_effect_is_found_and_none_is_not(policy: Scenario, run: Run) -> None:
    whole, place = run(draws(policy, 40))
    plan, counted = TrialPlan(policy, "school", "suspensions", 1, 3), made_up(PLAN)
    powered = power_of(plan, 40, counted, 40, 0.8)
    assert powered.as_modelled.power > 0.95
    assert powered.false_alarms.power < 0.2
    assert 0.0 < powered.smallest.effect < 0.4
    assert powered.rate_with / powered.rate == pytest.approx(0.6, abs=0.03)
    assert powered.falls_in == 1.0
    assert powered.assurance > 0.95
    size = size_of(plan, counted, 100, 40, 0.8)
    given = Worths(whole, {"suspensions": (1.0, 3.0)}, ASSUMED_COSTS, counted)
    answer = trial_answer(plan, powered, given, size, place)
    cost = answer.tables["costs"].set_index("name")["cost_gbp"]
    assert cost["the policy itself"] == pytest.approx(1_000.0 * 20 * 2)
    assert set(answer.tables["costs"]["kind"]) == {"assumption", "evidence"}
    assert "rests on assumptions" in answer.text
    assert answer.tables["worth"]["cost_gbp"].iloc[0] == pytest.approx(cost.sum())
    assert {chart.name for chart in answer.charts} == {"worth_by_clusters", "evsi_by_price"}
    assert len(answer.tables["price_curve"]) == 9


def test_a_trial_on_another_part_of_england_than_its_draws_says_so(policy: Scenario, run: Run) -> None:
    whole, _ = run(draws(policy, 40))
    plain = {"councils": (), "population": None, "engine": "compiled", "sample": 0.02}
    for about, said in (
        ({"sample_share": "0.02"}, ""),
        ({"sample_share": "0.1"}, "run on 10 % of England, the years of the trial on 2 %."),
        ({"sample_share": "1.0", "draw_sample_share": "0.05"}, "run on 5 % of England, the years of the trial on 2 %."),
    ):
        told = shares_sentence(replace(whole, about=about), plain)
        assert bool(told) == bool(said)
        assert said in told
    assert shares_sentence(replace(whole, about={"sample_share": "1.0"}), plain | {"councils": ("Rutland",)}) == ""


def test_a_trial_is_in_the_schools_that_its_draws_are_of(policy: Scenario, run: Run, tmp_path: Path) -> None:
    whole, _ = run(draws(policy, 40))
    plain = {"councils": (), "population": None, "engine": "compiled"}
    assert on_schools_of(whole, plain)["councils"] == on_schools_of(whole, plain | {"councils": ("857",)})["councils"]
    assert on_schools_of(whole, plain)["councils"] == ("Rutland",)
    with pytest.raises(InputError, match="These draws are of Rutland, and --council names Kent"):
        on_schools_of(whole, plain | {"councils": ("Kent",)})
    only_councils(synthetic_england(), ["Rutland"]).save(tmp_path / "own.parquet")
    with pytest.raises(InputError, match="of another list of schools"):
        on_schools_of(whole, plain | {"population": tmp_path / "own.parquet"})
    with pytest.raises(InputError, match="of replaced mechanisms"):
        on_schools_of(replace(whole, about={**whole.about, FACT: '{"patience": "0"}'}), plain)


def test_an_outcome_that_rises_is_said_to_rise(policy: Scenario) -> None:
    plan, rising = TrialPlan(policy, "school", "requests", 1, 3), made_up(replace(PLAN, relative_rate=1.4))
    powered = power_of(plan, 40, rising, 40, 0.8)
    assert (powered.falls_in, powered.as_modelled.mean_effect > 0.0) == (0.0, True)
    assert 0.0 < powered.smallest.effect < 0.5
    told = list(_findings(plan, powered))
    assert "the number rises in 100% of them" in told[1]
    assert "more events" in told[2]


def test_who_has_the_policy_when_follows_the_design(policy: Scenario) -> None:
    plan = TrialPlan(policy, "school", "suspensions", 1, 4)
    wedge = replace(plan, kind="stepped_wedge", method="mixed_model")
    assert plan.schedule(10).sum() == 5 * 3
    assert wedge.schedule(9).sum(axis=0).tolist() == [0, 3, 6, 9]
    assert (plan.multiple, wedge.multiple) == (2, 3)
    assert (analysis_of("parallel", None), analysis_of("stepped_wedge", None)) == ("cluster_means", "mixed_model")


def test_a_trial_begins_at_once_and_after_its_baseline(policy: Scenario) -> None:
    inside = in_trial(TrialPlan(policy, "school", "suspensions", 2, 4))
    assert (inside.horizon.first_year, inside.horizon.years) == ("2025/26", 4)
    assert inside.levers.protected_time is not None
    assert list(inside.levers.protected_time.steps().values()) == [1.0]
    with pytest.raises(InputError, match="at most 3 years"):
        in_trial(TrialPlan(policy, "school", "suspensions", 4, 6))


def test_what_is_counted_keeps_its_capitals(policy: Scenario) -> None:
    plan = TrialPlan(policy, "school", "senco_leavers", 1, 3)
    told = next(iter(_findings(plan, power_of(plan, 40, made_up(PLAN), 20, 0.8))))
    assert "counting SENCOs who leave" in told


def test_faults_of_a_trial_are_said(policy: Scenario) -> None:
    with pytest.raises(InputError, match="cannot count 'coverage'"):
        check_outcome("coverage")
    with pytest.raises(InputError, match="not of the form"):
        parse_costs(["research=many:trial"])
    with pytest.raises(InputError, match="no analysis eyeballing"):
        analysis_of("parallel", "eyeballing")
    (cost,) = parse_costs(["visits=500:cluster_period:Our quote, 2026"])
    assert (cost.kind, cost.source, cost.amount_gbp) == ("evidence", "Our quote, 2026", 500.0)
