"""The page of the documentation: every figure on it comes from a CSV file of measurements, and from nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from benchmarks import figures as f
from benchmarks.chance import COVERS
from benchmarks.results import LIBRARIES, PROVENANCE, Results
from benchmarks.targets import TARGETS
from benchmarks.tracer.compare import read_csv, tables
from sencosim.outcomes.catalogue import OUTCOMES

Lines = list[str]


def page(results: Results) -> str:
    """The whole page, in Markdown."""
    lines = [
        "# Performance",
        "",
        "Made by `make docs` from the measurements in `benchmarks/results/`, which `make benchmark` makes again in an"
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
    warning = "**A try-out, not for quoting.** " if results.signed(name).get("quick") == "yes" else ""
    lines = body(results)
    return [warning + lines[0], *lines[1:]]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Lines:
    lines = [header, ["---"] * len(header), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _aims(results: Results) -> Lines:
    verdicts = [target.verdict(results) for target in TARGETS]
    rows = [(v.target, v.measured, v.met, f"`{v.section}`") for v in verdicts]
    lines = ["## Aims, and what was measured", "", *_table(("aim", "measured", "met", "section"), rows), ""]
    if missed := [f"- {v.target}; measured {v.measured}: {v.why}." for v in verdicts if v.why]:
        lines += ["Why what is missed is missed, and what was tried:", "", *missed, ""]
    return lines


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
    rows = f.medians(table, ["engine", "schools", "years"])
    rows["ms"] = f.per_school_year(rows)
    agree = "the same inputs and the same tallies in every run" if f.engines_agree(table) else "**TALLIES DIFFER**"
    body = [
        (
            r.engine,
            f"{r.schools:,}",
            str(r.years),
            f"{r.cpu_seconds:.3g}",
            f"{r.ms:.3g}",
            f"{r.peak_mb:,.0f}",
            f"{r.events:,.0f}",
            f"{r.events / r.cpu_seconds:,.0f}",
        )
        for r in rows.itertuples()
    ]
    header = ("engine", "schools", "years", "processor s", "ms a school-year", "peak MB", "events", "events a second")
    return [
        f"One arm, whole councils: {agree}. The compiled engine is {f.engine_ratio(table):.3g} times as fast by"
        " processor time, once its code is loaded. The reference engine is written to be read, on SimPy. An event is a"
        " line of the trace of all schools and councils: a change of state that has a name. Next to it stand the events"
        " of the small model of section 1, which are what its calendar holds: this model does more at each of its own.",
        "",
        *_table(header, body),
        "",
        *_events_beside(results),
    ]


def _events_beside(results: Results) -> Lines:
    """Events a second of all engines of the tracer, at its smallest size, which all of them ran."""
    rows, _ = read_csv(results.folder)
    least = min((row.schools for row in rows), default=0)
    found = [(row.engine, f"{row.events_a_second:,.0f}") for row in rows if row.schools == least]
    return _table((f"small model, {least} schools", "events a second"), found) if found else []


def _product(results: Results) -> Lines:
    whats = {"first": "the first question", "next": "another after it"}
    body = [
        (
            whats[r.what],
            f"`{r.scenario}`",
            *(f"{seconds:.3g}" for seconds in (r.first_answer_seconds, r.pairs_seconds, r.seconds, r.cpu_seconds)),
            f"{r.pairs:,}",
            f"{r.school_years:,}",
            f"{r.worker_mb:,.0f}",
            f"{r.main_mb:,.0f}",
        )
        for r in results.table("product").itertuples()
    ]
    header = (
        "question",
        "scenario",
        "first answer, s",
        "last pair, s",
        "report, s",
        "processor s",
        "pairs",
        "school-years",
        "peak MB of a worker",
        "of the main process",
    )
    return [
        "`sencosim run` as a user starts it, from the command to each thing that it says, once. Compiled code is on"
        " disk. The first question finds no stored no-policy arm; the next finds those of the first. School-years are"
        " those of the plan: stored arms are counted too.",
        "",
        *_table(header, body),
    ]


def _clone(results: Results) -> Lines:
    r = results.table("clone").iloc[0]
    numbers = ("install_seconds", "compile_seconds", "first_answer_seconds", "seconds", "cpu_seconds")
    header = ("installed after, s", "compiling, s", "first answer after, s", "report after, s", "processor s")
    return [
        "`make run` in a fresh clone of the last commit, with an environment of its own, no compiled code and no"
        " stored arm, once. What is installed had been downloaded before.",
        "",
        *_table(header, [[f"{r[name]:.3g}" for name in numbers]]),
    ]


def _commands(results: Results) -> Lines:
    rows = f.medians(results.table("commands"), ["command"])
    body = [(f"`sencosim {r.command}`", f"{r.cpu_seconds:.2f}", f"{r.seconds:.2f}") for r in rows.itertuples()]
    return [
        "Commands that answer at once, and a dry run, which measures the machine. Medians of"
        f" {_repeats(results, 'commands')}.",
        "",
        *_table(("command", "processor s", "clock s"), body),
    ]


def _small(results: Results, name: str, words: str) -> Lines:
    """Small runs against the number of something."""
    rows = f.medians(results.table(name), [name])
    body = [
        (
            str(r[name]),
            f"{r['pairs']:,.0f}",
            f"{r['school_years']:,.0f}",
            f"{r['begun_seconds']:.3g}",
            f"{r['pairs_seconds'] - r['begun_seconds']:.3g}",
            f"{r['seconds'] - r['pairs_seconds']:.3g}",
            f"{r['cpu_seconds']:.3g}",
            f"{max(r['worker_mb'], r['main_mb']):,.0f}",
        )
        for r in rows.to_dict("records")
    ]
    header = (
        name,
        "pairs",
        "school-years",
        "start, s",
        "pairs, s",
        "report, s",
        "processor s",
        "peak MB of a process",
    )
    return [
        f"`sencosim run --headline-only` on all schools of one council, nothing stored. {words}",
        "",
        *_table(header, body),
    ]


def _draws(results: Results) -> Lines:
    rows = f.medians(results.table("draws"), ["draws"])
    more = f.slope(rows["draws"], rows["cpu_seconds"])
    return _small(
        results,
        "draws",
        f"One process. Another draw, which is another half each in the other two views, costs {1e3 * more:,.3g} ms.",
    )


def _workers(results: Results) -> Lines:
    times = f.speed_up(results.table("workers"))
    return _small(results, "workers", f"Two processes finish {times:.2f} times as many pairs a second as one.")


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


def _sweep(results: Results) -> Lines:
    body = [
        (
            f"{r.runs:,}",
            f"{r.school_years:,}",
            f"{r.pairs_seconds:.3g}",
            f"{r.seconds:.3g}",
            f"{r.cpu_seconds:.3g}",
            f"{r.worker_mb:,.0f}",
            f"{r.explained:.0%}",
            f"{r.fit_seconds:.3g}",
            f"{r.points:,}",
            f"{r.points_seconds:.3g}",
        )
        for r in results.table("sweep").itertuples()
    ]
    header = (
        "runs",
        "school-years",
        "last run, s",
        "answer, s",
        "processor s",
        "peak MB of a worker",
        "explained",
        "fit, s",
        "emulated points",
        "points, s",
    )
    return [
        "`sencosim ensemble` over all uncertain inputs at once: a run is a point of its own in both arms, so that no"
        " arm serves two. Whole councils, on all cores, nothing stored. Then the emulator that is fitted to these runs,"
        " and its answer with its error at new points, in one process. Explained is the share of the variance of runs"
        " that it had not seen.",
        "",
        *_table(header, body),
    ]


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
    "product": ("A whole run", _product),
    "clone": ("The first run in a clean clone", _clone),
    "commands": ("Commands that answer at once", _commands),
    "schools": ("More schools", _schools),
    "years": ("More years", _years),
    "draws": ("More draws", _draws),
    "replications": ("More replications", _replications),
    "workers": ("More processes", _workers),
    "sweep": ("A sweep, and its emulator", _sweep),
    "chance": ("What keyed chance saves", _chance),
}
"""Sections of the page: title, and what writes it."""
