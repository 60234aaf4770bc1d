"""Everything that a run counts: physical quantities, no money.

The ledger is kept in whole numbers (counts, minutes, pupil-weeks), so that its sums do not depend on the order in
which they were made; :mod:`sencosim.ledger.table` turns them into hours and years.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["flow", "stock", "hours", "time"]


@dataclass(frozen=True)
class Quantity:
    """One column of the ledger.

    Attributes
    ----------
    name
        The word used in files, tables and prices.
    unit
        Unit in tables. The tally itself holds ``unit`` divided by ``per``.
    title
        What it is, in words.
    kind
        ``flow`` events in a year; ``stock`` as at the January census; ``hours`` of work; ``time`` pupil-years, weeks.
    per
        How many tally counts make one unit: 60 for minutes kept as hours, 52 for pupil-weeks kept as pupil-years.
    """

    name: str
    unit: str
    title: str
    kind: Kind
    per: int = 1


CASE_ACTIVITIES: tuple[str, ...] = (
    # Append only.
    "crisis",
    "exclusion",
    "suspension",
    "mediation",
    "appeal_preparation",
    "annual_review",
    "assessment_advice",
    "consultation",
    "request_information",
    "request_preparation",
    "support_review",
    "identification",
    "support_plan",
)
"""Work about one pupil, in the order in which the classes of the queue serve it."""

WHOLE_SCHOOL_ACTIVITIES: tuple[str, ...] = (
    # Append only. The order is the order of service among whole-school work: paperwork before better teaching.
    "fixed_duties",
    "register_upkeep",
    "access_arrangement",
    "ta_management",
    "parent_meeting",
    "agency",
    "staff_training",
    "coaching",
)
"""Work about the school, measured in hours."""


def _build() -> tuple[Quantity, ...]:
    hours = [
        ("allocated_hours", "Timetabled SENCO hours that schools pay for"),
        ("added_hours", "Of these, hours added by policy"),
        ("removed_hours", "Hours cut by schools that came down to the floor"),
        ("used_hours", "Timetabled hours worked on SEN"),
        ("overtime_hours", "Unpaid hours worked on SEN"),
        ("idle_hours", "Protected hours with no work waiting"),
        ("leaked_hours", "Timetabled hours used for other duties"),
        ("vacant_hours", "Timetabled hours lost while the post was vacant"),
        ("team_hours", "Hours of assistant SENCOs and SEN administrators at work"),
        ("admin_hours", "Administrator hours added by policy"),
        ("npq_hours", "Hours of study for the mandatory qualification"),
        ("team_hours_added", "Assistant SENCO hours added by policy, paid whether busy or not"),
        ("supervision_hours", "SENCO hours in professional supervision"),
        ("training_hours", "SENCO hours of induction and training in the first year, beside the qualification"),
        ("travel_hours", "SENCO hours of travel between schools that share"),
        ("absent_hours", "Timetabled hours lost while the SENCO was long absent, paid"),
        ("ep_idle_hours", "Added psychologist hours with no work waiting"),
        ("officer_idle_hours", "Added case officer hours with no work waiting"),
    ]
    flows = [
        ("senco_leavers", "persons", "SENCOs who left the post"),
        ("senco_starters", "persons", "SENCOs who took up a post"),
        ("noticed", "pupils", "Pupils whose need was noticed"),
        ("sen_support_starts", "pupils", "Pupils put on SEN Support"),
        ("sen_support_ends", "pupils", "Pupils who left SEN Support without a plan"),
        ("requests.school_led", "requests", "EHC needs assessment requests prepared by the SENCO"),
        ("requests.parental", "requests", "Requests made by families of mainstream pupils"),
        ("requests.exogenous", "requests", "Requests for under-5s, 16 to 25s and pupils outside mainstream"),
        ("requests_withdrawn", "requests", "Requests withdrawn before the council decided"),
        ("refused.school_led", "decisions", "School-led requests refused"),
        ("refused.parental", "decisions", "Parental requests refused"),
        ("refused.exogenous", "decisions", "Other requests refused"),
        ("patience_lost", "requests", "School-led requests that families made themselves after waiting"),
        ("decisions", "decisions", "Decisions whether to assess"),
        ("decisions_on_time", "decisions", "Of these, within six weeks"),
        ("assessments", "assessments", "Assessments completed"),
        ("no_plan", "decisions", "Assessments that led to no plan"),
        ("plans_issued.mainstream", "plans", "New plans for mainstream pupils"),
        ("plans_issued.exogenous", "plans", "New plans for others"),
        ("plans_on_time.mainstream", "plans", "New plans for mainstream pupils within 20 weeks"),
        ("plans_on_time.exogenous", "plans", "New plans for others within 20 weeks"),
        ("plans_entering_reception", "pupils", "Pupils who enter Reception with a plan"),
        ("plans_ceased", "plans", "Mainstream plans ceased because needs are met"),
        ("mediations", "cases", "Mediations"),
        ("appeals.refusal_to_assess", "appeals", "Appeals against refusal to assess"),
        ("appeals.refusal_to_issue", "appeals", "Appeals against refusal to issue a plan"),
        ("appeals.contents", "appeals", "Appeals against contents or placement"),
        ("appeals.exogenous", "appeals", "Appeals of families outside mainstream"),
        ("appeals_conceded", "appeals", "Appeals conceded, settled or withdrawn before a hearing"),
        ("appeals_heard", "appeals", "Appeals decided by the tribunal"),
        ("appeals_upheld", "appeals", "Of these, council decision upheld"),
        ("crises", "episodes", "Crisis episodes"),
        ("crises_late", "episodes", "Of these, work not started within five school days"),
        ("suspensions.noticed", "suspensions", "Suspensions of pupils whose need is noticed, not yet identified"),
        ("suspensions.sen_support", "suspensions", "Suspensions of pupils on SEN Support"),
        ("suspensions.ehc_plan", "suspensions", "Suspensions of pupils with a plan"),
        ("permanent_exclusions.noticed", "exclusions", "Permanent exclusions of pupils not yet identified"),
        ("permanent_exclusions.sen_support", "exclusions", "Permanent exclusions of pupils on SEN Support"),
        ("permanent_exclusions.ehc_plan", "exclusions", "Permanent exclusions of pupils with a plan"),
        ("pupils_first_excluded", "pupils", "Pupils permanently excluded for the first time"),
        ("starts.resourced", "pupils", "Starts in resourced provision or a SEN unit"),
        ("starts.state_special", "pupils", "Starts in a vacant state special place"),
        ("starts.over_capacity", "pupils", "Starts in a state special school above its places"),
        ("starts.independent_special", "pupils", "Starts in an independent special school"),
        ("starts.waiting_special", "pupils", "Pupils who began to wait in mainstream for a special place"),
        ("starts.home_education", "pupils", "Pupils who left for elective home education"),
        ("absence_days", "days", "School days missed by pupils with SEN"),
        ("sharing_ended", "schools", "Schools whose sharing of a SENCO was ended at a review"),
        ("moved_school.sen_support", "pupils", "Pupils on SEN Support who moved on to their next school"),
        ("moved_school.ehc_plan", "pupils", "Mainstream pupils with a plan who moved on to their next school"),
    ]
    time = [
        ("posts", "post-years", "SENCO posts", 52),
        ("posts_vacant", "post-years", "SENCO posts vacant", 52),
        ("posts_full_time", "post-years", "SENCO posts that are full time", 52),
        ("slt_seats", "post-years", "SENCOs on the senior leadership team", 52),
        ("slt_seats_added", "post-years", "Of these, seats added by policy", 52),
        ("posts_shared", "post-years", "SENCO posts of schools that share one SENCO", 52),
        ("posts_without_award", "post-years", "SENCOs in post who still study for the mandatory qualification", 52),
        ("posts_with_allowance", "post-years", "SENCOs in post who are paid an allowance by policy", 52),
        ("posts_unfilled", "post-years", "Posts whose added hours the supply of teachers has not filled", 52),
        ("special_places_added", "places", "State special places opened by policy", 1000),
        ("appeal_capacity_added", "appeals", "Appeals that the tribunal can hear beside the baseline", 1000),
        ("policy_hours_unfilled", "hours", "Hours that policy asked for and the supply of teachers did not fill", 60),
        ("pupil_years.sen_support", "pupil-years", "On SEN Support in mainstream", 52),
        ("pupil_years.ehc_plan", "pupil-years", "With a plan in a mainstream class", 52),
        ("pupil_years.resourced", "pupil-years", "In resourced provision or a SEN unit", 52),
        ("pupil_years.state_special", "pupil-years", "In a state special school", 52),
        ("pupil_years.over_capacity", "pupil-years", "In a state special school above its places", 52),
        ("pupil_years.independent_special", "pupil-years", "In an independent special school", 52),
        ("pupil_years.waiting_special", "pupil-years", "In mainstream, waiting for a special place", 52),
        ("pupil_years.ap", "pupil-years", "In alternative provision after permanent exclusion", 52),
        ("pupil_years.home_education", "pupil-years", "In elective home education", 52),
        ("pupil_years.post16_plan", "pupil-years", "With a plan after Year 11, from mainstream in this run", 52),
        ("pupil_years.identification_wait", "pupil-years", "Noticed, waiting for the SENCO", 52),
        ("identification_wait_weeks", "weeks", "Weeks from noticing to SEN Support, summed over those who got it", 1),
        ("request_wait_weeks", "weeks", "Weeks from point of request to filing, summed", 1),
        ("plan_weeks.mainstream", "weeks", "Weeks from request to plan, mainstream pupils, summed", 1),
        ("plan_weeks.exogenous", "weeks", "Weeks from request to plan, others, summed", 1),
        ("appeal_weeks", "weeks", "Weeks from appeal to outcome, summed", 1),
        ("coverage_exposure", "pupil-terms", "Coverage weighted by pupils with SEN, in thousandths", 1000),
        ("coverage_pupil_terms", "pupil-terms", "Pupil-terms behind the coverage", 1),
        ("ep_hours", "hours", "Educational psychologist hours on assessments", 60),
        ("officer_hours", "hours", "Council officer hours on decisions and plans", 60),
        ("surge_hours", "hours", "Of both, hours of bought-in psychologists and agency officers", 60),
    ]
    stocks = [
        ("pupils_sen_support", "Pupils on SEN Support at the January census"),
        ("pupils_ehc_plan", "Mainstream pupils with a plan at the January census"),
        ("pupils_waiting_identification", "Pupils noticed and waiting at the January census"),
        ("assessments_in_progress", "Assessments in progress or waiting at the January census"),
        ("appeals_open", "Appeals open at the January census"),
        ("special_queue", "Pupils waiting for a special place at the January census"),
    ]
    found = [Quantity(name, "hours", title, "hours", 60) for name, title in hours]
    found += [Quantity(name, unit, title, "flow") for name, unit, title in flows]
    found += [Quantity(name, unit, title, "time", per) for name, unit, title, per in time]
    found += [Quantity(name, "pupils" if "pupil" in name else "cases", title, "stock") for name, title in stocks]
    for activity in CASE_ACTIVITIES:
        words = activity.replace("_", " ")
        found.append(Quantity(f"due.{activity}", "cases", f"Cases due: {words}", "flow"))
        found.append(Quantity(f"done.{activity}", "cases", f"Cases done: {words}", "flow"))
        found.append(Quantity(f"lapsed.{activity}", "cases", f"Cases lapsed or overtaken: {words}", "flow"))
        found.append(Quantity(f"hours.{activity}", "hours", f"Standard hours done: {words}", "hours", 60))
    for activity in WHOLE_SCHOOL_ACTIVITIES:
        words = activity.replace("_", " ")
        found.append(Quantity(f"hours_due.{activity}", "hours", f"Standard hours due: {words}", "hours", 60))
        found.append(Quantity(f"hours_lapsed.{activity}", "hours", f"Standard hours lapsed: {words}", "hours", 60))
        found.append(Quantity(f"hours.{activity}", "hours", f"Standard hours done: {words}", "hours", 60))
    return tuple(found)


QUANTITIES: tuple[Quantity, ...] = _build()
"""All quantities, in the order of the columns of the tally."""

COLUMN: dict[str, int] = {quantity.name: column for column, quantity in enumerate(QUANTITIES)}
"""Column of each quantity in the tally."""
