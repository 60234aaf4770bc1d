"""Runs that take no time: outcomes that are simple functions of the inputs, with known answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sencosim.ensembles.question import BASELINE, Job, Point
from sencosim.evidence.distributions import mean, quantile
from sencosim.evidence.register import load_register
from sencosim.model import RunOptions
from sencosim.outcomes.columns import no_money, outcome_units

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


@dataclass
class MadeUp:
    """Stands in for the worker; stops after some jobs if it is told to."""

    options: RunOptions
    share: float
    stop_after: int | None = None
    seen: list[Job] = field(default_factory=list)

    def __call__(self, job: Job) -> list[dict[str, Any]]:
        if self.stop_after is not None and len(self.seen) >= self.stop_after:
            raise KeyboardInterrupt
        self.seen.append(job)
        return [row for point in job.points for name in (BASELINE, *job.arms) for row in [row_of(point, name, job)]]


def row_of(point: Point, arm: str, job: Job) -> dict[str, Any]:
    row: dict[str, Any] = {"view": point.view, "draw": point.draw, "arm": arm, "replication": job.replication}
    row |= dict.fromkeys(outcome_units(), 10.0) | no_money()
    row |= {name: 50.0 * MILLION / 10.0 for name in row if name.startswith("fewer_")}
    row |= {name: 1000.0 for name in row if name.startswith(("today.", "count."))}
    if arm != BASELINE:
        cost = net_cost(point, job.replication)
        row |= {"net_public_cost": cost, "npsv": 60.0 * MILLION - cost, "policy_cost": cost, "payer_net.schools": cost}
        row |= {"suspensions": 9.0, "years_waiting_identification": 8.0 - position(point, "used_share_added")}
    return row
