"""Both courses of a trial's clusters, from the ledger: every school or council with and without the policy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from sencosim.analysis.outcomes import OUTCOMES
from sencosim.arms.inputs import Cell, Inputs
from sencosim.decisions.trial_design import Simulator, resampled_courses, stored_courses
from sencosim.engine.choose import engine_named
from sencosim.engine.pair import World
from sencosim.ensembles.question import Point
from sencosim.ensembles.simulate import world_of
from sencosim.errors import InputError
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.ledger.table import yearly
from sencosim.model import RunOptions, baseline_of
from sencosim.scenario.schema import Horizon, Scenario
from sencosim.units import format_year, parse_year
from sencosim.vocabulary import COLUMN, Quantity

Floats = npt.NDArray[np.float64]
Cluster = Literal["school", "council"]
EXPOSURE = ("pupil_years.sen_support", "pupil_years.ehc_plan")
"""Rates are per pupil-year on SEN Support or with a plan in a mainstream class."""
WITHOUT_SHORTAGE = ("teacher_supply", "vacancies_lengthen")
"""Off in a trial: some hundred schools find their teachers, where all schools of England at once would not."""
_PER = np.array([quantity.per for quantity in Quantity], dtype=np.float64)


@dataclass(frozen=True)
class TrialPlan:
    """A trial, before it is simulated.

    Attributes
    ----------
    scenario
        The policy; in the trial it begins at once, without phasing-in and without a shortage of teachers.
    cluster
        What is randomised.
    outcome
        What is counted; see :data:`sencosim.analysis.outcomes.OUTCOMES`.
    baseline_years, years
        Years before the first cluster has the policy, and years of the trial in all. [years]
    """

    scenario: Scenario
    cluster: Cluster
    outcome: str
    baseline_years: int
    years: int


def check_outcome(name: str) -> str:
    """Refuse an outcome that is no count.

    Raises
    ------
    InputError
        With the names that can be counted.
    """
    counts = [one.name for one in OUTCOMES if not one.per]
    if name not in counts:
        raise InputError(f"A trial cannot count {name!r}. It can count {', '.join(counts)}.")
    return name


def in_trial(plan: TrialPlan) -> Scenario:
    """The policy as a trial has it: for all its clusters at once, for its years.

    Raises
    ------
    InputError
        If the years before the policy go back beyond the base year.
    """
    scenario = plan.scenario
    start = min(parse_year(lever.start) for _, lever in scenario.levers.active())
    first = start - plan.baseline_years
    if first < BASE_YEAR:
        most = start - BASE_YEAR
        raise InputError(f"The policy begins in {format_year(start)}: at most {most} years can be counted before it.")
    every = {"phase_in": None, "phase_in_years": 1}
    at_once = {name: lever.model_copy(update=every) for name, lever in scenario.levers.active()}
    horizon = Horizon(first_year=format_year(first), years=plan.years)
    off = (*scenario.mechanisms.off, *(name for name in WITHOUT_SHORTAGE if name not in scenario.mechanisms.off))
    return scenario.model_copy(
        update={
            "levers": scenario.levers.model_copy(update=at_once),
            "horizon": horizon,
            "mechanisms": scenario.mechanisms.model_copy(update={"off": off}),
        }
    )


@dataclass(frozen=True)
class Counted:
    """Events of one replication. [``events``: shape (n_clusters, n_periods, 2); ``exposure``: the first two axes]"""

    events: Floats
    exposure: Floats


def count_clusters(plan: TrialPlan, options: RunOptions, share: float, replication: int) -> dict[str, Counted]:
    """Run both courses in one replication and count by cluster; clusters without pupils are left out.

    Returns
    -------
        By name, every outcome that is a plain count.
    """
    policy = in_trial(plan)
    world = world_of(options, share, policy, Point(policy.view, 1, {}, {}), replication)
    courses = [_by_cluster(plan, world, arm, options) for arm in (baseline_of(policy), policy)]
    exposure = _sum_of(courses[0], EXPOSURE)
    there = (exposure > 0.0).all(axis=1)
    found = {}
    for one in OUTCOMES:
        if not one.per:
            events = np.stack([_sum_of(course, one.of) for course in courses], axis=2)
            found[one.name] = Counted(events[there], exposure[there])
    return found


def _sum_of(counts: Floats, quantities: tuple[str, ...]) -> Floats:
    result: Floats = counts[:, :, [COLUMN[name] for name in quantities]].sum(axis=2)
    return result


def _by_cluster(plan: TrialPlan, world: World, arm: Scenario, options: RunOptions) -> Floats:
    """Quantities by cluster and year. [units, shape (n_clusters, n_years, n_quantities)]"""
    inputs = _cell_a_school(world.inputs(arm))
    counts = yearly(engine_named(options.engine)(inputs).tally)[:, -plan.years :] / _PER
    n_councils = len(inputs.councils.council_id)
    if plan.cluster == "school":
        result: Floats = counts[n_councils:]
        return result
    council = np.concatenate([np.arange(n_councils), inputs.schools.council])
    return _summed(counts, council, n_councils)


def _summed(counts: Floats, group: npt.NDArray[np.int64], n: int) -> Floats:
    sums = np.zeros((n, *counts.shape[1:]))
    np.add.at(sums, group, counts)
    return sums


def _cell_a_school(inputs: Inputs) -> Inputs:
    """The same inputs with a row of the tally for every school."""
    n_councils = len(inputs.councils.council_id)
    own = tuple(
        Cell(inputs.cells[int(old)].la_code, inputs.cells[int(old)].phase, "school", 1.0) for old in inputs.schools.cell
    )
    rows = n_councils + np.arange(len(own), dtype=np.int64)
    return replace(inputs, cells=(*inputs.cells[:n_councils], *own), schools=replace(inputs.schools, cell=rows))


def simulator_of(counted: list[Counted], n_clusters: int, seed: int) -> Simulator:
    """Trials drawn from replications: clusters without replacement, those of one replication together.

    Raises
    ------
    InputError
        If there are fewer clusters than the trial needs.
    """
    least = min(len(one.exposure) for one in counted)
    if n_clusters > least:
        raise InputError(
            f"The trial needs {n_clusters} clusters and the sample holds {least}. Take fewer, or a larger --sample."
        )
    events = np.stack([_spread(one.events, least) for one in counted])
    exposure = np.stack([_spread(one.exposure, least) for one in counted])
    return stored_courses(events, exposure, n_clusters, seed)


def resampler_of(counted: list[Counted], n_clusters: int, seed: int) -> Simulator:
    """Trials of any size: clusters of a replication with replacement."""
    least = min(len(one.exposure) for one in counted)
    events = np.stack([_spread(one.events, least) for one in counted])
    exposure = np.stack([_spread(one.exposure, least) for one in counted])
    return resampled_courses(events, exposure, n_clusters, seed)


def _spread(rows: Floats, n: int) -> Floats:
    """As many rows, taken evenly."""
    return rows[np.linspace(0, len(rows) - 1, n).round().astype(np.int64)]
