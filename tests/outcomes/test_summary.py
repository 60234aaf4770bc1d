"""What must hold of any run: differences, sums, payers, present values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from outcomes.conftest import small_run

from sencosim.costing.discount import discount_factors
from sencosim.decisions.spread import Plain
from sencosim.experiment.jobs import Job
from sencosim.experiment.plan import Plan
from sencosim.experiment.precision import Rule
from sencosim.model import RunResult, baseline_of, plan_run
from sencosim.outcomes.catalogue import MONEY_OUTCOME, OUTCOMES, ROUNDING
from sencosim.outcomes.summary import PRESENT_VALUE, TOTAL, Summary, points_of, read_arms, spread_figures, summarise
from sencosim.vocabulary import COLUMN, PUBLIC_PAYERS

pytestmark = pytest.mark.engine


def test_what_rounding_leaves_of_draws_that_cancel_is_zero() -> None:
    cancelling = np.array([0.1, 0.2, -0.3]) * 1e6
    assert float(Plain(3).weights @ cancelling) != 0.0
    told = spread_figures(Plain(3), cancelling)
    assert told["difference"] == 0.0
    assert told["p10"] < 0.0 < told["p90"]
    assert spread_figures(Plain(2), np.array([1e-9, 3e-9]))["difference"] == 2e-9


def test_money_that_rounding_leaves_is_none(summary: Summary) -> None:
    money = summary.runs[summary.runs["outcome"].isin(MONEY_OUTCOME)]["difference"].abs()
    assert ((money == 0.0) | (money > ROUNDING)).all()


@pytest.fixture(scope="module")
def summary(full_time: RunResult) -> Summary:
    return summarise(full_time, "E06000017", "Rutland")


def figure(summary: Summary, view: str, outcome: str, year: str, payer: str = "") -> pd.Series:
    figures = summary.figures
    rows = figures[
        (figures["view"] == view)
        & (figures["outcome"] == outcome)
        & (figures["year"] == year)
        & (figures["payer"] == payer)
    ]
    assert len(rows) == 1
    return rows.iloc[0]


def test_outcomes_are_made_of_quantities_of_the_ledger() -> None:
    for outcome in OUTCOMES:
        assert set(outcome.of) | set(outcome.per) <= set(COLUMN), outcome.name


def test_years_before_the_policy_are_identical_in_both_arms(full_time: RunResult) -> None:
    ledger = pd.concat(full_time.ledgers())
    before = ledger[ledger["year"] < 2027]
    assert len(before) > 0
    assert (before["value"] == 0.0).all()
    assert (ledger[ledger["year"] >= 2027]["value"] != 0.0).any()
    assert all((totals.moved[:5] == 0).all() and totals.moved[5:].any() for totals in full_time.pairs())


def test_the_baseline_against_itself_differs_by_exactly_zero_in_every_cell() -> None:
    result = small_run("baseline")
    assert all((ledger["value"] == 0.0).all() for ledger in result.ledgers())
    assert all((lines["value_gbp"] == 0.0).all() for lines in result.priced())
    assert (summarise(result, "X", "Rutland").runs["difference"] == 0.0).all()


def test_public_payers_sum_to_the_net_cost(summary: Summary) -> None:
    for view in ("central", "sceptic"):
        for year in ("2027/28", "2028/29", TOTAL, PRESENT_VALUE):
            net = figure(summary, view, "net_public_cost", year)["difference"]
            parts = sum(figure(summary, view, "payer_net", year, payer)["difference"] for payer in PUBLIC_PAYERS)
            assert parts == pytest.approx(net, rel=1e-9, abs=1e-6)


def test_costs_and_savings_of_a_payer_sum_to_its_net(summary: Summary) -> None:
    for payer in PUBLIC_PAYERS:
        cost = figure(summary, "central", "payer_cost", TOTAL, payer)["difference"]
        saving = figure(summary, "central", "payer_saving", TOTAL, payer)["difference"]
        net = figure(summary, "central", "payer_net", TOTAL, payer)["difference"]
        assert cost >= 0.0 >= saving
        assert cost + saving == pytest.approx(net, abs=1e-6)


def test_total_and_present_value_follow_from_the_years(summary: Summary) -> None:
    flows = np.array([figure(summary, "central", "npsv", year)["difference"] for year in ("2027/28", "2028/29")])
    assert figure(summary, "central", "npsv", TOTAL)["difference"] == pytest.approx(flows.sum())
    expected = float(flows @ discount_factors(2))
    assert figure(summary, "central", "npsv", PRESENT_VALUE)["difference"] == pytest.approx(expected)


def test_difference_is_policy_less_baseline(summary: Summary) -> None:
    people = summary.figures[summary.figures["kind"].isin(["people", "time"])]
    gap = people["policy"] - people["baseline"] - people["difference"]
    assert np.allclose(gap.dropna(), 0.0, atol=1e-6)


def test_sceptics_pay_the_same_posts_as_everybody(full_time: RunResult) -> None:
    """Effects on outcomes do not change what a floor of hours costs: same draw, same chance, same hours."""
    ledger = pd.concat(full_time.ledgers())
    points = ledger[(ledger["draw"] == 0) & (ledger["replication"] == 0)]
    added = points[points["quantity"] == "added_hours"].groupby("view")["value"].sum()
    assert added["central"] == added["sceptic"] > 0.0


def test_workers_change_nothing(full_time: RunResult) -> None:
    again = small_run("full_time", workers=2)
    for one, other in zip(again.ledgers(), full_time.ledgers(), strict=True):
        pd.testing.assert_frame_equal(one, other)
    for one, other in zip(again.priced(), full_time.priced(), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_a_plan_has_every_view_and_the_point_values(full_time: RunResult) -> None:
    plan = plan_run(full_time.resolved, full_time.options)
    assert {job.view for job in plan.jobs(2)} == {"central", "sceptic"}
    assert sum(job.draw == 0 for job in plan.jobs(2)) == 4
    assert not list(baseline_of(full_time.scenario).levers.active())
    assert "2 replications" in plan.in_words()


OF_PUPILS = ("requests", "refusals", "new_plans", "suspensions", "permanent_exclusions", "absence_days_per_pupil")
OF_HOURS = ("added_senco_hours", "overtime_hours", "senco_work_hours", "sen_work_hours")


# -- draws, and views that are run less often -------------------------------------------------------------------------


@dataclass(frozen=True)
class Uneven(Plain):
    """Draws of which the first counts most."""

    @property
    def weights(self) -> np.ndarray:
        """[shape (n_draws,)]"""
        return np.arange(self.n, 0.0, -1.0) / np.arange(self.n + 1.0).sum()


def test_an_emulator_learns_the_headline_that_is_shown_and_its_weights_are_those_of_every_mean(
    whole_run: RunResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt: dict[str, np.ndarray] = {}

    def view_spread(_: RunResult, draws: Sequence[Job], headline: np.ndarray, *__: object) -> Uneven:
        learnt[draws[0].view] = headline
        return Uneven(len(draws))

    monkeypatch.setattr("sencosim.outcomes.summary.view_spread", view_spread)
    found = summarise(whole_run, "E06000017", "Rutland")
    drawn = found.runs[(found.runs["draw"] > 0) & (found.runs["outcome"] == "net_public_cost")]
    drawn = drawn[(drawn["year"] == PRESENT_VALUE) & (drawn["payer"] == "")]
    assert set(learnt) == {"central", "sceptic"}
    for view, headline in learnt.items():
        shown = drawn[drawn["view"] == view]["difference"]
        assert headline == pytest.approx(shown.to_numpy())
        mean = float(found.spread(view, shown.size).weights @ shown)
        assert mean == pytest.approx(figure(found, view, "net_public_cost", PRESENT_VALUE)["difference"])
        assert shown.size == 1 or mean != pytest.approx(shown.mean())


def test_a_view_without_routes_that_is_run_once_moves_no_pupil_and_pays_for_hours_as_often_as_they_are_added(
    full_time: RunResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Plan, "replications_of", lambda _, view, n, *__: n if view == "central" else min(1, n))
    runs = summarise(full_time, "E06000017", "Rutland").runs
    runs = runs[(runs["draw"] == 0) & (runs["year"] == TOTAL) & (runs["payer"] == "")]
    table = runs.pivot_table(index="outcome", columns=["view", "replication"], values="difference")
    assert (table.loc[list(OF_PUPILS), "sceptic"] == 0.0).all(axis=None)
    assert (table.loc[list(OF_PUPILS), "central"] != 0.0).any(axis=None)
    for name in OF_HOURS:
        own, main = table.loc[name, "sceptic"], table.loc[name, "central"]
        assert own.to_numpy() - own.mean() == pytest.approx(main.to_numpy() - main.mean()), name
    own, main = table.loc["added_senco_hours", "sceptic"], table.loc["added_senco_hours", "central"]
    assert main.min() <= own.mean() <= main.max()


def test_a_view_that_is_run_once_stands_as_far_from_the_main_view_as_where_both_were_run(
    full_time: RunResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each arm by its own distance: here 10 units of everything without the policy, and 25 with it."""
    monkeypatch.setattr(Plan, "replications_of", lambda _, view, n, *__: n if view == "central" else min(1, n))
    mains = [full_time.plan.point_job("central", number) for number in range(full_time.replications)]
    own, further = full_time.plan.point_job("campaign", 0), np.array([10.0, 25.0])[:, None, None]
    arms, values = read_arms(full_time, mains)
    arms[own], values[own] = arms[mains[0]] + further, values[mains[0]]
    points = points_of(full_time, "campaign", arms, values)
    assert len(points) == len(mains) == 2
    for job, main in zip(points, mains, strict=True):
        assert np.allclose(arms[job] - arms[main], further)


@pytest.mark.parametrize("view", ["central", "sceptic"])
def test_another_law_moves_a_view_by_what_it_changes_on_the_samples_and_samples_do_not(
    full_time: RunResult, view: str
) -> None:
    """Samples of councils cost what they cost: here half as much as England, and the law adds 10 and 25 units to it."""
    plan = replace(full_time.plan, draws=4, draw_share=0.01, rule=Rule(2, 10, 0.02), laws=("current_law", "announced"))
    run, further = replace(full_time, plan=plan), np.array([10.0, 25.0])[:, None, None]
    whole = [plan.point_job(one, 0) for one in (view, plan.main_view)]
    arms, values = read_arms(full_time, dict.fromkeys([*whole, plan.point_job(plan.main_view, 1)]))
    for under_law, before in plan.moves_of(view, full_time.replications, "announced"):
        assert (before.view, before.law, before.share) == (view, "current_law", 0.01)
        arms[before] = 0.5 * arms[whole[0]]
        arms[under_law], values[under_law] = arms[before] + further, values[whole[0]]
    first = points_of(run, view, arms, values)
    for one, under_law in zip(first, points_of(run, view, arms, values, "announced"), strict=True):
        assert np.allclose(arms[under_law] - arms[one], further)
