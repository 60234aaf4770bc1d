"""salabim used sparingly: one component per SENCO, queues as plain lists, monitors off.

A case is a component only while it has a place. Processes are generators (``yieldless`` off), which is the faster mode.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import salabim

from benchmarks.tracer import model as m
from benchmarks.tracer.draws import assessment_weeks, hearing_weeks, is_remitted, weeks_to_appeal
from benchmarks.tracer.lean import NO_CASE, School, Station
from benchmarks.tracer.tally import result_of

Process = Generator[Any, Any, None]


class _Component(salabim.Component):
    """A component that is not monitored."""

    def setup(self, **what: Any) -> None:
        self.status.monitor(False)
        self.mode.monitor(False)
        for name, value in what.items():
            setattr(self, name, value)


class _Terms(_Component):
    def process(self) -> Process:
        england, school = self.env.england, self.school
        for _ in range(england.size.terms):
            next_term = school.start_term(self.env.now())
            england.wake(school)
            yield self.hold(next_term - self.env.now())


class _Candidates(_Component):
    def process(self) -> Process:
        england, school = self.env.england, self.school
        while True:
            yield self.hold(school.weeks_to_candidate())
            school.meet_candidate(self.env.now())
            if school.n_waiting:
                england.wake(school)


class _Senco(_Component):
    def process(self) -> Process:
        england, school, now = self.env.england, self.school, self.env.now
        while True:
            weeks = school.take_work(now())
            if weeks < 0.0:
                yield self.passivate()
                continue
            yield self.hold(weeks)
            kind = school.finish_work()
            if kind == m.REQUEST:
                england.join_council(school.case)
            elif kind == m.PREPARATION:
                england.tribunal.join(school.case, now())
                england.hear_next()


class _Assessment(_Component):
    def process(self) -> Process:
        england, case = self.env.england, self.case
        yield self.hold(assessment_weeks(england.key, case))
        self.council.leave()
        england.assess_next(self.council)
        weeks = weeks_to_appeal(england.key, case)
        if weeks >= 0.0:
            yield self.hold(weeks)
            school = england.schools[m.school_of(case)]
            school.let_wait(m.PREPARATION, self.env.now(), case)
            england.wake(school)


class _Hearing(_Component):
    def process(self) -> Process:
        england, case = self.env.england, self.case
        yield self.hold(hearing_weeks(england.key, case))
        england.tribunal.leave()
        england.hear_next()
        if is_remitted(england.key, case):
            yield self.hold(m.REMITTAL_WEEKS)
            england.council_of(case).remitted += 1
            england.join_council(case + 1)


class _England:
    """The state of the simulation."""

    def __init__(self, size: m.Size, key: int) -> None:
        self.size = size
        self.key = key
        self.env = salabim.Environment(trace=False)
        self.env.england = self
        self.schools = [School(number, key) for number in range(size.schools)]
        self.councils = [Station(size.council_places) for _ in range(size.councils)]
        self.tribunal = Station(size.tribunal_places)
        for school in self.schools:
            _Terms(school=school)
            _Candidates(school=school)
        self.sencos = [_Senco(school=school) for school in self.schools]

    def run(self) -> m.Result:
        self.env.run(till=self.size.weeks)
        return result_of(self.schools, self.councils, self.tribunal)

    def wake(self, school: School) -> None:
        """Let the SENCO choose, if free."""
        senco = self.sencos[school.id] if school.is_free else None
        if senco is not None and senco.ispassive():
            senco.activate()

    def council_of(self, case: int) -> Station:
        return self.councils[m.school_of(case) // self.size.schools_per_council]

    def join_council(self, case: int) -> None:
        council = self.council_of(case)
        council.join(case, self.env.now())
        self.assess_next(council)

    def assess_next(self, council: Station) -> None:
        case = council.take_up(self.env.now())
        if case != NO_CASE:
            _Assessment(council=council, case=case)

    def hear_next(self) -> None:
        case = self.tribunal.take_up(self.env.now())
        if case != NO_CASE:
            _Hearing(case=case)


def run(size: m.Size, seed: int = 1, replication: int = 0) -> m.Result:
    """Simulate."""
    salabim.yieldless(False)
    return _England(size, m.run_key(seed, replication)).run()
