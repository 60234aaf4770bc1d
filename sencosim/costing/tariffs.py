"""Tariffs: which ledger quantity carries which price, and who pays it.

The ledger counts; money enters here. The rules that keep money from being counted twice are built into the shape
of the tariffs, not left to the reader (numbers are the traps of the appraisal rules, section 9):

- **Places are whole.** Each pupil-year in each placement carries the price of that placement, less what the same
  pupil costs in a mainstream class without a plan. That zero point is needed because the ledger does not hold pupils
  without SEN. So a plan costs its top-up and not the first 6,000 (8); a special place costs its price less core
  funding and the first 6,000, and the top-up goes when the pupil-year moves (9); nothing is attached to the pupil who
  stayed (10, 15). Place funding of state special schools follows places, so it is never cash.
- **SENCO hours are paid once**, as hours added, removed or vacant. Hours of casework are capacity, not cash (7).
  What schools gain by hours released to other work is a benefit of its own, in the social view only and never cash.
- **Appeals carry process cost only**, and none of it is in the officer hours that the engine counts (4, 5).
- **One life-course price**, the causal part of an exclusion without its education, in the social view only (1, 2, 3).
- **Flows inside government** (employer National Insurance, grants, payments to the tribunal) are transfers (6, 14).

Costs and savings after the horizon for pupils already affected are not here: the ledger ends with the horizon.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sencosim.costing import payer_switch
from sencosim.costing.accounts import Charge, transfer
from sencosim.costing.class_tariffs import extra_teachers, released_hours
from sencosim.costing.lever_tariffs import other_levers, senco_time
from sencosim.levers.tariff import LeverTerms, Prices
from sencosim.scenario.schema import Scenario
from sencosim.units import WEEKS_PER_YEAR
from sencosim.vocabulary import COLUMN, PressureFunder, Quantity

APPEALS = ("refusal_to_assess", "refusal_to_issue", "contents", "exogenous")
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


@dataclass(frozen=True)
class PolicyTerms(LeverTerms):
    """What a scenario says about money: its levers, and high needs.

    Attributes
    ----------
    high_needs_pressure_funded_by, high_needs_pressure_from
        Who pays high-needs charges, and from which month (``2028-04``).
    """

    high_needs_pressure_funded_by: PressureFunder = "councils_then_central"
    high_needs_pressure_from: str = payer_switch.SWITCH


def terms_of(scenario: Scenario) -> PolicyTerms:
    """What a scenario says about money, for the price book."""
    said: dict[str, Any] = {}
    for name, lever in scenario.policies():
        if name in LeverTerms.__dataclass_fields__:
            said[name] = lever.funded_by
        said |= lever.money()
    return PolicyTerms(
        **said,
        high_needs_pressure_funded_by=scenario.high_needs_pressure_funded_by,
        high_needs_pressure_from=scenario.high_needs_pressure_from,
    )


def all_charges(prices: Prices, terms: PolicyTerms) -> tuple[Charge, ...]:
    """Every charge of a price book."""
    return (
        *senco_time(prices, terms),
        *released_hours(prices),
        *extra_teachers(prices),
        *other_levers(prices, terms),
        *recruitment(prices),
        *assessment(prices),
        *disputes(prices),
        *places(prices),
        *transport(prices),
        *exclusion(prices),
        *families(prices),
    )


def _charge(quantity: str, item: str, category: str, payer: str, price: float, *parameters: str, **how: Any) -> Charge:
    """A consequence of the policy unless told otherwise, in the unit in which the quantity is counted."""
    return Charge(
        quantity,
        Quantity(COLUMN[quantity]).unit,
        item,
        category,
        **{"side": "consequence"} | how,
        payer=payer,
        price_gbp=price,
        parameters=parameters,
    )


def recruitment(prices: Prices) -> Iterator[Charge]:
    """Find and qualify a new SENCO: booked once, when a SENCO takes up a post (trap 16)."""
    for item, payer, name in (("senco_recruitment", "schools", "senco_recruitment_cost"), ("npq", "dfe", "npq_fee")):
        yield _charge("senco_starters", item, "recruitment", payer, prices.money(name), name)


def assessment(prices: Prices) -> Iterator[Charge]:
    """Council hours on decisions, assessments, plans and reviews, and health and social care advice.

    Surge hours are part of psychologist and officer hours, so they carry only what agency staff cost more. The
    officer's part of a review is outside the engine's officer hours.
    """
    partly, officer = prices.share("cashable_partly_share"), "council_officer_hour_cost"
    review = prices.money(officer) * prices.share("review_officer_hours")
    for quantity, item, price, names, cash in (
        ("ep_hours", "psychologist_hours", prices.money("ep_hour_cost"), ("ep_hour_cost",), partly),
        ("officer_hours", "officer_hours", prices.money(officer), (officer,), partly),
        ("surge_hours", "agency_premium", prices.money("agency_hour_premium"), ("agency_hour_premium",), 1.0),
        ("done.annual_review", "review_officer_time", review, (officer, "review_officer_hours"), partly),
    ):
        payer = "council_general_fund"
        yield _charge(quantity, item, "assessment", payer, price, *names, cashable_share=cash, pay_linked=True)
    advice = "nhs_advice_cost"
    how: dict[str, Any] = {"cashable_share": 0.0, "pay_linked": True}
    yield _charge("assessments", "health_advice", "assessment", "nhs", prices.money(advice), advice, **how)


def disputes(prices: Prices) -> Iterator[Charge]:
    """Mediation fees; process cost of appeals to council and tribunal; families' legal cost.

    School time on appeals is SENCO time (trap 7). What an appeal changes about a placement is in the pupil-years
    (trap 4). The department's payment to the tribunal is the tribunal's own cost paid by another (trap 6).
    """
    council_fund, fee = "council_general_fund", "mediation_fee"
    yield _charge("mediations", "mediation", "disputes", council_fund, prices.money(fee), fee)
    total, council = prices.money("tribunal_cost_public"), prices.share("tribunal_council_share")
    names, paid = ("tribunal_cost_public", "tribunal_council_share"), "dfe_hmcts_payment"
    legal = prices.money("family_legal_cost") * prices.share("family_legal_share")
    cash = prices.share("tribunal_cashable_share")
    for ground in APPEALS:
        base = _charge(
            f"appeals.{ground}",
            "appeal_council",
            "disputes",
            council_fund,
            total * council,
            *names,
            cashable_share=cash,
        )
        yield base
        yield replace(base, item="appeal_tribunal", payer="moj_hmcts", price_gbp=total * (1.0 - council))
        payment = replace(base, item="appeal_payment_to_tribunal", payer="dfe", price_gbp=prices.money(paid))
        yield from transfer(replace(payment, parameters=(paid,), cashable_share=1.0), "moj_hmcts")
        family = replace(base, item="appeal_family", payer="families", price_gbp=legal, cashable_share=0.0)
        yield replace(family, parameters=("family_legal_cost", "family_legal_share"), in_budget=False)


def places(prices: Prices) -> Iterator[Charge]:
    """Pupil-years by placement at whole prices, measured from a mainstream class without a plan.

    Core funding follows the pupil, so it is the department's. The first 6,000 is the school's, with or without a
    plan, until the pupil leaves mainstream. Elective home education moves the core cost to the family.
    """
    partly, money = prices.share("cashable_partly_share"), prices.money
    council, special = "council_high_needs", ("state_special", "over_capacity")

    def place(placement: str, item: str, payer: str, price: float, *names: str, cash: float = partly) -> Charge:
        return _charge(f"pupil_years.{placement}", item, "placements", payer, price, *names, cashable_share=cash)

    def priced(placement: str, item: str, name: str, cash: float = partly) -> Charge:
        return place(placement, item, council, money(name), name, cash=cash)

    yield priced("ehc_plan", "topup", "mainstream_topup")
    yield priced("waiting_special", "interim_package", "interim_package_cost")
    yield priced("resourced", "topup", "mainstream_topup")
    yield priced("resourced", "resourced_place", "resourced_place_element")
    for placement in special:
        whole, element = "state_special_place", "special_place_element"
        yield place(placement, "special_topup", council, money(whole) - money(element), whole, element)
        yield priced(placement, "special_place", element, 0.0 if placement == "state_special" else partly)
    yield priced("independent_special", "independent_fee", "independent_special_place", 1.0)
    for placement in ("resourced", *special, "independent_special"):
        yield place(placement, "first_6000_spared", "schools", -money("school_first_6000"), "school_first_6000")
    for placement in (*special, "independent_special"):
        yield place(placement, "core_spared", "dfe", -money("mainstream_core"), "mainstream_core", cash=1.0)
    yield priced("ap", "alternative_provision", "ap_net_cost")
    yield priced("post16_plan", "post16_support", "post16_plan_cost")
    core = place("home_education", "core_moved", "families", money("mainstream_core"), "mainstream_core", cash=1.0)
    yield from transfer(core, "dfe")


def transport(prices: Prices) -> Iterator[Charge]:
    """Council transport by placement. Prices of places hold none, so it is booked here and only here (trap 11)."""
    cost, cash = "transport_cost", prices.share("cashable_partly_share")
    for placement, group in TRANSPORT.items():
        quantity, share = f"pupil_years.{placement}", f"transport_share_{group}"
        price = prices.money(cost) * prices.share(share)
        payer = "council_general_fund"
        yield _charge(quantity, "transport", "transport", payer, price, cost, share, cashable_share=cash)


def exclusion(prices: Prices) -> Iterator[Charge]:
    """Staff time on suspensions, and the causal lifetime cost of permanent exclusion, both in the social view only.

    The lifetime cost is without education, since alternative provision is booked by pupil-year (trap 1), and is a
    present value at the year of the exclusion. It is booked once a pupil, at the first exclusion (trap 2).
    """
    social: dict[str, Any] = {"cashable_share": 0.0, "in_budget": False}
    staff = "suspension_other_staff_cost"
    for stage in ("noticed", "sen_support", "ehc_plan"):
        quantity, item = f"suspensions.{stage}", "suspension_staff"
        yield _charge(quantity, item, "exclusion", "schools", prices.money(staff), staff, pay_linked=True, **social)
    names = tuple(f"exclusion_lifetime_{one}" for one in ("causal", "education_share", "present_value_share"))
    causal, education, present = names
    lifetime = prices.money(causal) * (1.0 - prices.share(education)) * prices.share(present)
    quantity, item = "pupils_first_excluded", "exclusion_lifetime"
    yield _charge(quantity, item, "exclusion", "exchequer", lifetime, *names, life_course=True, **social)


def families(prices: Prices) -> Iterator[Charge]:
    """Parents' work lost while need is unmet or in dispute; tax and benefits are the Exchequer's part (trap 13).

    A pupil-year noticed and waiting for the SENCO, or in appeal, carries the chance that met need would have kept
    a parent in work (``effect_parent_job_kept``). Time from request to plan is left out: such a pupil has SEN Support.
    """
    names = ("effect_parent_job_kept", "parent_income_loss", "parent_income_exchequer_share")
    loss, exchequer = prices.share(names[0]) * prices.money(names[1]), prices.share(names[2])
    how: dict[str, Any] = {"cashable_share": 0.0, "in_budget": False}
    for quantity, per in (("pupil_years.identification_wait", 1.0), ("appeal_weeks", float(WEEKS_PER_YEAR))):
        price = loss * (1.0 - exchequer) / per
        own = _charge(quantity, "parent_work", "families", "families", price, *names, **how)
        yield own
        yield replace(own, payer="exchequer", price_gbp=loss * exchequer / per, in_budget=True)
