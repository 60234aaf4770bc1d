"""The draws and the cube of a run say what the run says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from outcomes.conftest import small_run

from sencosim.decisions.ensemble import Ensemble
from sencosim.errors import InputError
from sencosim.model import RunOptions, RunResult, run_scenario
from sencosim.outcomes.summary import PRESENT_VALUE, TOTAL, summarise
from sencosim.population.sampling import only_councils
from sencosim.population.synthetic import synthetic_england
from sencosim.studies.cube import COLUMNS, EVERY_SCHOOL, arms_of_run, cube_of, differences, plot_of, summary_of
from sencosim.studies.from_run import draws_of_run
from sencosim.studies.question import BASELINE
from sencosim.studies.voi import groups_of, net_benefits
from sencosim.terminal.settings import with_settings
from sencosim.vocabulary import PUBLIC_PAYERS

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def run() -> RunResult:
    return small_run("full_time", **{"run.draws": "3", "views": "[central, sceptic]"})


@pytest.fixture(scope="module")
def drawn(run: RunResult) -> Ensemble:
    return draws_of_run(run)


def test_draws_count_what_the_summary_counts(run: RunResult, drawn: Ensemble) -> None:
    runs = summarise(run, "X", "Rutland").runs
    years = run.scenario.horizon.years
    for view in run.scenario.views:
        for outcome in ("suspensions", "requests", "added_senco_hours"):
            rows = runs[(runs["view"] == view) & (runs["outcome"] == outcome) & (runs["year"] == TOTAL)]
            rows = rows[rows["draw"] > 0]
            told = rows.set_index("draw")["difference"]
            own = drawn.against_first(outcome, view, run.scenario.name)
            assert list(own.index) == list(told.index)
            assert own.to_numpy() * years == pytest.approx(told.to_numpy(), rel=1e-9)


def test_a_run_whose_policy_has_the_name_of_the_arm_without_one_has_no_cube(run: RunResult) -> None:
    named = run.scenario.model_copy(update={"name": BASELINE})
    mixed_up = replace(run, resolved=replace(run.resolved, scenario=named))
    for read in (draws_of_run, lambda one: cube_of(arms_of_run(one))):
        with pytest.raises(InputError, match="cannot be named baseline"):
            read(mixed_up)


def test_analyses_of_draws_take_them(run: RunResult, drawn: Ensemble) -> None:
    assert drawn.arms == (BASELINE, "full_time")
    assert drawn.views == ("central", "sceptic")
    benefits = net_benefits(drawn, run.scenario, {})
    assert (benefits[BASELINE] == 0.0).all()
    assert benefits["full_time"].nunique() == 3
    assert groups_of(drawn, "central")


def test_the_cube_holds_the_headline_and_adds_up(run: RunResult) -> None:
    cube = cube_of(arms_of_run(run))
    assert list(cube) == list(COLUMNS)
    assert set(cube["baseline"]) == set(run.plan.laws)
    whole = cube[(cube["area"] == "Rutland") & (cube["year"] == PRESENT_VALUE) & (cube["view"] == "central")]
    points = whole[(whole["draw"] == 0) & (whole["baseline"] == run.plan.laws[0])]
    net = points[points["outcome"] == "net_public_cost"].sort_values("replication")["value"]
    assert net.to_numpy() == pytest.approx(np.array(run.precision.values), rel=1e-9)
    payers = points[(points["outcome"] == "payer_net") & points["payer"].isin(PUBLIC_PAYERS)]
    assert payers.groupby("replication")["value"].sum().to_numpy() == pytest.approx(net.to_numpy(), rel=1e-9)
    assert set(cube["area"]) == {"Rutland"}  # the one council that was run is all there is: it is told once
    table = differences(cube)
    added = table[(table["outcome"] == "added_senco_hours") & (table["year"] == TOTAL)]
    assert (added["difference"] >= 0.0).all()
    keys = ["view", "replication", "baseline"]
    at_points = added[added["draw"] == 0]
    whole = at_points[at_points["group"] == EVERY_SCHOOL].groupby(keys, observed=True)["difference"].sum()
    assert (whole > 0.0).all()
    for grouping in ("phase", "size", "fsm_fifth", "place", "governance"):
        parts = at_points[at_points["group"].str.startswith(f"{grouping}: ")]
        sums = parts.groupby(keys, observed=True)["difference"].sum()
        assert sums.to_numpy() == pytest.approx(whole[sums.index].to_numpy(), rel=1e-9), grouping


def test_the_cube_of_several_councils_has_each_and_of_a_part_of_one_no_council() -> None:
    tiny = ("City of London", "Isles of Scilly")
    rutland = only_councils(synthetic_england(), ("Rutland",))
    part = rutland.take(np.arange(5))
    resolved = with_settings("full_time", {"horizon.years": "2", "run.draws": "1", "run.replications": "1"})
    areas = []
    for options in (RunOptions(councils=tiny), RunOptions(population=part)):
        found = run_scenario(resolved, replace(options, workers=1, headline_only=True))
        cube = cube_of(arms_of_run(found))
        areas.append(list(cube["area"].cat.categories))
        assert set(cube.loc[cube["draw"] > 0, "area"]) == {areas[-1][0]}
        assert len(summary_of(cube, ["outcome"])) == len(summary_of(cube[cube["area"] == areas[-1][0]], ["outcome"]))
    assert areas == [["City of London and Isles of Scilly", *tiny], ["5 schools of Rutland"]]


def test_a_summary_of_the_cube_is_that_of_the_draws(run: RunResult, drawn: Ensemble) -> None:
    cube = cube_of(arms_of_run(run))
    table = summary_of(cube, ["view", "baseline", "outcome"])
    row = table[(table["view"] == "central") & (table["baseline"] == run.plan.laws[0])].set_index("outcome")
    own = drawn.against_first("net_public_cost", "central", "full_time")
    apart = summary_of(cube, ["outcome"])
    assert {"view", "payer"} <= set(apart)
    assert ("baseline" in apart) == (len(run.plan.laws) > 1)
    assert "arm" not in apart
    assert len(apart) == len(summary_of(cube, ["view", "baseline", "outcome", "payer"]))
    assert row.loc["net_public_cost", "mean"] == pytest.approx(own.mean(), rel=1e-9)
    assert row.loc["net_public_cost", "n"] == 3
    assert row.loc["net_public_cost", "p10"] <= row.loc["net_public_cost", "p50"] <= row.loc["net_public_cost", "p90"]
    figure = plot_of(cube, "net_public_cost")
    assert len(figure.axes[0].lines) >= 2
