"""From draws of the model to published series: what the model says of every series that is published, with intervals.

The model holds mainstream pupils, councils' cases and special places. Published series have other edges (all schools,
all ages, shares of pupils). Up to the last year that is known a series is read straight off the model; from then on it
is the last published figure times the model's own change since, so that what the model misses in that year is carried
on and not counted twice. What the model has no mechanism for has a trend of its own, fitted to the years that are
known, and damped (Gardner and McKenzie, *Management Science* 31, 1985).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sencosim.arms.inputs import FloatArray
from sencosim.calibration.parameters import FITTED, NAMES
from sencosim.calibration.published import PANDEMIC, Kind, Known, published
from sencosim.calibration.targets import DISCREPANCY, SHARES, pupils, scaled, unscaled
from sencosim.evidence.base_year import BASE_YEAR, TIMES
from sencosim.randomness import uniform_array
from sencosim.rules.chance import normal_quantile

DAMPING = 0.85
"""Share of a trend that is left a year later."""
ROLL_GROWTH = ((-0.004, -0.012), (0.015, 0.0))
"""Growth of rolls by phase to the base year, and after: ``roll_growth_past_*`` and ``roll_growth_*``. [per year]"""
FEWEST_STEPS = 3
FIRST_COMPARED = 2019
"""From here on the model's own change is known: the first full year of runs that start in September 2018."""
GROWTHS = (
    ("request_growth_past", "request_growth_next", 0.04),
    ("request_growth_next", "request_growth_later", 0.03),
    ("need_growth_past", "need_growth_next", 0.012),
    ("capacity_growth_past", "capacity_growth_next", 0.03),
)
"""Past growth, the growth that follows from it by damping, and the standard deviation about that. [per year]"""


@dataclass(frozen=True)
class Draws:
    """Quantities of the model, by ``<quantity>@<year>``, at draws of a posterior from one start. [shape (draws,)]."""

    found: Mapping[str, FloatArray]
    start: int  # first school year
    before: Draws | None = None  # of an earlier start, for years before this one: spliced at the first year of both

    @classmethod
    def of(
        cls, values: Mapping[str, FloatArray], offsets: Mapping[str, float], start: int, before: Draws | None = None
    ) -> Draws:
        """Draws from values in each quantity's scale, less the ``offsets`` of the sample."""
        quantities = {key: key.split("@")[0] for key in values}
        found = {key: unscaled(one, values[key] + offsets.get(one, 0.0)) for key, one in quantities.items()}
        return cls(found, start, before)

    @classmethod
    def of_runs(
        cls, runs: Sequence[dict[str, float]], offsets: Mapping[str, float], start: int, before: Draws
    ) -> Draws:
        """Draws that are runs of the engine themselves; those before are cut to as many."""
        values = {key: np.array([scaled(key.split("@")[0], run[key]) for run in runs]) for key in runs[0]}
        first = {key: found[: len(runs)] for key, found in before.found.items()}
        return cls.of(values, offsets, start, Draws(first, before.start))

    @property
    def n(self) -> int:
        """Number of draws."""
        return len(next(iter(self.found.values())))

    def at(self, quantity: str, year: int) -> FloatArray:
        """A quantity in a year; that of the first year of all if it is earlier. [shape (draws,)]."""
        key = f"{quantity}@{year}"
        if key in self.found:
            return self.found[key]
        first = min(int(known.split("@")[1]) for known in self.found if known.startswith(f"{quantity}@"))
        now = self.found[f"{quantity}@{first}"]
        if self.before is None or year > first:
            return now
        return _spliced(quantity, self.before.at(quantity, year), self.before.at(quantity, first), now)

    def sum(self, quantities: Sequence[str], year: int) -> FloatArray:
        """Sum of quantities in a year. [shape (draws,)]."""
        total: FloatArray = np.sum([self.at(quantity, year) for quantity in quantities], axis=0)
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


@dataclass(frozen=True)
class Series:
    """One published series, named as in the national series, and how it follows from the model."""

    series: str
    breakdown: str
    kind: Kind
    model: Callable[[Draws, int], FloatArray]  # figure of a year in the published unit, up to a factor [shape (draws,)]
    share: bool = False  # in per cent: it moves in log odds
    trend: bool = False  # besides the model's own change the series has a trend of its own
    step_sd: float = 0.03  # of a year's surprise where the series is too short to tell [logarithm or log odds]
    direct: bool = False  # the model's level is the published one: years that are known are compared too
    anchor: tuple[int, float] | None = None  # year and figure to start from where the series has none; derived

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

    def scaled(self, value: float) -> float:
        """Logarithm, or log odds of a share in per cent."""
        return math.log(value / (100.0 - value)) if self.share else math.log(value)

    def modelled(self, draws: Draws, year: int) -> FloatArray:
        """The model's figure of a year in the same scale. [shape (draws,)]."""
        value = self.model(draws, year)
        result: FloatArray = np.log(value / (100.0 - value)) if self.share else np.log(value)
        return result

    def unscaled(self, value: FloatArray) -> FloatArray:
        """Back to the unit of the series."""
        result: FloatArray = 100.0 / (1.0 + np.exp(-value)) if self.share else np.exp(value)
        return result


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
    avoid = PANDEMIC[series.kind]
    changes = []
    for year in range(2015, known.last(series.kind) + 1):
        now, before = series.at(year), series.at(year - 1)
        if now and before and year not in avoid and year - 1 not in avoid:
            changes.append(series.scaled(now) - series.scaled(before))
    if len(changes) < FEWEST_STEPS:
        return series.step_sd
    return max(0.5 * series.step_sd, float(np.std(changes, ddof=1)))


def own_trend(series: Series, draws: Draws, known: Known) -> tuple[FloatArray, float]:
    """Trend of a series beyond the model's own change, of each draw, and its standard error. [per year]."""
    found = {
        year: series.scaled(value) - series.modelled(draws, year)
        for year in range(FIRST_COMPARED, known.last(series.kind) + 1)
        if (value := series.at(year)) is not None and year not in PANDEMIC[series.kind]
    }
    if len(found) < 2:
        return np.zeros(draws.n), series.step_sd
    years = np.array(list(found), dtype=float)
    centred = years - years.mean()
    slope: FloatArray = (centred[:, None] * np.array(list(found.values()))).sum(axis=0) / (centred**2).sum()
    return slope, step_sd(series, known) / math.sqrt(float((centred**2).sum()))


def forecast(series: Series, draws: Draws, known: Known, year: int, keys: int) -> FloatArray | None:
    """Predictive draws of a series in a year; ``None`` without a figure to start from. [unit, shape (draws,)].

    ``keys`` is the entity of the surprise's keyed draws.
    """
    latest = series.latest(known)
    z = normals(draws.n, keys, year)
    model = series.modelled(draws, year)
    if latest is None or year <= latest[0]:
        sd = step_sd(series, known) if series.share else DISCREPANCY["requests"]
        return series.unscaled(model + sd * z) if series.direct else None
    last, anchor = latest
    ahead = year - last
    moved = series.scaled(anchor) + model - series.modelled(draws, last)
    moved = moved + step_sd(series, known) * math.sqrt(ahead) * z
    if series.trend:
        slope, error = own_trend(series, draws, known)
        damped = sum(DAMPING**h for h in range(1, ahead + 1))
        moved = moved + damped * (slope + error * normals(draws.n, keys, 7))
    return series.unscaled(moved)


def normals(n: int, entity: int, occurrence: int) -> FloatArray:
    """Keyed standard normal draws, the same for every series of one entity. [shape (n,)]."""
    uniforms = uniform_array(n, 0, "parameter", np.arange(n, dtype=np.int64) + 100_000 * entity, occurrence)
    return np.array([normal_quantile(u) for u in uniforms])


def carried_on(units: FloatArray) -> FloatArray:
    """Draws whose growth after the years that were fitted follows from the growth before, damped, with its doubt.

    Nothing that was fitted says how fast things grow afterwards. [unit cube, shape (draws, parameters)]
    """
    result = units.copy()
    for number, (past, after, sd) in enumerate(GROWTHS):
        before, here = FITTED[NAMES.index(past)], FITTED[NAMES.index(after)]
        growth = before.low + result[:, NAMES.index(past)] * (before.high - before.low)
        following = DAMPING * growth + sd * normals(len(units), 900 + number, 0)
        result[:, NAMES.index(after)] = np.clip((following - here.low) / (here.high - here.low), 0.0, 1.0)
    return result
