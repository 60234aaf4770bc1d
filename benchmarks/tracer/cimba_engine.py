"""cimba, a library in C with a coroutine per process, through its Python front, which compiles processes with numba.

A SENCO is a process, as in :mod:`lean_simpy`, and a case is a process from joining a queue until its decision; councils
and the tribunal are resources. What happens in a school is the code of the compiled engines.
"""

from __future__ import annotations

from typing import Any

import cimba as cb
import numba
import numpy as np
from numba.extending import intrinsic

from benchmarks.tracer import model as m
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
from benchmarks.tracer.draws import assessment_weeks, hearing_weeks, is_remitted, weeks_to_appeal, weeks_to_candidate

_STATION = np.dtype(
    [
        ("joined", np.int64),
        ("begun", np.int64),
        ("decided", np.int64),
        ("in_process", np.int64),
        ("waiting", np.int64),
        ("weeks_waited", np.float64),
        ("remitted", np.int64),
    ]
)


def _finder(layout: np.dtype[Any]) -> Any:
    """Give a function that finds a record of a layout by its address, in compiled code."""
    record = numba.from_dtype(layout)

    @intrinsic
    def at(context: Any, address: Any) -> Any:  # noqa: ARG001
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
            return builder.inttoptr(arguments[0], context.get_value_type(record))

        return record(numba.types.int64), code

    return at


_school_at = _finder(SCHOOL)
_station_at = _finder(_STATION)


class _Station(cb.Model):
    """A council or the tribunal."""

    record: cb.Param[int]
    places: cb.Resource


class _School(cb.Model):
    """A school, its SENCO and what comes to it."""

    key: cb.Param[int]
    record: cb.Param[int]
    terms: cb.Param[int]
    council: cb.Ref[_Station]
    tribunal: cb.Ref[_Station]
    bell: cb.Container
    asleep: int = 0

    @cb.function
    def ring(self) -> None:
        if self.asleep == 1:
            self.asleep = 0
            self.bell.put(1)

    @cb.process
    def term(self):
        school = _school_at(self.record)
        for _ in range(self.terms):
            cb.hold(school.term_at - cb.now())
            start_term(school)
            self.ring()

    @cb.process
    def candidate(self):
        school = _school_at(self.record)
        while True:
            cb.hold(weeks_to_candidate(self.key, school.id, school.candidates))
            meet_candidate(school, self.key, cb.now())
            self.ring()

    @cb.process
    def senco(self):
        school = _school_at(self.record)
        while True:
            take_work(school, self.key, cb.now())
            if school.in_hand == IDLE:
                self.asleep = 1
                self.bell.get(1)
                continue
            cb.hold(school.weeks)
            kind = finish_work(school)
            if kind == m.REQUEST:
                cb.spawn(_Assessment, key=self.key, case=finished_request(school), school=self, council=self.council)
            elif kind == m.PREPARATION:
                cb.spawn(_Hearing, key=self.key, case=school.case, school=self, tribunal=self.tribunal)


class _Assessment(cb.Model):
    """A case at the council."""

    key: cb.Param[int]
    case: cb.Param[int]
    school: cb.Ref[_School]
    council: cb.Ref[_Station]

    @cb.process
    def process(self):
        joined = cb.now()
        council = _station_at(self.council.record)
        council.joined += 1
        self.council.places.acquire(1)
        council.begun += 1
        council.weeks_waited += cb.now() - joined
        cb.hold(assessment_weeks(self.key, self.case))
        council.decided += 1
        self.council.places.release(1)
        weeks = weeks_to_appeal(self.key, self.case)
        if weeks >= 0.0:
            cb.hold(weeks)
            school = _school_at(self.school.record)
            announce_preparation(school, self.case, cb.now())
            receive_preparation(school)
            self.school.ring()


class _Hearing(cb.Model):
    """A case at the tribunal."""

    key: cb.Param[int]
    case: cb.Param[int]
    school: cb.Ref[_School]
    tribunal: cb.Ref[_Station]

    @cb.process
    def process(self):
        joined = cb.now()
        tribunal = _station_at(self.tribunal.record)
        tribunal.joined += 1
        self.tribunal.places.acquire(1)
        tribunal.begun += 1
        tribunal.weeks_waited += cb.now() - joined
        cb.hold(hearing_weeks(self.key, self.case))
        tribunal.decided += 1
        self.tribunal.places.release(1)
        if is_remitted(self.key, self.case):
            cb.hold(m.REMITTAL_WEEKS)
            _station_at(self.school.council.record).remitted += 1
            cb.spawn(_Assessment, key=self.key, case=self.case + 1, school=self.school, council=self.school.council)


class _England(cb.Model):
    councils: list[_Station]
    tribunal: _Station
    schools: list[_School]


def _england(size: m.Size, key: int, schools: np.ndarray, stations: np.ndarray) -> _England:
    england = _England()
    england.councils, england.schools = [], []
    parts = []
    for number in range(size.councils + 1):
        station = _Station()
        station.record = stations[number:].ctypes.data
        places = size.council_places if number < size.councils else size.tribunal_places
        station.places = cb.Resource(capacity=places)
        parts.append(station)
    england.councils = parts[:-1]
    england.tribunal = parts[-1]
    members = []
    for number in range(size.schools):
        school = _School()
        school.key, school.record, school.terms = key, schools[number:].ctypes.data, size.terms
        school.council, school.tribunal = parts[number // size.schools_per_council], parts[-1]
        school.bell = cb.Container()
        members.append(school)
    england.schools = members
    return england


def run(size: m.Size, seed: int = 1, replication: int = 0) -> m.Result:
    """Simulate."""
    key = m.run_key(seed, replication)
    schools = np.zeros(size.schools, SCHOOL)
    stations = np.zeros(size.councils + 1, _STATION)
    for number in range(size.schools):
        open_school(schools[number], number, key)
    cb.Experiment(_england(size, key, schools, stations), window=cb.Window(duration=size.weeks)).run()
    stations["in_process"] = stations["begun"] - stations["decided"]
    stations["waiting"] = stations["joined"] - stations["begun"]
    return result_of(schools, stations[:-1], stations[-1:])


def prepare(size: m.Size) -> None:  # noqa: ARG001 (the same code for every size)
    """Compile."""
    run(m.Size(1, 1, 2))
