"""Plain Python: one list of events kept by :mod:`heapq`, and a method for each kind of event."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

from benchmarks.tracer import model as m
from benchmarks.tracer.draws import assessment_weeks, hearing_weeks, is_remitted, weeks_to_appeal
from benchmarks.tracer.lean import NO_CASE, School, Station
from benchmarks.tracer.tally import result_of


class _England:
    """The state of the simulation, and what can happen."""

    def __init__(self, size: m.Size, key: int) -> None:
        self.size = size
        self.key = key
        self.now = 0.0
        self.events: list[tuple[float, int, Callable[[int], None], int]] = []
        self.order = count()
        self.schools = [School(number, key) for number in range(size.schools)]
        self.councils = [Station(size.council_places) for _ in range(size.councils)]
        self.tribunal = Station(size.tribunal_places)
        for school in self.schools:
            self.at(school.weeks_to_candidate(), self.candidate_comes, school.id)
            self.at(m.term_week(0), self.term_starts, school.id)

    def at(self, time: float, what: Callable[[int], None], whom: int) -> None:
        heappush(self.events, (time, next(self.order), what, whom))

    def run(self) -> m.Result:
        events, horizon = self.events, self.size.weeks
        while events[0][0] < horizon:
            self.now, _, what, whom = heappop(events)
            what(whom)
        return result_of(self.schools, self.councils, self.tribunal)

    # At a school.

    def candidate_comes(self, number: int) -> None:
        school = self.schools[number]
        school.meet_candidate(self.now)
        self.at(self.now + school.weeks_to_candidate(), self.candidate_comes, number)
        self.take_work(school)

    def term_starts(self, number: int) -> None:
        school = self.schools[number]
        self.at(school.start_term(self.now), self.term_starts, number)
        self.take_work(school)

    def appeal_comes(self, case: int) -> None:
        school = self.schools[m.school_of(case)]
        school.let_wait(m.PREPARATION, self.now, case)
        self.take_work(school)

    def take_work(self, school: School) -> None:
        if school.is_free:
            weeks = school.take_work(self.now)
            if weeks >= 0.0:
                self.at(self.now + weeks, self.work_is_done, school.id)

    def work_is_done(self, number: int) -> None:
        school = self.schools[number]
        kind = school.finish_work()
        if kind == m.REQUEST:
            self.join_council(school.case)
        elif kind == m.PREPARATION:
            self.tribunal.join(school.case, self.now)
            self.hear_next()
        self.take_work(school)

    # At a council.

    def council_of(self, case: int) -> Station:
        return self.councils[m.school_of(case) // self.size.schools_per_council]

    def join_council(self, case: int) -> None:
        council = self.council_of(case)
        council.join(case, self.now)
        self.assess_next(council)

    def assess_next(self, council: Station) -> None:
        case = council.take_up(self.now)
        if case != NO_CASE:
            self.at(self.now + assessment_weeks(self.key, case), self.council_decides, case)

    def council_decides(self, case: int) -> None:
        council = self.council_of(case)
        council.leave()
        weeks = weeks_to_appeal(self.key, case)
        if weeks >= 0.0:
            self.at(self.now + weeks, self.appeal_comes, case)
        self.assess_next(council)

    def case_returns(self, case: int) -> None:
        self.council_of(case).remitted += 1
        self.join_council(case)

    # At the tribunal.

    def hear_next(self) -> None:
        case = self.tribunal.take_up(self.now)
        if case != NO_CASE:
            self.at(self.now + hearing_weeks(self.key, case), self.tribunal_decides, case)

    def tribunal_decides(self, case: int) -> None:
        self.tribunal.leave()
        if is_remitted(self.key, case):
            self.at(self.now + m.REMITTAL_WEEKS, self.case_returns, case + 1)
        self.hear_next()


def events_a_piece(size: m.Size, seed: int = 1) -> float:
    """Events for a piece of work, in every engine: all that were put on the list but those that are still on it."""
    england = _England(size, m.run_key(seed, 0))
    pieces = england.run().pieces
    return (next(england.order) - len(england.events)) / pieces


def run(size: m.Size, seed: int = 1, replication: int = 0) -> m.Result:
    """Simulate."""
    return _England(size, m.run_key(seed, replication)).run()
