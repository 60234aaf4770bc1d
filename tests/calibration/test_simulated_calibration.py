"""Simulation-based calibration of the sampler (Talts and others, 2018): does it find what made the figures?

A truth is drawn from the prior, figures are made from it with the errors that the likelihood assumes, and the sampler
is asked for the truth. Over many such worlds the rank of the truth among the draws must be uniform in every parameter:
heaped at the ends if intervals are too narrow, in the middle if too wide, on one side if draws are biased.

The emulator is made up: as large as the shipped one, with parameters that the figures tell almost exactly and ones of
which they tell nothing, as in the shipped posterior.

**The sampler fails it**, and the test says so: over 101 worlds its 80 % intervals held 76 % of the truths, and ranks
heap at both ends. Its draws are too narrow: in six of these worlds their standard deviations were 0.82 to 0.87 times
those of independent random walks, whose intervals held 84 %. Chains of differential evolution four times as long spread
hardly more. A calibration that is made anew must take another sampler.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import chi2

from sencosim.calibration import fit
from sencosim.calibration.parameters import FITTED
from sencosim.calibration.targets import Target
from sencosim.decisions.resampling import keyed_normals, keyed_uniforms
from sencosim.evidence.posterior import FOLDER, MADE_BY_FILE
from sencosim.evidence.register import evidence_folder

pytestmark = pytest.mark.study

WORLDS, DRAWS, BINS = 96, 95, 6
"""Sixteen ranks a bin; sixteen worlds expected in each bin of a parameter. With 95 draws there are 96 ranks."""
EMULATOR_SD, TARGET_SD = 0.02, 0.05
TELLING = (0.01, 0.25)
"""Least and largest move of a figure per parameter, from one end of its limits to the middle. [logarithm]"""


def made_up_emulator() -> fit.Emulator:
    """Linear terms, squares and products of every parameter, for as many figures as the frozen fit has."""
    made_by = json.loads((evidence_folder() / FOLDER / MADE_BY_FILE).read_text(encoding="utf-8"))
    keys = tuple(made_by["frozen"]["targets"])
    telling = np.geomspace(*TELLING, len(FITTED))
    upper = np.triu_indices(len(FITTED))
    size = np.concatenate([telling, np.sqrt(telling[upper[0]] * telling[upper[1]])])
    coefficients = size[:, None] * keyed_normals(size.size * len(keys), 1, "coefficients").reshape(size.size, -1)
    coefficients /= np.sqrt(len(FITTED))
    return fit.Emulator(keys, coefficients, np.zeros(len(keys)), np.full(len(keys), EMULATOR_SD))


def ranks_of_truth(world: int) -> list[int]:
    """Draws below the truth, of each parameter, in one made-up world. [0 to DRAWS]"""
    emulator = made_up_emulator()
    truth = keyed_uniforms(len(FITTED), world, "truth")
    exact = emulator.predict(truth)[0]
    blank = [Target(key, 0.0, TARGET_SD) for key in emulator.keys]
    errors = np.linalg.solve(fit.whitening(blank).T, keyed_normals(len(blank), world, "errors"))
    figures = exact + np.hypot(TARGET_SD, EMULATOR_SD) * errors
    targets = [Target(key, float(value), TARGET_SD) for key, value in zip(emulator.keys, figures, strict=True)]
    found = fit.sample_posterior(emulator, targets, DRAWS, world, lambda units: np.zeros(len(units)))
    return [int(below) for below in (found.units < truth).sum(axis=0)]


def chances(ranks: np.ndarray) -> tuple[np.ndarray, float]:
    """Chance of so uneven a histogram if ranks were uniform, of each parameter and of all together.

    ``ranks`` has the shape (worlds, parameters).
    """
    counts = np.array([np.bincount(one * BINS // (DRAWS + 1), minlength=BINS) for one in ranks.T])
    expected = len(ranks) / BINS
    alone = chi2.sf(((counts - expected) ** 2 / expected).sum(axis=1), BINS - 1)
    total, of_each = counts.sum(axis=0), ranks.size / BINS
    return alone, float(chi2.sf(((total - of_each) ** 2 / of_each).sum(), BINS - 1))


@pytest.fixture(scope="module")
def ranks() -> np.ndarray:
    """Ranks of the truth. Some 13 minutes of one core. [shape (worlds, parameters)]"""
    return np.array([ranks_of_truth(world) for world in range(1, WORLDS + 1)])


def test_no_parameter_alone_is_far_from_uniform(ranks):
    assert chances(ranks)[0].min() > 0.01 / len(FITTED)


def test_intervals_of_80_per_cent_hold_nearly_that(ranks):
    inside = (ranks >= 0.1 * (DRAWS + 1)) & (ranks < 0.9 * (DRAWS + 1))
    assert 0.73 <= inside.mean() <= 0.83
    assert abs((ranks < DRAWS / 2).mean() - 0.5) < 0.03, "draws lie on one side of the truth"


@pytest.mark.xfail(strict=True, reason="draws of the shipped sampler are too narrow")
def test_the_truth_has_a_uniform_rank_among_the_draws_of_all_parameters(ranks):
    assert chances(ranks)[1] > 0.01
