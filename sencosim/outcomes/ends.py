"""How well the ends of the headline's range are known, and draws until they are known well enough."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from sencosim.experiment.pool import Progress
from sencosim.model import RunResult, run_scenario
from sencosim.outcomes.summary import HEADLINE, estimates_of, points_of, read_arms, spread_figures

NARROW = 0.1
"""Width of the wider interval of an end, as a share of the range, below which more draws would hardly move it."""
STEP, MOST_DRAWS = 64, 512
"""Draws that are added at a time, and the most. [draws]"""


def wider_end(figure: Mapping[str, float]) -> float:
    """Width of the wider of the intervals of both ends, as a share of the range; NaN where it is not known.

    Examples
    --------
    >>> round(wider_end({"p10": 5.0, "p90": 9.0, "p10_low": 4.9, "p10_high": 5.2, "p90_low": 8.9, "p90_high": 9.3}), 3)
    0.1
    """
    width = figure["p90"] - figure["p10"]
    widest = max(figure["p10_high"] - figure["p10_low"], figure["p90_high"] - figure["p90_low"])
    return widest / width if width > 0.0 and math.isfinite(widest) else math.nan


def wider_end_of(result: RunResult) -> float:
    """The same of the headline of a run, in its main view; NaN without draws, endless with one, which has no range."""
    view = result.plan.main_view
    jobs = [job for job in result.jobs() if job.view == view]
    draws = [job for job in jobs if job.draw > 0]
    if not draws:
        return math.nan
    if len(draws) == 1:
        return math.inf
    arms, values = read_arms(result, jobs)
    found = estimates_of(result, points_of(result, view, arms, values), draws, arms, values)
    (headline,) = (one for one in found.rows if (one.outcome, one.payer) == (HEADLINE, ""))
    drawn = np.array([one.difference[-1] for one in headline.draws])
    return wider_end(spread_figures(headline.spread, drawn, with_ends=True))


def with_more_draws(result: RunResult, progress: Progress) -> RunResult:
    """Add draws until both ends of the range are known to a tenth of it, or there are :data:`MOST_DRAWS`."""
    while result.plan.draws < MOST_DRAWS and wider_end_of(result) >= NARROW:
        plan = replace(result.plan, draws=min(MOST_DRAWS, result.plan.draws + STEP))
        result = run_scenario(result.resolved, result.options, progress, plan=plan, store=result.store)
    return result
