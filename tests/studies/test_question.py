"""What an ensemble asks: points, groups that share a run, names made from the question, faults said at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from studies.conftest import RUTLAND, draws, points

import sencosim
from sencosim.costing.prices import PRICE_PARAMETERS
from sencosim.decisions.designs import grid
from sencosim.engine.pair import read_evidence
from sencosim.errors import InputError
from sencosim.evidence.posterior import PosteriorSample, load_posterior, row_of_draw
from sencosim.experiment.jobs import REFERENCE, asked
from sencosim.scenario.laws import under_law
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Mechanisms, Scenario
from sencosim.studies.question import Point, designed, drawn, reading_at, with_values
from sencosim.studies.space import (
    CALIBRATION_ROW,
    GROUP_TITLES,
    NO_ROW,
    choose,
    fitted,
    group_of,
    is_price,
    row_values,
    together,
    uncertain,
)

pytestmark = pytest.mark.unit
PACKAGE = Path(sencosim.__file__).parent


def test_draws_are_those_of_a_run(policy: Scenario) -> None:
    question = draws(policy, 3)
    for row in question.points.to_dict(orient="records"):
        told = read_evidence(policy, "central", row["draw"], policy.run.seed).values  # noqa: PD011
        names = [name for name in question.inputs if "[" not in name]
        assert {name: row[name] for name in names} == {name: told[name] for name in names}


def test_draws_say_which_forms_of_the_model_they_vary_and_a_run_holds(policy: Scenario) -> None:
    """Both read the same points; a run holds these inputs at its reference form."""
    in_form = asked(policy, "current_law", REFERENCE, drawn=True)
    assert draws(policy, 2).facts()["forms_drawn"] == ["beyond_list", "unidentified_request_ratio"]
    assert draws(in_form, 2).facts()["forms_drawn"] == []
    shared = list(draws(in_form, 2).inputs)
    assert draws(policy, 2).points[shared].equals(draws(in_form, 2).points[shared])


def test_every_drawn_input_is_a_column(policy: Scenario) -> None:
    assert set(draws(policy, 1).inputs) == {*uncertain(policy, "central"), *fitted(policy)}


def test_no_source_of_the_engine_names_an_input_that_counts_as_price_alone() -> None:
    sources = [*PACKAGE.glob("engine/**/*.py"), *PACKAGE.glob("rules/*.py"), *PACKAGE.glob("ledger/*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    assert [name for name in PRICE_PARAMETERS if is_price(name) and f'"{name}"' in text] == []
    assert not is_price("full_time_hours_per_week")


def test_points_that_differ_in_prices_alone_share_a_run(policy: Scenario) -> None:
    design = grid({"senco_leaving_rate": (0.1, 0.2), "transport_cost": (5000.0, 6000.0, 7000.0)})
    question = points(policy, design, replications=2)
    assert len(question.all_jobs(2)) == 4
    assert [len(group) for group in question.groups] == [3, 3]


def test_the_same_question_has_the_same_folder_and_another_has_another(policy: Scenario) -> None:
    one = draws(policy, 3)
    assert one.ensemble_id == draws(policy, 3).ensemble_id
    others = {draws(policy, 4).ensemble_id, draws(policy, 3, replications=2).ensemble_id}
    others.add(drawn({"full_time": policy}, RUTLAND, {"sceptic": 3}, 1, 0.02).ensemble_id)
    others.add(draws(with_values(policy, {"run.seed": 7}), 3).ensemble_id)
    assert one.ensemble_id not in others
    assert len(others) == 4


def test_settings_of_a_policy_are_swept_like_inputs(policy: Scenario) -> None:
    question = points(policy, grid({"levers.protected_time.floor.hours_per_week": (8.0, 16.0)}))
    arms = [question.arms_at(number)["full_time"] for number in (1, 2)]
    hours = [one.levers.protected_time.floor.hours_per_week for one in arms]  # type: ignore[union-attr]
    assert hours == [8.0, 16.0]
    assert policy.levers.protected_time.floor.full_time  # type: ignore[union-attr]


def test_an_ensemble_stands_on_the_first_law_of_its_scenarios_and_says_so(policy: Scenario) -> None:
    own = policy.model_copy(update={"baselines": ("announced", "current_law")})
    question, today = draws(own, 2), draws(policy, 2)
    arm = question.arms_at(1)["full_time"]
    assert arm.background == under_law(policy, "announced").background != policy.background
    assert arm.baselines == ("announced",)
    assert question.work_for(question.all_jobs(1)[:1]).arms == {"full_time": arm}
    assert {job.law for job in question.all_jobs(1)} == {"announced"}
    assert [one.facts()["law"] for one in (today, question)] == ["current_law", "announced"]
    assert today.arms_at(1)["full_time"].background == policy.background


def test_policies_whose_law_adds_different_things_do_not_share_a_baseline(policy: Scenario) -> None:
    both = {"full_time": policy, "isp_duty": load_scenario("isp_duty").scenario}
    drawn(both, RUTLAND, {"central": 1}, 1, 0.02)
    announced = {name: one.model_copy(update={"baselines": ("announced",)}) for name, one in both.items()}
    with pytest.raises(InputError, match="background with what the law adds to it"):
        drawn(announced, RUTLAND, {"central": 1}, 1, 0.02)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"senco_leaving_rat": [0.1]}, "Did you mean  senco_leaving_rate"),
        ({"senco_leaving_rate": [0.1, 7.0]}, "it can be from"),
        ({"senco_leaving_rat": [0.1], "used_share_added": [9.0]}, "used_share_added would be 9"),
    ],
)
def test_faults_of_points_are_said_all_at_once(policy: Scenario, columns: dict[str, list[float]], words: str) -> None:
    design = grid({name: tuple(values) for name, values in columns.items()})
    with pytest.raises(InputError, match=words):
        points(policy, design)


def test_a_setting_that_does_not_exist_is_refused(policy: Scenario) -> None:
    with pytest.raises(InputError, match=r"levers\.protected_time\.flor"):
        with_values(policy, {"levers.protected_time.flor": 3})


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("horizon.years", 5),
        ("run.seed", 7),
        ("run.warm_up_years", 2),
        ("levers.protected_time.phase_in_years", 2),
        ("levers.protected_time.compliance", 1),
    ],
)
def test_whole_numbers_are_swept_as_whole_numbers(policy: Scenario, setting: str, value: float) -> None:
    question = points(policy, grid({setting: (float(value), float(value + 1) if value > 1 else 0.5)}))
    assert question.arms_at(1)["full_time"] == under_law(with_values(policy, {setting: value}), question.law)
    assert question.arms_at(1) != question.arms_at(2)


def test_a_sweep_that_would_change_nothing_or_lend_a_lever_is_refused(policy: Scenario) -> None:
    both = {"full_time": policy, "slt_seat": load_scenario("slt_seat").scenario}
    for setting, words in (
        ("run.sample", "run.sample is read by `sencosim run` alone.*Give --sample"),
        ("run.draws", "run.draws is read by `sencosim run` alone"),
        ("levers.slt_seat.compliance", "slt_seat has the lever slt_seat and full_time has not.*Leave out full_time"),
    ):
        with pytest.raises(InputError, match=words):
            designed(both, RUTLAND, grid({setting: (0.5, 1.0)}), 1, 0.02)
    alone = {"slt_seat": both["slt_seat"]}
    assert designed(alone, RUTLAND, grid({"levers.slt_seat.compliance": (0.5, 1.0)}), 1, 0.02)


def test_a_sweep_of_what_draws_alone_or_averages_of_a_run_read_is_refused(policy: Scenario) -> None:
    for setting, words in (
        ("structure.beyond_list.zero", "run` alone, so it would change nothing here.*sweep the parameter of a form"),
        ("correlations.effects_of_senco_time.correlation", "read where inputs are drawn together.*are set, not drawn"),
    ):
        with pytest.raises(InputError, match=words):
            points(policy, grid({setting: (0.1, 0.9)}))


def test_what_a_mechanism_that_is_off_would_read_is_no_input(policy: Scenario) -> None:
    """Else a point's own value would take the place of the neutral one and switch the mechanism on again."""
    off = policy.model_copy(update={"mechanisms": Mechanisms(off=("senco_leaving",))})
    assert "senco_leaving_rate" in uncertain(policy, "central")
    assert "senco_leaving_rate" not in {*uncertain(off, "central"), *draws(off, 2).inputs}
    own = with_values(off, {"overrides.senco_leaving_rate.distribution": {"family": "uniform", "min": 0.1, "max": 0.2}})
    assert "senco_leaving_rate" not in uncertain(own, "central")
    with pytest.raises(InputError, match=r"senco_leaving_rate is not uncertain.*switches off the mechanism"):
        choose(uncertain(off, "central"), ["senco_leaving_rate"])
    for name in ("senco_leaving_rate", "overrides.senco_leaving_rate.value"):
        assert points(policy, grid({name: (0.1, 0.3)}))
        with pytest.raises(InputError, match=r"senco_leaving_rate does nothing.*take senco_leaving out of mechanisms"):
            points(off, grid({name: (0.1, 0.3)}))


def test_a_group_of_which_nothing_is_left_is_said_to_be_fixed() -> None:
    with pytest.raises(InputError, match="No input of the group effects is uncertain here"):
        choose({}, ["effects"])


def test_inputs_are_chosen_by_name_and_by_group(policy: Scenario) -> None:
    space = uncertain(policy, "central")
    effects = choose(space, ["effects"])
    assert effects
    assert all(name.startswith("effect_") for name in effects)
    assert sum(len(choose(space, [group])) for group in GROUP_TITLES) == len(space)
    assert {group_of(name) for name in space} == set(GROUP_TITLES)
    with pytest.raises(InputError, match=r"named efects. Did you mean  effects \?.*notice_weeks is not uncertain"):
        choose(space, ["efects", "notice_weeks"])


def test_points_stay_in_order_of_their_numbers(policy: Scenario) -> None:
    question = points(policy, grid({"senco_leaving_rate": (0.3, 0.1)}))
    assert question.points["draw"].tolist() == [1, 2]
    pd.testing.assert_series_equal(
        question.points["senco_leaving_rate"], pd.Series([0.3, 0.1], name="senco_leaving_rate")
    )


def test_fitted_parameters_are_named_inputs_and_stay_in_their_row(policy: Scenario) -> None:
    question = draws(policy, 4)
    sample = load_posterior()
    named = [name for name in question.inputs if group_of(name) == "calibration"]
    assert {name.partition("[")[0] for name in named} == set(sample.names)
    for row in question.points.to_dict(orient="records"):
        numbers = sample.numbers(row_of_draw(policy.run.seed, row["draw"]))
        assert {name: row[name] for name in named} == {name: numbers[name] for name in named}
    for (point,) in question.groups:
        assert reading_at(policy, point) == read_evidence(policy, "central", point.draw, policy.run.seed)


def test_a_scenario_that_sets_a_fitted_parameter_takes_it_out(policy: Scenario) -> None:
    own = with_values(policy, {"overrides.request_rate_primary": {"value": 0.02, "why": "test"}})
    assert "request_rate_primary" in fitted(policy)
    assert "request_rate_primary" not in fitted(own)
    assert "request_rate_primary" not in uncertain(own, "central")
    assert "request_rate_primary" not in row_values(3.0, own)


def test_numbers_of_a_list_that_move_in_step_stand_once(policy: Scenario) -> None:
    listed = [name for name in fitted(policy) if name.startswith("notice_rate_by_year_group[")]
    columns = np.array([[load_posterior().numbers(row)[name] for name in listed] for row in range(60)])
    assert 1 <= len(listed) < 12
    assert (np.abs(np.corrcoef(columns.T)) - np.eye(len(listed))).max() < 0.9999


def test_designs_move_fitted_parameters_together_along_the_sample(policy: Scenario) -> None:
    space = together(choose(uncertain(policy, "central"), ["calibration", "senco_leaving_rate"]))
    assert set(space) == {"senco_leaving_rate", CALIBRATION_ROW}
    assert set(together(choose(uncertain(policy, "central"), ["senco_leaving_rate"]))) == {"senco_leaving_rate"}
    plain, rows = read_evidence(policy, "central", 0, policy.run.seed), load_posterior().rows
    for place in (0.0, 57.3, len(rows) - 0.001, float(len(rows))):
        found = dict(reading_at(policy, Point("central", 1, {CALIBRATION_ROW: place}, {})).values)
        seen = {name: value for name, value in found.items() if value != plain.values.get(name)}  # noqa: PD011
        assert seen
        assert any(all(row.get(name) == value for name, value in seen.items()) for row in rows)
    assert reading_at(policy, Point("central", 1, {CALIBRATION_ROW: NO_ROW}, {})) == plain
    assert sorted(load_posterior().in_order) == list(range(len(rows)))


def test_the_name_of_a_question_knows_the_posterior_sample(policy: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    design = grid({CALIBRATION_ROW: (3.0, 4.0)})
    before = points(policy, design).ensemble_id
    shorter = PosteriorSample(load_posterior().rows[:50], {})
    monkeypatch.setattr("sencosim.studies.question.load_posterior", lambda: shorter)
    assert points(policy, design).ensemble_id != before
