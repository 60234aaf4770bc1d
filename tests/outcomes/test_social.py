"""The social statement adds up, in every draw and in every view, and its central case is the summary's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sencosim.costing.option import measures
from sencosim.costing.standing import STANDINGS
from sencosim.decisions.spread import Plain
from sencosim.model import RunResult
from sencosim.outcomes.appraisal import OVER_DRAWS, frame_of
from sencosim.outcomes.social import BEARER, KAPPA, LINE, STANDING, WHOLE, WORTH, ZERO, _rows
from sencosim.outcomes.summary import PRESENT_VALUE, Summary

pytestmark = pytest.mark.engine
VIEWS = ["central", "sceptic"]
PENNY = 0.01


def _part(tables: dict[str, pd.DataFrame], view: str, part: str) -> pd.Series:
    social = tables["social"]
    rows = social[(social["view"] == view) & (social["part"] == part)]
    found: pd.Series = rows.set_index("name")["difference"]
    return found


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("part", [LINE, BEARER, STANDING])
def test_every_way_of_telling_it_adds_up_to_the_whole(tables: dict[str, pd.DataFrame], view: str, part: str) -> None:
    assert _part(tables, view, part).sum() == pytest.approx(_part(tables, view, WHOLE)["npsv"], abs=PENNY)


@pytest.mark.parametrize("view", VIEWS)
def test_the_whole_is_what_the_summary_says_and_so_is_every_central_case(
    whole_run: RunResult, summary: Summary, tables: dict[str, pd.DataFrame], view: str
) -> None:
    rows = summary.figures.set_index(["view", "outcome", "payer", "year"])["difference"]
    told = rows[view, "npsv", "", PRESENT_VALUE]
    assert _part(tables, view, WHOLE)["npsv"] == pytest.approx(told, abs=PENNY)
    cases = tables["sensitivity"].set_index(["view", "case"])
    assert cases.loc[(view, "central"), "npsv"] == pytest.approx(told, abs=PENNY)
    assert cases.loc[(view, "central"), "pv_public_net"] == pytest.approx(
        rows[view, "net_public_cost", "", PRESENT_VALUE], abs=PENNY
    )


@pytest.mark.parametrize("view", VIEWS)
def test_it_is_a_line_in_the_worth_of_provision(tables: dict[str, pd.DataFrame], view: str) -> None:
    at = _part(tables, view, KAPPA)
    slope = at["1"] - at["0"]
    if not np.isnan(at[ZERO]):
        assert at["0"] + at[ZERO] * slope == pytest.approx(0.0, abs=1e-6 * abs(at["0"]))
    else:
        assert slope == pytest.approx(0.0, abs=PENNY)


@pytest.mark.parametrize("view", VIEWS)
def test_optimism_bias_never_makes_the_case_better(
    whole_run: RunResult, tables: dict[str, pd.DataFrame], view: str
) -> None:
    cases = tables["sensitivity"].set_index(["view", "case"])["npsv"]
    assert cases[view, "optimism_bias"] <= cases[view, "central"]
    lines = tables["lines"]
    mean = lines[(lines["view"] == view) & (lines["basis"] == OVER_DRAWS)]
    assert measures(mean, frame_of(whole_run)).npsv == pytest.approx(cases[view, "central"], abs=PENNY)


def test_prices_are_put_at_their_ends_about_the_central_case(tables: dict[str, pd.DataFrame]) -> None:
    swings = tables["unit_cost_swings"].set_index("parameter")
    central = tables["sensitivity"].set_index(["view", "case"]).loc[("central", "central"), "npsv"]
    within = swings.dropna(subset=["npsv_low"])
    inside = within[(within["low"] <= within["central"]) & (within["central"] <= within["high"])]
    low, high = inside[["npsv_low", "npsv_high"]].min(axis=1), inside[["npsv_low", "npsv_high"]].max(axis=1)
    assert len(inside) > 50
    assert (low <= central + PENNY).all()
    assert (high >= central - PENNY).all()
    assert swings.loc["released_hours_value", "npsv_high"] > swings.loc["released_hours_value", "npsv_low"]
    assert swings.loc["teacher_employment_cost", "npsv_high"] < swings.loc["teacher_employment_cost", "npsv_low"]


def test_two_together_agree_with_one_at_a_time(tables: dict[str, pd.DataFrame]) -> None:
    pair = tables["two_at_a_time"]
    assert set(pair["parameter"]) | set(pair["other"]) == set(tables["unit_cost_swings"]["parameter"].head(2))
    for _, part in pair.groupby("value"):
        assert (np.diff(part["npsv"]) > 0).all() or (np.diff(part["npsv"]) < 0).all()
        turns = part["npsv"].min() < 0.0 < part["npsv"].max()
        assert turns == part["other_at_zero"].notna().all()


def test_a_line_that_nothing_moves_is_not_told(tables: dict[str, pd.DataFrame]) -> None:
    social = tables["social"]
    lines = social[social["part"].isin([LINE, BEARER, STANDING])]
    assert (lines["difference"].abs() + (lines["p90"] - lines["p10"]).abs() > 0.0).all()
    assert "waiting" not in set(social.loc[(social["view"] == "sceptic") & (social["part"] == LINE), "name"])


def test_where_provision_is_worth_nothing_in_a_draw_a_pound_of_it_adds_nothing() -> None:
    counted = pd.DataFrame(
        {
            "draw": [0, 0, 1],
            "category": [WORTH, "senco_time", "senco_time"],
            "payer": "families",
            "standing": next(iter(STANDINGS)),
            "worth_gbp": [30.0, -10.0, -10.0],
        }
    )
    rows = {(row["part"], row["name"]): row for row in _rows(counted, Plain(2), np.array([1.5, 0.0]))}
    assert rows[KAPPA, "0"]["difference"] == pytest.approx(-10.0)
    assert rows[KAPPA, "1"]["difference"] == pytest.approx((-10.0 + 20.0 - 10.0) / 2.0)
    assert rows[KAPPA, ZERO]["difference"] == pytest.approx(1.0)
