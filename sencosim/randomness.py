"""Chance, keyed by what is decided, for whom, and which time.

Every uniform number is a pure function of (seed, replication, stream, entity, occurrence). Nothing is taken from a
shared sequence, so a scenario changes only what it touches, and number and order of workers change nothing.

The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"),
checked against its published known-answer vectors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sencosim.compilation.functions import compiled
from sencosim.vocabulary import STREAM

_MULTIPLIER_0 = 0xD2511F53
_MULTIPLIER_1 = 0xCD9E8D57
_WEYL_0 = 0x9E3779B9
_WEYL_1 = 0xBB67AE85
_MASK = 0xFFFFFFFF


@compiled("UniTuple(int64, 4)(int64, int64, int64, int64, int64, int64)")
def philox(counter_0: int, counter_1: int, counter_2: int, counter_3: int, key_0: int, key_1: int) -> Any:
    """Philox4x32-10: four 32-bit words from a 128-bit counter and a 64-bit key. [words, 0 to 2**32 - 1]

    Examples
    --------
    The first published known-answer vector, all zero:

    >>> [format(word, "08x") for word in philox(0, 0, 0, 0, 0, 0)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    c0, c1, c2, c3 = np.uint64(counter_0), np.uint64(counter_1), np.uint64(counter_2), np.uint64(counter_3)
    k0, k1 = np.uint64(key_0), np.uint64(key_1)
    mask, shift = np.uint64(_MASK), np.uint64(32)
    for _ in range(10):
        product_0 = np.uint64(_MULTIPLIER_0) * c0
        product_1 = np.uint64(_MULTIPLIER_1) * c2
        c0, c1, c2, c3 = (
            (product_1 >> shift) ^ c1 ^ k0,
            product_1 & mask,
            (product_0 >> shift) ^ c3 ^ k1,
            product_0 & mask,
        )
        k0 = (k0 + np.uint64(_WEYL_0)) & mask
        k1 = (k1 + np.uint64(_WEYL_1)) & mask
    return np.int64(c0), np.int64(c1), np.int64(c2), np.int64(c3)


@compiled("Tuple((float64, int64))(int64, int64, int64, int64, int64)")
def uniform_and_tie(seed: int, replication: int, stream: int, entity: int, occurrence: int) -> Any:
    """One number from the open interval (0, 1), and a whole number that settles who comes first.

    Parameters
    ----------
    seed
        Of the run. [whole number, 0 to 2**32 - 1]
    replication
        Which repetition. [whole number, 0 to 2**16 - 1]
    stream
        Position of the decision in :class:`~sencosim.vocabulary.Stream`. [whole number, 0 to 2**16 - 1]
    entity
        Whom the decision is about: a pupil, a school, a case. [whole number, 0 to 2**62]
    occurrence
        Which time this decision is taken for the entity. [whole number, 0 to 2**32 - 1]

    Returns
    -------
        A number with 52 random bits, never 0 and never 1 [ratio, 0 < u < 1], and from the other half of the same words
        the tie [whole number, 0 to 2**47 - 1].

    Examples
    --------
    >>> uniform_and_tie(1, 0, 0, 7, 0) == uniform_and_tie(1, 0, 0, 7, 0)
    True
    >>> uniform_and_tie(1, 0, 0, 7, 0)[1] == uniform_and_tie(1, 0, 0, 7, 1)[1]
    False
    """
    low_half, high_half = entity & _MASK, (entity >> 32) & _MASK
    words = philox(low_half, high_half, occurrence & _MASK, stream, seed & _MASK, replication)
    high, low = words[0] >> 6, words[1] >> 6  # 26 bits each
    u = (float(high) * 67108864.0 + float(low) + 0.5) * (1.0 / 4503599627370496.0)
    return u, (words[2] << 15) | (words[3] >> 17)


@compiled("float64(int64, int64, int64, int64, int64)")
def uniform(seed: int, replication: int, stream: int, entity: int, occurrence: int) -> float:
    """The number of :func:`uniform_and_tie` alone. [ratio, 0 < u < 1].

    Examples
    --------
    >>> uniform(1, 0, 0, 7, 0) == uniform(1, 0, 0, 7, 0)
    True
    >>> uniform(1, 0, 0, 7, 0) == uniform(1, 0, 0, 7, 1)
    False
    """
    u: float = uniform_and_tie(seed, replication, stream, entity, occurrence)[0]
    return u


@compiled("float64[:](int64, int64, int64, int64[:], int64)")
def uniforms(seed: int, replication: int, stream: int, entities: Any, occurrence: int) -> Any:
    """:func:`uniform` for each of many entities, by position of the stream. [ratio, shape (n_entities,)]."""
    result = np.empty(entities.size, np.float64)
    for i in range(entities.size):
        result[i] = uniform(seed, replication, stream, entities[i], occurrence)
    return result


def uniform_array(
    seed: int, replication: int, stream: str, entities: npt.NDArray[np.int64], occurrence: int = 0
) -> npt.NDArray[np.float64]:
    """One uniform number for each entity, by name of the stream. [ratio, shape (n_entities,)]

    Raises
    ------
    ValueError
        If no stream has that name.
    """
    if stream not in STREAM:
        raise ValueError(f"There is no stream {stream!r}: {', '.join(STREAM)}.")
    keys = np.ascontiguousarray(entities, dtype=np.int64)
    result: npt.NDArray[np.float64] = uniforms(seed, replication, STREAM[stream], keys, occurrence)
    return result
