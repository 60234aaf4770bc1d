"""Discounting of real flows by a dated schedule.

Year 0 has factor 1; each later factor follows from the one before: DF(t) = DF(t - 1) / (1 + rate(t)). Flows must be
in real prices: a nominal flow has no place here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sencosim.errors import CostingError
from sencosim.evidence.appraisal import load_appraisal_tables

Floats = NDArray[np.float64]


def discount_factors(n_years: int, schedule: str = "standard", vintage: str = "in_force") -> Floats:
    """Factors of years 0, 1, 2 and so on.

    Parameters
    ----------
    n_years
        Number of factors, year 0 included. [years, 0 or more]
    schedule
        ``standard``; ``health``, for years of healthy life only; ``low_rate``, a sensitivity for horizons above
        50 years.
    vintage
        ``in_force``, or ``review_2026`` for the labelled sensitivity at 3.0 %.

    Returns
    -------
    numpy.ndarray
        Present value of 1 in each year. [share, shape (n_years,)]

    Raises
    ------
    CostingError
        If the number of years is below 0.
    EvidenceError
        If there is no such schedule or vintage.

    Examples
    --------
    >>> [round(float(factor), 6) for factor in discount_factors(3)]
    [1.0, 0.966184, 0.933511]
    """
    if n_years < 0:
        raise CostingError(f"A number of years cannot be {n_years}.")
    table = load_appraisal_tables().schedule(schedule, vintage)
    growth = np.ones(n_years, dtype=np.float64)
    for year in range(1, n_years):
        growth[year] = growth[year - 1] / (1.0 + table.rate(year))
    return growth


def present_value(flows: ArrayLike, schedule: str = "standard", vintage: str = "in_force") -> Floats:
    """Present value in year 0 of real flows.

    Parameters
    ----------
    flows
        Real amounts; the last axis is the year, from year 0. [GBP]
    schedule, vintage
        As in :func:`discount_factors`.

    Returns
    -------
    numpy.ndarray
        One value for each row of flows; a single row gives an array without axes. [GBP]

    Examples
    --------
    >>> round(float(present_value([0.0, 103.5])), 6)
    100.0
    """
    amounts = np.asarray(flows, dtype=np.float64)
    return np.asarray(amounts @ discount_factors(amounts.shape[-1], schedule, vintage), dtype=np.float64)


def annuity_factor(n_years: int, schedule: str = "standard", vintage: str = "in_force") -> float:
    """Present value of 1 in each of ``n_years`` years from year 0. [years]

    Examples
    --------
    >>> round(annuity_factor(10), 6)
    8.607687
    """
    return float(discount_factors(n_years, schedule, vintage).sum())


def real_growth(years: ArrayLike, rate: float, labour_share: ArrayLike = 1.0) -> Floats:
    """What a price is multiplied by after some years in which pay outran the deflator: only its pay part grows.

    Parameters
    ----------
    years
        Since the price base. [years]
    rate
        Growth of pay above the deflator. [share a year, above -1]
    labour_share
        Part of the price that is pay. [share, 0 to 1]

    Examples
    --------
    >>> [round(float(factor), 4) for factor in real_growth([0, 1, 2], 0.01, 0.5)]
    [1.0, 1.005, 1.0101]
    """
    grown = (1.0 + rate) ** np.asarray(years, dtype=np.float64) - 1.0
    return np.asarray(1.0 + np.asarray(labour_share, dtype=np.float64) * grown, dtype=np.float64)


def with_real_growth(flows: ArrayLike, rate: float, labour_share: float = 1.0) -> Floats:
    """Let the pay part of real flows grow from year 0, as pay that outruns the deflator does.

    Parameters
    ----------
    flows
        Real amounts; the last axis is the year. [GBP]
    rate, labour_share
        As in :func:`real_growth`.

    Examples
    --------
    >>> [round(float(amount), 2) for amount in with_real_growth([100.0, 100.0], 0.01)]
    [100.0, 101.0]
    """
    amounts = np.asarray(flows, dtype=np.float64)
    return np.asarray(amounts * real_growth(np.arange(amounts.shape[-1]), rate, labour_share), dtype=np.float64)
