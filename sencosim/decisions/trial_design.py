"""Cluster-randomised and stepped-wedge trials: who gets the policy when, what is counted, how it is analysed.

A trial is simulated from both courses of the world at once: events of each cluster and period without and with the
policy. The schedule then decides which of the two is seen.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import scipy

from sencosim.decisions.resampling import Floats, keyed_uniforms, permutation
from sencosim.errors import InputError
from sencosim.extras import need

Flags = npt.NDArray[np.bool_]
Analysis = Literal["cluster_means", "mixed_model", "gee_poisson"]


@dataclass(frozen=True)
class Courses:
    """Both courses of a trial's clusters."""

    events: Floats  # counts without (0) and with (1) the policy [events, shape (n_clusters, n_periods, 2)]
    exposure: Floats  # what they are a rate of [pupil-years or the like, above 0, shape (n_clusters, n_periods)]


Simulator = Callable[[int], Courses]
"""From the number of a simulated trial to its courses. Numbers fix the chance."""


def parallel(n_clusters: int, n_periods: int = 1, baseline_periods: int = 0) -> Flags:
    """Two arms: the first half of the rows gets the policy after the baseline periods. [shape (n_clusters, n_periods)]

    Examples
    --------
    >>> parallel(4).ravel().tolist()
    [True, True, False, False]
    """
    if n_clusters < 4 or not 0 <= baseline_periods < n_periods:
        raise InputError("A parallel trial needs four clusters or more, and one period or more after its baseline.")
    on = np.zeros((n_clusters, n_periods), dtype=np.bool_)
    on[: n_clusters // 2, baseline_periods:] = True
    return on


def stepped_wedge(n_clusters: int, n_steps: int) -> Flags:
    """All start without the policy; at each step an equal share of clusters takes it up (Hussey and Hughes 2007).

    Gives whether a cluster has the policy in a period. [shape (n_clusters, n_steps + 1)]

    Examples
    --------
    >>> stepped_wedge(2, 2).astype(int).tolist()
    [[0, 1, 1], [0, 0, 1]]
    """
    if n_steps < 2 or n_clusters % n_steps:
        raise InputError(
            f"A stepped wedge needs two steps or more and the same number of clusters at each: {n_clusters} clusters "
            f"do not go evenly into {n_steps} steps."
        )
    first = np.repeat(np.arange(1, n_steps + 1), n_clusters // n_steps)
    result: Flags = np.arange(n_steps + 1)[None, :] >= first[:, None]
    return result


def allocate(schedule: Flags, seed: int, trial: int) -> Flags:
    """The schedule with its rows dealt to clusters at random. [shape as the schedule]"""
    return schedule[permutation(schedule.shape[0], seed, "trial allocation", trial)]


def seen(courses: Courses, on: Flags) -> Floats:
    """Events that the trial counts. [events, shape (n_clusters, n_periods)]"""
    result: Floats = np.where(on, courses.events[:, :, 1], courses.events[:, :, 0])
    return result


def resampled(courses: Courses, n_clusters: int, seed: int) -> Simulator:
    """Trials of any size from clusters that were simulated, drawn with replacement.

    A cluster that is drawn twice counts twice, as in a bootstrap: the spread between clusters is that of the simulated
    ones, and a trial may have more clusters than there are.
    """
    n_pool = courses.exposure.shape[0]

    def simulate(trial: int) -> Courses:
        u = keyed_uniforms(n_clusters, seed, "trial clusters drawn again", trial)
        rows = np.minimum((u * n_pool).astype(np.int64), n_pool - 1)
        return Courses(courses.events[rows], courses.exposure[rows])

    return simulate


def thinned(simulate: Simulator, relative_rate: float, seed: int) -> Simulator:
    """The same trials with an effect of one's choice, so that it can be set without new runs.

    The course with the policy is a binomial thinning of that without: each event stays with the chance
    ``relative_rate``. Above 1 the arms change places: the course without is thinned from that with the policy.
    [``relative_rate``: 0 or more]
    """
    if not 0.0 <= relative_rate < np.inf:
        raise InputError(f"A relative rate is 0 or more, found {relative_rate:g}.")

    def with_effect(trial: int) -> Courses:
        courses = simulate(trial)
        whole = courses.events[:, :, 0]
        u = keyed_uniforms(whole.size, seed, "trial thinning", trial).reshape(whole.shape)
        kept = scipy.stats.binom.ppf(u, whole.astype(np.int64), min(relative_rate, 1.0 / max(relative_rate, 1e-300)))
        arms = [whole, np.maximum(kept, 0.0)]
        return Courses(np.stack(arms if relative_rate <= 1.0 else arms[::-1], axis=2), courses.exposure)

    return with_effect


# -- the analysis that a trialist would make of what was counted ------------------------------------------------------


@dataclass(frozen=True)
class Estimate:
    """Effect as a trial estimates it."""

    effect: float  # difference of rates (``cluster_means``, ``mixed_model``) or log of their ratio (``gee_poisson``)
    standard_error: float
    p_value: float  # two-sided, from Student's distribution with as many degrees of freedom as clusters less two
    fitted: bool  # if not, the numbers are NaN and the trial counts as one that found nothing


_FAILED = Estimate(float("nan"), float("nan"), float("nan"), fitted=False)


def analyse(events: Floats, exposure: Floats, on: Flags, method: Analysis) -> Estimate:
    """Estimate the effect.

    ``cluster_means``: two-sample t test on the rates of clusters in the periods in which the arms differ (Hayes and
    Moulton 2017, "Cluster Randomised Trials"); parallel trials only. ``mixed_model``: rates of cluster-periods on the
    policy and period, with a random intercept for each cluster, by restricted maximum likelihood (Hussey and Hughes
    2007; statsmodels). ``gee_poisson``: counts with log exposure as offset, policy and period, exchangeable working
    correlation within clusters and the small-sample sandwich of Mancl and DeRouen (2001; statsmodels).
    ``on`` says whether the cluster has the policy in the period. [all of shape (n_clusters, n_periods)]
    """
    if method not in _ANALYSES:
        raise InputError(f"There is no analysis {method}. There is {', '.join(_ANALYSES)}.")
    return _ANALYSES[method](events, exposure, on)


def _cluster_means(events: Floats, exposure: Floats, on: Flags) -> Estimate:
    treated = on.any(axis=1)
    if not (on[treated] == on[treated][0]).all() or treated.all():
        raise InputError("A comparison of cluster means suits parallel trials; a stepped wedge needs mixed_model.")
    periods = on[treated][0]
    rates = events[:, periods].sum(axis=1) / exposure[:, periods].sum(axis=1)
    with_policy, without = rates[treated], rates[~treated]
    n1, n0 = with_policy.size, without.size
    pooled = ((n1 - 1) * with_policy.var(ddof=1) + (n0 - 1) * without.var(ddof=1)) / (n1 + n0 - 2)
    effect = float(with_policy.mean() - without.mean())
    return _tested(effect, float(np.sqrt(pooled * (1.0 / n1 + 1.0 / n0))), n1 + n0)


def _tested(effect: float, error: float, n_clusters: int) -> Estimate:
    if not (np.isfinite(effect) and np.isfinite(error)) or error <= 0.0:
        return _FAILED
    return Estimate(effect, error, float(2.0 * scipy.stats.t.sf(abs(effect) / error, n_clusters - 2)), fitted=True)


def _columns(on: Flags) -> Floats:
    """Policy, constant, and one column for each period after the first. [shape (n_cells, 1 + n_periods)]"""
    n_clusters, n_periods = on.shape
    period = np.tile(np.eye(n_periods), (n_clusters, 1))
    period[:, 0] = 1.0
    return np.column_stack([on.ravel().astype(np.float64), period])


def _mixed_model(events: Floats, exposure: Floats, on: Flags) -> Estimate:
    if on.shape[1] < 2:
        raise InputError("A mixed model needs two periods or more; with one, compare cluster_means.")
    rates = (events / exposure).ravel()
    scale = float(rates.std())
    if scale <= 0.0:
        return _FAILED
    cluster = np.repeat(np.arange(on.shape[0]), on.shape[1])
    model = need("statsmodels.api").MixedLM(rates / scale, _columns(on), groups=cluster)
    with warnings.catch_warnings():
        # A variance between clusters of zero lies on the boundary and is a fair answer, not a failure.
        warnings.simplefilter("ignore")
        fit = _fit_of(model)
    if fit is None:
        return _FAILED
    return _tested(float(fit.params[0]) * scale, float(fit.bse[0]) * scale, on.shape[0])


def _fit_of(model: Any) -> Any:
    """The first fit that converges; ``None`` if none does.

    Not by L-BFGS, the usual first choice: where clusters hardly differ it often leaps to a singular covariance, and a
    trial that found something would be counted as one that could not be analysed.
    """
    for method in ("bfgs", "powell"):
        try:
            fit = model.fit(reml=True, method=method)
        except (np.linalg.LinAlgError, ValueError):
            continue
        if fit.converged:
            return fit
    return None


def _gee_poisson(events: Floats, exposure: Floats, on: Flags) -> Estimate:
    if float(events[on].sum()) == 0.0 or float(events[~on].sum()) == 0.0:
        return _FAILED
    api, structures = need("statsmodels.api"), need("statsmodels.genmod.cov_struct")
    model = api.GEE(
        events.ravel(),
        _columns(on),
        groups=np.repeat(np.arange(on.shape[0]), on.shape[1]),
        offset=np.log(exposure.ravel()),
        family=api.families.Poisson(),
        cov_struct=structures.Exchangeable() if on.shape[1] > 1 else structures.Independence(),
    )
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            fit = model.fit(cov_type="bias_reduced")
        except (np.linalg.LinAlgError, ValueError):
            return _FAILED
    if any("did not converge" in str(one.message) for one in said):
        return _FAILED
    return _tested(float(fit.params[0]), float(fit.bse[0]), on.shape[0])


_ANALYSES: dict[str, Callable[[Floats, Floats, Flags], Estimate]] = {
    "cluster_means": _cluster_means,
    "mixed_model": _mixed_model,
    "gee_poisson": _gee_poisson,
}
