"""Discount factors against the vectors of the appraisal rules, section 2."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.costing.discount import annuity_factor, discount_factors, present_value, with_real_growth
from sencosim.errors import CostingError, EvidenceError
from sencosim.evidence.appraisal import Schedule, load_appraisal_tables

STANDARD = {
    0: 1.000000,
    1: 0.966184,
    2: 0.933511,
    5: 0.841973,
    9: 0.733731,
    10: 0.708919,
    20: 0.502566,
    30: 0.356278,
    31: 0.345901,
    40: 0.265105,
    50: 0.197263,
    60: 0.146782,
    75: 0.094214,
    76: 0.091916,
    100: 0.050818,
}
HORIZONS = st.integers(min_value=2, max_value=400)
NAMES = st.sampled_from(["standard", "health", "low_rate"])


@pytest.mark.unit
@pytest.mark.parametrize(("year", "factor"), STANDARD.items())
def test_standard_factors_are_those_of_the_rules(year: int, factor: float) -> None:
    assert round(float(discount_factors(101)[year]), 6) == factor


@pytest.mark.unit
@pytest.mark.parametrize(("n_years", "total"), [(5, 4.673079), (10, 8.607687), (60, 26.228478)])
def test_sums_of_factors_are_those_of_the_rules(n_years: int, total: float) -> None:
    assert round(annuity_factor(n_years), 6) == total


@pytest.mark.unit
def test_low_rate_factors_are_those_of_the_rules() -> None:
    factors = discount_factors(32, "low_rate")
    assert [round(float(factors[year]), 6) for year in (30, 31)] == [0.411987, 0.401664]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("standard", (0.035, 0.03, 0.025, 0.02, 0.015, 0.01)),
        ("health", (0.015, 0.0129, 0.0107, 0.0086, 0.0064, 0.0043)),
        ("low_rate", (0.03, 0.0257, 0.0214, 0.0171, 0.0129, 0.0086)),
    ],
)
def test_steps_of_the_schedules_in_force(name: str, rates: tuple[float, ...]) -> None:
    schedule = load_appraisal_tables().schedule(name)
    for first, last, rate in zip((1, 31, 76, 126, 201, 301), (30, 75, 125, 200, 300, 900), rates, strict=True):
        assert schedule.rate(first) == schedule.rate(last) == rate


@pytest.mark.unit
@pytest.mark.parametrize(("schedule", "value"), [("standard", 79_659.93), ("low_rate", 87_875.44)])
def test_lifetime_example_roughly_halves(schedule: str, value: float) -> None:
    flows = [4250.0 if 5 <= year <= 44 else 0.0 for year in range(45)]
    assert sum(flows) == 170_000.0
    assert round(float(present_value(flows, schedule)), 2) == value


@pytest.mark.unit
def test_review_vintage_is_a_sensitivity_and_not_in_force() -> None:
    vintage = load_appraisal_tables().discount_vintage("review_2026")
    assert not vintage.in_force
    assert "Sensitivity" in vintage.title
    assert float(discount_factors(2, vintage="review_2026")[1]) == pytest.approx(1 / 1.03)


@pytest.mark.unit
def test_unknown_names_say_what_there_is() -> None:
    with pytest.raises(EvidenceError, match="standard, health, low_rate"):
        discount_factors(3, "catastrophe")
    with pytest.raises(EvidenceError, match="in_force, review_2026"):
        discount_factors(3, vintage="1997")
    with pytest.raises(CostingError, match="-1"):
        discount_factors(-1)


@pytest.mark.unit
def test_a_schedule_must_start_at_year_zero() -> None:
    with pytest.raises(ValueError, match="year 0"):
        Schedule(title="", note="", steps=((1, 0.03),))


@pytest.mark.property
@given(HORIZONS, NAMES)
def test_factors_fall_from_one_and_chain(n_years: int, name: str) -> None:
    factors = discount_factors(n_years, name)
    assert factors[0] == 1.0
    assert np.all(np.diff(factors) < 0.0)
    assert np.all(factors > 0.0)
    assert np.array_equal(factors[:-1], discount_factors(n_years - 1, name))


@pytest.mark.property
@given(HORIZONS)
def test_a_lower_rate_gives_a_higher_present_value(n_years: int) -> None:
    flows = np.ones(n_years)
    assert present_value(flows, "health") > present_value(flows, "low_rate") > present_value(flows)


@pytest.mark.property
@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30), st.floats(-0.05, 0.05))
def test_growth_starts_after_year_zero(flows: list[float], rate: float) -> None:
    grown = with_real_growth(flows, rate)
    assert grown[0] == flows[0]
    assert np.array_equal(with_real_growth(flows, 0.0), np.asarray(flows))


@pytest.mark.unit
def test_rows_of_flows_give_one_value_each() -> None:
    assert present_value([[1.0, 0.0], [0.0, 1.035]]) == pytest.approx([1.0, 1.0])
