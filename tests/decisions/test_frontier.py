"""The search finds the cheapest points of a model whose best is known, and a frontier is read as it says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy
from decisions.synthetic import Floats
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.decisions.choice_tree import choice_of
from sencosim.decisions.designs import sobol_points, uniform_range
from sencosim.decisions.frontier import (
    Aim,
    Limit,
    Problem,
    Searched,
    beside_frontier,
    knee,
    regret,
    search,
    undominated,
)
from sencosim.decisions.resampling import keyed_normals, keyed_uniforms

COSTS = np.array([1.0, 2.0, 3.0, 1.0, 4.0, 2.0])
GAINS = np.array([3.0, 2.0, 1.0, 0.5, 1.0, 2.5])
BEND = 0.04


def _toy(points: Floats) -> pd.DataFrame:
    """Dials whose gains shrink as they are turned up, so that the best mix for a target is known in closed form."""
    return pd.DataFrame(
        {
            "cost": points @ COSTS,
            "gain": (np.sqrt(points + BEND) - np.sqrt(BEND)) @ GAINS,
            "taken": points[:, 0],
        }
    )


def _least(target: float) -> float:
    """Least cost of a target: each dial is turned up until its last step gains as much for its cost as any other."""

    def gain_at(price: float) -> float:
        return float(_toy(_mix(price)[None, :])["gain"].iloc[0])

    price = scipy.optimize.brentq(lambda p: gain_at(p) - target, 1e-3, 1e3)
    return float(_mix(price) @ COSTS)


def _mix(price: float) -> Floats:
    result: Floats = np.clip((price * GAINS / (2.0 * COSTS)) ** 2 - BEND, 0.0, 1.0)
    return result


def _as_it_is(points: Floats) -> pd.DataFrame:
    return pd.DataFrame(points, columns=[f"dial_{i}" for i in range(points.shape[1])])


def _settled(points: Floats) -> Floats:
    result: Floats = np.round(points, 2)
    return result


@pytest.fixture(scope="module")
def found() -> Searched:
    space = {f"dial_{i}": uniform_range(0.0, 1.0) for i in range(COSTS.size)}
    problem = Problem("cost", (Aim("gain", 1.0),))
    return search(problem, sobol_points(space, 64, 3).cube, _toy, _as_it_is, _settled, seed=1, rounds=2)


@pytest.mark.unit
def test_the_optimum_of_a_known_model_is_found(found: Searched) -> None:
    cost, gain = found.outcomes["cost"].to_numpy(), found.outcomes["gain"].to_numpy()
    for share in (0.2, 0.35, 0.5, 0.65, 0.8):
        target = share * float(gain.max())
        least = _least(target)
        told = beside_frontier(cost, gain, np.inf, target).cost_for_as_much
        assert least * 0.999 <= told <= 1.1 * least + 0.05


@pytest.mark.unit
def test_the_design_alone_is_further_off(found: Searched) -> None:
    at_first = np.array(found.rounds) == 0
    cost, gain = found.outcomes["cost"].to_numpy(), found.outcomes["gain"].to_numpy()
    for share in (0.2, 0.5, 0.8):
        target = share * float(gain[at_first].max())
        before = beside_frontier(cost[at_first], gain[at_first], np.inf, target).cost_for_as_much
        assert beside_frontier(cost, gain, np.inf, target).cost_for_as_much < 0.95 * before


@pytest.mark.unit
def test_limits_hold_where_the_search_looks() -> None:
    space = {f"dial_{i}": uniform_range(0.0, 1.0) for i in range(COSTS.size)}
    problem = Problem("cost", (Aim("gain", 1.0),), (Limit("taken", 0.1),))
    start = sobol_points(space, 32, 3).cube
    bound = search(problem, start, _toy, _as_it_is, _settled, seed=1, rounds=1)
    added = np.array(bound.rounds) > 0
    assert added.any()
    assert (bound.points[added, 0] <= 0.12).all()  # an emulator stands between the limit and the point


@pytest.mark.unit
def test_the_same_seed_finds_the_same() -> None:
    space = {f"dial_{i}": uniform_range(0.0, 1.0) for i in range(3)}
    problem = Problem("cost", (Aim("gain", 1.0),))

    def toy(points: Floats) -> pd.DataFrame:
        return pd.DataFrame({"cost": points.sum(axis=1), "gain": np.sqrt(points).sum(axis=1)})

    start = sobol_points(space, 32, 5).cube
    first, second = (search(problem, start, toy, _as_it_is, _settled, seed=4, rounds=1) for _ in range(2))
    assert (first.points == second.points).all()


_numbers = st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=12)


@pytest.mark.property
@given(_numbers)
def test_no_point_of_a_frontier_is_beaten_and_every_other_is(pairs: list[tuple[float, float]]) -> None:
    cost, gain = (np.array(values) for values in zip(*pairs, strict=True))
    kept = undominated(cost, gain)
    assert kept.any()
    for row in range(cost.size):
        better = (cost <= cost[row]) & (gain >= gain[row]) & ((cost < cost[row]) | (gain > gain[row]))
        assert not (kept[row] and better.any())
        if not kept[row]:
            assert ((cost <= cost[row]) & (gain >= gain[row]) & kept).any()


@pytest.mark.property
@given(_numbers, st.floats(0, 5), st.floats(0, 5), st.floats(0, 1))
def test_more_money_never_does_less_and_more_never_costs_less(
    pairs: list[tuple[float, float]], cost_at: float, gain_at: float, more: float
) -> None:
    cost, gain = (np.array(values) for values in zip(*pairs, strict=True))
    here = beside_frontier(cost, gain, cost_at, gain_at)
    there = beside_frontier(cost, gain, cost_at + more, gain_at + more)
    assert there.gain_for_as_much >= here.gain_for_as_much - 1e-9
    assert there.cost_for_as_much >= here.cost_for_as_much - 1e-9
    assert here.gain_for_as_much >= 0.0  # nothing at all is always to be had


@pytest.mark.property
@given(_numbers)
def test_a_point_of_the_frontier_stands_beside_itself(pairs: list[tuple[float, float]]) -> None:
    cost, gain = (np.abs(np.array(values)) + 0.01 for values in zip(*pairs, strict=True))
    for row in np.flatnonzero(undominated(np.append(0.0, cost), np.append(0.0, gain))[1:]):
        own = beside_frontier(cost, gain, float(cost[row]), float(gain[row]))
        assert own.cost_for_as_much == pytest.approx(float(cost[row]))
        assert own.gain_for_as_much == pytest.approx(float(gain[row]))


@pytest.mark.property
@given(_numbers, st.floats(0.1, 100), st.floats(0.1, 100))
def test_the_knee_does_not_hang_on_units(pairs: list[tuple[float, float]], pounds: float, hours: float) -> None:
    cost, gain = (np.cumsum(np.round(np.abs(np.array(values)), 3) + 0.01) for values in zip(*pairs, strict=True))
    first, second = knee(cost, gain), knee(pounds * cost, hours * gain)

    def above(row: int) -> float:
        width, height = cost[-1] - cost[0], gain[-1] - gain[0]
        return float((gain[row] - gain[0]) / height - (cost[row] - cost[0]) / width) if width and height else 0.0

    assert above(first) == pytest.approx(above(second), abs=1e-9)


@pytest.mark.property
@settings(max_examples=30)
@given(st.integers(0, 1000))
def test_regret_is_never_below_zero_and_someone_has_none(seed: int) -> None:
    values = pd.DataFrame(keyed_normals(20, seed, "regret").reshape(5, 4), columns=list("abcd"))
    short = regret(values)
    assert (short >= 0.0).all().all()
    assert (short.min(axis=1) == 0.0).all()


@pytest.mark.unit
def test_a_tree_finds_the_assumption_that_decides_and_none_where_none_does() -> None:
    n = 120
    inputs = pd.DataFrame(keyed_uniforms(n * 10, 1, "inputs").reshape(n, 10), columns=[f"x{i}" for i in range(10)])
    decided = pd.DataFrame({"hours": inputs["x3"], "nothing": 0.4})
    choice = choice_of(inputs, decided, seed=1)
    assert choice.tells
    assert {name for leaf in choice.leaves for name, _, _ in leaf.limits} == {"x3"}
    by_chance = pd.DataFrame({"hours": keyed_normals(n, 2, "chance"), "nothing": 0.0})
    assert not choice_of(inputs, by_chance, seed=1).tells
    always = choice_of(inputs, pd.DataFrame({"hours": inputs["x0"] + 1.0, "nothing": 0.0}), seed=1)
    assert not always.tells
    assert [leaf.option for leaf in always.leaves] == ["hours"]
