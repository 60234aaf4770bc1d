"""Scenario discovery: in which worlds does the policy fail? The patient rule induction method.

Peeling and pasting follow Friedman and Fisher (1999, "Bump hunting in high-dimensional data"); coverage, density and
quasi-p-values follow Bryant and Lempert (2010, "Thinking inside the box"). The box is found on one part of the draws,
or on emulated points, and judged on the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from sencosim.decisions.resampling import Floats, keyed_uniforms
from sencosim.errors import InputError

Flags = npt.NDArray[np.bool_]
Limits = dict[str, tuple[float, float]]

ALPHA = 0.05
"""Share of the box that is peeled or pasted at a step."""
LEAST_MASS = 0.05
"""Share of the draws in the smallest box."""
LARGEST_QUASI_P = 0.05
"""A restriction above it is dropped: a rule that is quoted must not name inputs that chance explains."""


@dataclass(frozen=True)
class Box:
    """A part of the space of inputs, and how well it distinguishes failures. [shares, 0 to 1]

    What is held out had no part in finding the box; NaN and 0 if nothing was held out or nothing of it is inside.
    """

    limits: Mapping[str, tuple[float, float]]  # ends of each restricted input, infinite where not restricted
    coverage: float  # failures inside over all failures
    density: float  # failures inside over all draws inside
    mass: float  # draws inside over all draws
    quasi_p: Mapping[str, float]  # chance of a density as high as the box's if the restriction did nothing
    held_out_coverage: float = float("nan")
    held_out_density: float = float("nan")
    held_out_draws: int = 0


@dataclass(frozen=True)
class Discovery:
    """The chosen box, each step of peeling towards it, and the share of failures in the draws used to find it."""

    box: Box
    trajectory: pd.DataFrame  # ``restricted`` (inputs), ``coverage``, ``density``, ``mass``
    base_rate: float


def discover(
    inputs: pd.DataFrame,
    fails: Flags,
    *,
    seed: int,
    held_out: float = 0.3,
    most_inputs: int = 3,
    check: tuple[pd.DataFrame, Flags] | None = None,
) -> Discovery:
    """Find the box of inputs in which the policy fails most, small enough to say in a sentence.

    Each step peels from the box the slice of share :data:`ALPHA`, at the low or the high end of one input, that leaves
    the highest share of failures, until :data:`LEAST_MASS` is reached; the box is then pasted outwards while the share
    rises. Of all boxes on the way with at most ``most_inputs`` restricted inputs, the one with the highest harmonic
    mean of coverage and density is kept. Restrictions whose quasi-p-value is above 0.05 are then dropped, the least
    convincing first.

    A share ``held_out`` of the draws, chosen by the seed, only judges the box. Where the box is looked for on emulated
    points, ``check`` holds draws that were run: no restriction is dropped, and they judge it and the box.
    """
    flags = np.asarray(fails, dtype=np.bool_)
    x = inputs.to_numpy(dtype=np.float64)
    names = tuple(str(name) for name in inputs.columns)
    out = keyed_uniforms(len(flags), seed, "hold out") < (held_out if check is None else 0.0)
    seen = ~out
    if len(flags) != len(x) or seen.sum() < 40:
        raise InputError(f"Scenario discovery needs 40 draws or more to find a box in; there are {int(seen.sum())}.")
    if flags[seen].all() or not flags[seen].any():
        which = "all" if flags[seen].all() else "none"
        raise InputError(f"In {which} of the draws the policy fails: there is nothing to distinguish.")
    judges: tuple[Floats, Flags] = (x[out], flags[out])
    convincing: tuple[Floats, Flags] = (x[seen], flags[seen])
    if check is not None:
        judges = convincing = (check[0][list(names)].to_numpy(dtype=np.float64), check[1])
    boxes = _peel(x[seen], flags[seen], names, most_inputs)
    boxes.append(_paste(x[seen], flags[seen], names, _best(x[seen], flags[seen], names, boxes)))
    chosen = _best(x[seen], flags[seen], names, boxes)
    chosen = _prune(*convincing, names, chosen) if check is None else chosen
    measured = [_measure(x[seen], flags[seen], names, limits) for limits in boxes]
    steps = [(", ".join(box.limits), box.coverage, box.density, box.mass) for box in measured]
    trajectory = pd.DataFrame(steps, columns=["restricted", "coverage", "density", "mass"])
    box = _measure(x[seen], flags[seen], names, chosen)
    box = replace(box, quasi_p={name: _quasi_p(*convincing, names, chosen, name) for name in chosen})
    return Discovery(_judged(box, *judges, names), trajectory, float(flags[seen].mean()))


def inside(x: Floats, names: tuple[str, ...], limits: Mapping[str, tuple[float, float]]) -> Flags:
    """Which draws lie in a box, its ends included. [shape (n_draws,)]"""
    result = np.ones(x.shape[0], dtype=np.bool_)
    for name, (low, high) in limits.items():
        column = x[:, names.index(name)]
        result &= (column >= low) & (column <= high)
    return result


def _peel(x: Floats, fails: Flags, names: tuple[str, ...], most_inputs: int) -> list[Limits]:
    limits: Limits = {}
    path = [dict(limits)]
    while True:
        now = inside(x, names, limits)
        best: tuple[float, float, Limits] | None = None
        for trial in _peels(x[now], names, limits, most_inputs):
            kept = inside(x, names, trial)
            if kept.mean() < LEAST_MASS or kept.sum() == now.sum():
                continue
            # Ties go to the larger box: less is given away for the same share of failures.
            score = (float(fails[kept].mean()), float(kept.mean()))
            if best is None or score > best[:2]:
                best = (*score, trial)
        if best is None or fails[now].all():
            return path
        limits = best[2]
        path.append(dict(limits))


def _peels(x: Floats, names: tuple[str, ...], limits: Limits, most_inputs: int) -> list[Limits]:
    trials = []
    for i, name in enumerate(names):
        if name not in limits and len(limits) >= most_inputs:
            continue
        column = np.sort(x[:, i])
        low, high = limits.get(name, (-np.inf, np.inf))
        cut = max(1, int(ALPHA * column.size))
        above, below = column[column > column[cut - 1]], column[column < column[-cut]]
        if above.size:
            trials.append({**limits, name: (float(above[0]), high)})
        if below.size:
            trials.append({**limits, name: (low, float(below[-1]))})
    return trials


def _paste(x: Floats, fails: Flags, names: tuple[str, ...], limits: Limits) -> Limits:
    """Push ends outwards by a share of the box while the share of failures does not fall."""
    while True:
        now = inside(x, names, limits)
        best: tuple[float, Limits] | None = None
        for trial in _pastes(x, names, limits, max(1, int(ALPHA * now.sum()))):
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
    return float(scipy.stats.binom.sf(int(fails[box].sum()) - 1, int(box.sum()), float(fails[without].mean())))


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
