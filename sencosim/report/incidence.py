"""On which schools the cost falls, and how each way of paying for it would fall: tables and one sentence."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from sencosim.outcomes.equity import REGION, SIZE
from sencosim.outcomes.incidence import EXTRA_HOURS, KIND, LOSES, RULES, losers
from sencosim.outcomes.ratio import cost_per_hour
from sencosim.report.findings import Findings
from sencosim.report.inputs import TOTAL
from sencosim.report.table import Cell, Number, Table, table_of
from sencosim.report.words import joined, plain, rounding_step

ACROSS: tuple[tuple[str, str], ...] = (
    ("all", "All schools"),
    ("phase", "Phase"),
    ("size", "Pupils on roll"),
    ("fsm_fifth", "Fifth by free school meals"),
    ("place", "Place"),
    ("governance", "Run as"),
    ("region", "Region"),
)
"""Groupings of the table and their words."""
SHARED_OUT = tuple(rule for rule in RULES if rule != "own_cost")
"""Rules that move money between schools; paying each its own cost moves none."""
LOSERS_OF = ((SIZE, "phase and size"), (KIND, "phase, free school meals, place and governance"))


def incidence_table(findings: Findings) -> Table:
    """Cost of the duty by group of schools, as a share of core budget; gain or loss under each rule of funding."""
    frame = findings.inputs.incidence
    cells = []
    is_sample = float(findings.inputs.manifest.get("sample_share") or 1.0) < 1.0
    for grouping, words in ACROSS:
        if grouping == REGION and is_sample:
            continue  # sampled councils stand for England, not for the region that they lie in
        for row in _of(frame, grouping).to_dict("records") if len(frame) else []:
            label = words if grouping == "all" else f"{words}: {row['group']}"
            gains = [_share(row[f"gain_{rule}_share"], signed=True) for rule in SHARED_OUT]
            each = float(row["duty_gbp"]) / float(row["schools"])
            per_school = Number(each, min(100.0, rounding_step(each)))
            budget = Number(float(row["budget_gbp"]) / float(row["schools"]) / 1000.0, 10.0)
            cells.append((label, Number(row["schools"], 1.0), budget, per_school, _with_error(row), *gains))
    heads = [f"Gain or loss, paid {RULES[rule]}" for rule in SHARED_OUT]
    return table_of(findings, "incidence", cells, strong_rows=(0,), gains=heads)


def _share(value: Any, *, signed: bool = False) -> Cell:
    number = 100.0 * float(value)
    return None if math.isnan(number) else Number(number, 0.01, signed=signed)


def _with_error(row: dict[Any, Any]) -> Cell:
    share, error = (100.0 * float(row[name]) for name in ("duty_share", "monte_carlo_error"))
    if math.isnan(share):
        return None
    told = plain(share, 0.01)
    return f"{told} ± {plain(error, 0.01)}" if math.isfinite(error) and error > 0.0 else told


def rules_table(findings: Findings) -> Table:
    """How many groups, with what share of schools, lose under each rule."""
    frame = findings.inputs.incidence
    cells: list[tuple[Cell, ...]] = []
    for rule in SHARED_OUT if len(frame) else ():
        told: list[Cell] = []
        for grouping, _ in LOSERS_OF:
            lose, groups, share = losers(frame, grouping, rule)
            told += [f"{lose} of {groups}", Number(100.0 * share, 1.0)]
        cells.append((f"Paid {RULES[rule]}", *told))
    return table_of(findings, "paying", cells, least=plain(100.0 * LOSES, 0.1))


def incidence_sentence(findings: Findings) -> str:
    """The share of all budgets, the sizes with the most and the least, and who loses by which rule; blank without."""
    frame = findings.inputs.incidence
    if frame.empty or not float(_of(frame, "all")["duty_gbp"].iloc[0]) > 0.0:
        return ""
    whole = float(_of(frame, "all")["duty_share"].iloc[0])
    sizes = _of(frame, SIZE).dropna(subset=["duty_share"]).sort_values("duty_share", kind="stable")
    ends = [f"{plain(100.0 * row['duty_share'], 0.1)} % in {_schools(row['group'])}" for _, row in sizes.iterrows()]
    told = (
        f"Once in force the duty takes {plain(100.0 * whole, 0.1)} % of the core budgets of schools, if they pay for it"
    )
    if len(ends) > 1:
        told += f": from {ends[0]} to {ends[-1]}"
    losing = [f"{plain(100.0 * losers(frame, SIZE, rule)[2], 1.0)} % {RULES[rule]}" for rule in SHARED_OUT]
    return (
        f"{told}. Were the same total paid to schools by a simple rule, size groups would lose that hold this share of "
        f"schools: {joined(losing)}."
    )


def _of(frame: pd.DataFrame, grouping: str) -> pd.DataFrame:
    return frame[frame["grouping"] == grouping]


def _schools(group: str) -> str:
    """A size band in a sentence.

    Examples
    --------
    >>> _schools("primary, under 100"), _schools("secondary, 1250 and over")
    ('primary schools with under 100 pupils', 'secondary schools with 1250 pupils and over')
    """
    phase, _, band = str(group).partition(", ")
    number, over, _ = band.partition(" and over")
    return f"{phase} schools with {number.replace('-', ' to ')} pupils{over}"


def hours_cost_table(findings: Findings) -> Table:
    """Cost to schools for each extra hour of SENCO work, by phase and by size."""
    frame = findings.inputs.hours_cost
    cells: list[tuple[Cell, ...]] = []
    for grouping, words in ACROSS:
        for row in _of(frame, grouping).to_dict("records") if len(frame) else []:
            if grouping not in ("all", "phase", "size"):
                continue
            label = words if grouping == "all" else f"{words}: {row['group']}"
            hours = [Number(float(row[name]) / 1000.0, 0.1, signed=True) for name in ("paid_added", "extra_hours")]
            cells.append((label, *hours, _per_hour(row)))
    return table_of(findings, "hours_cost", cells, strong_rows=(0,), beside=_hours_beside(findings))


def _hours_beside(findings: Findings) -> str:
    """The same for all schools as mean over draws, which comparisons state; blank where it is not known."""
    figure = findings.get(findings.inputs.main_view, cost_per_hour("schools", EXTRA_HOURS), TOTAL)
    if figure is None or math.isnan(figure.difference):
        return ""
    return f"As mean over draws, which comparisons show, the cost for all schools is £{plain(figure.difference, 1.0)}."


def _per_hour(row: dict[Any, Any]) -> Cell:
    value, error = float(row["cost_per_extra_hour_gbp"]), float(row["monte_carlo_error"])
    if math.isnan(value):
        return None
    told = plain(value, 1.0)
    return f"{told} ± {plain(error, 1.0)}" if math.isfinite(error) and error > 0.0 else told
