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


@given(RATE, RATIO, RATIO, RATIO, RATIO)
def test_each_multiplier_scales_the_hazard_of_a_request(rate, council, process, coverage, culture):
    found = hazards.request_hazard(rate, council, process, coverage, culture)
    assert found >= 0.0
    assert hazards.request_hazard(rate, 1.0, 1.0, 1.0, 1.0) == rate
    for scaled in (
        hazards.request_hazard(rate, 2.0 * council, process, coverage, culture),
        hazards.request_hazard(rate, council, 2.0 * process, coverage, culture),
        hazards.request_hazard(rate, council, process, 2.0 * coverage, culture),
        hazards.request_hazard(rate, council, process, coverage, 2.0 * culture),
    ):
        assert scaled == pytest.approx(2.0 * found)


@given(RATE, RATIO, RATIO, RATIO)
def test_each_multiplier_scales_the_hazard_of_a_suspension(rate, coverage, culture, council):
    found = hazards.suspension_hazard(rate, coverage, culture, council)
    assert found >= 0.0
    assert hazards.suspension_hazard(rate, 1.0, 1.0, 1.0) == rate
    for scaled in (
        hazards.suspension_hazard(rate, 2.0 * coverage, culture, council),
        hazards.suspension_hazard(rate, coverage, 2.0 * culture, council),
        hazards.suspension_hazard(rate, coverage, culture, 2.0 * council),
    ):
        assert scaled == pytest.approx(2.0 * found)
