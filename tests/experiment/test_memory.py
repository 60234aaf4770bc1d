"""Memory of a long run is flat: pairs go to disk, and neither the parent nor a worker keeps them."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from statistics import median

import psutil
import pytest
from experiment.commands import start

pytestmark = pytest.mark.study

DRAWS = int(os.environ.get("SENCOSIM_MEMORY_DRAWS", "1000"))
SMALL = (
    "run",
    "full_time",
    "--council",
    "Rutland",
    "--replications",
    "2",
    "--view",
    "central",
    "--headline-only",
    "-q",
)
GROWS = 0.1
"""Most by which the last quarter may be above the second: caches of bounded size fill meanwhile. [share]"""
SECONDS = 0.5
"""Between two looks."""


def memory_of(words: tuple[str, ...], folder: Path) -> dict[str, list[float]]:
    """Memory of the parent and of all its workers together while pairs are run, look by look. [MB]"""
    seen: dict[str, list[float]] = {"parent": [], "workers": []}
    process = start(*words, folder=folder)
    parent = psutil.Process(process.pid)
    while process.poll() is None:
        time.sleep(SECONDS)
        if not any(folder.glob("outputs/*/.*.running/dataset/england/*.parquet")):
            continue
        try:
            workers = [one.memory_info().rss for one in parent.children() if "spawn_main" in " ".join(one.cmdline())]
        except psutil.Error:
            continue
        if not workers:  # every pair is run; the report is another matter
            break
        seen["parent"].append(parent.memory_info().rss / 2**20)
        seen["workers"].append(sum(workers) / 2**20)
    process.terminate()
    _, said = process.communicate(timeout=120)
    assert process.returncode in {0, 130}, said
    return seen


@pytest.mark.parametrize(
    "words", [("--years", "1", "--draws", str(DRAWS)), ("--years", "30", "--draws", str(DRAWS // 4))]
)
def test_memory_is_flat(words: tuple[str, ...], tmp_path: Path) -> None:
    seen = memory_of((*SMALL, *words, "--workers", "2"), tmp_path)
    for name, memory in seen.items():
        quarter = len(memory) // 4
        assert quarter >= 4, f"{len(memory)} looks are too few"
        second, last = median(memory[quarter : 2 * quarter]), median(memory[-quarter:])
        sys.stdout.write(f"{' '.join(words)}: {name} {second:.0f} MB, then {last:.0f} MB, {len(memory)} looks\n")
        assert last <= (1.0 + GROWS) * second, name
