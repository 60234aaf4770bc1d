"""The budget statement: who pays how much more or less in which year, in cash and in real terms, by kind of spending.

Priced lines stand by academic year; budgets are set for financial years, April to March. An academic year falls into
two of them, seven months and five, each month alike. High needs are booked month by month: what councils pay ends with
the month before the switch, and what central government pays begins with it. So each line goes to its own financial
years, and a statement by academic and one by financial year are two sums of the same rows: they cannot differ.

Cash is the real amount at the deflator of the financial year over that of the price base. Here nothing is discounted
and nothing is social: what stands in no public budget is left out. Families and pupils have none, and what is valued
for them is no cash.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from ruamel.yaml import YAML

from sencosim.costing.cost import cost_of_difference
from sencosim.costing.deflate import rebase
from sencosim.costing.flow_backs import FLOW_BACK_CATEGORIES
from sencosim.costing.option import AppraisalFrame
from sencosim.costing.prices import PriceBook
from sencosim.costing.tariffs import CENTRAL, COUNCILS, SWITCH, central_by_month
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.units import financial_year, format_year
from sencosim.vocabulary import PAYERS, PUBLIC_PAYERS, PressureFunder

LEAVING = "leaving_mainstream"
"""Category of the money that follows pupils who leave mainstream, or stay in it: no saving of the policy's own."""
STATEMENT, FLOW_BACKS = "statement", "flow_backs"
"""The two blocks: what budgets see, and what would flow back to the Exchequer of what is paid for staff."""
BUDGET_COLUMNS = (
    *("block", "counted", "payer", "kind", "category", "academic_year", "financial_year"),
    *("real_gbp", "cash_gbp", "deflator"),
)
"""Of a budget statement: a row for each payer, kind, category, academic year and financial year."""
NEW_BURDENS_PAYERS = (COUNCILS, "council_general_fund")
"""Councils' budgets, which a new-burdens assessment is about."""
_KEYS = ["payer", "kind", "category", "year", "financial"]
_RULES: Mapping[str, Any] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("spending.yaml"))
KINDS: Mapping[str, str] = _RULES["titles"]
"""Kinds of spending and their titles, in the order of the tables."""


def kind_of(item: str, payer: str) -> str:
    """Kind of spending of a charge: a key of :data:`KINDS`.

    Examples
    --------
    >>> kind_of("special_places_built", "dfe"), kind_of("npq", "dfe"), kind_of("transport", "council_general_fund")
    ('capital', 'resource', 'councils')
    """
    return "capital" if item in _RULES["capital"] else str(_RULES["payers"].get(payer, "resource"))


def part_in_first_year(
    payer: str, year: int, funded_by: PressureFunder = "councils_then_central", switch: str = SWITCH
) -> float:
    """Part of what a payer pays in an academic year that falls into its first financial year. [share, 0 to 1]

    Parameters
    ----------
    payer
        Whose budget.
    year
        First calendar year of the academic year.
    funded_by, switch
        Who pays high-needs charges after which month.

    Examples
    --------
    >>> [round(12 * part_in_first_year("schools", year), 6) for year in (2026, 2027)]
    [7.0, 7.0]
    >>> part_in_first_year("council_high_needs", 2027), part_in_first_year("central_high_needs", 2027)
    (1.0, 0.0)
    """
    first, second = load_appraisal_tables().academic_year_months
    months = _months_paid(payer, year, funded_by, switch)
    paid = sum(months)
    return sum(months[:first]) / paid if paid else first / (first + second)


def _months_paid(payer: str, year: int, funded_by: PressureFunder, switch: str) -> tuple[float, ...]:
    """Part of each month's charges that a payer pays, September to August."""
    if payer not in (COUNCILS, CENTRAL):
        return (1.0,) * 12
    central = central_by_month(year, funded_by, switch)
    return central if payer == CENTRAL else tuple(1.0 - part for part in central)


def budget_statement(
    lines: pd.DataFrame,
    frame: AppraisalFrame,
    funded_by: PressureFunder = "councils_then_central",
    switch: str = SWITCH,
) -> pd.DataFrame:
    """Budgets by academic and financial year.

    Parameters
    ----------
    lines
        Priced lines of a paired difference, each already booked to who pays it in its academic year.
    frame
        Horizon, and the price base of the lines.
    funded_by, switch
        Who pays high-needs charges after which month, as the lines were booked.

    Returns
    -------
    pandas.DataFrame
        :data:`BUDGET_COLUMNS`, in the order of payers and years; ``block`` is the statement. ``deflator`` says whether
        that of the financial year is ``actual``, ``forecast`` or ``extrapolated``. Cost is positive.
        [GBP; real in prices of the frame, cash of the financial year]
    """
    last = frame.first_year + frame.n_years
    inside = lines[(lines["year"] >= frame.first_year) & (lines["year"] < last)]
    inside = inside[inside["in_budget"].astype(bool) & inside["payer"].isin(PUBLIC_PAYERS)]
    items, payers, years = (inside[name].tolist() for name in ("item", "payer", "year"))
    first = [part_in_first_year(payer, int(year), funded_by, switch) for payer, year in zip(payers, years, strict=True)]
    told = inside[["payer", "category", "year"]].assign(
        kind=[kind_of(str(item), payer) for item, payer in zip(items, payers, strict=True)],
        financial=inside["year"],
        real_gbp=inside["value_gbp"] * first,
    )
    later = told.assign(financial=told["financial"] + 1, real_gbp=inside["value_gbp"] - told["real_gbp"])
    both = pd.concat([told, later], ignore_index=True).astype(dict.fromkeys(("payer", "category", "kind"), str))
    sums = both.groupby(_KEYS, sort=False)["real_gbp"].sum().reset_index()
    sums = sums.sort_values(["payer", "year", "financial"], kind="stable", key=_in_order).reset_index(drop=True)
    return _with_cash(sums, frame.price_base).assign(block=STATEMENT, counted=True)[list(BUDGET_COLUMNS)]


def _in_order(column: pd.Series) -> pd.Series:
    return column.map(PAYERS.index) if column.name == "payer" else column


def _with_cash(sums: pd.DataFrame, price_base: str) -> pd.DataFrame:
    factors = {int(year): cash_factor(int(year), price_base) for year in sums["financial"].unique()}
    return sums.assign(
        academic_year=[format_year(int(year)) for year in sums["year"]],
        financial_year=[financial_year(int(year)) for year in sums["financial"]],
        cash_gbp=sums["real_gbp"] * [factors[int(year)][0] for year in sums["financial"]],
        deflator=[factors[int(year)][1] for year in sums["financial"]],
    )


@cache
def cash_factor(year: int, price_base: str) -> tuple[float, Literal["actual", "forecast", "extrapolated"]]:
    """What a real pound is in cash of a financial year, and how that is known.

    Parameters
    ----------
    year
        First calendar year of the financial year.
    price_base
        Financial year of the prices.

    Examples
    --------
    >>> factor, known = cash_factor(2028, "2025-26")
    >>> round(factor, 6), known, cash_factor(2035, "2025-26")[1]
    (1.059264, 'forecast', 'extrapolated')
    """
    moved = rebase(1.0, price_base, financial_year(year))
    if "extrapolated" in moved.flags:
        return moved.factor, "extrapolated"
    is_forecast = financial_year(year) >= load_appraisal_tables().deflator().first_forecast
    return moved.factor, "forecast" if is_forecast else "actual"


def flow_back_lines(difference: pd.DataFrame, book: PriceBook) -> pd.DataFrame:
    """Priced lines of what would flow back to the Exchequer, whether or not the book counts it.

    Parameters
    ----------
    difference
        Policy less baseline: ``year``, ``quantity``, ``value`` and any keys of a ledger, as for
        :func:`sencosim.costing.cost.cost_of_difference`.
    book
        Prices.

    Returns
    -------
    pandas.DataFrame
        As :func:`sencosim.costing.cost.cost`, all lines the Exchequer's, below zero where it receives more.
    """
    return told_apart(cost_of_difference(difference, book.with_flow_backs()))[1]


def told_apart(lines: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Priced lines without what flows back to the Exchequer, and those alone."""
    flows_back = lines["category"].isin(FLOW_BACK_CATEGORIES)
    return lines[~flows_back].reset_index(drop=True), lines[flows_back].reset_index(drop=True)


def with_flow_backs(
    statement: pd.DataFrame, lines: pd.DataFrame, frame: AppraisalFrame, *, counted: bool
) -> pd.DataFrame:
    """Put the block of flow-backs under a statement.

    Parameters
    ----------
    statement
        Of :func:`budget_statement`.
    lines
        Lines of :func:`flow_back_lines`.
    frame
        Horizon and price base.
    counted
        Whether the statement holds them already.
    """
    block = budget_statement(lines, frame).assign(block=FLOW_BACKS, counted=counted)
    return pd.concat([statement, block], ignore_index=True)


def set_by(year: str, kind: Literal["resource", "capital"]) -> str:
    """Years of the spending reviews that set the budgets of a financial year; blank if none is known.

    Examples
    --------
    >>> set_by("2027-28", "resource"), set_by("2028-29", "resource"), set_by("2029-30", "capital")
    ('2025', '2025, 2027 on', '2025')
    """
    return ", ".join(one.short for one in load_appraisal_tables().spending_reviews if one.sets(year, kind))


def new_burdens(statement: pd.DataFrame, n_years: int) -> pd.DataFrame:
    """What councils pay more in the first academic years, which the lead department has to fund.

    Parameters
    ----------
    statement
        Of :func:`budget_statement`.
    n_years
        Years of the assessment. [academic years]

    Returns
    -------
    pandas.DataFrame
        A row for each of :data:`NEW_BURDENS_PAYERS`: ``payer``, ``real_gbp`` and ``cash_gbp``. High needs stop with the
        month before central government takes them over.
    """
    years = sorted(statement["academic_year"].unique())[:n_years]
    soon = statement[(statement["block"] == STATEMENT) & statement["academic_year"].isin(years)]
    sums = soon.groupby("payer")[["real_gbp", "cash_gbp"]].sum()
    return sums.reindex([*NEW_BURDENS_PAYERS], fill_value=0.0).rename_axis("payer").reset_index()
