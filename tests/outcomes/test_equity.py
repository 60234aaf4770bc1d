"""Results by group: groups add up to all schools, contrasts are differences, money is what schools pay."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sencosim.costing.discount import present_value
from sencosim.costing.money import money_by_year
from sencosim.model import RunResult, price_book
from sencosim.outcomes.catalogue import MEASURES, MONEY_MEASURES, SHARE_MEASURES
from sencosim.outcomes.equity import (
    CONTRAST,
    CONTRASTS,
    FIFTH,
    GROUPINGS,
    PLACE,
    WEIGHTED,
    derived_results,
    group_results,
    results_by_group,
)
from sencosim.outcomes.summary import PRESENT_VALUE, summarise
from sencosim.vocabulary import COLUMN

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("every_region")]


@pytest.fixture(scope="module")
def table(full_time: RunResult, every_region: None) -> pd.DataFrame:
    return group_results(full_time, "central")


def of(table: pd.DataFrame, grouping: str, group: str) -> pd.DataFrame:
    return table[(table["grouping"] == grouping) & (table["group"] == group)].set_index("measure")


@pytest.mark.parametrize("grouping", [name for name in GROUPINGS if name != "all"])
def test_groups_of_a_grouping_add_up_to_all_schools(full_time: RunResult, table: pd.DataFrame, grouping: str) -> None:
    whole = of(table, "all", GROUPINGS["all"])
    parts = table[(table["grouping"] == grouping) & ~table["group"].str.contains(CONTRAST)]
    for name in ("added_hours", "unpaid_hours"):  # a week per school, so weighted by schools
        rows = parts[parts["measure"] == name]
        for column in ("baseline", "policy"):
            mean = float((rows[column] * rows["schools"]).sum() / rows["schools"].sum())
            assert mean == pytest.approx(whole.loc[name, column], rel=1e-9)
    rows = parts[parts["measure"] == "school_cost"]
    of_councils = 0.0 if grouping == "region" else _council_part(full_time)
    assert of_councils != 0.0 or grouping == "region"
    expected = whole.loc["school_cost", "difference"] * whole.loc["school_cost", "schools"] - of_councils
    assert (rows["difference"] * rows["schools"]).sum() == pytest.approx(expected, rel=1e-9)
    assert rows["schools"].sum() == pytest.approx(whole.loc["school_cost", "schools"])


def test_contrasts_are_differences_of_groups_and_pairs_have_smaller_errors_than_sums(table: pd.DataFrame) -> None:
    found = 0
    for grouping, one, other in CONTRASTS:
        gap, first, second = (of(table, grouping, name) for name in (f"{one}{CONTRAST}{other}", one, other))
        if gap.empty:
            continue
        found += 1
        for name in gap.index:
            expected = first.loc[name, "difference"] - second.loc[name, "difference"]
            assert gap.loc[name, "difference"] == pytest.approx(expected, rel=1e-9, abs=1e-12)
            most = first.loc[name, "monte_carlo_error"] + second.loc[name, "monte_carlo_error"]
            assert gap.loc[name, "monte_carlo_error"] <= most + 1e-12
    assert found >= 2


def test_every_measure_is_there_for_all_schools_and_policy_less_baseline_is_the_difference(
    table: pd.DataFrame,
) -> None:
    whole = of(table, "all", GROUPINGS["all"])
    assert {one.name for one in MEASURES} <= set(whole.index) | {"weeks_to_file", "weeks_to_sen_support"}
    money = [one.name for one in MONEY_MEASURES]
    assert set(money) <= set(whole.index)
    levels = whole.drop(index=money)
    assert np.allclose(levels["policy"] - levels["baseline"], levels["difference"])
    assert len(table[table["grouping"] == FIFTH]) > len(table[table["grouping"] == PLACE]) > 0


def test_the_cost_to_schools_is_that_of_the_summary(full_time: RunResult, table: pd.DataFrame) -> None:
    figures = summarise(full_time, "E06000017", "Rutland").runs
    chosen = (figures["outcome"] == "payer_net") & (figures["payer"] == "schools") & (figures["year"] == PRESENT_VALUE)
    own = figures[chosen]
    points = own[(own["view"] == "central") & (own["draw"] == 0)]["difference"].mean()
    whole = of(table, "all", GROUPINGS["all"]).loc["school_cost"]
    assert whole["difference"] * whole["schools"] == pytest.approx(points, rel=1e-6)


def test_teachers_are_found_where_hours_are_added_whichever_schools_add_them(full_time: RunResult) -> None:
    """A policy that moves nothing in primary schools: what it costs others is what it costs all, teachers included."""
    pair, horizon = next(full_time.points("central")), full_time.scenario.horizon
    is_primary = np.array([key[0] == "primary" for key in pair.groups])
    moved = np.where(is_primary[:, None, None], pair.group_baseline, pair.group_policy)
    counted_by_councils = np.array([key == ("none", "none") for key in pair.strata])
    still = np.where(counted_by_councils[:, None, None], pair.baseline, pair.policy)
    found = results_by_group([replace(pair, group_policy=moved, policy=still)], full_time.scenario, "central")
    change = (moved - pair.group_baseline)[:, -horizon.years :].sum(axis=0)
    book = price_book(full_time.scenario, "central", pair.values)
    cost = present_value(money_by_year(change, book, horizon.first)["payer_net.schools"])
    for grouping, group in (("all", GROUPINGS["all"]), ("phase", "secondary")):
        row = of(found, grouping, group).loc["school_cost"]
        assert row["difference"] * row["schools"] == pytest.approx(cost)
    assert of(found, "phase", "primary").loc["school_cost", "difference"] == 0.0


def _council_part(result: RunResult) -> float:
    """What schools pay for things that are counted at the council, which has no group."""
    parts = []
    horizon = result.scenario.horizon
    start = horizon.first - result.scenario.start_year
    for totals in result.points("central"):
        row = totals.strata.index(("none", "none"))
        gap = (totals.policy - totals.baseline)[row, start : start + horizon.years]
        book = price_book(result.scenario, "central", totals.values)
        parts.append(float(present_value(money_by_year(gap, book, horizon.first)["payer_net.schools"])))
    return float(np.mean(parts))


def test_shares_of_need_and_of_hours_add_up_to_the_whole(table: pd.DataFrame) -> None:
    for share in SHARE_MEASURES:
        rows = table[(table["measure"] == share.name) & ~table["group"].str.contains(CONTRAST)]
        for grouping in GROUPINGS:
            assert rows[rows["grouping"] == grouping]["policy"].sum() == pytest.approx(100.0)
    hours = of(table, "fsm_fifth", "1 (fewest)").loc["hours_share"]
    assert hours["baseline"] == 0.0
    assert hours["policy"] == pytest.approx(hours["difference"])


def test_one_replication_has_no_error(full_time: RunResult) -> None:
    table = group_results(full_time, "sceptic")
    single = table[table["n_replications"] == 1]
    assert single["monte_carlo_error"].isna().all()


def test_derived_figures_are_shares_of_counts(full_time: RunResult) -> None:
    table = derived_results(full_time, "central").set_index("measure")
    assert list(table.index) == [one.name for one in WEIGHTED]
    horizon = full_time.scenario.horizon
    start = horizon.first - full_time.scenario.start_year
    hours, week = [], math.nan
    for totals in full_time.points("central"):
        gap = (totals.policy - totals.baseline)[:, start : start + horizon.years].sum(axis=(0, 1))
        worth = totals.values["released_hours_value"]  # noqa: PD011
        released = gap[COLUMN["leaked_hours"]] + gap[COLUMN["idle_hours"]]
        hours.append((gap[COLUMN["added_hours"]] - worth * released) / horizon.years)
        week = totals.values["full_time_hours_per_week"]  # noqa: PD011
    assert table.loc["teachers_needed", "difference"] == pytest.approx(np.mean(hours) / week / 39)
    assert table.loc["teachers_needed", "baseline"] == 0.0
    assert 0 < table.loc["looked_after", "baseline"] < 100
    sceptic = derived_results(full_time, "sceptic").set_index("measure")
    assert sceptic.loc["parents_work_lost", "difference"] == 0.0
