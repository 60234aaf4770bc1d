"""Regression splines: smooth curves through noisy draws, in closed form.

B-splines of degree three by scikit-learn, fitted by least squares with a ridge that only settles what the draws leave
open. The number of knots is chosen by generalised cross-validation (Craven and Wahba 1979, "Smoothing noisy data with
spline functions"); the smallest number stands for a straight line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from sencosim.decisions.resampling import Floats, Whole
from sencosim.extras import need

KNOTS = (0, 2, 3, 4, 6)
"""Knots tried, the ends included; 0 stands for straight lines."""
DEAR = 1.4
"""What a degree of freedom counts for: at 1, few draws choose too many knots (Kim and Gu 2004)."""
_RIDGE = 1e-8


@dataclass(frozen=True)
class Basis:
    """Functions of the inputs: additive curves, and products of pairs of inputs for what they do together."""

    transformer: Any
    centre: Floats
    scale: Floats
    pairs: tuple[tuple[int, int], ...]

    def at(self, x: Floats) -> Floats:
        """Columns of the design, a constant first. [shape (n, n_columns)]"""
        z = (x - self.centre) / self.scale
        parts = [np.ones((x.shape[0], 1)), z]
        if self.transformer is not None:
            parts.append(np.asarray(self.transformer.transform(z), np.float64))
        for i, j in self.pairs:
            a, b = z[:, i], z[:, j]
            parts.append(np.column_stack([a * b, a * a * b, a * b * b]))
        return np.hstack(parts)


@dataclass(frozen=True)
class Fit:
    """Fitted surfaces, one an outcome, each with a number of knots of its own."""

    bases: tuple[Basis, ...]  # those tried, fewest knots first
    coefficients: tuple[Floats, ...]  # on each of them [shape (n_columns, n_outcomes)]
    chosen: Whole  # number of the basis of each outcome [shape (n_outcomes,)]

    def at(self, x: Floats) -> Floats:
        """Fitted values. [``x``: shape (n, n_inputs); shape (n, n_outcomes)]"""
        fitted = np.zeros((x.shape[0], self.chosen.size))
        for number, (basis, coefficients) in enumerate(zip(self.bases, self.coefficients, strict=True)):
            own = self.chosen == number
            if own.any():
                fitted[:, own] = basis.at(x) @ coefficients[:, own]
        return fitted


@dataclass(frozen=True)
class Smoother:
    """Curves with one number of knots at inputs that are known, before there is an outcome."""

    basis: Basis
    columns: Floats  # of the design [shape (n, n_columns)]
    solved: Floats  # from outcomes to coefficients [shape (n_columns, n)]
    degrees: float  # of freedom that it uses


def smoothers(x: Floats) -> tuple[Smoother, ...]:
    """Curves with all numbers of knots that so many draws can carry. [``x``: shape (n, n_inputs)]"""
    n, found = x.shape[0], list[Smoother]()
    for knots in KNOTS:
        basis = _basis(x, knots)
        columns = basis.at(x)
        gram = columns.T @ columns
        inverse = np.linalg.inv(gram + _RIDGE * np.trace(gram) / gram.shape[0] * np.eye(gram.shape[0]))
        degrees = float(np.trace(inverse @ gram))
        if found and n - degrees < max(5.0, 0.1 * n):
            break
        found.append(Smoother(basis, columns, inverse @ columns.T, degrees))
    return tuple(found)


def fit_surface(tried: Sequence[Smoother], y: Floats) -> Fit:
    """Fit outcomes on inputs, each input by a curve and each pair by products.

    Of the numbers of knots the one with the least ``n RSS / (n - 1.4 df) ** 2`` is taken, for each outcome by itself:
    hundreds of outcomes cost hardly more than one. [``y``: shape (n, n_outcomes)]
    """
    coefficients = tuple(one.solved @ y for one in tried)
    scores = [
        ((y - one.columns @ own) ** 2).sum(axis=0) / max(y.shape[0] - DEAR * one.degrees, 1.0) ** 2
        for one, own in zip(tried, coefficients, strict=True)
    ]
    return Fit(tuple(one.basis for one in tried), coefficients, np.argmin(np.stack(scores), axis=0).astype(np.int64))


def _basis(x: Floats, knots: int) -> Basis:
    spread = x.std(axis=0)
    scale = np.where(spread > 0.0, spread, 1.0)
    centre = x.mean(axis=0)
    if knots == 0:
        return Basis(None, centre, scale, ())
    make = need("sklearn.preprocessing").SplineTransformer
    transformer = make(n_knots=knots, degree=3, knots="quantile", include_bias=False, extrapolation="linear")
    transformer.fit((x - centre) / scale)
    return Basis(transformer, centre, scale, tuple(combinations(range(x.shape[1]), 2)))
