"""The first 1 September: inputs into the arrays and numbers that mechanisms read, for every scheduler."""

from __future__ import annotations

from typing import Any

import numpy as np

from sencosim.arms.inputs import ASKED_FLAGS, ASKED_NUMBERS, Inputs
from sencosim.arms.pages import pages_of
from sencosim.arms.prepare import initial_stock
from sencosim.engine.mechanisms.facts import NOTHING_DUE
from sencosim.engine.rates import request_level, set_run_rates
from sencosim.engine.records import COHORT, COUNCIL, DUE, FILING, POOLED, REFERENCE, SCHOOL, STATION, WORKER
from sencosim.randomness import uniform_array
from sencosim.rules.assessment import surge_factor
from sencosim.rules.chance import exponential_threshold, whole_minutes
from sencosim.rules.keys import MOST_COPIES
from sencosim.units import FIRST_SECONDARY_YEAR_GROUP, MINUTES_PER_WEEK, N_YEAR_GROUPS, TERMS_PER_YEAR, WEEKS_PER_YEAR
from sencosim.vocabulary import Quantity, Table, Worker

SCHOOL_COLUMNS = (
    "council weight culture suspension_level exclusion_level notice_multiplier plan_multiplier has_seat roll"
)
COUNCIL_COLUMNS = (
    "weight refusal_log_odds late_decision_share requests_per_week waiting_weeks agreed_share request_multiplier"
    " appeal_level late_advice_level"
)
"""Columns of the inputs that records have under the same name."""


class Start:
    """What every run begins with: ``arrays`` by the name that the world gives them."""

    def __init__(self, inputs: Inputs, world: Any) -> None:
        self.inputs, self.world = inputs, world
        self.page = pages_of(inputs)
        self.arrays: dict[str, Any] = {}
        set_run_rates(world, inputs)
        self._set_sizes()
        self._tables()
        self._schools()
        self._policy()
        self._councils()
        self._school_lists()
        self._clusters()
        self._trace()
        self._tables_of_reference()
        self.keep("stock", initial_stock(inputs), np.int64)

    def keep(self, name: str, array: Any, kind: Any = None) -> None:
        """Keep an array under its name."""
        self.arrays[name] = np.ascontiguousarray(array, kind).reshape(-1)

    def _set_sizes(self) -> None:
        """How much there is of everything, and empty arrays of that size."""
        inputs, world, pages, weights = self.inputs, self.world, self.page, self.inputs.schools.weight
        n_terms, n_quantities = inputs.n_years * TERMS_PER_YEAR, len(Quantity)
        n_weeks, n_cohorts = inputs.n_years * WEEKS_PER_YEAR, inputs.n_years + N_YEAR_GROUPS - 1
        world["seed"], world["replication"] = inputs.seed, inputs.replication
        world["n_schools"], world["n_councils"] = inputs.n_schools, inputs.councils.council_id.size
        world["n_years"], world["start_year"] = inputs.n_years, inputs.start_year
        world["n_segments"], world["n_quantities"], world["n_pages"] = n_terms, n_quantities, pages.cell.size
        world["n_weeks"], world["n_cohorts"] = n_weeks, n_cohorts
        world["notice"] = whole_minutes(inputs.values["notice_weeks"])
        world["window"], world["strict"] = self._look_ahead()
        world["copies"] = MOST_COPIES if weights.size and weights.min() != weights.max() else 1
        self.keep("page_cell", pages.cell)
        self.keep("page_group", pages.group)
        for name, size in (  # the counts of a page are added to the tally by cell and to the groups
            ("tally", len(inputs.cells) * n_terms * n_quantities),
            ("groups", len(inputs.groups) * inputs.n_years * n_quantities),
            ("pages", pages.cell.size * n_quantities),
            ("used", len(POOLED)),
            ("room", len(POOLED)),
        ):
            self.keep(name, np.zeros(size, np.int64))
        self.keep("cohorts", np.zeros(inputs.n_schools * n_cohorts, COHORT.layout))
        calendars = inputs.councils.council_id.size + 1  # the last one is the tribunal's
        self.keep("buckets", np.full(calendars * n_weeks, -1, np.int64))
        self.keep("free", np.full(calendars * len(POOLED), -1, np.int64))
        self.keep("levels", [request_level(inputs, year) for year in range(inputs.n_years + 1)], np.float64)

    def _tables_of_reference(self) -> None:
        """What the no-policy arm was, for an arm with a policy to read; the no-policy arm itself writes it."""
        inputs, world = self.inputs, self.world
        world["is_reference"] = inputs.reference is None
        if inputs.reference is None:
            self.keep("reference", np.zeros(inputs.n_schools * inputs.n_years * TERMS_PER_YEAR, REFERENCE.layout))
            self.keep("filings", np.zeros(0, FILING.layout))
            return
        self.arrays["reference"], self.arrays["filings"] = inputs.reference.schools, inputs.reference.filings
        world["n_filings"] = inputs.reference.filings.size

    def _look_ahead(self) -> tuple[int, int]:
        """Minutes in which only its council's calendar can reach a school from outside, and 1 if there are none.

        A council's decisions and the end of a mediation use its team and its places. If these follow at once on what
        a school does, its work cannot be done ahead of the rest of the council's.
        """
        soonest = min(float(self.inputs.hour_tables["decision"][0]), self.inputs.values["mediation_weeks"])
        notice = int(self.world["notice"])
        window = min(notice, whole_minutes(soonest))
        return (window, 0) if window >= MINUTES_PER_WEEK // 7 else (notice, 1)

    def _tables(self) -> None:
        rows = np.array([self.inputs.hour_tables[table.name.lower()] for table in Table], np.float64)
        self.world["table_points"] = rows.shape[1]
        self.keep("tables", rows)

    def _schools(self) -> None:
        inputs, columns = self.inputs, self.inputs.schools
        schools = np.zeros(inputs.n_schools, SCHOOL.layout)
        for name in SCHOOL_COLUMNS.split():
            schools[name] = getattr(columns, name)
        u = uniform_array(inputs.seed, inputs.replication, "senco_leaving", columns.school_id)
        has_primary = (columns.roll[:, :FIRST_SECONDARY_YEAR_GROUP] != 0).any(axis=1)
        for name, values in {
            "index": np.arange(inputs.n_schools),
            "id": columns.school_id,
            "cell": self.page.school,
            "ceiling": columns.overtime_ceiling,
            "baseline_team": columns.team_hours,
            "rations": columns.rations_requests,
            "baseline_seat": columns.has_seat,
            "has_primary": has_primary,
            "has_secondary": (columns.roll[:, FIRST_SECONDARY_YEAR_GROUP:] != 0).any(axis=1) | ~has_primary,
            "leaving_threshold": [exponential_threshold(x) for x in u],
            **dict.fromkeys(("heads", "tails"), -1),
            "base_hours": columns.base_hours,
            "hours_drift": columns.hours_drift,
            "need_drift": columns.need_drift,
            **dict.fromkeys(("multiplier", "paperwork", "release", "waiting_ratio", "relative_support"), 1),
        }.items():
            schools[name] = values
        self.keep("schools", schools)
        workers = np.zeros(len(Worker) * inputs.n_schools, WORKER.layout)
        workers["since"] = -1
        workers["bell"] = 1
        self.keep("workers", workers)
        self.keep("due", np.full(2 * inputs.n_schools, NOTHING_DUE, np.int32).view(DUE.layout))

    def _policy(self) -> None:
        """What is asked of schools and councils, by year."""
        columns, policy = self.inputs.schools, self.inputs.policy
        for name in ASKED_NUMBERS:
            self.keep(name, getattr(policy, name), np.float64)
        for name in ASKED_FLAGS:
            self.keep(name, getattr(policy, name), np.int64)
        self.keep("hours_kept", columns.hours_kept, np.float64)
        self.keep("absent", columns.absent, np.int64)

    def _councils(self) -> None:
        columns, values = self.inputs.councils, self.inputs.values
        n = columns.council_id.size
        councils = np.zeros(n + 1, COUNCIL.layout)  # the last one is the tribunal's calendar
        for name in COUNCIL_COLUMNS.split():
            councils[name][:n] = getattr(columns, name)
        # Hours a week that keep a council's published wait in balance at its published flow
        agreed = columns.requests_per_week * columns.agreed_share
        surge = (values["capacity_surge"], values["capacity_surge_cap"])
        balance = np.array([surge_factor(wait, *surge) for wait in columns.waiting_weeks])
        plans = agreed * (1.0 - values["assessment_no_plan_share"])
        officers = plans * float(self.world["officer_hours_per_plan"])
        officers += columns.requests_per_week * values["decision_hours"]
        level = values["capacity_margin"] * columns.capacity_level
        for name, found in {
            "id": columns.council_id,
            "cell": self.page.council,
            "post16": columns.post16_plans,
            "state": columns.state_special,
            "independent": columns.independent_special,
            "capacity": np.cumsum(columns.state_special, axis=1)[:, -1],  # in the order of year groups
            "own_ep_hours": agreed * values["ep_hours_per_assessment"] / balance * level,
            "own_officer_hours": officers * level,
        }.items():
            councils[name][:n] = found
        councils["index"] = np.arange(n + 1)
        councils["followed"] = request_level(self.inputs, 0)
        for name in ("calendar", "agenda", "wait_head", "wait_tail", "ap_head", "ap_tail"):
            councils[name] = -1
        self.keep("councils", councils)
        stations = np.zeros(2 * n + 1, STATION.layout)
        stations["slots"] = 1
        stations["head"] = stations["choosing"] = -1
        stations["entity"][: 2 * n] = np.repeat(columns.council_id << 1, 2) | np.tile([0, 1], n)
        self.keep("stations", stations)

    def _school_lists(self) -> None:
        """Schools by council and number, and which of them take new pupils in each year group."""
        columns, councils = self.inputs.schools, self.arrays["councils"]
        n = len(councils) - 1
        order = np.lexsort((columns.school_id, columns.council))
        bounds = np.searchsorted(columns.council[order], np.arange(n + 1))
        councils["schools_from"][:n], councils["schools_to"][:n] = bounds[:-1], bounds[1:]
        place, year_group = np.nonzero(columns.intake[order] > 0)
        taking = order[place]
        line = columns.council[taking] * N_YEAR_GROUPS + year_group
        weight = columns.intake[taking, year_group] * columns.weight[taking]
        by_line = np.argsort(line, kind="stable")
        starts = np.searchsorted(line[by_line], np.arange(n * N_YEAR_GROUPS + 1))
        lines = np.split(weight[by_line], starts[1:-1])
        self.keep("council_schools", order, np.int64)
        self.keep("taking_from", starts, np.int64)
        self.keep("taking", np.append(taking[by_line], 0), np.int64)
        self.keep("taking_weight", np.append(np.concatenate([np.cumsum(one) for one in lines]), 0.0))
        self.keep("supply_order", np.argsort(columns.supply_order, kind="stable"), np.int64)

    def _clusters(self) -> None:
        """M16: schools that share, by group, in the order of their numbers."""
        policy, columns, world = self.inputs.policy, self.inputs.schools, self.world
        order = np.lexsort((columns.school_id, policy.cluster))
        sharing = order[policy.cluster[order] >= 0]
        n = int(policy.cluster.max(initial=-1)) + 1
        world["n_clusters"] = n
        world["review_support_ratio"] = policy.review_support_ratio
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
