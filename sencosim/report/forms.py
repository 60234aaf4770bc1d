"""What hangs on the law, on the form of the model, and on the route: three tables alongside the headline."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sencosim.experiment.jobs import REFERENCE
from sencosim.outcomes.baselines import MONEY, PEOPLE
from sencosim.outcomes.routes import NEUTRAL, WHOLE
from sencosim.outcomes.structure import AVERAGE
from sencosim.report.findings import Findings, cell_number
from sencosim.report.inputs import NET_PUBLIC_COST, PAYER_NET
from sencosim.report.laws import LAW_WORDS, TODAY
from sencosim.report.table import Table, table_of
from sencosim.report.words import (
    DASH,
    INTERVAL,
    MILLION,
    costs_or_saves,
    money,
    money_range,
    payer_words,
    per_cent,
    plain,
    plain_or_dash,
    rounding_step,
    sentence_case,
)

WEIGHTS_WORDS = (
    "Weights are a way to average, not a probability: no evidence says which form is true. They are settings of the "
    "scenario, and changing them runs nothing."
)
NOT_RUN = "This run has no structure table and no routes: a quick run, or one of the headline alone, leaves them out."
BELOW_ZERO = "A part whose estimate is below zero stands as zero."
ROUTE_OF_ZEROS = (
    "A row of zeros is a route whose parameters, at these point values, stand where they do nothing: assumed, not "
    "found. Draws and the other forms of the model move them."
)
ROUTE_COLUMNS = (NET_PUBLIC_COST, PAYER_NET, "npsv", *PEOPLE)
"""Outcomes of the table of routes, in its order."""
Row = Mapping[Any, Any]


def against_law(findings: Findings) -> str:
    """Words that follow a headline against another law than today's; blank against today's."""
    law = findings.law
    return "" if law == TODAY else f", against {LAW_WORDS[law]}"


def law_sentence(findings: Findings) -> str:
    """The headline against the other law, in one sentence; blank if there is none."""
    main = findings.inputs.main_view
    told = [
        f"Against {LAW_WORDS[str(row['law'])]} it {cost_words(row)} ({INTERVAL}: {interval_of(row)})."
        for row in net_costs_in(findings.inputs.baselines)
        if row["view"] == main
    ]
    return " ".join(told[1:])


def range_sentence(findings: Findings) -> str:
    """Least and most over the forms of the model, and the average, in one sentence; blank if none was run."""
    forms = forms_of(findings)
    if len(forms) < 2:
        return ""
    average = next(row for row in net_costs_in(findings.inputs.structure) if row["key"] == AVERAGE)
    ends = (forms[0][0], forms[-1][0])
    return (
        f"Over {len(forms)} forms that the model can take, the policy {costs_or_saves(ends[0], *ends)} at one end and "
        f"{costs_or_saves(ends[1], *ends)} at the other. With our weights it {cost_words(average)}."
    )


def forms_of(findings: Findings) -> list[tuple[float, str]]:
    """The headline under each form of the model, least first, with the key of its row. [GBP]"""
    rows = net_costs_in(findings.inputs.structure)
    kept = [row for row in rows if row["key"] != AVERAGE and row["form"] != "baseline_law"]
    return sorted((cell_number(row["mean"]), str(row["key"])) for row in kept)


def baselines_table(findings: Findings) -> Table:
    """The policy against each law, in each view."""
    rows = findings.inputs.baselines.to_dict("records")
    by = {(str(row["law"]), str(row["view"]), str(row["outcome"])): row for row in rows}
    laws, views = (list(dict.fromkeys(str(row[name]) for row in rows)) for name in ("law", "view"))
    cells = []
    for law, view in ((law, view) for law in laws for view in views if (law, view, NET_PUBLIC_COST) in by):
        cost = by[law, view, NET_PUBLIC_COST]
        others = (by.get((law, view, outcome)) for outcome in (*MONEY[1:], *PEOPLE))
        name = f"{sentence_case(LAW_WORDS[law])}, {view} view"
        changes = (DASH if row is None else _change(row) for row in others)
        cells.append((name, sentence_case(cost_words(cost)), sentence_case(interval_of(cost)), *changes))
    titles = [_title(rows, outcome) for outcome in (*MONEY[1:], *PEOPLE)]
    main = tuple(i for i, one in enumerate(cells) if f"{findings.inputs.main_view} view" in one[0])
    return table_of(findings, "baselines", cells, strong_rows=main, outcomes=titles)


def structure_table(findings: Findings) -> Table:
    """The headline under each form of the model, and their average."""
    frame = findings.inputs.structure
    rows = net_costs_in(frame)
    social = {str(row["key"]): row for row in frame.to_dict("records") if row["outcome"] == "npsv"}
    step = _fine_step([cell_number(row["mean"]) / MILLION for row in rows])
    cells = [_structure_row(row, social.get(str(row["key"])), step) for row in rows]
    average = tuple(i for i, row in enumerate(rows) if row["key"] == AVERAGE)
    return table_of(findings, "structure", cells, strong_rows=average, weights=WEIGHTS_WORDS)


def parts_table(findings: Findings) -> Table:
    """Parts of the variance of the net cost, largest first."""
    parts = findings.inputs.spread_parts
    rows = [] if parts.empty else parts.sort_values("share", ascending=False, kind="stable").to_dict("records")
    zero = any(str(row["set_to_zero"]) == "True" for row in rows)
    cells = [(str(row["title"]), per_cent(float(row["share"]))) for row in rows]
    return table_of(findings, "parts", cells, zero=BELOW_ZERO if zero else "")


def _structure_row(row: Row, social: Row | None, step: float) -> tuple[str, ...]:
    change = f"{_millions(row['change'], step)} ± {_millions(row['change_error'], step, signed=False)}"
    return (
        str(row["title"]),
        _millions(row["mean"], step),
        f"{_millions(row['p10'], step)} to {_millions(row['p90'], step)}",
        DASH if row["key"] == REFERENCE else change,
        DASH if social is None else _millions(social["mean"], step),
        *(plain_or_dash(cell_number(row[name]), 0.01) for name in ("weight", "switch_weight")),
    )


def routes_table(findings: Findings) -> Table:
    """Each group of routes as a row: money in all and by payer, then people."""
    rows = findings.inputs.routes.to_dict("records")
    by = {(str(row["route"]), str(row["outcome"]), _payer(row)): row for row in rows}
    titles = {str(row["route"]): str(row["route_title"]) for row in rows}
    shown = dict.fromkeys((str(row["outcome"]), _payer(row)) for row in rows)
    columns = sorted(shown, key=lambda one: ROUTE_COLUMNS.index(one[0]))
    columns = [one for one in columns if any(cell_number(by[route, *one]["value"]) for route in titles)]
    steps = {one: _fine_step([_in_units(by[route, *one]) for route in titles]) for one in columns}
    cells = [(titles[route], *(_route_cell(by[route, *one], steps[one]) for one in columns)) for route in titles]
    n = max((int(row["n_replications"]) for row in rows), default=0)
    moving = {str(row["route"]) for row in rows if cell_number(row["value"])}
    return table_of(
        findings,
        "routes",
        cells,
        strong_rows=tuple(i for i, route in enumerate(titles) if route in (NEUTRAL, WHOLE)),
        columns=[sentence_case(payer_words(payer)) if payer else _title(rows, outcome) for outcome, payer in columns],
        n=str(n),
        zeros=ROUTE_OF_ZEROS if set(titles) - moving else "",
    )


def net_costs_in(frame: pd.DataFrame) -> list[Row]:
    """Rows of a table that are of the net cost to the public purse."""
    return [row for row in frame.to_dict("records") if row["outcome"] == NET_PUBLIC_COST]


def _payer(row: Row) -> str:
    return str(row["payer"]) if row["outcome"] == PAYER_NET else ""


def _title(rows: Sequence[Row], outcome: str) -> str:
    return next((str(row["title"]) for row in rows if row["outcome"] == outcome), outcome)


def _mean(row: Row) -> float:
    return cell_number(row["difference"] if "difference" in row else row["mean"])


def cost_words(row: Row) -> str:
    """What a row says that the policy costs or saves."""
    return costs_or_saves(_mean(row), *_ends(row))


def interval_of(row: Row, unknown: str = "point values only") -> str:
    """The interval of a row in words."""
    ends = _ends(row)
    return money_range(_mean(row), *ends) if ends else unknown


def _ends(row: Row) -> tuple[float, ...]:
    ends = (cell_number(row["p10"]), cell_number(row["p90"]))
    return () if any(math.isnan(end) for end in ends) else ends


def _change(row: Row) -> str:
    value, ends = cell_number(row["difference"]), _ends(row)
    if row["unit"] == "GBP":
        return money(value, *ends)
    return plain(value, rounding_step(value, *ends), signed=True)


def _in_units(row: Row, name: str = "value") -> float:
    return cell_number(row[name]) / (MILLION if row["unit"] == "GBP" else 1.0)


def _route_cell(row: Row, step: float) -> str:
    error = _in_units(row, "standard_error")
    spread = "" if math.isnan(error) else f" ± {plain(error, step)}"
    return f"{plain(_in_units(row), step, signed=True)}{spread}"


def _fine_step(values: list[float]) -> float:
    """One step for a column, so that its rows add up to what is seen: a tenth of that of its largest number."""
    return rounding_step(max((abs(value) for value in values), default=1.0)) / 10.0


def _millions(value: object, step: float, *, signed: bool = True) -> str:
    return plain_or_dash(cell_number(value) / MILLION, step, signed=signed)
