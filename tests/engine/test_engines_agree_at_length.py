"""The engines agree on many more generated worlds than a test run has time for."""

import pytest
from engine.test_engines_agree import check_same, compiled, perhaps_coarse, worlds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.study


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), st.booleans())
def test_many_generated_worlds(arms, coarse):
    check_same(perhaps_coarse(arms, coarse), compiled)
