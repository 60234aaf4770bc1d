"""M1, M7, M12, M13: what happens to a pupil when a pathway's clock reaches the pupil's target."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import schedule
from sencosim.engine.inputs import EXCLUSION, N_OUTCOMES
from sencosim.engine.mechanisms.basics import (
    count,
    draw,
    join_list,
    keep_record,
)
from sencosim.engine.mechanisms.facts import (
    COUNTER_OF_PATH,
    EVENT_OF_PATH,
    EXCLUSIONS,
    NEVER,
    PATH_OF_SLOT,
    SLOT_OF_PATH,
    SUSPENSIONS,
)
from sencosim.engine.mechanisms.places import seek
from sencosim.engine.mechanisms.pupils import (
    add,
    aim_next,
    begin,
    change_stage,
    leave_school,
    make_pupil,
    phase_of,
)
from sencosim.engine.mechanisms.queue import let_go_of_case, make_due
from sencosim.engine.mechanisms.requests import ask_for_assessment
from sencosim.rules.chance import exponential_threshold, frailty, minutes
from sencosim.rules.exclusion import exclusion_chance
from sencosim.rules.placement import weight_in_parts
from sencosim.units import MINUTES_PER_WEEK, SCHOOL_DAYS_PER_WEEK
from sencosim.vocabulary import Activity, Event, Happening, Path, Quantity, Route, Stage, Stream


def ask_for_identification(w: Any, school: Any, index: int, number: int) -> None:
    """The pupil waits for the SENCO to identify the need."""
    w.histories[index].noticed_at = w.now
    make_due(w, school, index, Activity.IDENTIFICATION, number)


def noticed(w: Any, school: Any, key: int, year_group: int) -> None:
    """A need is noticed: an identification case for the SENCO."""
    severity = frailty(draw(w, Stream.FRAILTY, key, 0), w.frailty_log_sd)
    index = make_pupil(w, key, year_group, Stage.NOTICED, severity)
    add(w, school, index)
    begin(w, school, index)  # need that nobody has named yet carries the same risks
    count(w, school.cell, Quantity.NOTICED, 1)
    keep_record(w, Event.NEED_NOTICED, school.id, key, 0)
    ask_for_identification(w, school, index, 0)


def notice_again_later(w: Any, school: Any, index: int, number: int) -> None:
    """A pupil whose identification lapsed is unmet need; it may be noticed again, or be given up."""
    pupil = w.pupils[index]
    share = w.renotice_share
    u = draw(w, Stream.RENOTICE, pupil.key, number)
    if u >= share:  # the need is not raised again: it stays unmet
        return
    weeks = w.renotice_mean_weeks * exponential_threshold(u / share)
    council = w.councils[school.council]
    schedule(
        w, council, w.now + minutes(weeks), Event.NEED_NOTICED, pupil.key, (Happening.NOTICED_AGAIN, index, number, 0.0)
    )


def noticed_again(w: Any, index: int, number: int) -> None:
    """Unmet need is noticed again, if the pupil is still here."""
    pupil = w.pupils[index]
    if pupil.school >= 0 and pupil.stage == Stage.NOTICED:
        keep_record(w, Event.NEED_NOTICED, w.schools[pupil.school].id, pupil.key, number)
        ask_for_identification(w, w.schools[pupil.school], index, number)


def begin_sen_support(w: Any, school: Any, index: int) -> None:
    """The identification is done: the pupil is on SEN Support."""
    pupil = w.pupils[index]
    count(w, school.cell, Quantity.SEN_SUPPORT_STARTS, 1)
    count(
        w, school.cell, Quantity.IDENTIFICATION_WAIT_WEEKS, (w.now - w.histories[index].noticed_at) // MINUTES_PER_WEEK
    )
    keep_record(w, Event.SEN_SUPPORT_BEGAN, school.id, pupil.key, 0)
    change_stage(w, school, index, Stage.SEN_SUPPORT)


def _reach_request_point(w: Any, index: int, pupil: Any) -> None:
    history = w.histories[index]
    pupil.request_open = 1
    history.request_number += 1
    from_family = draw(w, Stream.ROUTE, pupil.key, history.request_number) < w.parental_from_start_share
    ask_for_assessment(w, w.schools[pupil.school], index, Route.PARENTAL if from_family else Route.SCHOOL_LED)


def _suspended(w: Any, school: Any, index: int, pupil: Any, target: float) -> None:
    has_plan = pupil.stage == Stage.EHC_PLAN
    path = Path.SUSPENSION_PLAN if has_plan else Path.SUSPENSION_SUPPORT
    count(w, school.cell, SUSPENSIONS[pupil.stage], 1)
    number = int(w.histories[index].counts[COUNTER_OF_PATH[int(path)]])
    make_due(w, school, index, Activity.SUSPENSION, number)
    aim_next(w, school, index, pupil, path, target)


def _crisis(w: Any, school: Any, index: int, pupil: Any, target: float) -> None:
    """A crisis needs the SENCO's work to start within five school days."""
    path = Path.CRISIS_PLAN if pupil.stage == Stage.EHC_PLAN else Path.CRISIS_SUPPORT
    number = int(w.histories[index].counts[COUNTER_OF_PATH[int(path)]])
    count(w, school.cell, Quantity.CRISES, 1)
    which = make_due(w, school, index, Activity.CRISIS, number)
    case = w.cases[which]
    case.undecided = 1
    deadline = w.now + int(w.exclusion_decision_days / SCHOOL_DAYS_PER_WEEK * MINUTES_PER_WEEK)
    if deadline > w.term_end:
        deadline += w.next_term_start - w.term_end
    if deadline < w.n_weeks * MINUTES_PER_WEEK:
        case.holders += 1
        council = w.councils[school.council]
        schedule(
            w, council, deadline, Event.CRISIS_DEADLINE_PASSED, pupil.key, (Happening.CRISIS_DEADLINE, which, 0, 0.0)
        )
    aim_next(w, school, index, pupil, path, target)


def crisis_deadline(w: Any, which: int) -> None:
    """Five school days have passed."""
    case = w.cases[which]
    if case.undecided != 0 and case.pupil >= 0:
        at_school = w.pupils[case.pupil].school
        if at_school >= 0:
            school = w.schools[at_school]
            count(w, school.cell, Quantity.CRISES_LATE, 1)
            decide_exclusion(w, school, which, 1.0)
    let_go_of_case(w, which)


def decide_exclusion(w: Any, school: Any, which: int, late: float) -> None:
    """The head decides once: when the SENCO's work starts, or when five school days have passed without it."""
    case = w.cases[which]
    case.undecided = 0
    index = case.pupil
    if index < 0:
        return
    pupil = w.pupils[index]
    if pupil.school != school.index or pupil.excluded != 0 or pupil.placed != 0:
        return
    phase = phase_of(pupil)
    multiplier = school.multiplier[phase * N_OUTCOMES + EXCLUSION] * school.exclusion_level
    chance = exclusion_chance(w.timely_exclusion[phase], multiplier, late, w.late_ratio[phase])
    number = case.number
    if draw(w, Stream.EXCLUSION, pupil.key, number) >= chance:
        return
    count(w, school.cell, EXCLUSIONS[pupil.stage], 1)
    history = w.histories[index]
    count(w, school.cell, Quantity.PUPILS_FIRST_EXCLUDED, 0 if history.ever_excluded != 0 else 1)
    pupil.excluded = 1
    history.ever_excluded = 1
    keep_record(w, Event.PUPIL_EXCLUDED, school.id, pupil.key, number)
    make_due(w, school, index, Activity.EXCLUSION, number)
    council = w.councils[school.council]
    schedule(
        w,
        council,
        w.now + w.notice,
        Event.EXCLUSION_TOOK_EFFECT,
        pupil.key,
        (Happening.EXCLUDED_LEAVES, index, number, 0.0),
    )


def excluded_leaves(w: Any, council: Any, index: int, number: int) -> None:
    """An excluded pupil leaves for alternative provision, for a stay of random length."""
    pupil = w.pupils[index]
    if pupil.school < 0:
        return
    school = w.schools[pupil.school]
    leave_school(w, school, index)
    years = w.ap_stay_years * exponential_threshold(draw(w, Stream.AP_STAY, pupil.key, number))
    found = join_list(w, -1, index, w.now + minutes(years * 52.0), 0.0, 0)
    w.nodes[found].weight = school.weight
    if council.ap_tail >= 0:
        w.nodes[council.ap_tail].link = found
    else:
        council.ap_head = found
    council.ap_tail = found


def _leave_for_home_education(w: Any, school: Any, index: int, pupil: Any, target: float) -> None:
    if pupil.placed != 0 or pupil.excluded != 0:  # about to leave otherwise
        aim_next(
            w, school, index, pupil, Path.HOME_PLAN if pupil.stage == Stage.EHC_PLAN else Path.HOME_SUPPORT, target
        )
        return
    count(w, school.cell, Quantity.STARTS_HOME_EDUCATION, 1)
    w.councils[school.council].home_educated[pupil.year_group] += weight_in_parts(school.weight)
    leave_school(w, school, index)


def _end_sen_support(w: Any, school: Any, index: int, pupil: Any, target: float) -> None:
    if pupil.request_open != 0 or pupil.excluded != 0:
        aim_next(w, school, index, pupil, Path.SUPPORT_EXIT, target)
        return
    count(w, school.cell, Quantity.SEN_SUPPORT_ENDS, 1 if pupil.stage == Stage.SEN_SUPPORT else 0)
    leave_school(w, school, index)


def _cease_plan(w: Any, school: Any, index: int, pupil: Any, target: float) -> None:
    if pupil.placed != 0 or pupil.excluded != 0:
        aim_next(w, school, index, pupil, Path.PLAN_CEASED, target)
        return
    count(w, school.cell, Quantity.PLANS_CEASED, 1)
    leave_school(w, school, index)


def path_reached(w: Any, council: Any, index: int, where: int, target: float) -> None:
    """A pathway's clock has reached a pupil's target, unless the pupil's course has changed since."""
    pupil = w.pupils[index]
    path, at_school = where & 15, where >> 4
    slot = SLOT_OF_PATH[path]
    if pupil.school != at_school or PATH_OF_SLOT[pupil.stage * 5 + slot] != path or pupil.targets[slot] != target:
        return
    pupil.targets[slot] = NEVER
    w.histories[index].counts[COUNTER_OF_PATH[int(path)]] += 1
    school = w.schools[at_school]
    keep_record(w, EVENT_OF_PATH[path], school.id, pupil.key, path)
    if path == Path.SUPPORT_EXIT:
        _end_sen_support(w, school, index, pupil, target)
    elif path == Path.REQUEST_POINT:
        _reach_request_point(w, index, pupil)
    elif path in (Path.SUSPENSION_SUPPORT, Path.SUSPENSION_PLAN):
        _suspended(w, school, index, pupil, target)
    elif path in (Path.CRISIS_SUPPORT, Path.CRISIS_PLAN):
        _crisis(w, school, index, pupil, target)
    elif path in (Path.HOME_SUPPORT, Path.HOME_PLAN):
        _leave_for_home_education(w, school, index, pupil, target)
    elif path == Path.TRANSFER:
        seek(w, council, index)
        aim_next(w, school, index, pupil, Path.TRANSFER, target)
    else:
        _cease_plan(w, school, index, pupil, target)
