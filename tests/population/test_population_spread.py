"""Rounding and choosing within groups give exact totals, whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.population.spread import choose_in_groups, group_sums, round_to_totals, shift_to_totals

pytestmark = pytest.mark.property


@st.composite
def _problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    n_groups = draw(st.integers(1, 5))
    group = np.array(sorted(draw(st.lists(st.integers(0, n_groups - 1), min_size=1, max_size=40))), np.int64)
    values = np.array(draw(st.lists(st.floats(0, 60), min_size=group.size, max_size=group.size)))
    high = np.array(draw(st.lists(st.integers(0, 80), min_size=group.size, max_size=group.size)), np.int64)
    most = group_sums(high, group, n_groups).astype(int)
    totals = np.array([draw(st.integers(0, int(most[g]))) for g in range(n_groups)], np.int64)
    start = np.array(draw(st.lists(st.floats(0.001, 0.999), min_size=n_groups, max_size=n_groups)))
    return values, group, high, totals, start


@given(_problems())
def test_rounding_hits_totals_within_bounds(problem: tuple[np.ndarray, ...]) -> None:
    values, group, high, totals, start = problem
    rounded = round_to_totals(values, group, totals, start, (0, high))
    assert (group_sums(rounded, group, totals.size) == totals).all()
    assert (rounded >= 0).all()
    assert (rounded <= high).all()


@given(st.lists(st.floats(0, 9), min_size=2, max_size=30), st.floats(0.001, 0.999))
def test_rounding_moves_no_value_by_one_if_the_sum_is_whole(values: list[float], start: float) -> None:
    raw = np.array(values)
    raw[-1] += np.ceil(raw.sum()) - raw.sum()
    group, total = np.zeros(raw.size, np.int64), np.array([round(raw.sum())])
    rounded = round_to_totals(raw, group, total, np.array([start]), (0, 100))
    assert np.abs(rounded - raw).max() < 1 + 1e-6


@pytest.mark.parametrize("total", [-1, 11])
def test_a_total_out_of_reach_is_refused(total: int) -> None:
    with pytest.raises(ValueError, match="outside the sum of the bounds"):
        round_to_totals(np.array([1.0]), np.zeros(1, np.int64), np.array([total]), np.array([0.5]), (0, 10))


@given(st.lists(st.floats(0.001, 0.6), min_size=1, max_size=30), st.floats(0.02, 0.9))
def test_shifted_shares_give_the_total_and_keep_their_order(shares: list[float], target: float) -> None:
    raw, size = np.array(shares), np.arange(1.0, len(shares) + 1)
    group = np.zeros(raw.size, np.int64)
    moved = shift_to_totals(raw, size, group, np.array([target * size.sum()]))
    assert (moved * size).sum() == pytest.approx(target * size.sum(), rel=1e-9)
    assert (np.diff(moved[np.argsort(raw, kind="stable")]) >= -1e-12).all()


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=30), st.integers(0, 30))
def test_the_highest_are_chosen(scores: list[float], wanted: int) -> None:
    raw = np.array(scores)
    chosen = choose_in_groups(raw, np.zeros(raw.size, np.int64), np.array([wanted]))
    assert chosen.sum() == min(wanted, raw.size)
    if 0 < wanted < raw.size:
        assert raw[chosen].min() >= raw[~chosen].max()
