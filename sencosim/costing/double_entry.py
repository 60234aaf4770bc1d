"""The payer ledger in double entry: every pound leaves one account and enters another.

A priced line of nature ``resource`` is an entry between a payer and the account of resources: what the country used
up, or was spared. A ``transfer`` stands on two lines and is one entry between two payers. So each entry balances by
construction, and the trial balance shows what must hold of the whole: the accounts of payers sum to the resources
used, and transfers cancel.
"""

from __future__ import annotations

import pandas as pd

from sencosim.costing.accounts import RESOURCES
from sencosim.costing.cost import KEYS, from_book
from sencosim.costing.prices import PriceBook
from sencosim.errors import CostingError
from sencosim.vocabulary import PAYERS

ENTRY_COLUMNS = ("category", "quantity", "item", "side", "nature", "from_account", "to_account", "amount_gbp")
"""Columns of a journal after the keys of the lines."""


def journal(lines: pd.DataFrame, book: PriceBook | None = None) -> pd.DataFrame:
    """Write priced lines as entries from one account to another.

    Parameters
    ----------
    lines
        Priced lines.
    book
        Their prices, which know the other account of each line; not needed if the lines have a ``counterpart``.

    Returns
    -------
    pandas.DataFrame
        The keys of the lines, then :data:`ENTRY_COLUMNS`. Amounts are above 0: what a policy spares comes from
        ``resources`` to the payer. Lines without money make no entry.

    Raises
    ------
    CostingError
        If a line has no other account.
    """
    told = lines
    if "counterpart" not in lines.columns:
        if book is None:
            raise CostingError("Lines without the column counterpart need the price book that they were priced with.")
        told = from_book(lines, book, ["counterpart"])
    if told["counterpart"].isna().any():
        names = sorted(told.loc[told["counterpart"].isna(), "item"].unique())
        raise CostingError(f"There is no other account for {', '.join(names)}.")
    # Of the two lines of a transfer the one that pays is kept; the other says the same again.
    once = told[(told["value_gbp"] != 0.0) & ((told["nature"] == "resource") | (told["price_gbp"] > 0.0))]
    pays = once["value_gbp"] > 0.0
    keys = [name for name in KEYS if name in once.columns]
    entries = once[[*keys, "category", "quantity", "item", "side", "nature"]].copy()
    entries["from_account"] = once["payer"].where(pays, once["counterpart"])
    entries["to_account"] = once["counterpart"].where(pays, once["payer"])
    entries["amount_gbp"] = once["value_gbp"].abs()
    return entries.reset_index(drop=True)


def trial_balance(entries: pd.DataFrame) -> pd.DataFrame:
    """Sums of a journal by account; the last column adds up to zero.

    Returns
    -------
    pandas.DataFrame
        ``account`` (every payer, then resources), ``paid_gbp``, ``received_gbp`` and ``net_cost_gbp``, undiscounted.
        The net cost of resources is minus the resources used, so that of all payers is the resources used.
    """
    accounts = [*PAYERS, RESOURCES]
    paid = entries.groupby("from_account")["amount_gbp"].sum().reindex(accounts, fill_value=0.0)
    received = entries.groupby("to_account")["amount_gbp"].sum().reindex(accounts, fill_value=0.0)
    return pd.DataFrame(
        {
            "account": accounts,
            "paid_gbp": paid.to_numpy(),
            "received_gbp": received.to_numpy(),
            "net_cost_gbp": (paid - received).to_numpy(),
        }
    )
