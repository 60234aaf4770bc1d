"""What the finished pairs of a run say about its headline, while it goes on: a first answer, and how far it is off.

A pair on a sample of councils gives a headline for England. A draw counts as the level at the point values plus how far
it moves from them on the same schools with the same chance. The level is that of all schools once a replication of them
is finished, else the mean over the samples so far. The report weighs draws by an emulator and prices what moves, so its
figures differ a little; what is said here is said to be on its way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sencosim.experiment.jobs import REFERENCE, Job
from sencosim.experiment.precision import standard_error

if TYPE_CHECKING:
    from sencosim.experiment.plan import Plan

FEWEST = 4
"""Draws, each with its reference, from which a first answer is given. [draws]"""
FEWEST_FOR_RANGE = 9
"""Draws from which ten to ninety per cent can be read as ranks. [draws]"""


@dataclass(frozen=True)
class SoFar:
    """Headline of the main view by what is finished. [GBP, present value]"""

    mean: float
    error: float  # standard error of the mean: draws, samples of schools and chance together
    low: float  # ten and ninety per cent of the draws; NaN while there are too few
    high: float
    n_draws: int
    of_draws: int  # that the run will have
    is_whole: bool  # the level is that of all schools, not of samples


def so_far(plan: Plan, headlines: Mapping[Job, float]) -> SoFar | None:
    """Read the headline from finished pairs; ``None`` while they are too few."""
    own = {job: x for job, x in headlines.items() if _is_main(plan, job)}
    moves = [
        value - own[plan.reference_of(job)]
        for job, value in own.items()
        if job.draw > 0 and plan.reference_of(job) in own
    ]
    levels = [value for job, value in own.items() if job.draw == 0 and job.share == plan.share]
    samples = [value for job, value in own.items() if job.draw == 0 and job.share == plan.draw_share]
    if len(moves) < FEWEST or not (levels or samples):
        return None
    level = levels or samples
    chance = standard_error(level) if len(level) > 1 else 0.0
    low, high = np.quantile(moves, [0.1, 0.9], method="weibull") if len(moves) >= FEWEST_FOR_RANGE else [math.nan] * 2
    return SoFar(
        mean=float(np.mean(level) + np.mean(moves)),
        error=math.hypot(chance, standard_error(moves)),
        low=float(np.mean(level) + low),
        high=float(np.mean(level) + high),
        n_draws=len(moves),
        of_draws=plan.draws,
        is_whole=bool(levels) and plan.share >= 1.0,
    )


def _is_main(plan: Plan, job: Job) -> bool:
    return job.view == plan.main_view and job.law == plan.laws[0] and job.variant == REFERENCE
