"""Sensitivities on the same priced lines: one change at a time, and each says what it rests on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.costing.adjustments import OptimismBias
from sencosim.costing.cost import cost, cost_of_difference, reprice
from sencosim.costing.deflate import real
from sencosim.costing.option import AppraisalFrame, measures
from sencosim.costing.plain_flows import Flow, lines_of
from sencosim.costing.prices import ONLY_PRICES, PriceBook
from sencosim.costing.sensitivity import (
    PAIR_STEPS,
    Repriced,
    in_prices_of,
    lines_at,
    one_price_at_a_time,
    public_net,
    sensitivity_table,
    two_at_a_time,
    weights_on_and_off,
)
from sencosim.costing.tariffs import PolicyTerms
from sencosim.errors import CostingError
from sencosim.evidence.register import load_register
from sencosim.evidence.views import load_view
from sencosim.vocabulary import COLUMN

BOOK = PriceBook.for_view("central")
FRAME = AppraisalFrame()
BENEFIT = [0, 40, 80, 120, 160, 200, 240, 280, 280, 280]
AMOUNT_NAMES = ("pv_cost", "pv_benefit")
AMOUNTS = st.dictionaries(st.sampled_from(sorted(BOOK.priced_quantities())), st.floats(-1e4, 1e4), min_size=1)


VALUES = dict(load_view("central").values(load_register())) | {"provision_worth": 0.5}
BOOK_AT_HALF = PriceBook.from_values(VALUES, "central")
"""At a worth of provision of one half: at 1 a place fewer would change nothing."""


def rows_of(time: float = 1000.0, places: float = -1.0) -> pd.DataFrame:
    rows = [
        {"year": year, "quantity": name, "value": value}
        for year in range(2027, 2037)
        for name, value in (("added_hours", time), ("pupil_years.independent_special", places))
    ]
    return pd.DataFrame(rows)


def option(time: float = 1000.0, places: float = -1.0, book: PriceBook = BOOK) -> pd.DataFrame:
    return cost(rows_of(time, places), book)


def changes_of(ledger: pd.DataFrame, n_years: int = 10) -> np.ndarray:
    changes = np.zeros((n_years, len(COLUMN)))
    for row in ledger.to_dict("records"):
        changes[row["year"] - 2027, COLUMN[row["quantity"]]] += row["value"]
    return changes


def near_zero() -> pd.DataFrame:
    """Counts whose benefit is 1.02 times their cost."""
    found = measures(cost_of_difference(rows_of(), BOOK_AT_HALF), FRAME)
    return rows_of(places=-1.02 * found.pv_cost / found.pv_benefit)


@pytest.mark.unit
def test_table_reproduces_the_vectors_of_the_rules() -> None:
    flows = [
        Flow("SENCO time", [200.0] * 10, "cost", "schools", labour_share=1.0),
        Flow("Gain", BENEFIT, "benefit", "families", in_budget=False),
    ]
    table = sensitivity_table(lambda growth: lines_of(flows, real_pay_growth=growth)).set_index("case")
    assert round(table.loc["central", "npsv"], 6) == -358.753057
    assert round(table.loc["pay_growth_higher", "npsv"], 6) == -433.252027
    assert table.loc["pay_growth_lower", "npsv"] > -358.0
    assert table.loc["discounting_review_2026", "basis"] == "assumption"
    assert table.loc["optimism_bias", "basis"] == "assumption"
    assert table.loc["central", "basis"] == "in force"
    assert "discounting_low_rate" not in table.index
    assert table.loc["central", "change_gbp"] == 0.0
    assert table.loc["prices_2026-27", "npsv"] == pytest.approx(-358.753057 * real(1.0, "2025-26", "2026-27"))
    assert table.loc["prices_2026-27", "bcr_a"] == pytest.approx(table.loc["central", "bcr_a"])
    for name in table.index:
        change = table.loc[name, "npsv"] - table.loc["central", "npsv"]
        assert table.loc[name, "change_gbp"] == pytest.approx(change)


@pytest.mark.unit
def test_each_case_changes_what_it_says_and_nothing_else() -> None:
    lines = option(book=BOOK_AT_HALF)
    table = sensitivity_table(lines_at(lines, BOOK_AT_HALF), FRAME).set_index("case")
    bias = OptimismBias.of_staffing_duty()
    assert table.loc["optimism_bias", "pv_cost"] == pytest.approx(1.1 * table.loc["central", "pv_cost"])
    assert pd.isna(table.loc["optimism_bias", "pv_public_net"])
    assert table.loc["optimism_bias", "npsv"] == pytest.approx(measures(lines, FRAME, bias).npsv)
    # Time is all pay; of a place only the labour share grows, and of its worth the same.
    growth = {name: table.loc["pay_growth_higher", name] / table.loc["central", name] for name in AMOUNT_NAMES}
    assert growth["pv_cost"] > growth["pv_benefit"] > 1.0
    assert growth["pv_benefit"] - 1.0 == pytest.approx(0.7 * (growth["pv_cost"] - 1.0), rel=0.1)
    low = table.loc["discounting_review_2026"]
    assert low["pv_cost"] > table.loc["central", "pv_cost"]
    assert table.loc["central", "pv_public_net"] == pytest.approx(public_net(lines, FRAME))


@pytest.mark.property
@settings(max_examples=25)
@given(AMOUNTS, AMOUNTS)
def test_no_option_of_the_simulator_is_better_with_optimism_bias(
    soon: dict[str, float], late: dict[str, float]
) -> None:
    rows = [
        {"year": year, "quantity": name, "value": value}
        for year, part in ((2028, soon), (2036, late))
        for name, value in part.items()
    ]
    priced = cost(pd.DataFrame(rows), BOOK)
    slack = 1e-9 * priced["value_gbp"].abs().sum() + 1e-6
    bias = OptimismBias.of_staffing_duty()
    for _, lines in (*priced.groupby("item"), ("all", priced)):
        assert measures(lines, FRAME, bias).npsv <= measures(lines, FRAME).npsv + slack
    table = sensitivity_table(lines_at(priced, BOOK), FRAME).set_index("case")
    assert table.loc["optimism_bias", "change_gbp"] <= slack


@pytest.mark.unit
def test_the_low_rate_is_shown_for_long_horizons_only() -> None:
    frame = AppraisalFrame(n_years=60)
    flows = [Flow("cost", np.ones(60), "cost", "schools")]
    table = sensitivity_table(lambda growth: lines_of(flows, frame, growth), frame)
    assert "discounting_low_rate" in set(table["case"])


@pytest.mark.unit
def test_one_price_at_a_time_finds_swings_and_where_the_answer_turns() -> None:
    counts = near_zero()
    table = one_price_at_a_time(Repriced(changes_of(counts), VALUES, FRAME)).set_index("parameter")
    assert set(table.index) == ONLY_PRICES
    swings = table["swing_gbp"].dropna()
    assert list(swings) == sorted(swings, reverse=True)
    register = load_register()
    without = {name for name in ONLY_PRICES if register[name].interval is None}
    assert set(table.index[table["reading"] == "no interval in the register"]) == without
    assert table.loc["mediation_fee", "swing_gbp"] == 0.0
    assert table.loc["mediation_fee", "reading"] == "not reachable between low and high"
    pay = table.loc["teacher_employment_cost"]
    assert pay["npsv_low"] > 0.0 > pay["npsv_high"]
    at = PriceBook.from_values(VALUES | {"teacher_employment_cost": pay["switching_value"]}, "central")
    found = measures(cost_of_difference(counts, at), FRAME)
    assert found.npsv == pytest.approx(0.0, abs=1e-6 * found.pv_cost)
    assert pay["low"] < pay["switching_value"] < pay["high"]
    worth = table.loc["provision_worth"]
    assert worth["npsv_low"] > worth["npsv_high"]  # fewer places: the more a place is worth, the worse


@pytest.mark.unit
def test_two_at_a_time_is_one_at_a_time_at_the_ends_and_zero_where_it_says() -> None:
    priced = Repriced(changes_of(near_zero()), VALUES, FRAME)
    swings = one_price_at_a_time(priced)
    table = two_at_a_time(swings, priced)
    assert len(table) == PAIR_STEPS**2
    assert [table["parameter"].iloc[0], table["other"].iloc[0]] == list(swings["parameter"].iloc[:2])
    for row in table.iloc[[0, -1]].to_dict("records"):
        changed = {row["parameter"]: row["value"], row["other"]: row["other_value"]}
        assert row["npsv"] == pytest.approx(priced.npsv(**changed))
    turning = table.dropna(subset=["other_at_zero"])
    assert len(turning) > 0
    for row in turning.drop_duplicates("value").to_dict("records"):
        at_zero = priced.npsv(**{row["parameter"]: row["value"], row["other"]: row["other_at_zero"]})
        assert at_zero == pytest.approx(0.0, abs=1e-6 * abs(table["npsv"]).max())


@pytest.mark.unit
def test_what_moves_nothing_is_not_tried_together_with_another() -> None:
    priced = Repriced(changes_of(near_zero()), VALUES, FRAME)
    swings = one_price_at_a_time(priced)
    still = swings[swings["swing_gbp"] == 0.0].head(1)
    assert len(still) == 1
    assert two_at_a_time(pd.concat([swings.head(1), still]), priced).empty


@pytest.mark.unit
def test_sensitivities_move_the_mean_over_draws_by_what_they_move_the_point_values() -> None:
    points, mean = option(book=BOOK_AT_HALF), option(time=1200.0, book=BOOK_AT_HALF)
    central, changes = (measures(mean, FRAME).npsv, public_net(mean, FRAME)), changes_of(rows_of())
    alone, moved = Repriced(changes, VALUES, FRAME), Repriced(changes, VALUES, FRAME, central=central)
    assert moved.at() == pytest.approx(central)
    apart = central[0] - alone.npsv()
    assert moved.npsv(provision_worth=0.8) - alone.npsv(provision_worth=0.8) == pytest.approx(apart)
    table = sensitivity_table(lines_at(points, BOOK_AT_HALF), FRAME, mean=mean).set_index("case")
    at_points = sensitivity_table(lines_at(points, BOOK_AT_HALF), FRAME).set_index("case")
    assert table.loc["central", "npsv"] == pytest.approx(measures(mean, FRAME).npsv)
    for case in ("pay_growth_lower", "pay_growth_higher"):
        assert table.loc[case, "change_gbp"] == pytest.approx(at_points.loc[case, "change_gbp"])


@pytest.mark.unit
def test_repricing_needs_the_same_policy_terms() -> None:
    table = pd.DataFrame({"year": [2027], "quantity": ["added_hours"], "value": [1.0]})
    grant = PriceBook.for_view("central", PolicyTerms("national_grant"))
    with pytest.raises(CostingError, match="senco_hours_added_grant"):
        reprice(cost(table, grant), BOOK)


@pytest.mark.unit
def test_weights_of_one_change_nothing() -> None:
    lines = pd.concat([option().assign(phase="primary"), option(10.0).assign(phase="secondary")])
    same = weights_on_and_off(lines, FRAME, "phase", {"primary": 1.0, "secondary": 1.0})
    assert same["npsv"].iloc[0] == same["npsv"].iloc[1] == pytest.approx(measures(lines, FRAME).npsv)
    other = weights_on_and_off(lines, FRAME, "phase", {"primary": 2.0, "secondary": 1.0})
    assert other["npsv"].iloc[1] != other["npsv"].iloc[0]


@pytest.mark.property
@settings(max_examples=25)
@given(AMOUNTS, st.floats(-0.02, 0.02))
def test_repricing_is_pricing_anew(amounts: dict[str, float], growth: float) -> None:
    rows = [
        {"year": year, "quantity": name, "value": value} for year in (2027, 2033) for name, value in amounts.items()
    ]
    ledger = pd.DataFrame(rows)
    other = replace(PriceBook.for_view("sceptic"), real_pay_growth=growth)
    pd.testing.assert_frame_equal(reprice(cost(ledger, BOOK), other), cost(ledger, other))


@pytest.mark.property
@settings(max_examples=25)
@given(AMOUNTS, st.sampled_from(["2019-20", "2024-25", "2030-31"]))
def test_a_price_base_is_a_unit_and_comes_back(amounts: dict[str, float], period: str) -> None:
    rows = [{"year": 2027, "quantity": name, "value": value} for name, value in amounts.items()]
    lines = cost(pd.DataFrame(rows), BOOK)
    moved = in_prices_of(lines, period)
    back = in_prices_of(moved, "2025-26", base=period)
    assert back["value_gbp"].to_numpy() == pytest.approx(lines["value_gbp"].to_numpy(), abs=1e-4)
    ratio = real(1.0, "2025-26", period)
    assert measures(moved, FRAME).npsv == pytest.approx(ratio * measures(lines, FRAME).npsv, abs=1e-3)


@pytest.mark.unit
def test_the_worth_of_released_hours_swings_both_its_benefit_and_the_teachers_taken() -> None:
    rows = [
        {"year": year, "quantity": name, "value": value}
        for year in (2027, 2028)
        for name, value in (("added_hours", 1263.6 * 100.0), ("idle_hours", 1263.6 * 40.0))
    ]
    values = dict(load_view("central").values(load_register()))
    changes = changes_of(pd.DataFrame(rows))
    swings = one_price_at_a_time(Repriced(changes, values, FRAME)).set_index("parameter")
    swing = swings.loc["released_hours_value"]
    ends = [PriceBook.from_values(values | {"released_hours_value": swing[end]}, "central") for end in ("low", "high")]
    found = [measures(cost_of_difference(pd.DataFrame(rows), book), FRAME).npsv for book in ends]
    assert [swing["npsv_low"], swing["npsv_high"]] == pytest.approx(found)
    assert found[1] > found[0]
