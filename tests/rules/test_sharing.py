"""M16: shared posts and their reviews."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import sharing

pytestmark = pytest.mark.property

SHARE = st.floats(0.0, 1.0)
RATIO = st.floats(0.0, 4.0)


@given(st.floats(0.0, 5e3), st.floats(0.0, 5e3), st.floats(0.0, 10.0))
def test_a_shared_post_grows_with_pupils_up_to_full_time(pupils, more, per_hundred):
    hours = sharing.shared_post_hours(pupils, per_hundred, 32.4)
    assert 0.0 <= hours <= sharing.shared_post_hours(pupils + more, per_hundred, 32.4) <= 32.4
    assert sharing.shared_post_hours(0.0, per_hundred, 32.4) == 0.0


@given(RATIO, SHARE, st.integers(0, 10))
def test_low_reviews_count_up_or_begin_again(support, wanted, before):
    assert sharing.low_reviews(support, wanted, before) == (before + 1 if support < wanted else 0)
    assert sharing.low_reviews(1.0, wanted, before) == 0  # as much support as without the policy is never too low
