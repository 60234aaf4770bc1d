"""How many clusters a trial needs, by search: power is simulated at more and more clusters until it is enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from sencosim.decisions.trial_power import Power, SmallestEffect
from sencosim.errors import InputError

CLOSE = 1.08
"""Ratio of a number of clusters that is enough to one that is not, at which the search stops."""


@dataclass(frozen=True)
class SizeFound:
    """Number of clusters with which a trial finds its effect as often as wanted.

    Attributes
    ----------
    clusters
        Fewest found enough; ``None`` if the most that there are is not enough.
    most
        Largest number looked at.
    tried
        One row a number: ``clusters``, ``power``, ``monte_carlo_error``, in order of number.
    """

    clusters: int | None
    most: int
    tried: pd.DataFrame

    @property
    def best_power(self) -> float:
        """Highest power found. [share]"""
        return float(self.tried["power"].max())


def clusters_needed(
    power_at: Callable[[int], Power], *, wanted: float, least: int, most: int, multiple: int = 2
) -> SizeFound:
    """Search for the number of clusters with which power reaches what is wanted.

    Numbers double from ``least`` until power is enough, then close in from both sides. Power is simulated with the same
    chance at every number, so that it rises with the number but for the noise of the trials.

    Parameters
    ----------
    power_at
        Power with a number of clusters.
    wanted
        [share, above 0 and below 1]
    least, most
        Numbers to begin and to end with. [clusters]
    multiple
        The number of clusters must be one of this: arms or steps. [1 or more]

    Raises
    ------
    InputError
        If there is no number between the two.
    """
    low, top = _up(least, multiple), most - most % multiple
    if low > top:
        raise InputError(f"A trial of {low} clusters or more cannot be found among {most}.")
    seen: dict[int, Power] = {}

    def enough(n: int) -> bool:
        if n not in seen:
            seen[n] = power_at(n)
        return seen[n].power >= wanted

    size, short = low, 0
    while not enough(size) and size < top:
        short, size = size, min(top, 2 * size)
    found = size if enough(size) else None
    while found is not None and short and found / short > CLOSE:
        middle = _up((found + short) // 2, multiple)
        if middle >= found or middle <= short:
            break
        found, short = (middle, short) if enough(middle) else (found, middle)
    rows = [(n, power.power, power.monte_carlo_error) for n, power in sorted(seen.items())]
    return SizeFound(found, top, pd.DataFrame(rows, columns=["clusters", "power", "monte_carlo_error"]))


def _up(n: int, multiple: int) -> int:
    return -(-n // multiple) * multiple


def detectable_by_size(smallest_at: Callable[[int], SmallestEffect], sizes: Sequence[int]) -> pd.DataFrame:
    """Smallest effect that is found as often as wanted, by number of clusters.

    Returns
    -------
        One row a number: ``clusters``, ``effect``, ``low``, ``high`` (95 % for the number of simulated trials); NaN
        where the effects tried do not reach the power.
    """
    found = [(n, smallest_at(n)) for n in sizes]
    rows = [(n, one.effect, one.low, one.high) for n, one in found]
    return pd.DataFrame(rows, columns=["clusters", "effect", "low", "high"])
