"""Compiled with numba, staged by windows: schools need no event list.

No message between school, council and tribunal that runs against the stream takes effect sooner than in two weeks.
So within a window of two weeks each school is advanced alone, then its council, then the tribunal, and what they send
each other is handed over at the edge. The calendar of a school is four numbers. A council and the tribunal are queues
with so many places, first come, first served: a case is taken up when it comes, or when the first place falls free.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.tracer import model as m
from benchmarks.tracer.binary_heap import drop_first, heap_of, push, replace_first
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

_ROOM = 4096
_HEAP = heap_of(_ROOM)
_SCHOOL_OF = m.NUMBER_BITS + m.ROUND_BITS
_ROUND = (1 << m.ROUND_BITS) - 1

STATION = np.dtype(
    [
        ("joined", np.int64),
        ("decided", np.int64),
        ("in_process", np.int64),
        ("waiting", np.int64),
        ("weeks_waited", np.float64),
        ("remitted", np.int64),
        ("coming", _HEAP),  # cases on the way to the queue
        ("places", _HEAP),  # when each falls free
        ("appeals", _HEAP),  # of a council: on the way to schools
        ("lodged", _HEAP),  # of a council: appeals on the way to the tribunal
    ]
)


@compiled()
def _serve(station: Any, joined: float, weeks: float, horizon: float) -> float:
    """A case joins the queue; gives when it will be decided."""
    begun = max(joined, station.places.at[0])
    decided = begun + weeks
    replace_first(station.places, decided, 0)
    station.joined += 1
    if begun >= horizon:
        station.waiting += 1
        return decided
    station.weeks_waited += begun - joined
    if decided < horizon:
        station.decided += 1
    else:
        station.in_process += 1
    return decided


@compiled()
def _finish(school: Any, council: Any, now: float) -> None:
    kind = finish_work(school)
    if kind == m.REQUEST:
        push(council.coming, now, finished_request(school))
    elif kind == m.PREPARATION:
        push(council.lodged, now, school.case)


@compiled()
def _advance_school(school: Any, council: Any, key: int, until: float) -> None:
    while True:
        now = min(school.done_at, school.candidate_at, school.term_at, school.preparation_at)
        if now >= until:
            return
        if now == school.done_at:
            _finish(school, council, now)
        elif now == school.candidate_at:
            meet_candidate(school, key, now)
        elif now == school.term_at:
            start_term(school)
        else:
            receive_preparation(school)
        if school.in_hand == IDLE:
            take_work(school, key, now)


@compiled()
def _deliver_appeals(council: Any, schools: Any, until: float) -> None:
    appeals = council.appeals
    while appeals.n > 0 and appeals.at[0] < until:
        case = appeals.thing[0]
        announce_preparation(schools[case >> _SCHOOL_OF], case, appeals.at[0])
        drop_first(appeals)


@compiled()
def _assess(council: Any, key: int, until: float, horizon: float) -> None:
    coming = council.coming
    while coming.n > 0 and coming.at[0] < until:
        case = coming.thing[0]
        decided = _serve(council, coming.at[0], assessment_weeks(key, case), horizon)
        drop_first(coming)
        council.remitted += (case & _ROUND) > 0
        weeks = weeks_to_appeal(key, case)
        if weeks >= 0.0 and decided + weeks < horizon:
            push(council.appeals, decided + weeks, case)


@compiled()
def _advance_councils(
    schools: Any, councils: Any, first: int, last: int, key: int, until: float, horizon: float
) -> None:
    """Advance councils from first to before last, and their schools, to the end of a window."""
    per_council = schools.size // councils.size
    for number in range(first, last):
        council = councils[number]
        _deliver_appeals(council, schools, until)
        for school in range(number * per_council, (number + 1) * per_council):
            _advance_school(schools[school], council, key, until)
        _assess(council, key, until, horizon)


@compiled()
def _advance_tribunal(tribunals: Any, schools: Any, councils: Any, key: int, until: float, horizon: float) -> None:
    tribunal = tribunals[0]
    per_council = schools.size // councils.size
    for number in range(councils.size):
        lodged = councils[number].lodged
        for i in range(lodged.n):
            push(tribunal.coming, lodged.at[i], lodged.thing[i])
        lodged.n = 0
    coming = tribunal.coming
    while coming.n > 0 and coming.at[0] < until:
        case = coming.thing[0]
        decided = _serve(tribunal, coming.at[0], hearing_weeks(key, case), horizon)
        drop_first(coming)
        if is_remitted(key, case) and decided + m.REMITTAL_WEEKS < horizon:
            council = councils[(case >> _SCHOOL_OF) // per_council]
            push(council.coming, decided + m.REMITTAL_WEEKS, case + 1)


@compiled()
def _open(schools: Any, key: int) -> None:
    for number in range(schools.size):
        open_school(schools[number], number, key)


@compiled()
def _run(tribunal: Any, schools: Any, councils: Any, key: int, horizon: float) -> None:
    until = 0.0
    while until < horizon:
        until = min(until + m.WINDOW_WEEKS, horizon)
        _advance_councils(schools, councils, 0, councils.size, key, until, horizon)
        _advance_tribunal(tribunal, schools, councils, key, until, horizon)


def _on_threads(threads: int) -> Callable[[Any, Any, Any, int, float], None]:
    """The same, with the councils of a window shared out among threads."""

    def run_windows(tribunal: Any, schools: Any, councils: Any, key: int, horizon: float) -> None:
        edges = [len(councils) * i // threads for i in range(threads + 1)]
        until = 0.0
        with ThreadPoolExecutor(threads - 1) as pool:
            while until < horizon:
                until = min(until + m.WINDOW_WEEKS, horizon)
                others = [
                    pool.submit(_advance_councils, schools, councils, first, last, key, until, horizon)
                    for first, last in pairwise(edges[1:])
                ]
                _advance_councils(schools, councils, edges[0], edges[1], key, until, horizon)
                for other in others:
                    other.result()
                _advance_tribunal(tribunal, schools, councils, key, until, horizon)

    return run_windows


def _stations(n: int, places: int) -> Any:
    stations = np.zeros(n, STATION)
    stations["places"]["n"] = places
    return stations


def run(size: m.Size, seed: int = 1, replication: int = 0, threads: int = 1) -> m.Result:
    """Simulate with so many threads."""
    if max(size.council_places, size.tribunal_places) > _ROOM:
        raise OverflowError("the tracer has no room for so many places")
    key = m.run_key(seed, replication)
    schools = np.zeros(size.schools, SCHOOL)
    councils = _stations(size.councils, size.council_places)
    tribunal = _stations(1, size.tribunal_places)
    _open(schools, key)
    (_run if threads == 1 else _on_threads(threads))(tribunal, schools, councils, key, size.weeks)
    return result_of(schools, councils, tribunal)


def prepare(size: m.Size, threads: int = 1) -> None:  # noqa: ARG001 (the same code for every size)
    """Compile."""
    run(m.Size(2, 1, 1), threads=threads)
