"""Whole tallies of the first worlds, so that a difference is located without the code as it was."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache

import numpy as np
from golden.difference import CELLS
from golden.engines import Arms, Outcome, run_world
from golden.frozen import FOLDER
from golden.worlds import world

from sencosim.vocabulary import Quantity

WORLDS = 10
PATH = FOLDER / "tallies.json.gz"
Tally = dict[str, list[int]]
"""Of each quantity its counts, cell by cell and term by term."""
Tallies = dict[str, Tally]
"""By name of the arm."""


def tally_of(outcome: Outcome) -> Tally:
    """Quantities that count something."""
    counts = np.asarray(outcome.tally)
    return {one.key: counts[..., i].ravel().tolist() for i, one in enumerate(Quantity) if counts[..., i].any()}


def tallies_of(arms: Arms) -> Tallies:
    return {arm: tally_of(outcome) for arm, outcome in arms.named()}


def write() -> None:
    """Freeze them; the same tallies give the same bytes."""
    text = json.dumps({str(number): tallies_of(run_world(world(number))) for number in range(WORLDS)}, sort_keys=True)
    PATH.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


@lru_cache(maxsize=1)
def frozen() -> dict[str, Tallies]:
    found: dict[str, Tallies] = json.loads(gzip.decompress(PATH.read_bytes()))
    return found


def differing_cells(number: int, arms: Arms) -> str:
    """Quantities and first cells that are not as frozen; nothing for a world whose tallies are not kept."""
    if number >= WORLDS:
        return ""
    return " ".join(
        f"{arm}: {story}" for arm, outcome in arms.named() if (story := _differing(frozen()[str(number)][arm], outcome))
    )


def _differing(before: Tally, outcome: Outcome) -> str:
    now, terms = tally_of(outcome), outcome.tally.shape[1]
    found = []
    for name in sorted({*before, *now}):
        one, other = (np.array(table.get(name, [0] * outcome.tally[..., 0].size)) for table in (before, now))
        places = np.flatnonzero(one != other) if one.size == other.size else np.arange(1)
        found += [f"{name} cell {p // terms} term {p % terms}: {one[p]} and now {other[p]}" for p in places.tolist()]
    return f"{len(found)} cells of the tally differ: {'; '.join(found[:CELLS])}." if found else ""
