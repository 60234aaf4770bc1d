"""A trial before it is simulated, and both courses of every school or council: with and without the policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from sencosim.decisions.resampling import Floats
from sencosim.decisions.trial_design import (
    Analysis,
    Flags,
    Simulator,
    parallel,
    resampled_courses,
    stepped_wedge,
    stored_courses,
)
from sencosim.errors import InputError
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.outcomes.catalogue import OUTCOMES
from sencosim.scenario.schema import Horizon, Scenario
from sencosim.units import format_year, parse_year
from sencosim.vocabulary import COLUMN, Quantity

if TYPE_CHECKING:
    from sencosim.arms.inputs import Inputs
    from sencosim.engine.pair import World
    from sencosim.model import RunOptions

EXPOSURE = ("pupil_years.sen_support", "pupil_years.ehc_plan")
"""Rates are per pupil-year on SEN Support or with a plan in a mainstream class."""
COUNTS = {one.name: one for one in OUTCOMES if not one.per}
"""Outcomes that are plain counts, so that a trial can count them by cluster."""
WITHOUT_SHORTAGE = ("teacher_supply", "vacancies_lengthen")
"""Off in a trial: some hundred schools find their teachers, where all schools of England at once would not."""
SHORTEST_WEDGE = 3
"""A year before the policy, then two steps. [years]"""
_PER = np.array([quantity.per for quantity in Quantity], dtype=np.float64)


@dataclass(frozen=True)
class TrialPlan:
    """A trial, before it is simulated: what is randomised and counted, who has the policy when, how it is analysed.

    Attributes
    ----------
    scenario
        The policy; in the trial it begins at once, without phasing-in and without a shortage of teachers.
    cluster
        What is randomised.
    outcome
        What is counted; see :data:`sencosim.outcomes.catalogue.OUTCOMES`.
    baseline_years, years
        Years before the first cluster has the policy, and years of the trial in all. [years]
    kind
        ``parallel``, or ``stepped_wedge`` with one step a year after the first.
    method
        Analysis.
    """

    scenario: Scenario
    cluster: Literal["school", "council"]
    outcome: str
    baseline_years: int
    years: int
    kind: Literal["parallel", "stepped_wedge"] = "parallel"
    method: Analysis = "cluster_means"

    def schedule(self, n_clusters: int) -> Flags:
        """Who has the policy when. [shape (n_clusters, years)]"""
        if self.kind == "stepped_wedge":
            return stepped_wedge(n_clusters, self.years - 1)
        return parallel(n_clusters, self.years, self.baseline_years)

    @property
    def multiple(self) -> int:
        """A number of clusters must be one of this. [clusters]"""
        return self.years - 1 if self.kind == "stepped_wedge" else 2


def check_outcome(name: str) -> str:
    """Refuse an outcome that is no count, with the names that can be counted."""
    if name not in COUNTS:
        raise InputError(f"A trial cannot count {name!r}. It can count {', '.join(COUNTS)}.")
    return name


def check_years(kind: str, years: int, baseline_years: int) -> None:
    """Refuse a trial too short for its design, before anything is run."""
    if kind == "stepped_wedge" and years < SHORTEST_WEDGE:
        raise InputError(
            f"A stepped wedge of {years} {'year' if years == 1 else 'years'} is too short: it needs a year before the "
            "policy and two steps of a year each. Give --trial-years 3 or more."
        )
    if kind == "parallel" and years <= baseline_years:
        raise InputError(
            f"A trial of {years} {'year' if years == 1 else 'years'} with {baseline_years} before the policy has none "
            "with it. Give a larger --trial-years or a smaller --baseline-years."
        )


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
    off = (*scenario.mechanisms.off, *(name for name in WITHOUT_SHORTAGE if name not in scenario.mechanisms.off))
    return scenario.model_copy(
        update={
            "levers": scenario.levers.model_copy(update=at_once),
            "horizon": Horizon(first_year=format_year(first), years=plan.years),
            "mechanisms": scenario.mechanisms.model_copy(update={"off": off}),
        }
    )


@dataclass(frozen=True)
class Counted:
    """Events of one replication."""

    events: Floats  # without and with the policy [shape (n_clusters, n_periods, 2)]
    exposure: Floats  # [pupil-years, shape (n_clusters, n_periods)]


def count_clusters(plan: TrialPlan, options: RunOptions, share: float, replication: int) -> dict[str, Counted]:
    """Run both courses in one replication and count by cluster; clusters without pupils are left out.

    Returns
    -------
        By name, every outcome that is a plain count.
    """
    from sencosim.model import baseline_of
    from sencosim.studies.question import Point, world_of

    policy = in_trial(plan)
    world = world_of(options, share, policy, Point(policy.view, 1, {}, {}), replication)
    courses = [_by_cluster(plan, world, arm, options) for arm in (baseline_of(policy), policy)]
    exposure = _sum_of(courses[0], EXPOSURE)
    there = (exposure > 0.0).all(axis=1)
    found = {}
    for name, one in COUNTS.items():
        events = np.stack([_sum_of(course, one.of) for course in courses], axis=2)
        found[name] = Counted(events[there], exposure[there])
    return found


def _sum_of(counts: Floats, quantities: tuple[str, ...]) -> Floats:
    result: Floats = counts[:, :, [COLUMN[name] for name in quantities]].sum(axis=2)
    return result


def _by_cluster(plan: TrialPlan, world: World, arm: Scenario, options: RunOptions) -> Floats:
    """Quantities by cluster and year. [units, shape (n_clusters, n_years, n_quantities)]"""
    from sencosim.engine.choose import engine_named
    from sencosim.ledger.table import yearly

    inputs = _cell_a_school(world.inputs(arm))
    counts: Floats = yearly(engine_named(options.engine)(inputs).tally)[:, -plan.years :] / _PER
    n_councils = len(inputs.councils.council_id)
    if plan.cluster == "school":
        return counts[n_councils:]
    sums = np.zeros((n_councils, *counts.shape[1:]))
    np.add.at(sums, np.concatenate([np.arange(n_councils), inputs.schools.council]), counts)
    return sums


def _cell_a_school(inputs: Inputs) -> Inputs:
    """The same inputs with a row of the tally for every school."""
    from sencosim.arms.inputs import Cell

    n_councils = len(inputs.councils.council_id)
    own = tuple(
        Cell(inputs.cells[int(old)].la_code, inputs.cells[int(old)].phase, "school", 1.0) for old in inputs.schools.cell
    )
    rows = n_councils + np.arange(len(own), dtype=np.int64)
    return replace(inputs, cells=(*inputs.cells[:n_councils], *own), schools=replace(inputs.schools, cell=rows))


def simulator_of(counted: Sequence[Counted], n_clusters: int, seed: int, *, again: bool = True) -> Simulator:
    """Trials drawn from replications, clusters of one replication together.

    Parameters
    ----------
    counted
        Replication by replication.
    n_clusters
        Of a trial.
    seed
        Of the draws.
    again
        Draw clusters with replacement, so that a trial may be larger than the sample; else only where it is larger.
    """
    least = min(len(one.exposure) for one in counted)
    events = np.stack([_spread(one.events, least) for one in counted])
    exposure = np.stack([_spread(one.exposure, least) for one in counted])
    draw = resampled_courses if again or n_clusters > least else stored_courses
    return draw(events, exposure, n_clusters, seed)


def _spread(rows: Floats, n: int) -> Floats:
    """As many rows, taken evenly."""
    return rows[np.linspace(0, len(rows) - 1, n).round().astype(np.int64)]
