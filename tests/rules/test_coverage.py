"""M6: coverage is a share, moves slowly, and acts as its prior says."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sencosim.rules import coverage

pytestmark = pytest.mark.property

SHARE = st.floats(0.0, 1.0)
FLOOR = 0.05


@given(st.floats(0.0, 500.0), st.floats(0.0, 500.0))
def test_what_is_done_is_a_share_and_one_if_nothing_is_due(done, due):
    assert 0.0 <= coverage.share_done(done, due) <= 1.0
    assert coverage.share_done(done, 0.0) == 1.0


@given(SHARE, SHARE, st.floats(1.0, 3.0))
def test_smoothing_stays_between_old_and_new(before, measured, years):
    after = coverage.smoothed_coverage(before, measured, years)
    assert min(before, measured) - 1e-12 <= after <= max(before, measured) + 1e-12


@given(SHARE, SHARE, st.floats(-2.0, 0.0), st.floats(1.0, 2.0))
def test_coverage_protects_and_a_seat_can_only_strengthen_it(a, b, elasticity, seat):
    low, high = sorted((a, b))
    assert coverage.coverage_effect(high, elasticity, seat, FLOOR) <= coverage.coverage_effect(
        low, elasticity, seat, FLOOR
    )
    assert coverage.coverage_effect(low, elasticity, seat, FLOOR) <= coverage.coverage_effect(
        low, elasticity, 1.0, FLOOR
    )


@given(SHARE, st.floats(1.0, 2.0))
def test_no_elasticity_no_effect(covered, seat):
    assert coverage.coverage_effect(covered, 0.0, seat, FLOOR) == 1.0


@given(st.floats(0.3, 1.5), st.floats(0.1, 2.0), st.floats(0.05, 0.2))
def test_the_prior_comes_back_when_used_hours_double(rate, amplification, covered):
    elasticity = coverage.elasticity_of_coverage(rate, amplification)
    doubled = covered * 2.0**amplification
    assume(doubled <= 1.0)
    ratio = coverage.coverage_effect(doubled, elasticity, 1.0, FLOOR) / coverage.coverage_effect(
        covered, elasticity, 1.0, FLOOR
    )
    assert ratio == pytest.approx(rate, rel=1e-9)


@given(SHARE, st.floats(-2.0, 2.0), st.floats(1.0, 2.0), st.floats(0.01, 0.5))
def test_below_the_floor_coverage_and_seat_make_no_difference(covered, elasticity, seat, floor):
    effect = coverage.coverage_effect(covered, elasticity, seat, floor)
    assert effect > 0.0
    if covered <= floor:
        assert effect == 1.0


@given(st.integers(0, 2000), SHARE)
def test_exposure_is_thousandths_of_pupils_covered(pupils, covered):
    exposure = coverage.coverage_exposure(pupils, covered)
    assert pupils * covered - 1e-3 <= exposure / 1000.0 <= pupils * covered + 1e-9
    assert coverage.coverage_exposure(pupils, 1.0) == 1000 * pupils
