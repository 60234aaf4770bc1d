"""Charges of the levers: the tariffs that each lever has in its own file, priced and split between payers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sencosim.costing.accounts import Charge, transfer
from sencosim.levers.catalogue import LEVERS
from sencosim.levers.tariff import LeverTerms, Prices, Tariff
from sencosim.vocabulary import COLUMN, Quantity

LEADERSHIP = ("slt_seat", "allowance")
"""They come first in tables; the others follow in the order of the levers."""


def senco_time(prices: Prices, terms: LeverTerms) -> Iterator[Charge]:
    """SENCO hours that policy adds, those that schools cut, and those not paid because the post is vacant."""
    return _charges_of("protected_time", prices, terms)


def other_levers(prices: Prices, terms: LeverTerms) -> Iterator[Charge]:
    """Charges of all levers other than SENCO time."""
    for name in dict.fromkeys((*LEADERSHIP, *LEVERS)):
        if name != "protected_time":
            yield from _charges_of(name, prices, terms)


def _charges_of(name: str, prices: Prices, terms: LeverTerms) -> Iterator[Charge]:
    granted = getattr(terms, name, "") == "national_grant"
    for tariff in LEVERS[name].tariffs:
        if tariff.applies is not None and not tariff.applies(terms):
            continue
        charge = _charge(tariff, prices, terms)
        if granted and tariff.grant == "pays":
            charge = replace(charge, payer="dfe")
        yield from _insured(charge, prices, tariff.insurance) if tariff.insurance else (charge,)
        if granted and tariff.grant == "pays_back":
            yield from transfer(replace(charge, item=f"{charge.item}_grant", payer="dfe"), charge.payer)


def _charge(tariff: Tariff, prices: Prices, terms: LeverTerms) -> Charge:
    price = prices.money(tariff.parameters[0]) if tariff.price is None else tariff.price(prices, terms)
    return Charge(
        tariff.quantity,
        Quantity(COLUMN[tariff.quantity]).unit,
        tariff.item,
        tariff.category,
        "policy",
        tariff.payer,
        price,
        tariff.parameters,
        pay_linked=tariff.pay_linked,
    )


def _insured(charge: Charge, prices: Prices, parameter: str) -> Iterator[Charge]:
    """Split employment cost into what is used up and the National Insurance that goes back to the Exchequer."""
    share, parameters = prices.share(parameter), (*charge.parameters, parameter)
    yield replace(charge, price_gbp=charge.price_gbp * (1.0 - share), parameters=parameters)
    item = f"{charge.item}_national_insurance"
    yield from transfer(
        replace(charge, item=item, price_gbp=charge.price_gbp * share, parameters=parameters), "exchequer"
    )
