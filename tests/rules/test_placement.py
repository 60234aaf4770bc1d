"""M10: how likely special is named, and how stocks change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import placement

pytestmark = pytest.mark.property

SHARE = st.floats(0.0, 1.0)
INNER = st.floats(0.01, 0.99)
RATIO = st.floats(0.05, 20.0)
PUPILS = st.floats(0.0, 1e5)


@given(INNER, st.floats(0.0, 2.0), RATIO, RATIO)
def test_special_is_likelier_for_severe_need(share, slope, a, b):
    mild, severe = sorted((a, b))
    assert placement.placement_chance(share, slope, mild) <= placement.placement_chance(share, slope, severe) + 1e-12
    assert placement.placement_chance(share, slope, 1.0) == pytest.approx(share)


@given(SHARE, SHARE)
def test_resourced_provision_takes_of_those_not_in_special(special, share):
    assert special <= placement.special_or_resourced(special, share) <= 1.0 + 1e-12
    assert placement.special_or_resourced(special, 0.0) == special
    assert placement.special_or_resourced(special, 1.0) == pytest.approx(1.0)


@given(PUPILS, SHARE)
def test_leaving_takes_a_share_of_a_stock_and_growth_gives_it_back(stock, rate):
    assert 0.0 <= placement.remaining(stock, rate) <= stock
    assert placement.remaining(stock, 0.0) == stock == placement.grown(stock, 0.0)
    assert placement.remaining(stock, 1.0) == 0.0
    assert placement.grown(stock, -rate) == pytest.approx(placement.remaining(stock, rate))
    assert placement.grown(stock, rate) >= stock


@given(PUPILS, SHARE, st.floats(-1e4, 1e4), st.floats(0.0, 1e4))
def test_no_more_move_than_there_are_pupils_or_places(stock, share, vacant, more):
    moved = placement.moved_into_vacancies(stock, share, vacant)
    assert 0.0 <= moved <= min(stock, max(0.0, vacant))
    assert moved <= placement.moved_into_vacancies(stock, share, vacant + more)
    assert placement.moved_into_vacancies(stock, 0.0, vacant) == 0.0


@given(st.integers(0, 500), SHARE, st.floats(0.0, 2.0), st.floats(0.0, 5.0))
def test_plans_enter_reception_in_proportion_to_pupils(roll, share, level, tendency):
    entering = placement.plans_entering_reception(roll, share, level, tendency)
    assert entering >= 0.0
    assert placement.plans_entering_reception(2 * roll, share, level, tendency) == pytest.approx(2.0 * entering)
    assert placement.plans_entering_reception(roll, share, 1.0, 1.0) == pytest.approx(roll * share)


@given(st.floats(0.0, 1e4))
def test_a_weight_in_parts_is_the_weight_again(weight):
    assert placement.parts_as_weight(placement.weight_in_parts(weight)) == pytest.approx(weight, abs=0.5 / 65_536)


@given(st.lists(st.floats(0.0, 1e3), max_size=20))
def test_a_sum_of_parts_does_not_depend_on_its_order(weights):
    parts = [placement.weight_in_parts(weight) for weight in weights]
    assert placement.parts_as_weight(sum(parts)) == placement.parts_as_weight(sum(reversed(parts)))
