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


COLUMNS = (*("claim", "avoided", "price_low_gbp", "price_high_gbp"), *("saving_low_gbp", "saving_high_gbp", "caution"))
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


def memorandum(difference: pd.DataFrame, book: PriceBook) -> pd.DataFrame:
    """Multiply headline prices with events avoided.

    Parameters
    ----------
    difference
        Ledger of policy less baseline over the horizon: ``quantity`` and ``value``; other columns are added over.
    book
        Where the headline prices are.

    Returns
    -------
    pandas.DataFrame
        ``claim``, ``avoided`` (events or pupil-years, undiscounted), ``price_low_gbp``, ``price_high_gbp``,
        ``saving_low_gbp``, ``saving_high_gbp`` (positive is a saving; low belongs to the low price) and ``caution``.
    """
    rows = []
    for claim in CLAIMS:
        avoided = -float(difference.loc[difference["quantity"].isin(claim.quantities), "value"].sum())
        low, high = book.headlines[claim.low], book.headlines[claim.high]
        rows.append((claim.claim, avoided, low, high, avoided * low, avoided * high, claim.caution))
    return pd.DataFrame(rows, columns=list(COLUMNS))
