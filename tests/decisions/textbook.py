"""Formulas of the textbooks, and trials as they are planned on paper: what the methods are held to."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv, ndtr
from scipy.stats import nct, poisson
from scipy.stats import t as student

from sencosim.decisions.resampling import keyed_uniforms
from sencosim.decisions.trial_design import Courses, Simulator


def unit_normal_loss(z: float) -> float:
    """Unit normal loss integral: ``phi(z) - z (1 - Phi(z))`` (Raiffa and Schlaifer 1961).

    Examples
    --------
    >>> round(unit_normal_loss(0.0), 4), round(unit_normal_loss(1.0), 4)
    (0.3989, 0.0833)
    """
    return math.exp(-z * z / 2.0) / math.sqrt(2.0 * math.pi) - z * float(ndtr(-z))


def evpi_two_normal(mean: float, sd: float) -> float:
    """EVPI of two options whose difference is normal: ``sd * L(|mean| / sd)``."""
    return 0.0 if sd <= 0.0 else sd * unit_normal_loss(abs(mean) / sd)


@dataclass(frozen=True)
class Planned:
    """A trial as planned on paper."""

    rate: float  # events per unit of exposure without the policy [above 0]
    relative_rate: float  # with the policy over without [ratio, 0 or more]
    exposure: float  # of one cluster in one period [pupil-years or the like, above 0]
    variation: float  # coefficient of variation of true rates between clusters (``k`` of Hayes and Bennett 1999)
    n_clusters: int
    n_periods: int = 1
    trend: float = 1.0  # change of the rate from one period to the next [ratio]


def planned_courses(plan: Planned, seed: int) -> Simulator:
    """Trials with gamma-distributed cluster rates and Poisson counts; a cluster keeps its rate in all periods."""
    shape = 1.0 / plan.variation**2 if plan.variation > 0.0 else 0.0
    trend = plan.trend ** np.arange(plan.n_periods)
    exposure = np.full((plan.n_clusters, plan.n_periods), plan.exposure)

    def simulate(trial: int) -> Courses:
        u = keyed_uniforms(plan.n_clusters, seed, "trial cluster rates", trial)
        factor = gammaincinv(shape, u) / shape if shape > 0.0 else np.ones(plan.n_clusters)
        mean = plan.rate * factor[:, None] * trend[None, :] * exposure
        v = keyed_uniforms(mean.size, seed, "trial events", trial).reshape(mean.shape)
        events = np.stack([poisson.ppf(v, mean), poisson.ppf(v, mean * plan.relative_rate)], axis=2)
        return Courses(events, exposure)

    return simulate


def power_by_design_effect(
    difference: float, variance: float, icc: float, cluster_size: float, clusters_per_arm: float
) -> float:
    """Power of a two-arm cluster trial by the design effect ``1 + (m - 1) icc`` (Donner and Klar 2000).

    ``|d| / sqrt(2 v deff / (m c))`` is the distance of the effect in standard errors; the power is that of Student's
    test on ``2 c`` cluster means, without the far tail.

    Examples
    --------
    >>> round(power_by_design_effect(0.5, 1.0, 0.0, 1, 64), 3)
    0.801
    """
    deff = 1.0 + (cluster_size - 1.0) * icc
    error = math.sqrt(2.0 * variance * deff / (cluster_size * clusters_per_arm))
    return _power_of_t(abs(difference) / error, 2.0 * clusters_per_arm - 2.0)


def power_of_rates(plan: Planned) -> float:
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
    return _power_of_t(abs(plan.rate - with_policy) / error, plan.n_clusters - 2.0)


def _power_of_t(distance: float, degrees: float) -> float:
    """Chance that Student's test finds an effect ``distance`` standard errors from zero, in its own direction."""
    return float(nct.sf(student.ppf(0.975, degrees), degrees, distance))
