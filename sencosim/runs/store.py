"""Where a run keeps its finished pairs while it goes on: a hidden folder next to the place of its results.

A pair is written under another name and renamed, so a file that is there is whole, whenever the machine stops. The
folder also holds what ran (scenario, evidence, code, schools), so that a run is only ever continued by itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import signal
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import sencosim
from sencosim.errors import InputError, OutputError
from sencosim.evidence.base_year import BASE_YEAR_FILE
from sencosim.evidence.register import evidence_folder
from sencosim.runs.finished import is_finished
from sencosim.runs.plan import Job
from sencosim.runs.totals import PairTotals, read_headline, read_totals, write_totals

RUNNING = ".running"
"""Ending of the folder of a run that goes on."""
FACTS = "run.json"
UNFINISHED = ".tmp"
LIBRARIES = ("numpy", "numba", "scipy", "simpy")
MOST_CLASHES = 1000
_SAME = {
    "scenario_fingerprint": "the scenario",
    "evidence_fingerprint": "the evidence",
    "population_fingerprint": "the list of schools",
    "code_fingerprint": "the code of sencosim, or a library that it computes with,",
    "engine": "the engine",
    "replaced_mechanisms": "a mechanism that was replaced by other code",
    "councils": "the list of councils",
}
"""What must be the same for a run to go on, in words."""


@dataclass(frozen=True)
class Store:
    """Finished pairs of one run.

    Attributes
    ----------
    folder
        Where they are.
    run_id
        Name of the run, and of the folder of its results.
    """

    folder: Path
    run_id: str

    def has(self, job: Job) -> bool:
        """Whether a pair is finished."""
        return self._path(job).is_file()

    def write(self, totals: PairTotals) -> None:
        """Keep a finished pair: all of it, or nothing.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        path = self._path(totals.job)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}{UNFINISHED}")
        try:
            with undisturbed():
                write_totals(totals, unfinished)
                _flush(unfinished)
                unfinished.replace(path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise OutputError(
                f"A finished pair could not be written to {self.folder}: {error.strerror or error}. The pairs before "
                "it are kept. Free some space, then go on with --resume."
            ) from error

    def read(self, job: Job) -> PairTotals:
        """Read a finished pair."""
        return read_totals(self._path(job))

    def headline(self, job: Job) -> float:
        """Headline of a finished pair. [GBP]"""
        return read_headline(self._path(job))

    def count(self) -> int:
        """Finished pairs. [pairs]"""
        return sum(1 for _ in self.folder.glob("*.npz"))

    def is_writing(self) -> bool:
        """Whether some process is in the middle of writing a pair."""
        return any(self.folder.glob(f"*{UNFINISHED}"))

    def tidy_up(self) -> None:
        """Remove what a killed process left half-written."""
        for path in self.folder.glob(f"*{UNFINISHED}"):
            path.unlink(missing_ok=True)

    def facts(self) -> dict[str, Any]:
        """What ran."""
        found: dict[str, Any] = json.loads((self.folder / FACTS).read_text(encoding="utf-8"))
        return found

    def remove(self) -> None:
        """Delete the folder: the results are written, or there is nothing to keep."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, job: Job) -> Path:
        return self.folder / f"{job.name}.npz"


def new_store(parent: Path | None, name: str, facts: Mapping[str, Any]) -> Store:
    """Make the folder of a new run.

    Parameters
    ----------
    parent
        Folder in which the results will appear; ``None`` for a temporary one that goes with the program.
    name
        Name of the run; ``-2``, ``-3`` and so on are added if it is taken.
    facts
        What runs.

    Raises
    ------
    OutputError
        If it cannot be made.
    """
    if parent is None:
        store = Store(Path(tempfile.mkdtemp(prefix="sencosim-")), name)
        weakref.finalize(store, shutil.rmtree, store.folder, ignore_errors=True)
    else:
        try:
            parent.mkdir(parents=True, exist_ok=True)
            store = _claim(parent, name)
        except OSError as error:
            raise OutputError(
                f"The run cannot be kept in {parent}: {error.strerror or error}. Choose another folder with --out."
            ) from error
    unfinished = store.folder / f"{FACTS}{UNFINISHED}"
    unfinished.write_text(
        json.dumps(dict(facts) | {"run_id": store.run_id}, indent=2, sort_keys=True), encoding="utf-8"
    )
    _flush(unfinished)
    unfinished.replace(store.folder / FACTS)
    return store


def _claim(parent: Path, name: str) -> Store:
    for number in range(1, MOST_CLASHES):
        taken = name if number == 1 else f"{name}-{number}"
        folder = parent / f".{taken}{RUNNING}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        if not (parent / taken).exists():
            return Store(folder, taken)
        folder.rmdir()
    raise OutputError(f"There are {MOST_CLASHES} folders named {name} in {parent}.")


def find_store(root: Path, run: str) -> Store:
    """Find a run that was stopped.

    Parameters
    ----------
    root
        The folder ``outputs``.
    run
        Its id, or its folder.

    Raises
    ------
    InputError
        If there is none.
    """
    for folder in (Path(run), *sorted(root.glob(f"*/.{run}{RUNNING}"))):
        if (folder / FACTS).is_file():
            store = Store(folder, folder.name.removeprefix(".").removesuffix(RUNNING))
            store.tidy_up()
            return store
    if is_finished(root, run):
        raise InputError(f"{run} is finished: its results are written. There is nothing to resume.")
    known = [store.run_id for store in stopped_runs(root)]
    listed = f" Runs that can be resumed: {', '.join(known)}." if known else f" No run in {root} waits to be resumed."
    raise InputError(f"There is no stopped run {run}.{listed}")


def stopped_runs(root: Path) -> list[Store]:
    """Runs that were stopped, or still go on, oldest first."""
    folders = sorted(root.glob(f"*/.*{RUNNING}"), key=lambda path: path.name)
    return [Store(folder, folder.name[1 : -len(RUNNING)]) for folder in folders if (folder / FACTS).is_file()]


def check_same(store: Store, facts: Mapping[str, Any]) -> None:
    """Refuse to continue a run as something else.

    Parameters
    ----------
    store
        A run that was stopped.
    facts
        What would run now.

    Raises
    ------
    InputError
        If anything that numbers depend on is not as it was; all such things at once.
    """
    before = store.facts()
    changed = [words for name, words in _SAME.items() if before.get(name) != facts.get(name)]
    if changed:
        listed = f"{', '.join(changed[:-1])} and {changed[-1]}" if len(changed) > 1 else changed[0]
        raise InputError(
            f"The run {store.run_id} cannot go on: {listed} changed since it was started, and its finished pairs would "
            "not belong together with new ones. Put back what was changed and resume, or start again without --resume."
        )


@lru_cache(maxsize=1)
def code_fingerprint() -> str:
    """SHA-256 of everything that computes: code and tables of the package, Python, and the libraries that count."""
    package = Path(sencosim.__file__).resolve().parent
    found = hashlib.sha256(platform.python_version().encode())
    for name in LIBRARIES:
        found.update(f"{name} {version(name)}".encode())
    evidence = evidence_folder()
    # The times, the councils and the posterior: the register, which has a fingerprint of its own, does not hold them.
    tables = (*evidence.rglob("*.csv"), evidence / BASE_YEAR_FILE)
    for path in sorted((*package.rglob("*.py"), *tables)):
        found.update(path.relative_to(package if path.is_relative_to(package) else evidence).as_posix().encode())
        found.update(path.read_bytes())
    return found.hexdigest()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Finish the block before Ctrl-C is heard."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[tuple[Any, ...]] = []
    before = signal.signal(signal.SIGINT, lambda *event: heard.append(event))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if heard and callable(before):
            before(*heard[0])


def _flush(path: Path) -> None:
    """Make sure that the disk holds a file."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def read_all(store: Store, jobs: Iterable[Job]) -> Iterator[PairTotals]:
    """Read pairs one after the other, never more than one at a time."""
    for job in jobs:
        yield store.read(job)
