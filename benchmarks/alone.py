"""Run measurements in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
"""Top of the repository, where processes start."""


def run_alone(name: str, **settings: Any) -> dict[str, Any]:
    """One measurement, and the clock time of its whole process as ``process_seconds``."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.measure", name, json.dumps(settings)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"process_seconds": time.perf_counter() - started}
