"""One window: in each council the events of its calendar and the work of SENCOs and teams; then the tribunal.

The loops in the model are school to council to tribunal to school, and no message returns to a school sooner than the
notice. Within a window no longer than that each council can be advanced alone, and in it each school, up to what
reaches it.
"""

from __future__ import annotations

from typing import Any

from sencosim.engine.binding import entry
from sencosim.engine.compiled.calendar import first_event, open_window, take_first_event
from sencosim.engine.compiled.room import IN_USE, ROOM, has_room, recycle, room_for_step
from sencosim.engine.handle import world_at
from sencosim.engine.mechanisms.facts import CHOICE, CHOOSES, FINISHES, PATH_BITS, REACHES
from sencosim.engine.mechanisms.order import OVER, Over, Step, happen, take_step
from sencosim.engine.mechanisms.post import work_on
from sencosim.engine.mechanisms.requests import file_as_in_reference, filing_of, tribunal_of
from sencosim.engine.mechanisms.year import take_census
from sencosim.engine.records import Pool
from sencosim.vocabulary import ENTITY_BITS, Happening, Reaches, Work, Worker


def _moment_key(w: Any, at_school: int, moment: int, who: int) -> int:
    """Place of a moment of SENCO or team among the events of its minute."""
    code = CHOOSES[who] if moment & CHOICE else FINISHES[who]
    return code << ENTITY_BITS | w.schools[at_school].id


def _is_due_before(w: Any, at_school: int, minute: int, key: int) -> bool:
    """Whether SENCO or team of a school are due before a place in the total order of events."""
    due = w.due[at_school]
    who = Worker.TEAM if due.team < due.senco else Worker.SENCO
    moment = min(due.senco, due.team)
    if moment >> 1 != minute:
        return moment >> 1 < minute
    return _moment_key(w, at_school, moment, who) < key


def _take_turn(w: Any, at_school: int) -> None:
    """SENCO or team of a school, whoever is due first, have their moment."""
    due, school = w.due[at_school], w.schools[at_school]
    senco, team = due.senco, due.team
    if team < senco:
        w.now = team >> 1
        due.team = work_on(w, school, Worker.TEAM, team & CHOICE != 0)
    else:
        w.now = senco >> 1
        due.senco = work_on(w, school, Worker.SENCO, senco & CHOICE != 0)
        if senco & CHOICE == 0:
            w.councils[school.council].n_abroad -= school.abroad
            school.abroad = 0


def _run_school(w: Any, at_school: int) -> bool:
    """Let SENCO and team work until the limit. False if a pool is short of room: call again.

    Nothing from outside reaches a school within a window but through the calendar, so its own work needs none. What
    the work itself puts into the calendar of this window lowers the limit.
    """
    steps = 0
    while _is_due_before(w, at_school, w.limit_minute, w.limit_key):
        if (steps & 7 == 0 or w.tracing != 0) and not has_room(w, ROOM):
            return False
        steps += 1
        _take_turn(w, at_school)
    return True


def _note_work_abroad(w: Any, council: Any) -> None:
    """Cases in hand about pupils who are now at another school: their end reaches that school at once."""
    council.n_abroad = 0
    for position in range(council.schools_from, council.schools_to):
        at_school = w.council_schools[position]
        school = w.schools[at_school]
        school.abroad = 0
        senco = w.workers[2 * at_school + Worker.SENCO]
        if senco.work != Work.CASE:
            continue
        index = w.cases[senco.thing].pupil
        elsewhere = w.pupils[index].school if index >= 0 else -1
        if elsewhere >= 0 and elsewhere != at_school:
            school.abroad = 1
            council.n_abroad += 1


def _take_first(w: Any, council: Any) -> None:
    """Let the first event of a calendar happen."""
    index = first_event(w, council)
    found = w.events[index]
    w.now = found.when
    entity = found.rank & ((1 << ENTITY_BITS) - 1)
    kind, first, second, target = found.kind, found.first, found.second, found.target
    take_first_event(w, council, index)
    if REACHES[kind] in (Reaches.PUPIL, Reaches.BY_PATH) and w.pupils[first].key != entity:
        return  # that pupil has long left, and the record is another's
    happen(w, council, kind, first, second, target, entity)


def _school_reached(w: Any, kind: int, first: int, second: int) -> int:
    """The school that an event reaches; -1 if none."""
    touches, index = REACHES[kind], -1
    if touches == Reaches.BY_PATH:
        return second >> PATH_BITS
    if touches == Reaches.SCHOOL:
        return first
    if touches == Reaches.PUPIL:
        index = first
    elif touches == Reaches.CASE:
        index = w.cases[first].pupil
    elif touches == Reaches.REQUEST:
        index = w.requests[first].pupil
    elif touches == Reaches.DISPUTE:
        index = w.disputes[first].pupil
    return w.pupils[index].school if index >= 0 else -1


def _need_of(w: Any, kind: int, first: int) -> int:
    """Records that an event may use up: a team that has just grown may give out many slots at once."""
    if kind == Happening.SLOT:
        return ROOM + w.stations[first].slots - w.stations[first].in_hand
    if kind == Happening.HEARING_SLOT:
        tribunal = w.stations[tribunal_of(w)]
        return ROOM + tribunal.slots - tribunal.in_hand
    return ROOM


def _run_calendar(w: Any, council: Any) -> bool:
    """All events of one calendar before the stop, and before each of them the work of the school that it reaches."""
    index = first_event(w, council)
    while index >= 0:
        found = w.events[index]
        if found.when > w.stop_minute or (found.when == w.stop_minute and found.rank > w.stop_key):
            break
        if not has_room(w, _need_of(w, found.kind, found.first)):
            return False
        at_school = _school_reached(w, found.kind, found.first, found.second)
        if at_school >= 0:
            w.limit_minute = found.when
            w.limit_key = found.rank
            if not _run_school(w, at_school):
                return False
            if first_event(w, council) != index:  # the work brought about something that comes first
                index = first_event(w, council)
                continue
        _take_first(w, council)
        index = first_event(w, council)
    return True


def _run_schools(w: Any, council: Any) -> bool:
    """The rest of the work before the stop in each school of a council, and what comes of it."""
    for position in range(council.schools_from, council.schools_to):
        at_school = w.council_schools[position]
        due = w.due[at_school]
        while min(due.senco, due.team) >> 1 < w.stop_minute or _is_due_before(w, at_school, w.stop_minute, w.stop_key):
            w.limit_minute = w.stop_minute
            w.limit_key = w.stop_key
            if not _run_school(w, at_school) or not _run_calendar(w, council):
                return False
    return True


def _first_school(w: Any, council: Any) -> int:
    """The school of a council whose SENCO or team is due first; -1 if nobody is due in this window."""
    first, first_is_team, found = w.window_end << 1, 0, -1
    for position in range(council.schools_from, council.schools_to):  # by number, so that ties need no comparison
        at_school = w.council_schools[position]
        due = w.due[at_school]
        moment, is_team = min(due.senco, due.team), 1 if due.team < due.senco else 0
        if moment < first or (moment == first and is_team < first_is_team):
            first, first_is_team, found = moment, is_team, at_school
    return found


def _run_in_strict_order(w: Any, council: Any) -> bool:
    """One by one, while work at one school may reach another within the window."""
    while True:
        if not has_room(w, ROOM):
            return False
        at_school = _first_school(w, council)
        top = first_event(w, council)
        if top >= 0 and w.events[top].when < w.window_end:
            event = w.events[top]
            if not has_room(w, _need_of(w, event.kind, event.first)):
                return False
            if at_school < 0 or not _is_due_before(w, at_school, event.when, event.rank):
                _take_first(w, council)
                continue
        if at_school < 0:
            return True
        _take_turn(w, at_school)


def _first_abroad(w: Any, council: Any) -> int:
    """The school whose work about a pupil of another school is due first in this window; -1 if there is none."""
    first, found = w.window_end << 1, -1
    for position in range(council.schools_from, council.schools_to):
        at_school = w.council_schools[position]
        if w.schools[at_school].abroad != 0 and w.due[at_school].senco < first:
            first, found = w.due[at_school].senco, at_school
    return found


def _run_council(w: Any, which: int) -> bool:
    """One window of a council, or of the tribunal. False if a pool is short of room: call again."""
    council = w.councils[which]
    w.here = which
    if w.strict != 0:
        return _run_in_strict_order(w, council)
    while council.n_abroad > 0:
        at_school = _first_abroad(w, council)
        if at_school < 0:
            break
        moment = w.due[at_school].senco
        w.stop_minute = moment >> 1
        w.stop_key = _moment_key(w, at_school, moment, Worker.SENCO)
        if not (_run_calendar(w, council) and _run_schools(w, council)):
            return False
        w.limit_minute, w.limit_key = w.stop_minute, w.stop_key + 1
        if not _run_school(w, at_school):
            return False
    w.stop_minute = w.window_end
    w.stop_key = -1
    return _run_calendar(w, council) and _run_schools(w, council)


@entry
def run_window(world: int, first: int, start: int, end: int) -> int:
    """Advance all councils, the tribunal last, through a window; from council ``first`` on.

    Returns the council that is short of room, or -1 when the window is over.
    """
    w = world_at(world)
    w.window_end = end
    if first == 0 and w.window_start != start:
        w.window_start = start
        w.opened = 0
    for which in range(first, w.n_councils + 1):
        council = w.councils[which]
        w.here = which
        if w.opened <= which and not open_window(w, council, start):
            return which
        w.opened = which + 1
        if not _run_council(w, which):
            return which
    return -1


@entry
def run_step(world: int, step: int, first: int, end: int) -> int:
    """Take a step of the term for schools or councils from ``first`` on, or for England.

    Returns who is short of room, or -1 when the step is taken.
    """
    w = world_at(world)
    for at in range(first, end):
        w.here = _council_of(w, step, at)
        if not room_for_step(w, step, at):
            return at
        take_step(w, step, at)
        if step == Step.BEGIN_YEAR:
            _note_work_abroad(w, w.councils[at])
    if step == Step.FILL_POSTS:
        recycle(w)
    return -1


def _council_of(w: Any, step: int, at: int) -> int:
    if OVER[step] == Over.SCHOOLS:
        return w.schools[at].council
    if OVER[step] == Over.COUNCILS:
        return at
    return w.n_councils


@entry
def count_stocks(world: int) -> None:
    """The January census."""
    take_census(world_at(world))


@entry
def adopt_requests(world: int, first: int) -> int:
    """A policy arm that files as the no-policy arm does takes over the requests that are still to be made.

    Returns where it is short of room, or -1 when all are taken over.
    """
    w = world_at(world)
    if w.filing_route != 0.0:
        return -1
    for which in range(first, w.used[Pool.REQUESTS]):
        request = w.requests[which]
        if request.link != IN_USE or request.pupil < 0 or w.histories[request.pupil].unfiled != which:
            continue
        school = w.schools[w.pupils[request.pupil].school]
        w.here = school.council
        if not has_room(w, ROOM):
            return which
        request.filing = filing_of(w, request.key, request.number)
        file_as_in_reference(w, school, request.pupil, request, request.began)
    return -1
