"""From repeats to figures: medians, ratios, growth. Nothing here measures, and nothing here writes words."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Growth:
    """How cost grows with size.

    Attributes
    ----------
    exponent
        Slope of log cost on log size: 1 is linear. [ratio]
    dearest, cheapest
        Cost of a unit at the dearest and the cheapest size, against that at the largest. [ratio]
    """

    exponent: float
    dearest: float
    cheapest: float


def medians(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Median of every number over repeats, by what was measured, in the order in which it was."""
    numbers = table.select_dtypes("number").columns.difference(["repeat", *keys])
    return table.groupby(keys, sort=False)[list(numbers)].median().reset_index()


def growth(sizes: pd.Series, costs: pd.Series) -> Growth:
    """Fit cost = constant x size ** exponent by least squares of the logs, and compare the cost of a unit.

    Parameters
    ----------
    sizes, costs
        At least two different sizes. [> 0]
    """
    size, cost = sizes.to_numpy(float), costs.to_numpy(float)
    x, y = np.log(size) - np.log(size).mean(), np.log(cost) - np.log(cost).mean()
    each = cost / size
    last = each[int(np.argmax(size))]
    return Growth(float((x * y).sum() / (x * x).sum()), float(each.max() / last), float(each.min() / last))


def slope(sizes: pd.Series, costs: pd.Series) -> float:
    """Least-squares slope of cost on size. [cost per unit of size]"""
    size, cost = sizes.to_numpy(float), costs.to_numpy(float)
    x = size - size.mean()
    return float((x * (cost - cost.mean())).sum() / (x * x).sum())


def per_school_year(table: pd.DataFrame, seconds: str = "cpu_seconds") -> pd.Series:
    """Cost of one school for one year. [milliseconds]"""
    cost: pd.Series = 1e3 * table[seconds] / (table["schools"] * table["years"])
    return cost


def engine_ratio(engines: pd.DataFrame) -> float:
    """How many times as fast the compiled engine is as the reference engine, by processor time. [ratio]"""
    seconds = medians(engines, ["engine"]).set_index("engine")["cpu_seconds"]
    return float(seconds["reference"] / seconds["compiled"])


def engines_agree(engines: pd.DataFrame) -> bool:
    """Whether both engines ran, and all runs were given the same inputs and counted the same."""
    return len(engines[["inputs", "tally"]].drop_duplicates()) == 1 and set(engines["engine"]) == {
        "reference",
        "compiled",
    }


def memory_growth(replications: pd.DataFrame) -> float:
    """Peak memory after the last replication against that after the second: the first begins with less. [ratio]"""
    peaks = medians(replications, ["replications"]).sort_values("replications")["peak_mb"]
    return float(peaks.iloc[-1] / peaks.iloc[1]) if len(peaks) > 2 and peaks.iloc[1] > 0 else math.nan


def speed_up(workers: pd.DataFrame) -> float:
    """How many times as many pairs two processes do in the same time as one, once a run has set to work. [ratio]"""
    found = medians(workers, ["workers"]).set_index("workers")
    rate = found["pairs"] / (found["pairs_seconds"] - found["begun_seconds"])
    return float(rate[2] / rate[1])


def waiting(table: pd.DataFrame) -> float:
    """Clock time over processor time, all repeats together: 1 on a machine that nobody else uses. [ratio, >= 1]"""
    return float(table["seconds"].sum() / table["cpu_seconds"].sum())
