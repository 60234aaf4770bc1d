"""M6: the priors are per doubling of used hours; what does the measured amplification make of them?"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from engine.small_worlds import BRACKNELL, schools_of, small_inputs

from sencosim.arms.inputs import OUTCOMES, REQUEST, Inputs
from sencosim.engine.feedback import measure_feedback, read_measurement
from sencosim.engine.simpy.run import simulate
from sencosim.rules.coverage import coverage_effect

pytestmark = pytest.mark.engine


def with_hours(inputs: Inputs, factor: float) -> Inputs:
    """The same inputs with baseline hours times a factor, up to full time."""
    hours = np.minimum(32.4, inputs.schools.hours * factor)
    return replace(inputs, schools=replace(inputs.schools, hours=hours))


def measure(inputs: Inputs):
    outcome = simulate(inputs)
    return read_measurement(inputs, outcome.tally, outcome.coverage)


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return small_inputs(schools_of(BRACKNELL, primary=12, secondary=3), years=3)


def test_a_doubling_of_hours_has_the_size_of_its_prior_where_coverage_can_still_rise(inputs: Inputs) -> None:
    """Mean relative rate over schools below full coverage, when hours double, compared with the prior for ten per cent.

    The elasticity is exact at the margin. A doubling is no margin: overtime falls, coverage is capped. So the test
    holds the direction and the order of size, and the report prints what went in and what came out.
    """
    feedback = measure_feedback(with_hours(inputs, 1.0), with_hours(inputs, 1.1), measure)
    once, twice = measure(with_hours(inputs, 1.0)), measure(with_hours(inputs, 2.0))
    prior, floor = inputs.values["effect_requests_need"], inputs.values["coverage_floor"]
    phase = inputs.schools.is_secondary.astype(int)
    below = np.flatnonzero(once.coverage < 0.999)
    ratios = []
    for i in below:
        elasticity = float(feedback.elasticity[phase[i], REQUEST])
        before = coverage_effect(float(once.coverage[i]), elasticity, 1.0, floor)
        ratios.append(coverage_effect(float(twice.coverage[i]), elasticity, 1.0, floor) / before)
    implied = math.exp(float(np.mean(np.log(ratios))))
    assert prior < 1.0
    assert prior**3 < implied < prior ** (1.0 / 4.0)


def test_no_effect_gives_no_elasticity_and_a_normaliser_of_mean_culture(inputs: Inputs) -> None:
    neutral = replace(inputs, values=dict(inputs.values) | {f"effect_{name}": 1.0 for name in OUTCOMES})
    feedback = measure_feedback(with_hours(neutral, 1.0), with_hours(neutral, 1.1), measure)
    assert (feedback.elasticity == 0.0).all()
    assert feedback.late_ratio == pytest.approx(1.0)
    assert feedback.normaliser[:, 3:] == pytest.approx(1.0)


def test_the_normaliser_makes_the_mean_multiplier_of_the_base_year_one(inputs: Inputs) -> None:
    feedback = measure_feedback(with_hours(inputs, 1.0), with_hours(inputs, 1.1), measure)
    once = measure(with_hours(inputs, 1.0))
    phase = inputs.schools.is_secondary.astype(int)
    sen = (inputs.schools.sen_support + inputs.schools.ehc_plans).astype(float)
    for p in (0, 1):
        schools = np.flatnonzero(phase == p)
        seat = inputs.values["effect_slt_seat"]
        multipliers = [
            coverage_effect(
                float(once.coverage[i]),
                float(feedback.elasticity[p, REQUEST]),
                seat if inputs.schools.has_seat[i] else 1.0,
                inputs.values["coverage_floor"],
            )
            * inputs.schools.culture[i]
            / feedback.normaliser[p, REQUEST]
            for i in schools
        ]
        assert np.average(multipliers, weights=sen[schools]) == pytest.approx(1.0, rel=1e-9)
