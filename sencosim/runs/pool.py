"""Do the work of a plan on one or several processes; keep each pair when it is done; stop in good order.

Which pairs are run depends on the plan and on the headlines of replications 0, 1, 2, … in that order, never on which
process was first.

The piece of work that a process is given is a *world*: all pairs that share a no-policy arm, one after the other, so
that the arm is run once. Each pair is kept as soon as it is done.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sencosim.errors import EngineError, StoppedError
from sencosim.runs.plan import Job, Plan
from sencosim.runs.precision import Precision, replications_needed
from sencosim.runs.store import Store, undisturbed
from sencosim.runs.totals import PairTotals

SECONDS_TO_FINISH_WRITING = 20.0


@dataclass(frozen=True)
class Step:
    """Progress in units of work: schools times simulated years."""

    done: int
    total: int
    label: str
    note: str = ""


Progress = Callable[[Step], None]
Work = Callable[[Job], PairTotals]
World = tuple[Job, ...]
"""Pairs that share a no-policy arm."""


class Agenda:
    """What is done, what is under way, and what comes next.

    Parameters
    ----------
    plan
        What the run is made of.
    store
        Finished pairs, those of an earlier start too.
    """

    def __init__(self, plan: Plan, store: Store) -> None:
        self.plan = plan
        self._done: dict[Job, float] = {}
        self._begun: set[Job] = set()
        for job in plan.all_jobs(plan.rule.most):
            if store.has(job):
                self._done[job] = store.headline(job)

    def headlines(self) -> tuple[float, ...]:
        """Headline of replications 0, 1, 2, … of the main view, up to the first that is not finished. [GBP]"""
        found: list[float] = []
        for number in range(self.plan.rule.most):
            job = self.plan.point_job(self.plan.main_view, number)
            if job not in self._done:
                break
            found.append(self._done[job])
        return tuple(found)

    def replications(self) -> int:
        """Replications that the rule asks for by what is known. [replications]"""
        return replications_needed(self.headlines(), self.plan.rule)

    def precision(self) -> Precision:
        """How well the headline is known."""
        return Precision(self.headlines()[: self.replications()], self.plan.rule)

    def jobs(self) -> list[Job]:
        """Everything that the run is made of, by what is known."""
        return self.plan.all_jobs(self.replications())

    def begin(self) -> World:
        """Take the next piece of work: what is left of a world; empty if there is none now."""
        left = [job for job in self.jobs() if job not in self._done and job not in self._begun]
        world = tuple(job for job in left if job.world == left[0].world)
        self._begun.update(world)
        return world

    def finish(self, job: Job, headline: float) -> None:
        """Note that a piece of work is done."""
        self._done[job] = headline

    def step(self, label: str) -> Step:
        """How far the run is."""
        jobs = self.jobs()
        done = self.plan.work_of([job for job in jobs if job in self._done])
        return Step(done, self.plan.work_of(jobs), label, self.precision().so_far())


def conduct(plan: Plan, work: Work, store: Store, tell: Progress) -> Precision:
    """Run everything that is not finished yet.

    Parameters
    ----------
    plan
        What the run is made of.
    work
        Runs one pair. Must be importable by name, so that other processes can be given it.
    store
        Where finished pairs are, and are put.
    tell
        Hears of every finished pair.

    Returns
    -------
        How well the headline is known, and so how many replications there are.

    Raises
    ------
    StoppedError
        If somebody pressed Ctrl-C. What is finished is kept.
    EngineError
        If a worker process died.
    """
    agenda = Agenda(plan, store)
    tell(agenda.step("starting"))
    kept = _Keep(work, store)
    finished = _in_turn(agenda, kept) if plan.workers == 1 else _in_processes(agenda, kept, plan.workers)
    try:
        for job, headline in finished:
            agenda.finish(job, headline)
            tell(agenda.step(job.in_words()))
    except KeyboardInterrupt as stop:
        raise StoppedError(what_was_kept("Stopped.", store)) from stop
    except (BrokenProcessPool, MemoryError) as death:
        raise EngineError(
            what_was_kept("A worker process died, most likely because memory ran out.", store, _smaller(plan))
        ) from death
    return agenda.precision()


@dataclass(frozen=True)
class _Keep:
    """Run pairs and keep each, in whichever process."""

    work: Work
    store: Store

    def __call__(self, job: Job) -> float:
        totals = self.work(job)
        self.store.write(totals)
        return totals.headline

    def all(self, world: World) -> list[tuple[Job, float]]:
        return [(job, self(job)) for job in world]


def _in_turn(agenda: Agenda, kept: _Keep) -> Iterator[tuple[Job, float]]:
    while world := agenda.begin():
        for job in world:
            yield job, kept(job)


def _in_processes(agenda: Agenda, kept: _Keep, workers: int) -> Iterator[tuple[Job, float]]:
    """Keep every process busy. Spawned, not forked: the same on every system, and no half-copied locks."""
    others = set(multiprocessing.active_children())
    pool = processes(workers)
    under_way: dict[Future[list[tuple[Job, float]]], World] = {}
    try:
        while True:
            while len(under_way) < workers and (world := agenda.begin()):
                with deaf_to_ctrl_c():
                    under_way[pool.submit(kept.all, world)] = world
            if not under_way:
                break
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in sorted(finished, key=lambda one: under_way[one]):
                del under_way[future]
                yield from future.result()
        pool.shutdown()
    except BaseException:
        try:
            _let_them_write(kept.store)
        finally:
            for child in set(multiprocessing.active_children()) - others:
                child.terminate()
            pool.shutdown(wait=True, cancel_futures=True)
            kept.store.tidy_up()
        raise


def processes(workers: int) -> ProcessPoolExecutor:
    """Processes that leave Ctrl-C, which a terminal sends to all of them, to the first one.

    Submit inside :func:`deaf_to_ctrl_c`, so that they are deaf from their birth.
    """
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_ignore_ctrl_c)


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Put Ctrl-C off for the moment in which a process may be started; the process is deaf to it from its birth.

    A signal that is held up is inherited as such, and is heard here when the moment is over. Ignoring it would lose it.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return
    # The system may hand the signal to another thread, from where Python brings it to this one: hence both.
    with undisturbed():
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ignore_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _let_them_write(store: Store) -> None:
    """Wait for pairs that are being written at this moment. A second Ctrl-C ends the wait."""
    end = time.monotonic() + SECONDS_TO_FINISH_WRITING
    while store.is_writing() and time.monotonic() < end:
        time.sleep(0.05)


def what_was_kept(what: str, store: Store, further: str = "") -> str:
    """Say how a run ended early, what is left, and how to go on."""
    count = store.count()
    if count == 0:
        return f"{what} No pair of runs was finished, so nothing was kept. {further}".rstrip()
    pairs = "1 finished pair of runs is" if count == 1 else f"{count} finished pairs of runs are"
    return f"{what} {pairs} kept in {store.folder.as_posix()}. Go on with:  {resume_command(store)}{_more(further)}"


def resume_command(store: Store) -> str:
    """Command that goes on with a stopped run: its id is enough in the usual folder."""
    usual = store.folder.parent.parent == Path("outputs")
    return f"sencosim run --resume {store.run_id if usual else store.folder.as_posix()}"


def _more(further: str) -> str:
    return f"\n  {further}" if further else ""


def _smaller(plan: Plan) -> str:
    """A setting that needs less memory."""
    if plan.workers > 1:
        return f"With --workers {plan.workers // 2} it needs about half the memory."
    sample = 0.2 if plan.share > 0.2 else max(0.005, round(plan.share / 2, 3))
    return f"A smaller run fits: start again with --sample {sample:g}."
