"""M12: chances of exclusion, and when it is decided."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import exclusion
from sencosim.units import MINUTES_PER_WEEK

pytestmark = pytest.mark.property

SHARE = st.floats(0.0, 1.0)
RATIO = st.floats(0.05, 20.0)
MINUTES = st.integers(0, 10**6)


@given(SHARE, RATIO, st.floats(1.0, 4.0))
def test_exclusion_is_a_chance_and_lateness_never_lowers_it(timely, multiplier, late_ratio):
    in_time = exclusion.exclusion_chance(timely, multiplier, 0.0, late_ratio)
    assert 0.0 <= in_time <= exclusion.exclusion_chance(timely, multiplier, 1.0, late_ratio) <= 1.0


@given(SHARE, SHARE, st.floats(1.0, 4.0))
def test_timely_and_late_crises_together_have_the_chance_of_any(chance, late_share, late_ratio):
    timely = exclusion.timely_exclusion_chance(chance, late_share, late_ratio)
    assert 0.0 <= timely <= chance
    together = (1.0 - late_share) * timely + late_share * timely * late_ratio
    assert together == pytest.approx(chance)


@given(MINUTES, st.floats(0.0, 20.0), st.integers(0, 10**5), st.integers(0, 10**5))
def test_a_deadline_never_falls_into_the_holiday(now, days, left, holiday):
    term_end, next_term = now + left, now + left + holiday
    deadline = exclusion.exclusion_deadline(now, days, term_end, next_term)
    assert now <= deadline <= term_end or deadline > next_term
    without = exclusion.exclusion_deadline(now, days, term_end, term_end)
    assert without == now + int(days / 5.0 * MINUTES_PER_WEEK)
    assert deadline - without in (0, holiday)
