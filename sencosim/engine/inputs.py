"""What an engine reads: plain arrays and numbers, made from population, evidence and scenario. Both engines read this.

Nothing here depends on what happens in a run. Everything random that belongs to a school for good (its culture, its
allocation of hours, its place in the line for new posts) is drawn here once, by key, so that every arm has the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from sencosim.engine.replaceable import SHIPPED, Mechanisms
from sencosim.vocabulary import Activity

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

OUTCOMES = ("requests_need", "suspensions", "permanent_exclusion", "appeals", "move_to_special", "home_education")
"""Outcomes that coverage changes, in the order of the columns of :class:`Feedback`."""
N_OUTCOMES = len(OUTCOMES)
REQUEST, SUSPENSION, EXCLUSION, APPEAL, SPECIAL, HOME = range(len(OUTCOMES))

TASKS = (
    *(activity.key for activity in Activity if activity != Activity.SUPPORT_REVIEW),
    "support_review_primary",
    "support_review_secondary",
    "phase_transfer_review",
    "support_plan_review",
)
"""Kinds of work whose hours are drawn for each event."""


@dataclass(frozen=True)
class SchoolInputs:
    """Columns with one entry a school, in the order of the run.

    Attributes
    ----------
    school_id
        Number of the school in the whole population: the entity of its draws, the same in any sample.
    council
        Index into the councils of the run.
    cell
        Row of the tally: council, phase and size band.
    group
        Row of the groups: phase, fifth by free school meals, rural or urban, governance.
    weight
        Schools that this one stands for within its council. [ratio, >= 1]
    roll
        Pupils by year group, Reception to Year 11. [pupils, shape (n_schools, 12)]
    intake
        New pupils by year group: rolls above those of the year group below. [pupils, shape (n_schools, 12)]
    is_secondary
        Reported phase.
    sen_support, ehc_plans
        Pupils at the start of the run. [pupils]
    notice_multiplier
        Noticing relative to England, from the school's own share of SEN Support. [ratio]
    plan_multiplier
        Plans relative to England's share of pupils on roll. [ratio]
    culture
        Multiplier of hazards that hours do not explain. [ratio, mean 1]
    suspension_level, exclusion_level
        Of the council's schools of this phase relative to England, as published. [ratio, mean 1]
    hours
        Allocated SENCO hours of the baseline by academic year. [hours a week, shape (n_schools, n_years)]
    overtime_ceiling
        [hours a week]
    team_hours
        [hours a week]
    has_seat
        SENCO on the senior leadership team in the baseline.
    rations_requests
        Requests rank after reviews and identification.
    supply_order
        Place in the line for new posts. [ratio, 0 to 1]
    absent
        The SENCO is away for the academic year. [shape (n_schools, n_years)]
    """

    school_id: IntArray
    council: IntArray
    cell: IntArray
    group: IntArray
    weight: FloatArray
    roll: IntArray
    intake: IntArray
    is_secondary: BoolArray
    sen_support: IntArray
    ehc_plans: IntArray
    notice_multiplier: FloatArray
    plan_multiplier: FloatArray
    culture: FloatArray
    suspension_level: FloatArray
    exclusion_level: FloatArray
    hours: FloatArray
    overtime_ceiling: FloatArray
    team_hours: FloatArray
    has_seat: BoolArray
    rations_requests: BoolArray
    supply_order: FloatArray
    initial_coverage: FloatArray
    absent: BoolArray


@dataclass(frozen=True)
class CouncilInputs:
    """Columns with one entry a council.

    Attributes
    ----------
    council_id
        Entity of its draws: the council's code.
    weight
        Councils that this one stands for in England. [ratio, >= 1]
    refusal_log_odds
        Above England. [log odds]
    late_decision_share
        Decisions later than six weeks. [share]
    waiting_weeks
        Wait for assessment at the start of the run, from its published timeliness. [weeks]
    agreed_share
        Requests that it agrees to assess. [share]
    request_multiplier
        Requests of mainstream pupils relative to those that England's rates would give its SEN Support. [ratio]
    appeal_level
        Appeals of its families relative to those that England's shares of its decisions give. [ratio]
    late_advice_level
        Assessments held up by late advice, relative to England's share. [ratio]
    capacity_level
        Own staff relative to what the published flow and wait ask for. [ratio]
    requests_per_week
        All requests, at the level of the first year of the run. [requests a week]
    state_special, independent_special
        Pupils by year group at the start. [pupils, shape (n_councils, 12)]
    post16_plans
        Young people with plans after Year 11 at the start. [persons]
    """

    council_id: IntArray
    cell: IntArray
    weight: FloatArray
    refusal_log_odds: FloatArray
    late_decision_share: FloatArray
    waiting_weeks: FloatArray
    agreed_share: FloatArray
    request_multiplier: FloatArray
    appeal_level: FloatArray
    late_advice_level: FloatArray
    capacity_level: FloatArray
    requests_per_week: FloatArray
    state_special: FloatArray
    independent_special: FloatArray
    post16_plans: FloatArray


@dataclass(frozen=True)
class PolicyInputs:
    """What a scenario asks of each school in each academic year. [shape (n_schools, n_years) unless said otherwise].

    Attributes
    ----------
    floor_hours
        Hours a week that the school must allocate and will (after cover, phase-in and compliance); 0 if none.
    comes_down
        The school, if above the floor, comes down to it.
    seat
        A leadership seat is required and given.
    admin_hours, team_hours
        Administrator and assistant SENCO hours added by policy. [hours a week]
    supervision_hours, first_year_hours
        Of supervision, and of training in the first year in post. [hours a week]
    leaving_ratio
        On the hazard of leaving, by supervision and allowance. [ratio]
    first_year_loss_ratio
        On the effectiveness lost in the first year. [ratio]
    award_terms
        Terms in which the qualification is done. [terms]
    cascade_hours
        Staff training due beside today's. [hours a term]
    key_worker_hours
        Work as key worker, due for each pupil with a plan. [hours a term]
    allowance
        The SENCO is paid an allowance.
    paperwork_ratio
        M19: hours of requests, advice, annual reviews and consultations relative to the task times: the council's own
        process, or the common one. [ratio]
    request_ratio
        On the hazard of reaching a request. [ratio]
    support_plans
        Each pupil on SEN Support must have an Individual Support Plan.
    shared_hours
        M16: the school's part of the hours of a shared post; 0 where the school does not share. [hours a week]
    cluster
        Group of schools that share; -1 if none. [shape (n_schools,)]
    review_coverage, reviews_before_end
        Mean coverage below which a review finds sharing harmful, and how many such reviews in a row end it.
    psychologist_ratio, officer_ratio
        Of councils' own hours. [ratio, shape (n_councils, n_years)]
    places_added
        State special places opened in the September of the year. [places, shape (n_councils, n_years)]
    appeals_added
        A council's part of the hearings added. [appeals a year, shape (n_councils, n_years)]
    tribunal_ratio
        Capacity of the tribunal. [ratio, shape (n_years,)]
    used_share_added
        u1 of the scenario; the register's if the scenario is silent. [share]
    first_year
        Index of the first academic year in which a lever of the question acts; ``n_years`` if none does.
    """

    floor_hours: FloatArray
    comes_down: BoolArray
    seat: BoolArray
    admin_hours: FloatArray
    team_hours: FloatArray
    supervision_hours: FloatArray
    first_year_hours: FloatArray
    leaving_ratio: FloatArray
    first_year_loss_ratio: FloatArray
    award_terms: FloatArray
    cascade_hours: FloatArray
    key_worker_hours: FloatArray
    allowance: BoolArray
    paperwork_ratio: FloatArray
    request_ratio: FloatArray
    support_plans: BoolArray
    shared_hours: FloatArray
    cluster: IntArray
    review_coverage: float
    reviews_before_end: int
    psychologist_ratio: FloatArray
    officer_ratio: FloatArray
    places_added: FloatArray
    appeals_added: FloatArray
    tribunal_ratio: FloatArray
    used_share_added: float
    first_year: int


@dataclass(frozen=True)
class Feedback:
    """How coverage acts on outcomes, frozen for all arms and years of a parameter draw.

    Attributes
    ----------
    elasticity
        On coverage, by phase and outcome. [shape (2, N_OUTCOMES)]
    normaliser
        G, by phase and outcome. [shape (2, N_OUTCOMES)]
    amplification
        A, by phase. [shape (2,)]
    late_ratio
        Relative chance of exclusion when crisis work starts late, by phase. [shape (2,)]
    late_share
        Share of crises late in the base-year baseline, by phase. [shape (2,)]
    mean_log2_coverage
        Exposure-weighted, base-year baseline, by phase. [shape (2,)]
    """

    elasticity: FloatArray
    normaliser: FloatArray
    amplification: FloatArray
    late_ratio: FloatArray
    late_share: FloatArray
    mean_log2_coverage: FloatArray


@dataclass(frozen=True)
class Cell:
    """One row of the tally: where its counts belong."""

    la_code: int
    phase: str
    size_band: str
    weight: float


@dataclass(frozen=True)
class Group:
    """One kind of school: what results by group are made from.

    Attributes
    ----------
    phase
        ``primary`` or ``secondary``.
    fsm_fifth
        Among England's schools of the phase by free school meals, 1 the fewest to 5 the most.
    rural
        In a rural place.
    governance
        One of :data:`~sencosim.population.schools.GOVERNANCE`.
    weight
        Schools of England that one of them stands for. [ratio]
    """

    phase: str
    fsm_fifth: int
    rural: bool
    governance: str
    weight: float


@dataclass(frozen=True)
class Inputs:
    """Everything that one arm of one replication needs.

    ``levels`` holds what shocks do to a rate, by name and year. [ratio, shape (n_years,)]; a rate without an entry is
    as always.
    """

    seed: int
    replication: int
    start_year: int
    n_years: int
    values: Mapping[str, float]
    vectors: Mapping[str, tuple[float, ...]]
    hour_tables: Mapping[str, FloatArray]
    schools: SchoolInputs
    councils: CouncilInputs
    policy: PolicyInputs
    feedback: Feedback
    cells: tuple[Cell, ...]
    groups: tuple[Group, ...]
    base_year: int
    levels: Mapping[str, FloatArray] = field(default_factory=dict)
    trace_schools: frozenset[int] = field(default_factory=frozenset)
    trace_all: bool = False
    paths: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Levels by year of the run relative to the base year, where growth is not one rate: by the name of the past
    growth that they replace. The last holds from then on. [ratio]"""
    mechanisms: Mechanisms = SHIPPED
    """Rules, some of them perhaps a researcher's own: then the reference engine alone can run."""

    @property
    def n_schools(self) -> int:
        """Schools in the run. [schools]."""
        return int(self.schools.school_id.size)

    def level(self, name: str, year_index: int, ordinary: float = 1.0) -> float:
        """What shocks make of a rate in a year of the run."""
        found = self.levels.get(name)
        if found is None or year_index >= found.size or np.isnan(found[year_index]):
            return ordinary
        return float(found[year_index])

    def trend(self, year_index: int, past: str, future: str) -> float:
        """Growth of a rate relative to the base year: by its path, or its past and future yearly growth. [ratio]."""
        path = self.paths.get(past)
        if path:
            return path[min(year_index, len(path) - 1)]
        year = self.start_year + year_index
        growth = self.values[past] if year < self.base_year else self.values[future]
        return float((1.0 + growth) ** (year - self.base_year))


def with_trace(inputs: Inputs, schools: frozenset[int]) -> Inputs:
    """Same run, keeping the trace of some schools, by school number."""
    return replace(inputs, trace_schools=schools)
