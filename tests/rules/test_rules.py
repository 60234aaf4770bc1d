"""Rules: bounds, direction and limits, for all arguments that can occur."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sencosim.rules import assessment, chance, exclusion, placement, pupil_clocks, requests

pytestmark = pytest.mark.property

U = st.floats(1e-15, 1.0 - 1e-15)
SHARE = st.floats(0.0, 1.0)
INNER = st.floats(0.01, 0.99)
RATIO = st.floats(0.05, 20.0)
SOME_HOURS = st.floats(0.01, 60.0)


# -- chance


@given(U, U)
def test_threshold_falls_as_the_uniform_number_rises(a, b):
    low, high = sorted((a, b))
    assert chance.exponential_threshold(low) >= chance.exponential_threshold(high) > 0.0


def test_thresholds_have_mean_one():
    grid = (np.arange(20_000) + 0.5) / 20_000
    assert np.mean([chance.exponential_threshold(u) for u in grid]) == pytest.approx(1.0, abs=1e-3)


@given(U)
def test_normal_quantile_inverts_the_normal_distribution(u):
    assert chance.normal_quantile(u) == pytest.approx(stats.norm.ppf(u), rel=1e-12, abs=1e-14)


@given(U, st.floats(0.0, 1.5))
def test_frailty_is_positive_and_its_median_is_below_its_mean(u, log_sd):
    assert chance.frailty(u, log_sd) > 0.0
    assert chance.frailty(0.5, log_sd) <= 1.0


def test_frailty_has_mean_one():
    grid = (np.arange(50_000) + 0.5) / 50_000
    assert np.mean([chance.frailty(u, 0.8) for u in grid]) == pytest.approx(1.0, abs=2e-3)


@given(INNER, RATIO)
def test_odds_are_multiplied(share, ratio):
    after = chance.chance_with_odds(share, ratio)
    assert 0.0 <= after <= 1.0
    assert after / (1.0 - after) == pytest.approx(share / (1.0 - share) * ratio, rel=1e-9)


@given(st.lists(st.floats(0.0, 100.0), min_size=2, max_size=30), U, U)
def test_table_quantile_rises_and_stays_within_the_table(entries, a, b):
    table = np.array(sorted(entries))
    low, high = (chance.table_quantile(table, u) for u in sorted((a, b)))
    assert table[0] <= low <= high + 1e-9
    assert high <= table[-1] + 1e-9


@given(st.lists(st.floats(0.1, 100.0), min_size=2, max_size=9), st.lists(U, min_size=1, max_size=9))
def test_many_quantiles_are_each_quantile(entries, us):
    table = np.array(sorted(entries))
    assert chance.table_quantiles(table, np.array(us)).tolist() == [chance.table_quantile(table, u) for u in us]


@given(st.floats(0.0, 600.0))
def test_minutes_never_fall_short_and_never_by_chance_are_nought(weeks):
    assert max(1.0, weeks * 10080.0) <= chance.minutes(weeks) < weeks * 10080.0 + 2.0


# -- M7 to M12


@given(SOME_HOURS, SHARE, st.integers(0, 9))
def test_a_request_without_a_record_takes_longer(hours, extra, cycles):
    found = requests.preparation_hours(hours, extra, 2.0, cycles)
    assert found == (hours if cycles >= 2 else hours * (1.0 + extra))


@given(INNER, INNER, SHARE)
def test_the_two_routes_keep_their_published_shares(school, family, causal):
    def chance_of(route, kind):
        odds = requests.refusal_log_odds(school, family, route, kind, causal)
        return 1.0 / (1.0 + math.exp(-odds))

    assert chance_of(0.0, 0.0) == pytest.approx(school)
    assert chance_of(1.0, 1.0) == pytest.approx(family)
    low, high = sorted((school, family))
    assert low - 1e-9 <= chance_of(1.0, 0.0) <= high + 1e-9


@given(st.floats(-3, 3), st.floats(-2, 2), st.floats(-1, 0), RATIO, RATIO)
def test_severe_need_is_refused_less(route, council, slope, a, b):
    mild, severe = sorted((a, b))
    less = requests.refusal_chance(route, council, slope, severe, 0.0)
    assert 0.0 <= less <= requests.refusal_chance(route, council, slope, mild, 0.0) + 1e-12 <= 1.0 + 1e-12
    assert less <= requests.refusal_chance(route, council, slope, severe, 0.5)


@given(INNER, st.floats(0.0, 2.0), RATIO, RATIO)
def test_special_is_likelier_for_severe_need(share, slope, a, b):
    mild, severe = sorted((a, b))
    assert placement.placement_chance(share, slope, mild) <= placement.placement_chance(share, slope, severe) + 1e-12
    assert placement.placement_chance(share, slope, 1.0) == pytest.approx(share)


@given(SHARE, RATIO, st.floats(1.0, 4.0))
def test_exclusion_is_a_chance_and_lateness_never_lowers_it(timely, multiplier, late_ratio):
    in_time = exclusion.exclusion_chance(timely, multiplier, 0.0, late_ratio)
    assert 0.0 <= in_time <= exclusion.exclusion_chance(timely, multiplier, 1.0, late_ratio) <= 1.0


@given(st.floats(0.0, 500.0), st.floats(0.0, 2.0), st.floats(1.0, 2.0))
def test_surge_is_between_none_and_the_cap(waiting, surge, cap):
    assert 1.0 <= assessment.surge_factor(waiting, surge, cap) <= cap


@given(st.floats(0.0, 1e5), st.floats(1.0, 60.0), st.floats(1.0, 20.0))
def test_slots_follow_littles_law(hours, per_case, weeks):
    slots = assessment.case_slots(hours, per_case, weeks, 1.0)
    assert slots >= 1
    assert abs(slots - max(1.0, hours * weeks / per_case)) <= 0.5 + 1e-6


# -- clocks


@given(st.floats(0.0, 20.0), st.floats(1e-6, 20.0), RATIO, RATIO)
def test_the_frail_reach_their_target_first(clock, threshold, a, b):
    low, high = sorted((a, b))
    assert (
        clock <= pupil_clocks.clock_target(clock, threshold, high) <= pupil_clocks.clock_target(clock, threshold, low)
    )


@given(st.floats(0.0, 20.0), st.floats(1e-4, 5.0), SHARE, st.integers(0, 10**7))
def test_reading_the_clock_undoes_the_crossing(clock, increment, share, start):
    length = 131_040
    minute = pupil_clocks.crossing_minute(clock + share * increment, clock, increment, start, length)
    assert start <= minute <= start + length
    reading = pupil_clocks.clock_reading(clock, increment, start, length, minute)
    assert reading == pytest.approx(clock + share * increment, abs=2.0 * increment / length + 1e-9)


@given(st.floats(0.0, 20.0), st.floats(0.0, 5.0), st.integers(0, 10**6))
def test_clocks_stand_still_in_holidays(clock, increment, later):
    end = 131_040
    assert pupil_clocks.clock_reading(clock, increment, 0, end, end + later) == clock + increment
