"""M8 and M9: a council decides on requests, assesses, and issues plans."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import give
from sencosim.engine.mechanisms.basics import (
    count,
    count_hours,
    count_thousandths,
    draw,
    keep_record,
    let_happen,
    of_year,
    quantile,
    send,
)
from sencosim.engine.mechanisms.disputes import consider
from sencosim.engine.mechanisms.places import place_new_plan, place_other_plan
from sencosim.engine.mechanisms.pupils import change_stage
from sencosim.engine.mechanisms.queue import close_those_of, make_due
from sencosim.engine.mechanisms.requests import (
    ADVICE,
    DRAFTING,
    assess,
    await_decision,
    choose_soon,
    close_request,
    leave_slots,
    new_request,
    request_level_now,
    take_slots,
    team_of,
    wait_for_team,
)
from sencosim.engine.records import Pool
from sencosim.rules.assessment import (
    bought_hours,
    capacity_growth,
    case_slots,
    cases_in_hand,
    demand_followed,
    drafting_hours,
    idle_added_hours,
    late_advice_chance,
    own_team_hours,
    request_date_in_hand,
    stretched_weeks,
    surge_factor,
    team_minutes_in_term,
    weeks_to_clear,
)
from sencosim.rules.chance import exponential_gap, minutes, rescaled
from sencosim.rules.keys import in_hand_key, outside_key
from sencosim.rules.requests import refusal_chance, refusal_log_odds, share_of_requests
from sencosim.units import MINUTES_PER_WEEK, N_YEAR_GROUPS, TERMS_PER_YEAR
from sencosim.vocabulary import Activity, DisputeKind, Event, Happening, Quantity, Route, Stage, Stream, Table


def school_asked(w: Any, index: int, number: int, activity: int) -> None:
    """The council asks a school for information or advice about a pupil."""
    pupil = w.pupils[index]
    if activity == Activity.ASSESSMENT_ADVICE:
        w.histories[index].decided = number
    if pupil.school >= 0 and pupil.stage != Stage.EHC_PLAN:
        make_due(w, w.schools[pupil.school], index, activity, number)


# -- the decision -----------------------------------------------------------------------------------------------------


def decided(w: Any, council: Any, index: int, late: int) -> None:
    """The council decides whether to assess."""
    request = w.requests[index]
    if draw(w, Stream.REQUEST_WITHDRAWN, request.key, request.number) < w.request_withdrawn_share:
        count(w, request.cell, Quantity.REQUESTS_WITHDRAWN, 1)  # taken back by those who asked
        if request.pupil >= 0:
            keep_record(w, Event.REQUEST_WITHDRAWN, request.school_id, request.key, request.number)
        close_request(w, index)
        return
    council.decisions_this_term += request.units
    count(w, request.cell, Quantity.DECISIONS, 1)
    count(w, request.cell, Quantity.DECISIONS_ON_TIME, 0 if late != 0 else 1)
    count_hours(w, request.cell, Quantity.OFFICER_HOURS, w.decision_hours)
    if draw(w, Stream.REFUSAL, request.key, request.number) < _refusal_chance(w, council, request):
        _refuse(w, council, index)
        return
    if request.pupil >= 0:
        keep_record(w, Event.ASSESSMENT_AGREED, request.school_id, request.key, request.number)
    assess(w, council, index)


def _refusal_chance(w: Any, council: Any, request: Any) -> float:
    if request.pupil < 0:
        level = council.refusal_log_odds + w.refusal_shift
        return refusal_chance(w.refusal_exogenous_log_odds, level, 0.0, 1.0, 0.0)
    route = refusal_log_odds(
        w.refusal_share_school_led,
        w.refusal_share_parental,
        1.0 if request.route == Route.PARENTAL else 0.0,
        1.0 if request.family != 0 else 0.0,
        w.refusal_route_causal_share,
    )
    few = w.refusal_few_cycles_log_odds * request.few_cycles
    level = council.refusal_log_odds + w.refusal_level_log_odds + w.refusal_shift
    return refusal_chance(route, level, w.refusal_severity_slope, w.histories[request.pupil].frailty, few)


def _refuse(w: Any, council: Any, index: int) -> None:
    request = w.requests[index]
    if request.pupil < 0:
        count(w, request.cell, Quantity.REFUSED_EXOGENOUS, 1)
        close_request(w, index)
        return
    is_parental = request.route == Route.PARENTAL
    count(w, request.cell, Quantity.REFUSED_PARENTAL if is_parental else Quantity.REFUSED_SCHOOL_LED, 1)
    keep_record(w, Event.ASSESSMENT_REFUSED, request.school_id, request.key, request.number)
    kind = Happening.REFUSAL_TOLD
    send(w, council, Event.REFUSAL_TOLD, request.key, kind, index, DisputeKind.REFUSAL_TO_ASSESS)


def refusal_told(w: Any, index: int, kind: int) -> None:
    """The family learns of a refusal."""
    request = w.requests[index]
    pupil = w.pupils[request.pupil]
    w.histories[request.pupil].decided = request.number
    away = pupil.stage == Stage.EHC_PLAN or pupil.school < 0
    if away or not consider(w, request.pupil, kind, request.number, index):
        close_request(w, index)


# -- assessment and plan ----------------------------------------------------------------------------------------------


def slots_given(w: Any, council: Any, which: int) -> None:
    """Free slots of a team go to those who have waited longest."""
    station = w.stations[which]
    station.choosing = -1
    while station.head >= 0:
        index = w.nodes[station.head].thing
        request = w.requests[index]
        held = take_slots(w, station, request.units)
        if held == 0:
            return
        request.held = held
        is_advice = which == team_of(council, ADVICE)
        stream = Stream.ADVICE_WEEKS if is_advice else Stream.DRAFTING_WEEKS
        u = draw(w, stream, request.key, request.number)
        weeks = quantile(w, Table.ADVICE if is_advice else Table.DRAFTING, u)
        end = w.now + minutes(stretched_weeks(weeks, request.units, held))
        if is_advice:
            let_happen(w, council, end, Event.ADVICE_DONE, request.key, Happening.ADVICE_DONE, index, 0)
        else:
            let_happen(w, council, end, Event.DRAFTING_DONE, request.key, Happening.DRAFTING_DONE, index, 0)


def advice_done(w: Any, council: Any, index: int) -> None:
    """The team has done its part; some of the advice comes late."""
    request = w.requests[index]
    leave_slots(w, council, team_of(council, ADVICE), request.held)
    u = draw(w, Stream.LATE_ADVICE, request.key, request.number)
    late = late_advice_chance(w.late_advice_share, council.late_advice_level)
    if u >= late:
        assessed(w, council, index)
        return
    end = w.now + minutes(quantile(w, Table.LATE_ADVICE, rescaled(u, late)))
    let_happen(w, council, end, Event.ADVICE_DONE, request.key, Happening.LATE_ADVICE_DONE, index, 0)


def assessed(w: Any, council: Any, index: int) -> None:
    """A plan, or none."""
    request = w.requests[index]
    count(w, request.cell, Quantity.ASSESSMENTS, 1)
    count_hours(w, request.cell, Quantity.EP_HOURS, w.ep_hours_per_assessment)
    if draw(w, Stream.NO_PLAN, request.key, request.number) >= w.assessment_no_plan_share:
        wait_for_team(w, council, index, DRAFTING)
        return
    count(w, request.cell, Quantity.NO_PLAN, 1)
    if request.pupil < 0:
        close_request(w, index)
        return
    keep_record(w, Event.PLAN_NOT_ISSUED, request.school_id, request.key, request.number)
    kind = Happening.REFUSAL_TOLD
    send(w, council, Event.REFUSAL_TOLD, request.key, kind, index, DisputeKind.REFUSAL_TO_ISSUE)


def drafting_done(w: Any, council: Any, index: int) -> None:
    """The plan is written."""
    request = w.requests[index]
    leave_slots(w, council, team_of(council, DRAFTING), request.held)
    cell, key, taken = request.cell, request.key, w.now - request.received
    on_time = 1 if taken <= w.statutory_plan_weeks * MINUTES_PER_WEEK else 0
    count_hours(w, cell, Quantity.OFFICER_HOURS, w.officer_hours_per_plan)
    if request.pupil < 0:
        count(w, cell, Quantity.PLANS_ISSUED_EXOGENOUS, 1)
        count(w, cell, Quantity.PLANS_ON_TIME_EXOGENOUS, on_time)
        count(w, cell, Quantity.PLAN_WEEKS_EXOGENOUS, taken // MINUTES_PER_WEEK)
        give(w, w.requests, Pool.REQUESTS, index)
        place_other_plan(w, council, key)
        return
    count(w, cell, Quantity.PLANS_ISSUED_MAINSTREAM, 1)
    count(w, cell, Quantity.PLANS_ON_TIME_MAINSTREAM, on_time)
    count(w, cell, Quantity.PLAN_WEEKS_MAINSTREAM, taken // MINUTES_PER_WEEK)
    keep_record(w, Event.PLAN_ISSUED, request.school_id, key, taken)
    send(w, council, Event.PLAN_DELIVERED, key, Happening.PLAN_DELIVERED, index, 0)


def plan_delivered(w: Any, council: Any, which: int) -> None:
    """The plan comes into force."""
    request = w.requests[which]
    index, number, units = request.pupil, request.number, request.units
    give(w, w.requests, Pool.REQUESTS, which)
    pupil = w.pupils[index]
    pupil.request_open = 0
    if pupil.school < 0:
        if pupil.stage != Stage.EHC_PLAN and pupil.year_group >= N_YEAR_GROUPS:
            council.post16 += units
        pupil.stage = Stage.EHC_PLAN  # in alternative provision: the plan comes back with the pupil
        return
    if pupil.stage == Stage.EHC_PLAN:
        return
    close_those_of(w, w.schools[pupil.school], index, Activity.IDENTIFICATION)
    change_stage(w, w.schools[pupil.school], index, Stage.EHC_PLAN)
    place_new_plan(w, council, index, number)
    if pupil.school >= 0:
        consider(w, index, DisputeKind.CONTENTS, number, -1)


# -- requests that no mainstream school or family in it makes ---------------------------------------------------------


def next_other_request(w: Any, council: Any, number: int) -> None:
    """When the next request from outside mainstream comes."""
    level = request_level_now(w)
    rate = share_of_requests(council.requests_per_week, w.exogenous_request_share, level * w.outside_ratio)
    if rate <= 0.0:
        return
    when = w.now + minutes(exponential_gap(draw(w, Stream.EXOGENOUS_REQUEST, council.id, number), rate))
    key = outside_key(council.id, number + 1)
    let_happen(w, council, when, Event.EXOGENOUS_REQUEST_RECEIVED, key, Happening.OTHER_REQUEST, 0, number + 1)


def other_request(w: Any, council: Any, key: int, number: int) -> None:
    """A request from outside mainstream arrives."""
    count(w, council.cell, Quantity.REQUESTS_EXOGENOUS, 1)
    next_other_request(w, council, number)
    await_decision(w, council, other_request_made(w, council, key, w.now))


def other_request_made(w: Any, council: Any, key: int, received: int) -> int:
    """A request without a pupil of a mainstream school."""
    index = new_request(w, council, -1, key, 0)
    w.requests[index].received = received
    return index


def begin_with_work_in_hand(w: Any, council: Any) -> None:
    """No queue starts empty: assessments that were waiting or in hand when the run begins."""
    agreed = share_of_requests(council.requests_per_week, council.agreed_share, w.request_level)
    for team in (ADVICE, DRAFTING):
        before, weeks = w.weeks_from_request_to_team, council.waiting_weeks + w.advice_weeks
        if team == DRAFTING:
            before, weeks = w.weeks_from_request_to_team + w.advice_weeks, w.drafting_weeks
        n = cases_in_hand(agreed, weeks)
        for i in range(n):
            key = in_hand_key(council.id, team, i)
            received = request_date_in_hand(i, n, weeks, before)
            wait_for_team(w, council, other_request_made(w, council, key, received), team)


# -- capacity ---------------------------------------------------------------------------------------------------------


def set_capacity(w: Any, council: Any) -> None:
    """Team hours of the term: own staff, their growth, and what is bought in because work waits."""
    requests = council.requests_per_week
    if w.term > 0 and requests > 0.0:
        decisions = council.decisions_this_term
        council.followed = demand_followed(council.followed, decisions, requests, w.capacity_follow_years)
    growth = capacity_growth(w.capacity_growth, council.followed, w.capacity_follows_demand_share)
    bought = _set_advisers(w, council, growth) + _set_drafters(w, council, growth)
    count(w, council.cell, Quantity.SURGE_HOURS, team_minutes_in_term(bought))
    council.decisions_this_term = 0.0
    added = w.appeals_added[of_year(w, council)]
    count_thousandths(w, council.cell, Quantity.APPEAL_CAPACITY_ADDED, added / TERMS_PER_YEAR)


def _set_advisers(w: Any, council: Any, growth: float) -> float:
    """Slots of the psychologists. Returns hours bought in. [hours a week]."""
    ratio, per_case = w.psychologist_ratio[of_year(w, council)], w.ep_hours_per_assessment
    own = own_team_hours(council.own_ep_hours, growth, ratio)
    station = w.stations[team_of(council, ADVICE)]
    _count_idle(w, council, Quantity.EP_IDLE_HOURS, station, own, ratio)
    waiting = weeks_to_clear(station.units_waiting, own / per_case)
    return _set_slots(w, council, ADVICE, own, waiting, per_case, w.advice_weeks)


def _set_drafters(w: Any, council: Any, growth: float) -> float:
    """Slots of the case officers, of whose hours decisions take a part. Returns hours bought in. [hours a week]."""
    ratio, per_plan = w.officer_ratio[of_year(w, council)], w.officer_hours_per_plan
    own = own_team_hours(council.own_officer_hours, growth, ratio)
    station = w.stations[team_of(council, DRAFTING)]
    _count_idle(w, council, Quantity.OFFICER_IDLE_HOURS, station, own, ratio)
    drafting = drafting_hours(own, council.decisions_this_term, w.decision_hours, w.drafting_least_share)
    waiting = weeks_to_clear(station.units_waiting * per_plan, drafting)
    return _set_slots(w, council, DRAFTING, drafting, waiting, per_plan, w.drafting_weeks)


def _set_slots(w: Any, council: Any, team: int, hours: float, waiting: float, per_case: float, weeks: float) -> float:
    """Slots of a team of so many hours, for cases of so many hours and weeks. Returns hours bought in."""
    factor = surge_factor(waiting, w.capacity_surge, w.capacity_surge_cap)
    w.stations[team_of(council, team)].slots = case_slots(hours * factor, per_case, weeks)
    choose_soon(w, council, team_of(council, team))
    return bought_hours(hours, factor)


def _count_idle(w: Any, council: Any, quantity: int, station: Any, own_hours: float, ratio: float) -> None:
    """Hours that policy added and for which no case waits, as the start of the term finds them."""
    weekly = idle_added_hours(own_hours, ratio, station.slots, station.in_hand)
    count(w, council.cell, quantity, team_minutes_in_term(weekly))
