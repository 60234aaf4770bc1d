"""The back-tests: what was forecast, what came, and whether two naive forecasts did better."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from sencosim.arms.inputs import FloatArray
from sencosim.calibration.calibrate import FROZEN_START, RECENT_START, Calibration
from sencosim.calibration.compared import all_series
from sencosim.calibration.forecast import Draws, Known, Series, carried_on, forecast, naive
from sencosim.calibration.history import Setting, run_history
from sencosim.calibration.published_points import period_of
from sencosim.calibration.result import AHEAD, FITTED_ON, Row, Score
from sencosim.calibration.targets import sample_offsets
from sencosim.engine.pair import read_evidence
from sencosim.evidence.base_year import BASE_YEAR, TIMES

FROZEN = Known(calendar=TIMES.frozen.last, january=TIMES.frozen.last + 1, school_year=TIMES.frozen.last)
"""What the frozen forecasts know: nothing published for a later time."""
LATEST = Known(calendar=BASE_YEAR, january=BASE_YEAR + 1, school_year=BASE_YEAR)
"""What the shipped forecast knows."""
FIRST_YEARS = {"calendar": TIMES.frozen.first, "january": TIMES.frozen.first, "school_year": TIMES.frozen.start_year}
LAST_YEARS = {"calendar": BASE_YEAR + 1, "january": BASE_YEAR + 2, "school_year": BASE_YEAR}
FORECAST_RUNS = 40
"""Draws of the evidence that the forecast is made of."""
QUANTILES = (0.1, 0.5, 0.9)


def run_backtests(calibration: Calibration) -> tuple[Row, ...]:
    """Both back-tests with the frozen posterior, and the forecast with the evidence as it ships."""
    early, recent = Setting(FROZEN_START), Setting(RECENT_START)
    frozen = calibration.frozen.units
    from_2018 = Draws(calibration.from_2018, carried_on(frozen), sample_offsets(early), FROZEN_START)
    offsets = sample_offsets(recent)
    from_2022 = Draws(calibration.from_2022, carried_on(frozen), offsets, RECENT_START, from_2018)
    shipped = Draws.of_runs(shipped_runs(recent), offsets, RECENT_START, from_2018)
    return (
        *_rows("from_2018", from_2018, FROZEN),
        *_rows("from_2022", from_2022, FROZEN),
        *_rows("forecast", shipped, LATEST),
    )


def shipped_runs(setting: Setting) -> list[dict[str, float]]:
    """Runs of the baseline at draws of the evidence as it ships: what every run of a scenario starts from."""
    evidence = (read_evidence(setting.scenario, "central", draw, setting.seed) for draw in range(1, FORECAST_RUNS + 1))
    return [run_history(reading, setting) for reading in evidence]


def _rows(test: str, draws: Draws, known: Known) -> Iterator[Row]:
    for number, series in enumerate(all_series(known)):
        latest = series.latest(known)
        for year in range(FIRST_YEARS[series.kind], LAST_YEARS[series.kind] + 1):
            ahead = latest is None or year > latest[0]
            if year < first_year(series, draws.start) or (test == "forecast" and not ahead):
                continue
            predicted = forecast(series, draws, known, year, number)
            if predicted is not None:
                yield _row(test, series, known, year, predicted, AHEAD if ahead else FITTED_ON)


def first_year(series: Series, start: int) -> int:
    """First period that a run of this start can say something of."""
    return start if series.kind == "school_year" else start + 1


def _row(test: str, series: Series, known: Known, year: int, predicted: FloatArray, when: str) -> Row:
    p10, p50, p90 = np.quantile(predicted, QUANTILES).tolist()
    last, growth = naive(series, known, year) if when == AHEAD else (None, None)
    came = series.at(year)
    came, last, growth = (math.nan if value is None else float(value) for value in (came, last, growth))
    period = period_of(series.kind, year)
    return Row(test, series.series, series.breakdown, period, p10, p50, p90, came, last, growth, when)


def scores(rows: Sequence[Row], test: str) -> tuple[Score, ...]:
    """Score of each series of a test on the periods ahead that were published since."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.test == test and row.when == AHEAD and not math.isnan(row.published):
            groups.setdefault((row.series, row.breakdown), []).append(row)
    return tuple(_score(test, series, breakdown, found) for (series, breakdown), found in groups.items())


def _score(test: str, series: str, breakdown: str, rows: Sequence[Row]) -> Score:
    came = np.array([row.published for row in rows])

    def off(values: Sequence[float]) -> FloatArray:
        result: FloatArray = 100.0 * (np.array(values) - came) / came
        return result

    error = off([row.p50 for row in rows])
    last, growth = off([row.naive_last for row in rows]), off([row.naive_growth for row in rows])
    covered = sum(row.p10 <= row.published <= row.p90 for row in rows)
    return Score(
        test,
        series,
        breakdown,
        float(np.abs(error).mean()),
        float(error.mean()),
        covered,
        len(rows),
        float(np.abs(last).mean()),
        float(np.abs(growth).mean()),
    )
