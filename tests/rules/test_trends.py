"""M18: growth is whole for some years and then runs out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import trends

pytestmark = pytest.mark.property

YEAR = st.integers(-10, 200).map(float)
WHOLE = st.integers(0, 40).map(float)
DAMPING = st.floats(0.0, 0.99)


@given(YEAR, WHOLE, DAMPING)
def test_nothing_is_damped_before_its_time(since, whole, damping):
    before = min(since, whole)
    assert trends.trend_left(before, whole, damping) == 1.0
    assert trends.trend_years(before, whole, damping) == before


@given(YEAR, WHOLE, DAMPING)
def test_years_of_growth_add_up_what_is_left_of_each_year(since, whole, damping):
    step = trends.trend_years(since + 1.0, whole, damping) - trends.trend_years(since, whole, damping)
    assert step == pytest.approx(trends.trend_left(since + 1.0, whole, damping), abs=1e-9)


@given(YEAR, WHOLE, DAMPING)
def test_growth_never_turns_and_never_passes_its_limit(since, whole, damping):
    now, later = (trends.trend_years(year, whole, damping) for year in (since, since + 1.0))
    assert now <= later <= since + 1.0 + 1e-9
    assert now <= whole + damping / (1.0 - damping) + 1e-9
    assert 0.0 <= trends.trend_left(since, whole, damping) <= 1.0


@given(YEAR, WHOLE)
def test_a_damping_of_one_damps_nothing(since, whole):
    assert trends.trend_left(since, whole, 1.0) == 1.0
    assert trends.trend_years(since, whole, 1.0) == since
