"""M5: the SENCO and the team at work, and what the start and the end of a piece of work bring about."""

from __future__ import annotations

from typing import Any

from sencosim.engine.mechanisms.basics import count, count_hours, keep_record
from sencosim.engine.mechanisms.facts import (
    CASEWORK,
    CHOICE,
    DATED,
    DONE,
    DUTY,
    GROUP_OF,
    GROUP_OF_SESSION,
    HOURS,
    LISTED_WORK,
    NOTHING_DUE,
    OPEN_WORK,
    REVIEWS,
    SESSION_HOURS,
    URGENT,
)
from sencosim.engine.mechanisms.pathways import begin_sen_support
from sencosim.engine.mechanisms.queue import close_case, fall_away, let_go_of_case, next_work
from sencosim.engine.mechanisms.requests import request_prepared
from sencosim.rules.chance import whole_minutes
from sencosim.rules.senco_hours import relieved_hours, work_left, work_minutes
from sencosim.vocabulary import Activity, Event, Quantity, ServiceGroup, Stage, WholeSchool, Work, Worker

_REVIEW, _OPEN = int(Activity.SUPPORT_REVIEW), int(WholeSchool.OPEN_DEVELOPMENT)
_WHOLE = 1e-9
"""Hours of work that rounding may leave."""


def work_on(w: Any, school: Any, who: int, chooses: bool) -> int:
    """SENCO or team finish a piece of work, or choose the next. Returns the moment at which they are next due."""
    worker = w.workers[2 * school.index + who]
    if not chooses:
        _finish(w, school, worker, who)
    # Work that the end of a term cut off goes on.
    if worker.work == Work.NONE and not _start(w, school, worker, who):
        return NOTHING_DUE
    by_day = who == Worker.SENCO and _use_of(worker) >= LISTED_WORK  # nobody works evenings for development
    worker.speed = school.day_pace if by_day else worker.pace
    if worker.speed > 0.0 and w.now < w.term_end:
        worker.since = w.now
        end = w.now + work_minutes(worker.left, worker.speed)
        if end <= w.term_end:
            return end << 1
    return w.next_term_start << 1 | CHOICE


def _use_of(worker: Any) -> int:
    """Use of a paid hour that the work in hand is."""
    if worker.work == Work.CASE:
        return CASEWORK
    if worker.work == Work.SITTING:
        return REVIEWS
    group = GROUP_OF_SESSION[worker.thing]
    if group == ServiceGroup.REVIEWS_AND_DUTIES:
        return DUTY
    return LISTED_WORK if group == ServiceGroup.LISTED_DEVELOPMENT else OPEN_WORK


def _start(w: Any, school: Any, worker: Any, who: int) -> bool:
    """Start the next piece of work, if there is any and it is term; a case that starts has effects."""
    worker.bell = 1
    if not worker.pace > 0.0 or w.now >= w.term_end:
        return False
    if who == Worker.SENCO:
        close_overdue(w, school)
    if not next_work(w, school, worker, who):
        return False
    worker.bell = 0
    worker.left = worker.hours
    if worker.work == Work.CASE:
        _start_case(w, school, worker.thing)
    if who == Worker.SENCO:
        worker.left = relieved_hours(worker.hours, _delegable_share(w, worker), school.relief)
    worker.whole = worker.left
    return True


def _start_case(w: Any, school: Any, which: int) -> None:
    case = w.cases[which]
    case.open = 0
    case.unstarted = 0
    _note_date(w, school, case)
    _keep_case(w, school, case, Event.CASE_STARTED)


def _keep_case(w: Any, school: Any, case: Any, code: int) -> None:
    """Keep in the trace what becomes of a case."""
    if w.tracing != 0:  # the pupil's own record is far away in memory
        keep_record(w, code, school.id, w.pupils[case.pupil].key if case.pupil >= 0 else 0, case.activity)


def _note_date(w: Any, school: Any, case: Any) -> None:
    """Count whether dated work begins by its date."""
    if GROUP_OF[case.activity] != ServiceGroup.DATED:
        return
    late = 1 if w.now > case.due else 0
    school.dated += 1
    school.dated_late += late
    count(w, school.cell, Quantity.DATED_STARTED, 1)
    count(w, school.cell, Quantity.DATED_LATE, late)


def _delegable_share(w: Any, worker: Any) -> float:
    """Share of the work in hand that an administrator can take over. [share]."""
    if worker.work == Work.SITTING:
        return w.delegable_share[_REVIEW]
    if worker.work == Work.CASE:
        return w.delegable_share[w.cases[worker.thing].activity]
    return w.whole_school_share[worker.thing]


# -- work that others see to ------------------------------------------------------------------------------------------


def close_overdue(w: Any, school: Any) -> None:
    """Cases that have waited long past their date, or that nobody needs any more, are closed without the SENCO."""
    for activity in URGENT:
        _close_overdue_of(w, school, activity)
    for activity in DATED:
        _close_overdue_of(w, school, activity)


def _close_overdue_of(w: Any, school: Any, activity: int) -> None:
    patience = whole_minutes(w.exit_weeks[activity])
    which = school.heads[activity]
    while which >= 0 and (w.now - w.cases[which].due >= patience or _is_decided(w, w.cases[which])):
        case = w.cases[which]
        close_case(w, school, case)
        _note_date(w, school, case)
        fall_away(w, school, case)
        _keep_case(w, school, case, Event.CASE_LAPSED)
        if activity == Activity.IDENTIFICATION:  # the class teacher puts the pupil on the register
            begin_sen_support(w, school, case.pupil, Event.IDENTIFIED_WITHOUT_SENCO)
        let_go_of_case(w, which)
        which = school.heads[activity]


def _is_decided(w: Any, case: Any) -> bool:
    """Whether the council has decided already on the request about which it asked."""
    return case.activity == Activity.REQUEST_INFORMATION and w.histories[case.pupil].decided >= case.number


# -- work that is done ------------------------------------------------------------------------------------------------


def _finish(w: Any, school: Any, worker: Any, who: int) -> None:
    """The work in hand is done."""
    _book_time(school, worker, who, w.now)
    kind, which, hours = worker.work, worker.thing, worker.hours
    worker.work = Work.NONE
    school.work_done += hours
    if kind == Work.CASE:
        _case_done(w, school, which)
        let_go_of_case(w, which)
    elif kind == Work.SITTING:
        _reviews_done(w, school, which, worker.number)
        _credit_support(w, school, hours, who, 1.0)
    else:
        _session_done(w, school, which, hours, who)


def _book_time(school: Any, worker: Any, who: int, until: int) -> None:
    """Time at the work in hand since it was last booked."""
    worked = until - worker.since
    worker.since = -1
    if who == Worker.SENCO:
        school.busy[_use_of(worker)] += worked
    else:
        worker.busy += worked


def _session_done(w: Any, school: Any, activity: int, hours: float, who: int) -> None:
    count_hours(w, school.cell, SESSION_HOURS[activity], hours)
    if activity == _OPEN:
        _credit_support(w, school, hours, who, w.open_work_worth)
    elif GROUP_OF_SESSION[activity] == ServiceGroup.LISTED_DEVELOPMENT:
        _credit_support(w, school, hours, who, 1.0)


def _credit_support(w: Any, school: Any, hours: float, who: int, worth: float) -> None:
    """M6: support reviews and development that were done, at what an hour is worth for pupils."""
    school.support_done += hours * (worth * w.team_hour_worth if who == Worker.TEAM else worth)


def break_off(w: Any, school: Any, who: int) -> None:
    """The end of the term interrupts the work in hand; development is not carried over."""
    worker = w.workers[2 * school.index + who]
    if worker.since < 0:
        return
    worked = w.term_end - worker.since
    worker.left = work_left(worker.left, worker.speed, worked)
    _book_time(school, worker, who, w.term_end)
    if worker.work == Work.SESSION and _use_of(worker) >= LISTED_WORK:
        part = worker.hours * (1.0 - worker.left / worker.whole) if worker.whole > _WHOLE else worker.hours
        worker.work = Work.NONE
        school.work_done += part
        _session_done(w, school, worker.thing, part, who)


def _reviews_done(w: Any, school: Any, first: int, number: int) -> None:
    """Assess-plan-do-review cycles are complete."""
    count(w, school.cell, DONE[_REVIEW], number)
    for i in range(first, first + number):
        review = w.reviews[i]
        count_hours(w, school.cell, HOURS[_REVIEW], review.hours)
        if review.pupil < 0:  # no longer here: the work is done, but no cycle of a pupil is complete
            keep_record(w, Event.REVIEW_DONE, school.id, 0, 0)
            continue
        w.cycles[review.pupil] += 1
        if w.tracing != 0:
            keep_record(w, Event.REVIEW_DONE, school.id, w.pupils[review.pupil].key, w.cycles[review.pupil])


def _case_done(w: Any, school: Any, which: int) -> None:
    """The SENCO has done a case."""
    case = w.cases[which]
    index, activity = case.pupil, case.activity
    count(w, school.cell, DONE[activity], 1)
    count(w, school.cell, HOURS[activity], case.hours_minutes)
    _keep_case(w, school, case, Event.SENCO_WORK_DONE)
    if index < 0:
        return
    pupil = w.pupils[index]
    if activity == Activity.REQUEST_PREPARATION:
        request_prepared(w, index, case.number)
    elif activity == Activity.IDENTIFICATION and pupil.school >= 0 and pupil.stage == Stage.NOTICED:
        begin_sen_support(w, w.schools[pupil.school], index, Event.SEN_SUPPORT_BEGAN)
