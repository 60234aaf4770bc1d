"""One engine, once, in a process of its own: prints what it found and what it took, as JSON.

python -m benchmarks.tracer.one_run lean_simpy COUNCILS YEARS SEED
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from importlib import import_module
from time import perf_counter, process_time

from benchmarks.memory import forget_peak, memory
from benchmarks.tracer.engines import BY_NAME
from benchmarks.tracer.model import Size


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
    started_run, started_cpu = perf_counter(), process_time()
    result = module.run(size, int(seed), **engine.options)
    done, done_cpu = perf_counter(), process_time()
    peak_mb = memory("VmHWM")
    found = {
        "prepare_seconds": ready - started,
        "run_seconds": done - started_run,
        "cpu_seconds": done_cpu - started_cpu,
        "pieces": result.pieces,
        "mb_before": mb_before,
        "peak_mb": peak_mb,
        "result": asdict(result),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
