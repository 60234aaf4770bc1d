"""Published figures by year: the only door to them, for what is fitted, forecast and scored.

Nothing published after the register can be read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sencosim.evidence.base_year import BASE_YEAR, TIMES
from sencosim.evidence.series import load_series
from sencosim.units import format_year, parse_year

Kind = Literal["calendar", "january", "school_year"]
LAST: dict[Kind, int] = {"calendar": BASE_YEAR, "january": BASE_YEAR + 1, "school_year": BASE_YEAR}
"""Last year that may be read. What is published for a later calendar year or January is kept aside."""
PANDEMIC: dict[Kind, tuple[int, ...]] = {"calendar": (2020, 2021), "school_year": (2019, 2020), "january": ()}


@dataclass(frozen=True)
class Known:
    """What a forecast may know: last calendar year of flows, last January, last school year."""

    calendar: int
    january: int
    school_year: int

    def last(self, kind: Kind) -> int:
        """Last year known of a kind."""
        return int(getattr(self, kind))


FROZEN = Known(calendar=TIMES.frozen.last, january=TIMES.frozen.last + 1, school_year=TIMES.frozen.last)
"""What the frozen forecasts know: nothing published for a later time."""
LATEST = Known(**LAST)
"""What the shipped forecast knows."""


@lru_cache(maxsize=1)
def _values() -> dict[tuple[str, str, str], float]:
    return {(point.series, point.breakdown, point.period): point.value for point in load_series()}


def period_of(kind: Kind, year: int) -> str:
    """Period as the series write it.

    Examples
    --------
    >>> period_of("january", 2025), period_of("school_year", 2022), period_of("calendar", 2024)
    ('Jan 2025', '2022/23', '2024')
    """
    if kind == "january":
        return f"Jan {year}"
    return format_year(year) if kind == "school_year" else str(year)


def year_of(period: str) -> tuple[Kind, int]:
    """Kind and year of a period; the inverse of :func:`period_of`.

    Examples
    --------
    >>> year_of("Jan 2025"), year_of("2022/23"), year_of("2024")
    (('january', 2025), ('school_year', 2022), ('calendar', 2024))
    """
    if period.startswith("Jan "):
        return "january", int(period.removeprefix("Jan "))
    return ("school_year", parse_year(period)) if "/" in period else ("calendar", int(period))


def published(series: str, breakdown: str, kind: Kind, year: int) -> float | None:
    """Published figure, ``None`` if there is none or it is kept aside. [unit of the series].

    Examples
    --------
    >>> published("ehcp_initial_requests", "all", "calendar", 2024)
    154489.0
    >>> published("ehcp_initial_requests", "all", "calendar", 2025) is None
    True
    """
    if year > LAST[kind]:
        return None
    found = _values().get((series, breakdown, period_of(kind, year)))
    if found is None and series == "ehcp_new_plans" and breakdown == "all":
        return _values().get((series, "all_as_first_published", period_of(kind, year)))
    return found
