"""What is measured: one section a question, each with a CSV file of its own that holds every single repeat."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.alone import run_alone, run_together
from benchmarks.chance import POLICIES

Row = dict[str, Any]


@dataclass(frozen=True)
class Extent:
    """How much is measured.

    Attributes
    ----------
    repeats
        Runs of each job, interleaved with those of the others, of which the median counts.
    england_repeats
        The same for all schools of England.
    engines_share, engines_schools, engines_years
        Samples of the race of the two engines, of schools within every council (none if 0) and of whole councils,
        and its years.
    schools
        Sizes: councils are added up until they have so many schools.
    schools_years
        Years of each size.
    years, years_schools
        Numbers of years, and schools in each.
    replications, replications_share
        Replications one after another, and the sample of each.
    shares
        Samples, of schools within every council, that a sweep may use.
    start_without_code
        Also start with no compiled code on disk, which takes as long as compiling.
    council, chance_years, chance_replications, policies
        Of the study of keyed chance.
    tracer_quick
        Race the tracer at its smallest size only, without the slowest engines.
    """

    repeats: int = 3
    england_repeats: int = 3
    engines_share: float = 0.02
    engines_schools: int = 250
    engines_years: int = 5
    schools: tuple[int, ...] = (250, 500, 1_000, 2_500, 5_000, 10_000, 20_227)
    schools_years: int = 10
    years: tuple[int, ...] = (2, 5, 10, 15, 20)
    years_schools: int = 1_000
    replications: int = 16
    replications_share: float = 0.02
    shares: tuple[float, ...] = (0.01, 0.02, 0.05, 1.0)
    start_without_code: bool = True
    council: str = "North Lincolnshire"
    chance_years: int = 15
    chance_replications: int = 20
    policies: tuple[str, ...] = POLICIES
    tracer_quick: bool = False

    def repeated(self, repeats: int) -> Extent:
        """The same with another number of repeats, for England too."""
        return replace(self, repeats=repeats, england_repeats=repeats)


FULL = Extent()
QUICK = Extent(
    repeats=1,
    england_repeats=1,
    engines_share=0.0,
    engines_schools=100,
    engines_years=4,
    schools=(100, 250, 500),
    schools_years=4,
    years=(2, 4, 8),
    years_schools=100,
    replications=4,
    replications_share=0.01,
    shares=(0.01, 0.02),
    start_without_code=False,
    council="Rutland",
    chance_years=8,
    chance_replications=6,
    policies=("full_time",),
    tracer_quick=True,
)
"""Some two minutes: to see that it works, not for quoting."""

LARGEST_OFTEN = 10_000
"""Schools above which ``england_repeats`` holds."""


def engines(extent: Extent) -> list[Row]:
    """The reference engine and the compiled engine on the same inputs."""
    samples: list[Row] = [{"schools": extent.engines_schools}]
    samples += [{"share": extent.engines_share}] if extent.engines_share else []
    jobs = [
        {"engine": engine, "years": extent.engines_years, **sample}
        for sample in samples
        for engine in ("reference", "compiled")
    ]
    return [
        {"sample": f"{job['share']:.0%} of schools" if "share" in job else "whole councils", "engine": job["engine"]}
        | row
        for job, row in _interleaved("arm", jobs, extent.repeats)
    ]


def schools(extent: Extent) -> list[Row]:
    """The compiled engine against the number of schools."""
    jobs = [{"engine": "compiled", "schools": n, "years": extent.schools_years} for n in extent.schools]
    often = [job for job in jobs if job["schools"] <= LARGEST_OFTEN]
    seldom = [job for job in jobs if job["schools"] > LARGEST_OFTEN]
    done = [*_interleaved("arm", often, extent.repeats), *_interleaved("arm", seldom, extent.england_repeats)]
    return [row for _, row in done]


def years(extent: Extent) -> list[Row]:
    """The compiled engine against the number of years."""
    jobs = [{"engine": "compiled", "schools": extent.years_schools, "years": n} for n in extent.years]
    return [row for _, row in _interleaved("arm", jobs, extent.repeats)]


def replications(extent: Extent) -> list[Row]:
    """Replications one after another in one process: clock time and memory after each."""
    job = {"share": extent.replications_share, "years": extent.schools_years, "count": extent.replications}
    rows = []
    for _, found in _interleaved("replications", [job], extent.repeats):
        same = {name: found[name] for name in ("repeat", "schools", "years")}
        rows += [same | step for step in found["steps"]]
    return rows


def processes(extent: Extent) -> list[Row]:
    """The same replications in one process and in two at once. Clock time of the slower one."""
    count = extent.replications
    rows = []
    for repeat in range(1, extent.repeats + 1):
        for n in (1, 2):
            each = count // n
            jobs = [
                {
                    "share": extent.replications_share,
                    "years": extent.schools_years,
                    "count": each,
                    "first": each * number,
                }
                for number in range(n)
            ]
            found = run_together("replications", jobs)
            seconds = max(one["steps"][-1]["seconds"] for one in found)
            say(f"replications in {n} process{'' if n == 1 else 'es'}, {repeat}/{extent.repeats}: {seconds:.1f} s")
            rows.append(
                {
                    "repeat": repeat,
                    "processes": n,
                    "replications": each * n,
                    "schools": found[0]["schools"],
                    "years": found[0]["years"],
                    "seconds": seconds,
                }
            )
    return rows


def start(extent: Extent) -> list[Row]:
    """From the start of a process to the first result, with compiled code on disk and without."""
    rows = []
    run_alone("arm", engine="compiled", schools=1, years=2)  # so that the code is there
    for repeat in range(1, extent.repeats + 1):
        rows.append({"repeat": repeat, "compiled_code": "on disk"} | run_alone("first_result", on_disk=True))
        if extent.start_without_code:
            with tempfile.TemporaryDirectory() as folder:
                elsewhere = dict.fromkeys(("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"), folder)
                found = run_alone("first_result", elsewhere, on_disk=False)
            rows.append({"repeat": repeat, "compiled_code": "not on disk"} | found)
        say(f"start, {repeat}/{extent.repeats}: {rows[-1]['process_seconds']:.1f} s, code {rows[-1]['compiled_code']}")
    return rows


def sweep(extent: Extent) -> list[Row]:
    """One arm and one pair on samples of several sizes, and on all of England."""
    rows = []
    samples = [share for share in extent.shares if share < 1.0]
    for shares, repeats in (
        (samples, extent.repeats),
        ([share for share in extent.shares if share >= 1.0], extent.england_repeats),
    ):
        arms = [{"engine": "compiled", "share": share, "years": extent.schools_years} for share in shares]
        pairs = [{"share": share} for share in shares]
        for name, jobs in (("arm", arms), ("pair", pairs)):
            rows += [_of_sweep(name, job["share"], row) for job, row in _interleaved(name, jobs, repeats)]
    return rows


def _of_sweep(what: str, share: Any, row: Row) -> Row:
    """Time of one run as a sweep pays for it: making the inputs is part of it."""
    return {
        "repeat": row["repeat"],
        "what": what,
        "share": share,
        "schools": row["schools"],
        "years": row["years"],
        "seconds": row["seconds"] + row.get("inputs_seconds", 0.0),
        "inputs_seconds": row.get("inputs_seconds", ""),
    }


def chance(extent: Extent) -> list[Row]:
    """Variance of paired differences against that of independent seeds."""
    found = run_alone(
        "variance",
        council=extent.council,
        years=extent.chance_years,
        count=extent.chance_replications,
        scenarios=list(extent.policies),
    )
    say(f"chance: {found['process_seconds']:.0f} s")
    same = {"council": extent.council, "schools": found["schools"], "years": extent.chance_years}
    return [same | row for row in found["rows"]]


SECTIONS: dict[str, Callable[[Extent], list[Row]]] = {
    "engines": engines,
    "schools": schools,
    "years": years,
    "replications": replications,
    "processes": processes,
    "start": start,
    "sweep": sweep,
    "chance": chance,
}
"""Measurements of sencosim itself. The race of the tracer is a section too, with a table of its own."""


def _interleaved(name: str, jobs: Sequence[Row], repeats: int) -> list[tuple[Row, Row]]:
    """Every job once, then every job again: what slows the machine down for a while falls on all of them."""
    found = []
    for repeat in range(1, repeats + 1):
        for job in jobs:
            row = run_alone(name, **job)
            say(f"{name} {_words(job)}, {repeat}/{repeats}: {row.get('seconds', row['process_seconds']):.2f} s")
            found.append((job, {"repeat": repeat} | row))
    return found


def _words(job: Row) -> str:
    return ", ".join(f"{name} {value}" for name, value in job.items())


def say(line: str) -> None:
    """Tell how far it is."""
    print(line, file=sys.stderr, flush=True)
