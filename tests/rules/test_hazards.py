"""M1, M7 and M12: hazards are products of relative rates, each of which may be neutral."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.rules import hazards

pytestmark = pytest.mark.property

RATE = st.floats(0.0, 2.0)
RATIO = st.floats(0.05, 20.0)


@given(st.integers(0, 400), RATE, RATIO)
def test_needs_noticed_grow_with_the_roll(roll, rate, multiplier):
    found = hazards.noticing_hazard(roll, rate, multiplier)
    assert 0.0 <= found <= hazards.noticing_hazard(roll + 1, rate, multiplier)
    assert hazards.noticing_hazard(roll, rate, 1.0) == roll * rate
    assert hazards.noticing_hazard(0, rate, multiplier) == 0.0


@given(RATE, RATIO, RATIO, RATIO)
def test_each_multiplier_scales_the_hazard_of_a_request(rate, council, process, culture):
    found = hazards.request_hazard(rate, council, process, culture)
    assert found >= 0.0
    assert hazards.request_hazard(rate, 1.0, 1.0, 1.0) == rate
    for scaled in (
        hazards.request_hazard(rate, 2.0 * council, process, culture),
        hazards.request_hazard(rate, council, 2.0 * process, culture),
        hazards.request_hazard(rate, council, process, 2.0 * culture),
    ):
        assert scaled == pytest.approx(2.0 * found)


SHARE = st.floats(0.0, 1.0)


@given(SHARE, RATIO)
def test_release_moves_only_points_of_request_that_schools_lead(family, release):
    hazard = hazards.released_hazard(family, release)
    low, high = sorted((1.0, release))
    assert low - 1e-12 <= hazard <= high + 1e-12
    assert hazards.released_hazard(1.0, release) == pytest.approx(1.0)
    assert hazards.released_hazard(0.0, release) == release
    assert hazards.released_hazard(family, 1.0) == 1.0
    led = hazard * (1.0 - hazards.released_family_share(family, release))
    assert led == pytest.approx((1.0 - family) * release, abs=1e-9)


@given(SHARE, RATIO, RATIO)
def test_the_more_is_released_the_fewer_are_the_families_own(family, a, b):
    low, high = sorted((a, b))
    share = hazards.released_family_share(family, high)
    assert 0.0 <= share <= hazards.released_family_share(family, low) + 1e-12 <= 1.0 + 1e-12
    assert hazards.released_family_share(family, 1.0) == family


@given(RATE, RATIO, RATIO, RATIO)
def test_each_multiplier_scales_the_hazard_of_a_suspension(rate, support, culture, council):
    found = hazards.suspension_hazard(rate, support, culture, council)
    assert found >= 0.0
    assert hazards.suspension_hazard(rate, 1.0, 1.0, 1.0) == rate
    for scaled in (
        hazards.suspension_hazard(rate, 2.0 * support, culture, council),
        hazards.suspension_hazard(rate, support, 2.0 * culture, council),
        hazards.suspension_hazard(rate, support, culture, 2.0 * council),
    ):
        assert scaled == pytest.approx(2.0 * found)
