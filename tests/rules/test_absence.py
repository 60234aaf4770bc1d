"""M13: absence moves with support by points a doubling, and is never below zero."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import absence
from sencosim.units import SCHOOL_DAYS_PER_TERM

pytestmark = pytest.mark.property

SHARE = st.floats(0.0, 1.0)
POINTS = st.floats(-5.0, 5.0)
DOUBLINGS = st.floats(-3.0, 3.0)


@given(POINTS, DOUBLINGS)
def test_no_effect_and_equal_support_shift_nothing(points, doublings):
    assert absence.absence_shift(0.0, doublings) == 0.0
    assert absence.absence_shift(points, 0.0) == 0.0


@given(POINTS, DOUBLINGS)
def test_a_doubling_of_support_shifts_absence_by_the_points(points, doublings):
    gap = absence.absence_shift(points, doublings + 1.0) - absence.absence_shift(points, doublings)
    assert gap == pytest.approx(points / 100.0, abs=1e-12)


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
