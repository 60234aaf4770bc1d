"""M2, M3, M4 and M15: what falls due at the start of a term, and the pace at which it will be worked off."""

from __future__ import annotations

from typing import Any

from sencosim.engine.compiled.basics import count, draw, quantile, work_hours
from sencosim.engine.compiled.layout import number_at, pupil_at, review_at
from sencosim.engine.compiled.memory import fast
from sencosim.engine.compiled.numbers import (
    ANNUAL_REVIEW,
    CONSULTATION,
    EHC_PLAN,
    Q_DUE,
    Q_HOURS_DUE,
    SEN_SUPPORT,
    SITTING_WORK,
    SUPPORT_REVIEW,
    T_REVIEW_SECONDARY,
    T_TRANSFER_REVIEW,
    Q,
)
from sencosim.engine.compiled.pupils import phase_of
from sencosim.engine.compiled.queue import put, wake_senco, wake_team
from sencosim.randomness import STREAM
from sencosim.rules.senco_hours import administrator_relief, overtime_hours
from sencosim.units import TERM_WEEKS

_TIE = STREAM["queue_tie"]
_WORK_REVIEW = STREAM["work_support_review"]
_WORK_ANNUAL = STREAM["work_annual_review"]
_WORK_TRANSFER = STREAM["work_phase_transfer_review"]
_WORK_CONSULTATION = STREAM["work_consultation"]
_CONSULTATION = STREAM["consultation"]
_REVIEW_TERM = STREAM["annual_review_term"]
_N_SESSIONS = len(Q_HOURS_DUE)
Q_ADMIN = Q["admin_hours"]
PER_TERM = 1.0 / 3


@fast
def make_work_due(w: Any, at_school: int, school: Any) -> None:
    """Everything that falls due this term."""
    school.preventive_due = _due_reviews(w, school) + _due_whole_school(w, school)
    _due_annual_reviews(w, at_school, school)
    _due_consultations(w, at_school, school)


@fast
def _keep_sitting(w: Any, first: int, number: int) -> int:
    """Bring the reviews of a sitting in hand over into the new term's reviews; returns their new place."""
    place = w.n_reviews
    for i in range(number):
        old, new = review_at(w.other_reviews, first + i), review_at(w.reviews, place + i)
        new.pupil = old.pupil
        new.hours = old.hours
    w.n_reviews += number
    return place


@fast
def _before(w: Any, tie: float, key: int, other: int) -> bool:
    review = review_at(w.reviews, other)
    if review.tie != tie:
        return tie < review.tie
    return key < pupil_at(w.pupils, review.pupil).key


@fast
def _sift(w: Any, first: int, start: int, size: int) -> None:
    """Heap sort's step: let the review at the start sink to its place."""
    top = review_at(w.reviews, first + start)
    tie, pupil, hours = top.tie, top.pupil, top.hours
    key = pupil_at(w.pupils, pupil).key
    at = start
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size:
            right = review_at(w.reviews, first + child + 1)
            if not _before(w, right.tie, pupil_at(w.pupils, right.pupil).key, first + child):
                child += 1
        if not _before(w, tie, key, first + child):
            break
        here, there = review_at(w.reviews, first + at), review_at(w.reviews, first + child)
        here.tie = there.tie
        here.pupil = there.pupil
        here.hours = there.hours
        at = child
    here = review_at(w.reviews, first + at)
    here.tie = tie
    here.pupil = pupil
    here.hours = hours


@fast
def _sort(w: Any, first: int, size: int) -> None:
    for start in range(size // 2 - 1, -1, -1):
        _sift(w, first, start, size)
    for last in range(size - 1, 0, -1):
        one, other = review_at(w.reviews, first), review_at(w.reviews, first + last)
        tie, pupil, hours = one.tie, one.pupil, one.hours
        one.tie = other.tie
        one.pupil = other.pupil
        one.hours = other.hours
        other.tie = tie
        other.pupil = pupil
        other.hours = hours
        _sift(w, first, 0, last)


@fast
def _due_reviews(w: Any, school: Any) -> float:
    if school.work == SITTING_WORK:
        school.work_thing = _keep_sitting(w, school.work_thing, school.work_count)
    if school.team_work == SITTING_WORK:
        school.team_thing = _keep_sitting(w, school.team_thing, school.team_count)
    first = w.n_reviews
    place = first
    index = school.first_pupil
    while index >= 0:
        pupil = pupil_at(w.pupils, index)
        if pupil.stage == SEN_SUPPORT:
            review = review_at(w.reviews, place)
            place += 1
            table = SUPPORT_REVIEW if phase_of(pupil) == 0 else T_REVIEW_SECONDARY
            review.pupil = index
            review.tie = draw(w, _TIE, pupil.key, SUPPORT_REVIEW << 20 | w.term)
            review.hours = quantile(w, table, draw(w, _WORK_REVIEW, pupil.key, w.term))
        index = pupil.after
    _sort(w, first, place - first)
    total = 0.0
    for i in range(first, place):
        total += review_at(w.reviews, i).hours
    w.n_reviews = place
    school.reviews_from = first
    school.reviews_to = place
    school.review_hours = total
    count(w, school.cell, Q_DUE[SUPPORT_REVIEW], place - first)
    return total


@fast
def _set_pool(w: Any, school: Any) -> None:
    """M4: standard hours of whole-school work due in a term, in the order of service."""
    n_sen = school.n_support + school.n_plan
    young, old = 0, 0
    for group in range(7):
        young += school.roll[group]
    for group in range(7, 12):
        old += school.roll[group]
    primary = young * w.roll_level[0]
    secondary = old * w.roll_level[1]
    assistants = primary * w.tas_per_pupil_primary + secondary * w.tas_per_pupil_secondary
    teachers = primary / w.pupils_per_teacher_primary + secondary / w.pupils_per_teacher_secondary
    share = secondary / (primary + secondary) if primary + secondary > 0.0 else 0.0
    access = w.volume_access_per_sen_pupil_secondary * n_sen * share
    meetings = w.volume_parent_meeting_per_sen_pupil * n_sen
    pool = school.pool
    pool[0] = w.volume_fixed_duties_per_school * w.task_hours_fixed_duties * PER_TERM
    pool[1] = w.volume_register_per_sen_pupil * n_sen * w.task_hours_register_upkeep * PER_TERM
    pool[2] = access * w.task_hours_access_arrangement * PER_TERM
    pool[3] = assistants * w.ta_supervised_share * TERM_WEEKS * w.task_hours_ta_management
    pool[4] = meetings * w.task_hours_parent_meeting * PER_TERM
    pool[5] = w.volume_agency_per_sen_pupil * n_sen * w.task_hours_agency * PER_TERM
    pool[6] = w.volume_training_per_school_year * w.task_hours_staff_training * PER_TERM
    pool[7] = teachers * w.volume_coaching_per_teacher * w.task_hours_coaching * PER_TERM


@fast
def _due_whole_school(w: Any, school: Any) -> float:
    _set_pool(w, school)
    total = 0.0
    for activity in range(_N_SESSIONS):
        hours = school.pool[activity]
        total += hours
        count(w, school.cell, Q_HOURS_DUE[activity], int(hours * 60.0))
    return total


@fast
def _due_annual_reviews(w: Any, at_school: int, school: Any) -> None:
    term_of_year = w.term % 3
    index = school.first_pupil
    while index >= 0:
        pupil = pupil_at(w.pupils, index)
        after = pupil.after
        if pupil.stage == EHC_PLAN:
            transfers = pupil.year_group in (6, 11)
            if pupil.review_term < 0:
                pupil.review_term = int(3.0 * draw(w, _REVIEW_TERM, pupil.key, 0))
            if (0 if transfers else pupil.review_term) == term_of_year:
                hours = work_hours(w, ANNUAL_REVIEW, _WORK_ANNUAL, pupil.key, w.year)
                if transfers:
                    hours += work_hours(w, T_TRANSFER_REVIEW, _WORK_TRANSFER, pupil.key, w.year)
                put(w, at_school, school, index, (ANNUAL_REVIEW, hours, w.year), 0)
        index = after


@fast
def _due_consultations(w: Any, at_school: int, school: Any) -> None:
    expected = w.volume_consultation_per_plan_pupil * school.n_plan / 3
    for i in range(int(expected + draw(w, _CONSULTATION, school.id, w.term))):
        number = w.term << 8 | i
        hours = work_hours(w, CONSULTATION, _WORK_CONSULTATION, school.id, number)
        put(w, at_school, school, -1, (CONSULTATION, hours, number), school.id)


@fast
def _relief(w: Any, school: Any, admin: float, casework: float) -> float:
    if not admin > 0.0:
        return 0.0
    delegable = casework * w.mean_case_share
    delegable += school.review_hours * w.delegable_share[SUPPORT_REVIEW]
    for activity in range(_N_SESSIONS):
        delegable += school.pool[activity] * w.whole_school_share[activity]
    return administrator_relief(admin, w.admin_hours_freed, delegable, w.delegable_limit)


@fast
def set_pace(w: Any, at_school: int, school: Any) -> None:
    """Set administrators' relief, overtime and the pace of the term."""
    admin = number_at(w.admin, at_school * w.n_years + w.year).x * TERM_WEEKS
    count(w, school.cell, Q_ADMIN, int(admin * 60.0))
    casework = school.minutes / 60.0
    school.relief = _relief(w, school, admin, casework)
    pool = 0.0
    for activity in range(_N_SESSIONS):
        pool += school.pool[activity]
    school.work_due = casework + school.review_hours + pool
    relieved = school.work_due * (1.0 - school.relief * w.mean_case_share)
    for_senco = max(0.0, relieved - school.team_hours * TERM_WEEKS)
    used_added = w.policy_used_share * school.added
    vacant = school.vacant_terms > 0
    school.overtime = 0.0
    if not vacant:
        school.overtime = overtime_hours(school.ceiling, w.overtime_displacement, used_added, for_senco, school.used)
    new = school.occupant > 0 and school.tenure_terms < 3 and not vacant
    school.pace = (school.used + school.overtime) * (1.0 - w.new_senco_loss if new else 1.0)
    wake_senco(w, at_school, school)
    wake_team(w, at_school, school)
