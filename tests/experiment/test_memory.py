"""Memory of a long run is flat: pairs go to disk, and neither the parent nor a worker keeps them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import psutil
import pytest

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
GROWS = 0.05
"""Most by which the memory of the last quarter of a run may be above that of the second. [share]"""
SECONDS = 0.5
"""Between two looks."""


def memory_of(words: tuple[str, ...], folder: Path) -> dict[str, list[float]]:
    """Memory of the parent and of all its workers together while pairs are run, look by look. [MB]"""
    seen: dict[str, list[float]] = {"parent": [], "workers": []}
    process = subprocess.Popen(
        [sys.executable, "-m", "sencosim", *words], cwd=folder, stderr=subprocess.PIPE, text=True
    )
    parent = psutil.Process(process.pid)
    while process.poll() is None:
        time.sleep(SECONDS)
        has_pairs = any(folder.glob("outputs/*/.*.running/dataset/england/*.parquet"))
        if not has_pairs or any(folder.glob("outputs/*/.*.partial")):
            continue
        try:
            workers = [one.memory_info().rss for one in parent.children() if "spawn_main" in " ".join(one.cmdline())]
            if workers:
                seen["parent"].append(parent.memory_info().rss / 2**20)
                seen["workers"].append(sum(workers) / 2**20)
        except psutil.Error:
            continue
    assert process.wait() == 0, process.communicate()[1]
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
