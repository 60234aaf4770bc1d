"""How large an effect would pay: exact quotients, priced again to check, and neutral where a policy costs nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes.conftest import small_run

from sencosim.costing.discount import annuity_factor, present_value
from sencosim.costing.money import money_by_year
from sencosim.costing.prices import HEADLINES, ONLY_PRICES, PROGRESS, PriceBook
from sencosim.decisions.spread import Plain
from sencosim.evidence.register import load_register
from sencosim.model import RunResult
from sencosim.outcomes.appraisal import appraisal_tables
from sencosim.outcomes.catalogue import OUTCOMES
from sencosim.outcomes.columns import EVENTS, money_outcomes, one_event_fewer, physical_outcomes, stock_by_year
from sencosim.outcomes.needed import (
    GROUPS,
    GROUPS_NEEDED,
    MAIN_GROUP,
    MEASURES,
    MONTHS,
    NEEDED,
    PAIRS,
    Draws,
    needed_number,
    needed_table,
    pair_line,
    pairs_table,
)
from sencosim.outcomes.needed_of_run import (
    EXAM_YEARS,
    Progress,
    Pupils,
    _pupils,
    groups_table,
    month_prices,
    worth_of_month,
)
from sencosim.outcomes.summary import PRESENT_VALUE, Summary, summarise
from sencosim.report.needed import needed_in_words, spread_in_words
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.studies.breakeven import needed_of_ensemble
from sencosim.studies.from_run import draws_of_run
from sencosim.studies.space import uncertain
from sencosim.terminal.settings import with_settings
from sencosim.units import N_YEAR_GROUPS
from sencosim.vocabulary import COLUMN, Quantity

EVENT_NAMES = [event.name for event in EVENTS]
amounts = st.floats(1.0, 1e6)


def draws(cost: Mapping[str, list[float]] | None = None, spared: float = 2.0, n: int = 3) -> Draws:
    """Made-up draws in which every event is worth the same and the run avoids one of each."""
    cost = {"public": [10.0, 20.0, 30.0], "social": [1.0, 2.0, 3.0]} if cost is None else cost
    return Draws(
        cost={measure: np.array(cost[measure]) for measure in MEASURES},
        spared={(measure, name): np.full(n, spared) for measure in MEASURES for name in EVENT_NAMES},
        avoided=dict.fromkeys(EVENT_NAMES, np.ones(n)),
        today=dict.fromkeys(EVENT_NAMES, np.full(n, 100.0)),
        weights=np.full(n, 1.0 / n),
    )


# -- quotients --------------------------------------------------------------------------------------------------------


@pytest.mark.property
@given(amounts, amounts, st.floats(-1e3, 1e3))
def test_what_is_needed_pays_exactly_the_net_cost(cost: float, worth: float, already: float) -> None:
    needed = float(needed_number(cost, worth, already))
    assert (needed - already) * worth == pytest.approx(cost, rel=1e-6)


@pytest.mark.property
@given(st.floats(-1e6, 0.0), st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
def test_a_policy_that_costs_nothing_needs_nothing(cost: float, worth: float, already: float) -> None:
    assert float(needed_number(cost, worth, already)) == 0.0


@pytest.mark.property
@given(amounts, st.floats(-1e6, 0.0))
def test_what_is_worth_nothing_never_pays(cost: float, worth: float) -> None:
    assert float(needed_number(cost, worth)) == math.inf


@pytest.mark.unit
def test_a_table_of_draws_is_at_the_means_and_over_the_draws() -> None:
    table = needed_table(draws()).set_index(["measure", "event"])
    assert len(table) == 2 * len(EVENTS)
    assert (table.loc["public", "needed"] == 1.0 + 20.0 / 2.0).all()
    assert table.loc["public", "share_of_today"].to_numpy() == pytest.approx(0.11)
    assert (table.loc["public", "needed_low"] < table.loc["public", "needed"]).all()
    assert (table.loc["public", "needed"] < table.loc["public", "needed_high"]).all()
    assert (table["pays"] == 0.0).all()


@pytest.mark.unit
def test_ends_are_said_where_no_number_does_in_some_draws() -> None:
    mixed = draws()
    some = np.array([2.0, -1.0, 2.0])
    told = Draws(mixed.cost, dict.fromkeys(mixed.spared, some), mixed.avoided, mixed.today, mixed.weights)
    row = needed_table(told).iloc[0]
    assert np.isfinite(row["needed"])
    assert row["needed_high"] == math.inf
    assert np.isfinite(row["needed_low"])


# -- a plan fewer -----------------------------------------------------------------------------------------------------


@pytest.mark.property
@given(st.floats(0.5, 20.0), st.integers(1, 40))
def test_a_stock_fills_from_half_a_year_and_never_beyond_its_stay(lasts: float, n_years: int) -> None:
    stock = stock_by_year(lasts, n_years)
    assert 0.0 < stock[0] <= 0.5
    assert (np.diff(stock) >= -1e-9).all()
    assert (stock <= lasts * (1 + 1e-9)).all()


@pytest.mark.unit
def test_a_plan_fewer_keeps_pupils_and_what_schools_provide() -> None:
    baseline = np.zeros((5, len(Quantity)))
    numbers = {"plans_issued.mainstream": 10.0, "plans_issued.exogenous": 5.0, "plans_entering_reception": 2.0}
    numbers |= {"pupil_years.ehc_plan": 60.0, "done.annual_review": 50.0, "assessments": 20.0, "ep_hours": 300.0}
    for name, number in numbers.items():
        baseline[:, COLUMN[name]] = number
    change = one_event_fewer(baseline)[EVENT_NAMES.index("new_plans")]
    assert (change[:, COLUMN["plans_issued.mainstream"]] == -1.0).all()
    moved = change[:, COLUMN["pupil_years.ehc_plan"]] + change[:, COLUMN["pupil_years.sen_support"]]
    assert (moved == 0.0).all()
    assert change[:, COLUMN["ep_hours"]] == pytest.approx(-300.0 / 15.0)
    book = PriceBook.for_view("central")
    lines = [one for one in book.charges if one.item == "school_provision"]
    provided = sum((change[:, COLUMN[one.quantity]] * one.price_gbp).sum() for one in lines if one.quantity in COLUMN)
    assert provided == pytest.approx(0.0, abs=1e-6)


@pytest.mark.unit
def test_where_no_event_happens_nobody_knows_what_one_fewer_is_worth() -> None:
    """A small place may have no new plan in all its years, and no exclusion. Worth nothing is another answer."""
    baseline = np.zeros((5, len(Quantity)))
    changes = dict(zip(EVENT_NAMES, one_event_fewer(baseline), strict=True))
    assert {name for name, change in changes.items() if np.isnan(change).any()} == {
        "new_plans",
        "appeals",
        "permanent_exclusions",
    }
    book, scenario = PriceBook.for_view("central"), Scenario()
    money = money_outcomes(baseline, baseline, scenario, book)
    assert {name for name, value in money.items() if math.isnan(value)} == {
        f"fewer_{measure}.{name}" for measure in MEASURES for name in ("new_plans", "appeals", "permanent_exclusions")
    }
    baseline[:, COLUMN["permanent_exclusions.noticed"]] = 1.0
    assert np.isfinite(one_event_fewer(baseline)[EVENT_NAMES.index("permanent_exclusions")]).all()


@pytest.mark.unit
def test_a_ratio_of_nothing_is_unknown_and_a_count_of_nothing_is_none() -> None:
    nothing = np.zeros((Scenario().simulated_years, len(Quantity)))
    found = physical_outcomes(nothing, nothing, Scenario())
    ratios = {one.name for one in OUTCOMES if one.per}
    assert {name for name, value in found.items() if math.isnan(value)} == ratios
    assert len(ratios) > 3
    assert all(value == 0.0 for name, value in found.items() if name not in ratios)


@pytest.mark.unit
def test_effects_are_told_from_the_draws_in_which_the_event_happens() -> None:
    mixed = draws()
    some = np.array([2.0, math.nan, 4.0])
    told = Draws(mixed.cost, dict.fromkeys(mixed.spared, some), mixed.avoided, mixed.today, mixed.weights)
    row = needed_table(told).iloc[0]
    assert row["spared_by_one_gbp"] == 3.0
    assert row["needed"] == pytest.approx(1.0 + 20.0 / 3.0)
    assert row["n_draws"] == 2
    assert [row["needed_low"], row["needed_high"]] == pytest.approx([1.0 + 10.0 / 2.0, 1.0 + 30.0 / 4.0], rel=0.2)
    assert spread_in_words(row.to_dict()).startswith(" In 80 % of the 2 draws, of 3, in which there is such an event: ")
    paying = replace(told, cost={**mixed.cost, "public": np.array([10.0, -20.0, 30.0])})
    assert needed_table(paying).iloc[0]["n_draws"] == 2, "whether a draw counts must not depend on its answer"
    never = Draws(
        mixed.cost, dict.fromkeys(mixed.spared, np.full(3, math.nan)), mixed.avoided, mixed.today, mixed.weights
    )
    table = needed_table(never)
    assert table[["needed", "needed_low", "needed_high", "spared_by_one_gbp"]].isna().all().all()
    assert (table["n_draws"] == 0).all()
    for row in table.to_dict("records"):
        assert "unknown here" in needed_in_words(row)
        assert spread_in_words(row) == ""
    assert pairs_table(never, np.ones(3)).empty


# -- months -----------------------------------------------------------------------------------------------------------


@pytest.mark.unit
def test_months_are_priced_by_the_register_and_by_no_price_book() -> None:
    register = load_register()
    price, years = month_prices(Scenario(), "central", [0, 1, 2])
    assert price[0] > register.number(PROGRESS[0]) * register.number(PROGRESS[1])  # deflated to the price base
    assert years[0] == register.number(PROGRESS[2])
    assert len(set(price.tolist())) == 3
    assert not set(PROGRESS) & (ONLY_PRICES | set(HEADLINES) | set(uncertain(Scenario(), "central")))
    for view in ("campaign", "central", "sceptic"):
        assert not {name for one in PriceBook.for_view(view).charges for name in one.parameters} & set(PROGRESS)


@pytest.mark.property
@given(amounts, amounts, st.floats(0.0, 4.0))
def test_twice_the_price_of_a_month_halves_the_months(cost: float, price: float, before: float) -> None:
    leavers = np.full(10, 7.0)
    once, twice = (float(needed_number(cost, worth_of_month(leavers, k * price, before))) for k in (1.0, 2.0))
    assert twice == pytest.approx(once / 2.0)


@pytest.mark.unit
def test_a_scenario_may_say_what_attainment_is_worth() -> None:
    why = {"value": 2.0 * load_register().number(PROGRESS[0]), "why": "to see what it moves"}
    doubled = Scenario(overrides={PROGRESS[0]: why})
    for view in ("central", "sceptic"):
        once, twice = (month_prices(one, view, [0])[0][0] for one in (Scenario(), doubled))
        assert twice == pytest.approx(2.0 * once)


@pytest.mark.unit
def test_only_cohorts_that_the_policy_had_time_for_gain() -> None:
    leavers = np.array([5.0, 5.0, 5.0, 5.0])
    assert worth_of_month(leavers, 3.0, 4.0) == 0.0
    assert worth_of_month(leavers, 3.0, 0.0) == pytest.approx(15.0 * annuity_factor(4))
    assert worth_of_month(leavers, 3.0, 1.0, start=1) == pytest.approx(15.0 * float(present_value([0, 0, 1, 1])))
    assert worth_of_month(leavers, 3.0, 0.0, start=2) == pytest.approx(15.0 * float(present_value([0, 0, 1, 1])))


@pytest.mark.unit
def test_groups_share_their_cost_and_a_primary_school_has_no_exam() -> None:
    n_years = 4
    pupils = {one.name: Pupils(np.full((3, n_years), 50.0), np.full(n_years, 0.4), 0) for one in GROUPS}
    progress = Progress(np.full(3, 2.0), {one.name: np.full(3, 4.0) for one in GROUPS})
    table = groups_table(draws(), Plain(3), pupils, progress).set_index(["group", "phase"])
    assert len(table) == 3 * len(GROUPS)
    row = table.loc[(MAIN_GROUP, "")]
    assert row["public"] == pytest.approx(20.0 / (50.0 * annuity_factor(n_years)))
    assert row["leavers"] == pytest.approx(50.0 * 0.4 / EXAM_YEARS)
    assert row["months"] == pytest.approx(2.0 / 4.0)
    assert table.loc[(MAIN_GROUP, "primary"), "pupils"] + table.loc[(MAIN_GROUP, "secondary"), "pupils"] == 50.0
    assert np.isnan(table.loc[(MAIN_GROUP, "primary"), "months"])
    assert table.loc[(MAIN_GROUP, "secondary"), "months"] == row["months"]
    assert 0 < EXAM_YEARS < N_YEAR_GROUPS


# -- two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.property
@given(amounts, amounts, amounts, st.floats(-100.0, 100.0), st.floats(-100.0, 100.0))
def test_a_line_goes_through_what_either_effect_needs_alone(
    cost: float, first: float, second: float, had: float, has: float
) -> None:
    one, other, a, b, c = (np.array([x]) for x in (first, second, had, has, cost))
    alone = float(needed_number(cost, first, had))
    at = np.array([had, alone])
    line = pair_line(c, (one, other), (a, b), at)[0]
    assert line[0] == pytest.approx(float(needed_number(cost, second, has)), rel=1e-6)
    assert (line[1] - has) * second == pytest.approx(0.0, abs=1e-6 * cost + 1e-6 * abs(second))


@pytest.mark.unit
def test_there_is_no_line_where_the_second_effect_is_worth_nothing() -> None:
    assert pairs_table(draws(spared=-1.0), np.full(3, 4.0))["measure"].unique().tolist() == ["social"]
    both = pairs_table(draws(), np.full(3, 4.0))
    assert both["second"].unique().tolist() == [MONTHS, "independent_placements"]


# -- of a run ---------------------------------------------------------------------------------------------------------


@pytest.mark.engine
@pytest.mark.parametrize("view", ["central", "sceptic"])
def test_the_net_cost_is_that_of_the_summary(summary: Summary, tables: dict[str, pd.DataFrame], view: str) -> None:
    rows = summary.figures.set_index(["view", "outcome", "payer", "year"])["difference"]
    table = tables[NEEDED][tables[NEEDED]["view"] == view].set_index("measure")["net_cost_gbp"]
    for measure, outcome, sign in (("public", "net_public_cost", 1.0), ("social", "npsv", -1.0)):
        told = sign * rows[view, outcome, "", PRESENT_VALUE]
        assert table[measure].to_numpy() == pytest.approx(told, abs=0.01)


@pytest.mark.engine
@pytest.mark.parametrize("view", ["central", "sceptic"])
def test_changed_counts_priced_again_come_to_zero_on_the_line(
    whole_run: RunResult, summary: Summary, tables: dict[str, pd.DataFrame], view: str
) -> None:
    """Take the counts of each pair, avoid the events of a point of the line, and price the whole again."""
    table = tables[PAIRS]
    point = table[(table["view"] == view) & (table["measure"] == "public")].iloc[4]
    spread, pairs = summary.spread(view, len(summary.averaged(view))), list(summary.averaged(view).values())
    more = {
        EVENT_NAMES.index("new_plans"): point["at"] - point["first_in_run"],
        EVENT_NAMES.index("independent_placements"): point["needed"] - point["second_in_run"],
    }
    found = []
    for pair in pairs:
        fewer = one_event_fewer(pair.baseline)
        changed = pair.change + sum(number * fewer[place] for place, number in more.items())
        priced = money_by_year(changed, pair.book, whole_run.scenario.horizon.first)
        found.append(float(present_value(priced["net_public_cost"])))
    whole = tables[NEEDED][tables[NEEDED]["view"] == view]["net_cost_gbp"].max()
    assert float(spread.weights @ np.array(found)) == pytest.approx(0.0, abs=1e-6 * whole)


@pytest.mark.engine
def test_break_even_of_the_draws_of_a_run_says_the_same(whole_run: RunResult, tables: dict[str, pd.DataFrame]) -> None:
    keys = ["view", "measure", "event"]
    own = tables[NEEDED].set_index(keys)
    other = needed_of_ensemble(draws_of_run(whole_run), whole_run.scenario.name).set_index(keys)
    assert set(own.index) == set(other.index)
    for name in ("net_cost_gbp", "spared_by_one_gbp", "avoided_in_run", "needed", "today"):
        assert other.loc[own.index, name].to_numpy(dtype=float) == pytest.approx(
            own[name].to_numpy(dtype=float), rel=1e-9, abs=1e-6
        )


@pytest.mark.engine
def test_a_run_that_changes_nothing_needs_nothing() -> None:
    run = small_run("baseline")
    found = appraisal_tables(run, summarise(run, "E06000017", "Rutland"))
    assert (found[NEEDED][["needed", "needed_low", "needed_high"]] == 0.0).all(axis=None)
    assert (found[GROUPS_NEEDED]["months"].dropna() == 0.0).all()
    assert (found[NEEDED]["pays"] == 1.0).all()


@pytest.mark.engine
@pytest.mark.parametrize(("name", "in_force"), [("full_time", 3), ("delayed", 1)])
def test_pupils_are_those_of_the_years_in_force(whole_run: RunResult, name: str, in_force: int) -> None:
    """The delayed policy starts two years later: of a horizon of three years one is left."""
    scenario = load_scenario(name).scenario.model_copy(update={"horizon": whole_run.scenario.horizon})
    run: Any = SimpleNamespace(scenario=scenario, points=whole_run.points)
    first = scenario.horizon.years - in_force
    assert {one.start for one in _pupils(run, "central", {}).values()} == {first}


@pytest.mark.engine
def test_groups_of_a_run_add_up(tables: dict[str, pd.DataFrame]) -> None:
    groups = tables[GROUPS_NEEDED]
    both = groups[groups["phase"] == ""].pivot_table(index="view", columns="group", values="pupils")
    assert (both["noticed"] + both["sen_support"] + both["ehc_plan"]).to_numpy() == pytest.approx(
        both["all_need"].to_numpy()
    )
    phases = groups[groups["phase"] != ""].groupby(["view", "group"])["pupils"].sum()
    whole = groups[groups["phase"] == ""].set_index(["view", "group"])["pupils"]
    assert phases.to_numpy() == pytest.approx(whole.sort_index().to_numpy())


@pytest.mark.unit
def test_years_before_the_exams_may_be_set_like_any_assumption() -> None:
    resolved = with_settings("full_time", {f"overrides.{PROGRESS[2]}.value": "3", f"overrides.{PROGRESS[2]}.why": "a"})
    assert month_prices(resolved.scenario, "central", [0])[1][0] == 3.0
