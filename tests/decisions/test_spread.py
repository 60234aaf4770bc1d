"""Draws stand for a distribution: weights add up, ranges contain what they say, ends have intervals of their own."""

import numpy as np
import pandas as pd
import pytest
from decisions.known_truth import NOISE, drawn, inputs_at, points, truth
from hypothesis import given
from hypothesis import strategies as st

from sencosim.decisions.resampling import Floats, keyed_normals, keyed_uniforms
from sencosim.decisions.spread import Emulated, Plain, Spread, spread_of

POINTS = 4096
EVIDENCE = truth(inputs_at(points(1 << 16, 99))) + NOISE * keyed_normals(1 << 16, 99, "evidence")
P10, P90 = np.quantile(EVIDENCE, [0.1, 0.9])


def of_draws(n: int, seed: int) -> tuple[Spread, Floats]:
    """How ``n`` draws stand for the synthetic truth, and their outcomes as one column."""
    inputs, outcome = drawn(n, seed)
    everywhere = inputs_at(points(POINTS, seed))
    return spread_of(inputs, outcome, lambda names: everywhere[list(names)], seed), outcome[:, None]


def held(spread: Spread, values: Floats) -> float:
    """Share of the evidence between the two ends of the range."""
    low, high = spread.quantiles(values, (0.1, 0.9))[:, 0]
    return float(((low <= EVIDENCE) & (high >= EVIDENCE)).mean())


@pytest.fixture(scope="module")
def emulated() -> tuple[Emulated, Floats]:
    spread, values = of_draws(128, 3)
    assert isinstance(spread, Emulated)
    return spread, values


@pytest.mark.unit
@pytest.mark.parametrize("n", [16, 64])
def test_the_range_of_independent_draws_holds_what_it_says(n: int) -> None:
    found = []
    for seed in range(2000):
        low, high = Plain(n).quantiles(keyed_uniforms(n, seed, "uniform draws")[:, None], (0.1, 0.9))[:, 0]
        found.append(high - low)  # of a uniform distribution it is the share that lies between
    assert np.mean(found) == pytest.approx(0.8, abs=0.006)


@pytest.mark.unit
def test_intervals_of_the_ends_of_plain_draws_hold_the_ends() -> None:
    inside = []
    for seed in range(1000):
        (a, b), (c, d) = Plain(64).ends(keyed_uniforms(64, seed, "ends")[:, None])
        inside.append((a[0] <= 0.1 <= b[0], c[0] <= 0.9 <= d[0]))
    assert (np.mean(inside, axis=0) >= 0.88).all()
    assert (np.mean(inside, axis=0) <= 0.97).all()


@pytest.mark.unit
def test_weights_add_up_and_serve_every_outcome(emulated: tuple[Emulated, Floats]) -> None:
    spread, values = emulated
    assert spread.weights.sum() == pytest.approx(1.0)
    other = keyed_normals(len(values), 5, "another outcome")[:, None]
    parts = np.column_stack([values - other, other, values])
    means = spread.weights @ parts
    assert means[0] + means[1] == pytest.approx(means[2])
    assert spread.distribution(parts).mean(axis=0) == pytest.approx(means)


@pytest.mark.unit
def test_the_mean_and_the_range_are_those_of_the_evidence(emulated: tuple[Emulated, Floats]) -> None:
    spread, values = emulated
    error = float(spread.error(values)[0])
    assert float((spread.weights @ values)[0]) == pytest.approx(float(EVIDENCE.mean()), abs=3.0 * error)
    assert error < 0.5 * float(values.std()) / np.sqrt(len(values))
    assert 0.75 < held(spread, values) < 0.87
    (low, low_to), (high, high_to) = spread.ends(values)
    assert abs(P10 - (low[0] + low_to[0]) / 2.0) < low_to[0] - low[0]
    assert abs(P90 - (high[0] + high_to[0]) / 2.0) < high_to[0] - high[0]
    assert low_to[0] - low[0] < 0.25 * (P90 - P10)


@pytest.mark.unit
def test_what_the_emulator_knows_nothing_of_keeps_the_range_of_its_draws(emulated: tuple[Emulated, Floats]) -> None:
    spread, values = emulated
    other = keyed_normals(len(values), 5, "another outcome")[:, None]
    plain = Plain(len(values)).quantiles(other, (0.1, 0.5, 0.9))[:, 0]
    assert spread.quantiles(other, (0.1, 0.5, 0.9))[:, 0] == pytest.approx(plain, abs=0.2)


@pytest.mark.unit
def test_what_changes_nothing_has_no_range(emulated: tuple[Emulated, Floats]) -> None:
    spread, values = emulated
    nothing = np.zeros_like(values)
    assert not spread.distribution(nothing).any()
    assert float(spread.error(nothing)[0]) == 0.0
    assert not np.array(spread.ends(nothing)).any()


@pytest.mark.unit
@pytest.mark.parametrize(("fewer", "more"), [(0, 1), (1, 0), (1, 2), (6, 30), (40, 60)])
def test_draws_without_a_change_stay_so_and_no_chance_is_made_of_them(
    fewer: int, more: int, emulated: tuple[Emulated, Floats]
) -> None:
    """Rare events in one council: most draws change nothing, and moved about the mean all of them would save a bit."""
    spread, values = emulated
    n = len(values)
    rare = np.concatenate([np.full(fewer, -1.0), np.zeros(n - fewer - more), np.ones(more)])[:, None]
    rare = rare[np.argsort(keyed_uniforms(n, 8, "order"))]
    over = spread.distribution(rare)[:, 0]
    assert set(np.unique(over)) <= {-1.0, 0.0, 1.0}
    for share, drew in (((over < 0.0).mean(), fewer), ((over > 0.0).mean(), more)):
        assert share == pytest.approx(drew / n, abs=1.0 / n)
        assert bool(share) == bool(drew)
    if fewer + more < n // 20:
        assert not spread.quantiles(rare, (0.1, 0.5, 0.9)).any()
        assert not np.array(spread.ends(rare))[0, 1].any()


@pytest.mark.unit
def test_few_draws_and_draws_that_tell_nothing_stand_for_themselves() -> None:
    inputs, outcome = drawn(64, 1)
    few = spread_of(inputs[:29], outcome[:29], lambda names: inputs[list(names)], 1)
    noise = spread_of(inputs, keyed_normals(64, 8, "noise"), lambda names: inputs[list(names)], 1)
    assert few == Plain(29)
    assert noise == Plain(64)


@pytest.mark.property
@given(st.integers(2, 40), st.integers(0, 1000))
def test_plain_draws_are_weighed_alike_and_their_range_lies_within_them(n: int, seed: int) -> None:
    values = keyed_normals(n, seed, "any")[:, None]
    low, middle, high = Plain(n).quantiles(values, (0.1, 0.5, 0.9))[:, 0]
    assert values.min() <= low <= middle <= high <= values.max()
    assert float((Plain(n).weights @ values)[0]) == pytest.approx(float(values.mean()))


# -- the whole procedure on a synthetic truth: half an hour -----------------------------------------------------------


@pytest.mark.study
def test_the_printed_range_holds_80_of_100_over_700_repetitions() -> None:
    shares, inside, moved = [], [], []
    for seed in range(700):
        spread, values = of_draws(64, seed)
        shares.append(held(spread, values))
        (a, b), (c, d) = spread.ends(values)
        inside.append((a[0] <= P10 <= b[0], c[0] <= P90 <= d[0]))
        off = float((spread.weights @ values)[0]) - float(EVIDENCE.mean())
        moved.append(abs(off) <= 1.96 * float(spread.error(values)[0]))
    told = pd.DataFrame(inside, columns=["p10", "p90"]).mean()
    found = f"held {np.mean(shares):.3f}; ends inside their intervals {told.to_dict()}; mean {np.mean(moved):.3f}"
    assert np.mean(shares) == pytest.approx(0.80, abs=0.03), found
    assert (told >= 0.85).all(), found
    assert np.mean(moved) >= 0.93, found


@pytest.mark.study
def test_twice_the_draws_moves_the_headline_within_its_error_in_nine_seeds_of_ten() -> None:
    within = []
    for seed in range(40):
        (few, values), (many, more) = of_draws(64, seed), of_draws(128, seed)
        moved = abs(float((few.weights @ values)[0]) - float((many.weights @ more)[0]))
        within.append(moved <= float(few.error(values)[0]))
    assert np.mean(within) >= 0.9, f"within its error in {np.mean(within):.2f} of 40 seeds"
