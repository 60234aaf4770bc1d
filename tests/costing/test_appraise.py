"""Appraisal measures against the worked example of the appraisal rules, section 11."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.costing.appraise import (
    COST_SAVING,
    Appraisal,
    appraise,
    cost_per_outcome,
    npsv,
    payback_year,
    switching_multiplier,
)
from sencosim.costing.discount import present_value, with_real_growth
from sencosim.errors import CostingError

COST = np.full(10, 200.0)
BENEFIT = np.array([0, 40, 80, 120, 160, 200, 240, 280, 280, 280], dtype=float)
FLOWS = st.lists(st.floats(-1e6, 1e6), min_size=10, max_size=10)


def six(value: float | None) -> float:
    assert value is not None
    return round(value, 6)


@pytest.fixture(scope="module")
def worked() -> Appraisal:
    return appraise(COST, BENEFIT, 0.3 * BENEFIT)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("pv_cost", 1721.537302),
        ("pv_benefit", 1362.784245),
        ("npsv", -358.753057),
        ("bcr_a", 0.791609),
        ("switching_multiplier", 1.263250),
        ("cost_reduction_needed", 0.208391),
        ("pv_public_saving", 408.835274),
        ("net_public_cost", 1312.702028),
        ("bcr_b", 0.726706),
        ("equivalent_annual_cost", 200.000000),
    ],
)
def test_worked_example(worked: Appraisal, measure: str, expected: float) -> None:
    assert six(getattr(worked, measure)) == expected


@pytest.mark.unit
@pytest.mark.parametrize(
    ("cost", "benefit", "pv_cost", "net", "bcr"),
    [
        (with_real_growth(COST, 0.01), BENEFIT, 1796.036272, -433.252027, 0.758773),
        (1.1 * COST, BENEFIT, 1893.691032, -530.906787, 0.719644),
        (COST, 0.7 * BENEFIT, 1721.537302, -767.588330, 0.554126),
    ],
)
def test_worked_variants(cost: np.ndarray, benefit: np.ndarray, pv_cost: float, net: float, bcr: float) -> None:
    result = appraise(cost, benefit)
    assert (six(result.pv_cost), six(result.npsv), six(result.bcr_a)) == (pv_cost, net, bcr)
    assert six(npsv(cost, benefit)) == net


@pytest.mark.unit
def test_the_switching_multiplier_switches(worked: Appraisal) -> None:
    assert worked.switching_multiplier is not None
    assert appraise(COST, worked.switching_multiplier * BENEFIT).npsv == pytest.approx(0.0, abs=1e-9)
    assert worked.cost_reduction_needed is not None
    assert appraise((1.0 - worked.cost_reduction_needed) * COST, BENEFIT).npsv == pytest.approx(0.0, abs=1e-9)


@pytest.mark.unit
def test_ratios_are_suppressed_with_a_reason() -> None:
    saved = appraise([10.0], [20.0], [15.0])
    assert (saved.bcr_a, saved.bcr_a_note) == (2.0, "")
    assert (saved.bcr_b, saved.bcr_b_note) == (None, COST_SAVING)


@pytest.mark.unit
def test_benefits_that_are_all_savings_leave_none_whatever_rounding_leaves() -> None:
    third = np.full(10, 1e9) / 3.0
    saving = third * (1.0 + 1e-15)
    assert present_value(third) != present_value(saving)
    assert appraise(2.0 * third, third, public_saving=saving).bcr_b == 0.0
    assert appraise(2.0 * third, third * (1.0 + 1e-6), public_saving=third).bcr_b == pytest.approx(1e-6)
    free = appraise([0.0], [20.0])
    assert (free.bcr_a, free.bcr_a_note, free.switching_multiplier) == (None, COST_SAVING, None)
    assert free.cost_reduction_needed is None


@pytest.mark.unit
def test_no_positive_multiplier_makes_harm_worth_its_cost() -> None:
    assert switching_multiplier(100.0, -5.0) is None
    assert switching_multiplier(100.0, 0.0) is None


@pytest.mark.unit
@pytest.mark.parametrize(
    ("costs", "savings", "year"),
    [
        ([10, 0, 0], [0, 6, 6], 2),
        ([10, 0, 0], [10, 0, 0], 0),
        ([10, 0, 0], [0, 0, 0], None),
        ([10, 0, 10, 0], [0, 12, 0, 12], 3),
        ([0, 0], [0, 0], 0),
    ],
)
def test_payback_holds_to_the_end(costs: list[float], savings: list[float], year: int | None) -> None:
    assert payback_year(costs, savings) == year


@pytest.mark.unit
def test_cost_per_outcome_needs_an_outcome() -> None:
    assert cost_per_outcome(100.0, 0.0) is None
    assert cost_per_outcome(100.0, -1.0) is None


@pytest.mark.unit
def test_flows_must_match() -> None:
    with pytest.raises(CostingError, match="one number for each year"):
        appraise([1.0, 2.0], [1.0])


@pytest.mark.property
@given(FLOWS, FLOWS, st.floats(0.1, 10.0))
def test_npsv_scales_and_is_the_difference(costs: list[float], benefits: list[float], factor: float) -> None:
    result = appraise(costs, benefits)
    assert result.npsv == pytest.approx(npsv(costs, benefits), abs=1e-3)
    scaled = appraise(factor * np.asarray(costs), factor * np.asarray(benefits))
    assert scaled.npsv == pytest.approx(factor * result.npsv, abs=1e-3)
    if result.bcr_a is not None and result.pv_cost > 1.0:
        assert scaled.bcr_a == pytest.approx(result.bcr_a, abs=1e-6)


@pytest.mark.property
@given(FLOWS, FLOWS, FLOWS)
def test_npsv_does_not_depend_on_the_convention(costs: list[float], benefits: list[float], saving: list[float]) -> None:
    result = appraise(costs, benefits, saving)
    convention_b = (result.pv_benefit - result.pv_public_saving) - result.net_public_cost
    assert convention_b == pytest.approx(result.npsv, abs=1e-3)


@pytest.mark.property
@given(FLOWS)
def test_equivalent_annual_cost_has_the_same_present_value(costs: list[float]) -> None:
    result = appraise(costs, [0.0] * 10)
    level = appraise([result.equivalent_annual_cost] * 10, [0.0] * 10)
    assert level.pv_cost == pytest.approx(result.pv_cost, abs=1e-3)
