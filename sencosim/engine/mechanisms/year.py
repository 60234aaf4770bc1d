"""1 September: pupils move up and on, places and posts are settled for the whole country at once."""

from __future__ import annotations

from typing import Any

from sencosim.arms.inputs import SPECIAL
from sencosim.engine.handle import give
from sencosim.engine.mechanisms.basics import count, draw, join_list, keep_record, leave_list, of_year
from sencosim.engine.mechanisms.facts import COUNTER_OF_PATH, MOVED
from sencosim.engine.mechanisms.pathways import ask_for_identification, join_alternative_provision
from sencosim.engine.mechanisms.places import begin_year_of_places, decide_for_pupil, seek, weight_in_chain
from sencosim.engine.mechanisms.pupils import (
    add,
    begin,
    carry_clocks,
    change_stage,
    drop_case,
    frailty_of,
    leave_school,
    make_pupil,
    phase_of,
    remove,
)
from sencosim.engine.mechanisms.queue import fall_away, hand_over, let_go_of_case, let_wait
from sencosim.engine.mechanisms.requests import ADVICE, DRAFTING, team_of
from sencosim.engine.mechanisms.terms import wanted_hours
from sencosim.engine.records import Pool
from sencosim.rules.chance import chance_with_odds, choice_among, nearest_whole, whole_by_chance
from sencosim.rules.keys import FIRST_ENTRANT, FROM_THE_STOCK, MOST_COPIES, pupil_key
from sencosim.rules.placement import plans_entering_reception
from sencosim.rules.sharing import low_reviews
from sencosim.rules.workforce import posts_fte, share_taken
from sencosim.units import FIRST_SECONDARY_YEAR_GROUP, N_YEAR_GROUPS, SCHOOL_WEEKS_PER_YEAR
from sencosim.vocabulary import Activity, Event, Path, Quantity, Stage, Stream

RETURN = 64
"""Added to the year group in draws of a school to return to, since the year group alone is drawn for moves."""


def begin_year(w: Any, council: Any) -> None:
    """Settle the year of one council."""
    _move_up(w, council)
    _enter_reception(w, council)
    begin_year_of_places(w, council)
    _return_from_alternative_provision(w, council)
    _decide_transfers(w, council)


# -- pupils move up and on --------------------------------------------------------------------------------------------


def _move_up(w: Any, council: Any) -> None:
    """All move up a year; those whose school ends go on once the others have moved up."""
    first, last = -1, -1
    for position in range(council.schools_from, council.schools_to):
        school = w.schools[w.council_schools[position]]
        for place in range(school.roster_size):
            index = w.rosters[school.roster_from + place]
            if index >= 0 and _must_move_on(w, council, school, index):
                w.histories[index].mover_after = -1
                if last >= 0:
                    w.histories[last].mover_after = index
                else:
                    first = index
                last = index
    while first >= 0:
        after = w.histories[first].mover_after
        _move_on(w, council, first)
        first = after


def _must_move_on(w: Any, council: Any, school: Any, index: int) -> bool:
    """A pupil moves up a year. Returns whether the school ends here and the pupil must go on to another."""
    pupil = w.pupils[index]
    old_phase = phase_of(pupil)
    if pupil.year_group + 1 >= N_YEAR_GROUPS:
        stays = school.weight * (1.0 - w.plan_transition_share)
        council.post16 += stays if pupil.stage == Stage.EHC_PLAN and pupil.placed == 0 else 0.0
        leave_school(w, school, index)
        pupil.year_group = N_YEAR_GROUPS
        return False
    _review_plan_at_transfer(w, school, index)
    pupil.year_group += 1
    if school.roll[pupil.year_group] > 0:
        if phase_of(pupil) != old_phase:
            carry_clocks(w, index, school, school, old_phase)
        return False
    _take_cases(w, school, index)
    return True


def _review_plan_at_transfer(w: Any, school: Any, index: int) -> None:
    """M18: under the announced reform some plans end at the phase transfer, and a support plan takes their place."""
    pupil = w.pupils[index]
    moves = pupil.year_group + 1 == FIRST_SECONDARY_YEAR_GROUP and pupil.stage == Stage.EHC_PLAN
    if not moves or pupil.placed != 0 or pupil.excluded != 0 or pupil.waiting_special != 0:
        return
    if draw(w, Stream.PLAN_TRANSITION, pupil.key, 0) < w.plan_transition_share:
        change_stage(w, school, index, Stage.SEN_SUPPORT)
        w.histories[index].support_plan = 1
        count(w, school.cell, Quantity.PLANS_TURNED_SUPPORT, 1)
        keep_record(w, Event.PLAN_TURNED_SUPPORT, school.id, pupil.key, 0)


def _take_cases(w: Any, school: Any, index: int) -> None:
    """Take a leaving pupil's waiting cases out of the queue; keep those that move along, as a chain."""
    history, kept = w.histories[index], -1
    while history.first_case >= 0:
        which = history.first_case
        case = w.cases[which]
        if case.activity in (Activity.IDENTIFICATION, Activity.REQUEST_PREPARATION):
            hand_over(w, school, case)
            case.after = kept
            kept = which
        else:
            drop_case(w, school, which)
    history.first_case = kept


def _move_on(w: Any, council: Any, index: int) -> None:
    """A pupil goes to another school of the council, as often as its weight there demands."""
    pupil, history = w.pupils[index], w.histories[index]
    old = w.schools[pupil.school]
    first_case = history.first_case
    history.first_case = -1
    found = _choose_school(w, council, pupil.year_group, pupil.key)
    copies = 0
    if found >= 0:
        ratio = old.weight / w.schools[found].weight
        copies = whole_by_chance(ratio, draw(w, Stream.MOVE_COPIES, pupil.key, pupil.year_group))
    if copies == 0:
        _drop_chain(w, old, first_case)
        leave_school(w, old, index)
        return
    new = w.schools[found]
    if pupil.stage != Stage.NOTICED:
        count(w, old.cell, MOVED[pupil.stage], 1)
    remove(w, old, pupil)
    add(w, new, index)
    carry_clocks(w, index, old, new, 1 if pupil.year_group > FIRST_SECONDARY_YEAR_GROUP else 0)
    _let_chain_wait(w, new, first_case)
    keep_record(w, Event.PUPIL_MOVED_SCHOOL, new.id, pupil.key, old.id)
    for copy in range(1, min(copies, MOST_COPIES)):
        _add_copy(w, new, index, copy)


def _choose_school(w: Any, council: Any, year_group: int, key: int) -> int:
    """Next school: by chance, in proportion to new places in that year group; -1 if there is none."""
    start = w.taking_from[council.index * N_YEAR_GROUPS + year_group]
    end = w.taking_from[council.index * N_YEAR_GROUPS + year_group + 1]
    if start == end:
        return -1
    point = draw(w, Stream.SCHOOL_MOVE, key, year_group) * w.taking_weight[end - 1]
    low, high = start, end
    while low < high:
        middle = (low + high) // 2
        if point < w.taking_weight[middle]:
            high = middle
        else:
            low = middle + 1
    return w.taking[min(low, end - 1)]


def _drop_chain(w: Any, school: Any, which: int) -> None:
    while which >= 0:
        case = w.cases[which]
        after = case.after
        case.open = 0
        fall_away(w, school, case)
        let_go_of_case(w, which)
        which = after


def _let_chain_wait(w: Any, school: Any, which: int) -> None:
    while which >= 0:
        after = w.cases[which].after
        let_wait(w, school, which)
        which = after


def _add_copy(w: Any, new: Any, of: int, copy: int) -> None:
    """In a sample of schools one pupil may have to stand for several at the next school."""
    pupil, history = w.pupils[of], w.histories[of]
    step = 1 if pupil.year_group >= FIRST_SECONDARY_YEAR_GROUP else MOST_COPIES  # two moves, and no key twice
    index = make_pupil(w, pupil.key + copy * step, int(pupil.year_group), int(pupil.stage), history.frailty)
    w.cycles[index] = w.cycles[of]
    w.histories[index].ever_excluded = history.ever_excluded
    w.histories[index].support_plan = history.support_plan
    add(w, new, index)
    begin(w, new, index)
    if w.pupils[index].stage == Stage.NOTICED:
        ask_for_identification(w, new, index)


def _enter_reception(w: Any, council: Any) -> None:
    """Children whose plans were made before school enter Reception, in proportion to the school's own plans."""
    for position in range(council.schools_from, council.schools_to):
        school = w.schools[w.council_schools[position]]
        expected = plans_entering_reception(
            school.roll[0], w.reception_plan_share, w.reception_plan_level, school.plan_multiplier
        )
        entering = whole_by_chance(expected, draw(w, Stream.RECEPTION_PLANS, school.id, w.year))
        for i in range(entering):
            key = pupil_key(school.id, w.start_year + w.year, FIRST_ENTRANT + i | FROM_THE_STOCK)
            index = make_pupil(w, key, 0, Stage.EHC_PLAN, frailty_of(w, key, w.frailty_of_plan_holders))
            add(w, school, index)
            begin(w, school, index)
            keep_record(w, Event.PUPIL_MOVED_SCHOOL, school.id, key, -1)
        count(w, school.cell, Quantity.PLANS_ENTERING_RECEPTION, entering)


# -- alternative provision and special --------------------------------------------------------------------------------


def _return_from_alternative_provision(w: Any, council: Any) -> None:
    """Year groups move up; those whose stay is over leave, some of them back to a mainstream school."""
    entry = council.ap_head
    council.ap_head = council.ap_tail = -1
    while entry >= 0:
        after = w.nodes[entry].link
        w.pupils[w.nodes[entry].thing].year_group += 1
        if _leaves_alternative_provision(w, council, w.nodes[entry]):
            give(w, w.nodes, Pool.NODES, entry)
        else:
            join_alternative_provision(w, council, entry)
        entry = after


def _leaves_alternative_provision(w: Any, council: Any, node: Any) -> bool:
    """Whether a stay is over; lets happen what comes after it."""
    index = node.thing
    pupil = w.pupils[index]
    if pupil.year_group >= N_YEAR_GROUPS:
        council.post16 += node.weight if pupil.stage == Stage.EHC_PLAN else 0.0
        return True
    if node.when > w.now:
        return False
    crises = w.histories[index].counts[COUNTER_OF_PATH[int(Path.CRISIS_SUPPORT)]]
    if draw(w, Stream.REINTEGRATION, pupil.key, crises) < w.reintegration_share:
        _return_to_mainstream(w, council, index)
    else:
        decide_for_pupil(w, council, index, node.weight)
    return True


def _return_to_mainstream(w: Any, council: Any, index: int) -> None:
    pupil = w.pupils[index]
    fitting = 0
    for position in range(council.schools_from, council.schools_to):
        fitting += 1 if w.schools[w.council_schools[position]].roll[pupil.year_group] > 0 else 0
    if fitting == 0:
        return
    u = draw(w, Stream.SCHOOL_MOVE, pupil.key, RETURN + pupil.year_group)
    chosen = choice_among(u, fitting)
    for position in range(council.schools_from, council.schools_to):
        school = w.schools[w.council_schools[position]]
        if school.roll[pupil.year_group] == 0:
            continue
        if chosen == 0:
            pupil.excluded = 0
            add(w, school, index)
            begin(w, school, index)
            keep_record(w, Event.PUPIL_MOVED_SCHOOL, school.id, pupil.key, -1)
            return
        chosen -= 1


def _decide_transfers(w: Any, council: Any) -> None:
    """At 11 many plan-holders' parents and councils choose special. Places go in the order of the keyed draw."""
    head = -1
    for position in range(council.schools_from, council.schools_to):
        school = w.schools[w.council_schools[position]]
        for place in range(school.roster_size):
            index = w.rosters[school.roster_from + place]
            if index < 0:
                continue
            pupil = w.pupils[index]
            if pupil.year_group == FIRST_SECONDARY_YEAR_GROUP and pupil.stage == Stage.EHC_PLAN:
                u = draw(w, Stream.TRANSFER_AT_11, pupil.key, 0)
                odds = school.multiplier[SPECIAL]
                if u < chance_with_odds(w.special_transfer_at_11_share, odds):
                    head = join_list(w, head, index, 0, u, pupil.key)
    while head >= 0:
        index = w.nodes[head].thing
        head = leave_list(w, head)
        seek(w, council, index)


# -- posts ------------------------------------------------------------------------------------------------------------


def fill_posts(w: Any) -> None:
    """M14: the national supply of teachers fills the posts that policy asks for, in a fixed order of schools."""
    supply = left = w.teacher_supply_fte_per_year
    for place in range(w.n_schools):
        school = w.schools[w.supply_order[place]]
        wanted = wanted_hours(w, school)
        if wanted <= 0.0 or school.filled != 0:
            continue
        fte = posts_fte(wanted, w.full_time_hours_per_week, school.weight, w.councils[school.council].weight)
        if fte > left:
            break
        left -= fte
        school.filled = 1
    w.supply_taken = share_taken(supply, left)


def review_sharing(w: Any) -> None:
    """M16: each September groups of schools that share a SENCO are reviewed, and begin or end to share."""
    for number in range(w.n_clusters):
        first, end = w.cluster_from[number], w.cluster_from[number + 1]
        sharing, total = False, 0.0
        for place in range(first, end):
            school = w.schools[w.cluster_schools[place]]
            sharing = sharing or school.sharing != 0
            total += school.relative_support
        if sharing:
            w.cluster_low[number] = low_reviews(total / (end - first), w.review_support_ratio, w.cluster_low[number])
        ended = w.cluster_low[number] >= w.reviews_before_end
        for place in range(first, end):
            school = w.schools[w.cluster_schools[place]]
            asked = w.shared_hours[of_year(w, school)] > 0.0
            if ended and asked and school.sharing != 0:
                count(w, school.cell, Quantity.SHARING_ENDED, 1)
            school.sharing = 1 if asked and not ended else 0


# -- the start of the run, and counts ---------------------------------------------------------------------------------


def admit_stock(w: Any, school: Any) -> None:
    """Pupils on SEN Support and with plans when the run begins."""
    number = 0
    for stage in (Stage.SEN_SUPPORT, Stage.EHC_PLAN):
        severity = w.frailty_of_plan_holders if stage == Stage.EHC_PLAN else 1.0
        for year_group in range(N_YEAR_GROUPS):
            for _ in range(stock_of(w, school.index, stage, year_group)):
                key = pupil_key(school.id, w.start_year - year_group, number | FROM_THE_STOCK)
                index = make_pupil(w, key, year_group, stage, frailty_of(w, key, severity))
                w.cycles[index] = int(w.review_cycles_at_start)
                add(w, school, index)
                begin(w, school, index)
                number += 1


def stock_of(w: Any, at_school: int, stage: int, year_group: int) -> int:
    """Pupils of a stage and year group when the run begins."""
    return w.stock[((stage - Stage.SEN_SUPPORT) * w.n_schools + at_school) * N_YEAR_GROUPS + year_group]


def take_census(w: Any) -> None:
    """Week 19: count the stocks."""
    for at_school in range(w.n_schools):
        school = w.schools[at_school]
        count(w, school.cell, Quantity.PUPILS_SEN_SUPPORT, school.n_support)
        count(w, school.cell, Quantity.PUPILS_EHC_PLAN, school.n_plan)
        count(w, school.cell, Quantity.PUPILS_WAITING_IDENTIFICATION, school.n_noticed)
    for which in range(w.n_councils):
        council = w.councils[which]
        advice, drafting = w.stations[team_of(council, ADVICE)], w.stations[team_of(council, DRAFTING)]
        in_progress = advice.units_waiting + advice.in_hand + drafting.units_waiting + drafting.in_hand
        count(w, council.cell, Quantity.SPECIAL_QUEUE, int(weight_in_chain(w, council.wait_head)))
        count(w, council.cell, Quantity.ASSESSMENTS_IN_PROGRESS, in_progress)
        count(w, council.cell, Quantity.APPEALS_OPEN, nearest_whole(council.appeals_open))
    keep_record(w, Event.CENSUS_TAKEN, -1, 0, SCHOOL_WEEKS_PER_YEAR)


def post_counts(w: Any) -> None:
    """The end of a term: add every page to its cell and its group, and begin it again."""
    for page in range(w.n_pages):
        cell, group = w.page_cell[page], w.page_group[page]
        for quantity in range(w.n_quantities):
            number = w.pages[page * w.n_quantities + quantity]
            if number == 0:
                continue
            w.pages[page * w.n_quantities + quantity] = 0
            w.tally[(cell * w.n_segments + w.term) * w.n_quantities + quantity] += number
            if group >= 0:
                w.groups[(group * w.n_years + w.year) * w.n_quantities + quantity] += number
