"""Compiled with numba, one binary heap for all of England: every event goes through it.

What happens in a school is the same code as in the staged engine; what differs is who says what comes next. A thing in
the heap is what happens, in the lowest bits, and to whom: a school, a council's case, a case of the tribunal.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.tracer import model as m
from benchmarks.tracer.binary_heap import drop_first, heap_of, push
from benchmarks.tracer.compiled_school import (
    IDLE,
    SCHOOL,
    announce_preparation,
    finish_work,
    finished_request,
    meet_candidate,
    open_school,
    receive_preparation,
    start_term,
    take_work,
)
from benchmarks.tracer.compiled_tally import result_of
from benchmarks.tracer.draws import assessment_weeks, compiled, hearing_weeks, is_remitted, weeks_to_appeal

_DONE, _CANDIDATE, _TERM, _APPEAL, _DECIDED, _HEARD, _REMITTED = range(7)
_WHAT_BITS = 3
_WHAT = (1 << _WHAT_BITS) - 1
_SCHOOL_OF = m.NUMBER_BITS + m.ROUND_BITS
_QUEUE_ROOM = 1 << 17
_LAST = _QUEUE_ROOM - 1

_STATION = np.dtype(
    [
        ("joined", np.int64),
        ("decided", np.int64),
        ("in_process", np.int64),
        ("waiting", np.int64),
        ("weeks_waited", np.float64),
        ("remitted", np.int64),
        ("places", np.int64),
        # The queue is a ring; pages of it that are never reached take no memory.
        ("entered", np.float64, (_QUEUE_ROOM,)),
        ("cases", np.int64, (_QUEUE_ROOM,)),
    ]
)


@compiled()
def _join(station: Any, case: int, now: float) -> None:
    if station.waiting >= _QUEUE_ROOM:
        raise OverflowError("a queue of the tracer is full: give it more room")
    station.entered[station.joined & _LAST] = now
    station.cases[station.joined & _LAST] = case
    station.joined += 1
    station.waiting += 1


@compiled()
def _taken_up(station: Any, now: float) -> int:
    """The first case in the queue, if there is a place for it; otherwise -1."""
    if station.waiting == 0 or station.in_process == station.places:
        return -1
    first = (station.joined - station.waiting) & _LAST
    station.waiting -= 1
    station.in_process += 1
    station.weeks_waited += now - station.entered[first]
    return station.cases[first]


@compiled()
def _leave(station: Any) -> None:
    station.decided += 1
    station.in_process -= 1


@compiled()
def _assess_next(events: Any, council: Any, key: int, now: float) -> None:
    case = _taken_up(council, now)
    if case >= 0:
        push(events, now + assessment_weeks(key, case), case << _WHAT_BITS | _DECIDED)


@compiled()
def _hear_next(events: Any, tribunal: Any, key: int, now: float) -> None:
    case = _taken_up(tribunal, now)
    if case >= 0:
        push(events, now + hearing_weeks(key, case), case << _WHAT_BITS | _HEARD)


@compiled()
def _decide(events: Any, council: Any, case: int, key: int, now: float) -> None:
    _leave(council)
    weeks = weeks_to_appeal(key, case)
    if weeks >= 0.0:
        push(events, now + weeks, case << _WHAT_BITS | _APPEAL)
    _assess_next(events, council, key, now)


@compiled()
def _close_hearing(events: Any, tribunal: Any, case: int, key: int, now: float) -> None:
    _leave(tribunal)
    if is_remitted(key, case):
        push(events, now + m.REMITTAL_WEEKS, (case + 1) << _WHAT_BITS | _REMITTED)
    _hear_next(events, tribunal, key, now)


@compiled()
def _finish(events: Any, school: Any, stations: Any, per_council: int, key: int, now: float) -> None:
    kind = finish_work(school)
    if kind == m.REQUEST:
        council = stations[school.id // per_council]
        _join(council, finished_request(school), now)
        _assess_next(events, council, key, now)
    elif kind == m.PREPARATION:
        tribunal = stations[stations.size - 1]
        _join(tribunal, school.case, now)
        _hear_next(events, tribunal, key, now)


@compiled()
def _at_school(events: Any, school: Any, what: int, case: int, key: int, now: float) -> None:
    """Whatever arrives at a school."""
    if what == _CANDIDATE:
        meet_candidate(school, key, now)
        push(events, school.candidate_at, school.id << _WHAT_BITS | _CANDIDATE)
    elif what == _TERM:
        start_term(school)
        push(events, school.term_at, school.id << _WHAT_BITS | _TERM)
    elif what == _APPEAL:
        announce_preparation(school, case, now)
        receive_preparation(school)


@compiled()
def _at_station(events: Any, stations: Any, council: Any, what: int, case: int, key: int, now: float) -> None:
    """Whatever happens at a council or the tribunal."""
    if what == _DECIDED:
        _decide(events, council, case, key, now)
    elif what == _HEARD:
        _close_hearing(events, stations[stations.size - 1], case, key, now)
    else:
        council.remitted += 1
        _join(council, case, now)
        _assess_next(events, council, key, now)


@compiled()
def _school_event(
    events: Any, schools: Any, stations: Any, per_council: int, what: int, thing: int, key: int, now: float
) -> None:
    school = schools[thing >> _SCHOOL_OF if what == _APPEAL else thing]
    if what == _DONE:
        _finish(events, school, stations, per_council, key, now)
    else:
        _at_school(events, school, what, thing, key, now)
    if school.in_hand == IDLE:
        take_work(school, key, now)
        if school.in_hand != IDLE:
            push(events, school.done_at, school.id << _WHAT_BITS | _DONE)


@compiled()
def _run(heaps: Any, schools: Any, stations: Any, key: int, horizon: float) -> None:
    events = heaps[0]
    per_council = schools.size // (stations.size - 1)
    while events.at[0] < horizon:
        now, what, thing = events.at[0], events.thing[0] & _WHAT, events.thing[0] >> _WHAT_BITS
        drop_first(events)
        if what <= _APPEAL:
            _school_event(events, schools, stations, per_council, what, thing, key, now)
        else:
            council = stations[(thing >> _SCHOOL_OF) // per_council]
            _at_station(events, stations, council, what, thing, key, now)


@compiled()
def _open(heaps: Any, schools: Any, key: int) -> None:
    events = heaps[0]
    for number in range(schools.size):
        school = schools[number]
        open_school(school, number, key)
        push(events, school.candidate_at, number << _WHAT_BITS | _CANDIDATE)
        push(events, school.term_at, number << _WHAT_BITS | _TERM)


def _room(size: m.Size) -> int:
    """Events ahead, at most: a power of two, so that few sizes need compiling."""
    return 1 << (8 * size.schools).bit_length()


def run(size: m.Size, seed: int = 1, replication: int = 0) -> m.Result:
    """Simulate."""
    key = m.run_key(seed, replication)
    events = np.zeros(1, heap_of(_room(size)))
    schools = np.zeros(size.schools, SCHOOL)
    stations = np.zeros(size.councils + 1, _STATION)
    stations["places"][:-1] = size.council_places
    stations["places"][-1] = size.tribunal_places
    _open(events, schools, key)
    _run(events, schools, stations, key, size.weeks)
    return result_of(schools, stations[:-1], stations[-1:])


def prepare(size: m.Size) -> None:
    """Compile for this size."""
    run(replace(size, years=0))
