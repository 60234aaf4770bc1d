"""Teachers taken from classes for SENCO hours, and the one-off price of finding and training others in their place.

Teachers taken = (hours added - hours released to other school work x their value) / (hours of a full-time week x weeks
of a school year). Released hours are taught or covered, so at a value of 1 they take nobody from a class. The price is
paid once, on the increase over the year before; a fall gives nothing back. So it is not linear in a ledger by year:
the increase is worked out here, on the difference of two arms and over all phases and sizes of school together,
since there is one market for teachers, and enters the ledger of the difference as a quantity of its own. Groups of
schools are shown as parts of that market: in a year in which it takes more teachers, each has its own change, below
zero where it gives teachers back that others take. So the groups add up to all schools.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.units import SCHOOL_WEEKS_PER_YEAR

Floats = npt.NDArray[np.float64]

EXTRA_TEACHERS = "extra_teachers"
"""Teachers taken from classes beyond those of the year before. [FTE]"""
ADDED = "added_hours"
RELEASED = ("leaked_hours", "idle_hours")
"""Paid hours that go to other school work."""
OF_SCHOOL = ("phase", "size_band")
"""Keys of a ledger that one market for teachers has no part in."""


def teachers_per_hour(values: Mapping[str, object]) -> dict[str, float]:
    """What one hour a year of each quantity takes from classes.

    Parameters
    ----------
    values
        ``full_time_hours_per_week`` [hours] and ``released_hours_value`` [share, 0 to 1].

    Returns
    -------
        By quantity. [FTE per hour a year]

    Examples
    --------
    >>> found = teachers_per_hour({"full_time_hours_per_week": 32.4, "released_hours_value": 0.5})
    >>> round(1263.6 * found["added_hours"], 6), round(1263.6 * found["idle_hours"], 6)
    (1.0, -0.5)
    """
    hour = 1.0 / (float(str(values["full_time_hours_per_week"])) * SCHOOL_WEEKS_PER_YEAR)
    return {ADDED: hour} | dict.fromkeys(RELEASED, -hour * float(str(values["released_hours_value"])))


def increases(teachers: Floats, market: Floats | None = None) -> Floats:
    """Increase of each year over the year before, along the last axis; nothing was taken before the first.

    Parameters
    ----------
    teachers
        Taken from classes, by year. [FTE, shape (..., n_years)]
    market
        Taken in the market that the rows are parts of; each row is a market of its own if not given.
        [FTE, shape (n_years,)]

    Returns
    -------
    numpy.ndarray
        Above or at zero for a market. A part has its own change, of either sign, in years in which the market takes
        more, and zero in others; parts that add up to the market in ``teachers`` do so here. [FTE, as ``teachers``]

    Examples
    --------
    >>> increases(np.array([100.0, 120.0, 110.0, 115.0])).tolist()
    [100.0, 20.0, 0.0, 5.0]
    >>> parts = np.array([[60.0, 90.0, 80.0], [40.0, 30.0, 30.0]])
    >>> increases(parts, parts.sum(axis=0)).tolist()
    [[60.0, 30.0, 0.0], [40.0, -10.0, 0.0]]
    """
    change = np.diff(teachers, axis=-1, prepend=0.0)
    of_market = change if market is None else np.diff(market, prepend=0.0)
    return np.where(of_market > 0.0, change, 0.0)


def with_extra_teachers(difference: pd.DataFrame, per_hour: Mapping[str, float]) -> pd.DataFrame:
    """Add the increase of teachers taken from classes to the ledger of a difference.

    Parameters
    ----------
    difference
        Policy less baseline: ``year``, ``quantity``, ``value`` and keys of a ledger, no other columns.
    per_hour
        See :func:`teachers_per_hour`.

    Returns
    -------
    pandas.DataFrame
        The ledger and a row a year and key in which teachers were taken; phase and size of school are ``none``.
    """
    per_unit = np.array([per_hour.get(name, np.nan) for name in difference["quantity"].to_numpy(dtype=object)])
    at = np.flatnonzero(~np.isnan(per_unit))
    if not at.size:
        return difference
    words = [*(name for name in OF_SCHOOL if name in difference.columns), "quantity"]
    keys = [name for name in difference.columns if name not in ("year", "value", *words)]
    group = difference.iloc[at].groupby(keys, observed=True).ngroup().to_numpy() if keys else np.zeros_like(at)
    years = difference["year"].to_numpy(dtype=np.int64)[at]
    first, n_years = years.min(), years.max() - years.min() + 1
    taken = pd.Series(difference["value"].to_numpy()[at] * per_unit[at]).groupby(group * n_years + years - first).sum()
    by_year = np.zeros((group.max() + 1, n_years))
    by_year.flat[taken.index] = taken
    risen = increases(by_year).T
    year, row = np.nonzero(risen > 0.0)
    of_group = at[np.unique(group, return_index=True)[1][row]]
    found = {name: difference[name].array.take(of_group) for name in keys} | dict.fromkeys(words, "none")
    found |= {"year": year + first, "quantity": EXTRA_TEACHERS, "value": risen[year, row]}
    told = pd.DataFrame({name: found[name] for name in difference.columns})
    return pd.concat([difference.astype(dict.fromkeys(words, str)), told], ignore_index=True)
