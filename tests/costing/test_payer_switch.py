"""High-needs charges move to central government in April 2028, and nothing else moves."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.costing.accounts import RESOURCES
from sencosim.costing.cost import cost, journal, reprice, trial_balance
from sencosim.costing.money import by_payer, flows
from sencosim.costing.prices import PriceBook
from sencosim.costing.tariffs import CENTRAL, COUNCILS, PART_AFTER, PolicyTerms, central_share, terms_of
from sencosim.scenario.schema import Scenario
from sencosim.vocabulary import PAYERS, PUBLIC_PAYERS

BOOKS = {
    name: PriceBook.for_view("central", PolicyTerms(high_needs_pressure_funded_by=name))  # type: ignore[arg-type]
    for name in PART_AFTER
}
AMOUNTS = st.dictionaries(
    st.sampled_from(sorted(BOOKS["councils"].priced_quantities())), st.floats(-1e5, 1e5), min_size=1, max_size=12
)
LEDGERS = st.lists(st.tuples(st.integers(2025, 2032), AMOUNTS), min_size=1, max_size=5).map(
    lambda years: pd.DataFrame(
        [{"year": year, "quantity": name, "value": value} for year, found in years for name, value in found.items()]
    )
)
SETTINGS = st.sampled_from(sorted(PART_AFTER))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("funded_by", "shares"),
    [
        ("councils_then_central", (0.0, 5 / 12, 1.0, 1.0)),
        ("shared", (0.0, 5 / 24, 0.5, 0.5)),
        ("councils", (0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_the_switch_falls_inside_an_academic_year(funded_by: str, shares: tuple[float, ...]) -> None:
    found = [central_share(year, funded_by) for year in (2026, 2027, 2028, 2040)]  # type: ignore[arg-type]
    assert found == pytest.approx(shares)


@pytest.mark.property
@given(st.integers(2000, 2060), st.integers(2020, 2040), st.integers(1, 12))
def test_each_month_has_one_payer(year: int, calendar_year: int, month: int) -> None:
    months = [(year + (m > 12), m if m <= 12 else m - 12) for m in range(9, 21)]
    after = sum(one >= (calendar_year, month) for one in months)
    assert central_share(year, "councils_then_central", f"{calendar_year}-{month:02d}") == pytest.approx(after / 12)


@pytest.mark.property
@settings(max_examples=30)
@given(LEDGERS, SETTINGS)
def test_only_high_needs_moves_and_the_public_sum_is_unchanged(table: pd.DataFrame, funded_by: str) -> None:
    before, after = (by_payer(cost(table, BOOKS[name]), 2025, 8, ["year"]) for name in ("councils", funded_by))
    wide = [one.pivot_table(index="year", columns="payer", values="undiscounted_gbp") for one in (before, after)]
    pair = [COUNCILS, CENTRAL]
    others = [payer for payer in PAYERS if payer not in pair]
    assert wide[1][others].to_numpy() == pytest.approx(wide[0][others].to_numpy(), abs=1e-3)
    assert wide[1][pair].sum(axis=1).to_numpy() == pytest.approx(wide[0][pair].sum(axis=1).to_numpy(), abs=1e-3)
    for year in wide[1].index:
        part = central_share(int(year), funded_by)  # type: ignore[arg-type]
        assert wide[1].loc[year, CENTRAL] == pytest.approx(part * wide[0].loc[year, COUNCILS], abs=1e-3)
    one, two = (flows(cost(table, BOOKS[name]), 2025, 8) for name in ("councils", funded_by))
    assert two.to_numpy() == pytest.approx(one.to_numpy(), abs=1e-3)


@pytest.mark.property
@settings(max_examples=30)
@given(LEDGERS, SETTINGS)
def test_the_journal_still_balances_and_lines_can_be_repriced(table: pd.DataFrame, funded_by: str) -> None:
    book = BOOKS[funded_by]
    lines = cost(table, book)
    balance = trial_balance(journal(lines, book)).set_index("account")["net_cost_gbp"]
    used = lines.loc[lines["nature"] == "resource", "value_gbp"].sum()
    assert -balance[RESOURCES] == pytest.approx(used, abs=1e-3)
    pd.testing.assert_frame_equal(reprice(lines, book), lines)
    dearer = replace(book, real_pay_growth=0.02)
    pd.testing.assert_frame_equal(reprice(lines, dearer), cost(table, dearer))


@pytest.mark.unit
def test_a_scenario_says_from_which_month() -> None:
    asked = Scenario.model_validate({"name": "later", "high_needs_pressure_from": "2030-12"})
    quantity = "pupil_years.independent_special"
    table = pd.DataFrame({"year": [2028, 2030, 2031], "quantity": quantity, "value": 100.0})
    lines = cost(table, PriceBook.for_view("central", terms_of(asked)))
    units = lines[lines["item"] == "independent_fee"].pivot_table(
        index="year", columns="payer", values="units", aggfunc="sum", fill_value=0.0
    )
    assert units[CENTRAL].to_list() == pytest.approx([0.0, 75.0, 100.0])
    assert units[COUNCILS].to_list() == pytest.approx([100.0, 25.0, 0.0])


@pytest.mark.unit
def test_the_new_payer_is_public_and_stands_beside_councils() -> None:
    assert PUBLIC_PAYERS.index(CENTRAL) == PUBLIC_PAYERS.index(COUNCILS) + 1
    assert PAYERS[: len(PUBLIC_PAYERS)] == PUBLIC_PAYERS


@pytest.mark.unit
def test_lines_that_nobody_else_pays_stay_as_they_are() -> None:
    table = pd.DataFrame({"year": [2035, 2026], "quantity": ["added_hours", "pupil_years.state_special"], "value": 2.0})
    own, switched = (cost(table, BOOKS[name]) for name in ("councils", "councils_then_central"))
    assert COUNCILS in set(own["payer"])
    pd.testing.assert_frame_equal(switched, own)
