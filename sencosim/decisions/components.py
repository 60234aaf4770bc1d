"""Parts of the variance of one run's outcome: the draw, the replication, prices, what they do together, and structure.

Every draw meets every replication (the same schools and chance), and may meet every set of prices: the design is
crossed, not nested. Mean squares are equated with their expectations (Searle, Casella and McCulloch 1992, "Variance
Components", chapter 4): with ``n`` of the axes that an effect leaves out, ``E[MS] = sum over larger effects of (product
of the axes that those leave out) x variance``, solved from the largest effect down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from sencosim.decisions.resampling import Floats
from sencosim.errors import InputError

TOGETHER = "interaction"
"""Row of all that axes do together, the error of a single cell included: it cannot be distinguished from it."""


@dataclass(frozen=True)
class Form:
    """One thing about the model's form that is not known, such as the law of the baseline."""

    changes: Floats  # paired: under each form less under the first [shape (n_forms, n_draws)]
    weights: Floats  # how likely each form is [shape (n_forms,), sums to 1]


def parts_of_spread(
    table: Floats,
    axes: Sequence[str],
    forms: Mapping[str, Form] | None = None,
    known: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Split the variance of an outcome by the axes of a balanced crossed table, and by the form of the model.

    Parameters
    ----------
    table
        One number a cell. An axis of length one is no axis: what it would explain is in the others. [unit of the
        outcome, one dimension an axis]
    axes
        Names of the axes, such as draw, replication, price.
    forms
        By name, forms of the model with paired changes. Their part is the weighted variance of the mean changes, less
        what the errors of these means add to it.
    known
        By name, parts that were measured elsewhere, such as replications of another design. [unit squared]

    Returns
    -------
        ``part`` (axes, :data:`TOGETHER`, forms, what is known), ``variance`` [unit squared], ``share`` of their sum,
        and ``set_to_zero``, whether the estimate was below zero, so that zero stands for it.
    """
    x = np.asarray(table, dtype=np.float64)
    if not np.isfinite(x).all():
        raise InputError("A crossed split of variance needs an outcome in every cell: each draw in each replication.")
    kept = [i for i in range(x.ndim) if x.shape[i] > 1]
    x = x.reshape([x.shape[i] for i in kept])
    if not kept:
        raise InputError("A split of variance needs two draws or two replications at least.")
    found = _components(x)
    rows = [(axes[i], *_at_least_zero(found[(k,)])) for k, i in enumerate(kept)]
    if len(kept) > 1:
        larger = [_at_least_zero(variance) for effect, variance in found.items() if len(effect) > 1]
        rows.append((TOGETHER, sum(value for value, _ in larger), any(zero for _, zero in larger)))
    rows += [(name, *_at_least_zero(_between_forms(form))) for name, form in (forms or {}).items()]
    rows += [(name, variance, False) for name, variance in (known or {}).items()]
    frame = pd.DataFrame(rows, columns=["part", "variance", "set_to_zero"])
    total = float(frame["variance"].sum())
    frame.insert(2, "share", frame["variance"] / total if total > 0.0 else 0.0)
    return frame


def _at_least_zero(variance: float) -> tuple[float, bool]:
    return max(0.0, variance), variance < 0.0


def _components(x: Floats) -> dict[tuple[int, ...], float]:
    """Variance of each effect, main effects and all that axes do together, as the mean squares give it."""
    squares = {effect: _mean_square(x, effect) for effect in _effects(range(x.ndim))}
    found: dict[tuple[int, ...], float] = {}
    for effect in reversed(list(squares)):  # the largest first
        over = [other for other in found if set(effect) < set(other)]
        rest = squares[effect] - sum(_left_out(x, other) * found[other] for other in over)
        found[effect] = rest / _left_out(x, effect)
    return found


def _effects(axes: range) -> Iterator[tuple[int, ...]]:
    for size in range(1, len(axes) + 1):
        yield from combinations(axes, size)


def _left_out(x: Floats, effect: tuple[int, ...]) -> float:
    return float(np.prod([x.shape[i] for i in range(x.ndim) if i not in effect]))


def _mean_square(x: Floats, effect: tuple[int, ...]) -> float:
    """Mean square of an effect: its sum of squares in the table over its degrees of freedom."""
    outside = tuple(i for i in range(x.ndim) if i not in effect)
    part = x.mean(axis=outside, keepdims=True)
    for i in effect:
        part = part - part.mean(axis=i, keepdims=True)
    freedom = float(np.prod([x.shape[i] - 1 for i in effect]))
    return float((part**2).sum()) * _left_out(x, effect) / freedom


def _between_forms(form: Form) -> float:
    changes, weights = np.atleast_2d(form.changes), np.asarray(form.weights, dtype=np.float64)
    if changes.shape[0] != weights.size or not np.isclose(weights.sum(), 1.0):
        raise InputError("Each form of the model needs one weight, and the weights must sum to 1.")
    means = changes.mean(axis=1)
    spread = float(weights @ (means - weights @ means) ** 2)
    if changes.shape[1] < 2:
        return spread
    error = np.atleast_2d(np.cov(changes)) / changes.shape[1]
    return spread - float(weights @ np.diag(error) - weights @ error @ weights)
