"""A sheet from which a reader can work out the net present social value by hand, to the pound.

``quantity difference x unit price = amount``; ``amount x discount factor = present value``; a line counts in net
present social value, with the sign turned, if something real is used up or spared (nature ``resource``), and in the
public purse if a public payer's budget moves, transfers included. Nothing else is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sencosim.costing.option import AppraisalFrame
from sencosim.errors import CostingError
from sencosim.units import format_year
from sencosim.vocabulary import PUBLIC_PAYERS

WORKSHEET_COLUMNS = (
    *("academic_year", "year_index", "side", "category", "item", "quantity", "unit", "payer", "nature"),
    *("units", "price_gbp", "amount_gbp", "discount_factor", "present_value_gbp", "pays", "counts_in_npsv"),
    *("counts_in_public_purse", "counts_for_payer", "cashable_gbp"),
)
"""One row for each year, thing and payer. The counts are 0 or 1, so that a spreadsheet can multiply by them.

``pays`` says whether the payer pays ``more`` or ``less`` for it: in every draw, if the lines are means over draws.
``counts_for_payer`` is 1 where the payer's net cost holds it: of a public payer what stands in its budget, of others
all. ``cashable_gbp`` is the part of the amount that moves cash.
"""

_ONE_PRICE = ["year", "side", "category", "item", "quantity", "unit", "payer", "nature", "in_budget", "in_social"]


def worksheet(lines: pd.DataFrame, frame: AppraisalFrame) -> pd.DataFrame:
    """Lay priced lines out for recomputation.

    Parameters
    ----------
    lines
        Priced lines of one option and one view, of one draw or made by :func:`average_lines`: each thing has one
        price a year.
    frame
        Horizon and discounting.

    Returns
    -------
    pandas.DataFrame
        :data:`WORKSHEET_COLUMNS`, by year, then in the order of the lines. ``units`` is policy less baseline. Lines
        without units in any year are left out.

    Raises
    ------
    CostingError
        If a thing has more than one price a year, as the lines of several draws do.
    """
    inside = lines[(lines["year"] >= frame.first_year) & (lines["year"] < frame.first_year + frame.n_years)]
    one_price = [*_ONE_PRICE, "pays"] if "pays" in inside.columns else _ONE_PRICE
    grouped = inside.groupby(one_price, sort=False, observed=True, as_index=False)
    sheet = grouped.agg(
        units=("units", "sum"),
        price_gbp=("price_gbp", "first"),
        other=("price_gbp", "nunique"),
        cashable_gbp=("cashable_gbp", "sum"),
    )
    if (sheet["other"] > 1).any():
        names = ", ".join(sorted(sheet.loc[sheet["other"] > 1, "item"].unique()))
        raise CostingError(
            f"{names}: more than one price a year. A worksheet is of one view and one draw; for the mean of "
            "several, take average_lines first."
        )
    thing = ["item", "quantity", "payer"]
    moved = sheet.groupby(thing, observed=True)["units"].transform(lambda units: units.abs().max())
    sheet = sheet[moved > 0.0].sort_values("year", kind="stable").reset_index(drop=True)
    index = (sheet["year"] - frame.first_year).astype(int)
    sheet["academic_year"] = [format_year(int(year)) for year in sheet["year"]]
    sheet["year_index"] = index
    sheet["amount_gbp"] = sheet["units"] * sheet["price_gbp"]
    sheet["discount_factor"] = frame.factors()[index.to_numpy()]
    sheet["present_value_gbp"] = sheet["amount_gbp"] * sheet["discount_factor"]
    sheet["counts_in_npsv"] = ((sheet["nature"] == "resource") & sheet["in_social"]).astype(int)
    is_public = sheet["payer"].isin(PUBLIC_PAYERS)
    sheet["counts_in_public_purse"] = (is_public & sheet["in_budget"]).astype(int)
    sheet["counts_for_payer"] = (~is_public | sheet["in_budget"]).astype(int)
    if "pays" not in sheet.columns:
        sheet["pays"] = more_or_less(sheet["amount_gbp"])
    return sheet[list(WORKSHEET_COLUMNS)]


def average_lines(lines: pd.DataFrame, worlds: Sequence[str] = ("draw", "replication")) -> pd.DataFrame:
    """Mean of priced lines over draws and replications, ready for a worksheet.

    A mean of products is not the product of means, so the price of a mean line is an effective one: mean amount over
    mean units. It may lie outside the draws of the price, and says nothing about it.

    Parameters
    ----------
    lines
        Priced lines of one option and one view, from as many draws as the figure that is to be recomputed.
    worlds
        Columns that tell the draws apart; every draw counts alike. Amounts that carry weights already need a column
        ``pays`` from before they were weighted: a weight may be below zero.

    Returns
    -------
    pandas.DataFrame
        Lines by year, thing and payer without other keys, apart by ``pays``: whether the payer pays more or less for
        it. Lines that have neither units nor money in any draw are left out. Their appraisal is the mean appraisal,
        because net present social value is linear in the lines; a ratio of means is not the mean of ratios.

    Raises
    ------
    CostingError
        If a column of ``worlds`` is missing, or a thing has money on average but no units.
    """
    missing = [name for name in worlds if name not in lines.columns]
    if missing:
        raise CostingError(f"The lines have no column {', '.join(missing)} that distinguishes draws.")
    n_worlds = max(1, len(lines[list(worlds)].drop_duplicates()))
    there = lines[(lines["units"] != 0.0) | (lines["value_gbp"] != 0.0)]
    if "pays" not in there.columns:
        there = there.assign(pays=more_or_less(there["value_gbp"]))
    grouped = there.groupby([*_ONE_PRICE, "pays", "book"], sort=False, observed=True, as_index=False)
    table = grouped[["units", "value_gbp", "cashable_gbp"]].sum()
    table[["units", "value_gbp", "cashable_gbp"]] /= n_worlds
    lost = (table["units"] == 0.0) & (table["value_gbp"] != 0.0)
    if lost.any():
        names = ", ".join(sorted(table.loc[lost, "item"].unique()))
        raise CostingError(f"{names}: money on average but no units, so there is no effective price.")
    some = table["units"] != 0.0
    table["price_gbp"] = (table["value_gbp"] / table["units"].where(some, 1.0)).where(some, 0.0)
    return table


def more_or_less(amounts: pd.Series) -> pd.Series:
    """Whether a payer pays ``more`` or ``less`` for each of some lines. [amounts in GBP]"""
    return amounts.lt(0.0).map({True: "less", False: "more"})


def totals(sheet: pd.DataFrame) -> dict[str, float]:
    """Add up a worksheet the way a reader would. [GBP]

    Returns
    -------
    dict
        ``npsv``: minus the sum of ``present_value_gbp x counts_in_npsv``; ``pv_cost``: its policy side, sign kept;
        ``pv_public_net``: sum of ``present_value_gbp x counts_in_public_purse``.
    """
    social = sheet["units"] * sheet["price_gbp"] * sheet["discount_factor"] * sheet["counts_in_npsv"]
    public = sheet["units"] * sheet["price_gbp"] * sheet["discount_factor"] * sheet["counts_in_public_purse"]
    return {
        "npsv": -float(social.sum()),
        "pv_cost": float(social[sheet["side"] == "policy"].sum()),
        "pv_public_net": float(public.sum()),
    }
