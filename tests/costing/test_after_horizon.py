"""After the horizon: pupils already affected go on to cost until they leave, and places built go on to serve."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.costing.after_horizon import (
    LAST_AGE_YEARS,
    POST16,
    RESIDUAL,
    RUNS_OFF,
    SEN_SUPPORT,
    WAITING,
    WITH_A_PLAN,
    RunOff,
    after_horizon,
    residual_value,
    run_off,
)
from sencosim.costing.cost import cost
from sencosim.costing.option import AppraisalFrame
from sencosim.costing.prices import PriceBook
from sencosim.errors import CostingError
from sencosim.evidence.register import load_register
from sencosim.evidence.views import load_view
from sencosim.units import N_YEAR_GROUPS
from sencosim.vocabulary import PAYERS

FRAME = AppraisalFrame(first_year=2027, n_years=10)
PLAIN = RunOff(1.75, 0.18, 0.0, 0.0, 0.0, 0.0, 40.0)
RATES = st.builds(RunOff, st.floats(0.5, 4.0), *(st.floats(0.0, 0.9) for _ in range(5)), st.floats(1.0, 100.0))


def ledger(year: int, amounts: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame([{"year": year, "quantity": name, "value": value} for name, value in amounts.items()])


@pytest.mark.unit
def test_a_stock_in_school_is_gone_after_twelve_years_and_feeds_the_stock_after_it() -> None:
    table = run_off(ledger(2036, {"pupil_years.ehc_plan": -120.0}), FRAME, PLAIN)
    school = table[table["quantity"] == "pupil_years.ehc_plan"].set_index("year")["value"]
    assert list(school.index) == list(range(2037, 2037 + LAST_AGE_YEARS))
    assert list(school.iloc[:3]) == pytest.approx([-110.0, -100.0, -90.0])
    assert (school.iloc[11:] == 0.0).all()
    later = table[table["quantity"] == POST16].set_index("year")["value"]
    assert list(later.iloc[:2]) == pytest.approx([-10 * 0.82, -(10 * 0.82 + 10) * 0.82])
    assert later.iloc[-1] == pytest.approx(later.iloc[11] * 0.82**8)


@pytest.mark.unit
def test_home_education_and_alternative_provision_leave_nothing_behind() -> None:
    table = run_off(ledger(2036, {"pupil_years.home_education": 12.0, "pupil_years.ap": 1.0}), FRAME, PLAIN)
    assert POST16 not in set(table["quantity"])
    provision = table[table["quantity"] == "pupil_years.ap"]["value"]
    assert provision.iloc[1] / provision.iloc[0] == pytest.approx(provision.iloc[0])


@pytest.mark.unit
def test_only_the_last_year_and_only_where_pupils_are_runs_off(book: PriceBook) -> None:
    table = pd.concat([ledger(2035, {"pupil_years.ehc_plan": 5.0}), ledger(2036, {"added_hours": 9.0})])
    assert len(run_off(table, FRAME, PLAIN)) == 0
    assert (after_horizon(table, book, FRAME, PLAIN)["present_value_gbp"] == 0.0).all()


@pytest.mark.unit
def test_those_who_wait_for_the_senco_are_on_sen_support_a_year_later() -> None:
    waiting = run_off(ledger(2036, {WAITING: 12.0}), FRAME, PLAIN)
    supported = run_off(ledger(2036, {SEN_SUPPORT: 12.0}), FRAME, PLAIN)
    pd.testing.assert_frame_equal(waiting, supported)
    assert set(waiting["quantity"]) == {SEN_SUPPORT}
    both = run_off(ledger(2036, {WAITING: -12.0, SEN_SUPPORT: 12.0}), FRAME, PLAIN)
    assert (both["value"] == 0.0).all(), "a pupil who is identified sooner is no further pupil"


@pytest.mark.unit
def test_value_is_discounted_to_the_base_of_the_headline(book: PriceBook) -> None:
    only_after = replace(PLAIN, post16_leaving_rate=1.0)
    table = after_horizon(ledger(2036, {"pupil_years.independent_special": -12.0}), book, FRAME, only_after)
    rows = table[table["part"] == RUNS_OFF].set_index("payer")
    fee = 64_000.0 * 103.2388 / 100.0
    expected = sum(-fee * (12 - k) * 1.035 ** -(9 + k) for k in range(1, 13))
    assert rows.loc["central_high_needs", "present_value_gbp"] == pytest.approx(expected)
    assert rows.loc["dfe", "present_value_gbp"] == pytest.approx(-expected * 6_000.0 / fee)


@pytest.mark.unit
def test_the_run_off_has_the_social_value_of_its_lines() -> None:
    values = load_view("central").values(load_register()) | {"provision_worth": 0.5}  # at 1 provision cancels
    book = PriceBook.from_values(values, "central")
    left = {"pupil_years.independent_special": -12.0, "pupil_years.home_education": 3.0, SEN_SUPPORT: 5.0}
    table = after_horizon(ledger(2036, left), book, FRAME, PLAIN)
    lines = cost(run_off(ledger(2036, left), FRAME, PLAIN).astype({"year": int}), book)
    used = lines[(lines["nature"] == "resource") & lines["in_social"]]
    factor = 1.035 ** -(used["year"] - 2027)
    assert table["npsv_gbp"].sum() == pytest.approx(-(used["value_gbp"] * factor).sum())
    assert table["npsv_gbp"].sum() != 0.0


@pytest.mark.property
@given(st.lists(st.floats(0.0, 500.0), min_size=10, max_size=10), st.floats(1.0, 100.0))
def test_places_keep_what_their_life_leaves_and_nobody_is_paid_it(places: list[float], life: float) -> None:
    book = PriceBook.for_view("central")
    table = pd.concat([ledger(2027 + year, {"special_places_added": n}) for year, n in enumerate(places)])
    rows = after_horizon(table, book, FRAME, replace(PLAIN, place_life_years=life))
    left = rows[rows["part"] == RESIDUAL].iloc[0]
    built = cost(table, book)
    built = built[built["nature"] == "resource"].groupby("year")["value_gbp"].sum()
    expected = sum(value * max(0.0, 1.0 - (2037 - year) / life) for year, value in built.items()) / 1.035**10
    assert left["npsv_gbp"] == pytest.approx(expected, abs=1e-6)
    assert left["present_value_gbp"] == pytest.approx(-expected, abs=1e-6)
    assert (left["budget_gbp"], left["cashable_gbp"]) == (0.0, 0.0)
    assert 0.0 <= left["npsv_gbp"] <= (built / 1.035 ** (built.index - 2027)).sum() + 1e-6
    assert list(rows["payer"].iloc[:-1]) == list(PAYERS)


@pytest.mark.unit
def test_a_policy_without_new_places_leaves_no_residual_value(book: PriceBook) -> None:
    table = after_horizon(ledger(2036, {"added_hours": 9.0, "pupil_years.ehc_plan": 5.0}), book, FRAME, PLAIN)
    left = table[table["part"] == RESIDUAL]
    assert (left[["npsv_gbp", "present_value_gbp", "undiscounted_gbp"]] == 0.0).all(axis=None)
    later = residual_value(ledger(2037, {"special_places_added": 9.0}), book, FRAME, 40.0)
    assert later.empty, "places after the horizon cost nothing in it"


@pytest.mark.unit
def test_the_rule_is_read_from_the_register(values: dict[str, object]) -> None:
    rule = RunOff.from_values(values)
    assert (rule.ap_stay_years, rule.post16_leaving_rate, rule.place_life_years) == (1.75, 0.18, 40.0)
    rates = [float(str(values[f"sen_support_exit_rate_{phase}"])) for phase in ("primary", "secondary")]
    assert min(rates) < rule.support_ended_rate < max(rates)
    with pytest.raises(CostingError, match="ap_stay_years"):
        RunOff.from_values({})


@pytest.mark.unit
def test_keys_stay_apart() -> None:
    two = pd.concat(
        [
            ledger(2036, {"pupil_years.ap": 1.0}).assign(draw=0, council="E06000001"),
            ledger(2036, {"pupil_years.ap": 2.0}).assign(draw=1, council="E06000001"),
        ]
    )
    table = run_off(two, FRAME, PLAIN)
    sums = table.groupby("draw")["value"].sum()
    assert sums[1] == pytest.approx(2 * sums[0])
    assert set(table["council"]) == {"E06000001"}


@pytest.mark.property
@given(RATES, st.sampled_from((*WITH_A_PLAN, SEN_SUPPORT)))
def test_nobody_is_made(rule: RunOff, quantity: str) -> None:
    left = rule.share_left(quantity)
    fed = rule.post16_fed(quantity)
    assert (left[1:] <= left[:-1] + 1e-12).all()
    assert (left + fed <= 1.0 + 1e-9).all()
    assert (fed >= 0.0).all()


@pytest.mark.property
@given(RATES, st.sampled_from(WITH_A_PLAN))
def test_of_those_still_in_school_one_year_group_leaves_each_year_and_keeps_its_plans(
    rule: RunOff, quantity: str
) -> None:
    ended = rule._rate(quantity)
    kept = np.concatenate([[1.0], rule.share_left(quantity)])
    oldest = kept[:N_YEAR_GROUPS] / np.arange(N_YEAR_GROUPS, 0, -1)
    assert kept[1 : N_YEAR_GROUPS + 1] == pytest.approx((kept[:N_YEAR_GROUPS] - oldest) * (1.0 - ended), abs=1e-12)
    forever = replace(rule, post16_leaving_rate=0.0).post16_fed(quantity)
    assert forever[:N_YEAR_GROUPS] == pytest.approx(np.cumsum(oldest), abs=1e-12)
    assert forever[N_YEAR_GROUPS:] == pytest.approx(forever[N_YEAR_GROUPS - 1], abs=1e-12)
    after = rule.share_left(POST16)
    assert after == pytest.approx(np.cumprod(np.full(LAST_AGE_YEARS, 1.0 - rule.post16_leaving_rate)), abs=1e-12)
