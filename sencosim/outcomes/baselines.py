"""What the policy costs and changes against each law: the law of today, and what is announced."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.decisions.spread import Plain
from sencosim.experiment.jobs import Job
from sencosim.model import RunResult, price_book
from sencosim.outcomes.summary import (
    PRESENT_VALUE,
    TOTAL,
    Estimate,
    Summary,
    estimates_of,
    labels_of,
    points_of,
    read_arms,
    rows_of,
    series_of,
)
from sencosim.scenario.laws import Law

Floats = npt.NDArray[np.float64]
MONEY = ("net_public_cost", "npsv")
PEOPLE = ("requests", "new_plans", "suspensions", "permanent_exclusions")
SHOWN = (*MONEY, *PEOPLE)
"""Outcomes of the tables alongside the headline: money as present value, people over all years of the horizon."""
COLUMNS = (
    *("law", "view", "outcome", "title", "unit", "baseline", "policy", "difference", "p10", "p90"),
    *("monte_carlo_error", "draw_error", "n_draws", "n_replications"),
)


def label_of(outcome: str) -> str:
    """Whether an outcome is shown as present value or as total."""
    return PRESENT_VALUE if outcome in MONEY else TOTAL


def law_figures(result: RunResult, summary: Summary) -> pd.DataFrame:
    """Figures of every law that was run, the headline's first; empty if there is only that.

    ``p10`` and ``p90`` are missing where a view was run at its point values alone.
    """
    first, *others = result.plan.laws
    if not others:
        return pd.DataFrame(columns=list(COLUMNS))
    own = summary.figures[summary.figures["outcome"].isin(SHOWN) & (summary.figures["payer"] == "")]
    rows: list[dict[Any, Any]] = [
        {"law": first, **row} for row in own.to_dict("records") if row["year"] == label_of(str(row["outcome"]))
    ]
    for law in others:
        rows += [*_of_law(result, law)]
    return pd.DataFrame(rows)[list(COLUMNS)]


def _of_law(result: RunResult, law: Law) -> Iterator[dict[str, object]]:
    plan = result.plan
    origins = [job for view in plan.views for _, job in plan.moves_of(view, result.replications, law)]
    points = plan.point_jobs(result.replications)
    arms, values = read_arms(result, dict.fromkeys([*points, *origins, *plan.law_jobs(law)]))
    draws = [job for job in plan.law_jobs(law) if job.draw > 0]
    labels = labels_of(result.scenario)
    for view in plan.views:
        points = points_of(result, view, arms, values, law)
        estimates: Iterable[Estimate] = (
            estimates_of(result, points, draws, arms, values).rows
            if view == plan.main_view
            else _at_points(result, points, arms, values)
        )
        for estimate in estimates:
            if estimate.outcome in SHOWN:
                yield from _shown(estimate, labels, law)


def _shown(estimate: Estimate, labels: list[str], law: Law) -> Iterator[dict[str, object]]:
    for row in rows_of(estimate, labels):
        if row["year"] == label_of(estimate.outcome):
            unknown = {} if estimate.draws else dict.fromkeys(("p10", "p90", "monte_carlo_error"), math.nan)
            yield {"law": law, **row, **unknown}


def _at_points(
    result: RunResult, points: Sequence[Job], arms: Mapping[Job, Floats], values: Mapping[Job, Mapping[str, float]]
) -> Iterator[Estimate]:
    """A view at its point values, without draws."""
    job, level = points[0], np.mean([arms[job] for job in points], axis=0)
    scenario = result.asked(job)
    for one in series_of(scenario, job, price_book(scenario, job.view, values[job]), level):
        yield Estimate(job.view, one.outcome, one.payer, (one,), (), Plain(1))
