"""M1, M7, M12, M13: what happens to a pupil when a pathway's clock reaches the pupil's target."""

from __future__ import annotations

from typing import Any

from sencosim.arms.inputs import EXCLUSION
from sencosim.engine.mechanisms.basics import count, draw, is_within_run, join_list, keep_record, let_happen, send
from sencosim.engine.mechanisms.facts import (
    COUNTER_OF_PATH,
    EVENT_OF_PATH,
    EXCLUSIONS,
    NEVER,
    PATH_BITS,
    SLOT_OF_PATH,
    SUSPENSIONS,
)
from sencosim.engine.mechanisms.places import seek
from sencosim.engine.mechanisms.pupils import (
    add,
    aim_next,
    begin,
    frailty_of,
    leave_school,
    make_pupil,
    path_in,
    recognise,
)
from sencosim.engine.mechanisms.queue import let_go_of_case, make_due
from sencosim.engine.mechanisms.requests import ask_for_assessment, family_type
from sencosim.rules.chance import exponential_time, minutes
from sencosim.rules.exclusion import exclusion_chance, exclusion_deadline
from sencosim.rules.placement import weight_in_parts
from sencosim.units import MINUTES_PER_WEEK, WEEKS_PER_YEAR
from sencosim.vocabulary import Activity, Event, Happening, Path, Quantity, Stage, Stream

# -- M1 ---------------------------------------------------------------------------------------------------------------


def noticed(w: Any, school: Any, key: int, year_group: int) -> None:
    """A need is noticed: an identification case for the SENCO."""
    index = make_pupil(w, key, year_group, Stage.NOTICED, frailty_of(w, key, 1.0))
    add(w, school, index)
    begin(w, school, index)  # need that nobody has named yet carries the same risks
    count(w, school.cell, Quantity.NOTICED, 1)
    keep_record(w, Event.NEED_NOTICED, school.id, key, 0)
    ask_for_identification(w, school, index)


def ask_for_identification(w: Any, school: Any, index: int) -> None:
    """The pupil waits for the SENCO to identify the need."""
    w.histories[index].noticed_at = w.now
    make_due(w, school, index, Activity.IDENTIFICATION, 0)


def begin_sen_support(w: Any, school: Any, index: int, code: int) -> None:
    """The need is identified, by the SENCO or without: the pupil is on SEN Support. ``code`` says by whom."""
    if w.pupils[index].stage != Stage.NOTICED:
        return
    waited = w.now - w.histories[index].noticed_at
    count(w, school.cell, Quantity.SEN_SUPPORT_STARTS, 1)
    count(w, school.cell, Quantity.IDENTIFICATION_WAIT_WEEKS, waited // MINUTES_PER_WEEK)
    keep_record(w, code, school.id, w.pupils[index].key, 0)
    recognise(w, school, index)


# -- when a clock reaches a target ------------------------------------------------------------------------------------


def path_reached(w: Any, council: Any, index: int, where: int, target: float) -> None:
    """A pathway's clock has reached a pupil's target, unless the pupil's course has changed since."""
    pupil, history = w.pupils[index], w.histories[index]
    path, at_school = where & (1 << PATH_BITS) - 1, where >> PATH_BITS
    slot = SLOT_OF_PATH[path]
    if pupil.school != at_school or path_in(pupil.stage, slot) != path or pupil.targets[slot] != target:
        return
    pupil.targets[slot] = NEVER
    history.counts[COUNTER_OF_PATH[path]] += 1
    school = w.schools[at_school]
    keep_record(w, EVENT_OF_PATH[path], school.id, pupil.key, path)
    if path == Path.REQUEST_POINT:
        _reach_request_point(w, school, index)
    elif _leaves_on(w, school, index, path):
        leave_school(w, school, index)
    else:
        _go_on(w, council, school, index, path)
        aim_next(w, school, index, path, target)


def _reach_request_point(w: Any, school: Any, index: int) -> None:
    number = w.histories[index].request_number + 1
    ask_for_assessment(w, school, index, family_type(w, school, index, number))


def _leaves_on(w: Any, school: Any, index: int, path: int) -> bool:
    """Whether the pupil leaves on this pathway: not one about to leave otherwise, or whose request is open."""
    pupil = w.pupils[index]
    stays = pupil.excluded != 0 or (pupil.request_open if path == Path.SUPPORT_EXIT else pupil.placed) != 0
    if stays or path not in (Path.SUPPORT_EXIT, Path.HOME_SUPPORT, Path.HOME_PLAN, Path.PLAN_CEASED):
        return False
    if path == Path.SUPPORT_EXIT:
        count(w, school.cell, Quantity.SEN_SUPPORT_ENDS, 1 if pupil.stage == Stage.SEN_SUPPORT else 0)
    elif path == Path.PLAN_CEASED:
        count(w, school.cell, Quantity.PLANS_CEASED, 1)
    else:
        count(w, school.cell, Quantity.STARTS_HOME_EDUCATION, 1)
        w.councils[school.council].home_educated[pupil.year_group] += weight_in_parts(school.weight)
    return True


def _go_on(w: Any, council: Any, school: Any, index: int, path: int) -> None:
    """What happens on the pathways on which a pupil stays."""
    number = int(w.histories[index].counts[COUNTER_OF_PATH[path]])
    if path in (Path.SUSPENSION_SUPPORT, Path.SUSPENSION_PLAN):
        count(w, school.cell, SUSPENSIONS[w.pupils[index].stage], 1)
        make_due(w, school, index, Activity.SUSPENSION, number)
    elif path in (Path.CRISIS_SUPPORT, Path.CRISIS_PLAN):
        _crisis(w, council, school, index, number)
    elif path == Path.TRANSFER:
        seek(w, council, index)


# -- M12 --------------------------------------------------------------------------------------------------------------


def _crisis(w: Any, council: Any, school: Any, index: int, number: int) -> None:
    """A crisis needs the SENCO's work at once; whether it ends in exclusion is decided after five school days."""
    count(w, school.cell, Quantity.CRISES, 1)
    which = make_due(w, school, index, Activity.CRISIS, number)
    case = w.cases[which]
    case.unstarted = 1
    deadline = exclusion_deadline(w.now, w.exclusion_decision_days, w.term_end, w.next_term_start)
    if is_within_run(w, deadline):
        case.holders += 1
        key = w.pupils[index].key
        let_happen(w, council, deadline, Event.CRISIS_DEADLINE_PASSED, key, Happening.CRISIS_DEADLINE, which, 0)


def crisis_deadline(w: Any, which: int) -> None:
    """Five school days have passed: the head decides, whether the SENCO's work has begun or not."""
    case = w.cases[which]
    at_school = w.pupils[case.pupil].school if case.pupil >= 0 else -1
    if at_school >= 0:
        school = w.schools[at_school]
        count(w, school.cell, Quantity.CRISES_LATE, 1 if case.unstarted != 0 else 0)
        pupil = w.pupils[case.pupil]
        chance = exclusion_chance(w.exclusion_given_crisis, school.multiplier[EXCLUSION], school.exclusion_level)
        here = pupil.excluded == 0 and pupil.placed == 0
        if here and draw(w, Stream.EXCLUSION, pupil.key, case.number) < chance:
            _exclude(w, school, case.pupil, case.number)
    let_go_of_case(w, which)


def _exclude(w: Any, school: Any, index: int, number: int) -> None:
    pupil, history = w.pupils[index], w.histories[index]
    count(w, school.cell, EXCLUSIONS[pupil.stage], 1)
    count(w, school.cell, Quantity.PUPILS_FIRST_EXCLUDED, 0 if history.ever_excluded != 0 else 1)
    pupil.excluded = 1
    history.ever_excluded = 1
    keep_record(w, Event.PUPIL_EXCLUDED, school.id, pupil.key, number)
    make_due(w, school, index, Activity.EXCLUSION, number)
    council = w.councils[school.council]
    send(w, council, Event.EXCLUSION_TOOK_EFFECT, pupil.key, Happening.EXCLUDED_LEAVES, index, number)


def excluded_leaves(w: Any, council: Any, index: int, number: int) -> None:
    """An excluded pupil leaves for alternative provision, for a stay of random length."""
    pupil = w.pupils[index]
    if pupil.school < 0:
        return
    school = w.schools[pupil.school]
    leave_school(w, school, index)
    years = exponential_time(draw(w, Stream.AP_STAY, pupil.key, number), w.ap_stay_years)
    entry = join_list(w, -1, index, w.now + minutes(years * WEEKS_PER_YEAR), 0.0, 0)
    w.nodes[entry].weight = school.weight
    join_alternative_provision(w, council, entry)


def join_alternative_provision(w: Any, council: Any, entry: int) -> None:
    """Put an entry at the end of the chain of those in alternative provision."""
    w.nodes[entry].link = -1
    if council.ap_tail >= 0:
        w.nodes[council.ap_tail].link = entry
    else:
        council.ap_head = entry
    council.ap_tail = entry
