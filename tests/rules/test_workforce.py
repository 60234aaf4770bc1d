"""M14: hours of the post, strain, leaving and the first years in post."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sencosim.rules import workforce
from sencosim.units import TERM_WEEKS

pytestmark = pytest.mark.property

SHARE = st.floats(0.0, 1.0)
HOURS = st.floats(0.0, 60.0)
TERMS = st.floats(1.0, 12.0)


@given(st.floats(-3, 3), st.floats(-1, 1), st.floats(0.0, 500.0), st.floats(0.0, 1.0))
def test_allocated_hours_rise_with_sen_pupils_by_the_elasticity(z, intercept, pupils, sd):
    assume(pupils >= 1.0)
    hours = workforce.allocated_hours(z, intercept, 0.55, pupils, sd)
    double = workforce.allocated_hours(z, intercept, 0.55, 2.0 * pupils, sd)
    assert double / hours == pytest.approx(2.0**0.55)


@given(SHARE, HOURS, HOURS, SHARE)
def test_strain_is_a_share_and_falls_as_demand_is_met(met, overtime, ceiling, weight):
    strained = workforce.strain(met, overtime, ceiling, weight)
    assert 0.0 <= strained <= 1.0
    assert workforce.strain(1.0, overtime, ceiling, weight) <= strained + 1e-12


@given(SHARE, SHARE, st.floats(0.01, 60.0), SHARE)
def test_strain_is_the_mean_of_unmet_demand_and_the_share_of_evenings_worked(met, part, ceiling, weight):
    strained = workforce.strain(met, part * ceiling, ceiling, weight)
    assert strained == pytest.approx((1.0 - weight) * (1.0 - met) + weight * part)
    assert workforce.strain(met, part, 0.0, weight) == (1.0 - weight) * (1.0 - met)


@given(st.floats(0.0, 1.0), st.floats(0.1, 1.0), SHARE, st.floats(0.1, 1.0))
def test_leaving_lies_between_its_two_published_ends(base, ratio, strained, seat):
    hazard = workforce.leaving_hazard(base, ratio, strained, seat)
    assert base * ratio * seat - 1e-12 <= hazard <= base * seat + 1e-12


@given(HOURS, TERMS, TERMS)
def test_study_is_the_same_in_all_however_it_is_spread(hours_per_term, usual, allowed):
    weekly = workforce.study_hours(hours_per_term, usual, allowed)
    assert weekly * TERM_WEEKS * allowed == pytest.approx(hours_per_term * usual)
    assert workforce.study_hours(hours_per_term, usual, usual) == pytest.approx(hours_per_term / TERM_WEEKS)


@given(SHARE, SHARE)
def test_training_can_only_lessen_the_loss_of_a_first_year(loss, ratio):
    assert 0.0 <= workforce.first_year_loss(loss, ratio) <= loss == workforce.first_year_loss(loss, 1.0)
    assert workforce.first_year_loss(loss, 0.0) == 0.0


@given(TERMS, st.floats(0.0, 3.0), SHARE, SHARE)
def test_vacancies_last_longer_the_more_of_the_supply_is_taken(mean, more, a, b):
    low, high = sorted((a, b))
    assert mean <= workforce.mean_vacancy(mean, more, low) <= workforce.mean_vacancy(mean, more, high)
    assert workforce.mean_vacancy(mean, more, 0.0) == workforce.mean_vacancy(mean, 0.0, high) == mean
    assert workforce.mean_vacancy(mean, more, 1.0) == mean + more


@given(st.floats(0.0, 500.0), st.floats(0.0, 500.0))
def test_what_is_done_is_a_share_and_one_if_nothing_is_due(done, due):
    assert 0.0 <= workforce.share_done(done, due) <= 1.0
    assert workforce.share_done(done, 0.0) == 1.0
    assert workforce.share_done(due, due) == 1.0
