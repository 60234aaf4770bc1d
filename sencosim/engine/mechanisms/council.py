"""M8 and M9: a council decides on requests, assesses, and issues plans; and the one national tribunal."""

from __future__ import annotations

from typing import Any

from sencosim.engine.mechanisms.basics import (
    count,
    draw,
    keep_record,
    quantile,
    join_list,
    leave_list,
    work_hours,
)
from sencosim.engine.handle import give, schedule, take
from sencosim.engine.mechanisms.disputes import close_dispute, consider, remedy
from sencosim.engine.mechanisms.numbers import (
    CONTENTS,
    EHC_PLAN,
    ON_ADVICE_DONE,
    ON_APPEAL_TOLD,
    ON_DRAFTING_DONE,
    ON_HEARD,
    ON_HEARING_SLOT,
    ON_LATE_ADVICE_DONE,
    ON_OTHER_REQUEST,
    ON_PLAN_DELIVERED,
    ON_REFUSAL_TOLD,
    PARENTAL,
    REFUSAL_TO_ASSESS,
    REFUSAL_TO_ISSUE,
    SEN_SUPPORT,
    T_ADVICE,
    T_DRAFTING,
    T_LATE_ADVICE,
    T_TRIBUNAL,
    Q,
)
from sencosim.engine.mechanisms.places import place_new_plan, place_other_plan
from sencosim.engine.records import Pool
from sencosim.engine.mechanisms.pupils import change_stage
from sencosim.engine.mechanisms.queue import put
from sencosim.engine.mechanisms.requests import assess, await_decision, choose_soon, close_request, join, request_level_at
from sencosim.ledger.events import Event
from sencosim.randomness import STREAM
from sencosim.rules.assessment import capacity_growth, case_slots, demand_followed, idle_added_hours, surge_factor
from sencosim.rules.chance import exponential_threshold, minutes
from sencosim.rules.requests import refusal_chance, refusal_log_odds
from sencosim.units import MINUTES_PER_WEEK, N_YEAR_GROUPS, TERM_WEEKS

_REQUESTS, _DISPUTES = int(Pool.REQUESTS), int(Pool.DISPUTES)
Q_SURGE, Q_HEARINGS = Q["surge_hours"], Q["appeal_capacity_added"]
Q_EP_IDLE, Q_OFFICER_IDLE = Q["ep_idle_hours"], Q["officer_idle_hours"]
TWENTY_WEEKS = 20 * MINUTES_PER_WEEK
EXOGENOUS_BIT = 1 << 48
_EXOGENOUS = STREAM["exogenous_request"]
_REFUSAL = STREAM["refusal"]
_WITHDRAWN = STREAM["request_withdrawn"]
_ADVICE = STREAM["advice_weeks"]
_LATE_ADVICE = STREAM["late_advice"]
_DRAFTING = STREAM["drafting_weeks"]
_NO_PLAN = STREAM["no_plan"]
_UNIT = STREAM["case_unit"]
_WEEKS = STREAM["appeal_weeks"]
_CONCESSION = STREAM["tribunal_concession"]
_OUTCOME = STREAM["tribunal_outcome"]
_REFUSAL_TOLD, _PLAN_DELIVERED = int(Event.REFUSAL_TOLD), int(Event.PLAN_DELIVERED)
_OUTCOME_TOLD = int(Event.APPEAL_OUTCOME_TOLD)
_TAKEN_BACK = int(Event.REQUEST_WITHDRAWN)
_REFUSED, _AGREED = int(Event.ASSESSMENT_REFUSED), int(Event.ASSESSMENT_AGREED)
_NOT_ISSUED, _ISSUED = int(Event.PLAN_NOT_ISSUED), int(Event.PLAN_ISSUED)
_ADVICE_DONE, _DRAFTING_DONE = int(Event.ADVICE_DONE), int(Event.DRAFTING_DONE)
_OTHER_RECEIVED = int(Event.EXOGENOUS_REQUEST_RECEIVED)
_HEARING_SLOT = int(Event.HEARING_SLOT_TAKEN)
_CONCEDED, _HEARD = int(Event.APPEAL_CONCEDED), int(Event.APPEAL_HEARD)
Q_DECISIONS, Q_ON_TIME, Q_OFFICERS = Q["decisions"], Q["decisions_on_time"], Q["officer_hours"]
Q_REFUSED_PARENTAL, Q_REFUSED_SCHOOL = Q["refused_parental"], Q["refused_school_led"]
Q_WITHDRAWN = Q["requests_withdrawn"]
Q_REFUSED_OTHER, Q_OTHER = Q["refused_exogenous"], Q["requests_exogenous"]
Q_ASSESSMENTS, Q_EP, Q_NO_PLAN = Q["assessments"], Q["ep_hours"], Q["no_plan"]
Q_ISSUED, Q_ISSUED_OTHER = Q["plans_issued_mainstream"], Q["plans_issued_exogenous"]
Q_TIMELY, Q_TIMELY_OTHER = Q["plans_on_time_mainstream"], Q["plans_on_time_exogenous"]
Q_WEEKS, Q_WEEKS_OTHER = Q["plan_weeks_mainstream"], Q["plan_weeks_exogenous"]
Q_APPEAL_WEEKS, Q_APPEALS_CONCEDED = Q["appeal_weeks"], Q["appeals_conceded"]
Q_APPEALS_HEARD, Q_UPHELD = Q["appeals_heard"], Q["appeals_upheld"]


def school_asked(w: Any, index: int, number: int, what: tuple[int, int]) -> None:
    """The council asks a school for information or advice about a pupil. ``what`` is activity and stream."""
    activity, stream = what
    pupil = w.pupils[index]
    if pupil.school >= 0 and pupil.stage == SEN_SUPPORT:
        hours = work_hours(w, activity, stream, pupil.key, number)
        put(w, pupil.school, w.schools[pupil.school], index, (activity, hours, number), 0)


def _refusal_chance(w: Any, council: Any, request: Any) -> float:
    route = refusal_log_odds(
        w.refusal_share_school_led,
        w.refusal_share_parental,
        1.0 if request.route == PARENTAL else 0.0,
        1.0 if request.family != 0 else 0.0,
        w.refusal_route_causal_share,
    )
    few = w.refusal_few_cycles_log_odds if request.few_cycles != 0 else 0.0
    level = council.refusal_log_odds + w.refusal_level_log_odds
    return refusal_chance(route, level, w.refusal_severity_slope, w.histories[request.pupil].frailty, few)


def decided(w: Any, council: Any, index: int, late: int) -> None:
    """The council decides whether to assess."""
    request = w.requests[index]
    if draw(w, _WITHDRAWN, request.key, request.number) < w.request_withdrawn_share:
        _withdraw(w, index)
        return
    if request.pupil < 0:
        _other_decided(w, council, index, late)
        return
    council.decisions_this_term += request.units
    refused = draw(w, _REFUSAL, request.key, request.number) < _refusal_chance(w, council, request)
    count(w, request.cell, Q_DECISIONS, 1)
    count(w, request.cell, Q_ON_TIME, 0 if late != 0 else 1)
    count(w, request.cell, Q_OFFICERS, int(w.decision_hours * 60.0))
    if refused:
        count(w, request.cell, Q_REFUSED_PARENTAL if request.route == PARENTAL else Q_REFUSED_SCHOOL, 1)
    keep_record(w, _REFUSED if refused else _AGREED, request.school_id, request.key, request.number)
    if refused:
        what = (ON_REFUSAL_TOLD, index, REFUSAL_TO_ASSESS, 0.0)
        schedule(w, council, w.now + w.notice, _REFUSAL_TOLD, request.key, what)
    else:
        assess(w, council, index)


def _withdraw(w: Any, index: int) -> None:
    """Those who asked took the request back before the council decided."""
    request = w.requests[index]
    count(w, request.cell, Q_WITHDRAWN, 1)
    if request.pupil < 0:
        give(w, w.requests, _REQUESTS, index)
        return
    keep_record(w, _TAKEN_BACK, request.school_id, request.key, request.number)
    close_request(w, index)


def _other_decided(w: Any, council: Any, index: int, late: int) -> None:
    key = w.requests[index].key
    council.decisions_this_term += 1.0
    chance = refusal_chance(w.refusal_exogenous_log_odds, council.refusal_log_odds, 0.0, 1.0, 0.0)
    refused = draw(w, _REFUSAL, key, 0) < chance
    count(w, council.cell, Q_DECISIONS, 1)
    count(w, council.cell, Q_ON_TIME, 0 if late != 0 else 1)
    count(w, council.cell, Q_OFFICERS, int(w.decision_hours * 60.0))
    if refused:
        count(w, council.cell, Q_REFUSED_OTHER, 1)
        give(w, w.requests, _REQUESTS, index)
    else:
        assess(w, council, index)


def refusal_told(w: Any, index: int, kind: int) -> None:
    """The family hears of a refusal."""
    request = w.requests[index]
    pupil = w.pupils[request.pupil]
    away = pupil.stage != SEN_SUPPORT or pupil.school < 0
    if away or not consider(w, request.pupil, kind, request.number, index):
        close_request(w, index)


def slots_given(w: Any, council: Any, which: int) -> None:
    """Free slots of a team go to those who have waited longest."""
    station = w.stations[which]
    station.choosing = -1
    drafting = which - council.index * 2
    while station.head >= 0:
        node = station.head
        index = w.nodes[node].thing
        request = w.requests[index]
        held = min(request.units, station.slots)
        if station.in_hand + held > station.slots:
            return
        station.head = leave_list(w, node)
        station.in_hand += held
        station.units_waiting -= request.units
        request.held = held
        if drafting == 0:
            weeks = quantile(w, T_ADVICE, draw(w, _ADVICE, request.key, request.number))
            end, code, kind = w.now + minutes(weeks * request.units / held), _ADVICE_DONE, ON_ADVICE_DONE
        else:
            weeks = quantile(w, T_DRAFTING, draw(w, _DRAFTING, request.key, request.number))
            end, code, kind = w.now + minutes(weeks * request.units / held), _DRAFTING_DONE, ON_DRAFTING_DONE
        schedule(w, council, end, code, request.key, (kind, index, 0, 0.0))


def advice_done(w: Any, council: Any, index: int) -> None:
    """The team has done its part; some of the advice comes late."""
    request = w.requests[index]
    w.stations[council.index * 2].in_hand -= request.held
    choose_soon(w, council, council.index * 2)
    u = draw(w, _LATE_ADVICE, request.key, request.number)
    late = min(1.0, w.late_advice_share * council.late_advice_level)
    if u < late:
        delay = quantile(w, T_LATE_ADVICE, u / late)
        what = (ON_LATE_ADVICE_DONE, index, 0, 0.0)
        schedule(w, council, w.now + minutes(delay), _ADVICE_DONE, request.key, what)
    else:
        assessed(w, council, index)


def assessed(w: Any, council: Any, index: int) -> None:
    """A plan, or none."""
    request = w.requests[index]
    mainstream = request.pupil >= 0
    count(w, request.cell, Q_ASSESSMENTS, 1)
    count(w, request.cell, Q_EP, int(w.ep_hours_per_assessment * 60.0))
    if draw(w, _NO_PLAN, request.key, request.number) < w.assessment_no_plan_share:
        count(w, request.cell, Q_NO_PLAN, 1)
        if not mainstream:
            give(w, w.requests, _REQUESTS, index)
            return
        keep_record(w, _NOT_ISSUED, request.school_id, request.key, request.number)
        what = (ON_REFUSAL_TOLD, index, REFUSAL_TO_ISSUE, 0.0)
        schedule(w, council, w.now + w.notice, _REFUSAL_TOLD, request.key, what)
        return
    join(w, council, index, 1)


def drafting_done(w: Any, council: Any, index: int) -> None:
    """The plan is written."""
    request = w.requests[index]
    w.stations[council.index * 2 + 1].in_hand -= request.held
    choose_soon(w, council, council.index * 2 + 1)
    mainstream = request.pupil >= 0
    taken = w.now - request.received
    count(w, request.cell, Q_ISSUED if mainstream else Q_ISSUED_OTHER, 1)
    count(w, request.cell, Q_TIMELY if mainstream else Q_TIMELY_OTHER, 1 if taken <= TWENTY_WEEKS else 0)
    count(w, request.cell, Q_WEEKS if mainstream else Q_WEEKS_OTHER, taken // MINUTES_PER_WEEK)
    count(w, request.cell, Q_OFFICERS, int(w.officer_hours_per_plan * 60.0))
    if mainstream:
        keep_record(w, _ISSUED, request.school_id, request.key, taken)
        schedule(w, council, w.now + w.notice, _PLAN_DELIVERED, request.key, (ON_PLAN_DELIVERED, index, 0, 0.0))
    else:
        key = request.key
        give(w, w.requests, _REQUESTS, index)
        place_other_plan(w, council, key)


def plan_delivered(w: Any, council: Any, which: int) -> None:
    """The plan comes into force."""
    request = w.requests[which]
    index, number, units = request.pupil, request.number, request.units
    give(w, w.requests, _REQUESTS, which)
    pupil = w.pupils[index]
    pupil.request_open = 0
    if pupil.school < 0:
        if pupil.stage == SEN_SUPPORT and pupil.year_group >= N_YEAR_GROUPS:
            council.post16 += units
        pupil.stage = EHC_PLAN  # in alternative provision: the plan comes back with the pupil
        return
    if pupil.stage != SEN_SUPPORT:
        return
    change_stage(w, w.schools[pupil.school], index, EHC_PLAN)
    place_new_plan(w, council, index, number)
    if pupil.school >= 0:
        consider(w, index, CONTENTS, number, -1)


# -- requests that no mainstream school or family in it makes ------------------------------------------------------


def other_request_made(w: Any, council: Any, key: int, received: int) -> int:
    """A request without a pupil of a mainstream school."""
    index = take(w, w.requests, _REQUESTS)
    request = w.requests[index]
    request.pupil = -1
    request.key = key
    request.number = 0
    request.received = received
    request.cell = council.cell
    request.school_id = -1
    request.council = council.index
    request.units = 1
    request.held = 0
    return index


def next_other_request(w: Any, council: Any, number: int) -> None:
    """When the next request from outside mainstream comes."""
    u = draw(w, _EXOGENOUS, council.id, number)
    rate = council.requests_per_week * w.exogenous_request_share * request_level_at(w, w.now)
    if rate <= 0.0:
        return
    number += 1
    key = EXOGENOUS_BIT | (council.id << 24 | number)
    gap = minutes(exponential_threshold(u) / rate)
    schedule(w, council, w.now + gap, _OTHER_RECEIVED, key, (ON_OTHER_REQUEST, 0, number, 0.0))


def other_request(w: Any, council: Any, key: int, number: int) -> None:
    """A request from outside mainstream arrives."""
    count(w, council.cell, Q_OTHER, 1)
    next_other_request(w, council, number)
    await_decision(w, council, other_request_made(w, council, key, w.now))


def begin_with_work_in_hand(w: Any, council: Any) -> None:
    """No queue starts empty: assessments that were waiting or in hand when the run begins."""
    agreed = council.requests_per_week * council.agreed_share * w.request_level
    for stage in range(2):
        weeks = council.waiting_weeks + w.advice_weeks if stage == 0 else w.drafting_weeks
        n = int(agreed * weeks + 0.5)
        for i in range(n):
            key = EXOGENOUS_BIT | (council.id << 24 | 1 << 23 | stage << 22 | i)
            date = -int((5.0 + (stage * w.advice_weeks) + weeks * (n - i) / n) * MINUTES_PER_WEEK)
            join(w, council, other_request_made(w, council, key, date), stage)


# -- capacity -------------------------------------------------------------------------------------------------------


def set_capacity(w: Any, council: Any) -> None:
    """Team hours of the term: own staff, their growth, and what is bought in because work waits."""
    advice, drafters = w.stations[council.index * 2], w.stations[council.index * 2 + 1]
    if w.term > 0 and council.requests_per_week > 0.0:
        council.followed = demand_followed(council.followed, council.decisions_this_term, council.requests_per_week)
    growth = capacity_growth(w.capacity_growth, council.followed, w.capacity_follows_demand_share)
    more_ep = w.psychologist_ratio[council.index * w.n_years + w.year]
    more_officers = w.officer_ratio[council.index * w.n_years + w.year]
    own_ep = council.own_ep_hours * growth * more_ep
    _count_idle(w, council, Q_EP_IDLE, advice, own_ep, more_ep)
    per_case = w.ep_hours_per_assessment
    weekly = own_ep / per_case
    waiting = advice.units_waiting / weekly if weekly > 0.0 else 0.0
    factor = surge_factor(waiting, w.capacity_surge, w.capacity_surge_cap)
    advice.slots = case_slots(own_ep * factor, per_case, w.advice_weeks, 1.0)
    choose_soon(w, council, council.index * 2)
    own_officers = council.own_officer_hours * growth * more_officers
    _count_idle(w, council, Q_OFFICER_IDLE, drafters, own_officers, more_officers)
    deciding = council.decisions_this_term * w.decision_hours / (52.0 / 3.0)
    drafting = max(0.2 * own_officers, own_officers - deciding)
    per_plan = w.officer_hours_per_plan
    waiting = drafters.units_waiting * per_plan / drafting if drafting > 0.0 else 0.0
    officer_factor = surge_factor(waiting, w.capacity_surge, w.capacity_surge_cap)
    drafters.slots = case_slots(drafting * officer_factor, per_plan, w.drafting_weeks, 1.0)
    choose_soon(w, council, council.index * 2 + 1)
    bought = own_ep * (factor - 1.0) + drafting * (officer_factor - 1.0)
    count(w, council.cell, Q_SURGE, int(bought * TERM_WEEKS * 4.0 / 3.0 * 60.0))
    council.decisions_this_term = 0.0
    added = w.appeals_added[council.index * w.n_years + w.year]
    count(w, council.cell, Q_HEARINGS, int(added / 3.0 * 1000.0))


def _count_idle(w: Any, council: Any, quantity: int, station: Any, own_hours: float, ratio: float) -> None:
    """Hours that policy added and for which no case waits, as the start of the term finds them."""
    weekly = idle_added_hours(own_hours, ratio, station.slots, station.in_hand)
    count(w, council.cell, quantity, int(weekly * TERM_WEEKS * 4.0 / 3.0 * 60.0))


# -- the tribunal ---------------------------------------------------------------------------------------------------


def _hearings_soon(w: Any, tribunal: Any) -> None:
    station = w.stations[w.n_councils * 2]
    if station.choosing == w.now or station.in_hand >= station.slots or station.head < 0:
        return
    station.choosing = w.now
    schedule(w, tribunal, w.now, _HEARING_SLOT, 0, (ON_HEARING_SLOT, 0, 0, 0.0))


def resize_tribunal(w: Any, level: float) -> None:
    """Capacity of the term."""
    per_week = w.tribunal_capacity_per_year / 52.0
    w.stations[w.n_councils * 2].slots = max(1, int(per_week * w.tribunal_weeks * level + 0.5))
    _hearings_soon(w, w.councils[w.n_councils])


def lodged(w: Any, tribunal: Any, which: int) -> None:
    """An appeal joins the national queue."""
    dispute = w.disputes[which]
    council = w.councils[dispute.council]
    weight = dispute.weight * council.weight
    u = draw(w, _UNIT, dispute.key, dispute.number << 3 | 7)
    dispute.units = max(1, int(weight + u)) if weight > 1.0 else 1
    council.appeals_open += dispute.weight
    weeks = quantile(w, T_TRIBUNAL, draw(w, _WEEKS, dispute.key, dispute.number << 3 | 1))
    u = draw(w, _CONCESSION, dispute.key, dispute.number)
    dispute.conceded = 1 if u < w.tribunal_concession_share else 0
    dispute.weeks = weeks * u / w.tribunal_concession_share if dispute.conceded != 0 else weeks
    station = w.stations[w.n_councils * 2]
    station.head = join_list(w, station.head, which, w.now, 0.0, dispute.key)
    station.units_waiting += dispute.units
    _hearings_soon(w, tribunal)


def hearings_given(w: Any, tribunal: Any) -> None:
    """Free slots go in order of registration."""
    station = w.stations[w.n_councils * 2]
    station.choosing = -1
    while station.head >= 0:
        node = station.head
        which = w.nodes[node].thing
        dispute = w.disputes[which]
        held = min(dispute.units, station.slots)
        if station.in_hand + held > station.slots:
            return
        station.head = leave_list(w, node)
        station.in_hand += held
        station.units_waiting -= dispute.units
        dispute.held = held
        end = w.now + minutes(dispute.weeks * dispute.units / held)
        code = _CONCEDED if dispute.conceded != 0 else _HEARD
        schedule(w, tribunal, end, code, dispute.key, (ON_HEARD, which, 0, 0.0))


def heard(w: Any, tribunal: Any, which: int) -> None:
    """An appeal ends: conceded, or decided by the tribunal."""
    dispute = w.disputes[which]
    council = w.councils[dispute.council]
    w.stations[w.n_councils * 2].in_hand -= dispute.held
    _hearings_soon(w, tribunal)
    council.appeals_open -= dispute.weight
    count(w, dispute.cell, Q_APPEAL_WEEKS, (w.now - dispute.registered) // MINUTES_PER_WEEK)
    upheld = 0
    if dispute.conceded != 0:
        count(w, dispute.cell, Q_APPEALS_CONCEDED, 1)
    else:
        count(w, dispute.cell, Q_APPEALS_HEARD, 1)
        if draw(w, _OUTCOME, dispute.key, dispute.number) < w.tribunal_upheld_share:
            upheld = 1
        count(w, dispute.cell, Q_UPHELD, upheld)
    code = _CONCEDED if dispute.conceded != 0 else _HEARD
    keep_record(w, code, dispute.school_id, dispute.key, dispute.kind)
    schedule(w, council, w.now + w.notice, _OUTCOME_TOLD, dispute.key, (ON_APPEAL_TOLD, which, upheld, 0.0))


def appeal_told(w: Any, which: int, upheld: int) -> None:
    """Family and council hear the outcome."""
    if upheld != 0:
        close_dispute(w, which)
    elif w.disputes[which].pupil < 0:
        give(w, w.disputes, _DISPUTES, which)
    else:
        remedy(w, which)
