"""No-policy arms kept on disk between runs, found again by what they depend on.

A no-policy arm serves every policy and view of its world, in this run and in the next. Kept is what comes out and what
policy arms read. The state from which they go on is made again: that costs the years before the policy, not all years.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Hashable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from sencosim.arms.inputs import Inputs, Reference
from sencosim.engine.choose import Baseline, EngineName, fork_of
from sencosim.engine.outcome import Outcome
from sencosim.environment import with_variable
from sencosim.errors import InputError
from sencosim.fingerprint import made_with
from sencosim.user_cache import is_ours, keep, read, user_cache

FOLDER, LIMIT = "SENCOSIM_BASELINES", "SENCOSIM_BASELINES_GB"
"""Environment variables: another folder, from its root, or ``off``; and how much it may hold. [GB]"""
OFF = "off"
DEFAULT_LIMIT_GB = 2.0
ENDING = ".arm.zst"


@dataclass(frozen=True)
class Cache:
    """A folder of no-policy arms. Those that were used longest ago go when it is full."""

    folder: Path
    limit_bytes: float

    def entries(self) -> list[Path]:
        """Arms that are kept, the one used longest ago first."""
        return sorted(self.folder.glob(f"*{ENDING}"), key=lambda path: path.stat().st_mtime)

    def size(self) -> int:
        """What they take. [bytes]"""
        return sum(path.stat().st_size for path in self.entries())

    def empty(self) -> int:
        """Delete them all. [how many]"""
        found = self.entries()
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    def path(self, key: tuple[Hashable, ...]) -> Path:
        """File of an arm, by everything that it depends on, and the evidence, code and tables that make it.

        The key has the values that were drawn. The spread of single tasks and cases is evidence too, and no value.
        """
        return self.folder / f"{hashlib.sha256(f'{made_with()} {key!r}'.encode()).hexdigest()}{ENDING}"

    def save(self, key: tuple[Hashable, ...], baseline: Baseline) -> None:
        """Keep an arm whole; not one that measures pupils from another arm, which has no tables of its own."""
        tables = baseline.outcome.reference
        if tables is None:
            return
        content = pa.BufferOutputStream()
        with pa.CompressedOutputStream(content, "zstd") as stream:
            for array in (baseline.outcome.tally, baseline.outcome.groups, tables.schools, tables.filings):
                np.lib.format.write_array(stream, array, allow_pickle=False)
        if keep(self.path(key), content.getvalue().to_pybytes()):
            self._make_room()

    def find(self, key: tuple[Hashable, ...], engine: EngineName, inputs: Inputs, first_year: int) -> Baseline | None:
        """Find the arm that ``inputs`` would give, with the state from which a policy goes on."""
        path = self.path(key)
        content = read(path)
        if content is None:
            return None
        try:
            with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as stream:
                arrays = [np.lib.format.read_array(stream, allow_pickle=False) for _ in range(4)]
            path.touch()
        except (OSError, ValueError, EOFError):
            return None
        tally, groups, schools, filings = arrays
        outcome = Outcome(tally, groups, (), Reference(schools, filings))
        return Baseline(engine, inputs, outcome, first_year, fork_of(engine, inputs, first_year))

    def _make_room(self) -> None:
        with suppress(OSError):  # another process makes room too
            over = self.size() - self.limit_bytes
            for path in self.entries():
                if over <= 0.0:
                    return
                over -= path.stat().st_size
                path.unlink(missing_ok=True)


def cache_of_baselines() -> Cache | None:
    """Where no-policy arms are kept; nowhere if that is switched off, or others could change what is kept.

    So it is in a relative folder, and with any other word for ``off``.

    Raises
    ------
    InputError
        If the limit is no amount of room.
    """
    named = os.environ.get(FOLDER)
    folder = Path(named) if named else user_cache() / "baselines"
    if named == OFF or not is_ours(folder):
        return None
    return Cache(folder, _limit())


def none_kept() -> AbstractContextManager[None]:
    """Run every no-policy arm, here and in processes that are started meanwhile."""
    return with_variable(FOLDER, OFF)


def _limit() -> float:
    """Most that may be kept. [bytes]"""
    asked = os.environ.get(LIMIT) or DEFAULT_LIMIT_GB
    try:
        limit = float(asked)
    except ValueError:
        limit = math.nan
    if not limit >= 0.0:
        raise InputError(f"{LIMIT} is {asked!r}. Give a number of GB, such as 2, or leave it out.")
    return limit * 1e9
