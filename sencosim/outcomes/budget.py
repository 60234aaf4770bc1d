"""The budget statement of a run: the mean over draws, as the summary weighs them, by year, payer and kind."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.budget import budget_statement, flow_back_lines, with_flow_backs
from sencosim.costing.option import AppraisalFrame
from sencosim.experiment.jobs import Job
from sencosim.experiment.totals import ENGLAND, tidy_totals
from sencosim.model import RunResult, price_book
from sencosim.outcomes.summary import Summary, moved_draws

Floats = npt.NDArray[np.float64]


def budget_of_run(
    result: RunResult,
    summary: Summary,
    arms: Mapping[Job, Floats],
    values: Mapping[Job, Mapping[str, float]],
    points: list[Job],
    lines: pd.DataFrame,
    frame: AppraisalFrame,
) -> pd.DataFrame:
    """Budgets of one view by academic and financial year, and what would flow back to the Exchequer.

    Parameters
    ----------
    result, summary
        The run and its figures.
    arms, values, points
        Both arms of the view's pairs, the evidence of each, and its pairs at the point values, as of
        :func:`sencosim.outcomes.summary.read_arms` and :func:`sencosim.outcomes.summary.points_of`.
    lines
        Mean lines of the view over draws.
    frame
        How the run is appraised.

    Returns
    -------
    pandas.DataFrame
        As :func:`sencosim.costing.budget.with_flow_backs`. By academic year its real sums are the summary's net costs
        by payer. [GBP]
    """
    view = points[0].view
    draws = [job for job in arms if job.draw > 0 and job.view == view]
    counted = moved_draws(result, points, draws, arms) or {job: arms[job] for job in points}
    weights = summary.spread(view, len(counted)).weights
    books = [price_book(result.asked(job), view, values[job]) for job in counted]
    received = [
        flow_back_lines(_difference(one, frame.first_year), book).assign(weight=weight)
        for one, book, weight in zip(counted.values(), books, weights, strict=True)
    ]
    flow_backs = pd.concat(received, ignore_index=True)
    flow_backs["value_gbp"] *= flow_backs.pop("weight")
    terms = books[0]
    statement = budget_statement(lines, frame, terms.high_needs_funded_by, terms.high_needs_switch)
    return with_flow_backs(statement, flow_backs, frame, counted=terms.flow_backs_count)


def _difference(arms: Floats, first_year: int) -> pd.DataFrame:
    return tidy_totals(ENGLAND, {"value": (arms[1] - arms[0])[None]}, first_year, categories=False)
