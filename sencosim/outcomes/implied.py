"""What went in and what came out: the rate of each outcome per doubling of SENCO hours, alongside its prior.

A prior is a relative rate at one stage per doubling of used hours, other things equal. What came out is the rate of
the policy over that of the baseline per doubling of hours really worked on SEN for each pupil. It also holds everything
that moves the pupils at risk, the limits of what more hours can do (evenings given back, a full list, the lag of
support) and the doings of helpers who are not SENCOs, so it need not equal the prior.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.evidence.tables import read_table
from sencosim.model import RunResult
from sencosim.units import PHASES
from sencosim.vocabulary import COLUMN, USES_OF_PAID_HOURS, Quantity

Floats = npt.NDArray[np.float64]

LAST_YEARS = 3
"""Years at the end of the horizon that are looked at."""
FEWEST_DOUBLINGS = 0.05
"""Below so many doublings, up or down, a rate per doubling would be noise and is not given."""
COLUMNS = ("prior", "phase", "prior_value", "hours_ratio", "came_out", "came_out_per_doubling")

_WORKED = (
    *(one.key for name in tuple(USES_OF_PAID_HOURS)[:5] for one in USES_OF_PAID_HOURS[name]),
    Quantity.OVERTIME_HOURS.key,
)
"""Hours worked on SEN, paid and unpaid."""
_NOTICED = ("pupil_years.identification_wait", "pupil_years.sen_support")
_WITH_SEN = (*_NOTICED, "pupil_years.ehc_plan", "pupil_years.waiting_special")


@dataclass(frozen=True)
class Effect:
    """One rate."""

    priors: tuple[str, ...]  # register names; the prior is their product
    events: tuple[str, ...]  # quantities that are added, and those that are taken off
    exposure: tuple[str, ...]  # what they are a rate of
    less: tuple[str, ...]


EFFECTS = read_table(Path(__file__).with_suffix(".csv"), Effect)
"""In the order shown. Requests come apart by who leads them, since release acts on those of schools alone."""


def implied_effects(result: RunResult, view: str) -> pd.DataFrame:
    """Rates that came out, at the point values of a view, over the last years of the horizon."""
    last = result.scenario.horizon.last - result.scenario.start_year + 1
    counts: dict[str, Floats] = {phase: np.zeros((2, len(Quantity))) for phase in PHASES}
    values: Mapping[str, float] = {}
    for totals in result.points(view):
        values = totals.values  # noqa: PD011
        for row, (phase, _) in enumerate(totals.strata):
            if phase in counts:
                inside = slice(max(0, last - LAST_YEARS), last)
                counts[phase] += [arm[row, inside].sum(axis=0) for arm in (totals.baseline, totals.policy)]
    return rows_of(counts, values)


def rows_of(counts: Mapping[str, Floats], values: Mapping[str, float]) -> pd.DataFrame:
    """What came out, from the counts of both arms.

    Counts are baseline and policy by phase [units, shape (2, n_quantities)]. A row an effect and phase: ``prior`` and
    ``prior_value`` (relative rate, or odds for appeals and moves to special, per doubling), ``hours_ratio`` (hours
    worked on SEN for a pupil, policy over baseline), ``came_out`` (rate of the policy over that of the baseline) and
    ``came_out_per_doubling``, NaN where hours hardly differ.
    """
    rows = []
    for phase, arms in counts.items():
        hours = _ratio(_sum(arms, _WORKED), _sum(arms, _WITH_SEN))
        if math.isnan(hours):
            continue
        for effect in EFFECTS:
            came_out = _ratio(_sum(arms, effect.events) - _sum(arms, effect.less), _sum(arms, effect.exposure))
            prior = math.prod(float(values[name]) for name in effect.priors)
            rows.append((" x ".join(effect.priors), phase, prior, hours, came_out, per_doubling(came_out, hours)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def per_doubling(relative_rate: float, hours_ratio: float) -> float:
    """A relative rate as one per doubling of hours; NaN where hours hardly differ or nothing happened.

    Examples
    --------
    >>> per_doubling(0.81, 4.0), per_doubling(1.25, 0.5), per_doubling(0.9, 1.01)
    (0.9, 0.8, nan)
    """
    doublings = math.log2(hours_ratio) if hours_ratio > 0.0 else 0.0
    if abs(doublings) < FEWEST_DOUBLINGS or not relative_rate > 0.0:
        return math.nan
    return float(relative_rate ** (1.0 / doublings))


def _sum(arms: Floats, names: tuple[str, ...]) -> Floats:
    total: Floats = arms[:, [COLUMN[name] for name in names]].sum(axis=1)
    return total


def _ratio(top: Floats, bottom: Floats) -> float:
    """Rate of the policy over that of the baseline; NaN where there is nothing to divide by."""
    if top[0] <= 0.0 or bottom.min() <= 0.0:
        return math.nan
    return float(top[1] / bottom[1] / (top[0] / bottom[0]))
