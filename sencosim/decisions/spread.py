"""How some draws stand for a whole distribution: means that use an emulator as control variate, and ranges that hold.

A mean over a few dozen draws is off by luck. The emulator says how far: its mean over thousands of points of the same
sequence is known, its mean over the draws too, and what it misses averages out (control variate; Glasserman 2003,
"Monte Carlo Methods in Financial Engineering", section 4.1). Since the emulator is a linear smoother, all of this is
one weight a draw. The same weights serve every outcome, so tables still add up.

A range is of the evidence at thousands of points, each with a residual that a held-out draw had. Ten to ninety per cent
of so few draws themselves hold less than 80 % of the evidence on average: with 16 draws 71 %. So quantiles are read at
k / (n + 1), which holds what it says (Weibull; Hyndman and Fan 1996).

Arrays of outcomes have one row a draw and one column a figure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

import numpy as np
import pandas as pd
import scipy

from sencosim.decisions.emulator import FEWEST_DRAWS, LEAST_R_SQUARED, Emulator, fit_emulator, jackknife_error
from sencosim.decisions.resampling import Floats, permutation
from sencosim.decisions.threads import one_thread

ENDS = (0.1, 0.9)
CONFIDENCE = 0.9
"""Of the intervals of the ends of a range. [share]"""
METHOD: Final = "weibull"
UNCHANGED = 0.1
"""Of the draws: from so many on that leave a figure exactly as it was, its range is that of the draws. [share]"""
EVERY = 5
"""Refits are looked at in every so many of the points: enough for how far they lie apart."""
Interval = tuple[Floats, Floats]


class Spread(Protocol):
    """How the draws of a view stand for its evidence."""

    @property
    def weights(self) -> Floats:
        """Weight of each draw in a mean; they add up to 1. [shape (n_draws,)]"""
        ...

    def error(self, values: Floats) -> Floats:
        """Standard error of the weighted means, for the number of draws. [shape (n_figures,)]"""
        ...

    def distribution(self, values: Floats) -> Floats:
        """Values over the evidence, equally likely, or the draws themselves. [shape (n_points, n_figures)]"""
        ...

    def quantiles(self, values: Floats, shares: Sequence[float]) -> Floats:
        """[shape (n_shares, n_figures)]"""
        ...

    def quantiles_of(self, distribution: Floats, shares: Sequence[float]) -> Floats:
        """The same from a distribution that is known. [shape (n_shares, n_figures)]"""
        ...

    def ends(self, values: Floats) -> tuple[Interval, Interval]:
        """Intervals of 90 % of the two :data:`ENDS` of a range: lower and upper limits of each. [shape (n_figures,)]"""
        ...

    def facts(self) -> dict[str, float | int]:
        """What the emulator is worth, as plain values; empty without one."""
        ...


@dataclass(frozen=True)
class Plain:
    """Draws that stand for themselves: too few for an emulator, or one that explains too little."""

    n: int  # draws

    @property
    def weights(self) -> Floats:
        """Equal."""
        return np.full(self.n, 1.0 / self.n)

    def error(self, values: Floats) -> Floats:
        """Of a mean of independent draws: of points of a sequence it is at most this."""
        if self.n < 2:
            return np.full(values.shape[1], math.nan)
        result: Floats = values.std(axis=0, ddof=1) / math.sqrt(self.n)
        return result

    def distribution(self, values: Floats) -> Floats:
        """The draws."""
        return values

    def quantiles(self, values: Floats, shares: Sequence[float]) -> Floats:
        """Quantiles that hold what they say."""
        return self.quantiles_of(values, shares)

    def quantiles_of(self, distribution: Floats, shares: Sequence[float]) -> Floats:
        """Of the draws."""
        return np.quantile(distribution, list(shares), axis=0, method=METHOD)

    def ends(self, values: Floats) -> tuple[Interval, Interval]:
        """From ranks: how many of so many draws may lie below a quantile (binomial). The outermost draw at most."""
        ranked = np.sort(values, axis=0)
        low, high = (self._ranks(share) for share in ENDS)
        return (ranked[low[0]], ranked[low[1]]), (ranked[high[0]], ranked[high[1]])

    def facts(self) -> dict[str, float | int]:
        """None."""
        return {}

    def _ranks(self, share: float) -> tuple[int, int]:
        tail = (1.0 - CONFIDENCE) / 2.0
        below = [int(scipy.stats.binom.ppf(p, self.n, share)) for p in (tail, 1.0 - tail)]
        return max(0, below[0] - 1), min(self.n - 1, below[1])


@dataclass(frozen=True)
class Emulated:
    """Draws with an emulator of one outcome, whose weights serve the others."""

    emulator: Emulator
    points: pd.DataFrame  # inputs of many points of the sequence
    at: Floats  # prediction at each point as weights on the draws [shape (n_points, n_draws)]
    weights: Floats
    order: Floats  # place of each point in the residuals [share, shape (n_points,)]

    @classmethod
    def of(cls, emulator: Emulator, inputs: pd.DataFrame, points: pd.DataFrame, seed: int) -> Emulated:
        """Weigh the draws so that what the emulator knows of the points counts: its mean there, and the mean residual.

        Draws of the sequence are balanced as a whole, so the fit to all of them serves; parts of them would not be.
        """
        at, n = emulator.weights(points), emulator.outcome.size
        weights = at.mean(axis=0) + (1.0 - emulator.weights(inputs).sum(axis=0)) / n
        order = (permutation(len(points), seed, "residuals of the emulator") + 0.5) / len(points)
        return cls(emulator, points, at, weights, order)

    def error(self, values: Floats) -> Floats:
        """Of the mean of what the emulator misses."""
        with one_thread():
            missed = values - self.emulator.held_out_weights @ values
        result: Floats = missed.std(axis=0, ddof=1) / math.sqrt(len(values))
        return result

    def distribution(self, values: Floats) -> Floats:
        """Prediction at each point and a residual of a held-out draw, about the weighted mean.

        A figure that many draws leave exactly as it was keeps its draws: moved about another mean, no change would
        become a small one, in a direction that no draw has.
        """
        with one_thread():
            about = self._about(self.weights @ values, self.at, np.arange(len(values)), values)
        places = np.rint(self.order * (len(values) + 1)).astype(np.int64)
        drawn = np.sort(values, axis=0)[np.clip(places, 1, len(values)) - 1]
        return np.where(_often_unchanged(values), drawn, about)

    def _about(self, mean: Floats, at: Floats, rows: np.ndarray, values: Floats) -> Floats:
        """The distribution by some weights of predictions, with residuals of some draws.

        Predictions are shrunk towards the mean, the more the less the emulator explains of a figure. So they are
        stretched by the slope of the outcome on held-out predictions; nothing is left of a figure it knows nothing of.
        """
        predicted = self.emulator.held_out_weights @ values
        centred, apart = values - values.mean(axis=0), predicted - predicted.mean(axis=0)
        varied = (apart**2).sum(axis=0)
        slope = np.divide((centred * apart).sum(axis=0), varied, out=np.zeros_like(varied), where=varied > 0.0)
        slope = np.maximum(slope, 0.0)
        places = self.order if len(at) == len(self.order) else self.order[::EVERY]
        residual = np.quantile((centred - slope * apart)[rows], places, axis=0, method=METHOD)
        found = slope * (at @ values) + residual
        result: Floats = found - found.mean(axis=0) + mean
        return result

    def quantiles(self, values: Floats, shares: Sequence[float]) -> Floats:
        """Of the distribution over the points."""
        return self.quantiles_of(self.distribution(values), shares)

    def quantiles_of(self, distribution: Floats, shares: Sequence[float]) -> Floats:
        """Of so many points it is all the same how they are read."""
        return np.quantile(distribution, list(shares), axis=0)

    def facts(self) -> dict[str, float | int]:
        """R squared out of sample, inputs kept, draws, points."""
        one = self.emulator
        of_fit = {"r_squared": round(one.r_squared, 4), "inputs_kept": len(one.kept)}
        return of_fit | {"draws": one.outcome.size, "points": len(self.points)}

    @cached_property
    def _refits(self) -> tuple[Floats, ...]:
        """Predictions of the refits at some of the points, as weights on the draws."""
        return tuple(self.emulator.fold_weights(self.points.iloc[::EVERY]))

    def ends(self, values: Floats) -> tuple[Interval, Interval]:
        """From the refits that each lack a part of the draws (delete-a-group jackknife)."""
        found = []
        for fold, at in zip(self.emulator.folds, self._refits, strict=True):
            about = self._about((at @ values).mean(axis=0), at, fold.rows, values)
            found.append(np.quantile(about, list(ENDS), axis=0))
        half = float(scipy.stats.norm.ppf(0.5 + CONFIDENCE / 2.0)) * jackknife_error(np.array(found))
        low, high = self.quantiles(values, ENDS)
        unchanged = _often_unchanged(values)
        (a, b), (c, d) = Plain(len(values)).ends(values)
        return (
            (np.where(unchanged, a, low - half[0]), np.where(unchanged, b, low + half[0])),
            (np.where(unchanged, c, high - half[1]), np.where(unchanged, d, high + half[1])),
        )


def _often_unchanged(values: Floats) -> np.ndarray:
    """Figures that are exactly zero in many draws, as rare events in one council are. [shape (n_figures,)]"""
    result: np.ndarray = (values == 0.0).mean(axis=0) >= UNCHANGED
    return result


Points = Callable[[Sequence[str]], pd.DataFrame]
"""From names of inputs to their values at many points of the sequence."""


def spread_of(inputs: pd.DataFrame, outcome: Floats, points: Points, seed: int) -> Spread:
    """How draws stand for their evidence: by an emulator of one outcome, if it is good enough, else for themselves.

    Parameters
    ----------
    inputs
        One row a draw.
    outcome
        What the emulator is fitted to: the headline. [shape (n_draws,)]
    points
        Many points of the sequence that the draws are the first of.
    seed
        [whole number]
    """
    n = outcome.size
    if n < FEWEST_DRAWS:
        return Plain(n)
    emulator = fit_emulator(inputs, outcome, seed=seed)
    if emulator.r_squared < LEAST_R_SQUARED:
        return Plain(n)
    return Emulated.of(emulator, inputs, points(emulator.reads), seed)
