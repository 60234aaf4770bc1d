"""Money against public totals: prices times quantities, year by year, and no total is hidden."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.costing.deflate import rebase
from sencosim.costing.prices import PriceBook
from sencosim.outcomes.reconcile import MEASURES, NOT_IN_RUN, money_table, money_targets

pytestmark = pytest.mark.property

BOOK = PriceBook.for_view("central")


def ledger(pupils: dict[int, float]) -> pd.DataFrame:
    rows = [(year, "none", "pupil_years.independent_special", number) for year, number in pupils.items()]
    return pd.DataFrame(rows, columns=["year", "phase", "quantity", "value"])


def test_every_target_has_a_measure_and_each_measure_a_target():
    assert {target.measure for target in money_targets()} == set(MEASURES)


@given(st.floats(1.0, 1e6), st.floats(1.0, 1e6))
def test_fees_of_a_financial_year_are_those_of_five_months_and_of_seven_in_its_cash(until_august, from_september):
    table = money_table(ledger({2023: until_august, 2024: from_september}), BOOK)
    row = table[(table["series"] == "independent_special_places") & (table["period"] == "2024-25")].iloc[0]
    fee = sum(c.price_gbp for c in BOOK.charges if c.item == "independent_fee")
    pupils = (5.0 * until_august + 7.0 * from_september) / 12.0
    expected = rebase(pupils * fee / 1e6, BOOK.price_base, "2024-25").value
    assert row["model"] == pytest.approx(expected, rel=1e-9)


def test_a_year_that_the_run_does_not_have_is_named_and_not_left_out():
    table = money_table(ledger({2024: 100.0}), BOOK)
    assert len(table) == len(money_targets())
    assert (table["verdict"] == NOT_IN_RUN).all()
    assert all(math.isnan(value) for value in table["model"])


def test_a_council_alone_is_not_set_beside_national_totals():
    assert money_table(ledger({2023: 1.0, 2024: 1.0}), BOOK, england=False).empty
