"""M5: bounds, direction and limits of hours, overtime, pace and time at work."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import senco_hours
from sencosim.units import MINUTES_PER_WEEK, TERM_WEEKS

pytestmark = pytest.mark.property

SHARE = st.floats(0.0, 1.0)
HOURS = st.floats(0.0, 60.0)
SOME_HOURS = st.floats(0.01, 60.0)
WORK = st.floats(0.0, 2000.0)
MINUTES = st.integers(0, TERM_WEEKS * MINUTES_PER_WEEK)


@given(HOURS, HOURS, SHARE, SHARE)
def test_used_hours_lie_between_none_and_all(kept, added, u0, u1):
    assert 0.0 <= senco_hours.used_hours(kept, added, u0, u1) <= kept + added + 1e-9


@given(HOURS, SHARE, HOURS, st.floats(0.0, 2000.0), HOURS)
def test_overtime_stays_below_the_ceiling_and_below_the_need(ceiling, displacement, added, work, used):
    overtime = senco_hours.overtime_hours(ceiling, displacement, added, work, used)
    assert 0.0 <= overtime <= ceiling
    assert overtime * TERM_WEEKS <= max(0.0, work - TERM_WEEKS * used) + 1e-6
    assert overtime >= senco_hours.overtime_hours(ceiling, displacement, added + 1.0, work, used)


@given(HOURS, SHARE, HOURS, st.floats(0.0, 2000.0), HOURS, SHARE)
def test_more_timetabled_hours_never_mean_less_time_for_the_work_due(ceiling, displacement, added, work, used, u1):
    more = u1 * 3.0
    before = used + senco_hours.overtime_hours(ceiling, displacement, added, work, used)
    after = used + more + senco_hours.overtime_hours(ceiling, displacement, added + more, work, used + more)
    assert after >= min(before, max(work / TERM_WEEKS, used)) - 1e-9


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


@given(HOURS, HOURS)
def test_a_school_either_adds_or_cuts_hours_and_then_has_what_is_asked(asked, baseline):
    added = senco_hours.added_hours(asked, baseline)
    removed = senco_hours.removed_hours(asked, baseline)
    assert added >= 0.0
    assert 0.0 <= removed <= baseline
    assert added == 0.0 or removed == 0.0
    assert baseline + added - removed == pytest.approx(asked if asked > 0.0 else baseline)


@given(HOURS)
def test_no_policy_adds_and_removes_nothing(baseline):
    assert senco_hours.added_hours(0.0, baseline) == senco_hours.removed_hours(0.0, baseline) == 0.0


@given(WORK, SHARE, SHARE, SHARE)
def test_relief_shortens_only_the_delegable_part(hours, share, a, b):
    low, high = sorted((a, b))
    relieved = senco_hours.relieved_hours(hours, share, high)
    assert 0.0 <= hours * (1.0 - share) <= relieved + 1e-9
    assert relieved <= senco_hours.relieved_hours(hours, share, low) <= hours
    assert senco_hours.relieved_hours(hours, share, 0.0) == senco_hours.relieved_hours(hours, 0.0, high) == hours


@given(WORK, WORK, WORK, HOURS, HOURS, HOURS)
def test_a_team_takes_only_what_the_senco_will_not_reach(need, duties, more, used, overtime, extra):
    short = senco_hours.shortfall(need, duties, used, overtime)
    assert 0.0 <= short <= need
    assert senco_hours.shortfall(need, duties + more, used, overtime) <= short
    assert senco_hours.shortfall(need, duties, used + extra, overtime) <= short
    assert senco_hours.shortfall(need, duties, used, overtime + extra) <= short
    assert short == 0.0 or short + duties + TERM_WEEKS * (used + overtime) == pytest.approx(need)


@given(HOURS, HOURS, SHARE, SHARE)
def test_pace_is_all_hours_less_what_a_first_year_and_sharing_cost(used, overtime, loss, effectiveness):
    pace = senco_hours.pace(used, overtime, loss, effectiveness)
    assert 0.0 <= pace <= used + overtime
    assert senco_hours.pace(used, overtime, 0.0, 1.0) == used + overtime
    assert senco_hours.pace(used, overtime, 1.0, effectiveness) == 0.0
    assert pace <= senco_hours.pace(used, overtime, loss, 1.0)


@given(HOURS, MINUTES, MINUTES)
def test_hours_done_add_up_over_stretches_of_time(pace, first, second):
    both = senco_hours.hours_done(pace, first) + senco_hours.hours_done(pace, second)
    assert senco_hours.hours_done(pace, first + second) == pytest.approx(both)
    assert senco_hours.hours_done(pace, MINUTES_PER_WEEK) == pytest.approx(pace)


@given(HOURS, SHARE)
def test_hours_worked_and_idle_are_those_of_the_term(used, share):
    worked = share * used * TERM_WEEKS
    idle = senco_hours.idle_hours(used, worked)
    assert idle >= -1e-9
    assert idle + worked == pytest.approx(used * TERM_WEEKS)


@given(HOURS, SHARE, SHARE)
def test_hours_leak_that_are_neither_used_nor_spent_elsewhere(allocated, used_share, part):
    used = allocated * used_share
    elsewhere = used * part
    leaked = senco_hours.leaked_hours(allocated, used - elsewhere, elsewhere)
    assert leaked == pytest.approx((allocated - used) * TERM_WEEKS, abs=1e-9)
    assert senco_hours.leaked_hours(allocated, allocated, 0.0) == 0.0


@given(st.integers(0, 10**6), st.floats(0.0, 60.0), st.floats(0.0, 60.0), st.integers(0, 10**6), st.integers(0, 10**5))
def test_school_weeks_that_would_run_into_holidays_go_on_after_them(now, weeks, more, left, holiday):
    term_end, next_term = now + left, now + left + holiday
    due = senco_hours.due_minute(now, weeks, term_end, next_term)
    assert now <= due <= senco_hours.due_minute(now, weeks + more, term_end, next_term)
    assert due <= term_end or due > next_term
    plain = now + int(weeks * MINUTES_PER_WEEK)
    assert due - plain == (holiday if plain > term_end else 0)
    assert senco_hours.due_minute(next_term, weeks, term_end, next_term) - next_term in (plain - now, due - now)


@given(HOURS, SHARE, SHARE)
def test_a_first_year_loses_its_share_of_the_hours_worked(hours, loss, more):
    lost = senco_hours.lost_to_first_year(hours, loss)
    assert 0.0 <= lost <= hours
    assert senco_hours.lost_to_first_year(hours, 0.0) == 0.0
    assert hours - lost == pytest.approx(senco_hours.pace(hours, 0.0, loss, 1.0))


@given(
    st.floats(0.1, 32.4), st.floats(0.5, 2.0), SHARE, st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), st.floats(0.0, 20.0)
)
def test_hours_without_policy_stay_between_none_and_full_time(base, ratio, follow, drift, need_drift, years):
    found = senco_hours.hours_without_policy(base, ratio, follow, drift, need_drift, years, 32.4)
    assert 0.0 <= found <= 32.4
    assert senco_hours.hours_without_policy(base, 1.0, follow, drift, need_drift, 0.0, 32.4) == base
    assert senco_hours.hours_without_policy(0.0, ratio, follow, drift, need_drift, years, 32.4) == 0.0
    grown = senco_hours.hours_without_policy(base, 1.1 * ratio, follow, drift, need_drift, years, 32.4)
    assert grown >= found - 1e-12


@given(st.floats(0.1, 32.4), SHARE, st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), st.floats(0.0, 7.0))
def test_before_the_base_year_hours_drift_as_published(base, follow, drift, need_drift, years):
    found = senco_hours.hours_without_policy(base, 1.0, follow, drift, need_drift, -years, 32.4)
    assert found == max(0.0, min(32.4, base - drift * years))
