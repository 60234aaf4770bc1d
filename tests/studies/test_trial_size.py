"""How many clusters a trial needs: one curve through all sizes tried, against a design whose size is known on paper."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from decisions.textbook import Planned, power_of_rates
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri
from studies.made_up_trial import made_up

from sencosim.decisions.trial_power import Power, clusters_needed, fit_probit, sizes_between
from sencosim.errors import InputError
from sencosim.scenario.schema import Scenario
from sencosim.studies import trial_size
from sencosim.studies.trial_plan import TrialPlan, check_clusters
from sencosim.studies.trial_size import size_of, size_sentence

pytestmark = pytest.mark.property


def exact_power(effect: float) -> Callable[[int], Power]:
    """Exact power of a normal test whose error falls as the root of the number of clusters."""

    def power_at(n: int) -> Power:
        error = 1.0 / math.sqrt(n)
        return Power(float(ndtr(effect / error - ndtri(0.975))), 0.01, effect, error, error, 2_000, 0)

    return power_at


@pytest.mark.parametrize(
    ("kind", "years", "there", "fewest"), [("parallel", 2, 3, 4), ("parallel", 2, 1, 4), ("stepped_wedge", 4, 5, 6)]
)
def test_too_few_clusters_for_a_trial_are_refused_before_it_is_run(
    kind: str, years: int, there: int, fewest: int
) -> None:
    with pytest.raises(InputError, match=f"{there} school.* needs {fewest} or more"):
        check_clusters(kind, years, "school", there)
    check_clusters(kind, years, "school", fewest)


@given(effect=st.floats(0.04, 0.8), multiple=st.integers(1, 5))
def test_the_curve_meets_the_normal_formula(effect: float, multiple: int) -> None:
    exact = ((ndtri(0.975) + ndtri(0.8)) / effect) ** 2
    sizes = sizes_between(8, 10_000, multiple, 12)
    found = clusters_needed(exact_power(effect), sizes, wanted=0.8, most=10_000, multiple=multiple)
    assert found.clusters is not None
    assert found.clusters % multiple == 0
    assert found.clusters == pytest.approx(max(exact, min(sizes)), rel=0.05, abs=multiple)
    assert found.low <= max(exact, found.low) <= found.high or exact < min(sizes)
    assert found.error_of_one == pytest.approx(1.0)


def test_an_effect_too_small_for_all_clusters_has_no_number() -> None:
    found = clusters_needed(exact_power(0.001), sizes_between(20, 500, 2, 6), wanted=0.8, most=500)
    assert found.clusters is None
    assert found.power(500) < 0.1


def test_the_curve_goes_on_beyond_the_largest_size_tried() -> None:
    exact = ((ndtri(0.975) + ndtri(0.8)) / 0.05) ** 2
    found = clusters_needed(exact_power(0.05), sizes_between(20, 1_000, 2, 6), wanted=0.8, most=10_000)
    assert found.clusters == pytest.approx(exact, rel=0.1)


def test_sizes_are_multiples_and_too_few_clusters_are_refused() -> None:
    assert sizes_between(20, 151, 2, 4) == [20, 40, 76, 150]
    with pytest.raises(InputError, match="cannot be found among 10"):
        sizes_between(20, 10, 2, 5)


def test_trials_that_all_find_it_make_no_endless_slope() -> None:
    curve = fit_probit(np.array([1.0, 2.0]), np.array([0.0, 1.0]), np.array([50.0, 50.0]))
    assert 0.0 < curve.slope < 10.0
    assert 1.0 < curve.reaches(0.8)[0] < 2.0


def one_year(policy: Scenario) -> TrialPlan:
    return TrialPlan(policy, "school", "suspensions", 0, 1)


def test_a_size_agrees_with_the_textbook(policy: Scenario) -> None:
    size = size_of(one_year(policy), made_up(Planned(0.3, 0.85, 100.0, 0.2, 400)), 2_000, 200, 0.8)
    assert size.clusters is not None
    assert power_of_rates(Planned(0.3, 0.85, 100.0, 0.2, size.clusters)) == pytest.approx(0.8, abs=0.08)
    said = size_sentence(one_year(policy), size, 0.8)
    assert f"takes about {size.clusters:,} schools (95 % interval" in said


def test_an_effect_that_no_trial_finds_is_said_plainly(policy: Scenario) -> None:
    size = size_of(one_year(policy), made_up(Planned(0.3, 0.999, 100.0, 0.2, 400)), 200, 40, 0.8)
    assert size.clusters is None
    said = size_sentence(one_year(policy), size, 0.8)
    assert "No trial of this kind" in said
    assert "200 schools" in said


def test_a_stepped_wedge_is_sized_from_smaller_trials(policy: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_size, "MOST_SLOW", 100)
    counted = made_up(Planned(0.3, 0.9, 100.0, 0.2, 400, n_periods=3))
    wedge = TrialPlan(policy, "school", "suspensions", 1, 3, "stepped_wedge", "mixed_model")
    size = size_of(wedge, counted, 5_000, 20, 0.8)
    assert size.clusters is not None
    assert size.clusters % 2 == 0
    assert size.tried["clusters"].max() == 100
    normal = (((ndtri(0.975) + ndtri(0.8)) * size.error_of_one) / 0.03) ** 2
    assert size.clusters == pytest.approx(normal, rel=0.5)
