"""The budget statement of a run: the mean over draws, as the summary weighs them, by year, payer and kind."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.budget import budget_statement, flow_back_lines, with_flow_backs
from sencosim.costing.option import AppraisalFrame
from sencosim.decisions.spread import Spread
from sencosim.experiment.jobs import Job
from sencosim.experiment.totals import ENGLAND, tidy_totals
from sencosim.model import RunResult, price_book

Floats = npt.NDArray[np.float64]


def budget_of_run(
    result: RunResult,
    counted: Mapping[Job, Floats],
    values: Mapping[Job, Mapping[str, float]],
    spread: Spread,
    lines: pd.DataFrame,
    frame: AppraisalFrame,
) -> pd.DataFrame:
    """Budgets of one view by academic and financial year, and what would flow back to the Exchequer.

    Parameters
    ----------
    result
        The run.
    counted, values, spread
        Both arms of the pairs that the summary averages, the evidence of each pair, and how they stand for the view.
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
    books = [price_book(result.asked(job), job.view, values[job]) for job in counted]
    received = [
        flow_back_lines(_difference(one, frame.first_year), book).assign(weight=weight)
        for one, book, weight in zip(counted.values(), books, spread.weights, strict=True)
    ]
    flow_backs = pd.concat(received, ignore_index=True)
    flow_backs["value_gbp"] *= flow_backs.pop("weight")
    terms = books[0]
    statement = budget_statement(lines, frame, terms.high_needs_funded_by, terms.high_needs_switch)
    return with_flow_backs(statement, flow_backs, frame, counted=terms.flow_backs_count)


def _difference(arms: Floats, first_year: int) -> pd.DataFrame:
    return tidy_totals(ENGLAND, {"value": (arms[1] - arms[0])[None]}, first_year, categories=False)
