"""What an engine reads: plain arrays and numbers, made from population, evidence and scenario.

Nothing here depends on what happens in a run. Everything random that belongs to a school for good (its culture, its
allocation of hours, its place in the line for new posts) is drawn here once, by key, so that every arm has the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt

from sencosim.arms.replaceable import SHIPPED, Mechanisms
from sencosim.levers.schools import grown
from sencosim.units import TERMS_PER_YEAR

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

OUTCOMES = ("requests_need", "suspensions", "permanent_exclusion", "appeals", "move_to_special", "home_education")
"""Outcomes that support changes, in the order of a school's multipliers."""
N_OUTCOMES = len(OUTCOMES)
REQUEST, SUSPENSION, EXCLUSION, APPEAL, SPECIAL, HOME = range(N_OUTCOMES)


@dataclass(frozen=True)
class SchoolInputs:
    """Columns with one entry a school, in the order of the run. [shape (n_schools,) unless said otherwise]."""

    school_id: IntArray  # number in the whole population: the entity of its draws, the same in any sample
    council: IntArray  # index into the councils of the run
    cell: IntArray  # row of the tally: council, phase and size band
    group: IntArray  # row of the groups: phase, fifth by free school meals, rural or urban, governance
    weight: FloatArray  # schools that this one stands for within its council [ratio, >= 1]
    roll: IntArray  # by year group, Reception to Year 11 [pupils, shape (n_schools, 12)]
    intake: IntArray  # new pupils: rolls above those of the year group below [pupils, shape (n_schools, 12)]
    is_secondary: BoolArray  # reported phase
    sen_support: IntArray  # at the start of the run [pupils]
    ehc_plans: IntArray  # at the start of the run [pupils]
    notice_multiplier: FloatArray  # noticing relative to England, from the own share of SEN Support [ratio]
    plan_multiplier: FloatArray  # plans relative to England's share of pupils on roll [ratio]
    culture: FloatArray  # multiplier of hazards that hours do not explain [ratio, mean 1]
    suspension_level: (
        FloatArray  # of the council's schools of this phase relative to England, published [ratio, mean 1]
    )
    exclusion_level: FloatArray  # of the council's schools of this phase relative to England, published [ratio, mean 1]
    base_hours: FloatArray  # SENCO hours allocated in the base year; 0 if none ever are [hours a week]
    hours_drift: FloatArray  # published drift of these hours [hours a week per year]
    need_drift: FloatArray  # of that drift, what follows the numbers of pupils with SEN [hours a week per year]
    hours_kept: FloatArray  # share of them that tight budgets leave, by year [share, shape (n_years,)]
    overtime_ceiling: FloatArray  # [hours a week]
    team_hours: FloatArray  # [hours a week]
    has_seat: BoolArray  # SENCO on the senior leadership team in the baseline
    rations_requests: BoolArray  # requests rank after reviews and identification
    supply_order: FloatArray  # place in the line for new posts [ratio, 0 to 1]
    absent: BoolArray  # the SENCO is away for the academic year [shape (n_schools, n_years)]


@dataclass(frozen=True)
class CouncilInputs:
    """Columns with one entry a council. [shape (n_councils,) unless said otherwise]."""

    council_id: IntArray  # entity of its draws: the council's code
    cell: IntArray  # row of the tally
    weight: FloatArray  # councils that this one stands for in England [ratio, >= 1]
    refusal_log_odds: FloatArray  # above England [log odds]
    late_decision_share: FloatArray  # decisions later than six weeks [share]
    waiting_weeks: FloatArray  # wait for assessment at the start, from its published timeliness [weeks]
    agreed_share: FloatArray  # requests that it agrees to assess [share]
    request_multiplier: (
        FloatArray  # requests of mainstream pupils relative to England's rates of its SEN Support [ratio]
    )
    appeal_level: FloatArray  # appeals relative to those that England's shares of its decisions give [ratio]
    late_advice_level: FloatArray  # assessments held up by late advice, relative to England's share [ratio]
    capacity_level: FloatArray  # own staff relative to what the published flow and wait ask for [ratio]
    requests_per_week: FloatArray  # all requests, at the level of the first year of the run [requests a week]
    state_special: FloatArray  # by year group at the start [pupils, shape (n_councils, 12)]
    independent_special: FloatArray  # by year group at the start [pupils, shape (n_councils, 12)]
    post16_plans: FloatArray  # young people with plans after Year 11 at the start [persons]


HOURS, RATIO, FLAG = ({"of": "schools", "neutral": neutral} for neutral in (0.0, 1.0, False))
COUNCIL_ADDED, COUNCIL_RATIO = ({"of": "councils", "neutral": neutral} for neutral in (0.0, 1.0))
ENGLAND_ADDED, ENGLAND_RATIO = ({"of": "England", "neutral": neutral} for neutral in (0.0, 1.0))
"""Of a field that levers fill: its rows, and its value where no lever acts."""


@dataclass(frozen=True)
class PolicyInputs:
    """What a scenario asks in each academic year. [shape (n_schools, n_years) unless said otherwise].

    It is what schools will do, after cover, phase-in and compliance. M16 shares posts, M19 is paperwork. Fields of
    councils are of shape (n_councils, n_years), those of England of shape (n_years,).
    """

    protected_time: FloatArray = field(metadata=HOURS)  # that the school must allocate; 0 if none [hours a week]
    comes_down: BoolArray = field(metadata=FLAG)  # the school, if above protected time, comes down to it
    seat: BoolArray = field(metadata=FLAG)  # a leadership seat is required and given
    admin_hours: FloatArray = field(metadata=HOURS)  # of administrators, added by policy [hours a week]
    team_hours: FloatArray = field(metadata=HOURS)  # of assistant SENCOs, added [hours a week]
    supervision_hours: FloatArray = field(metadata=HOURS)  # [hours a week]
    first_year_hours: FloatArray = field(metadata=HOURS)  # of training in the first year in post [hours a week]
    leaving_ratio: FloatArray = field(metadata=RATIO)  # on the hazard of leaving: supervision and allowance [ratio]
    first_year_loss_ratio: FloatArray = field(metadata=RATIO)  # on the effectiveness lost in the first year [ratio]
    award_terms: FloatArray = field(metadata=HOURS)  # in which the qualification is done [terms]
    cascade_hours: FloatArray = field(metadata=HOURS)  # staff training due in addition to today's [hours a term]
    key_worker_hours: FloatArray = field(metadata=HOURS)  # due for each pupil with a plan [hours a term]
    allowance: BoolArray = field(metadata=FLAG)  # the SENCO is paid an allowance
    # Hours of requests, advice, annual reviews and consultations relative to the task times: by the council's own
    # process, or by the common one [ratio]
    paperwork_ratio: FloatArray = field(metadata=RATIO)
    request_ratio: FloatArray = field(metadata=RATIO)  # on the hazard of reaching a request [ratio]
    support_plans: BoolArray = field(metadata=FLAG)  # each pupil on SEN Support must have an Individual Support Plan
    shared_hours: FloatArray = field(metadata=HOURS)  # part of a shared post; 0 if it shares none [hours a week]
    psychologist_ratio: FloatArray = field(metadata=COUNCIL_RATIO)  # of own hours [ratio]
    officer_ratio: FloatArray = field(metadata=COUNCIL_RATIO)  # of own hours [ratio]
    places_added: FloatArray = field(metadata=COUNCIL_ADDED)  # state special, opened in the September [places]
    appeals_added: FloatArray = field(metadata=COUNCIL_ADDED)  # its part of the hearings added [appeals a year]
    cluster: IntArray  # group of schools that share; -1 if none [shape (n_schools,)]
    # Mean support intensity relative to the no-policy arm below which a review finds sharing harmful [ratio]
    review_support_ratio: float
    reviews_before_end: int  # such reviews in a row that end sharing
    tribunal_ratio: FloatArray = field(metadata=ENGLAND_RATIO)  # capacity of the tribunal [ratio]
    used_share_added: float  # u1 of the scenario; the register's if the scenario is silent [share]
    first_year: int  # index of the first year in which a lever of the question acts; n_years if none does
    # Of specialists whom the announced money pays; counted, and without effect [hours a week]
    expert_hours: FloatArray = field(metadata=HOURS)
    abolished: BoolArray = field(metadata=FLAG)  # no post, no overtime, no SENCO hours; tests only
    refusal_shift: FloatArray = field(metadata=ENGLAND_ADDED)  # on the refusal of a request [log odds]
    outside_ratio: FloatArray = field(metadata=ENGLAND_RATIO)  # of requests from outside mainstream schools [ratio]
    plan_transition_share: FloatArray = field(metadata=ENGLAND_ADDED)  # of plans that end at the end of a phase [share]
    entry_ratio: FloatArray = field(metadata=ENGLAND_RATIO)  # of plans at entry to Reception [ratio]
    # 1: plans are reviewed at the end of a key stage; 0: yearly
    key_stage_reviews: FloatArray = field(metadata=ENGLAND_ADDED)
    placement_orders: FloatArray = field(metadata=ENGLAND_RATIO)  # 1: the tribunal may order a placement; 0: it may not


ASKED = tuple(one for one in fields(PolicyInputs) if one.metadata)
"""Fields that levers fill, by year."""
ASKED_NUMBERS, ASKED_FLAGS = (
    tuple(one.name for one in ASKED if one.metadata["of"] != "England" and isinstance(one.metadata["neutral"], kind))
    for kind in (float, bool)
)
"""Those of them by school or council: they have the same names in the world."""


@dataclass(frozen=True)
class Reference:
    """What a no-policy arm leaves for every policy arm of its world to read."""

    schools: np.ndarray  # records of engine.records.REFERENCE, by school and term of the run
    filings: np.ndarray  # records of engine.records.FILING, one a request of a mainstream pupil, by rising key

    def sen_numbers(self, n_schools: int) -> FloatArray:
        """Pupils with SEN at the start of each academic year. [pupils, shape (n_schools, n_years)]."""
        by_term: FloatArray = self.schools["sen"].reshape(n_schools, -1)
        return by_term[:, ::TERMS_PER_YEAR]


@dataclass(frozen=True)
class Cell:
    """One row of the tally: where its counts belong."""

    la_code: int
    phase: str
    size_band: str
    weight: float


@dataclass(frozen=True)
class Group:
    """One kind of school: a row of the results by group."""

    phase: str  # primary or secondary
    fsm_fifth: int  # among England's schools of the phase by free school meals, 1 the fewest to 5 the most
    rural: bool  # in a rural place
    governance: str  # one of sencosim.population.schools.GOVERNANCE
    weight: float  # schools of England that one of them stands for [ratio]


@dataclass(frozen=True)
class Inputs:
    """Everything that one arm of one replication needs."""

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
    cells: tuple[Cell, ...]
    groups: tuple[Group, ...]
    base_year: int
    levels: Mapping[str, FloatArray] = field(default_factory=dict)
    """Effect of shocks on rates, by name and year; a rate without an entry is as always. [ratio, shape (n_years,)]"""
    trace_schools: frozenset[int] = field(default_factory=frozenset)
    trace_all: bool = False
    paths: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Levels by year of the run relative to the base year, where growth is not one rate: by the name of the past
    growth that they replace. The last holds from then on. [ratio]"""
    reference: Reference | None = None
    """The no-policy arm of the world, which this arm reads; ``None`` if this is that arm."""
    mechanisms: Mechanisms = SHIPPED
    """Rules. Only the SimPy scheduler runs a researcher's own."""

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
        return grown(self.values, past, future, self.start_year + year_index - self.base_year)
