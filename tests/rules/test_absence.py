"""M13: absence moves with coverage by points a doubling, and is never below zero."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import absence
from sencosim.units import SCHOOL_DAYS_PER_TERM

pytestmark = pytest.mark.property

SHARE = st.floats(0.0, 1.0)
POINTS = st.floats(-5.0, 5.0)
FLOOR = 0.05


@given(POINTS, SHARE, st.floats(-4.0, 0.0), st.floats(0.1, 2.0))
def test_no_effect_and_average_coverage_shift_nothing(points, covered, mean, amplification):
    assert absence.absence_shift(0.0, covered, FLOOR, mean, amplification) == 0.0
    assert absence.absence_shift(points, 2.0**mean, 2.0**-8, mean, amplification) == pytest.approx(0.0, abs=1e-12)


@given(POINTS, st.floats(0.05, 0.5), st.floats(-4.0, 0.0))
def test_a_doubling_of_coverage_shifts_absence_by_the_points(points, covered, mean):
    once = absence.absence_shift(points, covered, FLOOR, mean, 1.0)
    twice = absence.absence_shift(points, 2.0 * covered, FLOOR, mean, 1.0)
    assert twice - once == pytest.approx(points / 100.0, abs=1e-12)
    assert absence.absence_shift(points, 0.0, covered, mean, 1.0) == once


@given(st.integers(0, 500), SHARE, st.floats(-1.0, 1.0))
def test_nobody_is_absent_less_than_never(pupils, rate, shift):
    found = absence.pupils_absent(pupils, rate, shift)
    assert found >= 0.0
    assert found == pytest.approx(pupils * (rate + shift)) if rate + shift > 0.0 else found == 0.0
    assert absence.pupils_absent(pupils, rate, 0.0) == pupils * rate


@given(st.floats(0.0, 500.0), st.floats(0.0, 3.0))
def test_days_missed_are_those_of_absent_pupils_in_a_term(absent, level):
    days = absent * level * SCHOOL_DAYS_PER_TERM
    assert days - 1.0 <= absence.absence_days(absent, level) <= days + 1e-9
    assert absence.absence_days(absent, 0.0) == 0
