"""M9: what a council's team can do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import assessment
from sencosim.units import MINUTES_PER_WEEK

pytestmark = pytest.mark.property

SHARE = st.floats(0.0, 1.0)
RATIO = st.floats(0.05, 20.0)
HOURS = st.floats(0.0, 1e4)
SOME = st.floats(0.1, 100.0)
WEEKS = st.floats(0.0, 60.0)


@given(st.floats(0.0, 500.0), st.floats(0.0, 2.0), st.floats(1.0, 2.0))
def test_surge_is_between_none_and_the_cap(waiting, surge, cap):
    assert 1.0 <= assessment.surge_factor(waiting, surge, cap) <= cap


@given(st.floats(0.0, 1e5), st.floats(1.0, 60.0), st.floats(1.0, 20.0))
def test_slots_follow_littles_law(hours, per_case, weeks):
    slots = assessment.case_slots(hours, per_case, weeks)
    assert slots >= 1
    assert abs(slots - max(1.0, hours * weeks / per_case)) <= 0.5 + 1e-6


@given(HOURS, RATIO, st.integers(1, 500), st.integers(0, 600))
def test_idle_hours_are_added_ones_and_none_if_all_slots_are_taken(hours, ratio, slots, in_hand):
    idle = assessment.idle_added_hours(hours, ratio, slots, in_hand)
    assert 0.0 <= idle <= max(0.0, hours * (1.0 - 1.0 / ratio)) + 1e-9
    assert assessment.idle_added_hours(hours, ratio, slots, slots) == 0.0
    assert assessment.idle_added_hours(hours, 1.0, slots, in_hand) == 0.0


@given(st.floats(0.0, 5.0), HOURS, SOME, st.floats(1.0 / 3.0, 5.0))
def test_demand_followed_moves_towards_the_demand_and_stays_there(followed, decisions, per_week, years):
    demand = decisions * 3.0 / (52.0 * per_week)
    low, high = sorted((followed, demand))
    after = assessment.demand_followed(followed, decisions, per_week, years)
    assert low - 1e-9 <= after <= high * (1.0 + 1e-9) + 1e-9
    assert assessment.demand_followed(demand, decisions, per_week, years) == pytest.approx(demand)


@given(st.floats(0.1, 3.0), st.floats(0.0, 3.0), SHARE)
def test_capacity_grows_between_its_trend_and_demand(trend, followed, share):
    low, high = sorted((trend, followed))
    assert low - 1e-9 <= assessment.capacity_growth(trend, followed, share) <= high + 1e-9
    assert assessment.capacity_growth(trend, followed, 0.0) == trend
    assert assessment.capacity_growth(trend, followed, 1.0) == followed


@given(HOURS, RATIO, RATIO)
def test_own_hours_grow_with_both_ratios_and_stay_without_them(hours, growth, ratio):
    assert assessment.own_team_hours(hours, 1.0, 1.0) == hours
    assert assessment.own_team_hours(hours, growth, ratio) == pytest.approx(
        assessment.own_team_hours(hours, ratio, growth)
    )


@given(HOURS, SOME)
def test_weeks_to_clear_do_the_work(work, per_week):
    weeks = assessment.weeks_to_clear(work, per_week)
    assert weeks >= 0.0
    assert weeks * per_week == pytest.approx(work)
    assert assessment.weeks_to_clear(work, 0.0) == 0.0


@given(HOURS, HOURS, st.floats(0.0, 20.0), SHARE)
def test_decisions_take_hours_from_drafting_but_not_all(hours, decisions, each, least):
    drafting = assessment.drafting_hours(hours, decisions, each, least)
    assert least * hours <= drafting <= hours
    assert assessment.drafting_hours(hours, 0.0, each, least) == hours
    assert assessment.drafting_hours(hours, decisions + 10.0, each, least) <= drafting


@given(HOURS, st.floats(1.0, 3.0))
def test_bought_hours_come_on_top(hours, factor):
    assert hours + assessment.bought_hours(hours, factor) == pytest.approx(hours * factor)
    assert assessment.bought_hours(hours, 1.0) == 0.0


@given(HOURS)
def test_three_terms_of_a_team_are_a_year(hours):
    assert abs(3 * assessment.team_minutes_in_term(hours) - hours * 52.0 * 60.0) <= 3.0


@given(SOME, st.integers(1, 100), st.integers(1, 100))
def test_fewer_slots_take_longer_for_the_same_work(weeks, units, held):
    held = min(units, held)
    found = assessment.stretched_weeks(weeks, units, held)
    assert found >= weeks * (1.0 - 1e-12)
    assert found * held == pytest.approx(weeks * units)
    assert assessment.stretched_weeks(weeks, units, units) == pytest.approx(weeks)


@given(SHARE, st.floats(0.0, 5.0))
def test_late_advice_is_a_chance(share, level):
    late = assessment.late_advice_chance(share, level)
    assert 0.0 <= late <= 1.0
    assert assessment.late_advice_chance(share, 1.0) == share
    assert late <= assessment.late_advice_chance(share, 2.0 * level)


@given(SOME, WEEKS)
def test_cases_in_hand_follow_littles_law(per_week, weeks):
    assert abs(assessment.cases_in_hand(per_week, weeks) - per_week * weeks) <= 0.5 + 1e-9
    assert assessment.cases_in_hand(per_week, 0.0) == 0


@given(st.integers(1, 500), WEEKS, WEEKS)
def test_dates_of_cases_in_hand_rise_up_to_the_start(n, weeks, before):
    dates = [assessment.request_date_in_hand(place, n, weeks, before) for place in (0, n // 2, n - 1)]
    assert dates == sorted(dates)
    assert -(weeks + before) * MINUTES_PER_WEEK <= dates[0]
    assert dates[-1] <= -before * MINUTES_PER_WEEK + 1.0
