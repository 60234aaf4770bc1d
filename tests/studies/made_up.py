"""Runs that take no time: outcomes that are simple functions of the inputs, with known answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sencosim.evidence.distributions import mean, quantile
from sencosim.evidence.register import load_register
from sencosim.experiment.jobs import Job
from sencosim.experiment.store import Store
from sencosim.experiment.totals import PairTotals
from sencosim.outcomes.columns import no_money, outcome_units
from sencosim.studies.question import BASELINE, Point, Question
from sencosim.vocabulary import Quantity

MILLION = 1e6


def position(point: Point, name: str) -> float:
    """Distance of an input from its mean, in widths of its own 10 % to 90 % range."""
    uncertainty = load_register()[name].uncertainty
    assert uncertainty is not None
    width = quantile(uncertainty, 0.9) - quantile(uncertainty, 0.1)
    return (point.values.get(name, mean(uncertainty)) - mean(uncertainty)) / width


def net_cost(point: Point, replication: int) -> float:
    """100 million, twice as much movement from leaving as from hours used; a little chance."""
    moved = 80.0 * position(point, "senco_leaving_rate") + 40.0 * position(point, "used_share_added")
    return MILLION * (100.0 + moved + 0.5 * replication)


def made_up_rows(question: Question, _: Store | None) -> Iterator[dict[str, Any]]:
    """Stands in for pricing what was simulated."""
    for group in question.groups:
        for replication in question.numbers(question.replications):
            for point in group:
                yield from (row_of(point, arm, replication) for arm in question.arms)


def row_of(point: Point, arm: str, replication: int) -> dict[str, Any]:
    row: dict[str, Any] = {"view": point.view, "draw": point.draw, "arm": arm, "replication": replication}
    row |= dict.fromkeys(outcome_units(), 10.0) | no_money()
    row |= {name: 50.0 * MILLION / 10.0 for name in row if name.startswith("fewer_")}
    row |= {name: 1000.0 for name in row if name.startswith(("today.", "count."))}
    if arm != BASELINE:
        cost = net_cost(point, replication)
        row |= {"net_public_cost": cost, "npsv": 60.0 * MILLION - cost, "policy_cost": cost, "payer_net.schools": cost}
        row |= {"suspensions": 9.0, "years_waiting_identification": 8.0 - position(point, "used_share_added")}
    return row


@dataclass
class MadeUpWork:
    """Stands in for the worker: totals that depend on the job alone; stops after some jobs if it is told to."""

    stop_after: int | None = None
    fail_after: int | None = None
    seen: list[Job] = field(default_factory=list)

    def __call__(self, job: Job) -> PairTotals:
        if self.stop_after is not None and len(self.seen) >= self.stop_after:
            raise KeyboardInterrupt
        if self.fail_after is not None and len(self.seen) >= self.fail_after:
            raise ZeroDivisionError
        self.seen.append(job)
        return totals(job)


def totals(job: Job) -> PairTotals:
    """Totals of full length, for one place."""
    shape = (1, 15, len(Quantity))
    counts = np.full(shape, 100.0 + job.draw + job.replication + 0.1 * job.point)
    nowhere = np.zeros((0, *shape[1:]))
    return PairTotals(
        job=job,
        strata=(("none", "none"),),
        baseline=counts,
        policy=counts * 1.01,
        calendar=counts[:, 1:],
        councils=np.zeros(0, dtype=np.int64),
        council_weight=np.zeros(0),
        council_baseline=nowhere,
        council_policy=nowhere,
        groups=(),
        group_schools=np.zeros(0),
        group_pupils=np.zeros(0),
        group_baseline=nowhere,
        group_policy=nowhere,
        moved=np.zeros(15, dtype=np.int64),
        smallest=0,
        headline=0.0,
        values={},
        hours=np.zeros(0),
        is_secondary=np.zeros(0, dtype=bool),
        school_weight=np.zeros(0),
        n_schools=2,
        seconds=0.0,
    )
