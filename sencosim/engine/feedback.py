"""M6: from priors on SENCO hours to elasticities on coverage, by measuring the baseline.

The priors are relative rates per doubling of *used SENCO hours*; the model acts through *coverage*. Two short runs of
the baseline, one with ten per cent more hours, say how much coverage follows hours: the amplification A. The base
year of the first gives the normaliser G, so that the baseline reproduces the rates that were calibrated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sencosim.arms.inputs import (
    APPEAL,
    EXCLUSION,
    HOME,
    N_OUTCOMES,
    OUTCOMES,
    REQUEST,
    SPECIAL,
    SUSPENSION,
    Feedback,
    FloatArray,
    Inputs,
)
from sencosim.arms.prepare import neutral_feedback
from sencosim.rules.coverage import elasticity_of_coverage
from sencosim.units import PHASES, TERMS_PER_YEAR
from sencosim.vocabulary import COLUMN

HOURS_STEP = 1.1
"""Factor on baseline hours between the two measurements."""
CULTURED = (REQUEST, SUSPENSION)
"""Outcomes whose hazard carries the school's culture; the others are chances given arrival at their stage."""


@dataclass(frozen=True)
class Measurement:
    """What a short run of the baseline shows of its base year."""

    coverage: FloatArray  # smoothed coverage of each school at the end of the run [ratio, shape (n_schools,)]
    used_hours: FloatArray  # in the base year, by phase [hours, shape (2,)]
    late_share: FloatArray  # crises whose work started late, base year, by phase [share, shape (2,)]


def measure_feedback(ordinary: Inputs, more_hours: Inputs, measure: Callable[[Inputs], Measurement]) -> Feedback:
    """Feedback of one parameter draw.

    Parameters
    ----------
    ordinary, more_hours : inputs of the baseline through its base year, the second with hours times :data:`HOURS_STEP`.
    measure : runs an engine and reads off coverage, hours and late crises.
    """
    return feedback_from(ordinary, measure(ordinary), measure(more_hours))


def feedback_from(ordinary: Inputs, first: Measurement, second: Measurement) -> Feedback:
    """Feedback that two measurements and the effects of an evidence give.

    Parameters
    ----------
    ordinary : inputs of the baseline through its base year; its values hold the effects. No measurement depends on
        those.
    first, second : measured on these inputs, and with hours times :data:`HOURS_STEP`.
    """
    values, schools = ordinary.values, ordinary.schools
    sen = (schools.sen_support + schools.ehc_plans) * schools.weight
    exposure = sen * ordinary.councils.weight[schools.council]
    found = replace(neutral_feedback(), late_share=first.late_share.copy())
    timeliness = values["exclusion_timeliness_share"]
    for p in (0, 1):
        of_phase = schools.is_secondary == bool(p)
        gain = math.log(second.used_hours[p] / first.used_hours[p]) if first.used_hours[p] > 0.0 else 0.0
        before, after = first.coverage[of_phase], second.coverage[of_phase]
        found.amplification[p] = _amplification(before, after, exposure[of_phase], gain, values["amplification_least"])
        slope = (second.late_share[p] - first.late_share[p]) / gain if gain > 0.0 else 0.0
        found.late_ratio[p] = _late_ratio(values, timeliness, slope)
        at_risk = np.flatnonzero(of_phase & (exposure > 0.0))
        for outcome, name in enumerate(OUTCOMES):
            share = 1.0 - timeliness if outcome == EXCLUSION else 1.0
            elasticity = share * elasticity_of_coverage(values[f"effect_{name}"], found.amplification[p])
            found.elasticity[p, outcome] = elasticity
            weight = exposure * schools.culture if outcome in CULTURED else exposure
            if at_risk.size:
                total = _weighted_effect(ordinary, first.coverage, weight, at_risk, elasticity)
                found.normaliser[p, outcome] = total / float(exposure[at_risk].sum())
        if at_risk.size:
            covered = np.maximum(first.coverage[at_risk], values["coverage_floor"])
            found.mean_log2_coverage[p] = np.average(np.log2(covered), weights=exposure[at_risk])
    return found


def _amplification(before: FloatArray, after: FloatArray, exposure: FloatArray, gain: float, least: float) -> float:
    """A: how coverage follows hours, as a ratio of logarithms; 1 where nothing can be measured."""
    if exposure.sum() <= 0.0 or gain <= 0.0:
        return 1.0
    means = [float(np.average(coverage, weights=exposure)) for coverage in (before, after)]
    return max(least, math.log(means[1] / means[0]) / gain) if min(means) > 0.0 else 1.0


def _weighted_effect(
    inputs: Inputs, coverage: FloatArray, weight: FloatArray, schools: np.ndarray, elasticity: float
) -> float:
    """Sum of g over pupils at risk, from which G follows: in the base year, the mean of culture x g, frailty apart."""
    effect_of_coverage = inputs.mechanisms["effect_of_coverage"]
    multiplier = np.where(inputs.schools.has_seat, inputs.values["effect_slt_seat"], 1.0).tolist()
    total, floor = 0.0, inputs.values["coverage_floor"]
    for i in schools.tolist():
        total += weight[i] * effect_of_coverage(float(coverage[i]), elasticity, multiplier[i], floor)
    return total


def _late_ratio(values: Mapping[str, float], share: float, slope: float) -> float:
    """Relative chance of exclusion if late, such that the timeliness share of the prior comes out of a doubling.

    A doubling of hours moves the late share by slope x ln 2; to first order the chance moves by that times
    (ratio - 1). Where hours do not move the late share, the timeliness part of the prior cannot act and is lost.
    """
    if slope > -1e-3:
        return 1.0
    ratio = 1.0 + share * math.log(values["effect_permanent_exclusion"]) / (slope * math.log(2.0))
    return float(min(values["late_ratio_most"], max(values["late_ratio_least"], ratio)))


def _base_year_counts(inputs: Inputs, tally: np.ndarray, quantities: tuple[str, ...]) -> FloatArray:
    """Some quantities of the base year together, weighted up, by phase of the school. [shape (2,)]."""
    year = inputs.base_year - inputs.start_year
    segments = slice(year * TERMS_PER_YEAR, (year + 1) * TERMS_PER_YEAR)
    counted = tally[:, segments][:, :, [COLUMN[name] for name in quantities]].sum(axis=(1, 2))
    weighted = counted * np.array([cell.weight for cell in inputs.cells])
    return np.array([float(weighted[[cell.phase == phase for cell in inputs.cells]].sum()) for phase in PHASES])


def read_measurement(inputs: Inputs, tally: np.ndarray, coverage: FloatArray) -> Measurement:
    """Read hours and late crises of the base year off a tally."""
    used, idle, crises, late = (
        _base_year_counts(inputs, tally, (name,)) for name in ("used_hours", "idle_hours", "crises", "crises_late")
    )
    late_share = np.divide(late, crises, out=np.zeros(2), where=crises > 0.0)
    return Measurement(coverage, (used + idle) / 60.0, late_share)


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
    found = np.ones((2, N_OUTCOMES))
    for p, name in enumerate(PHASES):
        weights = [cell.weight for cell in inputs.cells if cell.phase == name]
        found[p] = FEW * float(np.average(weights)) if weights else FEW
    for outcome, quantities in EVENTS.items():
        found[:, outcome] += _base_year_counts(inputs, tally, quantities)
    return found


def levelled(feedback: Feedback, target: FloatArray, count: Callable[[Feedback], FloatArray]) -> Feedback:
    """The feedback with normalisers at which the base year has the events that the calibration gave it.

    Parameters
    ----------
    feedback : as measured on a run without effects.
    target : events of the base year with effects at their central values. [shape (2, n_outcomes)]
    count : runs the baseline through its base year with a feedback and counts its events.
    """
    for _ in range(MOST_ROUNDS):
        ratio = count(feedback) / target
        if float(np.abs(ratio - 1.0).max()) <= LEVEL_ENOUGH:
            break
        feedback = replace(feedback, normaliser=feedback.normaliser * ratio)
    return feedback
