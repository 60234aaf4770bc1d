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
- **Provision has a worth** (kappa), the same for a school's own, plans, places and transport; at 1 it cancels its
  cost.
- **Flows inside government** (employer National Insurance, grants, payments to the tribunal) are transfers (6, 14).
  What flows back to the Exchequer is counted all or not at all, by a setting, and apart from everything here.

Costs and savings after the horizon for pupils already affected are not here: the ledger ends with the horizon.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from sencosim.costing.accounts import TAXES, Charge, transfer
from sencosim.costing.extra_teachers import EXTRA_TEACHERS, RELEASED
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.levers.catalogue import LEVERS
from sencosim.levers.tariff import HOUR_OF_A_TEACHER, LeverTerms, Prices, Tariff, hour_of_a_teacher
from sencosim.scenario.schema import Scenario
from sencosim.units import SCHOOL_WEEKS_PER_YEAR, WEEKS_PER_YEAR
from sencosim.vocabulary import COLUMN, FlowBacks, Payer, PressureFunder, Quantity

COUNCILS = Payer.COUNCIL_HIGH_NEEDS.key
CENTRAL = Payer.CENTRAL_HIGH_NEEDS.key
SWITCH = load_appraisal_tables().high_needs_switch.month
"""Month from which central government pays, unless a scenario says another."""
INSURANCE = "_national_insurance"
"""End of the name of the part of a price that is National Insurance of employers."""
FIRST_MONTH = 9
"""An academic year is taken as September to August; what is counted in it, as spread evenly over its months."""
PART_AFTER: dict[PressureFunder, float] = {"councils_then_central": 1.0, "councils": 0.0, "shared": 0.5}
"""Part of the charges after the switch that central government pays. [share]"""
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
WITH_NEED = (
    *("identification_wait", "sen_support", "ehc_plan", "waiting_special", "resourced", "state_special"),
    *("over_capacity", "independent_special", "ap"),
)
"""Pupil-years of noticed or recognised need, home education and life after Year 11 left out."""
OF_TIME: dict[str, Any] = {"cashable_share": 0.0, "labour_share": 1.0, "in_budget": False}
"""How a charge stands that prices somebody's time or wellbeing: in the social view only, and growing with pay."""
OTHER_LEVERS = tuple(name for name in dict.fromkeys(("slt_seat", "allowance", *LEVERS)) if name != "protected_time")
"""Levers other than SENCO time, in the order of the tables: those of leadership come first."""


@dataclass(frozen=True)
class PolicyTerms(LeverTerms):
    """What a scenario says about money: its levers, and high needs.

    Attributes
    ----------
    high_needs_pressure_funded_by, high_needs_pressure_from
        Who pays high-needs charges, and from which month (``2028-04``).
    flow_backs
        What of the cost of staff flows back to the Exchequer in the accounts.
    """

    high_needs_pressure_funded_by: PressureFunder = "councils_then_central"
    high_needs_pressure_from: str = SWITCH
    flow_backs: FlowBacks = "none"


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
        flow_backs=scenario.flow_backs,
    )


def all_charges(prices: Prices, terms: PolicyTerms) -> tuple[Charge, ...]:
    """Every charge of a price book."""
    return (
        *of_lever("protected_time", prices, terms),
        *released_hours(prices, terms),
        *unpaid_hours(prices),
        *extra_teachers(prices),
        *(charge for name in OTHER_LEVERS for charge in of_lever(name, prices, terms)),
        *recruitment(prices),
        *assessment(prices),
        *disputes(prices),
        *with_worth(prices, (*school_provision(prices), *places(prices), *transport(prices))),
        *waiting(prices),
        *exclusion(prices),
        *families(prices),
    )


def _charge(quantity: str, item: str, category: str, payer: str, price: float, *parameters: str, **how: Any) -> Charge:
    """A consequence of the policy unless told otherwise, in the unit in which the quantity is counted."""
    unit = "FTE" if quantity == EXTRA_TEACHERS else Quantity(COLUMN[quantity]).unit
    how = {"side": "consequence"} | how
    return Charge(quantity, unit, item, category, payer=payer, price_gbp=price, parameters=parameters, **how)


def of_lever(name: str, prices: Prices, terms: LeverTerms) -> Iterator[Charge]:
    """Charges of the tariffs that a lever has in its own file, priced and split between payers."""
    granted = getattr(terms, name, "") == "national_grant"
    for tariff in LEVERS[name].tariffs:
        if tariff.applies is None or tariff.applies(terms):
            price = prices.money(tariff.parameters[0]) if tariff.price is None else tariff.price(prices, terms)
            payer = "dfe" if granted and tariff.grant == "pays" else tariff.payer
            pay = 1.0 if not tariff.labour_share else prices.share(tariff.labour_share)
            how = {"side": "policy", "labour_share": pay}
            charge = _charge(tariff.quantity, tariff.item, tariff.category, payer, price, *tariff.parameters, **how)
            yield from _insured(charge, prices, tariff)
            if granted and tariff.grant == "pays_back":
                yield from transfer(replace(charge, item=f"{charge.item}_grant", payer="dfe"), charge.payer)


def _insured(charge: Charge, prices: Prices, tariff: Tariff) -> Iterator[Charge]:
    """Split employment cost into what is used up and the National Insurance, which is paid and uses nothing up.

    The second part is in the payer's budget and out of social cost. It is nobody's income here: whether the Exchequer
    counts it is one question for all that flows back (:mod:`sencosim.costing.flow_backs`).
    """
    if not tariff.insurance:
        yield charge
        return
    share, parameters = prices.share(tariff.insurance), (*charge.parameters, tariff.insurance)
    yield replace(charge, price_gbp=charge.price_gbp * (1.0 - share), parameters=parameters)
    insurance = replace(charge, item=f"{charge.item}{INSURANCE}", price_gbp=charge.price_gbp * share)
    yield replace(insurance, nature="transfer", counterpart=TAXES, parameters=parameters)


def released_hours(prices: Prices, terms: LeverTerms) -> Iterator[Charge]:
    """Worth of paid hours that go to other school work: taught or covered, so others need not be. Not cash.

    Worth a share of what an hour of teaching costs the country (employment cost less National Insurance, as added
    hours stand in the social view), so that at a share of 1 an hour added and released costs the country nothing.
    """
    worth, ni, item = "released_hours_value", "employer_ni_share_of_teacher_cost", "released_hours"
    price = -prices.share(worth) * hour_of_a_teacher(prices, terms) * (1.0 - prices.share(ni))
    for quantity in RELEASED:
        yield _charge(quantity, item, item, "schools", price, worth, *HOUR_OF_A_TEACHER, ni, **OF_TIME)


def unpaid_hours(prices: Prices) -> Iterator[Charge]:
    """Evenings of SENCOs at what leisure is worth: theirs, and no budget moves."""
    worth = "unpaid_hour_value"
    yield _charge("overtime_hours", "unpaid_hours", "unpaid_hours", "sencos", prices.money(worth), worth, **OF_TIME)


def extra_teachers(prices: Prices) -> Iterator[Charge]:
    """Supply of a teacher for one taken from a class, once: found, trained or kept by higher pay, class covered.

    The school advertises. A part of the teachers is kept by higher pay, at a part of the price of training; the
    department pays for both. A class that is covered meanwhile goes without a part of what its teacher is worth.
    """
    item, find, train = EXTRA_TEACHERS, "teacher_finding_cost", "teacher_training_cost"
    how: dict[str, Any] = {"side": "policy"}
    fees = prices.share("labour_share_fees")
    yield _charge(item, "teacher_found", item, "schools", prices.money(find), find, labour_share=fees, **how)
    ratio, kept = "retention_price_ratio", "teachers_kept_by_pay_share"
    supply = prices.money(train) * (1.0 - prices.share(kept) * (1.0 - prices.share(ratio)))
    pay = prices.share("labour_share_schools")
    yield _charge(item, "teacher_trained_or_kept", item, "dfe", supply, train, ratio, kept, labour_share=pay, **how)
    names = ("class_cover_weeks", "class_cover_loss_share", "teacher_employment_cost")
    weeks, loss, post = names
    ni = "employer_ni_share_of_teacher_cost"
    week = prices.money(post) * (1.0 - prices.share(ni)) / SCHOOL_WEEKS_PER_YEAR
    lost = prices.share(weeks) * prices.share(loss) * week
    yield _charge(item, "class_covered", item, "pupils", lost, *names, ni, **how | OF_TIME)


def recruitment(prices: Prices) -> Iterator[Charge]:
    """Find and qualify a new SENCO: booked once, when a SENCO takes up a post (trap 16)."""
    pay = prices.share("labour_share_fees")
    for item, payer, name in (("senco_recruitment", "schools", "senco_recruitment_cost"), ("npq", "dfe", "npq_fee")):
        yield _charge("senco_starters", item, "recruitment", payer, prices.money(name), name, labour_share=pay)


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
        yield _charge(quantity, item, "assessment", payer, price, *names, cashable_share=cash, labour_share=1.0)
    advice = "nhs_advice_cost"
    how: dict[str, Any] = {"cashable_share": 0.0, "labour_share": 1.0}
    yield _charge("assessments", "health_advice", "assessment", "nhs", prices.money(advice), advice, **how)


def disputes(prices: Prices) -> Iterator[Charge]:
    """Mediation fees; process cost of appeals to council and tribunal, and its worth; families' legal cost.

    School time on appeals is SENCO time (trap 7). What an appeal changes about a placement is in the pupil-years
    (trap 4). The department's payment to the tribunal is the tribunal's own cost paid by another (trap 6). A hearing is
    worth to the family what provision is worth to a pupil, for each pound that it costs.
    """
    council_fund, fee = "council_general_fund", "mediation_fee"
    fees, staff = prices.share("labour_share_fees"), prices.share("labour_share_tribunal")
    yield _charge("mediations", "mediation", "disputes", council_fund, prices.money(fee), fee, labour_share=fees)
    total, council = prices.money("tribunal_cost_public"), prices.share("tribunal_council_share")
    names, paid = ("tribunal_cost_public", "tribunal_council_share"), "dfe_hmcts_payment"
    legal = prices.money("family_legal_cost") * prices.share("family_legal_share")
    cash = prices.share("tribunal_cashable_share")
    for ground in APPEALS:
        quantity, price = f"appeals.{ground}", total * council
        how: dict[str, Any] = {"cashable_share": cash, "labour_share": staff}
        base = _charge(quantity, "appeal_council", "disputes", council_fund, price, *names, **how)
        yield base
        hearing = replace(base, item="appeal_tribunal", payer="moj_hmcts", price_gbp=total * (1.0 - council))
        yield from (hearing, _worth(hearing, prices, "families"))
        payment = replace(base, item="appeal_payment_to_tribunal", payer="dfe", price_gbp=prices.money(paid))
        yield from transfer(replace(payment, parameters=(paid,), cashable_share=1.0), "moj_hmcts")
        family = replace(base, item="appeal_family", payer="families", price_gbp=legal, cashable_share=0.0)
        names_of_family = ("family_legal_cost", "family_legal_share")
        yield replace(family, parameters=names_of_family, in_budget=False, labour_share=fees)


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
        yield _charge(f"pupil_years.{placement}", item, item, payer, prices.money(name), name, **how)


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
        return _charge(f"pupil_years.{placement}", item, "placements", payer, price, *names, **how)

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
        yield _charge(quantity, "transport", "transport", payer, price, cost, share, **how)


def with_worth(prices: Prices, charges: Iterable[Charge]) -> Iterator[Charge]:
    """Charges of provision, and what it is worth to pupils: a pound of it so many times its cost (kappa).

    What takes the place of a school after an exclusion makes a loss good and has no worth of its own here.
    """
    for charge in charges:
        yield charge
        makes_good = charge.quantity == "pupil_years.ap" and charge.category != "school_provision"
        if charge.nature == "resource" and not makes_good:
            yield _worth(charge, prices, "pupils")


def _worth(charge: Charge, prices: Prices, payer: str) -> Charge:
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
    yield _charge(quantity, item, item, "pupils", price, *names, **OF_TIME | {"labour_share": 0.0})


def exclusion(prices: Prices) -> Iterator[Charge]:
    """Staff time on suspensions, and the causal lifetime cost of permanent exclusion, both in the social view only.

    The lifetime cost is without education, since alternative provision is booked by pupil-year (trap 1), and is a
    present value at the year of the exclusion. It is booked once a pupil, at the first exclusion (trap 2).
    """
    social: dict[str, Any] = {"cashable_share": 0.0, "in_budget": False}
    staff = "suspension_other_staff_cost"
    for stage in ("noticed", "sen_support", "ehc_plan"):
        quantity, item = f"suspensions.{stage}", "suspension_staff"
        yield _charge(quantity, item, "exclusion", "schools", prices.money(staff), staff, labour_share=1.0, **social)
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
    for quantity, per in (("pupil_years.identification_wait", 1.0), ("appeal_weeks", float(WEEKS_PER_YEAR))):
        price = loss * (1.0 - exchequer) / per
        own = _charge(quantity, "parent_work", "families", "families", price, *names, **OF_TIME)
        yield own
        yield replace(own, payer="exchequer", price_gbp=loss * exchequer / per, in_budget=True)


# -- who pays the pressure on high needs: councils to March 2028 or another month, central government after -----------
# Charges stand in the price book under councils' high-needs blocks. Which part of an academic year somebody else pays
# is settled here, on priced lines: units are split between the payers, prices stay, so every sum over public payers is
# what it was.


def central_by_month(year: int, funded_by: PressureFunder, switch: str = SWITCH) -> tuple[float, ...]:
    """Part of each month's high-needs charges that central government pays, September to August.

    Parameters
    ----------
    year
        First calendar year of the academic year.
    funded_by
        Who pays after the switch.
    switch
        Month of the switch, as ``2028-04``.

    Returns
    -------
    tuple of float
        Twelve shares. [share, 0 to 1]

    Examples
    --------
    >>> central_by_month(2027, "shared")
    (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.5, 0.5)
    """
    of_year, month = (int(part) for part in switch.split("-"))
    before = 12 * (of_year - year) + month - FIRST_MONTH
    return tuple(PART_AFTER[funded_by] * (number >= before) for number in range(12))


def central_share(year: int, funded_by: PressureFunder, switch: str = SWITCH) -> float:
    """Part of an academic year's high-needs charges that central government pays. [share, 0 to 1]

    Parameters
    ----------
    year
        First calendar year of the academic year.
    funded_by
        Who pays after the switch.
    switch
        Month of the switch, as ``2028-04``.

    Examples
    --------
    >>> [round(12 * central_share(year, "councils_then_central"), 6) for year in (2026, 2027, 2028)]
    [0.0, 5.0, 12.0]
    >>> central_share(2035, "shared"), central_share(2035, "councils")
    (0.5, 0.0)
    """
    return sum(central_by_month(year, funded_by, switch)) / 12.0


def booked(lines: pd.DataFrame, funded_by: PressureFunder, switch: str = SWITCH) -> pd.DataFrame:
    """Book high-needs charges to who pays them in each year.

    Parameters
    ----------
    lines
        Lines with ``year``, ``payer`` and ``units``, all high-needs charges under councils.
    funded_by
        Who pays after the switch.
    switch
        Month of the switch, as ``2028-04``.

    Returns
    -------
    pandas.DataFrame
        The lines; where central government pays a part, its lines stand after all others.
    """
    share = {int(year): central_share(int(year), funded_by, switch) for year in lines["year"].unique()}
    part = lines["year"].map(share).astype(float).where(lines["payer"] == COUNCILS, 0.0)
    if not (part > 0.0).any():
        return lines
    kept = lines.assign(units=lines["units"] * (1.0 - part))[part < 1.0]
    moved = lines.assign(units=lines["units"] * part, payer=CENTRAL)[part > 0.0]
    return pd.concat([kept, moved], ignore_index=True)


def payer_in_book(payers: pd.Series) -> pd.Series:
    """Payer under which the price book has the price of a line."""
    return payers.where(payers != CENTRAL, COUNCILS)
