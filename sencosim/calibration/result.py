"""What the back-test found, kept as evidence: every figure forecast, and how each series did."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from sencosim.calibration.parameters import significant
from sencosim.calibration.published import Kind, year_of
from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.posterior import FOLDER
from sencosim.evidence.register import evidence_folder

RESULT_FILE = "backtest.json"
AHEAD: Literal["ahead"] = "ahead"
FITTED_ON: Literal["fitted"] = "fitted"
SOURCES = (
    "engine/behaviour.txt",
    "evidence/national_series.csv",
    "evidence/posterior/sample.csv",
    "evidence/posterior/councils.csv",
    "calibration/*.py",
)
"""What a back-test depends on. The model counts by what it does, not by how it is written: ``behaviour.txt`` is the
digest of frozen results of worlds, councils and scenarios, evidence and schools included. A test compares them."""
ONLY_READ = ("scoring.py", "rolling_origin.py", "verdict.py", "forecast_file.py")
"""Of calibration: what reads a back-test that was made. No forecast depends on it."""


@dataclass(frozen=True)
class Row:
    """One series in one period of one test; ``nan`` where there is no number. [unit of the series]."""

    test: str  # ``from_2018``, ``from_2022`` or ``forecast``
    series: str
    breakdown: str
    period: str  # as in the national series
    p10: float  # of the predictive draws
    p50: float
    p90: float
    published: float  # what came
    naive_last: float  # last value known
    naive_growth: float  # last growth known going on
    when: str  # ``fitted``: within the years that parameters were fitted to; ``ahead``: not known to the forecast


@dataclass(frozen=True)
class Score:
    """How one series of one test did on the years ahead."""

    test: str
    series: str
    breakdown: str
    error: float  # mean absolute error of the median [% of published]
    bias: float  # mean error of the median [% of published]
    covered: int  # periods inside the 80 % interval
    periods: int  # periods scored
    naive_last: float  # mean absolute error of each naive forecast; NaN if there is none [% of published]
    naive_growth: float

    @property
    def beats_naive(self) -> bool:
        """Whether the median was nearer than both naive forecasts."""
        rivals = [error for error in (self.naive_last, self.naive_growth) if not math.isnan(error)]
        return bool(rivals) and self.error < min(rivals)


@dataclass(frozen=True)
class BacktestResult:
    """The back-test that ships with the package: every figure, and how each series did."""

    date: str  # day on which it was made
    code: str  # fingerprint of the sources that it depends on
    rows: tuple[Row, ...]
    scores: tuple[Score, ...]

    def of(self, test: str) -> tuple[Score, ...]:
        """Scores of one test."""
        return tuple(score for score in self.scores if score.test == test)

    @property
    def named(self) -> tuple[tuple[str, str, Kind], ...]:
        """Series by name, breakdown and kind."""
        return tuple(dict.fromkeys((row.series, row.breakdown, year_of(row.period)[0]) for row in self.rows))

    def beaten(self, test: str) -> tuple[int, int]:
        """Series on which the model beats both naive forecasts, and series that have one."""
        rated = [score for score in self.of(test) if not math.isnan(score.naive_last)]
        return sum(score.beats_naive for score in rated), len(rated)

    def covered(self, test: str) -> tuple[int, int]:
        """Published figures inside the 80 % intervals, and figures."""
        return sum(score.covered for score in self.of(test)), sum(score.periods for score in self.of(test))


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Fingerprint of what the back-test depends on, as it is now. [16 hexadecimal digits]."""
    package = Path(str(files("sencosim")))
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(path for path in package.glob(pattern) if path.name not in ONLY_READ):
            digest.update(path.relative_to(package).as_posix().encode())
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def write_result(result: BacktestResult, path: Path | None = None) -> None:
    """Keep a back-test."""
    target = evidence_folder() / FOLDER / RESULT_FILE if path is None else path
    target.parent.mkdir(parents=True, exist_ok=True)
    rows, scores = (
        ",\n".join(json.dumps(_plain(asdict(one))) for one in found) for found in (result.rows, result.scores)
    )
    head = f'"date": {json.dumps(result.date)}, "code": {json.dumps(result.code)}'
    target.write_text(f'{{{head},\n"rows": [\n{rows}\n],\n"scores": [\n{scores}\n]}}\n', encoding="utf-8")


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """Six significant digits, and nothing where there is no number."""
    numbers = {name: value for name, value in record.items() if isinstance(value, float)}
    return record | {name: None if math.isnan(value) else significant(value, 6) for name, value in numbers.items()}


@lru_cache(maxsize=1)
def load_result() -> BacktestResult:
    """Back-test that ships with the package; one without rows if none does. A damaged file raises an error."""
    path = evidence_folder() / FOLDER / RESULT_FILE
    if not path.exists():
        return BacktestResult("", "", (), ())
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        rows = tuple(Row(**_numbers(row)) for row in content["rows"])
        scores = tuple(Score(**_numbers(score)) for score in content["scores"])
        return BacktestResult(content["date"], content["code"], rows, scores)
    except (OSError, ValueError, TypeError, KeyError) as error:
        message = f"The back-test cannot be read: {error}. Make it again with: sencosim backtest --write"
        raise EvidenceError(message, (Problem(message, file=str(path)),)) from error


def _numbers(record: dict[str, Any]) -> dict[str, Any]:
    return {name: math.nan if value is None else value for name, value in record.items()}
