"""M7 and M8: preparation, refusal, asking again."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import requests

pytestmark = pytest.mark.property

U = st.floats(1e-15, 1.0 - 1e-15)
SHARE = st.floats(0.0, 1.0)
INNER = st.floats(0.01, 0.99)
RATIO = st.floats(0.05, 20.0)
SOME_HOURS = st.floats(0.01, 60.0)


@given(st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 1.0]), SHARE)
def test_of_few_cycles_only_the_causal_share_differs_between_arms(own, reference, causal):
    weight = requests.few_cycles_weight(own, reference, causal)
    assert 0.0 <= weight <= 1.0
    assert requests.few_cycles_weight(own, reference, 0.0) == reference
    assert requests.few_cycles_weight(own, reference, 1.0) == own
    assert requests.few_cycles_weight(own, own, causal) == own
    assert abs(weight - reference) == pytest.approx(causal * abs(own - reference))


@given(SOME_HOURS, SHARE, SHARE, SHARE)
def test_a_request_without_a_record_takes_longer(hours, extra, a, b):
    low, high = sorted((a, b))
    found = requests.preparation_hours(hours, extra, high)
    assert hours <= requests.preparation_hours(hours, extra, low) <= found <= hours * (1.0 + extra)
    assert requests.preparation_hours(hours, extra, 0.0) == hours


@given(INNER, INNER, SHARE)
def test_the_two_routes_keep_their_published_shares(school, family, causal):
    def chance_of(route, kind):
        odds = requests.refusal_log_odds(school, family, route, kind, causal)
        return 1.0 / (1.0 + math.exp(-odds))

    assert chance_of(0.0, 0.0) == pytest.approx(school)
    assert chance_of(1.0, 1.0) == pytest.approx(family)
    low, high = sorted((school, family))
    assert low - 1e-9 <= chance_of(1.0, 0.0) <= high + 1e-9


@given(st.floats(-3, 3), st.floats(-2, 2), st.floats(-1, 0), RATIO, RATIO)
def test_severe_need_is_refused_less(route, council, slope, a, b):
    mild, severe = sorted((a, b))
    less = requests.refusal_chance(route, council, slope, severe, 0.0)
    assert 0.0 <= less <= requests.refusal_chance(route, council, slope, mild, 0.0) + 1e-12 <= 1.0 + 1e-12
    assert less <= requests.refusal_chance(route, council, slope, severe, 0.5)


@given(U, RATIO, st.floats(0.0, 52.0))
def test_nobody_asks_again_before_they_may_and_eager_families_ask_sooner(u, rate, wait):
    weeks = requests.reapply_weeks(u, rate, wait)
    assert weeks >= wait
    assert requests.reapply_weeks(u, 2.0 * rate, wait) <= weeks
    assert weeks - wait == pytest.approx(requests.reapply_weeks(u, rate, 0.0), abs=1e-9)


@given(st.floats(0.0, 500.0), SHARE, RATIO)
def test_a_share_of_requests_is_a_share_of_all_and_grows_with_their_level(per_week, share, level):
    assert 0.0 <= requests.share_of_requests(per_week, share, 1.0) <= per_week
    grown = requests.share_of_requests(per_week, share, level)
    assert grown == pytest.approx(level * requests.share_of_requests(per_week, share, 1.0))
    assert requests.share_of_requests(per_week, 0.0, level) == 0.0
