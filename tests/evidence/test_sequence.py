"""Draws are points of one sequence for ever."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.engine.pair import read_evidence
from sencosim.evidence.posterior import load_posterior, row_of_draw
from sencosim.evidence.register import load_register
from sencosim.evidence.sequence import FITTED, WIDTH, dimensions, uniform_of
from sencosim.scenario.schema import Scenario

NAMES_SO_FAR = 237
DIGEST_SO_FAR = "3462fcbb59c35575"
"""Of the names of ``dimensions.csv`` when the sequence began. Names are added after them and never between."""
SEED = 2026
pytestmark = pytest.mark.unit


def test_the_list_of_dimensions_only_grows_at_its_end() -> None:
    names = list(dimensions())
    assert hashlib.sha256("\n".join(names[:NAMES_SO_FAR]).encode()).hexdigest()[:16] == DIGEST_SO_FAR
    assert NAMES_SO_FAR <= len(names) <= WIDTH


def test_everything_that_is_drawn_has_a_dimension_of_its_own() -> None:
    register, fitted = load_register(), load_posterior().names
    drawn = {name for name in register.names() if register[name].uncertainty is not None} - set(fitted)
    groups = {f"correlation:{group.name}" for group in register.correlations}
    assert drawn | groups | {FITTED} <= set(dimensions())


def test_points_stay_what_they_were() -> None:
    told = [round(uniform_of(SEED, draw, FITTED), 8) for draw in (1, 2, 256, 257, 10_000)]
    assert told == [0.92901126, 0.38553826, 0.92251057, 0.92547139, 0.96037499]


@pytest.mark.parametrize("n", [64, 256, 1024])
def test_every_dimension_is_filled_evenly(n: int) -> None:
    for name in dimensions():
        numbers = np.array([uniform_of(SEED, draw, name) for draw in range(1, n + 1)])
        assert sorted(np.floor(numbers * n).astype(int).tolist()) == list(range(n)), name


@given(seed=st.integers(0, 2**32 - 1), draw=st.integers(1, 100_000), name=st.sampled_from([FITTED, "not in the list"]))
def test_numbers_lie_inside_the_unit_interval_and_are_the_same_again(seed: int, draw: int, name: str) -> None:
    assert 0.0 < uniform_of(seed, draw, name) < 1.0
    assert uniform_of(seed, draw, name) == uniform_of(seed, draw, name)


def test_another_seed_gives_other_draws() -> None:
    assert uniform_of(1, 5, FITTED) != uniform_of(2, 5, FITTED)


def test_rows_of_the_posterior_sample_are_all_met_and_evenly() -> None:
    n_rows = len(load_posterior().rows)
    counts = np.bincount([row_of_draw(SEED, draw) for draw in range(1, 1025)], minlength=n_rows)
    assert counts.min() >= 1024 // n_rows - 1
    assert counts.max() <= 1024 // n_rows + 2


def test_means_over_draws_are_nearer_than_chance_would_have_them() -> None:
    register, n = load_register(), 256
    rows = [read_evidence(Scenario(), "central", draw, SEED).values for draw in range(1, n + 1)]
    off = []
    for name in register.names():
        values = np.array([row[name] for row in rows]) if name in rows[0] else np.zeros(1)
        if register[name].uncertainty is not None and values.std() > 0.0 and name not in load_posterior().names:
            off.append((values[: n // 2].mean() - values[n // 2 :].mean()) / values.std() * np.sqrt(n) / 2.0)
    assert float(np.sqrt(np.mean(np.square(off)))) < 0.5  # 1 for independent draws
