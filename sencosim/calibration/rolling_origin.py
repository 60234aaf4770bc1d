"""What simple forecasts of a published series would have missed before, had they been made in every earlier year.

Two uses: the interval of a naive forecast is as wide as its own past errors, and the damping of trends is the one that
would have served best.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sencosim.arms.inputs import FloatArray
from sencosim.calibration.published import LAST, PANDEMIC, Kind, published
from sencosim.calibration.scoring import DOUBT, RESAMPLES, SEED, Rival, family_of, to_scale
from sencosim.decisions.resampling import keyed_uniforms

FIRST_YEAR = 2013
"""No series of the register begins earlier."""
FEWEST_ERRORS = 3
"""Past errors from which the width of an interval is estimated."""
DAMPINGS = np.linspace(0.0, 1.0, 101)
"""Shares of a trend left a year later that are tried: none to all."""
ORIGINS = range(2018, 2024)
TREND_YEARS, FEWEST_TREND_YEARS = 5, 3
"""Latest years that a trend is fitted to, and the fewest."""

History = Mapping[int, float]
Forecast = Callable[[History, int, int], float | None]


def history_of(series: str, breakdown: str, kind: Kind, last: int) -> dict[int, float]:
    """Published figures of a series by year, to the last year that may be known. [unit of the series]."""
    found = ((year, published(series, breakdown, kind, year)) for year in range(FIRST_YEAR, last + 1))
    return {year: value for year, value in found if value}


# -- naive forecasts --------------------------------------------------------------------------------------------------


def last_value(history: History, origin: int, ahead: int) -> float | None:
    """The last value goes on."""
    del ahead
    return history.get(origin)


def last_growth(history: History, origin: int, ahead: int) -> float | None:
    """The last growth goes on.

    Examples
    --------
    >>> last_growth({2020: 100.0, 2021: 110.0}, 2021, 2)
    133.10000000000002
    """
    now, before = history.get(origin), history.get(origin - 1)
    return now * (now / before) ** ahead if now is not None and before is not None else None


NAIVE: dict[Rival, Forecast] = {"last": last_value, "growth": last_growth}


def errors(series: str, history: History, forecast: Forecast, ahead: int, avoid: Sequence[int] = ()) -> list[float]:
    """Errors so many years ahead from every origin, in the series' scale; nothing made in or for years to avoid."""
    found = []
    for origin in history:
        came, said = history.get(origin + ahead), forecast(history, origin, ahead)
        if came is not None and said is not None and origin not in avoid and origin + ahead not in avoid:
            found.append(to_scale(series, came) - to_scale(series, said))
    return found


def naive_sd(series: str, breakdown: str, kind: Kind, last: int, rival: Rival, ahead: int) -> float:
    """Standard deviation of a naive forecast's error so many years ahead, from its own past errors. [series' scale].

    Pandemic years are left out if three errors remain without them. With fewer than three errors so far ahead it is
    that of fewer years ahead, grown as errors of a random walk of levels or of growth grow. ``nan`` if none is known.
    """
    history = history_of(series, breakdown, kind, last)
    for years in range(ahead, 0, -1):
        for avoid in (PANDEMIC[kind], ()):
            found = errors(series, history, NAIVE[rival], years, avoid)
            if len(found) >= FEWEST_ERRORS:
                return math.sqrt(float(np.mean(np.square(found))) * _growing(rival, ahead) / _growing(rival, years))
    return math.nan


def _growing(rival: Rival, ahead: int) -> float:
    """Variance of the error so many years ahead relative to one: of a sum of steps, or of steps that go on."""
    return float(ahead if rival == "last" else sum(step**2 for step in range(1, ahead + 1)))


# -- damping ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Damping:
    """Share of a trend that is left a year later, as past forecasts would have had it."""

    best: float  # least error over families, each with the same weight
    low: float  # of the 90 % bootstrap interval
    high: float
    series: int
    families: int
    figures: int
    error: float  # mean error at the best, relative to that of no trend at all [ratio]
    error_assumed: float  # the same at the damping that is assumed


def trend_at(history: History, origin: int, avoid: Sequence[int]) -> float | None:
    """Trend of the latest years by least squares, in the scale of the history. [per year]."""
    years = [year for year in range(origin - TREND_YEARS + 1, origin + 1) if year in history and year not in avoid]
    if origin not in years or len(years) < FEWEST_TREND_YEARS:
        return None
    return float(np.polyfit(np.array(years, dtype=float), [history[year] for year in years], 1)[0])


def absolute_errors(history: History, avoid: Sequence[int], last: int) -> FloatArray:
    """Absolute errors of damped trends from every origin. [scale of ``history``, shape (figures, dampings)]."""
    found = []
    for origin in ORIGINS:
        trend = trend_at(history, origin, avoid)
        for ahead in range(1, last - origin + 1):
            came = history.get(origin + ahead)
            if trend is not None and came is not None and origin + ahead not in avoid:
                left = sum(DAMPINGS**year for year in range(1, ahead + 1))
                found.append(np.abs(history[origin] + trend * left - came))
    return np.array(found).reshape(-1, len(DAMPINGS))


def damping(named: Sequence[tuple[str, str, Kind]], assumed: float) -> Damping:
    """Best damping of the published series that are named by series, breakdown and kind.

    The error of a family is its mean absolute error relative to that of no trend (damping 0).
    """
    sums: dict[str, list[FloatArray]] = {}
    for series, breakdown, kind in named:
        so_far = history_of(series, breakdown, kind, LAST[kind])
        history = {year: to_scale(series, value) for year, value in so_far.items()}
        found = absolute_errors(history, PANDEMIC[kind], LAST[kind])
        if len(found):
            sums.setdefault(family_of(series), []).append(
                np.vstack([found.sum(axis=0), np.full(len(DAMPINGS), len(found))])
            )
    tables = [np.array(found) for found in sums.values()]
    losses = np.array([_loss(table) for table in tables])
    best = [float(DAMPINGS[loss.argmin()]) for loss in _drawn_again(tables)]
    low, high = np.quantile(best, (DOUBT / 2.0, 1.0 - DOUBT / 2.0)).tolist()
    loss = losses.mean(axis=0)
    return Damping(
        best=float(DAMPINGS[loss.argmin()]),
        low=low,
        high=high,
        series=sum(map(len, tables)),
        families=len(tables),
        figures=int(sum(table[:, 1, 0].sum() for table in tables)),
        error=float(loss.min()),
        error_assumed=float(np.interp(assumed, DAMPINGS, loss)),
    )


def damping_text(found: Damping, assumed: float) -> str:
    """Found beside assumed, in a sentence or two."""
    return (
        f"assumed {assumed:g}; from rolling origins {ORIGINS[0]} to {ORIGINS[-1]} {found.best:.2f} ({found.low:.2f} to "
        f"{found.high:.2f}), by {found.figures} figures of {found.series} series in {found.families} families. "
        f"Mean error relative to no trend: {found.error_assumed:.2f} as assumed, {found.error:.2f} as found."
    )


def _loss(table: FloatArray) -> FloatArray:
    """Error of a family relative to that without a trend; ``table`` has the shape (series, 2, dampings)."""
    total = table.sum(axis=0)
    result: FloatArray = total[0] / total[0, 0]
    return result


def _drawn_again(tables: Sequence[FloatArray]) -> Iterator[FloatArray]:
    """Mean loss over families drawn again, series drawn again in each. [shape (dampings,)]."""
    for number in range(RESAMPLES):
        chosen = (keyed_uniforms(len(tables), SEED, "damping families", number) * len(tables)).astype(int)
        losses = []
        for place, family in enumerate(chosen):
            table = tables[family]
            uniforms = keyed_uniforms(len(table), SEED, f"damping series {place}", number)
            losses.append(_loss(table[(uniforms * len(table)).astype(int)]))
        yield np.mean(losses, axis=0)
