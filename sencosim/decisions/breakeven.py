"""What would have to be true: the value of one input at which the net result is zero.

Where the model can be run at will, a bracketing root finder works on the mean of paired replications: every call uses
the same seeds, so the function is smooth enough for Brent's method (Brent 1973, "Algorithms for Minimization without
Derivatives"), with a bootstrap over replications (Efron and Tibshirani 1993, "An Introduction to the Bootstrap"). Where
there is only a stored ensemble, the root is that of the expected net result as its emulator gives it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import contourpy
import numpy as np
import scipy

from sencosim.decisions.designs import ordered_values
from sencosim.decisions.resampling import Floats, resample
from sencosim.errors import InputError
from sencosim.evidence.distributions import Distribution

NetAt = Callable[[float], Floats]
"""From a value of the input to the net benefit of each replication (above 0 the policy pays), the same seeds in every
call. [shape (n_rep,)]"""

Status = Literal["found", "several roots", "no root in range"]
Place = Literal[
    "inside the likely range", "inside the evidence, outside the likely range", "not within the evidence", ""
]

BOOTSTRAPS = 400
MOST_STEPS = 60
NORMAL_80 = 1.281552
TOLERANCE = 1e-3
"""Of a root, as a share of the range searched."""


@dataclass(frozen=True)
class EvidenceRange:
    """What is known of an input: the likely range (p10 to p90) inside what the evidence allows (2.5 % to 97.5 %)."""

    low: float
    likely_low: float
    likely_high: float
    high: float

    def place(self, value: float) -> Place:
        """Where a value lies.

        Examples
        --------
        >>> EvidenceRange(0.0, 1.0, 2.0, 3.0).place(2.5)
        'inside the evidence, outside the likely range'
        """
        if self.likely_low <= value <= self.likely_high:
            return "inside the likely range"
        if self.low <= value <= self.high:
            return "inside the evidence, outside the likely range"
        return "not within the evidence"


def evidence_range(distribution: Distribution) -> EvidenceRange:
    """The range of an input's own distribution, its spike included."""
    return EvidenceRange(*(float(x) for x in ordered_values(distribution, np.array([0.025, 0.1, 0.9, 0.975]))))


@dataclass(frozen=True)
class SwitchingValue:
    """The value at which the sign of the net result changes. Whatever does not exist is NaN."""

    status: Status
    value: float  # the root; of several, the one nearest to where the search was told to start [unit of the input]
    low: float  # 80 % bootstrap interval; an end is infinite where the interval leaves the range searched
    high: float
    roots: tuple[float, ...]  # every root found, in order
    searched: tuple[float, float]  # the range searched [unit of the input]
    net_at_ends: tuple[float, float]  # mean net result there
    n: int  # replications or draws behind it
    place: Place = ""  # in the evidence
    confirmed: bool | None = (
        None  # whether a rerun agrees that net is zero there (two-sided 95 %); ``None`` if not rerun
    )
    rerun_net: float = math.nan  # mean net result of the rerun, and its standard error
    rerun_se: float = math.nan


@dataclass
class _Remembered:
    """Net results by value of the input: no value is run twice, and the bootstrap reads what was run."""

    net: NetAt
    seen: dict[float, Floats] = field(default_factory=dict)

    def mean(self, x: float) -> float:
        if x not in self.seen:
            result = np.atleast_1d(np.asarray(self.net(x), np.float64))
            if not np.isfinite(result).all():
                raise InputError(f"The net result at {x:g} is not a finite number.")
            self.seen[x] = result
        return float(self.seen[x].mean())

    def table(self) -> tuple[Floats, Floats]:
        order = sorted(self.seen)
        return np.array(order), np.array([self.seen[x] for x in order])


def switching_value(
    net: NetAt,
    search: tuple[float, float],
    *,
    seed: int,
    start: float | None = None,
    points: int = 5,
    evidence: EvidenceRange | None = None,
    rerun: NetAt | None = None,
) -> SwitchingValue:
    """Find where the mean net result is zero, with an interval.

    The range is scanned at ``points`` values; each change of sign is closed in on by Brent's method on the mean of
    paired replications, to :data:`TOLERANCE`. For the interval the replications are resampled together at all values
    run, and the root of each resampled mean is read off by straight lines. ``start`` is where the input is today: of
    several roots the nearest is taken, to the middle of the range if ``None``. ``rerun`` is the model with other seeds,
    to confirm.
    """
    low, high = search
    if not low < high or points < 2:
        raise InputError(f"A search needs a range and two points or more; found {low:g} to {high:g}, {points} points.")
    kept = _Remembered(net)
    scan = np.linspace(low, high, points)
    means = [kept.mean(float(x)) for x in scan]
    roots = _crossings(kept, scan, means, TOLERANCE * (high - low))
    near = (low + high) / 2.0 if start is None else start
    grid, runs = kept.table()
    found = _describe(grid, runs, roots, near, seed)
    if roots and evidence is not None:
        found = replace(found, place=evidence.place(found.value))
    return _confirm(found, rerun) if roots and rerun is not None else found


def _crossings(kept: _Remembered, scan: Floats, means: list[float], tolerance: float) -> tuple[float, ...]:
    roots = [float(x) for number, x in enumerate(scan) if means[number] == 0.0 and _changes_at(means, number)]
    for left, right, y_left, y_right in zip(scan[:-1], scan[1:], means[:-1], means[1:], strict=True):
        if y_left * y_right < 0.0:
            roots.append(
                float(scipy.optimize.brentq(kept.mean, float(left), float(right), xtol=tolerance, maxiter=MOST_STEPS))
            )
    for root in roots:
        kept.mean(root)
    return tuple(sorted(roots))


def _changes_at(means: list[float], number: int) -> bool:
    """Whether the net result has another sign on either side of a point at which it is zero.

    It is zero without any change of sign where an input takes the policy out of action.
    """
    before, after = (next((y for y in side if y != 0.0), 0.0) for side in (means[number::-1], means[number:]))
    return before * after < 0.0


def _describe(grid: Floats, runs: Floats, roots: tuple[float, ...], near: float, seed: int) -> SwitchingValue:
    """Status, value and bootstrap interval from net results at the values run. [``runs``: shape (n_values, n_rep)]"""
    searched = (float(grid[0]), float(grid[-1]))
    ends = (float(runs[0].mean()), float(runs[-1].mean()))
    n = runs.shape[1]
    if not roots:
        return SwitchingValue("no root in range", math.nan, math.nan, math.nan, (), searched, ends, n)
    value = min(roots, key=lambda root: abs(root - near))
    curves = [runs[:, resample(n, seed, "switching value", b)].mean(axis=1) for b in range(BOOTSTRAPS)] if n > 1 else []
    low, high = _interval(grid, curves, value, ends[1] > ends[0])
    status: Status = "found" if len(roots) == 1 else "several roots"
    return SwitchingValue(status, value, low, high, roots, searched, ends, n)


def _interval(grid: Floats, curves: list[Floats], near: float, rising: bool) -> tuple[float, float]:
    """80 % interval of the root nearest to ``near``; a curve without root counts as one beyond the end it points to."""
    if not curves:
        return math.nan, math.nan
    found = []
    for curve in curves:
        roots = _roots_of_lines(grid, curve)
        if roots.size:
            found.append(float(roots[np.abs(roots - near).argmin()]))
        else:
            found.append(math.inf if (curve.mean() < 0.0) == rising else -math.inf)
    ordered = np.sort(found)
    low = ordered[int(0.1 * (ordered.size - 1))]
    high = ordered[int(np.ceil(0.9 * (ordered.size - 1)))]
    return float(low), float(high)


def _roots_of_lines(grid: Floats, curve: Floats) -> Floats:
    """Roots of the straight lines between points."""
    left, right = curve[:-1], curve[1:]
    change = (left <= 0.0) != (right <= 0.0)
    share = left[change] / (left[change] - right[change])
    result: Floats = grid[:-1][change] + share * np.diff(grid)[change]
    return result


def _confirm(found: SwitchingValue, rerun: NetAt) -> SwitchingValue:
    again = np.atleast_1d(np.asarray(rerun(found.value), np.float64))
    if again.size < 2:
        raise InputError("A confirming rerun needs two replications or more, to know its own error.")
    error = float(again.std(ddof=1) / np.sqrt(again.size))
    # The root was found with an error of its own, about as large: hence the root of two.
    allowed = float(scipy.stats.t.ppf(0.975, again.size - 1)) * math.sqrt(2.0) * error
    agrees = abs(float(again.mean())) <= allowed if error > 0.0 else bool(again.mean() == 0.0)
    return replace(found, confirmed=agrees, rerun_net=float(again.mean()), rerun_se=error)


def switching_value_of_curve(
    values: Floats, net: Floats, errors: Floats, *, n: int, near: float, evidence: EvidenceRange | None = None
) -> SwitchingValue:
    """Switching value from the expected net result at values of an input, the others as uncertain as they are.

    The interval contains values at which the expectation cannot be told from zero: between straight lines, as far as it
    lies within :data:`NORMAL_80` of its standard errors, on either side of the root (Fieller 1954). An end is infinite
    where that goes on to the end of the range.

    Parameters
    ----------
    values
        In rising order. [unit of the input, shape (n_values,)]
    net, errors
        Expected net benefit there, and its standard error. [shape (n_values,)]
    n
        Draws behind the curve.
    near
        Where the input is today: of several roots the nearest is taken.
    evidence
        Range to place the root in.
    """
    roots = tuple(float(x) for x in _roots_of_lines(values, net))
    searched, ends = (float(values[0]), float(values[-1])), (float(net[0]), float(net[-1]))
    if not roots:
        return SwitchingValue("no root in range", math.nan, math.nan, math.nan, (), searched, ends, n)
    value = min(roots, key=lambda root: abs(root - near))
    edges = np.concatenate([_roots_of_lines(values, net + side * NORMAL_80 * errors) for side in (-1.0, 1.0)])
    low = max((float(x) for x in edges if x <= value), default=-math.inf)
    high = min((float(x) for x in edges if x >= value), default=math.inf)
    status: Status = "found" if len(roots) == 1 else "several roots"
    place: Place = "" if evidence is None else evidence.place(value)
    return SwitchingValue(status, value, low, high, roots, searched, ends, n, place)


def zero_lines(net: Floats, first: Floats, second: Floats) -> tuple[Floats, ...]:
    """The line on which a net result on a grid of two inputs is zero, in pieces; none if the sign never changes.

    By marching squares (contourpy). [``net``: shape (n_first, n_second); each piece: first and second, shape (n, 2)]
    """
    found = contourpy.contour_generator(x=second, y=first, z=net).lines(0.0)
    return tuple(np.asarray(line, np.float64)[:, ::-1] for line in found)
