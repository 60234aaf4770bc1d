"""Where an experiment keeps its finished pairs while it goes on and afterwards: a dataset, and the facts of what ran.

One process writes, in parts that appear whole, so what is there is whole whenever the machine stops. The facts
(scenario, evidence, code, schools) say by what a run may be continued or extended: only by itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sencosim.errors import NO_JSON, InputError, OutputError, stored_in
from sencosim.experiment.dataset import Part, part_names, parts_in, remove_part, sync, write_part
from sencosim.experiment.finished import MANIFEST, RESOLVED, is_finished
from sencosim.experiment.jobs import Job
from sencosim.experiment.totals import PairTotals, whole_of
from sencosim.stopping import undisturbed

RUNNING = ".running"
"""Ending of the folder of a run that goes on."""
FACTS = "run.json"
DATASET = "dataset"
"""Folder of the dataset, in that of a run that goes on and in that of a finished one."""
MOST_CLASHES = 1000
SECONDS_BETWEEN_PARTS = (0.5, 20.0)
SHARE_BETWEEN_PARTS = 0.05
"""Pairs are written when so much of the time so far has gone since the last part, within these bounds: what is lost if
the machine dies, against the number of files."""
PAIRS_IN_A_PART = 500
MOST_PAIRS_KEPT = 12
"""Whole pairs in memory: as many as there are at the point values of most runs, some 15 MB each in one of England."""
_SAME = {
    "scenario_fingerprint": "the scenario",
    "question_fingerprint": "the scenario",
    "evidence_fingerprint": "the evidence",
    "population_fingerprint": "the list of schools",
    "code_fingerprint": "the code of sencosim, or a library that it computes with,",
    "engine": "the engine",
    "replaced_mechanisms": "a mechanism that was replaced by other code",
    "councils": "the list of councils",
}
"""What must be the same for a run to go on, in words."""


class Store:
    """Finished pairs of one experiment; what was added is on disk at the latest after :meth:`flush`.

    Parameters
    ----------
    folder
        Where they are.
    run_id
        Name of the run, and of the folder of its results.
    """

    def __init__(self, folder: Path, run_id: str) -> None:
        self.folder, self.run_id, self._pairs_of = folder, run_id, ""
        self._parts: dict[str, Part] = {}
        self._of_job: dict[str, str] = {}
        self._waiting: dict[str, PairTotals] = {}
        self._whole: dict[str, PairTotals] = {}
        self._last: dict[str, PairTotals] = {}
        self._begun = self._written = time.monotonic()
        self.look()

    @property
    def dataset(self) -> Path:
        """Folder of the dataset."""
        return self.folder / DATASET

    def look(self) -> None:
        """Find parts that are new on disk, but those that cannot be read or belong to another run."""
        for part in parts_in(self.dataset, self._parts, self._of()):
            self._know(part)

    def _of(self) -> str:
        """What its pairs are pairs of, by the facts of a run that goes on or is finished; blank without any.

        Once known it stays so: pairs that are written after the facts were lost belong to those before.
        """
        for name in () if self._pairs_of else (FACTS, MANIFEST):
            with contextlib.suppress(FileNotFoundError, AttributeError, *NO_JSON):  # damaged: pairs of nothing known
                self._pairs_of = pairs_of(json.loads((self.folder / name).read_text(encoding="utf-8")))
                break
        return self._pairs_of

    def drop_damaged(self) -> str:
        """Delete parts with a number that cannot be read, of another run, or not under their own name.

        Their pairs count as not finished, so they are run again.

        Returns
        -------
            How many files were deleted, in a sentence for the user; blank if none.
        """
        self.look()  # a process that stopped may have written more since this one looked
        dropped = 0
        for name in part_names(self.dataset):
            if name not in self._parts or not self._parts[name].is_sound():
                remove_part(self.dataset, name)
                dropped += 1
        self._parts, self._of_job, self._last, self._whole = {}, {}, {}, {}  # lets go of what was read
        self.look()
        said = f"Stored pairs in {dropped} files are damaged, or of another run. They are run again."
        return said if dropped else ""

    def _know(self, part: Part) -> None:
        self._parts[part.name] = part
        self._of_job |= dict.fromkeys(part.facts, part.name)

    def has(self, job: Job) -> bool:
        """Whether a pair is finished."""
        return job.name in self._of_job or job.name in self._waiting

    def add(self, totals: PairTotals) -> None:
        """Keep a finished pair: on disk now, or together with the next ones if they follow soon."""
        self._waiting[totals.job.name] = totals
        now, (shortest, longest) = time.monotonic(), SECONDS_BETWEEN_PARTS
        wait = min(longest, max(shortest, SHARE_BETWEEN_PARTS * (now - self._begun)))
        if now - self._written >= wait or len(self._waiting) >= PAIRS_IN_A_PART:
            self.flush()

    def flush(self) -> None:
        """Write what waits: all of it, or nothing.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        if not self._waiting:
            return
        try:
            with undisturbed():
                of = self._of()
                name = write_part(self.dataset, list(self._waiting.values()), of)
                self._know(Part(self.dataset, name, of))
                self._waiting.clear()
                self._written = time.monotonic()
        except OSError as error:
            raise OutputError(
                f"A finished pair could not be written to {self.folder}: {error.strerror or error}. The pairs before "
                "it are kept. Free some space, then go on."
            ) from error

    def read(self, job: Job) -> PairTotals:
        """Read a finished pair. The last few that were read are kept: tables ask for the same ones in turn."""
        waiting = self._waiting.get(job.name)
        if waiting is not None:
            return waiting
        read = self._last.pop(job.name, None)
        if read is None:
            with stored_in(self.dataset):
                read = self._part_of(job).read(job)
        self._last[job.name] = read
        if len(self._last) > MOST_PAIRS_KEPT:
            self._last.pop(next(iter(self._last)))
        return self._last[job.name]

    def whole(self, job: Job) -> PairTotals:
        """One total of England of a finished pair: small, so it is read from disk once, with all of its part."""
        if job.name in self._waiting:
            return whole_of(self._waiting[job.name])
        if job.name not in self._whole:
            part = self._part_of(job)
            with stored_in(self.dataset):
                self._whole |= {name: whole_of(part.read_england(one)) for name, one in part.jobs()}
        return self._whole[job.name]

    def headline(self, job: Job) -> float:
        """Headline of a finished pair. [GBP]"""
        waiting = self._waiting.get(job.name)
        if waiting is not None:
            return waiting.headline
        return float(self._part_of(job).facts[job.name]["headline"])

    def _part_of(self, job: Job) -> Part:
        if job.name not in self._of_job:
            raise OutputError(
                f"{self.folder.as_posix()} lacks the pair {job.name}, or the file that has it is damaged. Run what is "
                "in that folder again, in another one."
            )
        return self._parts[self._of_job[job.name]]

    def jobs(self) -> list[Job]:
        """Every finished pair, in the order in which they were written."""
        return [job for part in self._parts.values() for _, job in part.jobs()]

    def count(self) -> int:
        """Finished pairs. [pairs]"""
        return len(self._of_job.keys() | self._waiting.keys())

    def facts(self) -> dict[str, Any]:
        """What ran.

        Raises
        ------
        OutputError
            If its file is damaged.
        """
        try:
            found: dict[str, Any] = json.loads((self.folder / FACTS).read_text(encoding="utf-8"))
        except NO_JSON as error:
            raise self.damaged() from error
        if not isinstance(found, dict):
            raise self.damaged()
        return found

    def damaged(self) -> OutputError:
        """That what ran is not known, for its file is damaged."""
        return OutputError(
            f"{self.folder / FACTS} is damaged, so it is not known what ran there, and it cannot go on. "
            "Delete the folder and start the run again."
        )

    def extend(self, run: Path) -> None:
        """Begin with the pairs of a finished run, and keep its scenario, to go on with if that run is moved."""
        write_whole(self.folder / RESOLVED, (run / RESOLVED).read_bytes())
        self.begin_with(run / DATASET)

    def source(self, asked: str) -> str:
        """Scenario to read, by name or path: as it was asked for, or the copy that is kept here if that is gone."""
        kept = self.folder / RESOLVED
        return str(kept) if kept.is_file() and not Path(asked).is_file() else asked

    def begin_with(self, dataset: Path) -> None:
        """Take over the pairs of a finished dataset. Files are shared where the disk can, else copied."""
        share_files(dataset, self.dataset)
        self.look()

    def remove(self) -> None:
        """Delete the folder: the results are written, or there is nothing to keep."""
        shutil.rmtree(self.folder, ignore_errors=True)


def pairs_of(facts: Mapping[str, Any]) -> str:
    """Name of what the pairs of a run are pairs of: runs in which it differs share none. [64 hexadecimal digits]

    How often a scenario is run changes no pair, so a run that extends another has its pairs, and its name.
    """
    asked = {name: facts[name] for name in ("scenarios", "points") if name in facts}  # of an ensemble
    same = {name: facts.get(name) for name in _SAME if name != "scenario_fingerprint"}
    return hashlib.sha256(json.dumps(same | asked, sort_keys=True).encode()).hexdigest()


def share_files(source: Path, target: Path) -> None:
    """Put the files of a dataset into another folder: the same on disk where that can be, for they never change."""
    for path in sorted(source.rglob("*.parquet")):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, place)
        except OSError:
            shutil.copy2(path, place)


def new_store(parent: Path | None, name: str, facts: Mapping[str, Any]) -> Store:
    """Make the folder of a new run in the folder of its results, or a temporary one that goes with the program.

    ``-2``, ``-3`` and so on are added to a name that is taken; ``facts`` say what runs.

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
            store = Store(*claim(parent, name, RUNNING))
        except OSError as error:
            raise _cannot_be_kept(parent, error) from error
    # Not sorted: a resumed run reads its settings in the order in which they were given, and its files say their lines.
    try:
        write_whole(store.folder / FACTS, json.dumps(dict(facts) | {"run_id": store.run_id}, indent=2))
    except OSError as error:
        store.remove()
        raise _cannot_be_kept(store.folder.parent, error) from error
    return store


def _cannot_be_kept(parent: Path, error: OSError) -> OutputError:
    return OutputError(
        f"The run cannot be kept in {parent}: {error.strerror or error}. Choose another folder with --out."
    )


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, texts as UTF-8, so that it is there whole or not at all."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with unfinished.open("wb") as stream:
            stream.write(content if isinstance(content, bytes) else content.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
        sync(path.parent)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def claim(parent: Path, name: str, ending: str) -> tuple[Path, str]:
    """Make a hidden folder for the first free name, and give both. Making it is what claims the name.

    Raises
    ------
    OutputError
        If every name that could be given is taken.
    """
    for number in range(1, MOST_CLASHES):
        taken = name if number == 1 else f"{name}-{number}"
        hidden = parent / f".{taken}{ending}"
        try:
            hidden.mkdir()
        except FileExistsError:
            continue
        if not (parent / taken).exists():
            return hidden, taken
        hidden.rmdir()
    raise OutputError(f"There are {MOST_CLASHES} folders named {name} in {parent}.")


def find_store(root: Path, run: str) -> Store:
    """Find a run that was stopped, by its id below the folder ``outputs`` or by its folder.

    Raises
    ------
    InputError
        If there is none.
    """
    for folder in (Path(run), *sorted(root.glob(f"*/.{run}{RUNNING}"))):
        if (folder / FACTS).is_file() and not is_finished(root, run):
            return Store(folder, folder.name.removeprefix(".").removesuffix(RUNNING))
    if is_finished(root, run):
        raise InputError(
            f"{run} is finished: its results are written. There is nothing to resume. To add draws to it:  "
            f"sencosim run --extend {run} --draws N"
        )
    known = [store.run_id for store in stopped_runs(root)]
    listed = f" Runs that can be resumed: {', '.join(known)}." if known else f" No run in {root} waits to be resumed."
    raise InputError(f"There is no stopped run {run}.{listed}")


def stopped_runs(root: Path) -> list[Store]:
    """Runs that were stopped, or still go on, oldest first."""
    folders = sorted(root.glob(f"*/.*{RUNNING}"), key=lambda path: path.name)
    return [Store(folder, folder.name[1 : -len(RUNNING)]) for folder in folders if (folder / FACTS).is_file()]


def check_same(run_id: str, before: Mapping[str, Any], facts: Mapping[str, Any], otherwise: str = "resume") -> None:
    """Refuse to continue a run as something else: ``before`` is what ran, ``facts`` what would run now.

    Raises
    ------
    InputError
        If anything that numbers depend on is not as it was; all such things at once.
    """
    changed = list(dict.fromkeys(words for name, words in _SAME.items() if before.get(name) != facts.get(name)))
    if changed:
        listed = f"{', '.join(changed[:-1])} and {changed[-1]}" if len(changed) > 1 else changed[0]
        raise InputError(
            f"The run {run_id} cannot go on: {listed} changed since it was started, and its finished pairs would "
            f"not belong together with new ones. Put back what was changed and {otherwise}, or start again without "
            f"--{otherwise}."
        )


def read_all(store: Store, jobs: Iterable[Job]) -> Iterator[PairTotals]:
    """Read pairs one after the other, never more than one at a time."""
    for job in jobs:
        yield store.read(job)
