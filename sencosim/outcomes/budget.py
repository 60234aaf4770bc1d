"""The budget statement of a run: the mean over draws, as the summary weighs them, by year, payer and kind."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sencosim.costing.budget import budget_statement, flow_back_lines, with_flow_backs
from sencosim.costing.option import AppraisalFrame
from sencosim.decisions.spread import Spread
from sencosim.outcomes.summary import Counted, ledger_of_change


def budget_of_run(
    counted: Sequence[Counted],
    spread: Spread,
    lines: pd.DataFrame,
    frame: AppraisalFrame,
) -> pd.DataFrame:
    """Budgets of one view by academic and financial year, and what would flow back to the Exchequer.

    Parameters
    ----------
    counted, spread
        What the pairs of a view count that the summary averages, and how they stand for it.
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
    received = [
        flow_back_lines(ledger_of_change(pair.change, frame.first_year), pair.book).assign(weight=weight)
        for pair, weight in zip(counted, spread.weights, strict=True)
    ]
    flow_backs = pd.concat(received, ignore_index=True)
    flow_backs["value_gbp"] *= flow_backs.pop("weight")
    terms = counted[0].book
    statement = budget_statement(lines, frame, terms.high_needs_funded_by, terms.high_needs_switch)
    return with_flow_backs(statement, flow_backs, frame, counted=terms.flow_backs_count)
