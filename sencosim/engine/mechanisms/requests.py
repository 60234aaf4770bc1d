"""M7 and M8: a request on its way from school or family to the council's decision and on to its team."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import give, schedule, take
from sencosim.engine.mechanisms.basics import (
    count,
    draw,
    join_list,
    keep_record,
    quantile,
    work_hours,
)
from sencosim.engine.mechanisms.facts import LAPSED
from sencosim.engine.mechanisms.queue import close_case, let_go_of_case, put
from sencosim.engine.records import Pool
from sencosim.rules.chance import exponential_threshold, minutes
from sencosim.rules.requests import preparation_hours
from sencosim.units import MINUTES_PER_WEEK, MINUTES_PER_YEAR
from sencosim.vocabulary import Activity, Event, Happening, Quantity, Route, Stage, Stream, Table

MINIMUM_CYCLES = 2.0


def decision_weeks(w: Any, council: Any, key: int, number: int) -> tuple[float, bool]:
    """Weeks to the decision, and whether it is late."""
    weeks = quantile(w, Table.DECISION, draw(w, Stream.DECISION_WEEKS, key, number))
    u = draw(w, Stream.DECISION_LATE, key, number)
    if u < council.late_decision_share:
        # The same number, stretched to (0, 1), says how late: from just over six weeks.
        weeks = 6.0 + quantile(w, Table.DECISION_DELAY, u / council.late_decision_share)
        return weeks, True
    return weeks, False


def await_decision(w: Any, council: Any, index: int) -> None:
    """The council decides some weeks after receipt."""
    request = w.requests[index]
    weeks, late = decision_weeks(w, council, request.key, request.number)
    what = (Happening.DECISION, index, 1 if late else 0, 0.0)
    schedule(w, council, request.received + minutes(weeks), Event.REQUEST_DECIDED, request.key, what)


def receive(w: Any, council: Any, index: int, weight: float) -> None:
    """A request about a mainstream pupil arrives."""
    request = w.requests[index]
    keep_record(w, Event.REQUEST_RECEIVED, request.school_id, request.key, request.route)
    if request.route == Route.PARENTAL:
        what = (Happening.INFORMATION_ASKED, request.pupil, request.number, 0.0)
        schedule(w, council, w.now + w.notice, Event.INFORMATION_ASKED, request.key, what)
    if weight > 1.0:
        request.units = max(1, int(weight + draw(w, Stream.CASE_UNIT, request.key, request.number)))
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
    count(
        w,
        school.cell,
        Quantity.REQUESTS_PARENTAL if request.route == Route.PARENTAL else Quantity.REQUESTS_SCHOOL_LED,
        1,
    )
    count(w, school.cell, Quantity.REQUEST_WAIT_WEEKS, (w.now - request.began) // MINUTES_PER_WEEK)
    keep_record(w, Event.REQUEST_FILED, school.id, pupil.key, request.route)
    receive(w, w.councils[school.council], index, school.weight)


def ask_for_assessment(w: Any, school: Any, index: int, route: int) -> None:
    """A request begins: the family files it, or it waits for the SENCO while the family's patience lasts."""
    pupil = w.pupils[index]
    number = int(w.histories[index].request_number)
    found = take(w, w.requests, Pool.REQUESTS)
    request = w.requests[found]
    request.pupil = index
    request.key = pupil.key
    request.number = number
    request.route = route
    request.family = 1 if route == Route.PARENTAL else 0
    request.began = w.now
    request.received = -1
    request.few_cycles = 0
    request.cell = school.cell
    request.school_id = school.id
    request.council = school.council
    request.units = 1
    request.held = 0
    if route == Route.PARENTAL:
        file_request(w, school, found)
        return
    base = work_hours(w, Activity.REQUEST_PREPARATION, pupil.key, number)
    hours = preparation_hours(base, w.few_cycles_extra_hours_share, MINIMUM_CYCLES, int(w.cycles[index]))
    which = put(w, school, index, Activity.REQUEST_PREPARATION, hours, number)
    case = w.cases[which]
    case.request = found
    weeks = w.patience_mean_weeks * exponential_threshold(draw(w, Stream.PATIENCE, pupil.key, number))
    if w.now + minutes(weeks) < w.n_weeks * MINUTES_PER_WEEK:
        case.holders += 1
        what = (Happening.PATIENCE, which, 0, 0.0)
        council = w.councils[school.council]
        schedule(w, council, w.now + minutes(weeks), Event.PATIENCE_ENDED, pupil.key, what)


def ask_again_later(w: Any, index: int, last_route: int) -> None:
    """After refusal a family may ask again, not within six months by the same route."""
    pupil = w.pupils[index]
    number = int(w.histories[index].request_number)
    years = exponential_threshold(draw(w, Stream.REAPPLY, pupil.key, number)) / w.reapply_rate_per_year
    from_family = draw(w, Stream.REAPPLY_ROUTE, pupil.key, number) < w.reapply_parental_share
    route = Route.PARENTAL if from_family else Route.SCHOOL_LED
    weeks = years * 52.0 + (w.reapply_wait_weeks if route == last_route else 0.0)
    council = w.councils[w.schools[pupil.school].council]
    schedule(
        w,
        council,
        w.now + minutes(weeks),
        Event.FAMILY_ASKED_AGAIN,
        pupil.key,
        (Happening.ASKED_AGAIN, index, route, 0.0),
    )


def close_request(w: Any, index: int) -> None:
    """The request has ended without a plan: the pupil is at risk of a new one, and the family may ask again."""
    request = w.requests[index]
    who, route = request.pupil, request.route
    give(w, w.requests, Pool.REQUESTS, index)
    pupil = w.pupils[who]
    pupil.request_open = 0
    if pupil.school >= 0 and pupil.stage == Stage.SEN_SUPPORT:
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
        count(w, school.cell, Quantity.PATIENCE_LOST, 1)
        count(w, school.cell, LAPSED[int(Activity.REQUEST_PREPARATION)], 1)
        index = case.request
        case.request = -1
        request = w.requests[index]
        keep_record(w, Event.PATIENCE_ENDED, school.id, request.key, request.number)
        request.route = Route.PARENTAL
        file_request(w, school, index)
        let_go_of_case(w, which)
    let_go_of_case(w, which)


def asked_again(w: Any, index: int, route: int) -> None:
    """A family that was refused asks again."""
    pupil, history = w.pupils[index], w.histories[index]
    if pupil.school < 0 or pupil.stage != Stage.SEN_SUPPORT or pupil.request_open != 0:
        return
    pupil.request_open = 1
    history.request_number += 1
    keep_record(w, Event.FAMILY_ASKED_AGAIN, w.schools[pupil.school].id, pupil.key, route)
    ask_for_assessment(w, w.schools[pupil.school], index, route)


# -- the council's team --------------------------------------------------------------------------------------------


def choose_soon(w: Any, council: Any, which: int) -> None:
    """Give out free slots at the end of this minute, when all its arrivals are in."""
    station = w.stations[which]
    if station.choosing == w.now or station.in_hand >= station.slots or station.head < 0:
        return
    station.choosing = w.now
    schedule(w, council, w.now, Event.SLOT_TAKEN, station.entity, (Happening.SLOT, which, 0, 0.0))


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
        what = (Happening.ADVICE_ASKED, request.pupil, request.number, 0.0)
        schedule(w, council, w.now + w.notice, Event.ADVICE_ASKED, request.key, what)
    join(w, council, index, 0)
