"""M2 and M3: reviews and consultations fall due evenly over the terms of a year."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import reviews

pytestmark = pytest.mark.property

U = st.floats(1e-15, 1.0 - 1e-15)


@given(U, U)
def test_a_review_falls_into_one_of_three_terms(a, b):
    low, high = sorted((a, b))
    assert 0 <= reviews.review_term(low) <= reviews.review_term(high) <= 2


def test_a_third_of_reviews_falls_into_each_term():
    grid = (np.arange(3_000) + 0.5) / 3_000
    assert np.bincount([reviews.review_term(u) for u in grid]).tolist() == [1000, 1000, 1000]


@given(st.floats(0.0, 12.0), st.integers(0, 200), U)
def test_consultations_are_within_one_of_their_mean(per_plan_holder, plans, u):
    mean = per_plan_holder * plans / 3
    assert mean - 1.0 <= reviews.consultations_due(per_plan_holder, plans, u) <= mean + 1.0
    assert reviews.consultations_due(per_plan_holder, 0, u) == 0


@given(st.floats(0.0, 12.0), st.integers(0, 200))
def test_consultations_have_their_mean(per_plan_holder, plans):
    grid = (np.arange(500) + 0.5) / 500
    drawn = [reviews.consultations_due(per_plan_holder, plans, u) for u in grid]
    assert np.mean(drawn) == pytest.approx(per_plan_holder * plans / 3, abs=2e-3)
