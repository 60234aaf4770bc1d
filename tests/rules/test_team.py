"""M15: administrators take over what they can and may, and no more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import team

pytestmark = pytest.mark.property

SHARE = st.floats(0.0, 1.0)
HOURS = st.floats(0.0, 60.0)


@given(HOURS, SHARE, HOURS, SHARE)
def test_administrators_take_over_no_more_than_they_can_and_may(admin, freed, delegable, cap):
    share = team.administrator_relief(admin, freed, delegable, cap)
    assert 0.0 <= share <= cap
    assert share * delegable <= admin * freed + 1e-9


@given(st.floats(0.0, 1.0), st.floats(0.01, 1.0))
def test_what_is_handed_over_stays_within_the_cap_on_all_paperwork(cap, mean_share):
    limit = team.delegable_limit(cap, mean_share)
    assert 0.0 <= limit <= 1.0
    assert limit * mean_share <= cap + 1e-12
    assert limit == 1.0 or limit * mean_share == pytest.approx(cap)


@given(HOURS, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_no_administrator_or_nothing_to_delegate_brings_no_relief(hours, freed, cap):
    assert team.administrator_relief(0.0, freed, hours, cap) == team.administrator_relief(hours, freed, 0.0, cap) == 0.0
