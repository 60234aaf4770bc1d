"""M5: cases, and the queue of one SENCO post."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import give, ring, take
from sencosim.engine.mechanisms.basics import count, draw
from sencosim.engine.mechanisms.facts import CLASS_OF, DUE, IS_PAPERWORK, LAPSED, TEAM_MAY_DO
from sencosim.engine.records import Pool
from sencosim.vocabulary import Activity, Stream, Work, WorkClass

_N_SESSIONS = len(TEAM_MAY_DO)


def class_of(school: Any, activity: int) -> int:
    """Class of an activity in a school."""
    if activity == Activity.REQUEST_PREPARATION and school.rations != 0:
        return WorkClass.RATIONED_REQUEST
    return CLASS_OF[activity]


def wake_senco(w: Any, school: Any) -> None:
    """Something arrived: a SENCO who is free chooses when this minute's arrivals are all in."""
    if school.bell != 0 and school.pace > 0.0 and w.now < w.term_end:
        school.bell = 0
        ring(w, school.index, 0)


def wake_team(w: Any, school: Any) -> None:
    """The team looks at the work of a new term."""
    if school.team_bell != 0 and school.team_hours > 0.0:
        school.team_bell = 0
        ring(w, school.index, 1)


def _link(w: Any, index: int, case: Any) -> None:
    if case.pupil >= 0:
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


def let_wait(w: Any, school: Any, index: int, entity: int) -> None:
    """Let a case wait here since it entered, which was at another school if its pupil has moved."""
    case = w.cases[index]
    key = _key_of(w, case) if case.pupil >= 0 else entity
    case.tie = draw(w, Stream.QUEUE_TIE, key, int(case.activity) << 20 | case.number)
    _line_up(w, school, class_of(school, case.activity), index)
    school.minutes += case.hours_minutes
    _link(w, index, case)
    wake_senco(w, school)


def put(w: Any, school: Any, pupil: int, what: tuple[int, float, int], entity: int) -> int:
    """Let a case wait for the SENCO from now on. ``what`` is the activity, hours and number."""
    activity, hours, number = what
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
    let_wait(w, school, index, entity)
    return index


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


def _take_case(w: Any, school: Any, first: int, last: int) -> int:
    for which in range(first, last):
        index = school.heads[which]
        if index >= 0:
            hand_over(w, school, w.cases[index])
            return index
    return -1


def _take_sitting(w: Any, school: Any) -> tuple[int, int, int, float]:
    """As many of the next reviews as fit into a sitting, at least one: kind, first, number, hours."""
    start = school.reviews_from
    hours = w.reviews[start].hours
    end = start + 1
    while end < school.reviews_to and hours + w.reviews[end].hours <= w.whole_school_session_hours:
        hours += w.reviews[end].hours
        end += 1
    school.reviews_from = end
    return Work.SITTING, start, end - start, hours


def _take_session(w: Any, school: Any, for_team: bool) -> tuple[int, int, int, float]:
    for activity in range(_N_SESSIONS):
        left = school.pool[activity]
        if left > 0.0 and (not for_team or TEAM_MAY_DO[activity]):
            hours = min(left, w.whole_school_session_hours)
            school.pool[activity] = left - hours
            return Work.SESSION, activity, 0, hours
    return Work.NONE, 0, 0, 0.0


def next_work(w: Any, school: Any) -> tuple[int, int, int, float]:
    """Take the next piece of work for the SENCO: kind, which, number of reviews, hours."""
    case = _take_case(w, school, 0, WorkClass.SUPPORT_REVIEW)
    if case >= 0:
        return Work.CASE, case, 0, w.cases[case].hours
    if school.reviews_from < school.reviews_to:
        return _take_sitting(w, school)
    case = _take_case(w, school, WorkClass.SUPPORT_REVIEW + 1, 8)
    if case >= 0:
        return Work.CASE, case, 0, w.cases[case].hours
    return _take_session(w, school, False)


def next_work_for_team(w: Any, school: Any) -> tuple[int, int, int, float]:
    """Take the next delegable piece of work for the team: kind, which, number of reviews, hours."""
    if school.reviews_from < school.reviews_to:
        return _take_sitting(w, school)
    return _take_session(w, school, True)


def move_ahead(w: Any, school: Any, index: int) -> None:
    """Put an identification ahead of reviews."""
    _step_out(w, school, w.cases[index])
    _line_up(w, school, WorkClass.LONG_IDENTIFICATION, index)
