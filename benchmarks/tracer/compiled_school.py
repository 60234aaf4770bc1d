"""A school as a record, and what can happen in it: shared by the two compiled engines, which differ in who calls it.

A queue is two counters: pieces of a kind that arrived, and pieces that were begun; the number of a piece is its place
in a ring. Support reviews need no ring: the number of a review tells when it fell due.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.tracer import model as m
from benchmarks.tracer.draws import compiled, hours_per_week, kind_of_candidate, weeks_of_work, weeks_to_candidate

ROOM = 64
"""Pieces of one kind, support reviews apart, that can wait in a school. A power of two."""
IDLE = -1
NEVER = math.inf
_LAST = ROOM - 1
_TERM_WEEKS = np.array(m.TERM_WEEKS, np.float64)
_N_TERMS = len(m.TERM_WEEKS)

SCHOOL = np.dtype(
    [
        # The calendar: when comes the next of each.
        ("done_at", np.float64),
        ("candidate_at", np.float64),
        ("term_at", np.float64),
        ("preparation_at", np.float64),
        # The SENCO.
        ("hours", np.float64),
        ("weeks", np.float64),  # that the piece in hand takes
        ("in_hand", np.int64),
        ("case", np.int64),
        # Counts.
        ("id", np.int64),
        ("candidates", np.int64),
        ("terms", np.int64),
        ("cases_waiting", np.int64),
        ("lapsed", np.int64),
        ("announced", np.int64),  # preparations that arrived, or of which it is known when they will
        ("due_since", np.float64),  # of the first review that waits
        ("due_terms", np.int64),
        ("due_until", np.int64),  # number of the first review of the term after that
        ("arrived", np.int64, (m.N_KINDS,)),
        ("begun", np.int64, (m.N_KINDS,)),
        ("completed", np.int64, (m.N_KINDS,)),
        ("weeks_waited", np.float64, (m.N_KINDS,)),
        # The rings.
        ("entered", np.float64, (m.SUPPORT_REVIEW, ROOM)),
        ("cases", np.int64, (ROOM,)),
    ]
)


@compiled()
def term_week(term: int) -> float:
    """Week in which the support reviews of a term fall due."""
    return m.WEEKS_PER_YEAR * (term // _N_TERMS) + _TERM_WEEKS[term % _N_TERMS]


@compiled()
def open_school(school: Any, number: int, key: int) -> None:
    """A school on the first day, all else being zero."""
    school.id = number
    school.hours = hours_per_week(key, number)
    school.in_hand = IDLE
    school.done_at = NEVER
    school.candidate_at = weeks_to_candidate(key, number, 0)
    school.preparation_at = NEVER


@compiled()
def _let_wait(school: Any, kind: int, now: float) -> None:
    number = school.arrived[kind]
    if number - school.begun[kind] >= ROOM:
        raise OverflowError("a queue of the tracer is full: give it more room")
    school.entered[kind, number & _LAST] = now
    school.arrived[kind] = number + 1
    school.cases_waiting += 1


@compiled()
def meet_candidate(school: Any, key: int, now: float) -> None:
    """A candidate comes, perhaps becomes work, and the next is on the way."""
    waiting = school.cases_waiting + school.arrived[m.SUPPORT_REVIEW] - school.begun[m.SUPPORT_REVIEW]
    kind = kind_of_candidate(key, school.id, school.candidates, waiting)
    school.candidates += 1
    school.candidate_at = now + weeks_to_candidate(key, school.id, school.candidates)
    if kind != m.NOTHING:
        _let_wait(school, kind, now)


@compiled()
def start_term(school: Any) -> None:
    """The support reviews of a term fall due."""
    school.arrived[m.SUPPORT_REVIEW] += m.LEAST_REVIEWS_PER_TERM + school.id % m.SPREAD_OF_REVIEWS_PER_TERM
    school.terms += 1
    school.term_at = term_week(school.terms)


@compiled()
def announce_preparation(school: Any, case: int, at: float) -> None:
    """It becomes known that a case will be appealed. Announcements come in the order of the appeals."""
    number = school.announced
    if number - school.begun[m.PREPARATION] >= ROOM:
        raise OverflowError("a queue of the tracer is full: give it more room")
    school.entered[m.PREPARATION, number & _LAST] = at
    school.cases[number & _LAST] = case
    school.announced = number + 1
    if number == school.arrived[m.PREPARATION]:
        school.preparation_at = at


@compiled()
def receive_preparation(school: Any) -> None:
    """The next preparation that was announced arrives."""
    number = school.arrived[m.PREPARATION] + 1
    school.arrived[m.PREPARATION] = number
    school.cases_waiting += 1
    school.preparation_at = school.entered[m.PREPARATION, number & _LAST] if number < school.announced else NEVER


@compiled()
def _begin(school: Any, kind: int, entered: float, key: int, now: float) -> None:
    number = school.begun[kind]
    school.begun[kind] = number + 1
    school.weeks_waited[kind] += now - entered
    school.in_hand = kind
    school.weeks = weeks_of_work(key, kind, school.id, number, school.hours)
    school.done_at = now + school.weeks


@compiled()
def _take_review(school: Any, key: int, now: float) -> None:
    while school.begun[m.SUPPORT_REVIEW] < school.arrived[m.SUPPORT_REVIEW]:
        number = school.begun[m.SUPPORT_REVIEW]
        if number == school.due_until:
            school.due_since = term_week(school.due_terms)
            school.due_terms += 1
            school.due_until += m.LEAST_REVIEWS_PER_TERM + school.id % m.SPREAD_OF_REVIEWS_PER_TERM
        if now - school.due_since <= m.REVIEW_LAPSES_AFTER:
            _begin(school, m.SUPPORT_REVIEW, school.due_since, key, now)
            return
        school.lapsed += school.due_until - number  # and so do the others of its term
        school.begun[m.SUPPORT_REVIEW] = school.due_until


@compiled()
def take_work(school: Any, key: int, now: float) -> None:
    """A SENCO who is free takes the first piece of work, if there is one."""
    if school.cases_waiting == 0:
        _take_review(school, key, now)
        return
    school.cases_waiting -= 1
    kind = 0
    while school.begun[kind] == school.arrived[kind]:
        kind += 1
    place = school.begun[kind] & _LAST
    if kind == m.PREPARATION:
        school.case = school.cases[place]
    _begin(school, kind, school.entered[kind, place], key, now)


@compiled()
def finish_work(school: Any) -> int:
    """The SENCO completes the piece in hand and is free. Gives its kind."""
    kind = school.in_hand
    school.completed[kind] += 1
    school.in_hand = IDLE
    school.done_at = NEVER
    return kind


@compiled()
def finished_request(school: Any) -> int:
    """The request that was completed last, as a case."""
    return ((school.id << m.NUMBER_BITS) | (school.begun[m.REQUEST] - 1)) << m.ROUND_BITS
