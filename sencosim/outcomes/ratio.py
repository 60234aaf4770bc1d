"""Ratios over the draws, as rows of the summary: benefits to costs, and cost for one unit of an outcome."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.decisions.spread import Spread
from sencosim.outcomes.catalogue import DERIVED
from sencosim.outcomes.summary import NOT_OF_A_RATIO, PRESENT_VALUE, TOTAL, Summary, spread_figures

Floats = npt.NDArray[np.float64]
BCR = "bcr"
COST_PER = "cost_per."
"""Beginning of the name of a cost for one unit."""
SUPPRESSED = "not shown: the 80 % interval of the cost reaches zero, so there is nothing to divide by"
PER_UNIT = ("permanent_exclusions", "suspensions", "posts_vacant", "overtime_hours", "years_waiting_identification")
"""Outcomes of which one fewer has a cost worth stating. Only where a change for the better is clear."""
PER_HOUR: tuple[tuple[str, str, str], ...] = (
    ("net_public_cost", "", "senco_work_hours"),
    ("payer_net", "schools", "senco_work_hours"),
    ("net_public_cost", "", "sen_work_hours"),
)
"""Cost, payer and hours of each cost per hour. Paid hours that only replace unpaid ones are no extra hours."""
NO_MORE_HOURS = "not shown: the hours are not clearly more"


def ratio_figures(summary: Summary) -> pd.DataFrame:
    """Benefit-cost ratio and costs per unit of each view: the ratio of the means, its spread over draws.

    Rows of the summary. Where the interval of a cost reaches zero the benefit-cost ratio is missing and ``note`` says
    why; a cost per unit is left out where the interval of cost or change reaches zero, or where the change is zero in
    any draw.
    """
    rows = []
    for view in summary.figures["view"].unique():
        rows.append(_benefit_cost(summary, view))
        rows += [row for outcome in PER_UNIT if (row := _cost_per(summary, view, outcome)) is not None]
        rows += [row for asked in PER_HOUR if (row := _cost_per_hour(summary, view, *asked)) is not None]
    return pd.DataFrame(rows)


def _benefit_cost(summary: Summary, view: str) -> dict[str, Any]:
    benefit, cost = (_row(summary, view, name, PRESENT_VALUE) for name in ("policy_benefit", "policy_cost"))
    shown = float(cost["p10"]) > 0.0
    ratios = _drawn(summary, view, ("policy_benefit", PRESENT_VALUE), ("policy_cost", PRESENT_VALUE))
    return _ratio_row(cost, summary.spread(view, ratios.size), ratios if shown else None) | {
        "outcome": BCR,
        "title": DERIVED[BCR].title,
        "unit": DERIVED[BCR].unit,
        "difference": benefit["difference"] / cost["difference"] if shown else math.nan,
        "favourable": DERIVED[BCR].favourable,
        "note": "" if shown else SUPPRESSED,
    }


def _cost_per(summary: Summary, view: str, outcome: str) -> dict[str, Any] | None:
    net, change = _row(summary, view, "net_public_cost", PRESENT_VALUE), _row(summary, view, outcome, TOTAL)
    if not float(change["p90"]) < 0.0 or not float(net["p10"]) > 0.0:
        return None
    ratios = np.abs(_drawn(summary, view, ("net_public_cost", PRESENT_VALUE), (outcome, TOTAL)))
    if not np.isfinite(ratios).all():
        return None
    told = DERIVED["cost_per"].of(change["title"], change["unit"])
    return _ratio_row(net, summary.spread(view, ratios.size), ratios) | {
        "outcome": f"{COST_PER}{outcome}",
        "title": told.title,
        "unit": told.unit,
        "difference": net["difference"] / abs(change["difference"]),
        "favourable": told.favourable,
    }


def cost_per_hour(payer: str, hours: str) -> str:
    """Name of a cost per hour as an outcome of the summary.

    Examples
    --------
    >>> cost_per_hour("schools", "senco_work_hours")
    'cost_per.senco_work_hours.schools'
    """
    return f"{COST_PER}{hours}" + (f".{payer}" if payer else "")


def is_per_hour_shown(ratios: pd.DataFrame, view: str, name: str) -> bool:
    """Whether rows of :func:`ratio_figures` state a cost per hour, by its name in :func:`cost_per_hour`."""
    own = ratios[(ratios["view"] == view) & (ratios["outcome"] == name)]
    return bool(own["difference"].notna().any())


def _cost_per_hour(summary: Summary, view: str, cost: str, payer: str, hours: str) -> dict[str, Any] | None:
    """Undiscounted cost over undiscounted hours; missing, with a note, unless the interval of the hours is above zero.

    Nothing where the policy changes no hours at all.
    """
    money, change = _row(summary, view, cost, TOTAL, payer), _row(summary, view, hours, TOTAL)
    if change["difference"] == change["p10"] == change["p90"] == 0.0:
        return None
    ratios = _drawn(summary, view, (cost, TOTAL), (hours, TOTAL), payer)
    told = DERIVED[cost_per_hour(payer, hours)]
    shown = float(change["p10"]) > 0.0 and bool(np.isfinite(ratios).all())
    return _ratio_row(money, summary.spread(view, ratios.size), ratios if shown else None) | {
        "outcome": told.name,
        "title": told.title,
        "unit": told.unit,
        "payer": "",
        "discounted": False,
        "difference": money["difference"] / change["difference"] if shown else math.nan,
        "favourable": told.favourable,
        "note": "" if shown else NO_MORE_HOURS,
    }


def _ratio_row(row: dict[str, Any], spread: Spread, ratios: Floats | None) -> dict[str, Any]:
    """A row of the summary with the ends of a ratio in the place of its own; ``None`` where there is none to show."""
    found = row | dict.fromkeys(NOT_OF_A_RATIO, math.nan) | {"kind": "ratio"}
    if ratios is None or not np.isfinite(ratios).all():
        return found
    told = spread_figures(spread, ratios)
    return found | {name: told[name] for name in ("p10", "p50", "p90", "chance_below_zero")}


def _row(summary: Summary, view: str, outcome: str, year: str, payer: str = "") -> dict[str, Any]:
    figures = summary.figures
    wanted = pd.Series({"view": view, "outcome": outcome, "year": year, "payer": payer})
    found = figures[(figures[list(wanted.index)] == wanted).all(axis=1)].to_dict("records")
    return {str(key): value for key, value in found[0].items()}


def _drawn(summary: Summary, view: str, top: tuple[str, str], bottom: tuple[str, str], payer: str = "") -> Floats:
    """Ratio of two outcomes in every draw, or in every replication if nothing was drawn; ``payer`` is of the first."""
    runs = summary.runs[summary.runs["view"] == view]
    if (runs["draw"] > 0).any():
        runs = runs[runs["draw"] > 0]
    above, below = (
        runs[(runs["outcome"] == outcome) & (runs["year"] == year) & (runs["payer"] == of)].set_index(
            ["draw", "replication"]
        )["difference"]
        for (outcome, year), of in ((top, payer), (bottom, ""))
    )
    return (above / below.reindex(above.index)).to_numpy(dtype=np.float64)
