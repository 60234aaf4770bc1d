"""M10: plan and placement. State places are few; what a vacated or an avoided one is worth depends on the queue."""

from __future__ import annotations

from typing import Any

from sencosim.arms.inputs import SPECIAL
from sencosim.engine.handle import take
from sencosim.engine.mechanisms.basics import count, count_thousandths, draw, keep_record, of_year, send
from sencosim.engine.mechanisms.facts import STARTS
from sencosim.engine.mechanisms.pupils import leave_school, phase_of, unlink_waiting
from sencosim.engine.records import Pool
from sencosim.rules.chance import chance_with_odds, choice_among, nearest_whole, rescaled
from sencosim.rules.placement import (
    grown,
    moved_into_vacancies,
    parts_as_weight,
    placement_chance,
    remaining,
    special_or_resourced,
)
from sencosim.units import FIRST_SECONDARY_YEAR_GROUP, N_YEAR_GROUPS, SEGMENT_WEEKS, TERMS_PER_YEAR
from sencosim.vocabulary import PLACE_COUNTER, Event, Happening, Placement, Quantity, Stage, Stream

ROUNDING = 1e-6
"""Places that a sum of weights may miss by rounding."""

# -- where a plan leads -----------------------------------------------------------------------------------------------


def place_new_plan(w: Any, council: Any, index: int, number: int) -> None:
    """Where a mainstream pupil with a new plan goes."""
    pupil = w.pupils[index]
    if pupil.school < 0:
        return
    school = w.schools[pupil.school]
    phase = phase_of(pupil)
    share = w.placement_special_share_secondary if phase == 1 else w.placement_special_share_primary
    chance = placement_chance(share, w.placement_severity_slope, w.histories[index].frailty)
    special = chance_with_odds(chance, school.multiplier[SPECIAL])
    u = draw(w, Stream.PLACEMENT, pupil.key, number)
    if u < special:
        seek(w, council, index)
    elif u < special_or_resourced(special, w.placement_resourced_share):
        count(w, school.cell, Quantity.STARTS_RESOURCED, 1)
        council.resourced[pupil.year_group] += school.weight
        leave_school(w, school, index)


def place_other_plan(w: Any, council: Any, key: int) -> None:
    """A new plan for a child outside mainstream may take a special place too."""
    u = draw(w, Stream.EXOGENOUS_PLACE, key, 0)
    share = w.placement_special_share_exogenous
    if u < share:
        year_group = choice_among(rescaled(u, share), w.exogenous_place_year_groups)
        decide(w, council, -1, key, year_group, 1.0, 0)


def seek(w: Any, council: Any, index: int) -> None:
    """A special placement is decided for a mainstream plan-holder."""
    pupil = w.pupils[index]
    leaving = pupil.placed != 0 or pupil.excluded != 0
    if pupil.school < 0 or pupil.waiting_special != 0 or leaving or pupil.stage != Stage.EHC_PLAN:
        return
    decide_for_pupil(w, council, index, w.schools[pupil.school].weight)


def decide_for_pupil(w: Any, council: Any, index: int, weight: float) -> None:
    """A decision for special about a pupil, in mainstream or in alternative provision."""
    pupil, history = w.pupils[index], w.histories[index]
    history.counts[PLACE_COUNTER] += 1
    who = index if pupil.school >= 0 else -1
    decide(w, council, who, pupil.key, pupil.year_group, weight, int(history.counts[PLACE_COUNTER]))


def decide(w: Any, council: Any, index: int, key: int, year_group: int, weight: float, number: int) -> None:
    """A decision for special: a vacant state place, one above capacity, an independent one, or a wait."""
    if council.wait_head < 0 and vacant(council) >= weight - ROUNDING:
        _give_place(w, council, Placement.VACANT, index, key, year_group, weight)
        return
    u, kind = draw(w, Stream.SPECIAL_PLACE, key, number), Placement.WAIT
    if u < w.special_over_capacity_share:
        kind = Placement.OVER_CAPACITY
    elif u < w.special_over_capacity_share + w.special_independent_share:
        kind = Placement.INDEPENDENT
    if kind != Placement.WAIT:
        _give_place(w, council, kind, index, key, year_group, weight)
        return
    _wait(w, council, index, key, weight)
    _count_start(w, council, Placement.WAIT, index, weight)
    if index >= 0:
        w.pupils[index].waiting_special = 1


def vacant(council: Any) -> float:
    """State places free now. [places]."""
    return council.capacity - _total(council.state)


def _total(stock: Any) -> Any:
    total = stock[0]
    for group in range(1, N_YEAR_GROUPS):
        total += stock[group]
    return total


def _give_place(w: Any, council: Any, kind: int, index: int, key: int, year_group: int, weight: float) -> None:
    if kind == Placement.VACANT:
        council.state[year_group] += weight
    elif kind == Placement.OVER_CAPACITY:
        council.over[year_group] += weight
    else:
        council.independent[year_group] += weight
    _count_start(w, council, kind, index, weight)
    at_school = w.pupils[index].school if index >= 0 else -1
    keep_record(w, Event.PLACE_FOUND, w.schools[at_school].id if at_school >= 0 else -1, key, kind)
    if index >= 0:
        w.pupils[index].placed = 1
        send(w, council, Event.PLACE_TAKEN_UP, key, Happening.PLACE_STARTS, index, 0)


def _count_start(w: Any, council: Any, kind: int, index: int, weight: float) -> None:
    if index >= 0 and w.pupils[index].school >= 0:
        count(w, w.schools[w.pupils[index].school].cell, STARTS[kind], 1)
    else:
        count(w, council.cell, STARTS[kind], nearest_whole(weight))


def place_starts(w: Any, index: int) -> None:
    """A pupil takes up a special place."""
    pupil = w.pupils[index]
    pupil.waiting_special = 0
    if pupil.school >= 0:
        leave_school(w, w.schools[pupil.school], index)


# -- those who wait: a chain by date and key --------------------------------------------------------------------------


def _wait(w: Any, council: Any, index: int, key: int, weight: float) -> None:
    found = take(w, w.nodes, Pool.NODES)
    node = w.nodes[found]
    node.when = w.now
    node.rank = 0.0
    node.order = key
    node.thing = index
    node.weight = weight
    ahead = council.wait_tail
    while ahead >= 0 and w.nodes[ahead].when == w.now and w.nodes[ahead].order > key:
        ahead = w.nodes[ahead].child
    node.child = ahead
    if ahead >= 0:
        node.link = w.nodes[ahead].link
        w.nodes[ahead].link = found
    else:
        node.link = council.wait_head
        council.wait_head = found
    if node.link >= 0:
        w.nodes[node.link].child = found
    else:
        council.wait_tail = found
    if index >= 0:
        w.histories[index].waiting_node = found


def _serve_waiting(w: Any, council: Any) -> None:
    """Give vacant state places to those who have waited longest."""
    while council.wait_head >= 0 and vacant(council) >= w.nodes[council.wait_head].weight - ROUNDING:
        node = w.nodes[council.wait_head]
        index, key, weight = node.thing, node.order, node.weight
        unlink_waiting(w, council, council.wait_head)
        year_group = int(w.exogenous_wait_year_group)
        if index >= 0:
            w.histories[index].waiting_node = -1
            year_group = int(w.pupils[index].year_group)
        _give_place(w, council, Placement.VACANT, index, key, year_group, weight)


def note_waiting(w: Any) -> None:
    """How many pupils of each school wait for a special place."""
    for at_school in range(w.n_schools):
        w.schools[at_school].n_waiting = 0
    for which in range(w.n_councils):
        node = w.councils[which].wait_head
        while node >= 0:
            index = w.nodes[node].thing
            if index >= 0 and w.pupils[index].school >= 0:
                w.schools[w.pupils[index].school].n_waiting += 1
            node = w.nodes[node].link


def weight_in_chain(w: Any, node: int) -> float:
    """Weight of all from one on, who wait for a place or are in alternative provision. [pupils]."""
    total = 0.0
    while node >= 0:
        total += w.nodes[node].weight
        node = w.nodes[node].link
    return total


# -- the year ---------------------------------------------------------------------------------------------------------


def begin_year_of_places(w: Any, council: Any) -> None:
    """1 September: year groups move up, leavers go, places grow, and the longest waiters come first."""
    last = N_YEAR_GROUPS - 1
    council.post16 += council.state[last] + council.over[last] + council.independent[last] + council.resourced[last]
    council.post16 = remaining(council.post16, w.post16_leaving_rate)
    _grow_older(council.state, w.state_special_leaving_rate)
    _grow_older(council.over, w.state_special_leaving_rate)
    _grow_older(council.independent, w.independent_leaving_rate)
    _grow_older(council.resourced, 0.0)
    for group in range(last, 0, -1):
        council.home_educated[group] = council.home_educated[group - 1]
    council.home_educated[0] = 0
    opened = w.places_added[of_year(w, council)]
    council.capacity = grown(council.capacity, w.place_growth) + opened
    count_thousandths(w, council.cell, Quantity.SPECIAL_PLACES_ADDED, opened)
    _serve_waiting(w, council)
    for group in range(N_YEAR_GROUPS):
        _absorb(council, council.over, group, 1.0)
    _absorb(council, council.independent, FIRST_SECONDARY_YEAR_GROUP, w.independent_phase_transfer_return)


def _grow_older(stock: Any, leaving_rate: float) -> None:
    for group in range(N_YEAR_GROUPS - 1, 0, -1):
        stock[group] = remaining(stock[group - 1], leaving_rate)
    stock[0] = 0.0


def _absorb(council: Any, stock: Any, group: int, share: float) -> None:
    """Pupils above capacity, or at a phase transfer from independent schools, take state places still vacant."""
    moved = moved_into_vacancies(stock[group], share, vacant(council))
    stock[group] -= moved
    council.state[group] += moved


def count_places(w: Any, council: Any) -> None:
    """Book pupil-years by placement for the segment."""
    _book(w, council, Quantity.PUPIL_YEARS_STATE_SPECIAL, _total(council.state))
    _book(w, council, Quantity.PUPIL_YEARS_OVER_CAPACITY, _total(council.over))
    _book(w, council, Quantity.PUPIL_YEARS_INDEPENDENT_SPECIAL, _total(council.independent))
    _book(w, council, Quantity.PUPIL_YEARS_RESOURCED, _total(council.resourced))
    _book(w, council, Quantity.PUPIL_YEARS_HOME_EDUCATION, parts_as_weight(_total(council.home_educated)))
    _book(w, council, Quantity.PUPIL_YEARS_POST16_PLAN, council.post16)
    _book(w, council, Quantity.PUPIL_YEARS_AP, weight_in_chain(w, council.ap_head))


def _book(w: Any, council: Any, quantity: int, pupils: float) -> None:
    """Whole pupil-weeks."""
    count(w, council.cell, quantity, int(pupils * SEGMENT_WEEKS[w.term % TERMS_PER_YEAR]))
