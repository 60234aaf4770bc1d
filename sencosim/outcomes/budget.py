"""The budget statement of a run: the mean over draws, as the summary weighs them, by year, payer and kind."""

from __future__ import annotations

import pandas as pd

from sencosim.costing.budget import budget_statement, with_flow_backs
from sencosim.costing.option import AppraisalFrame
from sencosim.costing.prices import PriceBook
from sencosim.decisions.spread import Spread


def budget_of_run(
    book: PriceBook, spread: Spread, lines: pd.DataFrame, received: pd.DataFrame, frame: AppraisalFrame
) -> pd.DataFrame:
    """Budgets of one view by academic and financial year, and what would flow back to the Exchequer.

    Parameters
    ----------
    book
        Prices of a pair of the view: the terms of all.
    spread
        How the draws stand for the view.
    lines
        Mean lines of the view over draws.
    received
        Lines of what flows back in every draw, with ``draw`` from 0.
    frame
        How the run is appraised.

    Returns
    -------
    pandas.DataFrame
        As :func:`sencosim.costing.budget.with_flow_backs`. By academic year its real sums are the summary's net costs
        by payer. [GBP]
    """
    flow_backs = received.assign(value_gbp=received["value_gbp"] * spread.weights[received["draw"]])
    statement = budget_statement(lines, frame, book.high_needs_funded_by, book.high_needs_switch)
    return with_flow_backs(statement, flow_backs, frame, counted=book.flow_backs_count)
