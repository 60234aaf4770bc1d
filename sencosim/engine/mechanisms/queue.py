"""M5: cases, and the queue of one SENCO post."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import give, ring, take
from sencosim.engine.mechanisms.basics import count, draw, work_hours
from sencosim.engine.mechanisms.facts import (
    DATED,
    DUE,
    DUE_AT_END_OF_TERM,
    DUTIES,
    IN_SCHOOL_WEEKS,
    IS_PAPERWORK,
    LISTED,
    TEAM_MAY_DO,
    URGENT,
    WITHOUT,
)
from sencosim.engine.records import Pool
from sencosim.rules.chance import rescaled, whole_minutes
from sencosim.rules.senco_hours import due_minute
from sencosim.rules.support import open_session_hours
from sencosim.vocabulary import Activity, Stream, WholeSchool, Work, Worker

_OPEN = int(WholeSchool.OPEN_DEVELOPMENT)
_ACTIVITY_SHIFT = 20
"""Bits of a case's number below the activity in the key of a tie."""


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
    case.due = _due_minute(w, school, activity)
    case.number = number
    case.open = case.holders = 1
    case.unstarted = 0
    school.arriving += case.hours_minutes
    school.year_need += hours
    count(w, school.cell, DUE[activity], 1)
    let_wait(w, school, index)
    return index


def _due_minute(w: Any, school: Any, activity: int) -> int:
    """Clock time by which work that arrives now is due."""
    if DUE_AT_END_OF_TERM[activity]:
        return w.term_end
    weeks = w.due_weeks[activity]
    if activity == Activity.REQUEST_PREPARATION and school.rations != 0:
        weeks = w.due_weeks_request_rationed
    if IN_SCHOOL_WEEKS[activity]:
        return due_minute(w.now, weeks, w.term_end, w.next_term_start)
    return w.now + whole_minutes(weeks)


def let_wait(w: Any, school: Any, index: int) -> None:
    """Let a case wait here since it entered, which was at another school if its pupil has moved."""
    case = w.cases[index]
    key = w.pupils[case.pupil].key if case.pupil >= 0 else school.id
    case.tie = draw(w, Stream.QUEUE_TIE, key, int(case.activity) << _ACTIVITY_SHIFT | case.number)
    _line_up(w, school, index)
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
    """A case is not needed any more, or others see to it."""
    count(w, school.cell, WITHOUT[case.activity], 1)
    case.unstarted = 0


def let_go_of_case(w: Any, index: int) -> None:
    """One holder of a case less; a case that nobody holds is free."""
    case = w.cases[index]
    case.holders -= 1
    if case.holders == 0:
        give(w, w.cases, Pool.CASES, index)


def close_those_of(w: Any, school: Any, index: int, activity: int) -> None:
    """Cases of one activity of a pupil that still wait are not needed any more."""
    which = w.histories[index].first_case
    while which >= 0:
        case, after = w.cases[which], w.cases[which].after
        if case.activity == activity:
            close_case(w, school, case)
            fall_away(w, school, case)
            let_go_of_case(w, which)
        which = after


# -- the order of service -------------------------------------------------------------------------------------------


def next_work(w: Any, school: Any, worker: Any, who: int) -> bool:
    """Give SENCO or team the next piece of work, if there is any.

    One piece in five, by a keyed draw, is a support review or a duty, so that nothing starves. Else urgent work comes
    first, then dated work by its date, then reviews and duties, and in paid hours the development of teaching.
    """
    if who == Worker.TEAM:
        return _work_for_team(w, school, worker)
    u = draw(w, Stream.ORDER_OF_SERVICE, school.id, int(school.picks))
    school.picks += 1
    share = w.group_three_share
    if u < share and _take_review_or_duty(w, school, worker, rescaled(u, share)):
        return True
    index = _first_of(w, school, URGENT)
    if index < 0:
        index = _first_of(w, school, DATED)
    if index >= 0:
        hand_over(w, school, w.cases[index])
        _put_in_hand(worker, Work.CASE, index, 0, w.cases[index].hours)
        return True
    if u >= share and _take_review_or_duty(w, school, worker, (u - share) / (1.0 - share)):
        return True
    if not school.day_pace > 0.0:  # nobody works evenings for development
        return False
    return _take_listed(w, school, worker, Worker.SENCO) or _take_open(w, school, worker)


def _work_for_team(w: Any, school: Any, worker: Any) -> bool:
    """A team does duties; of reviews and listed development it takes what the SENCO will not reach."""
    for activity in DUTIES:
        if TEAM_MAY_DO[activity] and school.pool[activity] > 0.0:
            _take_session(w, school, worker, activity)
            return True
    if not school.team_allowance > 0.0:
        return False
    if not _take_sitting(w, school, worker) and not _take_listed(w, school, worker, Worker.TEAM):
        return False
    school.team_allowance -= worker.hours
    return True


def _first_of(w: Any, school: Any, activities: Any) -> int:
    """The case of some activities that is due first; -1 if there is none."""
    found = -1
    for activity in activities:
        found = _earlier(w, found, school.heads[activity])
    return found


def _earlier(w: Any, one: int, other: int) -> int:
    """Which of two cases is due first; either may be nobody's."""
    if one < 0 or other < 0:
        return max(one, other)
    return other if _comes_after(w, w.cases[one], w.cases[other]) else one


def _take_review_or_duty(w: Any, school: Any, worker: Any, u: float) -> bool:
    """A sitting of reviews or a session of duties, in proportion to the hours of each that are left."""
    duties = 0.0
    for activity in DUTIES:
        duties += school.pool[activity]
    reviews = school.reviews_left if school.reviews_from < school.reviews_to else 0.0
    point = u * (reviews + duties) - reviews
    if reviews > 0.0 and (point < 0.0 or not duties > 0.0):
        return _take_sitting(w, school, worker)
    last = -1
    for activity in DUTIES:
        if school.pool[activity] > 0.0:
            last = activity
            point -= school.pool[activity]
            if point < 0.0:
                break
    if last < 0:
        return False
    _take_session(w, school, worker, last)
    return True


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
    school.reviews_left -= hours
    _put_in_hand(worker, Work.SITTING, start, end - start, hours)
    return True


def _take_session(w: Any, school: Any, worker: Any, activity: int) -> None:
    """A session of work about the school that is due."""
    hours = min(school.pool[activity], w.whole_school_session_hours)
    school.pool[activity] -= hours
    _put_in_hand(worker, Work.SESSION, activity, 0, hours)


def _take_listed(w: Any, school: Any, worker: Any, who: int) -> bool:
    """A session of listed development."""
    for activity in LISTED:
        if school.pool[activity] > 0.0 and (who == Worker.SENCO or TEAM_MAY_DO[activity]):
            _take_session(w, school, worker, activity)
            return True
    return False


def _take_open(w: Any, school: Any, worker: Any) -> bool:
    """A session of development beyond the list, while this term's support is not full."""
    listed = w.reference[school.index * w.n_segments + w.term].list_hours
    session = w.whole_school_session_hours
    hours = open_session_hours(listed, w.beyond_list, school.support_done, w.open_work_worth, session)
    if not hours > 0.0:
        return False
    _put_in_hand(worker, Work.SESSION, _OPEN, 0, hours)
    return True


def _put_in_hand(worker: Any, kind: int, thing: int, number: int, hours: float) -> None:
    worker.work = kind
    worker.thing = thing
    worker.number = number
    worker.hours = hours


def _comes_after(w: Any, one: Any, other: Any) -> bool:
    """Whether a case is served after another of its group: by the date on which it is due, ties by a keyed draw."""
    if one.due != other.due:
        return one.due > other.due
    if one.tie != other.tie:
        return one.tie > other.tie
    return _key_of(w, one) > _key_of(w, other)


def _key_of(w: Any, case: Any) -> int:
    return w.pupils[case.pupil].key if case.pupil >= 0 else 0


def _line_up(w: Any, school: Any, index: int) -> None:
    """Put a case into its place among those of its activity, from the back: most cases are due last."""
    case = w.cases[index]
    which = case.activity
    ahead, behind = school.tails[which], -1
    while ahead >= 0 and _comes_after(w, w.cases[ahead], case):
        behind = ahead
        ahead = w.cases[ahead].ahead
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
    """Take a case out of its line."""
    if case.ahead >= 0:
        w.cases[case.ahead].behind = case.behind
    else:
        school.heads[case.activity] = case.behind
    if case.behind >= 0:
        w.cases[case.behind].ahead = case.ahead
    else:
        school.tails[case.activity] = case.ahead


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
