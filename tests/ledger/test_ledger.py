"""The ledger: each quantity once, sums by year, weights and units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.arms.inputs import Cell
from sencosim.ledger.table import tidy_years, yearly
from sencosim.vocabulary import COLUMN, ENTITY_BITS, Activity, Event, Quantity, WholeSchool, order_key

CELLS = (Cell(805, "none", "none", 2.0), Cell(805, "primary", "small", 3.5))


@pytest.mark.unit
def test_each_quantity_has_one_name_one_column_and_a_title():
    names = [quantity.key for quantity in Quantity]
    assert len(set(names)) == len(names)
    assert [COLUMN[name] for name in names] == list(range(len(names)))
    assert all(quantity.title and quantity.unit and quantity.per >= 1 for quantity in Quantity)


@pytest.mark.unit
def test_every_activity_is_due_done_or_closed_without_the_senco_and_has_hours():
    for activity in (one.key for one in Activity):
        assert {f"{what}.{activity}" for what in ("due", "done", "done_without_senco", "hours")} <= set(COLUMN)
    for activity in (one.key for one in WholeSchool):
        assert {f"hours_due.{activity}", f"hours_lapsed.{activity}", f"hours.{activity}"} <= set(COLUMN)


@pytest.mark.unit
def test_first_exclusions_are_counted_so_that_a_lifetime_is_priced_once():
    assert Quantity.PUPILS_FIRST_EXCLUDED.kind == "flow"
    assert Quantity.PUPILS_FIRST_EXCLUDED.unit == "pupils"


@pytest.mark.unit
def test_events_are_words_and_their_codes_fit_below_sixty_four_bits():
    assert Event.PLAN_ISSUED.words == "plan issued"
    assert order_key(max(Event), (1 << ENTITY_BITS) - 1) < 1 << 63


@pytest.mark.property
@given(st.sampled_from(Event), st.sampled_from(Event), st.integers(0, 2**47), st.integers(0, 2**47))
def test_order_within_a_minute_is_by_code_and_then_by_entity(first, second, a, b):
    assert (order_key(first, a) < order_key(second, b)) == ((first, a) < (second, b))


def _tally(years: int) -> np.ndarray:
    segments = np.arange(3 * years)
    tally = np.zeros((len(CELLS), 3 * years, len(Quantity)), np.int64)
    tally[:, :, COLUMN["crises"]] = 100 * np.arange(len(CELLS))[:, None] + segments
    tally[:, :, COLUMN["used_hours"]] = 60 * (segments + 1)
    return tally


@pytest.mark.property
@given(st.integers(2, 6))
def test_academic_years_keep_every_count_and_calendar_years_leave_out_the_ends(years):
    tally = _tally(years)
    assert (yearly(tally).sum(axis=1) == tally.sum(axis=1)).all()
    calendar = yearly(tally, "calendar")
    assert calendar.shape[1] == years - 1
    assert (calendar.sum(axis=1) == tally[:, 1:-2].sum(axis=1)).all()
    assert calendar[0, 0, COLUMN["crises"]] == 1 + 2 + 3


@pytest.mark.unit
def test_tidy_table_is_weighted_in_units_and_leaves_nought_out():
    table = tidy_years(yearly(_tally(2)), CELLS, 2022)
    assert list(table.columns) == ["year", "council", "phase", "size_band", "quantity", "unit", "value"]
    assert set(table["quantity"]) == {"crises", "used_hours"}
    primary = table[(table["phase"] == "primary") & (table["year"] == 2023)].set_index("quantity")
    assert primary.loc["crises", "value"] == 3.5 * (103 + 104 + 105)
    assert primary.loc["used_hours", "value"] == 3.5 * (4 + 5 + 6)
    assert set(tidy_years(yearly(_tally(2), "calendar"), CELLS, 2023)["year"]) == {2023}


@pytest.mark.property
def test_rows_of_the_tidy_table_are_unique():
    table = tidy_years(yearly(_tally(3)), CELLS, 2022)
    assert not table.duplicated(["year", "council", "phase", "size_band", "quantity"]).any()
