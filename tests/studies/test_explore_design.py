"""The design behind the explorer: policies inside the controls, the same first worlds, an emulator that learns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.decisions.resampling import keyed_normals, keyed_uniforms
from sencosim.evidence.routes import ONLY_POLICY_READS
from sencosim.evidence.views import VIEWS
from sencosim.model import RunOptions
from sencosim.outcomes.explorer import DEFAULT, Explorer
from sencosim.outcomes.explorer_controls import CONTROLS, levers_of
from sencosim.outcomes.explorer_data import page_data
from sencosim.outcomes.explorer_features import POLICY_FEATURES, design_of, shares_joined, time_functions
from sencosim.scenario.load import load_scenario
from sencosim.studies.catalogue import LAWS
from sencosim.studies.explore_design import ARMS, POLICY_DIMENSIONS, beliefs, policy_at, worlds
from sencosim.studies.explore_fit import FOLDS, KNOTS, SIZED_BY, Runs, conformal, error_of, fit, folds_of, r_squared
from sencosim.studies.explore_runs import kept_quantities, run_world


@pytest.mark.property
@given(st.fixed_dictionaries({name: st.floats(0.0, 1.0) for name in POLICY_DIMENSIONS}))
def test_every_point_of_the_cube_is_a_policy_inside_the_controls(shares: dict[str, float]) -> None:
    told = policy_at(shares)
    assert set(told) == set(CONTROLS)
    assert all(CONTROLS[name].low <= value <= CONTROLS[name].high for name, value in told.items())
    assert any(levers_of(told).active())


@pytest.mark.unit
def test_more_worlds_keep_the_first() -> None:
    assert worlds(6, 2026) == worlds(11, 2026)[:6]


@pytest.mark.unit
def test_worlds_have_both_laws_every_view_and_beliefs_that_are_moved_in_half_of_them() -> None:
    found = worlds(8, 2026)
    assert {one.law for one in found} == {"current_law", "announced"}
    for one in found:
        assert sorted(arm.view for arm in one.arms) == sorted(VIEWS * ARMS)
        starts = [arm.controls["start"] for arm in one.arms]
        assert starts == sorted(starts)
    moved = [bool(arm.beliefs) for one in found for arm in one.arms]
    assert 2 * sum(moved) == len(moved)


@pytest.mark.unit
def test_beliefs_that_only_a_policy_reads_are_those_that_leave_the_no_policy_arm_alone() -> None:
    assert {one.name for one in beliefs() if one.only_policy} == {one.name for one in beliefs()} & ONLY_POLICY_READS
    assert all(one.low < one.high for one in beliefs())
    assert all(one.low > 0.0 for one in beliefs() if one.log)


def made_up_runs(n_worlds: int, noise: float) -> tuple[Runs, np.ndarray]:
    """Runs of a known truth: two quantities that answer to hours added, a belief and time; and what they would be."""
    chosen = worlds(n_worlds, 7)
    arms = [(world, arm) for world in chosen for arm in world.arms]
    n, n_beliefs = len(arms), len(beliefs())
    features = np.zeros((n, len(POLICY_FEATURES)))
    features[:, 0] = 10.0 * keyed_uniforms(n, 1, "hours")
    features[:, 12] = 0.3 * keyed_uniforms(n, 2, "assistants")
    z = 2.0 * keyed_uniforms(n * n_beliefs, 3, "beliefs").reshape(n, n_beliefs) - 1.0
    times = np.array([time_functions(shares_joined(arm.controls, 2027, 10), KNOTS) for _, arm in arms])
    level = times[:, : len(KNOTS)].sum(axis=1)
    one = features[:, 0, None] * (1.0 + 0.5 * z[:, 0, None]) * level
    two = (30.0 * features[:, 12, None] - features[:, 0, None] * z[:, 1, None]) * times[:, 2:4].sum(axis=1)
    truth = np.stack([one, two], axis=2)
    change = truth * (1.0 + noise * keyed_normals(truth.size, 4, "noise").reshape(truth.shape))
    view = np.array([VIEWS.index(arm.view) for _, arm in arms])
    law = np.array([int(world.law == "announced") for world, _ in arms])
    number = np.array([world.number for world, _ in arms])
    controls = tuple(arm.controls for _, arm in arms)
    base, prices = np.ones_like(change), np.zeros((n, 1))
    size = features[:, [POLICY_FEATURES.index(name) for name in SIZED_BY]].sum(axis=1)
    return Runs(change, features, z, prices, times, features, size, view, law, number, controls, base), truth


@pytest.mark.unit
def test_the_emulator_finds_a_truth_of_its_kind() -> None:
    runs, truth = made_up_runs(64, 0.02)
    targets = runs.change.sum(axis=1)
    found = fit(runs, np.arange(len(runs) // 2), targets, np.ones(2))
    rest = np.arange(len(runs) // 2, len(runs))
    told = found.change(runs, rest)
    for quantity in range(2):
        assert r_squared(truth[rest, :, quantity].ravel(), told[:, :, quantity].ravel()) > 0.98
    nothing = design_of(found.terms, np.zeros((1, len(POLICY_FEATURES))), runs.z[:1], 0, 0)
    assert not nothing.any()


@pytest.mark.unit
def test_folds_keep_worlds_together_and_bands_hold_what_they_say() -> None:
    runs, truth = made_up_runs(64, 0.3)
    fold = folds_of(runs, 1)
    assert set(fold.tolist()) == set(range(FOLDS))
    for world in np.unique(runs.world):
        assert np.unique(fold[runs.world == world]).size == 1
    real = runs.change[:, -1, 0]
    error = error_of(real, truth[:, -1, 0], runs, fold, 16)
    assert error.inside == pytest.approx(0.8, abs=0.05)
    assert sum(error.noise) == pytest.approx(0.0, abs=1e-9)
    assert len(error.noise) == 16


@pytest.mark.unit
def test_a_conformal_band_holds_a_new_score_as_often_as_it_says() -> None:
    scores = np.arange(1.0, 100.0)
    held = [scores[k] <= conformal(np.delete(scores, k)) for k in range(scores.size)]
    assert np.mean(held) == pytest.approx(0.8, abs=0.02)


@pytest.mark.engine
def test_a_world_is_run_whole() -> None:
    (first,) = worlds(1, 2026)
    options = RunOptions(councils=("Rutland",))
    ran = run_world(load_scenario("baseline").scenario, options, first)
    kept = kept_quantities()
    assert ran.change.shape == (len(first.arms), 10, len(kept))
    assert ran.base.min() >= 0.0
    assert np.abs(ran.change).sum() > 0.0


@pytest.mark.engine
def test_runs_that_the_fit_never_saw_are_as_near_as_is_stated() -> None:
    told = Explorer(page_data())
    errors = {name: one for name, one in told.data["errors"].items() if not one["refused"]}
    (first, *_) = worlds(2, 2026)
    fresh = replace(first, number=100_001)
    ran = run_world(load_scenario("baseline").scenario, RunOptions(), fresh)
    phase, pupils, sen, today, weight = ran.schools.tolist()
    here = {"phase": phase, "low": pupils, "high": pupils, "sen": sen, "today": today, "weight": weight}
    own = Explorer({**told.data, "schools": here})
    law, inside = LAWS.index(fresh.law), []
    for number, arm in enumerate(fresh.arms):
        view = VIEWS.index(arm.view)
        real = told.figures(ran.change[number : number + 1], ran.prices[number : number + 1], law, DEFAULT)
        change = own.emulated(arm.controls, ran.beliefs[number : number + 1], view, law)
        change = change + np.tensordot(told.weights(arm.controls), told.corrections[:, view, law], axes=1)
        guessed = told.figures(change, ran.prices[number : number + 1], law, DEFAULT)
        asked = told.asked_in_all(arm.controls)
        inside += [
            abs(real[name][0] - guessed[name][0]) <= 2.0 * one["bands"][view][law] * asked ** one["power"]
            for name, one in errors.items()
            if not name.startswith("outcome.")
        ]
    assert np.mean(inside) > 0.7  # of errors, twice the band contains nearly all; those of one world go together
