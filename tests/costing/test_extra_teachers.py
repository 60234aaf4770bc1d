"""Hours released have a worth that is not cash; teachers taken from classes have a price that is paid once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sencosim.costing.cost import cost, cost_of_difference
from sencosim.costing.extra_teachers import (
    EXTRA_TEACHERS,
    increases,
    teachers_per_hour,
    with_extra_teachers,
)
from sencosim.costing.money import by_payer, flows
from sencosim.costing.option import AppraisalFrame, measures
from sencosim.costing.prices import PriceBook

Floats = npt.NDArray[np.float64]
YEAR = 32.4 * 39
Ledger = Callable[..., pd.DataFrame]


def book_at(values: dict[str, object], value: float) -> PriceBook:
    return PriceBook.from_values(values | {"released_hours_value": value}, "central")


def of_item(lines: pd.DataFrame, item: str = "teacher_found") -> pd.DataFrame:
    """Lines of one of the charges on a teacher taken."""
    return lines[lines["item"] == item]


def hours(by_year: dict[int, tuple[float, float]]) -> pd.DataFrame:
    """Hours added and hours released a year, in full-time years."""
    rows = [
        {"year": year, "quantity": name, "value": YEAR * amount}
        for year, pair in by_year.items()
        for name, amount in zip(("added_hours", "idle_hours"), pair, strict=True)
    ]
    return pd.DataFrame(rows)


@pytest.mark.unit
@pytest.mark.parametrize(("value", "taken"), [(0.0, [100, 20]), (0.5, [80, 15]), (1.0, [60, 10])])
def test_teachers_are_taken_once_and_released_hours_give_some_back(value: float, taken: list[float]) -> None:
    per_hour = teachers_per_hour({"full_time_hours_per_week": 32.4, "released_hours_value": value})
    table = with_extra_teachers(hours({2027: (100, 40), 2028: (120, 50), 2029: (110, 50)}), per_hour)
    rows = table[table["quantity"] == EXTRA_TEACHERS]
    assert rows["year"].tolist() == [2027, 2028]
    assert rows["value"].tolist() == pytest.approx(taken)


@pytest.mark.property
@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=12))
def test_increases_are_never_below_zero_and_reach_the_top(teachers: list[float]) -> None:
    risen = increases(np.array(teachers))
    assert (risen >= 0.0).all()
    assert risen.sum() >= max(teachers) - 1e-6


@pytest.mark.property
@given(arrays(np.float64, (4, 6), elements=st.floats(-1e4, 1e4)))
def test_parts_of_one_market_add_up_to_it_and_markets_of_their_own_take_no_fewer(teachers: Floats) -> None:
    market = teachers.sum(axis=0)
    together = increases(market)
    assert increases(teachers, market).sum(axis=0) == pytest.approx(together, abs=1e-6)
    assert (increases(teachers).sum(axis=0) >= together - 1e-6).all()
    assert np.array_equal(increases(market, market), together)


@pytest.mark.unit
def test_years_that_the_ledger_leaves_out_had_no_hours(values: dict[str, object]) -> None:
    lines = cost_of_difference(hours({2027: (10, 0), 2029: (10, 0)}), book_at(values, 0.5))
    assert of_item(lines)["units"].tolist() == pytest.approx([10.0, 10.0])


@pytest.mark.unit
def test_phases_are_one_market_and_draws_stay_apart(values: dict[str, object]) -> None:
    first = hours({2027: (10, 0), 2028: (8, 0)}).assign(phase="primary", draw=0)
    second = hours({2027: (10, 0), 2028: (13, 0)}).assign(phase="secondary", draw=0)
    other = hours({2027: (1, 0)}).assign(phase="primary", draw=1)
    ledger = pd.concat([first, second, other], ignore_index=True).astype({"phase": "category"})
    lines = cost_of_difference(ledger, book_at(values, 0.0))
    taken = of_item(lines).sort_values(["draw", "year"])
    assert taken[["draw", "year"]].to_numpy().tolist() == [[0, 2027], [0, 2028], [1, 2027]]
    assert taken["units"].tolist() == pytest.approx([20.0, 1.0, 1.0])
    assert set(taken["phase"]) == {"none"}


@pytest.mark.unit
def test_a_teacher_is_found_supplied_and_covered_once_and_each_by_its_payer(values: dict[str, object]) -> None:
    book = book_at(values, 0.0)
    lines = cost_of_difference(hours({2027: (10, 0), 2028: (10, 0)}), book)
    of_teachers = lines[lines["quantity"] == EXTRA_TEACHERS]
    payers = by_payer(of_teachers, 2027, 2).set_index("payer")
    training = 38_000.0 * 103.2388 / 74.5804
    week = 72_851.0 * 103.2388 / (7 / 12 * 103.2388 + 5 / 12 * 105.3095) * (1 - 0.0948) / 39
    expected = {"schools": 3_000.0, "dfe": training * (1 - 0.5 * (1 - 0.68)), "pupils": 8 * 0.3 * week}
    for payer, price in expected.items():
        assert book.price(EXTRA_TEACHERS, payer) == pytest.approx(price), payer
        assert payers.loc[payer, "undiscounted_gbp"] == pytest.approx(10 * price), payer
    assert payers["undiscounted_gbp"].sum() == pytest.approx(10 * sum(expected.values()))
    assert payers.loc["pupils", "budget_gbp"] == 0.0
    assert set(of_teachers["side"]) == {"policy"}


@pytest.mark.unit
def test_released_hours_are_worth_something_and_move_no_budget(ledger: Ledger, values: dict[str, object]) -> None:
    table = ledger({"leaked_hours": 1000.0, "idle_hours": 500.0})
    for value in (0.0, 0.5, 1.0):
        book = book_at(values, value)
        lines = cost(table, book)
        resource = sum(c.price_gbp for c in book.charges if c.item == "senco_hours_added")
        assert measures(lines, AppraisalFrame(2027, 1)).npsv == pytest.approx(1500.0 * value * resource)
        assert (lines["cashable_gbp"] == 0.0).all()
        yearly = flows(lines, 2027, 1)
        assert yearly[["public_net_gbp", "public_saving_gbp", "cashable_saving_gbp"]].to_numpy().sum() == 0.0


@pytest.mark.unit
def test_an_hour_added_and_released_at_full_worth_costs_the_country_nothing(values: dict[str, object]) -> None:
    lines = cost_of_difference(hours({2027: (10, 10)}), book_at(values, 1.0))
    assert measures(lines, AppraisalFrame(2027, 1)).npsv == pytest.approx(0.0, abs=1e-6)
