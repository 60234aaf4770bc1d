"""Two waves, then a posterior sample.

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

from sencosim.arms.inputs import FloatArray
from sencosim.calibration.design import sobol_points
from sencosim.calibration.emulator import Emulator
from sencosim.calibration.parameters import FITTED
from sencosim.calibration.targets import Target
from sencosim.randomness import uniform_array
from sencosim.rules.chance import normal_quantile

WALKERS_PER_PARAMETER = 4
STEPS, BURN_IN = 3000, 1500
CANDIDATES = 1 << 13


@dataclass(frozen=True)
class Posterior:
    """A joint sample of the fitted parameters.

    Attributes
    ----------
    units
        Points of the unit cube. [shape (draws, parameters)]
    implausibility
        Of each target at the mean of the sample. [standard deviations, shape (targets,)]
    accepted
        Share of proposals that the sampler took. [share]
    r_hat
        Largest split R-hat over the parameters, walkers as chains (Gelman and others, 2013). [ratio, near 1]
    effective
        Least effective sample size over the parameters, from the integrated autocorrelation time. [draws]
    """

    units: FloatArray
    implausibility: FloatArray
    accepted: float
    r_hat: float = float("nan")
    effective: float = float("nan")


def gaps(emulator: Emulator, targets: Sequence[Target], units: FloatArray) -> FloatArray:
    """Emulator less target in standard deviations. [shape (points, targets)]."""
    aimed = emulator.only([target.key for target in targets])
    aim = np.array([target.value for target in targets])
    sd = np.sqrt(np.array([target.sd for target in targets]) ** 2 + aimed.sd**2)
    result: FloatArray = (aimed.predict(units) - aim) / sd
    return result


def sample_posterior(
    emulator: Emulator,
    targets: Sequence[Target],
    draws: int,
    seed: int,
    prior: Callable[[FloatArray], FloatArray] | None = None,
) -> Posterior:
    """Sample the posterior on the emulator.

    Parameters
    ----------
    emulator
        Of all targets.
    targets
        What to aim at.
    draws
        Points wanted, thinned from the chain. [draws]
    seed
        Of the sampler.
    prior
        Log density added to the flat prior, of points of shape (points, parameters).
    """
    n = len(FITTED)
    emulator = emulator.only([target.key for target in targets])

    whiten = whitening(targets)

    def log_density(units: FloatArray) -> FloatArray:
        inside = ((units > 0.0) & (units < 1.0)).all(axis=1)
        z = gaps(emulator, targets, np.clip(units, 0.0, 1.0)) @ whiten
        total = -0.5 * (z**2).sum(axis=1) + (0.0 if prior is None else prior(units))
        result: FloatArray = np.where(inside, total, -np.inf)
        return result

    walkers = WALKERS_PER_PARAMETER * n
    start = _start(emulator, targets, walkers, seed)
    moves = [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)]
    sampler = emcee.EnsembleSampler(walkers, n, log_density, moves=moves, vectorize=True)
    sampler._random.seed(seed % (1 << 32))
    sampler.run_mcmc(start, STEPS, skip_initial_state_check=True)
    chain = sampler.get_chain(discard=BURN_IN, flat=True)
    thinned = chain[:: max(1, chain.shape[0] // draws)][:draws]
    at_mean = gaps(emulator, targets, thinned.mean(axis=0)[None, :])[0]
    accepted = float(np.mean(sampler.acceptance_fraction))
    return Posterior(thinned, at_mean, accepted, *mixing(sampler.get_chain(discard=BURN_IN)))


SAME_SERIES = 0.5
"""Correlation of the errors of one series' years, model discrepancy being much the same from year to year. Assumed."""


def whitening(targets: Sequence[Target]) -> FloatArray:
    """Matrix that makes gaps of correlated targets independent. [shape (targets, targets)]."""
    series = np.array([target.key.split("@")[0] for target in targets])
    correlation: FloatArray = np.where(series[:, None] == series[None, :], SAME_SERIES, 0.0)
    np.fill_diagonal(correlation, 1.0)
    inverse: FloatArray = np.linalg.inv(np.linalg.cholesky(correlation)).T
    return inverse


def mixing(chain: FloatArray) -> tuple[float, float]:
    """How well the chains have mixed: largest split R-hat and least effective sample size over the parameters.

    Parameters
    ----------
    chain
        [shape (steps, walkers, parameters)]
    """
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
    near = candidates[order] + 0.02 * nudge.reshape(walkers, -1)
    result: FloatArray = np.clip(near, 0.01, 0.99)
    return result
