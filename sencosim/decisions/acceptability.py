"""At which price of an outcome is the policy worth it: acceptability, frontier, plane, and who saves money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from sencosim.decisions.resampling import Floats
from sencosim.errors import InputError


def acceptability(cost: pd.DataFrame, effect: pd.DataFrame, worths: Sequence[float]) -> pd.DataFrame:
    """Acceptability curves and their frontier (van Hout and others 1994; Fenwick, Claxton and Sculpher 2001).

    Net benefit is ``worth * effect - cost`` (Stinnett and Mullahy 1998). Costs and effects have one row a draw and one
    column an arm; more of the effect is better. One row a price and arm: ``chance_best`` is the share of draws in which
    the arm has the highest net benefit (ties are shared), ``on_frontier`` whether it has the highest expected one. The
    chance on the frontier can be below a half: the best choice need not be the likeliest. [``worths``: GBP a unit]
    """
    if list(cost.columns) != list(effect.columns) or len(cost) != len(effect) or len(cost) == 0:
        raise InputError("Costs and effects must have the same arms and the same draws, one or more.")
    share = np.full(len(cost), 1.0 / len(cost))
    rows = []
    for worth in worths:
        value = worth * effect.to_numpy(dtype=np.float64) - cost.to_numpy(dtype=np.float64)
        best = value == value.max(axis=1, keepdims=True)
        chance = share @ (best / best.sum(axis=1, keepdims=True))
        expected = share @ value
        frontier = int(expected.argmax())
        for a, arm in enumerate(cost.columns):
            rows.append((float(worth), str(arm), float(chance[a]), float(expected[a]), a == frontier))
    return pd.DataFrame(rows, columns=["worth", "arm", "chance_best", "expected_net_benefit", "on_frontier"])


@dataclass(frozen=True)
class Plane:
    """The cost-effectiveness plane of an arm against the comparator: paired differences by draw."""

    cost: Floats  # [GBP, shape (n_draws,)]
    effect: Floats  # [unit of the effect, shape (n_draws,)]
    quadrants: dict[str, float]  # share of draws, by the words of :func:`quadrant_of`; the four are always there
    levels: dict[float, float]  # by share of the draws, the height of the density above which so many lie; may be empty
    grid_effect: Floats  # for drawing contours [shape (n,)]
    grid_cost: Floats  # [shape (n,)]
    density: Floats  # [shape (n_cost, n_effect)]


QUADRANTS = ("dearer, more effect", "dearer, less effect", "cheaper, more effect", "cheaper, less effect")
UNCHANGED = "no difference"
_COSTS = {1: "dearer", 0: "as dear", -1: "cheaper"}
_EFFECTS = {1: "more effect", 0: "no effect", -1: "less effect"}


def quadrant_of(cost: Floats, effect: Floats) -> list[str]:
    """Where each draw lies on the plane, in words; what is exactly as it was is neither dearer nor less.

    Examples
    --------
    >>> quadrant_of(np.array([1.0, -1.0, 2.0, 0.0]), np.array([1.0, -1.0, 0.0, 0.0]))
    ['dearer, more effect', 'cheaper, less effect', 'dearer, no effect', 'no difference']
    """
    signs = zip(np.sign(cost).astype(int).tolist(), np.sign(effect).astype(int).tolist(), strict=True)
    return [f"{_COSTS[dear]}, {_EFFECTS[more]}" if dear or more else UNCHANGED for dear, more in signs]


def plane(cost: Floats, effect: Floats, shares: Sequence[float] = (0.5, 0.8, 0.95), points: int = 60) -> Plane:
    """Quadrants and highest-density contours of paired differences (Hyndman 1996; kernel density by SciPy).

    Contours hold the given shares of the draws, and are drawn on a grid of ``points`` in each direction.
    """
    names = quadrant_of(cost, effect)
    quadrants = {name: names.count(name) / len(names) for name in dict.fromkeys((*QUADRANTS, *sorted(names)))}
    grid_effect, grid_cost = (_around(x, points) for x in (effect, cost))
    both = np.vstack([effect, cost])
    if cost.size < 5 or np.linalg.matrix_rank(np.cov(both), hermitian=True, tol=None) < 2:
        return Plane(cost, effect, quadrants, {}, grid_effect, grid_cost, np.zeros((points, points)))
    estimate = scipy.stats.gaussian_kde(both)
    at_draws = estimate(both)
    levels = {float(share): float(np.quantile(at_draws, 1.0 - share)) for share in shares}
    mesh = np.meshgrid(grid_effect, grid_cost)
    density = estimate(np.vstack([part.ravel() for part in mesh])).reshape(points, points)
    return Plane(cost, effect, quadrants, levels, grid_effect, grid_cost, density)


def _around(x: Floats, points: int) -> Floats:
    margin = 0.2 * float(np.ptp(x)) or 1.0
    return np.linspace(float(x.min()) - margin, float(x.max()) + margin, points)


def chance_of_saving(net_cost: pd.DataFrame) -> pd.DataFrame:
    """Chance that each payer saves money, with its Monte Carlo error: Wilson's 95 % interval for the draws at hand.

    ``net_cost`` has one row a draw and one column a payer; below zero is a saving. [GBP]

    Examples
    --------
    >>> chance_of_saving(pd.DataFrame({"schools": [-1.0, 2.0]}))["chance"].tolist()
    [0.5]
    """
    share = np.full(len(net_cost), 1.0 / len(net_cost))
    effective = 1.0 / float((share**2).sum())
    rows = []
    for payer in net_cost.columns:
        flow = net_cost[payer].to_numpy(dtype=np.float64)
        chance = float(share @ (flow < 0.0))
        rows.append((str(payer), chance, *wilson(chance, effective), float(share @ flow), len(flow)))
    return pd.DataFrame(rows, columns=["payer", "chance", "low", "high", "expected_net_cost", "n_draws"])


def wilson(share: float, n: float, z: float = 1.959964) -> tuple[float, float]:
    """95 % interval of a chance that was seen as a share of ``n`` draws (Wilson 1927). [probability, 0 to 1]

    Examples
    --------
    >>> tuple(round(end, 3) for end in wilson(0.0, 16.0))
    (0.0, 0.194)
    """
    centre = (share + z * z / (2.0 * n)) / (1.0 + z * z / n)
    half = z * np.sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n)) / (1.0 + z * z / n)
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))
