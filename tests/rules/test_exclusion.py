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


@given(SHARE, RATIO, RATIO)
def test_exclusion_is_a_chance_that_rises_with_both_ratios(chance, support, council):
    found = exclusion.exclusion_chance(chance, support, council)
    assert 0.0 <= found <= 1.0
    assert found == min(1.0, chance * (support * council))
    assert exclusion.exclusion_chance(chance, 2.0 * support, council) >= found
    assert exclusion.exclusion_chance(chance, support, 2.0 * council) >= found
    assert exclusion.exclusion_chance(chance, 1.0, 1.0) == chance


@given(MINUTES, st.floats(0.0, 20.0), st.integers(0, 10**5), st.integers(0, 10**5))
def test_a_deadline_never_falls_into_the_holiday(now, days, left, holiday):
    term_end, next_term = now + left, now + left + holiday
    deadline = exclusion.exclusion_deadline(now, days, term_end, next_term)
    assert now <= deadline <= term_end or deadline > next_term
    without = exclusion.exclusion_deadline(now, days, term_end, term_end)
    assert without == now + int(days / 5.0 * MINUTES_PER_WEEK)
    assert deadline - without in (0, holiday)
