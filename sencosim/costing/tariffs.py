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

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sencosim.costing import payer_switch
from sencosim.costing.accounts import Charge, transfer
from sencosim.costing.class_tariffs import extra_teachers, released_hours
from sencosim.costing.lever_tariffs import other_levers
from sencosim.units import SCHOOL_WEEKS_PER_YEAR, WEEKS_PER_YEAR
from sencosim.vocabulary import CouncilFunder, Funder, PressureFunder

Money = Callable[[str], float]

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
class PolicyTerms:
    """What a scenario says about money.

    Attributes
    ----------
    protected_time, slt_seat, admin_support, team, supervision, training, allowance
        Who funds each lever. ``national_grant`` adds a payment from the department to schools, which nets to zero.
        ``protected_time`` also says who funds hours added by sharing.
    la_capacity
        Who funds added council staff: ``national_grant`` adds a payment from the department to councils.
    specialist_places
        Who pays for building special places.
    slt_pay_uplift, qualified_team
        Whether a seat on the leadership team comes with a pay uplift, and assistant SENCOs are teachers and so paid.
    allowance_gbp
        What SENCOs are paid more by policy, before on-costs. [GBP a year]
    high_needs_pressure_funded_by, high_needs_pressure_from
        Who pays high-needs charges, and from which month (``2028-04``).
    """

    protected_time: Funder = "schools"
    slt_seat: Funder = "schools"
    admin_support: Funder = "schools"
    slt_pay_uplift: bool = True
    team: Funder = "schools"
    supervision: Funder = "schools"
    training: Funder = "schools"
    allowance: Funder = "schools"
    la_capacity: CouncilFunder = "councils"
    specialist_places: CouncilFunder = "national_grant"
    qualified_team: bool = False
    allowance_gbp: float = 0.0
    high_needs_pressure_funded_by: PressureFunder = "councils_then_central"
    high_needs_pressure_from: str = payer_switch.SWITCH


@dataclass(frozen=True)
class Prices:
    """Real prices by register name (money, in the base's prices), and any parameter that is not money (share)."""

    money: Money
    share: Money


def all_charges(prices: Prices, terms: PolicyTerms) -> tuple[Charge, ...]:
    """Every charge of a price book."""
    return (
        *senco_time(prices, terms),
        *released_hours(prices),
        *extra_teachers(prices),
        *leadership_and_administrators(prices, terms),
        *other_levers(prices, terms),
        *recruitment(prices),
        *assessment(prices),
        *disputes(prices),
        *places(prices),
        *transport(prices),
        *exclusion(prices),
        *families(prices),
    )


def _pay(charge: Charge, ni_share: float, ni_parameter: str) -> Iterator[Charge]:
    """Split employment cost into what is used up and the National Insurance that goes back to the Exchequer."""
    yield replace(charge, price_gbp=charge.price_gbp * (1.0 - ni_share), parameters=(*charge.parameters, ni_parameter))
    contribution = replace(
        charge,
        item=f"{charge.item}_national_insurance",
        price_gbp=charge.price_gbp * ni_share,
        parameters=(*charge.parameters, ni_parameter),
    )
    yield from transfer(contribution, "exchequer")


def _grant(charge: Charge, funded_by: Funder) -> Iterator[Charge]:
    """Pay the whole of a school's cost from the department, if the scenario says so."""
    if funded_by == "national_grant":
        yield from transfer(replace(charge, item=f"{charge.item}_grant", payer="dfe"), "schools")


def senco_time(prices: Prices, terms: PolicyTerms) -> Iterator[Charge]:
    """SENCO hours that policy adds, those that schools cut, and those not paid because the post is vacant.

    Added hours are paid whether they are used or leak to other duties. ``removed_hours`` is a saving of schools
    that came down to the floor. ``vacant_hours`` are allocated hours for which nobody was paid.
    """
    hours_a_year = prices.share("full_time_hours_per_week") * SCHOOL_WEEKS_PER_YEAR
    hour = prices.money("teacher_employment_cost") / hours_a_year
    sources = ("teacher_employment_cost", "full_time_hours_per_week")
    for quantity, item, price in (
        ("added_hours", "senco_hours_added", hour),
        ("removed_hours", "senco_hours_removed", -hour),
        ("vacant_hours", "senco_hours_vacant", -hour),
    ):
        charge = Charge(quantity, "hours", item, "senco_time", "policy", "schools", price, sources, pay_linked=True)
        yield from _pay(charge, prices.share("employer_ni_share_of_teacher_cost"), "employer_ni_share_of_teacher_cost")
        if quantity == "added_hours":
            yield from _grant(charge, terms.protected_time)


def leadership_and_administrators(prices: Prices, terms: PolicyTerms) -> Iterator[Charge]:
    """Pay uplift of seats, allowances and administrator hours that policy adds."""
    uplift = prices.money("slt_pay_uplift") if terms.slt_pay_uplift else 0.0
    seat = Charge(
        "slt_seats_added",
        "post-years",
        "leadership_seat",
        "leadership_seat",
        "policy",
        "schools",
        uplift,
        ("slt_pay_uplift",),
        pay_linked=True,
    )
    yield from _pay(seat, prices.share("employer_ni_share_of_uplift"), "employer_ni_share_of_uplift")
    yield from _grant(seat, terms.slt_seat)
    allowance = Charge(
        "posts_with_allowance",
        "post-years",
        "allowance",
        "support_of_sencos",
        "policy",
        "schools",
        terms.allowance_gbp * prices.share("pay_on_cost_ratio"),
        ("pay_on_cost_ratio",),
        pay_linked=True,
    )
    yield from _pay(allowance, prices.share("employer_ni_share_of_uplift"), "employer_ni_share_of_uplift")
    yield from _grant(allowance, terms.allowance)
    hour = Charge(
        "admin_hours",
        "hours",
        "administrator_hours",
        "administrators",
        "policy",
        "schools",
        prices.money("admin_hour_cost"),
        ("admin_hour_cost",),
        pay_linked=True,
    )
    yield hour
    yield from _grant(hour, terms.admin_support)


def recruitment(prices: Prices) -> Iterator[Charge]:
    """Find and qualify a new SENCO: booked once, when a SENCO takes up a post (trap 16)."""
    found = Charge(
        "senco_starters",
        "persons",
        "senco_recruitment",
        "recruitment",
        "consequence",
        "schools",
        prices.money("senco_recruitment_cost"),
        ("senco_recruitment_cost",),
    )
    yield found
    yield replace(found, item="npq", payer="dfe", price_gbp=prices.money("npq_fee"), parameters=("npq_fee",))


def assessment(prices: Prices) -> Iterator[Charge]:
    """Council hours on decisions, assessments, plans and reviews, and health and social care advice.

    Surge hours are part of psychologist and officer hours, so they carry only what agency staff cost more. The
    officer's part of a review is outside the engine's officer hours.
    """
    partly = prices.share("cashable_partly_share")
    officer = prices.money("council_officer_hour_cost")

    def council(quantity: str, unit: str, item: str, price: float, names: tuple[str, ...], cash: float) -> Charge:
        return Charge(
            quantity,
            unit,
            item,
            "assessment",
            "consequence",
            "council_general_fund",
            price,
            names,
            cashable_share=cash,
            pay_linked=True,
        )

    yield council("ep_hours", "hours", "psychologist_hours", prices.money("ep_hour_cost"), ("ep_hour_cost",), partly)
    yield council("officer_hours", "hours", "officer_hours", officer, ("council_officer_hour_cost",), partly)
    premium = prices.money("agency_hour_premium")
    yield council("surge_hours", "hours", "agency_premium", premium, ("agency_hour_premium",), 1.0)
    review = officer * prices.share("review_officer_hours")
    names = ("council_officer_hour_cost", "review_officer_hours")
    yield council("done.annual_review", "cases", "review_officer_time", review, names, partly)
    advice = prices.money("nhs_advice_cost")
    yield Charge(
        "assessments",
        "assessments",
        "health_advice",
        "assessment",
        "consequence",
        "nhs",
        advice,
        ("nhs_advice_cost",),
        cashable_share=0.0,
        pay_linked=True,
    )


def disputes(prices: Prices) -> Iterator[Charge]:
    """Mediation fees; process cost of appeals to council and tribunal; families' legal cost.

    School time on appeals is SENCO time (trap 7). What an appeal changes about a placement is in the pupil-years
    (trap 4). The department's payment to the tribunal is the tribunal's own cost paid by another (trap 6).
    """
    fee = prices.money("mediation_fee")
    yield Charge(
        "mediations",
        "cases",
        "mediation",
        "disputes",
        "consequence",
        "council_general_fund",
        fee,
        ("mediation_fee",),
    )
    total, council = prices.money("tribunal_cost_public"), prices.share("tribunal_council_share")
    cash = prices.share("tribunal_cashable_share")
    names = ("tribunal_cost_public", "tribunal_council_share")
    legal = prices.money("family_legal_cost") * prices.share("family_legal_share")
    for ground in APPEALS:
        base = Charge(
            f"appeals.{ground}",
            "appeals",
            "appeal_council",
            "disputes",
            "consequence",
            "council_general_fund",
            total * council,
            names,
            cashable_share=cash,
        )
        yield base
        yield replace(base, item="appeal_tribunal", payer="moj_hmcts", price_gbp=total * (1.0 - council))
        payment = replace(
            base,
            item="appeal_payment_to_tribunal",
            payer="dfe",
            price_gbp=prices.money("dfe_hmcts_payment"),
            parameters=("dfe_hmcts_payment",),
            cashable_share=1.0,
        )
        yield from transfer(payment, "moj_hmcts")
        yield replace(
            base,
            item="appeal_family",
            payer="families",
            price_gbp=legal,
            parameters=("family_legal_cost", "family_legal_share"),
            cashable_share=0.0,
            in_budget=False,
        )


def places(prices: Prices) -> Iterator[Charge]:
    """Pupil-years by placement at whole prices, measured from a mainstream class without a plan.

    Core funding follows the pupil, so it is the department's. The first 6,000 is the school's, with or without a
    plan, until the pupil leaves mainstream. Elective home education moves the core cost to the family.
    """
    partly = prices.share("cashable_partly_share")
    money = prices.money

    def place(placement: str, item: str, payer: str, price: float, names: tuple[str, ...], cash: float) -> Charge:
        quantity = f"pupil_years.{placement}"
        return Charge(
            quantity,
            "pupil-years",
            item,
            "placements",
            "consequence",
            payer,
            price,
            names,
            cashable_share=cash,
        )

    topup = ("mainstream_topup",)
    yield place("ehc_plan", "topup", "council_high_needs", money("mainstream_topup"), topup, partly)
    interim = money("interim_package_cost")
    yield place("waiting_special", "interim_package", "council_high_needs", interim, ("interim_package_cost",), partly)
    yield place("resourced", "topup", "council_high_needs", money("mainstream_topup"), topup, partly)
    unit = money("resourced_place_element")
    yield place("resourced", "resourced_place", "council_high_needs", unit, ("resourced_place_element",), partly)
    element, whole = money("special_place_element"), money("state_special_place")
    for placement in ("state_special", "over_capacity"):
        names: tuple[str, ...] = ("state_special_place", "special_place_element")
        yield place(placement, "special_topup", "council_high_needs", whole - element, names, partly)
        cash = 0.0 if placement == "state_special" else partly
        yield place(placement, "special_place", "council_high_needs", element, ("special_place_element",), cash)
    fee = money("independent_special_place")
    independent = ("independent_special_place",)
    yield place("independent_special", "independent_fee", "council_high_needs", fee, independent, 1.0)
    for placement in ("resourced", "state_special", "over_capacity", "independent_special"):
        first = -money("school_first_6000")
        yield place(placement, "first_6000_spared", "schools", first, ("school_first_6000",), partly)
    for placement in ("state_special", "over_capacity", "independent_special"):
        yield place(placement, "core_spared", "dfe", -money("mainstream_core"), ("mainstream_core",), 1.0)
    yield place("ap", "alternative_provision", "council_high_needs", money("ap_net_cost"), ("ap_net_cost",), partly)
    post16 = money("post16_plan_cost")
    yield place("post16_plan", "post16_support", "council_high_needs", post16, ("post16_plan_cost",), partly)
    core = place("home_education", "core_moved", "families", money("mainstream_core"), ("mainstream_core",), 1.0)
    yield from transfer(core, "dfe")


def transport(prices: Prices) -> Iterator[Charge]:
    """Council transport by placement. Prices of places hold none, so it is booked here and only here (trap 11)."""
    for placement, group in TRANSPORT.items():
        parameter = f"transport_share_{group}"
        yield Charge(
            f"pupil_years.{placement}",
            "pupil-years",
            "transport",
            "transport",
            "consequence",
            "council_general_fund",
            prices.money("transport_cost") * prices.share(parameter),
            ("transport_cost", parameter),
            cashable_share=prices.share("cashable_partly_share"),
        )


def exclusion(prices: Prices) -> Iterator[Charge]:
    """Staff time on suspensions, and the causal lifetime cost of permanent exclusion, both in the social view only.

    The lifetime cost is without education, since alternative provision is booked by pupil-year (trap 1), and is a
    present value at the year of the exclusion. It is booked once a pupil, at the first exclusion (trap 2).
    """
    staff = prices.money("suspension_other_staff_cost")
    lifetime = (
        prices.money("exclusion_lifetime_causal")
        * (1.0 - prices.share("exclusion_lifetime_education_share"))
        * prices.share("exclusion_lifetime_present_value_share")
    )
    for stage in ("noticed", "sen_support", "ehc_plan"):
        yield Charge(
            f"suspensions.{stage}",
            "suspensions",
            "suspension_staff",
            "exclusion",
            "consequence",
            "schools",
            staff,
            ("suspension_other_staff_cost",),
            cashable_share=0.0,
            pay_linked=True,
            in_budget=False,
        )
    yield Charge(
        "pupils_first_excluded",
        "pupils",
        "exclusion_lifetime",
        "exclusion",
        "consequence",
        "exchequer",
        lifetime,
        (
            "exclusion_lifetime_causal",
            "exclusion_lifetime_education_share",
            "exclusion_lifetime_present_value_share",
        ),
        cashable_share=0.0,
        in_budget=False,
        life_course=True,
    )


def families(prices: Prices) -> Iterator[Charge]:
    """Parents' work lost while need is unmet or in dispute; tax and benefits are the Exchequer's part (trap 13).

    A pupil-year noticed and waiting for the SENCO, or in appeal, carries the chance that met need would have kept
    a parent in work (``effect_parent_job_kept``). Time from request to plan is left out: such a pupil has SEN Support.
    """
    loss = prices.share("effect_parent_job_kept") * prices.money("parent_income_loss")
    exchequer = prices.share("parent_income_exchequer_share")
    names = ("effect_parent_job_kept", "parent_income_loss", "parent_income_exchequer_share")
    for quantity, unit, per in (
        ("pupil_years.identification_wait", "pupil-years", 1.0),
        ("appeal_weeks", "weeks", float(WEEKS_PER_YEAR)),
    ):
        own = Charge(
            quantity,
            unit,
            "parent_work",
            "families",
            "consequence",
            "families",
            loss * (1.0 - exchequer) / per,
            names,
            cashable_share=0.0,
            in_budget=False,
        )
        yield own
        yield replace(own, payer="exchequer", price_gbp=loss * exchequer / per, in_budget=True)
