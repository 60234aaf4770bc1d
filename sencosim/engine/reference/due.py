"""M2, M3, M4 and M18: what falls due in a school at the start of a term."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sencosim.engine.reference.casework import ANNUAL_REVIEW, CONSULTATION, SUPPORT_PLAN
from sencosim.engine.reference.pupil import EHC_PLAN, SEN_SUPPORT
from sencosim.engine.reference.world import STREAM, Q, World
from sencosim.ledger.quantities import WHOLE_SCHOOL_ACTIVITIES
from sencosim.randomness import uniforms_and_ties
from sencosim.rules.chance import table_quantiles
from sencosim.units import TERMS_PER_YEAR

if TYPE_CHECKING:
    from sencosim.engine.reference.school import School

_WORK_REVIEW = STREAM["work_support_review"]
_WORK_ANNUAL = STREAM["work_annual_review"]
_WORK_TRANSFER = STREAM["work_phase_transfer_review"]
_WORK_CONSULTATION = STREAM["work_consultation"]
_CONSULTATION = STREAM["consultation"]
_REVIEW_TERM = STREAM["annual_review_term"]
_WORK_PLAN = STREAM["work_support_plan"]
_WORK_PLAN_REVIEW = STREAM["work_support_plan_review"]
_HOURS_DUE = tuple(Q[f"hours_due.{name}"] for name in WHOLE_SCHOOL_ACTIVITIES)


def make_work_due(world: World, school: School) -> None:
    """Everything that falls due this term."""
    school.preventive_due = _due_reviews(world, school) + _due_whole_school(world, school)
    _due_annual_reviews(world, school)
    _due_consultations(world, school)
    if _plans_asked(world, school.index, world.year):
        _due_support_plans(world, school)


def _due_reviews(world: World, school: School) -> float:
    pupils = [pupil for pupil in school.pupils.values() if pupil.stage == SEN_SUPPORT]
    keys = np.array([pupil.key for pupil in pupils], dtype=np.int64)
    inputs, tables = world.inputs, world.inputs.hour_tables
    work, ties = uniforms_and_ties(inputs.seed, inputs.replication, _WORK_REVIEW, keys, world.term)
    young = table_quantiles(tables["support_review_primary"], work).tolist()
    old = table_quantiles(tables["support_review_secondary"], work).tolist()
    found = list(zip(ties.tolist(), pupils, young, old, strict=True))
    found.sort(key=lambda review: review[0])  # those alike stay in the order in which they joined the school
    total = 0.0
    for tie, pupil, hours_if_young, hours_if_old in found:
        review_hours = hours_if_young if pupil.phase == 0 else hours_if_old
        school.queue.reviews.append((tie, pupil, review_hours))
        total += review_hours
    world.row(school.cell)[Q["due.support_review"]] += len(found)
    return total


def _due_whole_school(world: World, school: School) -> float:
    pool = school.queue.pool
    row = world.row(school.cell)
    total = 0.0
    for activity, hours in enumerate(world.rates.whole_school_hours(school)):
        pool[activity] = hours
        total += hours
        row[_HOURS_DUE[activity]] += int(hours * 60.0)
    return total


def _due_annual_reviews(world: World, school: School) -> None:
    term_of_year = world.term % TERMS_PER_YEAR
    for pupil in school.pupils.values():
        if pupil.stage != EHC_PLAN:
            continue
        transfers = pupil.year_group in (6, 11)
        if pupil.review_term < 0:
            pupil.review_term = int(3.0 * world.draw(_REVIEW_TERM, pupil.key, 0))
        if (0 if transfers else pupil.review_term) != term_of_year:
            continue
        hours = world.work_hours("annual_review", _WORK_ANNUAL, pupil.key, world.year)
        if transfers:
            hours += world.work_hours("phase_transfer_review", _WORK_TRANSFER, pupil.key, world.year)
        school.put(ANNUAL_REVIEW, pupil, hours, world.year)


def _due_consultations(world: World, school: School) -> None:
    expected = world.values["volume_consultation_per_plan_pupil"] * school.n_plan / TERMS_PER_YEAR
    n = int(expected + world.draw(_CONSULTATION, school.id, world.term))
    for i in range(n):
        number = world.term << 8 | i
        hours = world.work_hours("consultation", _WORK_CONSULTATION, school.id, number)
        school.put(CONSULTATION, None, hours, number, entity=school.id)


def _due_support_plans(world: World, school: School) -> None:
    """M18: an Individual Support Plan a year for each pupil on SEN Support.

    In the first year of the duty in the pupil's own term, for pupils who are new in the next term, and then a review
    in each own term.
    """
    term_of_year = world.term % TERMS_PER_YEAR
    is_new_duty = not _plans_asked(world, school.index, world.year - 1)
    for pupil in school.pupils.values():
        if pupil.stage != SEN_SUPPORT:
            continue
        if pupil.review_term < 0:
            pupil.review_term = int(3.0 * world.draw(_REVIEW_TERM, pupil.key, 0))
        if pupil.review_term != term_of_year and (pupil.support_plan or is_new_duty):
            continue
        task, stream = (
            ("support_plan_review", _WORK_PLAN_REVIEW) if pupil.support_plan else ("support_plan", _WORK_PLAN)
        )
        pupil.support_plan = True
        school.put(SUPPORT_PLAN, pupil, world.work_hours(task, stream, pupil.key, world.term), world.term)


def _plans_asked(world: World, index: int, year: int) -> bool:
    """Whether each pupil on SEN Support of a school must have an Individual Support Plan in a year."""
    return year >= 0 and bool(world.inputs.policy.support_plans[index, year])
