"""M11: appeals and what the tribunal can hear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import disputes

pytestmark = pytest.mark.property

SHARE = st.floats(0.0, 1.0)
LEVEL = st.floats(0.0, 5.0)


@given(SHARE, LEVEL, SHARE, st.floats(0.0, 0.9), st.floats(0.5, 0.99))
def test_appeals_are_a_share_of_those_not_settled(share, level, mediated, settled, most):
    found = disputes.appeal_share(share, level, mediated, settled, most)
    assert 0.0 <= found <= most
    assert found >= disputes.appeal_share(share, level, 0.0, settled, most) - 1e-12
    if found < most:
        assert found * (1.0 - mediated * settled) == pytest.approx(share * level)


@given(SHARE, SHARE)
def test_a_concession_is_a_settlement(settled, concession):
    assert 0.0 <= disputes.conceded_share(settled, concession) <= settled
    assert disputes.conceded_share(settled, 1.0) == settled


@given(st.floats(0.0, 500.0), LEVEL, st.floats(0.0, 0.5), LEVEL)
def test_appeals_from_outside_grow_with_requests(per_week, level, per_request, appeal_level):
    rate = disputes.outside_appeals_per_week(per_week, level, per_request, appeal_level)
    assert rate >= 0.0
    assert disputes.outside_appeals_per_week(2.0 * per_week, level, per_request, appeal_level) == pytest.approx(
        2.0 * rate
    )
    assert disputes.outside_appeals_per_week(per_week, 1.0, per_request, 1.0) == pytest.approx(per_week * per_request)


@given(st.floats(0.0, 1e5), st.floats(1.0, 60.0), LEVEL)
def test_hearing_slots_follow_littles_law(per_year, weeks, level):
    slots = disputes.hearing_slots(per_year, weeks, level)
    assert slots >= 1
    assert abs(slots - max(1.0, per_year * weeks * level / 52.0)) <= 0.5 + 1e-6


@given(st.floats(0.1, 100.0), st.floats(1e-9, 1.0 - 1e-9), SHARE)
def test_a_concession_never_comes_after_the_hearing(weeks, u, concession):
    found = disputes.weeks_to_outcome(weeks, u, concession)
    assert 0.0 <= found <= weeks * (1.0 + 1e-12)
    assert disputes.weeks_to_outcome(weeks, u, 0.0) == weeks
    assert (found == weeks) or u < concession
