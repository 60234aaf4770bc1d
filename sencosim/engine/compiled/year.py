"""1 September: pupils move up and on, places and posts are settled for the whole country at once."""

from __future__ import annotations

from typing import Any

from sencosim.engine.compiled.basics import count, draw, keep_record, make_node, meld_nodes, without_first_node
from sencosim.engine.compiled.layout import (
    case_at,
    council_at,
    history_at,
    index_at,
    node_at,
    number_at,
    pupil_at,
    school_at,
    small_at,
    spot_at,
    station_at,
)
from sencosim.engine.compiled.memory import fast
from sencosim.engine.compiled.numbers import (
    CASE_WORK,
    EHC_PLAN,
    IDENTIFICATION,
    NEVER,
    NOTICED,
    PATH_OF_SLOT,
    PLACE_COUNTER,
    REQUEST_PREPARATION,
    Q,
)
from sencosim.engine.compiled.pathways import ask_for_identification
from sencosim.engine.compiled.places import begin_year_of_places, decide, seek
from sencosim.engine.compiled.pools import free_node, let_go_of_case
from sencosim.engine.compiled.pupils import add, aim, begin, leave_school, make_pupil, phase_of, remove
from sencosim.engine.compiled.queue import close_case, fall_away, hand_over, let_wait
from sencosim.engine.compiled.terms import wanted_hours
from sencosim.engine.inputs import N_OUTCOMES, SPECIAL
from sencosim.ledger.events import Event
from sencosim.randomness import STREAM
from sencosim.rules.chance import chance_with_odds, frailty
from sencosim.rules.workforce import share_taken
from sencosim.units import FIRST_SECONDARY_YEAR_GROUP, N_YEAR_GROUPS

MOST_COPIES = 16
FIRST_ENTRANT = 1 << 16
INITIAL_BIT = 1 << 17
_MOVE = STREAM["school_move"]
_COPIES = STREAM["move_copies"]
_TRANSFER_AT_11 = STREAM["transfer_at_11"]
_RECEPTION = STREAM["reception_plans"]
_FRAILTY = STREAM["frailty"]
_REINTEGRATION = STREAM["reintegration"]
_MOVED = int(Event.PUPIL_MOVED_SCHOOL)
Q_RECEPTION = Q["plans_entering_reception"]
Q_MOVED = (0, Q["moved_school_sen_support"], Q["moved_school_ehc_plan"])
"""By stage."""
Q_PROGRESS, Q_APPEALS_OPEN, Q_QUEUE = Q["assessments_in_progress"], Q["appeals_open"], Q["special_queue"]


@fast
def begin_year(w: Any, which: int) -> None:
    """Settle the year of one council."""
    council = council_at(w.councils, which)
    w.here = which
    _move_up(w, council)
    _enter_reception(w, council)
    begin_year_of_places(w, council)
    _return_from_alternative_provision(w, council)
    _decide_transfers(w, council)
    _note_work_abroad(w, council)


@fast
def _school_number(w: Any, position: int) -> int:
    return index_at(w.council_schools, position).i


@fast
def _move_up(w: Any, council: Any) -> None:
    first, last = -1, -1
    for position in range(council.schools_from, council.schools_to):
        school = school_at(w.schools, _school_number(w, position))
        for place in range(school.roster_size):
            index = spot_at(w.rosters, school.roster_from + place).i
            if index >= 0 and _moves_on(w, council, school, index):
                history_at(w.histories, index).mover_after = -1
                if last >= 0:
                    history_at(w.histories, last).mover_after = index
                else:
                    first = index
                last = index
    while first >= 0:
        after = history_at(w.histories, first).mover_after
        _move_on(w, council, first)
        first = after


@fast
def _moves_on(w: Any, council: Any, school: Any, index: int) -> bool:
    """A pupil moves up a year. Returns whether the school ends here and the pupil must go on to another."""
    pupil = pupil_at(w.pupils, index)
    old_phase = phase_of(pupil)
    if pupil.year_group + 1 >= N_YEAR_GROUPS:
        council.post16 += school.weight if pupil.stage == EHC_PLAN and pupil.placed == 0 else 0.0
        leave_school(w, school, index)
        pupil.year_group = N_YEAR_GROUPS
        return False
    pupil.year_group += 1
    if school.roll[pupil.year_group] > 0:
        if phase_of(pupil) != old_phase:
            _carry_clocks(w, index, pupil, (school, school), old_phase)
        return False
    _take_cases(w, school, index)
    return True


@fast
def _take_cases(w: Any, school: Any, index: int) -> None:
    """Take a leaving pupil's waiting cases out of the queue; keep those that move along, as a chain."""
    history, kept = history_at(w.histories, index), -1
    while history.first_case >= 0:
        which = history.first_case
        case = case_at(w.cases, which)
        if case.activity in (IDENTIFICATION, REQUEST_PREPARATION):
            hand_over(w, school, case)
            case.after = kept
            kept = which
        else:
            close_case(w, school, case)
            fall_away(w, school, case)
            let_go_of_case(w, which)
    history.first_case = kept


@fast
def _choose_school(w: Any, council: Any, year_group: int, key: int) -> int:
    """Next school: by chance, in proportion to new places in that year group; -1 if there is none."""
    start = index_at(w.taking_from, council.index * N_YEAR_GROUPS + year_group).i
    end = index_at(w.taking_from, council.index * N_YEAR_GROUPS + year_group + 1).i
    if start == end:
        return -1
    point = draw(w, _MOVE, key, year_group) * number_at(w.taking_weight, end - 1).x
    low, high = start, end
    while low < high:
        middle = (low + high) // 2
        if point < number_at(w.taking_weight, middle).x:
            high = middle
        else:
            low = middle + 1
    return index_at(w.taking, min(low, end - 1)).i


@fast
def _move_on(w: Any, council: Any, index: int) -> None:
    """A pupil goes to another school of the council, as often as its weight there demands."""
    pupil, history = pupil_at(w.pupils, index), history_at(w.histories, index)
    old = school_at(w.schools, pupil.school)
    chain = history.first_case
    history.first_case = -1
    found = _choose_school(w, council, pupil.year_group, pupil.key)
    copies = 0
    if found >= 0:
        ratio = old.weight / school_at(w.schools, found).weight
        copies = int(ratio + draw(w, _COPIES, pupil.key, pupil.year_group)) if ratio != 1.0 else 1
    if copies <= 0:
        while chain >= 0:
            case = case_at(w.cases, chain)
            after = case.after
            case.open = 0
            fall_away(w, old, case)
            let_go_of_case(w, chain)
            chain = after
        leave_school(w, old, index)
        return
    new = school_at(w.schools, found)
    old_phase = 1 if pupil.year_group - 1 >= FIRST_SECONDARY_YEAR_GROUP else 0
    if pupil.stage != NOTICED:
        count(w, old.cell, Q_MOVED[pupil.stage], 1)
    remove(w, old, pupil)
    add(w, found, new, index)
    _carry_clocks(w, index, pupil, (old, new), old_phase)
    while chain >= 0:
        after = case_at(w.cases, chain).after
        let_wait(w, found, new, chain, 0)
        chain = after
    keep_record(w, _MOVED, new.id, pupil.key, old.id)
    for copy in range(1, min(copies, MOST_COPIES)):
        _add_copy(w, found, new, index, copy)


@fast
def _add_copy(w: Any, at_school: int, new: Any, of: int, copy: int) -> None:
    """In a sample of schools one pupil may have to stand for several at the next school."""
    pupil, history = pupil_at(w.pupils, of), history_at(w.histories, of)
    step = 1 if pupil.year_group >= FIRST_SECONDARY_YEAR_GROUP else MOST_COPIES  # two moves, and no key twice
    index = make_pupil(w, pupil.key + copy * step, int(pupil.year_group), int(pupil.stage), history.frailty)
    twin = pupil_at(w.pupils, index)
    small_at(w.cycles, index).i = small_at(w.cycles, of).i
    history_at(w.histories, index).ever_excluded = history.ever_excluded
    history_at(w.histories, index).support_plan = history.support_plan
    add(w, at_school, new, index)
    begin(w, new, index)
    if twin.stage == NOTICED:
        ask_for_identification(w, at_school, index, 0)


@fast
def _carry_clocks(w: Any, index: int, pupil: Any, schools: tuple[Any, Any], old_phase: int) -> None:
    """What is left until each next event is carried over to the clocks of another school or phase."""
    old, new = schools
    phase = phase_of(pupil)
    for slot in range(5):
        target = pupil.targets[slot]
        if target != NEVER:
            path = PATH_OF_SLOT[pupil.stage * 5 + slot]
            left = max(0.0, target - old.clock[path * 2 + old_phase])
            aim(w, new, index, pupil, path, new.clock[path * 2 + phase] + left)


@fast
def _enter_reception(w: Any, council: Any) -> None:
    """Children whose plans were made before school enter Reception, in proportion to the school's own plans."""
    cohort = w.start_year + w.year - 1990
    rate = w.reception_plan_share * w.reception_plan_level
    for position in range(council.schools_from, council.schools_to):
        at_school = _school_number(w, position)
        school = school_at(w.schools, at_school)
        expected = school.roll[0] * rate * school.plan_multiplier
        entering = int(expected + draw(w, _RECEPTION, school.id, w.year))
        for i in range(entering):
            key = ((school.id << 7 | cohort) << 18 | FIRST_ENTRANT + i | INITIAL_BIT) << 8
            severe = w.frailty_of_plan_holders * frailty(draw(w, _FRAILTY, key, 0), w.frailty_log_sd)
            index = make_pupil(w, key, 0, EHC_PLAN, severe)
            add(w, at_school, school, index)
            begin(w, school, index)
            keep_record(w, _MOVED, school.id, key, -1)
        count(w, school.cell, Q_RECEPTION, entering)


@fast
def _return_from_alternative_provision(w: Any, council: Any) -> None:
    """Year groups move up; those whose stay is over leave, some of them back to a mainstream school."""
    entry = council.ap_head
    council.ap_head = -1
    council.ap_tail = -1
    while entry >= 0:
        node = node_at(w.nodes, entry)
        after, index, weight = node.sibling, node.thing, node.weight
        pupil, history = pupil_at(w.pupils, index), history_at(w.histories, index)
        pupil.year_group += 1
        stays = False
        if pupil.year_group >= N_YEAR_GROUPS:
            council.post16 += weight if pupil.stage == EHC_PLAN else 0.0
        elif node.date > w.now:
            stays = True
        elif draw(w, _REINTEGRATION, pupil.key, history.counts[3]) < w.reintegration_share:
            _return_to_mainstream(w, council, index)
        else:
            history.counts[PLACE_COUNTER] += 1
            number = int(history.counts[PLACE_COUNTER])
            decide(w, council, -1, (pupil.key, int(pupil.year_group), weight), number)
        if stays:
            node.sibling = -1
            if council.ap_tail >= 0:
                node_at(w.nodes, council.ap_tail).sibling = entry
            else:
                council.ap_head = entry
            council.ap_tail = entry
        else:
            free_node(w, entry)
        entry = after


@fast
def _return_to_mainstream(w: Any, council: Any, index: int) -> None:
    pupil = pupil_at(w.pupils, index)
    staying = 0
    for position in range(council.schools_from, council.schools_to):
        if school_at(w.schools, _school_number(w, position)).roll[pupil.year_group] > 0:
            staying += 1
    if staying == 0:
        return
    chosen = int(draw(w, _MOVE, pupil.key, 64 + pupil.year_group) * staying)
    for position in range(council.schools_from, council.schools_to):
        at_school = _school_number(w, position)
        school = school_at(w.schools, at_school)
        if school.roll[pupil.year_group] > 0:
            if chosen == 0:
                pupil.excluded = 0
                add(w, at_school, school, index)
                begin(w, school, index)
                keep_record(w, _MOVED, school.id, pupil.key, -1)
                return
            chosen -= 1


@fast
def _decide_transfers(w: Any, council: Any) -> None:
    """At 11 many plan-holders' parents and councils choose special. Places go in the order of the keyed draw."""
    head = -1
    for position in range(council.schools_from, council.schools_to):
        school = school_at(w.schools, _school_number(w, position))
        for place in range(school.roster_size):
            index = spot_at(w.rosters, school.roster_from + place).i
            if index >= 0 and _goes_special(w, school, pupil_at(w.pupils, index)):
                key = pupil_at(w.pupils, index).key
                head = meld_nodes(w, head, make_node(w, index, 0, draw(w, _TRANSFER_AT_11, key, 0), key))
    while head >= 0:
        node = head
        index = node_at(w.nodes, node).thing
        head = without_first_node(w, node)
        free_node(w, node)
        seek(w, council, index)


@fast
def _goes_special(w: Any, school: Any, pupil: Any) -> bool:
    if pupil.year_group != FIRST_SECONDARY_YEAR_GROUP or pupil.stage != EHC_PLAN:
        return False
    odds = school.multiplier[phase_of(pupil) * N_OUTCOMES + SPECIAL]
    return draw(w, _TRANSFER_AT_11, pupil.key, 0) < chance_with_odds(w.special_transfer_at_11_share, odds)


@fast
def _note_work_abroad(w: Any, council: Any) -> None:
    """Cases in hand about pupils who are now at another school: their end reaches that school at once."""
    council.n_abroad = 0
    for position in range(council.schools_from, council.schools_to):
        at_school = _school_number(w, position)
        school = school_at(w.schools, at_school)
        school.abroad = 0
        if school.work != CASE_WORK:
            continue
        index = case_at(w.cases, school.work_thing).pupil
        elsewhere = pupil_at(w.pupils, index).school if index >= 0 else -1
        if elsewhere >= 0 and elsewhere != at_school:
            school.abroad = 1
            council.n_abroad += 1


@fast
def fill_posts(w: Any) -> None:
    """The national supply of teachers fills the posts that policy asks for, in a fixed order of schools."""
    supply = fill = w.teacher_supply_fte_per_year
    for place in range(w.n_schools):
        at_school = index_at(w.supply_order, place).i
        school = school_at(w.schools, at_school)
        wanted = wanted_hours(w, at_school)
        if wanted <= 0.0 or school.filled != 0:
            continue
        fte = wanted / w.full_time_hours_per_week * school.weight * council_at(w.councils, school.council).weight
        if fte > fill:
            break
        fill -= fte
        school.filled = 1
    w.supply_taken = share_taken(supply, fill)


@fast
def count_council_stock(w: Any, which: int) -> None:
    """The January census of a council: assessments, appeals, and who waits for a special place."""
    council = council_at(w.councils, which)
    total = 0.0
    node = council.wait_head
    while node >= 0:
        total += node_at(w.nodes, node).weight
        node = node_at(w.nodes, node).sibling
    count(w, council.cell, Q_QUEUE, int(total))
    advice, drafting = station_at(w.stations, which * 2), station_at(w.stations, which * 2 + 1)
    count(w, council.cell, Q_PROGRESS, advice.units_waiting + advice.in_hand)
    count(w, council.cell, Q_PROGRESS, drafting.units_waiting + drafting.in_hand)
    count(w, council.cell, Q_APPEALS_OPEN, int(council.appeals_open + 0.5))
