"""The two schedulers on many more generated worlds: too slow for every run of the tests."""

from __future__ import annotations

import pytest
from engine.test_engines_agree import check_same, perhaps_coarse, worlds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sencosim.engine.compiled.run import simulate as compiled

pytestmark = pytest.mark.study


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(most_years=5), st.booleans())
def test_many_generated_worlds(arms, coarse):
    check_same(perhaps_coarse(arms, coarse), compiled)
