"""Worlds of a trial that take no time: clusters as planned on paper, and an effect for each draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from decisions.textbook import Planned, planned_courses

from sencosim.decisions.resampling import Floats
from sencosim.studies.trial_plan import COUNTS, Counted


def made_up(plan: Planned, effects: Floats | None = None, moved: dict[str, float] | None = None) -> Counted:
    """The plan for every outcome, those named with another relative rate; the cost of a cluster and year is GBP 1,000.

    ``effects`` are logs of relative rates by draw; that of the plan at each of 40 draws, if none are given.
    """
    of = {name: replace(plan, relative_rate=(moved or {}).get(name, plan.relative_rate)) for name in COUNTS}
    courses = {name: planned_courses(one, 5)(0) for name, one in of.items()}
    draws = {name: np.full(40, np.log(one.relative_rate)) if effects is None else effects for name, one in of.items()}
    n_draws = next(iter(draws.values())).size
    return Counted(courses, draws, np.full(n_draws, 1_000.0))
