"""Fit the explorer's emulator to the runs of the design, and say by runs that were held out how far it is off.

All quantities and years share one set of terms and are fitted together, by ridge regression on products of what a
policy asks, beliefs and time functions. So sums that hold in every run (uses of paid hours add up to the hours, payers
to the total) hold in what is emulated, and money emulated is money of what is emulated. The terms are chosen by the
lasso on what readers ask about. Coefficients are kept as a few modes (singular values), which is what the page reads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from sencosim.decisions.emulator import LEAST_R_SQUARED
from sencosim.decisions.resampling import Floats, permutation
from sencosim.evidence.views import VIEWS
from sencosim.extras import need
from sencosim.outcomes.explorer import Explorer
from sencosim.outcomes.explorer_features import POLICY_FEATURES, design_of, shares_joined, time_functions
from sencosim.studies.catalogue import LAWS
from sencosim.studies.explore_design import World, beliefs
from sencosim.studies.explore_runs import Ran, asked_of

KNOTS = (0.0, 1.0, 2.0, 4.0, 6.0, 9.0)
"""Years since joining between which the response goes in straight lines."""
MODES = 48
"""Modes of the coefficients that are kept."""
SHAPES = 3
"""Shapes of the response over time that all terms share."""
FOLDS = 8
"""Parts of the worlds, each predicted by a fit to the others, its choice of terms included."""
INSIDE = 0.8
"""Share of held-out runs that an error band contains."""
BY_BELIEFS = (
    *("added_primary", "added_secondary", "added_first_0.15_primary", "added_first_0.15_secondary", "above", "sharing"),
    *("together_first_0.05", "together_first_0.15", "together_first_0.4", "administrators", "assistants", "seats"),
)
"""Features of a policy whose response beliefs change."""
SIZED_BY = ("added_primary", "added_secondary", "above", "sharing", "administrators", "assistants", "seats")
"""Features that errors grow with."""
SIZED = np.array([float(name in SIZED_BY) for name in POLICY_FEATURES])
"""The same as weights of all features, before the errors are known."""
LEAST_WEIGHT = 0.02
"""Least weight of one of them, alongside 1 of the largest: what is asked alone has some error."""
PENALTIES = (0.1, 0.3, 1.0, 3.0)
"""Ridge penalties that are tried, as shares of the spread of a term."""
PENALTY_OF_MAIN = 1e-2
"""That of what a policy asks by itself."""
Terms = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]


def candidates(n_beliefs: int, pairs: Sequence[tuple[int, int]] = ()) -> Terms:
    """Every term that may be chosen: see :func:`sencosim.outcomes.explorer.design_of`. [shape (n, 5)]

    ``pairs`` are beliefs that may matter together.
    """
    places = {name: number for number, name in enumerate(POLICY_FEATURES)}
    found = [(a, -1, -1, -1, -1) for a in range(len(POLICY_FEATURES))]
    found += [(a, -1, -1, d, -1) for a in range(len(POLICY_FEATURES)) for d in (0, 2, 3)]
    strong = [places[name] for name in BY_BELIEFS]
    found += [(a, k, -1, -1, -1) for a in strong for k in range(n_beliefs)]
    found += [(a, *pair, -1, -1) for a in strong[:4] for pair in pairs]
    found += [(a, -1, -1, -1, b) for i, a in enumerate(strong) for b in strong[i:] if a != b or a in strong[:2]]
    return np.array(found, dtype=np.int64)


def belief_pairs() -> list[tuple[int, int]]:
    """Beliefs by number that may matter together: squares, and every effect with how much time really reaches it."""
    own = beliefs()
    reach = [number for number, one in enumerate(own) if one.name in REACH]
    effects = [number for number, one in enumerate(own) if one.none is not None]
    return [(k, k) for k in range(len(own))] + [(k, r) for k in effects for r in reach]


REACH = ("used_share_added", "beyond_list")
"""Beliefs about how much of the time that is added reaches pupils."""


@dataclass(frozen=True)
class Runs:
    """The runs of the design as arrays. [one row a run]"""

    change: Floats  # shape (N, Y, K)
    features: Floats  # shape (N, A)
    z: Floats  # beliefs, standardised, shape (N, B)
    prices: Floats  # shape (N, P)
    times: Floats  # shape (N, T, Y)
    asked: Floats  # of every feature, as a share of the most that a stored policy asks, shape (N, A)
    size: Floats  # what errors grow with, before the power, shape (N,)
    view: Terms  # shape (N,)
    law: Terms
    world: Terms
    controls: tuple[Mapping[str, float], ...]
    base: Floats  # no-policy arm of each, shape (N, Y, K)

    @classmethod
    def of(cls, chosen: Sequence[World], ran: Sequence[Ran], told: Explorer) -> Runs:
        """Put worlds together. ``told`` knows the beliefs, the schools of England and the years."""
        arms = [(world, arm) for world in chosen for arm in world.arms]
        years, names = told.years, [one["name"] for one in told.engine]
        times = [time_functions(shares_joined(arm.controls, years[0], len(years)), KNOTS) for _, arm in arms]
        asked = np.abs([told.place(arm.controls)[: len(POLICY_FEATURES)] for _, arm in arms])
        return cls(
            np.concatenate([one.change for one in ran]),
            np.array(
                [
                    asked_of(one.schools, arm.controls, dict(zip(names, row.tolist(), strict=True)))
                    for world, one in zip(chosen, ran, strict=True)
                    for arm, row in zip(world.arms, one.beliefs, strict=True)
                ]
            ),
            told.standardised(np.concatenate([one.beliefs for one in ran])),
            np.concatenate([one.prices for one in ran]),
            np.array(times),
            asked,
            asked @ SIZED,
            np.array([VIEWS.index(arm.view) for _, arm in arms], dtype=np.int64),
            np.array([LAWS.index(world.law) for world, _ in arms], dtype=np.int64),
            np.array([world.number for world, _ in arms], dtype=np.int64),
            tuple(arm.controls for _, arm in arms),
            np.repeat(np.array([one.base for one in ran]), [len(world.arms) for world in chosen], axis=0),
        )

    def __len__(self) -> int:
        """How many."""
        return len(self.change)

    def design(self, terms: Terms) -> Floats:
        """Terms at every run. [shape (N, F)]"""
        found = np.zeros((len(self), len(terms)))
        for view in range(len(VIEWS)):
            for law in range(len(LAWS)):
                rows = (self.view == view) & (self.law == law)
                found[rows] = design_of(terms, self.features[rows], self.z[rows], view, law)
        return found

    @cached_property
    def weight(self) -> Floats:
        """Of a run in the fit: errors grow with what a policy asks."""
        return np.asarray(1.0 / (self.size + 0.2 * float(np.median(self.size))))


@dataclass(frozen=True)
class Fit:
    """The polynomial: terms, and coefficients by mode."""

    terms: Terms
    P: Floats  # shape (F, R)
    V: Floats  # shape (R, S * K)
    shapes: Floats  # of the response over time, of time functions [shape (T, S)]

    def change(self, runs: Runs, rows: Rows) -> Floats:
        """What it says of some runs. [units, shape (n, Y, K)]"""
        scores = runs.design(self.terms)[rows] @ self.P
        by_time = (scores @ self.V).reshape(len(rows), self.shapes.shape[1], runs.change.shape[2])
        return np.asarray(np.einsum("njy,js,nsk->nyk", runs.times[rows], self.shapes, by_time, optimize=True))


def fit(runs: Runs, rows: Rows, targets: Floats, scale: Floats) -> Fit:
    """Choose terms and fit them to some runs.

    Parameters
    ----------
    targets
        What readers ask about, of every run. [shape (N, n_targets)]
    scale
        What one unit of each quantity matters. [shape (K,)]
    """
    shapes = _shapes(runs, rows, scale)
    terms = candidates(runs.z.shape[1], belief_pairs())
    terms = terms[_chosen(runs, rows, runs.design(terms), targets)]
    design = runs.design(terms)[rows]
    spread = np.sqrt((design**2 * runs.weight[rows, None] ** 2).mean(axis=0))
    kept = spread > 0.0
    terms, design, spread = terms[kept], design[:, kept] / spread[kept], spread[kept]
    penalty = _best_penalty(runs, rows, design, is_main(terms), shapes, scale)
    table = _solved(*_equations(runs, rows, design, shapes, scale), penalty, is_main(terms), shapes.shape[1])
    table = table.reshape(design.shape[1], -1)
    left, sizes, modes = np.linalg.svd(table, full_matrices=False)
    r = min(MODES, sizes.size)
    back = np.tile(1.0 / scale, shapes.shape[1])
    return Fit(terms, left[:, :r] * sizes[:r] / spread[:, None], modes[:r] * back, shapes)


def is_main(terms: Terms) -> npt.NDArray[np.bool_]:
    """Which terms are what a policy asks by itself. [shape (F,)]"""
    return np.asarray((terms[:, 1:] == -1).all(axis=1))


def _shapes(runs: Runs, rows: Rows, scale: Floats) -> Floats:
    """A few shapes of the response over time, made of the time functions, from what is asked alone. [shape (T, S)]"""
    main = candidates(0)[: len(POLICY_FEATURES)]
    design = runs.design(main)[rows]
    spread = np.sqrt((design**2 * runs.weight[rows, None] ** 2).mean(axis=0))
    design = design[:, spread > 0.0] / spread[spread > 0.0]
    n_times = runs.times.shape[1]
    every = np.eye(n_times)
    alone = np.ones(design.shape[1], dtype=bool)
    table = _solved(*_equations(runs, rows, design, every, scale), PENALTY_OF_MAIN, alone, n_times)
    by_time = table.reshape(design.shape[1], n_times, -1).transpose(1, 0, 2).reshape(n_times, -1)
    left, _, _ = np.linalg.svd(by_time, full_matrices=False)
    return np.asarray(left[:, :SHAPES])


def _chosen(runs: Runs, rows: Rows, design: Floats, targets: Floats) -> Rows:
    """Candidates that the lasso keeps, by BIC, for any of the main components of what readers ask about."""
    weight = runs.weight[rows]
    joined = runs.times[rows, : len(KNOTS)].sum(axis=1).mean(axis=1)  # mean share of the schools that have joined
    x = design[rows] * (joined * weight)[:, None]
    y = targets[rows] * weight[:, None]
    y = y / np.sqrt((y**2).mean(axis=0))
    _, _, axes = np.linalg.svd(y, full_matrices=False)
    spread = np.sqrt((x**2).mean(axis=0))
    known = np.flatnonzero(spread > 0.0)
    x = x[:, known] / spread[known]
    keep = np.zeros(design.shape[1], dtype=bool)
    keep[: len(POLICY_FEATURES)] = True
    lasso = need("sklearn.linear_model").LassoLarsIC
    for axis in axes[:TARGETS_LED]:
        model = lasso(criterion="bic", fit_intercept=False, noise_variance=_noise(x, y @ axis), max_iter=MOST_STEPS)
        keep[known] |= np.abs(model.fit(x, y @ axis).coef_) > 0.0
    return np.flatnonzero(keep)


def _noise(x: Floats, y: Floats) -> float:
    """Variance of what a ridge regression on every candidate leaves, by its leave-one-out errors."""
    model = need("sklearn.linear_model").RidgeCV(alphas=np.geomspace(1.0, 1e4, 9), fit_intercept=False)
    model.fit(x, y)
    return float(-model.best_score_)


TARGETS_LED, MOST_STEPS = 8, 150
"""Main components of what readers ask about that choose terms, and most steps of the lasso for each."""


def _equations(runs: Runs, rows: Rows, design: Floats, shapes: Floats, scale: Floats) -> tuple[Floats, Floats]:
    """Normal equations of all years together: terms times shapes. [shapes (F S, F S), (F S, K)]"""
    size = design.shape[1] * shapes.shape[1]
    gram, right = np.zeros((size, size)), np.zeros((size, runs.change.shape[2]))
    weight = runs.weight[rows, None]
    for year in range(runs.times.shape[2]):
        x = _of_year(runs, rows, design, shapes, year) * weight
        gram += x.T @ x
        right += x.T @ (runs.change[rows, year] * scale * weight)
    return gram, right


def _of_year(runs: Runs, rows: Rows, design: Floats, shapes: Floats, year: int) -> Floats:
    times = runs.times[rows, :, year] @ shapes
    return np.asarray((design[:, :, None] * times[:, None, :]).reshape(len(rows), -1))


def _solved(gram: Floats, right: Floats, penalty: float, is_main: npt.NDArray[np.bool_], n_times: int) -> Floats:
    """Coefficients. What a policy asks by itself pays next to no penalty: else large policies come out too small."""
    each = np.repeat(np.where(is_main, PENALTY_OF_MAIN, penalty), n_times) * np.trace(gram) / len(gram)
    return np.asarray(np.linalg.solve(gram + np.diag(each), right))


def _best_penalty(
    runs: Runs, rows: Rows, design: Floats, main: npt.NDArray[np.bool_], shapes: Floats, scale: Floats
) -> float:
    """The penalty that predicts worlds best that were left out."""
    group = (runs.world[rows] // 2) % 4  # of neighbours in the sequence one world has beliefs as drawn, one moved
    missed = np.zeros(len(PENALTIES))
    for k in range(4):
        own, rest = np.flatnonzero(group == k), np.flatnonzero(group != k)
        gram, right = _equations(runs, rows[rest], design[rest], shapes, scale)
        for place, penalty in enumerate(PENALTIES):
            found = _solved(gram, right, penalty, main, shapes.shape[1])
            for year in range(runs.times.shape[2]):
                x = _of_year(runs, rows[own], design[own], shapes, year)
                gap = (x @ found - runs.change[rows[own], year] * scale) * runs.weight[rows[own], None]
                missed[place] += float((gap**2).sum())
    return PENALTIES[int(np.argmin(missed))]


# -- what is off -------------------------------------------------------------------------------------------------------


def folds_of(runs: Runs, seed: int) -> Terms:
    """Fold of each run: whole worlds. [shape (N,)]"""
    names = np.unique(runs.world)
    fold = permutation(len(names), seed, "folds of the explorer") % FOLDS
    part = dict(zip(names.tolist(), fold.tolist(), strict=True))
    return np.array([part[one] for one in runs.world.tolist()], dtype=np.int64)


@dataclass(frozen=True)
class Error:
    """How far a figure is off in runs that were held out."""

    power: float  # with which errors grow with what a policy asks
    r_squared: float
    r_squared_by: list[list[float]]  # by view and law
    bands: list[list[float]]  # hold :data:`INSIDE` of the errors over their size, by view and law [unit of the figure]
    inside: float  # share of held-out runs that bands made without their fold hold
    inside_by: list[list[float]]
    inside_by_size: list[float]  # of policies that ask for little, more, most
    noise: list[float]  # errors over their size and band, evenly spread, mean zero

    @property
    def refused(self) -> bool:
        """Whether the figure is not shown."""
        return self.r_squared < LEAST_R_SQUARED


def error_of(real: Floats, held_out: Floats, runs: Runs, fold: Terms, n_draws: int) -> Error:
    """Errors of one figure. [``real``, ``held_out``: unit of the figure, shape (N,)]

    A view in which nothing moves the figure has none, and is left out of what is held and spread.
    """
    off = real - held_out
    power = power_of(np.abs(off), runs.size)
    score = off / runs.size**power
    cells = [[(runs.view == v) & (runs.law == w) for w in range(len(LAWS))] for v in range(len(VIEWS))]
    inside, share = np.full(len(off), np.nan), np.full(len(off), np.nan)
    for rows in (rows for line in cells for rows in line if np.any(off[rows])):
        for k in np.unique(fold[rows]):
            own = rows & (fold == k)
            inside[own] = np.abs(score[own]) <= conformal(np.abs(score[rows & ~own]))
        share[rows] = score[rows] / conformal(np.abs(score[rows]))
    moved = ~np.isnan(share)
    spread = np.quantile(share[moved], (np.arange(n_draws) + 0.5) / n_draws)
    noise = (spread - spread.mean())[permutation(n_draws, 1, "noise of the explorer")]
    thirds = np.array_split(np.argsort(runs.size, kind="stable"), 3)
    return Error(
        power,
        r_squared(real, held_out),
        [[r_squared(real[rows], held_out[rows]) for rows in line] for line in cells],
        [[conformal(np.abs(score[rows])) for rows in line] for line in cells],
        float(inside[moved].mean()),
        [[float(inside[rows].mean()) if moved[rows].any() else 1.0 for rows in line] for line in cells],
        [float(np.nanmean(inside[rows])) for rows in thirds],
        noise.tolist(),
    )


def sized_by_errors(runs: Runs, off: Floats) -> Floats:
    """Weights of what is asked, so that errors divided by the sum are about as large for every policy. [shape (A,)]

    ``off`` are errors of runs that were held out. [shape (N,)]
    """
    own = np.flatnonzero(SIZED)
    asked, weights = runs.asked[:, own], np.ones(own.size)
    for _ in range(ROUNDS):
        size = asked @ weights
        found = nnls(asked / size[:, None], np.abs(off) / size)[0]
        weights = np.maximum(found / found.max(), LEAST_WEIGHT)
    result = np.zeros(SIZED.size)
    result[own] = weights
    return result


ROUNDS = 6
"""Rounds in which the weights settle."""


def conformal(score: Floats) -> float:
    """The quantile of scores that holds for a new one with the stated chance.

    Examples
    --------
    >>> conformal(np.arange(1.0, 10.0))
    8.0
    """
    rank = min(score.size, math.ceil(INSIDE * (score.size + 1)))
    return float(np.sort(score)[rank - 1])


def r_squared(real: Floats, told: Floats) -> float:
    """One less squared errors over the squared spread.

    Examples
    --------
    >>> r_squared(np.array([0.0, 2.0]), np.array([0.0, 1.0]))
    0.5
    """
    spread = float(((real - real.mean()) ** 2).sum())
    return 1.0 - float(((real - told) ** 2).sum()) / spread if spread > 0.0 else 0.0


def power_of(score: Floats, size: Floats) -> float:
    """How fast absolute errors grow with what a policy asks. [exponent, 0.25 to 1]"""
    known = (score > 0.0) & (size > 0.0)
    slope = np.polyfit(np.log(size[known]), np.log(score[known]), 1)[0]
    return float(np.clip(round(float(slope), 2), 0.25, 1.0))


def figures_of_runs(told: Explorer, change: Floats, runs: Runs, state: Mapping[str, Any]) -> dict[str, Floats]:
    """Every figure of every run, at the prices of the run. [one row a run]"""
    found: dict[str, Floats] = {}
    for view in range(len(VIEWS)):
        for law in range(len(LAWS)):
            rows = np.flatnonzero((runs.view == view) & (runs.law == law))
            part = told.figures(change[rows], runs.prices[rows], law, state)
            for name, value in part.items():
                if value.ndim == 1:
                    found.setdefault(name, np.zeros(len(runs)))[rows] = value
    return found
