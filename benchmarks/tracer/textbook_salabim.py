"""salabim as its manual teaches it: a component per piece of work, which requests the SENCO, a resource, by priority.

Monitors are on, as they are unless switched off. Processes are generators (``yieldless`` off), the faster mode.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import salabim

from benchmarks.tracer import model as m
from benchmarks.tracer.draws import (
    assessment_weeks,
    hearing_weeks,
    hours_per_week,
    is_remitted,
    kind_of_candidate,
    weeks_of_work,
    weeks_to_appeal,
    weeks_to_candidate,
)
from benchmarks.tracer.tally import result_of

Process = Generator[Any, Any, None]


class _School:
    def __init__(self, number: int, key: int) -> None:
        self.id = number
        self.hours = hours_per_week(key, number)
        self.senco = salabim.Resource(f"senco {number}", capacity=1)
        self.arrived = [0] * m.N_KINDS
        self.completed = [0] * m.N_KINDS
        self.weeks_waited = [0.0] * m.N_KINDS
        self.lapsed = 0

    def unfinished(self) -> list[int]:
        pieces = [*self.senco.requesters(), *self.senco.claimers()]
        return [sum(piece.kind == kind for piece in pieces) for kind in range(m.N_KINDS)]


class _Station:
    def __init__(self, name: str, places: int) -> None:
        self.places = salabim.Resource(name, capacity=places)
        self.joined = self.decided = self.remitted = 0
        self.weeks_waited = 0.0

    def waiting(self) -> int:
        return len(self.places.requesters())

    def in_process(self) -> int:
        return int(self.places.claimed_quantity())


class _Terms(salabim.Component):
    def setup(self, school: _School) -> None:
        self.school = school

    def process(self) -> Process:
        for term in range(self.env.england.size.terms):
            yield self.hold(m.term_week(term) - self.env.now())
            for _ in range(m.reviews_per_term(self.school.id)):
                _Piece(school=self.school, kind=m.SUPPORT_REVIEW)


class _Candidates(salabim.Component):
    def setup(self, school: _School) -> None:
        self.school = school

    def process(self) -> Process:
        school, key = self.school, self.env.england.key
        number = 0
        while True:
            yield self.hold(weeks_to_candidate(key, school.id, number))
            kind = kind_of_candidate(key, school.id, number, len(school.senco.requesters()))
            number += 1
            if kind == m.REQUEST:
                _Request(school=school, kind=kind)
            elif kind != m.NOTHING:
                _Piece(school=school, kind=kind)


class _Piece(salabim.Component):
    """One piece of work."""

    def setup(self, school: _School, kind: int) -> None:
        self.school = school
        self.kind = kind

    def process(self) -> Process:
        yield from self.work()

    def work(self) -> Process:
        school, kind, arrived = self.school, self.kind, self.env.now()
        number = school.arrived[kind]
        school.arrived[kind] += 1
        yield self.request((school.senco, 1, kind))
        waited = self.env.now() - arrived
        if kind == m.SUPPORT_REVIEW and waited > m.REVIEW_LAPSES_AFTER:
            school.lapsed += 1
        else:
            school.weeks_waited[kind] += waited
            yield self.hold(weeks_of_work(self.env.england.key, kind, school.id, number, school.hours))
            school.completed[kind] += 1
        self.release(school.senco)


class _Request(_Piece):
    """A request, and what becomes of it."""

    def process(self) -> Process:
        england, school = self.env.england, self.school
        case = m.case_of(school.id, school.arrived[m.REQUEST])
        council = england.councils[school.id // england.size.schools_per_council]
        yield from self.work()
        self.kind = m.PREPARATION
        while True:
            yield from self.visit(council, assessment_weeks(england.key, case))
            weeks = weeks_to_appeal(england.key, case)
            if weeks < 0.0:
                return
            yield self.hold(weeks)
            yield from self.work()
            yield from self.visit(england.tribunal, hearing_weeks(england.key, case))
            if not is_remitted(england.key, case):
                return
            yield self.hold(m.REMITTAL_WEEKS)
            council.remitted += 1
            case += 1

    def visit(self, station: _Station, weeks: float) -> Process:
        """Wait for a place, and have it for so long."""
        joined = self.env.now()
        station.joined += 1
        yield self.request(station.places)
        station.weeks_waited += self.env.now() - joined
        yield self.hold(weeks)
        station.decided += 1
        self.release(station.places)


class _England:
    """The state of the simulation."""

    def __init__(self, size: m.Size, key: int) -> None:
        self.size = size
        self.key = key
        self.env = salabim.Environment(trace=False)
        self.env.england = self
        self.schools = [_School(number, key) for number in range(size.schools)]
        self.councils = [_Station(f"council {number}", size.council_places) for number in range(size.councils)]
        self.tribunal = _Station("tribunal", size.tribunal_places)
        for school in self.schools:
            _Terms(school=school)
            _Candidates(school=school)

    def run(self) -> m.Result:
        self.env.run(till=self.size.weeks)
        return result_of(self.schools, self.councils, self.tribunal)


def run(size: m.Size, seed: int = 1, replication: int = 0) -> m.Result:
    """Simulate."""
    salabim.yieldless(False)
    return _England(size, m.run_key(seed, replication)).run()
