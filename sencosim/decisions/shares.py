"""Which inputs move an outcome, from a function that stands in for the model: no runs, and inputs drawn together count.

First-order and total Sobol' indices, and Shapley effects (Owen 2014; Song, Nelson and Staum 2016). The first two need
independent inputs to be read as parts of a whole; Shapley effects share out what correlated inputs have in common, none
is below zero, and they sum to the variance. All three come from one idea: two worlds, of which more and more inputs are
made equal, one after another in a random order, each given those before it (Goda 2021, "A simple algorithm for global
sensitivity analysis with Shapley effects"; here for inputs tied by a Gaussian copula too).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from sencosim.decisions.emulator import Emulator, jackknife_error
from sencosim.decisions.resampling import Floats, keyed_uniforms, library_seed

Predict = Callable[[pd.DataFrame], Floats]
"""From inputs to one or more outcomes of each row. [shape (n_functions, n)]"""
POINTS = 2048
"""Pairs of worlds behind the figures; a power of two, for Sobol' points."""
ERROR_POINTS = 256
"""Pairs of worlds at which the refits of all folds are compared."""
CURVE_POINTS = 512
CLOSE = 0.9
"""Correlation from which an input that is not read is given its part of what its partner moves: draws can hardly tell
which of the two it is."""
LEAST_NAMED = 0.01
"""Share of the variance below which an input is not distinguished from one that does nothing, whatever its error."""
REST = "not explained"
"""Row of what the inputs do not explain: chance in the simulation, and what the emulator misses."""


@dataclass(frozen=True)
class Tied:
    """Inputs with one common part: any two correlate alike on the normal scale, some of them the other way round."""

    names: tuple[str, ...]
    correlation: float  # [ratio, 0 to below 1]
    opposite: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Joint:
    """Joint distribution of inputs: those of one table move together, tied ones hang together, others are independent.

    A table lists values in order at evenly spaced shares of the distribution: one column for an input alone, several
    for a sample whose rows are taken whole.
    """

    tables: Mapping[str, pd.DataFrame]
    ties: tuple[Tied, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tables, each of which is one thing that could be known."""
        return tuple(self.tables)

    def only(self, inputs: Sequence[str]) -> Joint:
        """The joint distribution of the tables that hold some of these inputs."""
        wanted = set(inputs)
        return Joint({name: table for name, table in self.tables.items() if wanted & set(table.columns)}, self.ties)

    def used_by(self, inputs: Sequence[str]) -> Joint:
        """The tables that hold some of these inputs, and those that are nearly the same as one of them."""
        wanted = set(self.only(inputs).names)
        for tied in self.ties:
            if tied.correlation >= CLOSE and wanted & set(tied.names):
                wanted |= set(tied.names)
        return Joint({name: table for name, table in self.tables.items() if name in wanted}, self.ties)

    def at(self, uniforms: Floats, place: Floats) -> pd.DataFrame:
        """Inputs, each from a uniform number that says where it lies given those placed before it.

        Parameters
        ----------
        uniforms
            One column a table. [0 to 1, shape (n, n_tables)]
        place
            Places in the order, by row. They matter among tied inputs alone. [shape (n, n_tables)]
        """
        shares = uniforms.copy()
        for tied in self.ties:
            columns = [self.names.index(name) for name in tied.names if name in self.tables]
            if len(columns) > 1 and tied.correlation > 0.0:
                signs = np.array([-1.0 if self.names[i] in tied.opposite else 1.0 for i in columns])
                own = signs * scipy.special.ndtri(np.clip(uniforms[:, columns], 1e-12, 1.0 - 1e-12))
                shares[:, columns] = scipy.special.ndtr(signs * _hanging(own, place[:, columns], tied.correlation))
        found: dict[str, Floats] = {}
        for i, table in enumerate(self.tables.values()):
            rows = np.minimum((shares[:, i] * len(table)).astype(np.int64), len(table) - 1)
            found |= {str(name): table[name].to_numpy(dtype=np.float64)[rows] for name in table.columns}
        return pd.DataFrame(found)


def _hanging(own: Floats, place: Floats, correlation: float) -> Floats:
    """Normal deviates that correlate alike, made in the order of their places from independent ones."""
    order = np.argsort(place, axis=1, kind="stable")
    inner, result = np.take_along_axis(own, order, axis=1), np.empty_like(own)
    before = np.zeros(own.shape[0])
    for k in range(own.shape[1]):
        weight = correlation / (1.0 + (k - 1) * correlation) if k else 0.0
        result[:, k] = weight * before + np.sqrt(1.0 - k * correlation * weight) * inner[:, k]
        before += result[:, k]
    back: Floats = np.take_along_axis(result, np.argsort(order, axis=1, kind="stable"), axis=1)
    return back


@dataclass(frozen=True)
class Parts:
    """Parts of the variance of each function. [unit of the outcome squared, shape (n_functions, n_players)]"""

    variance: Floats  # of the whole [shape (n_functions,)]
    first_order: Floats
    total: Floats
    shapley: Floats


def parts_of_variance(joint: Joint, predict: Predict, players: Sequence[str], *, seed: int, n: int = POINTS) -> Parts:
    """Sobol' indices and Shapley effects, not yet divided by the variance.

    Parameters
    ----------
    joint
        The inputs. Tables that are no players are averaged over.
    predict
        The functions, all at the same inputs.
    players
        Tables whose parts are wanted.
    n
        Pairs of worlds, a power of two.
    """
    d = len(joint.names)
    columns = [joint.names.index(name) for name in players]
    points = scipy.stats.qmc.Sobol(2 * d, scramble=True, rng=library_seed(seed, "parts of variance")).random(n)
    one, other = points[:, :d], points[:, d:]
    rest = np.full((n, d), float(d))  # tables that are no players come last
    shapley = _shapley(joint, predict, columns, one, other, rest, seed)
    plain = predict(joint.at(one, rest)), predict(joint.at(other, rest))
    variance: Floats = 0.5 * ((plain[0] - plain[1]) ** 2).mean(axis=1)
    tied = {name for group in joint.ties for name in group.names}
    first, total = (np.empty_like(shapley) for _ in range(2))
    for k, i in enumerate(columns):
        ahead, behind = rest.copy(), rest.copy()
        ahead[:, i], behind[:, i] = -1.0, d + 1.0
        only, but = other.copy(), one.copy()
        only[:, i], but[:, i] = one[:, i], other[:, i]
        hangs = joint.names[i] in tied
        x, y = (predict(joint.at(u, ahead)) for u in (one, other)) if hangs else plain
        first[:, k] = _gained(x, y, predict(joint.at(only, ahead))).mean(axis=1)
        x = predict(joint.at(one, behind)) if hangs else plain[0]
        total[:, k] = 0.5 * ((x - predict(joint.at(but, behind))) ** 2).mean(axis=1)
    return Parts(variance, first, total, shapley)


def _shapley(
    joint: Joint, predict: Predict, players: list[int], one: Floats, other: Floats, rest: Floats, seed: int
) -> Floats:
    """Each player's mean gain when players become equal in two worlds in a random order. [(n_functions, n_players)]"""
    n, rows = one.shape[0], np.arange(one.shape[0])
    order = np.argsort(keyed_uniforms(n * len(players), seed, "order of players").reshape(n, -1), axis=1)
    place = rest.copy()
    for k in range(len(players)):
        place[rows, np.asarray(players)[order[:, k]]] = float(k)
    x, now = predict(joint.at(one, place)), other.copy()
    before = predict(joint.at(now, place))
    total = np.zeros((x.shape[0], len(players)))
    for k in range(len(players)):
        column = np.asarray(players)[order[:, k]]
        now[rows, column] = one[rows, column]
        after = predict(joint.at(now, place))
        gains = _gained(x, before, after)
        total += np.array([np.bincount(order[:, k], weights=row, minlength=len(players)) for row in gains])
        before = after
    result: Floats = total / n
    return result


def _gained(x: Floats, before: Floats, after: Floats) -> Floats:
    """Fall of half the squared distance from ``x``: its mean is the gain in explained variance."""
    result: Floats = (after - before) * (x - 0.5 * (after + before))
    return result


def expected_at(
    joint: Joint, predict: Predict, player: str, shares: Floats, *, seed: int, n: int = CURVE_POINTS
) -> Floats:
    """Expected outcome when one table is known to lie at given shares of its distribution, the others as they then are.

    Others are as uncertain as they are; those tied to it move with it. [shape (n_functions, n_shares)]
    """
    d, i = len(joint.names), joint.names.index(player)
    uniforms = scipy.stats.qmc.Sobol(d, scramble=True, rng=library_seed(seed, "expected at")).random(n)
    place = np.zeros((n, d))
    place[:, i] = -1.0
    means = []
    for share in shares:
        uniforms[:, i] = share
        means.append(predict(joint.at(uniforms, place)).mean(axis=1))
    return np.array(means).T


def shares_of(emulator: Emulator, joint: Joint, *, seed: int) -> pd.DataFrame:
    """Shares of the variance of an outcome, largest Shapley effect first, with what is not explained as a row.

    An input that the emulator does not use has no row: its effect is zero. Only of two that are nearly the same both
    have one.

    Returns
    -------
        ``input`` (a table of ``joint``, or :data:`REST`), ``shapley``, ``low`` and ``high`` (95 %, from as many refits
        as there are folds), ``first_order``, ``total`` [shares of the variance of the outcome; the Shapley column
        sums to 1] and ``told_apart``, whether the interval leaves out zero and the share is one worth naming.
    """
    whole = joint.used_by(emulator.kept)
    players = whole.names
    columns = ["input", "shapley", "low", "high", "first_order", "total", "told_apart"]
    explained = min(1.0, max(0.0, emulator.r_squared)) if players else 0.0
    rest = pd.DataFrame([(REST, 1.0 - explained, np.nan, np.nan, np.nan, np.nan, True)], columns=columns)
    if not players:
        return rest
    found = parts_of_variance(whole, lambda x: emulator.predict(x)[None, :], players, seed=seed)
    read = {name for fold in emulator.folds for name in fold.kept}.union(*(t.columns for t in whole.tables.values()))
    refits = parts_of_variance(joint.only(sorted(read)), emulator.fold_predictions, players, seed=seed, n=ERROR_POINTS)
    error = explained * jackknife_error(refits.shapley / np.maximum(refits.variance, 1e-300)[:, None])
    reach = float(scipy.stats.t.ppf(0.975, len(emulator.folds) - 1)) * error
    # Gains along each walk sum to half the squared distance of its two worlds, so these shares sum to one exactly.
    shapley = explained * found.shapley[0] / found.shapley[0].sum()
    first, total = (explained * part[0] / found.variance[0] for part in (found.first_order, found.total))
    table = pd.DataFrame({"input": players, "shapley": shapley, "low": shapley - reach})
    table["high"], table["first_order"], table["total"] = shapley + reach, first, total
    table["told_apart"] = (table["low"] > 0.0) & (table["shapley"] >= LEAST_NAMED)
    table["low"] = table["low"].clip(lower=0.0)
    table = table.sort_values("shapley", ascending=False, kind="stable")
    return pd.concat([table, rest], ignore_index=True)[columns]
