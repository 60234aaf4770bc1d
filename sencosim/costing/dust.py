"""What rounding leaves of a sum where nothing is different: taken for zero."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

DUST = 1e-12
"""Part of its level below which a difference is rounding. [ratio]"""


def without_dust(difference: ArrayLike, level: ArrayLike) -> NDArray[np.float64]:
    """Differences, with zero for what rounding leaves of a ``level`` where nothing is different. [any one unit]

    Examples
    --------
    >>> without_dust([1e-11, 0.5], 90_000.0).tolist()
    [0.0, 0.5]
    """
    found = np.asarray(difference, dtype=np.float64)
    return np.where(np.abs(found) < DUST * np.abs(level), 0.0, found)
