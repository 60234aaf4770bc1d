"""One piece of work of an ensemble: the no-policy arm once, each arm once, then every price that is asked of them.

It needs nothing but its arguments, so it can be done in any process on any machine, and done again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sencosim.arms.inputs import Cell
from sencosim.arms.prepare import Draw
from sencosim.engine.pair import World, first_year_of, read_evidence
from sencosim.ensembles.question import BASELINE, Job, Point
from sencosim.ensembles.space import CALIBRATION_ROW, NO_ROW, is_price, row_values
from sencosim.ledger.table import yearly
from sencosim.model import RunOptions, baseline_of, england, price_book, sample
from sencosim.outcomes.columns import money_outcomes, no_money, physical_outcomes
from sencosim.population.schools import Population
from sencosim.scenario.schema import Scenario
from sencosim.vocabulary import Quantity

Floats = npt.NDArray[np.float64]
Row = dict[str, Any]
_PER = np.array([quantity.per for quantity in Quantity], dtype=np.float64)
_MOST_SAMPLES_KEPT = 16
_SAMPLES: dict[tuple[object, ...], Population] = {}
_MOST_TOTALS_KEPT = 512
_TOTALS: dict[tuple[object, ...], dict[str, Floats]] = {}
"""Totals of worlds that were run: some twenty kilobytes an arm. Points that differ in prices alone find theirs."""


@dataclass(frozen=True)
class Worker:
    """Does pieces of work.

    Attributes
    ----------
    options, share
        Schools and engine, as in :class:`sencosim.ensembles.question.Question`.
    """

    options: RunOptions
    share: float

    def __call__(self, job: Job) -> list[Row]:
        """Run a piece of work: one row for each point and arm."""
        return run_job(self.options, self.share, job)


def run_job(options: RunOptions, share: float, job: Job) -> list[Row]:
    """All points of a job, which differ in prices alone.

    Returns
    -------
        Rows with the keys ``view``, ``draw``, ``arm``, ``replication`` and one entry for each outcome.
    """
    totals = arm_totals(options, share, job)
    baseline = totals[BASELINE]
    rows: list[Row] = []
    physical = {name: physical_outcomes(totals[name], baseline, one) for name, one in job.arms.items()}
    for point in job.points:
        events: Row = {}
        for name, scenario in job.arms.items():
            book = price_book(scenario, point.view, reading_at(scenario, point).values)
            money = money_outcomes(totals[name], baseline, scenario, book)
            events = {key: value for key, value in money.items() if key.startswith("fewer_")}
            rows.append(_keys(point, name, job.replication) | money | physical[name])
        some = next(iter(job.arms.values()))
        still = no_money() | events | physical_outcomes(baseline, baseline, some)
        rows.append(_keys(point, BASELINE, job.replication) | still)
    return rows


def _keys(point: Point, arm: str, replication: int) -> Row:
    return {"view": point.view, "draw": point.draw, "arm": arm, "replication": replication}


def reading_at(scenario: Scenario, point: Point) -> Draw:
    """The evidence at a point: the draw on which it is based, with the point's own values in their place."""
    plain = read_evidence(scenario, point.view, point.base, scenario.run.seed)
    own = dict(point.values)
    row = Draw.of(row_values(own.pop(CALIBRATION_ROW, NO_ROW), scenario))
    return replace(
        plain, values=dict(plain.values) | dict(row.values) | own, vectors=dict(plain.vectors) | dict(row.vectors)
    )


def world_of(options: RunOptions, share: float, scenario: Scenario, point: Point, replication: int) -> World:
    """Take the schools and read the evidence."""
    schools = schools_of(options, share, scenario, replication)
    reading = replace(reading_at(scenario, point), mechanisms=options.mechanisms)
    return World(schools, baseline_of(scenario), reading, replication, options.engine)


def arm_totals(options: RunOptions, share: float, job: Job) -> dict[str, Floats]:
    """Weighted totals of the baseline and every policy. [units, shape (n_years, n_quantities)]"""
    key = _world_key(options, share, job)
    if key not in _TOTALS:
        while len(_TOTALS) >= _MOST_TOTALS_KEPT:
            _TOTALS.pop(next(iter(_TOTALS)))
        _TOTALS[key] = _run_arms(options, share, job)
    return _TOTALS[key]


def _world_key(options: RunOptions, share: float, job: Job) -> tuple[object, ...]:
    """Everything that the totals of a job depend on."""
    point = job.points[0]
    physical = tuple((name, value) for name, value in sorted(point.values.items()) if not is_price(name))
    arms = tuple((name, arm.fingerprint()) for name, arm in job.arms.items())
    where = (england(options).fingerprint(), options.councils, options.engine, options.mechanisms, share)
    return (where, arms, point.view, physical, job.replication)


def _run_arms(options: RunOptions, share: float, job: Job) -> dict[str, Floats]:
    first = next(iter(job.arms.values()))
    world = world_of(options, share, first, job.points[0], job.replication)
    arms = [arm for arm in job.arms.values() if any(True for _ in arm.levers.active())]
    one = world.run(min(arms, key=first_year_of, default=first))
    found = {BASELINE: weighted(yearly(one.outcome.tally), one.inputs.cells)}
    for name, arm in job.arms.items():
        if arm not in arms:
            found[name] = found[BASELINE]
            continue
        outcome = one.policy(world.policy_inputs(arm, world.draw, one))
        found[name] = weighted(yearly(outcome.tally), one.inputs.cells)
    return found


def weighted(counts: npt.NDArray[np.int64], cells: tuple[Cell, ...]) -> Floats:
    """Sum over cells, each as often as it stands for, in units. [shape (n_years, n_quantities)]"""
    weight = np.array([cell.weight for cell in cells])
    result: Floats = (counts * weight[:, None, None]).sum(axis=0) / _PER
    return result


def schools_of(options: RunOptions, share: float, scenario: Scenario, replication: int) -> Population:
    """The sample of a replication, drawn once a process."""
    everyone = england(options)
    key = (everyone.fingerprint(), options.councils, share, scenario.run.sampling, scenario.run.seed, replication)
    if key not in _SAMPLES:
        while len(_SAMPLES) >= _MOST_SAMPLES_KEPT:
            _SAMPLES.pop(next(iter(_SAMPLES)))
        _SAMPLES[key] = sample(everyone, scenario, options, replication, share)
    return _SAMPLES[key]
