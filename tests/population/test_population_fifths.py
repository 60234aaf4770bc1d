"""Fifths by free school meals and sizes of trusts: facts of all England, fixed before a sample is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sencosim.population.sampling import sample_schools
from sencosim.population.schools import FIFTHS, fsm_fifths, trust_sizes
from sencosim.population.synthetic import synthetic_england

pytestmark = pytest.mark.unit


@given(arrays.arrays(np.float64, 40, elements=st.floats(0, 1), unique=True), st.permutations(range(40)))
def test_fifths_are_equal_ordered_and_do_not_depend_on_the_order_of_schools(shares, order) -> None:
    phase = np.arange(40) % 2
    fifth = fsm_fifths(phase.astype(np.int8), shares)
    for number in (0, 1):
        found, own = fifth[phase == number], shares[phase == number]
        assert np.bincount(found, minlength=6)[1:].tolist() == [4] * FIFTHS
        assert (np.diff(found[np.argsort(own)]) >= 0).all()
    place = np.array(order)
    assert (fsm_fifths(phase[place].astype(np.int8), shares[place]) == fifth[place]).all()


def test_schools_with_the_same_share_are_in_the_same_fifth() -> None:
    shares = np.array([0.1] * 9 + [0.9])
    assert len(set(fsm_fifths(np.zeros(10, np.int8), shares)[:9].tolist())) == 1


def test_england_has_fifths_of_like_size_and_trusts_of_their_own_size() -> None:
    england = synthetic_england(2025)
    for phase in (0, 1):
        counts = np.bincount(england.fsm_fifth[england.phase == phase], minlength=6)[1:]
        assert counts.max() - counts.min() <= 0.01 * counts.sum()
    members = np.bincount(england.trust[england.trust >= 0])
    assert (england.trust_schools[england.trust >= 0] == members[england.trust[england.trust >= 0]]).all()
    assert (england.trust_schools[england.trust < 0] == 0).all()
    assert (england.governance[~england.academy] == 0).all()
    assert trust_sizes(np.array([-1, -1], np.int32)).tolist() == [0, 0]


def test_a_sampled_school_keeps_its_fifth_and_its_trust() -> None:
    england = synthetic_england(2025)
    sample = sample_schools(england, 0.05, 3)
    same = np.searchsorted(england.school_id, sample.school_id)
    assert (sample.fsm_fifth == england.fsm_fifth[same]).all()
    assert (sample.governance == england.governance[same]).all()
