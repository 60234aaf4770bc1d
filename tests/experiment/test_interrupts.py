"""How soon a run answers Ctrl-C, at any moment from its first to its last, and how soon it says how far it is."""

from __future__ import annotations

import os
import signal
import sys
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

import psutil
import pytest
from experiment.commands import start
from experiment.same_bytes import emptied

from sencosim.randomness import uniform

pytestmark = [
    pytest.mark.study,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals"),
]

LITTLE = ("--replications", "1", "--draws", "4", "--headline-only", "--workers", "2", "--json")
RUNS = {"Rutland": (40, ("--council", "Rutland", "--years", "2")), "England": (12, ())}
"""How many interrupts, of which runs."""
ENDS = ("writing the report", "ending")
STOPPED = (130, -signal.SIGINT)
"""A shell says 130 for both: where Python was making code from text, it ends by the signal itself."""
ANSWERS_WITHIN = 2.0
"""Seconds, on a machine that does nothing else."""


def phase_of(folder: Path) -> str:
    """What a run is doing, by what it has on disk."""
    if list(folder.glob("outputs/*/.*.partial")):
        return "writing the report"
    if list(folder.glob("outputs/*/[!.]*")):
        return "ending"
    if list(folder.glob("outputs/*/.*.running/dataset/england/*")):
        return "pairs, or the sums of the report"
    return "first pairs" if list(folder.glob("outputs/*/.*.running")) else "starting"


@pytest.mark.parametrize("area", RUNS)
def test_ctrl_c_is_answered_soon(tmp_path: Path, area: str) -> None:
    interrupts, of_area = RUNS[area]
    words = ("run", "full_time", *of_area, *LITTLE)
    began = time.monotonic()
    with start(*words, folder=emptied(tmp_path / "undisturbed")) as process:
        said = [time.monotonic() - began for _ in process.stdout or ()]
    assert process.returncode == 0
    whole = time.monotonic() - began
    gaps = [later - earlier for earlier, later in pairwise(said)]
    sys.stdout.write(
        f"{area}, undisturbed {whole:.1f} s; first progress after {said[0]:.1f} s, longest gap {max(gaps):.1f} s\n"
    )
    answers = []
    for number in range(interrupts):
        folder = emptied(tmp_path / "disturbed")
        process = start(*words, folder=folder)
        time.sleep(whole * (number + uniform(23, number, 0, 0, 0)) / interrupts)
        family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        if process.poll() is not None:
            process.communicate()
            continue
        phase, asked = phase_of(folder), time.monotonic()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all processes of the command
        _, said_last = process.communicate(timeout=120)
        answers.append(time.monotonic() - asked)
        sys.stdout.write(f"{phase}: {answers[-1]:.2f} s, exit code {process.returncode}\n")
        answered = process.returncode in STOPPED or (process.returncode == 0 and phase in ENDS)
        assert answered, (phase, said_last)
        # Python shows where it was if its own code is not read in yet, or no more.
        assert "Traceback" not in said_last or phase in ("starting", "ending"), (phase, said_last)
        assert not psutil.wait_procs(family, timeout=ANSWERS_WITHIN)[1], phase
        assert not list(folder.glob("outputs/*/.*.partial")), phase
    sys.stdout.write(f"{len(answers)} interrupts: median {median(answers):.2f} s, longest {max(answers):.2f} s\n")
    assert len(answers) >= interrupts // 2
    assert max(answers) <= ANSWERS_WITHIN
