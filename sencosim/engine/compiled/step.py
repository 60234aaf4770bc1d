"""One window: in each council what the calendar holds and what SENCOs and teams do; then the tribunal."""

from __future__ import annotations

from typing import Any

from sencosim.engine.compiled.basics import ROOM, count, has_room, keep_record
from sencosim.engine.compiled.calendar import first_event, open_window, take_first_event
from sencosim.engine.compiled.council import (
    advice_done,
    appeal_told,
    assessed,
    decided,
    drafting_done,
    heard,
    hearings_given,
    lodged,
    other_request,
    plan_delivered,
    refusal_told,
    school_asked,
    slots_given,
)
from sencosim.engine.compiled.disputes import mediated, other_appeal, registered
from sencosim.engine.compiled.layout import (
    case_at,
    council_at,
    dispute_at,
    due_at,
    event_at,
    history_at,
    index_at,
    pupil_at,
    request_at,
    school_at,
    station_at,
    world_at,
)
from sencosim.engine.compiled.memory import entry, fast
from sencosim.engine.compiled.numbers import (
    ASSESSMENT_ADVICE,
    OF_CASE,
    OF_DISPUTE,
    OF_PATH,
    OF_PUPIL,
    OF_REQUEST,
    OF_SCHOOL,
    ON_ADVICE_ASKED,
    ON_ADVICE_DONE,
    ON_APPEAL_TOLD,
    ON_ASKED_AGAIN,
    ON_CRISIS_DEADLINE,
    ON_DECISION,
    ON_DRAFTING_DONE,
    ON_EXCLUDED_LEAVES,
    ON_HEARING_SLOT,
    ON_INFORMATION_ASKED,
    ON_LATE_ADVICE_DONE,
    ON_LODGED,
    ON_MEDIATED,
    ON_NOTICED,
    ON_NOTICED_AGAIN,
    ON_OTHER_APPEAL,
    ON_OTHER_REQUEST,
    ON_PATH,
    ON_PATIENCE,
    ON_PLAN_DELIVERED,
    ON_REFUSAL_TOLD,
    ON_REGISTERED,
    ON_SLOT,
    PARENTAL,
    REQUEST_INFORMATION,
    SEN_SUPPORT,
    TOUCHES,
    Q,
)
from sencosim.engine.compiled.pathways import crisis_deadline, excluded_leaves, noticed, noticed_again, path_reached
from sencosim.engine.compiled.pools import let_go_of_case
from sencosim.engine.compiled.post import is_due_before, run_school, senco_key, take_turn
from sencosim.engine.compiled.pupils import leave_school
from sencosim.engine.compiled.queue import close_case
from sencosim.engine.compiled.requests import ask_for_assessment, file_request
from sencosim.ledger.events import ENTITY_BITS, Event
from sencosim.randomness import STREAM

_WORK_INFORMATION = STREAM["work_request_information"]
_WORK_ADVICE = STREAM["work_assessment_advice"]
_PATIENCE_ENDED = int(Event.PATIENCE_ENDED)
_ASKED_AGAIN = int(Event.FAMILY_ASKED_AGAIN)
Q_PATIENCE, Q_LAPSED_PREPARATION = Q["patience_lost"], Q["lapsed_request_preparation"]


@fast
def _patience_ended(w: Any, which: int) -> None:
    case = case_at(w.cases, which)
    at_school = pupil_at(w.pupils, case.pupil).school if case.pupil >= 0 else -1
    if case.open != 0 and at_school >= 0:
        school = school_at(w.schools, at_school)
        close_case(w, school, case)
        count(w, school.cell, Q_PATIENCE, 1)
        count(w, school.cell, Q_LAPSED_PREPARATION, 1)
        index = case.request
        case.request = -1
        request = request_at(w.requests, index)
        keep_record(w, _PATIENCE_ENDED, school.id, request.key, request.number)
        request.route = PARENTAL
        file_request(w, school, index)
        let_go_of_case(w, which)
    let_go_of_case(w, which)


@fast
def _asked_again(w: Any, index: int, route: int) -> None:
    pupil, history = pupil_at(w.pupils, index), history_at(w.histories, index)
    if pupil.school < 0 or pupil.stage != SEN_SUPPORT or pupil.request_open != 0:
        return
    pupil.request_open = 1
    history.request_number += 1
    keep_record(w, _ASKED_AGAIN, school_at(w.schools, pupil.school).id, pupil.key, route)
    ask_for_assessment(w, pupil.school, index, route)


@fast
def _place_starts(w: Any, index: int) -> None:
    pupil = pupil_at(w.pupils, index)
    pupil.waiting_special = 0
    if pupil.school >= 0:
        leave_school(w, school_at(w.schools, pupil.school), index)


@fast
def _of_pupil(w: Any, council: Any, event: tuple[int, int, int, float]) -> None:
    kind, first, second, target = event
    if kind == ON_PATH:
        path_reached(w, council, first, second, target)
    elif kind == ON_NOTICED_AGAIN:
        noticed_again(w, first, second)
    elif kind == ON_ASKED_AGAIN:
        _asked_again(w, first, second)
    elif kind == ON_EXCLUDED_LEAVES:
        excluded_leaves(w, council, first, second)
    elif kind == ON_INFORMATION_ASKED:
        school_asked(w, first, second, (REQUEST_INFORMATION, _WORK_INFORMATION))
    elif kind == ON_ADVICE_ASKED:
        school_asked(w, first, second, (ASSESSMENT_ADVICE, _WORK_ADVICE))
    else:
        _place_starts(w, first)


@fast
def _of_council(w: Any, council: Any, event: tuple[int, int, int], entity: int) -> None:  # noqa: C901 a switch
    kind, first, second = event
    if kind == ON_NOTICED:
        noticed(w, first, entity, second)
    elif kind == ON_PATIENCE:
        _patience_ended(w, first)
    elif kind == ON_CRISIS_DEADLINE:
        crisis_deadline(w, first)
    elif kind == ON_DECISION:
        decided(w, council, first, second)
    elif kind == ON_REFUSAL_TOLD:
        refusal_told(w, first, second)
    elif kind == ON_SLOT:
        slots_given(w, council, first)
    elif kind == ON_ADVICE_DONE:
        advice_done(w, council, first)
    elif kind == ON_LATE_ADVICE_DONE:
        assessed(w, council, first)
    elif kind == ON_DRAFTING_DONE:
        drafting_done(w, council, first)
    elif kind == ON_PLAN_DELIVERED:
        plan_delivered(w, council, first)
    elif kind == ON_OTHER_REQUEST:
        other_request(w, council, entity, second)
    else:
        _of_dispute(w, council, event, entity)


@fast
def _of_dispute(w: Any, council: Any, event: tuple[int, int, int], entity: int) -> None:
    kind, first, second = event
    if kind == ON_MEDIATED:
        mediated(w, first)
    elif kind == ON_REGISTERED:
        registered(w, first)
    elif kind == ON_OTHER_APPEAL:
        other_appeal(w, council, entity, second)
    elif kind == ON_APPEAL_TOLD:
        appeal_told(w, first, second)
    elif kind == ON_LODGED:
        lodged(w, council, first)
    elif kind == ON_HEARING_SLOT:
        hearings_given(w, council)
    else:
        heard(w, council, first)


@fast
def _take_first(w: Any, council: Any) -> None:
    """Let the first event of a calendar happen."""
    index = first_event(w, council)
    found = event_at(w.events, index)
    w.now = found.minute
    entity = found.key & ((1 << ENTITY_BITS) - 1)
    kind, first, second, target = found.kind, found.first, found.second, found.target
    take_first_event(w, council, index)
    touches = TOUCHES[kind]
    if touches in (OF_PUPIL, OF_PATH):
        if pupil_at(w.pupils, first).key == entity:  # otherwise that pupil has long left, and the record is another's
            _of_pupil(w, council, (kind, first, second, target))
        return
    _of_council(w, council, (kind, first, second), entity)


@fast
def _school_of_pupil(w: Any, index: int) -> int:
    return pupil_at(w.pupils, index).school if index >= 0 else -1


@fast
def _school_reached(w: Any, kind: int, first: int, second: int) -> int:
    """The school that an event reaches; -1 if none."""
    touches, index = TOUCHES[kind], -1
    if touches == OF_PATH:
        return second >> 4
    if touches == OF_SCHOOL:
        return first
    if touches == OF_PUPIL:
        index = first
    elif touches == OF_CASE:
        index = case_at(w.cases, first).pupil
    elif touches == OF_REQUEST:
        index = request_at(w.requests, first).pupil
    elif touches == OF_DISPUTE:
        index = dispute_at(w.disputes, first).pupil
    return pupil_at(w.pupils, index).school if index >= 0 else -1


@fast
def _need_of(w: Any, kind: int, first: int) -> int:
    """Records that an event may use up: a team that has just grown may give out many slots at once."""
    if kind == ON_SLOT:
        return ROOM + station_at(w.stations, first).slots - station_at(w.stations, first).in_hand
    if kind == ON_HEARING_SLOT:
        tribunal = station_at(w.stations, w.n_councils * 2)
        return ROOM + tribunal.slots - tribunal.in_hand
    return ROOM


@fast
def _run_calendar(w: Any, council: Any) -> bool:
    """All events of one calendar before the stop, and before each of them the work of the school that it reaches."""
    index = first_event(w, council)
    while index >= 0:
        found = event_at(w.events, index)
        if found.minute > w.stop_minute or (found.minute == w.stop_minute and found.key > w.stop_key):
            break
        if not has_room(w, _need_of(w, found.kind, found.first)):
            return False
        at_school = _school_reached(w, found.kind, found.first, found.second)
        if at_school >= 0:
            w.limit_minute = found.minute
            w.limit_key = found.key
            if not run_school(w, at_school):
                return False
            if first_event(w, council) != index:  # the work brought about something that comes first
                index = first_event(w, council)
                continue
        _take_first(w, council)
        index = first_event(w, council)
    return True


@fast
def _run_schools(w: Any, council: Any) -> bool:
    """The rest of the work before the stop in each school of a council, and what comes of it."""
    for position in range(council.schools_from, council.schools_to):
        at_school = index_at(w.council_schools, position).i
        due = due_at(w.due, at_school)
        while min(due.senco, due.team) >> 1 < w.stop_minute or is_due_before(w, at_school, w.stop_minute, w.stop_key):
            w.limit_minute = w.stop_minute
            w.limit_key = w.stop_key
            if not run_school(w, at_school) or not _run_calendar(w, council):
                return False
    return True


@fast
def _first_school(w: Any, council: Any) -> int:
    """The school of a council whose SENCO or team is due first; -1 if nobody is due in this window."""
    first, first_is_team, found = w.window_end << 1, 0, -1
    for position in range(council.schools_from, council.schools_to):  # by number, so that ties need no comparison
        at_school = index_at(w.council_schools, position).i
        due = due_at(w.due, at_school)
        moment, is_team = min(due.senco, due.team), 1 if due.team < due.senco else 0
        if moment < first or (moment == first and is_team < first_is_team):
            first, first_is_team, found = moment, is_team, at_school
    return found


@fast
def _run_in_strict_order(w: Any, council: Any) -> bool:
    """One by one, while work at one school may reach another within the window."""
    while True:
        if not has_room(w, ROOM):
            return False
        at_school = _first_school(w, council)
        top = first_event(w, council)
        if top >= 0 and event_at(w.events, top).minute < w.window_end:
            event = event_at(w.events, top)
            if not has_room(w, _need_of(w, event.kind, event.first)):
                return False
            if at_school < 0 or not is_due_before(w, at_school, event.minute, event.key):
                _take_first(w, council)
                continue
        if at_school < 0:
            return True
        take_turn(w, at_school)


@fast
def _first_abroad(w: Any, council: Any) -> int:
    """The school whose work about a pupil of another school is due first in this window; -1 if there is none."""
    first, found = w.window_end << 1, -1
    for position in range(council.schools_from, council.schools_to):
        at_school = index_at(w.council_schools, position).i
        if school_at(w.schools, at_school).abroad != 0 and due_at(w.due, at_school).senco < first:
            first, found = due_at(w.due, at_school).senco, at_school
    return found


@fast
def _run_council(w: Any, which: int) -> bool:
    """One window of a council, or of the tribunal. False if a pool is short of room: call again."""
    council = council_at(w.councils, which)
    w.here = which
    if w.strict != 0:
        return _run_in_strict_order(w, council)
    while council.n_abroad > 0:
        at_school = _first_abroad(w, council)
        if at_school < 0:
            break
        moment = due_at(w.due, at_school).senco
        w.stop_minute = moment >> 1
        w.stop_key = senco_key(w, at_school, moment)
        if not (_run_calendar(w, council) and _run_schools(w, council)):
            return False
        w.limit_minute, w.limit_key = w.stop_minute, w.stop_key + 1
        if not run_school(w, at_school):
            return False
    w.stop_minute = w.window_end
    w.stop_key = -1
    return _run_calendar(w, council) and _run_schools(w, council)


@entry
def run_window(world: int, first: int, start: int, end: int) -> int:
    """Advance all councils, the tribunal last, through a window; from council ``first`` on.

    Returns the council that is short of room, or -1 when the window is over.
    """
    w = world_at(world, 0)
    w.window_end = end
    if first == 0 and w.window_start != start:
        w.window_start = start
        w.opened = 0
    for which in range(first, w.n_councils + 1):
        council = council_at(w.councils, which)
        w.here = which
        if w.opened <= which and not open_window(w, council, start):
            return which
        w.opened = which + 1
        if not _run_council(w, which):
            return which
    return -1
