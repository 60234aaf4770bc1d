"""SimPy as its tutorials teach it: a process per piece of work, which asks a ``PriorityResource`` for the SENCO.

The council and the tribunal are a ``Resource`` each, and a case is one process from its request to its last decision.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

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

Process = Generator[simpy.Event, Any, None]


class _School:
    def __init__(self, env: simpy.Environment, number: int, key: int) -> None:
        self.id = number
        self.hours = hours_per_week(key, number)
        self.senco = simpy.PriorityResource(env)
        self.arrived = [0] * m.N_KINDS
        self.completed = [0] * m.N_KINDS
        self.weeks_waited = [0.0] * m.N_KINDS
        self.lapsed = 0

    def unfinished(self) -> list[int]:
        open_requests = [*self.senco.queue, *self.senco.users]
        return [sum(request.priority == kind for request in open_requests) for kind in range(m.N_KINDS)]


class _Station:
    def __init__(self, env: simpy.Environment, places: int) -> None:
        self.places = simpy.Resource(env, places)
        self.joined = self.decided = self.remitted = 0
        self.weeks_waited = 0.0

    def waiting(self) -> int:
        return len(self.places.queue)

    def in_process(self) -> int:
        return self.places.count


class _England:
    """The state of the simulation, and its processes."""

    def __init__(self, size: m.Size, key: int) -> None:
        self.size = size
        self.key = key
        self.env = simpy.Environment()
        self.schools = [_School(self.env, number, key) for number in range(size.schools)]
        self.councils = [_Station(self.env, size.council_places) for _ in range(size.councils)]
        self.tribunal = _Station(self.env, size.tribunal_places)
        for school in self.schools:
            self.env.process(self.terms(school))
            self.env.process(self.candidates(school))

    def run(self) -> m.Result:
        self.env.run(until=self.size.weeks)
        return result_of(self.schools, self.councils, self.tribunal)

    def terms(self, school: _School) -> Process:
        for term in range(self.size.terms):
            yield self.env.timeout(m.term_week(term) - self.env.now)
            for _ in range(m.reviews_per_term(school.id)):
                self.env.process(self.work(school, m.SUPPORT_REVIEW))

    def candidates(self, school: _School) -> Process:
        number = 0
        while True:
            yield self.env.timeout(weeks_to_candidate(self.key, school.id, number))
            kind = kind_of_candidate(self.key, school.id, number, len(school.senco.queue))
            number += 1
            if kind == m.REQUEST:
                self.env.process(self.request(school))
            elif kind != m.NOTHING:
                self.env.process(self.work(school, kind))

    def work(self, school: _School, kind: int) -> Process:
        """One piece of work."""
        arrived = self.env.now
        number = school.arrived[kind]
        school.arrived[kind] += 1
        with school.senco.request(priority=kind) as turn:
            yield turn
            waited = self.env.now - arrived
            if kind == m.SUPPORT_REVIEW and waited > m.REVIEW_LAPSES_AFTER:
                school.lapsed += 1
                return
            school.weeks_waited[kind] += waited
            yield self.env.timeout(weeks_of_work(self.key, kind, school.id, number, school.hours))
            school.completed[kind] += 1

    def request(self, school: _School) -> Process:
        """A request, and what becomes of it."""
        case = m.case_of(school.id, school.arrived[m.REQUEST])
        council = self.councils[school.id // self.size.schools_per_council]
        yield from self.work(school, m.REQUEST)
        while True:
            yield from self.visit(council, assessment_weeks(self.key, case))
            weeks = weeks_to_appeal(self.key, case)
            if weeks < 0.0:
                return
            yield self.env.timeout(weeks)
            yield from self.work(school, m.PREPARATION)
            yield from self.visit(self.tribunal, hearing_weeks(self.key, case))
            if not is_remitted(self.key, case):
                return
            yield self.env.timeout(m.REMITTAL_WEEKS)
            council.remitted += 1
            case += 1

    def visit(self, station: _Station, weeks: float) -> Process:
        """A case waits for a place, and has it for so long."""
        joined = self.env.now
        station.joined += 1
        with station.places.request() as place:
            yield place
            station.weeks_waited += self.env.now - joined
            yield self.env.timeout(weeks)
            station.decided += 1


def run(size: m.Size, seed: int = 1, replication: int = 0) -> m.Result:
    """Simulate."""
    return _England(size, m.run_key(seed, replication)).run()
