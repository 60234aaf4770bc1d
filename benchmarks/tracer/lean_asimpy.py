"""asimpy, a small library of coroutines: one process per SENCO, queues as plain lists, as in :mod:`lean_simpy`."""

from __future__ import annotations

from asimpy import Environment, Event, Process

from benchmarks.tracer import model as m
from benchmarks.tracer.draws import assessment_weeks, hearing_weeks, is_remitted, weeks_to_appeal
from benchmarks.tracer.lean import NO_CASE, School, Station
from benchmarks.tracer.tally import result_of


class _Terms(Process):
    def init(self, england: _England, school: School) -> None:
        self.england, self.school = england, school

    async def run(self) -> None:
        for _ in range(self.england.size.terms):
            next_term = self.school.start_term(self.now)
            self.england.ring(self.school)
            await self.timeout(next_term - self.now)


class _Candidates(Process):
    def init(self, england: _England, school: School) -> None:
        self.england, self.school = england, school

    async def run(self) -> None:
        while True:
            await self.timeout(self.school.weeks_to_candidate())
            self.school.meet_candidate(self.now)
            if self.school.n_waiting:
                self.england.ring(self.school)


class _Senco(Process):
    def init(self, england: _England, school: School) -> None:
        self.england, self.school = england, school

    async def run(self) -> None:
        england, school = self.england, self.school
        while True:
            weeks = school.take_work(self.now)
            if weeks < 0.0:
                bell = england.bells[school.id] = Event(self._env)
                await bell
                continue
            await self.timeout(weeks)
            kind = school.finish_work()
            if kind == m.REQUEST:
                england.join_council(school.case)
            elif kind == m.PREPARATION:
                england.tribunal.join(school.case, self.now)
                england.hear_next()


class _Assessment(Process):
    def init(self, england: _England, council: Station, case: int) -> None:
        self.england, self.council, self.case = england, council, case

    async def run(self) -> None:
        england, case = self.england, self.case
        await self.timeout(assessment_weeks(england.key, case))
        self.council.leave()
        england.assess_next(self.council)
        weeks = weeks_to_appeal(england.key, case)
        if weeks >= 0.0:
            await self.timeout(weeks)
            school = england.schools[m.school_of(case)]
            school.let_wait(m.PREPARATION, self.now, case)
            england.ring(school)


class _Hearing(Process):
    def init(self, england: _England, case: int) -> None:
        self.england, self.case = england, case

    async def run(self) -> None:
        england, case = self.england, self.case
        await self.timeout(hearing_weeks(england.key, case))
        england.tribunal.leave()
        england.hear_next()
        if is_remitted(england.key, case):
            await self.timeout(m.REMITTAL_WEEKS)
            england.council_of(case).remitted += 1
            england.join_council(case + 1)


class _England:
    """The state of the simulation."""

    def __init__(self, size: m.Size, key: int) -> None:
        self.size = size
        self.key = key
        self.env = Environment()
        self.schools = [School(number, key) for number in range(size.schools)]
        self.councils = [Station(size.council_places) for _ in range(size.councils)]
        self.tribunal = Station(size.tribunal_places)
        self.bells: list[Event | None] = [None] * size.schools
        for school in self.schools:
            _Terms(self.env, self, school)
            _Candidates(self.env, self, school)
            _Senco(self.env, self, school)

    def run(self) -> m.Result:
        self.env.run(until=self.size.weeks)
        return result_of(self.schools, self.councils, self.tribunal)

    def ring(self, school: School) -> None:
        """Wake the SENCO, if free."""
        bell = self.bells[school.id]
        if bell is not None:
            self.bells[school.id] = None
            bell.succeed()

    def council_of(self, case: int) -> Station:
        return self.councils[m.school_of(case) // self.size.schools_per_council]

    def join_council(self, case: int) -> None:
        council = self.council_of(case)
        council.join(case, self.env.now)
        self.assess_next(council)

    def assess_next(self, council: Station) -> None:
        case = council.take_up(self.env.now)
        if case != NO_CASE:
            _Assessment(self.env, self, council, case)

    def hear_next(self) -> None:
        case = self.tribunal.take_up(self.env.now)
        if case != NO_CASE:
            _Hearing(self.env, self, case)


def run(size: m.Size, seed: int = 1, replication: int = 0) -> m.Result:
    """Simulate."""
    return _England(size, m.run_key(seed, replication)).run()
