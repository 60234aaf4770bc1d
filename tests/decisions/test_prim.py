"""Boxes that are known beforehand are found, and no box is found in noise."""

from __future__ import annotations

import numpy as np
import pytest
from decisions.synthetic import uniform_frame
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.decisions.prim import discover
from sencosim.decisions.resampling import keyed_uniforms
from sencosim.errors import InputError
from sencosim.studies.prim import in_words

NAMES = ("a", "b", "c", "d")


@pytest.mark.unit
def test_a_corner_is_found_and_said() -> None:
    inputs = uniform_frame(2000, *NAMES)
    fails = ((inputs["a"] > 0.6) & (inputs["c"] < 0.5)).to_numpy()
    found = discover(inputs, fails, seed=1)
    assert set(found.box.limits) == {"a", "c"}
    assert found.box.limits["a"][0] == pytest.approx(0.6, abs=0.04)
    assert found.box.limits["a"][1] == np.inf
    assert found.box.limits["c"][1] == pytest.approx(0.5, abs=0.04)
    assert found.box.coverage > 0.93
    assert found.box.density > 0.93
    assert found.box.held_out_density > 0.9
    assert found.box.held_out_coverage > 0.9
    assert max(found.box.quasi_p.values()) < 1e-6
    text = in_words(found, titles={"a": "the price of a place", "c": "the effect on exclusions"}, units={"a": "GBP"})
    assert text.startswith("It loses money when the price of a place is 0.")
    assert " GBP or more and the effect on exclusions is 0." in text
    assert "Of the draws that were run: " in text


@pytest.mark.unit
def test_a_band_has_two_ends() -> None:
    inputs = uniform_frame(2000, *NAMES)
    found = discover(inputs, inputs["b"].between(0.3, 0.6).to_numpy(), seed=1)
    assert set(found.box.limits) == {"b"}
    assert found.box.limits["b"] == pytest.approx((0.3, 0.6), abs=0.04)
    assert "is between" in in_words(found)


@pytest.mark.unit
def test_noisy_failures_keep_only_inputs_that_matter() -> None:
    inputs = uniform_frame(1500, *NAMES)
    chance = np.where(inputs["a"] > 0.5, 0.9, 0.1)
    found = discover(inputs, keyed_uniforms(1500, 1, "fails") < chance, seed=1)
    assert "a" in found.box.limits
    assert found.box.density == pytest.approx(0.9, abs=0.06)
    assert found.box.held_out_density == pytest.approx(0.9, abs=0.08)


@pytest.mark.unit
def test_in_pure_noise_the_held_out_draws_expose_the_box() -> None:
    inputs = uniform_frame(600, *NAMES)
    found = discover(inputs, keyed_uniforms(600, 1, "noise") < 0.3, seed=1, held_out=0.5)
    assert found.box.density < 0.45
    if found.box.limits:
        assert found.box.held_out_density == pytest.approx(0.3, abs=0.12)


@pytest.mark.unit
def test_nothing_to_find_is_said() -> None:
    inputs = uniform_frame(100, "a")
    with pytest.raises(InputError, match="In none of the draws"):
        discover(inputs, np.zeros(100, dtype=bool), seed=1)
    with pytest.raises(InputError, match="In all of the draws"):
        discover(inputs, np.ones(100, dtype=bool), seed=1)
    with pytest.raises(InputError, match="40 draws or more"):
        discover(inputs.iloc[:20], np.ones(20, dtype=bool), seed=1)


@pytest.mark.property
@given(st.integers(0, 50), st.floats(0.2, 0.8), st.integers(1, 3))
@settings(max_examples=15)
def test_measures_are_shares_and_limits_few(seed: int, cut: float, most: int) -> None:
    inputs = uniform_frame(200, *NAMES, seed=seed)
    fails = (inputs["a"] + inputs["b"] > 2 * cut).to_numpy()
    if fails.sum() < 10 or fails.sum() > 190:
        return
    found = discover(inputs, fails, seed=seed, most_inputs=most)
    assert len(found.box.limits) <= most
    assert 0.0 <= found.box.coverage <= 1.0
    assert found.base_rate <= found.box.density <= 1.0
    assert found.box.mass >= 0.05
    assert all(p <= 0.05 for p in found.box.quasi_p.values())
    assert (found.trajectory["mass"].iloc[:-1].diff().dropna() < 0.0).all()  # each peel makes the box smaller
