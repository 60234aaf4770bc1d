"""What stands alongside the headline: each figure is the one that its own table states, and the long case its own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sencosim.costing.discount import present_value
from sencosim.costing.option import appraise_option
from sencosim.experiment.jobs import horizon_variant
from sencosim.experiment.plan import LONG_REPLICATIONS, LONG_YEARS
from sencosim.model import RunOptions, RunResult, plan_run
from sencosim.outcomes.appraisal import OVER_DRAWS, appraisal_tables, frame_of
from sencosim.outcomes.baselines import law_figures
from sencosim.outcomes.beside import LONG, SAMPLE_LONG, SAMPLE_SHORT, beside_headline
from sencosim.outcomes.summary import PRESENT_VALUE, Summary, summarise
from sencosim.terminal.settings import with_settings

pytestmark = pytest.mark.engine
SUMS = ["net_public_cost", "npsv"]


@pytest.fixture(scope="module")
def tables(whole_run: RunResult, summary: Summary) -> dict[str, pd.DataFrame]:
    return {**appraisal_tables(whole_run, summary), "laws": law_figures(whole_run, summary)}


@pytest.fixture(scope="module")
def beside(whole_run: RunResult, summary: Summary, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return beside_headline(whole_run, summary, tables["laws"], tables).set_index("case")


def test_every_case_has_the_figure_of_the_table_that_states_it(
    whole_run: RunResult, summary: Summary, tables: dict[str, pd.DataFrame], beside: pd.DataFrame
) -> None:
    told = summary.figures[(summary.figures["view"] == "central") & (summary.figures["payer"] == "")]
    told = told[told["year"] == PRESENT_VALUE].set_index("outcome")["difference"]
    assert beside.loc["headline", SUMS].tolist() == told[SUMS].tolist()

    lines = tables["lines"]
    lines = lines[(lines["view"] == "central") & (lines["basis"] == OVER_DRAWS)]
    option = appraise_option(lines, frame_of(whole_run))
    assert beside.loc["optimism_bias", SUMS].tolist() == [option.biased_public_net, option.biased.npsv]
    assert beside.loc["new_burdens", "net_public_cost"] == option.new_burdens
    assert np.isnan(beside.loc["new_burdens", "npsv"])

    later = tables["after_horizon"]
    later = later[later["view"] == "central"]
    public = later["budget_gbp"][later["public"].astype(bool)].sum()
    assert beside.loc["after_horizon", SUMS].tolist() == [public, later["npsv_gbp"].sum()]

    laws = tables["laws"]
    laws = laws[(laws["law"] == "announced") & (laws["view"] == "central")].set_index("outcome")["difference"]
    assert beside.loc["law_announced", SUMS].tolist() == laws[SUMS].tolist()


def test_optimism_bias_makes_neither_sum_better(beside: pd.DataFrame) -> None:
    assert beside.loc["optimism_bias", "net_public_cost"] >= beside.loc["headline", "net_public_cost"]
    assert beside.loc["optimism_bias", "npsv"] <= beside.loc["headline", "npsv"]


def test_the_long_case_is_the_headline_moved_by_what_later_years_add(
    whole_run: RunResult, beside: pd.DataFrame
) -> None:
    added = beside.loc[SAMPLE_LONG, SUMS] - beside.loc[SAMPLE_SHORT, SUMS]
    moved = beside.loc["headline", SUMS] + added
    assert beside.loc[LONG, SUMS].astype(float).tolist() == pytest.approx(moved.astype(float).tolist())
    assert beside.loc[[LONG, SAMPLE_LONG], "years"].tolist() == [LONG_YEARS, LONG_YEARS]
    assert beside.loc[SAMPLE_SHORT, "years"] == whole_run.scenario.horizon.years
    assert (beside.loc[LONG, ["net_public_cost_error", "npsv_error"]] >= 0.0).all()
    jobs = whole_run.plan.long_jobs()
    headlines = [whole_run.store.headline(job) for job in jobs]
    assert beside.loc[SAMPLE_LONG, "net_public_cost"] == pytest.approx(np.mean(headlines))
    assert len(jobs) == LONG_REPLICATIONS
    assert {job.variant for job in jobs} == {horizon_variant(LONG_YEARS)}


def test_the_sample_over_the_headline_years_is_the_pair_of_the_headline(
    whole_run: RunResult, beside: pd.DataFrame
) -> None:
    """Rutland alone is its own sample: the point values of both horizons agree but for the end of the short one."""
    points = [whole_run.store.headline(whole_run.plan.point_job("central", number)) for number in range(2)]
    assert beside.loc[SAMPLE_SHORT, "net_public_cost"] == pytest.approx(np.mean(points), rel=0.02)
    flat = float(present_value(np.ones(LONG_YEARS)) / present_value(np.ones(whole_run.scenario.horizon.years)))
    ratio = beside.loc[SAMPLE_LONG, "net_public_cost"] / beside.loc[SAMPLE_SHORT, "net_public_cost"]
    assert 0.3 * flat < ratio < 3.0 * flat


def test_a_run_of_the_headline_alone_has_no_long_case_and_one_without_policy_has_none(full_time: RunResult) -> None:
    summary = summarise(full_time, "E06000017", "Rutland")
    found = beside_headline(full_time, summary, law_figures(full_time, summary), appraisal_tables(full_time, summary))
    assert set(found["case"]) == {"headline", "optimism_bias", "after_horizon", "new_burdens"}
    rutland = RunOptions(councils=("Rutland",), workers=1)
    for name, settings in (("baseline", {}), ("full_time", {"horizon.years": "30"})):
        assert plan_run(with_settings(name, settings), rutland).long_years == 0


def test_a_longer_horizon_is_more_work(whole_run: RunResult) -> None:
    plan = whole_run.plan
    (job,) = plan.long_jobs()[:1]
    assert plan.work_of([job]) > 2 * plan.work_of([plan.point_job("central", 0)])
    assert whole_run.asked(job).horizon.years == LONG_YEARS
