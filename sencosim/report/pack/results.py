"""Sheets of results: the answer, who pays, what changes, the appraisal, and the worksheet behind it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pandas as pd

from sencosim.costing.option import appraise_option
from sencosim.costing.worksheet import totals
from sencosim.report.findings import Figure, Findings
from sencosim.report.inputs import NET_PUBLIC_COST, PAYER_NET, PRESENT_VALUE, TOTAL
from sencosim.report.pack.frames import checked_worksheet, frame_of, lines_of
from sencosim.report.pack.sheet import NOT_APPLICABLE, Sheet, from_rows, tidy
from sencosim.report.small_numbers import FEWEST, LOW, is_low
from sencosim.report.stored import StoredRun
from sencosim.report.tables import verdict
from sencosim.report.words import payer_words
from sencosim.report.years import years_sentences
from sencosim.units import format_year

RANGE = ("Difference", "Lower end p10", "Upper end p90", "Simulation error")
APPRAISED = ("net_public_cost", "policy_cost", "policy_benefit", "npsv", "bcr", "cashable_saving")


def result_sheets(run: StoredRun, findings: Findings) -> Iterator[Sheet]:
    """Sheets of results, the answer first."""
    yield _answer(findings)
    yield _people(findings)
    if not findings.inputs.years_until.empty:
        yield _years_until(findings)
    yield _payers(findings)
    yield _payers_by_year(findings)
    yield _by_year(findings)
    yield from _option(run, findings)
    yield from _local(findings)
    for view in findings.inputs.views:
        yield _worksheet(run, findings, view)
    yield _recompute(run, findings)


def _where(findings: Findings) -> str:
    return f"{findings.area_name}, {findings.period()}."


def _range(figure: Figure) -> list[float]:
    return [figure.difference, figure.p10, figure.p90, figure.monte_carlo_error]


def _answer(findings: Findings) -> Sheet:
    rows = []
    for outcome in APPRAISED:
        for view in findings.inputs.views:
            figure = findings.get(view, outcome, PRESENT_VALUE)
            if figure is None:
                continue
            words = verdict(figure) if outcome == NET_PUBLIC_COST else (figure.note or NOT_APPLICABLE)
            rows.append([figure.title, figure.unit, view, *_range(figure), figure.chance_below_zero, words])
    columns = ["Measure", "Unit", "View", *RANGE, "Share of draws below zero", "In words"]
    about = f"{_where(findings)} {findings.money_basis()}. Difference from today's policy; a cost is above zero."
    return Sheet("Answer", "The answer in every view [note 1] [note 2]", about, from_rows(rows, columns))


def _people(findings: Findings) -> Sheet:
    rows = []
    for outcome in findings.outcomes("people", "time"):
        for view in findings.inputs.views:
            for year in (TOTAL, findings.years[-1]):
                figure = findings.get(view, outcome, year)
                if figure is not None:
                    levels = [figure.baseline, figure.policy]
                    when = "whole horizon" if year == TOTAL else year
                    rows.append([figure.title, figure.unit, view, when, *levels, *_range(figure)])
    columns = ["Outcome", "Unit", "View", "When", "Baseline", "Policy", *RANGE]
    about = f"{_where(findings)} Levels, and the difference from today's policy."
    return Sheet("People", "What changes for people [note 1]", about, from_rows(rows, columns))


def _years_until(findings: Findings) -> Sheet:
    rows = [
        [
            {"baseline": "today's policy", "policy": "this policy"}[str(row["arm"])],
            row["phase"],
            str(row["target"]).replace("_", " "),
            row["hours_now"],
            row["hours_needed"],
            row["trend_per_year"],
            NOT_APPLICABLE if pd.isna(row["reached_in"]) else format_year(int(row["reached_in"])),
            "never on this trend" if math.isinf(row["years_more"]) else row["years_more"],
        ]
        for row in findings.inputs.years_until.to_dict("records")
    ]
    hours = ["Hours a week in the last year", "Hours a week needed", "Trend, hours a week each year"]
    columns = ["Arm", "Phase", "Aim", *hours, "First year in which it is met", "Years more after the last year"]
    about = f"{_where(findings)} {' '.join(years_sentences(findings))}"
    return Sheet("Years_until", "Until SENCO time is full time, or enough [note 1]", about, from_rows(rows, columns))


def _payers(findings: Findings) -> Sheet:
    rows = []
    for view in findings.inputs.views:
        for payer in findings.payers():
            found = [findings.get(view, f"payer_{part}", PRESENT_VALUE, payer) for part in ("cost", "saving", "net")]
            cost, saving, net = found
            if net is not None:
                parts = [figure.difference if figure is not None else None for figure in (cost, saving)]
                public = payer in findings.inputs.public_payers
                rows.append([payer_words(payer), public, view, *parts, *_range(net)])
    columns = ["Payer", "Public money", "View", "Pays more", "Pays less", *(f"Net: {name}" for name in RANGE)]
    about = (
        f"{_where(findings)} GBP, {findings.money_basis()}. Public payers add up to the net cost to the public purse."
    )
    return Sheet("Payers", "Who pays and who saves [note 1] [note 3]", about, from_rows(rows, columns))


def _payers_by_year(findings: Findings) -> Sheet:
    rows = [
        [payer_words(payer), view, figure.year, *_range(figure)]
        for view in findings.inputs.views
        for payer in findings.payers()
        for figure in findings.by_year(view, PAYER_NET, payer)
        if not figure.is_zero
    ]
    about = f"{_where(findings)} GBP a year, {findings.yearly_price_base()} prices, undiscounted. A cost is above zero."
    table = from_rows(rows or [[NOT_APPLICABLE] * 7], ["Payer", "View", "Academic year", *RANGE])
    return Sheet("Payers_by_year", "Budgets by year [note 1] [note 3]", about, table)


def _by_year(findings: Findings) -> Sheet:
    factors = frame_of(findings).factors()
    rows = []
    for outcome in APPRAISED:
        for view in findings.inputs.views:
            for number, figure in enumerate(findings.by_year(view, outcome)):
                factor = float(factors[number])
                discounted = factor * figure.difference
                rows.append([figure.title, view, figure.year, *_range(figure), factor, discounted])
    columns = ["Measure", "View", "Academic year", *RANGE, "Discount factor", "Discounted difference"]
    about = f"{_where(findings)} GBP a year, {findings.yearly_price_base()} prices; undiscounted, then discounted."
    return Sheet("Flows_by_year", "Costs and benefits by year [note 1] [note 4]", about, from_rows(rows, columns))


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


def _option(run: StoredRun, findings: Findings) -> Iterator[Sheet]:
    rows: list[list[object]] = []
    for view in findings.inputs.views:
        found = appraise_option(lines_of(run, view), frame_of(findings))
        for name, title, unit in _MEASURES:
            rows.append([title, unit, view, getattr(found.measures, name), getattr(found.biased, name)])
        rows.append(["Indicative band of ratio A", "words", view, found.band, NOT_APPLICABLE])
        rows.append(["Cashable share of public savings", "share", view, found.cashable_share, NOT_APPLICABLE])
        rows.append(["New burdens on councils, first three years", "GBP", view, found.new_burdens, NOT_APPLICABLE])
    about = (
        f"{_where(findings)} {findings.money_basis()}. From the mean lines over draws; ranges are on the sheets Answer "
        "and Sensitivity. Optimism bias is an assumption."
    )
    columns = ["Measure", "Unit", "View", "Mean", "Mean with optimism bias"]
    yield Sheet("Appraisal", "Appraisal summary [note 1] [note 4]", about, from_rows(rows, columns))


def _local(findings: Findings) -> Iterator[Sheet]:
    """Councils and regions, main view; three outcomes so that a reader can find a row."""
    summary = findings.inputs.summary
    if "basis" not in summary.columns:
        return
    chosen = summary[
        summary["basis"].notna()
        & (summary["view"] == findings.inputs.main_view)
        & summary["outcome"].isin([NET_PUBLIC_COST, "npsv", "permanent_exclusions", "plans_within_20_weeks"])
    ]
    if chosen.empty:
        return
    headers = {
        "area_name": "Area",
        "area_code": "Code",
        "title": "Measure",
        "unit": "Unit",
        "difference": RANGE[0],
        "p10": RANGE[1],
        "p90": RANGE[2],
        "monte_carlo_error": RANGE[3],
        "n_replications": "Replications",
        "basis": "How it was come by",
    }
    about = (
        f"{findings.period()}, {findings.inputs.main_view} view; money in GBP, present value. Counts of a place below "
        f"{FEWEST} are not shown."
    )
    yield Sheet("Areas", "Councils and regions [note 1] [note 5]", about, tidy(_without_low(chosen), headers))


def _without_low(rows: pd.DataFrame) -> pd.DataFrame:
    """Put the mark in the place of counts of pupils that are too small, and of their ranges."""
    numbers = ["difference", "p10", "p90", "monte_carlo_error"]
    ends = zip(*(rows[name].to_numpy(dtype=float) for name in numbers[:3]), strict=True)
    small = (rows["unit"] == "pupils").to_numpy() & [is_low(*counts) for counts in ends]
    marked = rows.astype(dict.fromkeys(numbers, object))
    marked.loc[small, numbers] = LOW
    return marked


_WORKSHEET_HEADERS = {
    "academic_year": "Academic year",
    "item": "Item",
    "quantity": "Quantity",
    "payer": "Payer",
    "side": "Side",
    "nature": "Nature",
    "unit": "Unit",
    "units": "Units",
    "price_gbp": "Price",
    "amount_gbp": "Amount",
    "discount_factor": "Discount factor",
    "present_value_gbp": "Present value",
    "counts_in_npsv": "Counts in NPSV",
    "counts_in_public_purse": "Counts in public purse",
}


def _worksheet(run: StoredRun, findings: Findings, view: str) -> Sheet:
    sheet = checked_worksheet(run, findings, view)
    about = (
        f"{_where(findings)} GBP, {findings.yearly_price_base()} prices. Units are policy less baseline, mean over "
        "draws. Amount = Units x Price. Present value = Amount x Discount factor. NPSV = minus the sum of Present "
        "value x Counts in NPSV."
    )
    title = f"Worksheet of the {view} view [note 4] [note 6]"
    return Sheet(f"Worksheet_{view}", title, about, tidy(sheet, _WORKSHEET_HEADERS))


def _recompute(run: StoredRun, findings: Findings) -> Sheet:
    rows: list[Sequence[object]] = []
    for view in findings.inputs.views:
        by_hand = totals(checked_worksheet(run, findings, view))
        for outcome, name, formula in (
            ("npsv", "npsv", "minus SUMPRODUCT of Units, Price, Discount factor and Counts in NPSV"),
            ("policy_cost", "pv_cost", "the same product with sign kept, rows with Side policy"),
            ("net_public_cost", "pv_public_net", "SUMPRODUCT of Units, Price, Discount factor, Counts in public purse"),
        ):
            told = findings.get(view, outcome, PRESENT_VALUE)
            if told is not None:
                gap = by_hand[name] - told.difference
                rows.append([told.title, view, told.difference, told.p10, told.p90, by_hand[name], gap, formula])
    columns = ["Measure", "View", "In the summary", *RANGE[1:3], "From the worksheet", "Gap", "How to add it up"]
    about = f"{_where(findings)} GBP, {findings.money_basis()}. A gap of half a pound or more stops the pack."
    return Sheet("Recompute", "The headline, recomputed from the worksheets [note 6]", about, from_rows(rows, columns))


def discount_table(findings: Findings) -> pd.DataFrame:
    """Discount factor of each year of the horizon."""
    frame = frame_of(findings)
    years = [format_year(frame.first_year + number) for number in range(frame.n_years)]
    return from_rows(list(zip(years, frame.factors().tolist(), strict=True)), ["Academic year", "Discount factor"])
