"""Arithmetic of mixtures: whose turn it is along (0, 1), and a quantile in order of value by bisection.

A mixture is a weighted list of components, each a distribution of its own; a fixed value is a component of family
``fixed``. Its components take their turns along (0, 1): the first weight of it belongs to the first component, and so
on, and each part is stretched over its component.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

EDGE = 1e-15
"""How near 0 and 1 a share may come. [share]"""
HALVINGS = 80


def are_weights(weights: Sequence[float], components: int) -> bool:
    """Whether there is one weight above 0 for each component, and they sum to 1."""
    return len(weights) == components > 0 and min(weights) > 0.0 and math.isclose(math.fsum(weights), 1.0)


def turn_at(weights: Sequence[float], u: float) -> tuple[int, float]:
    """Component in whose part of (0, 1) a number lies, and where in that part. [index, share above 0 and below 1]

    Examples
    --------
    >>> turn_at((0.5, 0.25, 0.25), 0.625)
    (1, 0.5)
    """
    ends = list(accumulate(weights))
    part = min(bisect_right(ends, u), len(ends) - 1)  # rounding may put ``u`` just behind the last end
    return part, min(max((u - ends[part] + weights[part]) / weights[part], EDGE), 1.0 - EDGE)


def in_order(u: float, ends: Sequence[float], share: Callable[[float], float], atoms: Sequence[float]) -> float:
    """Value at or below which a share of a mixture lies. [unit of the parameter]

    Parameters
    ----------
    u
        The share. [above 0 and below 1]
    ends
        The same quantile of each component: the mixture's lies between them. [unit of the parameter]
    share
        Share of the mixture at or below a value.
    atoms
        Values that have a mass of their own: one of them is met exactly. [unit of the parameter]
    """
    low, high = min(ends), max(ends)
    if share(low) >= u:
        return low
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (low, middle) if share(middle) >= u else (middle, high)
    return next((atom for atom in atoms if math.isclose(atom, high, rel_tol=1e-12, abs_tol=1e-12)), high)
