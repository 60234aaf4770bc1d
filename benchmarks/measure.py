"""One measurement, in a process of its own: prints what it found, as JSON.

    python -m benchmarks.measure arm '{"engine": "compiled", "schools": 250, "years": 10}'

Clock time and processor time are both taken: on a machine that others use the second is the fairer one.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

Found = dict[str, Any]


def arm(engine: str, years: int, schools: int = 0, share: float = 0.0, sampling: str = "schools") -> Found:
    """One arm of one replication: making its inputs, and running the engine."""
    from benchmarks import workload as w  # noqa: PLC0415 (importing takes seconds, which `first_result` measures)
    from benchmarks.memory import forget_peak, memory  # noqa: PLC0415

    simulate = _loaded(engine)
    population = w.first_councils(schools) if schools else w.sample(share, sampling)
    forget_peak()
    start_mb = memory("VmRSS")
    started = time.perf_counter()
    inputs = w.arm(population, years)
    made, made_cpu = time.perf_counter(), time.process_time()
    outcome = simulate(inputs)
    done, done_cpu = time.perf_counter(), time.process_time()
    peak_mb = memory("VmHWM")
    return {
        "schools": population.n_schools,
        "councils": int(inputs.councils.council_id.size),
        "years": years,
        "inputs_seconds": made - started,
        "seconds": done - made,
        "cpu_seconds": done_cpu - made_cpu,
        "start_mb": start_mb,
        "peak_mb": peak_mb,
        "inputs": w.inputs_fingerprint(inputs),
        "tally": w.fingerprint(outcome),
    }


def pair(share: float, sampling: str = "schools") -> Found:
    """One pair as ``sencosim run`` makes it: the no-policy arm and the policy, all years."""
    from benchmarks import workload as w  # noqa: PLC0415
    from sencosim.engine.pair import Pair, run_pair  # noqa: PLC0415
    from sencosim.model import baseline_of  # noqa: PLC0415

    _loaded("compiled")
    population, scenario = w.sample(share, sampling), w.scenario_of(w.SCENARIO)
    started, cpu = time.perf_counter(), time.process_time()
    run_pair(Pair(w.VIEW, 0, 0), scenario, baseline_of(scenario), population)
    return {
        "schools": population.n_schools,
        "years": scenario.simulated_years,
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - cpu,
    }


def replications(share: float, years: int, count: int, first: int = 0, wait: bool = False) -> Found:
    """Several replications of one arm, one after another: clock time and memory after each.

    With ``wait``, says that it is ready and begins when it is told, so that several processes begin together.
    """
    from benchmarks import workload as w  # noqa: PLC0415
    from benchmarks.memory import forget_peak, memory  # noqa: PLC0415

    simulate = _loaded("compiled")
    population = w.sample(share)
    if wait:
        print("ready", flush=True)
        sys.stdin.readline()
    forget_peak()
    steps = []
    started, cpu = time.perf_counter(), time.process_time()
    for replication in range(first, first + count):
        simulate(w.arm(population, years, replication))
        steps.append(
            {
                "replications": replication - first + 1,
                "seconds": time.perf_counter() - started,
                "cpu_seconds": time.process_time() - cpu,
                "peak_mb": memory("VmHWM"),
                "now_mb": memory("VmRSS"),
            }
        )
    return {"schools": population.n_schools, "years": years, "steps": steps}


def first_result(on_disk: bool) -> Found:
    """From nothing to the result of a small run, step by step. The caller times the whole process."""
    started = time.perf_counter()
    from benchmarks import workload as w  # noqa: PLC0415
    from sencosim.engine.choose import engine_named, is_ready  # noqa: PLC0415

    imported = time.perf_counter()
    population = w.few_schools()
    inputs = w.arm(population, 2)
    made = time.perf_counter()
    if is_ready("compiled") != on_disk:
        raise RuntimeError("Compiled code is on disk and should not be." if not on_disk else "It is not on disk.")
    simulate = engine_named("compiled")
    loaded = time.perf_counter()
    simulate(inputs)
    return {
        "schools": population.n_schools,
        "years": 2,
        "import_seconds": imported - started,
        "schools_seconds": made - imported,
        "engine_seconds": loaded - made,
        "run_seconds": time.perf_counter() - loaded,
    }


def variance(council: str, years: int, count: int, scenarios: list[str]) -> Found:
    """How much less paired differences of outcomes vary than independent ones, by policy."""
    from benchmarks.chance import outcomes_by_replication  # noqa: PLC0415

    return outcomes_by_replication(council, years, count, scenarios)


def _loaded(engine: str) -> Callable[[Any], Any]:
    """The engine, its code loaded by a run of three schools, so that loading is not counted."""
    from benchmarks import workload as w  # noqa: PLC0415
    from sencosim.engine.choose import engine_named  # noqa: PLC0415

    if engine not in ("compiled", "reference"):
        raise ValueError(f"There is no engine {engine!r}: compiled or reference.")
    simulate = engine_named("compiled" if engine == "compiled" else "reference")
    simulate(w.arm(w.few_schools(), 2))
    return simulate


MEASUREMENTS: dict[str, Callable[..., Found]] = {
    "arm": arm,
    "first_result": first_result,
    "pair": pair,
    "replications": replications,
    "variance": variance,
}


def main() -> None:
    """Measure and print."""
    name, settings = sys.argv[1:]
    print(json.dumps(MEASUREMENTS[name](**json.loads(settings))))


if __name__ == "__main__":
    main()
