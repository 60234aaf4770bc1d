"""Councils' high needs alongside their last published deficit: the table, and one line for a place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sencosim.evidence.grants import BALANCE_YEAR, GRANT_YEAR
from sencosim.outcomes.areas import MODELLED
from sencosim.outcomes.separation import SURE
from sencosim.report.findings import Findings
from sencosim.report.showing import FEWEST, LOW
from sencosim.report.table import Cell, Number, Table, table_of
from sencosim.report.words import MILLION, costs_or_saves, money, plain

CHANGED = "pupil_years_changed"
CHANGES = ["high_needs_change_gbp", "paid_by_council_gbp", "monte_carlo_error", "change_of_block"]
"""Columns that say how few pupils are meant."""
MOST_ROWS = 40
"""Councils of the page's table; all are in the file and the sheet."""


def with_low_left_out(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with changes that stand for fewer than five pupil-years taken out and marked in ``is_low``.

    Tables without pupil-years, such as those of groups of schools, come back as they are.
    """
    if CHANGED not in frame.columns:
        return frame
    low = frame[CHANGED] < FEWEST
    told = frame.drop(columns=CHANGED).assign(is_low=low)
    told[CHANGES] = told[CHANGES].mask(low, np.nan)
    return told


def councils_table(findings: Findings) -> Table:
    """Councils in the order of the change of high needs for each pound of their block; both ends if there are many."""
    frame = _shown(findings)
    if not frame.empty:
        frame = frame.sort_values("change_of_block", ascending=False, kind="stable", na_position="last")
    told = frame.dropna(subset=["change_of_block"]) if len(frame) > MOST_ROWS else frame
    rows = [_row(row) for row in told.to_dict("records")]
    if len(rows) > MOST_ROWS:
        rows = [*rows[: MOST_ROWS // 2], *rows[-MOST_ROWS // 2 :]]
    shown, there = str(len(rows)), str(len(frame))
    return table_of(
        findings, "council_purses", rows, balance=BALANCE_YEAR, grant=GRANT_YEAR, shown=shown, councils=there
    )


def _shown(findings: Findings) -> pd.DataFrame:
    """The table, small counts left out: it may come from a run or from its folder."""
    frame = findings.inputs.council_purses
    return frame if frame.empty or "is_low" in frame.columns else with_low_left_out(frame)


def _row(row: dict[Any, Any]) -> tuple[Cell, ...]:
    numbers = {name: float(str(row[name])) for name in (*CHANGES, "fsm_share", "balance_pct", "balance_gbp")}
    change, own, share = numbers[CHANGES[0]] / MILLION, numbers[CHANGES[1]] / MILLION, 100.0 * numbers[CHANGES[3]]
    low = bool(row["is_low"])
    balance_of = str(row["balance_of"] or "")
    return (
        str(row["area_name"]),
        str(row["region"]),
        Number(100.0 * numbers["fsm_share"], 0.1),
        LOW if low else _number(change, 0.01, signed=True),
        LOW if low else _number(own, 0.01, signed=True),
        LOW if low else _number(share, 0.1, signed=True),
        _number(numbers["balance_pct"], 0.1, signed=True),
        _number(numbers["balance_gbp"] / MILLION, 0.1, signed=True),
        str(row["basis"]) + (f"; balance of {balance_of}" if balance_of else ""),
    )


def _number(value: float, step: float, *, signed: bool = False) -> Cell:
    return None if np.isnan(value) else Number(value, step, signed=signed)


def place_sentence(findings: Findings, code: str) -> str:
    """One line on a council: what the policy changes, and what the council was last known to owe; blank without."""
    frame = _shown(findings)
    rows = [] if frame.empty else frame[frame["area_code"] == code].to_dict("records")
    if not rows or np.isnan(float(rows[0]["balance_pct"])):
        return ""
    row = rows[0]
    balance, pounds = float(row["balance_pct"]), float(row["balance_gbp"])
    of = f"{row['balance_of']}, of which it was part," if str(row["balance_of"] or "") else str(row["area_name"])
    kind = "deficit" if balance < 0.0 else "surplus"
    return (
        f"{_change_words(row)} At the end of {BALANCE_YEAR}, the last year at hand, {of} had a cumulative {kind} of "
        f"{plain(abs(balance), 0.1)} % of its schools grant, about {money(abs(pounds))} at the grant of {GRANT_YEAR}. "
        "A yearly change and a sum owed on a date cannot be added."
    )


def _change_words(row: dict[Any, Any]) -> str:
    """What the policy changes a year, and how well that is known, in a sentence."""
    if bool(row["is_low"]):
        return "The policy changes high-needs spending there by too little to show."
    change, error = float(row["high_needs_change_gbp"]), float(row["monte_carlo_error"])
    told = f"The policy {costs_or_saves(change)} a year on high needs there, whoever pays"
    if np.isnan(error):
        known = "one replication" if str(row["basis"]) == MODELLED else "its share, by pupils, of England's"
        return f"{told} (point values, {known}: no range)."
    chance = f"standard error by chance {money(error)}, range over the evidence not known"
    if abs(change) < SURE * error:
        chance += ": too little to tell from chance"
    return f"{told} (point values; {chance})."
