"""The worlds of a trial on a council of 21 schools: half of them have the policy, all share the council's queues."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from studies.conftest import RUTLAND, draws

from sencosim.decisions.ensemble import Ensemble
from sencosim.engine.pair import run_pair
from sencosim.errors import InputError
from sencosim.experiment.pool import Where
from sencosim.experiment.totals import PairTotals
from sencosim.model import baseline_of, england, sample
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.studies.draws import folder_of, run_kept
from sencosim.studies.question import reading_at
from sencosim.studies.trial_courses import TrialWorlds, WorldOfSchools, counted_in, given_to, lot, worlds_of
from sencosim.studies.trial_plan import Cluster, Counted, TrialPlan
from sencosim.vocabulary import COLUMN, Quantity

pytestmark = pytest.mark.engine
N_DRAWS = 3


def ensemble_for(policy: Scenario) -> Ensemble:
    """Draws of the evidence, of which only the inputs are read."""
    return Ensemble(draws(policy, N_DRAWS).points, pd.DataFrame(), {}, ("baseline", policy.name), {})


def trial_of(policy: Scenario, cluster: Cluster = "school") -> TrialWorlds:
    plan = TrialPlan(policy, cluster, "requests", 1, 3)
    return worlds_of(plan, ensemble_for(policy), RUTLAND, 0.02, 2)


def quick(policy: Scenario) -> Scenario:
    return policy.model_copy(update={"run": policy.run.model_copy(update={"warm_up_years": 1})})


@pytest.fixture(scope="module")
def ran(policy: Scenario, tmp_path_factory: pytest.TempPathFactory) -> tuple[TrialWorlds, list[PairTotals], Counted]:
    worlds, out = trial_of(quick(policy)), tmp_path_factory.mktemp("trial")
    store = run_kept(worlds, folder_of(worlds, out), Where(1), lambda _: None)
    totals = [store.read(job) for job in worlds.all_jobs(worlds.replications)]
    return worlds, totals, counted_in(worlds, store, 1)


def test_each_school_is_seen_with_and_without_the_policy(
    ran: tuple[TrialWorlds, list[PairTotals], Counted],
) -> None:
    worlds, totals, counted = ran
    assert len(totals) == 2 + N_DRAWS  # the point values on both samples, and each draw on one
    assert len({job.replication for job in worlds.all_jobs(2)}) == 2
    hours = COLUMN["added_hours"]
    for one in totals:
        assert (one.council_baseline[:, :, hours] == 0.0).all()
        assert (one.policy[0, 1:, hours] > 0.0).all()
        # Before the policy there is one course. It begins at once, in the second of the trial's three years.
        assert (one.baseline[:, 0] == one.policy[:, 0]).all()
    assert {one.exposure.shape for one in counted.courses.values()} == {(2 * 20, 3)}  # one school has no such pupil
    assert {one.shape for one in counted.effects.values()} == {(N_DRAWS,)}
    # A SENCO's added time at the cost of a teacher's: some tens of thousands of pounds a school and year.
    assert ((counted.policy_gbp > 1e4) & (counted.policy_gbp < 1e5)).all()


def test_schools_without_the_policy_feel_the_queue_that_they_share(
    ran: tuple[TrialWorlds, list[PairTotals], Counted],
) -> None:
    worlds, totals, _ = ran
    job, scenario = worlds.all_jobs(2)[0], worlds.first
    schools = sample(england(RUTLAND), scenario, RUTLAND, job.replication, worlds.share)
    reading = reading_at(scenario, worlds.groups[0][0])
    alone = run_pair(job.pair, scenario, baseline_of(scenario), schools, reading=reading)
    of_schools = np.array([cell.phase != "none" for cell in alone.cells])
    none = alone.baseline[of_schools].sum(axis=0)[-3:]
    without = np.rint(totals[0].baseline[0] * np.array([quantity.per for quantity in Quantity]))
    assert (without[0] == none[0]).all()
    assert (without[1:] != none[1:]).any()
    own = [COLUMN[name] for name in ("posts", "added_hours")]
    assert (without[:, own] == none[:, own]).all()


def test_a_second_command_finds_the_worlds_run(policy: Scenario, tmp_path: Path) -> None:
    worlds = trial_of(quick(policy), "council")
    folder, seen = folder_of(worlds, tmp_path), list[int]()
    run_kept(worlds, folder, Where(1), lambda step: seen.append(step.done))
    again = list[int]()
    store = run_kept(trial_of(quick(policy), "council"), folder, Where(1), lambda step: again.append(step.done))
    assert len(seen) > 1
    assert again == [seen[-1]]
    assert store.read(worlds.all_jobs(2)[0]).n_schools == 1  # one council
    assert folder_of(trial_of(quick(policy)), tmp_path) != folder


def test_a_lot_halves_every_council_and_gives_each_what_is_its_own(policy: Scenario) -> None:
    worlds = trial_of(policy)
    worker = worlds.work_for(worlds.all_jobs(2)[:1])
    scenario = worlds.first
    schools = sample(england(RUTLAND), scenario, RUTLAND, 0, 1.0)
    world = WorldOfSchools(schools, baseline_of(scenario), reading_at(scenario, worker.point), 0, keep=False)
    policy_inputs, without = world.inputs(scenario), world.inputs(baseline_of(scenario))
    drawn = lot(policy_inputs, "school", 1, 1)
    assert abs(int(drawn.sum()) - int((~drawn).sum())) <= 1
    assert (drawn != lot(policy_inputs, "school", 1, 2)).any()
    mixed = given_to(policy_inputs.policy, without.policy, drawn, np.zeros(1, dtype=bool))
    for name in ("protected_time", "award_terms", "paperwork_ratio"):
        whole, none = getattr(policy_inputs.policy, name), getattr(without.policy, name)
        assert (getattr(mixed, name)[drawn] == whole[drawn]).all()
        assert (getattr(mixed, name)[~drawn] == none[~drawn]).all()
    many = replace(policy_inputs, schools=replace(policy_inputs.schools, council=np.arange(21) // 7))
    halves = lot(many, "school", 1, 1)
    assert all(3 <= halves[many.schools.council == council].sum() <= 4 for council in range(3))


def test_the_worlds_of_a_trial_stand_on_the_law_of_its_draws(policy: Scenario) -> None:
    worlds = trial_of(policy.model_copy(update={"baselines": ("announced",)}))
    worker = worlds.work_for(worlds.all_jobs(2)[:1])
    assert worker.arms["full_time"].background.plan_reform is not None
    assert worlds.facts()["law"] == "announced"


def test_what_no_lot_can_give_is_refused() -> None:
    for name, cluster, told in (
        ("la_capacity", "school", "--cluster-of council"),
        ("tribunal_capacity", "council", "all England at once"),
    ):
        policy = load_scenario(name).scenario
        with pytest.raises(InputError, match=told):
            trial_of(policy, cluster)  # type: ignore[arg-type]
