"""A reader who multiplies and adds gets the net present social value to the pound."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.costing.cost import cost
from sencosim.costing.option import AppraisalFrame, measures
from sencosim.costing.prices import PriceBook
from sencosim.costing.sensitivity import public_net
from sencosim.costing.tariffs import PolicyTerms
from sencosim.costing.worksheet import WORKSHEET_COLUMNS, average_lines, totals, worksheet
from sencosim.errors import CostingError

GRANT = PriceBook.for_view("central", PolicyTerms("national_grant", "national_grant", "national_grant"))
FRAME = AppraisalFrame(first_year=2027, n_years=4)
AMOUNTS = st.dictionaries(st.sampled_from(sorted(GRANT.priced_quantities())), st.floats(-1e6, 1e6), min_size=1)
YEARS = st.lists(st.tuples(st.integers(2026, 2031), AMOUNTS), min_size=1, max_size=5)


def priced(years: list[tuple[int, dict[str, float]]]) -> pd.DataFrame:
    rows = [
        {"year": year, "phase": phase, "quantity": name, "value": value * share}
        for year, found in years
        for name, value in found.items()
        for phase, share in (("primary", 0.25), ("secondary", 0.75))
    ]
    return cost(pd.DataFrame(rows), GRANT)


@pytest.mark.property
@settings(max_examples=30)
@given(YEARS)
def test_recomputed_to_the_pound(years: list[tuple[int, dict[str, float]]]) -> None:
    lines = priced(years)
    sheet = worksheet(lines, FRAME)
    found = totals(sheet)
    expected = measures(lines, FRAME)
    assert list(sheet.columns) == list(WORKSHEET_COLUMNS)
    assert found["npsv"] == pytest.approx(expected.npsv, abs=0.01)
    assert found["pv_cost"] == pytest.approx(expected.pv_cost, abs=0.01)
    assert found["pv_public_net"] == pytest.approx(public_net(lines, FRAME), abs=0.01)


@pytest.mark.unit
def test_recomputed_by_hand_from_the_printed_numbers() -> None:
    lines = priced([(2027, {"added_hours": 250_000.0, "mediations": -40.0}), (2029, {"pupil_years.ap": -321.5})])
    text = worksheet(lines, FRAME).to_csv(index=False)
    npsv = Decimal(0)
    for row in csv.DictReader(io.StringIO(text)):
        amount = Decimal(row["units"]) * Decimal(row["price_gbp"])
        assert abs(amount - Decimal(row["amount_gbp"])) < Decimal("0.01")
        npsv -= amount * Decimal(row["discount_factor"]) * int(row["counts_in_npsv"])
    assert round(float(npsv)) == round(measures(lines, FRAME).npsv)


@pytest.mark.unit
def test_one_row_a_year_thing_and_payer() -> None:
    sheet = worksheet(priced([(2027, {"added_hours": 8.0}), (2028, {"mediations": 0.0})]), FRAME)
    assert set(sheet["quantity"]) == {"added_hours"}
    assert not sheet.duplicated(["academic_year", "item", "quantity", "payer"]).any()
    assert sheet["units"].unique().tolist() == [8.0]
    assert sheet["academic_year"].unique().tolist() == ["2027/28"]


@pytest.mark.unit
def test_several_draws_are_refused() -> None:
    lines = priced([(2027, {"mediations": 1.0})])
    other = lines.assign(price_gbp=lines["price_gbp"] * 2)
    with pytest.raises(CostingError, match="one view and one draw"):
        worksheet(pd.concat([lines, other]), FRAME)


@pytest.mark.unit
def test_a_mean_over_draws_is_recomputed_too() -> None:
    first = priced([(2027, {"mediations": 1.0, "added_hours": 4.0})]).assign(draw=1, replication=0)
    second = priced([(2027, {"mediations": 3.0})]).assign(draw=2, replication=0)
    second[["price_gbp", "value_gbp", "cashable_gbp"]] *= 2.0
    lines = average_lines(pd.concat([first, second]))
    mean = (measures(first, FRAME).npsv + measures(second, FRAME).npsv) / 2.0
    assert totals(worksheet(lines, FRAME))["npsv"] == pytest.approx(mean)
    assert lines.set_index("item").loc["mediation", "price_gbp"] == pytest.approx(700.0 * (1 + 3 * 2) / (1 + 3))
    assert lines.set_index("item").loc["senco_hours_added", "units"] == 2.0
    with pytest.raises(CostingError, match="no column draw"):
        average_lines(priced([(2027, {"mediations": 1.0})]))
    with pytest.raises(CostingError, match="no effective price"):
        average_lines(pd.concat([first, second.assign(units=-second["units"] / 3.0)]))


@pytest.mark.unit
def test_a_mean_leaves_out_what_has_neither_units_nor_money() -> None:
    lines = priced([(2027, {"mediations": 1.0, "added_hours": 4.0})]).assign(draw=1, replication=0)
    nothing = lines.assign(units=0.0, value_gbp=0.0, cashable_gbp=0.0, item="of nobody")
    pd.testing.assert_frame_equal(average_lines(pd.concat([lines, nothing])), average_lines(lines))
