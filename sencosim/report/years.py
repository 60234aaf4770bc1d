"""How long until SENCO time is full time, or enough, on the trend of a run: alongside what campaigners published."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import Any

from sencosim.evidence.register import load_register
from sencosim.outcomes.years_until import TARGETS, TREND_YEARS, published_years
from sencosim.report.findings import Findings
from sencosim.report.table import Table, table_of
from sencosim.report.words import joined, plain, sentence_case
from sencosim.units import PHASES, format_year

ARMS = ("baseline", "policy")
TARGET_WORDS = {"full_time": "full time", "enough": "enough for the work that falls due"}
QUALIFIERS = ("almost", "more than", "more than")
"""How each claim was put, in the order of :func:`~sencosim.outcomes.years_until.published_years`."""
MOST_YEARS = 100
"""Years beyond which a straight line through a few years says nothing. [years]"""
Row = Mapping[Any, Any]


def years_sentences(findings: Findings) -> tuple[str, ...]:
    """When the mean post is full time, when it has enough hours, and what was published; empty for a run without them.

    Every figure is in ``years_until.csv``, or is one of the published facts in the evidence.
    """
    found = _found(findings)
    if not found:
        return ()
    told = []
    for target, (arm, words) in product(TARGETS, arms_in_words(findings).items()):
        rows = {phase: found[arm, phase, target] for phase in _phases(found)}
        said = "; ".join(
            f"{phase} {_hours(row['hours_now'])} of {_hours(row['hours_needed'])} hours a week in {_last(findings)}, "
            f"all {_when(row)}"
            for phase, row in rows.items()
        )
        told.append(f"{sentence_case(TARGET_WORDS[target])}, with {words}: {said}.")
    return (*told, published_sentence())


def arms_in_words(findings: Findings) -> dict[str, str]:
    """Both arms of a run by name."""
    return dict(zip(ARMS, (str(findings.words()["today"]), "this policy"), strict=True))


def published_sentence() -> str:
    """The claims of 2021, and that the same arithmetic gives them from the figures that they rest on.

    Examples
    --------
    >>> published_sentence()[:86]
    'Published on the trend of 2018 to 2020: almost 150 years (full time, primary), more th'
    """
    table = published_years(load_register())
    claims = [
        f"{qualifier} {row['published']:.0f} years ({row['claim']})"
        for qualifier, row in zip(QUALIFIERS, table.to_dict("records"), strict=True)
    ]
    own = joined([f"{years:.0f}" for years in table["years"]])
    return f"Published on the trend of 2018 to 2020: {joined(claims)}. The same arithmetic gives {own}."


def years_table(findings: Findings) -> Table:
    """Hours of the mean post, hours needed and years until they meet, with today's policy and with this one."""
    found = _found(findings)
    rows = []
    for phase, target in product(_phases(found), TARGETS):
        now = {arm: found[arm, phase, target] for arm in ARMS}
        cells = [f"{sentence_case(phase)}, {TARGET_WORDS[target]}", _hours(now["baseline"]["hours_needed"])]
        for row in now.values():
            trend = plain(float(row["trend_per_year"]), 0.01, signed=True)
            cells += [_hours(row["hours_now"]), trend, sentence_case(_when(row))]
        rows.append(cells)
    n = str(min(TREND_YEARS, len(findings.years)))
    return table_of(findings, "years", rows, last=_last(findings), n=n)


def _found(findings: Findings) -> dict[tuple[str, str, str], Row]:
    rows = findings.inputs.years_until.to_dict("records")
    return {(str(row["arm"]), str(row["phase"]), str(row["target"])): row for row in rows}


def _phases(found: Mapping[tuple[str, str, str], Row]) -> list[str]:
    return [phase for phase in PHASES if any(key[1] == phase for key in found)]


def _hours(value: float) -> str:
    return plain(float(value), 0.1)


def _last(findings: Findings) -> str:
    return findings.years[-1] if findings.years else "the last year"


def _when(row: Row) -> str:
    """When an aim is reached, in words.

    Examples
    --------
    >>> _when({"years_more": 0.0, "reached_in": 2027}), _when({"years_more": 0.4, "reached_in": None})
    ('from 2027/28 on', 'within a year')
    >>> _when({"years_more": 157.3, "reached_in": None}), _when({"years_more": math.inf, "reached_in": None})
    ('not within 100 years on this trend', 'never on this trend')
    """
    more, reached = float(row["years_more"]), row["reached_in"]
    if math.isinf(more):
        return "never on this trend"
    if more == 0.0:
        known = reached is not None and not math.isnan(float(reached))
        return f"from {format_year(int(reached))} on" if known else "already"
    if more > MOST_YEARS:
        return f"not within {MOST_YEARS} years on this trend"
    if more < 1.0:
        return "within a year"
    return f"after {more:,.0f} more year{'' if round(more) == 1 else 's'}"
