"""What a trial could count: the outcome that is moved most is found with the fewest clusters."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from decisions.textbook import Planned, planned_courses
from scipy.stats import norm
from studies.conftest import Run, draws

from sencosim.scenario.schema import Scenario
from sencosim.studies.trial_courses import Counted, TrialPlan
from sencosim.studies.trial_worth import (
    ASSUMED_COSTS,
    COUNTABLE,
    WORTH_COLUMNS,
    Worths,
    best,
    screen,
    screen_sentence,
    with_worth,
)

pytestmark = pytest.mark.property


def pool(relative_rate: float) -> Counted:
    plan = Planned(rate=0.3, relative_rate=relative_rate, exposure=100.0, variation=0.2, n_clusters=400, n_periods=2)
    courses = planned_courses(plan, 5)(0)
    return Counted(courses.events, courses.exposure)


def screened(policy: Scenario, most: int, moved: dict[str, float]) -> tuple[pd.DataFrame, TrialPlan]:
    plan = TrialPlan(policy, "school", "suspensions", 1, 2)
    counted = {name: pool(moved.get(name, 1.0)) for name in COUNTABLE}
    return screen([counted], plan, most=most, n_trials=100, wanted=0.8), plan


def test_outcomes_come_in_order_of_size_and_sizes_agree_with_the_textbook(policy: Scenario) -> None:
    table, plan = screened(policy, 4_000, {"requests": 0.7, "refusals": 0.85})
    assert table["outcome"].tolist()[:2] == ["requests", "refusals"]
    row = table.set_index("outcome").loc["refusals"]
    assert row["change"] == pytest.approx(-0.15, abs=0.03)
    spread = 0.3 / 100.0 + (0.2 * 0.3) ** 2
    textbook = 2 * 2 * spread * (norm.ppf(0.975) + norm.ppf(0.8)) ** 2 / (0.3 * row["change"]) ** 2
    assert row["clusters"] == pytest.approx(textbook, rel=0.3)
    assert math.isnan(row["power_of_all"])
    assert "Requests refused"[1:] in screen_sentence(table, plan, 0.8)


def test_nothing_is_proposed_where_nothing_is_moved(policy: Scenario) -> None:
    table, plan = screened(policy, 200, {})
    assert (table["power_of_all"] < 0.3).all()
    assert "Nothing that could be counted" in screen_sentence(table, plan, 0.8)


def test_what_is_worth_most_is_proposed_and_else_what_is_easiest_for_pupils() -> None:
    table = pd.DataFrame(
        {
            "outcome": ["overtime_hours", "sen_support_starts", "requests", "suspensions"],
            "clusters": [60.0, 300.0, 800.0, math.nan],
            "net_worth_gbp": [-1.0, -1.0, 5.0, math.nan],
        }
    )
    assert best(table) == "requests"
    assert best(table.assign(net_worth_gbp=-1.0)) == "sen_support_starts"
    assert best(table.head(1).assign(net_worth_gbp=-1.0)) is None


def test_a_trial_is_worth_more_where_its_outcome_drives_the_choice(policy: Scenario, run: Run) -> None:
    whole, _ = run(draws(policy, 60))
    given = Worths(whole, {"requests": 2_000.0}, ASSUMED_COSTS, 1_000.0)
    plan = TrialPlan(policy, "school", "suspensions", 1, 3)
    table = pd.DataFrame(
        {
            "outcome": ["requests", "requests", "appeals"],
            "clusters": [200.0, 200.0, math.nan],
            "log_error": [0.01, 0.2, math.nan],
        }
    )
    found = with_worth(table, plan, given)
    assert found["worth_gbp"][0] >= found["worth_gbp"][1] >= 0.0
    assert found["cost_gbp"][0] == found["cost_gbp"][1] > 0.0
    assert found.loc[2, list(WORTH_COLUMNS)].isna().all()
