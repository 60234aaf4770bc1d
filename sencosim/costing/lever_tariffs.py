"""Tariffs of the levers other than time, seat and administrators.

Hours of supervision, training and travel are SENCO hours already paid for (trap 7); here stands what is paid beside
them. Added council staff are paid whether they find work or not: hours on cases are priced with the case, so only the
hours that stay idle are priced here. A hearing added is priced in full, because an appeal's own price does not change
with the number of appeals that can be heard. A place added is priced once, as it is built; who sits in it is in the
pupil-years. Vacant places that are funded all the same are not priced.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sencosim.costing.accounts import Charge, transfer
from sencosim.units import SCHOOL_WEEKS_PER_YEAR

if TYPE_CHECKING:
    from sencosim.costing.tariffs import PolicyTerms, Prices


def other_levers(prices: Prices, terms: PolicyTerms) -> Iterator[Charge]:
    """Charges of assistants, supervision, training, council staff, hearings and special places."""
    yield from _team(prices, terms)
    for quantity, parameter, funder in (
        ("supervision_hours", "supervision_hour_cost", terms.supervision),
        ("training_hours", "training_hour_cost", terms.training),
    ):
        fee = _charge(
            quantity,
            "hours",
            parameter.removesuffix("_hour_cost"),
            "support_of_sencos",
            prices.money(parameter),
            (parameter,),
        )
        yield fee
        yield from _granted(fee, funder == "national_grant", "schools")
    yield from _council_staff(prices, terms)
    council = prices.share("tribunal_council_share")
    yield _charge(
        "appeal_capacity_added",
        "appeals",
        "hearings_added",
        "system_capacity",
        prices.money("tribunal_cost_public") * (1.0 - council),
        ("tribunal_cost_public", "tribunal_council_share"),
        payer="moj_hmcts",
    )
    yield _charge(
        "special_places_added",
        "places",
        "special_places_built",
        "system_capacity",
        prices.money("special_place_capital_cost"),
        ("special_place_capital_cost",),
        payer="dfe" if terms.specialist_places == "national_grant" else "council_general_fund",
    )


def _team(prices: Prices, terms: PolicyTerms) -> Iterator[Charge]:
    names: tuple[str, ...] = ("assistant_hour_cost",)
    hour = prices.money("assistant_hour_cost")
    if terms.qualified_team:
        names = ("teacher_employment_cost", "full_time_hours_per_week")
        hour = prices.money(names[0]) / (prices.share(names[1]) * SCHOOL_WEEKS_PER_YEAR)
    team = replace(_charge("team_hours_added", "hours", "assistant_hours", "team", hour, names), pay_linked=True)
    yield team
    yield from _granted(team, terms.team == "national_grant", "schools")


def _council_staff(prices: Prices, terms: PolicyTerms) -> Iterator[Charge]:
    for quantity, item, parameter in (
        ("ep_idle_hours", "psychologist_hours_idle", "ep_hour_cost"),
        ("officer_idle_hours", "officer_hours_idle", "council_officer_hour_cost"),
    ):
        price = prices.money(parameter)
        idle = _charge(quantity, "hours", item, "system_capacity", price, (parameter,), payer="council_general_fund")
        idle = replace(idle, pay_linked=True)
        yield idle
        yield from _granted(idle, terms.la_capacity == "national_grant", "council_general_fund")


def _charge(
    quantity: str,
    unit: str,
    item: str,
    category: str,
    price: float,
    names: tuple[str, ...],
    *,
    payer: str = "schools",
) -> Charge:
    return Charge(quantity, unit, item, category, "policy", payer, price, names)


def _granted(charge: Charge, granted: bool, receiver: str) -> Iterator[Charge]:
    """Pay the whole cost from the department, if the scenario says so."""
    if granted:
        yield from transfer(replace(charge, item=f"{charge.item}_grant", payer="dfe"), receiver)
