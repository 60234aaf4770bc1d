"""No-policy arms kept on disk, found again by what they depend on.

A no-policy arm serves every policy of its world. The folder that :data:`FOLDER` names keeps those that were run, so
that another policy, on another day, finds them. What is kept is what comes out and what policy arms read, not the state
from which they go on: a policy arm on a found baseline is run from the start, which gives the same bits.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Hashable
from functools import lru_cache
from pathlib import Path

import numpy as np

import sencosim
from sencosim.arms.inputs import Inputs, Reference
from sencosim.engine.choose import Baseline, EngineName
from sencosim.engine.outcome import Outcome
from sencosim.evidence.register import evidence_folder

FOLDER = "SENCOSIM_BASELINES"
"""Environment variable with the folder of stored baselines. Not set: none is kept."""
_MATTERS = (".py", ".csv", ".yaml")


def folder_of_baselines() -> Path | None:
    """Folder where baselines are kept, or none."""
    named = os.environ.get(FOLDER)
    return Path(named) if named else None


def fingerprint(key: tuple[Hashable, ...]) -> str:
    """SHA-256 of everything that a no-policy arm depends on, and of the code and tables that made it."""
    return hashlib.sha256(f"{_code()} {key!r}".encode()).hexdigest()


@lru_cache(maxsize=1)
def _code() -> str:
    package, evidence = Path(sencosim.__file__).resolve().parent, evidence_folder()
    found = hashlib.sha256(np.__version__.encode())
    for path in sorted({*package.rglob("*"), *evidence.rglob("*")}):
        if path.suffix in _MATTERS:
            found.update(path.relative_to(package if path.is_relative_to(package) else evidence).as_posix().encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def save(folder: Path, key: tuple[Hashable, ...], baseline: Baseline) -> None:
    """Keep a no-policy arm: all of it, or nothing.

    Parameters
    ----------
    folder
        Made if it is not there.
    key
        See :attr:`sencosim.engine.pair.World.key`.
    baseline
        The arm. One that measures pupils' outcomes from another arm has no tables of its own and is not kept.
    """
    tables = baseline.outcome.reference
    if tables is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{fingerprint(key)}.npz"
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with unfinished.open("wb") as stream:
        np.savez_compressed(
            stream,
            tally=baseline.outcome.tally,
            groups=baseline.outcome.groups,
            schools=tables.schools,
            filings=tables.filings,
        )
    unfinished.replace(path)


def find(folder: Path, key: tuple[Hashable, ...], engine: EngineName, inputs: Inputs) -> Baseline | None:
    """Find a no-policy arm.

    Parameters
    ----------
    folder, key
        As in :func:`save`.
    engine, inputs
        Of the arm, had it been run.

    Returns
    -------
        The arm, without a state from which to go on; ``None`` if it is not kept.
    """
    path = folder / f"{fingerprint(key)}.npz"
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as kept:
        tables = Reference(kept["schools"], kept["filings"])
        outcome = Outcome(kept["tally"], kept["groups"], (), tables)
    return Baseline(engine, inputs, outcome, inputs.n_years)
