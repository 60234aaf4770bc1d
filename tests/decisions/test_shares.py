"""Parts of the variance against published and closed forms, correlated inputs included."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
import pytest
import scipy
from decisions.synthetic import Floats, normal_frame
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.decisions.emulator import fit_emulator
from sencosim.decisions.resampling import keyed_normals
from sencosim.decisions.shares import REST, Joint, Tied, expected_at, parts_of_variance, shares_of

SHARES = (np.arange(1024) + 0.5) / 1024


def normal(*names: str, ties: tuple[Tied, ...] = ()) -> Joint:
    return Joint({name: pd.DataFrame({name: scipy.special.ndtri(SHARES)}) for name in names}, ties)


def linear(weights: dict[str, float]):  # type: ignore[no-untyped-def]
    return lambda x: sum(w * x[name].to_numpy() for name, w in weights.items())[None, :]


def shapley_of_linear(weights: Floats, covariance: Floats) -> Floats:
    """Closed form for a linear function of normal inputs (Owen and Prieur 2017): conditional variances, all subsets."""
    d = weights.size
    whole = float(weights @ covariance @ weights)

    def known(chosen: tuple[int, ...]) -> float:
        inside, outside = list(chosen), [i for i in range(d) if i not in chosen]
        if not inside:
            return 0.0
        if not outside:
            return whole
        block = covariance[np.ix_(outside, inside)] @ np.linalg.inv(covariance[np.ix_(inside, inside)])
        left = covariance[np.ix_(outside, outside)] - block @ covariance[np.ix_(inside, outside)]
        return whole - float(weights[outside] @ left @ weights[outside])

    result = np.zeros(d)
    for i in range(d):
        for size in range(d):
            for chosen in combinations([j for j in range(d) if j != i], size):
                share = factorial(size) * factorial(d - size - 1) / factorial(d)
                result[i] += share * (known((*chosen, i)) - known(chosen))
    return result / whole


@pytest.mark.unit
def test_ishigami_gives_the_published_indices() -> None:
    # Ishigami and Homma (1990), a = 7, b = 0.1: first order 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437. Without
    # correlation a Shapley effect is the first-order index and an equal part of each joint one (Owen 2014).
    joint = Joint({name: pd.DataFrame({name: np.pi * (2 * SHARES - 1)}) for name in "abc"})

    def function(x: pd.DataFrame) -> Floats:
        y = np.sin(x["a"]) + 7 * np.sin(x["b"]) ** 2 + 0.1 * x["c"] ** 4 * np.sin(x["a"])
        return y.to_numpy()[None, :]

    found = parts_of_variance(joint, function, joint.names, seed=1, n=8192)
    assert found.variance[0] == pytest.approx(13.8446, rel=0.03)
    assert found.first_order[0] / 13.8446 == pytest.approx([0.3139, 0.4424, 0.0], abs=0.015)
    assert found.total[0] / 13.8446 == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.015)
    assert found.shapley[0] / 13.8446 == pytest.approx([0.4357, 0.4424, 0.1218], abs=0.015)


@pytest.mark.unit
def test_correlated_normal_inputs_give_the_closed_form() -> None:
    weights = {"a": 2.0, "b": 1.0, "c": 1.0, "d": -1.5, "e": 0.5}
    joint = normal(*weights, ties=(Tied(("a", "b", "d"), 0.7, frozenset({"d"})), Tied(("c", "missing"), 0.9)))
    covariance = np.eye(5)
    for i, j, r in ((0, 1, 0.7), (0, 3, -0.7), (1, 3, -0.7)):
        covariance[i, j] = covariance[j, i] = r
    w = np.array(list(weights.values()))
    found = parts_of_variance(joint, linear(weights), joint.names, seed=1, n=8192)
    variance = float(w @ covariance @ w)
    assert found.variance[0] == pytest.approx(variance, rel=0.03)
    assert found.shapley[0] / variance == pytest.approx(shapley_of_linear(w, covariance), abs=0.01)
    assert found.first_order[0] / variance == pytest.approx((covariance @ w) ** 2 / variance, abs=0.02)
    inverse = np.linalg.inv(covariance)
    assert found.total[0] / variance == pytest.approx(w**2 / np.diag(inverse) / variance, abs=0.01)


@given(st.floats(0.0, 0.9), st.lists(st.booleans(), min_size=3, max_size=3), st.integers(0, 99))
@settings(max_examples=10, deadline=None)
@pytest.mark.property
def test_tied_inputs_correlate_as_stated_in_any_order(r: float, turned: list[bool], seed: int) -> None:
    opposite = frozenset(name for name, other_way in zip("abc", turned, strict=True) if other_way)
    joint = normal("a", "b", "c", "d", ties=(Tied(("a", "b", "c"), r, opposite),))
    n = 4096
    points = scipy.stats.qmc.Sobol(8, rng=seed).random(n)
    x = joint.at(points[:, :4], points[:, 4:])
    sign = np.array([-1.0 if other_way else 1.0 for other_way in turned] + [0.0])
    wanted = r * np.outer(sign, sign)
    np.fill_diagonal(wanted, 1.0)
    assert np.corrcoef(x.to_numpy().T) == pytest.approx(wanted, abs=0.05)
    assert x.std().to_numpy() == pytest.approx(1.0, abs=0.05)


@pytest.mark.unit
def test_what_is_known_moves_what_is_tied_to_it() -> None:
    joint = normal("a", "b", "c", ties=(Tied(("a", "b"), 0.5),))
    found = expected_at(joint, linear({"a": 1.0, "b": 2.0, "c": 5.0}), "a", np.array([0.1, 0.5, 0.9]), seed=1)
    assert found[0] == pytest.approx([-2.563, 0.0, 2.563], abs=0.03)  # 1 + 2 x 0.5 widths of 1.2816


@pytest.mark.unit
def test_a_sample_taken_whole_is_one_input() -> None:
    rows = normal_frame(200, "p", "q")
    rows["q"] += rows["p"]
    joint = Joint({"rows": rows, "a": pd.DataFrame({"a": scipy.special.ndtri(SHARES)})})
    found = parts_of_variance(joint, linear({"p": 1.0, "q": 1.0, "a": 1.0}), joint.names, seed=1)
    spread = float((rows["p"] + rows["q"]).var(ddof=0))
    assert found.shapley[0] == pytest.approx([spread, 1.0], rel=0.08)


@pytest.mark.unit
def test_shares_sum_to_one_with_what_is_not_explained() -> None:
    x = normal_frame(128, *"abcdefghij")
    y = (3 * x.a + 2 * x.b + x.c * x.a).to_numpy() + 2 * keyed_normals(128, 1, "noise")
    emulator = fit_emulator(x, y, seed=1)
    table = shares_of(emulator, normal(*"abcdefghij"), seed=1)
    assert table["shapley"].sum() == pytest.approx(1.0)
    assert table["input"].iloc[:2].tolist() == ["a", "b"]
    by_input = table.set_index("input")
    assert by_input.loc[REST, "shapley"] == pytest.approx(1.0 - emulator.r_squared)
    assert by_input.loc["a", "shapley"] == pytest.approx(9.5 / 18, abs=0.12)
    assert by_input.loc["a", "total"] > by_input.loc["a", "first_order"]
    assert by_input.loc[["a", "b"], "told_apart"].all()
    assert set(by_input.index) - {REST} == set(emulator.kept)


@pytest.mark.unit
def test_where_nothing_is_explained_only_the_rest_remains() -> None:
    x = normal_frame(60, *"abc")
    table = shares_of(fit_emulator(x, np.full(60, 2.0), seed=1), normal(*"abc"), seed=1)
    assert table["input"].tolist() == [REST]
    assert table["shapley"].tolist() == [1.0]


@pytest.mark.study
def test_of_inputs_told_apart_at_most_a_tenth_have_no_effect() -> None:
    # Twenty truths with 20 inputs of falling effect among 120, known from 128 draws with noise: two minutes.
    names = [f"x{i}" for i in range(120)]
    effects = np.linspace(2.0, 0.1, 20)
    told, false, first = 0, 0, 0
    for repetition in range(20):
        x = normal_frame(128, *names, seed=100 + repetition)
        z = x.to_numpy()
        y = z[:, :20] @ effects + z[:, 0] * z[:, 1] + 2.0 * keyed_normals(128, repetition, "noise of the study")
        table = shares_of(fit_emulator(x, y, seed=1), normal(*names), seed=1)
        named = [int(name[1:]) for name in table.loc[table["told_apart"] & (table["input"] != REST), "input"]]
        told, false = told + len(named), false + sum(i >= 20 for i in named)
        first += sum(int(name[1:]) >= 20 for name in table["input"].head(5))
    assert told > 20 * 3  # it does name inputs
    assert false <= 0.1 * told
    assert first <= 0.1 * 100
