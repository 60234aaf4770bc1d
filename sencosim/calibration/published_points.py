"""Published figures of one series by year, and nothing published after the register: the only door to the targets."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from sencosim.evidence.base_year import BASE_YEAR, TIMES
from sencosim.evidence.series import load_series
from sencosim.units import PHASES, format_year

Kind = Literal["calendar", "january", "school_year"]
LAST = {"calendar": BASE_YEAR, "january": BASE_YEAR + 1, "school_year": BASE_YEAR}
"""Last year that may be read. What is published for a later calendar year or January is kept aside."""


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


def pupils(phase: int, january: int) -> float:
    """Pupils of a phase in a January, held at the last year published. [pupils]."""
    for year in range(min(january, TIMES.counted_january), 2017, -1):
        found = published("pupils", f"state_{PHASES[phase]}", "school_year", year - 1)
        if found is not None:
            return found
    message = f"No pupils are published for January {january}."
    raise KeyError(message)


def stock(need: str, phase: int, january: int) -> float | None:
    """Pupils of a phase with a need: a share of all pupils with it, or a rounded share of pupils. [pupils].

    Parameters
    ----------
    need
        ``ehcp`` or ``sen_support``.
    phase
        0 primary, 1 secondary.
    january
        Calendar year.
    """
    name = f"state_funded_{PHASES[phase]}"
    everybody = {"ehcp": "pupils_with_ehcp", "sen_support": "pupils_sen_support"}[need]
    share = published(f"{need}_pupil_share_by_school_type", name, "school_year", january - 1)
    total = published(everybody, "all_schools", "january", january)
    if share is not None and total is not None:
        return share / 100.0 * total
    rounded = published(f"{everybody}_share", f"state_{PHASES[phase]}", "january", january)
    return None if rounded is None else rounded / 100.0 * pupils(phase, january)
