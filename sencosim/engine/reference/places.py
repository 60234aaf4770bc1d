"""M10: plan and placement. State places are few; what a vacated or an avoided one is worth depends on the queue."""

from __future__ import annotations

import heapq
from functools import partial
from typing import TYPE_CHECKING, Any

from sencosim.engine.inputs import SPECIAL
from sencosim.engine.reference import pathways
from sencosim.engine.reference.pupil import EHC_PLAN, PLACE_COUNTER, Pupil
from sencosim.engine.reference.request import Request
from sencosim.engine.reference.world import NO_SCHOOL, STREAM, Q, World, added
from sencosim.ledger.events import Event
from sencosim.rules.chance import chance_with_odds
from sencosim.rules.placement import parts_as_weight
from sencosim.units import MINUTES_PER_WEEK, N_YEAR_GROUPS, SEGMENT_WEEKS

if TYPE_CHECKING:
    from sencosim.engine.reference.council import Council

ROUNDING = 1e-6
"""Places are sums of shares: this much short of a whole place is a whole place. [places]"""
VACANT, OVER_CAPACITY, INDEPENDENT, WAIT = range(4)
"""What a decision for special leads to."""

_PLACEMENT = STREAM["placement"]
_SPECIAL_PLACE = STREAM["special_place"]
_OTHER_PLACE = STREAM["exogenous_place"]
_STARTS = ("starts.state_special", "starts.over_capacity", "starts.independent_special", "starts.waiting_special")


class Places:
    """Special places of one council, and who waits for one.

    Attributes
    ----------
    state, over, independent
        Pupils in state special schools within places, above them, and in independent ones. [pupils by year group]
    capacity
        State special places. [places]
    waiting
        Who waits in mainstream, by plan date: minute, key, pupil (``None`` for a pupil outside mainstream), weight.
    """

    def __init__(self, world: World, council: Council) -> None:
        councils = world.inputs.councils
        self.world = world
        self.council = council
        self.state = [float(n) for n in councils.state_special[council.index]]
        self.over = [0.0] * N_YEAR_GROUPS
        self.independent = [float(n) for n in councils.independent_special[council.index]]
        self.resourced = [0.0] * N_YEAR_GROUPS
        self.capacity = added(self.state)
        self.waiting: list[tuple[int, int, Pupil | None, float]] = []

    @property
    def vacant(self) -> float:
        """State places free now. [places]."""
        return self.capacity - added(self.state)

    # -- decisions ------------------------------------------------------------------------------------------------

    def place_new_plan(self, pupil: Pupil, request: Request) -> None:
        """Where a mainstream pupil with a new plan goes."""
        world, values = self.world, self.world.values
        school = pupil.school
        if school is None:
            return
        phase = pupil.phase
        base = values["placement_special_share_secondary" if phase else "placement_special_share_primary"]
        chance = world.mechanisms.placement(base, values["placement_severity_slope"], pupil.frailty)
        special = chance_with_odds(chance, school.multiplier[phase][SPECIAL])
        u = world.draw(_PLACEMENT, pupil.key, request.number)
        if u < special:
            self.seek(pupil)
        elif u < special + (1.0 - special) * values["placement_resourced_share"]:
            world.row(school.cell)[Q["starts.resourced"]] += 1
            self.resourced[pupil.year_group] += school.weight
            pathways.leave_school(school, pupil)

    def place_other_plan(self, key: int) -> None:
        """A new plan for a child outside mainstream may take a special place too."""
        world, values = self.world, self.world.values
        u = world.draw(_OTHER_PLACE, key, 0)
        share = values["placement_special_share_exogenous"]
        if u < share:
            year_group = min(N_YEAR_GROUPS - 1, int(u / share * 4.0))  # most are under five or just over
            self.decide(None, key, year_group, 1.0)

    def seek(self, pupil: Pupil) -> None:
        """A special placement is decided for a mainstream plan-holder."""
        school = pupil.school
        leaving = pupil.placed or pupil.excluded
        if school is None or pupil.waiting_special or leaving or pupil.stage != EHC_PLAN:
            return
        pupil.counts[PLACE_COUNTER] += 1
        self.decide(pupil, pupil.key, pupil.year_group, school.weight, pupil.counts[PLACE_COUNTER])

    def decide(self, pupil: Pupil | None, key: int, year_group: int, weight: float, number: int = 0) -> None:
        """A decision for special: a vacant state place, one above capacity, an independent one, or a wait."""
        world, values = self.world, self.world.values
        if not self.waiting and self.vacant >= weight - ROUNDING:
            self._give(VACANT, pupil, key, year_group, weight)
            return
        u = world.draw(_SPECIAL_PLACE, key, number)
        over, independent = values["special_over_capacity_share"], values["special_independent_share"]
        kind = OVER_CAPACITY if u < over else INDEPENDENT if u < over + independent else WAIT
        if kind != WAIT:
            self._give(kind, pupil, key, year_group, weight)
            return
        heapq.heappush(self.waiting, (world.now, key, pupil, weight))
        self._count(WAIT, pupil, weight)
        if pupil is not None and pupil.school is not None:
            pupil.waiting_special = True
            self.council.waiting_in.setdefault(pupil.school.index, []).append(pupil)

    def _give(self, kind: int, pupil: Pupil | None, key: int, year_group: int, weight: float) -> None:
        world = self.world
        stock = (self.state, self.over, self.independent)[kind]
        stock[year_group] += weight
        self._count(kind, pupil, weight)
        world.record(Event.PLACE_FOUND, pupil.school.id if pupil and pupil.school else NO_SCHOOL, key, kind)
        if pupil is not None:
            pupil.placed = True
            notice = int(world.values["notice_weeks"] * MINUTES_PER_WEEK)
            world.at(world.now + notice, Event.PLACE_TAKEN_UP, key, partial(self._start, pupil))

    def _start(self, pupil: Pupil, _: Any) -> None:
        pupil.waiting_special = False
        if pupil.school is not None:
            pathways.leave_school(pupil.school, pupil)

    def _count(self, kind: int, pupil: Pupil | None, weight: float) -> None:
        if pupil is not None and pupil.school is not None:
            self.world.row(pupil.school.cell)[Q[_STARTS[kind]]] += 1
        else:
            self.world.row(self.council.cell)[Q[_STARTS[kind]]] += int(weight + 0.5)

    # -- the year -------------------------------------------------------------------------------------------------

    def begin_year(self) -> None:
        """1 September: year groups move up, leavers go, places grow, and the longest waiters come first."""
        values = self.world.values
        state_leaving = values["state_special_leaving_rate"]
        independent_leaving = values["independent_leaving_rate"]
        self.council.post16 += self.state[-1] + self.over[-1] + self.independent[-1] + self.resourced[-1]
        self.state = [0.0, *(n * (1.0 - state_leaving) for n in self.state[:-1])]
        self.over = [0.0, *(n * (1.0 - state_leaving) for n in self.over[:-1])]
        self.independent = [0.0, *(n * (1.0 - independent_leaving) for n in self.independent[:-1])]
        self.resourced = [0.0, *self.resourced[:-1]]
        self.council.home_educated = [0, *self.council.home_educated[:-1]]
        self.council.post16 *= 1.0 - values["post16_leaving_rate"]
        self.capacity *= 1.0 + values["state_place_growth"]
        world, council = self.world, self.council
        opened = float(world.inputs.policy.places_added[council.index, world.year])
        self.capacity += opened
        world.row(council.cell)[Q["special_places_added"]] += int(opened * 1000.0)
        self.serve_waiting()
        self._absorb(self.over, len(self.over), 1.0)
        self._absorb(self.independent, 8, values["independent_phase_transfer_return"])

    def _absorb(self, stock: list[float], below_year_group: int, share: float) -> None:
        """Pupils above capacity, or at a phase transfer from independent schools, take state places still vacant."""
        start = 0 if below_year_group > 8 else 7
        for year_group in range(start, below_year_group):
            moved = min(stock[year_group] * share, max(0.0, self.vacant))
            stock[year_group] -= moved
            self.state[year_group] += moved

    def serve_waiting(self) -> None:
        """Give vacant state places to those who have waited longest."""
        while self.waiting and self.vacant >= self.waiting[0][3] - ROUNDING:
            _, key, pupil, weight = heapq.heappop(self.waiting)
            self._give(VACANT, pupil, key, 4 if pupil is None else pupil.year_group, weight)

    def forget(self, pupil: Pupil) -> None:
        """A pupil who leaves mainstream otherwise waits no longer."""
        pupil.waiting_special = False
        self.waiting = [entry for entry in self.waiting if entry[2] is not pupil]
        heapq.heapify(self.waiting)

    def list_waiting(self) -> None:
        """Note in which schools those who wait now are."""
        self.council.waiting_in = {}
        for _, _, pupil, _ in sorted(self.waiting, key=lambda entry: entry[:2]):
            if pupil is not None and pupil.school is not None:
                self.council.waiting_in.setdefault(pupil.school.index, []).append(pupil)

    def count_pupils(self) -> None:
        """Book pupil-years by placement for the segment. Whole pupil-weeks."""
        world = self.world
        row = world.row(self.council.cell)
        weeks = SEGMENT_WEEKS[world.term % 3]
        row[Q["pupil_years.state_special"]] += int(added(self.state) * weeks)
        row[Q["pupil_years.over_capacity"]] += int(added(self.over) * weeks)
        row[Q["pupil_years.independent_special"]] += int(added(self.independent) * weeks)
        row[Q["pupil_years.resourced"]] += int(added(self.resourced) * weeks)
        row[Q["pupil_years.home_education"]] += int(parts_as_weight(sum(self.council.home_educated)) * weeks)
        row[Q["pupil_years.post16_plan"]] += int(self.council.post16 * weeks)

    def take_census(self) -> None:
        """Count the queue as at the January census."""
        weights = [weight for _, _, weight in sorted((date, key, weight) for date, key, _, weight in self.waiting)]
        self.world.row(self.council.cell)[Q["special_queue"]] += int(added(weights))
