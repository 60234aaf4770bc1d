"""Where the cost falls: budgets agree with what is published, rules share out one total, nothing breaks at zero."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes.conftest import small_run
from scipy.stats import t as students_t

from sencosim.evidence.councils import load_councils
from sencosim.evidence.grants import schools_blocks
from sencosim.evidence.register import load_register
from sencosim.model import RunResult, england
from sencosim.outcomes.areas import MODELLED, SHARED, pupil_shares
from sencosim.outcomes.council_purses import _rows, council_purses
from sencosim.outcomes.equity import GROUPINGS, group_results
from sencosim.outcomes.incidence import (
    KIND,
    RULES,
    Falls,
    funding,
    hours_cost,
    incidence,
    losers,
    steady_years,
)
from sencosim.outcomes.ratio import NO_MORE_HOURS, cost_per_hour, ratio_figures
from sencosim.outcomes.reconcile import WITHIN, budgets_table
from sencosim.outcomes.school_budgets import budget_checks, formula_parts, pupils_5_to_16, school_budgets
from sencosim.outcomes.summary import TOTAL, summarise
from sencosim.outcomes.uses import FOR_SEN
from sencosim.population.schools import PRIMARY
from sencosim.population.synthetic import synthetic_england
from sencosim.vocabulary import USES_OF_PAID_HOURS, Quantity

pytestmark = pytest.mark.usefixtures("every_region")

SHOWN = pd.DataFrame(
    {"view": ["central"], "outcome": [cost_per_hour("schools", "senco_work_hours")], "difference": [600.0]}
)
"""Ratios of a summary that states the cost per hour."""
ALL_GROUPINGS = [name for name in (*GROUPINGS, KIND) if name != "all"]


@pytest.fixture(scope="module")
def table(full_time: RunResult, every_region: None) -> pd.DataFrame:
    return incidence(full_time)


@pytest.fixture(scope="module")
def nothing() -> RunResult:
    return small_run("baseline")


# -- budgets ----------------------------------------------------------------------------------------------------------


@pytest.mark.unit
def test_budgets_add_up_to_the_published_total_and_none_is_below_its_lump_sum() -> None:
    schools = synthetic_england()
    budgets = school_budgets(schools)
    assert budgets.sum() / 1e6 == pytest.approx(load_register().number("nff_total"), rel=1e-9)
    has_pupils = pupils_5_to_16(schools) > 0.0
    assert (budgets[has_pupils] > load_register().number("nff_lump_sum")).all()
    assert (budgets[~has_pupils] == 0.0).all()


@pytest.mark.unit
def test_sparsity_is_of_small_rural_primaries_alone_and_each_part_goes_by_what_it_is_for() -> None:
    schools, number = synthetic_england(), load_register().number
    parts, pupils = formula_parts(schools)[1], pupils_5_to_16(schools)
    small = (pupils > 0.0) & (pupils < number("nff_sparsity_pupils")) & schools.rural & (schools.phase == PRIMARY)
    assert 0 < small.sum() < schools.n_schools
    assert ((parts["sparsity"] > 0.0) == small).all()
    per_pupil_on_meals = parts["deprivation"] / np.maximum(schools.fsm_share * pupils, 1e-12)
    assert len(set(parts["sparsity"][small])) == len(set(np.round(per_pupil_on_meals[pupils > 0.0], 6)) - {0.0}) == 1
    for name, total in (("sparsity", "nff_sparsity_total"), ("deprivation", "nff_deprivation_total")):
        assert (parts[name] * schools.expansion).sum() == pytest.approx(1e6 * number(total))


@pytest.mark.unit
def test_budgets_of_a_council_are_its_units_of_funding_moved_by_one_factor() -> None:
    schools = synthetic_england()
    budgets, factors = school_budgets(schools), []
    for number, council in enumerate(load_councils()):
        block = schools_blocks()[council.ons_code]
        rows = (schools.council == number) & (schools.phase == PRIMARY)
        if block.primary_unit_gbp and block.secondary_unit_gbp and rows.any():
            young, old = schools.roll[rows, :7].sum(), schools.roll[rows, 7:].sum()
            at_units = young * block.primary_unit_gbp + old * block.secondary_unit_gbp
            factors.append(budgets[rows].sum() / at_units)
    assert len(factors) > 140
    assert max(factors) == pytest.approx(min(factors), rel=1e-9)
    assert 1.0 < factors[0] < 1.3  # two years of settlements and three grants


@pytest.mark.unit
def test_worked_out_budgets_agree_with_what_they_were_not_made_from() -> None:
    found = budgets_table(synthetic_england())
    assert len(found) == len([*budget_checks(synthetic_england())]) >= 8
    assert (found["verdict"] == WITHIN).all(), found.to_string()


# -- incidence --------------------------------------------------------------------------------------------------------


SIZES = st.floats(0.0, 1e6).map(
    lambda size: round(size, 3)
)  # sizes so small that shares of them underflow are no sizes


@pytest.mark.property
@given(
    st.lists(
        st.tuples(*([SIZES] * 4), st.floats(-1e8, 1e8)).filter(lambda row: row[0] > 0.0),
        min_size=1,
        max_size=8,
    )
)
def test_every_rule_gives_out_the_total_and_no_more(groups: list[tuple[float, ...]]) -> None:
    parts = np.array(groups)
    rows = np.concatenate([parts.sum(axis=0, keepdims=True), parts])
    falls = Falls(rows[:, :4], rows[:, 4], rows[:, 4])
    for rule in RULES:
        given_out = funding(falls, 0, rule)
        shared = rule == "own_cost" or rows[0, {"lump_sum": 0, "per_pupil": 1, "per_sen_pupil": 2}[rule]] > 0.0
        total = falls.duty[0] if shared else 0.0
        size = np.abs(falls.duty).sum() + 1.0
        assert given_out[1:].sum() == pytest.approx(total, abs=1e-6 * size)


@pytest.mark.engine
@pytest.mark.parametrize("grouping", ALL_GROUPINGS)
def test_groups_add_up_to_all_schools_and_gains_to_zero(table: pd.DataFrame, grouping: str) -> None:
    whole = table[table["grouping"] == "all"].iloc[0]
    rows = table[table["grouping"] == grouping]
    assert len(rows) > 0
    for name in ("schools", "pupils", "sen_pupils", "budget_gbp", "duty_gbp"):
        assert rows[name].sum() == pytest.approx(whole[name], rel=1e-9), name
    for rule in RULES:
        assert whole[f"gain_{rule}_gbp"] == whole[f"gain_{rule}_share"] == 0.0
        assert rows[f"gain_{rule}_gbp"].sum() == pytest.approx(0.0, abs=1e-6 * whole["duty_gbp"])
        assert rows[f"funding_{rule}_gbp"].sum() == pytest.approx(whole["duty_gbp"], rel=1e-9)
    assert (rows["gain_own_cost_gbp"] == 0.0).all()


@pytest.mark.engine
def test_shares_are_of_the_budget_and_small_schools_bear_more(table: pd.DataFrame) -> None:
    funded = table[table["budget_gbp"] > 0.0]
    assert np.allclose(funded["duty_share"], funded["duty_gbp"] / funded["budget_gbp"], rtol=1e-9)
    assert table.loc[table["budget_gbp"] == 0.0, "duty_share"].isna().all()  # nobody of 5 to 16: no core budget
    sizes = table[table["grouping"] == "size"].set_index("group")["duty_share"]
    assert sizes["primary, under 100"] > 2.0 * sizes["secondary, 750-1249"]
    assert table.loc[table["grouping"] == "all", "monte_carlo_error"].iloc[0] > 0.0


@pytest.mark.engine
def test_groups_of_schools_count_the_schools_that_results_by_group_count(
    full_time: RunResult, table: pd.DataFrame
) -> None:
    known = group_results(full_time, "central").drop_duplicates(["grouping", "group"])
    joined = known.merge(table, on=["grouping", "group"], suffixes=("_known", ""))
    assert len(joined) > 10
    assert np.allclose(joined["schools"], joined["schools_known"])


@pytest.mark.engine
def test_a_grant_leaves_the_cost_of_the_duty_as_it_is(full_time: RunResult, table: pd.DataFrame) -> None:
    granted = small_run("full_time", **{"levers.protected_time.funded_by": "national_grant"})
    other = incidence(granted)
    assert np.allclose(other["duty_gbp"], table["duty_gbp"])
    assert np.allclose(other["net_gbp"], table["net_gbp"])
    hours = [hours_cost(one, SHOWN)["school_cost_gbp"].iloc[0] for one in (granted, full_time)]
    assert hours[0] < 0.5 * hours[1]  # the cost per extra hour is what schools pay, the grant taken off


@pytest.mark.engine
def test_without_a_policy_all_is_zero_and_nothing_is_divided_by_zero(nothing: RunResult) -> None:
    found = incidence(nothing)
    money = [name for name in found.columns if name.endswith(("_gbp", "_share")) and name != "budget_gbp"]
    has_budget = found["budget_gbp"] > 0.0
    assert (found.loc[has_budget, money] == 0.0).all(axis=None)
    for rule in RULES:
        lose, groups, share = losers(found, "size", rule)
        assert (lose, share) == (0, 0.0)
        assert groups > 0
    hours = hours_cost(nothing, SHOWN)
    assert hours["cost_per_extra_hour_gbp"].isna().all()
    assert (hours[["extra_hours", "school_cost_gbp"]] == 0.0).all(axis=None)
    outcomes = ratio_figures(summarise(nothing, "x", "X"))["outcome"]
    assert cost_per_hour("", "senco_work_hours") not in set(outcomes)
    assert (council_purses(nothing)["high_needs_change_gbp"] == 0.0).all()


@pytest.mark.unit
def test_schools_short_of_a_hundredth_of_their_budget_lose_and_none_that_miss_next_to_nothing() -> None:
    gains = {"gain_lump_sum_share": [-0.01, 0.01, 0.0, -1e-5, math.nan], "schools": [30.0, 10.0, 10.0, 40.0, 10.0]}
    table = pd.DataFrame({"grouping": "size", **gains})
    assert losers(table, "size", "lump_sum") == (1, 5, 0.3)


@pytest.mark.engine
def test_steady_years_begin_when_the_phase_in_ends(full_time: RunResult) -> None:
    long = full_time.scenario.model_copy(update={"horizon": full_time.scenario.horizon.model_copy(update={"years": 6})})
    assert steady_years(long) == [2029, 2030, 2031, 2032]
    assert steady_years(full_time.scenario) == [full_time.scenario.horizon.last]


# -- cost per extra hour ----------------------------------------------------------------------------------------------


@pytest.mark.engine
def test_extra_hours_are_uses_for_sen_less_unpaid_hours_replaced(full_time: RunResult) -> None:
    for totals in full_time.points("central"):
        for arm in (totals.baseline, totals.policy):
            counts = arm.sum(axis=(0, 1))
            paid = sum(counts[one] for name in FOR_SEN for one in USES_OF_PAID_HOURS[name])
            assert counts[Quantity.USED_HOURS] == pytest.approx(paid, rel=2e-3)


@pytest.mark.engine
def test_cost_per_extra_hour_is_cost_over_hours_and_shown_only_where_hours_are_more(full_time: RunResult) -> None:
    summary = summarise(full_time, "x", "X")
    rows = ratio_figures(summary)
    own = rows[(rows["view"] == "central") & (rows["outcome"] == cost_per_hour("schools", "senco_work_hours"))].iloc[0]
    figures = summary.figures[(summary.figures["view"] == "central") & (summary.figures["year"] == TOTAL)]

    def total(outcome: str, payer: str) -> float:
        chosen = (figures["outcome"] == outcome) & (figures["payer"] == payer)
        return float(figures.loc[chosen, "difference"].iloc[0])

    expected = total("payer_net", "schools") / total("senco_work_hours", "")
    hours = figures[figures["outcome"] == "senco_work_hours"].iloc[0]
    if hours["p10"] > 0.0:
        assert own["difference"] == pytest.approx(expected, rel=1e-9)
    else:
        assert math.isnan(own["difference"])
        assert own["note"] == NO_MORE_HOURS


@pytest.mark.engine
def test_hours_by_group_add_up(full_time: RunResult) -> None:
    found = hours_cost(full_time, SHOWN)
    whole = found[found["grouping"] == "all"].iloc[0]
    lacking = []
    for grouping in ("phase", "size", "fsm_fifth", "region"):
        rows = found[found["grouping"] == grouping]
        for name in ("paid_added", "extra_hours"):
            assert rows[name].sum() == pytest.approx(whole[name], rel=1e-9), (grouping, name)
        lacking.append(whole["school_cost_gbp"] - rows["school_cost_gbp"].sum())
    of_councils, in_regions = lacking[0], lacking.pop()
    assert in_regions == pytest.approx(0.0, abs=0.01)
    assert lacking == pytest.approx([of_councils] * 3)
    assert 0.0 < abs(of_councils) < 0.01 * whole["school_cost_gbp"]
    assert whole["extra_hours"] < whole["paid_added"]


@pytest.mark.engine
def test_cost_per_extra_hour_of_a_group_is_what_stands_in_its_row_divided_or_a_blank(full_time: RunResult) -> None:
    """A mean of the replications' own ratios is another figure, however few the hours of one of them."""
    found = hours_cost(full_time, SHOWN)
    each = [hours_cost_of(full_time, number) for number in range(2)]
    told = found["cost_per_extra_hour_gbp"].notna()
    assert told.iloc[0]
    assert 1 < told.sum() < len(found)
    expected = found["school_cost_gbp"] / found["extra_hours"]
    assert np.allclose(found.loc[told, "cost_per_extra_hour_gbp"], expected[told], rtol=1e-9)
    extra = np.array([one["extra_hours"] for one in each])
    half = students_t.ppf(0.9, 1) * np.abs(extra[0] - extra[1]) / 2.0
    assert (told == (extra.mean(axis=0) > half)).all()
    ratios = [one["school_cost_gbp"] / one["extra_hours"] for one in each]
    assert np.allclose(found.loc[told, "monte_carlo_error"], (np.abs(ratios[0] - ratios[1]) / 2.0)[told])


def hours_cost_of(run: RunResult, replication: int) -> pd.DataFrame:
    """The table from one replication alone: its hours and cost, of which no ratio is told."""
    points = list(run.points("central"))
    one: Any = SimpleNamespace(scenario=run.scenario, points=lambda _: iter([points[replication]]))
    found = hours_cost(one, SHOWN)
    assert found["cost_per_extra_hour_gbp"].isna().all()
    return found


@pytest.mark.engine
def test_no_group_has_a_cost_per_extra_hour_where_the_summary_withholds_that_of_all(full_time: RunResult) -> None:
    for ratios in (SHOWN.assign(difference=math.nan), SHOWN.assign(view="sceptic"), SHOWN.assign(outcome="bcr")):
        assert hours_cost(full_time, ratios)[["cost_per_extra_hour_gbp", "monte_carlo_error"]].isna().all(axis=None)


# -- councils ---------------------------------------------------------------------------------------------------------


@pytest.mark.unit
def test_councils_that_were_not_run_have_their_share_of_england() -> None:
    n = len(load_councils())
    mean = np.zeros((n + 10, 3))
    mean[-1] = (100.0, 40.0, 2_000.0)
    count = np.zeros(n + 10, dtype=np.int64)
    count[3], mean[3] = 2, (7.0, 3.0, 50.0)
    rows = pd.DataFrame(_rows(mean, np.zeros(n + 10), count, whole=True))
    assert len(rows) == n
    assert rows.loc[3, "high_needs_change_gbp"] == 7.0
    assert rows.loc[3, "basis"] == MODELLED
    others = rows.drop(index=3)
    assert (others["basis"] == SHARED).all()
    shares = others["area_code"].map(pupil_shares())
    assert np.allclose(others["high_needs_change_gbp"], 100.0 * shares)
    count[5], mean[5] = 1, (9.0, 4.0, 60.0)
    chosen = _rows(mean, np.zeros(n + 10), count, whole=False)  # of a run of these two councils
    assert [row["area_code"] for row in chosen] == [load_councils()[place].ons_code for place in (3, 5)]
    assert [row["high_needs_change_gbp"] for row in chosen] == [7.0, 9.0]
    assert _rows(mean, np.zeros(n + 10), count, whole=True)[5]["basis"] == SHARED  # once says nothing of chance there


@pytest.mark.engine
def test_a_run_of_one_council_has_its_own_figures_beside_its_published_balance(full_time: RunResult) -> None:
    (row,) = council_purses(full_time).to_dict("records")
    assert (row["area_name"], row["basis"], row["balance_pct"]) == ("Rutland", MODELLED, -3.12)
    assert row["balance_gbp"] == pytest.approx(-0.0312 * 37_757_313, rel=0.01)
    assert math.isfinite(row["change_of_block"])
    assert incidence(full_time)["budget_gbp"].iloc[0] < school_budgets(england(full_time.options)).sum() / 1000.0
