"""M7 and M8: a request on its way from school or family to the council's decision and on to its team."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import give, take
from sencosim.engine.mechanisms.basics import (
    count,
    draw,
    is_within_run,
    join_list,
    keep_record,
    leave_list,
    let_happen,
    quantile,
    send,
    work_hours,
)
from sencosim.engine.mechanisms.facts import LAPSED
from sencosim.engine.mechanisms.queue import close_case, let_go_of_case, put
from sencosim.engine.records import Pool
from sencosim.rules.chance import exponential_time, minutes, rescaled, whole_by_chance
from sencosim.rules.requests import preparation_hours, reapply_weeks
from sencosim.units import MINUTES_PER_WEEK, MINUTES_PER_YEAR
from sencosim.vocabulary import Activity, Event, Happening, Quantity, Route, Stage, Stream, Table

ADVICE, DRAFTING = 0, 1
"""The two teams of a council."""


def new_request(w: Any, council: Any, index: int, key: int, number: int) -> int:
    """A request that nobody has filed yet, about a pupil or, at -1, about nobody in a mainstream school."""
    found = take(w, w.requests, Pool.REQUESTS)
    request = w.requests[found]
    request.pupil = index
    request.key = key
    request.number = number
    request.received = -1
    request.few_cycles = 0
    request.cell = council.cell
    request.school_id = -1
    request.units = 1
    request.held = 0
    return found


def ask_for_assessment(w: Any, school: Any, index: int, route: int) -> None:
    """A request begins: the family files it, or it waits for the SENCO while the family's patience lasts."""
    pupil, history = w.pupils[index], w.histories[index]
    pupil.request_open = 1
    history.request_number += 1
    found = new_request(w, w.councils[school.council], index, pupil.key, int(history.request_number))
    request = w.requests[found]
    request.route = route
    request.family = 1 if route == Route.PARENTAL else 0
    request.began = w.now
    if route == Route.PARENTAL:
        file_request(w, school, found)
    else:
        _ask_senco_to_prepare(w, school, index, found)


def _ask_senco_to_prepare(w: Any, school: Any, index: int, which_request: int) -> None:
    key, number = w.requests[which_request].key, w.requests[which_request].number
    base = work_hours(w, Activity.REQUEST_PREPARATION, key, number)
    cycles = int(w.cycles[index])
    hours = preparation_hours(base, w.few_cycles_extra_hours_share, w.review_cycles_for_record, cycles)
    which = put(w, school, index, Activity.REQUEST_PREPARATION, hours, number)
    case = w.cases[which]
    case.request = which_request
    patience = exponential_time(draw(w, Stream.PATIENCE, key, number), w.patience_mean_weeks)
    end = w.now + minutes(patience)
    if is_within_run(w, end):
        case.holders += 1
        let_happen(w, w.councils[school.council], end, Event.PATIENCE_ENDED, key, Happening.PATIENCE, which, 0)


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


def file_request(w: Any, school: Any, index: int) -> None:
    """The request goes to the council, at once."""
    request = w.requests[index]
    council = w.councils[school.council]
    is_parental = request.route == Route.PARENTAL
    request.received = w.now
    request.few_cycles = 1 if w.cycles[request.pupil] < w.review_cycles_for_record else 0
    request.cell = school.cell
    request.school_id = school.id
    count(w, school.cell, Quantity.REQUESTS_PARENTAL if is_parental else Quantity.REQUESTS_SCHOOL_LED, 1)
    count(w, school.cell, Quantity.REQUEST_WAIT_WEEKS, (w.now - request.began) // MINUTES_PER_WEEK)
    keep_record(w, Event.REQUEST_FILED, school.id, request.key, request.route)
    keep_record(w, Event.REQUEST_RECEIVED, school.id, request.key, request.route)
    if is_parental:
        kind = Happening.INFORMATION_ASKED
        send(w, council, Event.INFORMATION_ASKED, request.key, kind, request.pupil, request.number)
    if school.weight > 1.0:
        request.units = whole_by_chance(school.weight, draw(w, Stream.CASE_UNIT, request.key, request.number))
    await_decision(w, council, index)


def await_decision(w: Any, council: Any, index: int) -> None:
    """The council decides some weeks after receipt."""
    request = w.requests[index]
    key, number = request.key, request.number
    u = draw(w, Stream.DECISION_LATE, key, number)
    late = u < council.late_decision_share
    if late:
        delay = quantile(w, Table.DECISION_DELAY, rescaled(u, council.late_decision_share))
        weeks = w.statutory_decision_weeks + delay
    else:
        weeks = quantile(w, Table.DECISION, draw(w, Stream.DECISION_WEEKS, key, number))
    end = request.received + minutes(weeks)
    let_happen(w, council, end, Event.REQUEST_DECIDED, key, Happening.DECISION, index, 1 if late else 0)


def close_request(w: Any, index: int) -> None:
    """The request has ended without a plan: the pupil is at risk of a new one, and the family may ask again."""
    request = w.requests[index]
    who, route = request.pupil, request.route
    give(w, w.requests, Pool.REQUESTS, index)
    pupil = w.pupils[who]
    pupil.request_open = 0
    if pupil.school >= 0 and pupil.stage == Stage.SEN_SUPPORT:
        _ask_again_later(w, who, route)


def _ask_again_later(w: Any, index: int, last_route: int) -> None:
    """After refusal a family may ask again, not within six months by the same route."""
    pupil = w.pupils[index]
    number = int(w.histories[index].request_number)
    from_family = draw(w, Stream.REAPPLY_ROUTE, pupil.key, number) < w.reapply_parental_share
    route = Route.PARENTAL if from_family else Route.SCHOOL_LED
    wait = w.reapply_wait_weeks if route == last_route else 0.0
    weeks = reapply_weeks(draw(w, Stream.REAPPLY, pupil.key, number), w.reapply_rate_per_year, wait)
    council = w.councils[w.schools[pupil.school].council]
    when = w.now + minutes(weeks)
    let_happen(w, council, when, Event.FAMILY_ASKED_AGAIN, pupil.key, Happening.ASKED_AGAIN, index, route)


def asked_again(w: Any, index: int, route: int) -> None:
    """A family that was refused asks again."""
    pupil = w.pupils[index]
    if pupil.school < 0 or pupil.stage != Stage.SEN_SUPPORT or pupil.request_open != 0:
        return
    school = w.schools[pupil.school]
    keep_record(w, Event.FAMILY_ASKED_AGAIN, school.id, pupil.key, route)
    ask_for_assessment(w, school, index, route)


def request_level_now(w: Any) -> float:
    """Requests relative to the base year, of the year of the clock, which may be past that of the term. [ratio]."""
    return w.levels[w.now // MINUTES_PER_YEAR]


# -- teams: a council's advisers and drafters, and the tribunal -------------------------------------------------------


def team_of(council: Any, team: int) -> int:
    """Where the stations have a council's advisers or drafters."""
    return 2 * council.index + team


def tribunal_of(w: Any) -> int:
    """Where the stations have the tribunal: after all councils' teams."""
    return 2 * w.n_councils


def assess(w: Any, council: Any, index: int) -> None:
    """Advice from the school and from psychologists."""
    request = w.requests[index]
    if request.pupil >= 0:
        kind = Happening.ADVICE_ASKED
        send(w, council, Event.ADVICE_ASKED, request.key, kind, request.pupil, request.number)
    wait_for_team(w, council, index, ADVICE)


def wait_for_team(w: Any, council: Any, index: int, team: int) -> None:
    """Wait for slots of the council's advisers or drafters, by request date."""
    request = w.requests[index]
    which = team_of(council, team)
    station = w.stations[which]
    station.head = join_list(w, station.head, index, request.received, 0.0, request.key)
    station.units_waiting += request.units
    choose_soon(w, council, which)


def choose_soon(w: Any, council: Any, which: int) -> None:
    """Give out free slots at the end of this minute, when all its arrivals are in."""
    station = w.stations[which]
    if station.choosing == w.now or station.in_hand >= station.slots or station.head < 0:
        return
    station.choosing = w.now
    if which < tribunal_of(w):
        let_happen(w, council, w.now, Event.SLOT_TAKEN, station.entity, Happening.SLOT, which, 0)
    else:
        let_happen(w, council, w.now, Event.HEARING_SLOT_TAKEN, 0, Happening.HEARING_SLOT, 0, 0)


def take_slots(w: Any, station: Any, units: int) -> int:
    """Slots for the case that has waited longest, which leaves the list; 0 if too few are free."""
    held = min(units, station.slots)
    if station.in_hand + held > station.slots:
        return 0
    station.head = leave_list(w, station.head)
    station.in_hand += held
    station.units_waiting -= units
    return held


def leave_slots(w: Any, council: Any, which: int, held: int) -> None:
    """A case is done: its slots are free for the next."""
    w.stations[which].in_hand -= held
    choose_soon(w, council, which)
