"""Sheets of results: the answer, who pays, what changes, the appraisal, and the worksheet behind it.

Titles, headers and the lines below them stand in ``sheets.yaml``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

import pandas as pd

from sencosim.costing.option import AppraisalFrame, appraise_option
from sencosim.costing.worksheet import totals, worksheet
from sencosim.errors import OutputError
from sencosim.outcomes.appraisal import OVER_DRAWS
from sencosim.report.beside import beside_sheet
from sencosim.report.budget import (
    ACADEMIC,
    CASH,
    FINANCIAL,
    REAL,
    Line,
    block_lines,
    budget_of,
    set_by_rows,
    statement_lines,
    years_of,
)
from sencosim.report.findings import Figure, Findings
from sencosim.report.inputs import NET_PUBLIC_COST, PAYER_NET, PRESENT_VALUE, TOTAL
from sencosim.report.pack.workbook import NOT_APPLICABLE
from sencosim.report.showing import FEWEST, LOW, is_low, verdict
from sencosim.report.stored import StoredRun
from sencosim.report.table import Cell, Table, table_of
from sencosim.report.words import payer_words
from sencosim.report.years import ARMS, years_sentences
from sencosim.units import format_year, parse_year

APPRAISED = ("net_public_cost", "policy_cost", "policy_benefit", "npsv", "bcr", "cashable_saving")
PLACES = (NET_PUBLIC_COST, "npsv", "permanent_exclusions", "plans_within_20_weeks")
"""Outcomes of councils and regions: so few that a reader can find a row."""
POUND = 0.5
"""A worksheet must give the summary's figure within this. [GBP]"""


def result_sheets(run: StoredRun, findings: Findings) -> Iterator[Table]:
    """Sheets of results, the answer first."""
    yield table_of(findings, "Answer", _answer(findings))
    yield table_of(findings, "People", _people(findings))
    if not findings.inputs.years_until.empty:
        yield table_of(findings, "Years_until", _years_until(findings), years=" ".join(years_sentences(findings)))
    yield table_of(findings, "Payers", _payers(findings))
    yield table_of(findings, "Payers_by_year", [*_payers_by_year(findings)] or [[NOT_APPLICABLE] * 7])
    yield from budget_sheet(findings)
    yield table_of(findings, "Flows_by_year", _by_year(findings))
    yield table_of(findings, "Appraisal", _option(run, findings))
    if (beside := beside_sheet(findings)) is not None:
        yield beside
    yield from areas_sheet(findings)
    for view in findings.inputs.views:
        sheet = checked_worksheet(run, findings, view)
        yield table_of(findings, "Worksheet", sheet, key=f"Worksheet_{view}", shown=view)
    yield table_of(findings, "Recompute", _recompute(run, findings))


def _range(figure: Figure) -> list[float]:
    return [figure.difference, figure.p10, figure.p90, figure.monte_carlo_error]


def _answer(findings: Findings) -> Iterator[list[Cell]]:
    for outcome in APPRAISED:
        for view in findings.inputs.views:
            figure = findings.get(view, outcome, PRESENT_VALUE)
            if figure is not None:
                words = verdict(figure) if outcome == NET_PUBLIC_COST else (figure.note or NOT_APPLICABLE)
                yield [figure.title, figure.unit, view, *_range(figure), figure.chance_below_zero, words]


def _people(findings: Findings) -> Iterator[list[Cell]]:
    for outcome in findings.outcomes("people", "time"):
        for view in findings.inputs.views:
            for year in (TOTAL, findings.years[-1]):
                figure = findings.get(view, outcome, year)
                if figure is not None:
                    when = "whole horizon" if year == TOTAL else year
                    yield [figure.title, figure.unit, view, when, figure.baseline, figure.policy, *_range(figure)]


def _years_until(findings: Findings) -> Iterator[list[Cell]]:
    for row in findings.inputs.years_until.to_dict("records"):
        reached = NOT_APPLICABLE if pd.isna(row["reached_in"]) else format_year(int(row["reached_in"]))
        more = "never on this trend" if math.isinf(row["years_more"]) else row["years_more"]
        numbers = [row[name] for name in ("hours_now", "hours_needed", "trend_per_year")]
        yield [ARMS[str(row["arm"])], row["phase"], str(row["target"]).replace("_", " "), *numbers, reached, more]


def _payers(findings: Findings) -> Iterator[list[Cell]]:
    for view in findings.inputs.views:
        for payer in findings.payers():
            found = [findings.get(view, f"payer_{part}", PRESENT_VALUE, payer) for part in ("cost", "saving", "net")]
            cost, saving, net = found
            if net is not None:
                parts = [figure.difference if figure is not None else None for figure in (cost, saving)]
                yield [payer_words(payer), payer in findings.inputs.public_payers, view, *parts, *_range(net)]


def _payers_by_year(findings: Findings) -> Iterator[list[Cell]]:
    for view in findings.inputs.views:
        for payer in findings.payers():
            for figure in findings.by_year(view, PAYER_NET, payer):
                if not figure.is_zero:
                    yield [payer_words(payer), view, figure.year, *_range(figure)]


def _by_year(findings: Findings) -> Iterator[list[Cell]]:
    factors = frame_of(findings).factors().tolist()
    for outcome in APPRAISED:
        for view in findings.inputs.views:
            for figure, factor in zip(findings.by_year(view, outcome), factors, strict=False):
                yield [figure.title, view, figure.year, *_range(figure), factor, factor * figure.difference]


_MEASURES = (
    ("pv_cost", "Cost to society, present value", "GBP"),
    ("pv_benefit", "Benefit to society, present value", "GBP"),
    ("npsv", "Net present social value", "GBP"),
    ("pv_public_saving", "Public spending avoided, present value", "GBP"),
    ("bcr_a", "Benefit-cost ratio A: avoided spending is a benefit", "ratio"),
    ("bcr_b", "Benefit-cost ratio B: avoided spending comes off the cost", "ratio"),
    ("switching_multiplier", "Benefits would have to be so many times as large", "times"),
    ("equivalent_annual_cost", "Equivalent annual cost", "GBP a year"),
)


def _option(run: StoredRun, findings: Findings) -> Iterator[list[Cell]]:
    for view in findings.inputs.views:
        found = appraise_option(lines_of(run, view), frame_of(findings))
        for name, title, unit in _MEASURES:
            yield [title, unit, view, getattr(found.measures, name), getattr(found.biased, name)]
        purse = "Net cost to the public purse, present value"
        yield [purse, "GBP", view, found.pv_public_net, found.biased_public_net]
        yield ["Indicative band of ratio A", "words", view, found.band, NOT_APPLICABLE]
        yield ["Cashable share of public savings", "share", view, found.cashable_share, NOT_APPLICABLE]
        yield ["New burdens on councils, first three years", "GBP", view, found.new_burdens, NOT_APPLICABLE]


def budget_sheet(findings: Findings) -> Iterator[Table]:
    """Budgets of every view by financial year, academic years beside: cash, then real; nothing without a statement."""
    tables = {view: budget_of(findings, view) for view in findings.inputs.views}
    main = tables[findings.inputs.main_view]
    if main.empty:
        return
    financial, academic = years_of(main, FINANCIAL), years_of(main, ACADEMIC)
    blank: list[Cell] = [NOT_APPLICABLE] * (len(academic) + 1)
    rows: list[list[Cell]] = []
    for title, *reviews in set_by_rows(financial, NOT_APPLICABLE):
        rows.append([title, NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE, *reviews, *blank])
    for (view, table), (amount, prices) in product(tables.items(), ((CASH, "cash"), (REAL, "real"))):
        parts: tuple[tuple[str, Iterator[Line]], ...] = (
            ("Budgets", statement_lines(table)),
            ("Flow-backs", block_lines(table)),
        )
        for part, line in ((part, line) for part, lines in parts for line in lines):
            sums = [
                line.amounts(calendar, amount, years)
                for calendar, years in ((FINANCIAL, financial), (ACADEMIC, academic))
            ]
            rows.append([line.title, part, view, prices, *sums[0], *sums[1]])
    yield table_of(findings, "Budget", rows, financial=financial, academic=academic)


def areas_sheet(findings: Findings) -> Iterator[Table]:
    """Councils and regions in the main view, counts of pupils that are too small left out; nothing without them."""
    summary = findings.inputs.summary
    if "basis" not in summary.columns:
        return
    is_main = summary["view"] == findings.inputs.main_view
    chosen = summary[summary["basis"].notna() & is_main & summary["outcome"].isin(PLACES)]
    if chosen.empty:
        return
    numbers = ["difference", "p10", "p90", "monte_carlo_error"]
    ends = chosen[numbers[:3]].to_numpy(dtype=float)
    small = (chosen["unit"] == "pupils").to_numpy() & [is_low(*counts) for counts in ends]
    shown = chosen.astype(dict.fromkeys(numbers, object))
    shown.loc[small, numbers] = LOW
    yield table_of(findings, "Areas", shown, fewest=str(FEWEST))


_BY_HAND = {
    "npsv": ("npsv", "minus SUMPRODUCT of Units, Price, Discount factor and Counts in NPSV"),
    "policy_cost": ("pv_cost", "the same product with sign kept, rows with Side policy"),
    "net_public_cost": ("pv_public_net", "SUMPRODUCT of Units, Price, Discount factor, Counts in public purse"),
}
"""What a reader can add up on a worksheet, by outcome of the summary, and how."""


def _recompute(run: StoredRun, findings: Findings) -> Iterator[list[Cell]]:
    for view in findings.inputs.views:
        by_hand = totals(checked_worksheet(run, findings, view))
        for outcome, (name, formula) in _BY_HAND.items():
            told = findings.get(view, outcome, PRESENT_VALUE)
            if told is not None:
                gap = by_hand[name] - told.difference
                yield [told.title, view, told.difference, told.p10, told.p90, by_hand[name], gap, formula]


# From a stored run to the frame and the lines of its appraisal.


def frame_of(findings: Findings) -> AppraisalFrame:
    """Horizon, price base and discounting of a run."""
    base = findings.headline(findings.inputs.main_view).price_base
    return AppraisalFrame(parse_year(findings.years[0]), len(findings.years), base)


def lines_of(run: StoredRun, view: str) -> pd.DataFrame:
    """Priced lines of a view over draws."""
    lines = run.inputs.appraisal["lines"]
    return lines[(lines["view"] == view) & (lines["basis"] == OVER_DRAWS)].drop(columns=["view", "basis"])


def checked_worksheet(run: StoredRun, findings: Findings, view: str) -> pd.DataFrame:
    """The worksheet of a view; an OutputError if what a reader adds up is not what the summary says, to the pound."""
    sheet = worksheet(lines_of(run, view), frame_of(findings))
    by_hand = totals(sheet)
    for outcome, (name, _) in _BY_HAND.items():
        told = findings.get(view, outcome, PRESENT_VALUE)
        if told is None or not abs(told.difference - by_hand[name]) <= POUND:
            raise OutputError(
                f"The worksheet of the {view} view gives {outcome} {by_hand[name]:,.2f} GBP and the summary does not. "
                "The folder of the run was changed, or sencosim has a fault; no pack was written."
            )
    return sheet
