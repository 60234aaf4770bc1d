"""M2, M3, M4 and M15: what falls due at the start of a term, and the pace at which it will be worked off."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import need_reviews, sort
from sencosim.engine.mechanisms.basics import count, count_hours, draw, hours_from, of_year, quantile, work_hours
from sencosim.engine.mechanisms.disputes import consider_annual_review
from sencosim.engine.mechanisms.facts import DUE, DUTIES, HOURS_DUE, LISTED, TEAM_MAY_DO
from sencosim.engine.mechanisms.pupils import phase_of
from sencosim.engine.mechanisms.queue import make_due, put, wake
from sencosim.engine.mechanisms.terms import count_post, is_new
from sencosim.randomness import uniform_and_tie
from sencosim.rules.reviews import consultations_due, review_term
from sencosim.rules.senco_hours import overtime_hours, pace, relieved_hours, shortfall
from sencosim.rules.team import administrator_relief
from sencosim.rules.whole_school import (
    assistant_management_hours,
    hours_a_term,
    share_secondary,
    teachers,
    teaching_assistants,
)
from sencosim.rules.workforce import first_year_loss
from sencosim.units import (
    FIRST_SECONDARY_YEAR_GROUP,
    KEY_STAGE_YEAR_GROUPS,
    N_YEAR_GROUPS,
    PHASE_TRANSFER_YEAR_GROUPS,
    TERM_WEEKS,
    TERMS_PER_YEAR,
)
from sencosim.vocabulary import Activity, Quantity, Stage, Stream, Table, WholeSchool, Work, Worker

_N_SESSIONS = len(WholeSchool)
LONG_EVENINGS = 9.0
"""Unpaid hours above which the national survey counts a SENCO. [hours a week]"""
_REVIEWS = int(Activity.SUPPORT_REVIEW)
_PLACE_BITS = 16
_PLACE = (1 << _PLACE_BITS) - 1
"""Lowest bits of an entry of the sorting list: a pupil's place on the roster."""
_NUMBER_BITS = 8
"""Lowest bits of a consultation's number, below the term: which of the term."""


def make_work_due(w: Any, school: Any) -> None:
    """Everything that falls due this term."""
    _due_reviews(w, school)
    _set_pool(w, school)
    for activity in range(_N_SESSIONS):
        count_hours(w, school.cell, HOURS_DUE[activity], school.pool[activity])
    school.list_due = school.review_hours
    for activity in LISTED:
        school.list_due += school.pool[activity]
        school.year_need += school.pool[activity]
    for activity in DUTIES:
        school.year_need += school.pool[activity]
    school.year_need += school.review_hours
    _due_annual_reviews(w, school)
    # M3: councils ask whether the school could take a pupil
    u = draw(w, Stream.CONSULTATION, school.id, w.term)
    for i in range(consultations_due(w.volume_consultation_per_plan_pupil, school.n_plan, u)):
        make_due(w, school, -1, Activity.CONSULTATION, w.term << _NUMBER_BITS | i)
    if _plans_asked(w, school, w.year):
        _due_support_plans(w, school)


def _plans_asked(w: Any, school: Any, year: int) -> bool:
    """Whether each pupil on SEN Support of a school must have an Individual Support Plan in a year."""
    return year >= 0 and w.support_plans[school.index * w.n_years + year] != 0


def _review_term(w: Any, pupil: Any) -> int:
    """Term of the year in which the plan of a pupil is reviewed: drawn once."""
    if pupil.review_term < 0:
        pupil.review_term = review_term(draw(w, Stream.ANNUAL_REVIEW_TERM, pupil.key, 0))
    return pupil.review_term


def _due_support_plans(w: Any, school: Any) -> None:
    """An Individual Support Plan a year for each pupil on SEN Support."""
    term_of_year = w.term % TERMS_PER_YEAR
    is_new_duty = not _plans_asked(w, school, w.year - 1)
    for place in range(school.roster_size):
        index = w.rosters[school.roster_from + place]
        pupil, history = w.pupils[index], w.histories[index]
        if pupil.stage != Stage.SEN_SUPPORT:
            continue
        has_plan = history.support_plan != 0
        if _review_term(w, pupil) != term_of_year and (has_plan or is_new_duty):
            continue
        history.support_plan = 1
        if has_plan:
            hours = hours_from(w, Table.SUPPORT_PLAN_REVIEW, Stream.WORK_SUPPORT_PLAN_REVIEW, pupil.key, w.term)
            put(w, school, index, Activity.SUPPORT_PLAN, hours, w.term)
        else:
            make_due(w, school, index, Activity.SUPPORT_PLAN, w.term)


def _keep_sitting(w: Any, school: Any, worker: Any) -> None:
    """Bring the reviews of a sitting in hand over into the new term's reviews."""
    if worker.work != Work.SITTING:
        return
    place = w.n_reviews
    for i in range(worker.number):
        old, new = w.other_reviews[worker.thing + i], w.reviews[place + i]
        here = old.pupil >= 0 and w.pupils[old.pupil].school == school.index
        new.pupil = old.pupil if here else -1  # a cycle is completed only where the pupil still is
        new.hours = old.hours
    w.n_reviews += worker.number
    worker.thing = place


def _draw_reviews(w: Any, school: Any) -> int:
    """The term's reviews: each in the sorting list as its tie and place, its hours by place. Returns their number."""
    size = 0
    for place in range(school.roster_size):
        pupil = w.pupils[w.rosters[school.roster_from + place]]
        if pupil.stage != Stage.SEN_SUPPORT:
            continue
        u, tie = uniform_and_tie(w.seed, w.replication, int(Stream.WORK_SUPPORT_REVIEW), pupil.key, w.term)
        w.sorting[size] = tie << _PLACE_BITS | place
        table = Table.SUPPORT_REVIEW_PRIMARY if phase_of(pupil) == 0 else Table.SUPPORT_REVIEW_SECONDARY
        w.review_hours[place] = quantile(w, table, u)
        size += 1
    return size


def _due_reviews(w: Any, school: Any) -> None:
    """M2: a review for each pupil on SEN Support, in a drawn order."""
    senco, team = w.workers[2 * school.index + Worker.SENCO], w.workers[2 * school.index + Worker.TEAM]
    need_reviews(w, w.n_reviews + school.n_support + senco.number + team.number, school.roster_size)
    _keep_sitting(w, school, senco)
    _keep_sitting(w, school, team)
    first = w.n_reviews
    size = _draw_reviews(w, school)
    sort(w, size)
    total = 0.0
    for i in range(size):
        place = w.sorted[i] & _PLACE
        review = w.reviews[first + i]
        review.pupil = w.rosters[school.roster_from + place]
        review.hours = w.review_hours[place]
        total += review.hours
    w.n_reviews = first + size
    school.reviews_from = first
    school.reviews_to = first + size
    school.review_hours = total
    school.reviews_left = total
    count(w, school.cell, DUE[_REVIEWS], size)


def _on_roll(school: Any, first: int, below: int) -> int:
    """Pupils on roll in some year groups at the start of the run. [pupils]."""
    total = 0
    for group in range(first, below):
        total += school.roll[group]
    return total


def _set_pool(w: Any, school: Any) -> None:
    """M4: standard hours of whole-school work due in a term, in the order of service."""
    where, n_sen, pool = of_year(w, school), school.n_support + school.n_plan, school.pool
    primary = _on_roll(school, 0, FIRST_SECONDARY_YEAR_GROUP) * w.roll_level[0]
    secondary = _on_roll(school, FIRST_SECONDARY_YEAR_GROUP, N_YEAR_GROUPS) * w.roll_level[1]
    assistants = teaching_assistants(primary, secondary, w.tas_per_pupil_primary, w.tas_per_pupil_secondary)
    staff = teachers(primary, secondary, w.pupils_per_teacher_primary, w.pupils_per_teacher_secondary)
    access = w.volume_access_per_sen_pupil_secondary * n_sen * share_secondary(primary, secondary)
    saved = w.shared_fixed_duties_saved if school.sharing != 0 else 0.0
    duties = hours_a_term(w.volume_fixed_duties_per_school, w.task_hours_fixed_duties) * (1.0 - saved)
    meetings = hours_a_term(w.volume_parent_meeting_per_sen_pupil * n_sen, w.task_hours_parent_meeting)
    training = hours_a_term(w.volume_training_per_school_year, w.task_hours_staff_training)
    pool[int(WholeSchool.FIXED_DUTIES)] = duties
    pool[int(WholeSchool.REGISTER_UPKEEP)] = hours_a_term(
        w.volume_register_per_sen_pupil * n_sen, w.task_hours_register_upkeep
    )
    pool[int(WholeSchool.ACCESS_ARRANGEMENT)] = hours_a_term(access, w.task_hours_access_arrangement)
    pool[int(WholeSchool.TA_MANAGEMENT)] = assistant_management_hours(
        assistants, w.ta_supervised_share, w.task_hours_ta_management
    )
    pool[int(WholeSchool.PARENT_MEETING)] = meetings
    pool[int(WholeSchool.AGENCY)] = hours_a_term(w.volume_agency_per_sen_pupil * n_sen, w.task_hours_agency)
    pool[int(WholeSchool.STAFF_TRAINING)] = training
    pool[int(WholeSchool.COACHING)] = hours_a_term(staff * w.volume_coaching_per_teacher, w.task_hours_coaching)
    # What a lever makes a duty is work like today's duties: only what is done beyond them helps pupils.
    pool[int(WholeSchool.IMPOSED_DUTIES)] = w.key_worker_hours[where] * school.n_plan + w.cascade_hours[where]


def _due_annual_reviews(w: Any, school: Any) -> None:
    """M3: a review of each plan a year (M18: a key stage); before a move to the next phase in autumn, and longer."""
    for place in range(school.roster_size):
        index = w.rosters[school.roster_from + place]
        pupil = w.pupils[index]
        if pupil.stage != Stage.EHC_PLAN:
            continue
        if w.key_stage_reviews != 0.0 and pupil.year_group not in KEY_STAGE_YEAR_GROUPS:
            continue
        transfers = pupil.year_group in PHASE_TRANSFER_YEAR_GROUPS
        term = _review_term(w, pupil)
        if w.term % TERMS_PER_YEAR != (0 if transfers else term):
            continue
        hours = work_hours(w, Activity.ANNUAL_REVIEW, pupil.key, w.year)
        if transfers:
            hours += hours_from(w, Table.PHASE_TRANSFER_REVIEW, Stream.WORK_PHASE_TRANSFER_REVIEW, pupil.key, w.year)
        put(w, school, index, Activity.ANNUAL_REVIEW, hours, w.year)
        consider_annual_review(w, school, index, w.year)


def _relief(w: Any, school: Any, casework: float) -> float:
    """M15: share of the delegable part of the term's work that administrators take over. [share]."""
    admin = w.admin_hours[of_year(w, school)] * TERM_WEEKS
    count_hours(w, school.cell, Quantity.ADMIN_HOURS, admin)
    if not admin > 0.0:
        return 0.0
    delegable = casework * w.mean_case_share
    delegable += school.review_hours * w.delegable_share[_REVIEWS]
    for activity in range(_N_SESSIONS):
        delegable += school.pool[activity] * w.whole_school_share[activity]
    return administrator_relief(admin, w.admin_hours_freed, delegable, w.delegable_limit)


def _team_duties(school: Any, team_hours: float) -> float:
    """Hours of duties that a team of so many hours in the term will do. [hours in the term]."""
    duties = 0.0
    for activity in DUTIES:
        if TEAM_MAY_DO[activity]:
            duties += school.pool[activity]
    return min(team_hours, duties)


def set_pace(w: Any, school: Any) -> None:
    """M5: set administrators' relief, overtime and the pace of the term."""
    casework = school.minutes / 60.0
    school.relief = _relief(w, school, casework)
    duties, listed = 0.0, 0.0
    for activity in DUTIES:
        duties += school.pool[activity]
    for activity in LISTED:
        listed += school.pool[activity]
    school.work_due = casework + school.review_hours + duties + listed
    # Casework that will arrive within the term: as much as a year before.
    expected = school.arrivals[w.term % TERMS_PER_YEAR] / 60.0
    school.arriving = 0
    need = relieved_hours(casework + expected + school.review_hours + duties, w.mean_case_share, school.relief)
    senco, team = w.workers[2 * school.index + Worker.SENCO], w.workers[2 * school.index + Worker.TEAM]
    by_team = _team_duties(school, team.pace * TERM_WEEKS)
    school.overtime = 0.0
    if school.vacant_terms == 0 and school.absent == 0:
        used_added = w.policy_used_share * school.added
        ceiling = school.ceiling if w.abolished[of_year(w, school)] == 0 else 0.0
        school.overtime = overtime_hours(ceiling, w.overtime_displacement, used_added, need - by_team, school.used)
    school.year_used += (school.used + team.pace) * TERM_WEEKS
    count_post(w, school, Quantity.POSTS_LONG_EVENINGS, school.overtime > LONG_EVENINGS)
    school.team_allowance = shortfall(need + listed, by_team, school.used, school.overtime)
    school.first_year_loss = 0.0
    if is_new(school, TERMS_PER_YEAR):
        school.first_year_loss = first_year_loss(w.new_senco_loss, w.first_year_loss_ratio[of_year(w, school)])
    effectiveness = w.shared_effectiveness if school.sharing != 0 else 1.0
    senco.pace = pace(school.used, school.overtime, school.first_year_loss, effectiveness)
    school.day_pace = pace(school.used, 0.0, school.first_year_loss, effectiveness)
    wake(w, school, Worker.SENCO)
    wake(w, school, Worker.TEAM)
