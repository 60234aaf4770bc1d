"""One sequence of draws for ever: point k is point k, whatever the number asked for and whatever is added later.

Draws are points of a scrambled Sobol' sequence (Owen 1998; Joe and Kuo 2008, by SciPy). It fills the cube of all
uncertainties more evenly than chance, so that means over a few dozen draws are nearer to the mean over all. Each
uncertainty has a dimension of its own, the place of its name in ``dimensions.csv``. The list only grows at its end: a
name that is added, or a parameter that is no longer drawn, leaves every other number of every draw as it was.

What the list does not name, such as an assumption of a scenario's own, is drawn by a key of its name.
"""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sencosim.evidence.tables import read_rows
from sencosim.vocabulary import STREAM

DIMENSIONS_FILE = "dimensions.csv"
WIDTH = 1024
"""Dimensions that are scrambled, used or not: the scramble of one depends on how many there are. [dimensions]"""
BLOCK = 256
"""Points that are made at a time; a power of two keeps the balance of the sequence. [draws]"""
FITTED = "fitted_parameters"
"""Dimension that picks the row of the posterior sample."""


@lru_cache(maxsize=1)
def dimensions() -> dict[str, int]:
    """Place of each uncertainty: the row of the posterior sample, correlated groups, parameters."""
    return {row["name"]: place for place, row in enumerate(read_rows(DIMENSIONS_FILE))}


@lru_cache(maxsize=64)  # of half a megabyte each: an emulator reads 10,000 points, name by name
def _block(seed: int, number: int) -> npt.NDArray[np.float64]:
    from scipy.stats import qmc

    engine = qmc.Sobol(WIDTH, scramble=True, rng=seed)
    if number:
        engine.fast_forward(number * BLOCK)
    half_a_step = 0.5 ** (engine.bits + 1)  # no number is 0, where a normal deviate is infinite
    points: npt.NDArray[np.float64] = engine.random(BLOCK)[:, : len(dimensions())] + half_a_step
    return points


def uniform_of(seed: int, draw: int, name: str) -> float:
    """Uniform number of an uncertainty in a draw. [above 0 and below 1]

    Parameters
    ----------
    seed
        Of the run: another seed scrambles the sequence otherwise.
    draw
        Point of the sequence. [from 1]
    name
        A parameter, ``correlation:`` and a correlated group, or :data:`FITTED`.
    """
    place = dimensions().get(name)
    if place is None:
        from sencosim.randomness import uniform  # compiled, so asked for only when it is needed

        return uniform(seed, draw, STREAM["parameter"], zlib.crc32(name.encode()), 0)
    number, row = divmod(draw - 1, BLOCK)
    return float(_block(seed, number)[row, place])


def uniforms_of(seed: int, n: int, name: str) -> npt.NDArray[np.float64]:
    """The same for the first ``n`` draws at once. [shape (n,)]"""
    place = dimensions().get(name)
    if place is None:
        return np.array([uniform_of(seed, draw, name) for draw in range(1, n + 1)])
    return np.concatenate([_block(seed, number)[:, place] for number in range(-(-n // BLOCK))])[:n]
