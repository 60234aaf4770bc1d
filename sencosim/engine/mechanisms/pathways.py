"""M1, M7, M12, M13: what happens to a pupil when a pathway's clock reaches the pupil's target."""

from __future__ import annotations

from typing import Any

from sencosim.engine.mechanisms.basics import (
    count,
    draw,
    keep_record,
    join_list,
    work_hours,
)
from sencosim.engine.handle import schedule
from sencosim.engine.mechanisms.numbers import (
    COUNTER_OF_PATH,
    CRISIS,
    CRISIS_PLAN,
    CRISIS_SUPPORT,
    EHC_PLAN,
    EXCLUSION_WORK,
    HOME_PLAN,
    HOME_SUPPORT,
    IDENTIFICATION,
    NEVER,
    NOTICED,
    ON_CRISIS_DEADLINE,
    ON_EXCLUDED_LEAVES,
    ON_NOTICED_AGAIN,
    PARENTAL,
    PATH_OF_SLOT,
    PLAN_CEASED,
    REQUEST_POINT,
    SCHOOL_LED,
    SEN_SUPPORT,
    SLOT_OF_PATH,
    SUPPORT_EXIT,
    SUSPENSION_PLAN,
    SUSPENSION_SUPPORT,
    SUSPENSION_WORK,
    TRANSFER,
    Q,
)
from sencosim.engine.mechanisms.places import seek
from sencosim.engine.mechanisms.pupils import (
    EVENT_OF_PATH,
    add,
    aim_next,
    begin,
    change_stage,
    leave_school,
    make_pupil,
    phase_of,
)
from sencosim.engine.mechanisms.queue import let_go_of_case, put
from sencosim.engine.mechanisms.requests import ask_for_assessment
from sencosim.engine.inputs import EXCLUSION, N_OUTCOMES
from sencosim.ledger.events import Event
from sencosim.randomness import STREAM
from sencosim.rules.chance import exponential_threshold, frailty, minutes
from sencosim.rules.exclusion import exclusion_chance
from sencosim.rules.placement import weight_in_parts
from sencosim.units import MINUTES_PER_WEEK, SCHOOL_DAYS_PER_WEEK

_FRAILTY = STREAM["frailty"]
_RENOTICE = STREAM["renotice"]
_ROUTE = STREAM["route"]
_EXCLUSION = STREAM["exclusion"]
_STAY = STREAM["ap_stay"]
_WORK_IDENTIFICATION = STREAM["work_identification"]
_WORK_SUSPENSION = STREAM["work_suspension"]
_WORK_CRISIS = STREAM["work_crisis"]
_WORK_EXCLUSION = STREAM["work_exclusion"]
_NOTICED_EVENT = int(Event.NEED_NOTICED)
_TOOK_EFFECT = int(Event.EXCLUSION_TOOK_EFFECT)
_DEADLINE = int(Event.CRISIS_DEADLINE_PASSED)
_EXCLUDED = int(Event.PUPIL_EXCLUDED)
_SUPPORT_BEGAN = int(Event.SEN_SUPPORT_BEGAN)
Q_NOTICED, Q_SUPPORT_STARTS, Q_SUPPORT_ENDS = Q["noticed"], Q["sen_support_starts"], Q["sen_support_ends"]
Q_IDENTIFICATION_WAIT = Q["identification_wait_weeks"]
Q_SUSPENSIONS = (Q["suspensions_noticed"], Q["suspensions_sen_support"], Q["suspensions_ehc_plan"])
Q_CRISES, Q_LATE, Q_FIRST = Q["crises"], Q["crises_late"], Q["pupils_first_excluded"]
Q_EXCLUSIONS = (
    Q["permanent_exclusions_noticed"],
    Q["permanent_exclusions_sen_support"],
    Q["permanent_exclusions_ehc_plan"],
)
Q_HOME, Q_CEASED = Q["starts_home_education"], Q["plans_ceased"]


def ask_for_identification(w: Any, at_school: int, index: int, number: int) -> None:
    """The pupil waits for the SENCO to identify the need."""
    pupil = w.pupils[index]
    w.histories[index].noticed_at = w.now
    hours = work_hours(w, IDENTIFICATION, _WORK_IDENTIFICATION, pupil.key, number)
    put(w, at_school, w.schools[at_school], index, (IDENTIFICATION, hours, number), 0)


def noticed(w: Any, at_school: int, key: int, year_group: int) -> None:
    """A need is noticed: an identification case for the SENCO."""
    school = w.schools[at_school]
    severity = frailty(draw(w, _FRAILTY, key, 0), w.frailty_log_sd)
    index = make_pupil(w, key, year_group, NOTICED, severity)
    add(w, at_school, school, index)
    begin(w, school, index)  # need that nobody has named yet carries the same risks
    count(w, school.cell, Q_NOTICED, 1)
    keep_record(w, _NOTICED_EVENT, school.id, key, 0)
    ask_for_identification(w, at_school, index, 0)


def notice_again_later(w: Any, school: Any, index: int, number: int) -> None:
    """A pupil whose identification lapsed is unmet need; it may be noticed again, or be given up."""
    pupil = w.pupils[index]
    share = w.renotice_share
    u = draw(w, _RENOTICE, pupil.key, number)
    if u >= share:  # the need is not raised again: it stays unmet
        return
    weeks = w.renotice_mean_weeks * exponential_threshold(u / share)
    council = w.councils[school.council]
    schedule(w, council, w.now + minutes(weeks), _NOTICED_EVENT, pupil.key, (ON_NOTICED_AGAIN, index, number, 0.0))


def noticed_again(w: Any, index: int, number: int) -> None:
    """Unmet need is noticed again, if the pupil is still here."""
    pupil = w.pupils[index]
    if pupil.school >= 0 and pupil.stage == NOTICED:
        keep_record(w, _NOTICED_EVENT, w.schools[pupil.school].id, pupil.key, number)
        ask_for_identification(w, pupil.school, index, number)


def begin_sen_support(w: Any, school: Any, index: int) -> None:
    """The identification is done: the pupil is on SEN Support."""
    pupil = w.pupils[index]
    count(w, school.cell, Q_SUPPORT_STARTS, 1)
    count(
        w, school.cell, Q_IDENTIFICATION_WAIT, (w.now - w.histories[index].noticed_at) // MINUTES_PER_WEEK
    )
    keep_record(w, _SUPPORT_BEGAN, school.id, pupil.key, 0)
    change_stage(w, school, index, SEN_SUPPORT)


def _reach_request_point(w: Any, index: int, pupil: Any) -> None:
    history = w.histories[index]
    pupil.request_open = 1
    history.request_number += 1
    from_family = draw(w, _ROUTE, pupil.key, history.request_number) < w.parental_from_start_share
    ask_for_assessment(w, pupil.school, index, PARENTAL if from_family else SCHOOL_LED)


def _suspended(w: Any, school: Any, index: int, pupil: Any, target: float) -> None:
    has_plan = pupil.stage == EHC_PLAN
    path = SUSPENSION_PLAN if has_plan else SUSPENSION_SUPPORT
    count(w, school.cell, Q_SUSPENSIONS[pupil.stage], 1)
    number = int(w.histories[index].counts[COUNTER_OF_PATH[path]])
    hours = work_hours(w, SUSPENSION_WORK, _WORK_SUSPENSION, pupil.key, number)
    put(w, pupil.school, school, index, (SUSPENSION_WORK, hours, number), 0)
    aim_next(w, school, index, pupil, path, target)


def _crisis(w: Any, school: Any, index: int, pupil: Any, target: float) -> None:
    """A crisis needs the SENCO's work to start within five school days."""
    path = CRISIS_PLAN if pupil.stage == EHC_PLAN else CRISIS_SUPPORT
    number = int(w.histories[index].counts[COUNTER_OF_PATH[path]])
    count(w, school.cell, Q_CRISES, 1)
    hours = work_hours(w, CRISIS, _WORK_CRISIS, pupil.key, number)
    which = put(w, pupil.school, school, index, (CRISIS, hours, number), 0)
    case = w.cases[which]
    case.undecided = 1
    deadline = w.now + int(w.exclusion_decision_days / SCHOOL_DAYS_PER_WEEK * MINUTES_PER_WEEK)
    if deadline > w.term_end:
        deadline += w.next_term_start - w.term_end
    if deadline < w.n_weeks * MINUTES_PER_WEEK:
        case.holders += 1
        council = w.councils[school.council]
        schedule(w, council, deadline, _DEADLINE, pupil.key, (ON_CRISIS_DEADLINE, which, 0, 0.0))
    aim_next(w, school, index, pupil, path, target)


def crisis_deadline(w: Any, which: int) -> None:
    """Five school days have passed."""
    case = w.cases[which]
    if case.undecided != 0 and case.pupil >= 0:
        at_school = w.pupils[case.pupil].school
        if at_school >= 0:
            school = w.schools[at_school]
            count(w, school.cell, Q_LATE, 1)
            decide_exclusion(w, at_school, school, which, 1.0)
    let_go_of_case(w, which)


def decide_exclusion(w: Any, at_school: int, school: Any, which: int, late: float) -> None:
    """The head decides once: when the SENCO's work starts, or when five school days have passed without it."""
    case = w.cases[which]
    case.undecided = 0
    index = case.pupil
    if index < 0:
        return
    pupil = w.pupils[index]
    if pupil.school != at_school or pupil.excluded != 0 or pupil.placed != 0:
        return
    phase = phase_of(pupil)
    multiplier = school.multiplier[phase * N_OUTCOMES + EXCLUSION] * school.exclusion_level
    chance = exclusion_chance(w.timely_exclusion[phase], multiplier, late, w.late_ratio[phase])
    number = case.number
    if draw(w, _EXCLUSION, pupil.key, number) >= chance:
        return
    count(w, school.cell, Q_EXCLUSIONS[pupil.stage], 1)
    history = w.histories[index]
    count(w, school.cell, Q_FIRST, 0 if history.ever_excluded != 0 else 1)
    pupil.excluded = 1
    history.ever_excluded = 1
    keep_record(w, _EXCLUDED, school.id, pupil.key, number)
    hours = work_hours(w, EXCLUSION_WORK, _WORK_EXCLUSION, pupil.key, number)
    put(w, at_school, school, index, (EXCLUSION_WORK, hours, number), 0)
    council = w.councils[school.council]
    schedule(w, council, w.now + w.notice, _TOOK_EFFECT, pupil.key, (ON_EXCLUDED_LEAVES, index, number, 0.0))


def excluded_leaves(w: Any, council: Any, index: int, number: int) -> None:
    """An excluded pupil leaves for alternative provision, for a stay of random length."""
    pupil = w.pupils[index]
    if pupil.school < 0:
        return
    school = w.schools[pupil.school]
    leave_school(w, school, index)
    years = w.ap_stay_years * exponential_threshold(draw(w, _STAY, pupil.key, number))
    found = join_list(w, -1, index, w.now + minutes(years * 52.0), 0.0, 0)
    w.nodes[found].weight = school.weight
    if council.ap_tail >= 0:
        w.nodes[council.ap_tail].link = found
    else:
        council.ap_head = found
    council.ap_tail = found


def _leave_for_home_education(w: Any, school: Any, index: int, pupil: Any, target: float) -> None:
    if pupil.placed != 0 or pupil.excluded != 0:  # about to leave otherwise
        aim_next(w, school, index, pupil, HOME_PLAN if pupil.stage == EHC_PLAN else HOME_SUPPORT, target)
        return
    count(w, school.cell, Q_HOME, 1)
    w.councils[school.council].home_educated[pupil.year_group] += weight_in_parts(school.weight)
    leave_school(w, school, index)


def _end_sen_support(w: Any, school: Any, index: int, pupil: Any, target: float) -> None:
    if pupil.request_open != 0 or pupil.excluded != 0:
        aim_next(w, school, index, pupil, SUPPORT_EXIT, target)
        return
    count(w, school.cell, Q_SUPPORT_ENDS, 1 if pupil.stage == SEN_SUPPORT else 0)
    leave_school(w, school, index)


def _cease_plan(w: Any, school: Any, index: int, pupil: Any, target: float) -> None:
    if pupil.placed != 0 or pupil.excluded != 0:
        aim_next(w, school, index, pupil, PLAN_CEASED, target)
        return
    count(w, school.cell, Q_CEASED, 1)
    leave_school(w, school, index)


def path_reached(w: Any, council: Any, index: int, where: int, target: float) -> None:
    """A pathway's clock has reached a pupil's target, unless the pupil's course has changed since."""
    pupil = w.pupils[index]
    path, at_school = where & 15, where >> 4
    slot = SLOT_OF_PATH[path]
    if pupil.school != at_school or PATH_OF_SLOT[pupil.stage * 5 + slot] != path or pupil.targets[slot] != target:
        return
    pupil.targets[slot] = NEVER
    w.histories[index].counts[COUNTER_OF_PATH[path]] += 1
    school = w.schools[at_school]
    keep_record(w, EVENT_OF_PATH[path], school.id, pupil.key, path)
    if path == SUPPORT_EXIT:
        _end_sen_support(w, school, index, pupil, target)
    elif path == REQUEST_POINT:
        _reach_request_point(w, index, pupil)
    elif path in (SUSPENSION_SUPPORT, SUSPENSION_PLAN):
        _suspended(w, school, index, pupil, target)
    elif path in (CRISIS_SUPPORT, CRISIS_PLAN):
        _crisis(w, school, index, pupil, target)
    elif path in (HOME_SUPPORT, HOME_PLAN):
        _leave_for_home_education(w, school, index, pupil, target)
    elif path == TRANSFER:
        seek(w, council, index)
        aim_next(w, school, index, pupil, TRANSFER, target)
    else:
        _cease_plan(w, school, index, pupil, target)
