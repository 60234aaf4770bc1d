"""What the model makes of each prior: the total effect of the policy on an outcome, beside the effect that went in.

A prior is the direct effect of a doubling of used SENCO hours at one stage. What comes out holds the queue (requests
filed sooner, more pupils identified), the cap of coverage, and everything upstream.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.arms.inputs import APPEAL, EXCLUSION, HOME, REQUEST, SPECIAL, SUSPENSION
from sencosim.engine.feedback import EVENTS
from sencosim.model import RunResult
from sencosim.units import PHASES
from sencosim.vocabulary import Quantity

_YEARS = ("pupil_years.identification_wait", "pupil_years.sen_support", "pupil_years.ehc_plan")
_EFFECTS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("effect_requests_need", EVENTS[REQUEST], ("pupil_years.sen_support",)),
    ("effect_suspensions", EVENTS[SUSPENSION], _YEARS),
    ("effect_permanent_exclusion", EVENTS[EXCLUSION], ("crises",)),
    (
        "effect_appeals",
        EVENTS[APPEAL],
        ("refused.school_led", "refused.parental", "plans_issued.mainstream", "no_plan"),
    ),
    ("effect_home_education", EVENTS[HOME], ("pupil_years.sen_support", "pupil_years.ehc_plan")),
    ("effect_move_to_special", EVENTS[SPECIAL], ("pupil_years.ehc_plan", "plans_issued.mainstream")),
)
"""Prior, events, and the exposure that they are a rate of."""

COLUMNS = ("prior", "phase", "prior_value", "hours_ratio", "implied_total", "implied_per_doubling", "amplification")


def implied_effects(result: RunResult, view: str) -> pd.DataFrame:
    """Total effect on each outcome, at the point values of a view, over the last three years of the horizon.

    Parameters
    ----------
    result
        A run.
    view
        Which reading of the evidence.

    Returns
    -------
        One row a prior and phase: the relative rate per doubling that went in; used hours with the policy over used
        hours without; the relative rate that came out; the same per doubling of hours; and the amplification A.
    """
    horizon = result.scenario.horizon
    last = horizon.last - result.scenario.start_year + 1
    counts: dict[tuple[str, str], tuple[float, float]] = {}
    amplifications: list[npt.NDArray[np.float64]] = []
    values: Mapping[str, float] = {}
    for totals in result.points(view):
        amplifications.append(totals.amplification)
        values = totals.values  # noqa: PD011
        arms = [arm[:, max(0, last - 3) : last].sum(axis=1) for arm in (totals.baseline, totals.policy)]
        for row, (phase, _) in enumerate(totals.strata):
            for number, quantity in enumerate(Quantity):
                before = counts.get((phase, quantity.key), (0.0, 0.0))
                counts[phase, quantity.key] = (before[0] + arms[0][row, number], before[1] + arms[1][row, number])
    rows = []
    for number, phase in enumerate(PHASES):
        worked = _sum(counts, phase, ("used_hours", "idle_hours"))
        if not amplifications or worked[0] <= 0.0:
            continue
        hours = worked[1] / worked[0]
        doublings = math.log2(hours)
        amplification = float(np.mean([one[number] for one in amplifications]))
        for prior, events, exposure in _EFFECTS:
            total = _ratio(_sum(counts, phase, events), _sum(counts, phase, exposure))
            per_doubling = total ** (1.0 / doublings) if total > 0.0 and doublings > 0.05 else math.nan
            value = float(values[prior])
            rows.append((prior, phase, value, hours, total, per_doubling, amplification))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _sum(
    counts: Mapping[tuple[str, str], tuple[float, float]], phase: str, names: tuple[str, ...]
) -> tuple[float, float]:
    found = [counts.get((phase, name), (0.0, 0.0)) for name in names]
    return sum(baseline for baseline, _ in found), sum(policy for _, policy in found)


def _ratio(top: tuple[float, float], bottom: tuple[float, float]) -> float:
    if top[0] <= 0.0 or min(bottom) <= 0.0:
        return math.nan
    return top[1] / bottom[1] / (top[0] / bottom[0])
