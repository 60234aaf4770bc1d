"""What a council may expect: its own figures where it was simulated, its share of the national ones elsewhere."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from experiment import made_up

from sencosim.evidence.councils import load_councils
from sencosim.experiment.jobs import Job
from sencosim.model import RunOptions, RunResult
from sencosim.outcomes.areas import (
    ENGLAND,
    MODELLED,
    MONEY,
    NATIONAL,
    PER_PUPIL,
    SHARED,
    area_figures,
    area_ledger,
    england_pupils,
    local_figures,
    pupil_shares,
)
from sencosim.outcomes.catalogue import OUTCOMES
from sencosim.outcomes.summary import PRESENT_VALUE, Summary

ENDS = ["difference", "p10", "p50", "p90"]
KEYS = ["view", "outcome"]


@pytest.fixture(scope="module")
def england(summary: Summary) -> Summary:
    """A run of Rutland as if it were one of England, with Rutland in it."""
    return replace(summary, figures=summary.figures.assign(area_code=ENGLAND[1], area_name=ENGLAND[2]))


@pytest.fixture(scope="module")
def local(whole_run: RunResult, england: Summary) -> pd.DataFrame:
    """Its rows of every council and region."""
    as_england = replace(whole_run, options=replace(whole_run.options, councils=()))
    return local_figures(as_england, england, ENGLAND[1]).set_index(KEYS)


@pytest.fixture(scope="module")
def whole(england: Summary) -> pd.DataFrame:
    """Its figures of England, one a view and outcome."""
    figures = england.figures[england.figures["payer"] == ""]
    label = np.where(figures["outcome"].isin(MONEY), PRESENT_VALUE, "total")
    return figures[figures["year"] == label].set_index(KEYS)


@pytest.mark.unit
def test_councils_share_out_all_pupils_and_so_do_regions() -> None:
    shares = pupil_shares()
    codes = [one.ons_code for one in load_councils()]
    assert sum(shares[code] for code in codes) == pytest.approx(1.0)
    assert sum(share for name, share in shares.items() if name not in codes) == pytest.approx(1.0)


@pytest.mark.engine
def test_who_was_not_run_has_a_share_of_counts_and_of_money_and_the_same_rate(
    local: pd.DataFrame, whole: pd.DataFrame
) -> None:
    others = local[~local["area_name"].isin(["Rutland", "East Midlands"])].drop(index=PER_PUPIL, level="outcome")
    rates = {one.name for one in OUTCOMES if one.per}
    is_rate = others.index.get_level_values("outcome").isin(rates)
    assert set(others[is_rate]["basis"]) == {NATIONAL}
    assert set(others[~is_rate]["basis"]) == {SHARED}
    part = np.where(is_rate, 1.0, others["area_code"].map(pupil_shares()))
    expected = whole.loc[others.index, ENDS].mul(part, axis=0)
    assert np.allclose(others[ENDS], expected, rtol=1e-9)


@pytest.mark.engine
@pytest.mark.parametrize("gone", ["some draws", "the point values"])
def test_a_rate_that_some_runs_do_not_have_is_that_of_the_others(
    whole_run: RunResult, england: Summary, gone: str
) -> None:
    rate = next(one.name for one in OUTCOMES if one.per)
    of_rate, draw = england.runs["outcome"] == rate, england.runs["draw"]
    assert (england.runs.loc[of_rate, "draw"] > 1).any()
    out = of_rate & ((draw > 1) if gone == "some draws" else (draw == 0))
    runs = england.runs[~out].assign(difference=england.runs["difference"].mask(of_rate, 0.25))
    found = local_figures(whole_run, replace(england, runs=runs), ENGLAND[1])
    others = found[(found["outcome"] == rate) & (found["basis"] == NATIONAL)]
    assert np.allclose(others[ENDS], 0.25)


@pytest.mark.engine
def test_who_was_run_has_figures_of_its_own_that_are_policy_less_baseline(
    whole_run: RunResult, local: pd.DataFrame
) -> None:
    for place in ("Rutland", "East Midlands"):
        rows = local[local["area_name"] == place].drop(index=PER_PUPIL, level="outcome").loc["central"]
        own = area_figures(whole_run, "central")
        label = np.where(own["outcome"].isin(MONEY), PRESENT_VALUE, "total")
        own = own[(own["area_name"] == place) & (own["year"] == label)]
        own = own.astype({"outcome": str}).set_index("outcome").loc[rows.index]
        assert set(rows["basis"]) == {MODELLED}
        assert np.allclose(rows[["baseline", "policy"]].astype(float), own[["baseline", "policy"]], equal_nan=True)
        people = own.dropna(subset="policy")
        assert np.allclose(people["difference"], people["policy"] - people["baseline"])
        assert people["difference"].abs().max() > 0.0


@pytest.mark.engine
def test_cost_for_each_pupil_times_pupils_is_the_cost(local: pd.DataFrame, whole: pd.DataFrame) -> None:
    each, cost = (local.xs(name, level="outcome").set_index("area_code") for name in (PER_PUPIL, "net_public_cost"))
    pupils = england_pupils() * cost.index.map(pupil_shares()).to_numpy(dtype=np.float64)
    assert set(each.index) - set(cost.index) == {ENGLAND[1]}
    assert np.allclose(each.drop(index=ENGLAND[1])[ENDS].mul(pupils, axis=0), cost[ENDS])
    own = each.loc[ENGLAND[1], ENDS] * england_pupils()
    assert np.allclose(own, whole.xs("net_public_cost", level="outcome")[ENDS])


@pytest.mark.unit
def test_what_a_policy_ends_altogether_is_in_the_ledger() -> None:
    """A made-up policy under which nothing happens any more: what falls away is what happened without it."""
    totals = made_up.totals(Job("central", 0, 0, 1.0))
    ended = replace(totals, council_policy=np.zeros_like(totals.council_policy))
    run: Any = SimpleNamespace(
        plan=SimpleNamespace(n_years=2, share=1.0, sampling="councils"),
        scenario=SimpleNamespace(start_year=2022),
        options=RunOptions(),
        points=lambda _: iter([ended]),
    )
    table = area_ledger(run, "central")
    assert -table[table["area_kind"] == "council"]["value"].sum() == pytest.approx(totals.council_baseline.sum())
