"""Inputs into the arrays that compiled code works on."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np

from sencosim.engine.compiled import layout
from sencosim.engine.compiled.memory import address_of
from sencosim.engine.compiled.numbers import NOTHING_DUE, TABLES
from sencosim.engine.compiled.pools import BLOCK
from sencosim.engine.compiled.rates import request_level, set_run_rates
from sencosim.engine.inputs import Inputs
from sencosim.engine.pages import pages_of
from sencosim.engine.prepare import initial_stock
from sencosim.ledger.quantities import QUANTITIES
from sencosim.randomness import STREAM, uniform
from sencosim.rules.assessment import surge_factor
from sencosim.rules.chance import exponential_threshold
from sencosim.units import MINUTES_PER_WEEK, N_YEAR_GROUPS, TERMS_PER_YEAR, WEEKS_PER_YEAR

LINKS = ("since", "team_since")
CACHE_LINE = 64
WRITTEN = {
    *layout.POOLS,
    *("histories", "cycles", "rosters", "reviews", "other_reviews", "tally", "groups", "pages", "records"),
    *("sorting", "sorted", "counting", "gathered", "review_hours"),
}
"""Arrays that hold nothing before a run."""
POLICY_NUMBERS = (
    "supervision_hours",
    "first_year_hours",
    "leaving_ratio",
    "first_year_loss_ratio",
    "award_terms",
    "cascade_hours",
    "key_worker_hours",
    "paperwork_ratio",
    "request_ratio",
    "shared_hours",
    "psychologist_ratio",
    "officer_ratio",
    "places_added",
    "appeals_added",
)
"""What is asked by school or council and year, under its own name."""
MOST_COPIES = 16


def _aligned(n: int, kind: Any) -> Any:
    """Records of zeros that begin at a line of the processor's cache."""
    memory = np.zeros(n * kind.itemsize + CACHE_LINE, np.uint8)
    start = -int(memory.ctypes.data) % CACHE_LINE
    return memory[start : start + n * kind.itemsize].view(kind)


def _copy(array: Any, used: int) -> Any:
    new = _aligned(len(array), array.dtype) if array.ndim == 1 else np.empty_like(array)
    new[:used] = array[:used]
    return new


def _same(one: Any, other: Any) -> bool:
    return one.shape == other.shape and bool((one.view(np.uint8) == other.view(np.uint8)).all())


class State:
    """Every array of a run, and the world that holds their addresses."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.page = pages_of(inputs)
        self.kept: dict[str, Any] = {}
        self.worlds = np.zeros(1, layout.WORLD)
        self.world = self.worlds[0]
        self.world["window_start"] = -1
        self.address = address_of(self.worlds)
        set_run_rates(self.world, inputs)
        self._set_sizes()
        self._counts()
        self._tables()
        self._schools()
        self._councils()
        self._school_lists()
        self._trace()
        self._stock()
        pupils = int(self.kept["stock"]["i"].sum()) + 256
        # Room that is not used costs nothing: the system gives memory when it is first written to.
        sizes = {"pupils": 2 * pupils, "events": 2 * pupils, "cases": pupils, "nodes": pupils, "chunks": pupils}
        for pool, kind in layout.POOLS.items():
            self._pool(pool, _aligned(sizes.get(pool, pupils // 4) + 4096, kind))
        self._grow_rosters(4 * pupils)
        self._grow_reviews(pupils)
        self._grow_sorting(4096)

    def branch(self, inputs: Inputs) -> State:
        """A copy that goes on from here under the policy of other inputs.

        What a policy changes is what differs between two states that have just been made: that is taken from the new
        inputs, all else from here.
        """
        plain, other = State(self.inputs), State(inputs)
        for name, array in self.kept.items():
            if name in WRITTEN or _same(plain.kept[name], other.kept[name]):
                other.keep(name, _copy(array, self._used(name, array)))
        for name in ("tally", "groups", "pages"):
            setattr(other, name, other.kept[name].view(np.int64).reshape(getattr(self, name).shape))
        for name in layout.WORLD.names or ():
            if name not in self.kept and _same(plain.worlds[name], other.worlds[name]):
                other.worlds[name] = self.worlds[name]
        return other

    def _used(self, name: str, array: Any) -> int:
        """How much of an array holds anything: room that was never used is not copied."""
        counter = {"histories": "pupils_used", "cycles": "pupils_used"}.get(name, f"{name}_used")
        return int(self.world[counter]) if counter in (layout.WORLD.names or ()) else len(array)

    def keep(self, name: str, array: Any) -> None:
        """Keep an array, and let compiled code find it."""
        self.kept[name] = array
        self.world[name] = address_of(array)

    def _pool(self, pool: str, array: Any) -> None:
        self.keep(pool, array)
        self.world[f"{pool}_room"] = len(array)
        if pool == "pupils":
            self._widen("histories", len(array), layout.HISTORY)
            self._widen("cycles", len(array), layout.SMALL)

    def _widen(self, name: str, room: int, kind: Any) -> None:
        """Give an array more room and keep what is in it."""
        new = _aligned(room, kind)
        if name in self.kept:
            new[: len(self.kept[name])] = self.kept[name]
        self.keep(name, new)

    def grow(self) -> None:
        """Give every pool that is short of what the last step asked for twice its size, or more if it needs more."""
        need = int(self.world["need"]) + BLOCK
        for pool, kind in layout.POOLS.items():
            used, old = int(self.world[f"{pool}_used"]), self.kept[pool]
            if used + need >= len(old):
                new = _aligned(max(2 * len(old), used + need + 1), kind)
                new[:used] = old[:used]
                self._pool(pool, new)
        used = int(self.world["rosters_used"])
        wanted = used + 2 * int(self.world["widest_roster"]) + 8 * need + 64
        if wanted >= len(self.kept["rosters"]):
            self._grow_rosters(max(2 * len(self.kept["rosters"]), wanted + 1))
        while self.world["tracing"] and int(self.world["n_trace"]) + 4 * need >= len(self.kept["records"]):
            self.grow_trace()
        if 2 * int(self.world["n_reviews"]) >= len(self.kept["reviews"]):
            self._grow_reviews(2 * len(self.kept["reviews"]))
        self._grow_sorting(2 * max(int(self.world["wanted_sorting"]), int(self.kept["schools"]["roster_size"].max())))

    def grow_trace(self) -> None:
        """Twice the room for the trace."""
        self._widen("records", 2 * len(self.kept["records"]), layout.RECORD)
        self.world["room_trace"] = len(self.kept["records"])

    def _grow_rosters(self, room: int) -> None:
        self._widen("rosters", room, layout.SPOT)
        self.world["rosters_room"] = room

    def _grow_reviews(self, room: int) -> None:
        """Room for the support reviews of a term."""
        for name in ("reviews", "other_reviews"):
            self._widen(name, room, layout.REVIEW)
        self.world["room_reviews"] = room

    def _grow_sorting(self, room: int) -> None:
        """Room for putting the reviews of one school in order."""
        if room <= self.world["room_sorting"]:
            return
        for name in ("sorting", "sorted"):
            self.keep(name, _aligned(room, layout.INDEX))
        self.keep("counting", _aligned(room + 2, layout.SPOT))
        self.keep("gathered", _aligned(room, layout.SPOT))
        self.keep("review_hours", _aligned(room, layout.NUMBER))
        self.world["room_sorting"] = room

    def _stock(self) -> None:
        """Pupils at the start, by stage, school and year group."""
        stock = np.stack(initial_stock(self.inputs)).astype(np.int64)
        self.keep("stock", np.ascontiguousarray(stock).reshape(-1).view(layout.INDEX))

    def turn_reviews(self) -> None:
        """The reviews of the last term make way for those of the next."""
        first, second = self.kept["reviews"], self.kept["other_reviews"]
        self.keep("reviews", second)
        self.keep("other_reviews", first)

    def _set_sizes(self) -> None:
        inputs, world = self.inputs, self.world
        world["seed"], world["replication"] = inputs.seed, inputs.replication
        world["n_schools"], world["n_councils"] = inputs.n_schools, inputs.councils.council_id.size
        world["n_years"], world["start_year"] = inputs.n_years, inputs.start_year
        world["n_segments"], world["n_quantities"] = inputs.n_years * TERMS_PER_YEAR, len(QUANTITIES)
        world["n_weeks"] = inputs.n_years * WEEKS_PER_YEAR
        world["n_cohorts"] = inputs.n_years + N_YEAR_GROUPS - 1
        world["notice"] = int(inputs.values["notice_weeks"] * MINUTES_PER_WEEK)
        world["window"], world["strict"] = self._look_ahead()
        weights = inputs.schools.weight
        world["copies"] = MOST_COPIES if weights.size and weights.min() != weights.max() else 1
        self.keep("cohorts", np.zeros(inputs.n_schools * int(world["n_cohorts"]), layout.COHORT))
        buckets = np.full((int(world["n_councils"]) + 1) * int(world["n_weeks"]), -1, np.int64)
        self.keep("buckets", buckets.view(layout.INDEX))
        levels = [request_level(inputs, year) for year in range(inputs.n_years + 1)]
        self.keep("levels", np.array(levels).view(layout.NUMBER))

    def _counts(self) -> None:
        """The tally by cell and term, the groups by year, and the pages of a term that are added to both."""
        inputs, pages = self.inputs, self.page
        self.world["n_pages"] = pages.cell.size
        self.tally = np.zeros((len(inputs.cells), inputs.n_years * TERMS_PER_YEAR, len(QUANTITIES)), np.int64)
        self.groups = np.zeros((len(inputs.groups), inputs.n_years, len(QUANTITIES)), np.int64)
        self.pages = np.zeros((pages.cell.size, len(QUANTITIES)), np.int64)
        for name in ("tally", "groups", "pages"):
            self.keep(name, getattr(self, name).reshape(-1).view(layout.TALLY))
        self.keep("page_cell", pages.cell.view(layout.INDEX))
        self.keep("page_group", pages.group.view(layout.INDEX))

    def _look_ahead(self) -> tuple[int, int]:
        """Minutes in which no school hears from outside but through its council's calendar, and 1 if there are none.

        A council's decisions and the end of a mediation use its team and its places. If these follow at once on what
        a school does, its work cannot be done ahead of the rest of the council's.
        """
        soonest = min(float(self.inputs.hour_tables["decision"][0]), self.inputs.values["mediation_weeks"])
        notice = int(self.world["notice"])
        window = min(notice, int(soonest * MINUTES_PER_WEEK))
        return (window, 0) if window >= MINUTES_PER_WEEK // 7 else (notice, 1)

    def _tables(self) -> None:
        rows = [np.asarray(self.inputs.hour_tables[name], dtype=np.float64) for name in TABLES]
        self.world["table_points"] = rows[0].size
        self.keep("tables", np.ascontiguousarray(np.stack(rows)))

    def _schools(self) -> None:
        inputs, columns = self.inputs, self.inputs.schools
        schools = np.zeros(inputs.n_schools, layout.SCHOOL)
        for name, values in (
            ("id", columns.school_id),
            ("council", columns.council),
            ("cell", self.page.school),
            ("weight", columns.weight),
            ("culture", columns.culture),
            ("suspension_level", columns.suspension_level),
            ("exclusion_level", columns.exclusion_level),
            ("notice_multiplier", columns.notice_multiplier),
            ("plan_multiplier", columns.plan_multiplier),
            ("coverage", columns.initial_coverage),
            ("ceiling", columns.overtime_ceiling),
            ("team_hours", columns.team_hours),
            ("baseline_team", columns.team_hours),
            ("rations", columns.rations_requests),
            ("baseline_seat", columns.has_seat),
            ("has_seat", columns.has_seat),
            ("roll", columns.roll),
        ):
            schools[name] = values
        schools["has_primary"] = (columns.roll[:, :7] != 0).any(axis=1)
        schools["has_secondary"] = (columns.roll[:, 7:] != 0).any(axis=1) | (schools["has_primary"] == 0)
        for name in LINKS:
            schools[name] = -1
        schools["heads"] = -1
        schools["tails"] = -1
        schools["multiplier"] = 1.0
        schools["tenure_terms"] = 99
        schools["paperwork"] = 1.0
        schools["strained"] = 0.5
        schools["bell"] = 1
        schools["team_bell"] = 1
        for i in range(inputs.n_schools):
            u = uniform(inputs.seed, inputs.replication, STREAM["senco_leaving"], int(columns.school_id[i]), 0)
            schools["leaving_threshold"][i] = exponential_threshold(u)
        self.keep("schools", schools)
        self.keep("due", np.full(2 * inputs.n_schools, NOTHING_DUE, np.int32).view(layout.DUE))
        self._policy()

    def _policy(self) -> None:
        """What is asked of schools and councils, by year."""
        columns, policy = self.inputs.schools, self.inputs.policy
        numbers = {
            "hours": columns.hours,
            "floor": policy.floor_hours,
            "admin": policy.admin_hours,
            "team_added": policy.team_hours,
        }
        numbers |= {name: getattr(policy, name) for name in POLICY_NUMBERS}
        for name, matrix in numbers.items():
            self.keep(name, np.ascontiguousarray(matrix, np.float64).reshape(-1).view(layout.NUMBER))
        flags = {
            "comes_down": policy.comes_down,
            "seat": policy.seat,
            "support_plans": policy.support_plans,
            "allowance": policy.allowance,
            "absent": columns.absent,
        }
        for name, asked in flags.items():
            self.keep(name, np.ascontiguousarray(asked).astype(np.int64).reshape(-1).view(layout.INDEX))

    def _councils(self) -> None:
        columns = self.inputs.councils
        n = columns.council_id.size
        councils = np.zeros(n + 1, layout.COUNCIL)  # the last one is the tribunal's calendar
        councils["index"] = np.arange(n + 1)
        for name, values in (
            ("id", columns.council_id),
            ("cell", self.page.council),
            ("weight", columns.weight),
            ("refusal_log_odds", columns.refusal_log_odds),
            ("late_decision_share", columns.late_decision_share),
            ("requests_per_week", columns.requests_per_week),
            ("waiting_weeks", columns.waiting_weeks),
            ("agreed_share", columns.agreed_share),
            ("request_multiplier", columns.request_multiplier),
            ("appeal_level", columns.appeal_level),
            ("late_advice_level", columns.late_advice_level),
            ("capacity_level", columns.capacity_level),
            ("post16", columns.post16_plans),
            ("state", columns.state_special),
            ("independent", columns.independent_special),
        ):
            councils[name][:n] = values
        for name in ("calendar", "agenda", "wait_head", "wait_tail", "ap_head", "ap_tail"):
            councils[name] = -1
        for pool in layout.POOLS:
            councils[f"{pool}_free"] = -1
        councils["followed"] = request_level(self.inputs, 0)
        for i in range(n):
            capacity = 0.0
            for places in councils["state"][i]:
                capacity += float(places)
            councils["capacity"][i] = capacity
            self._fit_capacity(councils, i)
        self.keep("councils", councils)
        stations = np.zeros(2 * n + 1, layout.STATION)
        stations["slots"] = 1
        stations["head"] = -1
        stations["choosing"] = -1
        stations["entity"][: 2 * n] = np.repeat(columns.council_id << 1, 2) | np.tile([0, 1], n)
        self.keep("stations", stations)

    def _fit_capacity(self, councils: Any, i: int) -> None:
        """Hours a week that keep a council's published wait in balance at its published flow."""
        values, columns = self.inputs.values, self.inputs.councils
        requests = float(columns.requests_per_week[i])
        agreed = requests * float(columns.agreed_share[i])
        wait = float(columns.waiting_weeks[i])
        balance = surge_factor(wait, values["capacity_surge"], values["capacity_surge_cap"])
        ep = agreed * values["ep_hours_per_assessment"] / balance
        plans = agreed * (1.0 - values["assessment_no_plan_share"])
        officers = plans * float(self.world["officer_hours_per_plan"]) + requests * values["decision_hours"]
        level = values["capacity_margin"] * float(columns.capacity_level[i])
        councils["own_ep_hours"][i] = ep * level
        councils["own_officer_hours"][i] = officers * level

    def _school_lists(self) -> None:
        """Schools by council and number, and which of them take new pupils in each year group."""
        columns, councils = self.inputs.schools, self.kept["councils"]
        order = np.lexsort((columns.school_id, columns.council))
        self.keep("council_schools", order.astype(np.int64).view(layout.INDEX))
        starts = [0]
        taking: list[int] = []
        weights: list[float] = []
        for council in range(len(councils) - 1):
            bounds = np.searchsorted(columns.council[order], [council, council + 1])
            councils["schools_from"][council], councils["schools_to"][council] = bounds
            for year_group in range(N_YEAR_GROUPS):
                chosen = [i for i in order[bounds[0] : bounds[1]].tolist() if columns.intake[i, year_group] > 0]
                taking += chosen
                weights += accumulate(float(columns.intake[i, year_group]) * float(columns.weight[i]) for i in chosen)
                starts.append(len(taking))
        self.keep("taking_from", np.array(starts, np.int64).view(layout.INDEX))
        self.keep("taking", np.array([*taking, 0], np.int64).view(layout.INDEX))
        self.keep("taking_weight", np.array([*weights, 0.0]).view(layout.NUMBER))
        supply = np.argsort(columns.supply_order, kind="stable").astype(np.int64)
        self.keep("supply_order", supply.view(layout.INDEX))

    def _trace(self) -> None:
        inputs, world = self.inputs, self.world
        world["tracing"] = inputs.trace_all or bool(inputs.trace_schools)
        world["trace_all"] = inputs.trace_all
        wanted = np.zeros(max(inputs.trace_schools, default=-1) + 2, np.int64)
        wanted[[school + 1 for school in inputs.trace_schools]] = 1
        world["few_trace"] = wanted.size - 1
        self.keep("traced_ids", wanted.view(layout.INDEX))
        self.keep("records", np.zeros(1 << 16 if world["tracing"] else 1, layout.RECORD))
        world["room_trace"] = len(self.kept["records"])
