"""M7 and M8: a request on its way from school or family to the council's decision and on to its team."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import give, new_filing, take
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
from sencosim.engine.mechanisms.pupils import aim_next, phase_of, reading
from sencosim.engine.mechanisms.queue import close_those_of, let_go_of_case, put
from sencosim.engine.records import Pool
from sencosim.rules.chance import choice_among, exponential_time, minutes, rescaled, whole_by_chance
from sencosim.rules.hazards import released_family_share
from sencosim.rules.keys import filing_key
from sencosim.rules.requests import few_cycles_weight, preparation_hours, reapply_weeks
from sencosim.units import MINUTES_PER_WEEK, MINUTES_PER_YEAR
from sencosim.vocabulary import Activity, Event, Happening, Path, Quantity, Route, Stage, Stream, Table

ADVICE, DRAFTING = 0, 1
"""The two teams of a council."""
BY_FAMILY, GIVEN_UP, NUMBER_SHIFT = 1, 2, 2
"""Marks in the number that goes with a request that is made, below the number of the request."""


def new_request(w: Any, council: Any, index: int, key: int, number: int) -> int:
    """A request that nobody has filed yet, about a pupil or, at -1, about nobody in a mainstream school."""
    found = take(w, w.requests, Pool.REQUESTS)
    request = w.requests[found]
    request.pupil = index
    request.key = key
    request.number = number
    request.received = request.filing = request.school_id = -1
    request.few_cycles = 0.0
    request.cell = council.cell
    request.units = 1
    request.held = 0
    return found


def ask_for_assessment(w: Any, school: Any, index: int, family: int) -> None:
    """A request begins. A family that would ask in any case files it; else it is for the SENCO to prepare.

    ``family`` is 1 for such a family, 0 for another.
    """
    pupil, history = w.pupils[index], w.histories[index]
    pupil.request_open = 1
    history.request_number += 1
    number = int(history.request_number)
    found = new_request(w, w.councils[school.council], index, pupil.key, number)
    history.unfiled = found
    request = w.requests[found]
    request.family = family
    request.began = w.now
    own = 1.0 if w.cycles[index] < w.review_cycles_for_record else 0.0
    if w.is_reference != 0:
        request.few_cycles = own
        request.filing = new_filing(w)
        filing = w.filings[request.filing]
        filing.key = filing_key(pupil.key, number)
        filing.wait = -1
        filing.family = family
        filing.few_cycles = int(own)
        filing.by_family = filing.given_up = 0
    else:
        request.filing = filing_of(w, pupil.key, number)
        request.few_cycles = own
        if request.filing >= 0:  # how far it counts as one with few review cycles
            reference, causal = float(w.filings[request.filing].few_cycles), w.few_cycles_causal_share
            request.few_cycles = few_cycles_weight(own, reference, causal * w.review_cycles_route)
    asks_senco = family == 0 and pupil.stage != Stage.NOTICED
    if asks_senco:
        _ask_senco_to_prepare(w, school, index, request)
    if w.is_reference == 0 and w.filing_route == 0.0:
        file_as_in_reference(w, school, index, request, w.now)
    elif not asks_senco:
        _make_later(w, school, index, number, w.now, BY_FAMILY)


def family_type(w: Any, school: Any, index: int, number: int) -> int:
    """1 if the family of a pupil at the point of request would ask in any case, 0 if it leaves that to the school."""
    share = released_family_share(w.parental_from_start_share, school.release)
    return 1 if draw(w, Stream.ROUTE, w.pupils[index].key, number) < share else 0


def filing_of(w: Any, key: int, number: int) -> int:
    """Where the no-policy arm's filings have a request; -1 if it has none."""
    wanted = filing_key(key, number)
    low, high = 0, w.n_filings
    while low < high:
        middle = (low + high) // 2
        if w.filings[middle].key < wanted:
            low = middle + 1
        else:
            high = middle
    return low if low < w.n_filings and w.filings[low].key == wanted else -1


def _some_filing(w: Any, request: Any) -> int:
    """For a request that the no-policy arm lacks: a filing of its kind, by a keyed draw; -1 if there is none."""
    if w.n_filings == 0:
        return -1
    place = choice_among(draw(w, Stream.FILING, request.key, request.number), w.n_filings)
    for step in range(w.n_filings):
        found = (place + step) % w.n_filings
        filing = w.filings[found]
        if filing.family == request.family and filing.wait >= 0:
            return found
    return -1


def file_as_in_reference(w: Any, school: Any, index: int, request: Any, began: int) -> None:
    """The request is made, or given up, when and by whom it is in the no-policy arm, whatever the SENCO does."""
    which = request.filing if request.filing >= 0 else _some_filing(w, request)
    if which < 0:
        return
    filing = w.filings[which]
    if filing.wait >= 0:
        marks = filing.by_family * BY_FAMILY | filing.given_up * GIVEN_UP
        _make_later(w, school, index, request.number, began + filing.wait, marks)


def _make_later(w: Any, school: Any, index: int, number: int, minute: int, marks: int) -> None:
    """Let a request be made, or be given up, at a clock time."""
    if is_within_run(w, minute):
        key, council = w.pupils[index].key, w.councils[school.council]
        let_happen(
            w, council, minute, Event.REQUEST_MADE, key, Happening.REQUEST_MADE, index, number << NUMBER_SHIFT | marks
        )


def _ask_senco_to_prepare(w: Any, school: Any, index: int, request: Any) -> None:
    """The request waits for the SENCO, while the family's patience lasts."""
    key, number = request.key, request.number
    base = work_hours(w, Activity.REQUEST_PREPARATION, key, number)
    hours = preparation_hours(base, w.few_cycles_extra_hours_share, request.few_cycles)
    which = put(w, school, index, Activity.REQUEST_PREPARATION, hours, number)
    case = w.cases[which]
    patience = exponential_time(draw(w, Stream.PATIENCE, key, number), w.patience_mean_weeks)
    end = w.now + minutes(patience)
    if is_within_run(w, end):
        case.holders += 1
        let_happen(w, w.councils[school.council], end, Event.PATIENCE_ENDED, key, Happening.PATIENCE, which, 0)


def _follows_senco(w: Any) -> bool:
    """Whether requests are made when the SENCO has prepared them or patience has ended, in this arm."""
    return w.is_reference != 0 or w.filing_route != 0.0


def request_prepared(w: Any, index: int, number: int) -> None:
    """The SENCO has prepared a request: it is made, unless it has been made or fallen away already."""
    unfiled = w.histories[index].unfiled
    at_school = w.pupils[index].school
    if _follows_senco(w) and unfiled >= 0 and at_school >= 0 and w.requests[unfiled].number == number:
        _make_later(w, w.schools[at_school], index, number, w.now, 0)


def patience_ended(w: Any, which: int) -> None:
    """A family that has waited for the SENCO files its request itself, or gives up."""
    case = w.cases[which]
    at_school = w.pupils[case.pupil].school if case.pupil >= 0 else -1
    if case.open != 0 and at_school >= 0 and _follows_senco(w):
        key, number = w.pupils[case.pupil].key, int(case.number)
        gives_up = draw(w, Stream.REQUEST_GIVEN_UP, key, number) < w.request_given_up_share
        keep_record(w, Event.PATIENCE_ENDED, w.schools[at_school].id, key, number)
        _make_later(w, w.schools[at_school], case.pupil, number, w.now, GIVEN_UP if gives_up else BY_FAMILY)
    let_go_of_case(w, which)


def request_made(w: Any, index: int, detail: int) -> None:
    """A request is made or given up, if it is still to be made."""
    pupil, history = w.pupils[index], w.histories[index]
    found, number = history.unfiled, detail >> NUMBER_SHIFT
    if found < 0 or pupil.school < 0 or w.requests[found].number != number:
        return
    school, request = w.schools[pupil.school], w.requests[found]
    close_those_of(w, school, index, Activity.REQUEST_PREPARATION)  # if begun, it is not among them
    history.unfiled = -1
    by_family, given_up = detail & BY_FAMILY, detail & GIVEN_UP
    if w.is_reference != 0:
        filing = w.filings[request.filing]
        filing.wait = w.now - request.began
        filing.by_family = 1 if by_family != 0 else 0
        filing.given_up = 1 if given_up != 0 else 0
    if given_up != 0:
        _give_up(w, school, index, found)
        return
    if by_family != 0 and request.family == 0:
        count(w, school.cell, Quantity.PATIENCE_LOST, 1)
    request.route = Route.PARENTAL if by_family != 0 else Route.SCHOOL_LED
    file_request(w, school, found)


def _give_up(w: Any, school: Any, index: int, found: int) -> None:
    """The family gives up, for now: the clock of its next point of request starts again."""
    pupil, request = w.pupils[index], w.requests[found]
    count(w, school.cell, Quantity.REQUESTS_GIVEN_UP, 1)
    keep_record(w, Event.REQUEST_GIVEN_UP, school.id, request.key, request.number)
    give(w, w.requests, Pool.REQUESTS, found)
    pupil.request_open = 0
    if pupil.stage != Stage.EHC_PLAN:
        aim_next(w, school, index, Path.REQUEST_POINT, reading(w, school, Path.REQUEST_POINT, phase_of(pupil)))


def file_request(w: Any, school: Any, index: int) -> None:
    """The request goes to the council, at once."""
    request = w.requests[index]
    council = w.councils[school.council]
    is_parental = request.route == Route.PARENTAL
    request.received = w.now
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
    u, share = draw(w, Stream.DECISION_LATE, key, number), council.late_decision_share
    late = u < share
    if late:
        weeks = w.statutory_decision_weeks + quantile(w, Table.DECISION_DELAY, rescaled(u, share))
    else:
        weeks = quantile(w, Table.DECISION, draw(w, Stream.DECISION_WEEKS, key, number))
    end = request.received + minutes(weeks)
    let_happen(w, council, end, Event.REQUEST_DECIDED, key, Happening.DECISION, index, 1 if late else 0)


def close_request(w: Any, index: int) -> None:
    """The request has ended without a plan: the pupil is at risk of a new one, and the family may ask again.

    Not within six months if the same kind of family asks. Of a request from outside mainstream nothing is left.
    """
    request = w.requests[index]
    who, last_family = request.pupil, int(request.family)
    give(w, w.requests, Pool.REQUESTS, index)
    if who < 0:
        return
    pupil = w.pupils[who]
    pupil.request_open = 0
    if pupil.school < 0 or pupil.stage == Stage.EHC_PLAN:
        return
    number = int(w.histories[who].request_number)
    family = 1 if draw(w, Stream.REAPPLY_ROUTE, pupil.key, number) < w.reapply_parental_share else 0
    wait = w.reapply_wait_weeks if family == last_family else 0.0
    weeks = reapply_weeks(draw(w, Stream.REAPPLY, pupil.key, number), w.reapply_rate_per_year, wait)
    council = w.councils[w.schools[pupil.school].council]
    when = w.now + minutes(weeks)
    let_happen(w, council, when, Event.FAMILY_ASKED_AGAIN, pupil.key, Happening.ASKED_AGAIN, who, family)


def asked_again(w: Any, index: int, family: int) -> None:
    """A family that was refused asks again."""
    pupil = w.pupils[index]
    if pupil.school < 0 or pupil.stage == Stage.EHC_PLAN or pupil.request_open != 0:
        return
    school = w.schools[pupil.school]
    keep_record(w, Event.FAMILY_ASKED_AGAIN, school.id, pupil.key, family)
    ask_for_assessment(w, school, index, family)


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
        asked = Happening.ADVICE_ASKED
        send(w, council, Event.ADVICE_ASKED, request.key, asked, request.pupil, request.number)
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
