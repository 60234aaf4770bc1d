"""The two-level design against the plain one, on real runs of a few schools."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from experiment import made_up
from outcomes.conftest import small_run

from sencosim.experiment.jobs import Job
from sencosim.experiment.precision import Precision
from sencosim.experiment.totals import PairTotals
from sencosim.model import RunResult, ledger_of, price_book, simulate_pair
from sencosim.outcomes.areas import Areas, area_figures, area_ledger
from sencosim.outcomes.checks import common_chance
from sencosim.outcomes.summary import PRESENT_VALUE, Series, arms_of, moved_from, series_of, summarise

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def run() -> RunResult:
    """Two replications and four draws, so that the draws take turns evenly."""
    return small_run("full_time", **{"run.draws": "4", "views": "[central]"})


def series_of_pair(run: RunResult, totals: PairTotals) -> list[Series]:
    arms = arms_of(totals, run.scenario.horizon.years)
    book = price_book(run.scenario, totals.job.view, totals.values)
    return list(series_of(run.scenario, totals.job, book, arms))


def test_with_all_schools_on_both_levels_the_designs_agree(run: RunResult) -> None:
    """Two-level: mean of level 0 plus the move of each draw. Plain: each draw as it comes. Their means are the same."""
    arms = {totals.job: arms_of(totals, run.scenario.horizon.years) for totals in run.pairs()}
    points = [arms[job] for job in run.plan.point_jobs(run.replications)]
    draws = [job for job in arms if job.draw > 0]
    assert not run.plan.is_two_level
    assert len(points) == 2
    assert len(draws) == 4
    level = np.mean(points, axis=0)
    moved = [moved_from(level, arms[run.plan.reference_of(job)], arms[job]) for job in draws]
    assert np.mean(moved, axis=0) == pytest.approx(np.mean([arms[job] for job in draws], axis=0), rel=1e-9, abs=1e-6)


def test_with_one_replication_they_agree_draw_by_draw() -> None:
    run = small_run("full_time", **{"run.draws": "2", "run.replications": "1", "views": "[central]"})
    runs = summarise(run, "X", "Rutland").runs
    told = runs[(runs["draw"] == 1) & (runs["year"] == PRESENT_VALUE)].set_index(["outcome", "payer"])["difference"]
    (drawn,) = [totals for totals in run.pairs() if totals.job.draw == 1]
    for one in series_of_pair(run, drawn):
        if not np.isnan(one.difference[-1]):
            assert told[one.outcome, one.payer] == pytest.approx(one.difference[-1], rel=1e-9, abs=1e-6)


def test_the_error_of_the_headline_is_that_of_the_mean_over_replications(run: RunResult) -> None:
    figures = summarise(run, "X", "Rutland").figures
    row = figures[(figures["outcome"] == "net_public_cost") & (figures["year"] == PRESENT_VALUE)].iloc[0]
    headlines = [totals.headline for totals in run.points("central")]
    assert run.precision == Precision(tuple(headlines), run.plan.rule)
    assert row["monte_carlo_error"] == pytest.approx(np.std(headlines, ddof=1) / np.sqrt(2))
    assert (row["n_replications"], row["n_draws"]) == (2, 4)
    assert row["draw_error"] > 0.0


def test_any_single_replication_can_be_run_again_alone(run: RunResult) -> None:
    job = run.jobs()[1]
    alone, kept = simulate_pair(run.scenario, run.options, job), run.store.read(job)
    assert (alone.policy == kept.policy).all()
    assert (alone.council_baseline == kept.council_baseline).all()
    assert alone.headline == kept.headline


def test_the_gain_is_read_from_the_replications(run: RunResult) -> None:
    gains = common_chance(run)
    assert "net_public_cost" in gains
    assert all(gain > 0.0 for gain in gains.values())


# -- areas ----------------------------------------------------------------------------------------------------------


def test_one_council_is_its_region_and_the_whole(run: RunResult) -> None:
    table = area_figures(run, "central")
    keys = ["year", "outcome"]
    parts = [part.set_index(keys)["difference"].sort_index() for _, part in table.groupby("area_kind", observed=True)]
    assert len(parts) == 3
    for part in parts[1:]:
        assert np.allclose(part, parts[0])


def test_a_run_of_one_council_has_no_ledger_of_its_region_nor_of_england(run: RunResult) -> None:
    assert set(area_ledger(run, "central")["area_name"]) == {"Rutland"}


def test_areas_hold_the_mean_of_the_ledgers(run: RunResult) -> None:
    ledgers = [ledger_of(totals, run.scenario.start_year) for totals in run.points("central")]
    keys = ["year", "quantity"]
    columns = ["baseline", "policy", "value"]
    sums = [ledger.astype({"quantity": str}).groupby(keys)[columns].sum() for ledger in ledgers]
    mean = pd.concat(sums).groupby(keys).sum() / len(sums)
    table = area_ledger(run, "central")
    whole = table[table["area_kind"] == "council"].astype({"quantity": str}).set_index(keys)[columns].sort_index()
    pd.testing.assert_frame_equal(whole, mean.loc[whole.index], check_exact=False)
    assert (table["n_replications"] == 2).all()


def test_figures_of_the_whole_are_those_of_the_replications(run: RunResult) -> None:
    """Money and people, levels and errors, against the series that the summary is made from."""
    table = area_figures(run, "central")
    whole = table[(table["area_kind"] == "england") & (table["year"] == PRESENT_VALUE)].set_index("outcome")
    found = [{one.outcome: one for one in series_of_pair(run, totals)} for totals in run.points("central")]
    for outcome in ("net_public_cost", "npsv", "policy_cost", "policy_benefit", "cashable_saving"):
        values = [float(one[outcome].difference[-1]) for one in found]
        assert whole.loc[outcome, "difference"] == pytest.approx(np.mean(values), rel=1e-9)
        assert whole.loc[outcome, "monte_carlo_error"] == pytest.approx(np.std(values, ddof=1) / np.sqrt(2), rel=1e-6)
    total = table[(table["area_name"] == "Rutland") & (table["year"] == "total")].set_index("outcome")
    levels = [one["requests"].policy[-2] for one in found]
    assert total.loc["requests", "policy"] == pytest.approx(np.mean(levels))


def test_councils_stand_for_themselves_and_regions_for_england() -> None:
    """A made-up pair of two councils, one of which stands for one and a half."""
    totals = made_up.totals(Job("central", 0, 0, 1.0))
    rows, _, policy = Areas.all().arms_of(totals)
    names = [Areas.all().names[row] for row in rows.tolist()]
    assert [kind for kind, _, _ in names] == ["council", "council", "region", "region", "england"]
    own = dict(zip((name for _, _, name in names), policy, strict=True))
    assert np.allclose(own["Hartlepool"], totals.council_policy[0])
    assert np.allclose(own["North East"], 1.5 * totals.council_policy[0])
    assert np.allclose(own["England"], 1.5 * totals.council_policy[0] + totals.council_policy[1])
