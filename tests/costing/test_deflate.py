"""Rebasing against the vectors of the appraisal rules, section 3."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.costing.deflate import real, rebase
from sencosim.errors import CostingError, EvidenceError
from sencosim.evidence.appraisal import DeflatorVintage, load_appraisal_tables

YEARS = st.integers(min_value=2010, max_value=2040).map(lambda year: f"{year}-{(year + 1) % 100:02d}")
INDEX = [68.8561, 70.3261, 71.5454, 73.0337, 74.0662, 74.5804, 76.0754, 77.0388, 78.7948, 80.8738, 85.1002, 85.3036]
INDEX += [91.2996, 96.1117, 100.0, 103.2388, 105.3095, 107.3546, 109.3571, 111.3959, 113.6416]


@pytest.mark.unit
def test_index_is_that_of_the_rules() -> None:
    assert list(load_appraisal_tables().deflator().index.values()) == INDEX


@pytest.mark.unit
def test_vectors_of_the_rules() -> None:
    assert round(real(6056.0, "2016-17", "2025-26")) == 8218
    assert round(real(100.0, "2028-29", "2025-26"), 3) == 94.405


@pytest.mark.unit
def test_an_academic_year_is_seven_and_five_twelfths() -> None:
    level = 7 / 12 * 103.2388 + 5 / 12 * 105.3095
    assert real(1.0, "2025/26", "2025-26") == pytest.approx(103.2388 / level)


@pytest.mark.unit
def test_a_calendar_year_is_three_and_nine_twelfths() -> None:
    level = 3 / 12 * 91.2996 + 9 / 12 * 96.1117
    assert real(1.0, "2023", "2025-26") == pytest.approx(103.2388 / level)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("period", "base", "flags"),
    [
        ("2016-17", "2018-19", ()),
        ("2016-17", "2024-25", ("pandemic",)),
        ("2021-22", "2023-24", ("pandemic",)),
        ("2023-24", "2025-26", ("forecast",)),
        ("2016-17", "2025-26", ("pandemic", "forecast")),
        ("2035-36", "2025-26", ("forecast", "extrapolated")),
        ("2030/31", "2025-26", ("forecast", "extrapolated")),
        ("2020-21", "2020-21", ()),
    ],
)
def test_warnings_travel_with_the_value(period: str, base: str, flags: tuple[str, ...]) -> None:
    assert rebase(1.0, period, base).flags == flags


@pytest.mark.unit
def test_after_the_last_forecast_its_growth_goes_on() -> None:
    growth = 113.6416 / 111.3959
    assert rebase(1.0, "2030-31", "2033-34").factor == pytest.approx(growth**3)


@pytest.mark.unit
@pytest.mark.parametrize("period", ["2025-27", "25-26", "2025/25", "soon", "2025-2026", ""])
def test_what_is_not_a_period_is_refused(period: str) -> None:
    with pytest.raises(CostingError, match="is not a period"):
        real(1.0, period)


@pytest.mark.unit
def test_years_before_the_deflator_are_refused() -> None:
    with pytest.raises(CostingError, match="starts in 2010-11"):
        real(1.0, "2005-06")
    with pytest.raises(EvidenceError, match="hmt_2026_03"):
        real(1.0, "2020-21", vintage="unknown")


@pytest.mark.unit
def test_a_deflator_has_no_gaps() -> None:
    told = load_appraisal_tables().deflator().model_dump()
    told["index"] = {"2010-11": 1.0, "2012-13": 2.0}
    with pytest.raises(ValueError, match="follow each other"):
        DeflatorVintage.model_validate(told)


@pytest.mark.property
@given(st.floats(-1e9, 1e9), YEARS, YEARS, YEARS)
def test_rebasing_chains_and_returns(value: float, a: str, b: str, c: str) -> None:
    assert real(real(value, a, b), b, c) == pytest.approx(real(value, a, c), abs=1e-6)
    assert real(value, a, a) == value
