"""What a trial could count: the outcome that is moved most is found with the fewest clusters."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from decisions.textbook import Planned
from scipy.stats import norm
from studies.conftest import Run, draws
from studies.made_up import MILLION
from studies.made_up_trial import made_up

from sencosim.decisions.ensemble import Ensemble
from sencosim.decisions.resampling import Floats, keyed_normals
from sencosim.errors import InputError
from sencosim.scenario.schema import Scenario
from sencosim.studies.trial_plan import TrialPlan
from sencosim.studies.trial_size import best_size_sentence, by_size, size_of
from sencosim.studies.trial_worth import (
    ASSUMED_COSTS,
    WORTH_COLUMNS,
    TrialCost,
    Worths,
    best,
    screen,
    screen_sentence,
    with_worth,
)
from sencosim.studies.voi import EVERYTHING, middle, parse_worths, price_curve

pytestmark = pytest.mark.property


PLAN = Planned(rate=0.3, relative_rate=1.0, exposure=100.0, variation=0.2, n_clusters=400, n_periods=2)


def screened(policy: Scenario, whole: Ensemble, most: int, moved: dict[str, float]) -> tuple[pd.DataFrame, TrialPlan]:
    plan = TrialPlan(policy, "school", "suspensions", 1, 2)
    given = Worths(whole, {}, ASSUMED_COSTS, made_up(PLAN, moved=moved))
    return screen(given, plan, most=most, wanted=0.8), plan


def test_outcomes_come_in_order_of_size_and_sizes_agree_with_the_textbook(policy: Scenario, run: Run) -> None:
    table, plan = screened(
        policy, run(draws(policy, 40))[0], 4_000, {"requests": 0.7, "refusals": 0.85, "appeals": 1.4}
    )
    assert set(table["outcome"].tolist()[:2]) == {"requests", "appeals"}
    assert table["outcome"].tolist()[2] == "refusals"
    falls = table.set_index("outcome")["falls_in"]
    assert (falls["requests"], falls["appeals"]) == (1.0, 0.0)
    row = table.set_index("outcome").loc["refusals"]
    assert row["change"] == pytest.approx(-0.15, abs=0.03)
    spread = 0.3 / 100.0 + (0.2 * 0.3) ** 2
    textbook = 2 * 2 * spread * (norm.ppf(0.975) + norm.ppf(0.8)) ** 2 / (0.3 * row["change"]) ** 2
    assert row["clusters"] == pytest.approx(textbook, rel=0.3)
    assert math.isnan(row["power_of_all"])
    assert "Requests refused"[1:] in screen_sentence(table, plan, 0.8)


def test_nothing_is_proposed_where_nothing_is_moved(policy: Scenario, run: Run) -> None:
    table, plan = screened(policy, run(draws(policy, 40))[0], 200, {})
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


PRICE = 20.0 * MILLION


def deciding(policy: Scenario, run: Run) -> tuple[Ensemble, Floats]:
    """A choice that the effect on suspensions decides, and that effect by draw."""
    whole, _ = run(draws(policy, 60))
    effects = 0.1 * keyed_normals(60, 4, "effect of a made-up trial")
    policy_rows = whole.outcomes["arm"] != "baseline"
    change = whole.outcomes["draw"].map(dict(zip(whole.drawn("central").index, 10.0 * effects, strict=True)))
    outcomes = whole.outcomes.assign(npsv=0.0, suspensions=9.0 + change.where(policy_rows, 0.0))
    return Ensemble(whole.inputs, outcomes, whole.units, whole.arms, whole.about), effects


def test_a_trial_is_worth_more_the_better_it_knows_what_decides(policy: Scenario, run: Run) -> None:
    whole, effects = deciding(policy, run)
    given = Worths(whole, {"suspensions": (PRICE, PRICE)}, ASSUMED_COSTS, made_up(PLAN, effects))
    plan = TrialPlan(policy, "school", "suspensions", 1, 2)
    table = pd.DataFrame(
        {
            "outcome": ["suspensions", "suspensions", "appeals"],
            "clusters": [200.0, 200.0, math.nan],
            "log_error": [0.01, 0.2, math.nan],
        }
    )
    found = with_worth(table, plan, given)
    assert found["worth_gbp"][0] > found["worth_gbp"][1] > 0.0
    assert found["cost_gbp"][0] == found["cost_gbp"][1] > 0.0
    assert found.loc[2, list(WORTH_COLUMNS)].isna().all()


def test_the_size_worth_most_is_neither_the_smallest_nor_all(policy: Scenario, run: Run) -> None:
    whole, effects = deciding(policy, run)
    costs = (TrialCost("a cluster", 20_000.0, "cluster", "assumption"),)
    given = Worths(whole, {"suspensions": (PRICE, PRICE)}, costs, made_up(PLAN, effects, {"suspensions": 0.9}))
    plan = TrialPlan(policy, "school", "suspensions", 1, 2)
    size = size_of(plan, given.counted, 20_000, 40, 0.8)
    table = by_size(plan, size, 20_000, given, 0.8)
    top = int(table["net_value_gbp"].argmax())
    assert 0 < top < len(table) - 1
    assert table["standard_error"].is_monotonic_decreasing
    assert table["smallest_effect"].is_monotonic_decreasing
    assert table["cost_gbp"].is_monotonic_increasing
    assert f"about {table['clusters'][top]:,} schools" in best_size_sentence(plan, table)


def test_worth_by_price_rises_from_nought_and_falls_again(policy: Scenario, run: Run) -> None:
    whole, effects = deciding(policy, run)
    better = whole.outcomes["draw"].map(dict(zip(whole.drawn("central").index, 1.0 + 2.0 * effects, strict=True)))
    has = whole.outcomes["arm"] != "baseline"
    outcomes = whole.outcomes.assign(npsv=has * -30.0 * MILLION, suspensions=10.0 - has * better)
    dear = Ensemble(whole.inputs, outcomes, whole.units, whole.arms, whole.about)
    prices = {"suspensions": (0.5 * MILLION, 8.0 * MILLION)}
    curve = price_curve(dear, policy, prices, {"half": lambda _: 1.0})
    known = curve[EVERYTHING].to_numpy()
    assert known[0] == 0.0
    assert 0 < known.argmax() < len(known) - 1
    assert ((curve["half"] == 0.0) == (known == 0.0)).all()  # where nothing reverses the choice nothing is reckoned
    assert price_curve(dear, policy, {"suspensions": (5.0, 5.0)}, {}).empty


def test_prices_are_one_number_or_a_range_that_rises() -> None:
    assert parse_worths(["suspensions=10:30", "refusals=5"]) == {"suspensions": (10.0, 30.0), "refusals": (5.0, 5.0)}
    assert middle({"suspensions": (10.0, 30.0)}) == {"suspensions": 20.0}
    for wrong in ("suspensions=30:10", "suspensions=0:10", "suspensions=1:many"):
        with pytest.raises(InputError, match="must be a number of pounds above 0"):
            parse_worths([wrong])
    with pytest.raises(InputError, match="Only one outcome"):
        parse_worths(["suspensions=1:2", "refusals=1:2"])
