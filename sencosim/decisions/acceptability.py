"""At which price of an outcome is the policy worth it: acceptability, frontier, plane, and who saves money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import gaussian_kde

from sencosim.errors import InputError

Floats = npt.NDArray[np.float64]


def net_benefit(cost: Floats, effect: Floats, worth: float) -> Floats:
    """``worth * effect - cost`` (Stinnett and Mullahy 1998). [GBP, shape (n_draws, n_arms)]"""
    result: Floats = worth * effect - cost
    return result


def acceptability(
    cost: pd.DataFrame, effect: pd.DataFrame, worths: Sequence[float], weights: Floats | None = None
) -> pd.DataFrame:
    """Acceptability curves and their frontier (van Hout and others 1994; Fenwick, Claxton and Sculpher 2001).

    Parameters
    ----------
    cost, effect
        One row a draw, one column an arm, the same in both. More of the effect is better.
    worths
        Prices put on one unit of the effect. [GBP a unit]
    weights
        Of the draws; equal if ``None``.

    Returns
    -------
        One row a price and arm: ``worth``, ``arm``, ``chance_best`` (weighted share of draws in which the arm has the
        highest net benefit; ties are shared), ``expected_net_benefit``, ``on_frontier`` (whether it has the highest
        expected net benefit). The chance on the frontier can be below a half: the best choice need not be the
        likeliest.

    Raises
    ------
    InputError
        If arms or draws differ.
    """
    _same_shape(cost, effect)
    share = np.full(len(cost), 1.0 / len(cost)) if weights is None else weights / weights.sum()
    rows = []
    for worth in worths:
        value = net_benefit(cost.to_numpy(dtype=np.float64), effect.to_numpy(dtype=np.float64), worth)
        best = value == value.max(axis=1, keepdims=True)
        chance = share @ (best / best.sum(axis=1, keepdims=True))
        expected = share @ value
        frontier = int(expected.argmax())
        for a, arm in enumerate(cost.columns):
            rows.append((float(worth), str(arm), float(chance[a]), float(expected[a]), a == frontier))
    return pd.DataFrame(rows, columns=["worth", "arm", "chance_best", "expected_net_benefit", "on_frontier"])


def _same_shape(cost: pd.DataFrame, effect: pd.DataFrame) -> None:
    if list(cost.columns) != list(effect.columns) or len(cost) != len(effect) or len(cost) == 0:
        raise InputError("Costs and effects must have the same arms and the same draws, one or more.")


@dataclass(frozen=True)
class Plane:
    """The cost-effectiveness plane of an arm against the comparator.

    Attributes
    ----------
    cost, effect
        Differences by draw. [GBP; unit of the effect; shape (n_draws,)]
    quadrants
        Share of draws by ``dearer, more effect``, ``dearer, less effect``, ``cheaper, more effect``, ``cheaper, less
        effect``. A difference of exactly zero counts as dearer, or as less.
    levels
        For each share asked for, the height of the estimated density above which so many draws lie; empty where the
        draws leave no area.
    grid_effect, grid_cost, density
        For drawing contours. [shapes (n,), (n,), (n_cost, n_effect)]
    """

    cost: Floats
    effect: Floats
    quadrants: dict[str, float]
    levels: dict[float, float]
    grid_effect: Floats
    grid_cost: Floats
    density: Floats


def plane(cost: Floats, effect: Floats, shares: Sequence[float] = (0.5, 0.8, 0.95), points: int = 60) -> Plane:
    """Quadrants and highest-density contours of paired differences (Hyndman 1996; kernel density by SciPy).

    Parameters
    ----------
    cost, effect
        Paired differences by draw. [GBP; unit of the effect]
    shares
        Of the draws that contours hold. [share, 0 to 1]
    points
        Of the grid in each direction.
    """
    dearer, more = cost >= 0.0, effect > 0.0
    quadrants = {
        "dearer, more effect": float((dearer & more).mean()),
        "dearer, less effect": float((dearer & ~more).mean()),
        "cheaper, more effect": float((~dearer & more).mean()),
        "cheaper, less effect": float((~dearer & ~more).mean()),
    }
    grid_effect, grid_cost = (_around(x, points) for x in (effect, cost))
    both = np.vstack([effect, cost])
    if cost.size < 5 or np.linalg.matrix_rank(np.cov(both), hermitian=True, tol=None) < 2:
        return Plane(cost, effect, quadrants, {}, grid_effect, grid_cost, np.zeros((points, points)))
    estimate = gaussian_kde(both)
    at_draws = estimate(both)
    levels = {float(share): float(np.quantile(at_draws, 1.0 - share)) for share in shares}
    mesh = np.meshgrid(grid_effect, grid_cost)
    density = estimate(np.vstack([part.ravel() for part in mesh])).reshape(points, points)
    return Plane(cost, effect, quadrants, levels, grid_effect, grid_cost, density)


def _around(x: Floats, points: int) -> Floats:
    margin = 0.2 * float(np.ptp(x)) or 1.0
    return np.linspace(float(x.min()) - margin, float(x.max()) + margin, points)


def chance_of_saving(net_cost: pd.DataFrame, weights: Floats | None = None) -> pd.DataFrame:
    """Chance that each payer saves money, with its Monte Carlo error.

    Parameters
    ----------
    net_cost
        One row a draw, one column a payer; below zero is a saving. [GBP]
    weights
        Of the draws; equal if ``None``.

    Returns
    -------
        One row a payer: ``payer``, ``chance``, ``low`` and ``high`` (95 % interval of Wilson 1927 for the draws at
        hand), ``expected_net_cost``, ``n_draws``.

    Examples
    --------
    >>> chance_of_saving(pd.DataFrame({"schools": [-1.0, 2.0]}))["chance"].tolist()
    [0.5]
    """
    share = np.full(len(net_cost), 1.0 / len(net_cost)) if weights is None else weights / weights.sum()
    effective = 1.0 / float((share**2).sum())
    rows = []
    for payer in net_cost.columns:
        flow = net_cost[payer].to_numpy(dtype=np.float64)
        chance = float(share @ (flow < 0.0))
        rows.append((str(payer), chance, *wilson(chance, effective), float(share @ flow), len(flow)))
    return pd.DataFrame(rows, columns=["payer", "chance", "low", "high", "expected_net_cost", "n_draws"])


def wilson(share: float, n: float, z: float = 1.959964) -> tuple[float, float]:
    """Interval of a chance that was seen as a share of ``n`` draws (Wilson 1927).

    Parameters
    ----------
    share
        Of the draws. [share, 0 to 1]
    n
        Draws, or what they are worth if they are weighted. [above 0]
    z
        Normal deviate of its end: 95 % by default.

    Returns
    -------
        Its ends. [probability, 0 to 1]

    Examples
    --------
    >>> tuple(round(end, 3) for end in wilson(0.0, 16.0))
    (0.0, 0.194)
    """
    centre = (share + z * z / (2.0 * n)) / (1.0 + z * z / n)
    half = z * np.sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n)) / (1.0 + z * z / n)
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))
