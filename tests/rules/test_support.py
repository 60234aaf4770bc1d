"""M6: support is compared with the no-policy arm, and exactly nothing follows where both arms give the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import support

pytestmark = pytest.mark.property

SHARE = st.floats(0.0, 1.0)
HOURS = st.floats(0.0, 500.0)
INTENSITY = st.floats(0.0, 60.0)
PUPILS = st.floats(0.5, 400.0)
SCALE = st.floats(1.0, 3.0)
OFFSET, MOST = 0.5, 3.0


def doublings(ours, theirs, full=1e300, scale=1.0):
    return support.support_doublings(ours, theirs, full, OFFSET, scale, MOST)


@given(HOURS, HOURS, st.floats(1.0 / 3.0, 5.0))
def test_smoothing_stays_between_old_and_new(before, measured, years):
    low, high = sorted((before, measured))
    assert low - 1e-9 <= support.smoothed(before, measured, years) <= high + 1e-9
    assert support.smoothed(before, before, years) == before
    assert support.smoothed(before, measured, 1.0 / 3.0) == pytest.approx(measured)


@given(HOURS, PUPILS)
def test_three_terms_of_support_are_shared_by_the_pupils(hours, pupils):
    assert support.support_intensity(hours, pupils) * pupils == pytest.approx(3.0 * hours)
    assert support.support_intensity(hours, 0.0) == 0.0


@given(INTENSITY, INTENSITY, SCALE)
def test_equal_support_has_doubled_exactly_not_at_all(intensity, full, scale):
    assert support.support_doublings(intensity, intensity, full, OFFSET, scale, MOST) == 0.0


@given(INTENSITY, INTENSITY, INTENSITY, INTENSITY, SCALE)
def test_doublings_rise_with_support_up_to_the_full_list_and_never_pass_the_limits(a, b, theirs, full, scale):
    low, high = sorted((a, b))
    assert -MOST <= doublings(low, theirs, full, scale) <= doublings(high, theirs, full, scale) <= MOST
    assert doublings(full + high, theirs, full, scale) == doublings(full, theirs, full, scale)
    assert abs(doublings(low, theirs, full, 2.0 * scale)) <= abs(doublings(low, theirs, full, scale))


@given(st.floats(0.0, 20.0), SCALE)
def test_support_that_doubles_has_doubled_once(theirs, scale):
    ours = 2.0 * (theirs + OFFSET) - OFFSET
    assert doublings(ours, theirs, scale=scale) == pytest.approx(1.0 / scale)


@given(st.floats(0.1, 2.0), st.floats(-3.0, 3.0))
def test_a_relative_rate_is_the_prior_to_the_power_of_the_doublings(prior, times):
    rate = support.relative_rate(prior, times)
    assert rate > 0.0
    assert support.relative_rate(prior, 0.0) == support.relative_rate(1.0, times) == 1.0
    assert support.relative_rate(prior, 1.0) == prior
    assert rate * support.relative_rate(prior, -times) == pytest.approx(1.0)


@given(HOURS, PUPILS, SHARE)
def test_full_support_is_the_list_and_a_share_more(listed, pupils, beyond):
    assert support.full_intensity(listed, pupils, 0.0) == support.support_intensity(listed, pupils)
    more = support.full_intensity(listed, pupils, beyond)
    assert more == pytest.approx(support.support_intensity(listed, pupils) * (1.0 + beyond))


@given(HOURS, SHARE, HOURS, st.floats(0.01, 1.0), st.floats(0.5, 3.0))
def test_open_development_ends_where_support_is_full(listed, beyond, done, worth, session):
    hours = support.open_session_hours(listed, beyond, done, worth, session)
    assert 0.0 <= hours <= session
    assert done + hours * worth <= max(done, listed * (1.0 + beyond)) + 1e-6
    assert support.open_session_hours(listed, beyond, listed * (1.0 + beyond), worth, session) == 0.0


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_waiting_share_is_a_share_that_rises_with_those_who_wait(waiting, supported):
    share = support.waiting_share(waiting, supported)
    assert 0.0 <= share < 1.0
    assert share < support.waiting_share(waiting + 1, supported)
    assert support.waiting_share(waiting, supported + 1) <= share
    assert support.waiting_share(0, supported) == 0.0


@given(st.floats(0.0, 0.99), st.floats(0.0, 0.99), st.floats(0.0, 3.0))
def test_who_waits_changes_requests_only_against_the_no_policy_arm_and_only_by_the_ratio(share, reference, ratio):
    assert support.waiting_ratio(share, share, ratio) == 1.0
    assert support.waiting_ratio(share, reference, 1.0) == 1.0
    found = support.waiting_ratio(share, reference, ratio)
    assert found >= 0.0
    if (ratio - 1.0) * (share - reference) > 0.0:
        assert found >= 1.0
    else:
        assert found <= 1.0


@given(st.floats(-1.0, 1.0))
def test_only_a_seat_that_policy_adds_is_worth_something(direct):
    assert support.seat_doublings(direct, 1.0, 1.0) == support.seat_doublings(direct, 0.0, 0.0) == 0.0
    assert support.seat_doublings(direct, 1.0, 0.0) == direct
    assert support.seat_doublings(0.0, 1.0, 0.0) == 0.0
