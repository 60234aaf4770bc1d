"""How many clusters a trial needs: found by search, against a design whose size is known on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from sencosim.decisions.trial_design import planned_courses, resampled_courses
from sencosim.decisions.trial_power import Planned, Power, power_by_simulation, power_of_rates
from sencosim.decisions.trial_size import CLOSE, clusters_needed
from sencosim.ensembles.trial import design_of, power_of, sizing_of
from sencosim.ensembles.trial_courses import Counted, TrialPlan
from sencosim.ensembles.trial_size import size_of, size_sentences
from sencosim.errors import InputError
from sencosim.scenario.schema import Scenario

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


def test_a_search_agrees_with_the_textbook() -> None:
    sizing = sizing_of("parallel", 1, 0, None, 2_000)
    assert sizing is not None
    found = size_of(sizing, pool(0.85), 120, 3, 0.8).found
    assert found.clusters is not None
    plan = Planned(0.3, 0.85, 100.0, 0.2, n_clusters=found.clusters)
    assert 0.65 < power_of_rates(plan) < 0.93


def test_more_clusters_find_smaller_effects_and_it_is_said_how_many_it_takes(policy: Scenario) -> None:
    sizing = sizing_of("parallel", 1, 0, None, 1_000)
    assert sizing is not None
    size = size_of(sizing, pool(0.85), 60, 3, 0.8)
    known = size.detectable.dropna()
    assert len(known) >= 2
    assert known["effect"].is_monotonic_decreasing
    (said,) = size_sentences(TrialPlan(policy, "school", "suspensions", 0, 1), size)
    assert f"takes about {size.found.clusters:,} schools" in said


def test_an_effect_that_no_trial_finds_is_said_plainly(policy: Scenario) -> None:
    sizing = sizing_of("parallel", 1, 0, None, 200)
    assert sizing is not None
    size = size_of(sizing, pool(0.999), 40, 3, 0.8)
    assert size.found.clusters is None
    (said,) = size_sentences(TrialPlan(policy, "school", "suspensions", 0, 1), size)
    assert "No trial of this kind" in said
    assert "200 schools" in said


def test_a_slow_analysis_is_not_searched() -> None:
    assert sizing_of("stepped_wedge", 3, 1, None, 500) is None
    assert sizing_of("parallel", 3, 1, "gee_poisson", 500) is None


def test_a_trial_may_be_larger_than_the_sample_and_keeps_its_spread() -> None:
    (one,) = pool(0.85)
    simulate = resampled_courses(one.events[None], one.exposure[None], 4_000, 9)
    drawn = simulate(0)
    assert drawn.exposure.shape == (4_000, 1)
    assert drawn.events[:, :, 0].mean() == pytest.approx(one.events[:, :, 0].mean(), rel=0.05)
    assert np.std(drawn.events[:, 0, 0]) == pytest.approx(np.std(one.events[:, 0, 0]), rel=0.1)
    design = design_of("parallel", 1_000, 1, 0, None)
    powered = power_of(design, pool(0.85), 20, 3, 0.8)
    assert powered.as_modelled.power == 1.0
    again = power_by_simulation(
        simulate, design_of("parallel", 4_000, 1, 0, None).schedule, "cluster_means", n_trials=5, seed=3
    )
    assert again.n_not_fitted == 0
