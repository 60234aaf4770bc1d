"""How many clusters a trial needs: power is simulated at more and more clusters until it is enough.

Where the analysis is too slow for that, a few sizes are simulated and the error of the estimate is carried on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
from scipy.special import ndtr, ndtri

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
        One row a number: ``clusters``, ``power``, ``monte_carlo_error`` (NaN where power is projected), in order of
        number.
    projected
        The number was projected from smaller trials, not found by search.
    """

    clusters: int | None
    most: int
    tried: pd.DataFrame
    projected: bool = False

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
    low, top = _ends(least, most, multiple)
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


def clusters_projected(
    power_at: Callable[[int], Power], *, wanted: float, least: int, most: int, multiple: int = 2
) -> SizeFound:
    """Number of clusters with which power reaches what is wanted, from the error of the estimate in smaller trials.

    The error falls as the root of the number of clusters, and the effect does not depend on it: so a simulated trial
    says what number is needed. That number is simulated in turn, and says it better; twice at most.

    Parameters
    ----------
    power_at, wanted, least, most, multiple
        As in :func:`clusters_needed`. ``least`` is the size that is simulated first.

    Returns
    -------
        ``clusters`` is ``None`` if more are needed than there are, or if no effect was seen at all; then ``tried`` ends
        with the power projected at the most that there are.

    Raises
    ------
    InputError
        If there is no number between the two.
    """
    size, top = _ends(least, most, multiple)
    seen: dict[int, Power] = {}
    needed = math.inf
    for _ in range(1 + _MOST_CONFIRMED):
        seen[size] = power_at(size)
        needed = _needed(seen[size], size, wanted)
        if needed > top:
            break
        following = max(2 * multiple, _up(math.ceil(needed), multiple))
        if following in seen or max(following, size) / min(following, size) <= CLOSE:
            break
        size = following
    rows = [(n, power.power, power.monte_carlo_error) for n, power in seen.items()]
    if needed > top:
        rows.append((top, _power_projected(seen[size], size, top), math.nan))
    tried = pd.DataFrame(sorted(rows), columns=["clusters", "power", "monte_carlo_error"])
    found = min(top, _up(math.ceil(needed), multiple)) if needed <= top else None
    return SizeFound(found, top, tried, projected=True)


_MOST_CONFIRMED = 2
_Z = float(ndtri(0.975))


def _needed(power: Power, size: int, wanted: float) -> float:
    """Clusters at which a normal test at 5 % has the wanted power. [clusters, may be infinite]"""
    effect = abs(power.mean_effect)
    if not effect > 0.0:  # nothing fitted, or nothing there
        return math.inf
    return size * ((_Z + float(ndtri(wanted))) * power.mean_standard_error / effect) ** 2


def _power_projected(power: Power, size: int, clusters: int) -> float:
    """Power of a normal test at 5 % with so many clusters, without the far tail. [share; NaN if nothing was fitted]"""
    error = power.mean_standard_error * math.sqrt(size / clusters)
    return float(ndtr(abs(power.mean_effect) / error - _Z))


def _ends(least: int, most: int, multiple: int) -> tuple[int, int]:
    """Smallest and largest number of clusters that the design allows."""
    low, top = _up(least, multiple), most - most % multiple
    if low > top:
        raise InputError(f"A trial of {low} clusters or more cannot be found among {most}.")
    return low, top


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
