"""The tables that let a reader check: model against published, evidence grades, checks, effects without a price."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from sencosim.report.findings import Findings, cell_number, cell_text
from sencosim.report.table import Table, table_of
from sencosim.report.words import DASH, plain, rounding_step, sentence_case

ACRONYMS = {"sen": "SEN", "senco": "SENCO", "ehc": "EHC", "ehcp": "EHC plan", "la": "LA", "slt": "SLT", "send": "SEND"}


def reconciliation_table(findings: Findings) -> Table:
    """Model against published, every series, the bad ones included."""
    rows = []
    for row in findings.inputs.reconciliation.to_dict("records"):
        gap, percent = cell_number(row["gap"]), cell_number(row["gap_pct"])
        gaps = (plain(gap, min(rounding_step(gap), 1.0), signed=True), plain(percent, 0.1, signed=True))
        head = (series_title(row), str(row["period"]), level(row["published"]), level(row["model"]))
        rows.append((*head, *gaps, _tolerance(row["tolerance"]), str(row["verdict"]), cell_text(row["note"])))
    return table_of(findings, "reconciliation", rows)


def grades_table(findings: Findings) -> Table:
    """How many parameters stand on evidence of each grade."""
    frame = findings.inputs.parameters
    pairs = zip(frame["quality"].astype(str), frame["kind"].astype(str), strict=True)
    counts = sorted(Counter(pairs).items(), key=lambda item: item[0], reverse=True)
    rows = [(grade, kind.replace("_", " "), f"{count:,}") for (grade, kind), count in counts]
    return table_of(findings, "grades", rows)


def implied_table(findings: Findings) -> Table:
    """Each prior alongside the rate that came out of the model, per doubling of hours."""
    rows = []
    for row in findings.inputs.implied.to_dict("records"):
        ratios = (_ratio(row[name]) for name in ("came_out_per_doubling", "came_out", "hours_ratio"))
        rows.append((str(row["prior"]), str(row["phase"]), f"{cell_number(row['prior_value']):.3f}", *ratios))
    return table_of(findings, "implied", rows)


def _ratio(value: object) -> str:
    number = cell_number(value)
    return DASH if math.isnan(number) else f"{number:.2f}"


def checks_table(findings: Findings) -> Table:
    """What was checked after the run."""
    rows = ((name, "passed" if passed else "FAILED", detail) for name, passed, detail in findings.inputs.checks)
    return table_of(findings, "checks", rows)


def unmonetised_table(findings: Findings) -> Table:
    """Effects that have no price here, so that they are never left off."""
    return table_of(findings, "unmonetised", findings.inputs.unmonetised)


def series_title(row: dict[Any, Any]) -> str:
    """Name of a published series with its breakdown, in words."""
    parts = [str(row["series"]), cell_text(row["breakdown"])]
    words = ", ".join(part.replace("_", " ") for part in parts if part)
    told = " ".join(ACRONYMS.get(word, word) for word in words.split(" ")).replace("GBP million", "£ million")
    return sentence_case(told)


def level(value: Any) -> str:
    """Write a number to three significant figures, or to the unit if that is finer."""
    number = cell_number(value)
    return plain(number, min(rounding_step(number) / 10, 1.0)) if number else "0"


def _tolerance(value: Any) -> str:
    number = cell_number(value)
    return f"± {number:g}" if math.isfinite(number) else DASH
