"""M7 and M8: a request on its way from school or family to the council's decision and on to its team."""

from __future__ import annotations

from typing import Any

from sencosim.engine.mechanisms.basics import (
    count,
    draw,
    keep_record,
    join_list,
    quantile,
    work_hours,
)
from sencosim.engine.handle import give, schedule, take
from sencosim.engine.mechanisms.numbers import (
    ON_ADVICE_ASKED,
    ON_ASKED_AGAIN,
    ON_DECISION,
    ON_INFORMATION_ASKED,
    ON_PATIENCE,
    ON_SLOT,
    PARENTAL,
    REQUEST_PREPARATION,
    SCHOOL_LED,
    SEN_SUPPORT,
    T_DECISION,
    T_DECISION_DELAY,
    Q,
)
from sencosim.engine.records import Pool
from sencosim.engine.mechanisms.queue import close_case, let_go_of_case, put
from sencosim.ledger.events import Event
from sencosim.randomness import STREAM
from sencosim.rules.chance import exponential_threshold, minutes
from sencosim.rules.requests import preparation_hours
from sencosim.units import MINUTES_PER_WEEK, MINUTES_PER_YEAR

_REQUESTS = int(Pool.REQUESTS)
MINIMUM_CYCLES = 2.0
_DECISION = STREAM["decision_weeks"]
_DECISION_LATE = STREAM["decision_late"]
_UNIT = STREAM["case_unit"]
_PATIENCE = STREAM["patience"]
_REAPPLY = STREAM["reapply"]
_REAPPLY_ROUTE = STREAM["reapply_route"]
_WORK_PREPARATION = STREAM["work_request_preparation"]
_INFORMATION_ASKED, _ADVICE_ASKED = int(Event.INFORMATION_ASKED), int(Event.ADVICE_ASKED)
_DECIDED = int(Event.REQUEST_DECIDED)
_PATIENCE_ENDED = int(Event.PATIENCE_ENDED)
_ASKED_AGAIN = int(Event.FAMILY_ASKED_AGAIN)
_FILED = int(Event.REQUEST_FILED)
_RECEIVED = int(Event.REQUEST_RECEIVED)
_SLOT_TAKEN = int(Event.SLOT_TAKEN)
Q_PARENTAL, Q_SCHOOL_LED = Q["requests_parental"], Q["requests_school_led"]
Q_WAIT = Q["request_wait_weeks"]
Q_PATIENCE, Q_LAPSED_PREPARATION = Q["patience_lost"], Q["lapsed_request_preparation"]


def decision_weeks(w: Any, council: Any, key: int, number: int) -> tuple[float, bool]:
    """Weeks to the decision, and whether it is late."""
    weeks = quantile(w, T_DECISION, draw(w, _DECISION, key, number))
    u = draw(w, _DECISION_LATE, key, number)
    if u < council.late_decision_share:
        # The same number, stretched to (0, 1), says how late: from just over six weeks.
        weeks = 6.0 + quantile(w, T_DECISION_DELAY, u / council.late_decision_share)
        return weeks, True
    return weeks, False


def await_decision(w: Any, council: Any, index: int) -> None:
    """The council decides some weeks after receipt."""
    request = w.requests[index]
    weeks, late = decision_weeks(w, council, request.key, request.number)
    what = (ON_DECISION, index, 1 if late else 0, 0.0)
    schedule(w, council, request.received + minutes(weeks), _DECIDED, request.key, what)


def receive(w: Any, council: Any, index: int, weight: float) -> None:
    """A request about a mainstream pupil arrives."""
    request = w.requests[index]
    keep_record(w, _RECEIVED, request.school_id, request.key, request.route)
    if request.route == PARENTAL:
        what = (ON_INFORMATION_ASKED, request.pupil, request.number, 0.0)
        schedule(w, council, w.now + w.notice, _INFORMATION_ASKED, request.key, what)
    if weight > 1.0:
        request.units = max(1, int(weight + draw(w, _UNIT, request.key, request.number)))
    await_decision(w, council, index)


def file_request(w: Any, school: Any, index: int) -> None:
    """The request goes to the council, at once."""
    request = w.requests[index]
    pupil = w.pupils[request.pupil]
    request.received = w.now
    request.few_cycles = 1 if w.cycles[request.pupil] < MINIMUM_CYCLES else 0
    request.cell = school.cell
    request.school_id = school.id
    request.council = school.council
    count(w, school.cell, Q_PARENTAL if request.route == PARENTAL else Q_SCHOOL_LED, 1)
    count(w, school.cell, Q_WAIT, (w.now - request.began) // MINUTES_PER_WEEK)
    keep_record(w, _FILED, school.id, pupil.key, request.route)
    receive(w, w.councils[school.council], index, school.weight)


def ask_for_assessment(w: Any, at_school: int, index: int, route: int) -> None:
    """A request begins: the family files it, or it waits for the SENCO while the family's patience lasts."""
    pupil = w.pupils[index]
    school = w.schools[at_school]
    number = int(w.histories[index].request_number)
    found = take(w, w.requests, _REQUESTS)
    request = w.requests[found]
    request.pupil = index
    request.key = pupil.key
    request.number = number
    request.route = route
    request.family = 1 if route == PARENTAL else 0
    request.began = w.now
    request.received = -1
    request.few_cycles = 0
    request.cell = school.cell
    request.school_id = school.id
    request.council = school.council
    request.units = 1
    request.held = 0
    if route == PARENTAL:
        file_request(w, school, found)
        return
    base = work_hours(w, REQUEST_PREPARATION, _WORK_PREPARATION, pupil.key, number)
    hours = preparation_hours(base, w.few_cycles_extra_hours_share, MINIMUM_CYCLES, int(w.cycles[index]))
    which = put(w, at_school, school, index, (REQUEST_PREPARATION, hours, number), 0)
    case = w.cases[which]
    case.request = found
    weeks = w.patience_mean_weeks * exponential_threshold(draw(w, _PATIENCE, pupil.key, number))
    if w.now + minutes(weeks) < w.n_weeks * MINUTES_PER_WEEK:
        case.holders += 1
        what = (ON_PATIENCE, which, 0, 0.0)
        council = w.councils[school.council]
        schedule(w, council, w.now + minutes(weeks), _PATIENCE_ENDED, pupil.key, what)


def ask_again_later(w: Any, index: int, last_route: int) -> None:
    """After refusal a family may ask again, not within six months by the same route."""
    pupil = w.pupils[index]
    number = int(w.histories[index].request_number)
    years = exponential_threshold(draw(w, _REAPPLY, pupil.key, number)) / w.reapply_rate_per_year
    from_family = draw(w, _REAPPLY_ROUTE, pupil.key, number) < w.reapply_parental_share
    route = PARENTAL if from_family else SCHOOL_LED
    weeks = years * 52.0 + (w.reapply_wait_weeks if route == last_route else 0.0)
    council = w.councils[w.schools[pupil.school].council]
    schedule(w, council, w.now + minutes(weeks), _ASKED_AGAIN, pupil.key, (ON_ASKED_AGAIN, index, route, 0.0))


def close_request(w: Any, index: int) -> None:
    """The request has ended without a plan: the pupil is at risk of a new one, and the family may ask again."""
    request = w.requests[index]
    who, route = request.pupil, request.route
    give(w, w.requests, _REQUESTS, index)
    pupil = w.pupils[who]
    pupil.request_open = 0
    if pupil.school >= 0 and pupil.stage == SEN_SUPPORT:
        ask_again_later(w, who, route)


def request_level_at(w: Any, minute: int) -> float:
    """Requests at a clock time, perhaps of another year than the present, relative to the base year. [ratio]."""
    return w.levels[minute // MINUTES_PER_YEAR]


def patience_ended(w: Any, which: int) -> None:
    """A family that has waited for the SENCO files its request itself."""
    case = w.cases[which]
    at_school = w.pupils[case.pupil].school if case.pupil >= 0 else -1
    if case.open != 0 and at_school >= 0:
        school = w.schools[at_school]
        close_case(w, school, case)
        count(w, school.cell, Q_PATIENCE, 1)
        count(w, school.cell, Q_LAPSED_PREPARATION, 1)
        index = case.request
        case.request = -1
        request = w.requests[index]
        keep_record(w, _PATIENCE_ENDED, school.id, request.key, request.number)
        request.route = PARENTAL
        file_request(w, school, index)
        let_go_of_case(w, which)
    let_go_of_case(w, which)


def asked_again(w: Any, index: int, route: int) -> None:
    """A family that was refused asks again."""
    pupil, history = w.pupils[index], w.histories[index]
    if pupil.school < 0 or pupil.stage != SEN_SUPPORT or pupil.request_open != 0:
        return
    pupil.request_open = 1
    history.request_number += 1
    keep_record(w, _ASKED_AGAIN, w.schools[pupil.school].id, pupil.key, route)
    ask_for_assessment(w, pupil.school, index, route)


# -- the council's team --------------------------------------------------------------------------------------------


def choose_soon(w: Any, council: Any, which: int) -> None:
    """Give out free slots at the end of this minute, when all its arrivals are in."""
    station = w.stations[which]
    if station.choosing == w.now or station.in_hand >= station.slots or station.head < 0:
        return
    station.choosing = w.now
    schedule(w, council, w.now, _SLOT_TAKEN, station.entity, (ON_SLOT, which, 0, 0.0))


def join(w: Any, council: Any, index: int, drafting: int) -> None:
    """Wait for slots of the council's advisers or drafters, by request date."""
    request = w.requests[index]
    which = council.index * 2 + drafting
    station = w.stations[which]
    station.head = join_list(w, station.head, index, request.received, 0.0, request.key)
    station.units_waiting += request.units
    choose_soon(w, council, which)


def assess(w: Any, council: Any, index: int) -> None:
    """Advice from the school and from psychologists."""
    request = w.requests[index]
    if request.pupil >= 0:
        what = (ON_ADVICE_ASKED, request.pupil, request.number, 0.0)
        schedule(w, council, w.now + w.notice, _ADVICE_ASKED, request.key, what)
    join(w, council, index, 0)
