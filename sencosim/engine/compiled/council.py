"""M8 and M9: a council decides on requests, assesses, and issues plans; and the one national tribunal."""

from __future__ import annotations

from typing import Any

from sencosim.engine.compiled.basics import (
    MINUTES_PER_WEEK,
    count,
    draw,
    keep_record,
    make_node,
    meld_nodes,
    quantile,
    without_first_node,
    work_hours,
)
from sencosim.engine.compiled.calendar import schedule
from sencosim.engine.compiled.disputes import close_dispute, consider, remedy
from sencosim.engine.compiled.layout import (
    council_at,
    dispute_at,
    history_at,
    node_at,
    pupil_at,
    request_at,
    school_at,
    station_at,
)
from sencosim.engine.compiled.memory import fast
from sencosim.engine.compiled.numbers import (
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
from sencosim.engine.compiled.places import place_new_plan, place_other_plan
from sencosim.engine.compiled.pools import free_dispute, free_node, free_request, new_request
from sencosim.engine.compiled.pupils import change_stage
from sencosim.engine.compiled.queue import put
from sencosim.engine.compiled.requests import assess, await_decision, choose_soon, close_request, join
from sencosim.engine.compiled.year_levels import request_level_at
from sencosim.ledger.events import Event
from sencosim.randomness import STREAM
from sencosim.rules.chance import exponential_threshold, minutes
from sencosim.rules.requests import refusal_chance, refusal_log_odds
from sencosim.units import N_YEAR_GROUPS

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


@fast
def school_asked(w: Any, index: int, number: int, what: tuple[int, int]) -> None:
    """The council asks a school for information or advice about a pupil. ``what`` is activity and stream."""
    activity, stream = what
    pupil = pupil_at(w.pupils, index)
    if pupil.school >= 0 and pupil.stage == SEN_SUPPORT:
        hours = work_hours(w, activity, stream, pupil.key, number)
        put(w, pupil.school, school_at(w.schools, pupil.school), index, (activity, hours, number), 0)


@fast
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
    return refusal_chance(route, level, w.refusal_severity_slope, history_at(w.histories, request.pupil).frailty, few)


@fast
def decided(w: Any, council: Any, index: int, late: int) -> None:
    """The council decides whether to assess."""
    request = request_at(w.requests, index)
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


@fast
def _withdraw(w: Any, index: int) -> None:
    """Those who asked took the request back before the council decided."""
    request = request_at(w.requests, index)
    count(w, request.cell, Q_WITHDRAWN, 1)
    if request.pupil < 0:
        free_request(w, index)
        return
    keep_record(w, _TAKEN_BACK, request.school_id, request.key, request.number)
    close_request(w, index)


@fast
def _other_decided(w: Any, council: Any, index: int, late: int) -> None:
    key = request_at(w.requests, index).key
    council.decisions_this_term += 1.0
    chance = refusal_chance(w.refusal_exogenous_log_odds, council.refusal_log_odds, 0.0, 1.0, 0.0)
    refused = draw(w, _REFUSAL, key, 0) < chance
    count(w, council.cell, Q_DECISIONS, 1)
    count(w, council.cell, Q_ON_TIME, 0 if late != 0 else 1)
    count(w, council.cell, Q_OFFICERS, int(w.decision_hours * 60.0))
    if refused:
        count(w, council.cell, Q_REFUSED_OTHER, 1)
        free_request(w, index)
    else:
        assess(w, council, index)


@fast
def refusal_told(w: Any, index: int, kind: int) -> None:
    """The family hears of a refusal."""
    request = request_at(w.requests, index)
    pupil = pupil_at(w.pupils, request.pupil)
    away = pupil.stage != SEN_SUPPORT or pupil.school < 0
    if away or not consider(w, request.pupil, kind, request.number, index):
        close_request(w, index)


@fast
def slots_given(w: Any, council: Any, which: int) -> None:
    """Free slots of a team go to those who have waited longest."""
    station = station_at(w.stations, which)
    station.choosing = -1
    drafting = which - council.index * 2
    while station.head >= 0:
        node = station.head
        index = node_at(w.nodes, node).thing
        request = request_at(w.requests, index)
        held = min(request.units, station.slots)
        if station.in_hand + held > station.slots:
            return
        station.head = without_first_node(w, node)
        free_node(w, node)
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


@fast
def advice_done(w: Any, council: Any, index: int) -> None:
    """The team has done its part; some of the advice comes late."""
    request = request_at(w.requests, index)
    station_at(w.stations, council.index * 2).in_hand -= request.held
    choose_soon(w, council, council.index * 2)
    u = draw(w, _LATE_ADVICE, request.key, request.number)
    late = min(1.0, w.late_advice_share * council.late_advice_level)
    if u < late:
        delay = quantile(w, T_LATE_ADVICE, u / late)
        what = (ON_LATE_ADVICE_DONE, index, 0, 0.0)
        schedule(w, council, w.now + minutes(delay), _ADVICE_DONE, request.key, what)
    else:
        assessed(w, council, index)


@fast
def assessed(w: Any, council: Any, index: int) -> None:
    """A plan, or none."""
    request = request_at(w.requests, index)
    mainstream = request.pupil >= 0
    count(w, request.cell, Q_ASSESSMENTS, 1)
    count(w, request.cell, Q_EP, int(w.ep_hours_per_assessment * 60.0))
    if draw(w, _NO_PLAN, request.key, request.number) < w.assessment_no_plan_share:
        count(w, request.cell, Q_NO_PLAN, 1)
        if not mainstream:
            free_request(w, index)
            return
        keep_record(w, _NOT_ISSUED, request.school_id, request.key, request.number)
        what = (ON_REFUSAL_TOLD, index, REFUSAL_TO_ISSUE, 0.0)
        schedule(w, council, w.now + w.notice, _REFUSAL_TOLD, request.key, what)
        return
    join(w, council, index, 1)


@fast
def drafting_done(w: Any, council: Any, index: int) -> None:
    """The plan is written."""
    request = request_at(w.requests, index)
    station_at(w.stations, council.index * 2 + 1).in_hand -= request.held
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
        free_request(w, index)
        place_other_plan(w, council, key)


@fast
def plan_delivered(w: Any, council: Any, which: int) -> None:
    """The plan comes into force."""
    request = request_at(w.requests, which)
    index, number, units = request.pupil, request.number, request.units
    free_request(w, which)
    pupil = pupil_at(w.pupils, index)
    pupil.request_open = 0
    if pupil.school < 0:
        if pupil.stage == SEN_SUPPORT and pupil.year_group >= N_YEAR_GROUPS:
            council.post16 += units
        pupil.stage = EHC_PLAN  # in alternative provision: the plan comes back with the pupil
        return
    if pupil.stage != SEN_SUPPORT:
        return
    change_stage(w, school_at(w.schools, pupil.school), index, EHC_PLAN)
    place_new_plan(w, council, index, number)
    if pupil.school >= 0:
        consider(w, index, CONTENTS, number, -1)


# -- requests that no mainstream school or family in it makes ------------------------------------------------------


@fast
def other_request_made(w: Any, council: Any, key: int, received: int) -> int:
    """A request without a pupil of a mainstream school."""
    index = new_request(w)
    request = request_at(w.requests, index)
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


@fast
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


@fast
def other_request(w: Any, council: Any, key: int, number: int) -> None:
    """A request from outside mainstream arrives."""
    count(w, council.cell, Q_OTHER, 1)
    next_other_request(w, council, number)
    await_decision(w, council, other_request_made(w, council, key, w.now))


@fast
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


# -- the tribunal ---------------------------------------------------------------------------------------------------


@fast
def _hearings_soon(w: Any, tribunal: Any) -> None:
    station = station_at(w.stations, w.n_councils * 2)
    if station.choosing == w.now or station.in_hand >= station.slots or station.head < 0:
        return
    station.choosing = w.now
    schedule(w, tribunal, w.now, _HEARING_SLOT, 0, (ON_HEARING_SLOT, 0, 0, 0.0))


@fast
def resize_tribunal(w: Any, level: float) -> None:
    """Capacity of the term."""
    per_week = w.tribunal_capacity_per_year / 52.0
    station_at(w.stations, w.n_councils * 2).slots = max(1, int(per_week * w.tribunal_weeks * level + 0.5))
    _hearings_soon(w, council_at(w.councils, w.n_councils))


@fast
def lodged(w: Any, tribunal: Any, which: int) -> None:
    """An appeal joins the national queue."""
    dispute = dispute_at(w.disputes, which)
    council = council_at(w.councils, dispute.council)
    weight = dispute.weight * council.weight
    u = draw(w, _UNIT, dispute.key, dispute.number << 3 | 7)
    dispute.units = max(1, int(weight + u)) if weight > 1.0 else 1
    council.appeals_open += dispute.weight
    weeks = quantile(w, T_TRIBUNAL, draw(w, _WEEKS, dispute.key, dispute.number << 3 | 1))
    u = draw(w, _CONCESSION, dispute.key, dispute.number)
    dispute.conceded = 1 if u < w.tribunal_concession_share else 0
    dispute.weeks = weeks * u / w.tribunal_concession_share if dispute.conceded != 0 else weeks
    station = station_at(w.stations, w.n_councils * 2)
    station.head = meld_nodes(w, station.head, make_node(w, which, w.now, 0.0, dispute.key))
    station.units_waiting += dispute.units
    _hearings_soon(w, tribunal)


@fast
def hearings_given(w: Any, tribunal: Any) -> None:
    """Free slots go in order of registration."""
    station = station_at(w.stations, w.n_councils * 2)
    station.choosing = -1
    while station.head >= 0:
        node = station.head
        which = node_at(w.nodes, node).thing
        dispute = dispute_at(w.disputes, which)
        held = min(dispute.units, station.slots)
        if station.in_hand + held > station.slots:
            return
        station.head = without_first_node(w, node)
        free_node(w, node)
        station.in_hand += held
        station.units_waiting -= dispute.units
        dispute.held = held
        end = w.now + minutes(dispute.weeks * dispute.units / held)
        code = _CONCEDED if dispute.conceded != 0 else _HEARD
        schedule(w, tribunal, end, code, dispute.key, (ON_HEARD, which, 0, 0.0))


@fast
def heard(w: Any, tribunal: Any, which: int) -> None:
    """An appeal ends: conceded, or decided by the tribunal."""
    dispute = dispute_at(w.disputes, which)
    council = council_at(w.councils, dispute.council)
    station_at(w.stations, w.n_councils * 2).in_hand -= dispute.held
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


@fast
def appeal_told(w: Any, which: int, upheld: int) -> None:
    """Family and council hear the outcome."""
    if upheld != 0:
        close_dispute(w, which)
    elif dispute_at(w.disputes, which).pupil < 0:
        free_dispute(w, which)
    else:
        remedy(w, which)
