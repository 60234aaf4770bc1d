"""One measurement, in a process of its own: prints what it found, as JSON.

    python -m benchmarks.measure arm '{"engine": "compiled", "schools": 250, "years": 10}'

Clock time and processor time are both taken: on a machine that others use the second is the fairer one.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import workload as w
from benchmarks.memory import forget_peak, memory
from sencosim.engine.choose import engine_named

Found = dict[str, Any]


def arm(engine: str, schools: int, years: int) -> Found:
    """One arm of one replication: making its inputs, and running the engine."""
    simulate = _loaded(engine)
    population = w.first_councils(schools)
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


def replications(schools: int, years: int, count: int) -> Found:
    """Several replications of one arm, one after another: clock time and memory after each."""
    simulate = _loaded("compiled")
    population = w.first_councils(schools)
    forget_peak()
    steps = []
    started, cpu = time.perf_counter(), time.process_time()
    for replication in range(count):
        simulate(w.arm(population, years, replication))
        steps.append(
            {
                "replications": replication + 1,
                "seconds": time.perf_counter() - started,
                "cpu_seconds": time.process_time() - cpu,
                "peak_mb": memory("VmHWM"),
                "now_mb": memory("VmRSS"),
            }
        )
    return {"schools": population.n_schools, "years": years, "steps": steps}


def events(schools: int, years: int) -> Found:
    """Events of one arm: lines of the trace of all its schools and councils."""
    inputs = replace(w.arm(w.first_councils(schools), years), trace_all=True)
    return {"events": len(_loaded("compiled")(inputs).trace)}


def emulated(folder: str, points: int) -> Found:
    """Fit the emulator to a stored ensemble; then its answer, with its error, at points drawn again."""
    import numpy as np  # noqa: PLC0415
    from scipy.stats import qmc  # noqa: PLC0415

    from sencosim.studies.draws import open_ensemble, scenarios_in  # noqa: PLC0415
    from sencosim.studies.emulated import emulate  # noqa: PLC0415

    place = Path(folder)
    ensemble, (arm_name, scenario) = open_ensemble(place), next(iter(scenarios_in(place).items()))
    started = time.perf_counter()
    found = emulate(ensemble, scenario, arm_name, "net_public_cost")
    fitted = time.perf_counter()
    uniforms = qmc.Sobol(len(found.joint.names), rng=1).random(1 << (points - 1).bit_length())[:points]
    inputs = found.joint.at(uniforms, np.zeros_like(uniforms))
    found.emulator.predict(inputs)
    found.emulator.spread(inputs)
    return {
        "points": points,
        "explained": found.emulator.r_squared,
        "fit_seconds": fitted - started,
        "points_seconds": time.perf_counter() - fitted,
    }


def variance(council: str, years: int, count: int, scenarios: list[str]) -> Found:
    """How much less paired differences of outcomes vary than independent ones, by policy."""
    from benchmarks.chance import outcomes_by_replication  # noqa: PLC0415

    return outcomes_by_replication(council, years, count, scenarios)


def _loaded(engine: str) -> Callable[[Any], Any]:
    """The engine, its code loaded by a run of three schools, so that loading is not counted."""
    if engine not in ("compiled", "reference"):
        raise ValueError(f"There is no engine {engine!r}: compiled or reference.")
    simulate = engine_named("compiled" if engine == "compiled" else "reference")
    simulate(w.arm(w.few_schools(), 2))
    return simulate


MEASUREMENTS: dict[str, Callable[..., Found]] = {
    "arm": arm,
    "emulated": emulated,
    "events": events,
    "replications": replications,
    "variance": variance,
}


def main() -> None:
    """Measure and print."""
    name, settings = sys.argv[1:]
    print(json.dumps(MEASUREMENTS[name](**json.loads(settings))))


if __name__ == "__main__":
    main()
