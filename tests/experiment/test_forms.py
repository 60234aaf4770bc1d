"""The scenario of a pair: its law, its form of the model, its routes."""

from __future__ import annotations

import pytest

from sencosim.engine.pair import World, read_evidence
from sencosim.evidence.routes import ROUTE_NAMES
from sencosim.experiment.jobs import REFERENCE, Job, asked, laws_for, routes_variant, rows_for, world_variant
from sencosim.experiment.plan import ROUTE_REPLICATIONS, ROUTE_SHARE
from sencosim.model import RunOptions, baseline_of, plan_run, sample, scenario_of
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.schema import Scenario
from sencosim.scenario.structure import departures
from sencosim.terminal.settings import with_settings

pytestmark = pytest.mark.unit
RUTLAND = RunOptions(councils=("Rutland",), workers=1)


def scenario(**settings: str) -> Scenario:
    return with_settings("full_time", settings).scenario


def test_the_reference_form_is_fixed_in_every_draw_and_a_row_departs_in_one_thing() -> None:
    reference = asked(scenario(), "current_law", REFERENCE, drawn=True).overrides
    row = asked(scenario(), "current_law", "beyond_list.uniform", drawn=True).overrides
    assert {name: one.value for name, one in reference.items()} == {
        "unidentified_request_ratio": 1.0,
        "support_channel_hours": 0.0,
        "beyond_list": 0.25,
        "identification_response": 1.0,
    }
    assert row["beyond_list"].distribution is not None
    assert {name for name in row if row[name] != reference[name]} == {"beyond_list"}
    assert asked(scenario(), "current_law", "beyond_list.uniform", drawn=False).overrides["beyond_list"].value == 0.5


def test_what_the_scenario_settles_itself_stays_and_has_no_row() -> None:
    own = scenario(**{"overrides.beyond_list.value": "0.7"})
    assert asked(own, "current_law", "beyond_list.zero", drawn=True).overrides["beyond_list"].value == 0.7
    assert [row for row in rows_for(own) if row.startswith("beyond_list")] == []
    assert len(rows_for(own)) == len(departures()) - 3


def test_a_law_that_changes_nothing_is_left_out() -> None:
    assert laws_for(scenario()) == ("current_law", "announced")
    announced = asked(scenario(), "announced", REFERENCE, drawn=False)
    same = announced.model_copy(update={"baselines": ("current_law", "announced")})
    assert laws_for(same) == ("current_law",)
    assert not [row for row in rows_for(same) if row.startswith("baseline_law")]


def test_routes_are_off_in_the_policy_arm_beside_those_that_the_scenario_switches_off() -> None:
    off = scenario(routes_off="[conduct]")
    changed = asked(off, "current_law", routes_variant(["need"]), drawn=False)
    assert set(changed.routes_off) == {"need", "conduct"}


@pytest.mark.parametrize("row", [row.key for row in departures()])
def test_pairs_of_one_world_share_their_no_policy_arm(row: str) -> None:
    """What a plan takes for one world has one key, and what it takes for two has two."""
    schools = sample(synthetic_england(), scenario(), RUTLAND, 0, 1.0)
    keys = []
    law = next(one.law for one in departures() if one.key == row)
    for job in (Job("central", 1, 0, 1.0, law), Job("central", 1, 0, 1.0, law, row)):
        own = scenario_of(scenario(), job)
        draw = read_evidence(own, job.view, job.draw, own.run.seed)
        keys.append(World(schools, baseline_of(own), draw, 0).key)
    assert (keys[0] == keys[1]) == (world_variant(row) == REFERENCE)


def test_a_plan_turns_routes_on_in_orders_and_backwards_on_small_samples() -> None:
    plan = plan_run(with_settings("full_time", {}), RunOptions(workers=1))
    jobs = plan.route_jobs()
    assert len(set(jobs)) == ROUTE_REPLICATIONS * 2 * len(ROUTE_NAMES)
    assert {order[0] for n in range(ROUTE_REPLICATIONS) for order in plan.route_orders(n)} == set(ROUTE_NAMES)
    assert {job.share for job in jobs} == {ROUTE_SHARE}
    assert len({job.world for job in jobs}) == ROUTE_REPLICATIONS
    assert plan.n_route_schools <= plan.n_draw_schools


def test_a_plan_names_every_pair_once_and_has_what_each_draw_moves_from() -> None:
    for plan in (plan_run(with_settings("full_time", {}), one) for one in (RUTLAND, RunOptions(workers=1))):
        jobs = plan.all_jobs(3)
        assert len({job.name for job in jobs}) == len(jobs)
        assert all(plan.reference_of(job) in jobs for job in jobs if job.draw > 0)
        assert set(plan.jobs(3)) < set(jobs)


def test_a_baseline_a_quick_run_and_the_headline_alone_ask_less() -> None:
    full = with_settings("full_time", {})
    nothing = plan_run(with_settings("baseline", {}), RUTLAND)
    assert set(nothing.all_jobs(3)) == set(nothing.jobs(3))
    quick = plan_run(full, RunOptions(councils=("Rutland",), quick=True))
    assert (quick.laws, quick.rows, quick.routes) == (("current_law", "announced"), (), ())
    alone = plan_run(full, RunOptions(councils=("Rutland",), headline_only=True))
    assert (alone.laws, alone.rows, alone.routes) == (("current_law",), (), ())
