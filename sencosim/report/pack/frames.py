"""From a stored run to the frame and the lines of its appraisal."""

from __future__ import annotations

import pandas as pd

from sencosim.costing.option import AppraisalFrame
from sencosim.costing.worksheet import totals, worksheet
from sencosim.errors import OutputError
from sencosim.outcomes.appraisal import AT_POINTS, OVER_DRAWS
from sencosim.report.findings import Findings
from sencosim.report.inputs import PRESENT_VALUE
from sencosim.report.stored import StoredRun
from sencosim.units import parse_year

POUND = 0.5
"""A worksheet must give the summary's figure within this. [GBP]"""


def frame_of(findings: Findings) -> AppraisalFrame:
    """Horizon, price base and discounting of a run."""
    base = findings.headline(findings.inputs.main_view).price_base
    return AppraisalFrame(parse_year(findings.years[0]), len(findings.years), base)


def lines_of(run: StoredRun, view: str, basis: str = OVER_DRAWS) -> pd.DataFrame:
    """Priced lines of a view: over draws, or at the point values."""
    lines = run.inputs.appraisal["lines"]
    return lines[(lines["view"] == view) & (lines["basis"] == basis)].drop(columns=["view", "basis"])


def point_lines_of(run: StoredRun, view: str) -> pd.DataFrame:
    """Priced lines of a view at the point values."""
    return lines_of(run, view, AT_POINTS)


def checked_worksheet(run: StoredRun, findings: Findings, view: str) -> pd.DataFrame:
    """Lay out the worksheet of a view, having checked that it gives the summary's figures.

    Raises
    ------
    OutputError
        If what a reader would add up is not what the summary says, to the pound.
    """
    sheet = worksheet(lines_of(run, view), frame_of(findings))
    by_hand = totals(sheet)
    for outcome, name in (("npsv", "npsv"), ("net_public_cost", "pv_public_net"), ("policy_cost", "pv_cost")):
        told = findings.get(view, outcome, PRESENT_VALUE)
        if told is None or not abs(told.difference - by_hand[name]) <= POUND:
            raise OutputError(
                f"The worksheet of the {view} view gives {outcome} {by_hand[name]:,.2f} GBP and the summary does not. "
                "The folder of the run was changed, or sencosim has a fault; no pack was written."
            )
    return sheet
