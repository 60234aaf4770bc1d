"""Tariffs of provision: a school's own, places, transport and waiting, and what provision is worth to pupils.

**Places are whole** and measured from a mainstream class without a plan; **a pound of provision has a worth** (kappa),
the same for all of it, so that at 1 it cancels its cost. What may not be counted twice is said in
:mod:`sencosim.costing.tariffs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from sencosim.costing.accounts import Charge, transfer
from sencosim.costing.extra_teachers import EXTRA_TEACHERS
from sencosim.levers.tariff import Prices
from sencosim.vocabulary import COLUMN, Quantity

TRANSPORT = {
    "ehc_plan": "mainstream_plan",
    "waiting_special": "mainstream_plan",
    "resourced": "resourced",
    "state_special": "state_special",
    "over_capacity": "state_special",
    "independent_special": "independent_special",
    "ap": "ap",
    "post16_plan": "post16",
}
"""Placement of the ledger, and whose share of transport users it has."""
WITH_NEED = (
    *("identification_wait", "sen_support", "ehc_plan", "waiting_special", "resourced", "state_special"),
    *("over_capacity", "independent_special", "ap"),
)
"""Pupil-years of noticed or recognised need, home education and life after Year 11 left out."""
OF_TIME: dict[str, Any] = {"cashable_share": 0.0, "labour_share": 1.0, "in_budget": False}
"""How a charge stands that prices somebody's time or wellbeing: in the social view only, and growing with pay."""


def charge_of(
    quantity: str, item: str, category: str, payer: str, price: float, *parameters: str, **how: Any
) -> Charge:
    """A consequence of the policy unless told otherwise, in the unit in which the quantity is counted."""
    unit = "FTE" if quantity == EXTRA_TEACHERS else Quantity(COLUMN[quantity]).unit
    how = {"side": "consequence"} | how
    return Charge(quantity, unit, item, category, payer=payer, price_gbp=price, parameters=parameters, **how)


def school_provision(prices: Prices) -> Iterator[Charge]:
    """What a school provides itself for a pupil with need, notional, in the social view only.

    It is the same for need that is noticed, supported or in a plan, wherever the pupil is, so a label alone costs
    nothing and neither does a plan: who gets one has already cost the first 6,000 (trap 8). What a school spends less
    when a pupil leaves for a special place is booked there. Home education alone ends it.
    """
    name, pay = "notional_sen_provision", prices.share("labour_share_schools")
    how = OF_TIME | {"labour_share": pay}
    for placement in WITH_NEED:
        item, payer = "school_provision", "schools"
        yield charge_of(f"pupil_years.{placement}", item, item, payer, prices.money(name), name, **how)


def places(prices: Prices) -> Iterator[Charge]:
    """Pupil-years by placement at whole prices, measured from a mainstream class without a plan.

    Core funding follows the pupil, so it is the department's. The first 6,000 is the school's, with or without a
    plan, until the pupil leaves mainstream. Elective home education moves the core cost to the family.
    """
    partly, money = prices.share("cashable_partly_share"), prices.money
    council, special = "council_high_needs", ("state_special", "over_capacity")
    schools, topup, fee = (prices.share(f"labour_share_{name}") for name in ("schools", "topup", "independent"))

    def place(placement: str, item: str, payer: str, price: float, *names: str, **how: Any) -> Charge:
        how = {"cashable_share": partly, "labour_share": schools} | how
        return charge_of(f"pupil_years.{placement}", item, "placements", payer, price, *names, **how)

    def priced(placement: str, item: str, name: str, **how: Any) -> Charge:
        return place(placement, item, council, money(name), name, **how)

    def follows(placement: str, item: str, payer: str, name: str, **how: Any) -> Charge:
        return replace(place(placement, item, payer, -money(name), name, **how), category="leaving_mainstream")

    yield priced("ehc_plan", "topup", "mainstream_topup", labour_share=topup)
    yield priced("waiting_special", "interim_package", "interim_package_cost", labour_share=topup)
    yield priced("resourced", "topup", "mainstream_topup", labour_share=topup)
    yield priced("resourced", "resourced_place", "resourced_place_element")
    for placement in special:
        whole, element = "state_special_place", "special_place_element"
        yield place(placement, "special_topup", council, money(whole) - money(element), whole, element)
        cash = 0.0 if placement == "state_special" else partly
        yield priced(placement, "special_place", element, cashable_share=cash)
    name = "independent_special_place"
    yield priced("independent_special", "independent_fee", name, cashable_share=1.0, labour_share=fee)
    for placement in ("resourced", *special, "independent_special"):
        yield follows(placement, "first_6000_spared", "schools", "school_first_6000")
    for placement in (*special, "independent_special"):
        yield follows(placement, "core_spared", "dfe", "mainstream_core", cashable_share=1.0)
    yield priced("ap", "alternative_provision", "ap_net_cost")
    yield priced("post16_plan", "post16_support", "post16_plan_cost", labour_share=topup)
    core = place("home_education", "core_moved", "families", money("mainstream_core"), "mainstream_core")
    yield from transfer(replace(core, category="leaving_mainstream", cashable_share=1.0), "dfe")


def transport(prices: Prices) -> Iterator[Charge]:
    """Council transport by placement. Prices of places hold none, so it is booked here and only here (trap 11)."""
    cost, payer = "transport_cost", "council_general_fund"
    how: dict[str, Any] = {
        "cashable_share": prices.share("cashable_partly_share"),
        "labour_share": prices.share("labour_share_transport"),
    }
    for placement, group in TRANSPORT.items():
        quantity, share = f"pupil_years.{placement}", f"transport_share_{group}"
        price = prices.money(cost) * prices.share(share)
        yield charge_of(quantity, "transport", "transport", payer, price, cost, share, **how)


def with_worth(prices: Prices, charges: Iterable[Charge]) -> Iterator[Charge]:
    """Charges of provision, and what it is worth to pupils: a pound of it so many times its cost (kappa).

    What takes the place of a school after an exclusion makes a loss good and has no worth of its own here.
    """
    for charge in charges:
        yield charge
        makes_good = charge.quantity == "pupil_years.ap" and charge.category != "school_provision"
        if charge.nature == "resource" and not makes_good:
            yield worth_of(charge, prices, "pupils")


def worth_of(charge: Charge, prices: Prices, payer: str) -> Charge:
    """What a pound of a charge is worth to whoever gets what it pays for: never cash, never in a budget."""
    name, item = "provision_worth", f"{charge.item}_worth"
    price, parameters = -prices.share(name) * charge.price_gbp, (*charge.parameters, name)
    told = replace(charge, item=item, category=name, payer=payer, price_gbp=price, parameters=parameters)
    return replace(told, cashable_share=0.0, in_budget=False)


def waiting(prices: Prices) -> Iterator[Charge]:
    """Wellbeing that a pupil loses while noticed and waiting for the SENCO, by the year of the wait."""
    names = ("waiting_wellbeing_loss", "wellby_value")
    price = prices.share(names[0]) * prices.money(names[1])
    quantity, item = "pupil_years.identification_wait", "waiting"
    yield charge_of(quantity, item, item, "pupils", price, *names, **OF_TIME | {"labour_share": 0.0})
