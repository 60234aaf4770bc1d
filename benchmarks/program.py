"""The program as a person starts it: when it says what, its processor time, and the memory of its processes."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from benchmarks.alone import ROOT
from benchmarks.memory import memory
from sencosim.compilation.folders import FOLDER as CODE
from sencosim.engine.baselines import FOLDER as BASELINES
from sencosim.engine.choose import COMPILING

Row = dict[str, Any]
SECONDS_BETWEEN_LOOKS = 0.5
"""Between two looks at the memory of processes. Each tells its own peak, so only its last moments can be missed."""
LINES_SHOWN = 20
"""Last lines of a command that failed."""
NOT_OF_A_CLONE = ("PYTHONPATH", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
"""What a clone must not be told of where it is measured from."""


def watch(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], hear: Callable[[str, float], None]
) -> Row:
    """Run a command to its end, and hear each line that it says, with the seconds since it was started.

    Returns
    -------
        Clock time and processor time of the command and of all processes that it started; peak memory of the first
        process and of the largest other one.
    """
    cpu, began = _cpu_of_children(), time.perf_counter()
    peaks: dict[int, float] = {}
    ended, said = threading.Event(), deque[str](maxlen=LINES_SHOWN)
    with subprocess.Popen(
        command, cwd=folder, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        looking = threading.Thread(target=_look, args=(process.pid, peaks, ended))
        looking.start()
        for line in process.stdout or ():
            said.append(line)
            hear(line, time.perf_counter() - began)
    ended.set()
    looking.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with code {process.returncode}:\n{''.join(said)}")
    return {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": _cpu_of_children() - cpu,
        "main_mb": peaks.pop(process.pid, 0.0),
        "worker_mb": max(peaks.values(), default=0.0),
    }


def sencosim(words: Sequence[str], folder: Path, hear: Callable[[str, float], None] = lambda *_: None) -> Row:
    """Run ``sencosim`` of this tree in a folder; no-policy arms are kept there too, as the next command finds them."""
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": paths, BASELINES: str(folder / "baselines")}
    return watch([sys.executable, "-m", "sencosim", *words], folder, environment, hear)


def run(words: Sequence[str], folder: Path) -> Row:
    """Run a command that says as JSON how far it is: where its results are, and seconds to each thing that it said.

    ``begun_seconds`` is when it set to work, ``pairs_seconds`` when the last pair of runs was finished.
    """
    found: Row = {"folder": "", "first_answer_seconds": float("nan")}
    answers: list[float] = []

    def hear(line: str, seconds: float) -> None:
        said = json.loads(line) if line.startswith("{") else {"event": "a word for people"}
        if said["event"] == "answer":
            answers.append(seconds)
            found["first_answer_seconds"] = answers[0]
        elif said["event"] == "progress":
            found["pairs_seconds" if said["done"] else "begun_seconds"] = seconds
            found["school_years"] = said["done"]
        elif said["event"] == "result":
            found["folder"] = said["folder"]

    ended = sencosim([*words, "--json", "--out", str(folder / "outputs")], folder, hear)
    return found | ended


def make_run(scenario: str, options: Sequence[str], folder: Path) -> Row:
    """Clone the last commit into a folder and ``make run`` there, with no compiled code and no stored arm.

    What pip or uv has downloaded before is not downloaded again.

    Parameters
    ----------
    scenario, options
        What is run, and options if it is to be a small run.
    """
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder / "clone")], check=True)
    own = {CODE: str(folder / "code"), BASELINES: str(folder / "baselines")}
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OF_A_CLONE} | own
    marks = {
        "installed": f"{scenario}: ",
        "compiling": COMPILING,
        "compiled": "Compiled in ",
        "first_answer": "First answer, ",
    }
    found: dict[str, float] = {}

    def hear(line: str, seconds: float) -> None:
        for name, mark in marks.items():
            if line.strip().startswith(mark):
                found.setdefault(name, seconds)

    words = " ".join((f"scenarios/{scenario}.yaml", *options))
    ended = watch(["make", "run", f"SCENARIO={words}"], folder / "clone", environment, hear)
    if missing := marks.keys() - found.keys():
        raise RuntimeError(f"`make run` never said {', '.join(repr(marks[name]) for name in sorted(missing))}.")
    return {
        "install_seconds": found["installed"],
        "compile_seconds": found["compiled"] - found["compiling"],
        "first_answer_seconds": found["first_answer"],
        "seconds": ended["seconds"],
        "cpu_seconds": ended["cpu_seconds"],
    }


def _look(pid: int, peaks: dict[int, float], ended: threading.Event) -> None:
    """Note the peak memory of a process and of all that it started, until it has ended."""
    with suppress(psutil.Error):
        first = psutil.Process(pid)
        while not ended.wait(SECONDS_BETWEEN_LOOKS):
            for one in (first, *first.children(recursive=True)):
                peaks[one.pid] = max(peaks.get(one.pid, 0.0), memory("VmHWM", str(one.pid)))


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
