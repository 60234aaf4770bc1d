"""Real prices: amounts of one period in the prices of another.

``real(b) = nominal(y) x D(b) / D(y)``. A period is a financial year (``2025-26``), an academic year (``2025/26``,
seven twelfths of one financial year and five of the next) or a calendar year (``2023``, three twelfths and nine).

Three warnings travel with a result: ``pandemic`` if the years between touch those whose output was distorted by
the pandemic, ``forecast`` if either end is a forecast, and ``extrapolated`` if either end lies after the last
forecast, where the growth of the last forecast year is assumed to go on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from sencosim.errors import CostingError
from sencosim.evidence.appraisal import DeflatorVintage, load_appraisal_tables
from sencosim.units import financial_year

_FINANCIAL = re.compile(r"^(\d{4})-(\d{2})$")
_ACADEMIC = re.compile(r"^(\d{4})/(\d{2})$")
_CALENDAR = re.compile(r"^(\d{4})$")


@dataclass(frozen=True)
class Rebased:
    """An amount in the prices of another period.

    Attributes
    ----------
    value
        The amount in base prices. [GBP]
    factor
        What it was multiplied by. [ratio]
    period, base
        From when to when.
    flags
        Any of ``pandemic``, ``forecast``, ``extrapolated``.
    """

    value: float
    factor: float
    period: str
    base: str
    flags: tuple[str, ...]


def rebase(value: float, period: str, base: str | None = None, vintage: str = "in_force") -> Rebased:
    """Put an amount into the prices of another period.

    Parameters
    ----------
    value
        Amount in the prices of ``period``. [GBP]
    period, base
        ``2025-26``, ``2025/26`` or ``2023``; the base is the price base of the tables if not given.
    vintage
        Release of the deflator.

    Raises
    ------
    CostingError
        If a period is not one, or lies before the first year of the deflator.

    Examples
    --------
    >>> round(rebase(6056.0, "2016-17", "2025-26").value)
    8218
    """
    base = load_appraisal_tables().price_base if base is None else base
    factor, flags = _factor(period, base, vintage)
    return Rebased(value * factor, factor, period, base, flags)


@cache
def _factor(period: str, base: str, vintage: str) -> tuple[float, tuple[str, ...]]:
    """Factor from one period to another, and its warnings."""
    release = load_appraisal_tables().deflator(vintage)
    parts, base_parts = _financial_years(period), _financial_years(base)
    level = sum(share * _index(release, year) for year, share in parts)
    base_level = sum(share * _index(release, year) for year, share in base_parts)
    return base_level / level, _flags(release, [year for year, _ in parts + base_parts])


def real(value: float, period: str, base: str | None = None, vintage: str = "in_force") -> float:
    """Amount in base prices alone; see :func:`rebase`. [GBP]"""
    return rebase(value, period, base, vintage).value


def _financial_years(period: str) -> tuple[tuple[int, float], ...]:
    """Financial years, by first calendar year, that a period falls in, with shares that sum to 1."""
    tables = load_appraisal_tables()
    for pattern, months, lead in (
        (_FINANCIAL, (12, 0), 0),
        (_ACADEMIC, tables.academic_year_months, 0),
        (_CALENDAR, tables.calendar_year_months, -1),
    ):
        match = pattern.match(period)
        if match is None:
            continue
        start = int(match.group(1))
        if pattern is not _CALENDAR and (start + 1) % 100 != int(match.group(2)):
            break
        shares = ((start + lead, months[0] / 12.0), (start + lead + 1, months[1] / 12.0))
        return tuple((year, share) for year, share in shares if share > 0.0)
    raise CostingError(f"{period!r} is not a period. Write 2025-26 (financial), 2025/26 (academic) or 2025 (calendar).")


def _index(release: DeflatorVintage, year: int) -> float:
    first, last = _bounds(release)
    if year < first:
        raise CostingError(
            f"The deflator ({release.title}) starts in {financial_year(first)}; {financial_year(year)} lies before it."
        )
    if year <= last:
        return release.index[financial_year(year)]
    growth = release.index[financial_year(last)] / release.index[financial_year(last - 1)]
    return float(release.index[financial_year(last)] * growth ** (year - last))


def _flags(release: DeflatorVintage, years: list[int]) -> tuple[str, ...]:
    passed = range(min(years), max(years) + 1)
    last = _bounds(release)[1]
    found = {
        "pandemic": len(set(years)) > 1 and any(int(period[:4]) in passed for period in release.pandemic),
        "forecast": max(years) >= int(release.first_forecast[:4]),
        "extrapolated": max(years) > last,
    }
    return tuple(name for name, holds in found.items() if holds)


def _bounds(release: DeflatorVintage) -> tuple[int, int]:
    years = [int(period[:4]) for period in release.index]
    return years[0], years[-1]
