"""How much of the spread is chance in the simulation, how much is the parameters, how much is the structure.

Nested analysis of variance: structures (views), draws within structures, replications within draws. Estimators by
equating mean squares with their expectations, for unequal numbers too (Searle, Casella and McCulloch 1992, "Variance
Components", chapter 3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class VarianceSplit:
    """Parts of the variance of one run's outcome. [unit squared] Estimates below zero are set to zero."""

    monte_carlo: (
        float  # within draws, between replications; NaN if no draw was replicated: it then sits in ``parameter``
    )
    parameter: float  # between draws within a structure
    structural: float  # between structures
    n_runs: int

    @property
    def total(self) -> float:
        """Sum of the parts. [unit squared]"""
        return float(np.nansum([self.monte_carlo, self.parameter, self.structural]))

    def shares(self) -> dict[str, float]:
        """Each part over the total; all zero if nothing varies. [ratio, 0 to 1]"""
        parts = {"monte_carlo": self.monte_carlo, "parameter": self.parameter, "structural": self.structural}
        if self.total <= 0.0:
            return dict.fromkeys(parts, 0.0)
        return {name: part / self.total for name, part in parts.items()}


def split_variance(runs: pd.DataFrame, value: str) -> VarianceSplit:
    """Split the variance of an outcome by the columns ``view``, ``draw`` and, as rows of the same keys, replication.

    With ``y[s, d, r]`` for structure, draw and replication, mean squares MS between structures, between draws and
    within draws have the expectations ``v_r + k2 v_d + k3 v_s``, ``v_r + k1 v_d`` and ``v_r``; the constants are those
    of unequal numbers. One structure must have two draws or more.
    """
    groups = runs.groupby(["view", "draw"], observed=True)[value]
    cells = groups.agg(["count", "mean"]).reset_index()
    within = float(((runs[value] - groups.transform("mean")) ** 2).sum())
    n_runs, n_draws, n_structures = len(runs), len(cells), cells["view"].nunique()
    if n_draws == n_structures:
        raise ValueError("a split of variance needs two or more draws in one structure")
    count, mean = cells["count"].to_numpy(dtype=np.float64), cells["mean"].to_numpy(dtype=np.float64)
    which = pd.factorize(cells["view"])[0]
    size = np.bincount(which, weights=count)
    level = np.bincount(which, weights=count * mean) / size
    between_draws = float((count * (mean - level[which]) ** 2).sum()) / (n_draws - n_structures)
    inner = float((np.bincount(which, weights=count**2) / size).sum())
    noise = within / (n_runs - n_draws) if n_runs > n_draws else math.nan
    known_noise = 0.0 if math.isnan(noise) else noise
    raw_parameter = (between_draws - known_noise) / ((n_runs - inner) / (n_draws - n_structures))
    raw_structural = 0.0
    if n_structures > 1:
        grand = float((size * level).sum()) / n_runs
        between = float((size * (level - grand) ** 2).sum()) / (n_structures - 1)
        k2 = (inner - float((count**2).sum()) / n_runs) / (n_structures - 1)
        k3 = (n_runs - float((size**2).sum()) / n_runs) / (n_structures - 1)
        raw_structural = (between - known_noise - k2 * max(0.0, raw_parameter)) / k3
    return VarianceSplit(noise, max(0.0, raw_parameter), max(0.0, raw_structural), n_runs)
