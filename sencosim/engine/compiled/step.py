"""One window: every council's calendar, then the tribunal's, event by event."""

from __future__ import annotations

from typing import Any

from sencosim.engine.compiled.basics import (
    MINUTES_PER_WEEK,
    count,
    free_event,
    keep_record,
    let_go_of_case,
    release_week,
    without_first_event,
)
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
from sencosim.engine.compiled.layout import case_at, council_at, event_at, pupil_at, request_at, school_at, world_at
from sencosim.engine.compiled.memory import entry, fast
from sencosim.engine.compiled.numbers import (
    ASSESSMENT_ADVICE,
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
    ON_PLACE_STARTS,
    ON_PLAN_DELIVERED,
    ON_REFUSAL_TOLD,
    ON_REGISTERED,
    ON_SENCO_CHOICE,
    ON_SENCO_DONE,
    ON_SLOT,
    ON_TEAM_CHOICE,
    ON_TEAM_DONE,
    PARENTAL,
    REQUEST_INFORMATION,
    SEN_SUPPORT,
    Q,
)
from sencosim.engine.compiled.pathways import crisis_deadline, excluded_leaves, noticed, noticed_again, path_reached
from sencosim.engine.compiled.post import senco_chooses, senco_done, team_chooses, team_done
from sencosim.engine.compiled.pupils import leave_school
from sencosim.engine.compiled.queue import close_case
from sencosim.engine.compiled.requests import ask_for_assessment, file_request
from sencosim.ledger.events import ENTITY_BITS, Event
from sencosim.randomness import STREAM

ROOM = 64
"""Free records of every kind that one event can never use up."""
_WORK_INFORMATION = STREAM["work_request_information"]
_WORK_ADVICE = STREAM["work_assessment_advice"]
_PATIENCE_ENDED = int(Event.PATIENCE_ENDED)
_ASKED_AGAIN = int(Event.FAMILY_ASKED_AGAIN)
Q_PATIENCE, Q_LAPSED_PREPARATION = Q["patience_lost"], Q["lapsed_request_preparation"]


@fast
def has_room(w: Any, need: int) -> bool:
    """Whether every pool has room for so many records more."""
    w.need = need
    if w.tracing != 0 and w.n_trace + 4 * need > w.room_trace:
        return False
    pupils = w.pupils_used + need <= w.pupils_room
    cases = w.cases_used + need <= w.cases_room
    nodes = w.nodes_used + need <= w.nodes_room
    events = w.events_used + need <= w.events_room
    requests = w.requests_used + need <= w.requests_room
    return pupils and cases and nodes and events and requests and w.disputes_used + need <= w.disputes_room


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


@fast
def _asked_again(w: Any, index: int, route: int) -> None:
    pupil = pupil_at(w.pupils, index)
    if pupil.school < 0 or pupil.stage != SEN_SUPPORT or pupil.request_open != 0:
        return
    pupil.request_open = 1
    pupil.request_number += 1
    keep_record(w, _ASKED_AGAIN, school_at(w.schools, pupil.school).id, pupil.key, route)
    ask_for_assessment(w, pupil.school, index, route)


@fast
def _place_starts(w: Any, index: int) -> None:
    pupil = pupil_at(w.pupils, index)
    pupil.waiting_special = 0
    if pupil.school >= 0:
        leave_school(w, school_at(w.schools, pupil.school), pupil)


@fast
def _of_school(w: Any, council: Any, event: tuple[int, int, int, float], key: int) -> None:  # noqa: C901 a switch
    kind, first, second, target = event
    if kind == ON_SENCO_DONE:
        senco_done(w, first)
    elif kind == ON_TEAM_DONE:
        team_done(w, first)
    elif kind == ON_SENCO_CHOICE:
        senco_chooses(w, first)
    elif kind == ON_TEAM_CHOICE:
        team_chooses(w, first)
    elif kind == ON_PATH:
        path_reached(w, council, first, second, target)
    elif kind == ON_NOTICED:
        noticed(w, first, key, second)
    elif kind == ON_NOTICED_AGAIN:
        noticed_again(w, first, second)
    elif kind == ON_PATIENCE:
        _patience_ended(w, first)
    elif kind == ON_ASKED_AGAIN:
        _asked_again(w, first, second)
    elif kind == ON_CRISIS_DEADLINE:
        crisis_deadline(w, first)
    elif kind == ON_EXCLUDED_LEAVES:
        excluded_leaves(w, council, first, second)


@fast
def _of_council(w: Any, council: Any, kind: int, first: int, second: int) -> None:  # noqa: C901 a switch
    if kind == ON_DECISION:
        decided(w, council, first, second)
    elif kind == ON_INFORMATION_ASKED:
        school_asked(w, first, second, (REQUEST_INFORMATION, _WORK_INFORMATION))
    elif kind == ON_ADVICE_ASKED:
        school_asked(w, first, second, (ASSESSMENT_ADVICE, _WORK_ADVICE))
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
    elif kind == ON_PLACE_STARTS:
        _place_starts(w, first)
    elif kind == ON_OTHER_REQUEST:
        other_request(w, council, first, second)
    else:
        _of_dispute(w, council, kind, first, second)


@fast
def _of_dispute(w: Any, council: Any, kind: int, first: int, second: int) -> None:
    if kind == ON_MEDIATED:
        mediated(w, first)
    elif kind == ON_REGISTERED:
        registered(w, first)
    elif kind == ON_OTHER_APPEAL:
        other_appeal(w, council, first, second)
    elif kind == ON_APPEAL_TOLD:
        appeal_told(w, first, second)
    elif kind == ON_LODGED:
        lodged(w, council, first)
    elif kind == ON_HEARING_SLOT:
        hearings_given(w, council)
    else:
        heard(w, council, first)


@fast
def run_calendar(w: Any, which: int) -> bool:
    """All events of one calendar in the present window. False if a pool is short of room: call again."""
    council = council_at(w.councils, which)
    while council.calendar >= 0:
        index = council.calendar
        found = event_at(w.events, index)
        if found.minute >= w.window_end:
            break
        if not has_room(w, ROOM):
            return False
        w.now = found.minute
        key, kind, first, second, target = found.key, found.kind, found.first, found.second, found.target
        council.calendar = without_first_event(w, index)
        free_event(w, index)
        if kind <= ON_TEAM_DONE:
            _of_school(w, council, (kind, first, second, target), key & ((1 << ENTITY_BITS) - 1))
        else:
            _of_council(w, council, kind, first, second)
    return True


@entry
def run_window(world: int, first: int, start: int, end: int) -> int:
    """Advance all calendars, the tribunal's last, through a window; from calendar ``first`` on.

    Returns the calendar that is short of room, or -1 when the window is over.
    """
    w = world_at(world, 0)
    w.window_end = end
    for which in range(first, w.n_councils + 1):
        council = council_at(w.councils, which)
        for week in range(start // MINUTES_PER_WEEK, (end - 1) // MINUTES_PER_WEEK + 1):
            release_week(w, council, week)
        if not run_calendar(w, which):
            return which
    return -1
