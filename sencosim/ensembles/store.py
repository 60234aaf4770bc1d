"""The folder of an ensemble: what was asked, the points, the outcomes as they come, and the whole when it is done.

The name of the folder is made from the question, so the same command finds its own work: a stopped ensemble goes on,
a finished one is read. Parts appear at once or not at all; when all are there they become one checked ensemble.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sencosim.decisions.designs import Design
from sencosim.decisions.ensemble import DRAW_KEYS, RUN_KEYS, WEIGHT, Ensemble, make_ensemble, read_ensemble
from sencosim.decisions.ensemble import write_ensemble as write_whole
from sencosim.ensembles.question import Job, Question
from sencosim.ensembles.space import titles_and_units
from sencosim.errors import InputError, OutputError
from sencosim.outcomes.columns import outcome_units
from sencosim.runs.finished import MANIFEST
from sencosim.runs.store import undisturbed

FOLDER = "ensembles"
WHOLE = "ensemble.json"
CUBE = "cube.parquet"
PARTS = "parts"
Key = tuple[str, int, int]


@dataclass(frozen=True)
class EnsembleStore:
    """Where one ensemble is kept.

    Attributes
    ----------
    folder
        Its folder.
    """

    folder: Path

    @property
    def is_finished(self) -> bool:
        """Whether every run is there and checked."""
        return (self.folder / WHOLE).is_file()

    def begin(self, question: Question) -> None:
        """Make the folder and write what is asked, unless it is there.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        try:
            (self.folder / PARTS).mkdir(parents=True, exist_ok=True)
            if (self.folder / MANIFEST).is_file():
                return
            if question.design is not None:
                cube = pd.DataFrame(question.design.cube, columns=list(question.design.names))
                cube.to_parquet(self.folder / CUBE, index=False)
            question.points.to_parquet(self.folder / "inputs.parquet", index=False)
            scenarios = {
                name: json.loads(one.model_dump_json(by_alias=True)) for name, one in question.scenarios.items()
            }
            seed = 0 if question.design is None else question.design.seed
            told = question.facts() | {"design_seed": seed, "resolved_scenarios": scenarios}
            self._write_json(MANIFEST, told | {"view": question.first.view})
        except OSError as error:
            raise OutputError(
                f"The ensemble cannot be kept in {self.folder}: {error.strerror or error}. Choose another folder "
                "with --out."
            ) from error

    def write_part(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep finished rows: all of them, or none.

        Raises
        ------
        OutputError
            If they cannot be written.
        """
        if not rows:
            return
        parts = self.folder / PARTS
        number = 1 + max((int(path.stem) for path in parts.glob("*.parquet")), default=0)
        unfinished = parts / f"{number:06d}.{os.getpid()}.tmp"
        try:
            with undisturbed():
                pd.DataFrame(list(rows)).to_parquet(unfinished, index=False)
                unfinished.replace(parts / f"{number:06d}.parquet")
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise OutputError(
                f"Finished runs could not be written to {self.folder}: {error.strerror or error}. Those before them "
                "are kept. Free some space, then give the same command again."
            ) from error

    def done(self) -> set[Key]:
        """View, draw and replication of every run that is kept."""
        found: set[Key] = set()
        for path in sorted((self.folder / PARTS).glob("*.parquet")):
            keys = pd.read_parquet(path, columns=["view", "draw", "replication"])
            found |= {(str(v), int(d), int(r)) for v, d, r in keys.drop_duplicates().itertuples(index=False)}
        return found

    def finish(self, question: Question, seconds: float) -> Ensemble:
        """Put the parts together, check them, and write the whole. The parts go."""
        paths = sorted((self.folder / PARTS).glob("*.parquet"))
        runs = pd.concat([pd.read_parquet(path) for path in paths], ignore_index=True)
        runs = runs.drop_duplicates(list(RUN_KEYS))
        units = titles_and_units(question.inputs)[1] | outcome_units()
        about = {name: json.dumps(fact, sort_keys=True) for name, fact in question.facts().items()}
        whole = make_ensemble(question.points, runs, units, question.arms, about)
        write_whole(whole, self.folder)
        told = self.manifest() | {"fingerprint": whole.fingerprint, "seconds": round(seconds, 1), "runs": len(runs)}
        self._write_json(MANIFEST, told)
        for path in paths:
            path.unlink()
        (self.folder / PARTS).rmdir()
        return whole

    def read(self) -> Ensemble:
        """Read a finished ensemble and check its fingerprint."""
        return read_ensemble(self.folder)

    def manifest(self) -> dict[str, Any]:
        """What was asked."""
        found: dict[str, Any] = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        return found

    def design(self) -> Design:
        """The design behind the points.

        Raises
        ------
        InputError
            If the points are plain draws.
        """
        if not (self.folder / CUBE).is_file():
            raise InputError(f"The ensemble in {self.folder} is no design: its points are plain draws.")
        cube = pd.read_parquet(self.folder / CUBE)
        points = pd.read_parquet(self.folder / "inputs.parquet").drop(columns=[*DRAW_KEYS, WEIGHT])
        told = self.manifest()
        return Design(str(told["kind"]), cube.to_numpy(dtype=np.float64), points, int(told["design_seed"]))

    def _write_json(self, name: str, content: Mapping[str, Any]) -> None:
        unfinished = self.folder / f"{name}.tmp"
        unfinished.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        unfinished.replace(self.folder / name)


def keys_of(job: Job) -> set[Key]:
    """View, draw and replication of each run of a job."""
    return {(point.view, point.draw, job.replication) for point in job.points}


def store_for(question: Question, out: Path) -> EnsembleStore:
    """Folder of a question below the folder of results."""
    return EnsembleStore(out / FOLDER / question.ensemble_id)


def open_store(folder: Path) -> EnsembleStore:
    """A finished ensemble by its folder.

    Raises
    ------
    InputError
        If there is none, or it is not finished.
    """
    store = EnsembleStore(folder)
    if store.is_finished:
        return store
    if (folder / MANIFEST).is_file():
        raise InputError(f"The ensemble in {folder} is not finished. Give the command that began it again.")
    raise InputError(f"There is no ensemble in {folder}: it has no file {WHOLE}.")
