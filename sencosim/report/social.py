"""The social statement on the page: its lines, who bears them, what it stands on, and what would turn it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from sencosim.costing.standing import STANDINGS
from sencosim.outcomes.social import AT, BEARER, KAPPA, LINE, STANDING, WHOLE, ZERO
from sencosim.report.findings import Findings
from sencosim.report.table import Cell, Estimate, Interval, Number, Table, table_of
from sencosim.report.tables import NOT_COUNTED
from sencosim.report.words import MILLION, joined, money, plain_or_dash, rounding_step, up_to_figures

MOST_SWINGS = 10
"""Inputs shown by how far they move the answer."""
PLAUSIBLE = 10.0
"""Above this no worth of a pound is worth telling. [GBP per GBP]"""
STANDING_WORDS = {
    "measured": "measured",
    "assumed": "price assumed",
    "by_effect": "effect without causal evidence",
    "convention": "convention",
}
"""In a cell."""


def statement(findings: Findings, view: str, part: str) -> dict[str, dict[Any, Any]]:
    """Rows of one part of the social statement of a view, by name; none where a run did not keep it."""
    table = findings.inputs.appraisal.get("social")
    if table is None:
        return {}
    rows = table[(table["view"] == view) & (table["part"] == part)].to_dict("records")
    return {str(row["name"]): row for row in rows}


def social_table(findings: Findings) -> Table:
    """Costs and benefits to society by line, with what each stands on."""
    rows = [*_rows(findings, LINE, with_standing=True), *_rows(findings, WHOLE, with_standing=True)]
    return table_of(findings, "social", rows, strong_rows=(len(rows) - 1,) if rows else ())


def bearers_table(findings: Findings) -> Table:
    """Who bears costs and gets benefits, transfers left out."""
    rows = [*_rows(findings, BEARER), *_rows(findings, WHOLE)]
    return table_of(findings, "bearers", rows, strong_rows=(len(rows) - 1,) if rows else ())


def standings_table(findings: Findings) -> Table:
    """How much stands on evidence and how much on conventions; then the answer by the worth of provision."""
    rows = [*_rows(findings, STANDING), *_rows(findings, WHOLE)]
    strong = (len(rows) - 1,) if rows else ()
    if rows:
        rows += [*_rows(findings, KAPPA, names=AT), ("Worth of a pound at which it is zero", *_zeros(findings))]
    return table_of(findings, "standings", rows, strong_rows=strong)


def _rows(
    findings: Findings, part: str, names: Sequence[str] = (), *, with_standing: bool = False
) -> Iterator[tuple[Cell, ...]]:
    parts = {view: statement(findings, view, part) for view in findings.inputs.views}
    known = dict.fromkeys(name for rows in parts.values() for name in rows)
    for name in names or known:
        told = [rows.get(name) for rows in parts.values()]
        first = next(row for row in told if row is not None)
        stands = [joined([STANDING_WORDS[one] for one in _stands(told)])] if with_standing else []
        yield (str(first["title"]), *stands, *(NOT_COUNTED if row is None else estimate_of(row) for row in told))


def _stands(rows: Sequence[Any]) -> list[str]:
    told = [row["standing"] for row in rows if row is not None and isinstance(row["standing"], str)]
    found = {one for words in told for one in words.split(", ")}
    return [one for one in STANDINGS if one in found]


def estimate_of(row: Any) -> Estimate:
    """A row of the statement as a cell. [GBP million]"""
    middle, low, high = (float(row[name]) / MILLION for name in ("difference", "p10", "p90"))
    step = rounding_step(middle, low, high)
    return Estimate(Number(middle, step, signed=True), Interval(low, high, step))


def _zeros(findings: Findings) -> Iterator[str]:
    for view in findings.inputs.views:
        zero = float(statement(findings, view, KAPPA)[ZERO]["difference"])
        yield f"£{zero:.2f}" if 0.0 <= zero <= PLAUSIBLE else "none from £0 to £10"


def social_sentences(findings: Findings) -> tuple[str, ...]:
    """Net present social value, what it stands on, and how the worth of provision moves it; empty where not kept."""
    view = findings.inputs.main_view
    whole, stands = statement(findings, view, WHOLE), statement(findings, view, STANDING)
    if not whole:
        return ()
    (net,) = whole.values()
    ends = [float(net[name]) for name in ("p10", "p90")]
    amount = float(net["difference"])
    parts = [f"{money(float(row['difference']), signed=True)} on {_on(name)}" for name, row in stands.items()]
    first = (
        f"To society, not to a budget, the {view} view comes to {money(amount, *ends, signed=True)} (80 % interval: "
        f"{_signed_range(ends)}): {joined(parts)}. A plus sign is a benefit."
    )
    at = statement(findings, view, KAPPA)
    zero, at_none, at_cost = (float(at[name]["difference"]) for name in (ZERO, *AT))
    turn = (
        f"it would be zero at £{zero:.2f} a pound"
        if 0.0 <= zero <= PLAUSIBLE
        else "no worth from £0 to £10 a pound makes it zero"
    )
    second = (
        f"If provision were worth nothing to pupils it would be {money(at_none, signed=True)}, if it were worth what "
        f"it costs {money(at_cost, signed=True)}; {turn}."
    )
    return first, second


def _on(standing: str) -> str:
    return {
        "measured": "measured prices and counts that follow from the duty",
        "assumed": "assumed prices of such counts",
        "by_effect": "effects without causal evidence",
        "convention": "conventions about what time and provision are worth",
    }[standing]


def _signed_range(ends: Sequence[float]) -> str:
    return " to ".join(money(end, *ends, signed=True) for end in ends)


def switching_table(findings: Findings) -> Table:
    """Prices, conventions and effects that move net present social value most, and where each would turn it."""
    kept = [findings.inputs.appraisal.get(name) for name in ("unit_cost_swings", "effect_swings")]
    tables = [table for table in kept if table is not None and not table.empty]
    if not tables:
        return table_of(findings, "turning", [])
    swings = pd.concat(tables, ignore_index=True).sort_values("swing_gbp", ascending=False, kind="stable")
    shown = swings[swings["swing_gbp"] > 0.0].head(MOST_SWINGS)
    return table_of(findings, "turning", [_swing(row) for row in shown.to_dict("records")])


def _swing(row: dict[Any, Any]) -> tuple[Cell, ...]:
    turns = row["switching_value"]
    at = str(row["reading"]) if turns is None or math.isnan(float(turns)) else f"turns at {up_to_figures(float(turns))}"
    ends = [float(row[f"npsv_{end}"]) / MILLION for end in ("low", "high")]
    step = rounding_step(*ends)
    spans = f"{up_to_figures(float(row['low']))} to {up_to_figures(float(row['high']))} {row['unit']}"
    return (str(row["title"]), spans, str(row["kind"]), *(Number(end, step, signed=True) for end in ends), at)


def pair_table(findings: Findings) -> Table:
    """The two that move it most, together: net present social value at five values of each."""
    table = findings.inputs.appraisal.get("two_at_a_time")
    if table is None or table.empty:
        return table_of(findings, "pair", [], others_at=[], one="", other="")
    step = rounding_step(*(table["npsv"] / MILLION).tolist())
    rows: list[tuple[Cell, ...]] = []
    for value, part in table.groupby("value"):
        nets = (Number(float(net) / MILLION, step, signed=True) for net in part["npsv"])
        rows.append((up_to_figures(float(str(value))), *nets, _at_zero(part["other_at_zero"].iloc[0])))
    first = table.iloc[0]
    heads = [up_to_figures(float(value)) for value in dict.fromkeys(table["other_value"])]
    return table_of(findings, "pair", rows, others_at=heads, one=str(first["title"]), other=str(first["other_title"]))


def _at_zero(value: float) -> str:
    return plain_or_dash(float(value), rounding_step(value) / 10 if not math.isnan(value) else 1.0)
