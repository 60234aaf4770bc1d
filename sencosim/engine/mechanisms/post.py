"""M5: the SENCO and the team at work, and what the start and the end of a piece of work bring about."""

from __future__ import annotations

from typing import Any

from sencosim.engine.mechanisms.basics import count, count_hours, keep_record
from sencosim.engine.mechanisms.disputes import consider
from sencosim.engine.mechanisms.facts import CHOICE, DONE, HOURS, NOTHING_DUE, SESSION_HOURS
from sencosim.engine.mechanisms.pathways import begin_sen_support, decide_exclusion
from sencosim.engine.mechanisms.queue import drop_request, let_go_of_case, next_work
from sencosim.engine.mechanisms.requests import file_request
from sencosim.rules.senco_hours import relieved_hours, work_minutes
from sencosim.vocabulary import Activity, DisputeKind, Event, Stage, Work, Worker

_REVIEWS = int(Activity.SUPPORT_REVIEW)


def work_on(w: Any, school: Any, who: int, chooses: bool) -> int:
    """SENCO or team finish a piece of work, or choose the next. Returns the moment at which they are next due."""
    worker = w.workers[2 * school.index + who]
    if not chooses:
        _finish(w, school, worker)
    # Work that the end of a term cut off goes on.
    if worker.work == Work.NONE and not _start(w, school, worker, who):
        return NOTHING_DUE
    if worker.pace > 0.0:
        worker.since = w.now
        end = w.now + work_minutes(worker.left, worker.pace)
        if end <= w.term_end:
            return end << 1
    return w.next_term_start << 1 | CHOICE


def _start(w: Any, school: Any, worker: Any, who: int) -> bool:
    """Start the next piece of work, if there is any and it is term; a case that starts has effects."""
    worker.bell = 1
    if not worker.pace > 0.0 or w.now >= w.term_end or not next_work(w, school, worker, who):
        return False
    worker.bell = 0
    worker.left = worker.hours
    if worker.work == Work.CASE:
        _start_case(w, school, worker.thing)
    if who == Worker.SENCO:
        worker.left = relieved_hours(worker.hours, _delegable_share(w, worker), school.relief)
    return True


def _start_case(w: Any, school: Any, which: int) -> None:
    case = w.cases[which]
    case.open = 0
    if w.tracing != 0:
        key = w.pupils[case.pupil].key if case.pupil >= 0 else 0
        keep_record(w, Event.CASE_STARTED, school.id, key, case.activity)
    if case.activity == Activity.CRISIS and case.undecided != 0:
        decide_exclusion(w, school, which, 0.0)


def _delegable_share(w: Any, worker: Any) -> float:
    """Share of the work in hand that an administrator can take over. [share]."""
    if worker.work == Work.SITTING:
        return w.delegable_share[_REVIEWS]
    if worker.work == Work.CASE:
        return w.delegable_share[w.cases[worker.thing].activity]
    return w.whole_school_share[worker.thing]


def _finish(w: Any, school: Any, worker: Any) -> None:
    """The work in hand is done."""
    worker.busy += w.now - worker.since
    worker.since = -1
    kind, which, hours = worker.work, worker.thing, worker.hours
    worker.work = Work.NONE
    school.work_done += hours
    if kind == Work.CASE:
        _case_done(w, school, which)
        let_go_of_case(w, which)
        return
    school.preventive_done += hours
    if kind == Work.SITTING:
        _reviews_done(w, school, which, worker.number)
    else:
        count_hours(w, school.cell, SESSION_HOURS[which], hours)


def _reviews_done(w: Any, school: Any, first: int, number: int) -> None:
    """Assess-plan-do-review cycles are complete."""
    count(w, school.cell, DONE[_REVIEWS], number)
    for i in range(first, first + number):
        review = w.reviews[i]
        count_hours(w, school.cell, HOURS[_REVIEWS], review.hours)
        if review.pupil < 0:  # no longer here: the work is done, but no cycle of a pupil is complete
            keep_record(w, Event.REVIEW_DONE, school.id, 0, 0)
            continue
        w.cycles[review.pupil] += 1
        if w.tracing != 0:  # the pupil's own record is far away in memory
            keep_record(w, Event.REVIEW_DONE, school.id, w.pupils[review.pupil].key, w.cycles[review.pupil])


def _case_done(w: Any, school: Any, which: int) -> None:
    """The SENCO has done a case."""
    case = w.cases[which]
    index, activity = case.pupil, case.activity
    count(w, school.cell, DONE[activity], 1)
    count(w, school.cell, HOURS[activity], case.hours_minutes)
    if w.tracing != 0:
        keep_record(w, Event.SENCO_WORK_DONE, school.id, w.pupils[index].key if index >= 0 else 0, activity)
    if index < 0:
        return
    pupil = w.pupils[index]
    if activity == Activity.REQUEST_PREPARATION:
        _request_prepared(w, pupil, case)
    elif pupil.school < 0:
        return
    elif activity == Activity.IDENTIFICATION and pupil.stage == Stage.NOTICED:
        begin_sen_support(w, w.schools[pupil.school], index)
    elif activity == Activity.ANNUAL_REVIEW and pupil.stage == Stage.EHC_PLAN:
        consider(w, index, DisputeKind.REVIEW, case.number, -1)


def _request_prepared(w: Any, pupil: Any, case: Any) -> None:
    """File the request, unless the pupil has left or has a plan by now."""
    if pupil.school < 0:
        pupil.request_open = 0
    elif pupil.stage == Stage.SEN_SUPPORT:
        file_request(w, w.schools[pupil.school], case.request)
        case.request = -1
    drop_request(w, case)
