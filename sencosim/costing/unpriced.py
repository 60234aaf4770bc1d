"""Quantities that carry no price, each with the reason. What is neither here nor in the tariffs stops a costing."""

from __future__ import annotations

_BOUGHT = "Work in hours that are already paid for: capacity, not cash (trap 7)."
_STATE = "A count that describes; its cost is in hours, cases or pupil-years."
_WAIT = "Waiting has no price of its own; unmet need and disputes are priced through parents' work."

REASONS: dict[str, str] = {
    "allocated_hours": "Existing posts are the same in all arms; what policy adds and schools remove is priced.",
    "used_hours": _BOUGHT,
    "overtime_hours": "Unpaid. Shown in the memorandum at gross pay: no source values the evenings of SENCOs.",
    "first_year_loss_hours": _BOUGHT,
    "team_hours": "Teams are the same in all arms, and paid whether busy or not.",
    "npq_hours": "Study in hours already paid for; the fee is priced.",
    "travel_hours": "Hours already paid for. Mileage is not priced: at the usual rate it is a tenth of the hours.",
    "absent_hours": "Paid all the same; what a substitute costs is not modelled.",
    "posts_shared": _STATE,
    "posts_without_award": "Study in hours already paid for; the fee is priced when a SENCO takes up a post.",
    "posts_unfilled": "Nobody was appointed, so nobody was paid.",
    "sharing_ended": _STATE,
    "senco_leavers": "Recruitment is booked on those who follow, once (trap 16).",
    "noticed": _STATE,
    "sen_support_starts": _STATE,
    "sen_support_ends": _STATE,
    "patience_lost": _STATE,
    "requests_given_up": _STATE,
    "requests_withdrawn": "What a council spends on one before it is withdrawn is not known.",
    "decisions": "In officer hours.",
    "decisions_on_time": _STATE,
    "no_plan": "In officer hours.",
    "plans_issued.mainstream": "In officer hours, and then in pupil-years by placement (trap 15).",
    "plans_issued.exogenous": "In officer hours; pupils outside mainstream are the same in all arms.",
    "plans_on_time.mainstream": _STATE,
    "plans_on_time.exogenous": _STATE,
    "plans_entering_reception": "The same in all arms; they count in pupil-years by placement.",
    "plans_ceased": "In pupil-years by placement.",
    "appeals_conceded": "The price of an appeal is an average over outcomes, booked at registration.",
    "appeals_heard": "The price of an appeal is an average over outcomes, booked at registration.",
    "appeals_upheld": "The price of an appeal is an average over outcomes, booked at registration.",
    "permanent_exclusions.noticed": "The lifetime price is booked once a pupil, at the first exclusion (trap 2).",
    "permanent_exclusions.sen_support": "The lifetime price is booked once a pupil, at the first exclusion (trap 2).",
    "permanent_exclusions.ehc_plan": "The lifetime price is booked once a pupil, at the first exclusion (trap 2).",
    "crises": _BOUGHT,
    "crises_late": _STATE,
    "absence_days": "Published earnings per day are an association and overlap the life-course price (trap 2).",
    "posts": _STATE,
    "posts_vacant": "Unpaid vacant hours are priced.",
    "posts_full_time": _STATE,
    "slt_seats": "Existing seats are the same in all arms; seats that policy adds are priced.",
    "policy_hours_unfilled": "Nobody was appointed, so nobody was paid.",
    "pupil_years.sen_support": "Zero point of the placement prices; the department has no figure for SEN Support.",
    "identification_wait_weeks": "The same time as pupil_years.identification_wait, summed over those who got support.",
    "request_wait_weeks": _WAIT,
    "plan_weeks.mainstream": _WAIT,
    "plan_weeks.exogenous": _WAIT,
    "support_hours": _BOUGHT,
    "list_hours": "Hours due; what is done is in hours already paid for (trap 7).",
    "need_pupil_terms": _STATE,
    "dated_started": _STATE,
    "dated_late": _STATE,
    "schools_mostly_late": _STATE,
    "schools_short_of_time": _STATE,
    "posts_long_evenings": "Unpaid: shown in hours, with their worth in the memorandum.",
    "plans_turned_support": "In pupil-years by placement.",
    "pupils_sen_support": _STATE,
    "pupils_ehc_plan": _STATE,
    "pupils_waiting_identification": _STATE,
    "assessments_in_progress": _STATE,
    "appeals_open": _STATE,
    "special_queue": _STATE,
}

PREFIXES: dict[str, str] = {
    "due.": _STATE,
    "done.": _BOUGHT,
    "done_without_senco.": "Done by others in hours that are not counted, or not at all.",
    "moved_school.": _STATE,
    "hours.": _BOUGHT,
    "paid_hours.": _BOUGHT,
    "hours_due.": _STATE,
    "hours_lapsed.": _STATE,
    "requests.": "Decided in officer hours; prepared in SENCO hours already paid for.",
    "refused.": "In officer hours.",
    "starts.": "In pupil-years by placement; a start is not a saving (trap 10).",
}
"""Reasons for whole families of quantities, unless the tariffs price a member."""


def reason_not_priced(quantity: str) -> str | None:
    """Say why a quantity has no price, or None if no reason is written down.

    Examples
    --------
    >>> reason_not_priced("requests.parental")
    'Decided in officer hours; prepared in SENCO hours already paid for.'
    """
    if quantity in REASONS:
        return REASONS[quantity]
    return next((reason for prefix, reason in PREFIXES.items() if quantity.startswith(prefix)), None)
