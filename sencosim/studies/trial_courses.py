"""The worlds of a trial: schools or councils, half of which have the policy by lot.

A trial is run at the point values and at every draw of an ensemble, for its own years. In each world half of the
clusters have the policy and the others share their queues: a council's psychologists, a tribunal. A second world in
which the other half has it gives every cluster both of its courses, so that trials of any size can be dealt from them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sencosim.arms.inputs import ASKED, Cell, Inputs, PolicyInputs, Reference
from sencosim.arms.prepare import Draw
from sencosim.costing.money import money_by_year
from sencosim.decisions.ensemble import DRAW_KEYS, WEIGHT, Ensemble
from sencosim.decisions.resampling import Floats, Whole, keyed_uniforms
from sencosim.decisions.trial_design import Courses, Flags
from sencosim.engine.pair import World
from sencosim.errors import InputError
from sencosim.experiment.jobs import Job
from sencosim.experiment.plan import turn_of
from sencosim.experiment.totals import ENGLAND, PairTotals
from sencosim.ledger.table import yearly
from sencosim.levers.lever import CouncilLever, NationalLever
from sencosim.model import baseline_of, england, price_book, sample
from sencosim.outcomes.catalogue import quantities
from sencosim.scenario.mechanisms import neutral_values
from sencosim.scenario.schema import Scenario
from sencosim.studies.question import Point, Question, Worker, reading_at
from sencosim.studies.space import centre
from sencosim.studies.trial_plan import COUNTS, EXPOSURE, Cluster, Counted, TrialPlan, in_trial
from sencosim.vocabulary import Quantity

if TYPE_CHECKING:
    from sencosim.experiment.store import Store
    from sencosim.model import RunOptions

_PER = np.array([quantity.per for quantity in Quantity], dtype=np.float64)


# -- the worlds of a trial --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TrialWorlds(Question):
    """The worlds of a trial as an experiment: its years at the point values on every sample, and at each draw on one.

    The first point is that of the point values; the others are the draws of an ensemble, in its order. A replication is
    a sample of councils, which the draws take in turn.
    """

    cluster: Cluster = "school"

    def facts(self) -> dict[str, Any]:
        """What numbers depend on."""
        return super().facts() | {"cluster": self.cluster}

    def all_jobs(self, replications: int) -> list[Job]:
        """Jobs in a fixed order: both courses are one job."""
        (arm,) = self.scenarios
        draws = range(2, len(self.groups) + 1)
        turns = [(1, turn) for turn in range(replications)]
        turns += [(number, turn_of(number - 1, replications)) for number in draws]
        return [self.job(number, arm, turn) for number, turn in turns]

    def work_for(self, world: Sequence[Job]) -> TrialWorker:
        """What runs the jobs of a world."""
        number = world[0].point
        arms, point = self.arms_at(number), self.groups[number - 1][0]
        return TrialWorker(self.options, self.share, arms, point, self.level, self.cluster)


def worlds_of(plan: TrialPlan, ensemble: Ensemble, options: RunOptions, share: float, samples: int) -> TrialWorlds:
    """The worlds of a trial on the draws of an ensemble.

    Parameters
    ----------
    plan
        The trial.
    ensemble
        Draws whose readings of the evidence hold; what a mechanism that is off would read is left out of them.
    options
        Schools and engine.
    share, samples
        Share of England in a sample, and number of samples.
    """
    _check_randomised(plan)
    policy = in_trial(plan)
    off = neutral_values(policy.mechanisms.off)
    rows = ensemble.inputs[ensemble.inputs["view"] == policy.view]
    names = [name for name in ensemble.input_names if name not in off]
    known = centre(policy, policy.view)
    first = {"view": policy.view, "draw": 0, WEIGHT: 1.0} | {name: known.get(name, 0.0) for name in names}
    points = pd.concat([pd.DataFrame([first]), rows[[*DRAW_KEYS, WEIGHT, *names]]], ignore_index=True)
    title = f"{policy.name}-trial_of_{plan.cluster}s"
    return TrialWorlds(
        {policy.name: policy}, options, points, "draws", samples, share, title=title, cluster=plan.cluster
    )


def _check_randomised(plan: TrialPlan) -> None:
    """Refuse a policy that no lot among the clusters can give to some and not to others."""
    levers = [lever for _, lever in plan.scenario.levers.active()]
    if all(isinstance(lever, NationalLever) for lever in levers):
        raise InputError(f"{plan.scenario.name} acts on all England at once, so no trial can give it to some.")
    if plan.cluster == "school" and all(isinstance(lever, CouncilLever | NationalLever) for lever in levers):
        raise InputError(
            f"{plan.scenario.name} acts through councils, so schools cannot draw it by lot: give --cluster-of council."
        )


@dataclass(frozen=True)
class TrialWorker(Worker):
    """Runs the worlds of one point: without the policy, with it in half of the clusters, and in the other half."""

    cluster: Cluster

    def __call__(self, job: Job) -> PairTotals:
        """Both courses of every cluster: ``baseline`` as one of those without the policy, ``policy`` with it."""
        scenario, options = self.arms[job.arm], self.options
        schools = sample(england(options), scenario, options, job.replication, self.share)
        reading = replace(reading_at(scenario, self.point), mechanisms=options.mechanisms)
        world = WorldOfSchools(schools, baseline_of(scenario), reading, job.replication, options.engine, keep=False)
        none = world.run(scenario)
        asked = world.policy_inputs(scenario, reading, none)
        council, drawn = asked.schools.council, lot(asked, self.cluster, scenario.run.seed, job.point)
        n_councils = len(asked.councils.council_id)
        courses = []
        for treated in (drawn, ~drawn):
            in_schools = treated if self.cluster == "school" else treated[council]
            in_councils = treated if self.cluster == "council" else np.zeros(n_councils, dtype=bool)
            policy = given_to(asked.policy, none.inputs.policy, in_schools, in_councils)
            tally = none.policy(replace(asked, policy=policy)).tally
            courses.append(_by_cluster(yearly(tally)[:, -scenario.horizon.years :], council, n_councils, self.cluster))
        has, other = drawn[:, None, None], (courses[0], courses[1])
        with_policy, without = np.where(has, *other), np.where(has, *reversed(other))
        ids = asked.schools.school_id if self.cluster == "school" else asked.councils.council_id
        return _kept(job, ids, without, with_policy, reading)


class WorldOfSchools(World):
    """A world whose tally has a row for every school."""

    @property
    def key(self) -> tuple[object, ...]:
        """That of the world, whose tally would have other rows."""
        return ("a row for every school", *super().key)

    def inputs(
        self, arm: Scenario, draw: Draw | None = None, reference: Reference | None = None, years: int | None = None
    ) -> Inputs:
        """Inputs of an arm, with a row of the tally for every school."""
        return _cell_a_school(super().inputs(arm, draw, reference, years))


def _cell_a_school(inputs: Inputs) -> Inputs:
    n_councils = len(inputs.councils.council_id)
    own = tuple(
        Cell(inputs.cells[int(old)].la_code, inputs.cells[int(old)].phase, "school", 1.0) for old in inputs.schools.cell
    )
    rows = n_councils + np.arange(len(own), dtype=np.int64)
    return replace(inputs, cells=(*inputs.cells[:n_councils], *own), schools=replace(inputs.schools, cell=rows))


def lot(inputs: Inputs, cluster: Cluster, seed: int, point: int) -> Flags:
    """Who has the policy first: half of the schools of each council, or half of the councils. [shape (n_clusters,)]"""
    ids = inputs.councils.council_id
    groups = inputs.schools.council if cluster == "school" else np.zeros(len(ids), dtype=np.int64)
    order = np.lexsort((keyed_uniforms(groups.size, seed, "trial lot", point), groups))
    drawn: Flags = np.empty(groups.size, dtype=np.bool_)
    drawn[order] = np.arange(groups.size) % 2 == 0
    return drawn


def given_to(policy: PolicyInputs, without: PolicyInputs, schools: Flags, councils: Flags) -> PolicyInputs:
    """The policy where the lot gave it, and in the others what there is without it.

    Parameters
    ----------
    policy, without
        What the policy asks everywhere, and what is asked in the no-policy arm.
    schools, councils
        Who has the policy. [shapes (n_schools,), (n_councils,)]
    """
    has = {"schools": schools[:, None], "councils": councils[:, None]}
    rows = {one.name: has[one.metadata["of"]] for one in ASKED if one.metadata["of"] in has}
    mixed = {name: np.where(given, getattr(policy, name), getattr(without, name)) for name, given in rows.items()}
    return replace(policy, **mixed, cluster=np.where(schools, policy.cluster, -1))


def _by_cluster(counts: Whole, council: Whole, n_councils: int, cluster: Cluster) -> Floats:
    """Quantities by cluster and year. [units, shape (n_clusters, n_years, n_quantities)]"""
    found: Floats = counts / _PER
    if cluster == "school":
        return found[n_councils:]
    sums = np.zeros((n_councils, *found.shape[1:]))
    np.add.at(sums, np.concatenate([np.arange(n_councils), council]), found)
    return sums


def _kept(job: Job, ids: Whole, without: Floats, policy: Floats, reading: Draw) -> PairTotals:
    """Both courses as an experiment keeps a pair: clusters in the place of councils, with what a trial can count."""
    counted = np.zeros(len(Quantity))
    counted[quantities((*EXPOSURE, *(name for one in COUNTS.values() for name in one.of)))] = 1.0
    years, nothing = without.shape[1], np.zeros((0, *without.shape[1:]))
    return PairTotals(
        job=job,
        strata=ENGLAND,
        baseline=without.sum(axis=0)[None],
        policy=policy.sum(axis=0)[None],
        calendar=np.zeros((1, years - 1, len(Quantity))),
        councils=ids.astype(np.int64),
        council_weight=np.ones(ids.size),
        council_baseline=without * counted,
        council_policy=policy * counted,
        groups=(),
        group_schools=np.zeros(0),
        group_pupils=np.zeros(0),
        group_baseline=nothing,
        group_policy=nothing,
        moved=np.zeros(years, dtype=np.int64),
        smallest=0,
        headline=math.nan,
        values=reading.values,
        hours=np.zeros(0),
        is_secondary=np.zeros(0, dtype=bool),
        school_weight=np.zeros(0),
        n_schools=ids.size,
        seconds=0.0,
    )


# -- what a trial reads of them ---------------------------------------------------------------------------------------


def counted_in(worlds: TrialWorlds, store: Store, baseline_years: int) -> Counted:
    """Count in finished worlds; clusters without pupils are left out.

    A draw is run on one sample. How far it moves from the point values on the same sample, with the same chance, is
    added to the point values on all of them: so samples that react more or less than others make no difference.

    Parameters
    ----------
    worlds, store
        The worlds, and where they are kept.
    baseline_years
        Years of the trial before the policy. [years]
    """
    at_points, moved = list[dict[str, Courses]](), list[list[float]]()
    costs = list[float]()
    for job in worlds.all_jobs(worlds.replications):
        totals, points = store.read(job), worlds.groups[job.point - 1]
        here = _courses(totals)
        if job.point == 1:
            at_points.append(here)
            continue
        there = at_points[job.replication - worlds.first_replication]
        change = [_effect(here[name], baseline_years) - _effect(there[name], baseline_years) for name in COUNTS]
        moved += [change] * len(points)
        costs += _costs(worlds.arm_at(job.point, job.arm), totals, points, baseline_years)
    together = {
        name: Courses(
            np.concatenate([one[name].events for one in at_points]),
            np.concatenate([one[name].exposure for one in at_points]),
        )
        for name in COUNTS
    }
    by_draw = np.array(moved).reshape(-1, len(COUNTS))
    effects = {name: _effect(together[name], baseline_years) + by_draw[:, i] for i, name in enumerate(COUNTS)}
    return Counted(together, effects, np.array(costs))


def _effect(courses: Courses, baseline_years: int) -> float:
    """Log of the relative rate; where nothing was counted, half an event stands for it."""
    without, policy = np.maximum(courses.events[:, baseline_years:].sum(axis=(0, 1)), 0.5)
    return math.log(policy / without)


def _costs(policy: Scenario, totals: PairTotals, points: Sequence[Point], baseline_years: int) -> list[float]:
    """Cost of the policy in one cluster and year, at the prices of each point. [GBP]"""
    found = []
    for point in points:
        book = price_book(policy, point.view, reading_at(policy, point).values)
        cost = money_by_year((totals.policy - totals.baseline)[0], book, policy.horizon.first)["policy_cost"]
        found.append(float(cost[baseline_years:].mean()) / totals.n_schools)
    return found


def _courses(totals: PairTotals) -> dict[str, Courses]:
    arms = (totals.council_baseline, totals.council_policy)
    exposure = arms[0][:, :, quantities(EXPOSURE)].sum(axis=2)
    there = (exposure > 0.0).all(axis=1)
    return {
        name: Courses(np.stack([arm[there][:, :, quantities(one.of)].sum(axis=2) for arm in arms], 2), exposure[there])
        for name, one in COUNTS.items()
    }
