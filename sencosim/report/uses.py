"""Where each pound of SENCO time goes: eight uses that add up to the hours paid for."""

from __future__ import annotations

import math
from typing import Any

from sencosim.outcomes.uses import MEMORANDUM, OTHERS, PAID, UNPAID, USE, added_parts
from sencosim.report.findings import Findings, cell_number
from sencosim.report.inputs import TOTAL
from sencosim.report.table import Table, table_of
from sencosim.report.words import (
    DASH,
    MILLION,
    in_a_sentence,
    joined,
    plain,
    plain_or_dash,
    rounded_to_sum,
    rounding_step,
    sentence_case,
)
from sencosim.vocabulary import WORDS_OF_USES

HOURS = ("baseline", "policy", "added")
PART_WORDS = {
    "more_work": "buys more SENCO work",
    UNPAID: "replaces unpaid evenings",
    "released": "is released to other school work",
    "vacant_or_away": "goes on vacant posts and SENCOs' absence",
    "study_and_travel": "goes on study, training, supervision and travel",
}
"""Parts of :func:`sencosim.outcomes.uses.added_parts` after an amount."""


def uses_table(findings: Findings) -> Table:
    """Paid SENCO hours by use: today's policy, this policy, and what it adds."""
    frame = findings.inputs.uses
    rows = frame.to_dict("records")
    inside = [row for row in rows if row["kind"] in (USE, PAID)]
    cells = [_row(row) for row in (*inside, *(row for row in rows if row["kind"] in (MEMORANDUM, OTHERS)))]
    paid = tuple(number for number, row in enumerate(inside) if row["kind"] == PAID)
    return table_of(findings, "uses", cells, strong_rows=paid, beside=_added_beside(findings))


def _added_beside(findings: Findings) -> str:
    """Hours added as mean over draws, which the table of people states; blank if none are."""
    figure = findings.get(findings.inputs.main_view, "added_senco_hours", TOTAL)
    if figure is None or figure.is_zero:
        return ""
    a_year = figure.difference / MILLION / len(findings.years)
    told = f"{in_a_sentence(figure.title)}: {plain(a_year, min(0.01, rounding_step(a_year)), signed=True)}"
    return f"As mean over draws, as in the table of what changes for people, million hours a year: {told}."


def _row(row: dict[Any, Any]) -> tuple[str, ...]:
    hours = {name: plain(cell_number(row[name]) / MILLION, 0.01, signed=name == "added") for name in HOURS}
    shares = {name: 100.0 * cell_number(row[f"{name}_share"]) for name in HOURS}
    levels = [cell for arm in HOURS[:2] for cell in (hours[arm], plain_or_dash(shares[arm], 0.1))]
    pence = DASH if math.isnan(shares["added"]) else f"{plain(shares['added'], 1.0)}p"
    return (sentence_case(str(row["words"])), *levels, hours["added"], pence)


def pence_of_parts(findings: Findings) -> dict[str, int]:
    """Pence of each added pound by part, rounded so that they add up to 100; empty if no hours are added."""
    frame = findings.inputs.uses
    parts = added_parts(frame) if len(frame.columns) else {}
    whole, _ = rounded_to_sum([100.0 * part for part in parts.values()], 1.0) if parts else ([], 0)
    return {name: round(pence) for name, pence in zip(parts, whole, strict=True)}


def uses_sentence(findings: Findings) -> str:
    """Where each added pound goes, in one line; blank if no hours are added."""
    pence = pence_of_parts(findings)
    told = [f"{plain(amount, 1.0)}p {PART_WORDS[name]}" for name, amount in pence.items() if amount]
    return f"Of each added £1 of SENCO time {joined(told)}." if told else ""


def part_title(name: str) -> str:
    """A part as a row of a table.

    Examples
    --------
    >>> part_title("more_work"), part_title("released")
    ('More SENCO work', 'Released to other school work')
    """
    words = {"more_work": "more SENCO work", UNPAID: "replaces unpaid evenings"} | WORDS_OF_USES
    return sentence_case(words[name])
