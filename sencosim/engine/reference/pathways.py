"""M1, M7, M12, M13: what happens to a pupil when a pathway's clock reaches the pupil's target."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from sencosim.engine.inputs import EXCLUSION
from sencosim.engine.reference.casework import (
    CRISIS,
    EXCLUSION_WORK,
    IDENTIFICATION,
    REQUEST_PREPARATION,
    SUSPENSION,
    Case,
)
from sencosim.engine.reference.pupil import (
    CRISIS_PLAN,
    CRISIS_SUPPORT,
    EHC_PLAN,
    FRAIL_PATHS,
    HOME_PLAN,
    HOME_SUPPORT,
    NEVER,
    NOTICED,
    PATH_COUNTER,
    PATH_EVENT,
    PATH_STREAM,
    PATHS_OF_STAGE,
    PLAN_CEASED,
    REQUEST_POINT,
    SEN_SUPPORT,
    SUPPORT_EXIT,
    SUSPENSION_PLAN,
    SUSPENSION_SUPPORT,
    TRANSFER,
    Pupil,
    pupil_key,
)
from sencosim.engine.reference.request import PARENTAL, SCHOOL_LED, Request
from sencosim.engine.reference.world import STREAM, Q
from sencosim.ledger.events import Event
from sencosim.ledger.quantities import CASE_ACTIVITIES
from sencosim.rules.chance import exponential_threshold, frailty, minutes
from sencosim.rules.placement import weight_in_parts
from sencosim.rules.pupil_clocks import clock_target
from sencosim.rules.requests import preparation_hours
from sencosim.units import MINUTES_PER_WEEK, SCHOOL_DAYS_PER_WEEK, WEEKS_PER_YEAR

if TYPE_CHECKING:
    from sencosim.engine.reference.school import School

_FRAILTY = STREAM["frailty"]
_RENOTICE = STREAM["renotice"]
_ROUTE = STREAM["route"]
_PATIENCE = STREAM["patience"]
_EXCLUSION = STREAM["exclusion"]
_REAPPLY = STREAM["reapply"]
_REAPPLY_ROUTE = STREAM["reapply_route"]
_WORK_IDENTIFICATION = STREAM["work_identification"]
_WORK_PREPARATION = STREAM["work_request_preparation"]
_WORK_SUSPENSION = STREAM["work_suspension"]
_WORK_CRISIS = STREAM["work_crisis"]
_WORK_EXCLUSION = STREAM["work_exclusion"]

MINIMUM_CYCLES = 2.0
_STAGE_NAMES = ("noticed", "sen_support", "ehc_plan")
_SUSPENSIONS = tuple(Q[f"suspensions.{name}"] for name in _STAGE_NAMES)
_EXCLUSIONS = tuple(Q[f"permanent_exclusions.{name}"] for name in _STAGE_NAMES)
LAPSED = tuple(Q[f"lapsed.{name}"] for name in CASE_ACTIVITIES)


def begin(school: School, pupil: Pupil) -> None:
    """The pathways of a pupil's stage begin, or go on where they were paused."""
    phase = pupil.phase
    for path in PATHS_OF_STAGE[pupil.stage]:
        if path == REQUEST_POINT and pupil.request_open:
            continue
        left = pupil.left.pop(PATH_COUNTER[path], None)
        if left is None:
            aim_next(school, pupil, path, school.reading(path, phase))
        else:
            school.aim(pupil, path, school.reading(path, phase) + left)


def pause(school: School, pupil: Pupil) -> None:
    """The pupil is no longer at risk here: what is left of each threshold is kept for when the risk goes on."""
    for path, target in enumerate(pupil.targets):
        if target != NEVER:
            pupil.left[PATH_COUNTER[path]] = max(0.0, target - school.reading(path, pupil.phase))
            pupil.targets[path] = NEVER


def aim_next(school: School, pupil: Pupil, path: int, from_reading: float) -> None:
    """The pathway's hazard is integrated anew for the next occurrence."""
    number = pupil.counts[PATH_COUNTER[path]]
    threshold = exponential_threshold(school.world.draw(PATH_STREAM[path], pupil.key, number))
    frail = pupil.frailty if path in FRAIL_PATHS else 1.0
    school.aim(pupil, path, clock_target(from_reading, threshold, frail))


def schedule(school: School, pupil: Pupil, path: int, target: float, minute: int) -> None:
    """Let the event of a pathway happen, unless the pupil's course has changed by then."""

    def happen(_: Any) -> None:
        if pupil.school is not school or pupil.targets[path] != target:
            return
        pupil.targets[path] = NEVER
        pupil.counts[PATH_COUNTER[path]] += 1
        school.world.record(PATH_EVENT[path], school.id, pupil.key, path)
        _HAPPENS[path](school, pupil, target)

    school.world.at(minute, PATH_EVENT[path], pupil.key, happen)


# -- M1 ---------------------------------------------------------------------------------------------------------------


def notice_at(school: School, minute: int, cohort: int, year_group: int, number: int) -> None:
    """A need is noticed: an identification case for the SENCO."""
    key = pupil_key(school.id, cohort, number)
    school.world.at(minute, Event.NEED_NOTICED, key, partial(_noticed, school, key, year_group))


def _noticed(school: School, key: int, year_group: int, _: Any) -> None:
    world = school.world
    severity = frailty(world.draw(_FRAILTY, key, 0), world.values["frailty_log_sd"])
    pupil = Pupil(key, school, year_group, NOTICED, severity)
    school.add(pupil)
    begin(school, pupil)  # need that nobody has named yet carries the same risks
    world.row(school.cell)[Q["noticed"]] += 1
    world.record(Event.NEED_NOTICED, school.id, key, 0)
    ask_for_identification(school, pupil, 0)


def ask_for_identification(school: School, pupil: Pupil, number: int) -> None:
    """The pupil waits for the SENCO to identify the need."""
    pupil.noticed_at = school.world.now
    hours = school.world.work_hours("identification", _WORK_IDENTIFICATION, pupil.key, number)
    school.put(IDENTIFICATION, pupil, hours, number)


def notice_again_later(school: School, pupil: Pupil, number: int) -> None:
    """A pupil whose identification lapsed is unmet need; it may be noticed again, or be given up."""
    world = school.world
    share = world.values["renotice_share"]
    u = world.draw(_RENOTICE, pupil.key, number)
    if u >= share:  # the need is not raised again: it stays unmet
        return
    weeks = world.values["renotice_mean_weeks"] * exponential_threshold(u / share)

    def again(_: Any) -> None:
        here = pupil.school
        if here is not None and here.is_noticed(pupil):
            world.record(Event.NEED_NOTICED, here.id, pupil.key, number)
            ask_for_identification(here, pupil, number)

    world.at(world.now + minutes(weeks), Event.NEED_NOTICED, pupil.key, again)


def begin_sen_support(school: School, pupil: Pupil) -> None:
    """The identification is done: the pupil is on SEN Support."""
    world = school.world
    row = world.row(school.cell)
    row[Q["sen_support_starts"]] += 1
    row[Q["identification_wait_weeks"]] += (world.now - pupil.noticed_at) // MINUTES_PER_WEEK
    world.record(Event.SEN_SUPPORT_BEGAN, school.id, pupil.key, 0)
    school.change_stage(pupil, SEN_SUPPORT)


# -- M7 ---------------------------------------------------------------------------------------------------------------


def _reach_request_point(school: School, pupil: Pupil, _: float) -> None:
    world = school.world
    pupil.request_open = True
    pupil.request_number += 1
    from_family = world.draw(_ROUTE, pupil.key, pupil.request_number) < world.values["parental_from_start_share"]
    ask_for_assessment(school, pupil, PARENTAL if from_family else SCHOOL_LED)


def ask_for_assessment(school: School, pupil: Pupil, route: int) -> None:
    """A request begins: the family files it, or it waits for the SENCO while the family's patience lasts."""
    world, values = school.world, school.world.values
    number = pupil.request_number
    request = Request(pupil, school, number, route, world.now)
    if route == PARENTAL:
        file(school, request)
        return
    hours = preparation_hours(
        world.work_hours("request_preparation", _WORK_PREPARATION, pupil.key, number),
        values["few_cycles_extra_hours_share"],
        MINIMUM_CYCLES,
        pupil.cycles,
    )
    case = school.put(REQUEST_PREPARATION, pupil, hours, number)
    case.request = request
    weeks = values["patience_mean_weeks"] * exponential_threshold(world.draw(_PATIENCE, pupil.key, number))
    world.at(world.now + minutes(weeks), Event.PATIENCE_ENDED, pupil.key, partial(_lose_patience, world, case, request))


def _lose_patience(world: Any, case: Case, request: Request, _: Any) -> None:
    school = request.pupil.school
    if not case.open or school is None:
        return
    school.queue.withdraw(case)
    row = world.row(school.cell)
    row[Q["patience_lost"]] += 1
    row[Q["lapsed.request_preparation"]] += 1
    world.record(Event.PATIENCE_ENDED, school.id, request.pupil.key, request.number)
    request.route = PARENTAL
    file(school, request)


def file(school: School, request: Request) -> None:
    """The request goes to the council, at once."""
    world, pupil = school.world, request.pupil
    request.filed(school, world.now, few_cycles=pupil.cycles < MINIMUM_CYCLES)
    name = "requests.parental" if request.route == PARENTAL else "requests.school_led"
    row = world.row(school.cell)
    row[Q[name]] += 1
    row[Q["request_wait_weeks"]] += (world.now - request.began) // MINUTES_PER_WEEK
    world.record(Event.REQUEST_FILED, school.id, pupil.key, request.route)
    school.council.receive(request)


def ask_again_later(school: School, pupil: Pupil, last_route: int) -> None:
    """After refusal a family may ask again, not within six months by the same route."""
    world, values = school.world, school.world.values
    number = pupil.request_number
    years = exponential_threshold(world.draw(_REAPPLY, pupil.key, number)) / values["reapply_rate_per_year"]
    from_family = world.draw(_REAPPLY_ROUTE, pupil.key, number) < values["reapply_parental_share"]
    route = PARENTAL if from_family else SCHOOL_LED
    weeks = years * WEEKS_PER_YEAR + (values["reapply_wait_weeks"] if route == last_route else 0.0)

    def again(_: Any) -> None:
        here = pupil.school
        if here is None or pupil.stage != SEN_SUPPORT or pupil.request_open:
            return
        pupil.request_open = True
        pupil.request_number += 1
        world.record(Event.FAMILY_ASKED_AGAIN, here.id, pupil.key, route)
        ask_for_assessment(here, pupil, route)

    world.at(world.now + minutes(weeks), Event.FAMILY_ASKED_AGAIN, pupil.key, again)


# -- M12 --------------------------------------------------------------------------------------------------------------


def _suspended(school: School, pupil: Pupil, target: float) -> None:
    world = school.world
    path = SUSPENSION_PLAN if pupil.stage == EHC_PLAN else SUSPENSION_SUPPORT
    world.row(school.cell)[_SUSPENSIONS[pupil.stage]] += 1
    number = pupil.counts[PATH_COUNTER[path]]
    hours = world.work_hours("suspension", _WORK_SUSPENSION, pupil.key, number)
    school.put(SUSPENSION, pupil, hours, number)
    aim_next(school, pupil, path, target)


def _crisis(school: School, pupil: Pupil, target: float) -> None:
    """A crisis needs the SENCO's work to start within five school days."""
    world = school.world
    path = CRISIS_PLAN if pupil.stage == EHC_PLAN else CRISIS_SUPPORT
    number = pupil.counts[PATH_COUNTER[path]]
    world.row(school.cell)[Q["crises"]] += 1
    case = school.put(CRISIS, pupil, world.work_hours("crisis", _WORK_CRISIS, pupil.key, number), number)
    case.request = True
    days = world.values["exclusion_decision_days"]
    deadline = world.now + int(days / SCHOOL_DAYS_PER_WEEK * MINUTES_PER_WEEK)
    if deadline > world.term_end:
        deadline += world.next_term_start - world.term_end
    world.at(deadline, Event.CRISIS_DEADLINE_PASSED, pupil.key, partial(_crisis_deadline, case))
    aim_next(school, pupil, path, target)


def _crisis_deadline(case: Case, _: Any) -> None:
    if case.request and case.pupil is not None and case.pupil.school is not None:
        school = case.pupil.school
        school.world.row(school.cell)[Q["crises_late"]] += 1
        decide_exclusion(school, case, late=1.0)


def decide_exclusion(school: School, case: Case, late: float) -> None:
    """The head decides once: when the SENCO's work starts, or when five school days have passed without it."""
    world, pupil = school.world, case.pupil
    case.request = False
    if pupil is None or pupil.school is not school or pupil.excluded or pupil.placed:
        return
    phase = pupil.phase
    chance = world.mechanisms.exclusion(
        world.rates.timely_exclusion_chance[phase],
        school.multiplier[phase][EXCLUSION] * school.exclusion_level,
        late,
        float(world.inputs.feedback.late_ratio[phase]),
    )
    if world.draw(_EXCLUSION, pupil.key, case.number) >= chance:
        return
    row = world.row(school.cell)
    row[_EXCLUSIONS[pupil.stage]] += 1
    row[Q["pupils_first_excluded"]] += 0 if pupil.ever_excluded else 1
    pupil.excluded = pupil.ever_excluded = True
    world.record(Event.PUPIL_EXCLUDED, school.id, pupil.key, case.number)
    hours = world.work_hours("exclusion", _WORK_EXCLUSION, pupil.key, case.number)
    school.put(EXCLUSION_WORK, pupil, hours, case.number)
    notice = int(world.values["notice_weeks"] * MINUTES_PER_WEEK)

    def leave(_: Any) -> None:
        here = pupil.school
        if here is not None:
            leave_school(here, pupil)
            here.council.alternative_provision.admit(pupil, case.number, here.weight)

    world.at(world.now + notice, Event.EXCLUSION_TOOK_EFFECT, pupil.key, leave)


# -- M13 and leaving ------------------------------------------------------------------------------------------------


def _leave_for_home_education(school: School, pupil: Pupil, target: float) -> None:
    if pupil.placed or pupil.excluded:  # about to leave otherwise
        aim_next(school, pupil, HOME_PLAN if pupil.stage == EHC_PLAN else HOME_SUPPORT, target)
        return
    world = school.world
    world.row(school.cell)[Q["starts.home_education"]] += 1
    school.council.home_educated[pupil.year_group] += weight_in_parts(school.weight)
    leave_school(school, pupil)


def _seek_special_transfer(school: School, pupil: Pupil, target: float) -> None:
    school.council.places.seek(pupil)
    aim_next(school, pupil, TRANSFER, target)


def _end_sen_support(school: School, pupil: Pupil, target: float) -> None:
    if pupil.request_open or pupil.excluded:  # nobody takes a child off SEN Support while a request is open
        aim_next(school, pupil, SUPPORT_EXIT, target)
        return
    school.world.row(school.cell)[Q["sen_support_ends"]] += 1 if pupil.stage == SEN_SUPPORT else 0
    leave_school(school, pupil)


def _cease_plan(school: School, pupil: Pupil, target: float) -> None:
    if pupil.placed or pupil.excluded:
        aim_next(school, pupil, PLAN_CEASED, target)
        return
    school.world.row(school.cell)[Q["plans_ceased"]] += 1
    leave_school(school, pupil)


def leave_school(school: School, pupil: Pupil) -> None:
    """The pupil is no longer one whom this school's SENCO works for; waiting cases fall away."""
    world = school.world
    for case in school.queue.cases_of(pupil):
        school.queue.withdraw(case)
        fall_away(school, case)
    if pupil.waiting_special:
        school.council.places.forget(pupil)
    pause(school, pupil)
    school.remove(pupil)
    world.record(Event.PUPIL_LEFT_SCHOOL, school.id, pupil.key, pupil.stage)


def fall_away(school: School, case: Case) -> None:
    """A case is not needed any more: a request that was being prepared is not made, a crisis is over."""
    school.world.row(school.cell)[LAPSED[case.activity]] += 1
    if case.activity == CRISIS:
        case.request = None
    if case.activity == REQUEST_PREPARATION and case.pupil is not None:
        case.pupil.request_open = False


_Handler = Callable[["School", Pupil, float], None]
_HAPPENS: dict[int, _Handler] = {
    SUPPORT_EXIT: _end_sen_support,
    REQUEST_POINT: _reach_request_point,
    SUSPENSION_SUPPORT: _suspended,
    SUSPENSION_PLAN: _suspended,
    CRISIS_SUPPORT: _crisis,
    CRISIS_PLAN: _crisis,
    HOME_SUPPORT: _leave_for_home_education,
    HOME_PLAN: _leave_for_home_education,
    TRANSFER: _seek_special_transfer,
    PLAN_CEASED: _cease_plan,
}
