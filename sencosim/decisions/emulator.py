"""One emulator behind everything: what an outcome would be at inputs that were never run, and how far off it may be.

A sparse polynomial carries most of it: the lasso picks among standardised inputs and their squares, then among those it
kept and the products of the strongest (each term weighed by the first pass, as in Zou 2006, "The adaptive lasso"). A
Gaussian process on what the polynomial leaves (Matern 5/2 and noise) carries the bends. Both are fitted again in each
fold, selection and all, so that R squared and held-out predictions come from fits that had not seen the draw.

After selection everything is a **linear smoother**: a prediction is a weighted sum of the outcomes of the draws. The
lasso's own fit is written as a ridge regression whose penalty on each term is the lasso's over the size of its
coefficient, which has the same solution; the process keeps the hyperparameters it found. So the same weights serve any
other column of the same draws, and errors follow from weights.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sencosim.decisions.resampling import Floats, Whole, permutation
from sencosim.decisions.threads import one_thread
from sencosim.errors import InputError
from sencosim.extras import need

FEWEST_DRAWS = 30
LEAST_R_SQUARED = 0.6
"""Outcomes of which the emulator explains less, out of sample, are refused by name. [ratio]"""
SHARE_INSIDE = 0.8
FARTHEST = 4.0
"""Inputs are clipped so many standard deviations from their mean: beyond, one draw would own a term's square."""
SQUARE_SCALE = 0.5
"""Squares and products pay twice a plain input's penalty for the same effect: most effects are nearly linear."""
MOST_PRODUCT_INPUTS = 30
LENGTH_DRAWS = 200
"""The process looks for its hyperparameters on so many draws: each step costs their number to the third power."""
CHUNK = 4096
"""Points that are predicted at a time, lest their distances from all draws fill the memory."""
_LEAST_PROCESS = 1e-3
_INNER_FOLDS = 5  # of the lasso's own cross-validation
_PENALTIES = 40

Term = tuple[int, ...]
"""Numbers of the inputs that are multiplied: one, the same twice, or two."""


@dataclass(frozen=True)
class _Process:
    """Matern 5/2 on inputs scaled by their importance, hyperparameters frozen."""

    kernel: Any
    columns: Whole
    scale: Floats  # [shape (n_columns,)]
    at: Floats  # the draws it was conditioned on, scaled [shape (n, n_columns)]
    solved: Floats  # inverse of covariance with noise, times what the polynomial leaves [shape (n, n)]
    inverse: Floats  # inverse of covariance with noise [shape (n, n)]

    def covariance(self, z: Floats) -> Floats:
        result: Floats = self.kernel(z[:, self.columns] * self.scale, self.at)
        return result


@dataclass(frozen=True)
class _Fit:
    """One fit on some of the draws: frozen terms and process, so weights are all that is left."""

    rows: Whole  # the draws it has seen
    names: tuple[str, ...]  # inputs it reads
    mean: Floats
    spread: Floats
    terms: tuple[Term, ...]
    term_mean: Floats
    term_spread: Floats
    hat: Floats  # coefficients of the terms as weights on the draws seen [shape (n_terms, n_seen)]
    precision: Floats  # inverse of the penalised normal equations [shape (n_terms, n_terms)]
    noise: float  # standard deviation of what it misses [unit of the outcome]
    process: _Process | None

    @property
    def kept(self) -> tuple[str, ...]:
        used = {i for term in self.terms for i in term}
        return tuple(name for i, name in enumerate(self.names) if i in used)

    def standardised(self, inputs: pd.DataFrame) -> Floats:
        return _standardised(inputs[list(self.names)].to_numpy(dtype=np.float64), self.mean, self.spread)

    def features(self, z: Floats) -> Floats:
        return (_products(z, self.terms) - self.term_mean) / self.term_spread

    def weights(self, inputs: pd.DataFrame) -> Floats:
        z = self.standardised(inputs)
        found: Floats = 1.0 / self.rows.size + self.features(z) @ self.hat
        return found if self.process is None else found + self.process.covariance(z) @ self.process.solved

    def predict(self, inputs: pd.DataFrame, outcome: Floats) -> Floats:
        """The same as ``weights @ outcome`` without the weights, which are many. [``outcome``: all draws]"""
        seen = outcome[self.rows]
        trend = self.hat @ seen
        result = np.full(len(inputs), seen.mean())
        for start in range(0, len(inputs), CHUNK):
            part = slice(start, start + CHUNK)
            z = self.standardised(inputs.iloc[part])
            result[part] += self.features(z) @ trend
            if self.process is not None:
                result[part] += self.process.covariance(z) @ (self.process.solved @ seen)
        return result

    def variance(self, inputs: pd.DataFrame) -> Floats:
        z = self.standardised(inputs)
        f = self.features(z)
        trend: Floats = self.noise**2 * (1.0 / self.rows.size + np.einsum("ij,jk,ik->i", f, self.precision, f))
        if self.process is None:
            return trend
        k = self.process.covariance(z)
        unknown: Floats = self.process.kernel.diag(z) - np.einsum("ij,jk,ik->i", k, self.process.inverse, k)
        result: Floats = trend + np.maximum(0.0, unknown)
        return result


@dataclass(frozen=True)
class Emulator:
    """An outcome as a function of the inputs, learnt from stored draws, with its error."""

    inputs: tuple[str, ...]  # columns it was shown that vary
    kept: tuple[str, ...]  # those it uses
    r_squared: float  # out of sample, by folds that chose their terms again; 1 less squared errors over spread
    held_out: Floats  # prediction of each draw by the fold that had not seen it [unit of outcome, shape (n,)]
    held_out_weights: Floats  # the same as weights on all draws: 0 within its fold, rows sum to 1 [shape (n, n)]
    band: float  # half-width that holds 80 % of held-out errors, with a guarantee (conformal) [unit of the outcome]
    folds: tuple[_Fit, ...]  # each without one tenth of the draws
    whole: _Fit
    outcome: Floats  # what it was fitted to [shape (n,)]

    @property
    def reads(self) -> tuple[str, ...]:
        """Inputs that a prediction by the whole or by a fold needs."""
        needed = {name for fit in (self.whole, *self.folds) for name in fit.names}
        return tuple(name for name in self.inputs if name in needed)

    def predict(self, inputs: pd.DataFrame) -> Floats:
        """Expected outcome at new inputs. [unit of the outcome, shape (n_at,)]"""
        with one_thread():
            return self.whole.predict(inputs, self.outcome)

    def weights(self, inputs: pd.DataFrame) -> Floats:
        """The prediction as weights on the draws; rows sum to 1. [shape (n_at, n_draws)]"""
        with one_thread():
            return self.whole.weights(inputs)

    def fold_weights(self, inputs: pd.DataFrame) -> Iterator[Floats]:
        """Weights on all draws, by each fold's refit in turn, for :func:`jackknife_error`. [shape (n_at, n_draws)]"""
        for fold in self.folds:
            yield self._spread_out(fold, inputs)

    def fold_predictions(self, inputs: pd.DataFrame) -> Floats:
        """Predictions by the refit of each fold. [unit of the outcome, shape (n_folds, n_at)]"""
        with one_thread():
            return np.array([fold.predict(inputs, self.outcome) for fold in self.folds])

    def _spread_out(self, fold: _Fit, inputs: pd.DataFrame) -> Floats:
        result = np.zeros((len(inputs), self.outcome.size))
        with one_thread():
            result[:, fold.rows] = fold.weights(inputs)
        return result

    def spread(self, inputs: pd.DataFrame) -> Floats:
        """Standard error of the expected outcome. [unit of the outcome, shape (n_at,)]

        The variance of polynomial and process given their terms, plus what fits without a tenth of the draws disagree
        by, which counts the choice of terms. Alone each is too small by about a half in trials on known functions.
        """
        with one_thread():
            given_terms = self.whole.variance(inputs)
        result: Floats = np.sqrt(given_terms + jackknife_error(self.fold_predictions(inputs)) ** 2)
        return result

    @property
    def residuals(self) -> Floats:
        """Outcome of each draw less its held-out prediction. [unit of the outcome, shape (n,)]"""
        return self.outcome - self.held_out


def fit_emulator(inputs: pd.DataFrame, outcome: Floats, *, seed: int, folds: int = 10) -> Emulator:
    """Fit an emulator to draws that are there.

    Parameters
    ----------
    inputs
        One row a draw, one column an input. Columns that do not vary are left out.
    outcome
        What came out of each draw. [shape (n_draws,)]
    seed
        Chooses the folds.
    folds
        Parts of the draws, each predicted by a fit on the rest, selection and hyperparameters included.

    Raises
    ------
    InputError
        If there are fewer than :data:`FEWEST_DRAWS`, or something is not finite.
    """
    y = np.asarray(outcome, dtype=np.float64)
    _check(inputs, y)
    varying = inputs.loc[:, inputs.max() > inputs.min()]
    n = y.size
    group = np.empty(n, dtype=np.int64)
    group[permutation(n, seed, "folds of the emulator")] = np.arange(n) % folds
    with one_thread():
        whole = _fit(varying, y, np.arange(n))
        parts = tuple(_fit(varying, y, np.flatnonzero(group != k)) for k in range(folds))
        weights = np.zeros((n, n))
        for k, part in enumerate(parts):
            own = np.flatnonzero(group == k)
            weights[np.ix_(own, part.rows)] = part.weights(varying.iloc[own])
        held_out: Floats = weights @ y
    error = y - held_out
    varied = float(((y - y.mean()) ** 2).sum())
    r_squared = 1.0 - float(error @ error) / varied if whole.terms and varied > 0.0 else 0.0
    # What held-out draws miss by counts the error of choosing terms too, which residuals of the fit itself do not.
    whole = replace(whole, noise=math.sqrt(float(error @ error) / n))
    names = tuple(str(name) for name in varying.columns)
    return Emulator(names, whole.kept, r_squared, held_out, weights, _band(error), parts, whole, y)


def jackknife_error(values: Floats) -> Floats:
    """Standard error of a figure by the same figure from each fold's refit (delete-a-group jackknife).

    Each refit lacks one group of draws, so refits differ by much less than a figure from fresh draws would: the squared
    differences are scaled up by the number of groups less one (Kott 2001). [``values``: shape (n_folds, ...)]

    Examples
    --------
    >>> float(jackknife_error(np.array([1.0, 1.0, 1.0])))
    0.0
    """
    g = values.shape[0]
    result: Floats = np.sqrt((g - 1) / g * ((values - values.mean(axis=0)) ** 2).sum(axis=0))
    return result


def refused(emulators: Mapping[str, Emulator]) -> str:
    """Name the outcomes that the draws cannot carry, by the words given for them; empty if there are none."""
    poor = {words: one.r_squared for words, one in emulators.items() if one.r_squared < LEAST_R_SQUARED}
    if not poor:
        return ""
    told = ", ".join(f"{words} ({max(0.0, r):.0%})" for words, r in poor.items())
    n = max(one.outcome.size for words, one in emulators.items() if words in poor)
    return (
        f"From {n} draws the inputs explain too little of {told}: less than {LEAST_R_SQUARED:.0%} of the variance of "
        "draws that were held out. Nothing is read from the emulator there; give more --draws."
    )


def _check(inputs: pd.DataFrame, y: Floats) -> None:
    if y.shape != (len(inputs),) or y.size < FEWEST_DRAWS:
        raise InputError(f"An emulator needs {FEWEST_DRAWS} draws or more, each with one outcome; there are {y.size}.")
    if not np.isfinite(y).all() or not np.isfinite(inputs.to_numpy(dtype=np.float64)).all():
        raise InputError("Some inputs or outcomes are not finite; an emulator needs every draw in full.")


def _band(error: Floats) -> float:
    """The quantile of absolute errors that holds for a new draw with the stated chance (split conformal)."""
    n = error.size
    rank = min(n, math.ceil(SHARE_INSIDE * (n + 1)))
    return float(np.sort(np.abs(error))[rank - 1])


# -- one fit ----------------------------------------------------------------------------------------------------------


def _fit(inputs: pd.DataFrame, outcome: Floats, rows: Whole) -> _Fit:
    """Choose terms and hyperparameters on some of the draws, and freeze them."""
    x, y = inputs.iloc[rows].to_numpy(dtype=np.float64), outcome[rows]
    level, height = float(y.mean()), float(y.std())
    mean, spread = x.mean(axis=0), _positive(x.std(axis=0))
    z = _standardised(x, mean, spread)
    terms, penalty = _chosen(z, (y - level) / height) if height > 0.0 and x.shape[1] else ((), np.empty(0))
    used = np.array(sorted({i for term in terms for i in term}), dtype=np.int64)
    place = {int(i): k for k, i in enumerate(used)}
    terms = tuple(tuple(place[i] for i in term) for term in terms)
    z, names = z[:, used], tuple(str(inputs.columns[i]) for i in used)
    products = _products(z, terms)
    term_mean, term_spread = products.mean(axis=0), _positive(products.std(axis=0))
    f = (products - term_mean) / term_spread
    precision = np.linalg.inv(f.T @ f + np.diag(penalty))
    hat = precision @ f.T
    left = np.eye(rows.size) - 1.0 / rows.size - f @ hat
    freedom = max(1.0, float(np.trace(left)))
    residual = left @ y
    noise = math.sqrt(float(residual @ residual) / freedom)
    process = _process(z, terms, hat @ y, residual, left) if terms else None
    return _Fit(
        *(rows, names, mean[used], spread[used], terms, term_mean, term_spread),
        *(hat, precision, noise, process),
    )


def _chosen(z: Floats, y: Floats) -> tuple[tuple[Term, ...], Floats]:
    """Terms that the lasso keeps in two passes, and the ridge penalty of each that gives the lasso's own fit."""
    d = z.shape[1]
    first: list[Term] = [(i,) for i in range(d)] + [(i, i) for i in range(d)]
    scale = np.repeat([1.0, SQUARE_SCALE], d)
    size = np.abs(_lasso(z, first, scale, y)[0]).reshape(2, d).max(axis=0)
    if size.max() == 0.0:
        return (), np.empty(0)
    # The root of the first pass's effect: strong inputs pay less, weak ones may still come back.
    trust = np.sqrt(size / size.max())
    order = np.argsort(-trust, kind="stable")[: int((trust > 0.0).sum())]
    kept = [int(i) for i in order]
    strong = kept[:MOST_PRODUCT_INPUTS]
    terms: list[Term] = [(i,) for i in kept] + [(i, j) for k, i in enumerate(strong) for j in strong[k:]]
    scale = np.array([(1.0 if len(t) == 1 else SQUARE_SCALE) * math.sqrt(trust[t[0]] * trust[t[-1]]) for t in terms])
    found, penalty = _lasso(z, terms, scale, y)
    chosen = np.flatnonzero(found)
    # The lasso's penalty on |b| is a ridge's on b squared, divided by |b| at the solution; b here is in scaled terms.
    ridge = penalty * y.size / (np.abs(found[chosen]) * scale[chosen] ** 2)
    return tuple(terms[k] for k in chosen), ridge


def _lasso(z: Floats, terms: list[Term], scale: Floats, y: Floats) -> tuple[Floats, float]:
    """Coefficients of scaled, standardised terms, and the penalty that cross-validation picks."""
    products = _products(z, tuple(terms))
    features = (products - products.mean(axis=0)) / _positive(products.std(axis=0)) * scale
    model = need("sklearn.linear_model").LassoCV(cv=_INNER_FOLDS, alphas=_PENALTIES, eps=0.01, max_iter=2000)
    with warnings.catch_warnings():  # weak penalties need more steps than are worth taking; they are not chosen
        warnings.simplefilter("ignore", need("sklearn.exceptions").ConvergenceWarning)
        model.fit(features, y)
    return np.asarray(model.coef_, np.float64), float(model.alpha_)


def _process(z: Floats, terms: tuple[Term, ...], effects: Floats, residual: Floats, left: Floats) -> _Process | None:
    """A Gaussian process on what the polynomial leaves, or none if it finds nothing there.

    One length serves all inputs, each scaled by the root of its effect in the polynomial: a length for each would take
    more draws than there are.
    """
    kernels = need("sklearn.gaussian_process.kernels")
    size = np.zeros(z.shape[1])
    for term, effect in zip(terms, np.abs(effects), strict=True):
        for i in set(term):
            size[i] += effect
    scale = np.sqrt(size / size.max())
    at, variance = z * scale, float(residual.var())
    if variance <= 0.0 or float(np.abs(residual).max()) < 1e-9 * float(np.abs(effects).sum()):
        return None
    kernel = (
        kernels.ConstantKernel(0.5 * variance, (1e-4 * variance, 30.0 * variance))
        * kernels.Matern(2.0, (0.3, 50.0), nu=2.5)
        + kernels.WhiteKernel(0.5 * variance, (1e-3 * variance, 10.0 * variance))
    )  # fmt: skip
    some = np.linspace(0, len(z) - 1, min(len(z), LENGTH_DRAWS)).astype(np.int64)
    model = need("sklearn.gaussian_process").GaussianProcessRegressor(kernel)
    with warnings.catch_warnings():  # an end of the range of a hyperparameter is an answer: no bend, or no noise
        warnings.simplefilter("ignore", need("sklearn.exceptions").ConvergenceWarning)
        model.fit(at[some], residual[some])
    bend, noise = model.kernel_.k1, float(model.kernel_.k2.noise_level)
    if float(bend.k1.constant_value) < _LEAST_PROCESS * variance:
        return None
    covariance = bend(at)
    covariance[np.diag_indices_from(covariance)] += noise
    inverse = np.linalg.inv(covariance)
    return _Process(bend, np.arange(z.shape[1]), scale, at, inverse @ left, inverse)


def _products(z: Floats, terms: tuple[Term, ...]) -> Floats:
    """One column a term. [shape (n, n_terms)]"""
    if not terms:
        return np.empty((z.shape[0], 0))
    first = z[:, [term[0] for term in terms]]
    second = np.column_stack([z[:, term[1]] if len(term) == 2 else np.ones(z.shape[0]) for term in terms])
    result: Floats = first * second
    return result


def _standardised(x: Floats, mean: Floats, spread: Floats) -> Floats:
    result: Floats = np.clip((x - mean) / spread, -FARTHEST, FARTHEST)
    return result


def _positive(spread: Floats) -> Floats:
    return np.where(spread > 0.0, spread, 1.0)
