"""Beside the headline: one table and a line for each case. The words stand in ``templates/beside.yaml``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sencosim.costing.adjustments import OptimismBias
from sencosim.outcomes.beside import HEADLINE, LONG, OTHER_LAW, SAMPLE_LONG, SAMPLE_SHORT
from sencosim.report.findings import Findings, cell_number
from sencosim.report.laws import LAW_WORDS
from sencosim.report.table import Cell, Number, Table, table_of, words_in
from sencosim.report.words import MILLION, money, per_cent, rounding_step
from sencosim.units import format_year

WORDS = "templates/beside.yaml"
SHEET = "Beside_the_headline"
ON_SAMPLE = (SAMPLE_SHORT, SAMPLE_LONG)
Row = Mapping[Any, Any]


def beside_table(findings: Findings) -> Table:
    """The headline and every case alongside it, for the page."""
    rows = _cases(findings)
    sums = [abs(cell_number(row[name])) for row in rows for name in ("net_public_cost", "npsv")]
    scale, unit = (MILLION, "£ million") if max(sums, default=0.0) >= MILLION else (1.0, "£")
    step = rounding_step(max((one / scale for one in sums if not math.isnan(one)), default=1.0)) / 10.0

    def amount(row: Row, name: str) -> Cell:
        value = cell_number(row[name])
        return None if math.isnan(value) else Number(value / scale, step, signed=True)

    cells = [
        (told["title"], amount(row, "net_public_cost"), amount(row, "npsv"), told["standing"], told["reading"])
        for row, told in ((row, _told(findings, row)) for row in rows)
    ]
    notes = {"unit": unit, "sample": _on_sample(findings), "not_run": _not_run(rows)}
    return table_of(findings, "beside", cells, strong_rows=(0,) if rows else (), **notes)


def beside_sheet(findings: Findings) -> Table | None:
    """The same for the workbook, in GBP; nothing for a scenario without a policy."""
    frame = beside_frame(findings)
    return None if frame.empty else table_of(findings, SHEET, frame)


def beside_frame(findings: Findings) -> pd.DataFrame:
    """The same as data: figures as they are, with their words. [GBP]"""
    frame = findings.inputs.beside
    if frame.empty:
        return frame
    told = pd.DataFrame([_told(findings, row) for row in frame.to_dict("records")], index=frame.index)
    return frame.assign(**told[["title", "standing", "reading"]])


def beside_lines(findings: Findings) -> tuple[str, ...]:
    """A sentence for each case alongside the headline."""
    return tuple(line for row in _cases(findings) if (line := _told(findings, row)["line"]))


def line_of(findings: Findings, case: str) -> str:
    """The sentence of one case; blank if the run does not have it."""
    rows = (row for row in findings.inputs.beside.to_dict("records") if row["case"] == case)
    return next((_told(findings, row)["line"] for row in rows), "")


def _cases(findings: Findings) -> list[Row]:
    """Rows of the table; those on the sample stand in a note."""
    return [row for row in findings.inputs.beside.to_dict("records") if row["case"] not in ON_SAMPLE]


def _told(findings: Findings, row: Row) -> dict[str, str]:
    """Words of one case, filled in."""
    case, words = str(row["case"]), words_in(WORDS)
    law = case.removeprefix(OTHER_LAW) if case.startswith(OTHER_LAW) else ""
    filled = _filled(findings) | {
        "law": LAW_WORDS.get(law, law),
        "purse": _purse(row),
        "value": money(cell_number(row["npsv"])),
        "errors": _error(row),
        "own": f"{cell_number(row['years']):.0f}",
    }
    return {name: text.format(**filled) for name, text in words[OTHER_LAW if law else case].items()}


def _filled(findings: Findings) -> dict[str, str]:
    """What the words of every case may fill in."""
    bias = OptimismBias.of_staffing_duty()
    years = bias.benefit_delay_years
    by_case = {str(row["case"]): row for row in findings.inputs.beside.to_dict("records")}
    filled = {
        "years": f"{cell_number(by_case[HEADLINE]['years']):.0f}",
        "raise": per_cent(bias.cost_uplift),
        "lower": per_cent(bias.benefit_reduction),
        "delay": "1 year" if years == 1 else f"{years} years",
    }
    if LONG not in by_case:
        return filled
    long = by_case[LONG]
    share = cell_number(long["sample_share"])
    return filled | {
        "long": f"{cell_number(long['years']):.0f}",
        "damping": per_cent(cell_number(long["trend_damping"])),
        "last": format_year(int(cell_number(long["trends_whole_to"]))),
        "sample": "the chosen councils" if share == 1.0 else f"{share:.0%} of England",
    }


def _purse(row: Row) -> str:
    """A net cost to the public purse as a noun.

    Examples
    --------
    >>> _purse({"net_public_cost": -2e6}), _purse({"net_public_cost": 0.0})
    ('a saving of £2.0 million', 'no net cost')
    """
    value = cell_number(row["net_public_cost"])
    if value == 0.0:
        return "no net cost"
    return f"a {'cost' if value > 0.0 else 'saving'} of {money(abs(value))}"


def _error(row: Row) -> str:
    errors = [cell_number(row[f"{name}_error"]) for name in ("net_public_cost", "npsv")]
    if any(math.isnan(error) for error in errors):
        return ""
    return f" (simulation error ± {money(errors[0])} and ± {money(errors[1])})"


def _on_sample(findings: Findings) -> str:
    """What the sample of the long case gave, over both horizons; blank if it was not run."""
    rows = {str(row["case"]): row for row in findings.inputs.beside.to_dict("records")}
    if SAMPLE_LONG not in rows:
        return ""
    short, long = rows[SAMPLE_SHORT], rows[SAMPLE_LONG]
    told: str = words_in(WORDS)["on_sample"]
    return told.format(
        **_filled(findings),
        short_purse=_purse(short),
        short_value=money(cell_number(short["npsv"])),
        long_purse=_purse(long),
        long_value=money(cell_number(long["npsv"])),
    )


def _not_run(rows: list[Row]) -> str:
    cases = {str(row["case"]) for row in rows}
    whole = LONG in cases and any(case.startswith(OTHER_LAW) for case in cases)
    return "" if whole or not rows else str(words_in(WORDS)["not_run"])
