"""A fast stand-in for the engine, and a posterior sample on it, in two waves.

The emulator is a quadratic regression of each quantity on the fitted parameters. Runs of the engine share their chance
(common random numbers), so that quantities change smoothly with parameters and a ridge regression on squares and
products does well. How well is measured on runs that were left out, and that standard deviation is added to every
target's own.

As in history matching (Craig, Goldstein, Seheult and Smith, 1997; Vernon, Goldstein and Bower, *Bayesian Analysis* 5,
2010) distances from targets are in standard deviations that hold the model's discrepancy and the emulator's own error,
and a second wave of runs is made inside what the first leaves plausible, so that the emulator is better there. Points
are sampled on the emulator by differential evolution of an ensemble of chains (ter Braak and Vrugt, *Statistics and
Computing* 18, 2008; Foreman-Mackey and others, ``emcee``, *PASP* 125, 2013), under flat priors within the limits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import emcee
import numpy as np
from sklearn.linear_model import RidgeCV

from sencosim.arms.inputs import FloatArray
from sencosim.calibration.design import sobol_points, unit_of
from sencosim.calibration.parameters import FITTED
from sencosim.calibration.targets import Target, scaled
from sencosim.randomness import uniform_array
from sencosim.rules.chance import normal_quantile

PENALTIES = tuple(10.0 ** (power / 2.0) for power in range(-6, 7))
TRUST_IN_SQUARES, TRUST_IN_PRODUCTS = 0.4, 0.2
"""Prior standard deviation of a square or a product relative to a linear term. [ratio]"""
WALKERS_PER_PARAMETER = 4
STEPS, BURN_IN = 3000, 1500
CANDIDATES = 1 << 13
SAME_SERIES = 0.5
"""Correlation of the errors of one series' years, model discrepancy being much the same from year to year. Assumed."""


@dataclass(frozen=True)
class Emulator:
    """Quantities of the engine as functions of the fitted parameters."""

    keys: tuple[str, ...]  # quantity and year of each output
    coefficients: FloatArray  # on the squares and products of the unit parameters [shape (terms, outputs)]
    intercepts: FloatArray  # [shape (outputs,)]
    sd: FloatArray  # of the error on runs left out [scale of the output, shape (outputs,)]

    def predict(self, units: FloatArray) -> FloatArray:
        """Outputs in their scale at points of the unit cube. [shape (points, outputs)]."""
        result: FloatArray = _terms(np.atleast_2d(units)) @ self.coefficients + self.intercepts
        return result

    def only(self, keys: Sequence[str]) -> Emulator:
        """The same for some of the outputs, in this order."""
        columns = [self.keys.index(key) for key in keys]
        return Emulator(tuple(keys), self.coefficients[:, columns], self.intercepts[columns], self.sd[columns])


def _terms(units: FloatArray) -> FloatArray:
    """Linear terms, squares and products about the middle of the cube. [shape (points, terms)].

    Squares and products are made small, so that the ridge trusts them less than the linear terms.
    """
    centred = 2.0 * units - 1.0
    upper = np.triu_indices(units.shape[1])
    products = centred[:, upper[0]] * centred[:, upper[1]]
    products = products * np.where(upper[0] == upper[1], TRUST_IN_SQUARES, TRUST_IN_PRODUCTS)
    result: FloatArray = np.hstack([centred, products])
    return result


def fit_emulator(runs: Sequence[dict[str, float]], keys: Sequence[str]) -> Emulator:
    """Fit the outputs ``<quantity>@<year>`` to parameters and quantities of runs."""
    terms = _terms(np.array([unit_of(run) for run in runs]))
    outputs = np.array([[scaled(key.split("@")[0], run[key]) for key in keys] for run in runs])
    model = RidgeCV(PENALTIES, alpha_per_target=True, store_cv_results=True)
    model.fit(terms, outputs)
    chosen = [PENALTIES.index(alpha) for alpha in np.atleast_1d(model.alpha_)]
    errors = np.array([model.cv_results_[:, column, alpha] for column, alpha in enumerate(chosen)])
    return Emulator(tuple(keys), model.coef_.T, np.atleast_1d(model.intercept_), np.sqrt(errors.mean(axis=1)))


@dataclass(frozen=True)
class Posterior:
    """A joint sample of the fitted parameters."""

    units: FloatArray  # points of the unit cube [shape (draws, parameters)]
    r_hat: float  # largest split R-hat over the parameters, walkers as chains (Gelman and others, 2013) [near 1]
    effective: float  # least effective sample size over the parameters, by integrated autocorrelation time [draws]


def gaps(emulator: Emulator, targets: Sequence[Target], units: FloatArray) -> FloatArray:
    """Emulator less target in standard deviations. [shape (points, targets)]."""
    aimed = emulator.only([target.key for target in targets])
    aim = np.array([target.value for target in targets])
    sd = np.sqrt(np.array([target.sd for target in targets]) ** 2 + aimed.sd**2)
    result: FloatArray = (aimed.predict(units) - aim) / sd
    return result


def sample_posterior(
    emulator: Emulator, targets: Sequence[Target], draws: int, seed: int, prior: Callable[[FloatArray], FloatArray]
) -> Posterior:
    """Sample so many points, thinned from the chain, of the posterior on the emulator.

    ``prior`` is a log density of points of shape (points, parameters), added to the flat prior.
    """
    n, walkers = len(FITTED), WALKERS_PER_PARAMETER * len(FITTED)
    emulator = emulator.only([target.key for target in targets])
    whiten = whitening(targets)

    def log_density(units: FloatArray) -> FloatArray:
        inside = ((units > 0.0) & (units < 1.0)).all(axis=1)
        z = gaps(emulator, targets, np.clip(units, 0.0, 1.0)) @ whiten
        result: FloatArray = np.where(inside, -0.5 * (z**2).sum(axis=1) + prior(units), -np.inf)
        return result

    moves = [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)]
    sampler = emcee.EnsembleSampler(walkers, n, log_density, moves=moves, vectorize=True)
    sampler._random.seed(seed % (1 << 32))
    sampler.run_mcmc(_start(emulator, targets, walkers, seed), STEPS, skip_initial_state_check=True)
    chain = sampler.get_chain(discard=BURN_IN, flat=True)
    thinned = chain[:: max(1, chain.shape[0] // draws)][:draws]
    return Posterior(thinned, *mixing(sampler.get_chain(discard=BURN_IN)))


def whitening(targets: Sequence[Target]) -> FloatArray:
    """Matrix that makes gaps of correlated targets independent. [shape (targets, targets)]."""
    series = np.array([target.key.split("@")[0] for target in targets])
    correlation: FloatArray = np.where(series[:, None] == series[None, :], SAME_SERIES, 0.0)
    np.fill_diagonal(correlation, 1.0)
    inverse: FloatArray = np.linalg.inv(np.linalg.cholesky(correlation)).T
    return inverse


def mixing(chain: FloatArray) -> tuple[float, float]:
    """Largest split R-hat and least effective sample size of a chain of shape (steps, walkers, parameters)."""
    half = chain.shape[0] // 2
    halves = np.concatenate([chain[:half], chain[half : 2 * half]], axis=1)
    within = halves.var(axis=0, ddof=1).mean(axis=0)
    between = halves.mean(axis=0).var(axis=0, ddof=1)
    r_hat = np.sqrt((within * (half - 1) / half + between) / within)
    times = emcee.autocorr.integrated_time(chain, quiet=True)
    return float(r_hat.max()), float(chain.shape[0] * chain.shape[1] / times.max())


def _start(emulator: Emulator, targets: Sequence[Target], walkers: int, seed: int) -> FloatArray:
    """Walkers about the least implausible candidates, nudged apart by keyed draws."""
    candidates = sobol_points(CANDIDATES, skip=4096)
    order = np.argsort((gaps(emulator, targets, candidates) ** 2).sum(axis=1), kind="stable")[:walkers]
    keys = np.arange(walkers * len(FITTED), dtype=np.int64)
    nudge = np.array([normal_quantile(u) for u in uniform_array(seed, 0, "parameter", keys)])
    result: FloatArray = np.clip(candidates[order] + 0.02 * nudge.reshape(walkers, -1), 0.01, 0.99)
    return result
