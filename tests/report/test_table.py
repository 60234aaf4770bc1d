"""Cells of tables: one number looks the same on a page and in a spreadsheet, and stays a number there."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packs.checklist import shown_cell

from sencosim.errors import OutputError
from sencosim.report.pack.workbook import NOT_APPLICABLE, Workbook
from sencosim.report.pack.xlsx import number_format
from sencosim.report.table import Estimate, Interval, Number, Table, rows_of, text_of, value_of
from sencosim.report.words import DASH, MINUS

NUMBERS = st.builds(
    Number,
    value=st.floats(-1e9, 1e9).filter(lambda value: value == 0.0 or abs(value) > 1e-6),
    step=st.integers(-4, 6).map(lambda power: float(f"1e{power}")),
    signed=st.booleans(),
    unit=st.sampled_from(["", "p", " %"]),
)


@pytest.mark.property
@given(cell=NUMBERS)
def test_a_spreadsheet_shows_a_number_as_the_page_does(cell: Number) -> None:
    value = value_of(cell, "[x]")
    assert isinstance(value, float)
    assert shown_cell(SimpleNamespace(value=value, number_format=number_format(cell))) == str(cell) == text_of(cell)


@pytest.mark.property
@given(cell=NUMBERS, low=st.floats(-1e6, 1e6), width=st.floats(0.0, 1e6))
def test_an_interval_stands_behind_its_number_and_is_text_in_a_spreadsheet(
    cell: Number, low: float, width: float
) -> None:
    told = text_of(Estimate(cell, Interval(low, low + width, cell.step)))
    assert told.startswith(f"{cell} (")
    assert told.endswith(")")
    assert " to " in told
    assert value_of(Estimate(cell, "not known"), "[x]") == f"{cell} (not known)"


@pytest.mark.unit
@pytest.mark.parametrize("cell", [None, math.nan, pd.NA, "", " ", DASH])
def test_what_is_missing_is_a_dash_on_paper_and_a_shorthand_in_a_spreadsheet(cell: object) -> None:
    assert value_of(cell, NOT_APPLICABLE) == NOT_APPLICABLE
    if cell is None or isinstance(cell, float):
        assert text_of(cell) == DASH


@pytest.mark.unit
def test_columns_of_a_stored_table_keep_their_order_and_lose_what_is_not_there() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": [0.5, None]})
    columns, rows = rows_of(frame, {"b": "Share", "c": "Other", "a": "Count"})
    assert columns == ("Share", "Count")
    assert [value_of(row[1], "[x]") for row in rows] == [1, 2]
    assert [value_of(row[0], "[x]") for row in rows] == [0.5, "[x]"]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("table", "words"),
    [
        (Table("two words", "T", ("A",), [["x"]]), "cannot be called"),
        (Table("Name", "T", ("A",), []), "is empty"),
        (Table("Name", "T", ("A", "A"), [["x", "y"]]), "a header twice"),
    ],
)
def test_a_sheet_that_nobody_could_read_is_refused(table: Table, words: str) -> None:
    with pytest.raises(OutputError, match=words):
        Workbook("T", (), (table,), ())


@pytest.mark.unit
def test_a_minus_sign_is_a_real_one() -> None:
    assert str(Number(-0.34, 0.1)) == f"{MINUS}0.3"
    assert value_of(Number(-0.34, 0.1), "") == -0.3
