"""Partial pooling: the small borrow, the large keep their own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.evidence.councils import FIRST_YEAR, LAST_YEAR, column, councils_of, load_councils
from sencosim.evidence.pooling import between_variance, pooled_shares

pytestmark = pytest.mark.property

COUNCILS = st.lists(
    st.integers(0, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=3, max_size=30
).filter(lambda pairs: sum(n > 0 for _, n in pairs) >= 2)


@given(COUNCILS)
def test_a_pooled_share_lies_between_the_own_share_and_that_of_all(pairs):
    counts, cases = np.array(pairs, dtype=float).T
    pooled = pooled_shares(counts, cases)
    assert ((pooled > 0.0) & (pooled < 1.0)).all()
    own = np.where(cases > 0, (counts + 0.5) / (cases + 1.0), np.nan)
    low, high = np.nanmin(own), np.nanmax(own)
    assert (pooled >= low - 1e-9).all()
    assert (pooled <= high + 1e-9).all()


@given(st.integers(2, 40), st.integers(5, 500))
def test_councils_with_equal_shares_stay_equal(n, cases):
    pooled = pooled_shares(np.full(n, cases // 2), np.full(n, cases))
    assert np.ptp(pooled) < 1e-12
    assert between_variance(np.zeros(n), np.ones(n)) == 0.0


def test_of_two_councils_with_the_same_share_the_smaller_moves_more():
    pooled = pooled_shares([8, 800, 300, 250, 150], [10, 1000, 1000, 1000, 1000])
    assert 0.5 < pooled[0] < pooled[1] < 0.8


def test_a_council_that_publishes_nothing_gets_the_share_of_all():
    pooled = pooled_shares([np.nan, 30.0, 60.0], [np.nan, 100.0, 200.0])
    assert pooled[0] == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("year", [FIRST_YEAR, LAST_YEAR])
def test_requests_of_any_year_add_up_to_the_level_of_today(year):
    today = sum(council.requests for council in load_councils())
    assert sum(council.requests for council in councils_of(year)) == pytest.approx(today, rel=1e-3)


def test_years_agree_with_the_file_of_councils_where_both_have_the_figure():
    requests = column("requests", LAST_YEAR)
    assert requests.tolist() == [float(council.requests) for council in load_councils()]
    on_time, plans = column("issued_in_20_weeks", LAST_YEAR), column("plans_without_exceptions", LAST_YEAR)
    for own, of, council in zip(on_time, plans, load_councils(), strict=True):
        if council.issued_in_20_weeks_share is not None and of > 0:
            assert own / of == pytest.approx(council.issued_in_20_weeks_share, abs=6e-4)
