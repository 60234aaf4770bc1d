"""When replications stop, and what pairing buys."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.experiment.precision import (
    OF_RANGE,
    Precision,
    Rule,
    common_chance_gain,
    half_width,
    is_precise,
    replications_needed,
    rule_for,
    standard_error,
)
from sencosim.randomness import uniform
from sencosim.rules.chance import normal_quantile

amounts = st.lists(st.floats(-1e9, 1e9), min_size=0, max_size=15)
rules = st.builds(
    lambda fewest, more, precision: Rule(fewest, fewest + more, precision),
    st.integers(1, 6),
    st.integers(0, 9),
    st.floats(0.001, 1.0),
)


@pytest.mark.property
@given(amounts, rules)
def test_the_number_asked_for_lies_within_the_rule(values: list[float], rule: Rule) -> None:
    assert rule.fewest <= replications_needed(values, rule) <= rule.most


@pytest.mark.property
@given(amounts, rules)
def test_what_comes_after_the_stop_cannot_move_it(values: list[float], rule: Rule) -> None:
    """However many replications happen to be known, the run stops at the same one."""
    needed = replications_needed(values, rule)
    if needed <= len(values):
        for known in range(needed, len(values) + 1):
            assert replications_needed(values[:known], rule) == needed
        assert needed == rule.most or is_precise(values[:needed], rule.precision)


@pytest.mark.property
@given(amounts, rules)
def test_while_the_rule_is_not_met_one_more_is_asked_for(values: list[float], rule: Rule) -> None:
    needed = replications_needed(values, rule)
    if needed > len(values):
        assert needed == min(rule.most, max(rule.fewest, len(values) + 1))


@pytest.mark.property
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20), st.floats(-1e6, 1e6), st.floats(0.1, 10.0))
def test_precision_is_of_the_unit_of_the_values(values: list[float], shift: float, scale: float) -> None:
    moved = [scale * value + shift for value in values]
    assert half_width(moved) == pytest.approx(scale * half_width(values), rel=1e-6, abs=1e-6)


@pytest.mark.unit
def test_a_difference_that_is_always_nought_is_precise() -> None:
    assert is_precise([0.0, 0.0, 0.0], 0.01)
    assert not is_precise([1.0, -1.0, 0.5], 0.01)


@pytest.mark.unit
def test_one_replication_says_nothing_of_chance() -> None:
    precision = Precision((5.0,), Rule(1, 1))
    assert precision.reached is None
    assert math.isnan(standard_error([5.0]))
    assert precision.facts()["half_width_95_gbp"] is None


@pytest.mark.property
@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=9), st.floats(0.001, 1.0))
def test_two_replications_or_more_say_whether_the_precision_was_reached(values: list[float], precision: float) -> None:
    told = Precision(tuple(values), Rule(2, 9, precision))
    assert told.reached == (told.half_width <= precision * abs(told.mean))


@pytest.mark.unit
def test_the_interval_holds_the_mean_as_often_as_it_says() -> None:
    """95 of 100 for a fixed number of replications, from keyed normal numbers."""
    draws = np.array([[normal_quantile(uniform(1, run, 1, i, 0)) for i in range(4)] for run in range(2000)])
    held = np.mean([abs(values.mean()) <= half_width(values.tolist()) for values in draws])
    assert held == pytest.approx(0.95, abs=0.015)


@pytest.mark.unit
def test_small_runs_may_have_more_replications() -> None:
    assert rule_for(None, None, 20_227, 20_227) == Rule(2, 10, 0.02, OF_RANGE)
    assert rule_for(None, 0.01, 21, 20_227) == Rule(2, 100, 0.01)
    assert rule_for(7, None, 21, 20_227).is_fixed


@pytest.mark.property
@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=2, max_size=30))
def test_the_gain_is_the_mean_over_pairs_of_different_replications(pairs: list[tuple[float, float]]) -> None:
    """Var(policy_i - baseline_j), i not j, by its definition: half the mean squared gap of two such."""
    baseline, policy = (np.array(arm) for arm in zip(*pairs, strict=True))
    paired = np.var(policy - baseline, ddof=1)
    gain = common_chance_gain(baseline.tolist(), policy.tolist())
    if paired <= 1e-9:
        return
    n = len(pairs)
    gaps = [
        (policy[i] - policy[k]) ** 2 + (baseline[j] - baseline[m]) ** 2
        for i in range(n)
        for k in range(n)
        for j, m in [(i, k)]
        if i != k
    ]
    assert gain == pytest.approx(np.mean(gaps) / 2.0 / paired, rel=1e-6, abs=1e-5)


@pytest.mark.unit
def test_arms_that_share_nothing_gain_nothing() -> None:
    arms = np.array([[normal_quantile(uniform(3, arm, 2, i, 0)) for i in range(4000)] for arm in (0, 1)])
    assert common_chance_gain(arms[0].tolist(), arms[1].tolist()) == pytest.approx(1.0, abs=0.1)
    assert common_chance_gain(arms[0].tolist(), (arms[0] + 0.1 * arms[1]).tolist()) > 100.0


@pytest.mark.property
@given(amounts, rules, st.floats(0, 1e9))
def test_what_is_small_against_the_range_is_enough(values: list[float], rule: Rule, enough: float) -> None:
    needed = replications_needed(values, rule, enough)
    assert rule.fewest <= needed <= replications_needed(values, rule)
    if rule.fewest < needed <= len(values) and needed < rule.most:
        assert not is_precise(values[: needed - 1], rule.precision, enough)
        assert is_precise(values[:needed], rule.precision, enough)
