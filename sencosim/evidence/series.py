"""Published national series: what calibration fits to and reports compare with.

The file holds one figure in a row, with its source and status: ``seen`` in the source, ``derived`` from figures that
were seen, or ``memory-unverified``, which must be checked before it is quoted. Definitions and breaks of each series
are in the evidence notes of the project.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.tables import read_table
from sencosim.names import nearest


@dataclass(frozen=True)
class SeriesPoint:
    """One published figure."""

    series: str  # with breakdown and period unique
    breakdown: str
    period: str
    value: float
    unit: str
    source_title: str
    source_url: str  # empty if no page was found
    status: str  # ``seen``, ``derived`` or ``memory-unverified``


@dataclass(frozen=True)
class NorthLincolnshireSchool:
    """One of 21 schools that told North Lincolnshire Council their SENCO's hours, autumn 2016."""

    respondent: int  # number in the table [1 to 21]
    sen_support: int  # pupils [0 or more]
    ehc_plans: int
    hours_per_week: float  # allocated SENCO time [hours per week]


@lru_cache(maxsize=1)
def load_series() -> tuple[SeriesPoint, ...]:
    """All published figures that come with the package.

    Examples
    --------
    >>> len(load_series()) > 500
    True
    """
    return read_table("national_series.csv", SeriesPoint)


@lru_cache(maxsize=1)
def series_by_key() -> dict[tuple[str, str, str], float]:
    """Every published figure by series, breakdown and period."""
    return {(point.series, point.breakdown, point.period): point.value for point in load_series()}


def series_value(series: str, breakdown: str, period: str) -> float:
    """One published figure. [unit of the series]

    Examples
    --------
    >>> series_value("ehcp_initial_requests", "all", "2024")
    154489.0
    """
    value = series_by_key().get((series, breakdown, period))
    if value is not None:
        return value
    matching = [one for one in load_series() if one.series == series]
    if not matching:
        raise _unknown("series", series, {one.series for one in load_series()})
    in_breakdown = [one for one in matching if one.breakdown == breakdown]
    if not in_breakdown:
        raise _unknown(f"breakdown of {series}", breakdown, {one.breakdown for one in matching})
    raise _unknown(f"period of {series}, {breakdown}", period, {one.period for one in in_breakdown})


def series_over_time(series: str, breakdown: str) -> dict[str, float]:
    """Figures of one series and breakdown by period, in the order of the file. [unit of the series]

    Examples
    --------
    >>> series_over_time("ehcp_refused_share", "all")["2024"]
    25.2
    """
    found = {one.period: one.value for one in load_series() if one.series == series and one.breakdown == breakdown}
    if not found:
        series_value(series, breakdown, "any")
    return found


@lru_cache(maxsize=1)
def load_north_lincolnshire() -> tuple[NorthLincolnshireSchool, ...]:
    """Read the 21 schools of North Lincolnshire: an in-sample check of allocated hours.

    Examples
    --------
    >>> len(load_north_lincolnshire())
    21
    """
    return read_table("north_lincolnshire.csv", NorthLincolnshireSchool)


def _unknown(what: str, found: str, known: Iterable[str]) -> EvidenceError:
    names = sorted(known)
    near = nearest(found, names, most=3, likeness=0.4) or names[-3:]
    message = f"There is no {what} named {found}. Nearest: {'; '.join(near)}."
    return EvidenceError(message, (Problem(message=message, key=what, found=found),))
