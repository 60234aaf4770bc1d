"""M7 and M8: a request on its way from school or family to the council's decision and on to its team."""

from __future__ import annotations

from typing import Any

from sencosim.engine.compiled.basics import (
    MINUTES_PER_WEEK,
    count,
    draw,
    keep_record,
    make_node,
    meld_nodes,
    quantile,
    work_hours,
)
from sencosim.engine.compiled.calendar import schedule
from sencosim.engine.compiled.layout import (
    case_at,
    council_at,
    history_at,
    pupil_at,
    request_at,
    school_at,
    small_at,
    station_at,
)
from sencosim.engine.compiled.memory import fast
from sencosim.engine.compiled.numbers import (
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
from sencosim.engine.compiled.pools import free_request, new_request
from sencosim.engine.compiled.queue import put
from sencosim.ledger.events import Event
from sencosim.randomness import STREAM
from sencosim.rules.chance import exponential_threshold, minutes
from sencosim.rules.requests import preparation_hours

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


@fast
def decision_weeks(w: Any, council: Any, key: int, number: int) -> tuple[float, bool]:
    """Weeks to the decision, and whether it is late."""
    weeks = quantile(w, T_DECISION, draw(w, _DECISION, key, number))
    u = draw(w, _DECISION_LATE, key, number)
    if u < council.late_decision_share:
        # The same number, stretched to (0, 1), says how late: from just over six weeks.
        weeks = 6.0 + quantile(w, T_DECISION_DELAY, u / council.late_decision_share)
        return weeks, True
    return weeks, False


@fast
def await_decision(w: Any, council: Any, index: int) -> None:
    """The council decides some weeks after receipt."""
    request = request_at(w.requests, index)
    weeks, late = decision_weeks(w, council, request.key, request.number)
    what = (ON_DECISION, index, 1 if late else 0, 0.0)
    schedule(w, council, request.received + minutes(weeks), _DECIDED, request.key, what)


@fast
def receive(w: Any, council: Any, index: int, weight: float) -> None:
    """A request about a mainstream pupil arrives."""
    request = request_at(w.requests, index)
    keep_record(w, _RECEIVED, request.school_id, request.key, request.route)
    if request.route == PARENTAL:
        what = (ON_INFORMATION_ASKED, request.pupil, request.number, 0.0)
        schedule(w, council, w.now + w.notice, _INFORMATION_ASKED, request.key, what)
    if weight > 1.0:
        request.units = max(1, int(weight + draw(w, _UNIT, request.key, request.number)))
    await_decision(w, council, index)


@fast
def file_request(w: Any, school: Any, index: int) -> None:
    """The request goes to the council, at once."""
    request = request_at(w.requests, index)
    pupil = pupil_at(w.pupils, request.pupil)
    request.received = w.now
    request.few_cycles = 1 if small_at(w.cycles, request.pupil).i < MINIMUM_CYCLES else 0
    request.cell = school.cell
    request.school_id = school.id
    request.council = school.council
    count(w, school.cell, Q_PARENTAL if request.route == PARENTAL else Q_SCHOOL_LED, 1)
    count(w, school.cell, Q_WAIT, (w.now - request.began) // MINUTES_PER_WEEK)
    keep_record(w, _FILED, school.id, pupil.key, request.route)
    receive(w, council_at(w.councils, school.council), index, school.weight)


@fast
def ask_for_assessment(w: Any, at_school: int, index: int, route: int) -> None:
    """A request begins: the family files it, or it waits for the SENCO while the family's patience lasts."""
    pupil = pupil_at(w.pupils, index)
    school = school_at(w.schools, at_school)
    number = int(history_at(w.histories, index).request_number)
    found = new_request(w)
    request = request_at(w.requests, found)
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
    hours = preparation_hours(base, w.few_cycles_extra_hours_share, MINIMUM_CYCLES, int(small_at(w.cycles, index).i))
    which = put(w, at_school, school, index, (REQUEST_PREPARATION, hours, number), 0)
    case = case_at(w.cases, which)
    case.request = found
    weeks = w.patience_mean_weeks * exponential_threshold(draw(w, _PATIENCE, pupil.key, number))
    if w.now + minutes(weeks) < w.n_weeks * MINUTES_PER_WEEK:
        case.holders += 1
        what = (ON_PATIENCE, which, 0, 0.0)
        council = council_at(w.councils, school.council)
        schedule(w, council, w.now + minutes(weeks), _PATIENCE_ENDED, pupil.key, what)


@fast
def ask_again_later(w: Any, index: int, last_route: int) -> None:
    """After refusal a family may ask again, not within six months by the same route."""
    pupil = pupil_at(w.pupils, index)
    number = int(history_at(w.histories, index).request_number)
    years = exponential_threshold(draw(w, _REAPPLY, pupil.key, number)) / w.reapply_rate_per_year
    from_family = draw(w, _REAPPLY_ROUTE, pupil.key, number) < w.reapply_parental_share
    route = PARENTAL if from_family else SCHOOL_LED
    weeks = years * 52.0 + (w.reapply_wait_weeks if route == last_route else 0.0)
    council = council_at(w.councils, school_at(w.schools, pupil.school).council)
    schedule(w, council, w.now + minutes(weeks), _ASKED_AGAIN, pupil.key, (ON_ASKED_AGAIN, index, route, 0.0))


@fast
def close_request(w: Any, index: int) -> None:
    """The request has ended without a plan: the pupil is at risk of a new one, and the family may ask again."""
    request = request_at(w.requests, index)
    who, route = request.pupil, request.route
    free_request(w, index)
    pupil = pupil_at(w.pupils, who)
    pupil.request_open = 0
    if pupil.school >= 0 and pupil.stage == SEN_SUPPORT:
        ask_again_later(w, who, route)


# -- the council's team --------------------------------------------------------------------------------------------


@fast
def choose_soon(w: Any, council: Any, which: int) -> None:
    """Give out free slots at the end of this minute, when all its arrivals are in."""
    station = station_at(w.stations, which)
    if station.choosing == w.now or station.in_hand >= station.slots or station.head < 0:
        return
    station.choosing = w.now
    schedule(w, council, w.now, _SLOT_TAKEN, station.entity, (ON_SLOT, which, 0, 0.0))


@fast
def join(w: Any, council: Any, index: int, drafting: int) -> None:
    """Wait for slots of the council's advisers or drafters, by request date."""
    request = request_at(w.requests, index)
    which = council.index * 2 + drafting
    station = station_at(w.stations, which)
    node = make_node(w, index, request.received, 0.0, request.key)
    station.head = meld_nodes(w, station.head, node)
    station.units_waiting += request.units
    choose_soon(w, council, which)


@fast
def assess(w: Any, council: Any, index: int) -> None:
    """Advice from the school and from psychologists."""
    request = request_at(w.requests, index)
    if request.pupil >= 0:
        what = (ON_ADVICE_ASKED, request.pupil, request.number, 0.0)
        schedule(w, council, w.now + w.notice, _ADVICE_ASKED, request.key, what)
    join(w, council, index, 0)
