"""Sheets of results: the answer, who pays, what changes, the appraisal, and the worksheet behind it.

Titles, headers and the lines below them stand in ``sheets.yaml``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import pandas as pd

from sencosim.costing.option import AppraisalFrame, appraise_option
from sencosim.costing.worksheet import worksheet
from sencosim.outcomes.appraisal import OVER_DRAWS
from sencosim.outcomes.catalogue import DERIVED, MONEY_OUTCOME
from sencosim.outcomes.summary import MULTIPLIER
from sencosim.report.beside import beside_sheet
from sencosim.report.budget import (
    ACADEMIC,
    CASH,
    FINANCIAL,
    REAL,
    block_lines,
    budget_of,
    set_by_rows,
    statement_lines,
    years_of,
)
from sencosim.report.charts.areas import REGIONS
from sencosim.report.council_purses import CHANGES
from sencosim.report.findings import Figure, Findings
from sencosim.report.frontier import best_sheets
from sencosim.report.inputs import NET_PUBLIC_COST, PAYER_NET, PRESENT_VALUE, TOTAL
from sencosim.report.looks import Exact, million
from sencosim.report.pack.live import DISCOUNTING, FACTOR, INPUTS, Inputs, Live
from sencosim.report.pack.workbook import FIRST_ROW, NOT_APPLICABLE
from sencosim.report.showing import FEWEST, LOW, is_low, verdict
from sencosim.report.stored import StoredRun
from sencosim.report.table import Cell, Table, table_of
from sencosim.report.words import payer_words
from sencosim.report.years import arms_in_words
from sencosim.units import format_year, parse_year

APPRAISED = ("net_public_cost", "policy_cost", "policy_benefit", "npsv", "bcr", "cashable_saving")
PLACES = (NET_PUBLIC_COST, "npsv", "permanent_exclusions", "plans_within_20_weeks")
"""Outcomes of councils and regions: so few that a reader can find a row."""
LIVE = ("net_public_cost", "policy_cost", "policy_benefit", "npsv", "cashable_saving")
"""Outcomes that the workbook adds up itself."""
LIVE_BY_YEAR = LIVE[:-1]
"""Of these, the ones that it adds up in each year: cash is a share of a present value."""
RECOMPUTED = ("npsv", "policy_cost", NET_PUBLIC_COST)


def result_sheets(run: StoredRun, findings: Findings) -> Iterator[Table]:
    """Sheets of results, the answer first."""
    inputs, live = live_sheets(run, findings)
    yield table_of(findings, "Answer", _answer(findings, live))
    yield table_of(findings, "People", _people(findings))
    if not findings.inputs.years_until.empty:
        yield table_of(findings, "Years_until", _years_until(findings))
    yield table_of(findings, "Payers", _payers(findings, live))
    yield table_of(findings, "Payers_by_year", [*_payers_by_year(findings, live)] or [[NOT_APPLICABLE] * 7])
    yield from budget_sheets(findings)
    yield table_of(findings, "Flows_by_year", _by_year(findings, inputs, live))
    yield table_of(findings, "Appraisal", _option(run, findings, inputs, live))
    if (beside := beside_sheet(findings)) is not None:
        yield beside
    yield from areas_sheet(findings)
    yield from _falls(findings)
    yield from best_sheets(findings)
    yield table_of(findings, "Recompute", _recompute(findings, live))
    yield table_of(findings, INPUTS, inputs.rows())
    yield table_of(findings, DISCOUNTING, inputs.discounting(), each_year=inputs.years)
    for one in live.values():
        yield from one.tables(findings)


def _range(figure: Figure) -> list[float]:
    return [figure.difference, figure.p10, figure.p90, figure.monte_carlo_error]


def _live_range(figure: Figure, own: Cell) -> list[Cell]:
    """A figure that the workbook works out, with its range of the run."""
    return [own, *_range(figure)[1:]]


def _answer(findings: Findings, live: Mapping[str, Live]) -> Iterator[list[Cell]]:
    for outcome in APPRAISED:
        for view in findings.inputs.views:
            figure = findings.get(view, outcome, PRESENT_VALUE)
            if figure is not None:
                words = verdict(figure) if outcome == NET_PUBLIC_COST else (figure.note or NOT_APPLICABLE)
                cells = _live_range(figure, _headline(figure, live[view]))
                yield [figure.title, figure.unit, view, *cells, figure.chance_below_zero, words]


def _headline(figure: Figure, live: Live) -> Cell:
    """Present value of one outcome, as a formula where there is one."""
    if figure.outcome in LIVE:
        return live.checked(figure.outcome, figure.difference).in_millions
    if figure.outcome == "bcr" and math.isfinite(figure.difference):
        return live.total("policy_benefit").over(live.total("policy_cost"))
    return figure.difference


def _people(findings: Findings) -> Iterator[list[Cell]]:
    for outcome in findings.outcomes("people", "time"):
        for view in findings.inputs.views:
            for year in (TOTAL, findings.years[-1]):
                figure = findings.get(view, outcome, year)
                if figure is not None:
                    when = "whole horizon" if year == TOTAL else year
                    yield [figure.title, figure.unit, view, when, figure.baseline, figure.policy, *_range(figure)]


def _years_until(findings: Findings) -> Iterator[list[Cell]]:
    arms = arms_in_words(findings)
    for row in findings.inputs.years_until.to_dict("records"):
        reached = NOT_APPLICABLE if pd.isna(row["reached_in"]) else format_year(int(row["reached_in"]))
        more = "never on this trend" if math.isinf(row["years_more"]) else row["years_more"]
        numbers = [row[name] for name in ("hours_now", "hours_needed", "trend_per_year")]
        yield [arms[str(row["arm"])], row["phase"], str(row["target"]).replace("_", " "), *numbers, reached, more]


def _payers(findings: Findings, live: Mapping[str, Live]) -> Iterator[list[Cell]]:
    for view in _main_first(findings):
        for payer in findings.payers():
            found = [findings.get(view, f"payer_{part}", PRESENT_VALUE, payer) for part in ("cost", "saving", "net")]
            cells = [
                None if one is None else live[view].checked(one.outcome, one.difference, payer).in_millions
                for one in found
            ]
            net = found[-1]
            if net is not None:
                own = [*cells[:-1], *_live_range(net, cells[-1])]
                yield [payer_words(payer), payer in findings.inputs.public_payers, view, *own]


def _main_first(findings: Findings) -> list[str]:
    """Views, the main one first: of a long sheet the first rows are printed."""
    main = findings.inputs.main_view
    return [main, *(view for view in findings.inputs.views if view != main)]


def _payers_by_year(findings: Findings, live: Mapping[str, Live]) -> Iterator[list[Cell]]:
    for view in _main_first(findings):
        for payer in findings.payers():
            for figure in findings.by_year(view, PAYER_NET, payer):
                if not figure.is_zero:
                    own = live[view].checked(PAYER_NET, figure.difference, payer, figure.year).in_millions
                    yield [payer_words(payer), view, figure.year, *_live_range(figure, own)]


def _by_year(findings: Findings, inputs: Inputs, live: Mapping[str, Live]) -> Iterator[list[Cell]]:
    for outcome in APPRAISED:
        for view in findings.inputs.views:
            for figure in findings.by_year(view, outcome):
                factor, told = inputs.factor(figure.year), million(figure.difference)
                if outcome in LIVE_BY_YEAR:
                    told = live[view].checked(outcome, figure.difference, "", figure.year).in_millions
                before = (told.formula or repr(told.value)).lstrip("=")
                present = Exact(told.value * factor.value, 1, formula=f"={before}*{factor.formula[1:]}")
                yield [figure.title, view, figure.year, *_live_range(figure, told), factor, present]


_SAME = (("pv_cost", "policy_cost"), ("pv_benefit", "policy_benefit"), ("npsv", "npsv"))
"""Measures of an appraisal that are outcomes of the summary."""
_MEASURES = (
    *((name, MONEY_OUTCOME[outcome].title, MONEY_OUTCOME[outcome].unit) for name, outcome in _SAME),
    ("pv_public_saving", "Public spending avoided, present value", "GBP"),
    ("bcr_a", "Benefit-cost ratio A: avoided spending is a benefit", "ratio"),
    ("bcr_b", "Benefit-cost ratio B: avoided spending comes off the cost", "ratio"),
    ("switching_multiplier", DERIVED[MULTIPLIER].title, DERIVED[MULTIPLIER].unit),
    ("equivalent_annual_cost", "Equivalent annual cost", "GBP a year"),
)


def _option(run: StoredRun, findings: Findings, inputs: Inputs, live: Mapping[str, Live]) -> Iterator[list[Cell]]:
    for view in findings.inputs.views:
        found = appraise_option(lines_of(run, view), frame_of(findings))
        own = _measures(live[view], inputs)
        for name, title, unit in _MEASURES:
            told = getattr(found.measures, name)
            cell = told if told is None or own[name] == NOT_APPLICABLE else own[name]
            yield [title, unit, view, cell, getattr(found.biased, name)]
        purse = MONEY_OUTCOME[NET_PUBLIC_COST].title
        cells = [live[view].total("net_public_cost").in_millions, million(found.biased_public_net)]
        yield [purse, "GBP", view, *cells]
        yield ["Indicative band of ratio A", "words", view, found.band, NOT_APPLICABLE]
        yield ["Cashable share of public savings", "share", view, found.cashable_share, NOT_APPLICABLE]
        yield ["New burdens on councils, first three years", "GBP", view, found.new_burdens, NOT_APPLICABLE]


def budget_sheets(findings: Findings) -> Iterator[Table]:
    """Who pays in every view by financial year, in cash and in real terms, then by academic year; nothing without."""
    tables = {view: budget_of(findings, view) for view in _main_first(findings)}
    main = tables[findings.inputs.main_view]
    if main.empty:
        return
    financial, academic = years_of(main, FINANCIAL), years_of(main, ACADEMIC)
    blank = [NOT_APPLICABLE] * 3
    above = [[title, *blank, *reviews] for title, *reviews in set_by_rows(financial, NOT_APPLICABLE)]
    both = ((CASH, "cash"), (REAL, "real"))
    yield table_of(findings, "Budget", [*above, *_budget_rows(tables, FINANCIAL, financial, both)], each_year=financial)
    rows = _budget_rows(tables, ACADEMIC, academic, both[1:])
    yield table_of(findings, "Budget_academic", rows, each_year=academic)


def _budget_rows(
    tables: Mapping[str, pd.DataFrame], calendar: str, years: Sequence[str], terms: Sequence[tuple[str, str]]
) -> Iterator[list[Cell]]:
    for (view, table), (amount, prices) in product(tables.items(), terms):
        for part, lines in (("Budgets", statement_lines(table)), ("Flow-backs", block_lines(table))):
            for line in lines:
                yield [line.title, part, view, prices, *map(million, line.amounts(calendar, amount, years))]


def _measures(live: Live, inputs: Inputs) -> dict[str, Cell]:
    """Measures of an appraisal as formulas, by the names of :data:`_MEASURES`."""
    cost, benefit, npsv, saving = map(live.total, ("policy_cost", "policy_benefit", "npsv", "public_saving"))
    years = f"SUM({inputs.factors.across(inputs.years[0], inputs.years[-1], FACTOR)})"
    a_year = cost.value / float(inputs.frame.factors().sum())
    return {
        "pv_cost": cost.in_millions,
        "pv_benefit": benefit.in_millions,
        "npsv": npsv.in_millions,
        "pv_public_saving": saving.in_millions,
        "bcr_a": benefit.over(cost),
        "bcr_b": benefit.less(saving).over(cost.less(saving)),
        "switching_multiplier": cost.over(benefit),
        "equivalent_annual_cost": million(a_year, f"{cost.formula}/{years}"),
    }


def areas_sheet(findings: Findings) -> Iterator[Table]:
    """Regions, then councils, in the main view, counts of pupils that are too small left out; nothing without them."""
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
    is_region = shown["area_name"].isin(REGIONS)
    shown = pd.concat([shown[is_region], shown[~is_region]])
    yield table_of(findings, "Areas", shown, fewest=str(FEWEST))


def _falls(findings: Findings) -> Iterator[Table]:
    """Where the cost falls: by group of schools, for each extra hour, by council alongside its deficit."""
    inputs = findings.inputs
    purses = inputs.council_purses
    if not purses.empty:
        low = purses["is_low"].astype(bool).to_numpy()
        purses = purses.astype(dict.fromkeys(CHANGES, object))
        purses.loc[low, CHANGES] = LOW
    for name, frame in (("Incidence", inputs.incidence), ("Hours_cost", inputs.hours_cost), ("Councils", purses)):
        if not frame.empty:
            yield replace(table_of(findings, name, frame), missing=NOT_APPLICABLE)


def _recompute(findings: Findings, live: Mapping[str, Live]) -> Iterator[list[Cell]]:
    every = [(view, outcome) for view in findings.inputs.views for outcome in RECOMPUTED]
    told = [figure for view, outcome in every if (figure := findings.get(view, outcome, PRESENT_VALUE)) is not None]
    for row, figure in enumerate(told, start=FIRST_ROW):
        found = live[figure.view].checked(figure.outcome, figure.difference)
        change = Exact(found.value - figure.difference, formula=f"=$F${row}-$C${row}")
        yield [figure.title, figure.view, figure.difference, figure.p10, figure.p90, found.in_pounds, change]


# From a stored run to the frame and the lines of its appraisal.


def frame_of(findings: Findings) -> AppraisalFrame:
    """Horizon, price base and discounting of a run."""
    base = findings.headline(findings.inputs.main_view).price_base
    return AppraisalFrame(parse_year(findings.years[0]), len(findings.years), base)


def lines_of(run: StoredRun, view: str) -> pd.DataFrame:
    """Priced lines of a view over draws."""
    lines = run.inputs.appraisal["lines"]
    return lines[(lines["view"] == view) & (lines["basis"] == OVER_DRAWS)].drop(columns=["view", "basis"])


def live_sheets(run: StoredRun, findings: Findings) -> tuple[Inputs, dict[str, Live]]:
    """What a reader may change, and the worksheet of each view."""
    frame = frame_of(findings)
    sheets = {view: worksheet(lines_of(run, view), frame) for view in findings.inputs.views}
    inputs = Inputs(frame, sorted({str(name) for sheet in sheets.values() for name in sheet["category"]}))
    return inputs, {view: Live(view, sheet, inputs) for view, sheet in sheets.items()}
