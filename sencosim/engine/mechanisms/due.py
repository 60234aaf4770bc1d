"""M2, M3, M4 and M15: what falls due at the start of a term, and the pace at which it will be worked off."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import need_reviews
from sencosim.engine.mechanisms.basics import count, draw, of_year, quantile, work_hours
from sencosim.engine.mechanisms.facts import DUE, HOURS_DUE
from sencosim.engine.mechanisms.pupils import phase_of
from sencosim.engine.mechanisms.queue import put, wake_senco, wake_team
from sencosim.randomness import uniform_and_tie
from sencosim.rules.senco_hours import administrator_relief, overtime_hours
from sencosim.units import TERM_WEEKS
from sencosim.vocabulary import Activity, Quantity, Stage, Stream, Table, Work

_N_SESSIONS = len(HOURS_DUE)
PER_TERM = 1.0 / 3


def make_work_due(w: Any, school: Any) -> None:
    """Everything that falls due this term."""
    school.preventive_due = _due_reviews(w, school) + _due_whole_school(w, school)
    _due_annual_reviews(w, school)
    _due_consultations(w, school)
    if _plans_asked(w, school, w.year):
        _due_support_plans(w, school)


def _plans_asked(w: Any, school: Any, year: int) -> bool:
    """Whether each pupil on SEN Support of a school must have an Individual Support Plan in a year."""
    return year >= 0 and w.support_plans[school.index * w.n_years + year] != 0


def _due_support_plans(w: Any, school: Any) -> None:
    """An Individual Support Plan a year for each pupil on SEN Support."""
    term_of_year = w.term % 3
    is_new_duty = not _plans_asked(w, school, w.year - 1)
    for place in range(school.roster_size):
        index = w.rosters[school.roster_from + place]
        pupil, history = w.pupils[index], w.histories[index]
        if pupil.stage != Stage.SEN_SUPPORT:
            continue
        if pupil.review_term < 0:
            pupil.review_term = int(3.0 * draw(w, Stream.ANNUAL_REVIEW_TERM, pupil.key, 0))
        if pupil.review_term != term_of_year and (history.support_plan != 0 or is_new_duty):
            continue
        if history.support_plan != 0:
            hours = work_hours(w, Table.SUPPORT_PLAN_REVIEW, Stream.WORK_SUPPORT_PLAN_REVIEW, pupil.key, w.term)
        else:
            hours = work_hours(w, Activity.SUPPORT_PLAN, Stream.WORK_SUPPORT_PLAN, pupil.key, w.term)
        history.support_plan = 1
        put(w, school, index, (Activity.SUPPORT_PLAN, hours, w.term), 0)


def _keep_sitting(w: Any, school: Any, first: int, number: int) -> int:
    """Bring the reviews of a sitting in hand over into the new term's reviews; returns their new place."""
    place = w.n_reviews
    for i in range(number):
        old, new = w.other_reviews[first + i], w.reviews[place + i]
        here = old.pupil >= 0 and w.pupils[old.pupil].school == school.index
        new.pupil = old.pupil if here else -1  # a cycle is completed only where the pupil still is
        new.hours = old.hours
    w.n_reviews += number
    return place


def _sort(w: Any, size: int) -> None:
    """Put the sorting list in order. Ties are spread evenly, so each finds nearly its place at once."""
    for i in range(size + 1):
        w.counting[i] = 0
    for i in range(size):
        w.counting[_bucket(w.sorting[i], size) + 1] += 1
    for i in range(size):
        w.counting[i + 1] += w.counting[i]
    for i in range(size):
        number = w.sorting[i]
        bucket = _bucket(number, size)
        w.sorted[w.counting[bucket]] = number
        w.counting[bucket] += 1
    for start in range(1, size):
        number, at = w.sorted[start], start
        while at > 0 and w.sorted[at - 1] > number:
            w.sorted[at] = w.sorted[at - 1]
            at -= 1
        w.sorted[at] = number


def _bucket(number: int, size: int) -> int:
    return ((number >> 32) * size) >> 31


def _draw_reviews(w: Any, school: Any) -> int:
    """The term's reviews: each in the sorting list as its tie and place, its hours beside. Returns their number."""
    size = 0
    for place in range(school.roster_size):
        pupil = w.pupils[w.rosters[school.roster_from + place]]
        if pupil.stage != Stage.SEN_SUPPORT:
            continue
        u, tie = uniform_and_tie(w.seed, w.replication, int(Stream.WORK_SUPPORT_REVIEW), pupil.key, w.term)
        w.sorting[size] = tie << 16 | place
        w.review_hours[place] = quantile(
            w, Table.SUPPORT_REVIEW_PRIMARY if phase_of(pupil) == 0 else Table.SUPPORT_REVIEW_SECONDARY, u
        )
        size += 1
    return size


def _due_reviews(w: Any, school: Any) -> float:
    need_reviews(w, w.n_reviews + school.n_support + school.work_count + school.team_count, school.roster_size)
    if school.work == Work.SITTING:
        school.work_thing = _keep_sitting(w, school, school.work_thing, school.work_count)
    if school.team_work == Work.SITTING:
        school.team_thing = _keep_sitting(w, school, school.team_thing, school.team_count)
    first = w.n_reviews
    size = _draw_reviews(w, school)
    _sort(w, size)
    total = 0.0
    for i in range(size):
        place = w.sorted[i] & 0xFFFF
        review = w.reviews[first + i]
        review.pupil = w.rosters[school.roster_from + place]
        hours = w.review_hours[place]
        review.hours = hours
        total += hours
    w.n_reviews = first + size
    school.reviews_from = first
    school.reviews_to = first + size
    school.review_hours = total
    count(w, school.cell, DUE[int(Activity.SUPPORT_REVIEW)], size)
    return total


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
    duties = 1.0 - w.shared_fixed_duties_saved if school.sharing != 0 else 1.0
    pool[0] = w.volume_fixed_duties_per_school * w.task_hours_fixed_duties * PER_TERM * duties
    pool[1] = w.volume_register_per_sen_pupil * n_sen * w.task_hours_register_upkeep * PER_TERM
    pool[2] = access * w.task_hours_access_arrangement * PER_TERM
    pool[3] = assistants * w.ta_supervised_share * TERM_WEEKS * w.task_hours_ta_management
    key_worker = w.key_worker_hours[of_year(w, school)]
    pool[4] = meetings * w.task_hours_parent_meeting * PER_TERM + key_worker * school.n_plan
    pool[5] = w.volume_agency_per_sen_pupil * n_sen * w.task_hours_agency * PER_TERM
    cascade = w.cascade_hours[of_year(w, school)]
    pool[6] = w.volume_training_per_school_year * w.task_hours_staff_training * PER_TERM + cascade
    pool[7] = teachers * w.volume_coaching_per_teacher * w.task_hours_coaching * PER_TERM


def _due_whole_school(w: Any, school: Any) -> float:
    _set_pool(w, school)
    total = 0.0
    for activity in range(_N_SESSIONS):
        hours = school.pool[activity]
        total += hours
        count(w, school.cell, HOURS_DUE[activity], int(hours * 60.0))
    return total


def _due_annual_reviews(w: Any, school: Any) -> None:
    term_of_year = w.term % 3
    for place in range(school.roster_size):
        index = w.rosters[school.roster_from + place]
        pupil = w.pupils[index]
        if pupil.stage != Stage.EHC_PLAN:
            continue
        transfers = pupil.year_group in (6, 11)
        if pupil.review_term < 0:
            pupil.review_term = int(3.0 * draw(w, Stream.ANNUAL_REVIEW_TERM, pupil.key, 0))
        if (0 if transfers else pupil.review_term) == term_of_year:
            hours = work_hours(w, Activity.ANNUAL_REVIEW, Stream.WORK_ANNUAL_REVIEW, pupil.key, w.year)
            if transfers:
                hours += work_hours(
                    w, Table.PHASE_TRANSFER_REVIEW, Stream.WORK_PHASE_TRANSFER_REVIEW, pupil.key, w.year
                )
            put(w, school, index, (Activity.ANNUAL_REVIEW, hours, w.year), 0)


def _due_consultations(w: Any, school: Any) -> None:
    expected = w.volume_consultation_per_plan_pupil * school.n_plan / 3
    for i in range(int(expected + draw(w, Stream.CONSULTATION, school.id, w.term))):
        number = w.term << 8 | i
        hours = work_hours(w, Activity.CONSULTATION, Stream.WORK_CONSULTATION, school.id, number)
        put(w, school, -1, (Activity.CONSULTATION, hours, number), school.id)


def _relief(w: Any, school: Any, admin: float, casework: float) -> float:
    if not admin > 0.0:
        return 0.0
    delegable = casework * w.mean_case_share
    delegable += school.review_hours * w.delegable_share[int(Activity.SUPPORT_REVIEW)]
    for activity in range(_N_SESSIONS):
        delegable += school.pool[activity] * w.whole_school_share[activity]
    return administrator_relief(admin, w.admin_hours_freed, delegable, w.delegable_limit)


def set_pace(w: Any, school: Any) -> None:
    """Set administrators' relief, overtime and the pace of the term."""
    admin = w.admin[of_year(w, school)] * TERM_WEEKS
    count(w, school.cell, Quantity.ADMIN_HOURS, int(admin * 60.0))
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
    if not vacant and school.absent == 0:
        school.overtime = overtime_hours(school.ceiling, w.overtime_displacement, used_added, for_senco, school.used)
    new = school.occupant > 0 and school.tenure_terms < 3 and not vacant
    loss = w.new_senco_loss * w.first_year_loss_ratio[of_year(w, school)]
    school.pace = (school.used + school.overtime) * (1.0 - loss if new else 1.0)
    school.pace *= w.shared_effectiveness if school.sharing != 0 else 1.0
    wake_senco(w, school)
    wake_team(w, school)
