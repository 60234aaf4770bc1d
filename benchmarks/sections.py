"""What is measured: one section a question, each with a CSV file of its own that holds every single repeat."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks import program, workload
from benchmarks.alone import ROOT, run_alone
from benchmarks.chance import POLICIES

Row = dict[str, Any]


@dataclass(frozen=True)
class Extent:
    """How much is measured.

    Attributes
    ----------
    repeats
        Runs of each job, interleaved with those of the others, of which the median counts.
    engines_schools
        Of the race of the two engines: whole councils with so many schools, over the years of ``schools``.
    schools
        Sizes: councils are added up until they have so many schools. All of England is run once.
    schools_years
        Years of each size, and of the race.
    years, years_schools
        Numbers of years, and schools in each.
    replications, replications_schools
        Replications one after another, and schools in each.
    product
        Options of the two whole runs; none in earnest, as a user gives none.
    clone
        The same of ``make run`` in a clean clone.
    next_scenario
        The question after the first one.
    commands, commands_repeats
        Commands that answer at once, and runs of each.
    council, small
        Council of small runs and of the study of chance; options of small runs.
    draws
        Numbers of draws of small runs.
    workers, workers_draws
        Numbers of processes of small runs, and their draws.
    sweep_runs, sweep_schools
        Runs of a sweep over all uncertain inputs; options that say which schools.
    sweep_points
        Points at which the emulator answers.
    chance_years, chance_replications, policies
        Of the study of keyed chance.
    tracer_quick
        Race the tracer at its smallest size only, without the slowest engines.
    """

    repeats: int = 3
    engines_schools: int = 250
    schools: tuple[int, ...] = (250, 1_000, 2_500, 5_000, 20_227)
    schools_years: int = 10
    years: tuple[int, ...] = (2, 5, 10, 20)
    years_schools: int = 1_000
    replications: int = 8
    replications_schools: int = 500
    product: tuple[str, ...] = ()
    clone: tuple[str, ...] = ()
    next_scenario: str = "protected_time"
    commands: tuple[str, ...] = (
        "--help",
        "list scenarios",
        "explain senco_leaving_rate",
        "validate full_time",
        "diff baseline full_time",
        "show full_time",
        "run full_time --dry-run",
    )
    commands_repeats: int = 5
    council: str = "North Lincolnshire"
    small: tuple[str, ...] = ("--headline-only", "--replications", "4")
    draws: tuple[int, ...] = (16, 64, 128)
    workers: tuple[int, ...] = (1, 2)
    workers_draws: int = 64
    sweep_runs: int = 1_000
    sweep_schools: tuple[str, ...] = ("--sample", "0.02")
    sweep_points: int = 10_000
    chance_years: int = 15
    chance_replications: int = 12
    policies: tuple[str, ...] = POLICIES
    tracer_quick: bool = False

    def repeated(self, repeats: int) -> Extent:
        """The same with another number of repeats."""
        return replace(self, repeats=repeats, commands_repeats=repeats)


FULL = Extent()
FEW = ("--council", "Rutland", "--draws", "16", "--headline-only", "--replications", "4")
"""Options of a run of seconds."""
QUICK = Extent(
    repeats=1,
    engines_schools=100,
    schools=(100, 250, 500),
    schools_years=4,
    years=(2, 4, 8),
    years_schools=100,
    replications=4,
    replications_schools=100,
    product=FEW,
    clone=FEW,
    commands_repeats=1,
    council="Rutland",
    draws=(8, 16),
    workers_draws=16,
    sweep_runs=32,
    sweep_schools=("--council", "Rutland"),
    sweep_points=1_000,
    chance_years=8,
    chance_replications=6,
    policies=("full_time",),
    tracer_quick=True,
)
"""Some five minutes: to see that it works, not for quoting."""

ONCE = 20_000
"""Schools from which a size is run once."""


def engines(extent: Extent) -> list[Row]:
    """The reference engine and the compiled engine on the same inputs, and how many events these are."""
    size = {"schools": extent.engines_schools, "years": extent.schools_years}
    counted = {"events": run_alone("events", **size)["events"]}
    jobs = [{"engine": engine, **size} for engine in ("reference", "compiled")]
    return [{"engine": job["engine"]} | row | counted for job, row in _interleaved("arm", jobs, extent.repeats)]


def product(extent: Extent) -> list[Row]:
    """A whole run as a user starts it, with no stored no-policy arm, then another scenario after it."""
    whats = {"first": workload.SCENARIO, "next": extent.next_scenario}
    with tempfile.TemporaryDirectory() as folder:
        return [
            {"what": what, "scenario": name} | _run(name, extent.product, Path(folder)) for what, name in whats.items()
        ]


def clone(extent: Extent) -> list[Row]:
    """The first ``make run`` in a clean clone of the last commit."""
    with tempfile.TemporaryDirectory() as folder:
        return [program.make_run(workload.SCENARIO, extent.clone, Path(folder))]


def commands(extent: Extent) -> list[Row]:
    """Commands that answer at once."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for repeat in range(1, extent.commands_repeats + 1):
            for words in extent.commands:
                found = program.sencosim(words.split(), Path(folder))
                say(f"{words}, {repeat}/{extent.commands_repeats}: {found['cpu_seconds']:.2f} s of processor time")
                rows.append({"repeat": repeat, "command": words} | found)
    return rows


def draws(extent: Extent) -> list[Row]:
    """Small runs against the number of draws, on one process."""
    return _small_runs(extent, [{"draws": n, "workers": 1} for n in extent.draws], 1)


def workers(extent: Extent) -> list[Row]:
    """The same small run on one process and on more."""
    return _small_runs(extent, [{"draws": extent.workers_draws, "workers": n} for n in extent.workers], extent.repeats)


def schools(extent: Extent) -> list[Row]:
    """The compiled engine against the number of schools."""
    jobs = [{"engine": "compiled", "schools": n, "years": extent.schools_years} for n in extent.schools]
    often = [job for job in jobs if job["schools"] < ONCE]
    seldom = [job for job in jobs if job["schools"] >= ONCE]
    return [row for _, row in (*_interleaved("arm", often, extent.repeats), *_interleaved("arm", seldom, 1))]


def years(extent: Extent) -> list[Row]:
    """The compiled engine against the number of years."""
    jobs = [{"engine": "compiled", "schools": extent.years_schools, "years": n} for n in extent.years]
    return [row for _, row in _interleaved("arm", jobs, extent.repeats)]


def replications(extent: Extent) -> list[Row]:
    """Replications one after another in one process: clock time and memory after each."""
    size = {"schools": extent.replications_schools, "years": extent.schools_years}
    found = run_alone("replications", count=extent.replications, **size)
    return [{"schools": found["schools"], "years": found["years"]} | step for step in found["steps"]]


def sweep(extent: Extent) -> list[Row]:
    """Runs over all uncertain inputs at once, each with inputs of its own in both arms; then the emulator of them."""
    n, words = extent.sweep_runs, ("--main-only", *extent.sweep_schools)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = program.run(["ensemble", workload.SCENARIO, "--draws", str(n), *words], folder)
        say(f"sweep of {n} runs: {found['seconds']:.0f} s")
        place = folder / Path(found.pop("folder")).parent
        return [{"runs": n} | found | run_alone("emulated", folder=str(place), points=extent.sweep_points)]


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
    "product": product,
    "clone": clone,
    "commands": commands,
    "schools": schools,
    "years": years,
    "draws": draws,
    "replications": replications,
    "workers": workers,
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
            words = ", ".join(f"{key} {value}" for key, value in job.items())
            say(f"{name} {words}, {repeat}/{repeats}: {row['seconds']:.2f} s")
            found.append((job, {"repeat": repeat} | row))
    return found


def _small_runs(extent: Extent, jobs: Sequence[Row], repeats: int) -> list[Row]:
    """Runs of one council, each in a folder of its own with no stored arm, interleaved."""
    rows = []
    for repeat in range(1, repeats + 1):
        for job in jobs:
            options = [word for name, value in job.items() for word in (f"--{name}", str(value))]
            options += ["--council", extent.council, *extent.small]
            with tempfile.TemporaryDirectory() as folder:
                rows.append({"repeat": repeat} | job | _run(workload.SCENARIO, options, Path(folder)))
    return rows


def _run(scenario: str, options: Sequence[str], folder: Path) -> Row:
    """A run of a shipped scenario, and of how many pairs it was made."""
    found = program.run(["run", str(ROOT / "scenarios" / f"{scenario}.yaml"), *options], folder)
    say(f"run {' '.join((scenario, *options))}: {found['seconds']:.0f} s")
    told = json.loads((folder / found.pop("folder") / "manifest.json").read_text(encoding="utf-8"))
    return {"pairs": told["pairs"]} | found


def say(line: str) -> None:
    """Tell how far it is."""
    print(line, file=sys.stderr, flush=True)
