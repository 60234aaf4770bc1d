"""A trial of a policy without any effect finds one as often as its level says, not more."""

from __future__ import annotations

import math

import pytest
from decisions.textbook import Planned
from studies.made_up_trial import made_up

from sencosim.scenario.schema import Scenario
from sencosim.studies.trial import power_of
from sencosim.studies.trial_plan import TrialPlan

pytestmark = pytest.mark.study


def test_the_size_of_the_test_is_what_it_says(policy: Scenario) -> None:
    counted = made_up(Planned(0.3, 0.9, 100.0, 0.2, 400, n_periods=3))
    plan = TrialPlan(policy, "school", "suspensions", 1, 3)
    alarms = power_of(plan, 60, counted, 2_000, 0.8).false_alarms
    assert abs(alarms.power - 0.05) < 3.0 * math.sqrt(0.05 * 0.95 / 2_000)
