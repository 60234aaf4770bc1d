"""Who pays for a lever, by who funds it: one table, written down. The other prices that mutants of the code changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields

import pytest

from sencosim.costing.accounts import Charge
from sencosim.costing.prices import PriceBook
from sencosim.costing.tariffs import of_lever
from sencosim.levers.catalogue import LEVERS
from sencosim.levers.tariff import LeverTerms, Prices

pytestmark = pytest.mark.unit

FUNDED = [field.name for field in fields(LeverTerms) if field.name in LEVERS]
BY_SCHOOLS = ("protected_time", "slt_seat", "admin_support", "team", "supervision", "training", "allowance")
WHO_PAYS = {
    **{(name, "schools"): "schools" for name in BY_SCHOOLS},
    **{(name, "national_grant"): "dfe" for name in BY_SCHOOLS},
    ("la_capacity", "councils"): "council_general_fund",
    ("la_capacity", "national_grant"): "dfe",
}
"""Lever and funding source: whose budget carries the whole of it, when all payments between payers are counted."""


def prices(values: dict[str, object]) -> Prices:
    return Prices(money=lambda name: float(values[name]), share=lambda name: float(values[name]))  # type: ignore[arg-type]


def net_by_payer(charges: list[Charge]) -> dict[str, float]:
    """What each budget pays for a unit of each quantity, payments between budgets netted. [GBP]"""
    found: dict[str, float] = defaultdict(float)
    for charge in charges:
        if charge.in_budget:
            found[charge.payer] += charge.price_gbp
    return {payer: amount for payer, amount in found.items() if abs(amount) > 1e-9}


def test_the_table_names_every_lever_that_can_be_funded() -> None:
    assert {name for name, _ in WHO_PAYS} | {"specialist_places"} == set(FUNDED)


@pytest.mark.parametrize(("name", "funder"), WHO_PAYS)
def test_whoever_funds_a_lever_pays_for_it(name: str, funder: str, values: dict[str, object]) -> None:
    terms = LeverTerms(**{name: funder, "allowance_gbp": 2_000.0})
    charges = [one for one in of_lever(name, prices(values), terms) if one.side == "policy"]
    granted = {tariff.item for tariff in LEVERS[name].tariffs if tariff.grant != "none"}
    own = [one for one in charges if any(one.item.startswith(item) for item in granted)]
    assert own
    net = net_by_payer(own)
    assert set(net) == {WHO_PAYS[name, funder]}
    total = sum(one.price_gbp for one in own if one.nature == "resource" and one.in_budget)
    assert net[WHO_PAYS[name, funder]] >= total > 0.0


@pytest.mark.parametrize("name", BY_SCHOOLS)
def test_a_grant_moves_the_bill_and_not_its_size(name: str, values: dict[str, object]) -> None:
    bills = {
        funder: sum(net_by_payer(list(of_lever(name, prices(values), LeverTerms(**{name: funder})))).values())
        for funder in ("schools", "national_grant")
    }
    assert bills["schools"] == pytest.approx(bills["national_grant"], rel=1e-12, abs=1e-12)


def test_an_exclusion_costs_its_causal_price_without_education_in_present_value(values: dict[str, object]) -> None:
    (charge,) = (one for one in PriceBook.for_view("central").charges if one.item == "exclusion_lifetime")
    stated, education, present = (
        float(values[f"exclusion_lifetime_{name}"])  # type: ignore[arg-type]
        for name in ("causal", "education_share", "present_value_share")
    )
    expected = stated * (1.0 - education) * present
    assert expected < 0.9 * stated
    assert expected <= charge.price_gbp <= 1.5 * expected  # at the prices of a later year
