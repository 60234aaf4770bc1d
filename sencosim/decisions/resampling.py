"""Chance for the methods themselves: bootstraps, permutations, synthetic studies, all keyed like the model's own.

Libraries that draw inside (SALib, SciPy's quasi-Monte Carlo) are handed a whole number from :func:`library_seed`, so
that one seed fixes everything and two methods never share a sequence.
"""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


def keyed_uniforms(n: int, seed: int, purpose: str, occurrence: int = 0) -> Floats:
    """Uniform numbers keyed by seed, purpose (any word), occurrence and position. [0 < u < 1, shape (n,)]

    Examples
    --------
    >>> bool((keyed_uniforms(3, 1, "bootstrap") == keyed_uniforms(5, 1, "bootstrap")[:3]).all())
    True
    """
    from sencosim.randomness import uniform_array  # compiled, so asked for only when something is drawn

    word = zlib.crc32(purpose.encode("utf-8")) & 0x3FFFFFFF
    entities = np.arange(n, dtype=np.int64) + (word << 32)
    return uniform_array(seed, 0, "bootstrap", entities, occurrence)


def keyed_normals(n: int, seed: int, purpose: str, occurrence: int = 0) -> Floats:
    """Standard normal numbers, by the quantile function of :func:`keyed_uniforms`. [shape (n,)]"""
    result: Floats = scipy.special.ndtri(keyed_uniforms(n, seed, purpose, occurrence))
    return result


def resample(n: int, seed: int, purpose: str, occurrence: int = 0) -> Whole:
    """Row numbers of one bootstrap sample: ``n`` of ``n``, with replacement. [rows, shape (n,)]"""
    return (keyed_uniforms(n, seed, purpose, occurrence) * n).astype(np.int64)


def permutation(n: int, seed: int, purpose: str, occurrence: int = 0) -> Whole:
    """The numbers 0 to ``n - 1`` in a random order. [rows, shape (n,)]

    Examples
    --------
    >>> sorted(permutation(4, 1, "allocation").tolist())
    [0, 1, 2, 3]
    """
    return np.argsort(keyed_uniforms(n, seed, purpose, occurrence), kind="stable").astype(np.int64)


def library_seed(seed: int, purpose: str) -> int:
    """A whole number to hand to a library that keeps its own generator. [0 to 2**31 - 2]"""
    return int(keyed_uniforms(1, seed, f"library {purpose}")[0] * (2**31 - 1))
