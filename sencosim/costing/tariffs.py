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

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.accounts import TAXES, Charge, transfer
from sencosim.costing.extra_teachers import EXTRA_TEACHERS, RELEASED
from sencosim.costing.provision import (
    OF_TIME,
    charge_of,
    places,
    school_provision,
    transport,
    waiting,
    with_worth,
    worth_of,
)
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.levers.catalogue import LEVERS
from sencosim.levers.tariff import HOUR_OF_A_TEACHER, LeverTerms, Prices, Tariff, hour_of_a_teacher
from sencosim.scenario.schema import Scenario
from sencosim.units import SCHOOL_WEEKS_PER_YEAR, WEEKS_PER_YEAR
from sencosim.vocabulary import FlowBacks, Payer, PressureFunder

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


def of_lever(name: str, prices: Prices, terms: LeverTerms) -> Iterator[Charge]:
    """Charges of the tariffs that a lever has in its own file, priced and split between payers."""
    granted = getattr(terms, name, "") == "national_grant"
    for tariff in LEVERS[name].tariffs:
        if tariff.applies is None or tariff.applies(terms):
            price = prices.money(tariff.parameters[0]) if tariff.price is None else tariff.price(prices, terms)
            payer = "dfe" if granted and tariff.grant == "pays" else tariff.payer
            pay = 1.0 if not tariff.labour_share else prices.share(tariff.labour_share)
            how = {"side": "policy", "labour_share": pay}
            charge = charge_of(tariff.quantity, tariff.item, tariff.category, payer, price, *tariff.parameters, **how)
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
        yield charge_of(quantity, item, item, "schools", price, worth, *HOUR_OF_A_TEACHER, ni, **OF_TIME)


def unpaid_hours(prices: Prices) -> Iterator[Charge]:
    """Evenings of SENCOs at what leisure is worth: theirs, and no budget moves."""
    worth = "unpaid_hour_value"
    yield charge_of("overtime_hours", "unpaid_hours", "unpaid_hours", "sencos", prices.money(worth), worth, **OF_TIME)


def extra_teachers(prices: Prices) -> Iterator[Charge]:
    """Supply of a teacher for one taken from a class, once: found, trained or kept by higher pay, class covered.

    The school advertises. A part of the teachers is kept by higher pay, at a part of the price of training; the
    department pays for both. A class that is covered meanwhile goes without a part of what its teacher is worth.
    """
    item, find, train = EXTRA_TEACHERS, "teacher_finding_cost", "teacher_training_cost"
    how: dict[str, Any] = {"side": "policy"}
    fees = prices.share("labour_share_fees")
    yield charge_of(item, "teacher_found", item, "schools", prices.money(find), find, labour_share=fees, **how)
    ratio, kept = "retention_price_ratio", "teachers_kept_by_pay_share"
    supply = prices.money(train) * (1.0 - prices.share(kept) * (1.0 - prices.share(ratio)))
    pay = prices.share("labour_share_schools")
    yield charge_of(item, "teacher_trained_or_kept", item, "dfe", supply, train, ratio, kept, labour_share=pay, **how)
    names = ("class_cover_weeks", "class_cover_loss_share", "teacher_employment_cost")
    weeks, loss, post = names
    ni = "employer_ni_share_of_teacher_cost"
    week = prices.money(post) * (1.0 - prices.share(ni)) / SCHOOL_WEEKS_PER_YEAR
    lost = prices.share(weeks) * prices.share(loss) * week
    yield charge_of(item, "class_covered", item, "pupils", lost, *names, ni, **how | OF_TIME)


def recruitment(prices: Prices) -> Iterator[Charge]:
    """Find and qualify a new SENCO: booked once, when a SENCO takes up a post (trap 16)."""
    pay = prices.share("labour_share_fees")
    for item, payer, name in (("senco_recruitment", "schools", "senco_recruitment_cost"), ("npq", "dfe", "npq_fee")):
        yield charge_of("senco_starters", item, "recruitment", payer, prices.money(name), name, labour_share=pay)


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
        yield charge_of(quantity, item, "assessment", payer, price, *names, cashable_share=cash, labour_share=1.0)
    advice = "nhs_advice_cost"
    how: dict[str, Any] = {"cashable_share": 0.0, "labour_share": 1.0}
    yield charge_of("assessments", "health_advice", "assessment", "nhs", prices.money(advice), advice, **how)


def disputes(prices: Prices) -> Iterator[Charge]:
    """Mediation fees; process cost of appeals to council and tribunal, and its worth; families' legal cost.

    School time on appeals is SENCO time (trap 7). What an appeal changes about a placement is in the pupil-years
    (trap 4). The department's payment to the tribunal is the tribunal's own cost paid by another (trap 6). A hearing is
    worth to the family what provision is worth to a pupil, for each pound that it costs.
    """
    council_fund, fee = "council_general_fund", "mediation_fee"
    fees, staff = prices.share("labour_share_fees"), prices.share("labour_share_tribunal")
    yield charge_of("mediations", "mediation", "disputes", council_fund, prices.money(fee), fee, labour_share=fees)
    total, council = prices.money("tribunal_cost_public"), prices.share("tribunal_council_share")
    names, paid = ("tribunal_cost_public", "tribunal_council_share"), "dfe_hmcts_payment"
    legal = prices.money("family_legal_cost") * prices.share("family_legal_share")
    cash = prices.share("tribunal_cashable_share")
    for ground in APPEALS:
        quantity, price = f"appeals.{ground}", total * council
        how: dict[str, Any] = {"cashable_share": cash, "labour_share": staff}
        base = charge_of(quantity, "appeal_council", "disputes", council_fund, price, *names, **how)
        yield base
        hearing = replace(base, item="appeal_tribunal", payer="moj_hmcts", price_gbp=total * (1.0 - council))
        yield from (hearing, worth_of(hearing, prices, "families"))
        payment = replace(base, item="appeal_payment_to_tribunal", payer="dfe", price_gbp=prices.money(paid))
        yield from transfer(replace(payment, parameters=(paid,), cashable_share=1.0), "moj_hmcts")
        family = replace(base, item="appeal_family", payer="families", price_gbp=legal, cashable_share=0.0)
        names_of_family = ("family_legal_cost", "family_legal_share")
        yield replace(family, parameters=names_of_family, in_budget=False, labour_share=fees)


def exclusion(prices: Prices) -> Iterator[Charge]:
    """Staff time on suspensions, and the causal lifetime cost of permanent exclusion, both in the social view only.

    The lifetime cost is without education, since alternative provision is booked by pupil-year (trap 1), and is a
    present value at the year of the exclusion. It is booked once a pupil, at the first exclusion (trap 2).
    """
    social: dict[str, Any] = {"cashable_share": 0.0, "in_budget": False}
    staff = "suspension_other_staff_cost"
    for stage in ("noticed", "sen_support", "ehc_plan"):
        quantity, item = f"suspensions.{stage}", "suspension_staff"
        yield charge_of(quantity, item, "exclusion", "schools", prices.money(staff), staff, labour_share=1.0, **social)
    names = tuple(f"exclusion_lifetime_{one}" for one in ("causal", "education_share", "present_value_share"))
    causal, education, present = names
    lifetime = prices.money(causal) * (1.0 - prices.share(education)) * prices.share(present)
    quantity, item = "pupils_first_excluded", "exclusion_lifetime"
    yield charge_of(quantity, item, "exclusion", "exchequer", lifetime, *names, life_course=True, **social)


def families(prices: Prices) -> Iterator[Charge]:
    """Parents' work lost while need is unmet or in dispute; tax and benefits are the Exchequer's part (trap 13).

    A pupil-year noticed and waiting for the SENCO, or in appeal, carries the chance that met need would have kept
    a parent in work (``effect_parent_job_kept``). Time from request to plan is left out: such a pupil has SEN Support.
    """
    names = ("effect_parent_job_kept", "parent_income_loss", "parent_income_exchequer_share")
    loss, exchequer = prices.share(names[0]) * prices.money(names[1]), prices.share(names[2])
    for quantity, per in (("pupil_years.identification_wait", 1.0), ("appeal_weeks", float(WEEKS_PER_YEAR))):
        price = loss * (1.0 - exchequer) / per
        own = charge_of(quantity, "parent_work", "families", "families", price, *names, **OF_TIME)
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

    Parameters are those of :func:`central_by_month`.

    Examples
    --------
    >>> [round(12 * central_share(year, "councils_then_central"), 6) for year in (2026, 2027, 2028)]
    [0.0, 5.0, 12.0]
    >>> central_share(2035, "shared"), central_share(2035, "councils")
    (0.5, 0.0)
    """
    return sum(central_by_month(year, funded_by, switch)) / 12.0


def central_shares(
    years: npt.NDArray[np.int64], funded_by: PressureFunder, switch: str = SWITCH
) -> npt.NDArray[np.float64]:
    """Part of high-needs charges that central government pays, of many academic years. [share, shape of ``years``]

    Parameters are those of :func:`central_by_month`.

    Examples
    --------
    >>> central_shares(np.array([2026, 2030, 2026]), "shared").tolist()
    [0.0, 0.5, 0.0]
    """
    known, place = np.unique(years, return_inverse=True)
    return np.array([central_share(int(year), funded_by, switch) for year in known], dtype=np.float64)[place]


def payer_in_book(payers: pd.Series) -> pd.Series:
    """Payer under which the price book has the price of a line."""
    return payers.where(payers != CENTRAL, COUNCILS)
