"""M5: the SENCO and the team at work, and what the start and the end of a piece of work bring about."""

from __future__ import annotations

from typing import Any

from sencosim.engine.mechanisms.basics import count, keep_record
from sencosim.engine.mechanisms.disputes import consider
from sencosim.engine.mechanisms.facts import CHOICE, DONE, HOURS, NOTHING_DUE, SESSION_HOURS
from sencosim.engine.mechanisms.pathways import begin_sen_support, decide_exclusion
from sencosim.engine.mechanisms.queue import drop_request, let_go_of_case, next_work, next_work_for_team
from sencosim.engine.mechanisms.requests import file_request
from sencosim.rules.senco_hours import work_minutes
from sencosim.vocabulary import Activity, DisputeKind, Event, Stage, Work

_REVIEWS_DONE, _REVIEW_HOURS = DONE[int(Activity.SUPPORT_REVIEW)], HOURS[int(Activity.SUPPORT_REVIEW)]


def _start_case(w: Any, school: Any, which: int) -> None:
    case = w.cases[which]
    case.open = 0
    if w.tracing != 0:
        key = w.pupils[case.pupil].key if case.pupil >= 0 else 0
        keep_record(w, Event.CASE_STARTED, school.id, key, case.activity)
    if case.activity == Activity.CRISIS and case.undecided != 0:
        decide_exclusion(w, school, which, 0.0)


def _senco_starts(w: Any, school: Any) -> bool:
    """The SENCO takes the next piece of work, if there is any; a case that starts has effects."""
    if not (school.pace > 0.0 and w.now < w.term_end):
        school.bell = 1
        return False
    kind, which, number, hours = next_work(w, school)
    if kind == Work.NONE:
        school.bell = 1
        return False
    if kind == Work.SITTING:
        share = w.delegable_share[int(Activity.SUPPORT_REVIEW)]
    elif kind == Work.CASE:
        _start_case(w, school, which)
        share = w.delegable_share[w.cases[which].activity]
    else:
        share = w.whole_school_share[which]
    school.work = kind
    school.work_thing = which
    school.work_count = number
    school.work_hours = hours
    school.left = hours * (1.0 - share * school.relief)
    return True


def _senco_goes_on(w: Any, school: Any) -> int:
    """When the SENCO is next due: at the end of this piece of work or, if the term ends first, in the next term."""
    if school.pace > 0.0:
        school.since = w.now
        finish = w.now + work_minutes(school.left, school.pace)
        if finish <= w.term_end:
            return finish << 1
    return w.next_term_start << 1 | CHOICE


def senco_due(w: Any, school: Any, chooses: bool) -> int:
    """The SENCO's moment: work is done, or the next piece is chosen. Returns when the next moment is due."""
    if not chooses:
        school.busy += w.now - school.since
        school.since = -1
        kind, which, number, hours = school.work, school.work_thing, school.work_count, school.work_hours
        school.work = Work.NONE
        _finish(w, school, (kind, which, number, hours))
    # A SENCO whose work was cut off by the end of term goes on with it.
    if school.work != Work.NONE or _senco_starts(w, school):
        return _senco_goes_on(w, school)
    return NOTHING_DUE


def _team_starts(w: Any, school: Any) -> bool:
    if not (school.team_hours > 0.0 and w.now < w.term_end):
        school.team_bell = 1
        return False
    kind, which, number, hours = next_work_for_team(w, school)
    if kind == Work.NONE:
        school.team_bell = 1
        return False
    school.team_work = kind
    school.team_thing = which
    school.team_count = number
    school.team_work_hours = hours
    school.team_left = hours
    return True


def _team_goes_on(w: Any, school: Any) -> int:
    if school.team_hours > 0.0:
        school.team_since = w.now
        finish = w.now + work_minutes(school.team_left, school.team_hours)
        if finish <= w.term_end:
            return finish << 1
    return w.next_term_start << 1 | CHOICE


def team_due(w: Any, school: Any, chooses: bool) -> int:
    """The team's moment, as :func:`senco_due`."""
    if not chooses:
        school.team_busy += w.now - school.team_since
        school.team_since = -1
        kind, which, number, hours = school.team_work, school.team_thing, school.team_count, school.team_work_hours
        school.team_work = Work.NONE
        _finish(w, school, (kind, which, number, hours))
    if school.team_work != Work.NONE or _team_starts(w, school):
        return _team_goes_on(w, school)
    return NOTHING_DUE


def _finish(w: Any, school: Any, work: tuple[int, int, int, float]) -> None:
    kind, which, number, hours = work
    school.work_done += hours
    if kind == Work.SITTING:
        school.preventive_done += hours
        _reviews_done(w, school, which, number)
    elif kind == Work.CASE:
        _case_done(w, school, which)
        let_go_of_case(w, which)
    else:
        school.preventive_done += hours
        count(w, school.cell, SESSION_HOURS[which], int(hours * 60.0))


def _reviews_done(w: Any, school: Any, first: int, number: int) -> None:
    """Assess-plan-do-review cycles are complete."""
    count(w, school.cell, _REVIEWS_DONE, number)
    for i in range(first, first + number):
        review = w.reviews[i]
        count(w, school.cell, _REVIEW_HOURS, int(review.hours * 60.0))
        if review.pupil >= 0:
            w.cycles[review.pupil] += 1
            if w.tracing != 0:  # the pupil's own record is far away in memory
                keep_record(w, Event.REVIEW_DONE, school.id, w.pupils[review.pupil].key, w.cycles[review.pupil])
        else:  # no longer here: the work is done, but no cycle of a pupil is complete
            keep_record(w, Event.REVIEW_DONE, school.id, 0, 0)


def _note_done(w: Any, school: Any, index: int, activity: int) -> None:
    if w.tracing != 0:
        keep_record(w, Event.SENCO_WORK_DONE, school.id, w.pupils[index].key if index >= 0 else 0, activity)


def _case_done(w: Any, school: Any, which: int) -> None:
    """The SENCO has done a case."""
    case = w.cases[which]
    index, activity = case.pupil, case.activity
    count(w, school.cell, DONE[activity], 1)
    count(w, school.cell, HOURS[activity], case.hours_minutes)
    _note_done(w, school, index, activity)
    if index < 0:
        return
    pupil = w.pupils[index]
    if activity == Activity.REQUEST_PREPARATION:
        if pupil.school < 0:  # the pupil left while it was being written
            pupil.request_open = 0
        elif pupil.stage == Stage.SEN_SUPPORT:
            file_request(w, w.schools[pupil.school], case.request)
            case.request = -1
        drop_request(w, case)
        return
    if pupil.school < 0:
        return
    if activity == Activity.IDENTIFICATION and pupil.stage == Stage.NOTICED:
        begin_sen_support(w, w.schools[pupil.school], index)
    elif activity == Activity.ANNUAL_REVIEW and pupil.stage == Stage.EHC_PLAN:
        consider(w, index, DisputeKind.REVIEW, case.number, -1)
