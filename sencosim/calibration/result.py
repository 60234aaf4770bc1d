"""What the back-test found, kept as evidence: table, scores, and a verdict that the report prints on page one."""

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
from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.posterior import FOLDER
from sencosim.evidence.register import evidence_folder

RESULT_FILE = "backtest.json"
AHEAD: Literal["ahead"] = "ahead"
FITTED_ON: Literal["fitted"] = "fitted"
HEADLINE_TEST = "from_2022"
"""The test that the verdict is about: starts in September 2022 and knows nothing later."""
LEAST_BEATEN = 0.5
"""Share of series on which the median must be nearer than both naive forecasts."""
COVERAGE_LIMITS = (0.65, 0.95)
"""Share of published figures that the 80 % intervals must hold."""
SOURCES = (
    "engine/behaviour.txt",
    "evidence/national_series.csv",
    "evidence/posterior/sample.csv",
    "evidence/posterior/councils.csv",
    "calibration/*.py",
)
"""What a back-test depends on. The model counts by what it does, not by how it is written: ``behaviour.txt`` is the
digest of frozen results of worlds, councils and scenarios, evidence and schools included. A test compares them."""

State = Literal["passed", "failed", "stale", "missing"]


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

    def beaten(self, test: str = HEADLINE_TEST) -> tuple[int, int]:
        """Series on which the model beats both naive forecasts, and series that have one."""
        rated = [score for score in self.of(test) if not math.isnan(score.naive_last)]
        return sum(score.beats_naive for score in rated), len(rated)

    def covered(self, test: str = HEADLINE_TEST) -> tuple[int, int]:
        """Published figures inside the 80 % intervals, and figures."""
        return sum(score.covered for score in self.of(test)), sum(score.periods for score in self.of(test))

    def state(self, now: str) -> State:
        """Whether the test was passed, with the code that has the fingerprint ``now``."""
        if not self.rows:
            return "missing"
        if self.code != now:
            return "stale"
        won, of = self.beaten()
        inside, figures = self.covered()
        low, high = COVERAGE_LIMITS
        passed = of > 0 and won >= LEAST_BEATEN * of and low <= inside / figures <= high
        return "passed" if passed else "failed"


def sentence_of(result: BacktestResult, state: State) -> str:
    """The back-test in one or two sentences for page one."""
    if state == "missing":
        return "There is no back-test of this version: how well it predicts is not known."
    won, of = result.beaten()
    inside, figures = result.covered()
    told = (
        f"Back-test: knowing nothing later than school year 2022/23, the model came nearer than two naive forecasts on "
        f"{won} of {of} published series to January 2025, and its 80 % intervals held {inside} of {figures} figures."
    )
    if state == "failed":
        return f"{told} That is not good enough: it has failed its own test."
    if state == "stale":
        return f"{told} The code or the evidence has changed since ({result.date}): the test must be made again."
    return told


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Fingerprint of what the back-test depends on, as it is now. [16 hexadecimal digits]."""
    package = Path(str(files("sencosim")))
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(package.glob(pattern)):
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
