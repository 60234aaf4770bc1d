"""Acceptability against closed forms for normal differences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from decisions.synthetic import normal_frame
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from sencosim.decisions.acceptability import acceptability, chance_of_saving, plane
from sencosim.errors import InputError

N = 4000


def arms() -> tuple[pd.DataFrame, pd.DataFrame]:
    draws = normal_frame(N, "cost", "effect")
    cost = pd.DataFrame({"today": np.zeros(N), "policy": 100.0 + 20.0 * draws["cost"]})
    effect = pd.DataFrame({"today": np.zeros(N), "policy": 10.0 + 3.0 * draws["effect"]})
    return cost, effect


@pytest.mark.unit
def test_chance_equals_the_closed_form() -> None:
    table = acceptability(*arms(), [0.0, 5.0, 10.0, 20.0])
    policy = table[table["arm"] == "policy"].set_index("worth")
    for worth in (0.0, 5.0, 10.0, 20.0):
        expected = norm.cdf((worth * 10.0 - 100.0) / np.hypot(worth * 3.0, 20.0))
        assert policy.loc[worth, "chance_best"] == pytest.approx(expected, abs=0.025)
    assert policy["on_frontier"].tolist() == [False, False, policy.loc[10.0, "expected_net_benefit"] > 0.0, True]


@pytest.mark.property
@given(st.lists(st.floats(0.0, 1e5), min_size=1, max_size=5), st.integers(0, 100))
@settings(max_examples=20)
def test_chances_sum_to_one_and_one_arm_is_on_the_frontier(worths: list[float], seed: int) -> None:
    cost, effect = (normal_frame(30, "a", "b", "c", seed=seed + s) for s in (0, 1))
    table = acceptability(cost, effect, list(dict.fromkeys(worths)))
    by_worth = table.groupby("worth")
    np.testing.assert_allclose(by_worth["chance_best"].sum(), 1.0)
    assert (by_worth["on_frontier"].sum() == 1).all()
    frontier = table[table["on_frontier"]].set_index("worth")["expected_net_benefit"]
    pd.testing.assert_series_equal(frontier.sort_index(), by_worth["expected_net_benefit"].max(), check_names=False)


@pytest.mark.unit
def test_the_best_choice_need_not_be_the_likeliest() -> None:
    cost = pd.DataFrame({"today": [0.0] * 4, "policy": [1.0, 1.0, 1.0, -9.0]})
    table = acceptability(cost, cost * 0.0, [1.0]).set_index("arm")
    assert table.loc["policy", "on_frontier"]
    assert table.loc["policy", "chance_best"] == 0.25


@pytest.mark.unit
def test_ties_are_shared() -> None:
    cost = pd.DataFrame({"a": [1.0, 0.0], "b": [1.0, 2.0]})
    table = acceptability(cost, cost * 0.0, [0.0]).set_index("arm")
    assert table["chance_best"].to_dict() == {"a": 0.75, "b": 0.25}


@pytest.mark.unit
def test_quadrants_and_contours_of_the_plane() -> None:
    cost, effect = arms()
    shown = plane(cost["policy"].to_numpy() - 100.0, effect["policy"].to_numpy() - 10.0)
    assert sum(shown.quadrants.values()) == pytest.approx(1.0)
    for share in shown.quadrants.values():
        assert share == pytest.approx(0.25, abs=0.03)
    assert shown.levels[0.5] > shown.levels[0.8] > shown.levels[0.95] > 0.0
    cell = np.diff(shown.grid_effect)[0] * np.diff(shown.grid_cost)[0]
    assert shown.density.sum() * cell == pytest.approx(1.0, abs=0.02)
    assert shown.density[shown.density >= shown.levels[0.8]].sum() * cell == pytest.approx(0.8, abs=0.05)


@pytest.mark.unit
def test_a_plane_without_area_has_no_contours() -> None:
    line = np.arange(20.0)
    assert plane(line, 2.0 * line).levels == {}
    found = {name: share for name, share in plane(line, np.zeros(20)).quadrants.items() if share}
    assert found == {"dearer, no effect": 0.95, "no difference": 0.05}


@pytest.mark.unit
def test_chance_of_saving_by_payer() -> None:
    draws = normal_frame(1000, "schools", "councils")
    table = chance_of_saving(draws + np.array([1.0, -1.0])).set_index("payer")
    assert table.loc["schools", "chance"] == pytest.approx(norm.cdf(-1.0), abs=0.04)
    assert table.loc["councils", "chance"] == pytest.approx(norm.cdf(1.0), abs=0.04)
    assert (table["low"] < table["chance"]).all()
    assert (table["chance"] < table["high"]).all()
    none = chance_of_saving(pd.DataFrame({"schools": [1.0] * 10})).iloc[0]
    assert none["chance"] == 0.0
    assert none["high"] == pytest.approx(0.2775, abs=0.001)  # Wilson: z^2 / (n + z^2)


@pytest.mark.unit
def test_different_arms_are_refused() -> None:
    cost, effect = arms()
    with pytest.raises(InputError, match="same arms"):
        acceptability(cost, effect[["policy", "today"]], [1.0])
