"""Ciw, a library for queueing networks: schools, councils and the tribunal are nodes, pieces of work are individuals.

What Ciw has no words for is said through its extension points: a candidate that becomes work by the length of the queue
(an arrival node of our own), reviews that lapse when they are reached (a service of length zero), delays (nodes with
infinitely many servers), one individual with different priorities at different nodes (a node of our own). All draws are
shared. Ciw looks at every node after every event, so its cost grows with the square of the number of schools.
"""

from __future__ import annotations

import math
from typing import Any

import ciw

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

CANDIDATE = "candidate"


class _School:
    def __init__(self, number: int, key: int) -> None:
        self.id = number
        self.hours = hours_per_week(key, number)
        self.arrived = [0] * m.N_KINDS
        self.begun = [0] * m.N_KINDS
        self.completed = [0] * m.N_KINDS
        self.weeks_waited = [0.0] * m.N_KINDS
        self.lapsed = self.candidates = 0
        self.node: Any = None

    def unfinished(self) -> list[int]:
        return [len(individuals) for individuals in self.node.individuals]


class _Station:
    def __init__(self) -> None:
        self.joined = self.decided = self.remitted = 0
        self.weeks_waited = 0.0
        self.node: Any = None

    def waiting(self) -> int:
        return int(self.node.number_of_individuals - self.node.number_in_service)

    def in_process(self) -> int:
        return int(self.node.number_in_service)


class _England:
    """What the parts of the network share. Nodes are numbered from 1, as Ciw has it."""

    def __init__(self, size: m.Size, key: int) -> None:
        self.size = size
        self.key = key
        self.schools = [_School(number, key) for number in range(size.schools)]
        self.councils = [_Station() for _ in range(size.councils)]
        self.tribunal = _Station()
        self.first_council = size.schools + 1
        self.to_appeal = self.first_council + size.councils
        self.tribunal_at = self.to_appeal + 1
        self.to_council = self.to_appeal + 2

    def council_number(self, case: int) -> int:
        return m.school_of(case) // self.size.schools_per_council

    def run(self) -> m.Result:
        simulation = ciw.Simulation(self.network(), arrival_node_class=_arrivals(self), node_class=_Node)
        for place, node in zip([*self.schools, *self.councils], simulation.transitive_nodes, strict=False):
            place.node = node
        self.tribunal.node = simulation.nodes[self.tribunal_at]
        simulation.simulate_until_max_time(self.size.weeks)
        return result_of(self.schools, self.councils, self.tribunal)

    def network(self) -> Any:
        schools, size = self.schools, self.size
        none: list[Any] = [None] * (size.councils + 3)
        one = ciw.dists.Deterministic(1)
        arrivals = {kind: [None] * len(schools) + none for kind in m.KINDS}
        arrivals[CANDIDATE] = [_Candidates(self, school) for school in schools] + none
        arrivals["support_review"] = [_Terms() for _ in schools] + none
        batches: dict[str, list[Any]] = {kind: [one] * (len(schools) + len(none)) for kind in (*m.KINDS, CANDIDATE)}
        batches["support_review"][: len(schools)] = [_Reviews(school) for school in schools]
        servers = [1] * len(schools) + [size.council_places] * size.councils
        services = [
            *(_Work(self, school) for school in schools),
            *(_Stay(self, council) for council in self.councils),
            _TimeToAppeal(self),
            _Stay(self, self.tribunal),
            ciw.dists.Deterministic(m.REMITTAL_WEEKS),
        ]
        return ciw.create_network(
            arrival_distributions=arrivals,
            batching_distributions=batches,
            service_distributions=dict.fromkeys(arrivals, services),
            number_of_servers=[*servers, math.inf, size.tribunal_places, math.inf],
            routing={kind: _Route(self) for kind in arrivals},
            priority_classes={kind: 0 if kind == CANDIDATE else m.KINDS.index(kind) for kind in arrivals},
        )


class _Shared(ciw.dists.Distribution):
    """A distribution that keeps its school or station when Ciw copies it."""

    def __init__(self, *shared: Any) -> None:
        self.shared = shared

    def __deepcopy__(self, memory: dict[int, Any]) -> _Shared:
        return type(self)(*self.shared)


class _Candidates(_Shared):
    def sample(self, t: float | None = None, ind: Any = None) -> float:  # noqa: ARG002
        england, school = self.shared
        return weeks_to_candidate(england.key, school.id, school.candidates)


class _Terms(_Shared):
    def __init__(self) -> None:
        super().__init__()
        self.term = 0

    def sample(self, t: float | None = None, ind: Any = None) -> float:  # noqa: ARG002
        self.term += 1
        return m.term_week(self.term - 1) - (m.term_week(self.term - 2) if self.term > 1 else 0.0)


class _Reviews(_Shared):
    def sample(self, t: float | None = None, ind: Any = None) -> int:  # noqa: ARG002
        return m.reviews_per_term(self.shared[0].id)


class _Work(_Shared):
    """Of the SENCO: weeks for a piece of work, none if it is a review that lapses."""

    def sample(self, t: float | None = None, ind: Any = None) -> float:
        england, school = self.shared
        kind = m.KINDS.index(ind.customer_class)
        number = school.begun[kind]
        school.begun[kind] += 1
        waited = t - ind.arrival_date
        ind.lapses = kind == m.SUPPORT_REVIEW and waited > m.REVIEW_LAPSES_AFTER
        if ind.lapses:
            return 0.0
        if kind == m.REQUEST:
            ind.case = m.case_of(school.id, number)
        school.weeks_waited[kind] += waited
        return weeks_of_work(england.key, kind, school.id, number, school.hours)


class _Stay(_Shared):
    """At a council or the tribunal."""

    def sample(self, t: float | None = None, ind: Any = None) -> float:
        england, station = self.shared
        station.weeks_waited += t - ind.arrival_date
        weeks = hearing_weeks if station is england.tribunal else assessment_weeks
        return weeks(england.key, ind.case)


class _TimeToAppeal(_Shared):
    def sample(self, t: float | None = None, ind: Any = None) -> float:  # noqa: ARG002
        return weeks_to_appeal(self.shared[0].key, ind.case)


class _Node(ciw.Node):
    """A node to which an individual may come with another priority than it had before."""

    def accept(self, next_individual: Any, completed: bool = False) -> None:
        next_individual.prev_priority_class = next_individual.priority_class
        super().accept(next_individual, completed)


def _arrivals(england: _England) -> type[ciw.ArrivalNode]:
    """An arrival node that makes work of candidates."""

    class Arrivals(ciw.ArrivalNode):
        def release_individual(self, next_node: Any, next_individual: Any) -> None:
            school = england.schools[next_node.id_number - 1]
            kind = m.SUPPORT_REVIEW
            if next_individual.customer_class == CANDIDATE:
                waiting = next_node.number_of_individuals - next_node.number_in_service
                kind = kind_of_candidate(england.key, school.id, school.candidates, waiting)
                school.candidates += 1
            if kind == m.NOTHING:
                self.simulation.nodes[-1].accept(next_individual, completed=False)
                return
            school.arrived[kind] += 1
            _become(next_individual, kind)
            super().release_individual(next_node, next_individual)

    return Arrivals


def _become(individual: Any, kind: int) -> None:
    individual.customer_class = m.KINDS[kind]
    individual.priority_class = kind


class _Route(ciw.routing.NetworkRouting):
    """Where an individual goes from a node, and what becomes of it."""

    def __init__(self, england: _England) -> None:
        self.england = england

    def initialise(self, simulation: Any) -> None:
        self.simulation = simulation

    def next_node(self, ind: Any, node_id: int) -> Any:
        england = self.england
        if node_id < england.first_council:
            to = self.after_work(ind, england.schools[node_id - 1])
        elif node_id < england.to_appeal:
            england.councils[node_id - england.first_council].decided += 1
            to = england.to_appeal if weeks_to_appeal(england.key, ind.case) >= 0.0 else -1
        elif node_id == england.to_appeal:
            school = m.school_of(ind.case)
            england.schools[school].arrived[m.PREPARATION] += 1
            _become(ind, m.PREPARATION)
            to = school + 1
        elif node_id == england.tribunal_at:
            england.tribunal.decided += 1
            to = england.to_council if is_remitted(england.key, ind.case) else -1
        else:
            england.councils[england.council_number(ind.case)].remitted += 1
            ind.case += 1
            to = self.to_the_council(ind)
        return self.simulation.nodes[to]

    def after_work(self, ind: Any, school: _School) -> int:
        if ind.lapses:
            school.lapsed += 1
            return -1
        kind = m.KINDS.index(ind.customer_class)
        school.completed[kind] += 1
        if kind == m.REQUEST:
            return self.to_the_council(ind)
        if kind == m.PREPARATION:
            self.england.tribunal.joined += 1
            _become(ind, m.REQUEST)  # one priority for all
            return self.england.tribunal_at
        return -1

    def to_the_council(self, ind: Any) -> int:
        _become(ind, m.REQUEST)  # one priority for all
        council = self.england.council_number(ind.case)
        self.england.councils[council].joined += 1
        return self.england.first_council + council


def run(size: m.Size, seed: int = 1, replication: int = 0) -> m.Result:
    """Simulate."""
    return _England(size, m.run_key(seed, replication)).run()
