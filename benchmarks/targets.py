"""What performance is aimed at, next to what was measured: met or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from benchmarks import figures as f
from benchmarks.results import Results
from benchmarks.tracer.compare import read_csv
from benchmarks.tracer.engines import BY_NAME, STAGED
from sencosim.model import SCHOOLS_IN_ENGLAND

NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Verdict:
    """One line of the table of targets."""

    target: str
    measured: str
    met: str
    section: str


@dataclass(frozen=True)
class Target:
    """One figure that was set as an aim before anything was built.

    Attributes
    ----------
    words
        The aim, without its number.
    limit
        The number.
    at_least
        Whether the figure must reach the limit, or must stay below it.
    section
        Whose measurements decide.
    value
        The measured figure; ``None`` if the measurement was not made or not at the size that the target names.
    form
        How figures are written.
    """

    words: str
    limit: float
    at_least: bool
    section: str
    value: Callable[[Results], float | None]
    form: str

    def verdict(self, results: Results) -> Verdict:
        """Compare."""
        bound = "at least" if self.at_least else "at most"
        aim = f"{self.words}: {bound} {self.form.format(self.limit)}"
        value = self.value(results)
        if value is None or pd.isna(value):
            return Verdict(aim, NOT_MEASURED, "-", self.section)
        met = value >= self.limit if self.at_least else value <= self.limit
        return Verdict(aim, self.form.format(value), "yes" if met else "**no**", self.section)


def _england(column: str) -> Callable[[Results], float | None]:
    def value(results: Results) -> float | None:
        table = results.table("schools")
        row = f.england(table[table["years"] == 10] if not table.empty else table, SCHOOLS_IN_ENGLAND)
        return None if row is None else float(row[column])

    return value


def _of(section: str, figure: Callable[[pd.DataFrame], float]) -> Callable[[Results], float | None]:
    def value(results: Results) -> float | None:
        table = results.table(section)
        return None if table.empty else figure(table)

    return value


def _times_c(results: Results) -> float | None:
    rows, _ = read_csv(results.folder)
    staged = [row for row in rows if row.engine == BY_NAME[STAGED].label and row.times_floor > 0.0]
    return max((row.times_floor for row in staged), default=None)


def _least_ratio(table: pd.DataFrame) -> float:
    return float(f.engine_ratios(table).min()) if f.engines_agree(table) else float("nan")


def _start(table: pd.DataFrame) -> float:
    return float(table.loc[table["compiled_code"] == "on disk", "process_seconds"].median())


def _two_per_cent(table: pd.DataFrame) -> float:
    rows = table[(table["what"] == "arm") & (table["share"] == 0.02) & (table["years"] == 10)]
    return float(rows["seconds"].median())


TARGETS = (
    Target(
        "All of England, ten years, one replication, one core", 12.0, False, "schools", _england("seconds"), "{:.3g} s"
    ),
    Target("The same, the aim beyond", 6.0, False, "schools", _england("seconds"), "{:.3g} s"),
    Target("The same, peak memory of the process", 1500.0, False, "schools", _england("peak_mb"), "{:,.0f} MB"),
    Target(
        "Compiled engine against reference engine, the less favourable sample",
        100.0,
        True,
        "engines",
        _of("engines", _least_ratio),
        "{:.3g} times",
    ),
    Target(
        "Compiled code against C on the tracer, slowest size", 2.0, False, "tracer", _times_c, "{:.2f} times its time"
    ),
    Target("Two processes against one", 1.8, True, "processes", _of("processes", f.speed_up), "{:.2f} times"),
    Target(
        "Cost linear in schools, exponent",
        1.05,
        False,
        "schools",
        _of("schools", lambda t: _exponent(t, "schools")),
        "{:.2f}",
    ),
    Target(
        "Cost linear in years, exponent", 1.05, False, "years", _of("years", lambda t: _exponent(t, "years")), "{:.2f}"
    ),
    Target(
        "Memory flat in replications, peak after the last against after the second",
        1.05,
        False,
        "replications",
        _of("replications", f.memory_growth),
        "{:.2f} times",
    ),
    Target("From start to first result, compiled code on disk", 3.0, False, "start", _of("start", _start), "{:.2g} s"),
    Target("A replication of a 2 % sample, ten years", 0.3, False, "sweep", _of("sweep", _two_per_cent), "{:.2g} s"),
)
"""In the order of the design. "Linear" and "flat" had no number there; theirs are set here."""


def _exponent(table: pd.DataFrame, size: str) -> float:
    rows = f.medians(table, ["schools", "years"])
    return f.growth(rows[size], rows["cpu_seconds"]).exponent if len(rows) > 1 else float("nan")
