"""A synthetic truth like the model: few inputs matter, one has a mass at no effect, some bend and some act together."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import qmc

from sencosim.decisions.resampling import Floats, keyed_normals

N_INPUTS = 60
NO_EFFECT = 0.4
"""Probability mass of the first input at no effect."""
NOISE = 0.4
"""Standard deviation of what the inputs do not say: chance and the sample of schools."""
STRONG, BENT, ALSO = (1, 2, 3), (4, 5), tuple(range(6, 12))


def points(n: int, seed: int) -> Floats:
    """The first points of a scrambled Sobol' sequence. [shape (n, N_INPUTS)]"""
    cube: Floats = qmc.Sobol(N_INPUTS, scramble=True, rng=seed).random(n)
    return np.clip(cube, 1e-9, 1.0 - 1e-9)


def inputs_at(cube: Floats) -> pd.DataFrame:
    """Values of the inputs: the first skewed and spiked, the others normal."""
    x = ndtri(cube)
    x[:, 0] = np.where(cube[:, 0] < NO_EFFECT, 0.0, np.exp(0.5 * x[:, 0]))
    return pd.DataFrame(x, columns=[f"x{i}" for i in range(N_INPUTS)])


def truth(inputs: pd.DataFrame) -> Floats:
    """Outcome without noise."""
    x = inputs.to_numpy(dtype=np.float64)
    strong = x[:, list(STRONG)] @ np.array([1.0, 0.8, 0.6]) + 0.5 * x[:, 1] * x[:, 2]
    bent = 0.5 * x[:, 4] ** 2 + 0.7 * np.sin(2.0 * x[:, 5])
    result: Floats = 2.0 * x[:, 0] + strong + bent + 0.3 * x[:, list(ALSO)].sum(axis=1)
    return result


def drawn(n: int, seed: int) -> tuple[pd.DataFrame, Floats]:
    """Inputs and outcomes of so many draws, with noise."""
    inputs = inputs_at(points(n, seed))
    return inputs, truth(inputs) + NOISE * keyed_normals(n, seed, "noise of the synthetic truth")
