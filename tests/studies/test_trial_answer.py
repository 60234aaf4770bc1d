"""A trial from made-up courses: what it finds, what it costs, what it is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from studies.conftest import Run, draws

from sencosim.decisions.resampling import keyed_uniforms
from sencosim.errors import InputError
from sencosim.scenario.schema import Scenario
from sencosim.studies.trial import _findings, analysis_of, log_error, power_of, trial_answer
from sencosim.studies.trial_courses import Counted, TrialPlan, check_outcome, in_trial, simulator_of
from sencosim.studies.trial_worth import ASSUMED_COSTS, Worths, parse_costs, policy_cost_a_cluster

pytestmark = pytest.mark.unit


def counted(effect: float, n: int = 60) -> Counted:
    """Clusters of a hundred pupil-years, some thirty events a year, a share of them avoided by the policy."""
    without = 20.0 + np.floor(20.0 * keyed_uniforms(n * 3, 1, "made-up clusters").reshape(n, 3))
    policy = without.copy()
    policy[:, 1:] = np.round(without[:, 1:] * (1.0 - effect))
    return Counted(np.stack([without, policy], axis=2), np.full((n, 3), 100.0))


def test_a_large_effect_is_found_and_none_is_not(policy: Scenario, run: Run) -> None:
    whole, _ = run(draws(policy, 40))
    plan = TrialPlan(policy, "school", "suspensions", 1, 3)
    powered = power_of(plan, 40, [counted(0.4), counted(0.4)], 40, 0.8)
    assert powered.as_modelled.power > 0.95
    assert powered.false_alarms.power < 0.2
    assert 0.0 < powered.smallest.effect < 0.4
    assert powered.rate_with / powered.rate == pytest.approx(0.6, abs=0.02)
    each = policy_cost_a_cluster(whole, policy, 100)
    answer = trial_answer(plan, powered, Worths(whole, {}, ASSUMED_COSTS, each))
    cost = answer.tables["costs"].set_index("name")["cost_gbp"]
    assert cost["the policy itself"] == pytest.approx(each * 20 * 2)
    assert set(answer.tables["costs"]["kind"]) == {"assumption", "evidence"}
    assert "rests on assumptions" in answer.text
    assert answer.tables["worth"]["cost_gbp"].iloc[0] == pytest.approx(cost.sum())


def test_standard_errors_of_rates_become_those_of_logs(policy: Scenario) -> None:
    plan = TrialPlan(policy, "school", "suspensions", 1, 3)
    power = power_of(plan, 40, [counted(0.4)], 20, 0.8)
    assert log_error(plan, power) == pytest.approx(power.as_modelled.mean_standard_error / power.rate)
    assert log_error(replace(plan, method="gee_poisson"), power) == power.as_modelled.mean_standard_error


def test_clusters_are_drawn_with_replacement_where_there_are_too_few() -> None:
    drawn = {n: simulator_of([counted(0.1)], n, 1, again=False)(0).events[:, 0, 0] for n in (60, 100)}
    assert sorted(drawn[60]) == sorted(counted(0.1).events[:, 0, 0])
    assert len(drawn[100]) == 100
    assert set(drawn[100]) <= set(drawn[60])


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
    told = next(iter(_findings(plan, power_of(plan, 40, [counted(0.4)], 20, 0.8))))
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
