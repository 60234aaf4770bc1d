"""Time and its units: academic years, terms, school weeks, and the integer-minute clock.

The clock counts whole minutes from the start of the run, which is always a 1 September. An academic year has
52 weeks; three terms of 13 working weeks start at weeks 0, 17 and 34. The segment of a term is the term and
the holiday that follows it: weeks 0-17, 17-34 and 34-52. The calendar year begins with week 17.
"""

from __future__ import annotations

import re

MINUTES_PER_WEEK = 7 * 24 * 60
WEEKS_PER_YEAR = 52
MINUTES_PER_YEAR = WEEKS_PER_YEAR * MINUTES_PER_WEEK
TERMS_PER_YEAR = 3
TERM_WEEKS = 13
SCHOOL_WEEKS_PER_YEAR = TERMS_PER_YEAR * TERM_WEEKS
TERM_START_WEEKS = (0, 17, 34)
SEGMENT_WEEKS = (17, 17, 18)
CENSUS_WEEK = 19
SCHOOL_DAYS_PER_WEEK = 5
SCHOOL_DAYS_PER_TERM = TERM_WEEKS * SCHOOL_DAYS_PER_WEEK

YEAR_GROUPS = ("Reception", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Y8", "Y9", "Y10", "Y11")
N_YEAR_GROUPS = len(YEAR_GROUPS)
FIRST_SECONDARY_YEAR_GROUP = 7
PHASE_TRANSFER_YEAR_GROUPS = (FIRST_SECONDARY_YEAR_GROUP - 1, N_YEAR_GROUPS - 1)
"""Last years of a phase: the review of a plan in Year 6 or Year 11 prepares the move to the next."""
KEY_STAGE_YEAR_GROUPS = (2, FIRST_SECONDARY_YEAR_GROUP - 1, 9, N_YEAR_GROUPS - 1)
"""Last years of a key stage: Years 2, 6, 9 and 11."""
PHASES = ("primary", "secondary")

_YEAR = re.compile(r"^(\d{4})/(\d{2})$")


def parse_year(text: str) -> int:
    """First calendar year of an academic year written as ``2027/28``.

    Raises
    ------
    ValueError
        If the text is not of that form, or the two parts are not consecutive.

    Examples
    --------
    >>> parse_year("2027/28")
    2027
    """
    match = _YEAR.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not an academic year such as 2027/28")
    start = int(match.group(1))
    if (start + 1) % 100 != int(match.group(2)):
        raise ValueError(f"{text!r} is not an academic year: {start} is followed by {(start + 1) % 100:02d}")
    return start


def format_year(start: int) -> str:
    """Write an academic year as ``2027/28``.

    Examples
    --------
    >>> format_year(1999)
    '1999/00'
    """
    return f"{start}/{(start + 1) % 100:02d}"


def financial_year(start: int) -> str:
    """Write a financial year, April to March, as ``2027-28``.

    Examples
    --------
    >>> financial_year(2099)
    '2099-00'
    """
    return f"{start}-{(start + 1) % 100:02d}"


def term_start(term: int) -> int:
    """Clock time at which a term starts. [minutes; ``term`` counts from 0 over the whole run]

    Examples
    --------
    >>> term_start(4) == MINUTES_PER_YEAR + 17 * MINUTES_PER_WEEK
    True
    """
    year, within = divmod(term, TERMS_PER_YEAR)
    return year * MINUTES_PER_YEAR + TERM_START_WEEKS[within] * MINUTES_PER_WEEK


def term_end(term: int) -> int:
    """Clock time at which the 13 working weeks of a term end. [minutes]"""
    return term_start(term) + TERM_WEEKS * MINUTES_PER_WEEK


def segment_of(minute: int) -> int:
    """Term segment that a clock time falls in: the term or the holiday after it. [segments from 0]

    Examples
    --------
    >>> [segment_of(week * MINUTES_PER_WEEK) for week in (0, 16, 17, 34, 51, 52)]
    [0, 0, 1, 2, 2, 3]
    """
    year, within = divmod(minute, MINUTES_PER_YEAR)
    week = within // MINUTES_PER_WEEK
    return year * TERMS_PER_YEAR + (0 if week < TERM_START_WEEKS[1] else 1 if week < TERM_START_WEEKS[2] else 2)
