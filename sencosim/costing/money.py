"""Money by year and by payer: the one place where priced lines are added up.

Three readings of the same lines, never mixed:

- **social**: resource lines marked ``in_social``. The policy side is the cost, the rest, with the sign turned, the
  benefit. Transfers are left out.
- **public purse**: lines marked ``in_budget`` of public payers, transfers included; what each budget sees, by year.
- **cash**: the cashable part of the public purse.

:func:`amounts` says which line counts where. Lines of an appraisal are added up as they are (:func:`flows`,
:func:`by_payer`). The difference of two arms of the simulator needs no lines: pricing is linear in what is counted, so
a price book is a table of what one unit of each quantity adds (:func:`unit_money`), and one product gives every
outcome in money (:func:`money_by_year`). Prices are in the price base of the book.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sencosim.costing.cost import cost
from sencosim.costing.discount import discount_factors
from sencosim.costing.extra_teachers import EXTRA_TEACHERS, increases
from sencosim.costing.prices import PriceBook
from sencosim.errors import CostingError
from sencosim.vocabulary import COLUMN, PAYER_AMOUNTS, PAYERS, PUBLIC_PAYERS, Payer

Floats = NDArray[np.float64]

FLOW_COLUMNS = {
    "social_cost_gbp": "policy_cost",
    "social_benefit_gbp": "policy_benefit",
    "public_saving_gbp": "public_saving",
    "public_net_gbp": "net_public_cost",
    "cashable_saving_gbp": "cashable_saving",
}
"""Columns of :func:`flows`, and the amounts that they add up."""


def amounts(lines: pd.DataFrame) -> dict[str, Floats]:
    """What each priced line adds to each outcome in money.

    Parameters
    ----------
    lines
        Priced lines, as of :func:`sencosim.costing.cost.cost`.

    Returns
    -------
    dict
        ``net_public_cost`` (transfers included), ``policy_cost`` and ``policy_benefit`` (social),
        ``released_hours_worth`` (a part of the benefit), ``public_saving`` (the part of the benefit that is public
        spending avoided), ``cashable_saving`` (public savings on the consequence side that move cash, transfers left
        out), ``policy_cost_of_schools`` (what the levers themselves put on schools' budgets, National Insurance
        included) and, for each payer, :data:`~sencosim.vocabulary.PAYER_AMOUNTS`. Of a public payer what stands in its
        budget counts; families and pupils have no budget, so all that falls on them does. [GBP, shape (n_lines,)]
    """
    value, cash = (lines[name].to_numpy(dtype=np.float64) for name in ("value_gbp", "cashable_gbp"))
    budget, in_social = (lines[name].to_numpy(dtype=bool) for name in ("in_budget", "in_social"))
    payer, resource = lines["payer"].to_numpy(), (lines["nature"] == "resource").to_numpy()
    social, policy = resource & in_social, (lines["side"] == "policy").to_numpy()
    is_public = lines["payer"].isin(PUBLIC_PAYERS).to_numpy()
    public = is_public & budget
    found = {
        "net_public_cost": np.where(public, value, 0.0),
        "policy_cost": np.where(social & policy, value, 0.0),
        "policy_benefit": -np.where(social & ~policy, value, 0.0),
        "released_hours_worth": -np.where((lines["category"] == "released_hours").to_numpy(), value, 0.0),
        "public_saving": -np.where(social & public & ~policy, value, 0.0),
        "cashable_saving": -np.where(public & resource & ~policy, cash, 0.0),
        "policy_cost_of_schools": np.where((payer == Payer.SCHOOLS.key) & budget & policy, value, 0.0),
    }
    for name in PAYERS:
        own = np.where((payer == name) & (budget | ~is_public), value, 0.0)
        found |= dict(zip(_of_payer(name), (own, np.maximum(own, 0.0), np.minimum(own, 0.0)), strict=True))
    return found


def _of_payer(payer: str) -> tuple[str, ...]:
    return tuple(f"{told}.{payer}" for told in PAYER_AMOUNTS)


# -- the difference of two arms ---------------------------------------------------------------------------------------


def unit_money(book: PriceBook, first_year: int, n_years: int) -> dict[str, Floats]:
    """What one unit more of each quantity adds to each outcome in money.

    Parameters
    ----------
    book
        Prices.
    first_year, n_years
        [first calendar year; years]

    Returns
    -------
    dict
        The keys of :func:`amounts`. The last quantity is teachers taken from classes.
        [GBP per unit, shape (n_years, n_quantities + 1)]
    """
    column = COLUMN | {EXTRA_TEACHERS: len(COLUMN)}
    priced = sorted(book.priced_quantities(), key=column.__getitem__)
    years = np.arange(first_year, first_year + n_years)
    units = {"year": np.repeat(years, len(priced)), "quantity": np.tile(priced, n_years), "value": 1.0}
    lines = cost(pd.DataFrame(units), book)
    place = (lines["year"] - first_year) * len(column) + lines["quantity"].map(column)
    shape = n_years, len(column)

    def summed(amount: Floats) -> Floats:
        return np.bincount(place, amount, n_years * len(column)).astype(np.float64).reshape(shape)

    return {name: summed(amount) for name, amount in amounts(lines).items()}


def with_teachers(changes: Floats, book: PriceBook, market: Floats | None = None) -> Floats:
    """Changes with teachers taken from classes as a last quantity: what :func:`unit_money` has prices of.

    Parameters
    ----------
    changes, book, market
        As in :func:`money_by_year`.

    Returns
    -------
    numpy.ndarray
        [units, shape (..., n_years, n_quantities + 1)]
    """
    taken = np.array([book.teachers_per_hour.get(name, 0.0) for name in COLUMN])
    whole = None if market is None else (market * taken).sum(axis=-1)
    teachers = increases((changes * taken).sum(axis=-1), whole)
    return np.concatenate([changes, teachers[..., None]], axis=-1)


def money_by_year(
    changes: Floats,
    book: PriceBook,
    first_year: int,
    unit: Mapping[str, Floats] | None = None,
    market: Floats | None = None,
) -> dict[str, Floats]:
    """Every outcome in money of a difference between two arms, by year.

    Parameters
    ----------
    changes
        Policy less baseline, in the units and the order of :class:`sencosim.vocabulary.Quantity`. All years from the
        start of the policy belong in it, since teachers taken from classes are paid for once, in the year in which
        they are more than in the year before. Leading axes, such as areas or groups of schools, are kept apart.
        [units, shape (..., n_years, n_quantities)]
    book
        Prices.
    first_year
        Of the changes. [first calendar year]
    unit
        What :func:`unit_money` gives for the book and these years, where it is known: most of the time goes there.
    market
        Changes of the whole that the leading axes are parts of: then all are one market for teachers, and parts add up
        to it. Each is a market of its own if not given. [units, shape (n_years, n_quantities)]

    Returns
    -------
    dict
        The keys of :func:`amounts`, and ``npsv``: benefit less cost. Undiscounted; see
        :func:`sencosim.costing.discount.present_value`. [GBP a year, shape (..., n_years)]
    """
    changes = with_teachers(changes, book, market)
    unit = unit_money(book, first_year, changes.shape[-2]) if unit is None else unit
    more, fewer = np.maximum(changes, 0.0), np.minimum(changes, 0.0)
    found = {name: (changes * price).sum(axis=-1) for name, price in unit.items()}
    for payer in PAYERS:
        # Fewer units of what costs are a saving, and fewer of what spares are a cost.
        _, cost_name, saving_name = _of_payer(payer)
        dear, sparing = unit[cost_name], unit[saving_name]
        found[cost_name] = (more * dear + fewer * sparing).sum(axis=-1)
        found[saving_name] = (more * sparing + fewer * dear).sum(axis=-1)
    return found | {"npsv": found["policy_benefit"] - found["policy_cost"]}


# -- lines of an appraisal --------------------------------------------------------------------------------------------


def flows(lines: pd.DataFrame, first_year: int, n_years: int, by: Sequence[str] = ()) -> pd.DataFrame:
    """Yearly flows over the horizon, every year present.

    Parameters
    ----------
    lines
        Priced lines of a paired difference.
    first_year
        First academic year of the horizon. [first calendar year]
    n_years
        Length of the horizon. [years, 1 or more]
    by
        Further columns to keep apart, such as ``draw`` and ``replication``.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``year`` and :data:`FLOW_COLUMNS`, see :func:`amounts`. [GBP a year]
    """
    inside = _horizon(lines, first_year, n_years)
    table, found = inside[[*by, "year"]].copy(), amounts(inside)
    for column, name in FLOW_COLUMNS.items():
        table[column] = found[name]
    sums = table.groupby([*by, "year"], sort=True, observed=True)[list(FLOW_COLUMNS)].sum()
    return _complete(sums.reset_index(), by, "year", range(first_year, first_year + n_years))


def share_in_cash(cashable: float, saving: float) -> float | None:
    """Cashable part of public savings; None where it is not a part of them. [share, 0 to 1]

    Savings and new costs net within both amounts, so near zero their ratio can be any number and says nothing.

    Parameters
    ----------
    cashable, saving
        Present values. [GBP]

    Examples
    --------
    >>> share_in_cash(20.0, 100.0), share_in_cash(-5.0, 100.0), share_in_cash(1.0, -1.0)
    (0.2, None, None)
    """
    tolerance = 1e-9 * abs(saving)
    if saving <= 0.0 or not -tolerance <= cashable <= saving + tolerance:
        return None
    return min(max(cashable / saving, 0.0), 1.0)


def by_payer(
    lines: pd.DataFrame,
    first_year: int,
    n_years: int,
    by: Sequence[str] = (),
    schedule: str = "standard",
    vintage: str = "in_force",
) -> pd.DataFrame:
    """Net cost of each payer over the horizon, transfers included; payers sum to the total.

    Parameters
    ----------
    lines, first_year, n_years
        As in :func:`flows`.
    by
        Further columns to keep apart, such as ``category`` or ``draw``.
    schedule, vintage
        Discounting.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``payer``, ``public``, ``undiscounted_gbp``, ``present_value_gbp`` (all lines), ``budget_gbp``
        (present value of lines that stand in a budget), ``policy_gbp`` and ``consequence_gbp`` (present values by
        side), ``transfer_gbp`` and ``cashable_gbp``. Every payer is there for every group.
    """
    inside = _horizon(lines, first_year, n_years)
    factor = discount_factors(n_years, schedule, vintage)[(inside["year"] - first_year).to_numpy(dtype=np.int64)]
    present = inside["value_gbp"] * factor
    table = inside[[*by, "payer"]].copy()
    table["undiscounted_gbp"] = inside["value_gbp"]
    table["present_value_gbp"] = present
    table["budget_gbp"] = present.where(inside["in_budget"], 0.0)
    table["policy_gbp"] = present.where(inside["side"] == "policy", 0.0)
    table["consequence_gbp"] = present.where(inside["side"] == "consequence", 0.0)
    table["transfer_gbp"] = present.where(inside["nature"] == "transfer", 0.0)
    table["cashable_gbp"] = inside["cashable_gbp"] * factor
    amounts_of = [name for name in table.columns if name.endswith("_gbp")]
    sums = table.groupby([*by, "payer"], sort=False, observed=True)[amounts_of].sum().reset_index()
    result = _complete(sums, by, "payer", PAYERS)
    result.insert(len(by) + 1, "public", result["payer"].isin(PUBLIC_PAYERS))
    return result


def _horizon(lines: pd.DataFrame, first_year: int, n_years: int) -> pd.DataFrame:
    if n_years < 1:
        raise CostingError(f"A horizon needs at least one year, found {n_years}.")
    return lines[(lines["year"] >= first_year) & (lines["year"] < first_year + n_years)]


def _complete(table: pd.DataFrame, by: Sequence[str], column: str, entries: Sequence[object]) -> pd.DataFrame:
    """Give every group one row for each entry of a column, in order, with zeros where it had none."""
    wanted = pd.DataFrame({column: list(entries)})
    keys = table[list(by)].drop_duplicates().merge(wanted, how="cross") if by else wanted
    full = keys.merge(table, on=[*by, column], how="left")
    of_money = [name for name in full.columns if name.endswith("_gbp")]
    full[of_money] = full[of_money].fillna(0.0)
    return full
