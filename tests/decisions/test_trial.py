"""Trials by simulation against the formulas of the textbooks."""

from __future__ import annotations

import numpy as np
import pytest
from decisions.synthetic import normal_frame
from decisions.textbook import Planned, evpi_two_normal, planned_courses, power_by_design_effect, power_of_rates
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaincinv
from scipy.stats import binom

from sencosim.decisions.resampling import keyed_uniforms
from sencosim.decisions.trial_design import (
    Analysis,
    Courses,
    allocate,
    analyse,
    parallel,
    resampled,
    seen,
    stepped_wedge,
    thinned,
)
from sencosim.decisions.trial_power import power_by_simulation, smallest_effect
from sencosim.errors import InputError
from sencosim.studies.trial_worth import TrialCost, trial_cost, value_against_cost

PLAN = Planned(rate=0.1, relative_rate=0.7, exposure=400.0, variation=0.25, n_clusters=40)
WEDGE = Planned(rate=0.1, relative_rate=0.8, exposure=300.0, variation=0.3, n_clusters=12, n_periods=5, trend=1.1)


def beta_binomial(trial: int) -> Courses:
    """Twenty-four clusters of fifty pupils, 30 % against 20 %, intracluster correlation 0.02."""
    m, icc, n = 50, 0.02, 24
    u = keyed_uniforms(n, 1, "beta", trial)
    v = keyed_uniforms(n, 1, "binomial", trial)
    size = (1.0 - icc) / icc
    chances = [betaincinv(p * size, (1.0 - p) * size, u) for p in (0.3, 0.2)]
    events = np.stack([binom.ppf(v, m, p) for p in chances], axis=1)[:, None, :]
    return Courses(events, np.full((n, 1), float(m)))


@pytest.mark.unit
def test_power_equals_the_design_effect_formula() -> None:
    found = power_by_simulation(beta_binomial, parallel(24), "cluster_means", n_trials=1500, seed=1)
    variance = (0.3 * 0.7 + 0.2 * 0.8) / 2.0
    expected = power_by_design_effect(0.1, variance, 0.02, 50, 12)
    assert abs(found.power - expected) < 3.0 * found.monte_carlo_error
    assert found.power < power_by_design_effect(0.1, variance, 0.0, 50, 12) - 0.1
    assert found.monte_carlo_error == pytest.approx(np.sqrt(found.power * (1 - found.power) / 1500))
    assert found.mean_effect == pytest.approx(-0.1, abs=0.003)
    assert found.mean_standard_error == pytest.approx(found.spread_of_effect, rel=0.08)


@pytest.mark.unit
def test_power_of_rates_equals_the_formula_of_hayes_and_bennett() -> None:
    plan = Planned(0.1, 0.8, 400.0, 0.25, 40)
    found = power_by_simulation(planned_courses(plan, 1), parallel(40), "cluster_means", n_trials=1500, seed=1)
    assert abs(found.power - power_of_rates(plan)) < 3.0 * found.monte_carlo_error


@pytest.mark.parametrize("method", ["cluster_means", "gee_poisson"])
@pytest.mark.unit
def test_false_alarms_are_as_frequent_as_stated(method: Analysis) -> None:
    n = 1500 if method == "cluster_means" else 300
    found = power_by_simulation(planned_courses(PLAN, 2), parallel(40), method, n_trials=n, seed=2, no_effect=True)
    assert abs(found.power - 0.05) < 3.0 * np.sqrt(0.05 * 0.95 / n)
    assert found.n_not_fitted == 0


@pytest.mark.unit
def test_gee_recovers_the_ratio_of_rates() -> None:
    found = power_by_simulation(planned_courses(PLAN, 1), parallel(40), "gee_poisson", n_trials=60, seed=1)
    assert found.mean_effect == pytest.approx(np.log(0.7), abs=0.04)


@pytest.mark.unit
def test_stepped_wedge_by_mixed_model() -> None:
    wedge = stepped_wedge(12, 4)
    found = power_by_simulation(planned_courses(WEDGE, 1), wedge, "mixed_model", n_trials=40, seed=1)
    # The rate rises by a tenth a period, so the mean difference lies between those of the first and the last period.
    assert -0.1 * 0.2 * 1.1**4 < found.mean_effect < -0.1 * 0.2
    assert found.n_not_fitted <= 2
    assert found.power > 0.5


@pytest.mark.unit
@pytest.mark.parametrize("variation", [0.0, 0.1])
def test_a_mixed_model_is_fitted_where_clusters_hardly_differ(variation: float) -> None:
    plan = Planned(rate=0.05, relative_rate=0.8, exposure=50.0, variation=variation, n_clusters=100, n_periods=3)
    found = power_by_simulation(planned_courses(plan, 1), stepped_wedge(100, 2), "mixed_model", n_trials=20, seed=1)
    assert found.n_not_fitted == 0


@pytest.mark.study
@pytest.mark.parametrize("method", ["mixed_model", "gee_poisson"])
def test_false_alarms_of_a_stepped_wedge(method: Analysis) -> None:
    found = power_by_simulation(
        planned_courses(WEDGE, 3), stepped_wedge(12, 4), method, n_trials=600, seed=3, no_effect=True
    )
    assert found.power < 0.05 + 3.0 * np.sqrt(0.05 * 0.95 / 600)


@pytest.mark.property
@given(st.integers(2, 6), st.integers(1, 4), st.integers(0, 99))
@settings(max_examples=25)
def test_a_wedge_never_takes_the_policy_back_and_deals_all_rows(steps: int, each: int, trial: int) -> None:
    schedule = stepped_wedge(steps * each, steps)
    assert (np.diff(schedule.astype(int), axis=1) >= 0).all()
    assert not schedule[:, 0].any()
    assert schedule[:, -1].all()
    assert (np.diff(schedule.sum(axis=0)) == each).all()
    dealt = allocate(schedule, 1, trial)
    assert sorted(map(tuple, dealt.tolist())) == sorted(map(tuple, schedule.tolist()))


@pytest.mark.property
@given(st.integers(0, 500), st.floats(0.0, 1.0))
@settings(max_examples=25)
def test_thinning_only_takes_away(trial: int, rate: float) -> None:
    courses = thinned(planned_courses(PLAN, 1), rate, 1)(trial)
    without, with_policy = courses.events[:, :, 0], courses.events[:, :, 1]
    assert (with_policy <= without).all()
    assert (with_policy >= 0).all()
    if rate in (0.0, 1.0):
        assert (with_policy == without * rate).all()


@pytest.mark.unit
def test_an_effect_above_one_is_a_rise_of_the_size_that_was_asked_for() -> None:
    courses = [thinned(planned_courses(PLAN, 1), 1.25, 1)(trial) for trial in range(50)]
    without, with_policy = (np.stack([c.events[:, :, a] for c in courses]) for a in (0, 1))
    assert (with_policy >= without).all()
    assert with_policy.sum() / without.sum() == pytest.approx(1.25, abs=0.015)


@pytest.mark.unit
def test_thinning_keeps_the_share_that_was_asked_for() -> None:
    courses = [thinned(planned_courses(PLAN, 1), 0.7, 1)(trial) for trial in range(50)]
    without, with_policy = (sum(c.events[:, :, a].sum() for c in courses) for a in (0, 1))
    assert with_policy / without == pytest.approx(0.7, abs=0.01)


@pytest.mark.unit
def test_a_trial_sees_one_course_of_each_cluster() -> None:
    courses = Courses(np.dstack([np.full((4, 2), 1.0), np.full((4, 2), 2.0)]), np.ones((4, 2)))
    assert (seen(courses, parallel(4, 2, 1)) == np.where(parallel(4, 2, 1), 2.0, 1.0)).all()


@pytest.mark.unit
def test_a_trial_may_be_larger_than_the_pool_and_keeps_its_spread() -> None:
    pool = planned_courses(Planned(0.3, 0.85, 100.0, 0.2, 400), 5)(0)
    drawn = resampled(pool, 4_000, 9)(0)
    assert drawn.exposure.shape == (4_000, 1)
    assert drawn.events[:, :, 0].mean() == pytest.approx(pool.events[:, :, 0].mean(), rel=0.05)
    assert np.std(drawn.events[:, 0, 0]) == pytest.approx(np.std(pool.events[:, 0, 0]), rel=0.1)
    pairs = set(map(tuple, pool.events[:, 0].tolist()))
    assert set(map(tuple, drawn.events[:, 0].tolist())) <= pairs  # both courses of one cluster stay together
    assert (drawn.events == resampled(pool, 4_000, 9)(0).events).all()
    assert (drawn.events != resampled(pool, 4_000, 9)(1).events).any()


@pytest.mark.unit
def test_smallest_effect_meets_the_formula() -> None:
    base = Planned(0.1, 1.0, 400.0, 0.25, 40)
    found = smallest_effect(
        lambda reduction: thinned(planned_courses(base, 1), 1.0 - reduction, 1),
        [0.05, 0.15, 0.25, 0.35],
        parallel(40),
        "cluster_means",
        n_trials=400,
        seed=1,
        wanted_power=0.8,
    )
    reductions = np.linspace(0.05, 0.35, 301)
    powers = [power_of_rates(Planned(0.1, 1.0 - r, 400.0, 0.25, 40)) for r in reductions]
    expected = float(np.interp(0.8, powers, reductions))
    assert found.effect == pytest.approx(expected, abs=0.015)
    assert found.low < found.effect < found.high
    assert found.powers["power"].is_monotonic_increasing


@pytest.mark.unit
def test_an_effect_out_of_reach_is_no_number() -> None:
    found = smallest_effect(
        lambda reduction: thinned(planned_courses(PLAN, 1), 1.0 - reduction, 1),
        [0.0, 0.01, 0.02],
        parallel(40),
        "cluster_means",
        n_trials=40,
        seed=1,
        wanted_power=0.8,
    )
    assert np.isnan(found.effect)
    assert len(found.powers) == 3
    with pytest.raises(InputError, match="three effects"):
        smallest_effect(
            lambda _: planned_courses(PLAN, 1),
            [0.1],
            parallel(40),
            "cluster_means",
            n_trials=1,
            seed=1,
            wanted_power=0.8,
        )


@pytest.mark.unit
def test_what_cannot_be_analysed_is_refused_or_counted() -> None:
    flat = np.zeros((6, 3))
    wedge = stepped_wedge(6, 2)
    with pytest.raises(InputError, match="stepped wedge needs mixed_model"):
        analyse(flat, np.ones((6, 3)), wedge, "cluster_means")
    with pytest.raises(InputError, match="two periods"):
        analyse(np.ones((6, 1)), np.ones((6, 1)), parallel(6), "mixed_model")
    with pytest.raises(InputError, match="no analysis magic"):
        analyse(flat, np.ones((6, 3)), wedge, "magic")  # type: ignore[arg-type]
    for method in ("mixed_model", "gee_poisson"):
        assert not analyse(flat, np.ones((6, 3)), wedge, method).fitted  # type: ignore[arg-type]
    with pytest.raises(InputError, match="go evenly"):
        stepped_wedge(7, 3)
    with pytest.raises(InputError, match="four clusters"):
        parallel(2)
    with pytest.raises(InputError, match="the simulated trial has 40 and 1"):
        power_by_simulation(planned_courses(PLAN, 1), wedge, "cluster_means", n_trials=1, seed=1)
    with pytest.raises(InputError, match="0 or more"):
        thinned(planned_courses(PLAN, 1), -0.2, 1)


COSTS = (
    TrialCost("running the trial", 500_000.0, "trial", "assumption"),
    TrialCost("data collection", 2_000.0, "cluster_period", "assumption"),
    TrialCost("the policy", 30_000.0, "treated_cluster_period", "evidence", "register: teacher pay"),
)


@pytest.mark.unit
def test_cost_of_a_trial_by_hand() -> None:
    lines = trial_cost(parallel(10, 2, 1), COSTS).set_index("name")
    assert lines["cost_gbp"].to_dict() == {
        "running the trial": 500_000.0,
        "data collection": 40_000.0,
        "the policy": 150_000.0,
    }


@pytest.mark.unit
def test_costs_need_sources_or_the_word_assumption() -> None:
    wrong = (TrialCost("a", -1.0, "trial", "assumption"), TrialCost("b", 1.0, "trial", "evidence"))
    with pytest.raises(InputError) as caught:
        trial_cost(parallel(4), wrong)
    assert len(caught.value.problems) == 2


@pytest.mark.unit
def test_worth_of_trials_weighs_value_against_cost() -> None:
    n = 3000
    draws = normal_frame(n, "effect", "other")
    gain = 20e6 * draws["effect"] + 5e6 * draws["other"] - 4e6
    net_benefit = np.column_stack([np.zeros(n), gain])

    def worth(n_clusters: int, error: float, share: float) -> dict[str, float]:
        lines = trial_cost(parallel(n_clusters), COSTS)
        return value_against_cost(net_benefit, draws["effect"].to_numpy(), error, lines, share, 1)

    for n_clusters, error in ((20, 1.0), (200, 0.3)):
        found, expected = worth(n_clusters, error, 1.0), evpi_two_normal(4e6, 20e6 / np.sqrt(1.0 + error**2))
        assert found["value_gbp"] == pytest.approx(expected, rel=0.1)
        assert found["net_value_gbp"] == pytest.approx(found["value_gbp"] - found["cost_gbp"])
    too_late = worth(200, 0.3, 0.0)
    assert too_late["net_value_gbp"] == -too_late["cost_gbp"]
    assert worth(20, 1.0, 1.0)["assumed_share"] == pytest.approx(540_000.0 / 840_000.0)
