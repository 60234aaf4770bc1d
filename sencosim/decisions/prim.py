"""Scenario discovery: in which worlds does the policy fail? The patient rule induction method.

Peeling and pasting follow Friedman and Fisher (1999, "Bump hunting in high-dimensional data"); coverage, density and
quasi-p-values follow Bryant and Lempert (2010, "Thinking inside the box"). The box is found on one part of the draws
and judged on the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binom

from sencosim.decisions.resampling import keyed_uniforms
from sencosim.errors import InputError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Limits = dict[str, tuple[float, float]]

LARGEST_QUASI_P = 0.05
"""A restriction above it is dropped: a rule that is quoted must not name inputs that chance explains."""


@dataclass(frozen=True)
class Box:
    """A part of the space of inputs.

    Attributes
    ----------
    limits
        Lower and upper end of each restricted input; an end that is not restricted is infinite.
    coverage
        Failures inside over all failures. [share, 0 to 1]
    density
        Failures inside over all draws inside. [share, 0 to 1]
    mass
        Draws inside over all draws. [share, 0 to 1]
    quasi_p
        For each restricted input the chance of a density as high as the box's if its restriction did nothing.
    held_out_coverage, held_out_density, held_out_draws
        The same on draws that had no part in finding the box; NaN and 0 if none were held out or none are inside.
    """

    limits: Mapping[str, tuple[float, float]]
    coverage: float
    density: float
    mass: float
    quasi_p: Mapping[str, float]
    held_out_coverage: float = float("nan")
    held_out_density: float = float("nan")
    held_out_draws: int = 0


@dataclass(frozen=True)
class Discovery:
    """What was found.

    Attributes
    ----------
    box
        The chosen box.
    trajectory
        One row a step of peeling: ``restricted`` (inputs), ``coverage``, ``density``, ``mass``.
    base_rate
        Failures over all draws used to find the box. [share, 0 to 1]
    """

    box: Box
    trajectory: pd.DataFrame
    base_rate: float


def discover(
    inputs: pd.DataFrame,
    fails: Flags,
    *,
    seed: int,
    alpha: float = 0.05,
    least_mass: float = 0.05,
    held_out: float = 0.3,
    most_inputs: int = 3,
) -> Discovery:
    """Find the box of inputs in which the policy fails most, small enough to say in a sentence.

    Each step peels from the box the slice of share ``alpha``, at the low or the high end of one input, that leaves the
    highest share of failures, until ``least_mass`` is reached; the box is then pasted outwards while the share rises.
    Of all boxes on the way with at most ``most_inputs`` restricted inputs, the one with the highest harmonic mean of
    coverage and density is kept. Restrictions whose quasi-p-value is above 0.05 are then dropped,
    the least convincing first.

    Parameters
    ----------
    inputs
        One row a draw.
    fails
        Whether the draw fails. [shape (n_draws,)]
    seed
        Chooses the draws that are held out.
    alpha
        Share peeled at a step. [share, above 0, below 0.5]
    least_mass
        Smallest box. [share, above 0, below 1]
    held_out
        Share of draws kept to judge the box. [share, 0 to below 1]
    most_inputs
        Restricted inputs allowed. [1 or more]

    Returns
    -------
        Box, trajectory and base rate.

    Raises
    ------
    InputError
        If there are fewer than 40 draws, or all or none fail.
    """
    flags = np.asarray(fails, dtype=np.bool_)
    x = inputs.to_numpy(dtype=np.float64)
    out = keyed_uniforms(len(flags), seed, "hold out") < held_out
    seen = ~out
    if len(flags) != len(x) or seen.sum() < 40:
        raise InputError(f"Scenario discovery needs 40 draws or more to find a box in; there are {int(seen.sum())}.")
    if flags[seen].all() or not flags[seen].any():
        which = "all" if flags[seen].all() else "none"
        raise InputError(f"In {which} of the draws the policy fails: there is nothing to tell apart.")
    names = tuple(str(name) for name in inputs.columns)
    boxes = _peel(x[seen], flags[seen], names, alpha, least_mass, most_inputs)
    boxes.append(_paste(x[seen], flags[seen], names, _best(x[seen], flags[seen], names, boxes), alpha))
    chosen = _prune(x[seen], flags[seen], names, _best(x[seen], flags[seen], names, boxes))
    rows = [_measure(x[seen], flags[seen], names, limits) for limits in boxes]
    trajectory = pd.DataFrame(
        {
            "restricted": [", ".join(box.limits) for box in rows],
            "coverage": [box.coverage for box in rows],
            "density": [box.density for box in rows],
            "mass": [box.mass for box in rows],
        }
    )
    box = _measure(x[seen], flags[seen], names, chosen)
    return Discovery(_judged(box, x[out], flags[out], names), trajectory, float(flags[seen].mean()))


def inside(x: Floats, names: tuple[str, ...], limits: Mapping[str, tuple[float, float]]) -> Flags:
    """Which draws lie in a box, its ends included. [shape (n_draws,)]"""
    result = np.ones(x.shape[0], dtype=np.bool_)
    for name, (low, high) in limits.items():
        column = x[:, names.index(name)]
        result &= (column >= low) & (column <= high)
    return result


def _peel(
    x: Floats, fails: Flags, names: tuple[str, ...], alpha: float, least_mass: float, most_inputs: int
) -> list[Limits]:
    limits: Limits = {}
    path = [dict(limits)]
    while True:
        now = inside(x, names, limits)
        best: tuple[float, float, Limits] | None = None
        for trial in _peels(x[now], names, limits, alpha, most_inputs):
            kept = inside(x, names, trial)
            if kept.mean() < least_mass or kept.sum() == now.sum():
                continue
            # Ties go to the larger box: less is given away for the same share of failures.
            score = (float(fails[kept].mean()), float(kept.mean()))
            if best is None or score > best[:2]:
                best = (*score, trial)
        if best is None or fails[now].all():
            return path
        limits = best[2]
        path.append(dict(limits))


def _peels(x: Floats, names: tuple[str, ...], limits: Limits, alpha: float, most_inputs: int) -> list[Limits]:
    trials = []
    for i, name in enumerate(names):
        if name not in limits and len(limits) >= most_inputs:
            continue
        column = np.sort(x[:, i])
        low, high = limits.get(name, (-np.inf, np.inf))
        cut = max(1, int(alpha * column.size))
        above, below = column[column > column[cut - 1]], column[column < column[-cut]]
        if above.size:
            trials.append({**limits, name: (float(above[0]), high)})
        if below.size:
            trials.append({**limits, name: (low, float(below[-1]))})
    return trials


def _paste(x: Floats, fails: Flags, names: tuple[str, ...], limits: Limits, alpha: float) -> Limits:
    """Push ends outwards by a share of the box while the share of failures does not fall."""
    while True:
        now = inside(x, names, limits)
        best: tuple[float, Limits] | None = None
        for trial in _pastes(x, names, limits, max(1, int(alpha * now.sum()))):
            density = float(fails[inside(x, names, trial)].mean())
            if density >= float(fails[now].mean()) and (best is None or density > best[0]):
                best = (density, trial)
        if best is None:
            return limits
        limits = best[1]


def _pastes(x: Floats, names: tuple[str, ...], limits: Limits, step: int) -> list[Limits]:
    trials = []
    for name, (low, high) in limits.items():
        others = {other: ends for other, ends in limits.items() if other != name}
        column = np.sort(x[inside(x, names, others), names.index(name)])
        lower, upper = column[column < low], column[column > high]
        if lower.size:
            trials.append({**limits, name: (float(lower[max(0, lower.size - step)]), high)})
        if upper.size:
            trials.append({**limits, name: (low, float(upper[min(upper.size, step) - 1]))})
    return trials


def _best(x: Floats, fails: Flags, names: tuple[str, ...], boxes: list[Limits]) -> Limits:
    return max(boxes, key=lambda limits: _harmonic(x, fails, names, limits))


def _harmonic(x: Floats, fails: Flags, names: tuple[str, ...], limits: Limits) -> float:
    box = inside(x, names, limits)
    caught = float((fails & box).sum())
    return 2.0 * caught / (float(fails.sum()) + float(box.sum()))


def _prune(x: Floats, fails: Flags, names: tuple[str, ...], limits: Limits) -> Limits:
    """Drop restrictions that chance explains, the least convincing first."""
    while limits:
        worst = max(limits, key=lambda name: _quasi_p(x, fails, names, limits, name))
        if _quasi_p(x, fails, names, limits, worst) <= LARGEST_QUASI_P:
            break
        limits = {other: ends for other, ends in limits.items() if other != worst}
    return limits


def _quasi_p(x: Floats, fails: Flags, names: tuple[str, ...], limits: Limits, name: str) -> float:
    box = inside(x, names, limits)
    without = inside(x, names, {other: ends for other, ends in limits.items() if other != name})
    return float(binom.sf(int(fails[box].sum()) - 1, int(box.sum()), float(fails[without].mean())))


def _measure(x: Floats, fails: Flags, names: tuple[str, ...], limits: Limits) -> Box:
    box = inside(x, names, limits)
    caught = float((fails & box).sum())
    return Box(
        dict(limits),
        caught / float(fails.sum()),
        caught / float(box.sum()) if box.any() else float("nan"),
        float(box.mean()),
        {name: _quasi_p(x, fails, names, limits, name) for name in limits},
    )


def _judged(box: Box, x: Floats, fails: Flags, names: tuple[str, ...]) -> Box:
    within = inside(x, names, box.limits)
    caught = float((fails & within).sum())
    return replace(
        box,
        held_out_coverage=caught / float(fails.sum()) if fails.any() else float("nan"),
        held_out_density=caught / float(within.sum()) if within.any() else float("nan"),
        held_out_draws=int(within.sum()),
    )


def in_words(
    discovery: Discovery,
    failure: str = "loses money",
    titles: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
) -> str:
    """The rule in a sentence, and what it is worth in a second one.

    Parameters
    ----------
    discovery
        What was found.
    failure
        What the policy does in the failing draws.
    titles, units
        Words for the inputs, and their units.

    Examples
    --------
    >>> box = Box({"cost": (120.0, float("inf"))}, 0.8, 0.9, 0.3, {"cost": 0.001}, 0.75, 0.88, 40)
    >>> in_words(Discovery(box, pd.DataFrame(), 0.35), titles={"cost": "the cost of a place"}).partition(".")[0]
    'It loses money when the cost of a place is 120 or more'
    """
    box = discovery.box
    if not box.limits:
        return f"No part of the ranges stands out: it {failure} in {discovery.base_rate:.0%} of all draws."
    parts = [_restriction(name, ends, titles or {}, units or {}) for name, ends in box.limits.items()]
    rule = f"It {failure} when {' and '.join(parts)}."
    worth = f"It does so in {box.density:.0%} of such draws (against {discovery.base_rate:.0%} of all draws)"
    worth += f", and the rule catches {box.coverage:.0%} of all draws in which it does."
    if box.held_out_draws == 0:
        return f"{rule} {worth} No draws were kept aside that could check the rule."
    check = f"On draws kept aside: {box.held_out_density:.0%} of {box.held_out_draws}"
    return f"{rule} {worth} {check}, and {box.held_out_coverage:.0%} caught."


def _restriction(name: str, ends: tuple[float, float], titles: Mapping[str, str], units: Mapping[str, str]) -> str:
    title, unit = titles.get(name, name), units.get(name, "")
    unit = f" {unit}" if unit else ""
    low, high = ends
    if np.isinf(low):
        return f"{title} is {high:,.4g}{unit} or less"
    if np.isinf(high):
        return f"{title} is {low:,.4g}{unit} or more"
    return f"{title} is between {low:,.4g} and {high:,.4g}{unit}"
