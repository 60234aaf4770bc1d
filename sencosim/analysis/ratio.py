"""Benefit-cost ratio over the draws, as rows of the summary."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sencosim.analysis.summary import PRESENT_VALUE, Summary

BCR = "bcr"
SUPPRESSED = "not shown: the 80 % interval of the cost reaches zero, so there is nothing to divide by"


def ratio_figures(summary: Summary) -> pd.DataFrame:
    """Benefits over costs to society, present value: the ratio of the means, and the spread of the ratio over draws.

    Parameters
    ----------
    summary
        Of a run.

    Returns
    -------
        Rows of the summary, one a view. Where the interval of the cost reaches zero the ratio is missing and ``note``
        says why.
    """
    rows = []
    for view in summary.figures["view"].unique():
        told = summary.figures.query("view == @view and year == @PRESENT_VALUE and payer == ''").set_index("outcome")
        benefit, cost = (dict(told.loc[name]) for name in ("policy_benefit", "policy_cost"))
        shown = float(cost["p10"]) > 0.0
        ratios = _ratios(summary.runs, view) if shown else np.array([math.nan])
        ends = dict(zip(("p10", "p50", "p90"), np.quantile(ratios, [0.1, 0.5, 0.9]).tolist(), strict=True))
        rows.append(
            cost
            | {
                "outcome": BCR,
                "title": "Benefit-cost ratio",
                "unit": "ratio",
                "difference": benefit["difference"] / cost["difference"] if shown else math.nan,
                **ends,
                **dict.fromkeys(("monte_carlo_error", "draw_error"), math.nan),
                "chance_below_zero": float((ratios < 0.0).mean()) if shown else math.nan,
                "kind": "ratio",
                "favourable": "up",
                "note": "" if shown else SUPPRESSED,
            }
        )
    return pd.DataFrame(rows)


def _ratios(runs: pd.DataFrame, view: str) -> np.ndarray:
    chosen = runs[(runs["view"] == view) & (runs["year"] == PRESENT_VALUE) & (runs["payer"] == "")]
    wide = chosen.pivot_table(index=["draw", "replication"], columns="outcome", values="difference")
    drawn = wide[wide.index.get_level_values("draw") > 0]
    counted = wide if drawn.empty else drawn
    ratios: np.ndarray = (counted["policy_benefit"] / counted["policy_cost"]).to_numpy(dtype=np.float64)
    return ratios
