"""Money against public totals: prices times quantities, year by year, and no total is hidden."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.costing.deflate import rebase
from sencosim.costing.prices import PriceBook
from sencosim.outcomes.reconcile import AFTER, BEFORE, MEASURES, NOT_IN_RUN, money_table, money_targets

pytestmark = pytest.mark.property

BOOK = PriceBook.for_view("central")


def ledger(pupils: float, years: tuple[int, ...]) -> pd.DataFrame:
    rows = [(year, "none", "pupil_years.independent_special", pupils) for year in years]
    return pd.DataFrame(rows, columns=["year", "phase", "quantity", "value"])


def test_every_target_has_a_measure_and_each_measure_a_target():
    assert {target.measure for target in money_targets()} == set(MEASURES)


@given(st.floats(1.0, 1e6))
def test_fees_are_pupils_times_the_price_in_cash_of_the_year(pupils):
    table = money_table(ledger(pupils, (2023, 2024)), BOOK)
    row = table[(table["series"] == "independent_special_places") & (table["period"] == "2024-25")].iloc[0]
    fee = sum(c.price_gbp for c in BOOK.charges if c.item == "independent_fee")
    expected = rebase(pupils * fee / 1e6, BOOK.price_base, "2024-25").value
    assert row["model"] == pytest.approx(expected * (BEFORE + AFTER), rel=1e-9)


def test_a_year_that_the_run_does_not_have_is_named_and_not_left_out():
    table = money_table(ledger(100.0, (2024,)), BOOK)
    assert len(table) == len(money_targets())
    assert (table["verdict"] == NOT_IN_RUN).all()
    assert all(math.isnan(value) for value in table["model"])


def test_a_council_alone_is_not_set_beside_national_totals():
    assert money_table(ledger(1.0, (2023, 2024)), BOOK, england=False).empty
