"""M4: whole-school work grows with what it depends on, and is nothing without it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import whole_school
from sencosim.units import TERM_WEEKS, TERMS_PER_YEAR

pytestmark = pytest.mark.property

PUPILS = st.floats(0.0, 2000.0)
RATE = st.floats(0.0, 1.0)
HOURS = st.floats(0.0, 60.0)


@given(st.floats(0.0, 500.0), HOURS, HOURS)
def test_a_year_has_three_terms_of_work(events, hours, more):
    due = whole_school.hours_a_term(events, hours)
    assert due * TERMS_PER_YEAR == pytest.approx(events * hours)
    assert due <= whole_school.hours_a_term(events, hours + more)
    assert whole_school.hours_a_term(0.0, hours) == whole_school.hours_a_term(events, 0.0) == 0.0


@given(PUPILS, PUPILS)
def test_the_secondary_share_is_none_in_a_primary_school_and_all_in_a_secondary(primary, secondary):
    assert 0.0 <= whole_school.share_secondary(primary, secondary) <= 1.0
    assert whole_school.share_secondary(primary, 0.0) == 0.0
    assert whole_school.share_secondary(0.0, secondary) == (1.0 if secondary > 0.0 else 0.0)


@given(PUPILS, PUPILS, RATE, RATE)
def test_assistants_of_a_school_are_those_of_its_phases(primary, secondary, per_primary, per_secondary):
    found = whole_school.teaching_assistants(primary, secondary, per_primary, per_secondary)
    assert 0.0 <= found <= (primary + secondary) * max(per_primary, per_secondary) * (1.0 + 1e-12)
    apart = whole_school.teaching_assistants(primary, 0.0, per_primary, per_secondary)
    apart += whole_school.teaching_assistants(0.0, secondary, per_primary, per_secondary)
    assert found == apart


@given(PUPILS, PUPILS, st.floats(5.0, 40.0), st.floats(5.0, 40.0), st.floats(0.0, 10.0))
def test_larger_classes_need_fewer_teachers(primary, secondary, per_primary, per_secondary, more):
    found = whole_school.teachers(primary, secondary, per_primary, per_secondary)
    assert 0.0 <= whole_school.teachers(primary, secondary, per_primary + more, per_secondary + more) <= found
    assert whole_school.teachers(per_primary, per_secondary, per_primary, per_secondary) == 2.0


@given(st.floats(0.0, 100.0), RATE, HOURS)
def test_only_supervised_assistants_are_managed(assistants, share, hours):
    due = whole_school.assistant_management_hours(assistants, share, hours)
    assert 0.0 <= due <= whole_school.assistant_management_hours(assistants, 1.0, hours)
    assert whole_school.assistant_management_hours(assistants, 1.0, hours) == assistants * TERM_WEEKS * hours
    assert whole_school.assistant_management_hours(assistants, 0.0, hours) == 0.0
