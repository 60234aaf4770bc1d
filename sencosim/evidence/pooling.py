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

    Parameters
    ----------
    counts
        Cases with the outcome. [cases, shape (n,); NaN where not published]
    cases
        All cases. [cases, shape (n,); NaN or nought where not published]

    Returns
    -------
        [share, above 0 and below 1, shape (n,)]; the mean of all where a council published nothing.

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
    between = between_variance(own[known], variance[known])
    weight = np.where(known, 1.0 / (variance + between), 0.0)
    mean = float((weight * own).sum() / weight.sum())
    own_share = np.where(known, between / (between + variance), 0.0)
    pooled = mean + own_share * (own - mean)
    result: FloatArray = 1.0 / (1.0 + np.exp(-pooled))
    return result


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
