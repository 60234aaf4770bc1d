"""Ratios over draws: shown only where every draw has something to divide by."""

from __future__ import annotations

import pandas as pd
import pytest

from sencosim.outcomes.catalogue import OUTCOME
from sencosim.outcomes.ratio import COST_PER, PER_UNIT, _drawn, ratio_figures
from sencosim.outcomes.summary import PRESENT_VALUE, TOTAL, Summary

pytestmark = pytest.mark.unit

MONEY = ("policy_benefit", "policy_cost", "net_public_cost")
NO_HOURS = ("net_public_cost", "payer_net", "senco_work_hours", "sen_work_hours")
"""Undiscounted: a policy that adds no hours has no cost per hour."""
COUNTS = ("permanent_exclusions", "suspensions", "posts_vacant", "overtime_hours", "years_waiting_identification")


def summary(changes: tuple[float, ...], cost: float = 100.0) -> Summary:
    """Draws of a policy that costs as much each, with these changes of every count."""
    rows = [
        (name, PRESENT_VALUE if name in MONEY else TOTAL, number + 1, value)
        for number, change in enumerate(changes)
        for name, value in (*((name, cost) for name in MONEY), *((name, change) for name in COUNTS))
    ]
    runs = pd.DataFrame(rows, columns=["outcome", "year", "draw", "difference"])
    nothing = [(name, TOTAL, number + 1, 0.0) for name in NO_HOURS for number in range(len(changes))]
    runs = pd.concat([runs, pd.DataFrame(nothing, columns=list(runs))])
    runs = runs.assign(view="central", payer=runs["outcome"].map({"payer_net": "schools"}).fillna(""), replication=0)
    spread = runs.groupby(["view", "outcome", "year", "payer"])["difference"]
    figures = spread.agg(difference="mean", p10=lambda x: x.quantile(0.1), p90=lambda x: x.quantile(0.9))
    return Summary(figures.reset_index().assign(title="It", unit="pupils"), runs, {})


def test_a_cost_per_unit_is_the_ratio_of_the_means() -> None:
    found = ratio_figures(summary((-2.0, -4.0))).set_index("outcome")
    assert found.loc[f"{COST_PER}suspensions", "difference"] == pytest.approx(100 / 3)
    assert found.loc[f"{COST_PER}suspensions", "p10"] >= 25.0
    assert found.loc[f"{COST_PER}suspensions", "p90"] <= 50.0


def test_a_cost_per_unit_is_left_out_if_the_change_is_zero_in_some_draws() -> None:
    found = ratio_figures(summary((*(-2.0 for _ in range(38)), 0.0, 0.0)))
    assert list(found["outcome"]) == ["bcr"]


@pytest.mark.parametrize("cost", [0.02, 1.0, 1e9])
def test_a_policy_that_is_worth_what_it_costs_has_a_ratio_of_one_however_cheap_it_is(cost: float) -> None:
    found = ratio_figures(summary((-2.0, -4.0), cost)).set_index("outcome")
    assert found.loc["bcr", ["difference", "p10", "p90"]].tolist() == pytest.approx([1.0, 1.0, 1.0])
    assert found.loc[f"{COST_PER}suspensions", "difference"] == pytest.approx(cost / 3)


def test_one_fewer_of_what_has_a_cost_for_each_is_better() -> None:
    assert {OUTCOME[name].favourable for name in PER_UNIT} == {"down"}


def test_draws_alone_are_divided_where_there_are_any_and_replications_where_there_are_none() -> None:
    made = summary((-2.0, -4.0))
    points = made.runs[made.runs["draw"] == 1].assign(draw=0, difference=lambda rows: rows["difference"] * 5.0)
    with_points = Summary(made.figures, pd.concat([points, made.runs]), {})
    without_draws = Summary(made.figures, points, {})
    of = (("policy_cost", PRESENT_VALUE), ("suspensions", TOTAL))
    assert list(_drawn(with_points, "central", *of)) == [-50.0, -25.0]
    assert list(_drawn(without_draws, "central", *of)) == [-50.0]
