"""The price book as sums of products of prices, so that a page can put any price in the place of another.

Every price of a charge is made of register entries by adding and multiplying. :class:`Products` stands for such a sum;
put through the tariffs in the place of numbers, it gives each charge as a function of the entries, exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from sencosim.costing.accounts import Charge
from sencosim.costing.deflate import rebase
from sencosim.costing.prices import ENGINE_READS_TOO, PRICE_PARAMETERS
from sencosim.costing.tariffs import PolicyTerms, all_charges
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.evidence.register import Register, load_register
from sencosim.levers.tariff import LeverTerms, Prices
from sencosim.vocabulary import COLUMN

Floats = npt.NDArray[np.float64]

FUNDERS = ("schools", "councils", "national_grant")
"""Who may fund a lever."""


@dataclass(frozen=True)
class Products:
    """A sum of products of register entries, each with a number before it; entries by name, sorted."""

    terms: Mapping[tuple[str, ...], float]

    @classmethod
    def of(cls, name: str, factor: float = 1.0) -> Products:
        """One entry, times a number."""
        return cls({(name,): factor})

    @classmethod
    def constant(cls, number: float) -> Products:
        """A number."""
        return cls({(): number} if number else {})

    def _with(self, other: Products | float, sign: float) -> Products:
        added = other if isinstance(other, Products) else Products.constant(other)
        names = dict.fromkeys((*self.terms, *added.terms))
        return Products({name: self.terms.get(name, 0.0) + sign * added.terms.get(name, 0.0) for name in names})

    def __add__(self, other: Products | float) -> Products:
        return self._with(other, 1.0)

    __radd__ = __add__

    def __sub__(self, other: Products | float) -> Products:
        return self._with(other, -1.0)

    def __rsub__(self, other: float) -> Products:
        return Products.constant(other) - self

    def __neg__(self) -> Products:
        return self * -1.0

    def __mul__(self, other: Products | float) -> Products:
        by = other.terms if isinstance(other, Products) else {(): other}
        found: dict[tuple[str, ...], float] = {}
        for left, one in self.terms.items():
            for right, two in by.items():
                key = tuple(sorted((*left, *right)))
                found[key] = found.get(key, 0.0) + one * two
        return Products(found)

    __rmul__ = __mul__

    def __truediv__(self, by: float) -> Products:
        return Products({key: number / by for key, number in self.terms.items()})

    def value(self, values: Mapping[str, float]) -> float:
        """The sum at some values."""
        total = 0.0
        for names, number in self.terms.items():
            product = number
            for name in names:
                product *= values[name]
            total += product
        return total

    def listed(self, order: Sequence[str]) -> list[list[Any]]:
        """As lists: the number, and the places of the entries in an order."""
        return [[number, [order.index(name) for name in names]] for names, number in self.terms.items() if number]


def products(value: Products | float) -> Products:
    """A price, a number as one too."""
    return value if isinstance(value, Products) else Products.constant(value)


def symbolic_prices(register: Register) -> Prices:
    """Prices that stay what they are made of; only what the engine reads too is a number, since no page may move it."""
    base = load_appraisal_tables().price_base

    def money(name: str) -> Any:
        year = register[name].price_year
        return Products.of(name, 1.0 if year is None else rebase(1.0, year, base).value)

    def share(name: str) -> Any:
        return float(cast("float", register[name].value)) if name in ENGINE_READS_TOO else Products.of(name)

    return Prices(money=money, share=share)


@dataclass(frozen=True)
class Priced:
    """A charge, and when it counts."""

    charge: Charge  # its price and shares are :class:`Products`
    lever: str  # whose funder decides whether it counts; blank if it always does
    funder: str


def priced_charges(register: Register | None = None, terms: PolicyTerms | None = None) -> list[Priced]:
    """Every charge of the price book, those of every funder among them.

    Parameters
    ----------
    register
        Where price years are read; the shipped one if not given.
    terms
        What else a scenario says about money, such as the allowance; nothing if not given.
    """
    known = load_register() if register is None else register
    prices, plain = symbolic_prices(known), PolicyTerms() if terms is None else terms
    own = {name: "councils" if name in OF_COUNCILS else "schools" for name in funded_levers()}

    def under(**granted: str) -> dict[tuple[str, ...], Charge]:
        how: dict[str, Any] = own | granted
        return {_key(one): one for one in all_charges(prices, replace(plain, **how))}

    common = under()
    grants = {name: under(**{name: GRANT}) for name in own}
    lever_of = {key: name for name, given in grants.items() for key in common if key not in given}
    found = [Priced(one, lever_of.get(key, ""), own.get(lever_of.get(key, ""), "")) for key, one in common.items()]
    for name, given in grants.items():
        found += [Priced(one, name, GRANT) for key, one in given.items() if key not in common]
    return found


GRANT = "national_grant"
OF_COUNCILS = ("la_capacity", "specialist_places")
"""Levers that councils pay for if no grant does."""


def funded_levers() -> tuple[str, ...]:
    """Levers of which a scenario says who funds them."""
    return tuple(name for name, one in LeverTerms.__dataclass_fields__.items() if one.default in FUNDERS)


def _key(charge: Charge) -> tuple[str, ...]:
    return (charge.quantity, charge.item, charge.payer, charge.category)


def as_rows(charges: Sequence[Priced], quantities: Sequence[str], payers: Sequence[str]) -> list[dict[str, Any]]:
    """Charges as the page reads them: see :mod:`sencosim.outcomes.explorer`.

    ``quantities`` are those that are emulated, in order; a charge on teachers taken from classes has the place after
    the last. Prices are numbered as in :data:`PRICES`.
    """
    rows = []
    for one in charges:
        charge = one.charge
        place = quantities.index(charge.quantity) if charge.quantity in COLUMN else len(quantities)
        rows.append(
            {
                "q": place,
                "payer": payers.index(charge.payer),
                "category": charge.category,
                "item": charge.item,
                "side": charge.side,
                "transfer": charge.nature == "transfer",
                "budget": charge.in_budget,
                "social": charge.in_social,
                "lever": one.lever,
                "funder": one.funder,
                "price": products(charge.price_gbp).listed(PRICES),
                "labour": products(charge.labour_share).listed(PRICES),
                "cash": products(charge.cashable_share).listed(PRICES),
            }
        )
    return rows


PRICES: tuple[str, ...] = tuple(name for name in PRICE_PARAMETERS if name not in ENGINE_READS_TOO)
"""Register entries that a page may move, in order: all of the price book but what the engine reads too."""


@dataclass(frozen=True)
class Places:
    """Where each charge counts, as columns that amounts of charges are multiplied by. [shape (C,) or (C, places)]"""

    public: npt.NDArray[np.bool_]  # payers of the public purse
    of_councils: Floats  # whether the charge is on councils' high-needs blocks, of which central government pays a part
    by_line: Floats  # to each payer and category
    by_line_of_central: Floats  # the same of the part that central government pays
    by_payer: Floats
    by_payer_of_central: Floats
    policy: Floats  # resource costs of the policy itself
    consequence: Floats  # resource costs of what follows
    cashable: Floats  # public savings that may move cash
    released: Floats  # worth of released hours
