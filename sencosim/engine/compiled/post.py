"""M5: the SENCO and the team at work, and what the start and the end of a piece of work bring about."""

from __future__ import annotations

from typing import Any

from sencosim.engine.compiled.basics import count, keep_record, let_go_of_case, schedule
from sencosim.engine.compiled.disputes import consider
from sencosim.engine.compiled.layout import case_at, council_at, pupil_at, review_at, school_at
from sencosim.engine.compiled.memory import fast
from sencosim.engine.compiled.numbers import (
    ANNUAL_REVIEW,
    CASE_WORK,
    CRISIS,
    EHC_PLAN,
    IDENTIFICATION,
    NO_WORK,
    NOTICED,
    ON_SENCO_CHOICE,
    ON_SENCO_DONE,
    ON_TEAM_CHOICE,
    ON_TEAM_DONE,
    Q_DONE,
    Q_HOURS,
    Q_SESSION_HOURS,
    REQUEST_PREPARATION,
    REVIEW,
    SEN_SUPPORT,
    SITTING_WORK,
    SUPPORT_REVIEW,
)
from sencosim.engine.compiled.pathways import begin_sen_support, decide_exclusion
from sencosim.engine.compiled.queue import drop_request, take, take_for_team
from sencosim.engine.compiled.requests import file_request
from sencosim.ledger.events import Event
from sencosim.rules.senco_hours import work_minutes

_STARTED = int(Event.CASE_STARTED)
_DONE = int(Event.SENCO_WORK_DONE)
_TEAM_DONE = int(Event.TEAM_WORK_DONE)
_CHOSE = int(Event.SENCO_CHOSE)
_TEAM_CHOSE = int(Event.TEAM_CHOSE)
_REVIEW_DONE = int(Event.REVIEW_DONE)
_REVIEWS_DONE, _REVIEW_HOURS = Q_DONE[SUPPORT_REVIEW], Q_HOURS[SUPPORT_REVIEW]


@fast
def _start_case(w: Any, at_school: int, school: Any, which: int) -> None:
    case = case_at(w.cases, which)
    case.open = 0
    key = pupil_at(w.pupils, case.pupil).key if case.pupil >= 0 else 0
    keep_record(w, _STARTED, school.id, key, case.activity)
    if case.activity == CRISIS and case.undecided != 0:
        decide_exclusion(w, at_school, school, which, 0.0)


@fast
def _senco_starts(w: Any, at_school: int, school: Any) -> bool:
    """The SENCO takes the next piece of work, if there is any; a case that starts has effects."""
    if not (school.pace > 0.0 and w.now < w.term_end):
        school.bell = 1
        return False
    kind, which, number, hours = take(w, school)
    if kind == NO_WORK:
        school.bell = 1
        return False
    if kind == SITTING_WORK:
        share = w.delegable_share[SUPPORT_REVIEW]
    elif kind == CASE_WORK:
        _start_case(w, at_school, school, which)
        share = w.delegable_share[case_at(w.cases, which).activity]
    else:
        share = w.whole_school_share[which]
    school.work = kind
    school.work_thing = which
    school.work_count = number
    school.work_hours = hours
    school.left = hours * (1.0 - share * school.relief)
    return True


@fast
def _senco_goes_on(w: Any, at_school: int, school: Any) -> None:
    council = council_at(w.councils, school.council)
    if school.pace > 0.0:
        school.since = w.now
        finish = w.now + work_minutes(school.left, school.pace)
        if finish <= w.term_end:
            schedule(w, council, finish, _DONE, school.id, (ON_SENCO_DONE, at_school, 0, 0.0))
            return
    schedule(w, council, w.next_term_start, _CHOSE, school.id, (ON_SENCO_CHOICE, at_school, 0, 0.0))


@fast
def senco_chooses(w: Any, at_school: int) -> None:
    """A free SENCO takes work; one whose work was cut off by the end of term goes on."""
    school = school_at(w.schools, at_school)
    if school.work != NO_WORK or _senco_starts(w, at_school, school):
        _senco_goes_on(w, at_school, school)


@fast
def senco_done(w: Any, at_school: int) -> None:
    """A piece of work is finished: see what it brings about, and take the next."""
    school = school_at(w.schools, at_school)
    school.busy += w.now - school.since
    school.since = -1
    kind, which, number, hours = school.work, school.work_thing, school.work_count, school.work_hours
    school.work = NO_WORK
    _finish(w, school, (kind, which, number, hours))
    if _senco_starts(w, at_school, school):
        _senco_goes_on(w, at_school, school)


@fast
def _team_starts(w: Any, school: Any) -> bool:
    if w.now >= w.term_end:
        school.team_bell = 1
        return False
    kind, which, number, hours = take_for_team(w, school)
    if kind == NO_WORK:
        school.team_bell = 1
        return False
    school.team_work = kind
    school.team_thing = which
    school.team_count = number
    school.team_work_hours = hours
    school.team_left = hours
    return True


@fast
def _team_goes_on(w: Any, at_school: int, school: Any) -> None:
    council = council_at(w.councils, school.council)
    school.team_since = w.now
    finish = w.now + work_minutes(school.team_left, school.team_hours)
    if finish <= w.term_end:
        schedule(w, council, finish, _TEAM_DONE, school.id, (ON_TEAM_DONE, at_school, 0, 0.0))
        return
    schedule(w, council, w.next_term_start, _TEAM_CHOSE, school.id, (ON_TEAM_CHOICE, at_school, 0, 0.0))


@fast
def team_chooses(w: Any, at_school: int) -> None:
    """A free team takes work; one whose work was cut off by the end of term goes on."""
    school = school_at(w.schools, at_school)
    if school.team_work != NO_WORK or _team_starts(w, school):
        _team_goes_on(w, at_school, school)


@fast
def team_done(w: Any, at_school: int) -> None:
    """The team has finished a piece of work, and takes the next."""
    school = school_at(w.schools, at_school)
    school.team_busy += w.now - school.team_since
    school.team_since = -1
    kind, which, number, hours = school.team_work, school.team_thing, school.team_count, school.team_work_hours
    school.team_work = NO_WORK
    _finish(w, school, (kind, which, number, hours))
    if _team_starts(w, school):
        _team_goes_on(w, at_school, school)


@fast
def _finish(w: Any, school: Any, work: tuple[int, int, int, float]) -> None:
    kind, which, number, hours = work
    school.work_done += hours
    if kind == SITTING_WORK:
        school.preventive_done += hours
        _reviews_done(w, school, which, number)
    elif kind == CASE_WORK:
        _case_done(w, school, which)
        let_go_of_case(w, which)
    else:
        school.preventive_done += hours
        count(w, school.cell, Q_SESSION_HOURS[which], int(hours * 60.0))


@fast
def _reviews_done(w: Any, school: Any, first: int, number: int) -> None:
    """Assess-plan-do-review cycles are complete."""
    count(w, school.cell, _REVIEWS_DONE, number)
    for i in range(first, first + number):
        review = review_at(w.reviews, i)
        count(w, school.cell, _REVIEW_HOURS, int(review.hours * 60.0))
        pupil = pupil_at(w.pupils, review.pupil)
        pupil.cycles += 1
        keep_record(w, _REVIEW_DONE, school.id, pupil.key, pupil.cycles)


@fast
def _case_done(w: Any, school: Any, which: int) -> None:
    """The SENCO has done a case."""
    case = case_at(w.cases, which)
    index, activity = case.pupil, case.activity
    key = pupil_at(w.pupils, index).key if index >= 0 else 0
    count(w, school.cell, Q_DONE[activity], 1)
    count(w, school.cell, Q_HOURS[activity], case.hours_minutes)
    keep_record(w, _DONE, school.id, key, activity)
    if index < 0:
        return
    pupil = pupil_at(w.pupils, index)
    if activity == REQUEST_PREPARATION:
        if pupil.school < 0:  # the pupil left while it was being written
            pupil.request_open = 0
        elif pupil.stage == SEN_SUPPORT:
            file_request(w, school_at(w.schools, pupil.school), case.request)
            case.request = -1
        drop_request(w, case)
        return
    if pupil.school < 0:
        return
    if activity == IDENTIFICATION and pupil.stage == NOTICED:
        begin_sen_support(w, school_at(w.schools, pupil.school), index)
    elif activity == ANNUAL_REVIEW and pupil.stage == EHC_PLAN:
        consider(w, index, REVIEW, case.number, -1)
