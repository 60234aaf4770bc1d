"""From draws of the model to published series: what the model says of every series that is published, with intervals.

The model holds mainstream pupils, councils' cases and special places. Published series have other edges (all schools,
all ages, shares of pupils). Up to the last year that is known a series is read straight off the model; from then on it
is the last published figure times the model's own change since, so that what the model misses in that year is carried
on and not counted twice. What the model has no mechanism for is listed in :data:`TRENDS`: a trend of its own, fitted
to the years that are known, and damped (Gardner and McKenzie, *Management Science* 31, 1985).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sencosim.calibration.emulator import Emulator
from sencosim.calibration.published_points import Kind, published, pupils
from sencosim.calibration.targets import DECIDED_SHARE, DISCREPANCY, SCHOOL_AGE, unscaled
from sencosim.engine.inputs import FloatArray
from sencosim.randomness import uniform_array
from sencosim.rules.chance import normal_quantile

DAMPING = 0.85
"""Share of a trend that is left a year later."""
PANDEMIC_FLOWS, PANDEMIC_SCHOOL_YEARS = (2020, 2021), (2019, 2020)
ALL_PUPILS_GROWTH = 0.004
"""Assumed growth of pupils of all schools after the last year known. [per year]"""
ROLL_GROWTH = ((-0.004, -0.012), (0.015, 0.0))
"""Growth of rolls by phase to January 2025 and after: ``roll_growth_past_*`` and ``roll_growth_*``. [per year]"""
FEWEST_STEPS = 3


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
    """

    def __init__(self, emulator: Emulator, units: FloatArray, offsets: dict[str, float], start: int) -> None:
        self.start = start
        self.n = len(units)
        raw = emulator.predict(units)
        self._found: dict[str, FloatArray] = {}
        for column, key in enumerate(emulator.keys):
            quantity = key.split("@")[0]
            self._found[key] = unscaled(quantity, raw[:, column] + offsets.get(quantity, 0.0))

    def of(self, quantity: str, year: int) -> FloatArray:
        """A quantity in a year; the first year of the run if it is earlier. [shape (draws,)]."""
        first = min(int(key.split("@")[1]) for key in self._found if key.startswith(f"{quantity}@"))
        return self._found[f"{quantity}@{max(first, year)}"]

    def sum(self, quantities: Sequence[str], year: int) -> FloatArray:
        """Sum of quantities in a year. [shape (draws,)]."""
        total: FloatArray = np.sum([self.of(quantity, year) for quantity in quantities], axis=0)
        return total


def rolls(phase: int, january: int, known: Known) -> float:
    """Pupils of a phase: published as far as known, then by the growth of rolls. [pupils]."""
    last = min(known.january, 2023)
    level = pupils(phase, min(january, last))
    past, after = ROLL_GROWTH[phase]
    for year in range(last, january):
        level *= 1.0 + (past if year < 2025 else after)
    return level


def naive(series: Series, known: Known, year: int) -> tuple[float | None, float | None]:
    """Forecast of somebody who knows only the series: its last value, and its last growth going on. [unit of series]."""
    last = known.last(series.kind)
    now = published(series.series, series.breakdown, series.kind, last)
    before = published(series.series, series.breakdown, series.kind, last - 1)
    if now is None:
        return None, None
    growth = now * (now / before) ** (year - last) if before else None
    return now, growth


def step_sd(series: Series, known: Known) -> float:
    """A year's surprise: standard deviation of yearly changes among the years known, pandemic years left out."""
    avoid = {"calendar": PANDEMIC_FLOWS, "school_year": PANDEMIC_SCHOOL_YEARS, "january": ()}[series.kind]
    changes = []
    for year in range(2015, known.last(series.kind) + 1):
        now = published(series.series, series.breakdown, series.kind, year)
        before = published(series.series, series.breakdown, series.kind, year - 1)
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
    first = draws.start + (0 if series.kind == "school_year" else 1)
    rows = []
    for year in range(min(first, known.last(series.kind) - 3), known.last(series.kind) + 1):
        value = published(series.series, series.breakdown, series.kind, year)
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
    last = known.last(series.kind)
    z = normals(draws.n, keys, year)
    model = _in_scale(series, draws, year)
    if year <= last or (series.direct and published(series.series, series.breakdown, series.kind, last) is None):
        sd = step_sd(series, known) if series.share else DISCREPANCY["requests"]
        return _unscale(series, model + sd * z) if series.direct else None
    anchor = published(series.series, series.breakdown, series.kind, last)
    if anchor is None:
        return None
    ahead = year - last
    moved = _scale(series, anchor) + model - _in_scale(series, draws, last)
    sd = step_sd(series, known)
    moved = moved + sd * math.sqrt(ahead) * z
    if series.trend:
        slope, error = own_trend(series, draws, known)
        damped = sum(DAMPING**h for h in range(1, ahead + 1))
        moved = moved + damped * (slope + error * normals(draws.n, keys, 7))
    return _unscale(series, moved)


def normals(n: int, entity: int, occurrence: int) -> FloatArray:
    """Keyed standard normal draws, the same for every series of one entity. [shape (n,)]."""
    uniforms = uniform_array(n, 0, "parameter", np.arange(n, dtype=np.int64) + 100_000 * entity, occurrence)
    return np.array([normal_quantile(u) for u in uniforms])


# -- which series ------------------------------------------------------------------------------------------------------


def all_series(known: Known) -> tuple[Series, ...]:
    """Every series that is compared, in the order of the tables."""
    return (*_process(), *_pupils(known), *_exclusion(known))


def _process() -> Iterator[Series]:
    yield Series(
        "ehcp_initial_requests", "all", "calendar", lambda d, y: d.of("requests", y), direct=True, step_sd=0.05
    )
    yield Series(
        "ehcp_refused_share",
        "all",
        "calendar",
        lambda d, y: 100.0 * DECIDED_SHARE * d.of("refused_of_decided", y),
        share=True,
        direct=True,
        step_sd=0.07,
    )
    yield Series("ehcp_new_plans", "all", "calendar", lambda d, y: d.of("new_plans", y), direct=True, step_sd=0.04)
    for breakdown in ("excluding_exceptions", "including_exceptions"):
        yield Series(
            "ehcp_issued_within_20_weeks_share",
            breakdown,
            "calendar",
            lambda d, y: 100.0 * d.of("on_time_share", y),
            share=True,
            direct=breakdown == "excluding_exceptions",
            step_sd=0.2,
        )
    yield Series("ehcp_mean_weeks_to_issue", "all", "calendar", lambda d, y: d.of("mean_weeks", y), direct=True)
    yield Series(
        "tribunal_appeals_registered",
        "calendar_year",
        "calendar",
        lambda d, y: d.of("appeals", y),
        trend=True,
        step_sd=0.12,
    )
    yield Series(
        "tribunal_appeals_registered",
        "academic_year",
        "school_year",
        lambda d, y: d.of("appeals", y) / 3.0 + d.of("appeals", y + 1) * 2.0 / 3.0,
        trend=True,
        step_sd=0.12,
    )


PLANS = ("plans_primary", "plans_secondary")
SUPPORT = ("support_primary", "support_secondary")


def _everywhere(draws: Draws, year: int) -> FloatArray:
    """Plan-holders of school age: mainstream and special."""
    total: FloatArray = draws.sum(PLANS, year) + draws.of("special", year) / SCHOOL_AGE
    return total


def _all_pupils(known: Known, january: int) -> float:
    last = min(known.january, 2023)
    then = published("pupils", "all_schools", "school_year", min(january, last) - 1) or math.nan
    return float(then * (1.0 + ALL_PUPILS_GROWTH) ** max(0, january - last))


def _pupils(known: Known) -> Iterator[Series]:
    yield Series("pupils_with_ehcp", "all_schools", "january", _everywhere, step_sd=0.012)
    yield Series("pupils_sen_support", "all_schools", "january", lambda d, y: d.sum(SUPPORT, y), step_sd=0.012)
    yield Series(
        "pupils_with_ehcp_share",
        "all_schools",
        "january",
        lambda d, y: 100.0 * _everywhere(d, y) / _all_pupils(known, y),
        share=True,
        step_sd=0.012,
    )
    yield Series(
        "pupils_sen_support_share",
        "all_schools",
        "january",
        lambda d, y: 100.0 * d.sum(SUPPORT, y) / _all_pupils(known, y),
        share=True,
        step_sd=0.012,
    )
    for phase, name in enumerate(("primary", "secondary")):
        for published_name, quantity in (("pupils_with_ehcp", "plans"), ("pupils_sen_support", "support")):
            yield Series(
                f"{published_name}_share",
                f"state_{name}",
                "january",
                _share_of_rolls(f"{quantity}_{name}", phase, known),
                share=True,
                direct=True,
                step_sd=0.02,
            )


def _share_of_rolls(quantity: str, phase: int, known: Known) -> Callable[[Draws, int], FloatArray]:
    def share(draws: Draws, year: int) -> FloatArray:
        return 100.0 * draws.of(quantity, year) / rolls(phase, year, known)

    return share


def _exclusion(known: Known) -> Iterator[Series]:
    for series, model in (("suspension_rate", "suspensions"), ("permanent_exclusion_rate", "exclusions")):
        for phase, name in enumerate(("primary", "secondary")):
            yield Series(
                series,
                f"state_{name}",
                "school_year",
                _rate(f"{model}_support_{name}", f"{model}_plan_{name}", phase, known),
                trend=True,
                step_sd=0.12,
            )
    for series, model in (("suspensions", "suspensions"), ("permanent_exclusions", "exclusions")):
        names = tuple(f"{model}_{need}_{phase}" for need in ("support", "plan") for phase in ("primary", "secondary"))
        yield Series(
            series,
            "state_primary_secondary_special",
            "school_year",
            _sum_of(names),
            trend=True,
            step_sd=0.12,
        )


def _sum_of(names: tuple[str, ...]) -> Callable[[Draws, int], FloatArray]:
    return lambda draws, year: draws.sum(names, year)


def _rate(support: str, plan: str, phase: int, known: Known) -> Callable[[Draws, int], FloatArray]:
    def rate(draws: Draws, year: int) -> FloatArray:
        return 100.0 * draws.sum((support, plan), year) / rolls(phase, year + 1, known)

    return rate
