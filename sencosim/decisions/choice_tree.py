"""Which assumption picks which option, by a small classification tree (Breiman and others 1984; scikit-learn).

A tree is useful only if it names the best option more often than always naming the commonest one would.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sencosim.decisions.resampling import library_seed
from sencosim.extras import need

DEEPEST = 2
"""Questions asked one after the other: more would fit chance."""
LEAST_SHARE = 0.1
"""Share of the draws that a leaf holds at least."""
FOLDS = 8
TELLS = 0.05
"""Share of draws, held out, by which a tree must name the best option more often than the commonest does. [share]"""


@dataclass(frozen=True)
class Leaf:
    """Draws in which the same answers to a few questions are given."""

    limits: tuple[tuple[str, float, float], ...]  # input, above, at most; infinite where not asked
    option: str  # best in most of them
    share: float  # of these draws in which it is best
    n: int


@dataclass(frozen=True)
class Choice:
    """What picks the option."""

    leaves: tuple[Leaf, ...]
    best: pd.Series  # share of the draws in which each option is best, highest first
    accuracy: float  # share of held-out draws whose best option the tree names; NaN if one option is always best

    @property
    def tells(self) -> bool:
        """Whether the tree says more than that one option is best most often."""
        return self.accuracy > float(self.best.iloc[0]) + TELLS


def choice_of(inputs: pd.DataFrame, values: pd.DataFrame, *, seed: int) -> Choice:
    """Grow the tree on draws that are there.

    Parameters
    ----------
    inputs
        One row a draw, one column an input.
    values
        What each option is worth. [rows draws, columns options]
    seed
        Chooses among splits that are equally good.
    """
    best = values.idxmax(axis=1)
    shares = best.value_counts(normalize=True)
    if len(shares) == 1:
        return Choice((Leaf((), str(shares.index[0]), 1.0, len(best)),), shares, float("nan"))
    x = inputs.to_numpy(dtype=np.float64)
    made = need("sklearn.tree").DecisionTreeClassifier
    least = max(2, round(LEAST_SHARE * len(best)))
    how = {"max_depth": DEEPEST, "min_samples_leaf": least, "random_state": library_seed(seed, "choice tree")}
    fold = np.arange(len(best)) % FOLDS
    right = sum(
        int((made(**how).fit(x[fold != k], best[fold != k]).predict(x[fold == k]) == best[fold == k]).sum())
        for k in range(FOLDS)
    )
    tree = made(**how).fit(x, best)
    leaves = tuple(_leaves(tree, [str(name) for name in inputs.columns], x, best))
    return Choice(leaves, shares, right / len(best))


def _leaves(tree: object, names: Sequence[str], x: np.ndarray, best: pd.Series) -> Iterator[Leaf]:
    inner = tree.tree_  # type: ignore[attr-defined]
    which = tree.apply(x)  # type: ignore[attr-defined]

    def below(node: int, limits: dict[str, tuple[float, float]]) -> Iterator[Leaf]:
        if inner.children_left[node] < 0:
            own = best[which == node].value_counts(normalize=True)
            told = tuple((name, *ends) for name, ends in limits.items())
            yield Leaf(told, str(own.index[0]), float(own.iloc[0]), int((which == node).sum()))
            return
        name, at = names[inner.feature[node]], float(inner.threshold[node])
        low, high = limits.get(name, (-np.inf, np.inf))
        yield from below(inner.children_left[node], limits | {name: (low, min(high, at))})
        yield from below(inner.children_right[node], limits | {name: (max(low, at), high)})

    yield from below(0, {})
