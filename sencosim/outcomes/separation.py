"""Two options, run with the same draws, schools and chance: how far they are apart, and whether that can be told."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sencosim.decisions.spread import ENDS, Plain
from sencosim.experiment.precision import standard_error

KEYS = ["view", "draw", "replication", "outcome", "payer", "area_code", "year"]
SURE = 2.0
"""A difference smaller than so many standard errors of the simulation cannot be distinguished from chance."""


@dataclass(frozen=True)
class Separation:
    """First option less second, for one outcome."""

    mean: float  # over draws of the paired difference. [unit of the outcome]
    p10: float
    p90: float
    # standard error of the mean over replications at the point values. [unit of the outcome; NaN for one]
    monte_carlo_error: float
    chance_below_zero: float  # share of draws in which the first is lower. [fraction]
    n_draws: int  # draws; 0 if only replications were compared

    @property
    def reading(self) -> str:
        """``lower``, ``higher``, ``same`` in every draw, ``unclear`` (draws) or ``not separated`` (replications)."""
        if self.mean == self.p10 == self.p90 == 0.0:
            return "same"
        if math.isfinite(self.monte_carlo_error) and abs(self.mean) < SURE * self.monte_carlo_error:
            return "not separated"
        if self.p10 <= 0.0 <= self.p90:
            return "unclear"
        return "lower" if self.mean < 0.0 else "higher"


def separation(
    first: pd.DataFrame, second: pd.DataFrame, view: str, outcome: str, year: str, *, least: float = 0.0
) -> Separation:
    """Pair two tables of runs and look at one outcome. The mean is that of the first less that of the second.

    The tables are ``runs`` of two runs of the same seed, draws and schools; ValueError if they are not, or hold none.
    Where no draw is ``least`` apart or more, they are the same: sums in another order leave rounding behind. [unit of
    the outcome]
    """
    wanted = {"view": view, "outcome": outcome, "year": year, "payer": ""}
    chosen = [frame[(frame[list(wanted)] == pd.Series(wanted)).all(axis=1)] for frame in (first, second)]
    joined = chosen[0].merge(chosen[1], on=KEYS, suffixes=("_first", "_second"), validate="one_to_one")
    if joined.empty or not len(joined) == len(chosen[0]) == len(chosen[1]):
        raise ValueError(f"the runs do not hold the same draws of {outcome}")
    drawn = joined[joined["draw"] > 0]
    points, counted = joined[joined["draw"] == 0], joined if drawn.empty else drawn
    one, two = ((counted[f"difference_{end}"] * counted[f"weight_{end}"]).sum() for end in ("first", "second"))
    gap = (counted["difference_first"] - counted["difference_second"]).to_numpy(dtype=np.float64)
    if max(abs(one - two), *abs(gap)) < least:
        one, two, gap = 0.0, 0.0, np.zeros_like(gap)
    gap = gap - gap.mean() + (one - two)
    low, high = Plain(gap.size).quantiles(gap[:, None], ENDS)[:, 0]
    return Separation(
        mean=float(one - two),
        p10=float(low),
        p90=float(high),
        monte_carlo_error=standard_error((points["difference_first"] - points["difference_second"]).tolist()),
        chance_below_zero=float((gap < 0.0).mean()),
        n_draws=len(drawn),
    )
