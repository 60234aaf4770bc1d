"""What the start and the end of a piece of SENCO work bring about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sencosim.engine.reference import pathways
from sencosim.engine.reference.casework import (
    ANNUAL_REVIEW,
    CRISIS,
    IDENTIFICATION,
    REQUEST_PREPARATION,
    Case,
    Review,
)
from sencosim.engine.reference.pupil import EHC_PLAN, NOTICED, SEN_SUPPORT
from sencosim.engine.reference.request import Request
from sencosim.engine.reference.world import Q
from sencosim.ledger.events import Event
from sencosim.ledger.quantities import CASE_ACTIVITIES

if TYPE_CHECKING:
    from sencosim.engine.reference.school import School

_DONE = tuple(Q[f"done.{name}"] for name in CASE_ACTIVITIES)
_REVIEW_HOURS = Q["hours.support_review"]
_HOURS = tuple(Q[f"hours.{name}"] for name in CASE_ACTIVITIES)


def started(school: School, case: Case) -> None:
    """The SENCO starts on a case."""
    case.open = False
    school.world.record(Event.CASE_STARTED, school.id, case.pupil.key if case.pupil else 0, case.activity)
    if case.activity == CRISIS and case.request:
        pathways.decide_exclusion(school, case, late=0.0)


def finished(school: School, case: Case) -> None:
    """The SENCO has done a case."""
    world, pupil = school.world, case.pupil
    row = world.row(school.cell)
    row[_DONE[case.activity]] += 1
    row[_HOURS[case.activity]] += int(case.hours * 60.0)
    world.record(Event.SENCO_WORK_DONE, school.id, pupil.key if pupil else 0, case.activity)
    if pupil is None:
        return
    if pupil.school is None:
        if case.activity == REQUEST_PREPARATION:  # the pupil left while it was being written
            pupil.request_open = False
        return
    if case.activity == IDENTIFICATION and pupil.stage == NOTICED:
        pathways.begin_sen_support(pupil.school, pupil)
    elif case.activity == REQUEST_PREPARATION and isinstance(case.request, Request) and pupil.stage == SEN_SUPPORT:
        pathways.file(pupil.school, case.request)
    elif case.activity == ANNUAL_REVIEW and pupil.stage == EHC_PLAN:
        pupil.school.council.disputes.after_review(pupil, case.number)


def reviews_done(school: School, reviews: list[Review]) -> None:
    """Assess-plan-do-review cycles are complete."""
    world = school.world
    row = world.row(school.cell)
    row[Q["done.support_review"]] += len(reviews)
    for _, pupil, hours in reviews:
        row[_REVIEW_HOURS] += int(hours * 60.0)
        if pupil is None:  # no longer here: the work is done, but no cycle of a pupil is complete
            world.record(Event.REVIEW_DONE, school.id, 0, 0)
            continue
        pupil.cycles += 1
        world.record(Event.REVIEW_DONE, school.id, pupil.key, pupil.cycles)
