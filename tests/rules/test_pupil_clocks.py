"""M3: thresholds and clocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import pupil_clocks
from sencosim.units import MINUTES_PER_WEEK, TERM_WEEKS

pytestmark = pytest.mark.property

SHARE = st.floats(0.0, 1.0)
RATIO = st.floats(0.05, 20.0)


@given(st.floats(0.0, 20.0), st.floats(1e-6, 20.0), RATIO, RATIO)
def test_the_frail_reach_their_target_first(clock, threshold, a, b):
    low, high = sorted((a, b))
    assert (
        clock <= pupil_clocks.clock_target(clock, threshold, high) <= pupil_clocks.clock_target(clock, threshold, low)
    )


@given(st.floats(0.0, 20.0), st.floats(1e-4, 5.0), SHARE, st.integers(0, 10**7))
def test_reading_the_clock_undoes_the_crossing(clock, increment, share, start):
    length = 131_040
    minute = pupil_clocks.crossing_minute(clock + share * increment, clock, increment, start, length)
    assert start <= minute <= start + length
    reading = pupil_clocks.clock_reading(clock, increment, start, length, minute)
    assert reading == pytest.approx(clock + share * increment, abs=2.0 * increment / length + 1e-9)


@given(st.floats(0.0, 20.0), st.floats(0.0, 5.0), st.integers(0, 10**6))
def test_clocks_stand_still_in_holidays(clock, increment, later):
    end = 131_040
    assert pupil_clocks.clock_reading(clock, increment, 0, end, end + later) == clock + increment


@given(st.floats(0.0, 20.0), st.floats(0.0, 20.0), st.floats(0.0, 20.0))
def test_hazard_left_is_never_negative_and_carries_the_event_over(target, reading, other):
    left = pupil_clocks.hazard_left(target, reading)
    assert left >= 0.0
    assert pupil_clocks.hazard_left(other + left, other) == pytest.approx(left, abs=1e-12)
    assert pupil_clocks.hazard_left(target, target) == 0.0


@given(st.floats(1e-15, 1.0 - 1e-15), st.floats(1e-15, 1.0 - 1e-15))
def test_a_minute_of_term_is_within_its_weeks_and_rises_with_the_uniform_number(a, b):
    low, high = (pupil_clocks.minute_of_term(u) for u in sorted((a, b)))
    assert 0 <= low <= high <= TERM_WEEKS * MINUTES_PER_WEEK
