"""Rules: bounds, direction and limits, for all arguments that can occur."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sencosim.rules import coverage, senco_hours, workforce

pytestmark = pytest.mark.property

U = st.floats(1e-15, 1.0 - 1e-15)
SHARE = st.floats(0.0, 1.0)
INNER = st.floats(0.01, 0.99)
RATIO = st.floats(0.05, 20.0)
HOURS = st.floats(0.0, 60.0)
SOME_HOURS = st.floats(0.01, 60.0)


# -- M5, M14, M15


@given(HOURS, HOURS, SHARE, SHARE)
def test_used_hours_lie_between_none_and_all(kept, added, u0, u1):
    assert 0.0 <= senco_hours.used_hours(kept, added, u0, u1) <= kept + added + 1e-9


@given(HOURS, SHARE, HOURS, st.floats(0.0, 2000.0), HOURS)
def test_overtime_stays_below_the_ceiling_and_below_the_need(ceiling, displacement, added, work, used):
    overtime = senco_hours.overtime_hours(ceiling, displacement, added, work, used)
    assert 0.0 <= overtime <= ceiling
    assert overtime * 13.0 <= max(0.0, work - 13.0 * used) + 1e-6
    assert overtime >= senco_hours.overtime_hours(ceiling, displacement, added + 1.0, work, used)


@given(HOURS, SHARE, HOURS, st.floats(0.0, 2000.0), HOURS, SHARE)
def test_more_timetabled_hours_never_mean_less_time_for_the_work_due(ceiling, displacement, added, work, used, u1):
    more = u1 * 3.0
    before = used + senco_hours.overtime_hours(ceiling, displacement, added, work, used)
    after = used + more + senco_hours.overtime_hours(ceiling, displacement, added + more, work, used + more)
    assert after >= min(before, max(work / 13.0, used)) - 1e-9


@given(SOME_HOURS, SOME_HOURS)
def test_work_minutes_do_the_work(hours, pace):
    minutes = senco_hours.work_minutes(hours, pace)
    assert minutes >= 1
    assert senco_hours.work_left(hours, pace, minutes) <= 1e-9
    assert minutes == 1 or senco_hours.work_left(hours, pace, minutes - 1) >= -1e-9


@given(SOME_HOURS, SOME_HOURS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_work_left_is_the_same_in_two_stretches(hours, pace, first, second):
    once = senco_hours.work_left(hours, pace, first + second)
    twice = senco_hours.work_left(senco_hours.work_left(hours, pace, first), pace, second)
    assert once == pytest.approx(twice, abs=1e-9)


@given(HOURS, SHARE, HOURS, SHARE)
def test_administrators_take_over_no_more_than_they_can_and_may(admin, freed, delegable, cap):
    share = senco_hours.administrator_relief(admin, freed, delegable, cap)
    assert 0.0 <= share <= cap
    assert share * delegable <= admin * freed + 1e-9


@given(st.floats(-3, 3), st.floats(-1, 1), st.floats(0.0, 500.0), st.floats(0.0, 1.0))
def test_allocated_hours_rise_with_sen_pupils_by_the_elasticity(z, intercept, pupils, sd):
    assume(pupils >= 1.0)
    hours = senco_hours.allocated_hours(z, intercept, 0.55, pupils, sd)
    double = senco_hours.allocated_hours(z, intercept, 0.55, 2.0 * pupils, sd)
    assert double / hours == pytest.approx(2.0**0.55)


@given(SHARE, HOURS, HOURS, SHARE)
def test_strain_is_a_share_and_falls_as_demand_is_met(met, overtime, ceiling, weight):
    strained = workforce.strain(met, overtime, ceiling, weight)
    assert 0.0 <= strained <= 1.0
    assert workforce.strain(1.0, overtime, ceiling, weight) <= strained + 1e-12


@given(st.floats(0.0, 1.0), st.floats(0.1, 1.0), SHARE, st.floats(0.1, 1.0))
def test_leaving_lies_between_its_two_published_ends(base, ratio, strained, seat):
    hazard = workforce.leaving_hazard(base, ratio, strained, seat)
    assert base * ratio * seat - 1e-12 <= hazard <= base * seat + 1e-12


# -- M6


@given(st.floats(0.0, 500.0), st.floats(0.0, 500.0))
def test_coverage_is_a_share_and_one_if_nothing_is_due(done, due):
    assert 0.0 <= coverage.coverage(done, due) <= 1.0
    assert coverage.coverage(done, 0.0) == 1.0


@given(SHARE, SHARE, st.floats(1.0, 3.0))
def test_smoothing_stays_between_old_and_new(before, measured, years):
    after = coverage.smoothed_coverage(before, measured, years)
    assert min(before, measured) - 1e-12 <= after <= max(before, measured) + 1e-12


@given(SHARE, SHARE, st.floats(-2.0, 0.0), st.floats(1.0, 2.0))
def test_coverage_protects_and_a_seat_can_only_strengthen_it(a, b, elasticity, seat):
    low, high = sorted((a, b))
    assert coverage.coverage_effect(high, elasticity, seat) <= coverage.coverage_effect(low, elasticity, seat)
    assert coverage.coverage_effect(low, elasticity, seat) <= coverage.coverage_effect(low, elasticity, 1.0)


@given(SHARE, st.floats(1.0, 2.0))
def test_no_elasticity_no_effect(covered, seat):
    assert coverage.coverage_effect(covered, 0.0, seat) == 1.0


@given(st.floats(0.3, 1.5), st.floats(0.1, 2.0), st.floats(0.05, 0.2))
def test_the_prior_comes_back_when_used_hours_double(rate, amplification, covered):
    elasticity = coverage.elasticity_of_coverage(rate, amplification)
    doubled = covered * 2.0**amplification
    assume(doubled <= 1.0)
    ratio = coverage.coverage_effect(doubled, elasticity, 1.0) / coverage.coverage_effect(covered, elasticity, 1.0)
    assert ratio == pytest.approx(rate, rel=1e-9)
