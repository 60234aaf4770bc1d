"""Search for the policies that no other beats: the least cost at which so much of an aim is reached.

A policy is a point on the unit cube, one coordinate a dial. Some are run, an emulator of each outcome is fitted to what
came out, and differential evolution (Storn and Price 1997; SciPy) looks on the emulator for the cheapest point that
reaches a target: one problem for each target of each aim (the epsilon-constraint method; Haimes, Lasdon and Wismer
1971). What it finds is run too, and the search begins again with all that is known, so that the emulator is sharpest
where the frontier lies, and no point of a frontier is a mere prediction. An aim that the emulator does not explain is
not looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from sencosim.decisions.emulator import LEAST_R_SQUARED, Emulator, fit_emulator
from sencosim.decisions.resampling import Floats, library_seed

Flags = npt.NDArray[np.bool_]
Run = Callable[[Floats], pd.DataFrame]
"""Runs points of the unit cube: one row each, one column an outcome. [shape (n, n_dials)]"""
Read = Callable[[Floats], pd.DataFrame]
"""What the emulator is shown of points of the unit cube: one row each, one column an input."""
Settle = Callable[[Floats], Floats]
"""The nearest points that can be run: dials stand at whole steps. [shape (n, n_dials), of the same shape]"""

PEOPLE = 6
"""Points that evolve together, for each dial."""
GENERATIONS = 60
COST_OF_A_MISS = 1e6
"""What a miss of a target counts for, in spreads of the cost: any miss is worse than any cost."""
COST_OF_A_BREACH = 1e9
"""What going beyond a limit counts for: no target is worth it."""
OUT_OF_REACH = 10.0
"""A target of so many times the most that any run reached asks for the most that there is."""
TARGETS = (0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97)
"""Targets of the first aim, as shares of the most of it that any run reached."""
FEWER_TARGETS = (0.2, 0.45, 0.7, 0.95)
"""Those of every other aim."""


@dataclass(frozen=True)
class Aim:
    """An outcome that a policy is to move, against no policy."""

    name: str
    sign: float  # 1 to raise it, -1 to lower it

    def gain(self, outcomes: pd.DataFrame) -> Floats:
        """How far it is moved the right way. [unit of the outcome, shape (n,)]"""
        return self.sign * outcomes[self.name].to_numpy(dtype=np.float64)


@dataclass(frozen=True)
class Limit:
    """An outcome that may not rise above a value."""

    name: str
    most: float  # [unit of the outcome]


@dataclass(frozen=True)
class Searched:
    """Everything that was run in a search."""

    points: Floats  # on the unit cube [shape (n, n_dials)]
    outcomes: pd.DataFrame  # one row a point
    rounds: tuple[int, ...]  # in which round each was run: 0 for the design


@dataclass(frozen=True)
class Problem:
    """What is looked for: the least of one outcome, aims alongside it, limits that hold."""

    cost: str
    aims: tuple[Aim, ...]
    limits: tuple[Limit, ...] = ()

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcomes that it reads, each once."""
        return tuple(dict.fromkeys((self.cost, *(aim.name for aim in self.aims), *(one.name for one in self.limits))))

    def allowed(self, outcomes: pd.DataFrame) -> Flags:
        """Which points keep to every limit. [shape (n,)]"""
        found = np.ones(len(outcomes), dtype=np.bool_)
        for one in self.limits:
            found &= outcomes[one.name].to_numpy(dtype=np.float64) <= one.most
        return found


def search(
    problem: Problem,
    design: Floats,
    run: Run,
    read: Read,
    settle: Settle,
    *,
    seed: int,
    rounds: int = 2,
    told: Callable[[int, Mapping[str, Emulator]], None] | None = None,
) -> Searched:
    """Run a design, then in each round what the emulator of all runs so far takes for the frontier of each aim.

    Parameters
    ----------
    problem
        What is looked for.
    design
        Points to begin with, on the unit cube. [shape (n, n_dials)]
    run, read, settle
        How points are run, what the emulator sees of them, and where points can stand.
    seed
        Of folds and of evolution.
    rounds
        How often points are added. [rounds, 0 or more]
    told
        Called with the number of each round and the emulators that it begins with.
    """
    found = Searched(settle(design), run(settle(design)), (0,) * len(design))
    for number in range(1, rounds + 1):
        emulators = emulators_of(found, problem.outcomes, read, seed)
        if told is not None:
            told(number, emulators)
        fresh = _unlike(_looked_for(problem, found, emulators, read, settle, seed + number), found.points)
        if fresh.size == 0:
            break
        found = Searched(
            np.concatenate([found.points, fresh]),
            pd.concat([found.outcomes, run(fresh)], ignore_index=True),
            (*found.rounds, *(number,) * len(fresh)),
        )
    return found


def emulators_of(found: Searched, outcomes: Sequence[str], read: Read, seed: int) -> dict[str, Emulator]:
    """An emulator of each outcome, by all points that were run."""
    inputs = read(found.points)
    return {name: fit_emulator(inputs, found.outcomes[name].to_numpy(np.float64), seed=seed) for name in outcomes}


def _looked_for(
    problem: Problem, found: Searched, emulators: Mapping[str, Emulator], read: Read, settle: Settle, seed: int
) -> Floats:
    """The cheapest point for each target of each aim, on the emulator. [shape (n, n_dials)]"""
    points = []
    for aim in problem.aims:
        gain = aim.gain(found.outcomes)[problem.allowed(found.outcomes)]
        if gain.size == 0 or gain.max() <= 0.0 or emulators[aim.name].r_squared < LEAST_R_SQUARED:
            continue
        shares = (*(TARGETS if aim == problem.aims[0] else FEWER_TARGETS), OUT_OF_REACH)
        for number, share in enumerate(shares):
            target = share * float(gain.max())
            start = cheapest_first(problem, found, aim, target)
            points.append(cheapest(problem, emulators, aim, target, read, settle, start, seed=seed + number))
    return np.unique(np.array(points), axis=0) if points else np.empty((0, found.points.shape[1]))


def cheapest_first(problem: Problem, found: Searched, aim: Aim, target: float) -> Floats:
    """Points that were run, those first that reach a target within the limits at the least cost."""
    cost = found.outcomes[problem.cost].to_numpy(dtype=np.float64)
    misses = np.maximum(0.0, target - aim.gain(found.outcomes))
    order = np.lexsort((cost, misses, ~problem.allowed(found.outcomes)))
    result: Floats = found.points[order]
    return result


def cheapest(
    problem: Problem,
    emulators: Mapping[str, Emulator],
    aim: Aim,
    target: float,
    read: Read,
    settle: Settle,
    start: Floats,
    *,
    seed: int,
) -> Floats:
    """The point of the least cost that reaches a target within the limits, as the emulators see it.

    Parameters
    ----------
    emulators
        Of every outcome that the problem reads.
    aim, target
        How much of what. [unit of the aim]
    start
        Points to begin with, the best first. [shape (n, n_dials)]
    """
    cost = emulators[problem.cost]
    scale = float(cost.outcome.std()) or 1.0
    miss_scale = float(emulators[aim.name].outcome.std()) or 1.0

    def fitness(columns: Floats) -> Floats:
        """Cost, and far above it whatever misses the target or a limit. [``columns``: shape (n_dials, n)]"""
        inputs = read(settle(np.clip(columns.T, 0.0, 1.0)))
        misses = np.maximum(0.0, target - aim.sign * emulators[aim.name].predict(inputs)) / miss_scale
        result: Floats = cost.predict(inputs) / scale + COST_OF_A_MISS * misses
        for one in problem.limits:
            over = np.maximum(0.0, emulators[one.name].predict(inputs) - one.most)
            result += COST_OF_A_BREACH * over / (float(emulators[one.name].outcome.std()) or 1.0)
        return result

    n_dials = start.shape[1]
    people = start[: PEOPLE * n_dials]
    if len(people) < 5:
        raise ValueError("evolution needs five points or more to begin with")
    result = scipy.optimize.differential_evolution(
        fitness,
        [(0.0, 1.0)] * n_dials,
        init=people,
        maxiter=GENERATIONS,
        polish=False,
        vectorized=True,
        updating="deferred",
        mutation=(0.4, 0.9),
        recombination=0.8,
        rng=library_seed(seed, f"evolution {aim.name}"),
    )
    best: Floats = settle(np.clip(result.x, 0.0, 1.0)[None, :])[0]
    return best


def _unlike(points: Floats, known: Floats) -> Floats:
    """Points that are not among those known. [shape (n, n_dials)]"""
    seen = {row.tobytes() for row in np.round(known, 9)}
    kept = [row for row in points if np.round(row, 9).tobytes() not in seen]
    return np.array(kept).reshape(len(kept), known.shape[1])


# -- frontiers ---------------------------------------------------------------------------------------------------------


def undominated(cost: Floats, gain: Floats) -> Flags:
    """Points of which no other costs as little and gains as much, one of them better. [shape (n,)]

    Examples
    --------
    >>> undominated(np.array([1.0, 2.0, 3.0, 2.5]), np.array([1.0, 2.0, 2.0, 3.0])).tolist()
    [True, True, False, True]
    """
    order = np.lexsort((-gain, cost))
    found = np.zeros(cost.size, dtype=np.bool_)
    most = -np.inf
    for row in order.tolist():
        if gain[row] > most:
            found[row], most = True, float(gain[row])
    return found


def knee(cost: Floats, gain: Floats) -> int:
    """Row of the point that lies farthest above the line from the cheapest to the dearest point of a frontier.

    Below it each further pound buys more than it does on average over the frontier, above it less. Both are measured
    from their ends, so that units do not matter.

    Examples
    --------
    >>> knee(np.array([0.0, 1.0, 4.0, 10.0]), np.array([0.0, 6.0, 8.0, 10.0]))
    1
    """
    order = np.argsort(cost, kind="stable")
    low, high = order[0], order[-1]
    width, height = float(cost[high] - cost[low]), float(gain[high] - gain[low])
    if width <= 0.0 or height <= 0.0:
        return int(low)
    above = (gain - gain[low]) / height - (cost - cost[low]) / width
    return int(np.argmax(above))


@dataclass(frozen=True)
class Beside:
    """A policy alongside a frontier: what the frontier does for its cost, and what its gain costs on the frontier."""

    cost_for_as_much: float  # the least cost at which the frontier gains as much; infinite if it never does
    gain_for_as_much: float  # the most that the frontier gains at no more cost; below zero if it has no such point


def beside_frontier(cost: Floats, gain: Floats, own_cost: float, own_gain: float) -> Beside:
    """Read a frontier at a policy's gain and at its cost, by straight lines between its points.

    A mix of two policies by lot of schools costs and gains in between, so the lines can be had.

    Parameters
    ----------
    cost, gain
        Points of the frontier; no policy at all, which costs and gains nothing, is always one. [shape (n,)]
    own_cost, own_gain
        Of the policy.

    Examples
    --------
    >>> beside_frontier(np.array([2.0, 6.0]), np.array([4.0, 6.0]), 4.0, 3.0)
    Beside(cost_for_as_much=1.5, gain_for_as_much=5.0)
    """
    costs, gains = (np.concatenate([[0.0], values]) for values in (cost, gain))
    kept = undominated(costs, gains)
    order = np.argsort(costs[kept], kind="stable")
    at, up = costs[kept][order], gains[kept][order]
    for_gain = float(np.interp(own_gain, up, at)) if own_gain <= up[-1] else float("inf")
    if own_gain <= up[0]:
        for_gain = float(at[0])
    for_cost = float(np.interp(own_cost, at, up)) if own_cost >= at[0] else float("-inf")
    return Beside(for_gain, for_cost)


# -- choice under many readings ----------------------------------------------------------------------------------------


def regret(values: pd.DataFrame) -> pd.DataFrame:
    """What each option falls short of the best one by, in every case. [rows cases, columns options; above or at zero]

    Examples
    --------
    >>> regret(pd.DataFrame({"a": [3.0, 1.0], "b": [2.0, 5.0]})).to_numpy().tolist()
    [[0.0, 1.0], [4.0, 0.0]]
    """
    return values.rsub(values.max(axis=1), axis=0)
