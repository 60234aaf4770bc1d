"""One engine, once, in a process of its own: prints what it found and what it took, as JSON.

python -m benchmarks.tracer.one_run lean_simpy COUNCILS YEARS SEED
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from time import perf_counter

from benchmarks.tracer.engines import BY_NAME
from benchmarks.tracer.model import Size

_PROCESS = Path("/proc/self")


def memory(what: str) -> float:
    """Megabytes that this process has (``VmRSS``) or had at most (``VmHWM``); 0 where the system does not tell."""
    try:
        lines = (_PROCESS / "status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))


def forget_peak() -> None:
    """Let the most that this process had be what it has now: the compiler's memory is not the run's."""
    with suppress(OSError):
        (_PROCESS / "clear_refs").write_text("5", encoding="ascii")


def main() -> None:
    """Run and print."""
    name, councils, years, seed = sys.argv[1:]
    engine, size = BY_NAME[name], Size(int(councils), int(years))
    started = perf_counter()
    module = import_module(f"benchmarks.tracer.{engine.module}")
    if hasattr(module, "prepare"):
        module.prepare(size, **engine.options)
    ready = perf_counter()
    forget_peak()
    mb_before = memory("VmRSS")
    started_run = perf_counter()
    result = module.run(size, int(seed), **engine.options)
    done = perf_counter()
    peak_mb = memory("VmHWM")
    found = {
        "prepare_seconds": ready - started,
        "run_seconds": done - started_run,
        "pieces": result.pieces,
        "mb_before": mb_before,
        "peak_mb": peak_mb,
        "result": asdict(result),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
