"""Numbers of pupils: who is who in every arm, and no two alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sencosim.engine.reference.council import EXOGENOUS_BIT
from sencosim.engine.reference.national import MOST_COPIES
from sencosim.engine.reference.pupil import pupil_key

from sencosim.vocabulary import ENTITY_BITS

pytestmark = pytest.mark.property

PUPILS = st.tuples(
    st.integers(0, 2**15 - 1),
    st.integers(2000, 2060),
    st.integers(0, 2**17 - 1),
    st.booleans(),
    st.integers(0, MOST_COPIES**2 - 1),
)


def _key(pupil: tuple[int, int, int, bool, int]) -> int:
    school, year, number, initial, copy = pupil
    return pupil_key(school, year, number, initial=initial, copy=copy)


@given(PUPILS, PUPILS)
def test_two_pupils_have_two_keys_below_those_of_cases_without_a_pupil(one, other):
    assert (_key(one) == _key(other)) == (one == other)
    assert 0 <= _key(one) < EXOGENOUS_BIT < 1 << ENTITY_BITS


@given(PUPILS, st.integers(0, MOST_COPIES - 1), st.integers(0, MOST_COPIES - 1))
def test_copies_made_at_two_moves_have_keys_of_their_own(pupil, first, second):
    school, year, number, initial, _ = pupil
    key = pupil_key(school, year, number, initial=initial)
    assert key + first * MOST_COPIES + second == pupil_key(
        school, year, number, initial=initial, copy=first * MOST_COPIES + second
    )
