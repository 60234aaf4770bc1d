"""The first 1 September: inputs into the arrays and numbers that mechanisms read, for every scheduler."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np

from sencosim.engine.inputs import Inputs
from sencosim.engine.mechanisms.facts import NOTHING_DUE
from sencosim.engine.pages import pages_of
from sencosim.engine.prepare import initial_stock
from sencosim.engine.rates import request_level, set_run_rates
from sencosim.engine.records import COHORT, COUNCIL, DUE, POLICY_NUMBERS, POOLED, SCHOOL, STATION
from sencosim.randomness import uniform
from sencosim.rules.assessment import officer_hours, psychologist_hours, surge_factor
from sencosim.rules.chance import exponential_threshold
from sencosim.rules.keys import MOST_COPIES
from sencosim.units import MINUTES_PER_WEEK, N_YEAR_GROUPS, TERMS_PER_YEAR, WEEKS_PER_YEAR
from sencosim.vocabulary import STREAM, Quantity, Table


class Start:
    """What every run begins with.

    Attributes
    ----------
    arrays
        By the name that the world gives them.
    """

    def __init__(self, inputs: Inputs, world: Any) -> None:
        self.inputs, self.world = inputs, world
        self.page = pages_of(inputs)
        self.arrays: dict[str, Any] = {}
        set_run_rates(world, inputs)
        self._set_sizes()
        self._counts()
        self._tables()
        self._schools()
        self._councils()
        self._school_lists()
        self._clusters()
        self._trace()
        self._stock()

    def keep(self, name: str, array: Any, kind: Any = None) -> None:
        """Keep an array under its name."""
        self.arrays[name] = np.ascontiguousarray(array, kind).reshape(-1)

    def _stock(self) -> None:
        """Pupils at the start, by stage, school and year group."""
        stock = np.stack(initial_stock(self.inputs)).astype(np.int64)
        self.keep("stock", stock)

    def _set_sizes(self) -> None:
        inputs, world = self.inputs, self.world
        world["seed"], world["replication"] = inputs.seed, inputs.replication
        world["n_schools"], world["n_councils"] = inputs.n_schools, inputs.councils.council_id.size
        world["n_years"], world["start_year"] = inputs.n_years, inputs.start_year
        world["n_segments"], world["n_quantities"] = inputs.n_years * TERMS_PER_YEAR, len(Quantity)
        world["n_weeks"] = inputs.n_years * WEEKS_PER_YEAR
        world["n_cohorts"] = inputs.n_years + N_YEAR_GROUPS - 1
        world["notice"] = int(inputs.values["notice_weeks"] * MINUTES_PER_WEEK)
        world["window"], world["strict"] = self._look_ahead()
        weights = inputs.schools.weight
        world["copies"] = MOST_COPIES if weights.size and weights.min() != weights.max() else 1
        self.keep("cohorts", np.zeros(inputs.n_schools * int(world["n_cohorts"]), COHORT.layout))
        buckets = np.full((int(world["n_councils"]) + 1) * int(world["n_weeks"]), -1, np.int64)
        self.keep("buckets", buckets)
        self.keep("free", np.full((int(world["n_councils"]) + 1) * len(POOLED), -1, np.int64))
        self.keep("used", np.zeros(len(POOLED), np.int64))
        self.keep("room", np.zeros(len(POOLED), np.int64))
        levels = [request_level(inputs, year) for year in range(inputs.n_years + 1)]
        self.keep("levels", np.array(levels))

    def _counts(self) -> None:
        """The tally by cell and term, the groups by year, and the pages of a term that are added to both."""
        inputs, pages = self.inputs, self.page
        self.world["n_pages"] = pages.cell.size
        sizes = {
            "tally": (len(inputs.cells), inputs.n_years * TERMS_PER_YEAR, len(Quantity)),
            "groups": (len(inputs.groups), inputs.n_years, len(Quantity)),
            "pages": (pages.cell.size, len(Quantity)),
        }
        for name, shape in sizes.items():
            self.keep(name, np.zeros(shape, np.int64))
        self.keep("page_cell", pages.cell)
        self.keep("page_group", pages.group)

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
        rows = [
            np.asarray(self.inputs.hour_tables[name], dtype=np.float64)
            for name in (table.name.lower() for table in Table)
        ]
        self.world["table_points"] = rows[0].size
        self.keep("tables", np.stack(rows))

    def _schools(self) -> None:
        inputs, columns = self.inputs, self.inputs.schools
        schools = np.zeros(inputs.n_schools, SCHOOL.layout)
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
        schools["index"] = np.arange(inputs.n_schools)
        schools["has_primary"] = (columns.roll[:, :7] != 0).any(axis=1)
        schools["has_secondary"] = (columns.roll[:, 7:] != 0).any(axis=1) | (schools["has_primary"] == 0)
        schools["since"] = schools["team_since"] = -1
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
        self.keep("due", np.full(2 * inputs.n_schools, NOTHING_DUE, np.int32).view(DUE.layout))
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
            self.keep(name, matrix, np.float64)
        flags = {
            "comes_down": policy.comes_down,
            "seat": policy.seat,
            "support_plans": policy.support_plans,
            "allowance": policy.allowance,
            "absent": columns.absent,
        }
        for name, asked in flags.items():
            self.keep(name, asked, np.int64)

    def _councils(self) -> None:
        columns = self.inputs.councils
        n = columns.council_id.size
        councils = np.zeros(n + 1, COUNCIL.layout)  # the last one is the tribunal's calendar
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
        councils["followed"] = request_level(self.inputs, 0)
        for i in range(n):
            capacity = 0.0
            for places in councils["state"][i]:
                capacity += float(places)
            councils["capacity"][i] = capacity
            self._fit_capacity(councils, i)
        self.keep("councils", councils)
        stations = np.zeros(2 * n + 1, STATION.layout)
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
        ep = psychologist_hours(agreed, values["ep_hours_per_assessment"], balance)
        plans = agreed * (1.0 - values["assessment_no_plan_share"])
        per_plan = float(self.world["officer_hours_per_plan"])
        officers = officer_hours(plans, per_plan, requests, values["decision_hours"])
        level = values["capacity_margin"] * float(columns.capacity_level[i])
        councils["own_ep_hours"][i] = ep * level
        councils["own_officer_hours"][i] = officers * level

    def _school_lists(self) -> None:
        """Schools by council and number, and which of them take new pupils in each year group."""
        columns, councils = self.inputs.schools, self.arrays["councils"]
        order = np.lexsort((columns.school_id, columns.council))
        self.keep("council_schools", order, np.int64)
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
        self.keep("taking_from", np.array(starts, np.int64))
        self.keep("taking", np.array([*taking, 0], np.int64))
        self.keep("taking_weight", np.array([*weights, 0.0]))
        supply = np.argsort(columns.supply_order, kind="stable").astype(np.int64)
        self.keep("supply_order", supply)

    def _clusters(self) -> None:
        """M16: schools that share, by group, in the order of their numbers."""
        policy, columns, world = self.inputs.policy, self.inputs.schools, self.world
        order = np.lexsort((columns.school_id, policy.cluster))
        sharing = order[policy.cluster[order] >= 0]
        n = int(policy.cluster.max(initial=-1)) + 1
        world["n_clusters"] = n
        world["review_coverage"] = policy.review_coverage
        world["reviews_before_end"] = policy.reviews_before_end
        self.keep("cluster_schools", sharing, np.int64)
        self.keep("cluster_from", np.searchsorted(policy.cluster[sharing], np.arange(n + 1)), np.int64)
        self.keep("cluster_low", np.zeros(n, np.int64))

    def _trace(self) -> None:
        inputs, world = self.inputs, self.world
        world["tracing"] = inputs.trace_all or bool(inputs.trace_schools)
        world["trace_all"] = inputs.trace_all
        wanted = np.zeros(max(inputs.trace_schools, default=-1) + 2, np.int64)
        wanted[[school + 1 for school in inputs.trace_schools]] = 1
        world["few_trace"] = wanted.size - 1
        self.keep("traced_ids", wanted)
