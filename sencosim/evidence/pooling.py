"""Partial pooling: small councils borrow strength from all others, in closed form.

A council's published share is a count out of a number of cases. Of ten requests three refused says little about the
council; of two thousand it says nearly all. The logits of councils are taken as normal about their mean, and each
council's own logit as normal about its true one with the sampling variance of its counts. The spread between councils
is found by the method of moments (DerSimonian and Laird, *Controlled Clinical Trials* 7, 1986), and each council is
pulled to the mean by the share of its variance that is sampling (Morris, *JASA* 78, 1983).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def pooled_shares(counts: npt.ArrayLike, cases: npt.ArrayLike) -> FloatArray:
    """Share of each council, pulled towards all councils by how little its own counts say.

    ``counts`` are cases with the outcome, of all ``cases``; NaN, or no cases, where nothing is published: there it is
    the mean of all. [cases; share, above 0 and below 1; shape (n,)]

    Examples
    --------
    >>> pooled_shares([3.0, 600.0, 300.0], [10.0, 2000.0, 2000.0]).round(2).tolist()
    [0.27, 0.3, 0.15]
    """
    n = np.nan_to_num(np.asarray(cases, dtype=float))
    hits = np.nan_to_num(np.asarray(counts, dtype=float))
    known = n > 0.0
    own = np.where(known, np.log((hits + 0.5) / (n - hits + 0.5)), 0.0)
    variance = np.where(known, 1.0 / (hits + 0.5) + 1.0 / (n - hits + 0.5), np.inf)
    mean, deviation = pooled(own, variance)
    result: FloatArray = 1.0 / (1.0 + np.exp(-(mean + deviation)))
    return result


def pooled_levels(counts: npt.ArrayLike, exposure: npt.ArrayLike) -> FloatArray:
    """Rate of each council relative to all, pulled towards all councils by how little its own count says.

    The same for counts that are not shares: logarithms of rates, with the variance of a Poisson count.

    ``exposure`` is what ``counts`` are counted on: pupils, or events expected; 0 where nothing is published: there the
    rate is the mean of all, 1. [ratio, above 0, shape (n,)]

    Examples
    --------
    >>> pooled_levels([10.0, 0.0, 1000.0], [1000.0, 0.0, 50_000.0]).round(2).tolist()
    [0.78, 1.0, 1.28]
    """
    n, size = np.asarray(counts, dtype=float), np.asarray(exposure, dtype=float)
    known = size > 0.0
    own = np.where(known, np.log((n + 0.5) / np.where(known, size, 1.0)), 0.0)
    result: FloatArray = np.exp(pooled(own, np.where(known, 1.0 / (n + 0.5), np.inf))[1])
    return result


def pooled(own: FloatArray, variance: FloatArray) -> tuple[float, FloatArray]:
    """Mean of estimates, and what each lies off it, pulled in by the share of its variance that is sampling.

    ``own`` are estimates in a scale in which errors are about normal; ``variance`` is that of their sampling, infinite
    where nothing is known. [shape (n,)]

    Examples
    --------
    >>> mean, off = pooled(np.array([1.0, -1.0, 5.0]), np.array([1e-9, 1e-9, np.inf]))
    >>> round(mean, 6), off.round(6).tolist()
    (0.0, [1.0, -1.0, 0.0])
    """
    known = np.isfinite(variance)
    between = between_variance(own[known], variance[known])
    weight = np.where(known, 1.0 / (np.where(known, variance, 1.0) + between), 0.0)
    mean = float((weight * own).sum() / weight.sum())
    kept = np.where(known, between / (between + np.where(known, variance, 1.0)), 0.0)
    return mean, kept * (own - mean)


def between_variance(estimates: FloatArray, variances: FloatArray) -> float:
    """Variance of true values between units, by moments. [square of the unit of the estimates, >= 0].

    Examples
    --------
    >>> between_variance(np.array([0.0, 0.0, 0.0]), np.array([1.0, 1.0, 1.0]))
    0.0
    """
    weight = 1.0 / variances
    mean = (weight * estimates).sum() / weight.sum()
    q = float((weight * (estimates - mean) ** 2).sum())
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    return max(0.0, (q - (estimates.size - 1)) / scale) if scale > 0.0 else 0.0
