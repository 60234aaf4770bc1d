"""The page of the documentation: every figure on it comes from a CSV file of measurements, and from nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from benchmarks import figures as f
from benchmarks.chance import COVERS
from benchmarks.results import LIBRARIES, PROVENANCE, Results
from benchmarks.targets import TARGETS
from benchmarks.tracer.compare import read_csv, tables
from sencosim.outcomes.catalogue import OUTCOMES

SWEEP_RUNS = 10_000
SECONDS_PER_HOUR = 3_600.0
Lines = list[str]


def page(results: Results) -> str:
    """The whole page, in Markdown."""
    lines = [
        "# Performance",
        "",
        "Made by `make docs` from the measurements in `benchmarks/results/`, which `make benchmark` makes anew in an"
        " environment of its own; `python -m benchmarks --only NAME` repeats one section, `--quick` tries everything"
        " out without touching this page. Ratios hold on other machines, seconds do not: quote ratios.",
        "",
        *_aims(results),
        *_circumstances(results),
    ]
    for number, (name, (title, body)) in enumerate(SECTIONS.items(), 1):
        lines += ["", f"## {number}. {title} (`{name}`)", "", *_body(results, name, body)]
    return "\n".join(lines).rstrip() + "\n"


def _body(results: Results, name: str, body: Callable[[Results], Lines]) -> Lines:
    if results.table(name).empty:
        return [f"Not measured yet: `python -m benchmarks --only {name}`."]
    warning = "**A try-out, not for quoting.** " if _signed(results, name).get("quick") == "yes" else ""
    lines = body(results)
    return [warning + lines[0], *lines[1:]]


def _signed(results: Results, name: str) -> dict[str, str]:
    table = results.table(PROVENANCE)
    rows = [] if table.empty else table[table["section"] == name].astype(str).to_dict("records")
    return {str(key): value for key, value in rows[0].items()} if rows else {}


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Lines:
    lines = [header, ["---"] * len(header), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _aims(results: Results) -> Lines:
    verdicts = [target.verdict(results) for target in TARGETS]
    rows = [(v.target, v.measured, v.met, f"`{v.section}`") for v in verdicts]
    return ["## Aims, and what was measured", "", *_table(("aim", "measured", "met", "section"), rows), ""]


def _circumstances(results: Results) -> Lines:
    table = results.table(PROVENANCE)
    lines = ["## When, where, with what", ""]
    if table.empty:
        return [*lines, "Nothing has been measured."]
    table = table.fillna("").astype(str)
    facts = ("processor", "cores", "system", "python", *LIBRARIES)
    lines += [f"- {column}: {', '.join(sorted(set(table[column])))}" for column in facts]
    rows = [
        (
            f"`{row['section']}`",
            row["date"],
            f"{row['commit']}{' and uncommitted changes' if row['code_changed'] == 'yes' else ''}",
            _repeats(results, row["section"]),
            "try-out" if row["quick"] == "yes" else "full",
            row["load_before"],
        )
        for row in table.to_dict("records")
    ]
    return [
        *lines,
        "",
        "Load before is how many processes wanted to run in the minute before a section began. The section before it"
        " counts as one; more means that others used the machine, and that seconds are too many. Figures are medians"
        " over repeats, each in a process of its own.",
        "",
        *_table(("section", "date", "commit", "repeats", "extent", "load before"), rows),
    ]


def _repeats(results: Results, name: str) -> str:
    """Most runs of one job, of which the median counts."""
    table = results.table(name)
    column = next((column for column in ("repeat", "repeats") if column in table), None)
    return "-" if column is None else str(int(table[column].max()))


def _tracer(results: Results) -> Lines:
    rows, skipped = read_csv(results.folder)
    return [
        "The tracer is one small model of SENCO work (`benchmarks/tracer/model.py`), written once for each engine in"
        " the way that engine is meant to be used. All draw the same keyed numbers and must give the same result to"
        " the last bit; the last column says whether they did.",
        "",
        *tables(rows, skipped).splitlines(),
    ]


def _engines(results: Results) -> Lines:
    table = results.table("engines")
    rows = f.medians(table, ["sample", "engine", "schools", "years"])
    rows["ms"] = f.per_school_year(rows)
    ratios = " and ".join(f"{ratio:.3g} times ({sample})" for sample, ratio in f.engine_ratios(table).items())
    agree = "the same inputs and the same tallies in every run" if f.engines_agree(table) else "**TALLIES DIFFER**"
    body = [
        (r.sample, r.engine, f"{r.schools:,}", str(r.years), f"{r.cpu_seconds:.3g}", f"{r.ms:.3g}", f"{r.peak_mb:,.0f}")
        for r in rows.itertuples()
    ]
    return [
        f"One arm: {agree}. The compiled engine is {ratios} as fast by processor time, once its code"
        " is loaded. The reference engine is written to be read, on SimPy.",
        "",
        *_table(("sample", "engine", "schools", "years", "processor s", "ms a school-year", "peak MB"), body),
    ]


def _growing(results: Results, name: str, unit: str) -> Lines:
    table = results.table(name)
    rows = f.medians(table, ["schools", "years"])
    rows["ms"] = f.per_school_year(rows)
    body = [
        (f"{r.schools:,}", str(r.years), f"{r.seconds:.3g}", f"{r.cpu_seconds:.3g}", f"{r.ms:.3g}", f"{r.peak_mb:,.0f}")
        for r in rows.itertuples()
    ]
    words = [f"Clock time is {f.waiting(table):.2f} times processor time over all runs."]
    if len(rows) > 1:
        found, memory = f.growth(rows[name], rows["cpu_seconds"]), f.slope(rows[name], rows["peak_mb"])
        per = 1_000 if name == "schools" else 1
        words += [
            f"Processor time grows with the number of {name} to the power {found.exponent:.2f} (1 is linear); a"
            f" school-year costs {found.cheapest:.2f} to {found.dearest:.2f} times what it costs at the largest size.",
            f"Peak memory grows by {memory * per:,.3g} MB {unit}.",
        ]
    header = ("schools", "years", "clock s", "processor s", "ms a school-year", "peak MB")
    return [" ".join(words), "", *_table(header, body)]


def _schools(results: Results) -> Lines:
    return _growing(results, "schools", "for each 1,000 schools")


def _years(results: Results) -> Lines:
    return _growing(results, "years", "a year")


def _replications(results: Results) -> Lines:
    table = results.table("replications")
    rows = f.medians(table, ["replications"])
    last = int(rows["replications"].max())
    shown = rows[rows["replications"].map(lambda n: n == last or n & (n - 1) == 0)]
    body = [
        (
            str(r.replications),
            f"{r.seconds:.3g}",
            f"{r.seconds / r.replications:.3g}",
            f"{r.peak_mb:,.0f}",
            f"{r.now_mb:,.0f}",
        )
        for r in shown.itertuples()
    ]
    found = f.growth(rows["replications"], rows["cpu_seconds"])
    return [
        f"One after another in one process, {table['schools'].iloc[0]:,} schools, {table['years'].iloc[0]} years,"
        f" inputs included. Peak memory after {last} is {f.memory_growth(table):.2f} times that after two. Processor"
        f" time grows with replications to the power {found.exponent:.2f}.",
        "",
        *_table(("replications", "clock s", "clock s each", "peak MB so far", "MB afterwards"), body),
    ]


def _processes(results: Results) -> Lines:
    table = results.table("processes")
    rows = f.medians(table, ["processes", "replications"])
    body = [(str(r.processes), str(r.replications), f"{r.seconds:.3g}") for r in rows.itertuples()]
    return [
        f"The same replications in one process and shared by two that begin together: two are {f.speed_up(table):.2f}"
        " times as fast. Clock time, which others on the machine lengthen for two more than for one.",
        "",
        *_table(("processes", "replications together", "clock s"), body),
    ]


def _start(results: Results) -> Lines:
    table = results.table("start")
    rows = f.medians(table, ["compiled_code"])
    steps = ["import_seconds", "schools_seconds", "engine_seconds", "run_seconds"]
    body = [
        (
            r["compiled_code"],
            *(f"{r[name]:.2g}" for name in steps),
            f"{r['process_seconds'] - sum(r[name] for name in steps):.2g}",
            f"{r['process_seconds']:.3g}",
        )
        for r in rows.to_dict("records")
    ]
    header = (
        "compiled code",
        "import, s",
        "schools, s",
        "load engine, s",
        "first run, s",
        "Python itself, s",
        "all, s",
    )
    return [
        f"From the start of a process to the result of {table['schools'].iloc[0]} schools in {table['years'].iloc[0]}"
        " years. Without code on disk the first run compiles it, once for each version of sencosim.",
        "",
        *_table(header, body),
    ]


def _sweep(results: Results) -> Lines:
    rows = f.medians(results.table("sweep"), ["what", "share", "schools", "years"])
    body = [
        (
            r.what,
            f"{r.share:.0%}",
            f"{r.schools:,}",
            str(r.years),
            f"{r.seconds:.3g}",
            f"{SECONDS_PER_HOUR / r.seconds:,.3g}" if r.seconds > 4.0 else f"{SECONDS_PER_HOUR / r.seconds:,.0f}",
            _duration(SWEEP_RUNS * r.seconds),
        )
        for r in rows.itertuples()
    ]
    header = (
        "run",
        "of England",
        "schools",
        "years",
        "clock s",
        "runs an hour and core",
        f"{SWEEP_RUNS:,} on one core",
    )
    return [
        "An arm is one replication of one policy; a pair is what `sencosim run` makes of one draw: the no-policy arm"
        " and the policy, all years of the scenario. Samples are of schools within every council. Inputs included;"
        " what a process pays once, at its start, is not. Cores share a sweep: divide by their number, and by what"
        " section `processes` says they are worth.",
        "",
        *_table(header, body),
    ]


def _duration(seconds: float) -> str:
    hours = seconds / SECONDS_PER_HOUR
    if hours < 1.0:
        return f"{seconds / 60.0:.0f} minutes"
    return f"{hours:.1f} hours" if hours < 48.0 else f"{hours / 24.0:.1f} days"


def _chance(results: Results) -> Lines:
    table = results.table("chance")
    titles = {outcome.name: outcome.title for outcome in OUTCOMES}
    outcomes = list(dict.fromkeys(table["outcome"]))
    cells = {(r.scenario, r.outcome): _gain(r.gain, r.gain_low, r.gain_high) for r in table.itertuples()}
    body = [
        (f"`{scenario}`", *(cells[scenario, outcome] for outcome in outcomes))
        for scenario in dict.fromkeys(table["scenario"])
    ]
    first = table.iloc[0]
    return [
        "How many times the variance of a difference shrinks because both arms draw the same keyed numbers: variance"
        " with independent seeds over variance of the paired difference. So many independent pairs one keyed pair is"
        f" worth. {first['council']}, all {first['schools']} schools, {first['years']} years of which those of the"
        f" policy count, {first['replications']} replications, central view; {COVERS:.0%} intervals."
        " Near 1: nothing is gained.",
        "",
        *_table(("scenario", *(titles[outcome] for outcome in outcomes)), body),
    ]


def _gain(value: float, low: float, high: float) -> str:
    return "no difference" if value == 0.0 else f"{_two(value)} ({_two(low)} to {_two(high)})"


def _two(value: float) -> str:
    return f"{value:.1f}" if value < 10.0 else f"{value:,.0f}"


SECTIONS: dict[str, tuple[str, Callable[[Results], Lines]]] = {
    "tracer": ("One small model in many engines", _tracer),
    "engines": ("The compiled engine against the reference engine", _engines),
    "schools": ("More schools", _schools),
    "years": ("More years", _years),
    "replications": ("More replications", _replications),
    "processes": ("Two processes", _processes),
    "start": ("Start to first result", _start),
    "sweep": ("What a sweep costs", _sweep),
    "chance": ("What keyed chance saves", _chance),
}
"""Sections of the page: title, and what writes it."""
