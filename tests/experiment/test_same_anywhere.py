"""The same question gives the same bytes, however many processes work, wherever, and for whatever kind of processor."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from experiment.same_bytes import differences, the_run

pytestmark = pytest.mark.study

WORDS = ("run", "full_time", "--council", "Rutland", "--years", "2", "--replications", "1", "--draws", "4", "-q")
WORDS += ("--headline-only", "--set", "run.warm_up_years=1")
SETTINGS = {
    "one process": ("1", {"PYTHONHASHSEED": "0"}),
    "two processes, another seed of hashes": ("2", {"PYTHONHASHSEED": "1"}),
    "three processes, a random seed of hashes": ("3", {"PYTHONHASHSEED": "random"}),
    "code for any processor": ("1", {"NUMBA_CPU_NAME": "generic"}),
}
ITS_OWN = ("command",)
"""Fact that differs because the number of processes is asked for."""


def run(folder: Path, workers: str, **environment: str) -> Path:
    """Run the question in a new folder."""
    folder.mkdir(parents=True)
    words = [sys.executable, "-m", "sencosim", *WORDS, "--workers", workers]
    done = subprocess.run(
        words, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return the_run(folder / "outputs")


def test_the_same_bytes_anywhere(tmp_path: Path) -> None:
    runs = [
        run(tmp_path / ("folder" * (1 + number)) / "of mine", workers, **environment)
        for number, (workers, environment) in enumerate(SETTINGS.values())
    ]
    found = {name: differences(runs[0], one, ITS_OWN) for name, one in zip(SETTINGS, runs, strict=True)}
    assert not any(found.values()), found
