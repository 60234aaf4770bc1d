"""Parts of the variance of a crossed design, against known components."""

from __future__ import annotations

import numpy as np
import pytest
from decisions.synthetic import Floats
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.decisions.components import TOGETHER, Form, parts_of_spread
from sencosim.decisions.resampling import keyed_normals
from sencosim.errors import InputError

AXES = ("draw", "replication", "price")


def normals(*shape: int, purpose: str, seed: int = 1) -> Floats:
    return keyed_normals(int(np.prod(shape)), seed, purpose).reshape(shape)


@pytest.mark.unit
def test_what_only_adds_up_is_split_exactly() -> None:
    a, b, c = normals(7, purpose="a"), 3.0 * normals(4, purpose="b"), 0.5 * normals(5, purpose="c")
    found = parts_of_spread(a[:, None, None] + b[:, None] + c, AXES).set_index("part")["variance"]
    assert found["draw"] == pytest.approx(a.var(ddof=1))
    assert found["replication"] == pytest.approx(b.var(ddof=1))
    assert found["price"] == pytest.approx(c.var(ddof=1))
    assert found[TOGETHER] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.unit
def test_a_two_way_table_by_hand() -> None:
    # Mean squares: draws 2 x (1.5 ** 2 + 1.5 ** 2) = 9, replications 2 x (0.5 ** 2 + 0.5 ** 2) = 1, left over 4.
    found = parts_of_spread(np.array([[0.0, 3.0], [5.0, 4.0]]), AXES).set_index("part")
    assert found.loc[TOGETHER, "variance"] == pytest.approx(4.0)
    assert found.loc["draw", "variance"] == pytest.approx((9.0 - 4.0) / 2.0)
    assert found.loc["replication", "variance"] == 0.0  # (1 - 4) / 2, below zero
    assert found["set_to_zero"].tolist() == [False, True, False]
    assert found["share"].sum() == pytest.approx(1.0)


@pytest.mark.unit
def test_known_components_come_back_on_average() -> None:
    # Variances 4 (draws), 1 (replications), 0.25 (prices), 0.5 (draws with replications) and 0.1 (each cell).
    wanted = {"draw": 4.0, "replication": 1.0, "price": 0.25, TOGETHER: 0.6}
    sums = dict.fromkeys(wanted, 0.0)
    for seed in range(60):
        a, b = 2.0 * normals(60, purpose="a", seed=seed), normals(8, purpose="b", seed=seed)
        c, cell = 0.5 * normals(6, purpose="c", seed=seed), np.sqrt(0.1) * normals(60, 8, 6, purpose="e", seed=seed)
        both = np.sqrt(0.5) * normals(60, 8, purpose="ab", seed=seed)
        found = parts_of_spread(a[:, None, None] + b[:, None] + c + both[:, :, None] + cell, AXES)
        for part, variance in zip(found["part"], found["variance"], strict=True):
            sums[part] += variance / 60
    for part, variance in wanted.items():
        assert sums[part] == pytest.approx(variance, rel=0.15), part


@pytest.mark.unit
def test_noise_does_not_become_structure() -> None:
    weights = np.array([0.5, 0.3, 0.2])
    noise = np.zeros((3, 40))
    noise[1:] = normals(2, 40, purpose="noise")
    draws = normals(40, 2, purpose="draws")
    values = [
        parts_of_spread(draws, AXES, {"law": Form(shift[:, None] + noise, weights)}).set_index("part")["variance"][
            "law"
        ]
        for shift in (np.zeros(3), np.array([0.0, 2.0, 4.0]))
    ]
    assert values[0] < 0.03
    means = np.array([0.0, 2.0, 4.0])
    assert values[1] == pytest.approx(weights @ (means - weights @ means) ** 2, rel=0.25)
    with pytest.raises(InputError, match="sum to 1"):
        parts_of_spread(draws, AXES, {"law": Form(noise, np.array([0.5, 0.3, 0.3]))})


@given(st.integers(2, 6), st.integers(1, 4), st.integers(1, 3), st.floats(0.1, 1e6), st.floats(-1e3, 1e3))
@settings(max_examples=40, deadline=None)
@pytest.mark.property
def test_parts_are_never_negative_sum_and_follow_the_unit(n: int, r: int, p: int, scale: float, shift: float) -> None:
    x = normals(n, r, p, purpose="cells", seed=n + 10 * r + 100 * p)
    one, other = parts_of_spread(x, AXES), parts_of_spread(scale * (x + shift), AXES)
    assert (one["variance"] >= 0.0).all()
    assert one["share"].sum() == pytest.approx(1.0 if one["variance"].sum() > 0.0 else 0.0)
    assert other["variance"].to_numpy() == pytest.approx(
        scale**2 * one["variance"].to_numpy(), rel=1e-4, abs=1e-6 * scale**2
    )
    assert ("price" in set(one["part"])) == (p > 1)


@pytest.mark.unit
def test_a_hole_or_a_single_run_cannot_be_split() -> None:
    with pytest.raises(InputError, match="every cell"):
        parts_of_spread(np.array([[1.0, np.nan], [0.0, 1.0]]), AXES)
    with pytest.raises(InputError, match="two draws"):
        parts_of_spread(np.ones((1, 1)), AXES)
