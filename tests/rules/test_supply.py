"""M14: the supply of teachers, vacancies, and pay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import workforce

pytestmark = pytest.mark.property

U = st.floats(1e-15, 1.0 - 1e-15)
SHARE = st.floats(0.0, 1.0)
RATIO = st.floats(0.05, 20.0)


@given(st.floats(0.0, 32.4), RATIO, RATIO)
def test_a_full_time_post_is_one_teacher_for_each_school_it_stands_for(hours, school, council):
    assert 0.0 <= workforce.posts_fte(hours, 32.4, 1.0, 1.0) <= 1.0
    assert workforce.posts_fte(32.4, 32.4, school, council) == pytest.approx(school * council)
    assert workforce.posts_fte(0.0, 32.4, school, council) == 0.0


@given(st.floats(0.1, 1e5), SHARE)
def test_what_is_taken_and_what_is_left_are_the_supply(supply, left):
    assert workforce.share_taken(supply, left * supply) == pytest.approx(1.0 - left, abs=1e-12)
    assert workforce.share_taken(supply, supply) == 0.0
    assert workforce.share_taken(0.0, 0.0) == 0.0


@given(U, U, st.floats(0.5, 12.0))
def test_a_vacancy_lasts_at_least_a_term_and_longer_for_lower_numbers(a, b, mean):
    low, high = sorted((a, b))
    assert workforce.vacancy_terms(low, mean) >= workforce.vacancy_terms(high, mean) >= 1


@given(st.floats(0.0, 2e4), st.floats(2e4, 1e5), st.floats(0.0, 5.0))
def test_an_allowance_never_makes_anybody_leave(allowance, pay, elasticity):
    ratio = workforce.pay_leaving_ratio(allowance, pay, elasticity)
    assert 0.0 < ratio <= 1.0
    assert workforce.pay_leaving_ratio(0.0, pay, elasticity) == workforce.pay_leaving_ratio(allowance, pay, 0.0) == 1.0
    assert workforce.pay_leaving_ratio(2.0 * allowance, pay, elasticity) <= ratio
