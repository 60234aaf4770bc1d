"""How many clusters a trial needs: found by search, against a design whose size is known on paper."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from decisions.textbook import Planned, planned_courses, power_of_rates
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri
from scipy.stats import norm

from sencosim.decisions.trial_design import parallel, resampled_courses
from sencosim.decisions.trial_power import CLOSE, Power, clusters_needed, clusters_projected, power_by_simulation
from sencosim.errors import InputError
from sencosim.scenario.schema import Scenario
from sencosim.studies.trial import power_of, size_of, size_sentence
from sencosim.studies.trial_courses import Counted, TrialPlan

pytestmark = pytest.mark.property


def smooth_power(n: int, size: float) -> Power:
    """A power that rises with the root of the number, as on paper."""
    return Power(float(norm.cdf(size * math.sqrt(n) - 1.96)), 0.01, size, 0.0, 0.0, 100, 0)


@given(st.floats(0.02, 0.6), st.sampled_from([2, 3, 4]), st.floats(0.6, 0.95))
def test_the_number_found_is_enough_and_little_more_than_what_is_not(size: float, multiple: int, wanted: float) -> None:
    found = clusters_needed(lambda n: smooth_power(n, size), wanted=wanted, least=8, most=20_000, multiple=multiple)
    exact = ((norm.ppf(wanted) + 1.96) / size) ** 2
    if found.clusters is None:
        assert exact > found.most
        assert found.best_power < wanted
        return
    assert found.clusters % multiple == 0
    assert found.clusters >= exact
    assert found.clusters <= max(8 + multiple, CLOSE * exact + multiple)


def test_too_few_clusters_at_all_are_refused() -> None:
    with pytest.raises(InputError, match="cannot be found among 10"):
        clusters_needed(lambda n: smooth_power(n, 0.1), wanted=0.8, least=20, most=10)


def pool(relative_rate: float) -> list[Counted]:
    plan = Planned(rate=0.3, relative_rate=relative_rate, exposure=100.0, variation=0.2, n_clusters=400)
    courses = planned_courses(plan, 5)(0)
    return [Counted(courses.events, courses.exposure)]


def one_year(policy: Scenario) -> TrialPlan:
    return TrialPlan(policy, "school", "suspensions", 0, 1)


def test_a_search_agrees_with_the_textbook(policy: Scenario) -> None:
    found = size_of(one_year(policy), pool(0.85), 2_000, 120, 0.8).found
    assert found.clusters is not None
    plan = Planned(0.3, 0.85, 100.0, 0.2, n_clusters=found.clusters)
    assert 0.65 < power_of_rates(plan) < 0.93


def test_more_clusters_find_smaller_effects_and_it_is_said_how_many_it_takes(policy: Scenario) -> None:
    size = size_of(one_year(policy), pool(0.85), 1_000, 60, 0.8)
    known = size.detectable.dropna()
    assert len(known) >= 2
    assert known["effect"].is_monotonic_decreasing
    said = size_sentence(one_year(policy), size)
    assert f"takes about {size.found.clusters:,} schools" in said


def test_an_effect_that_no_trial_finds_is_said_plainly(policy: Scenario) -> None:
    size = size_of(one_year(policy), pool(0.999), 200, 40, 0.8)
    assert size.found.clusters is None
    said = size_sentence(one_year(policy), size)
    assert "No trial of this kind" in said
    assert "200 schools" in said


def power_like(effect: float, error_of_one: float) -> Callable[[int], Power]:
    """Exact power of a normal test whose error falls as the root of the number of clusters."""

    def power_at(n: int) -> Power:
        error = error_of_one / math.sqrt(n)
        return Power(float(ndtr(abs(effect) / error - ndtri(0.975))), 0.01, effect, error, error, 100, 0)

    return power_at


@given(effect=st.floats(0.02, 2.0), least=st.integers(4, 200), multiple=st.integers(1, 5))
def test_a_projection_meets_the_normal_formula_whatever_it_starts_from(
    effect: float, least: int, multiple: int
) -> None:
    exact = ((ndtri(0.975) + ndtri(0.8)) / effect) ** 2
    found = clusters_projected(power_like(effect, 1.0), wanted=0.8, least=least, most=10_000, multiple=multiple)
    if exact > 10_000 - multiple:
        assert found.clusters is None or found.clusters >= exact
        assert found.tried["power"].iloc[-1] <= 0.81
        return
    assert found.clusters is not None
    assert exact <= found.clusters < exact + 2 * multiple
    assert len(found.tried) <= 3


def test_a_projection_without_an_effect_finds_no_number() -> None:
    found = clusters_projected(power_like(0.0, 1.0), wanted=0.8, least=100, most=5_000)
    assert found.clusters is None
    assert found.best_power == pytest.approx(0.025)


def test_a_stepped_wedge_is_sized_by_projection_and_says_so(policy: Scenario) -> None:
    plan = Planned(rate=0.3, relative_rate=0.85, exposure=100.0, variation=0.2, n_clusters=400, n_periods=3)
    courses = planned_courses(plan, 5)(0)
    wedge = TrialPlan(policy, "school", "suspensions", 1, 3, "stepped_wedge", "mixed_model")
    size = size_of(wedge, [Counted(courses.events, courses.exposure)], 1_000, 40, 0.8)
    assert size.found.projected
    assert size.found.clusters is not None
    assert size.found.clusters % 2 == 0
    said = size_sentence(wedge, size)
    assert f"takes about {size.found.clusters:,} schools, projected" in said
    (largest,) = size.found.tried["power"].tail(1)
    assert largest > 0.6


def test_a_trial_may_be_larger_than_the_sample_and_keeps_its_spread(policy: Scenario) -> None:
    (one,) = pool(0.85)
    simulate = resampled_courses(one.events[None], one.exposure[None], 4_000, 9)
    drawn = simulate(0)
    assert drawn.exposure.shape == (4_000, 1)
    assert drawn.events[:, :, 0].mean() == pytest.approx(one.events[:, :, 0].mean(), rel=0.05)
    assert np.std(drawn.events[:, 0, 0]) == pytest.approx(np.std(one.events[:, 0, 0]), rel=0.1)
    seeded = policy.model_copy(update={"run": policy.run.model_copy(update={"seed": 3})})
    powered = power_of(one_year(seeded), 1_000, pool(0.85), 20, 0.8)
    assert powered.as_modelled.power == 1.0
    again = power_by_simulation(simulate, parallel(4_000), "cluster_means", n_trials=5, seed=3)
    assert again.n_not_fitted == 0
