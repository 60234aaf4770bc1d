"""1 September: pupils move up and on, places and posts are settled for the whole country at once."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import give
from sencosim.engine.inputs import N_OUTCOMES, SPECIAL
from sencosim.engine.mechanisms.basics import count, draw, join_list, keep_record, leave_list, of_year
from sencosim.engine.mechanisms.facts import MOVED, NEVER, PATH_OF_SLOT
from sencosim.engine.mechanisms.pathways import ask_for_identification
from sencosim.engine.mechanisms.places import begin_year_of_places, decide, seek
from sencosim.engine.mechanisms.pupils import add, aim, begin, leave_school, make_pupil, phase_of, remove
from sencosim.engine.mechanisms.queue import close_case, fall_away, hand_over, let_go_of_case, let_wait
from sencosim.engine.mechanisms.terms import wanted_hours
from sencosim.engine.records import Pool
from sencosim.rules.chance import chance_with_odds, frailty
from sencosim.rules.sharing import low_reviews
from sencosim.rules.workforce import share_taken
from sencosim.units import FIRST_SECONDARY_YEAR_GROUP, N_YEAR_GROUPS, SCHOOL_WEEKS_PER_YEAR
from sencosim.vocabulary import PLACE_COUNTER, Activity, Event, Quantity, Stage, Stream

MOST_COPIES = 16
INITIAL_CYCLES = 3
FIRST_ENTRANT = 1 << 16
INITIAL_BIT = 1 << 17


def begin_year(w: Any, council: Any) -> None:
    """Settle the year of one council."""
    _move_up(w, council)
    _enter_reception(w, council)
    begin_year_of_places(w, council)
    _return_from_alternative_provision(w, council)
    _decide_transfers(w, council)


def _school_number(w: Any, position: int) -> int:
    return w.council_schools[position]


def _move_up(w: Any, council: Any) -> None:
    first, last = -1, -1
    for position in range(council.schools_from, council.schools_to):
        school = w.schools[_school_number(w, position)]
        for place in range(school.roster_size):
            index = w.rosters[school.roster_from + place]
            if index >= 0 and _moves_on(w, council, school, index):
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


def _moves_on(w: Any, council: Any, school: Any, index: int) -> bool:
    """A pupil moves up a year. Returns whether the school ends here and the pupil must go on to another."""
    pupil = w.pupils[index]
    old_phase = phase_of(pupil)
    if pupil.year_group + 1 >= N_YEAR_GROUPS:
        council.post16 += school.weight if pupil.stage == Stage.EHC_PLAN and pupil.placed == 0 else 0.0
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
            close_case(w, school, case)
            fall_away(w, school, case)
            let_go_of_case(w, which)
    history.first_case = kept


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


def _move_on(w: Any, council: Any, index: int) -> None:
    """A pupil goes to another school of the council, as often as its weight there demands."""
    pupil, history = w.pupils[index], w.histories[index]
    old = w.schools[pupil.school]
    chain = history.first_case
    history.first_case = -1
    found = _choose_school(w, council, pupil.year_group, pupil.key)
    copies = 0
    if found >= 0:
        ratio = old.weight / w.schools[found].weight
        copies = int(ratio + draw(w, Stream.MOVE_COPIES, pupil.key, pupil.year_group)) if ratio != 1.0 else 1
    if copies <= 0:
        while chain >= 0:
            case = w.cases[chain]
            after = case.after
            case.open = 0
            fall_away(w, old, case)
            let_go_of_case(w, chain)
            chain = after
        leave_school(w, old, index)
        return
    new = w.schools[found]
    old_phase = 1 if pupil.year_group - 1 >= FIRST_SECONDARY_YEAR_GROUP else 0
    if pupil.stage != Stage.NOTICED:
        count(w, old.cell, MOVED[pupil.stage], 1)
    remove(w, old, pupil)
    add(w, new, index)
    _carry_clocks(w, index, pupil, (old, new), old_phase)
    while chain >= 0:
        after = w.cases[chain].after
        let_wait(w, new, chain)
        chain = after
    keep_record(w, Event.PUPIL_MOVED_SCHOOL, new.id, pupil.key, old.id)
    for copy in range(1, min(copies, MOST_COPIES)):
        _add_copy(w, new, index, copy)


def _add_copy(w: Any, new: Any, of: int, copy: int) -> None:
    """In a sample of schools one pupil may have to stand for several at the next school."""
    pupil, history = w.pupils[of], w.histories[of]
    step = 1 if pupil.year_group >= FIRST_SECONDARY_YEAR_GROUP else MOST_COPIES  # two moves, and no key twice
    index = make_pupil(w, pupil.key + copy * step, int(pupil.year_group), int(pupil.stage), history.frailty)
    twin = w.pupils[index]
    w.cycles[index] = w.cycles[of]
    w.histories[index].ever_excluded = history.ever_excluded
    w.histories[index].support_plan = history.support_plan
    add(w, new, index)
    begin(w, new, index)
    if twin.stage == Stage.NOTICED:
        ask_for_identification(w, new, index, 0)


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


def _enter_reception(w: Any, council: Any) -> None:
    """Children whose plans were made before school enter Reception, in proportion to the school's own plans."""
    cohort = w.start_year + w.year - 1990
    rate = w.reception_plan_share * w.reception_plan_level
    for position in range(council.schools_from, council.schools_to):
        at_school = _school_number(w, position)
        school = w.schools[at_school]
        expected = school.roll[0] * rate * school.plan_multiplier
        entering = int(expected + draw(w, Stream.RECEPTION_PLANS, school.id, w.year))
        for i in range(entering):
            key = ((school.id << 7 | cohort) << 18 | FIRST_ENTRANT + i | INITIAL_BIT) << 8
            severe = w.frailty_of_plan_holders * frailty(draw(w, Stream.FRAILTY, key, 0), w.frailty_log_sd)
            index = make_pupil(w, key, 0, Stage.EHC_PLAN, severe)
            add(w, school, index)
            begin(w, school, index)
            keep_record(w, Event.PUPIL_MOVED_SCHOOL, school.id, key, -1)
        count(w, school.cell, Quantity.PLANS_ENTERING_RECEPTION, entering)


def _return_from_alternative_provision(w: Any, council: Any) -> None:
    """Year groups move up; those whose stay is over leave, some of them back to a mainstream school."""
    entry = council.ap_head
    council.ap_head = -1
    council.ap_tail = -1
    while entry >= 0:
        node = w.nodes[entry]
        after, index, weight = node.link, node.thing, node.weight
        pupil, history = w.pupils[index], w.histories[index]
        pupil.year_group += 1
        stays = False
        if pupil.year_group >= N_YEAR_GROUPS:
            council.post16 += weight if pupil.stage == Stage.EHC_PLAN else 0.0
        elif node.when > w.now:
            stays = True
        elif draw(w, Stream.REINTEGRATION, pupil.key, history.counts[3]) < w.reintegration_share:
            _return_to_mainstream(w, council, index)
        else:
            history.counts[PLACE_COUNTER] += 1
            number = int(history.counts[PLACE_COUNTER])
            decide(w, council, -1, (pupil.key, int(pupil.year_group), weight), number)
        if stays:
            node.link = -1
            if council.ap_tail >= 0:
                w.nodes[council.ap_tail].link = entry
            else:
                council.ap_head = entry
            council.ap_tail = entry
        else:
            give(w, w.nodes, Pool.NODES, entry)
        entry = after


def _return_to_mainstream(w: Any, council: Any, index: int) -> None:
    pupil = w.pupils[index]
    staying = 0
    for position in range(council.schools_from, council.schools_to):
        if w.schools[_school_number(w, position)].roll[pupil.year_group] > 0:
            staying += 1
    if staying == 0:
        return
    chosen = int(draw(w, Stream.SCHOOL_MOVE, pupil.key, 64 + pupil.year_group) * staying)
    for position in range(council.schools_from, council.schools_to):
        at_school = _school_number(w, position)
        school = w.schools[at_school]
        if school.roll[pupil.year_group] > 0:
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
        school = w.schools[_school_number(w, position)]
        for place in range(school.roster_size):
            index = w.rosters[school.roster_from + place]
            if index >= 0 and _goes_special(w, school, w.pupils[index]):
                key = w.pupils[index].key
                head = join_list(w, head, index, 0, draw(w, Stream.TRANSFER_AT_11, key, 0), key)
    while head >= 0:
        index = w.nodes[head].thing
        head = leave_list(w, head)
        seek(w, council, index)


def _goes_special(w: Any, school: Any, pupil: Any) -> bool:
    if pupil.year_group != FIRST_SECONDARY_YEAR_GROUP or pupil.stage != Stage.EHC_PLAN:
        return False
    odds = school.multiplier[phase_of(pupil) * N_OUTCOMES + SPECIAL]
    return draw(w, Stream.TRANSFER_AT_11, pupil.key, 0) < chance_with_odds(w.special_transfer_at_11_share, odds)


def fill_posts(w: Any) -> None:
    """The national supply of teachers fills the posts that policy asks for, in a fixed order of schools."""
    supply = fill = w.teacher_supply_fte_per_year
    for place in range(w.n_schools):
        at_school = w.supply_order[place]
        school = w.schools[at_school]
        wanted = wanted_hours(w, school)
        if wanted <= 0.0 or school.filled != 0:
            continue
        fte = wanted / w.full_time_hours_per_week * school.weight * w.councils[school.council].weight
        if fte > fill:
            break
        fill -= fte
        school.filled = 1
    w.supply_taken = share_taken(supply, fill)


def admit_stock(w: Any, at_school: int) -> None:
    """Pupils on SEN Support and with plans when the run begins."""
    school = w.schools[at_school]
    number = 0
    for stage in (Stage.SEN_SUPPORT, Stage.EHC_PLAN):
        severity = w.frailty_of_plan_holders if stage == Stage.EHC_PLAN else 1.0
        for year_group in range(N_YEAR_GROUPS):
            entry_year = w.start_year - year_group - 1990
            for _ in range(stock_of(w, at_school, stage, year_group)):
                key = ((school.id << 7 | entry_year) << 18 | number | INITIAL_BIT) << 8
                number += 1
                severe = severity * frailty(draw(w, Stream.FRAILTY, key, 0), w.frailty_log_sd)
                index = make_pupil(w, key, year_group, stage, severe)
                w.cycles[index] = INITIAL_CYCLES
                add(w, school, index)
                begin(w, school, index)


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
        count_council_stock(w, which)
    keep_record(w, Event.CENSUS_TAKEN, -1, 0, SCHOOL_WEEKS_PER_YEAR)


def review_sharing(w: Any) -> None:
    """M16: each September groups of schools that share a SENCO are reviewed, and begin or end to share."""
    for number in range(w.n_clusters):
        first, end = w.cluster_from[number], w.cluster_from[number + 1]
        sharing, total = False, 0.0
        for place in range(first, end):
            school = w.schools[w.cluster_schools[place]]
            sharing = sharing or school.sharing != 0
            total += school.coverage
        if sharing:
            w.cluster_low[number] = low_reviews(total / (end - first), w.review_coverage, w.cluster_low[number])
        ended = w.cluster_low[number] >= w.reviews_before_end
        for place in range(first, end):
            at_school = w.cluster_schools[place]
            school = w.schools[at_school]
            asked = w.shared_hours[of_year(w, school)] > 0.0
            if ended and asked and school.sharing != 0:
                count(w, school.cell, Quantity.SHARING_ENDED, 1)
            school.sharing = 1 if asked and not ended else 0


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


def count_council_stock(w: Any, which: int) -> None:
    """The January census of a council: assessments, appeals, and who waits for a special place."""
    council = w.councils[which]
    total = 0.0
    node = council.wait_head
    while node >= 0:
        total += w.nodes[node].weight
        node = w.nodes[node].link
    count(w, council.cell, Quantity.SPECIAL_QUEUE, int(total))
    advice, drafting = w.stations[which * 2], w.stations[which * 2 + 1]
    count(w, council.cell, Quantity.ASSESSMENTS_IN_PROGRESS, advice.units_waiting + advice.in_hand)
    count(w, council.cell, Quantity.ASSESSMENTS_IN_PROGRESS, drafting.units_waiting + drafting.in_hand)
    count(w, council.cell, Quantity.APPEALS_OPEN, int(council.appeals_open + 0.5))
