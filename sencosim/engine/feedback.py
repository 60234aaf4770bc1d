"""M6: from priors on SENCO hours to elasticities on coverage, by measuring the baseline.

The priors are relative rates per doubling of *used SENCO hours*; the model acts through *coverage*. Two short runs of
the baseline, one with ten per cent more hours, say how much coverage follows hours: the amplification A. The base
year of the first gives the normaliser G, so that the baseline reproduces the rates that were calibrated.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sencosim.engine.inputs import (
    APPEAL,
    EXCLUSION,
    HOME,
    OUTCOMES,
    REQUEST,
    SPECIAL,
    SUSPENSION,
    Feedback,
    FloatArray,
    Inputs,
)
from sencosim.rules.coverage import elasticity_of_coverage
from sencosim.units import PHASES, TERMS_PER_YEAR
from sencosim.vocabulary import COLUMN

HOURS_STEP = 1.1
"""Factor on baseline hours between the two measurements."""
LATE_RATIO_LIMITS = (0.25, 4.0)
CULTURED = (REQUEST, SUSPENSION)
"""Outcomes whose hazard carries the school's culture; the others are chances given arrival at their stage."""
SMALLEST_AMPLIFICATION = 0.1
"""Below this the measurement is noise: coverage at its cap nearly everywhere."""


@dataclass(frozen=True)
class Measurement:
    """What a short run of the baseline shows of its base year.

    Attributes
    ----------
    coverage
        Smoothed coverage of each school at the end of the run. [ratio, shape (n_schools,)]
    used_hours
        Used hours in the base year by phase. [hours, shape (2,)]
    late_share
        Share of crises whose work started late, base year, by phase. [share, shape (2,)]
    """

    coverage: FloatArray
    used_hours: FloatArray
    late_share: FloatArray


Measure = Callable[[Inputs], Measurement]


def measure_feedback(ordinary: Inputs, more_hours: Inputs, measure: Measure) -> Feedback:
    """Feedback of one parameter draw.

    Parameters
    ----------
    ordinary, more_hours
        Inputs of the baseline through its base year, the second with hours times :data:`HOURS_STEP`.
    measure
        Runs an engine and reads off coverage, hours and late crises.
    """
    return feedback_from(ordinary, measure(ordinary), measure(more_hours))


def feedback_from(ordinary: Inputs, first: Measurement, second: Measurement) -> Feedback:
    """Feedback that two measurements and the effects of an evidence give.

    Parameters
    ----------
    ordinary
        Inputs of the baseline through its base year; its values hold the effects. No measurement depends on those.
    first, second
        Measured on these inputs, and with hours times :data:`HOURS_STEP`.
    """
    phase = ordinary.schools.is_secondary.astype(int)
    sen = (ordinary.schools.sen_support + ordinary.schools.ehc_plans) * ordinary.schools.weight
    exposure = sen * ordinary.councils.weight[ordinary.schools.council]
    amplification = np.ones(2)
    for p in (0, 1):
        chosen = phase == p
        if not chosen.any() or exposure[chosen].sum() <= 0.0:
            continue
        before = float(np.average(first.coverage[chosen], weights=exposure[chosen]))
        after = float(np.average(second.coverage[chosen], weights=exposure[chosen]))
        hours = math.log(second.used_hours[p] / first.used_hours[p]) if first.used_hours[p] > 0.0 else 0.0
        if hours > 0.0 and before > 0.0 and after > 0.0:
            amplification[p] = max(SMALLEST_AMPLIFICATION, math.log(after / before) / hours)
    return _from_measurements(ordinary, first, second, exposure, amplification)


def _from_measurements(
    inputs: Inputs, first: Measurement, second: Measurement, exposure: FloatArray, amplification: FloatArray
) -> Feedback:
    values = inputs.values
    phase = inputs.schools.is_secondary.astype(int)
    elasticity, normaliser = np.zeros((2, len(OUTCOMES))), np.ones((2, len(OUTCOMES)))
    late_ratio, log2 = np.ones(2), np.zeros(2)
    timeliness = values["exclusion_timeliness_share"]
    for p in (0, 1):
        chosen = np.flatnonzero((phase == p) & (exposure > 0.0))
        for outcome, name in enumerate(OUTCOMES):
            rate = values[f"effect_{name}"]
            share = 1.0 - timeliness if outcome == EXCLUSION else 1.0
            elasticity[p, outcome] = share * elasticity_of_coverage(rate, amplification[p])
            culture = inputs.schools.culture if outcome in CULTURED else np.ones(phase.size)
            normaliser[p, outcome] = _normaliser(
                inputs, first.coverage, exposure, culture, chosen, elasticity[p, outcome]
            )
        late_ratio[p] = _late_ratio(values["effect_permanent_exclusion"], timeliness, first, second, p)
        if chosen.size:
            covered = np.maximum(first.coverage[chosen], values["coverage_floor"])
            log2[p] = np.average(np.log2(covered), weights=exposure[chosen])
    return Feedback(elasticity, normaliser, amplification, late_ratio, first.late_share.copy(), log2)


def _normaliser(
    inputs: Inputs,
    coverage: FloatArray,
    exposure: FloatArray,
    culture: FloatArray,
    schools: np.ndarray,
    elasticity: float,
) -> float:
    """G: mean of culture x g over pupils at risk in the base-year baseline. Frailty has mean one."""
    if schools.size == 0:
        return 1.0
    seat, floor = inputs.values["effect_slt_seat"], inputs.values["coverage_floor"]
    total = 0.0
    for i in schools.tolist():
        multiplier = seat if inputs.schools.has_seat[i] else 1.0
        effect = inputs.mechanisms.effect_of_coverage(float(coverage[i]), float(elasticity), float(multiplier), floor)
        total += exposure[i] * culture[i] * effect
    return total / float(exposure[schools].sum())


def _late_ratio(rate: float, share: float, first: Measurement, second: Measurement, phase: int) -> float:
    """Relative chance of exclusion if late, such that the timeliness share of the prior comes out of a doubling.

    A doubling of hours moves the late share by slope x ln 2; to first order the chance moves by that times
    (ratio - 1). Where hours do not move the late share, the timeliness part of the prior cannot act and is lost.
    """
    hours = math.log(second.used_hours[phase] / first.used_hours[phase]) if first.used_hours[phase] > 0.0 else 0.0
    if hours <= 0.0:
        return 1.0
    slope = (second.late_share[phase] - first.late_share[phase]) / hours
    if slope > -1e-3:
        return 1.0
    ratio = 1.0 + share * math.log(rate) / (slope * math.log(2.0))
    return float(min(LATE_RATIO_LIMITS[1], max(LATE_RATIO_LIMITS[0], ratio)))


def read_measurement(inputs: Inputs, tally: np.ndarray, coverage: FloatArray) -> Measurement:
    """Read hours and late crises of the base year off a tally."""
    year = inputs.base_year - inputs.start_year
    segments = slice(year * TERMS_PER_YEAR, (year + 1) * TERMS_PER_YEAR)
    secondary = np.array([cell.phase == "secondary" for cell in inputs.cells])
    primary = np.array([cell.phase == "primary" for cell in inputs.cells])
    weight = np.array([cell.weight for cell in inputs.cells])

    def total(name: str, cells: np.ndarray) -> float:
        return float((tally[cells, segments, COLUMN[name]].sum(axis=1) * weight[cells]).sum())

    used = np.array([total("used_hours", cells) + total("idle_hours", cells) for cells in (primary, secondary)])
    crises = np.array([total("crises", cells) for cells in (primary, secondary)])
    late = np.array([total("crises_late", cells) for cells in (primary, secondary)])
    return Measurement(coverage, used / 60.0, np.divide(late, crises, out=np.zeros(2), where=crises > 0.0))


EVENTS = {
    REQUEST: ("requests.school_led", "requests.parental"),
    SUSPENSION: ("suspensions.noticed", "suspensions.sen_support", "suspensions.ehc_plan"),
    EXCLUSION: ("permanent_exclusions.noticed", "permanent_exclusions.sen_support", "permanent_exclusions.ehc_plan"),
    APPEAL: ("appeals.refusal_to_assess", "appeals.refusal_to_issue", "appeals.contents"),
    SPECIAL: ("starts.state_special", "starts.over_capacity", "starts.independent_special", "starts.waiting_special"),
    HOME: ("starts.home_education",),
}
"""Events of pupils in school whose base year is kept where the calibration put it, for every outcome of coverage."""
CENTRAL_EFFECTS = (*(f"effect_{name}" for name in OUTCOMES), "effect_slt_seat", "exclusion_timeliness_share")
"""Parameters at whose central values the rates were calibrated, with the feedback running."""
FEW = 20.0
"""Events added to both sides of a ratio, so that one of few events moves little."""
LEVEL_ENOUGH, MOST_ROUNDS = 0.05, 4
"""Gap of the base year that is let be, and rounds of closing it, each a short run of the baseline. [share, rounds]"""


def base_year_events(inputs: Inputs, tally: np.ndarray) -> FloatArray:
    """Events of the base year, by phase of the school and outcome. [weighted events, shape (2, n_outcomes)]"""
    year = inputs.base_year - inputs.start_year
    segments = slice(year * TERMS_PER_YEAR, (year + 1) * TERMS_PER_YEAR)
    weight = np.array([cell.weight for cell in inputs.cells])
    found = np.ones((2, len(OUTCOMES)))
    for p, name in enumerate(PHASES):
        cells = np.array([cell.phase == name for cell in inputs.cells])
        few = FEW * float(np.average(weight[cells])) if cells.any() else FEW
        for outcome, quantities in EVENTS.items():
            columns = [COLUMN[quantity] for quantity in quantities]
            counted = tally[cells, segments][:, :, columns].sum(axis=(1, 2))
            found[p, outcome] = few + float((counted * weight[cells]).sum())
    return found


def levelled(feedback: Feedback, target: FloatArray, count: Callable[[Feedback], FloatArray]) -> Feedback:
    """The feedback with normalisers at which the base year has the events that the calibration gave it.

    Parameters
    ----------
    feedback
        As measured on a run without effects.
    target
        Events of the base year with effects at their central values. [shape (2, n_outcomes)]
    count
        Runs the baseline through its base year with a feedback and counts its events.
    """
    for _ in range(MOST_ROUNDS):
        ratio = count(feedback) / target
        if float(np.abs(ratio - 1.0).max()) <= LEVEL_ENOUGH:
            break
        feedback = replace(feedback, normaliser=feedback.normaliser * ratio)
    return feedback


def for_measurement(inputs: Inputs) -> Inputs:
    """The same inputs, through the base year only."""
    return replace(inputs, n_years=inputs.base_year - inputs.start_year + 1)
