"""M5: cases, and the queue of one SENCO post."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import give, ring, take
from sencosim.engine.mechanisms.basics import count, draw, work_hours
from sencosim.engine.mechanisms.facts import CLASS_OF, DUE, IS_PAPERWORK, LAPSED, TEAM_MAY_DO
from sencosim.engine.records import Pool
from sencosim.vocabulary import Activity, Stream, Work, WorkClass, Worker

_REVIEWS, _N_CLASSES = int(WorkClass.SUPPORT_REVIEW), len(WorkClass)
_ACTIVITY_SHIFT = 20
"""Bits of a case's number below the activity in the key of a tie."""


def _class_of(school: Any, activity: int) -> int:
    """Class of an activity in a school."""
    if activity == Activity.REQUEST_PREPARATION and school.rations != 0:
        return int(WorkClass.RATIONED_REQUEST)
    return CLASS_OF[activity]


def wake(w: Any, school: Any, who: int) -> None:
    """Something arrived: a SENCO or team who is free chooses when this minute's arrivals are all in."""
    worker = w.workers[2 * school.index + who]
    if worker.bell != 0 and worker.pace > 0.0 and w.now < w.term_end:
        worker.bell = 0
        ring(w, school.index, who)


# -- a case begins and ends -----------------------------------------------------------------------------------------


def make_due(w: Any, school: Any, pupil: int, activity: int, number: int) -> int:
    """Let a case of the usual hours wait for the SENCO from now on. ``pupil`` is -1 for work about nobody here."""
    key = w.pupils[pupil].key if pupil >= 0 else school.id
    return put(w, school, pupil, activity, work_hours(w, activity, key, number), number)


def put(w: Any, school: Any, pupil: int, activity: int, hours: float, number: int) -> int:
    """Let a case of so many hours wait for the SENCO from now on."""
    if IS_PAPERWORK[activity]:
        hours *= school.paperwork
    index = take(w, w.cases, Pool.CASES)
    case = w.cases[index]
    case.pupil = pupil
    case.activity = activity
    case.hours = hours
    case.hours_minutes = int(hours * 60.0)
    case.entered = w.now
    case.number = number
    case.request = -1
    case.open = 1
    case.undecided = 0
    case.holders = 1
    count(w, school.cell, DUE[activity], 1)
    let_wait(w, school, index)
    return index


def let_wait(w: Any, school: Any, index: int) -> None:
    """Let a case wait here since it entered, which was at another school if its pupil has moved."""
    case = w.cases[index]
    key = w.pupils[case.pupil].key if case.pupil >= 0 else school.id
    case.tie = draw(w, Stream.QUEUE_TIE, key, int(case.activity) << _ACTIVITY_SHIFT | case.number)
    _line_up(w, school, _class_of(school, case.activity), index)
    school.minutes += case.hours_minutes
    _link(w, index, case)
    wake(w, school, Worker.SENCO)


def close_case(w: Any, school: Any, case: Any) -> None:
    """A case that waits no longer needs the SENCO; whoever closes it lets go of it."""
    case.open = 0
    hand_over(w, school, case)


def hand_over(w: Any, school: Any, case: Any) -> None:
    """A case goes on to the queue of another post: it stays open, and leaves no trace here."""
    school.minutes -= case.hours_minutes
    _step_out(w, school, case)
    _unlink(w, case)


def fall_away(w: Any, school: Any, case: Any) -> None:
    """A case is not needed any more: a request that was being prepared is not made, a crisis is over."""
    count(w, school.cell, LAPSED[case.activity], 1)
    if case.activity == Activity.CRISIS:
        case.undecided = 0
    if case.activity == Activity.REQUEST_PREPARATION and case.pupil >= 0:
        w.pupils[case.pupil].request_open = 0
        drop_request(w, case)


def let_go_of_case(w: Any, index: int) -> None:
    """One holder of a case less; a case that nobody holds is free."""
    case = w.cases[index]
    case.holders -= 1
    if case.holders == 0:
        give(w, w.cases, Pool.CASES, index)


def drop_request(w: Any, case: Any) -> None:
    """The request of a case is no more."""
    if case.request >= 0:
        give(w, w.requests, Pool.REQUESTS, case.request)
        case.request = -1


# -- the order of service -------------------------------------------------------------------------------------------


def next_work(w: Any, school: Any, worker: Any, who: int) -> bool:
    """Give SENCO or team the next piece of work, if there is any; the team does what can be delegated."""
    if who == Worker.TEAM:
        return _take_sitting(w, school, worker) or _take_session(w, school, worker, who)
    if _take_case(w, school, worker, 0, _REVIEWS) or _take_sitting(w, school, worker):
        return True
    return _take_case(w, school, worker, _REVIEWS + 1, _N_CLASSES) or _take_session(w, school, worker, who)


def _take_case(w: Any, school: Any, worker: Any, first: int, below: int) -> bool:
    for which in range(first, below):
        index = school.heads[which]
        if index >= 0:
            hand_over(w, school, w.cases[index])
            _put_in_hand(worker, Work.CASE, index, 0, w.cases[index].hours)
            return True
    return False


def _take_sitting(w: Any, school: Any, worker: Any) -> bool:
    """As many of the next reviews as fit into a sitting, at least one."""
    start = school.reviews_from
    if start >= school.reviews_to:
        return False
    hours = w.reviews[start].hours
    end = start + 1
    while end < school.reviews_to and hours + w.reviews[end].hours <= w.whole_school_session_hours:
        hours += w.reviews[end].hours
        end += 1
    school.reviews_from = end
    _put_in_hand(worker, Work.SITTING, start, end - start, hours)
    return True


def _take_session(w: Any, school: Any, worker: Any, who: int) -> bool:
    for activity in range(len(TEAM_MAY_DO)):
        left = school.pool[activity]
        if left > 0.0 and (who == Worker.SENCO or TEAM_MAY_DO[activity]):
            hours = min(left, w.whole_school_session_hours)
            school.pool[activity] = left - hours
            _put_in_hand(worker, Work.SESSION, activity, 0, hours)
            return True
    return False


def _put_in_hand(worker: Any, kind: int, thing: int, number: int, hours: float) -> None:
    worker.work = kind
    worker.thing = thing
    worker.number = number
    worker.hours = hours


def move_ahead(w: Any, school: Any, index: int) -> None:
    """Put an identification ahead of reviews."""
    _step_out(w, school, w.cases[index])
    _line_up(w, school, WorkClass.LONG_IDENTIFICATION, index)


def _comes_after(w: Any, one: Any, other: Any) -> bool:
    """Whether a case is served after another of its class: first come first served, ties by a keyed draw."""
    if one.entered != other.entered:
        return one.entered > other.entered
    if one.tie != other.tie:
        return one.tie > other.tie
    return _key_of(w, one) > _key_of(w, other)


def _key_of(w: Any, case: Any) -> int:
    return w.pupils[case.pupil].key if case.pupil >= 0 else 0


def _line_up(w: Any, school: Any, which: int, index: int) -> None:
    """Put a case into its place in a class, from the back: most cases have come last."""
    case = w.cases[index]
    ahead, behind = school.tails[which], -1
    while ahead >= 0 and _comes_after(w, w.cases[ahead], case):
        behind = ahead
        ahead = w.cases[ahead].ahead
    case.queue = which
    case.ahead = ahead
    case.behind = behind
    if ahead >= 0:
        w.cases[ahead].behind = index
    else:
        school.heads[which] = index
    if behind >= 0:
        w.cases[behind].ahead = index
    else:
        school.tails[which] = index


def _step_out(w: Any, school: Any, case: Any) -> None:
    """Take a case out of its class."""
    if case.ahead >= 0:
        w.cases[case.ahead].behind = case.behind
    else:
        school.heads[case.queue] = case.behind
    if case.behind >= 0:
        w.cases[case.behind].ahead = case.ahead
    else:
        school.tails[case.queue] = case.ahead


def _link(w: Any, index: int, case: Any) -> None:
    """Put a case first among those of its pupil."""
    if case.pupil < 0:
        return
    history = w.histories[case.pupil]
    case.before = -1
    case.after = history.first_case
    if history.first_case >= 0:
        w.cases[history.first_case].before = index
    history.first_case = index


def _unlink(w: Any, case: Any) -> None:
    if case.pupil < 0:
        return
    if case.before >= 0:
        w.cases[case.before].after = case.after
    else:
        w.histories[case.pupil].first_case = case.after
    if case.after >= 0:
        w.cases[case.after].before = case.before
