"""Whole numbers with exact totals: rounding, choosing and shifting within groups.

All functions work on all groups at once. A group is a council, or a council's schools of one phase.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]

_TINY = 1e-9


def group_sums(values: npt.ArrayLike, group: Int64, n_groups: int) -> Float64:
    """Sum of values by group. [shape (n_groups,)]

    Examples
    --------
    >>> group_sums([1, 2, 4], np.array([0, 1, 1]), 3).tolist()
    [1.0, 6.0, 0.0]
    """
    return np.bincount(group, weights=np.asarray(values, float), minlength=n_groups).astype(np.float64)


def round_to_totals(
    values: Float64, group: Int64, totals: Int64, start: Float64, bounds: tuple[npt.ArrayLike, npt.ArrayLike]
) -> Int64:
    """Round to whole numbers that add up to a total in each group and stay within bounds.

    Fractions are rounded systematically: walking through a group, a whole one is added wherever the running
    sum of fractions passes one, from a start that is drawn. On average each value is rounded to itself.

    The sum of ``values`` in a group should be near its total: what is left over is added in proportion to them. A total
    must lie between the sums of the ``bounds``, least and most for each value. ``start`` is where each group's walk
    begins. [ratio, 0 to 1; shape (n_groups,)]

    Examples
    --------
    >>> one = np.zeros(3, np.int64)
    >>> round_to_totals(np.array([0.5, 1.5, 2.0]), one, np.array([4]), np.array([0.3]), (0, 9)).sum()
    np.int64(4)
    """
    low = np.broadcast_to(np.asarray(bounds[0], np.int64), values.shape)
    high = np.broadcast_to(np.asarray(bounds[1], np.int64), values.shape)
    n_groups = totals.size
    if (group_sums(low, group, n_groups) > totals).any() or (group_sums(high, group, n_groups) < totals).any():
        raise ValueError("a total lies outside the sum of the bounds")
    current = np.clip(values, low, high)
    for _ in range(60):
        gap = totals - group_sums(current, group, n_groups)
        if np.abs(gap).max() < 1e-7:
            break
        up = gap[group] > 0
        room = np.where(up, high - current, current - low)
        pull = np.minimum(room, np.maximum(current, 0.5)) * (room > 0)
        pull_sum = group_sums(pull, group, n_groups)
        step = np.divide(np.abs(gap), pull_sum, out=np.zeros(n_groups), where=pull_sum > 0)[group]
        current = np.clip(current + np.sign(gap)[group] * np.minimum(step * pull, room), low, high)
    return _walk(current, group, totals, start, low, high)


def _walk(current: Float64, group: Int64, totals: Int64, start: Float64, low: Int64, high: Int64) -> Int64:
    """Round systematically, then put right the ones that floating-point arithmetic lost."""
    order = np.argsort(group, kind="stable")
    base = np.floor(current + _TINY)
    fraction = np.clip(current - base, 0.0, 1.0)[order]
    running = np.cumsum(fraction)
    sorted_group = group[order]
    first = np.searchsorted(sorted_group, np.arange(totals.size))
    before = np.concatenate(([0.0], running))[np.minimum(first, running.size)]
    offset = start[sorted_group] - before[sorted_group]
    ends = np.floor(running + offset + _TINY)
    begins = np.floor(np.concatenate(([0.0], running[:-1])) + offset + _TINY)
    begins[first[first < running.size]] = 0.0
    whole = np.zeros_like(current, dtype=np.int64)
    whole[order] = (base[order] + (ends - begins)).astype(np.int64)
    whole = np.clip(whole, low, high)
    left = totals - group_sums(whole, group, totals.size).astype(np.int64)
    while left.any():
        step = np.sign(left)[group]
        open_ = np.where(step > 0, whole < high, whole > low) & (step != 0)
        chosen = choose_in_groups(np.where(open_, current, -np.inf), group, np.abs(left))
        chosen &= open_
        whole[chosen] += step[chosen]
        left = totals - group_sums(whole, group, totals.size).astype(np.int64)
    return whole


def choose_in_groups(score: Float64, group: Int64, numbers: Int64) -> Bool:
    """Mark so many of the highest scores in each group; ties go to the earlier.

    Examples
    --------
    >>> choose_in_groups(np.array([1.0, 3.0, 2.0, 5.0]), np.array([0, 0, 0, 1]), np.array([2, 0])).tolist()
    [False, True, True, False]
    """
    order = np.lexsort((-score, group))
    sorted_group = group[order]
    first = np.searchsorted(sorted_group, np.arange(numbers.size))
    rank = np.arange(score.size) - first[sorted_group]
    chosen = np.zeros(score.size, bool)
    chosen[order] = rank < numbers[sorted_group]
    return chosen


def shift_to_totals(shares: Float64, size: Float64, group: Int64, totals: Float64) -> Float64:
    """Move shares by one log-odds constant in each group, so that shares times size add up to the total.

    Shares are ratios of ``size``, which is in pupils; 0 stays 0. A total lies between 0 and the sum of sizes.

    Examples
    --------
    >>> moved = shift_to_totals(np.array([0.1, 0.2]), np.array([100.0, 100.0]), np.zeros(2, np.int64), np.array([60.0]))
    >>> round(float(moved.sum()), 6)
    0.6
    """
    odds = logit(np.clip(shares, 1e-12, 1 - 1e-12))
    low, high = np.full(totals.size, -20.0), np.full(totals.size, 20.0)
    shift = np.zeros(totals.size)
    for _ in range(80):
        moved = expit(odds + shift[group])
        sums = group_sums(moved * size, group, totals.size)
        too_high = sums > totals
        high = np.where(too_high, shift, high)
        low = np.where(too_high, low, shift)
        slope = group_sums(moved * (1 - moved) * size, group, totals.size)
        newton = shift + np.divide(totals - sums, slope, out=np.zeros(totals.size), where=slope > 0)
        inside = (newton > low) & (newton < high)
        following = np.where(inside, newton, 0.5 * (low + high))
        if np.abs(following - shift).max() < 1e-12:
            break
        shift = following
    moved_shares: Float64 = expit(odds + shift[group])
    return moved_shares
