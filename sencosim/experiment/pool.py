"""Do the work of an experiment on one or several processes, or on a cluster; keep what is done; stop in good order.

Which pairs are run depends on the design and on the headlines of replications 0, 1, 2, … in that order, never on which
process was first. The piece of work that a process is given is a *world* or part of one: pairs that share a no-policy
arm, one after the other, so that the arm is run once. This process alone writes.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import platform
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Protocol, TypeVar

from sencosim.environment import with_variable
from sencosim.errors import EngineError, InputError, OutputError, StoppedError
from sencosim.experiment.ended import one_for_all
from sencosim.experiment.jobs import Job
from sencosim.experiment.precision import Precision, Rule, replications_needed
from sencosim.experiment.so_far import SoFar
from sencosim.experiment.store import Store
from sencosim.experiment.totals import PairTotals
from sencosim.fingerprint import check_as_read, differing, made_with
from sencosim.stopping import NOT_FOR_WORKERS, undisturbed

AHEAD = 2
"""Worlds handed out for each process, so that none waits for the next one."""
PAIRS_AT_ONCE = 8
"""Most pairs of a world that are handed out together: other processes can then help with a large one, and a stop loses
little. A process that goes on with a world keeps its no-policy arm."""
SECONDS_BETWEEN_STEPS = 0.2
"""Least time between two reports of progress; the last step is always reported."""
LONGEST_SILENCE = 1.5
"""Most between two reports of progress of other processes: a pair of England takes longer. [seconds]"""
_SAFE = "PYTHONSAFEPATH"
"""What Python asks before it looks for code in the current folder."""


@dataclass(frozen=True)
class Step:
    """Progress in units of work: schools times simulated years."""

    done: int
    total: int
    label: str
    so_far: SoFar | None = None  # what the finished pairs say about the headline
    notice: str = ""  # what a person should know now, in a sentence


Progress = Callable[[Step], None]
World = tuple[Job, ...]
"""Pairs that share a no-policy arm: all of a small world, a piece of a large one."""


Work = Callable[[Job], PairTotals]
"""Runs one pair. Importable by name, so that other processes can be given it."""
_Made = TypeVar("_Made")


class Design(Protocol):
    """What an experiment is made of: points times arms."""

    @property
    def rule(self) -> Rule:
        """When replications stop."""

    def main_jobs(self) -> list[Job]:
        """Pairs whose headlines decide that, in order; none where the number is fixed."""

    def enough(self, headlines: Mapping[Job, float]) -> float | None:
        """Half-width of the headline that is narrow enough alongside what the evidence leaves open. [GBP]

        By the headline of each finished pair; ``None`` while it is not known.
        """

    def all_jobs(self, replications: int) -> list[Job]:
        """Every pair."""

    def work_of(self, jobs: Sequence[Job]) -> int:
        """Work of some pairs. [schools x years]"""

    def how_to_go_on(self, store: Store) -> str:
        """Command that goes on with it after a stop."""

    def smaller(self) -> str:
        """Advice if memory ran out."""

    def so_far(self, headlines: Mapping[Job, float]) -> SoFar | None:
        """What finished pairs say about the headline, by the headline of each; ``None`` if nothing yet."""


class WorkersLostError(Exception):
    """Those who do the work are gone; the message says who."""


@dataclass(frozen=True)
class Where:
    """Where an experiment runs: processes of this machine, or an executor made elsewhere, such as a cluster's."""

    workers: int
    pool: Callable[[], AbstractContextManager[Executor]] | None = None
    trusts: str = ""  # who can send work there and read it, in words, where that is not this machine alone

    @property
    def is_here(self) -> bool:
        """Whether this process does all the work itself."""
        return self.pool is None and self.workers == 1

    def executor(self) -> AbstractContextManager[Executor]:
        """Where pieces of work are sent."""
        return _own_processes(self.workers) if self.pool is None else self.pool()

    @contextmanager
    def lasting(self) -> Iterator[Where]:
        """Keep the processes from one experiment to the next, so that each starts once."""
        if self.is_here:
            yield self
            return
        with self.executor() as executor:

            @contextmanager
            def same() -> Iterator[Executor]:
                yield executor

            yield Where(self.workers, same)


def here(workers: int | None) -> Where:
    """So many processes of this machine; one a core if nothing is said."""
    return Where(workers or os.cpu_count() or 1)


@dataclass
class Agenda:
    """What is done, what is under way, and what comes next."""

    design: Design
    store: Store
    _headlines: dict[Job, float] = field(default_factory=dict)  # of every finished pair
    _jobs: list[Job] = field(default_factory=list)
    _asked: int = -1  # replications for which the jobs were listed
    _begun: set[Job] = field(default_factory=set)
    _worlds: deque[World] = field(default_factory=deque)
    _enough: float | None = None  # half-width of the headline that is narrow enough [GBP]
    n_left: int = 0  # pairs that are not finished

    def __post_init__(self) -> None:
        self._main = self.design.main_jobs()
        self._headlines = {job: self.store.headline(job) for job in self.store.jobs()}

    def headlines(self) -> tuple[float, ...]:
        """Headline of replications 0, 1, 2, … of the main view, up to the first that is not finished. [GBP]"""
        found: list[float] = []
        for job in self._main:
            if job not in self._headlines:
                break
            found.append(self._headlines[job])
        return tuple(found)

    def replications(self) -> int:
        """Replications that the rule asks for by what is known: no more than the fewest until all draws are."""
        if not self._main:
            return self.design.rule.fewest
        if self._enough is None:
            self._enough = self.design.enough(self._headlines)
        enough = math.inf if self._enough is None else self._enough
        return replications_needed(self.headlines(), self.design.rule, enough)

    def precision(self) -> Precision:
        """How well the headline is known."""
        n = self.replications()
        return Precision(self.headlines()[:n], self.design.rule, self._enough or 0.0)

    def jobs(self) -> list[Job]:
        """Everything that the experiment is made of, by what is known."""
        asked = self.replications()
        if asked != self._asked:
            self._asked, self._jobs = asked, self.design.all_jobs(asked)
            missing = [job for job in self._jobs if not self.store.has(job)]
            self.n_left = len(missing)
            worlds: dict[object, list[Job]] = {}
            for job in missing:
                if job not in self._begun:
                    worlds.setdefault(job.world, []).append(job)
            self._worlds = deque(
                tuple(world[first : first + PAIRS_AT_ONCE])
                for world in worlds.values()
                for first in range(0, len(world), PAIRS_AT_ONCE)
            )
        return self._jobs

    def begin(self) -> World:
        """Take the next piece of work: pairs of one world; empty if there is none now."""
        self.jobs()
        world = self._worlds.popleft() if self._worlds else ()
        self._begun.update(world)
        return world

    def finish(self, totals: PairTotals) -> None:
        """Keep a finished pair."""
        self.store.add(totals)
        self.n_left -= 1
        self._headlines[totals.job] = totals.headline
        self.jobs()

    def step(self, label: str) -> Step:
        """How far the experiment is."""
        jobs = self.jobs()
        done = self.design.work_of([job for job in jobs if self.store.has(job)])
        return Step(done, self.design.work_of(jobs), label, self.design.so_far(self._headlines))


def conduct(design: Design, work_for: Callable[[World], Work], store: Store, where: Where, tell: Progress) -> Precision:
    """Run everything that is not finished yet, keep it, and say how well the headline is known.

    ``work_for`` gives what runs the pairs of a world, with no more in it than they need.

    Raises
    ------
    StoppedError
        If somebody asked it to stop. What is finished is kept.
    EngineError
        If a worker process died, or a cluster is gone.
    InputError
        If a process has another model than this one, or files of the model were changed. What is finished is kept.
    """
    agenda = Agenda(design, store)
    try:
        _run_all(agenda, work_for, where, tell)
        store.flush()
    except KeyboardInterrupt as stop:
        store.flush()
        raise StoppedError(what_was_kept("Stopped.", design, store)) from stop
    except (BrokenProcessPool, MemoryError) as death:
        store.flush()
        died = "A worker process died, most likely because memory ran out."
        raise EngineError(what_was_kept(died, design, store, design.smaller())) from death
    except WorkersLostError as loss:
        store.flush()
        raise EngineError(what_was_kept(str(loss), design, store)) from loss
    except OutputError as error:
        error.add_note(f"Go on with:  {design.how_to_go_on(store)}")
        raise
    except InputError as refusal:  # of a process of another model, or of one whose files were changed
        store.flush()
        refusal.add_note(what_was_kept("It was not finished.", design, store))
        raise
    except BaseException:
        store.flush()
        raise
    return agenda.precision()


def _run_all(agenda: Agenda, work_for: Callable[[World], Work], where: Where, tell: Progress) -> None:
    step = agenda.step("starting")
    tell(step)
    told = time.monotonic()
    with closing(_in_turn(agenda, work_for) if where.is_here else _in_processes(agenda, work_for, where)) as pairs:
        for one in pairs:
            if isinstance(one, Job):
                tell(replace(step, label=f"running {one.in_words()}"))
                continue
            agenda.finish(one)
            if time.monotonic() - told >= SECONDS_BETWEEN_STEPS or agenda.n_left == 0:
                step = agenda.step(one.job.in_words())
                tell(step)
                told = time.monotonic()


def _in_turn(agenda: Agenda, work_for: Callable[[World], Work]) -> Generator[PairTotals, None, None]:
    while world := agenda.begin():
        work = work_for(world)
        for job in world:
            totals = work(job)
            check_as_read()
            yield totals


def for_another(work: Callable[[], _Made], asked_with: Mapping[str, str]) -> _Made:
    """Do a piece of work for another process, whose model is named by :func:`~sencosim.fingerprint.made_with`.

    Raises
    ------
    InputError
        If this process has another model, or files of the model were changed since it began.
    """
    if others := differing(made_with(), asked_with):
        raise InputError(
            f"A process on {platform.node()} has other {others} than the one that gave it work, so its numbers would "
            "be those of another model. Give every process the same sencosim, Python, libraries and evidence, and "
            "start again."
        )
    done = work()
    check_as_read()
    return done


def _run_world(work: Work, world: World) -> list[PairTotals]:
    return [work(job) for job in world]


def _in_processes(
    agenda: Agenda, work_for: Callable[[World], Work], where: Where
) -> Generator[PairTotals | Job, None, None]:
    """Keep every process busy, and give each pair that is finished; while none is, one that is not.

    Replications that a rule may not need are not begun before it is known.
    """
    under_way: dict[Future[list[PairTotals]], World] = {}
    ahead = where.workers if agenda.design.main_jobs() else AHEAD * where.workers
    asked_with = made_with()
    with where.executor() as executor:
        try:
            while True:
                while len(under_way) < ahead and (world := agenda.begin()):
                    work = partial(_run_world, work_for(world), world)
                    with deaf_to_ctrl_c():
                        under_way[executor.submit(for_another, work, asked_with)] = world
                if not under_way:
                    return
                finished, _ = wait(under_way, LONGEST_SILENCE, return_when=FIRST_COMPLETED)
                if not finished:
                    yield min(chain.from_iterable(under_way.values()))
                for future in sorted(finished, key=lambda one: under_way[one]):
                    del under_way[future]
                    yield from future.result()
        except BaseException:
            _keep_finished(under_way, agenda.store)
            raise


def _keep_finished(under_way: Iterable[Future[list[PairTotals]]], store: Store) -> None:
    """Keep what came back just before the end."""
    for future in under_way:
        if future.done() and not future.cancelled() and future.exception() is None:
            for totals in future.result():
                store.add(totals)


@contextmanager
def _own_processes(workers: int) -> Iterator[Executor]:
    """Processes of this machine, spawned, not forked: the same on every system. If anything goes wrong they end."""
    pool = processes(workers)
    with one_for_all(pool):
        yield pool


def processes(workers: int) -> ProcessPoolExecutor:
    """Processes that leave what a terminal sends to all of them to the first one, and that end when it has ended.

    Submit inside :func:`deaf_to_ctrl_c`, which blocks these signals before a process begins.
    """
    with _blind_to_this_folder():
        return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin_worker)


def _blind_to_this_folder() -> AbstractContextManager[None]:
    """Keep a process that is started now from importing what lies in the current folder before it has our path."""
    return with_variable(_SAFE, "1")


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Block SIGINT and SIGHUP for the moment in which a process may be started; the process inherits the block.

    A signal that is blocked is delivered here when the moment is over. Ignoring it would lose it.
    """
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        with _blind_to_this_folder():
            yield
        return
    # The system may hand the signal to another thread, from where Python brings it to this one: hence both.
    with undisturbed(), _blind_to_this_folder():
        before = signal.pthread_sigmask(signal.SIG_BLOCK, NOT_FOR_WORKERS)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_worker() -> None:
    for one in NOT_FOR_WORKERS:
        signal.signal(one, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker when its parent is gone, however it went: a killed one cannot tell its workers to end."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def what_was_kept(what: str, design: Design, store: Store, further: str = "") -> str:
    """Say how an experiment ended early, what is left, and how to go on."""
    count = store.count()
    if count == 0:
        return f"{what} No pair of runs was finished, so nothing was kept. {further}".rstrip()
    pairs = "1 finished pair of runs is" if count == 1 else f"{count} finished pairs of runs are"
    more = f"\n  {further}" if further else ""
    return f"{what} {pairs} kept in {store.folder.as_posix()}. Go on with:  {design.how_to_go_on(store)}{more}"
