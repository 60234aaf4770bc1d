"""What a reader asks about: outcomes for people, made from quantities of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sencosim.units import TERMS_PER_YEAR


@dataclass(frozen=True)
class Outcome:
    """One outcome: a sum of quantities, or a ratio of two sums.

    Attributes
    ----------
    name, title, unit
        As shown everywhere.
    of
        Quantities that are added.
    per
        Quantities that the sum is divided by; empty for a plain sum.
    scale
        Multiplies the result: 100 for per cent.
    kind
        ``people`` or ``time``.
    favourable
        ``up`` or ``down`` if one of them is plainly better; blank if not.
    definition
        What it is, and what to be careful of.
    """

    name: str
    title: str
    unit: str
    of: tuple[str, ...]
    kind: Literal["people", "time"]
    favourable: Literal["up", "down", ""]
    definition: str
    per: tuple[str, ...] = ()
    scale: float = 1.0


_ROUTES = ("school_led", "parental", "exogenous")
_APPEALS = ("refusal_to_assess", "refusal_to_issue", "contents", "exogenous")
_STAGES = ("noticed", "sen_support", "ehc_plan")


def _each(prefix: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix}.{name}" for name in names)


OUTCOMES: tuple[Outcome, ...] = (
    Outcome(
        "plans_within_20_weeks",
        "New plans issued within 20 weeks",
        "% of new plans",
        _each("plans_on_time", ("mainstream", "exogenous")),
        "people",
        "up",
        "Plans issued within 20 weeks of the request, as a share of all new plans. Councils' teams decide it most.",
        _each("plans_issued", ("mainstream", "exogenous")),
        100.0,
    ),
    Outcome(
        "support_reviews_done",
        "SEN Support reviews done in their term",
        "% of reviews due",
        ("done.support_review",),
        "people",
        "up",
        "Assess-plan-do-review cycles done before the term ended. What is not done lapses.",
        ("due.support_review",),
        100.0,
    ),
    Outcome(
        "permanent_exclusions",
        "Permanent exclusions of pupils with noticed need or SEN",
        "pupils",
        _each("permanent_exclusions", _STAGES),
        "people",
        "down",
        "Mainstream pupils with noticed need, on SEN Support or with a plan, so that a new label changes nothing.",
    ),
    Outcome(
        "suspensions",
        "Suspensions of pupils with noticed need or SEN",
        "suspensions",
        _each("suspensions", _STAGES),
        "people",
        "down",
        "Pupils with noticed need, on SEN Support or with a plan. One pupil can be suspended many times.",
    ),
    Outcome(
        "independent_special_starts",
        "Starts in independent special schools",
        "pupils",
        ("starts.independent_special",),
        "people",
        "",
        "New placements because no state special place was vacant.",
    ),
    Outcome(
        "appeals",
        "Appeals to the SEND tribunal",
        "appeals",
        _each("appeals", _APPEALS),
        "people",
        "down",
        "Appeals registered, all kinds.",
    ),
    Outcome(
        "requests",
        "Requests for an EHC needs assessment",
        "requests",
        _each("requests", ("school_led", "parental")),
        "people",
        "",
        "For mainstream pupils. More SENCO time can prevent requests and can file them sooner: the sign is open.",
    ),
    Outcome(
        "refusals",
        "Requests refused",
        "decisions",
        _each("refused", _ROUTES),
        "people",
        "down",
        "Refusals to assess, all routes.",
    ),
    Outcome(
        "new_plans",
        "New EHC plans for mainstream pupils",
        "plans",
        ("plans_issued.mainstream",),
        "people",
        "",
        "Plans issued for pupils of mainstream schools.",
    ),
    Outcome(
        "sen_support_starts",
        "Pupils put on SEN Support",
        "pupils",
        ("sen_support_starts",),
        "people",
        "",
        "By the SENCO, or by the class teacher where the SENCO did not get to it.",
    ),
    Outcome(
        "home_education_starts",
        "Pupils with SEN who leave for home education",
        "pupils",
        ("starts.home_education",),
        "people",
        "",
        "The effect of SENCO time on it is our assumption, small and most likely none: no source has a number.",
    ),
    Outcome(
        "absence_days_per_pupil",
        "School days missed by a pupil with SEN in a year",
        "days a pupil",
        ("absence_days",),
        "people",
        "down",
        "Half of the prior says that SENCO time does nothing to absence.",
        ("pupil_years.sen_support", "pupil_years.ehc_plan", "pupil_years.waiting_special"),
    ),
    Outcome(
        "senco_leavers",
        "SENCOs who leave the post",
        "persons",
        ("senco_leavers",),
        "people",
        "down",
        "In a year. No national turnover of SENCOs is published.",
    ),
    Outcome(
        "posts_vacant",
        "SENCO posts vacant",
        "post-years",
        ("posts_vacant",),
        "people",
        "down",
        "Posts times the part of the year that they stood vacant.",
    ),
    Outcome(
        "posts_full_time",
        "SENCO posts that are full time",
        "post-years",
        ("posts_full_time",),
        "people",
        "",
        "Posts with the whole directed week.",
    ),
    Outcome(
        "added_senco_hours",
        "Timetabled SENCO hours added",
        "hours",
        ("added_hours",),
        "people",
        "",
        "Paid by schools, whether used for SEN or not.",
    ),
    Outcome(
        "overtime_hours",
        "Unpaid SENCO hours",
        "hours",
        ("overtime_hours",),
        "people",
        "down",
        "Evenings and weekends. Added time first gives some of them back.",
    ),
    Outcome(
        "support_intensity",
        "Support intensity: reviews and development done for pupils",
        "hours a pupil a year",
        ("support_hours",),
        "people",
        "up",
        "Hours of support reviews and of development of teaching, each at what it is worth for pupils, per pupil with "
        "noticed or recognised need. The one channel from SENCO time to pupils.",
        ("need_pupil_terms",),
        float(TERMS_PER_YEAR),
    ),
    Outcome(
        "weeks_to_sen_support",
        "Weeks from noticed need to SEN Support",
        "weeks",
        ("identification_wait_weeks",),
        "time",
        "",
        "Mean over pupils put on SEN Support in the year, by the SENCO or, a term late, by the class teacher.",
        ("sen_support_starts",),
    ),
    Outcome(
        "weeks_to_file",
        "Weeks from point of request to filing",
        "weeks",
        ("request_wait_weeks",),
        "time",
        "down",
        "Time that a request waits for the SENCO, until the school or the family files it.",
        _each("requests", ("school_led", "parental")),
    ),
    Outcome(
        "weeks_to_plan",
        "Weeks from request to plan",
        "weeks",
        _each("plan_weeks", ("mainstream", "exogenous")),
        "time",
        "down",
        "Mean over plans issued in the year.",
        _each("plans_issued", ("mainstream", "exogenous")),
    ),
    Outcome(
        "years_waiting_identification",
        "Pupil-years waiting for identification",
        "pupil-years",
        ("pupil_years.identification_wait",),
        "time",
        "down",
        "Noticed and not yet on SEN Support. The risks of these pupils are those of pupils on SEN Support.",
    ),
)
"""Outcomes for people, those that matter most to readers first."""

OUTCOME: dict[str, Outcome] = {outcome.name: outcome for outcome in OUTCOMES}
"""By name."""


@dataclass(frozen=True)
class MoneyOutcome:
    """An outcome in money, for which the present value at the discount rate in force stands beside the years.

    Attributes
    ----------
    name, title, definition
        As shown everywhere.
    favourable
        ``up`` or ``down``.
    """

    name: str
    title: str
    favourable: Literal["up", "down"]
    definition: str


MONEY_OUTCOMES: tuple[MoneyOutcome, ...] = (
    MoneyOutcome(
        "net_public_cost",
        "Net cost to the public purse",
        "down",
        "What all public payers together pay more, less what they pay less: policy, placements, council teams, "
        "appeals, transport, tax. Transfers between them cancel. Positive is a cost.",
    ),
    MoneyOutcome(
        "policy_cost",
        "Cost of the policy to society",
        "down",
        "Resource cost of the levers: hours, seats, administrators. Transfers such as national insurance are out.",
    ),
    MoneyOutcome(
        "policy_benefit",
        "Benefits and savings to society",
        "up",
        "Everything that follows from the policy and has a price, savings positive, costs that follow negative.",
    ),
    MoneyOutcome(
        "released_hours_worth",
        "Of these, worth of hours released to other school work, not cash",
        "up",
        "Paid hours that schools use for other work, at a share of what teaching costs. The share is a convention; no "
        "budget moves.",
    ),
    MoneyOutcome(
        "npsv",
        "Net present social value",
        "up",
        "Benefits less costs to society. Headline of an appraisal; what has no price is not in it.",
    ),
    MoneyOutcome(
        "cashable_saving",
        "Public savings that release cash",
        "up",
        "The part of public savings that moves cash in a budget, such as fees of independent schools.",
    ),
    MoneyOutcome(
        "payer_net",
        "Net cost to one payer",
        "down",
        "What a payer pays more (payer_cost) less what it pays less (payer_saving). Public ones sum to the net cost.",
    ),
)
"""Outcomes in money."""

MONEY_OUTCOME: dict[str, MoneyOutcome] = {outcome.name: outcome for outcome in MONEY_OUTCOMES}
"""By name."""
