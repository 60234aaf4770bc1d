"""Costing: a ledger of physical quantities times a price book.

Cost is positive, saving negative. Pricing is linear in the ledger, so the cost of a paired difference is the
difference of the costs, and a ledger may be summed over councils or size bands before it is priced. One thing is not a
sum over years: teachers taken from classes, which :func:`cost_of_difference` adds to a ledger before it is priced.
High-needs charges are booked to who pays them in each year (:func:`sencosim.costing.tariffs.central_share`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import ArrayLike
from ruamel.yaml import YAML

from sencosim.costing.accounts import RESOURCES, TAXES
from sencosim.costing.discount import real_growth
from sencosim.costing.extra_teachers import with_extra_teachers
from sencosim.costing.prices import PriceBook
from sencosim.costing.tariffs import CENTRAL, COUNCILS, central_shares, payer_in_book
from sencosim.errors import CostingError, Problem
from sencosim.names import did_you_mean
from sencosim.vocabulary import PAYERS

KEYS = ("scenario", "replication", "draw", "view", "year", "council", "phase", "size_band")
"""Columns of a ledger that priced lines carry on, if they are there."""

LINE_COLUMNS = (
    *("quantity", "unit", "units", "book", "category", "item", "side", "payer", "nature", "price_gbp"),
    *("value_gbp", "cashable_gbp", "in_budget", "in_social", "standing"),
)
"""Columns of priced lines after the keys."""

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


def cost(ledger: pd.DataFrame, book: PriceBook) -> pd.DataFrame:
    """Price a ledger, or a paired difference of two.

    Parameters
    ----------
    ledger
        Tidy quantities: ``year`` (first calendar year of the academic year), ``quantity``, ``value``, and any of
        :data:`KEYS`. Other columns are dropped.
    book
        Prices.

    Returns
    -------
    pandas.DataFrame
        One line for each priced row and charge: the keys, then :data:`LINE_COLUMNS`. ``units`` is the physical
        amount, ``price_gbp`` the real price of that year, ``value_gbp`` their product, ``cashable_gbp`` the part of
        it that moves cash in a budget, ``book`` the view whose prices these are.

    Raises
    ------
    CostingError
        If a column is missing, or a quantity has neither a price nor a stated reason to have none.
    """
    _check(ledger, book)
    row, charge = _charged(ledger["quantity"], book)
    years, units = ledger["year"].to_numpy(), ledger["value"].to_numpy(dtype=np.float64)[row]
    central = central_shares(years, book.high_needs_funded_by, book.high_needs_switch)
    part = np.where(np.isin(charge, book.of_councils), central[row], 0.0)
    if (part > 0.0).any():
        # Units are split between the payers; what central government pays stands after all others.
        kept, moved = part < 1.0, part > 0.0
        units = np.concatenate([(units * (1.0 - part))[kept], (units * part)[moved]])
        row = np.concatenate([row[kept], row[moved]])
        under_central = len(book.charges) + np.searchsorted(book.of_councils, charge[moved])
        charge = np.concatenate([charge[kept], under_central])
    told = {name: ledger[name].array.take(row) for name in KEYS if name in ledger.columns}
    told |= {name: column.take(charge) for name, column in book.booked.items()}
    told |= {"unit": told["price_unit"], "units": units, "book": book.view}
    told |= _valued(units, years[row], told, book)
    return pd.DataFrame({name: told[name] for name in (*KEYS, *LINE_COLUMNS) if name in told})


def _charged(quantities: pd.Series, book: PriceBook) -> tuple[Whole, Whole]:
    """Pairs of a row of a ledger and a charge on it, by row; numbers of both. [shape (n_lines,) each]"""
    charges: dict[str, list[int]] = {}
    for number, charge in enumerate(book.charges):
        charges.setdefault(charge.quantity, []).append(number)
    known, names = pd.factorize(quantities)
    of_name = [charges.get(str(name), []) for name in names]
    size = np.array([len(one) for one in of_name], dtype=np.int64)
    first, of_row = np.cumsum(size) - size, size[known]
    row = np.repeat(np.arange(known.size), of_row)
    place = np.arange(row.size) - np.repeat(np.cumsum(of_row) - of_row, of_row)
    return row, np.array([number for one in of_name for number in one], dtype=np.int64)[first[known[row]] + place]


def cost_of_difference(difference: pd.DataFrame, book: PriceBook) -> pd.DataFrame:
    """Price a paired difference, with the teachers that it takes from classes.

    Parameters
    ----------
    difference
        Policy less baseline, as the ledger of :func:`cost`. All years from the start of the policy belong in one
        table, since the increase over the year before is priced.
    book
        Prices.

    Returns
    -------
    pandas.DataFrame
        As :func:`cost`.
    """
    _check_columns(difference)
    keys = [name for name in KEYS if name in difference.columns]
    return cost(with_extra_teachers(difference[[*keys, "quantity", "value"]], book.teachers_per_hour), book)


class UnitPrices(NamedTuple):
    """What one unit of each quantity costs whom, by year."""

    value: Floats  # by charge of :attr:`sencosim.costing.prices.PriceBook.booked` [GBP, shape (n_years, n_charges)]
    cashable: Floats  # the part of it that moves cash in a budget


def unit_prices(book: PriceBook, years: Whole) -> UnitPrices:
    """What :func:`cost` makes of one unit of every quantity in every year. ``years``: [first calendar years]"""
    payer, part = (
        np.asarray(book.booked["payer"], dtype=object),
        central_shares(years, book.high_needs_funded_by, book.high_needs_switch)[:, None],
    )
    units = np.where(payer == COUNCILS, 1.0 - part, np.where(payer == CENTRAL, part, 1.0))
    found = _valued(units, years[:, None], book.booked, book)
    return UnitPrices(found["value_gbp"], found["cashable_gbp"])


def reprice(lines: pd.DataFrame, book: PriceBook) -> pd.DataFrame:
    """Put other prices on the physical amounts of priced lines.

    Parameters
    ----------
    lines
        Priced lines.
    book
        Other prices of the same things, such as one unit cost at its low end.

    Returns
    -------
    pandas.DataFrame
        The same lines with the prices, the amounts and the name of the book.

    Raises
    ------
    CostingError
        If the book has no price for a line.
    """
    bare = lines.drop(columns=["price_gbp", "value_gbp", "cashable_gbp"])
    told = from_book(bare, book, ("price_gbp", "cashable_share", "labour_share"))
    if told["price_gbp"].isna().any():
        lost = ", ".join(sorted(told.loc[told["price_gbp"].isna(), "item"].unique()))
        raise CostingError(f"The price book has no price for {lost}. Make it with the policy terms of the lines.")
    found = _valued(told["units"], told["year"], told, book)
    return told.assign(**found, book=book.view)[list(lines.columns)]


def from_book(lines: pd.DataFrame, book: PriceBook, columns: Sequence[str]) -> pd.DataFrame:
    """Priced lines with columns of the price book alongside them, missing where it has no such price.

    Parameters
    ----------
    lines
        With ``quantity``, ``item`` and ``payer``.
    book
        Prices.
    columns
        Of :meth:`sencosim.costing.prices.PriceBook.frame`.
    """
    keys = ["quantity", "item", "payer"]
    in_book = lines.assign(payer=payer_in_book(lines["payer"]))
    told = in_book.merge(book.frame()[[*keys, *columns]], on=keys, how="left", sort=False, validate="many_to_one")
    return told.assign(payer=lines["payer"].to_numpy())


def _valued(
    units: ArrayLike, years: ArrayLike, charges: Mapping[str, Any] | pd.DataFrame, book: PriceBook
) -> dict[str, Floats]:
    """Let the part of each price that is pay grow, and multiply: the columns of lines that hold money."""
    price, labour, cash = (
        np.asarray(charges[name], np.float64) for name in ("price_gbp", "labour_share", "cashable_share")
    )
    grown = price * real_growth(np.asarray(years) - book.pay_base_year, book.real_pay_growth, labour)
    value = np.asarray(units) * grown
    in_cash = value * cash * np.asarray(charges["in_budget"], dtype=bool)
    return {"price_gbp": grown, "value_gbp": value, "cashable_gbp": in_cash}


def _check(ledger: pd.DataFrame, book: PriceBook) -> None:
    """Raise if the ledger has no such columns, or something without a price and without a reason for it."""
    _check_columns(ledger)
    priced = book.priced_quantities()
    problems = []
    for name in sorted(set(ledger["quantity"].unique()) - priced):
        if reason_not_priced(str(name)) is None:
            hint = did_you_mean(str(name), priced)
            message = f"{name} has no price and no stated reason to have none. {hint}".rstrip()
            problems.append(Problem(message=message, key=str(name)))
    if problems:
        raise CostingError(f"The ledger cannot be priced: {problems[0].message}", tuple(problems))


def _check_columns(ledger: pd.DataFrame) -> None:
    missing = [name for name in ("year", "quantity", "value") if name not in ledger.columns]
    if missing:
        raise CostingError(
            f"A ledger to be priced needs the columns year, quantity and value; lacks {', '.join(missing)}."
        )


@lru_cache(maxsize=1)
def reasons() -> tuple[dict[str, str], dict[str, str]]:
    """Why quantities carry no price.

    Returns
    -------
    tuple of dict
        Reason by quantity; and by how a name begins, for whole families, unless the tariffs price a member.
    """
    text = resources.files("sencosim.costing").joinpath("unpriced.yaml").read_text(encoding="utf-8")
    groups = YAML(typ="safe").load(text)
    names, prefixes = (
        {name: group["reason"] for group in groups for name in group.get(kind, ())}
        for kind in ("quantities", "families")
    )
    return names, prefixes


def reason_not_priced(quantity: str) -> str | None:
    """Say why a quantity has no price, or None if no reason is written down.

    Examples
    --------
    >>> reason_not_priced("requests.parental")
    'Decided in officer hours; prepared in SENCO hours already paid for.'
    """
    names, prefixes = reasons()
    families = (reason for prefix, reason in prefixes.items() if quantity.startswith(prefix))
    return names.get(quantity) or next(families, None)


# -- the payer ledger in double entry: every pound leaves one account and enters another -------------------------------
# A priced line of nature ``resource`` is an entry between a payer and the account of resources: what the country used
# up, or was spared. A ``transfer`` between two payers stands on two lines and is one entry; one into or out of taxes
# and contributions stands on one line. So each entry balances by construction, and the trial balance shows what must
# hold of the whole: the accounts of payers and of taxes sum to the resources used, and transfers cancel.

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
    # Of the two lines of a transfer between payers the one that pays is kept; the other says the same again.
    twice = (told["nature"] == "transfer") & (told["counterpart"] != TAXES)
    once = told[(told["value_gbp"] != 0.0) & (~twice | (told["price_gbp"] > 0.0))]
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
        ``account`` (every payer, then taxes and contributions, then resources), ``paid_gbp``, ``received_gbp`` and
        ``net_cost_gbp``, undiscounted. The net cost of resources is minus the resources used, so that of all other
        accounts is the resources used.
    """
    accounts = [*PAYERS, TAXES, RESOURCES]
    paid = entries.groupby("from_account")["amount_gbp"].sum().reindex(accounts, fill_value=0.0)
    received = entries.groupby("to_account")["amount_gbp"].sum().reindex(accounts, fill_value=0.0)
    table = {"paid_gbp": paid, "received_gbp": received, "net_cost_gbp": paid - received}
    return pd.DataFrame({"account": accounts, **{name: one.to_numpy() for name, one in table.items()}})
