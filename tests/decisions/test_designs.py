"""Designs fill the space as they promise, and sweeps say what is wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.decisions.designs import (
    grid,
    latin_hypercube,
    morris_trajectories,
    ordered_values,
    saltelli,
    sobol_points,
    uniform_range,
)
from sencosim.errors import InputError
from sencosim.evidence.distributions import Distribution, Spike, limits
from sencosim.studies.sweep import parse_over, parse_overs, sweep_design

SPACE = {
    "low": uniform_range(0.0, 1.0),
    "high": uniform_range(10.0, 20.0),
    "bell": Distribution(family="normal", mean=0, sd=1),
}
SPIKED = Distribution(family="normal", mean=1.0, sd=0.2, spike=Spike(at=1.0, mass=0.4))


@pytest.mark.property
@given(st.integers(1, 60), st.integers(0, 1000))
def test_latin_hypercube_has_one_point_in_each_slice(n: int, seed: int) -> None:
    design = latin_hypercube(SPACE, n, seed)
    for column in design.cube.T:
        assert sorted(np.floor(column * n).astype(int)) == list(range(n))
    assert design.points["high"].between(10.0, 20.0).all()


@pytest.mark.property
@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=20))
def test_values_never_fall_as_the_share_rises(shares: list[float]) -> None:
    values = ordered_values(SPIKED, np.sort(np.array(shares)))
    assert (np.diff(values) >= 0.0).all()


@pytest.mark.unit
def test_spike_keeps_its_place_and_mass() -> None:
    shares = (np.arange(2000) + 0.5) / 2000
    values = ordered_values(SPIKED, shares)
    assert (values == 1.0).mean() == pytest.approx(0.4, abs=0.001)
    assert (values < 1.0).mean() == pytest.approx(0.3, abs=0.001)
    for share in (0.1, 0.5, 0.9):
        assert ordered_values(SPIKED, np.array([share]))[0] == pytest.approx(limits(SPIKED, share, share)[0])


@pytest.mark.unit
def test_designs_are_fixed_by_their_seed_and_differ_without() -> None:
    for make in (latin_hypercube, sobol_points, saltelli, morris_trajectories):
        first, again, other = (make(SPACE, 8, seed).points for seed in (1, 1, 2))
        pd.testing.assert_frame_equal(first, again)
        assert not np.allclose(first.to_numpy(), other.to_numpy())


@pytest.mark.unit
def test_sizes_of_designs() -> None:
    assert sobol_points(SPACE, 16, 1).points.shape == (16, 3)
    assert saltelli(SPACE, 16, 1).points.shape == (16 * 5, 3)
    assert morris_trajectories(SPACE, 10, 1).points.shape == (10 * 4, 3)
    assert grid({"a": (1.0, 2.0), "b": (3.0,)}).points.to_numpy().tolist() == [[1.0, 3.0], [2.0, 3.0]]


@pytest.mark.unit
def test_sobol_points_fill_quarters_evenly() -> None:
    cube = sobol_points(SPACE, 64, 3).cube
    for column in cube.T:
        assert np.bincount(np.floor(column * 64).astype(int), minlength=64).tolist() == [1] * 64


@pytest.mark.parametrize("n", [0, 1, 3, 100])
@pytest.mark.unit
def test_sobol_points_come_in_powers_of_two(n: int) -> None:
    with pytest.raises(InputError, match="powers of two"):
        sobol_points(SPACE, n, 1)


@pytest.mark.unit
def test_message_offers_the_powers_around() -> None:
    with pytest.raises(InputError, match="Use 64 or 128"):
        saltelli(SPACE, 100, 1)


@pytest.mark.unit
def test_a_design_without_inputs_or_points_is_refused() -> None:
    with pytest.raises(InputError, match="one input"):
        latin_hypercube({}, 5, 1)
    with pytest.raises(InputError, match="one point"):
        latin_hypercube(SPACE, 0, 1)
    with pytest.raises(InputError, match="one value"):
        grid({"a": ()})


@pytest.mark.property
@given(st.integers(1, 5), st.integers(0, 1000))
def test_each_step_of_a_trajectory_moves_one_input(n: int, seed: int) -> None:
    walks = morris_trajectories(SPACE, n, seed).cube.reshape(n, len(SPACE) + 1, len(SPACE))
    moved = np.diff(walks, axis=1) != 0.0
    assert (moved.sum(axis=2) == 1).all()
    assert (moved.sum(axis=1) == 1).all()


@pytest.mark.unit
def test_the_first_blocks_of_a_design_for_sobol_indices_are_a_smaller_one() -> None:
    larger, smaller = saltelli(SPACE, 16, 1).cube, saltelli(SPACE, 4, 1).cube
    np.testing.assert_array_equal(larger[: len(smaller)], smaller)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("leaving", "no key and values"),
        ("=1:2:3", "no key and values"),
        ("leaving=1:2", "2 parts"),
        ("leaving=a:2:3", "'a', which is not a number"),
        ("leaving=1:inf:3", "'inf', which is not a number"),
        ("leaving=2:1:3", "the first must be the smaller"),
        ("leaving=1:2:1", "whole number from 2"),
        ("leaving=1:2:x", "whole number from 2"),
        ("leaving=1,1", "the same value twice"),
    ],
)
@pytest.mark.unit
def test_faults_of_a_sweep_are_explained(text: str, part: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_over(text)
    assert part in caught.value.message
    assert caught.value.exit_code == 2


@pytest.mark.unit
def test_all_faulty_sweeps_are_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        parse_overs(["a=1:2", "b=x,y", "c=1,2", "c=3,4"])
    assert len(caught.value.problems) == 3


@pytest.mark.property
@given(st.integers(2, 50), st.floats(-1e6, 1e6), st.floats(0.001, 1e6))
def test_a_sweep_reaches_both_ends(n: int, low: float, width: float) -> None:
    over = parse_over(f"key={low!r}:{low + width!r}:{n}")
    assert len(over.points) == n
    first, *_, last = over.points
    assert first == pytest.approx(low, abs=1e-9)
    assert last == pytest.approx(low + width)


@pytest.mark.unit
def test_sweep_grid_has_every_combination() -> None:
    design = sweep_design(["a=0:1:3", "b=5,6"], "grid", 0, 1)
    assert len(design.points.drop_duplicates()) == 6
