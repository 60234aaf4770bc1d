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

from sencosim.decisions.information import (
    evpi,
    evppi,
    evppi_table,
    evsi_normal_study,
    most_where_nothing_reverses,
)
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
def test_evppi_by_emulator_equals_the_closed_form() -> None:
    net_benefit, inputs = linear(200)
    worth = evppi(net_benefit, inputs, seed=1, nulls=1)
    assert worth.method == "emulator"
    assert worth.value == pytest.approx(evpi(net_benefit).value, rel=0.03)
    assert abs(worth.value - closed_form(*WEIGHTS)) < 2.0 * worth.standard_error


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
    assert 0.0 <= worth.value < 0.001
    assert not worth.survives
    assert evppi(net_benefit, linear()[1][["a"]], seed=1).survives


def toy(seed: int, n: int, active: tuple[str, ...], null: tuple[str, ...]) -> tuple[Floats, pd.DataFrame]:
    """A choice that three inputs decide, among many that say nothing."""
    inputs = normal_frame(n, *active, *null, seed=seed)
    policy = 0.5 + inputs[list(active)].to_numpy() @ np.array([1.5, 1.0, 0.7])
    return np.column_stack([np.zeros(n), policy]), inputs


ACTIVE, NULL = ("a", "b", "c"), tuple(f"nothing_{i}" for i in range(60))


@pytest.mark.unit
def test_sixty_inputs_that_say_nothing_are_worth_next_to_nothing_together() -> None:
    net_benefit, inputs = toy(102, 128, ACTIVE, NULL)
    worth = evppi(net_benefit, inputs[list(NULL)], seed=1, nulls=1)
    assert worth.value < 0.05 * evpi(net_benefit).value
    with_them = evppi(net_benefit, inputs, seed=1, nulls=1)
    assert with_them.value > 0.9 * evpi(net_benefit).value
    assert with_them.survives


@pytest.mark.study
def test_nulls_get_null_results() -> None:
    of_group, of_single, alarms, n_alarms = [], [], 0, 0
    for seed in range(20):
        net_benefit, inputs = toy(seed, 128, ACTIVE, NULL)
        whole = evpi(net_benefit).value
        of_group.append(evppi(net_benefit, inputs[list(NULL)], seed=seed, nulls=0).value / whole)
        singles = [evppi(net_benefit, inputs[[name]], seed=seed) for name in NULL[:20]]
        of_single += [one.value / whole for one in singles]
        alarms, n_alarms = alarms + sum(one.survives for one in singles), n_alarms + len(singles)
    assert np.mean(of_group) < 0.05
    assert np.mean(of_single) < 0.01
    assert alarms / n_alarms <= 0.10


@pytest.mark.study
def test_intervals_of_evppi_hold() -> None:
    # Of the input that matters most and of two together, at the number of draws of a usual ensemble.
    truth = {("a",): evpi_two_normal(0.5, 1.5), ("a", "b"): evpi_two_normal(0.5, math.hypot(1.5, 1.0))}
    inside = dict.fromkeys(truth, 0)
    for seed in range(200):
        net_benefit, inputs = toy(seed, 128, ACTIVE, NULL[:1])
        for group, value in truth.items():
            worth = evppi(net_benefit, inputs[list(group)], seed=seed, nulls=0)
            inside[group] += abs(worth.value - value) < 1.2816 * worth.standard_error
    for number in inside.values():
        assert 0.72 < number / 200 < 0.9


@pytest.mark.study
def test_evsi_of_a_usual_ensemble_is_near_the_closed_form_and_rather_below() -> None:
    # A normal prior and a normal result; 128 draws, a hundred times over.
    truth = evpi_two_normal(0.5, 1.5 / math.sqrt(1.0 + 0.8**2))
    found = []
    for seed in range(100):
        net_benefit, inputs = toy(seed, 128, ACTIVE, NULL[:1])
        found.append(evsi_normal_study(net_benefit, inputs["a"].to_numpy(), 0.8, seed=seed).value)
    error = float(np.std(found)) / math.sqrt(len(found))
    assert -0.2 * truth - 2.0 * error < np.mean(found) - truth < 2.0 * error


@pytest.mark.unit
def test_where_no_draw_reverses_the_choice_nothing_is_fitted_and_a_bound_is_given() -> None:
    inputs = normal_frame(100, "a", "b")
    gain = 10.0 + inputs["a"].to_numpy()
    net_benefit = np.column_stack([np.zeros(100), gain])
    table = evppi_table(net_benefit, inputs, {"a": ["a"], "b": ["b"]}, seed=1)
    assert table["group"].tolist() == ["everything"]
    below = np.median(gain) - gain[gain < np.median(gain)]
    assert table["most"].iloc[0] == pytest.approx(3.0 / 100.0 * below.mean())
    assert evsi_normal_study(net_benefit, inputs["a"].to_numpy(), 0.5, seed=1).value == 0.0
    assert math.isnan(most_where_nothing_reverses(linear(100)[0]))


@pytest.mark.unit
def test_the_bound_is_above_the_truth_where_few_draws_see_none() -> None:
    # Normal gains 2.5 standard deviations ahead: of 128 draws half the ensembles see no reversal.
    truth, bounds = evpi_two_normal(2.5, 1.0), []
    for seed in range(40):
        gain = 2.5 + normal_frame(128, "gain", seed=seed)["gain"].to_numpy()
        bounds.append(most_where_nothing_reverses(np.column_stack([np.zeros(128), gain])))
    seen = np.array([one for one in bounds if not math.isnan(one)])
    assert 10 < seen.size < 40
    assert (seen > truth).all()


@pytest.mark.unit
def test_table_never_falls_as_a_group_grows_and_ends_with_everything() -> None:
    net_benefit, inputs = linear(500)
    groups = {"c": ["c"], "cd": ["c", "d"], "bcd": ["b", "c", "d"], "a": ["a"], "all": list(WEIGHTS)}
    table = evppi_table(net_benefit, inputs, groups, seed=1).set_index("group")
    value = table["value"]
    assert value["c"] <= value["cd"] <= value["bcd"] <= value["all"] <= value["everything"]
    assert table["survives"].all()
    assert table.index[-1] == "everything"
    assert ((table["value"] != table["own_value"]) == table["adjusted"]).all()
    assert (table["value_null"].drop("everything") < 0.1 * table["value"].drop("everything")).all()


@pytest.mark.property
@given(st.integers(0, 10_000))
@settings(max_examples=10)
def test_order_holds_even_in_noise(seed: int) -> None:
    inputs = normal_frame(40, "a", "b", "c", seed=seed)
    net_benefit = normal_frame(40, "nothing", "policy", seed=seed + 1).to_numpy()
    groups = {"one": ["a"], "two": ["a", "b"], "three": ["a", "b", "c"]}
    table = evppi_table(net_benefit, inputs, groups, seed=seed).set_index("group")
    value, survives = table["value"], table["survives"]
    assert ((value >= 0.0) & (value <= value["everything"])).all()
    for smaller, larger in (("one", "two"), ("two", "three")):
        assert value[smaller] <= value[larger] or not survives[smaller]


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
