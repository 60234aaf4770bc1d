"""Work that takes no time: totals made from the numbers of a job, importable by worker processes."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np

from sencosim.experiment.jobs import Job
from sencosim.experiment.plan import Plan
from sencosim.experiment.precision import Rule
from sencosim.experiment.totals import PairTotals
from sencosim.units import MINUTES_PER_WEEK
from sencosim.vocabulary import Quantity

HEADLINES = (100.0, 103.0, 99.0, 101.0, 100.5, 100.2, 99.9, 100.1, 100.0, 100.3)


def plan(workers: int = 1, most: int = 10, precision: float = 0.02, draws: int = 3) -> Plan:
    return Plan(
        views=("central", "sceptic"),
        main_view="central",
        draws=draws,
        rule=Rule(min(3, most), most, precision),
        share=1.0,
        draw_share=0.05,
        sampling="councils",
        n_schools=1000,
        n_draw_schools=50,
        n_years=4,
        policy_years=2,
        workers=workers,
    )


def totals(job: Job) -> PairTotals:
    """Numbers that depend on the job alone."""
    size = (2, 2, len(Quantity))
    seed = 1.0 + job.draw + 10.0 * job.replication + (0.5 if job.view == "central" else 0.0)
    counts = np.arange(np.prod(size)).reshape(size) % 7 * seed / 3.0
    return PairTotals(
        job=job,
        strata=(("none", "none"), ("primary", "one form")),
        baseline=counts,
        policy=counts * 1.1,
        calendar=counts[:, :1],
        councils=np.array([805, 867]),
        council_weight=np.array([1.5, 1.0]),
        council_baseline=counts,
        council_policy=counts * 1.1,
        groups=(("primary", 1, False, "maintained"), ("secondary", 5, True, "multi-academy trust")),
        group_schools=np.array([3.0, 1.5]),
        group_pupils=np.array([630.0, 1500.0]),
        group_baseline=counts,
        group_policy=counts * 1.1,
        moved=np.array([0, 3]),
        smallest=0,
        headline=HEADLINES[job.replication % len(HEADLINES)] + job.draw,
        values={"a": 0.1 + 0.2, "b": float(MINUTES_PER_WEEK)},
        hours=np.array([1.0]),
        is_secondary=np.array([True]),
        school_weight=np.array([1.0]),
        n_schools=2,
        seconds=0.0,
    )


def slowly(job: Job) -> PairTotals:
    """Take as long as a pair of a few schools."""
    time.sleep(0.05)
    return totals(job)


def dies_at_third_replication(job: Job) -> PairTotals:
    """Die as a process does that the system ends for its memory; the others finish first."""
    if job.replication == 2 and job.share == 1.0 and not Path("spared").exists():
        os.kill(os.getpid(), signal.SIGKILL)
    return totals(job)


def stopped_at_third_replication(job: Job) -> PairTotals:
    """Be stopped by Ctrl-C."""
    if job.replication == 2 and job.share == 1.0:
        raise KeyboardInterrupt
    return totals(job)
