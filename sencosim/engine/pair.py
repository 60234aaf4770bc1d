"""One pair of arms: the baseline and the policy, on the same schools, with the same chance and the same evidence."""

from __future__ import annotations

import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from sencosim.arms.inputs import Cell, Feedback, FloatArray, Group, Inputs, IntArray
from sencosim.arms.prepare import Draw, make_inputs, neutral_feedback
from sencosim.arms.replaceable import SHIPPED, Mechanisms
from sencosim.engine.choose import EngineName, engine_named, simulate_arms
from sencosim.engine.feedback import (
    CENTRAL_EFFECTS,
    HOURS_STEP,
    Measurement,
    base_year_events,
    feedback_from,
    levelled,
    measure_feedback,
    read_measurement,
)
from sencosim.evidence.posterior import load_posterior
from sencosim.evidence.register import load_register
from sencosim.evidence.views import load_view
from sencosim.ledger.table import yearly
from sencosim.population.schools import Population
from sencosim.randomness import uniform
from sencosim.scenario.assumed import register_of
from sencosim.scenario.mechanisms import neutral_values
from sencosim.scenario.schema import BASE_YEAR, Scenario
from sencosim.vocabulary import STREAM


@dataclass(frozen=True)
class Pair:
    """What to run."""

    view: str  # how the evidence is read
    draw: int  # 0 for the point values of the view; from 1, draws of the priors
    replication: int  # key of chance and of the sample of schools, the same in every view: views differ by evidence


@dataclass(frozen=True)
class PairResult:
    """What came out. Counts are whole numbers, not weighted up, of shape (n_rows, n_years, n_quantities)."""

    pair: Pair
    cells: tuple[Cell, ...]  # where each row belongs, and its weight
    baseline: IntArray  # by cell and academic year
    policy: IntArray
    baseline_calendar: IntArray  # by calendar year, from the first January of the run
    groups: tuple[Group, ...]  # what each row of results by group is, and its weight
    baseline_groups: IntArray  # of schools, by group and academic year
    policy_groups: IntArray
    group_schools: IntArray  # schools of the run in each group, not weighted up [shape (n_groups,)]
    group_pupils: IntArray  # their pupils on roll, not weighted up [shape (n_groups,)]
    feedback: Feedback
    values: Mapping[str, float]  # reading of the evidence that was used
    hours: FloatArray  # allocated in the base-year baseline, by school [hours a week]
    is_secondary: np.ndarray  # by school
    school_weight: FloatArray  # schools of England that each stands for [ratio]
    n_schools: int
    seconds: float  # of processor time


def read_evidence(scenario: Scenario, view_name: str, draw: int, seed: int) -> Draw:
    """All parameter values of one draw under one view, with the scenario's overrides and correlations.

    Parameters
    ----------
    scenario : with its assumptions.
    view_name : ``campaign``, ``central`` or ``sceptic``.
    draw : 0 for point values; from 1, a joint draw of the priors, the same uniform numbers in every view. Calibrated
        parameters come together from one row of the posterior sample, except those that the scenario overrides.
    seed : of the run.
    """
    register = register_of(scenario)
    view = load_view(view_name)
    off = neutral_values(scenario.mechanisms.off)
    if draw == 0:
        return Draw.of({**view.values(register), **off})

    def uniforms(name: str) -> float:
        return uniform(seed, draw, STREAM["parameter"], zlib.crc32(name.encode()), 0)  # moved by no other name

    drawn = view.draw(register, uniforms)
    fitted = load_posterior().values(draw, register)
    kept = {name: value for name, value in fitted.items() if name not in register.overridden}
    return Draw.of({**drawn, **kept, **off})


def run_pair(
    pair: Pair,
    scenario: Scenario,
    baseline: Scenario,
    population: Population,
    engine: EngineName = "compiled",
    mechanisms: Mechanisms = SHIPPED,
) -> PairResult:
    """Measure the feedback, then run the baseline and the policy.

    Parameters
    ----------
    pair : view, draw and replication.
    scenario, baseline : the arms. If the scenario has no lever in force, the baseline stands for both.
    population : the schools, already sampled.
    engine : which engine runs the arms. They give the same.
    mechanisms : rules of both arms and of the feedback's measurement; only SimPy takes replaced ones.
    """
    started = time.process_time()
    seed, replication, years = scenario.run.seed, pair.replication, scenario.simulated_years
    draw = replace(read_evidence(scenario, pair.view, pair.draw, seed), mechanisms=mechanisms)
    feedback = level_feedback_of(population, baseline, draw, seed, replication, engine)
    base_inputs, policy_inputs = (
        make_inputs(population, arm, draw, feedback, seed=seed, replication=replication, n_years=years)
        for arm in (baseline, scenario)
    )
    if policy_inputs.policy.first_year < policy_inputs.n_years:
        one, other = simulate_arms(engine, base_inputs, policy_inputs)
        policy, policy_groups = yearly(other.tally), other.groups
        del other
    else:
        one = engine_named(engine)(base_inputs)
        policy, policy_groups = yearly(one.tally), one.groups
    base, calendar = yearly(one.tally), yearly(one.tally, "calendar")
    base_groups, group = one.groups, base_inputs.schools.group
    del one  # the tally by term, of England some 64 MB
    year = base_inputs.base_year - base_inputs.start_year
    return PairResult(
        pair=pair,
        cells=base_inputs.cells,
        baseline=base,
        policy=policy,
        baseline_calendar=calendar,
        groups=base_inputs.groups,
        baseline_groups=base_groups,
        policy_groups=policy_groups,
        group_schools=np.bincount(group, minlength=len(base_inputs.groups)),
        group_pupils=np.bincount(group, population.pupils, len(base_inputs.groups)).astype(np.int64),
        feedback=feedback,
        values=draw.values,
        hours=base_inputs.schools.hours[:, year],
        is_secondary=base_inputs.schools.is_secondary,
        school_weight=population.weight * population.council_weight,
        n_schools=population.n_schools,
        seconds=time.process_time() - started,
    )


@dataclass(frozen=True)
class Short:
    """Short runs of a baseline, through its base year, from which a feedback is made.

    Their inputs are made for these years alone: an engine finds a school's year by counting years from the first, so a
    table with more years than are run would be misread.
    """

    population: Population
    baseline: Scenario
    seed: int
    replication: int
    engine: EngineName

    def inputs(self, draw: Draw, factor: float = 1.0) -> Inputs:
        """Inputs through the base year without effects, with baseline hours times a factor."""
        return make_inputs(
            self.population,
            self.baseline,
            draw,
            neutral_feedback(),
            seed=self.seed,
            replication=self.replication,
            n_years=BASE_YEAR - self.baseline.start_year + 1,
            hours_factor=factor,
        )

    def measure(self, inputs: Inputs) -> Measurement:
        """Coverage and hours that come out."""
        outcome = engine_named(self.engine)(inputs)
        return read_measurement(inputs, outcome.tally, outcome.coverage)

    def count(self, inputs: Inputs, feedback: Feedback) -> FloatArray:
        """Events of the base year with a feedback running."""
        running = replace(inputs, feedback=feedback)
        return base_year_events(running, engine_named(self.engine)(running).tally)


def feedback_of(
    population: Population, baseline: Scenario, draw: Draw, seed: int, replication: int, engine: EngineName = "compiled"
) -> Feedback:
    """Measure how coverage follows hours in the baseline: two short runs through the base year."""
    short = Short(population, baseline, seed, replication, engine)
    return measure_feedback(short.inputs(draw), short.inputs(draw, HOURS_STEP), short.measure)


def level_feedback_of(
    population: Population, baseline: Scenario, draw: Draw, seed: int, replication: int, engine: EngineName = "compiled"
) -> Feedback:
    """As :func:`feedback_of`, with a base year that effects far from the central ones do not move.

    Rates were calibrated with the feedback of the central effects running. Where a draw or a view has other effects,
    normalisers are moved until the base year has the events that the same draw has with the central effects.
    """
    short = Short(population, baseline, seed, replication, engine)
    ordinary = short.inputs(draw)
    first, second = short.measure(ordinary), short.measure(short.inputs(draw, HOURS_STEP))
    own = feedback_from(ordinary, first, second)
    central = replace(ordinary, values=with_central_effects(draw).values)
    if central.values == draw.values:
        return own
    target = short.count(central, feedback_from(central, first, second))
    return levelled(own, target, lambda feedback: short.count(ordinary, feedback))


def with_central_effects(draw: Draw) -> Draw:
    """The same reading of the evidence with every effect on outcomes at the central value that ships."""
    known = load_view("central").values(load_register())
    values = {name: float(known[name]) for name in CENTRAL_EFFECTS}  # type: ignore[arg-type]  # scalars, all of them
    return replace(draw, values={**draw.values, **values})
