"""The headline is made again from the files of a run alone: quantities, unit costs, scenario."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest

from sencosim.costing.cost import cost_of_difference
from sencosim.costing.discount import present_value
from sencosim.costing.money import flows
from sencosim.costing.prices import PRICE_PARAMETERS, PriceBook
from sencosim.costing.tariffs import terms_of
from sencosim.report.manifest import manifest_problems
from sencosim.report.stored import StoredRun
from sencosim.scenario.load import load_scenario

pytestmark = pytest.mark.engine
DIFFERENCE = ["year", "quantity"]


def table(run: StoredRun, name: str, view: str) -> pd.DataFrame:
    frame = pd.read_parquet(run.folder / f"{name}.parquet")
    return frame[frame["view"] == view]


def recomputed(run: StoredRun, view: str, draws: pd.DataFrame) -> Iterator[tuple[int, float]]:
    """Number of the draw as in ``runs``, and its net public cost. [GBP present value]"""
    scenario = load_scenario(run.folder / "scenario.resolved.yaml").scenario
    ledger = table(run, "ledger", view)
    keys = ["draw", "replication", "sample_share"]
    pairs = ledger.astype({"quantity": str}).pivot_table("value", DIFFERENCE, keys, "sum", fill_value=0.0)
    level = pairs[0].mean(axis="columns")
    for row in draws[draws["draw"] > 0].to_dict("records"):
        where = (row["replication"], row["sample_share"])
        moved = level + pairs[(row["draw"], *where)] - pairs[(0, *where)]
        book = PriceBook.from_values(row, view, terms_of(scenario))
        purse = flows(
            cost_of_difference(moved.rename("value").reset_index(), book),
            scenario.horizon.first,
            scenario.horizon.years,
        )
        yield row["draw"], float(present_value(purse["public_net_gbp"].to_numpy()))


def told(run: StoredRun, view: str) -> pd.Series:
    runs = table(run, "runs", view)
    chosen = runs[(runs["outcome"] == "net_public_cost") & (runs["year"] == "present_value") & (runs["draw"] > 0)]
    return chosen.set_index("draw")[["difference", "weight"]].sort_index()


@pytest.mark.parametrize("view", ["central", "sceptic"])
def test_the_headline_is_recomputed_from_stored_quantities_and_unit_costs(full_time: StoredRun, view: str) -> None:
    found = pd.Series(dict(recomputed(full_time, view, table(full_time, "draws", view)))).sort_index()
    expected = told(full_time, view)
    assert len(expected) > 0
    assert list(found.index) == list(expected.index)
    assert found.to_numpy() == pytest.approx(expected["difference"].to_numpy(), rel=1e-9, abs=0.01)
    summary = table(full_time, "summary", view)
    headline = summary[
        (summary["outcome"] == "net_public_cost")
        & (summary["year"] == "present_value")
        & (summary["area_code"] == full_time.inputs.area_code)
    ]
    assert expected["weight"].sum() == pytest.approx(1.0)
    assert found @ expected["weight"] == pytest.approx(float(headline["difference"].iloc[0]), rel=1e-9, abs=0.01)


@pytest.mark.parametrize("view", ["central", "sceptic"])
def test_at_the_point_values_the_files_are_enough_without_our_code(full_time: StoredRun, view: str) -> None:
    lines, runs = table(full_time, "priced", view), table(full_time, "runs", view)
    lines = lines[(lines["draw"] == 0) & lines["in_budget"] & (lines["year"] >= 2027)]
    lines = lines[~lines["payer"].isin(["families", "pupils"])]
    found = (lines["value_gbp"] / 1.035 ** (lines["year"] - 2027)).groupby(lines["replication"]).sum()
    stored = runs[(runs["draw"] == 0) & (runs["outcome"] == "net_public_cost") & (runs["year"] == "present_value")]
    assert len(stored) > 0
    expected = stored.set_index("replication")["difference"]
    assert found[expected.index].to_numpy() == pytest.approx(expected.to_numpy(), abs=0.01)


def test_other_unit_costs_give_another_headline(full_time: StoredRun) -> None:
    draws = table(full_time, "draws", "central").assign(teacher_employment_cost=1.0)
    found = pd.Series(dict(recomputed(full_time, "central", draws))).sort_index()
    assert (found != told(full_time, "central")["difference"]).all()


def test_unit_costs_are_stored_with_each_draw(full_time: StoredRun) -> None:
    stored = pd.read_parquet(full_time.folder / "draws.parquet")
    assert set(PRICE_PARAMETERS) <= set(stored.columns)
    assert manifest_problems(full_time.folder) == []
