"""Cluster-randomised and stepped-wedge trials: who gets the policy when, and what would be counted.

A trial is simulated from both courses of the world at once: events of each cluster and period without and with the
policy. The schedule then decides which of the two is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from sencosim.decisions.resampling import keyed_uniforms, permutation
from sencosim.errors import InputError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


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


def stored_courses(events: Floats, exposure: Floats, n_clusters: int, seed: int) -> Simulator:
    """Trials drawn from stored runs: a replication, and clusters of it without replacement.

    [``events``: shape (n_replications, n_pool, n_periods, 2); ``exposure``: its first three axes]
    """
    if events.ndim != 4 or events.shape[3] != 2 or events.shape[:3] != exposure.shape:
        raise InputError(
            "Stored events need the axes replication, cluster, period and arm (without, with the policy), and "
            "exposure the first three of them."
        )
    if n_clusters > events.shape[1]:
        raise InputError(f"A trial of {n_clusters} clusters cannot be drawn from {events.shape[1]} stored ones.")

    def simulate(trial: int) -> Courses:
        rep = trial % events.shape[0]
        rows = permutation(events.shape[1], seed, "trial clusters", trial)[:n_clusters]
        return Courses(events[rep][rows], exposure[rep][rows])

    return simulate


def resampled_courses(events: Floats, exposure: Floats, n_clusters: int, seed: int) -> Simulator:
    """Trials of any size from stored runs: as :func:`stored_courses`, but clusters are drawn with replacement.

    A cluster that is drawn twice counts twice, as in a bootstrap: the spread between clusters is that of the stored
    ones, and a trial may have more clusters than there are.
    """
    n_pool = events.shape[1]

    def simulate(trial: int) -> Courses:
        rep = trial % events.shape[0]
        u = keyed_uniforms(n_clusters, seed, "trial clusters drawn again", trial)
        rows = np.minimum((u * n_pool).astype(np.int64), n_pool - 1)
        return Courses(events[rep][rows], exposure[rep][rows])

    return simulate


def thinned(simulate: Simulator, relative_rate: float, seed: int) -> Simulator:
    """The same trials with an effect of one's choice: each event stays with the chance ``relative_rate``.

    The course with the policy is a binomial thinning of that without, so that an effect can be set without new runs.
    For harmful effects swap the arms. [``relative_rate``: 0 to 1]
    """
    if not 0.0 <= relative_rate <= 1.0:
        raise InputError(f"Events can be thinned to a share from 0 to 1, found {relative_rate:g}.")

    def with_effect(trial: int) -> Courses:
        courses = simulate(trial)
        without = courses.events[:, :, 0]
        u = keyed_uniforms(without.size, seed, "trial thinning", trial).reshape(without.shape)
        kept = scipy.stats.binom.ppf(u, without.astype(np.int64), relative_rate)
        return Courses(np.stack([without, np.maximum(kept, 0.0)], axis=2), courses.exposure)

    return with_effect
