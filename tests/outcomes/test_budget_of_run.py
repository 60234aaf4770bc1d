"""The budget statement of a run is the summary by year, to the pound."""

from __future__ import annotations

import pandas as pd
import pytest
from outcomes.conftest import small_run

from sencosim.costing.budget import FLOW_BACKS, STATEMENT, new_burdens
from sencosim.costing.option import AppraisalFrame, appraise_option
from sencosim.model import RunResult
from sencosim.outcomes.appraisal import OVER_DRAWS, appraisal_tables
from sencosim.outcomes.summary import TOTAL, Summary, summarise
from sencosim.vocabulary import PUBLIC_PAYERS

pytestmark = pytest.mark.engine
Told = tuple[Summary, dict[str, pd.DataFrame]]


def told_of(result: RunResult) -> Told:
    summary = summarise(result, "E06000017", "Rutland")
    return summary, appraisal_tables(result, summary)


@pytest.fixture(scope="module")
def none(full_time: RunResult) -> Told:
    return told_of(full_time)


def net_costs(told: Told, view: str) -> pd.Series:
    figures = told[0].figures
    rows = figures[(figures["view"] == view) & (figures["outcome"] == "payer_net")]
    return rows[rows["payer"].isin(PUBLIC_PAYERS)].set_index(["payer", "year"])["difference"]


def statement(told: Told, view: str, block: str = STATEMENT) -> pd.DataFrame:
    table = told[1]["budget"]
    return table[(table["view"] == view) & (table["block"] == block)]


def social_figures(told: Told, view: str) -> pd.DataFrame:
    figures = told[0].figures
    return figures[(figures["view"] == view) & figures["outcome"].isin(["npsv", "policy_cost", "policy_benefit"])]


@pytest.mark.parametrize("view", ["central", "sceptic"])
def test_academic_years_are_the_net_costs_of_the_summary(none: Told, view: str) -> None:
    rows, told = statement(none, view), net_costs(none, view)
    found = rows.groupby(["payer", "academic_year"])["real_gbp"].sum()
    for (payer, year), amount in told.items():
        if year in set(rows["academic_year"]):
            assert found.get((payer, year), 0.0) == pytest.approx(amount, abs=0.5), (payer, year)
    whole = rows.groupby("payer")["real_gbp"].sum()
    for payer in told.index.get_level_values("payer").unique():
        assert whole.get(payer, 0.0) == pytest.approx(told[payer, TOTAL], abs=0.5)
    assert found.abs().sum() > 1e5


def test_new_burdens_are_those_of_the_appraisal(none: Told) -> None:
    lines = none[1]["lines"]
    lines = lines[(lines["view"] == "central") & (lines["basis"] == OVER_DRAWS)]
    found = appraise_option(lines, AppraisalFrame(2027, 2)).new_burdens
    assert new_burdens(statement(none, "central"), 3)["real_gbp"].sum() == pytest.approx(found, abs=0.5)
    assert found != 0.0


def test_the_setting_moves_the_purse_by_the_block_and_social_value_not_at_all(none: Told) -> None:
    every = told_of(small_run("full_time", flow_backs="all"))
    for view in ("central", "sceptic"):
        block = statement(none, view, FLOW_BACKS)["cash_gbp"].sum()
        assert block == pytest.approx(statement(every, view, FLOW_BACKS)["cash_gbp"].sum(), abs=0.5)
        assert block < -1e5
        before, after = (statement(told, view)["cash_gbp"].sum() for told in (none, every))
        assert after - before == pytest.approx(block, abs=0.5)
        social = [social_figures(told, view) for told in (none, every)]
        assert social[0]["difference"].to_numpy() == pytest.approx(social[1]["difference"].to_numpy(), abs=1e-6)
        moved = net_costs(every, view) - net_costs(none, view)
        others = moved[moved.index.get_level_values("payer") != "exchequer"]
        assert others.to_numpy() == pytest.approx(0.0, abs=1e-6)
