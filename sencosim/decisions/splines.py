"""Regression splines: smooth curves through noisy draws, in closed form.

B-splines of degree three by scikit-learn, fitted by least squares with a ridge that only settles what the draws leave
open. The number of knots is chosen by generalised cross-validation (Craven and Wahba 1979, "Smoothing noisy data with
spline functions"); the smallest number stands for a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from sencosim.decisions.extras import need
from sencosim.decisions.resampling import Floats

KNOTS = (0, 2, 3, 4, 6)
"""Knots tried, the ends included; 0 stands for straight lines."""
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
    """A fitted surface."""

    basis: Basis
    coefficients: Floats  # [shape (n_columns, n_outcomes)]
    covariance: Floats  # of an outcome whose residual variance is one [shape (n_columns, n_columns)]
    residual_variance: Floats  # [shape (n_outcomes,)]
    degrees: float  # degrees of freedom used

    def at(self, x: Floats) -> Floats:
        """Fitted values; of one outcome as a plain row. [shape (n, n_outcomes) or (n,)]"""
        grid = x[:, None] if x.ndim == 1 else x
        fitted: Floats = self.basis.at(grid) @ self.coefficients
        return fitted[:, 0] if fitted.shape[1] == 1 else fitted


def fit_surface(x: Floats, y: Floats) -> Fit:
    """Fit outcomes on inputs, each input by a curve and each pair by products, all with the same knots.

    Of the numbers of knots the one with the least ``n RSS / (n - df) ** 2`` is taken, summed over outcomes that are
    scaled to variance one. [shapes (n, n_inputs), (n, n_outcomes)]
    """
    spread = y.std(axis=0)
    weight = np.where(spread > 0.0, 1.0 / np.where(spread > 0.0, spread, 1.0) ** 2, 0.0)

    def score(fit: Fit) -> float:
        return float((fit.residual_variance * weight).sum() / max(y.shape[0] - fit.degrees, 1.0))

    best = _fit(x, y, KNOTS[0])
    for number in KNOTS[1:]:
        fit = _fit(x, y, number)
        if y.shape[0] - fit.degrees < max(5.0, 0.1 * y.shape[0]):
            break
        if score(fit) < score(best):
            best = fit
    return best


def _fit(x: Floats, y: Floats, knots: int) -> Fit:
    basis = _basis(x, knots)
    columns = basis.at(x)
    gram = columns.T @ columns
    inverse = np.linalg.inv(gram + _RIDGE * np.trace(gram) / gram.shape[0] * np.eye(gram.shape[0]))
    coefficients = inverse @ (columns.T @ y)
    degrees = float(np.trace(inverse @ gram))
    residuals = y - columns @ coefficients
    variance = (residuals**2).sum(axis=0) / max(1.0, y.shape[0] - degrees)
    return Fit(basis, coefficients, inverse @ gram @ inverse, variance, degrees)


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
