"""Would the trial find it? Power, smallest effect found, and false alarms, by simulating the trial many times."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri
from scipy.stats import nct
from scipy.stats import t as student

from sencosim.decisions.extras import need, one_thread
from sencosim.decisions.trial_analysis import Analysis, Estimate, analyse
from sencosim.decisions.trial_design import Planned, Simulator, allocate, seen
from sencosim.errors import InputError

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Power:
    """Share of simulated trials that find an effect.

    Attributes
    ----------
    power
        Trials with a p-value below alpha; those that could not be fitted count as having found nothing. [share]
    monte_carlo_error
        Its standard error, ``sqrt(p (1 - p) / n)``; at 0 and 1, ``1 / n``. [share]
    mean_effect, spread_of_effect
        Of the estimates that were fitted: mean, and standard deviation between trials.
    mean_standard_error
        As the trials themselves report it; it should be near the spread.
    n_trials, n_not_fitted
        Trials simulated, and those whose model could not be fitted.
    """

    power: float
    monte_carlo_error: float
    mean_effect: float
    spread_of_effect: float
    mean_standard_error: float
    n_trials: int
    n_not_fitted: int


def power_by_simulation(
    simulate: Simulator,
    schedule: Flags,
    method: Analysis,
    *,
    n_trials: int,
    seed: int,
    alpha: float = 0.05,
    no_effect: bool = False,
) -> Power:
    """Simulate the trial many times, deal the schedule anew each time, and count what is found.

    Parameters
    ----------
    simulate
        Both courses of the world, by number of the trial.
    schedule
        Who has the policy when. [shape (n_clusters, n_periods)]
    method
        The analysis.
    n_trials
        [1 or more]
    seed
        Of the allocation.
    alpha
        Two-sided level. [share]
    no_effect
        Show the trial the course without the policy in both arms: the result is then the share of false alarms.

    Raises
    ------
    InputError
        If the courses do not have the shape of the schedule.
    """
    with one_thread():
        found = [_one_trial(simulate, schedule, method, seed, trial, no_effect) for trial in range(n_trials)]
    fitted = [estimate for estimate in found if estimate.fitted]
    share = sum(estimate.p_value < alpha for estimate in fitted) / n_trials
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
    """The effect that the trial would find with the wanted power.

    Attributes
    ----------
    effect
        NaN if the powers found do not reach from below the wanted power to above it. [unit of the effects tried]
    low, high
        95 % interval from the Monte Carlo error of the powers.
    powers
        One row an effect tried: ``effect``, ``power``, ``monte_carlo_error``, ``mean_standard_error``,
        ``n_not_fitted``.
    """

    effect: float
    low: float
    high: float
    powers: pd.DataFrame


def smallest_effect(
    with_effect: Callable[[float], Simulator],
    effects: Sequence[float],
    schedule: Flags,
    method: Analysis,
    *,
    n_trials: int,
    seed: int,
    wanted_power: float = 0.8,
) -> SmallestEffect:
    """Minimum detectable effect: where a probit curve through the powers at several effects meets the wanted power.

    Parameters
    ----------
    with_effect
        From the size of the effect to a simulator; power must rise with the size.
    effects
        Sizes tried, three or more. [say, share of events avoided]
    schedule, method, n_trials, seed
        As in :func:`power_by_simulation`.
    wanted_power
        [share]

    Raises
    ------
    InputError
        If there are fewer than three effects.
    """
    sizes = sorted(effects)
    if len(sizes) < 3:
        raise InputError("A curve of power needs three effects or more.")
    runs = [power_by_simulation(with_effect(size), schedule, method, n_trials=n_trials, seed=seed) for size in sizes]
    table = pd.DataFrame(
        {
            "effect": sizes,
            "power": [run.power for run in runs],
            "monte_carlo_error": [run.monte_carlo_error for run in runs],
            "mean_standard_error": [run.mean_standard_error for run in runs],
            "n_not_fitted": [run.n_not_fitted for run in runs],
        }
    )
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
    effect = (float(ndtri(wanted_power)) - level) / slope
    gradient = np.array([-1.0 / slope, -effect / slope])
    error = math.sqrt(float(gradient @ np.asarray(curve.cov_params()) @ gradient))
    return SmallestEffect(effect, effect - 1.96 * error, effect + 1.96 * error, table)


def power_by_design_effect(
    difference: float, variance: float, icc: float, cluster_size: float, clusters_per_arm: float, alpha: float = 0.05
) -> float:
    """Power of a two-arm cluster trial by the design effect ``1 + (m - 1) icc`` (Donner and Klar 2000).

    ``|d| / sqrt(2 v deff / (m c))`` is the distance of the effect in standard errors; the power is that of Student's
    test on ``2 c`` cluster means, without the far tail.

    Parameters
    ----------
    difference
        Of means. [unit of the outcome]
    variance
        Of one unit's outcome, within and between clusters together.
    icc
        Intracluster correlation. [ratio, 0 to 1]
    cluster_size, clusters_per_arm
        Units in a cluster, clusters in an arm.
    alpha
        Two-sided level.

    Examples
    --------
    >>> round(power_by_design_effect(0.5, 1.0, 0.0, 1, 64), 3)
    0.801
    """
    deff = 1.0 + (cluster_size - 1.0) * icc
    error = math.sqrt(2.0 * variance * deff / (cluster_size * clusters_per_arm))
    return _power_of_t(abs(difference) / error, 2.0 * clusters_per_arm - 2.0, alpha)


def power_of_rates(plan: Planned, alpha: float = 0.05) -> float:
    """Power of a two-arm trial of rates with as many clusters in each arm (Hayes and Bennett 1999).

    ``sqrt(c) |l0 - l1| / sqrt((l0 + l1) / e + k2 (l0^2 + l1^2))`` is the distance in standard errors, with rates ``l``,
    exposure ``e`` of a cluster in all periods, coefficient of variation ``k`` and ``c`` clusters an arm. Student's
    test takes the place of the one cluster that they add.
    """
    with_policy = plan.rate * plan.relative_rate
    exposure = plan.exposure * plan.n_periods
    counting = (plan.rate + with_policy) / exposure
    between = plan.variation**2 * (plan.rate**2 + with_policy**2)
    error = math.sqrt((counting + between) / (plan.n_clusters / 2.0))
    return _power_of_t(abs(plan.rate - with_policy) / error, plan.n_clusters - 2.0, alpha)


def _power_of_t(distance: float, degrees: float, alpha: float) -> float:
    """Chance that Student's test finds an effect ``distance`` standard errors from zero, in its own direction."""
    return float(nct.sf(student.ppf(1.0 - alpha / 2.0, degrees), degrees, distance))
