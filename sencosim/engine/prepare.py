"""Population, evidence and scenario into the plain arrays that an engine reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat

import numpy as np
import numpy.typing as npt

from sencosim.engine.hour_tables import hour_tables
from sencosim.engine.inputs import (
    N_OUTCOMES,
    Feedback,
    FloatArray,
    Inputs,
    IntArray,
    SchoolInputs,
)
from sencosim.engine.pages import cells_of, groups_of
from sencosim.engine.policy import policy_inputs
from sencosim.engine.prepare_councils import council_inputs
from sencosim.engine.replaceable import SHIPPED, Mechanisms
from sencosim.engine.shocks import absences, hours_kept, levels
from sencosim.engine.stocks import SHORT_WARM_UP, need_scale
from sencosim.evidence.council_exclusions import Measure, exclusion_levels
from sencosim.evidence.councils import load_councils
from sencosim.population.levels import council_pupils, council_totals
from sencosim.population.schools import Population
from sencosim.randomness import uniform_array
from sencosim.rules.chance import normal_quantile
from sencosim.rules.workforce import allocated_hours
from sencosim.scenario.schema import Scenario
from sencosim.units import N_YEAR_GROUPS, PHASES

BASE_YEAR = 2024
"""The base year is 2024/25."""

Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Draw:
    """One reading of the evidence: numbers and vectors by name, levels by year where growth is not one rate.

    ``mechanisms`` are the rules that read them.
    """

    values: Numbers
    vectors: Mapping[str, tuple[float, ...]]
    paths: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    mechanisms: Mechanisms = SHIPPED

    @classmethod
    def of(cls, mixed: Mapping[str, float | Sequence[float]]) -> Draw:
        """Split a view's values into numbers and vectors."""
        numbers = {name: float(value) for name, value in mixed.items() if isinstance(value, (int, float))}
        vectors = {
            name: tuple(float(x) for x in value) for name, value in mixed.items() if not isinstance(value, (int, float))
        }
        return cls(numbers, vectors)


def neutral_feedback() -> Feedback:
    """No effect of coverage on anything: for measuring the baseline's coverage."""
    return Feedback(
        elasticity=np.zeros((2, N_OUTCOMES)),
        normaliser=np.ones((2, N_OUTCOMES)),
        amplification=np.ones(2),
        late_ratio=np.ones(2),
        late_share=np.zeros(2),
        mean_log2_coverage=np.zeros(2),
    )


def make_inputs(
    population: Population,
    scenario: Scenario,
    draw: Draw,
    feedback: Feedback,
    *,
    seed: int,
    replication: int,
    n_years: int | None = None,
    hours_factor: float = 1.0,
) -> Inputs:
    """Inputs of one arm of one replication.

    Parameters
    ----------
    population
        Schools of the run, sampled or all.
    scenario
        The arm: baseline or policy.
    draw
        Values of all parameters.
    feedback
        How coverage acts, from the baseline of the same draw.
    seed, replication
        Keys of chance.
    n_years
        Academic years to run; the scenario's if ``None``. [years]
    hours_factor
        Multiplies baseline hours: 1.1 when the amplification is measured. [ratio]
    """
    years = scenario.simulated_years if n_years is None else n_years
    start = scenario.start_year
    councils = load_councils()
    present = np.unique(population.council)
    council_cell, school_cell, cells = cells_of(population, councils, present)
    group, groups = groups_of(population)
    schools = _schools(population, draw, school_cell, start, years, seed, replication, hours_factor)
    schools = replace(
        schools,
        group=group,
        hours=schools.hours * hours_kept(scenario, start, years)[None, :],
        absent=absences(scenario, schools.school_id, start, years, seed, replication),
    )
    return Inputs(
        seed=seed,
        replication=replication,
        start_year=start,
        n_years=years,
        values=draw.values,
        vectors=draw.vectors,
        hour_tables=hour_tables(draw.values),
        schools=schools,
        councils=council_inputs(population, council_cell, draw.values, draw.vectors["special_by_year_group"], start),
        policy=policy_inputs(population, scenario, draw.values, start, years, seed, replication),
        feedback=feedback,
        cells=cells,
        groups=groups,
        base_year=BASE_YEAR,
        levels=levels(scenario, start, years),
        paths=draw.paths,
        mechanisms=draw.mechanisms,
    )


def _schools(
    population: Population,
    draw: Draw,
    cell: np.ndarray,
    start: int,
    years: int,
    seed: int,
    replication: int,
    hours_factor: float,
) -> SchoolInputs:
    values = draw.values
    keys = np.asarray(population.school_id, dtype=np.int64)

    def u(stream: str, occurrence: int = 0) -> FloatArray:
        return uniform_array(seed, replication, stream, keys, occurrence)

    def z(stream: str) -> FloatArray:
        return np.array([normal_quantile(x) for x in u(stream)])

    phase = population.phase.astype(np.int64)
    by_phase = np.array
    roll = np.asarray(population.roll, dtype=np.int64)
    below = np.concatenate([np.zeros((len(roll), 1), dtype=np.int64), roll[:, :-1]], axis=1)
    intake = np.maximum(0, roll - below)
    intake[:, 0] = 0
    scale_support = np.array([need_scale(population.year, start, p, "pupils_sen_support") for p in (0, 1)])[phase]
    scale_plan = np.array([need_scale(population.year, start, p, "pupils_with_ehcp") for p in (0, 1)])[phase]
    rounding = u("initial_year_group", 1)
    september = by_phase([values["september_stock_ratio_primary"], values["september_stock_ratio_secondary"]])[phase]
    support = np.floor(population.sen_support * scale_support * september + rounding).astype(np.int64)
    plans = np.floor(population.ehc_plans * scale_plan + rounding).astype(np.int64)
    hours = _hours(population, values, start, years, u("allocated_hours", 1), z("allocated_hours"))
    sen = np.maximum(1.0, (population.sen_support + population.ehc_plans).astype(float))
    ceiling_median = by_phase([values["overtime_median_primary"], values["overtime_median_secondary"]])[phase]
    ceiling = np.minimum(
        values["overtime_cap"], ceiling_median * np.exp(values["overtime_log_sd"] * z("overtime_ceiling"))
    )
    has_team = u("team_hours", 1) < by_phase([values["team_share_primary"], values["team_share_secondary"]])[phase]
    team_median = by_phase([values["team_hours_primary"], values["team_hours_secondary"]])[phase]
    typical = by_phase([values["team_sen_pupils_primary"], values["team_sen_pupils_secondary"]])[phase]
    team = has_team * team_median * (sen / typical) * np.exp(values["team_log_sd"] * z("team_hours"))
    culture_sd = values["culture_log_sd"]
    return SchoolInputs(
        school_id=keys,
        council=np.searchsorted(np.unique(population.council), population.council).astype(np.int64),
        cell=cell,
        group=np.zeros_like(cell),
        weight=population.weight.astype(float),
        roll=roll,
        intake=intake,
        is_secondary=phase == 1,
        sen_support=support,
        ehc_plans=plans,
        notice_multiplier=_relative_share(population, population.sen_support, "sen_support", values),
        plan_multiplier=_relative_share(population, population.ehc_plans, "ehc_plans", values),
        suspension_level=_level_of_council(population, start, "suspensions"),
        exclusion_level=_level_of_council(population, start, "permanent_exclusions"),
        culture=np.exp(culture_sd * z("culture") - 0.5 * culture_sd**2),
        hours=np.minimum(values["full_time_hours_per_week"], hours * hours_factor),
        overtime_ceiling=ceiling,
        team_hours=team,
        has_seat=u("slt_seat") < by_phase([values["slt_share_primary"], values["slt_share_secondary"]])[phase],
        rations_requests=u("request_rationing") < values["request_rationing_share"],
        supply_order=u("supply_order"),
        initial_coverage=_initial_coverage(hours[:, 0], ceiling, team, sen, values["coverage_floor"]),
        absent=np.zeros(hours.shape, dtype=bool),
    )


def _hours(
    population: Population, values: Numbers, start: int, years: int, u_zero: FloatArray, z: FloatArray
) -> FloatArray:
    """M14: allocated hours a week by academic year. [hours a week, shape (n_schools, n_years)]."""
    phase = population.phase.astype(np.int64)
    sen = (population.sen_support + population.ehc_plans).astype(float)
    intercept = np.array([values["hours_intercept_primary"], values["hours_intercept_secondary"]])[phase]
    sd = np.array([values["hours_log_sd_primary"], values["hours_log_sd_secondary"]])[phase]
    slope = values["hours_elasticity"]
    base = np.array([allocated_hours(*school) for school in zip(z, intercept, repeat(slope), sen, sd, strict=False)])
    zero = u_zero < np.array([values["zero_hours_share_primary"], values["zero_hours_share_secondary"]])[phase]
    drift = np.array([values["hours_drift_primary"], values["hours_drift_secondary"]])[phase]
    since_base = np.arange(start, start + years) - BASE_YEAR
    hours = base[:, None] + drift[:, None] * since_base[None, :]
    hours[zero] = 0.0
    capped: FloatArray = np.clip(hours, 0.0, values["full_time_hours_per_week"])
    return capped


def _relative_share(population: Population, counts: npt.NDArray[np.int32], need: str, values: Numbers) -> FloatArray:
    """A school's share of pupils with a need over England's for its phase, within limits. [ratio].

    England's, not the run's: a council must be the same alone as in a national run.
    """
    england = np.array(
        [
            council_totals(phase, need, population.year).sum() / council_pupils(phase).sum()
            for phase in range(len(PHASES))
        ]
    )
    own = counts / np.maximum(1, population.pupils)
    least, most = values["school_share_ratio_least"], values[f"school_share_ratio_most_{need}"]
    ratio: FloatArray = np.clip(own / england[population.phase.astype(np.int64)], least, most)
    return ratio


def _level_of_council(population: Population, start: int, measure: Measure) -> FloatArray:
    """Rate of each school's council in its phase relative to England, as published. [ratio, shape (n_schools,)]."""
    last = start if start < BASE_YEAR - SHORT_WARM_UP else BASE_YEAR
    by_phase = np.stack([exclusion_levels(measure, phase, last) for phase in range(len(PHASES))])
    found: FloatArray = by_phase[population.phase.astype(np.int64), population.council]
    return found


def _initial_coverage(
    hours: FloatArray, ceiling: FloatArray, team: FloatArray, sen: FloatArray, floor: float
) -> FloatArray:
    """Coverage at the start of the run, before any term was measured: hours left after paperwork over the rest.

    Only a start: the warm-up replaces it.
    """
    demand = 653.0 / 39.0 * sen / 49.0
    preventive = 0.55 * demand
    left = np.maximum(0.0, 0.85 * hours + ceiling + team - 0.45 * demand)
    return np.clip(left / np.maximum(preventive, 1e-9), floor, 1.0)


def initial_stock(inputs: Inputs) -> tuple[IntArray, IntArray]:
    """Pupils on SEN Support and with plans at the start of the run, spread over year groups by systematic sampling.

    Returns
    -------
        Pupils on SEN Support, and with plans. [pupils, shape (n_schools, 12)]
    """
    schools = inputs.schools
    u = uniform_array(inputs.seed, inputs.replication, "initial_year_group", schools.school_id)
    profiles = (inputs.vectors["sen_support_by_year_group"], inputs.vectors["ehc_plan_by_year_group"])
    support, plans = ((schools.roll * np.asarray(profile)).astype(np.float64) for profile in profiles)
    return _year_groups(schools.sen_support, support, u), _year_groups(schools.ehc_plans, plans, u)


def _year_groups(counts: IntArray, weights: FloatArray, u: FloatArray) -> IntArray:
    """Spread each school's count over year groups in proportion to its weights. [pupils, shape (n_schools, 12)]."""
    total = weights.sum(axis=1)
    counts = np.where(total > 0.0, counts, 0)
    ends = np.cumsum(weights / np.where(total > 0.0, total, 1.0)[:, None], axis=1)
    school = np.repeat(np.arange(counts.size), counts)
    serial = np.arange(school.size) - np.repeat(np.cumsum(counts) - counts, counts)
    reached = (serial + u[school]) / counts[school]
    group = np.zeros(school.size, np.int64)
    for last in range(N_YEAR_GROUPS - 1):
        group += reached >= ends[school, last]
    return np.bincount(school * N_YEAR_GROUPS + group, minlength=counts.size * N_YEAR_GROUPS).reshape(-1, N_YEAR_GROUPS)
