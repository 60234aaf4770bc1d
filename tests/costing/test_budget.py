"""The budget statement: nothing is lost between years, payers and kinds, and each month has its own payer."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.costing.budget import (
    BUDGET_COLUMNS,
    FLOW_BACKS,
    KINDS,
    NEW_BURDENS_PAYERS,
    STATEMENT,
    budget_statement,
    cash_factor,
    flow_back_lines,
    kind_of,
    new_burdens,
    part_in_first_year,
    set_by,
    with_flow_backs,
)
from sencosim.costing.cost import cost, cost_of_difference
from sencosim.costing.deflate import real
from sencosim.costing.money import by_payer
from sencosim.costing.option import NEW_BURDENS_YEARS, AppraisalFrame, appraise_option
from sencosim.costing.prices import PriceBook
from sencosim.costing.tariffs import CENTRAL, COUNCILS, PART_AFTER, PolicyTerms, central_by_month
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.scenario.schema import Scenario
from sencosim.units import financial_year
from sencosim.vocabulary import PAYERS, PUBLIC_PAYERS

FRAME = AppraisalFrame(2026, 6)
BOOK = PriceBook.for_view("central")
AMOUNTS = st.dictionaries(
    st.sampled_from(sorted(BOOK.priced_quantities())), st.floats(-1e5, 1e5), min_size=1, max_size=10
)
LEDGERS = st.lists(st.tuples(st.integers(2025, 2033), AMOUNTS), min_size=1, max_size=5).map(
    lambda years: pd.DataFrame(
        [{"year": year, "quantity": name, "value": value} for year, found in years for name, value in found.items()]
    )
)
MONTHS = st.tuples(st.integers(2020, 2040), st.integers(1, 12)).map(lambda one: f"{one[0]}-{one[1]:02d}")
FUNDERS = st.sampled_from(sorted(PART_AFTER))


def statement_of(table: pd.DataFrame, funded_by: str, switch: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Priced lines and their statement, with high needs paid as asked."""
    book = replace(BOOK, high_needs_funded_by=funded_by, high_needs_switch=switch)  # type: ignore[arg-type]
    lines = cost(table, book)
    return lines, budget_statement(lines, FRAME, funded_by, switch)  # type: ignore[arg-type]


@pytest.mark.property
@settings(max_examples=20)
@given(LEDGERS, FUNDERS, MONTHS)
def test_both_calendars_add_up_to_the_same_for_every_payer(table: pd.DataFrame, funded_by: str, switch: str) -> None:
    lines, found = statement_of(table, funded_by, switch)
    years = by_payer(lines[lines["in_budget"] & lines["payer"].isin(PUBLIC_PAYERS)], 2026, 6, ["year"])
    told = years.set_index(["payer", "year"])["undiscounted_gbp"].to_dict()
    academic = found.groupby(["payer", "academic_year"])["real_gbp"].sum()
    for (payer, year), amount in academic.items():
        assert amount == pytest.approx(told[payer, int(year[:4])], abs=1e-3)
    for payer in PAYERS:
        own = found[found["payer"] == payer]
        by_year = own.groupby("financial_year")["real_gbp"].sum()
        whole = sum(amount for (name, _), amount in told.items() if name == payer)
        assert by_year.sum() == pytest.approx(whole, abs=1e-3)
        assert own.groupby("kind")["real_gbp"].sum().sum() == pytest.approx(whole, abs=1e-3)


@pytest.mark.property
@settings(max_examples=20)
@given(LEDGERS, FUNDERS, MONTHS)
def test_whoever_pays_the_purse_pays_the_same_in_every_financial_year(
    table: pd.DataFrame, funded_by: str, switch: str
) -> None:
    _, found = statement_of(table, funded_by, switch)
    _, plain = statement_of(table, "councils", switch)
    for amount in ("real_gbp", "cash_gbp"):
        sums, before = (one.groupby("financial_year")[amount].sum() for one in (found, plain))
        assert sums.to_numpy() == pytest.approx(before.to_numpy(), abs=1e-3)


@pytest.mark.property
@settings(max_examples=60)
@given(FUNDERS, MONTHS, st.integers(2024, 2036))
def test_councils_pay_to_the_month_and_central_government_from_it(funded_by: str, switch: str, year: int) -> None:
    table = pd.DataFrame({"year": range(2026, 2032), "quantity": "pupil_years.ap", "value": 12.0})
    _, found = statement_of(table, funded_by, switch)
    whole = found.loc[found["payer"].isin([COUNCILS, CENTRAL]), "real_gbp"].sum() / 72.0
    paid = found[found["financial_year"] == financial_year(year)].groupby("payer")["real_gbp"].sum()
    months = [
        central_by_month(academic, funded_by, switch)[number]  # type: ignore[arg-type]
        for academic, numbers in ((year - 1, range(7, 12)), (year, range(7)))
        for number in numbers
        if 2026 <= academic <= 2031
    ]
    assert paid.get(CENTRAL, 0.0) == pytest.approx(whole * sum(months), abs=1e-6)
    assert paid.get(COUNCILS, 0.0) == pytest.approx(whole * (len(months) - sum(months)), abs=1e-6)


@pytest.mark.unit
def test_the_switch_that_is_announced_falls_between_two_financial_years() -> None:
    table = pd.DataFrame({"year": [2027, 2028], "quantity": "pupil_years.ap", "value": 1.0})
    lines = cost(table, BOOK)
    found = budget_statement(lines, FRAME).groupby(["payer", "financial_year"])["real_gbp"].sum()
    year = BOOK.price("pupil_years.ap", COUNCILS)
    assert found[COUNCILS].to_dict() == pytest.approx({"2027-28": year * 7 / 12, "2028-29": 0.0})
    # All of the two academic years that falls into 2028-29 is central government's: five months and seven.
    assert found[CENTRAL].to_dict() == pytest.approx({"2027-28": 0.0, "2028-29": year, "2029-30": year * 5 / 12})


@pytest.mark.property
@pytest.mark.parametrize("switch", ["2000-01", "2099-12"])
@pytest.mark.parametrize("funded_by", sorted(PART_AFTER))
def test_a_switch_outside_the_horizon_leaves_one_payer_and_seven_months(funded_by: str, switch: str) -> None:
    for payer in (COUNCILS, CENTRAL):
        assert part_in_first_year(payer, 2028, funded_by, switch) == pytest.approx(7 / 12)  # type: ignore[arg-type]
    table = pd.DataFrame({"year": [2027], "quantity": "pupil_years.ap", "value": 1.0})
    _, found = statement_of(table, funded_by, switch)
    part = PART_AFTER[funded_by] * (switch < "2027")  # type: ignore[index]
    paid = found.groupby("payer")["real_gbp"].sum()
    assert paid.get(CENTRAL, 0.0) == pytest.approx(part * (paid.get(CENTRAL, 0.0) + paid.get(COUNCILS, 0.0)))


@pytest.mark.property
@settings(max_examples=20)
@given(LEDGERS)
def test_no_difference_is_zero_everywhere(table: pd.DataFrame) -> None:
    nothing = table.assign(value=0.0)
    lines = cost(nothing, BOOK)
    found = with_flow_backs(
        budget_statement(lines, FRAME), flow_back_lines(nothing, BOOK), FRAME, counted=BOOK.flow_backs_count
    )
    assert tuple(found.columns) == BUDGET_COLUMNS
    assert (found[["real_gbp", "cash_gbp"]] == 0.0).all(axis=None)
    assert (new_burdens(found, 3)[["real_gbp", "cash_gbp"]] == 0.0).all(axis=None)
    empty = budget_statement(lines.iloc[:0], FRAME)
    assert empty.empty
    assert tuple(empty.columns) == BUDGET_COLUMNS


@pytest.mark.property
@settings(max_examples=20)
@given(LEDGERS)
def test_cash_goes_back_to_real_at_the_deflator_of_its_financial_year(table: pd.DataFrame) -> None:
    _, found = statement_of(table, "councils_then_central", "2028-04")
    for row in found.to_dict("records"):
        assert real(row["cash_gbp"], row["financial_year"], "2025-26") == pytest.approx(row["real_gbp"], rel=1e-9)


@pytest.mark.unit
def test_cash_says_how_its_deflator_is_known() -> None:
    assert [cash_factor(year, "2025-26")[1] for year in (2024, 2025, 2030, 2031)] == [
        "actual",
        "forecast",
        "forecast",
        "extrapolated",
    ]
    assert cash_factor(2025, "2025-26")[0] == 1.0


@pytest.mark.unit
def test_every_item_with_a_kind_of_its_own_is_in_some_book() -> None:
    told = {charge.item for charge in BOOK.charges}
    assert {item for item in told if kind_of(item, "dfe") == "capital"} == {"special_places_built"}
    kinds = {kind_of(charge.item, charge.payer) for charge in BOOK.charges if charge.payer in PUBLIC_PAYERS}
    assert kinds == set(KINDS)


@pytest.mark.unit
def test_what_no_public_budget_sees_is_not_there() -> None:
    priced = {charge.quantity for charge in BOOK.charges if charge.payer not in PUBLIC_PAYERS or not charge.in_budget}
    assert priced
    table = pd.DataFrame({"year": 2027, "quantity": sorted(priced), "value": 1000.0})
    lines = cost(table, BOOK)
    found = budget_statement(lines, FRAME)
    assert set(found["payer"]) <= set(PUBLIC_PAYERS)
    public = lines[lines["payer"].isin(PUBLIC_PAYERS)]
    assert found["real_gbp"].sum() == pytest.approx(public.loc[public["in_budget"], "value_gbp"].sum())


@pytest.mark.property
@settings(max_examples=20)
@given(LEDGERS)
def test_new_burdens_are_those_of_the_appraisal(table: pd.DataFrame) -> None:
    first = pd.DataFrame({"year": range(2026, 2032), "quantity": "transport_none", "value": 0.0})
    years = first.assign(quantity="officer_hours")  # so that every year is there
    lines, found = statement_of(pd.concat([years, table], ignore_index=True), "councils_then_central", "2028-04")
    assert new_burdens(found, NEW_BURDENS_YEARS)["real_gbp"].sum() == pytest.approx(
        appraise_option(lines, FRAME).new_burdens, abs=1e-3
    )
    assert tuple(new_burdens(found, 3)["payer"]) == NEW_BURDENS_PAYERS


# ---------------------------------------------------------------- dates and reviews are data


@pytest.mark.unit
def test_the_date_of_the_switch_has_one_home_and_a_source() -> None:
    switch = load_appraisal_tables().high_needs_switch
    assert Scenario.model_fields["high_needs_pressure_from"].default == switch.month == "2028-04"
    assert PolicyTerms().high_needs_pressure_from == switch.month
    assert switch.status == "seen"
    assert switch.source.link.startswith("https://")


@pytest.mark.unit
def test_spending_reviews_name_the_years_they_set() -> None:
    assert set_by("2026-27", "resource") == "2025"
    assert set_by("2029-30", "resource") == "2027 on"
    assert set_by("2029-30", "capital") == "2025"
    assert set_by("2020-21", "capital") == ""
    for review in load_appraisal_tables().spending_reviews:
        assert review.sources
        assert review.status == "seen" or "not seen" in review.note


# ---------------------------------------------------------------- what flows back: all or none


@pytest.mark.property
@settings(max_examples=30)
@given(LEDGERS)
def test_all_is_none_and_the_block(table: pd.DataFrame) -> None:
    every = PriceBook.for_view("central", PolicyTerms(flow_backs="all"))
    found = {}
    for book in (BOOK, every):
        statement = budget_statement(cost_of_difference(table, book), FRAME)
        both = with_flow_backs(statement, flow_back_lines(table, book), FRAME, counted=book.flow_backs_count)
        keys = ["payer", "financial_year"]
        found[book.flow_backs_count] = {
            block: both[both["block"] == block].groupby(keys)["cash_gbp"].sum() for block in (STATEMENT, FLOW_BACKS)
        }
        assert set(both.loc[both["block"] == FLOW_BACKS, "counted"]) <= {book.flow_backs_count}
    without, block = found[False][STATEMENT], found[False][FLOW_BACKS]
    assert block.to_dict() == pytest.approx(found[True][FLOW_BACKS].to_dict(), abs=1e-6)
    assert set(block.index.get_level_values("payer")) <= {"exchequer"}
    together = without.add(block, fill_value=0.0)
    assert together.to_dict() == pytest.approx(found[True][STATEMENT].to_dict(), abs=1e-3)


@pytest.mark.unit
def test_a_statement_without_flow_backs_has_none_of_the_insurance_that_schools_pay() -> None:
    lines = cost(pd.DataFrame({"year": [2027], "quantity": "added_hours", "value": 1000.0}), BOOK)
    found = budget_statement(lines, FRAME)
    assert set(found["payer"]) == {"schools"}
    assert found["real_gbp"].sum() == pytest.approx(1000.0 * BOOK.price("added_hours"))
