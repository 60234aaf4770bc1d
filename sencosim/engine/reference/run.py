"""The reference engine: one arm of one replication, told as processes on SimPy's calendar."""

from __future__ import annotations

import gc
from collections.abc import Generator

import numpy as np
import simpy

from sencosim.engine.inputs import Inputs
from sencosim.engine.outcome import Outcome
from sencosim.engine.prepare import initial_stock
from sencosim.engine.reference import national, pathways
from sencosim.engine.reference.council import Council
from sencosim.engine.reference.pupil import EHC_PLAN, SEN_SUPPORT, Pupil, pupil_key
from sencosim.engine.reference.school import School
from sencosim.engine.reference.tribunal import Tribunal
from sencosim.engine.reference.world import STREAM, World
from sencosim.ledger.events import Event
from sencosim.rules.chance import frailty
from sencosim.units import CENSUS_WEEK, MINUTES_PER_WEEK, TERMS_PER_YEAR, term_start

_FRAILTY = STREAM["frailty"]

INITIAL_CYCLES = 3


def simulate(inputs: Inputs) -> Outcome:
    """Run one arm of one replication from the first 1 September to the end of the last year.

    Parameters
    ----------
    inputs
        Arrays and numbers; see :mod:`sencosim.engine.prepare`.
    """
    gc.disable()  # schools, pupils and processes point at each other for the whole run: collecting finds nothing
    try:
        return _simulate(inputs)
    finally:
        gc.enable()
        gc.collect()


def _simulate(inputs: Inputs) -> Outcome:
    world = build(inputs)
    world.env.run()
    coverage = np.array([school.coverage for school in world.schools])
    return Outcome(world.tally.cells, world.tally.groups, tuple(world.trace), coverage)


def build(inputs: Inputs) -> World:
    """The world at the first 1 September: schools, councils and pupils, and nothing has happened yet."""
    world = World(inputs)
    world.rates.set_year(0)
    world.councils = [Council(world, index) for index in range(inputs.councils.council_id.size)]
    world.tribunal = Tribunal(world)
    councils = world.councils
    world.schools = [School(world, i, councils[int(inputs.schools.council[i])]) for i in range(inputs.n_schools)]
    world.schools_of = [[] for _ in councils]
    for school in sorted(world.schools, key=lambda school: school.id):
        world.schools_of[school.council.index].append(school)
    national.prepare_moves(world)
    national.list_clusters(world)
    world.supply_order = np.argsort(inputs.schools.supply_order, kind="stable").tolist()
    _admit_stock(world)
    world.env.process(_calendar(world))
    world.env.process(_censuses(world))
    return world


def _admit_stock(world: World) -> None:
    """Pupils on SEN Support and with plans when the run begins."""
    support, plans = initial_stock(world.inputs)
    values, year = world.values, world.inputs.start_year
    for school in world.schools:
        number = 0
        for stage, counts, severity in (
            (SEN_SUPPORT, support[school.index], 1.0),
            (EHC_PLAN, plans[school.index], values["frailty_of_plan_holders"]),
        ):
            for year_group, count in enumerate(counts.tolist()):
                for _ in range(count):
                    key = pupil_key(school.id, year - year_group, number, initial=True)
                    number += 1
                    severe = severity * frailty(world.draw(_FRAILTY, key, 0), values["frailty_log_sd"])
                    pupil = Pupil(key, school, year_group, stage, severe)
                    pupil.cycles = INITIAL_CYCLES
                    school.add(pupil)
                    pathways.begin(school, pupil)


def _calendar(world: World) -> Generator[simpy.Event, None, None]:
    """Each start of term, in the order of the model document."""
    for council in world.councils:
        council.begin_with_work_in_hand()
        council.disputes.begin_other_appeals()
    for term in range(world.end):
        if term > 0:
            yield world.waiting(term_start(term), Event.TERM_BEGAN, 0)
        _begin_term(world, term)
    yield world.waiting(term_start(world.end), Event.TERM_BEGAN, 0)
    for school in world.schools:
        school.close_term()
    world.end_term()
    raise simpy.core.StopSimulation(None)


def _begin_term(world: World, term: int) -> None:
    if term > 0:
        for school in world.schools:
            school.close_term()
        world.end_term()
    world.begin_term(term)
    new_year = term % TERMS_PER_YEAR == 0
    if new_year:
        world.rates.set_year(world.year)
        national.review_sharing(world)
    if term > 0:
        for school in world.schools:
            school.lapse_identifications()
        if new_year:
            national.begin_year(world)
        for school in world.schools:
            school.post.review_workforce()
    _open_term(world)


def _open_term(world: World) -> None:
    schools = world.schools
    for school in schools:
        school.post.apply_policy()
    for council in world.councils:
        council.set_capacity()
    world.tribunal.set_capacity()
    for school in schools:
        school.set_hazards()
    for school in schools:
        school.post.make_work_due()
        school.post.set_pace()
        school.count_pupils()
    for council in world.councils:
        council.places.count_pupils()
        council.alternative_provision.count_pupils()


def _censuses(world: World) -> Generator[simpy.Event, None, None]:
    for year in range(world.inputs.n_years):
        minute = term_start(year * TERMS_PER_YEAR) + CENSUS_WEEK * MINUTES_PER_WEEK
        yield world.waiting(minute, Event.CENSUS_TAKEN, 0)
        national.take_census(world)
