"""Levels that follow the fit: rates proportional to what they lead to, set by ratio to the last year published.

Suspensions, exclusions and appeals are proportional to their rates; the share of requests that families make follows
how many families would ask in any case; how much whole-school work is listed follows how many schools are short of
time; and how councils' own capacity grows follows that productivity is held at the last published year. Each is one
number, solved on runs of the no-policy arm at the point values of the registers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.arms.inputs import FloatArray, Inputs
from sencosim.arms.prepare import Draw
from sencosim.calibration.history import ON_TIME, PLANS, Setting, evidence_of, inputs_of
from sencosim.engine.choose import engine_named
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.ledger.table import yearly
from sencosim.units import WEEKS_PER_YEAR
from sencosim.vocabulary import COLUMN

ROUNDS = 3
OF_PLAN_HOLDERS = {"suspensions": 0.83, "permanent_exclusions": 0.89}
"""Share of plan-holders' events in mainstream schools: published figures have special schools too. An assumption."""
SHORT_OF_TIME = 0.72
"""Schools whose SENCO has too little time: 70 to 74 % in the national surveys. [share]"""
VOLUMES = (
    "volume_coaching_per_teacher",
    "volume_training_per_school_year",
    "volume_parent_meeting_per_sen_pupil",
    "volume_agency_per_sen_pupil",
    "volume_register_per_sen_pupil",
    "volume_access_per_sen_pupil_secondary",
    "ta_supervised_share",
)
"""Whole-school work whose amount is judgement: what no survey counted."""
VOLUME_LIMITS, VOLUME_STEPS = (0.2, 1.5), 7
GROWTH_LIMITS, GROWTH_STEPS, HELD_IN = (-0.05, 0.12), 7, 2034
"""Of capacity by itself, and the school year in which plans are to be as much on time as in the base year."""

Values = Mapping[str, float]
Tally = npt.NDArray[np.int64]
BaseYear = Callable[[], pd.DataFrame]
"""Sets the base year of the registers as they are beside what is published."""
Told = Callable[[str], None]


def by_ratio(values: Values, base_year: pd.DataFrame) -> dict[str, float]:
    """Rates moved so that the base year has what was published.

    Parameters
    ----------
    values
        Of the registers as they are.
    base_year
        What the model has with these values beside what is published, of all schools: ``series``, ``breakdown``,
        ``published`` and ``model``.
    """
    names = zip(base_year["series"], base_year["breakdown"], strict=True)
    ratios = dict(zip(names, base_year["published"] / base_year["model"], strict=True))

    def factor(series: str, breakdown: str, share: float = 1.0) -> float:
        return share * float(ratios[series, breakdown])

    found: dict[str, float] = {}
    for stage in ("sen_support", "ehc_plan"):
        of = OF_PLAN_HOLDERS if stage == "ehc_plan" else dict.fromkeys(OF_PLAN_HOLDERS, 1.0)
        for phase in ("primary", "secondary"):
            name = f"suspension_rate_{stage}_{phase}"
            found[name] = values[name] * factor("suspensions", stage, of["suspensions"])
            name = f"crisis_rate_{stage}_{phase}"
            found[name] = values[name] * factor("permanent_exclusions", stage, of["permanent_exclusions"])
    appeals = factor("tribunal_appeals_registered", "calendar_year")
    for kind in ("refusal_to_assess", "refusal_to_issue", "contents", "review"):
        found[f"appeal_share_{kind}"] = values[f"appeal_share_{kind}"] * appeals
    found["exogenous_appeals_per_request"] = values["exogenous_appeals_per_request"] * appeals
    parental = factor("ehcp_request_source_share", "parents, of parents and schools")
    found["parental_from_start_share"] = min(0.6, values["parental_from_start_share"] * parental)
    return {name: float(f"{value:.4g}") for name, value in found.items()}


def solve_volumes(setting: Setting, told: Told) -> dict[str, float]:
    """Amounts of whole-school work at which as many schools are short of time as SENCOs say.

    Parameters
    ----------
    setting
        Start and sample of the runs.
    told
        Is called with what is being done.
    """
    evidence = evidence_of(setting)

    def too_much(factor: float) -> bool:
        return short_of_time(evidence.with_values(times(evidence.values, factor)), setting) > SHORT_OF_TIME

    rounds = rounds_told(told, "whole-school work", VOLUME_STEPS)
    return times(evidence.values, bisected(too_much, VOLUME_LIMITS, rounds, geometric_mean))


def times(values: Values, factor: float) -> dict[str, float]:
    """All of :data:`VOLUMES` times a factor."""
    return {name: float(f"{values[name] * factor:.4g}") for name in VOLUMES}


def short_of_time(reading: Draw, setting: Setting) -> float:
    """Schools in the base year whose need exceeds what SENCO and team can use. [share]."""
    last = england(inputs_of(reading, setting, BASE_YEAR - setting.start + 1))[-1]
    return float(last[COLUMN["schools_short_of_time"]] / (last[COLUMN["posts"]] / WEEKS_PER_YEAR))


def solve_capacity_growth(setting: Setting, told: Told) -> float:
    """Growth of councils' own capacity after the base year at which plans stay as much on time. [share a year].

    No growth of productivity is published, so none is assumed: councils' teams keep pace with their work, and no more.
    """
    evidence = evidence_of(setting)

    def too_much(growth: float) -> bool:
        share = _on_time(evidence.with_values({"capacity_growth_future": growth}), setting)
        return bool(share[-2:].mean() > share[BASE_YEAR - setting.start])

    rounds = rounds_told(told, "growth of capacity", GROWTH_STEPS)
    return float(f"{bisected(too_much, GROWTH_LIMITS, rounds):.3g}")


def _on_time(reading: Draw, setting: Setting) -> FloatArray:
    counted = england(inputs_of(reading, setting, HELD_IN - setting.start + 1))
    on_time, issued = (counted[:, [COLUMN[name] for name in names]].sum(axis=1) for names in (ON_TIME, PLANS))
    share: FloatArray = on_time / issued
    return share


def mean(low: float, high: float) -> float:
    """Half-way between two numbers."""
    return 0.5 * (low + high)


def geometric_mean(low: float, high: float) -> float:
    """Half-way between two positive numbers, by ratio."""
    return math.sqrt(low * high)


def bisected(
    is_too_much: Callable[[float], bool],
    limits: tuple[float, float],
    rounds: Iterable[int],
    halfway: Callable[[float, float], float] = mean,
) -> float:
    """Where a number begins to be too much, by halving the limits once in each round.

    Examples
    --------
    >>> bisected(lambda x: x > 0.3, (0.0, 1.0), range(2))
    0.375
    """
    low, high = limits
    for _ in rounds:
        middle = halfway(low, high)
        low, high = (low, middle) if is_too_much(middle) else (middle, high)
    return halfway(low, high)


def rounds_told(told: Told, what: str, n: int) -> Iterator[int]:
    """Numbers of rounds, each told as it begins."""
    for number in range(1, n + 1):
        told(f"{what}: round {number} of {n}")
        yield number


def england(inputs: Inputs) -> FloatArray:
    """Run an arm without policy. [tally counts of England by school year, shape (n_years, n_quantities)]."""
    return totals(inputs, engine_named("compiled")(inputs).tally)


def totals(inputs: Inputs, tally: Tally, phase: str = "") -> FloatArray:
    """England's tally by school year, of one phase or all. [tally counts, shape (n_years, n_quantities)]."""
    weight = np.array([cell.weight if phase in ("", cell.phase) else 0.0 for cell in inputs.cells])
    found: FloatArray = (yearly(tally) * weight[:, None, None]).sum(axis=0)
    return found
