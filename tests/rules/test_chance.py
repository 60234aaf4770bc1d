"""From a uniform number to times, choices and whole numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sencosim.rules import chance

pytestmark = pytest.mark.property

U = st.floats(1e-15, 1.0 - 1e-15)
INNER = st.floats(0.01, 0.99)
RATIO = st.floats(0.05, 20.0)


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


@given(st.floats(0.0, 600.0))
def test_whole_minutes_never_exceed_and_miss_less_than_one(weeks):
    assert 0 <= chance.whole_minutes(weeks) <= weeks * 10080.0 < chance.whole_minutes(weeks) + 1


@given(st.floats(0.0, 600.0))
def test_minutes_never_fall_short_and_are_never_zero(weeks):
    assert max(1.0, weeks * 10080.0) <= chance.minutes(weeks) < weeks * 10080.0 + 2.0


@given(U, st.floats(1e-300, 1e-6))
def test_the_gap_of_a_rate_near_zero_lies_beyond_any_run_and_fits_into_32_bits(u, rate):
    gap = chance.exponential_gap(min(u, 0.5), rate)
    assert 500 * 52 * 10080 < chance.minutes(gap) < 2**30
    assert chance.minutes(chance.FAR_WEEKS) == chance.minutes(1e308)


@given(U, st.floats(0.0, 100.0))
def test_exponential_time_is_the_threshold_at_mean_one_and_grows_with_the_mean(u, mean):
    assert chance.exponential_time(u, 1.0) == chance.exponential_threshold(u)
    assert chance.exponential_time(u, 2.0 * mean) == pytest.approx(2.0 * chance.exponential_time(u, mean))
    assert chance.exponential_time(u, 0.0) == 0.0


@given(U, RATIO)
def test_a_gap_is_a_time_whose_mean_is_one_over_the_rate(u, rate):
    assert chance.exponential_gap(u, rate) == pytest.approx(chance.exponential_time(u, 1.0 / rate), rel=1e-12)


@given(U, st.floats(1e-6, 1.0))
def test_a_rescaled_number_is_uniform_again(u, share):
    assert 0.0 <= chance.rescaled(u * share, share) <= 1.0
    assert chance.rescaled(u * share, share) == pytest.approx(u, rel=1e-12)
    assert chance.rescaled(u, 1.0) == u


@given(st.floats(0.0, 1e6), U)
def test_a_whole_number_by_chance_is_the_one_below_or_above(expected, u):
    assert abs(chance.whole_by_chance(expected, u) - expected) <= 1.0
    assert chance.whole_by_chance(float(int(expected)), min(u, 0.999)) == int(expected)


@given(st.floats(0.0, 20.0))
def test_whole_numbers_by_chance_have_the_expected_mean(expected):
    grid = (np.arange(2_000) + 0.5) / 2_000
    assert np.mean([chance.whole_by_chance(expected, u) for u in grid]) == pytest.approx(expected, abs=1e-3)


@given(st.floats(0.0, 1e9))
def test_the_nearest_whole_number_is_at_most_a_half_away(value):
    assert abs(chance.nearest_whole(value) - value) <= 0.5
    assert chance.nearest_whole(float(int(value))) == int(value)


@given(st.integers(1, 1_000), U, U)
def test_a_choice_is_one_of_n_and_rises_with_the_uniform_number(n, a, b):
    low, high = sorted((a, b))
    assert 0 <= chance.choice_among(low, n) <= chance.choice_among(high, n) < n


@given(st.integers(1, 50))
def test_each_of_n_is_chosen_as_often(n):
    chosen = [chance.choice_among((i + 0.5) / (20 * n), n) for i in range(20 * n)]
    assert set(np.bincount(chosen).tolist()) == {20}
