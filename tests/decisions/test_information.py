"""Worth of information against closed forms: two options whose difference is linear in independent normals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from decisions.synthetic import Floats, normal_frame
from decisions.textbook import evpi_two_normal, unit_normal_loss
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.decisions.information import evpi, evppi, evppi_table, evsi_normal_study
from sencosim.errors import InputError

N = 3000
WEIGHTS = {"a": 3.0, "b": 2.0, "c": 1.0, "d": 0.5}
MEAN = 1.5


def linear(n: int = N, seed: int = 1) -> tuple[Floats, pd.DataFrame]:
    """Net benefit of doing nothing (0) and of the policy (normal in four inputs)."""
    inputs = normal_frame(n, *WEIGHTS, seed=seed)
    policy = MEAN + inputs.to_numpy() @ np.array(list(WEIGHTS.values()))
    return np.column_stack([np.zeros(n), policy]), inputs


def closed_form(*names: str) -> float:
    return evpi_two_normal(MEAN, math.hypot(*(WEIGHTS[name] for name in names)))


@pytest.mark.parametrize(("z", "loss"), [(0.0, 0.3989), (0.5, 0.1978), (1.0, 0.08332), (2.0, 0.008491)])
@pytest.mark.unit
def test_unit_normal_loss_equals_the_printed_table(z: float, loss: float) -> None:
    # Tables of the unit normal loss integral, as in Raiffa and Schlaifer (1961), table II.
    assert unit_normal_loss(z) == pytest.approx(loss, rel=3e-4)


@pytest.mark.unit
def test_evpi_equals_the_closed_form() -> None:
    net_benefit, _ = linear()
    worth = evpi(net_benefit)
    assert abs(worth.value - closed_form(*WEIGHTS)) < 3.0 * worth.standard_error
    assert worth.standard_error < 0.05


@pytest.mark.parametrize("group", [("a",), ("b",), ("c",), ("a", "b"), ("a", "b", "c")])
@pytest.mark.unit
def test_evppi_by_splines_equals_the_closed_form(group: tuple[str, ...]) -> None:
    net_benefit, inputs = linear()
    worth = evppi(net_benefit, inputs[list(group)], seed=1)
    assert worth.method == "spline"
    assert abs(worth.value - closed_form(*group)) < 3.0 * worth.standard_error
    assert worth.standard_error < 0.1
    assert worth.held_out_value == pytest.approx(worth.value, abs=0.1)


@pytest.mark.unit
def test_evppi_by_gaussian_process_equals_the_closed_form() -> None:
    net_benefit, inputs = linear(400)
    worth = evppi(net_benefit, inputs, seed=1)
    assert worth.method == "gaussian_process"
    assert worth.value == pytest.approx(evpi(net_benefit).value, rel=0.03)
    single = evppi(net_benefit, inputs[["a"]], seed=1, method="gaussian_process")
    assert abs(single.value - closed_form("a")) < 0.25


@pytest.mark.unit
def test_evppi_of_a_curve_that_no_line_would_find() -> None:
    inputs = normal_frame(N, "x", "noise")
    # Doing it pays where |x| is large: E[max(0, x^2 - 1)] = 2 phi(1) for standard normal x; today's best gains nothing.
    net_benefit = np.column_stack([np.zeros(N), inputs["x"] ** 2 - 1.0 + inputs["noise"]])
    worth = evppi(net_benefit, inputs[["x"]], seed=1)
    gained = 2.0 * math.exp(-0.5) / math.sqrt(2.0 * math.pi)
    assert worth.value == pytest.approx(gained, abs=0.06)


@pytest.mark.unit
def test_evppi_of_a_pair_that_only_matters_together() -> None:
    inputs = normal_frame(N, "x", "y")
    net_benefit = np.column_stack([np.zeros(N), inputs["x"] * inputs["y"]])
    # E|x y| = 2 / pi; half of it is gained by choosing the sign.
    assert evppi(net_benefit, inputs, seed=1).value == pytest.approx(1.0 / math.pi, abs=0.03)
    assert evppi(net_benefit, inputs[["x"]], seed=1).value < 0.04


@pytest.mark.unit
def test_an_input_that_does_not_matter_is_worth_next_to_nothing() -> None:
    net_benefit, _ = linear()
    worth = evppi(net_benefit, normal_frame(N, "other"), seed=1)
    assert 0.0 <= worth.value < 0.02
    assert worth.held_out_value <= 0.01


@pytest.mark.unit
def test_table_never_falls_as_a_group_grows_and_ends_with_everything() -> None:
    net_benefit, inputs = linear(500)
    groups = {"c": ["c"], "cd": ["c", "d"], "bcd": ["b", "c", "d"], "a": ["a"], "all": list(WEIGHTS)}
    table = evppi_table(net_benefit, inputs, groups, seed=1).set_index("group")
    value = table["value"]
    assert value["c"] <= value["cd"] <= value["bcd"] <= value["all"] <= value["everything"]
    assert table.index[-1] == "everything"
    assert ((table["value"] != table["own_value"]) == table["adjusted"]).all()


@pytest.mark.property
@given(st.integers(0, 10_000))
@settings(max_examples=10)
def test_order_holds_even_in_noise(seed: int) -> None:
    inputs = normal_frame(40, "a", "b", "c", seed=seed)
    net_benefit = normal_frame(40, "nothing", "policy", seed=seed + 1).to_numpy()
    groups = {"one": ["a"], "two": ["a", "b"], "three": ["a", "b", "c"]}
    table = evppi_table(net_benefit, inputs, groups, seed=seed).set_index("group")["value"]
    assert 0.0 <= table["one"] <= table["two"] <= table["three"] <= table["everything"]


@pytest.mark.property
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=2, max_size=30))
def test_perfect_information_is_never_worth_less_than_nothing(rows: list[tuple[float, float]]) -> None:
    assert evpi(np.array(rows)).value >= -1e-9


@pytest.mark.unit
def test_draws_that_all_come_twice_change_nothing_but_the_error() -> None:
    rows = np.array([[0.0, 3.0], [0.0, -2.0], [0.0, 1.0]])
    once, twice = evpi(rows), evpi(np.vstack([rows, rows]))
    assert twice.value == pytest.approx(once.value)
    assert twice.standard_error < once.standard_error


@pytest.mark.unit
def test_study_equals_the_closed_form() -> None:
    net_benefit, inputs = linear()
    error = 0.8
    worth = evsi_normal_study(net_benefit, inputs["a"].to_numpy(), error, seed=1)
    # Posterior mean of a standard normal has variance 1 / (1 + error^2).
    expected = evpi_two_normal(MEAN, WEIGHTS["a"] / math.sqrt(1.0 + error**2))
    assert abs(worth.value - expected) < 3.0 * worth.standard_error


@pytest.mark.unit
def test_larger_studies_are_worth_more_and_tend_to_perfect_information() -> None:
    net_benefit, inputs = linear()
    errors = [4.0 / math.sqrt(size) for size in (1, 4, 16, 64, 10_000)]
    values = [evsi_normal_study(net_benefit, inputs["a"].to_numpy(), error, seed=1).value for error in errors]
    assert values[:4] == sorted(values[:4])
    assert values[-1] == pytest.approx(closed_form("a"), abs=0.1)
    assert values[0] < 0.5 * values[-1]


@pytest.mark.unit
def test_a_study_is_never_worth_more_than_knowing_everything() -> None:
    net_benefit, inputs = linear(60)
    for error in (0.01, 1.0, 100.0):
        worth = evsi_normal_study(net_benefit, inputs["a"].to_numpy(), error, seed=1)
        assert 0.0 <= worth.value <= evpi(net_benefit).value


@pytest.mark.unit
def test_what_cannot_be_valued_is_refused() -> None:
    net_benefit, inputs = linear(100)
    with pytest.raises(InputError, match="two arms"):
        evpi(net_benefit[:, :1])
    with pytest.raises(InputError, match="finite"):
        evpi(np.array([[0.0, np.nan], [0.0, 1.0]]))
    with pytest.raises(InputError, match="30 draws"):
        evppi(net_benefit[:20], inputs[["a"]].iloc[:20], seed=1)
    with pytest.raises(InputError, match="Nothing varies"):
        evppi(net_benefit, pd.DataFrame({"fixed": np.ones(100)}), seed=1)
    with pytest.raises(InputError, match="does not draw"):
        evppi_table(net_benefit, inputs, {"g": ["zzz"]}, seed=1)
    with pytest.raises(InputError, match="above 0"):
        evsi_normal_study(net_benefit, inputs["a"].to_numpy(), 0.0, seed=1)
