"""From draws of the model to published series: what the model says of every series that is published, with intervals.

The model holds mainstream pupils, councils' cases and special places. Published series have other edges (all schools,
all ages, shares of pupils). Up to the last year that is known a series is read straight off the model; from then on it
is the last published figure times the model's own change since, so that what the model misses in that year is carried
on and not counted twice. What the model has no mechanism for is listed in :data:`TRENDS`: a trend of its own, fitted
to the years that are known, and damped (Gardner and McKenzie, *Management Science* 31, 1985).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sencosim.arms.inputs import FloatArray
from sencosim.calibration.emulator import Emulator
from sencosim.calibration.parameters import FITTED, NAMES
from sencosim.calibration.published_points import Kind, published, pupils
from sencosim.calibration.targets import DISCREPANCY, SHARES, scaled, unscaled
from sencosim.evidence.base_year import BASE_YEAR, TIMES
from sencosim.randomness import uniform_array
from sencosim.rules.chance import normal_quantile

DAMPING = 0.85
"""Share of a trend that is left a year later."""
PANDEMIC_FLOWS, PANDEMIC_SCHOOL_YEARS = (2020, 2021), (2019, 2020)
ROLL_GROWTH = ((-0.004, -0.012), (0.015, 0.0))
"""Growth of rolls by phase to the base year, and after: ``roll_growth_past_*`` and ``roll_growth_*``. [per year]"""
FEWEST_STEPS = 3
FIRST_COMPARED = 2019
"""From here on the model's own change is known: the first full year of runs that start in September 2018."""


@dataclass(frozen=True)
class Known:
    """What a forecast may know: last calendar year of flows, last January, last school year."""

    calendar: int
    january: int
    school_year: int

    def last(self, kind: Kind) -> int:
        """Last year known of a kind."""
        return {"calendar": self.calendar, "january": self.january, "school_year": self.school_year}[kind]


@dataclass(frozen=True)
class Series:
    """One published series, and how it follows from the model.

    Attributes
    ----------
    series, breakdown, kind
        As in the national series.
    model
        The model's figure of a year in the published unit, up to a factor. [shape (draws,)]
    share
        The series is a share in percent: it moves in log odds.
    trend
        Besides the model's own change the series has a trend of its own.
    step_sd
        Of a year's surprise where the series is too short to tell. [logarithm or log odds]
    direct
        The model's level is the published one: years that are known are compared too.
    """

    series: str
    breakdown: str
    kind: Kind
    model: Callable[[Draws, int], FloatArray]
    share: bool = False
    trend: bool = False
    step_sd: float = 0.03
    direct: bool = False
    anchor: tuple[int, float] | None = None
    """Year and figure to start from where the series itself has none; derived, see where it is made."""

    def at(self, year: int) -> float | None:
        """Published figure of a year. [unit of the series]."""
        return published(self.series, self.breakdown, self.kind, year)

    def latest(self, known: Known) -> tuple[int, float] | None:
        """Last year known and its figure."""
        last = known.last(self.kind)
        for year in range(last, last - 3, -1):
            found = self.at(year)
            if found is not None:
                return year, found
        return self.anchor


class Draws:
    """Quantities of the model at draws of a posterior.

    Parameters
    ----------
    emulator
        Of the start.
    units
        Draws in the unit cube. [shape (draws, parameters)]
    offsets
        What is known of the sample, by quantity.
    start
        First school year.
    before
        Draws of an earlier start, for years before this one: spliced at the first year that both have.
    """

    def __init__(
        self,
        emulator: Emulator,
        units: FloatArray,
        offsets: dict[str, float],
        start: int,
        before: Draws | None = None,
    ) -> None:
        self.start = start
        self._before = before
        self.n = len(units)
        raw = emulator.predict(units)
        self._found: dict[str, FloatArray] = {}
        for column, key in enumerate(emulator.keys):
            quantity = key.split("@")[0]
            self._found[key] = unscaled(quantity, raw[:, column] + offsets.get(quantity, 0.0))

    @classmethod
    def of_runs(cls, runs: Sequence[dict[str, float]], offsets: dict[str, float], start: int, before: Draws) -> Draws:
        """Draws that are runs of the engine themselves; those before are cut to as many."""
        made = cls.__new__(cls)
        made.start, made.n = start, len(runs)
        made._before = before.first(len(runs))
        made._found = {}
        for key in runs[0]:
            quantity = key.split("@")[0]
            raw = np.array([scaled(quantity, run[key]) for run in runs]) + offsets.get(quantity, 0.0)
            made._found[key] = unscaled(quantity, raw)
        return made

    def first(self, n: int) -> Draws:
        """The first draws only."""
        cut = type(self).__new__(type(self))
        cut.start, cut.n, cut._before = self.start, n, None
        cut._found = {key: values[:n] for key, values in self._found.items()}
        return cut

    def of(self, quantity: str, year: int) -> FloatArray:
        """A quantity in a year; that of the first year of all if it is earlier. [shape (draws,)]."""
        key = f"{quantity}@{year}"
        if key in self._found:
            return self._found[key]
        first = min(int(known.split("@")[1]) for known in self._found if known.startswith(f"{quantity}@"))
        now = self._found[f"{quantity}@{first}"]
        if self._before is None or year > first:
            return now
        return _spliced(quantity, self._before.of(quantity, year), self._before.of(quantity, first), now)

    def sum(self, quantities: Sequence[str], year: int) -> FloatArray:
        """Sum of quantities in a year. [shape (draws,)]."""
        total: FloatArray = np.sum([self.of(quantity, year) for quantity in quantities], axis=0)
        return total


def _spliced(quantity: str, then: FloatArray, joint: FloatArray, now: FloatArray) -> FloatArray:
    """An earlier run's figure at the level of a later one, by the year that both have: shares in their log odds.

    Examples
    --------
    >>> _spliced("on_time_share", np.array([0.6]), np.array([0.3]), np.array([0.6])).round(2).tolist()
    [0.84]
    >>> _spliced("requests", np.array([60.0]), np.array([30.0]), np.array([60.0])).tolist()
    [120.0]
    """
    if quantity not in SHARES:
        found: FloatArray = then * now / joint
        return found
    odds = [np.log(held / (1.0 - held)) for held in (np.clip(share, 0.02, 0.98) for share in (then, joint, now))]
    share: FloatArray = unscaled(quantity, odds[0] - odds[1] + odds[2])
    return share


def rolls(phase: int, january: int, known: Known) -> float:
    """Pupils of a phase: published as far as known, then by the growth of rolls. [pupils]."""
    last = min(known.january, TIMES.counted_january)
    level = pupils(phase, min(january, last))
    past, after = ROLL_GROWTH[phase]
    for year in range(last, january):
        level *= 1.0 + (past if year <= BASE_YEAR else after)
    return level


def naive(series: Series, known: Known, year: int) -> tuple[float | None, float | None]:
    """Forecasts of somebody who knows only the series: its last value, and its last growth. [unit of the series]."""
    latest = series.latest(known)
    if latest is None:
        return None, None
    last, now = latest
    before = series.at(last - 1)
    return now, now * (now / before) ** (year - last) if before else None


def step_sd(series: Series, known: Known) -> float:
    """A year's surprise: standard deviation of yearly changes among the years known, pandemic years left out."""
    avoid = {"calendar": PANDEMIC_FLOWS, "school_year": PANDEMIC_SCHOOL_YEARS, "january": ()}[series.kind]
    changes = []
    for year in range(2015, known.last(series.kind) + 1):
        now, before = series.at(year), series.at(year - 1)
        if now and before and year not in avoid and year - 1 not in avoid:
            changes.append(_scale(series, now) - _scale(series, before))
    if len(changes) < FEWEST_STEPS:
        return series.step_sd
    return max(0.5 * series.step_sd, float(np.std(changes, ddof=1)))


def _scale(series: Series, value: float) -> float:
    if series.share:
        return math.log(value / (100.0 - value))
    return math.log(value)


def _unscale(series: Series, value: FloatArray) -> FloatArray:
    result: FloatArray = 100.0 / (1.0 + np.exp(-value)) if series.share else np.exp(value)
    return result


def own_trend(series: Series, draws: Draws, known: Known) -> tuple[FloatArray, float]:
    """Trend of a series beyond the model's own change, of each draw, and its standard error. [per year]."""
    avoid = {"calendar": PANDEMIC_FLOWS, "school_year": PANDEMIC_SCHOOL_YEARS, "january": ()}[series.kind]
    rows = []
    for year in range(FIRST_COMPARED, known.last(series.kind) + 1):
        value = series.at(year)
        if value is not None and year not in avoid:
            rows.append((year, _scale(series, value) - _in_scale(series, draws, year)))
    if len(rows) < 2:
        return np.zeros(draws.n), series.step_sd
    years = np.array([year for year, _ in rows], dtype=float)
    gaps = np.array([gap for _, gap in rows])
    centred = years - years.mean()
    slope: FloatArray = (centred[:, None] * gaps).sum(axis=0) / (centred**2).sum()
    return slope, step_sd(series, known) / math.sqrt(float((centred**2).sum()))


def _in_scale(series: Series, draws: Draws, year: int) -> FloatArray:
    value = series.model(draws, year)
    result: FloatArray = np.log(value / (100.0 - value)) if series.share else np.log(value)
    return result


def forecast(series: Series, draws: Draws, known: Known, year: int, keys: int) -> FloatArray | None:
    """Predictive draws of a series in a year. [unit of the series, shape (draws,)].

    Parameters
    ----------
    series, draws, known, year
        What, from what, knowing what, when.
    keys
        Entity of the surprise's keyed draws.

    Returns
    -------
        ``None`` if nothing was published to start from.
    """
    latest = series.latest(known)
    z = normals(draws.n, keys, year)
    model = _in_scale(series, draws, year)
    if latest is None or year <= latest[0]:
        sd = step_sd(series, known) if series.share else DISCREPANCY["requests"]
        return _unscale(series, model + sd * z) if series.direct else None
    last, anchor = latest
    ahead = year - last
    moved = _scale(series, anchor) + model - _in_scale(series, draws, last)
    moved = moved + step_sd(series, known) * math.sqrt(ahead) * z
    if series.trend:
        slope, error = own_trend(series, draws, known)
        damped = sum(DAMPING**h for h in range(1, ahead + 1))
        moved = moved + damped * (slope + error * normals(draws.n, keys, 7))
    return _unscale(series, moved)


def normals(n: int, entity: int, occurrence: int) -> FloatArray:
    """Keyed standard normal draws, the same for every series of one entity. [shape (n,)]."""
    uniforms = uniform_array(n, 0, "parameter", np.arange(n, dtype=np.int64) + 100_000 * entity, occurrence)
    return np.array([normal_quantile(u) for u in uniforms])


GROWTHS = (
    ("request_growth_past", "request_growth_next", 0.04),
    ("request_growth_next", "request_growth_later", 0.03),
    ("need_growth_past", "need_growth_next", 0.012),
    ("capacity_growth_past", "capacity_growth_next", 0.03),
)
"""Past growth, the growth that follows from it by damping, and the standard deviation about that. [per year]"""


def carried_on(units: FloatArray) -> FloatArray:
    """Draws whose growth after the years that were fitted follows from the growth before, damped, with its doubt.

    Nothing that was fitted says how fast things grow afterwards.

    Parameters
    ----------
    units
        Posterior draws in the unit cube. [shape (draws, parameters)]
    """
    result = units.copy()
    for number, (past, after, sd) in enumerate(GROWTHS):
        before, here = FITTED[NAMES.index(past)], FITTED[NAMES.index(after)]
        growth = before.low + result[:, NAMES.index(past)] * (before.high - before.low)
        following = DAMPING * growth + sd * normals(len(units), 900 + number, 0)
        result[:, NAMES.index(after)] = np.clip((following - here.low) / (here.high - here.low), 0.0, 1.0)
    return result
