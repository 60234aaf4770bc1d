"""Population, evidence and scenario into the plain arrays that an engine reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from sencosim.arms.councils import council_inputs, need_scale, starts_early
from sencosim.arms.inputs import BoolArray, FloatArray, Inputs, IntArray, Reference, SchoolInputs
from sencosim.arms.pages import cells_of, groups_of
from sencosim.arms.policy import policy_inputs
from sencosim.arms.replaceable import SHIPPED, Mechanisms
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.evidence.councils import Measure, exclusion_levels
from sencosim.evidence.distributions import pert_table
from sencosim.evidence.register import load_register
from sencosim.levers.schools import RunSchools
from sencosim.population.recipe import council_pupils, council_totals
from sencosim.population.schools import Population
from sencosim.randomness import uniform_array
from sencosim.rules.chance import normal_quantile
from sencosim.rules.workforce import allocated_hours
from sencosim.scenario.schema import Scenario
from sencosim.scenario.shocks import Shock
from sencosim.units import N_YEAR_GROUPS, PHASES

WEEK_TABLES = ("decision", "decision_delay", "advice", "late_advice", "drafting", "appeal_registration", "tribunal")
TABLE_POINTS = 257
SHOCKED = ("needs_noticed", "requests", "suspensions", "crises", "home_education", "absence", "assessment_capacity")
"""Rates that a shock multiplies, by the name of its setting."""


@dataclass(frozen=True)
class Draw:
    """One reading of the evidence: numbers and vectors by name, levels by year where growth is not one rate.

    ``mechanisms`` are the rules that read them.
    """

    values: Mapping[str, float]
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

    def with_values(self, values: Mapping[str, float]) -> Draw:
        """The same reading with other numbers in place of its own.

        Examples
        --------
        >>> Draw({"a": 1.0, "b": 2.0}, {}).with_values({"b": 3.0}).values
        {'a': 1.0, 'b': 3.0}
        """
        return replace(self, values={**self.values, **values})


def make_inputs(
    population: Population,
    scenario: Scenario,
    draw: Draw,
    *,
    seed: int,
    replication: int,
    n_years: int | None = None,
    reference: Reference | None = None,
) -> Inputs:
    """Inputs of one arm of one replication; ``reference`` is the no-policy arm, ``None`` for that arm itself."""
    years = scenario.simulated_years if n_years is None else n_years
    at = RunSchools(population, draw.values, scenario.start_year, years, seed, replication)
    council_cell, school_cell, cells = cells_of(at)
    group, groups = groups_of(population)
    tables = hour_tables(draw.values)
    return Inputs(
        seed=seed,
        replication=replication,
        start_year=at.start,
        n_years=years,
        values=draw.values,
        vectors=draw.vectors,
        hour_tables=tables,
        schools=_schools(at, scenario, school_cell, group),
        councils=council_inputs(at, council_cell, tables, draw.vectors["special_by_year_group"]),
        policy=policy_inputs(at, scenario, None if reference is None else reference.sen_numbers(at.phase.size)),
        cells=cells,
        groups=groups,
        base_year=BASE_YEAR,
        levels=_levels(at, scenario),
        paths=draw.paths,
        reference=reference,
        mechanisms=draw.mechanisms,
    )


def hour_tables(values: Mapping[str, float]) -> dict[str, FloatArray]:
    """Tables of quantiles, in which a uniform number finds its hours or weeks in one step. [shape (257,)].

    Work hours by task, and weeks by step. A drawn mean other than the register's scales the whole distribution of the
    task.
    """
    tables: dict[str, FloatArray] = {}
    register = load_register()
    for name in register.names():
        event = register.get(name).event_distribution
        if name.startswith("task_hours_") and event is not None:
            table = np.array(_pert(*(event.number(end) for end in ("min", "mode", "max"))))
            tables[name.removeprefix("task_hours_")] = table * (values[name] / register.number(name))
    for step in WEEK_TABLES:
        tables[step] = np.array(_pert(*(values[f"{step}_weeks_{end}"] for end in ("min", "mode", "max"))))
    return tables


@lru_cache(maxsize=256)
def _pert(low: float, mode: float, high: float) -> tuple[float, ...]:
    return tuple(pert_table(low, mode, high, TABLE_POINTS))


# -- M18: shocks ------------------------------------------------------------------------------------------------------


def _levels(at: RunSchools, scenario: Scenario) -> dict[str, FloatArray]:
    """Effect of all shocks together on each rate, by year; a rate that no shock touches has no entry."""
    found: dict[str, FloatArray] = {}
    for shock in scenario.shocks.values():
        holds = _holds(at, shock)
        for name in SHOCKED:
            times = float(getattr(shock, name))
            if times != 1.0:
                found[name] = found.get(name, np.ones(at.years)) * np.where(holds, times, 1.0)
        if shock.late_advice_share is not None:
            before = found.get("late_advice_share", np.full(at.years, np.nan))
            found["late_advice_share"] = np.where(holds, shock.late_advice_share, before)
    return found


def _hours_kept(at: RunSchools, scenario: Scenario) -> FloatArray:
    """Share of the hours that schools give of their own accord which tight budgets leave, by year. [share]."""
    kept = np.ones(at.years)
    for shock in scenario.shocks.values():
        kept *= np.where(_holds(at, shock), 1.0 - shock.senco_hours_cut, 1.0)
    return kept


def _absences(at: RunSchools, scenario: Scenario) -> BoolArray:
    """Schools whose SENCO is away for a year. [shape (n_schools, n_years)]."""
    away = np.zeros((at.phase.size, at.years), dtype=bool)
    for shock in scenario.shocks.values():
        for year in np.flatnonzero(_holds(at, shock)).tolist() if shock.sencos_absent > 0.0 else ():
            away[:, year] |= at.school_drawn("senco_absence", at.start + year) < shock.sencos_absent
    return away


def _holds(at: RunSchools, shock: Shock) -> BoolArray:
    return np.array([shock.holds(at.start + year) for year in range(at.years)])


# -- schools ----------------------------------------------------------------------------------------------------------


def _schools(at: RunSchools, scenario: Scenario, cell: IntArray, group: IntArray) -> SchoolInputs:
    population, values = at.population, at.values

    def z(stream: str) -> FloatArray:
        return np.array([normal_quantile(u) for u in at.school_drawn(stream)])

    roll = np.asarray(population.roll, dtype=np.int64)
    intake = np.maximum(0, np.diff(roll, axis=1, prepend=roll[:, :1]))
    support_scale, plan_scale = (
        np.array([need_scale(population.year, at.start, phase, need) for phase in (0, 1)])[at.phase]
        for need in ("pupils_sen_support", "pupils_with_ehcp")
    )
    support = population.sen_support * support_scale * at.by_phase("september_stock_ratio")
    rounding = at.school_drawn("initial_year_group", 1)
    sen = np.maximum(1.0, at.sen)
    # Those who work most evenings answer surveys, and a ceiling is what a person would work at most.
    median = at.by_phase("overtime_median") * values["overtime_selection_factor"]
    ceiling = median * np.exp(values["overtime_log_sd"] * z("overtime_ceiling"))
    ceiling = np.minimum(values["overtime_cap"], ceiling)
    typical = at.by_phase("team_sen_pupils")
    has_team = at.school_drawn("team_hours", 1) < at.by_phase("team_share")
    team = has_team * at.by_phase("team_hours") * (sen / typical) * np.exp(values["team_log_sd"] * z("team_hours"))
    culture_sd = values["culture_log_sd"]
    return SchoolInputs(
        school_id=population.school_id.astype(np.int64),
        council=np.searchsorted(at.councils, population.council).astype(np.int64),
        cell=cell,
        group=group,
        weight=population.weight.astype(float),
        roll=roll,
        intake=intake,
        is_secondary=at.phase == 1,
        sen_support=np.floor(support + rounding).astype(np.int64),
        ehc_plans=np.floor(population.ehc_plans * plan_scale + rounding).astype(np.int64),
        notice_multiplier=_relative_share(at, "sen_support"),
        plan_multiplier=_relative_share(at, "ehc_plans"),
        culture=np.exp(culture_sd * z("culture") - 0.5 * culture_sd**2),
        suspension_level=_level_of_council(at, "suspensions"),
        exclusion_level=_level_of_council(at, "permanent_exclusions"),
        base_hours=_base_hours(at, z("allocated_hours")),
        hours_drift=at.by_phase("hours_drift"),
        need_drift=values["hours_follow_need"] * values["sen_growth_2018_2020"] * at.by_phase("hours_2018_2020"),
        hours_kept=_hours_kept(at, scenario),
        overtime_ceiling=ceiling,
        team_hours=team,
        has_seat=at.school_drawn("slt_seat") < at.by_phase("slt_share"),
        rations_requests=at.school_drawn("request_rationing") < values["request_rationing_share"],
        supply_order=at.school_drawn("supply_order"),
        absent=_absences(at, scenario),
    )


def _base_hours(at: RunSchools, z: FloatArray) -> FloatArray:
    """M14: hours a week allocated in the base year. [hours a week, shape (n_schools,)]."""
    slope, full_time = at.values["hours_elasticity"], at.values["full_time_hours_per_week"]
    of_each = zip(z, at.by_phase("hours_intercept"), at.sen, at.by_phase("hours_log_sd"), strict=True)
    hours = np.array([allocated_hours(own, intercept, slope, sen, sd) for own, intercept, sen, sd in of_each])
    hours[at.school_drawn("allocated_hours", 1) < at.by_phase("zero_hours_share")] = 0.0
    found: FloatArray = np.clip(hours, 0.0, full_time)
    return found


def _relative_share(at: RunSchools, need: str) -> FloatArray:
    """A school's share of pupils with a need over England's for its phase, within limits. [ratio].

    England's, not the run's: a council must be the same alone as in a national run.
    """
    population, phases = at.population, range(len(PHASES))
    england = [council_totals(phase, need, population.year).sum() / council_pupils(phase).sum() for phase in phases]
    own: FloatArray = getattr(population, need) / np.maximum(1, population.pupils)
    least, most = at.values["school_share_ratio_least"], at.values[f"school_share_ratio_most_{need}"]
    return np.asarray(np.clip(own / np.array(england)[at.phase], least, most))


def _level_of_council(at: RunSchools, measure: Measure) -> FloatArray:
    """Rate of each school's council in its phase relative to England, as published. [ratio, shape (n_schools,)]."""
    last = at.start if starts_early(at.start) else BASE_YEAR
    by_phase = np.stack([exclusion_levels(measure, phase, last) for phase in range(len(PHASES))])
    return np.asarray(by_phase[at.phase, at.population.council])


def initial_stock(inputs: Inputs) -> tuple[IntArray, IntArray]:
    """Pupils on SEN Support and with plans at the start of the run, spread over year groups by systematic sampling.

    [pupils, shape (n_schools, 12)]
    """
    schools = inputs.schools
    u = uniform_array(inputs.seed, inputs.replication, "initial_year_group", schools.school_id)
    support, plans = (
        schools.roll * np.asarray(inputs.vectors[f"{stage}_by_year_group"]) for stage in ("sen_support", "ehc_plan")
    )
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
    for last in range(N_YEAR_GROUPS - 1):  # one at a time: all of England's pupils by year group need much memory
        group += reached >= ends[school, last]
    return np.bincount(school * N_YEAR_GROUPS + group, minlength=counts.size * N_YEAR_GROUPS).reshape(-1, N_YEAR_GROUPS)
