"""Would the trial find it, and how many clusters does it need? Power by simulating the trial many times.

Power is simulated at more and more clusters until it is enough. Where the analysis is too slow for that, a few sizes
are simulated and the error of the estimate is carried on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from sencosim.decisions.extras import need, one_thread
from sencosim.decisions.trial_design import Analysis, Estimate, Simulator, allocate, analyse, seen
from sencosim.errors import InputError

Flags = npt.NDArray[np.bool_]
ALPHA = 0.05
"""Two-sided level of every test."""
CLOSE = 1.08
"""Ratio of a number of clusters that is enough to one that is not, at which the search stops."""
_MOST_CONFIRMED = 2


@dataclass(frozen=True)
class Power:
    """Share of simulated trials that find an effect. Those that could not be fitted count as having found nothing."""

    power: float  # trials with a p-value below alpha [share]
    monte_carlo_error: float  # its standard error, ``sqrt(p (1 - p) / n)``; at 0 and 1, ``1 / n`` [share]
    mean_effect: float  # of the estimates that were fitted
    spread_of_effect: float  # their standard deviation between trials
    mean_standard_error: float  # as the trials themselves report it; it should be near the spread
    n_trials: int
    n_not_fitted: int


def power_by_simulation(
    simulate: Simulator, schedule: Flags, method: Analysis, *, n_trials: int, seed: int, no_effect: bool = False
) -> Power:
    """Simulate the trial many times, deal the schedule anew each time, and count what is found at 5 %, two-sided.

    With ``no_effect`` both arms are shown the course without the policy: the result is then the share of false alarms.
    """
    with one_thread():
        found = [_one_trial(simulate, schedule, method, seed, trial, no_effect) for trial in range(n_trials)]
    fitted = [estimate for estimate in found if estimate.fitted]
    share = sum(estimate.p_value < ALPHA for estimate in fitted) / n_trials
    effects = np.array([estimate.effect for estimate in fitted])
    errors = np.array([estimate.standard_error for estimate in fitted])
    return Power(
        share,
        max(math.sqrt(share * (1.0 - share) / n_trials), 1.0 / n_trials if share in (0.0, 1.0) else 0.0),
        float(effects.mean()) if fitted else math.nan,
        float(effects.std(ddof=1)) if len(fitted) > 1 else math.nan,
        float(errors.mean()) if fitted else math.nan,
        n_trials,
        n_trials - len(fitted),
    )


def _one_trial(
    simulate: Simulator, schedule: Flags, method: Analysis, seed: int, trial: int, no_effect: bool
) -> Estimate:
    courses = simulate(trial)
    if courses.exposure.shape != schedule.shape:
        raise InputError(
            f"The schedule is for {schedule.shape[0]} clusters and {schedule.shape[1]} periods, the simulated "
            f"trial has {courses.exposure.shape[0]} and {courses.exposure.shape[1]}."
        )
    on = allocate(schedule, seed, trial)
    events = courses.events[:, :, 0] if no_effect else seen(courses, on)
    return analyse(events, courses.exposure, on, method)


@dataclass(frozen=True)
class SmallestEffect:
    """The effect that the trial would find with the wanted power. [unit of the effects tried]"""

    effect: float  # NaN if the powers found do not reach from below the wanted power to above it
    low: float  # 95 % interval from the Monte Carlo error of the powers
    high: float
    powers: pd.DataFrame  # by effect tried: power, monte_carlo_error, mean_standard_error, n_not_fitted


def smallest_effect(
    with_effect: Callable[[float], Simulator],
    effects: Sequence[float],
    schedule: Flags,
    method: Analysis,
    *,
    n_trials: int,
    seed: int,
    wanted_power: float,
) -> SmallestEffect:
    """Minimum detectable effect: where a probit curve through the powers at several effects meets the wanted power.

    ``with_effect`` gives a simulator for a size of the effect, and power must rise with it; three sizes or more.
    """
    sizes = sorted(effects)
    if len(sizes) < 3:
        raise InputError("A curve of power needs three effects or more.")
    runs = [power_by_simulation(with_effect(size), schedule, method, n_trials=n_trials, seed=seed) for size in sizes]
    columns = ["power", "monte_carlo_error", "mean_standard_error", "n_not_fitted"]
    table = pd.DataFrame([vars(run) for run in runs])[columns]
    table.insert(0, "effect", sizes)
    if not table["power"].min() < wanted_power < table["power"].max():
        return SmallestEffect(math.nan, math.nan, math.nan, table)
    api = need("statsmodels.api")
    hits = (table["power"] * n_trials).round()
    curve = api.GLM(
        np.column_stack([hits, n_trials - hits]),
        np.column_stack([np.ones(len(sizes)), sizes]),
        family=api.families.Binomial(link=api.families.links.Probit()),
    ).fit()
    level, slope = (float(x) for x in curve.params)
    effect = (float(scipy.special.ndtri(wanted_power)) - level) / slope
    gradient = np.array([-1.0 / slope, -effect / slope])
    error = math.sqrt(float(gradient @ np.asarray(curve.cov_params()) @ gradient))
    return SmallestEffect(effect, effect - 1.96 * error, effect + 1.96 * error, table)


@dataclass(frozen=True)
class SizeFound:
    """Number of clusters with which a trial finds its effect as often as wanted."""

    clusters: int | None  # fewest found enough; ``None`` if the most that there are is not enough
    most: int  # largest number looked at
    tried: pd.DataFrame  # ``clusters``, ``power``, ``monte_carlo_error`` (NaN where power is projected), in order
    projected: bool = False  # from smaller trials, not found by search

    @property
    def best_power(self) -> float:
        """Highest power found. [share]"""
        return float(self.tried["power"].max())


def clusters_needed(
    power_at: Callable[[int], Power], *, wanted: float, least: int, most: int, multiple: int = 2
) -> SizeFound:
    """Search for the number of clusters with which power reaches what is wanted.

    Numbers double from ``least`` until power is enough, then close in from both sides. Power is simulated with the same
    chance at every number, so that it rises with the number but for the noise of the trials. A number of clusters must
    be a multiple of ``multiple``: of arms or steps.
    """
    low, top = _ends(least, most, multiple)
    seen: dict[int, Power] = {}

    def enough(n: int) -> bool:
        if n not in seen:
            seen[n] = power_at(n)
        return seen[n].power >= wanted

    size, short = low, 0
    while not enough(size) and size < top:
        short, size = size, min(top, 2 * size)
    found = size if enough(size) else None
    while found is not None and short and found / short > CLOSE:
        middle = _up((found + short) // 2, multiple)
        if middle >= found or middle <= short:
            break
        found, short = (middle, short) if enough(middle) else (found, middle)
    rows = [(n, power.power, power.monte_carlo_error) for n, power in sorted(seen.items())]
    return SizeFound(found, top, pd.DataFrame(rows, columns=["clusters", "power", "monte_carlo_error"]))


def clusters_projected(
    power_at: Callable[[int], Power], *, wanted: float, least: int, most: int, multiple: int = 2
) -> SizeFound:
    """Number of clusters with which power reaches what is wanted, from the error of the estimate in smaller trials.

    The error falls as the root of the number of clusters, and the effect does not depend on it: so a simulated trial
    says what number is needed. That number is simulated in turn, and says it better; twice at most.

    ``least`` is simulated first, the rest as in :func:`clusters_needed`. ``clusters`` is ``None`` if more are needed
    than there are, or if no effect was seen at all; then ``tried`` ends with the power projected at the most that there
    are.
    """
    size, top = _ends(least, most, multiple)
    seen: dict[int, Power] = {}
    needed = math.inf
    for _ in range(1 + _MOST_CONFIRMED):
        seen[size] = power_at(size)
        needed = _needed(seen[size], size, wanted)
        if needed > top:
            break
        following = max(2 * multiple, _up(math.ceil(needed), multiple))
        if following in seen or max(following, size) / min(following, size) <= CLOSE:
            break
        size = following
    rows = [(n, power.power, power.monte_carlo_error) for n, power in seen.items()]
    if needed > top:
        rows.append((top, _power_projected(seen[size], size, top), math.nan))
    tried = pd.DataFrame(sorted(rows), columns=["clusters", "power", "monte_carlo_error"])
    found = min(top, _up(math.ceil(needed), multiple)) if needed <= top else None
    return SizeFound(found, top, tried, projected=True)


def _needed(power: Power, size: int, wanted: float) -> float:
    """Clusters at which a normal test at 5 % has the wanted power. [clusters, may be infinite]"""
    effect = abs(power.mean_effect)
    if not effect > 0.0:  # nothing fitted, or nothing there
        return math.inf
    both = float(scipy.special.ndtri(0.975)) + float(scipy.special.ndtri(wanted))
    return size * (both * power.mean_standard_error / effect) ** 2


def _power_projected(power: Power, size: int, clusters: int) -> float:
    """Power of a normal test at 5 % with so many clusters, without the far tail. [share; NaN if nothing was fitted]"""
    error = power.mean_standard_error * math.sqrt(size / clusters)
    return float(scipy.special.ndtr(abs(power.mean_effect) / error - scipy.special.ndtri(0.975)))


def _ends(least: int, most: int, multiple: int) -> tuple[int, int]:
    """Smallest and largest number of clusters that the design allows."""
    low, top = _up(least, multiple), most - most % multiple
    if low > top:
        raise InputError(f"A trial of {low} clusters or more cannot be found among {most}.")
    return low, top


def _up(n: int, multiple: int) -> int:
    return -(-n // multiple) * multiple


def detectable_by_size(smallest_at: Callable[[int], SmallestEffect], sizes: Sequence[int]) -> pd.DataFrame:
    """Smallest effect found as often as wanted, with its 95 % interval, by number of clusters.

    NaN where the effects tried do not reach the power.
    """
    found = [(n, smallest_at(n)) for n in sizes]
    rows = [(n, one.effect, one.low, one.high) for n, one in found]
    return pd.DataFrame(rows, columns=["clusters", "effect", "low", "high"])
