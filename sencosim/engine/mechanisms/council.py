"""M8 and M9: a council decides on requests, assesses, and issues plans; and the one national tribunal."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import give, schedule, take
from sencosim.engine.mechanisms.basics import (
    count,
    draw,
    join_list,
    keep_record,
    leave_list,
    of_year,
    quantile,
)
from sencosim.engine.mechanisms.disputes import close_dispute, consider, remedy
from sencosim.engine.mechanisms.places import place_new_plan, place_other_plan
from sencosim.engine.mechanisms.pupils import change_stage
from sencosim.engine.mechanisms.queue import make_due
from sencosim.engine.mechanisms.requests import (
    assess,
    await_decision,
    choose_soon,
    close_request,
    join,
    request_level_at,
)
from sencosim.engine.records import Pool
from sencosim.rules.assessment import capacity_growth, case_slots, demand_followed, idle_added_hours, surge_factor
from sencosim.rules.chance import exponential_threshold, minutes
from sencosim.rules.requests import refusal_chance, refusal_log_odds
from sencosim.units import MINUTES_PER_WEEK, N_YEAR_GROUPS, TERM_WEEKS
from sencosim.vocabulary import DisputeKind, Event, Happening, Quantity, Route, Stage, Stream, Table

TWENTY_WEEKS = 20 * MINUTES_PER_WEEK
EXOGENOUS_BIT = 1 << 48


def school_asked(w: Any, index: int, number: int, activity: int) -> None:
    """The council asks a school for information or advice about a pupil."""
    pupil = w.pupils[index]
    if pupil.school >= 0 and pupil.stage == Stage.SEN_SUPPORT:
        make_due(w, w.schools[pupil.school], index, activity, number)


def _refusal_chance(w: Any, council: Any, request: Any) -> float:
    route = refusal_log_odds(
        w.refusal_share_school_led,
        w.refusal_share_parental,
        1.0 if request.route == Route.PARENTAL else 0.0,
        1.0 if request.family != 0 else 0.0,
        w.refusal_route_causal_share,
    )
    few = w.refusal_few_cycles_log_odds if request.few_cycles != 0 else 0.0
    level = council.refusal_log_odds + w.refusal_level_log_odds
    return refusal_chance(route, level, w.refusal_severity_slope, w.histories[request.pupil].frailty, few)


def decided(w: Any, council: Any, index: int, late: int) -> None:
    """The council decides whether to assess."""
    request = w.requests[index]
    if draw(w, Stream.REQUEST_WITHDRAWN, request.key, request.number) < w.request_withdrawn_share:
        _withdraw(w, index)
        return
    if request.pupil < 0:
        _other_decided(w, council, index, late)
        return
    council.decisions_this_term += request.units
    refused = draw(w, Stream.REFUSAL, request.key, request.number) < _refusal_chance(w, council, request)
    count(w, request.cell, Quantity.DECISIONS, 1)
    count(w, request.cell, Quantity.DECISIONS_ON_TIME, 0 if late != 0 else 1)
    count(w, request.cell, Quantity.OFFICER_HOURS, int(w.decision_hours * 60.0))
    if refused:
        count(
            w,
            request.cell,
            Quantity.REFUSED_PARENTAL if request.route == Route.PARENTAL else Quantity.REFUSED_SCHOOL_LED,
            1,
        )
    keep_record(
        w,
        Event.ASSESSMENT_REFUSED if refused else Event.ASSESSMENT_AGREED,
        request.school_id,
        request.key,
        request.number,
    )
    if refused:
        what = (Happening.REFUSAL_TOLD, index, DisputeKind.REFUSAL_TO_ASSESS, 0.0)
        schedule(w, council, w.now + w.notice, Event.REFUSAL_TOLD, request.key, what)
    else:
        assess(w, council, index)


def _withdraw(w: Any, index: int) -> None:
    """Those who asked took the request back before the council decided."""
    request = w.requests[index]
    count(w, request.cell, Quantity.REQUESTS_WITHDRAWN, 1)
    if request.pupil < 0:
        give(w, w.requests, Pool.REQUESTS, index)
        return
    keep_record(w, Event.REQUEST_WITHDRAWN, request.school_id, request.key, request.number)
    close_request(w, index)


def _other_decided(w: Any, council: Any, index: int, late: int) -> None:
    key = w.requests[index].key
    council.decisions_this_term += 1.0
    chance = refusal_chance(w.refusal_exogenous_log_odds, council.refusal_log_odds, 0.0, 1.0, 0.0)
    refused = draw(w, Stream.REFUSAL, key, 0) < chance
    count(w, council.cell, Quantity.DECISIONS, 1)
    count(w, council.cell, Quantity.DECISIONS_ON_TIME, 0 if late != 0 else 1)
    count(w, council.cell, Quantity.OFFICER_HOURS, int(w.decision_hours * 60.0))
    if refused:
        count(w, council.cell, Quantity.REFUSED_EXOGENOUS, 1)
        give(w, w.requests, Pool.REQUESTS, index)
    else:
        assess(w, council, index)


def refusal_told(w: Any, index: int, kind: int) -> None:
    """The family hears of a refusal."""
    request = w.requests[index]
    pupil = w.pupils[request.pupil]
    away = pupil.stage != Stage.SEN_SUPPORT or pupil.school < 0
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
            weeks = quantile(w, Table.ADVICE, draw(w, Stream.ADVICE_WEEKS, request.key, request.number))
            end, code, kind = w.now + minutes(weeks * request.units / held), Event.ADVICE_DONE, Happening.ADVICE_DONE
        else:
            weeks = quantile(w, Table.DRAFTING, draw(w, Stream.DRAFTING_WEEKS, request.key, request.number))
            end, code, kind = (
                w.now + minutes(weeks * request.units / held),
                Event.DRAFTING_DONE,
                Happening.DRAFTING_DONE,
            )
        schedule(w, council, end, code, request.key, (kind, index, 0, 0.0))


def advice_done(w: Any, council: Any, index: int) -> None:
    """The team has done its part; some of the advice comes late."""
    request = w.requests[index]
    w.stations[council.index * 2].in_hand -= request.held
    choose_soon(w, council, council.index * 2)
    u = draw(w, Stream.LATE_ADVICE, request.key, request.number)
    late = min(1.0, w.late_advice_share * council.late_advice_level)
    if u < late:
        delay = quantile(w, Table.LATE_ADVICE, u / late)
        what = (Happening.LATE_ADVICE_DONE, index, 0, 0.0)
        schedule(w, council, w.now + minutes(delay), Event.ADVICE_DONE, request.key, what)
    else:
        assessed(w, council, index)


def assessed(w: Any, council: Any, index: int) -> None:
    """A plan, or none."""
    request = w.requests[index]
    mainstream = request.pupil >= 0
    count(w, request.cell, Quantity.ASSESSMENTS, 1)
    count(w, request.cell, Quantity.EP_HOURS, int(w.ep_hours_per_assessment * 60.0))
    if draw(w, Stream.NO_PLAN, request.key, request.number) < w.assessment_no_plan_share:
        count(w, request.cell, Quantity.NO_PLAN, 1)
        if not mainstream:
            give(w, w.requests, Pool.REQUESTS, index)
            return
        keep_record(w, Event.PLAN_NOT_ISSUED, request.school_id, request.key, request.number)
        what = (Happening.REFUSAL_TOLD, index, DisputeKind.REFUSAL_TO_ISSUE, 0.0)
        schedule(w, council, w.now + w.notice, Event.REFUSAL_TOLD, request.key, what)
        return
    join(w, council, index, 1)


def drafting_done(w: Any, council: Any, index: int) -> None:
    """The plan is written."""
    request = w.requests[index]
    w.stations[council.index * 2 + 1].in_hand -= request.held
    choose_soon(w, council, council.index * 2 + 1)
    mainstream = request.pupil >= 0
    taken = w.now - request.received
    count(w, request.cell, Quantity.PLANS_ISSUED_MAINSTREAM if mainstream else Quantity.PLANS_ISSUED_EXOGENOUS, 1)
    count(
        w,
        request.cell,
        Quantity.PLANS_ON_TIME_MAINSTREAM if mainstream else Quantity.PLANS_ON_TIME_EXOGENOUS,
        1 if taken <= TWENTY_WEEKS else 0,
    )
    count(
        w,
        request.cell,
        Quantity.PLAN_WEEKS_MAINSTREAM if mainstream else Quantity.PLAN_WEEKS_EXOGENOUS,
        taken // MINUTES_PER_WEEK,
    )
    count(w, request.cell, Quantity.OFFICER_HOURS, int(w.officer_hours_per_plan * 60.0))
    if mainstream:
        keep_record(w, Event.PLAN_ISSUED, request.school_id, request.key, taken)
        schedule(
            w, council, w.now + w.notice, Event.PLAN_DELIVERED, request.key, (Happening.PLAN_DELIVERED, index, 0, 0.0)
        )
    else:
        key = request.key
        give(w, w.requests, Pool.REQUESTS, index)
        place_other_plan(w, council, key)


def plan_delivered(w: Any, council: Any, which: int) -> None:
    """The plan comes into force."""
    request = w.requests[which]
    index, number, units = request.pupil, request.number, request.units
    give(w, w.requests, Pool.REQUESTS, which)
    pupil = w.pupils[index]
    pupil.request_open = 0
    if pupil.school < 0:
        if pupil.stage == Stage.SEN_SUPPORT and pupil.year_group >= N_YEAR_GROUPS:
            council.post16 += units
        pupil.stage = Stage.EHC_PLAN  # in alternative provision: the plan comes back with the pupil
        return
    if pupil.stage != Stage.SEN_SUPPORT:
        return
    change_stage(w, w.schools[pupil.school], index, Stage.EHC_PLAN)
    place_new_plan(w, council, index, number)
    if pupil.school >= 0:
        consider(w, index, DisputeKind.CONTENTS, number, -1)


# -- requests that no mainstream school or family in it makes ------------------------------------------------------


def other_request_made(w: Any, council: Any, key: int, received: int) -> int:
    """A request without a pupil of a mainstream school."""
    index = take(w, w.requests, Pool.REQUESTS)
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
    u = draw(w, Stream.EXOGENOUS_REQUEST, council.id, number)
    rate = council.requests_per_week * w.exogenous_request_share * request_level_at(w, w.now)
    if rate <= 0.0:
        return
    number += 1
    key = EXOGENOUS_BIT | (council.id << 24 | number)
    gap = minutes(exponential_threshold(u) / rate)
    schedule(w, council, w.now + gap, Event.EXOGENOUS_REQUEST_RECEIVED, key, (Happening.OTHER_REQUEST, 0, number, 0.0))


def other_request(w: Any, council: Any, key: int, number: int) -> None:
    """A request from outside mainstream arrives."""
    count(w, council.cell, Quantity.REQUESTS_EXOGENOUS, 1)
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
    more_ep = w.psychologist_ratio[of_year(w, council)]
    more_officers = w.officer_ratio[of_year(w, council)]
    own_ep = council.own_ep_hours * growth * more_ep
    _count_idle(w, council, Quantity.EP_IDLE_HOURS, advice, own_ep, more_ep)
    per_case = w.ep_hours_per_assessment
    weekly = own_ep / per_case
    waiting = advice.units_waiting / weekly if weekly > 0.0 else 0.0
    factor = surge_factor(waiting, w.capacity_surge, w.capacity_surge_cap)
    advice.slots = case_slots(own_ep * factor, per_case, w.advice_weeks, 1.0)
    choose_soon(w, council, council.index * 2)
    own_officers = council.own_officer_hours * growth * more_officers
    _count_idle(w, council, Quantity.OFFICER_IDLE_HOURS, drafters, own_officers, more_officers)
    deciding = council.decisions_this_term * w.decision_hours / (52.0 / 3.0)
    drafting = max(0.2 * own_officers, own_officers - deciding)
    per_plan = w.officer_hours_per_plan
    waiting = drafters.units_waiting * per_plan / drafting if drafting > 0.0 else 0.0
    officer_factor = surge_factor(waiting, w.capacity_surge, w.capacity_surge_cap)
    drafters.slots = case_slots(drafting * officer_factor, per_plan, w.drafting_weeks, 1.0)
    choose_soon(w, council, council.index * 2 + 1)
    bought = own_ep * (factor - 1.0) + drafting * (officer_factor - 1.0)
    count(w, council.cell, Quantity.SURGE_HOURS, int(bought * TERM_WEEKS * 4.0 / 3.0 * 60.0))
    council.decisions_this_term = 0.0
    added = w.appeals_added[of_year(w, council)]
    count(w, council.cell, Quantity.APPEAL_CAPACITY_ADDED, int(added / 3.0 * 1000.0))


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
    schedule(w, tribunal, w.now, Event.HEARING_SLOT_TAKEN, 0, (Happening.HEARING_SLOT, 0, 0, 0.0))


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
    u = draw(w, Stream.CASE_UNIT, dispute.key, dispute.number << 3 | 7)
    dispute.units = max(1, int(weight + u)) if weight > 1.0 else 1
    council.appeals_open += dispute.weight
    weeks = quantile(w, Table.TRIBUNAL, draw(w, Stream.APPEAL_WEEKS, dispute.key, dispute.number << 3 | 1))
    u = draw(w, Stream.TRIBUNAL_CONCESSION, dispute.key, dispute.number)
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
        code = Event.APPEAL_CONCEDED if dispute.conceded != 0 else Event.APPEAL_HEARD
        schedule(w, tribunal, end, code, dispute.key, (Happening.HEARD, which, 0, 0.0))


def heard(w: Any, tribunal: Any, which: int) -> None:
    """An appeal ends: conceded, or decided by the tribunal."""
    dispute = w.disputes[which]
    council = w.councils[dispute.council]
    w.stations[w.n_councils * 2].in_hand -= dispute.held
    _hearings_soon(w, tribunal)
    council.appeals_open -= dispute.weight
    count(w, dispute.cell, Quantity.APPEAL_WEEKS, (w.now - dispute.registered) // MINUTES_PER_WEEK)
    upheld = 0
    if dispute.conceded != 0:
        count(w, dispute.cell, Quantity.APPEALS_CONCEDED, 1)
    else:
        count(w, dispute.cell, Quantity.APPEALS_HEARD, 1)
        if draw(w, Stream.TRIBUNAL_OUTCOME, dispute.key, dispute.number) < w.tribunal_upheld_share:
            upheld = 1
        count(w, dispute.cell, Quantity.APPEALS_UPHELD, upheld)
    code = Event.APPEAL_CONCEDED if dispute.conceded != 0 else Event.APPEAL_HEARD
    keep_record(w, code, dispute.school_id, dispute.key, dispute.kind)
    schedule(
        w,
        council,
        w.now + w.notice,
        Event.APPEAL_OUTCOME_TOLD,
        dispute.key,
        (Happening.APPEAL_TOLD, which, upheld, 0.0),
    )


def appeal_told(w: Any, which: int, upheld: int) -> None:
    """Family and council hear the outcome."""
    if upheld != 0:
        close_dispute(w, which)
    elif w.disputes[which].pupil < 0:
        give(w, w.disputes, Pool.DISPUTES, which)
    else:
        remedy(w, which)
