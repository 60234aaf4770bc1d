"""The baseline against what was published for the base year: every series, the bad ones included.

Published figures come from the evidence that is shipped with the package; which figure is compared with what is listed
in :mod:`sencosim.analysis.published`.
"""

from __future__ import annotations

import math

import pandas as pd

from sencosim.analysis.published import Baseline, Comparison, HoursByPhase, comparisons

COLUMNS = ("series", "breakdown", "period", "published", "model", "gap", "gap_pct", "tolerance", "verdict", "note")

WITHIN, OUTSIDE, NOT_IN_RUN = "within", "outside", "not in this run"


def base_year_table(
    academic: pd.DataFrame, calendar: pd.DataFrame, hours: HoursByPhase, *, england: bool = True
) -> pd.DataFrame:
    """Model against published for the base year.

    Parameters
    ----------
    academic, calendar
        Tidy ledgers of the baseline by academic and by calendar year, mean over replications; see :class:`Baseline`.
    hours
        By phase: allocated hours of each school [hours a week] and its weight [schools].
    england
        Whether the run stands for England. If it does not, national figures say nothing about it and the table has
        no rows.

    Returns
    -------
        One row a comparison: ``series``, ``breakdown``, ``period``, ``published``, ``model``, ``gap`` (model less
        published), ``gap_pct`` and ``tolerance`` [% of published], ``verdict`` and ``note``.
    """
    if not england:
        return pd.DataFrame(columns=list(COLUMNS))
    baseline = Baseline(academic, calendar, hours)
    return pd.DataFrame([_row(comparison, baseline) for comparison in comparisons()], columns=list(COLUMNS))


def verdict_of(gap_pct: float, tolerance: float) -> str:
    """Say whether a gap is within its tolerance.

    Examples
    --------
    >>> verdict_of(-4.0, 5.0), verdict_of(6.0, 5.0)
    ('within', 'outside')
    """
    if math.isnan(gap_pct):
        return NOT_IN_RUN
    return WITHIN if abs(gap_pct) <= tolerance else OUTSIDE


def _row(comparison: Comparison, baseline: Baseline) -> tuple[str | float, ...]:
    published, model = comparison.published(), comparison.model(baseline)
    gap = model - published
    gap_pct = 100.0 * gap / published
    target = comparison.target
    return (
        target.series,
        target.breakdown,
        target.period,
        published,
        model,
        gap,
        gap_pct,
        target.tolerance_pct,
        verdict_of(gap_pct, target.tolerance_pct),
        target.note,
    )
