"""Would the trial find it, and how many clusters does it need? Power by simulating the trial many times.

Power is simulated at several sizes, of the effect or of the trial, and one probit curve goes through all of them.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from sencosim.decisions.resampling import Floats
from sencosim.decisions.threads import one_thread
from sencosim.decisions.trial_design import Analysis, Estimate, Simulator, allocate, analyse, seen
from sencosim.errors import InputError
from sencosim.extras import need

Flags = npt.NDArray[np.bool_]
ALPHA = 0.05
"""Two-sided level of every test."""
CERTAIN = 0.99
"""Power beyond which no larger trial is simulated. [share]"""


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
    """Simulate the trial many times, deal the schedule again each time, and count what is found at 5 %, two-sided.

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
    curve = fit_probit(np.array(sizes), table["power"].to_numpy(np.float64), np.full(len(sizes), n_trials))
    return SmallestEffect(*curve.reaches(wanted_power), table)


@dataclass(frozen=True)
class Probit:
    """Power by size, ``Phi(level + slope * size)``, through all sizes tried."""

    level: float
    slope: float
    covariance: Floats  # of the two

    def power(self, size: Floats) -> Floats:
        """Power at sizes. [share]"""
        found: Floats = scipy.special.ndtr(self.level + self.slope * size)
        return found

    def reaches(self, wanted: float) -> tuple[float, float, float]:
        """Size at which power is what is wanted, and its 95 % interval; NaN if power does not rise with size."""
        if not self.slope > 0.0:
            return math.nan, math.nan, math.nan
        size = (float(scipy.special.ndtri(wanted)) - self.level) / self.slope
        gradient = np.array([-1.0 / self.slope, -size / self.slope])
        error = 1.96 * math.sqrt(float(gradient @ self.covariance @ gradient))
        return size, size - error, size + error


def fit_probit(sizes: Floats, powers: Floats, n_trials: Floats) -> Probit:
    """Fit the curve by maximum likelihood (statsmodels), half a trial added to those that found and did not find.

    Without the halves, trials that all find the effect from some size on would make the curve infinitely steep; with
    them a curve that meets every point, as one through two points does, is no cause for a warning.
    """
    api = need("statsmodels.api")
    hits = (powers * n_trials).round() + 0.5
    columns = np.column_stack([np.ones(len(sizes)), sizes])
    family = api.families.Binomial(link=api.families.links.Probit())
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", need("statsmodels.tools.sm_exceptions").PerfectSeparationWarning)
        fit = api.GLM(np.column_stack([hits, n_trials + 1.0 - hits]), columns, family=family).fit()
    level, slope = (float(x) for x in fit.params)
    return Probit(level, slope, np.asarray(fit.cov_params(), np.float64))


@dataclass(frozen=True)
class SizeFound:
    """Number of clusters with which a trial finds its effect as often as wanted."""

    clusters: int | None  # ``None`` if the most that there are is not enough, or nothing is there to be found
    low: float  # 95 % interval from the Monte Carlo error of the powers [clusters, NaN if no size reaches the power]
    high: float
    most: int  # largest number that there is
    tried: pd.DataFrame  # ``clusters``, ``power``, ``monte_carlo_error``, ``power_fitted``, ``standard_error``
    curve: Probit  # power by the root of the number of clusters
    error_of_one: float  # standard error of the estimate times the root of the number of clusters

    def power(self, clusters: int) -> float:
        """Power with so many clusters. [share]"""
        return float(self.curve.power(np.array([math.sqrt(clusters)]))[0])


def sizes_between(least: int, most: int, multiple: int, number: int) -> list[int]:
    """Numbers of clusters in equal ratios, each a multiple of the arms or steps of the design.

    Examples
    --------
    >>> sizes_between(20, 320, 2, 5)
    [20, 40, 80, 160, 320]
    """
    low, top = -(-least // multiple) * multiple, most - most % multiple
    if low > top:
        raise InputError(f"A trial of {low} clusters or more cannot be found among {most}.")
    steps = np.geomspace(low, top, number) / multiple
    return sorted({low, *(int(step) * multiple for step in steps[1:-1].round()), top})


def clusters_needed(
    power_at: Callable[[int], Power], sizes: Sequence[int], *, wanted: float, most: int, multiple: int = 2
) -> SizeFound:
    """Number of clusters with which power reaches what is wanted: a probit through the powers at all sizes tried.

    Power of a normal test is, but for the far tail, a probit of the root of the number of clusters. Sizes are tried
    from the smallest on until power is all but certain; a number beyond the largest one tried is where the curve goes.
    With no clusters chance alone finds the effect, in its own direction, in half of the level of the test: that counts
    like a size tried.
    """
    tried: dict[int, Power] = {}
    for n in sorted(sizes):
        tried[n] = power_at(n)
        if tried[n].power >= CERTAIN:
            break
    roots = np.sqrt(np.array(list(tried), dtype=np.float64))
    found = list(tried.values())
    by_chance = (0.0, ALPHA / 2.0, float(found[0].n_trials))
    points = [by_chance, *zip(roots, (one.power for one in found), (float(one.n_trials) for one in found), strict=True)]
    curve = fit_probit(*np.array(points).T)
    errors = np.array([one.mean_standard_error for one in found])
    table = pd.DataFrame(
        {
            "clusters": list(tried),
            "power": [one.power for one in found],
            "monte_carlo_error": [one.monte_carlo_error for one in found],
            "power_fitted": curve.power(roots),
            "standard_error": errors,
        }
    )
    root, *ends = curve.reaches(wanted)
    low, high = (max(0.0, end) ** 2 for end in ends)
    needed = (
        most + 1 if math.isnan(root) else max(min(tried), -(-math.ceil(max(0.0, root) ** 2) // multiple) * multiple)
    )
    of_one = float(np.nanmean(errors * roots))
    return SizeFound(needed if needed <= most else None, low, high, most, table, curve, of_one)
