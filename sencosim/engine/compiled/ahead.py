"""Compile the engine before a run: two halves at the same time, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import sencosim
from sencosim.compilation.folders import is_kept, mark_used
from sencosim.compilation.functions import COMPILES, processor

HALVES = (("run_step",), ("run_window", "adopt_requests", "count_stocks"))
"""Entry points of the engine, in two lots that take about as long as each other."""


def is_compiled() -> bool:
    """Whether compiled code of this source is already on disk, all of it."""
    mark_used()
    kind = processor()
    return not COMPILES or all(is_kept(f"step.{name}", kind) for half in HALVES for name in half)


def compile_ahead() -> None:
    """Compile what is not on disk, on two processors if there are as many.

    What fails is compiled when it is first called, so failure needs no word.
    """
    lots = HALVES if (os.cpu_count() or 1) > 1 else (sum(HALVES, ()),)
    paths = [str(Path(sencosim.__file__).resolve().parent.parent), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    command = [sys.executable, "-P", "-m", "sencosim.engine.compiled"]  # -P: runs no code of the current folder
    running = [
        subprocess.Popen([*command, *names], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for names in lots
    ]
    try:
        for one in running:
            one.wait()
    finally:
        for one in running:
            one.kill()
