"""Run measurements in processes of their own, one at a time or several at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
"""Top of the repository, where processes start."""


def run_alone(name: str, environment: Mapping[str, str] | None = None, **settings: Any) -> dict[str, Any]:
    """One measurement, and the clock time of its whole process as ``process_seconds``."""
    started = time.perf_counter()
    done = subprocess.run(
        _command(name, settings),
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"process_seconds": time.perf_counter() - started}


def run_together(name: str, jobs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Several measurements that begin at the same moment, when all of them are ready."""
    started = [
        subprocess.Popen(
            _command(name, {**job, "wait": True}),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for job in jobs
    ]
    for process in started:
        if process.stdout is None or process.stdout.readline().strip() != "ready":
            _stop(started)
            raise RuntimeError(f"A process that measures {name} failed before it began: see above.")
    for process in started:
        if process.stdin is not None:
            process.stdin.write("go\n")
            process.stdin.flush()
    answers = [process.communicate()[0] for process in started]
    if any(process.returncode for process in started):
        raise RuntimeError(f"A process that measures {name} failed: see above.")
    return [json.loads(answer) for answer in answers]


def _command(name: str, settings: Mapping[str, Any]) -> list[str]:
    return [sys.executable, "-m", "benchmarks.measure", name, json.dumps(settings)]


def _stop(processes: Sequence[subprocess.Popen[str]]) -> None:
    for process in processes:
        process.kill()
        process.communicate()
