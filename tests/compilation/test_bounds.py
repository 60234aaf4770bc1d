"""Compiled code reads and writes inside its arrays alone, where many mechanisms and every lever that adds work are on.

Its arrays are known by their addresses, so no compiler checks their bounds. Here each lies between pages that the
system lets nobody touch: whoever leaves it ends at once. What numba can check, the tables of chance, it checks too.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engine.small_worlds import BRACKNELL, EVERYTHING, HARTLEPOOL, scenario, schools_of, small_arms
from engine.test_conservation import STRAINED

from sencosim.compilation import folders
from sencosim.engine.choose import run_baseline
from sencosim.engine.compiled.build import State
from sencosim.levers.catalogue import Levers

posix = pytest.mark.skipif(sys.platform == "win32", reason="pages are guarded in another way there")
REST = {
    "hours_schedule": {
        "start": "2023/24",
        "hours": {"formula": {"hours_per_sen_pupil_per_week": 0.2, "fixed_hours_per_week": 4.0}},
    },
    "mainstream_fund": {"start": "2023/24"},
    "experts_at_hand": {"start": "2023/24", "team_share": 0.5},
    "plan_reform": {"start": "2023/24", "variant": "mixed"},
    "delay": {"years": 0},
}
"""Levers that :data:`EVERYTHING` leaves out."""
LATER = "hours_schedule"
"""Cannot go with protected time, so it has a world of its own."""
FAR_TOO_SHORT = "schools"
"""Array whose last item every run reads."""


def fenced(array: Any, at_end: bool, n_bytes: int) -> Any:
    """The same array between two pages that nobody may touch, next to the second or to the first of them.

    With fewer bytes than it has, its last items lie on a page that nobody may touch.
    """
    page = mmap.PAGESIZE
    room = -(-max(1, n_bytes) // page) * page
    memory = mmap.mmap(-1, room + 2 * page)
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for guard in (start, start + page + room):
        assert protect(guard, page, 0) == 0
    offset = page + room - n_bytes if at_end else page
    memory[offset : offset + n_bytes] = array.tobytes()[:n_bytes]
    return np.ndarray(array.shape, array.dtype, buffer=memory, offset=offset)


def digest_of_worlds() -> int:
    """What two worlds come to in which every lever is used. [a checksum of tallies and events]"""
    found = 0
    pair = {name: said for name, said in EVERYTHING.items() if name != "protected_time"}
    for levers in (EVERYTHING | {name: said for name, said in REST.items() if name != LATER}, pair | REST):
        arms = small_arms(schools_of(HARTLEPOOL, BRACKNELL), scenario(**levers), years=4, changes=STRAINED)
        base = run_baseline("compiled", arms.base, 1)
        for outcome in (base.outcome, base.policy(arms.reading(base.outcome))):
            found = zlib.crc32(repr(outcome.trace).encode(), zlib.crc32(np.ascontiguousarray(outcome.tally), found))
    return found


def run_fenced(at_end: bool, too_short: str = "") -> None:
    """Run the worlds with every array fenced, and print what they come to."""
    plain = State.keep

    def keep(state: State, name: str, array: Any) -> None:
        short = array.itemsize if name == too_short else 0
        plain(state, name, fenced(array, at_end, array.nbytes - short))

    State.keep = keep  # type: ignore[method-assign]
    sys.stdout.write(f"{digest_of_worlds()}\n")


def python(code: str, root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(root), str(root / "tests")])
    return subprocess.run(
        [sys.executable, "-c", f"from compilation.test_bounds import *\n{code}"],
        env=os.environ | {"PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.unit
def test_the_worlds_use_every_lever() -> None:
    assert {*EVERYTHING, *REST} == set(Levers.model_fields)


@posix
@pytest.mark.engine
@pytest.mark.parametrize("at_end", [True, False])
def test_nothing_is_touched_outside_an_array(at_end: bool, root: Path) -> None:
    found = python(f"run_fenced({at_end})", root)
    assert found.returncode == 0, found.stderr
    assert int(found.stdout) == digest_of_worlds()


@posix
@pytest.mark.engine
def test_a_fence_stops_whoever_leaves_an_array(root: Path) -> None:
    assert python(f"run_fenced(True, {FAR_TOO_SHORT!r})", root).returncode == -signal.SIGSEGV


@pytest.mark.study
def test_with_the_bounds_that_numba_checks(tmp_path: Path, root: Path) -> None:
    checked = {"NUMBA_BOUNDSCHECK": "1", folders.FOLDER: str(tmp_path)}
    outside = python("import numba; numba.njit(lambda numbers, place: numbers[place])(np.zeros(2), 5)", root, **checked)
    assert "IndexError" in outside.stderr  # so the switch does what it says
    found = python("print(digest_of_worlds())", root, **checked)
    assert found.returncode == 0, found.stderr
    assert int(found.stdout) == digest_of_worlds()
    assert list(tmp_path.rglob(f"*{folders.ENDING}"))
