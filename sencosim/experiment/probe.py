"""How much time and memory a run takes, and how many processes fit: by the usual figures, or measured on this machine.

A run begins at once, by the usual figures, and its first pairs say how fast the machine is. A dry run has no pairs: for
it a probe runs two councils over a few years, in a process of its own, like those that would do the work. The engine is
compiled by then, and the first council wakes it, so compiling is in no estimate.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import psutil

from sencosim.errors import EngineError
from sencosim.experiment.plan import Plan
from sencosim.experiment.pool import deaf_to_ctrl_c, processes
from sencosim.population.schools import Population
from sencosim.units import TERMS_PER_YEAR
from sencosim.vocabulary import Quantity

SMALL_COUNCIL, MIDDLING_COUNCIL = 20, 150
"""Schools of the two councils that are looked for."""
LONG_RUN = {"compiled": 60_000, "reference": 2_000}
"""Work above which a run is worth a probe. [schools x years]"""
SPARE_BYTES = 500_000_000
"""Left to everything else on the machine. [bytes]"""
CELLS_PER_SCHOOL = 0.15
"""Rows of the tally for each school: councils times phases times size bands; 0.114 in England. [rows]"""
ENTRY_BYTES = 8
TALLIES = 3.5
"""Tallies of an arm that a process holds at one time: those of both arms, whole and by year, and part of the fork."""


@dataclass(frozen=True)
class Probe:
    """What the probe found.

    Attributes
    ----------
    seconds_per_school_year
        Of one pair: both arms and the measuring of the feedback. [seconds]
    process_bytes
        A process with the engine and hardly any school. [bytes]
    school_bytes
        Each school more, without the tally. [bytes]
    """

    seconds_per_school_year: float
    process_bytes: float
    school_bytes: float


USUAL = Probe(seconds_per_school_year=1.6e-4, process_bytes=4.0e8, school_bytes=5.5e4)
"""What the benchmarks find on a machine of two cores; its memory is that of every machine."""


@dataclass(frozen=True)
class Estimate:
    """What a run takes on this machine.

    Attributes
    ----------
    seconds, most_seconds
        With the fewest and the most replications. [seconds]
    bytes_a_worker, bytes_free
        Memory that a process needs, and that there is. [bytes]
    workers
        Processes that will be used: those asked for, or as many as fit.
    asked
        Processes that were asked for.
    """

    seconds: float
    most_seconds: float
    bytes_a_worker: float
    bytes_free: float
    workers: int
    asked: int

    def in_words(self) -> str:
        """Time and memory in a sentence or two."""
        time_needed = f"about {minutes(self.seconds)}"
        if self.most_seconds > 1.2 * self.seconds:
            time_needed += f", up to {minutes(self.most_seconds)} if the precision needs all replications"
        fewer = ""
        if self.workers < self.asked:
            free = f"{self.bytes_free / 1e9:.1f} GB"
            fewer = f" Only {self.workers} of {self.asked} processes fit into the {free} that are free."
        return f"It takes {time_needed}; {self.bytes_a_worker / 1e9:.1f} GB of memory for each process.{fewer}"

    def facts(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "estimated_seconds": round(self.seconds),
            "estimated_most_seconds": round(self.most_seconds),
            "estimated_bytes_a_worker": round(self.bytes_a_worker),
        }


RunFew = Callable[[Population], int]
"""Runs a pair of some schools over few years and says how much work it was. [schools x years]"""


def is_long(plan: Plan) -> bool:
    """Whether a run is long enough to measure the machine first."""
    return plan.work(plan.rule.fewest) > LONG_RUN[plan.engine]


def probe(run_few: RunFew, schools: Population) -> Probe:
    """Measure time and memory in a process of its own: some ten seconds.

    Parameters
    ----------
    run_few
        Importable by name.
    schools
        Where two councils are taken from.
    """
    small, middling = (_council_of(schools, size) for size in (SMALL_COUNCIL, MIDDLING_COUNCIL))
    with processes(1) as pool:
        with deaf_to_ctrl_c():
            found = pool.submit(measure, run_few, small, middling)
        return found.result()


def measure(run_few: RunFew, small: Population, middling: Population) -> Probe:
    """Run the small council to wake the engine, then the middling one by the clock, in this process."""
    run_few(small)
    before = peak_bytes()
    started = time.perf_counter()
    work = run_few(middling)
    seconds = time.perf_counter() - started
    grown = max(0.0, peak_bytes() - before)
    return Probe(seconds / work, before, grown / middling.n_schools)


def estimate(plan: Plan, found: Probe) -> Estimate:
    """Time and memory of a run.

    Parameters
    ----------
    plan
        With the processes that were asked for.
    found
        See :func:`probe`.

    Raises
    ------
    EngineError
        If not even one process fits into memory.
    """
    tally = plan.n_schools * CELLS_PER_SCHOOL * plan.n_years * TERMS_PER_YEAR * len(Quantity) * ENTRY_BYTES
    needed = found.process_bytes + plan.n_schools * found.school_bytes + TALLIES * tally
    free = float(free_bytes())
    fit = int((free - SPARE_BYTES) // needed)
    if fit < 1:
        sample = max(0.005, round(0.5 * plan.share * free / needed, 3))
        raise EngineError(
            f"One process needs {needed / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free. Close other "
            f"programs, or run a sample: --sample {sample:g}."
        )
    workers = min(plan.workers, fit)
    work = [_seconds(plan, rule, found, workers) for rule in (plan.rule.fewest, plan.rule.most)]
    return Estimate(work[0], work[1], needed, free, workers, plan.workers)


def with_workers(plan: Plan, found: Estimate) -> Plan:
    """The plan on as many processes as fit."""
    return replace(plan, workers=found.workers)


def _seconds(plan: Plan, replications: int, found: Probe, workers: int) -> float:
    return plan.work(replications) * found.seconds_per_school_year / workers


def free_bytes() -> int:
    """Memory that can be used without pushing anything out. [bytes]"""
    return int(psutil.virtual_memory().available)


def peak_bytes() -> float:
    """Most memory that this process has held so far. [bytes]"""
    try:
        import resource  # noqa: PLC0415  (not on Windows)
    except ImportError:
        return float(psutil.Process().memory_info().peak_wset)
    unit = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


def minutes(seconds: float) -> str:
    """Write a time as roughly as an estimate is.

    Examples
    --------
    >>> minutes(8.0), minutes(44.0), minutes(200.0), minutes(8000.0)
    ('8 s', '44 s', '3 min', '2.2 h')
    """
    if seconds < 90.0:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60.0)} min" if seconds < 5400.0 else f"{seconds / 3600.0:.1f} h"


def _council_of(schools: Population, wanted: int) -> Population:
    """Schools of the council whose number of schools is nearest to a number; the first of them in order."""
    councils, sizes = np.unique(schools.council, return_counts=True)
    nearest = councils[int(np.argmin(np.abs(sizes - wanted)))]
    return schools.take(np.flatnonzero(schools.council == nearest))
