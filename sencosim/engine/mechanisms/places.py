"""M10: plan and placement. State places are few; what a vacated or an avoided one is worth depends on the queue."""

from __future__ import annotations

from typing import Any

from sencosim.engine.handle import give, schedule, take
from sencosim.engine.inputs import N_OUTCOMES, SPECIAL
from sencosim.engine.mechanisms.basics import count, draw, keep_record, of_year
from sencosim.engine.mechanisms.facts import STARTS
from sencosim.engine.mechanisms.pupils import leave_school, phase_of
from sencosim.engine.records import Pool
from sencosim.rules.chance import chance_with_odds
from sencosim.rules.placement import parts_as_weight, placement_chance
from sencosim.units import N_YEAR_GROUPS, SEGMENT_WEEKS
from sencosim.vocabulary import PLACE_COUNTER, Event, Happening, Placement, Quantity, Stage, Stream

ROUNDING = 1e-6


def vacant(council: Any) -> float:
    """State places free now. [places]."""
    total = 0.0
    for group in range(N_YEAR_GROUPS):
        total += council.state[group]
    return council.capacity - total


def _count_start(w: Any, council: Any, kind: int, index: int, weight: float) -> None:
    if index >= 0 and w.pupils[index].school >= 0:
        count(w, w.schools[w.pupils[index].school].cell, STARTS[kind], 1)
    else:
        count(w, council.cell, STARTS[kind], int(weight + 0.5))


def give_place(w: Any, council: Any, kind: int, index: int, who: tuple[int, int, float]) -> None:
    """A place is found. ``who`` is key, year group and weight."""
    key, year_group, weight = who
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
        schedule(w, council, w.now + w.notice, Event.PLACE_TAKEN_UP, key, (Happening.PLACE_STARTS, index, 0, 0.0))


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


def decide(w: Any, council: Any, index: int, who: tuple[int, int, float], number: int) -> None:
    """A decision for special: a vacant state place, one above capacity, an independent one, or a wait."""
    key, _, weight = who
    if council.wait_head < 0 and vacant(council) >= weight - ROUNDING:
        give_place(w, council, Placement.VACANT, index, who)
        return
    u = draw(w, Stream.SPECIAL_PLACE, key, number)
    over, independent = w.special_over_capacity_share, w.special_independent_share
    kind = Placement.OVER_CAPACITY if u < over else Placement.INDEPENDENT if u < over + independent else Placement.WAIT
    if kind != Placement.WAIT:
        give_place(w, council, kind, index, who)
        return
    _wait(w, council, index, key, weight)
    _count_start(w, council, Placement.WAIT, index, weight)
    if index >= 0 and w.pupils[index].school >= 0:
        w.pupils[index].waiting_special = 1


def seek(w: Any, council: Any, index: int) -> None:
    """A special placement is decided for a mainstream plan-holder."""
    pupil = w.pupils[index]
    leaving = pupil.placed != 0 or pupil.excluded != 0
    if pupil.school < 0 or pupil.waiting_special != 0 or leaving or pupil.stage != Stage.EHC_PLAN:
        return
    history = w.histories[index]
    history.counts[PLACE_COUNTER] += 1
    weight = w.schools[pupil.school].weight
    decide(w, council, index, (pupil.key, int(pupil.year_group), weight), int(history.counts[PLACE_COUNTER]))


def place_new_plan(w: Any, council: Any, index: int, number: int) -> None:
    """Where a mainstream pupil with a new plan goes."""
    pupil = w.pupils[index]
    if pupil.school < 0:
        return
    school = w.schools[pupil.school]
    phase = phase_of(pupil)
    base = w.placement_special_share_secondary if phase == 1 else w.placement_special_share_primary
    special = chance_with_odds(
        placement_chance(base, w.placement_severity_slope, w.histories[index].frailty),
        school.multiplier[phase * N_OUTCOMES + SPECIAL],
    )
    u = draw(w, Stream.PLACEMENT, pupil.key, number)
    if u < special:
        seek(w, council, index)
    elif u < special + (1.0 - special) * w.placement_resourced_share:
        count(w, school.cell, Quantity.STARTS_RESOURCED, 1)
        council.resourced[pupil.year_group] += school.weight
        leave_school(w, school, index)


def place_other_plan(w: Any, council: Any, key: int) -> None:
    """A new plan for a child outside mainstream may take a special place too."""
    u = draw(w, Stream.EXOGENOUS_PLACE, key, 0)
    share = w.placement_special_share_exogenous
    if u < share:
        year_group = min(N_YEAR_GROUPS - 1, int(u / share * 4.0))  # most are under five or just over
        decide(w, council, -1, (key, year_group, 1.0), 0)


def _grow_older(stock: Any, leaving: float) -> None:
    for group in range(N_YEAR_GROUPS - 1, 0, -1):
        stock[group] = stock[group - 1] * (1.0 - leaving)
    stock[0] = 0.0


def begin_year_of_places(w: Any, council: Any) -> None:
    """1 September: year groups move up, leavers go, places grow, and the longest waiters come first."""
    last = N_YEAR_GROUPS - 1
    council.post16 += council.state[last] + council.over[last] + council.independent[last] + council.resourced[last]
    _grow_older(council.state, w.state_special_leaving_rate)
    _grow_older(council.over, w.state_special_leaving_rate)
    _grow_older(council.independent, w.independent_leaving_rate)
    _grow_older(council.resourced, 0.0)
    for group in range(last, 0, -1):
        council.home_educated[group] = council.home_educated[group - 1]
    council.home_educated[0] = 0
    council.post16 *= 1.0 - w.post16_leaving_rate
    council.capacity *= 1.0 + w.state_place_growth
    opened = w.places_added[of_year(w, council)]
    council.capacity += opened
    count(w, council.cell, Quantity.SPECIAL_PLACES_ADDED, int(opened * 1000.0))
    serve_waiting(w, council)
    _absorb(council, council.over, 0, N_YEAR_GROUPS, 1.0)
    _absorb(council, council.independent, 7, 8, w.independent_phase_transfer_return)


def _absorb(council: Any, stock: Any, first: int, below: int, share: float) -> None:
    """Pupils above capacity, or at a phase transfer from independent schools, take state places still vacant."""
    for group in range(first, below):
        moved = min(stock[group] * share, max(0.0, vacant(council)))
        stock[group] -= moved
        council.state[group] += moved


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


def _total(stock: Any) -> float:
    total = 0.0
    for group in range(N_YEAR_GROUPS):
        total += stock[group]
    return total


def _parts(stock: Any) -> int:
    total = 0
    for group in range(N_YEAR_GROUPS):
        total += stock[group]
    return total


def count_places(w: Any, council: Any) -> None:
    """Book pupil-years by placement for the segment. Whole pupil-weeks."""
    weeks = SEGMENT_WEEKS[w.term % 3]
    count(w, council.cell, Quantity.PUPIL_YEARS_STATE_SPECIAL, int(_total(council.state) * weeks))
    count(w, council.cell, Quantity.PUPIL_YEARS_OVER_CAPACITY, int(_total(council.over) * weeks))
    count(w, council.cell, Quantity.PUPIL_YEARS_INDEPENDENT_SPECIAL, int(_total(council.independent) * weeks))
    count(w, council.cell, Quantity.PUPIL_YEARS_RESOURCED, int(_total(council.resourced) * weeks))
    count(
        w,
        council.cell,
        Quantity.PUPIL_YEARS_HOME_EDUCATION,
        int(parts_as_weight(_parts(council.home_educated)) * weeks),
    )
    count(w, council.cell, Quantity.PUPIL_YEARS_POST16_PLAN, int(council.post16 * weeks))
    total = 0.0
    node = council.ap_head
    while node >= 0:
        total += w.nodes[node].weight
        node = w.nodes[node].link
    count(w, council.cell, Quantity.PUPIL_YEARS_AP, int(total * weeks))


def place_starts(w: Any, index: int) -> None:
    """A pupil takes up a special place."""
    pupil = w.pupils[index]
    pupil.waiting_special = 0
    if pupil.school >= 0:
        leave_school(w, w.schools[pupil.school], index)


def serve_waiting(w: Any, council: Any) -> None:
    """Give vacant state places to those who have waited longest."""
    while council.wait_head >= 0 and vacant(council) >= w.nodes[council.wait_head].weight - ROUNDING:
        found = council.wait_head
        node = w.nodes[found]
        index, key, weight = node.thing, node.order, node.weight
        council.wait_head = node.link
        if node.link >= 0:
            w.nodes[node.link].child = -1
        else:
            council.wait_tail = -1
        give(w, w.nodes, Pool.NODES, found)
        year_group = 4
        if index >= 0:
            pupil = w.pupils[index]
            w.histories[index].waiting_node = -1
            year_group = int(pupil.year_group)
        give_place(w, council, Placement.VACANT, index, (key, year_group, weight))
