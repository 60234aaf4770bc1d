"""All engines side by side: interleaved repeats, each in a process of its own, and a table of medians."""

from __future__ import annotations

import csv
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.tracer.engines import BY_NAME, ENGINES, FLOOR, STAGED, TEXTBOOK, Engine
from benchmarks.tracer.model import Size

ROOT = Path(__file__).resolve().parents[2]
SEED = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One engine at one size, over all repeats."""

    engine: str
    version: str
    schools: int
    years: int
    pieces: int
    repeats: int
    ns_per_piece: float
    """Median of processor time, of clock time if threads share the work; without importing, compiling, building."""
    events_a_second: float
    """Events of the model, of which a piece of work is one or more, by the same time."""
    spread: float
    """(slowest - fastest) / median."""
    times_textbook_simpy: float
    """How many times as fast; 0 if that engine was not run."""
    times_floor: float
    """How many times as slow as C; 0 if that engine was not run."""
    run_mb: float
    """Most memory during the run, less what was there before. Least of the repeats."""
    start_mb: float
    """What was there before: Python, the libraries, compiled code."""
    first_start_seconds: float
    """Importing, and compiling or building, when nothing is on disk."""
    agreement: str


def compare(quick: bool, repeats: int) -> tuple[list[Row], list[str]]:
    """Run everything. Gives the rows, and what was left out and why."""
    engines = [engine for engine in ENGINES if not engine.missing()]
    skipped = [f"{engine.label}: {engine.missing()}" for engine in ENGINES if engine.missing()]
    skipped += [f"{e.label}: not part of this comparison" for e in engines if not e.sizes(quick)]
    for line in skipped:
        _say(f"SKIPPED  {line}")
    jobs = [(engine, size) for engine in engines for size in engine.sizes(quick)]
    with tempfile.TemporaryDirectory() as folder:
        runs: dict[tuple[str, Size], list[dict[str, Any]]] = defaultdict(list)
        for repeat in range(repeats):
            for engine, size in jobs:
                found = run_alone(engine, size, folder)
                runs[engine.name, size].append(found)
                nanoseconds = 1e9 * _seconds(engine, found) / found["pieces"]
                _say(f"{repeat + 1}/{repeats}  {engine.label}, {_size(size)}: {nanoseconds:,.0f} ns per piece")
        expected = _expected({size for _, size in jobs}, runs, folder)
    return _rows(jobs, runs, expected), skipped


def _seconds(engine: Engine, run: dict[str, Any]) -> float:
    """Processor time, which others on the machine lengthen least; clock time where threads share the work."""
    return float(run["run_seconds" if "threads" in engine.options else "cpu_seconds"])


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _size(size: Size) -> str:
    return f"{size.schools:,} schools, {size.years} year{'' if size.years == 1 else 's'}"


def run_alone(engine: Engine, size: Size, folder: str) -> dict[str, Any]:
    """One run, in its own process. Each engine keeps compiled code apart, so that its first start is its own."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(Path(folder, engine.name))}
    arguments = [engine.name, str(size.councils), str(size.years), str(SEED)]
    command = [sys.executable, "-m", "benchmarks.tracer.one_run", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _expected(sizes: set[Size], runs: dict[tuple[str, Size], list[Any]], folder: str) -> dict[Size, Any]:
    """For every size the result that all must reach: that of C, or of the staged engine where there is no compiler."""
    judge = BY_NAME[STAGED] if BY_NAME[FLOOR].missing() else BY_NAME[FLOOR]
    known = {size: runs[judge.name, size][0] for size in sizes if runs.get((judge.name, size))}
    return {size: (known.get(size) or run_alone(judge, size, folder))["result"] for size in sizes}


def _rows(jobs: list[tuple[Engine, Size]], runs: dict[tuple[str, Size], list[Any]], expected: Any) -> list[Row]:
    costs = {
        (engine.name, size): median(1e9 * _seconds(engine, run) / run["pieces"] for run in runs[engine.name, size])
        for engine, size in jobs
    }
    by_schools = {(name, size.schools): cost for (name, size), cost in costs.items()}
    starts = {name: found[0]["prepare_seconds"] for (name, _), found in reversed(runs.items())}
    from benchmarks.tracer.plain_heapq import events_a_piece  # noqa: PLC0415 (compiles the draws when imported)

    events = events_a_piece(Size(1, 5), SEED)
    rows = []
    for engine, size in jobs:
        found, cost = runs[engine.name, size], costs[engine.name, size]
        seconds = [_seconds(engine, run) for run in found]
        textbook = by_schools.get((TEXTBOOK, size.schools), 0.0)
        floor = by_schools.get((FLOOR, size.schools))
        rows.append(
            Row(
                engine=engine.label,
                version=engine.version(),
                schools=size.schools,
                years=size.years,
                pieces=found[0]["pieces"],
                repeats=len(found),
                ns_per_piece=cost,
                events_a_second=1e9 * events / cost,
                spread=(max(seconds) - min(seconds)) / median(seconds),
                times_textbook_simpy=textbook / cost,
                times_floor=cost / floor if floor else 0.0,
                run_mb=min(run["peak_mb"] - run["mb_before"] for run in found),
                start_mb=min(run["mb_before"] for run in found),
                first_start_seconds=starts[engine.name],
                agreement=_agreement([run["result"] for run in found], expected[size], engine.warning),
            )
        )
    return rows


def _agreement(results: list[Any], expected: Any, warning: str) -> str:
    wrong = next((result for result in results if result != expected), None)
    if wrong is None:
        return "exactly" + (f"; {warning}" if warning else "")
    pieces, should = sum(wrong["completed"]), sum(expected["completed"])
    return f"NO: completed work differs by {pieces / should - 1.0:+.3%}"


def write_csv(rows: list[Row], skipped: list[str], folder: Path) -> None:
    """Write ``tracer.csv``, and in ``tracer_left_out.csv`` what was left out and why."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "tracer.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(Row.__dataclass_fields__), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in asdict(row).items()})
    with (folder / "tracer_left_out.csv").open("w", newline="", encoding="utf-8") as file:
        left_out = csv.writer(file, lineterminator="\n")
        left_out.writerows([["left_out"], *([line] for line in skipped)])


def read_csv(folder: Path) -> tuple[list[Row], list[str]]:
    """What :func:`write_csv` wrote; nothing if it never did."""
    if not (folder / "tracer.csv").is_file():
        return [], []
    kinds = {"int": int, "float": float, "str": str}
    fields = {name: kinds[str(field.type)] for name, field in Row.__dataclass_fields__.items()}
    with (folder / "tracer.csv").open(newline="", encoding="utf-8") as file:
        rows: list[Any] = [{name: kind(row[name]) for name, kind in fields.items()} for row in csv.DictReader(file)]
    with (folder / "tracer_left_out.csv").open(newline="", encoding="utf-8") as file:
        skipped = [row["left_out"] for row in csv.DictReader(file)]
    return [Row(**row) for row in rows], skipped


def write(rows: list[Row], skipped: list[str], folder: Path) -> str:
    """Write ``tracer.csv``, ``tracer_left_out.csv`` and ``tracer.md`` into a folder. Gives the page."""
    write_csv(rows, skipped, folder)
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores."
    page = f"{machine} {tables(rows, skipped)}"
    (folder / "tracer.md").write_text(page, encoding="utf-8")
    return page


_HEADER = (
    "engine",
    "built on",
    "years",
    "ns per piece of work",
    "events a second",
    "spread",
    "times as fast as SimPy, textbook",
    "times as slow as C",
    "MB for the run",
    "MB before it",
    "first start, s",
    "same results",
)


def tables(rows: list[Row], skipped: list[str]) -> str:
    """Tables by size, and what was left out. Needs nothing but what the CSV files hold."""
    most = max(row.repeats for row in rows)
    lines = [
        f"Medians of {most} interleaved run{'' if most == 1 else 's'}, each in a process of its own. Processor time,"
        " or clock time where two threads share the work. Importing,"
        " compiling and building are not counted, but stated: first start. Spread is (slowest - fastest) / median."
        " What is there before a run is mostly numba, from which the engines in plain Python take their draws only."
    ]
    for schools in sorted({row.schools for row in rows}):
        lines += ["", f"**{schools:,} schools**", "", _line(_HEADER), _line(["---"] * len(_HEADER))]
        lines += [_line(_cells(row)) for row in rows if row.schools == schools]
    if skipped:
        lines += ["", "Left out:", "", *(f"- {line}" for line in skipped)]
    return "\n".join(lines) + "\n"


def _line(cells: Any) -> str:
    return "| " + " | ".join(cells) + " |"


def _cells(row: Row) -> list[str]:
    return [
        row.engine,
        row.version,
        str(row.years),
        _figures(row.ns_per_piece),
        _figures(row.events_a_second),
        f"{row.spread:.0%}",
        _figures(row.times_textbook_simpy),
        _figures(row.times_floor),
        f"{row.run_mb:.1f}" if row.run_mb < 10.0 else f"{row.run_mb:.0f}",
        f"{row.start_mb:.0f}",
        f"{row.first_start_seconds:.1f}",
        row.agreement,
    ]


def _figures(value: float) -> str:
    """Three significant figures; a dash for what was not measured."""
    if value == 0.0:
        return "-"
    if value >= 100:
        scale = 10 ** (len(str(int(value))) - 3)
        return f"{round(value / scale) * scale:,}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"
