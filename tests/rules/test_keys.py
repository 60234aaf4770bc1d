"""Keys of pupils, requests and appeals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import keys
from sencosim.vocabulary import ENTITY_BITS

pytestmark = pytest.mark.property

SCHOOL = st.integers(0, 2**17 - 1)
YEAR = st.integers(2000, 2060)
NUMBER = st.integers(0, 2**18 - 1)
COUNCIL = st.integers(0, 2**20 - 1)
OF_COUNCIL = st.integers(0, 2**24 - 1)


@given(SCHOOL, YEAR, NUMBER)
def test_a_pupils_key_says_where_and_when_the_pupil_came(school, year, number):
    key = keys.pupil_key(school, year, number)
    assert key >> 26 == keys.cohort_key(school, year)
    assert keys.cohort_key(school, year) == school * 128 + year - keys.FIRST_COHORT
    assert key >> 8 & 2**18 - 1 == number


@given(SCHOOL, YEAR, NUMBER, st.integers(0, keys.MOST_COPIES - 1), st.integers(0, keys.MOST_COPIES - 1))
def test_copies_share_no_key_and_no_pupils_key_is_one_of_a_request(school, year, number, first, second):
    copy = keys.pupil_key(school, year, number) + first * keys.MOST_COPIES + second
    assert copy >> 8 == keys.pupil_key(school, year, number) >> 8
    assert copy & 255 == first * keys.MOST_COPIES + second


@given(COUNCIL, COUNCIL, OF_COUNCIL, OF_COUNCIL)
def test_requests_from_outside_have_keys_of_their_own_that_fit(one, other, first, second):
    key = keys.outside_key(one, first)
    assert (key == keys.outside_key(other, second)) == ((one, first) == (other, second))
    assert key >> ENTITY_BITS == 0
    assert key & keys.OUTSIDE


@given(COUNCIL, st.integers(0, 1), st.integers(0, 1), st.integers(0, 2**22 - 1), st.integers(0, 2**22 - 1))
def test_requests_in_hand_at_the_start_share_no_key_with_each_other_or_later_ones(council, one, other, first, second):
    key = keys.in_hand_key(council, one, first)
    assert (key == keys.in_hand_key(council, other, second)) == ((one, first) == (other, second))
    assert key == keys.outside_key(council, key & 2**24 - 1)
    assert key & 2**24 - 1 >= keys.IN_HAND


@given(SCHOOL, YEAR, NUMBER, st.integers(0, 2**13 - 1), st.integers(0, 2**13 - 1))
def test_requests_of_a_pupil_have_keys_of_their_own_in_the_order_of_pupils(school, year, number, first, second):
    pupil = keys.pupil_key(school, year, number)
    key = keys.filing_key(pupil, first)
    assert (key == keys.filing_key(pupil, second)) == (first == second)
    assert key < keys.filing_key(pupil + 1, 0)
    assert 0 < keys.filing_key(pupil, 1) < 2**63
