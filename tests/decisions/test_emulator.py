"""The emulator: a linear smoother that finds what is there, leaves out what is not, and says how far off it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from decisions.synthetic import Floats
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.decisions.emulator import (
    FEWEST_DRAWS,
    LEAST_R_SQUARED,
    Emulator,
    fit_emulator,
    jackknife_error,
    refused,
)
from sencosim.decisions.resampling import keyed_normals, keyed_uniforms
from sencosim.errors import InputError


def _inputs(n: int, d: int, seed: int) -> pd.DataFrame:
    """Normal, skewed and spiked inputs in turn."""
    x = keyed_normals(n * d, seed, "inputs").reshape(n, d)
    x[:, 1::3] = np.exp(0.7 * x[:, 1::3])
    x[:, 2::3] = np.where(x[:, 2::3] < -0.25, 0.0, x[:, 2::3] + 0.25)
    return pd.DataFrame(x, columns=[f"x{i}" for i in range(d)])


def _truth(x: pd.DataFrame) -> Floats:
    """Sparse and quadratic: six inputs, a square and a product; a spiked and a skewed one among them."""
    z = (x - x.mean()) / x.std()
    return (3 * z.x0 + 2 * z.x1 + 2 * z.x2 + z.x3 + z.x4 + z.x0 * z.x2 + 0.7 * z.x5**2).to_numpy()


@pytest.fixture(scope="module")
def noisy() -> tuple[pd.DataFrame, Floats, Emulator]:
    x = _inputs(128, 60, 1)
    y = 1e9 * (_truth(x) + keyed_normals(128, 2, "noise"))
    return x, y, fit_emulator(x, y, seed=1)


@pytest.mark.unit
def test_every_prediction_is_a_weighted_sum_of_the_draws(noisy: tuple[pd.DataFrame, Floats, Emulator]) -> None:
    _, y, found = noisy
    new = _inputs(50, 60, 9)
    weights = found.weights(new)
    assert weights.sum(axis=1) == pytest.approx(1.0)
    assert weights @ y == pytest.approx(found.predict(new), rel=1e-9)
    assert found.held_out_weights.sum(axis=1) == pytest.approx(1.0)
    assert found.held_out_weights @ y == pytest.approx(found.held_out)
    for rows, fold in zip(found.fold_weights(new), found.fold_predictions(new), strict=True):
        assert rows.sum(axis=1) == pytest.approx(1.0)
        assert rows @ y == pytest.approx(fold)


@pytest.mark.unit
def test_no_draw_has_a_part_in_its_held_out_prediction(noisy: tuple[pd.DataFrame, Floats, Emulator]) -> None:
    _, y, found = noisy
    assert (np.diag(found.held_out_weights) == 0.0).all()
    folds = [np.setdiff1d(np.arange(y.size), fold.rows) for fold in found.folds]
    assert sorted(np.concatenate(folds)) == list(range(y.size))
    for own in folds:
        assert (found.held_out_weights[np.ix_(own, own)] == 0.0).all()


@pytest.mark.unit
def test_r_squared_is_what_new_draws_give(noisy: tuple[pd.DataFrame, Floats, Emulator]) -> None:
    _, _, found = noisy
    new = _inputs(4000, 60, 3)
    truth = 1e9 * _truth(new)
    error = truth - found.predict(new)
    fresh = 1.0 - (error.var() + 1e18) / (truth.var() + 1e18)
    assert fresh > 0.85  # of 0.95 that noise leaves
    assert found.r_squared == pytest.approx(fresh, abs=0.06)
    fresh_draws = np.abs(error + 1e9 * keyed_normals(4000, 4, "noise"))
    assert 0.7 < (fresh_draws < found.band).mean() < 0.93
    assert 0.6 < np.sqrt((found.spread(new) ** 2).mean()) / error.std() < 1.7


@pytest.mark.unit
def test_inputs_without_effect_are_left_out(noisy: tuple[pd.DataFrame, Floats, Emulator]) -> None:
    x, _, found = noisy
    assert {"x0", "x1", "x2", "x3", "x4"} <= set(found.kept)
    assert len(set(found.kept) - {f"x{i}" for i in range(6)}) <= 0.1 * (x.shape[1] - 6)


@pytest.mark.unit
def test_the_process_carries_what_no_square_can() -> None:
    """Friedman's function (1991): a sine of a product, a square, two slopes and five inputs that do nothing."""
    x = pd.DataFrame(keyed_uniforms(1280, 5, "inputs").reshape(128, 10), columns=[f"x{i}" for i in range(10)])
    u = x.to_numpy().T
    y = 10 * np.sin(np.pi * u[0] * u[1]) + 20 * (u[2] - 0.5) ** 2 + 10 * u[3] + 5 * u[4]
    found = fit_emulator(x, y, seed=1)
    assert found.whole.process is not None
    assert found.r_squared > 0.95


@pytest.mark.unit
def test_noise_is_refused_by_name() -> None:
    x = _inputs(80, 40, 6)
    noise = fit_emulator(x, keyed_normals(80, 7, "noise"), seed=1, folds=5)
    assert noise.r_squared < 0.2 < LEAST_R_SQUARED
    said = refused({"net cost": noise})
    assert "net cost" in said
    assert "80 draws" in said
    assert refused({}) == ""


@pytest.mark.unit
def test_a_constant_outcome_gives_the_plain_mean() -> None:
    x = _inputs(40, 5, 8)
    found = fit_emulator(x, np.full(40, 3.0), seed=1)
    assert (found.kept, found.r_squared, found.band) == ((), 0.0, 0.0)
    assert found.weights(x) == pytest.approx(np.full((40, 40), 1 / 40))


@pytest.mark.unit
def test_the_same_draws_give_the_same_bits(noisy: tuple[pd.DataFrame, Floats, Emulator]) -> None:
    x, y, found = noisy
    again = fit_emulator(x, y, seed=1)
    assert (again.held_out == found.held_out).all()
    assert again.kept == found.kept


@pytest.mark.unit
def test_too_few_draws_or_a_hole_are_said() -> None:
    x = _inputs(40, 3, 1)
    with pytest.raises(InputError, match=f"{FEWEST_DRAWS} draws"):
        fit_emulator(x[:20], np.ones(20), seed=1)
    with pytest.raises(InputError, match="not finite"):
        fit_emulator(x, np.r_[np.nan, np.ones(39)], seed=1)


@pytest.mark.property
@given(st.integers(30, 60), st.integers(1, 6), st.integers(0, 10_000), st.floats(-100.0, 100.0), st.floats(1e-6, 1e9))
@settings(max_examples=5, deadline=None)
def test_units_of_the_outcome_change_nothing(n: int, d: int, seed: int, shift: float, scale: float) -> None:
    x = _inputs(n, d, seed)
    y = x.sum(axis=1).to_numpy() + keyed_normals(n, seed, "noise")
    one = fit_emulator(x, y, seed=1, folds=3)
    other = fit_emulator(x, scale * (shift + y), seed=1, folds=3)
    assert np.isfinite(one.weights(x)).all()
    assert one.weights(x).sum(axis=1) == pytest.approx(1.0)
    assert other.weights(x) @ y == pytest.approx(one.weights(x) @ y, abs=1e-3 * float(y.std()))


@pytest.mark.unit
def test_a_jackknife_of_means_is_the_error_of_the_mean() -> None:
    y = keyed_normals(400, 1, "noise")
    parts = y.reshape(20, 20)
    without = (y.sum() - parts.sum(axis=1)) / 380
    assert float(jackknife_error(without)) == pytest.approx(parts.mean(axis=1).std(ddof=1) / np.sqrt(20))
