"""Counts of a place that are too small to be shown: a handful of pupils, which chance alone would move."""

from __future__ import annotations

import math

LOW = "[low]"
"""What stands in the place of the number."""
FEWEST = 5
"""Counts below this are not shown for a place. [pupils, requests]"""


def is_low(*counts: float) -> bool:
    """Whether a count is too small to be shown: the figure and both ends of its range, as far as they are known.

    Examples
    --------
    >>> is_low(-2.0, -4.9, 1.0), is_low(-2.0, -7.0, 1.0), is_low(float("nan"))
    (True, False, False)
    """
    known = [abs(count) for count in counts if math.isfinite(count)]
    return bool(known) and max(known) < FEWEST
