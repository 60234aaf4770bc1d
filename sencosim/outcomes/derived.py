"""What follows from counts and one parameter each: looked-after pupils, parents' work, teachers taken into the role.

None of these is an event of the model. Each is a share or a ratio from the evidence applied to the ledger of a pair,
so it can change no other result.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.extra_teachers import teachers_per_hour
from sencosim.model import RunResult
from sencosim.runs.streaming import Moments
from sencosim.units import WEEKS_PER_YEAR
from sencosim.vocabulary import COLUMN

Floats = npt.NDArray[np.float64]
Values = Mapping[str, float]
GROUP = "All schools"


@dataclass(frozen=True)
class Derived:
    """One derived figure.

    Attributes
    ----------
    name, title, unit
        As shown.
    weights
        What one unit of each quantity adds, from the values of a pair.
    favourable
        ``up`` or ``down`` if one is plainly better; blank if not.
    has_levels
        False for what only a difference of arms means: its baseline is zero.
    """

    name: str
    title: str
    unit: str
    weights: Callable[[Values], Mapping[str, float]]
    favourable: str
    has_levels: bool = True


def _looked_after(values: Values) -> Mapping[str, float]:
    return {
        "pupil_years.sen_support": values["looked_after_share_sen_support"],
        "pupil_years.ehc_plan": values["looked_after_share_ehc_plan"],
        "pupil_years.waiting_special": values["looked_after_share_ehc_plan"],
    }


def _parents_work(values: Values) -> Mapping[str, float]:
    kept = values["effect_parent_job_kept"]
    return {"pupil_years.identification_wait": kept, "appeal_weeks": kept / WEEKS_PER_YEAR}


DERIVED: tuple[Derived, ...] = (
    Derived("looked_after", "Pupils with SEN who are looked after by a council", "pupils", _looked_after, ""),
    Derived(
        "parents_work_lost",
        "Parents out of work for want of support or in a dispute (M17)",
        "parents, full year",
        _parents_work,
        "down",
    ),
    Derived(
        "teachers_needed",
        "Teachers taken from classes: hours added, less hours released at what they are worth",
        "full-time equivalents",
        teachers_per_hour,
        "",
        has_levels=False,
    ),
)
"""In the order shown."""


def derived_results(result: RunResult, view: str) -> pd.DataFrame:
    """Derived figures, yearly means over the horizon, at the point values of a view.

    Parameters
    ----------
    result
        A run.
    view
        ``campaign``, ``central`` or ``sceptic``.

    Returns
    -------
        Rows with the columns of :func:`sencosim.outcomes.by_group.group_results`; ``grouping`` is ``derived``.
    """
    moments = [Moments(len(DERIVED), ()) for _ in range(3)]
    start, years = result.scenario.horizon.first - result.scenario.start_year, result.scenario.horizon.years
    rows = np.arange(len(DERIVED))
    has_levels = np.array([one.has_levels for one in DERIVED])
    for totals in result.points(view):
        levels = []
        for arm in (totals.baseline, totals.policy):
            counts = arm[:, start : start + years].sum(axis=(0, 1)) / years
            levels.append(np.array([_sum(one.weights(totals.values), counts) for one in DERIVED]))
        difference = levels[1] - levels[0]
        told = [np.where(has_levels, levels[0], 0.0), np.where(has_levels, levels[1], difference), difference]
        for seen, values in zip(moments, told, strict=True):
            seen.add(rows, values)
    error = moments[2].standard_error()
    return pd.DataFrame(
        [
            {
                "view": view,
                "grouping": "derived",
                "group": GROUP,
                "measure": one.name,
                "title": one.title,
                "unit": one.unit,
                "favourable": one.favourable,
                "baseline": float(moments[0].mean[row]),
                "policy": float(moments[1].mean[row]),
                "difference": float(moments[2].mean[row]),
                "monte_carlo_error": float(error[row]),
                "n_replications": int(moments[2].count[row]),
                "schools": math.nan,
                "pupils": math.nan,
            }
            for row, one in enumerate(DERIVED)
        ]
    )


def _sum(weights: Mapping[str, float], counts: Floats) -> float:
    return sum(weight * float(counts[COLUMN[name]]) for name, weight in weights.items())
