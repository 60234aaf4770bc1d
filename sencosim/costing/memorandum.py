"""As campaigners multiply: published headline prices times counted events. Never part of net present social value.

The headlines are associations or gross costs, in the prices of their own years, undiscounted. They overlap with each
other and with the accounts, so the rows are not to be added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sencosim.costing.prices import PriceBook
from sencosim.evidence.tables import read_table


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
CLAIMS = read_table(Path(__file__).with_suffix(".csv"), Claim)
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
