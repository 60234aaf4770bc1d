"""What calibration may read, and how runs may start in other years."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.arms.councils import councils_at_start, need_scale, placement_scale
from sencosim.calibration.parameters import FITTED, NAMES, PIVOT, reading_of, shares_without_place
from sencosim.calibration.published import LAST, published
from sencosim.calibration.targets import stock
from sencosim.engine.pair import read_evidence
from sencosim.evidence.register import load_register
from sencosim.evidence.series import load_series
from sencosim.evidence.views import VIEWS, load_view
from sencosim.scenario.schema import Scenario

pytestmark = pytest.mark.property

UNITS = st.lists(st.floats(0.0, 1.0), min_size=len(FITTED), max_size=len(FITTED))


def test_nothing_after_the_register_can_be_read_even_if_a_file_held_it():
    for point in load_series():
        for kind, last in LAST.items():
            assert published(point.series, point.breakdown, kind, last + 1) is None


def test_effects_and_prices_are_never_fitted():
    register = load_register()
    for name in set(NAMES) & set(register.names()):
        assert register.get(name).no_effect is None
        assert register.get(name).payer is None
        assert all(name not in load_view(view).settings for view in VIEWS)


@given(UNITS, st.integers(2018, 2022))
def test_paths_are_one_in_the_pivot_year_and_grow_as_told(units, start):
    point = {one.name: one.at(u) for one, u in zip(FITTED, units, strict=True)}
    evidence = read_evidence(Scenario(), "central", 0, 1)
    reading = reading_of(point, evidence, start, 2026 - start)
    for path in reading.paths.values():
        assert path[PIVOT - start] == pytest.approx(1.0)
        assert len(path) == 2026 - start
        assert all(level > 0.0 for level in path)
    grown = reading.paths["need_growth_past"]
    assert grown[PIVOT - start + 1] == pytest.approx(1.0 + point["need_growth_next"])


@given(st.floats(0.0, 1.0))
def test_the_three_shares_without_a_place_add_to_one(wait):
    values = read_evidence(Scenario(), "central", 0, 1).values
    assert sum(shares_without_place(wait, values).values()) == pytest.approx(1.0)


@pytest.mark.parametrize("start", range(2018, 2025))
def test_stocks_of_earlier_starts_are_smaller_and_those_of_today_are_today(start):
    for phase in (0, 1):
        assert need_scale(2025, start, phase, "pupils_with_ehcp") <= 1.0
    for name in ("state_special", "independent_special", "after_16"):
        assert 0.0 < placement_scale(name, start) <= 1.0
    assert placement_scale("state_special", 2024) == 1.0
    assert len(councils_at_start(start)) == 153


def test_stocks_by_phase_agree_with_published_counts_where_those_exist():
    for need, series in (("ehcp", "pupils_with_ehcp"), ("sen_support", "pupils_sen_support")):
        for phase, name in enumerate(("primary", "secondary")):
            for january in (2019, 2020):
                counted = published(series, f"state_{name}", "school_year", january - 1)
                assert stock(need, phase, january) == pytest.approx(counted, rel=0.01)
