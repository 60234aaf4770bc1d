"""A run that is killed again and again at random moments comes to what one comes to that was never disturbed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from experiment.made_up import plan

from sencosim.experiment.store import FACTS, Store, new_store
from sencosim.randomness import uniform

KILLS = 100
LONGEST = 3.0
"""Seconds until a kill, at most: longer than starting and a few pairs take."""
WORK = """
import sys, time
from pathlib import Path
sys.path.insert(0, "tests")
from experiment.made_up import plan, slowly
from sencosim.experiment.pool import Where, conduct
from sencosim.experiment.store import Store
store = Store(Path(sys.argv[1]), "run")
conduct(plan(draws=int(sys.argv[2])), lambda _: slowly, store, Where(int(sys.argv[3])), lambda _: None)
"""


def start(store: Store, draws: int, workers: int, root: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WORK, str(store.folder), str(draws), str(workers)]
    return subprocess.Popen(command, cwd=root, start_new_session=True)


def disturbed(folder: Path, kills: int, draws: int, root: Path) -> tuple[Store, int]:
    """Run with kills at random moments, begun again until all is done, and how often it was killed."""
    store, killed = new_store(folder, "disturbed", {}), 0
    for number in range(10_000):
        process = start(store, draws, 1 + number % 2, root)
        if killed < kills:
            time.sleep(LONGEST * uniform(7, number, 0, 0, 0))
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                killed += 1
                continue
        if process.wait() == 0 and killed >= kills:
            break
    return Store(store.folder, "x"), killed


def check(folder: Path, kills: int, draws: int, root: Path) -> None:
    once, _ = disturbed(folder / "once", 0, draws, root)
    often, killed = disturbed(folder / "often", kills, draws, root)
    assert killed == kills
    assert set(once.jobs()) == set(often.jobs()) == set(plan(draws=draws).all_jobs(5))
    assert (often.folder / FACTS).is_file()
    for job in once.jobs():
        one, other = once.read(job), often.read(job)
        assert one.headline == other.headline
        assert one.values == other.values
        assert np.array_equal(one.policy, other.policy)
        assert np.array_equal(one.council_baseline, other.council_baseline)


@pytest.mark.engine
def test_killed_thrice(tmp_path: Path, root: Path) -> None:
    check(tmp_path, 3, 6, root)


@pytest.mark.study
def test_killed_a_hundred_times(tmp_path: Path, root: Path) -> None:
    check(tmp_path, KILLS, 400, root)
