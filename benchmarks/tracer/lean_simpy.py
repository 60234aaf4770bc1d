"""SimPy used sparingly: one process per SENCO, queues as plain lists; a case is a process only while it has a place."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from benchmarks.tracer import model as m
from benchmarks.tracer.draws import assessment_weeks, hearing_weeks, is_remitted, weeks_to_appeal
from benchmarks.tracer.lean import NO_CASE, School, Station
from benchmarks.tracer.tally import result_of

Process = Generator[simpy.Event, Any, None]


class _England:
    """The state of the simulation, and its processes."""

    def __init__(self, size: m.Size, key: int) -> None:
        self.size = size
        self.key = key
        self.env = simpy.Environment()
        self.schools = [School(number, key) for number in range(size.schools)]
        self.councils = [Station(size.council_places) for _ in range(size.councils)]
        self.tribunal = Station(size.tribunal_places)
        self.bells: list[simpy.Event | None] = [None] * size.schools
        for school in self.schools:
            self.env.process(self.terms(school))
            self.env.process(self.candidates(school))
            self.env.process(self.senco(school))

    def run(self) -> m.Result:
        self.env.run(until=self.size.weeks)
        return result_of(self.schools, self.councils, self.tribunal)

    # At a school.

    def ring(self, school: School) -> None:
        """Wake the SENCO, if free."""
        bell = self.bells[school.id]
        if bell is not None:
            self.bells[school.id] = None
            bell.succeed()

    def terms(self, school: School) -> Process:
        while True:
            next_term = school.start_term(self.env.now)
            self.ring(school)
            yield self.env.timeout(next_term - self.env.now)

    def candidates(self, school: School) -> Process:
        while True:
            yield self.env.timeout(school.weeks_to_candidate())
            school.meet_candidate(self.env.now)
            if school.n_waiting:
                self.ring(school)

    def senco(self, school: School) -> Process:
        env = self.env
        while True:
            weeks = school.take_work(env.now)
            if weeks < 0.0:
                bell = self.bells[school.id] = env.event()
                yield bell
                continue
            yield env.timeout(weeks)
            kind = school.finish_work()
            if kind == m.REQUEST:
                self.join_council(school.case)
            elif kind == m.PREPARATION:
                self.tribunal.join(school.case, env.now)
                self.hear_next()

    # At a council.

    def council_of(self, case: int) -> Station:
        return self.councils[m.school_of(case) // self.size.schools_per_council]

    def join_council(self, case: int) -> None:
        council = self.council_of(case)
        council.join(case, self.env.now)
        self.assess_next(council)

    def assess_next(self, council: Station) -> None:
        case = council.take_up(self.env.now)
        if case != NO_CASE:
            self.env.process(self.assessment(council, case))

    def assessment(self, council: Station, case: int) -> Process:
        yield self.env.timeout(assessment_weeks(self.key, case))
        council.leave()
        self.assess_next(council)
        weeks = weeks_to_appeal(self.key, case)
        if weeks >= 0.0:
            yield self.env.timeout(weeks)
            school = self.schools[m.school_of(case)]
            school.let_wait(m.PREPARATION, self.env.now, case)
            self.ring(school)

    # At the tribunal.

    def hear_next(self) -> None:
        case = self.tribunal.take_up(self.env.now)
        if case != NO_CASE:
            self.env.process(self.hearing(case))

    def hearing(self, case: int) -> Process:
        yield self.env.timeout(hearing_weeks(self.key, case))
        self.tribunal.leave()
        self.hear_next()
        if is_remitted(self.key, case):
            yield self.env.timeout(m.REMITTAL_WEEKS)
            self.council_of(case).remitted += 1
            self.join_council(case + 1)


def run(size: m.Size, seed: int = 1, replication: int = 0) -> m.Result:
    """Simulate."""
    return _England(size, m.run_key(seed, replication)).run()
