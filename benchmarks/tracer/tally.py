"""From what the engines in plain Python have counted to a result."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Protocol

from benchmarks.tracer import model as m


class SchoolTally(Protocol):
    """What is asked of a school, in lists by kind of work."""

    arrived: list[int]
    completed: list[int]
    weeks_waited: list[float]
    lapsed: int

    def unfinished(self) -> list[int]:
        """Pieces that wait or are in hand, counted where they are and not from the rest."""
        ...


class StationTally(Protocol):
    """What is asked of a council or the tribunal."""

    joined: int
    decided: int
    remitted: int
    weeks_waited: float

    def waiting(self) -> int:
        """Cases in the queue."""
        ...

    def in_process(self) -> int:
        """Cases that have a place."""
        ...


def result_of(schools: Iterable[SchoolTally], councils: Iterable[StationTally], tribunal: StationTally) -> m.Result:
    """What an engine reports."""
    schools, councils = list(schools), list(councils)
    return m.Result(
        arrived=_totals(school.arrived for school in schools),
        completed=_totals(school.completed for school in schools),
        lapsed=sum(school.lapsed for school in schools),
        unfinished=_totals(school.unfinished() for school in schools),
        # Exact sums, so that the order in which an engine keeps its schools cannot matter.
        weeks_waited=tuple(math.fsum(weeks) for weeks in zip(*(s.weeks_waited for s in schools), strict=True)),
        councils=_station(councils),
        tribunal=_station([tribunal]),
        remitted=sum(council.remitted for council in councils),
    )


def _totals(rows: Iterable[list[int]]) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(*rows, strict=True))


def _station(stations: list[StationTally]) -> m.Station:
    return m.Station(
        joined=sum(station.joined for station in stations),
        decided=sum(station.decided for station in stations),
        in_process=sum(station.in_process() for station in stations),
        waiting=sum(station.waiting() for station in stations),
        weeks_waited=math.fsum(station.weeks_waited for station in stations),
    )
