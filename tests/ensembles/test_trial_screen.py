"""What a trial could count: the outcome that is moved most is found with the fewest clusters."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from scipy.stats import norm

from sencosim.decisions.trial_design import planned_courses
from sencosim.decisions.trial_power import Planned
from sencosim.ensembles.trial_courses import Counted, TrialPlan
from sencosim.ensembles.trial_screen import COUNTABLE, easiest, screen, screen_sentence
from sencosim.scenario.schema import Scenario

pytestmark = pytest.mark.property


def pool(relative_rate: float) -> Counted:
    plan = Planned(rate=0.3, relative_rate=relative_rate, exposure=100.0, variation=0.2, n_clusters=400, n_periods=2)
    courses = planned_courses(plan, 5)(0)
    return Counted(courses.events, courses.exposure)


def screened(policy: Scenario, most: int, moved: dict[str, float]) -> tuple[pd.DataFrame, TrialPlan]:
    plan = TrialPlan(policy, "school", "suspensions", 1, 2)
    counted = {name: pool(moved.get(name, 1.0)) for name in COUNTABLE}
    return screen([counted], plan, most=most, n_trials=100, seed=3, wanted=0.8), plan


def test_outcomes_come_in_order_of_size_and_sizes_agree_with_the_textbook(policy: Scenario) -> None:
    table, plan = screened(policy, 4_000, {"requests": 0.7, "refusals": 0.85})
    assert table["outcome"].tolist()[:2] == ["requests", "refusals"]
    assert easiest(table) == "requests"
    row = table.set_index("outcome").loc["refusals"]
    assert row["change"] == pytest.approx(-0.15, abs=0.03)
    spread = 0.3 / 100.0 + (0.2 * 0.3) ** 2
    textbook = 2 * 2 * spread * (norm.ppf(0.975) + norm.ppf(0.8)) ** 2 / (0.3 * row["change"]) ** 2
    assert row["clusters"] == pytest.approx(textbook, rel=0.3)
    assert math.isnan(row["power_of_all"])
    assert "Requests refused"[1:] in screen_sentence(table, plan, 0.8)


def test_nothing_is_proposed_where_nothing_is_moved(policy: Scenario) -> None:
    table, plan = screened(policy, 200, {})
    assert easiest(table) is None
    assert (table["power_of_all"] < 0.3).all()
    assert "Nothing that could be counted" in screen_sentence(table, plan, 0.8)
