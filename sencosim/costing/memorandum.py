"""As campaigners multiply: published headline prices times counted events. Never part of net present social value.

The headlines are associations or gross costs, in the prices of their own years, undiscounted. They overlap with each
other and with the accounts, so the rows are not to be added up. Unpaid hours stand here too, at gross pay.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sencosim.costing.prices import PriceBook


@dataclass(frozen=True)
class Claim:
    """One row of the memorandum.

    Attributes
    ----------
    claim
        In words.
    quantities
        Columns of the ledger that count the events.
    low, high
        Register entries of the price.
    caution
        Why it is not in the accounts.
    """

    claim: str
    quantities: tuple[str, ...]
    low: str
    high: str
    caution: str


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "Permanent exclusions avoided",
        ("permanent_exclusions.noticed", "permanent_exclusions.sen_support", "permanent_exclusions.ehc_plan"),
        "headline_exclusion_lifetime",
        "headline_exclusion_lifetime",
        "A difference between excluded and other pupils, not an effect; holds education, tax, benefits, health and"
        " justice, some of which is booked in the accounts (trap 1).",
    ),
    Claim(
        "Tribunal cases avoided",
        ("appeals.refusal_to_assess", "appeals.refusal_to_issue", "appeals.contents", "appeals.exogenous"),
        "headline_tribunal_low",
        "headline_tribunal_high",
        "Derivation not found; mostly staff time that no one gets back as cash.",
    ),
    Claim(
        "Years in a mainstream instead of a special school",
        ("pupil_years.state_special", "pupil_years.over_capacity", "pupil_years.independent_special"),
        "headline_specialist_low",
        "headline_specialist_high",
        "Gross cost of a special place: the cost of the mainstream place is not taken off, and places are refilled"
        " (traps 9 and 10).",
    ),
    Claim(
        "Unpaid SENCO hours avoided, at gross pay",
        ("overtime_hours",),
        "unpaid_hour_value",
        "unpaid_hour_value",
        "No cash moves, and no source values the evenings of SENCOs.",
    ),
)
"""Rows of the memorandum, in order."""

_KEYS = ("scenario", "replication", "draw", "view")


def memorandum(difference: pd.DataFrame, book: PriceBook) -> pd.DataFrame:
    """Multiply headline prices with events avoided.

    Parameters
    ----------
    difference
        Ledger of policy less baseline: ``quantity``, ``value``, and any of scenario, replication, draw, view.
    book
        Where the headline prices are.

    Returns
    -------
    pandas.DataFrame
        The keys, ``claim``, ``avoided`` (events or pupil-years, undiscounted), ``price_low_gbp``, ``price_high_gbp``,
        ``saving_low_gbp``, ``saving_high_gbp`` (positive is a saving; low belongs to the low price) and ``caution``.
    """
    keys = [name for name in _KEYS if name in difference.columns]
    groups = difference[keys].drop_duplicates() if keys else pd.DataFrame(index=[0])
    tables = []
    for order, claim in enumerate(CLAIMS):
        events = difference[difference["quantity"].isin(claim.quantities)]
        row = groups.copy()
        if keys:
            sums = events.groupby(keys, observed=True)["value"].sum().rename("sum").reset_index()
            row = row.merge(sums, on=keys, how="left")
        else:
            row["sum"] = float(events["value"].sum())
        row["order"] = order
        row["claim"] = claim.claim
        row["avoided"] = -row.pop("sum").fillna(0.0)
        row["price_low_gbp"] = book.headlines[claim.low]
        row["price_high_gbp"] = book.headlines[claim.high]
        row["saving_low_gbp"] = row["avoided"] * row["price_low_gbp"]
        row["saving_high_gbp"] = row["avoided"] * row["price_high_gbp"]
        row["caution"] = claim.caution
        tables.append(row)
    table = pd.concat(tables, ignore_index=True)
    return table.sort_values([*keys, "order"], kind="stable").drop(columns="order").reset_index(drop=True)
