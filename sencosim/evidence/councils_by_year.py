"""The councils' EHC process by year, 2019 to 2024: what runs that start in other years begin from.

Facts are in ``councils_by_year.csv``, one row a council and year, for councils that exist today; those abolished
since (Cumbria, Northamptonshire) have no row before their successors. Flows are of the calendar year,
``plans_caseload`` is of its January. Sources: *Education, health and care plans, reporting year 2025* (requests,
timeliness, new plans, caseload) and the *Local authority interactive tool* (appeal rate, old method). 2025 has only
the January caseload. Contains public sector information licensed under the Open Government Licence v3.0. Source:
Department for Education.
"""

from __future__ import annotations

import csv
import dataclasses
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sencosim.evidence.councils import Council, england_total, load_councils
from sencosim.evidence.pooling import FloatArray, pooled_shares
from sencosim.evidence.register import evidence_folder

FIRST_YEAR, LAST_YEAR = 2019, 2024
"""Calendar years with flows."""
TIMELINESS_YEAR = 2023
"""Last year whose timeliness by council is used: that of 2024 is kept to test the model with."""


@dataclass(frozen=True)
class CouncilYear:
    """One council in one calendar year. ``None`` where nothing is published.

    Attributes
    ----------
    requests, requests_refused
        Requests for assessment, and those refused. [requests]
    plans_without_exceptions, issued_in_20_weeks
        Plans without exceptions to the time limit, and those within it. [plans]
    new_plans, plans_caseload
        New plans of the year, and plans in January. [plans]
    appeal_rate
        Appeals per appealable decision, old method. [percent]
    """

    la_code: int
    year: int
    requests: float | None
    requests_refused: float | None
    plans_without_exceptions: float | None
    issued_in_20_weeks: float | None
    new_plans: float | None
    plans_caseload: float | None
    appeal_rate: float | None


@lru_cache(maxsize=1)
def load_council_years() -> dict[tuple[int, int], CouncilYear]:
    """All rows by council code and year.

    Examples
    --------
    >>> load_council_years()[886, 2024].requests
    4001.0
    """
    names = [field.name for field in dataclasses.fields(CouncilYear)][2:]
    with (evidence_folder() / "councils_by_year.csv").open(encoding="utf-8", newline="") as rows:
        found = {}
        for row in csv.DictReader(rows):
            numbers = (float(row[name]) if row[name] else None for name in names)
            key = (int(row["la_code"]), int(row["year"]))
            found[key] = CouncilYear(*key, *numbers)
    return found


def column(field: str, year: int) -> FloatArray:
    """One field of all councils in a year, NaN where not published. [unit of the field, shape (153,)]."""
    years = load_council_years()
    values = [getattr(years.get((council.la_code, year)), field, None) for council in load_councils()]
    return np.array([np.nan if value is None else value for value in values])


@lru_cache(maxsize=8)
def councils_of(year: int) -> tuple[Council, ...]:
    """Councils with requests, refusals and timeliness of a calendar year, partially pooled, at the level of today.

    Requests are scaled so that England's total stays that of the councils' file: the level by year belongs to the
    trends, the pattern between councils belongs here. Where a year is not published the file's figure stays.

    Parameters
    ----------
    year
        Calendar year, held to 2019 to 2024.
    """
    held = min(LAST_YEAR, max(FIRST_YEAR, year))
    requests = column("requests", held)
    refused = pooled_shares(column("requests_refused", held), requests)
    seen = min(held, TIMELINESS_YEAR)
    on_time = pooled_shares(column("issued_in_20_weeks", seen), column("plans_without_exceptions", seen))
    scale = england_total("requests") / england_in(held)
    found = []
    for i, council in enumerate(load_councils()):
        changes: dict[str, float | int] = {}
        if not np.isnan(requests[i]):
            changes = {"requests": round(requests[i] * scale), "refused_share": float(refused[i])}
            changes["issued_in_20_weeks_share"] = float(on_time[i])
        found.append(dataclasses.replace(council, **changes))  # type: ignore[arg-type]
    return tuple(found)


def england_in(year: int) -> float:
    """Requests of a year, with today's figure, at that year's pace, for councils that published none. [requests]."""
    then = column("requests", year)
    now = np.array([float(council.requests) for council in load_councils()])
    known = ~np.isnan(then)
    return float(then[known].sum() * now.sum() / now[known].sum())
