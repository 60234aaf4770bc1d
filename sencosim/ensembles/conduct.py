"""Run an ensemble: in this process, on several, or on a cluster; keep what is done; go on where it stopped."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial

from sencosim.decisions.ensemble import Ensemble
from sencosim.ensembles.question import Job, Question
from sencosim.ensembles.simulate import Row, Worker, run_job
from sencosim.ensembles.store import EnsembleStore, keys_of
from sencosim.errors import EngineError, StoppedError
from sencosim.model import RunOptions, england
from sencosim.population.schools import Population
from sencosim.runs.pool import Step, deaf_to_ctrl_c, processes
from sencosim.runs.probe import minutes, probe

SECONDS_BETWEEN_PARTS = 20.0
"""So much work is lost at most if the machine dies."""
AHEAD = 2
"""Jobs handed out for each process, so that none waits for the next one."""
Progress = Callable[[Step], None]
Pool = Callable[[], AbstractContextManager[Executor]]


@dataclass(frozen=True)
class Where:
    """Where an ensemble runs.

    Attributes
    ----------
    workers
        Processes. [1 or more]
    pool
        Makes an executor; ``None`` for processes of this machine.
    """

    workers: int = 1
    pool: Pool | None = None


def ensemble_of(question: Question, store: EnsembleStore, where: Where, tell: Progress) -> Ensemble:
    """Run what is not there yet, and read the whole.

    Parameters
    ----------
    question, store
        What is asked, and its folder.
    where
        On what.
    tell
        Hears of progress.

    Raises
    ------
    StoppedError
        If somebody pressed Ctrl-C. What is finished is kept.
    EngineError
        If a process died.
    """
    if store.is_finished:
        return store.read()
    store.begin(question)
    started = time.monotonic()
    jobs = list(question.jobs())
    before = store.done()
    pending = [job for job in jobs if not keys_of(job) <= before]
    size = job_size(question)
    done = len(jobs) - len(pending)
    tell(Step(done * size, len(jobs) * size, "starting"))
    keep = _Keep(store)
    try:
        for rows in results(pending, Worker(question.options, question.share), where):
            keep.add(rows)
            done += 1
            tell(Step(done * size, len(jobs) * size, f"point {done} of {len(jobs)}"))
    except KeyboardInterrupt as stop:
        keep.flush()
        raise StoppedError(_kept(store)) from stop
    except (BrokenProcessPool, MemoryError) as death:
        keep.flush()
        raise EngineError(f"A worker process died, most likely because memory ran out. {_kept(store)}") from death
    except BaseException:
        keep.flush()
        raise
    keep.flush()
    return store.finish(question, time.monotonic() - started)


class _Keep:
    """Gather rows and write them as a part now and then, so that memory and files stay few."""

    def __init__(self, store: EnsembleStore) -> None:
        self._store = store
        self._rows: list[Row] = []
        self._last = time.monotonic()

    def add(self, rows: list[Row]) -> None:
        self._rows += rows
        if time.monotonic() - self._last >= SECONDS_BETWEEN_PARTS:
            self.flush()

    def flush(self) -> None:
        self._store.write_part(self._rows)
        self._rows = []
        self._last = time.monotonic()


def executor_of(where: Where) -> AbstractContextManager[Executor]:
    """Processes of this machine, or the executor that was asked for."""
    return _own_processes(where.workers) if where.pool is None else where.pool()


def results(jobs: list[Job], work: Worker, where: Where) -> Iterator[list[Row]]:
    """Rows of each job, as they are done. Ctrl-C goes through, and ends processes of this machine at once."""
    if where.pool is None and where.workers == 1:
        for job in jobs:
            yield work(job)
        return
    with executor_of(where) as executor:
        under_way: set[Future[list[Row]]] = set()
        for job in jobs:
            with deaf_to_ctrl_c():
                under_way.add(executor.submit(work, job))
            if len(under_way) >= AHEAD * where.workers:
                finished, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in finished)
        while under_way:
            finished, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in finished)


@contextmanager
def _own_processes(workers: int) -> Iterator[Executor]:
    """Processes of this machine; if anything goes wrong they end at once."""
    others = set(multiprocessing.active_children())
    pool = processes(workers)
    try:
        yield pool
        pool.shutdown()
    except BaseException:
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        pool.shutdown(wait=True, cancel_futures=True)
        raise


def _kept(store: EnsembleStore) -> str:
    count = len(store.done())
    if count == 0:
        return "Stopped. No run was finished."
    return f"Stopped. {count} finished runs are kept in {store.folder.as_posix()}. Go on: give the same command again."


# -- how long it takes ----------------------------------------------------------------------------------------------


def job_size(question: Question) -> int:
    """Work of one job: every arm. [schools x years]"""
    return question.n_schools() * len(question.arms) * question.first.simulated_years


def estimate_in_words(question: Question, store: EnsembleStore, where: Where) -> str:
    """What will be run, and how long it takes by a measurement on this machine: some ten seconds."""
    jobs, runs = question.n_engine_jobs(), len(question.points) * question.replications
    share = "" if jobs == runs else f" ({runs - jobs:,} of them differ in prices alone and need no run of their own)"
    if question.options.councils:
        schools = f"{question.n_schools():,} schools of the chosen councils"
    else:
        schools = (
            f"{question.n_schools():,} schools: whole councils, about {question.share:.0%} of England, weighted up"
        )
    text = f"{runs:,} runs of {len(question.arms)} arms{share}, on {schools}."
    if store.is_finished:
        return f"{text} They are there already: {store.folder.as_posix()}."
    left = jobs - _groups_done(question, store)
    first = next(iter(question.jobs()))
    found = probe(partial(run_few, first, question.options), england(question.options))
    seconds = left * job_size(question) * found.seconds_per_school_year / where.workers
    again = f" {jobs - left:,} are done." if left < jobs else ""
    hourly = 3600.0 / (job_size(question) * found.seconds_per_school_year)
    return (
        f"{text}{again} Measured on this machine: about {minutes(seconds)} on {where.workers} "
        f"{'process' if where.workers == 1 else 'processes'} ({hourly:,.0f} runs an hour for each)."
    )


def run_few(job: Job, options: RunOptions, schools: Population) -> int:
    """One job on a few schools. [schools x years]"""
    few = Job(job.replication, job.points[:1], job.arms)
    run_job(RunOptions(population=schools, engine=options.engine, mechanisms=options.mechanisms), 1.0, few)
    scenario = next(iter(job.arms.values()))
    return schools.n_schools * (1 + len(job.arms)) * scenario.simulated_years


def _groups_done(question: Question, store: EnsembleStore) -> int:
    before = store.done()
    return sum(1 for job in question.jobs() if keys_of(job) <= before) if before else 0
