"""What levers ask of schools, councils and the nation, year by year: the engine's policy inputs, without an engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sencosim.arms.policy import abolished, policy_inputs
from sencosim.errors import InputError
from sencosim.evidence.register import load_register
from sencosim.levers.plan_reform import agreed_ratio
from sencosim.levers.schools import RunSchools
from sencosim.population.sampling import only_councils
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.files import shipped_folder
from sencosim.scenario.load import load_scenario
from sencosim.scenario.reading import read_text
from sencosim.scenario.schema import Scenario
from sencosim.scenario.tree import plain
from sencosim.studies.question import with_values
from sencosim.studies.sweep import parse_over
from sencosim.terminal.settings import as_lines, with_settings

pytestmark = pytest.mark.unit

DIALS = {
    "reform_entries_ratio": 0.6,
    "reform_refusal_shift": 0.3,
    "reform_transition_share": 0.1,
    "reform_outside_ratio": 0.8,
    "experts_at_hand_days_primary": 40.0,
    "experts_at_hand_days_secondary": 160.0,
}
"""Invented, for tests: the register's are fitted."""
YEARS, START = 15, 2022


@pytest.fixture(scope="module")
def at() -> RunSchools:
    population = only_councils(synthetic_england(), ["Rutland", "Norfolk"])
    register = load_register()
    numbers = {
        name: float(value) for name in register.names() if isinstance(value := register.get(name).value, int | float)
    }
    return RunSchools(population, numbers | DIALS, START, YEARS, 1, 0)


def scenario(where: str = "levers", **levers: Any) -> Scenario:
    at_once = {"phase_in_years": 1, "compliance": 1.0}
    return Scenario.model_validate({where: {name: {**at_once, **said} for name, said in levers.items()}})


def test_hours_by_need_follow_the_numbers_of_the_no_policy_arm(at: RunSchools) -> None:
    asks = scenario(
        hours_schedule={"hours": {"formula": {"hours_per_sen_pupil_per_week": 0.1}}},
        team={"sen_pupils_per_post": 100},
        admin_support={"hours_per_sen_pupil_per_week": 0.05},
    )
    numbers = at.sen[:, None] * np.linspace(1.0, 2.0, YEARS)[None, :]
    asked, flat = policy_inputs(at, asks, numbers), policy_inputs(at, asks)
    week, first = at.values["full_time_hours_per_week"], asked.first_year
    assert first == 2027 - START
    assert np.allclose(asked.protected_time[:, first:], np.minimum(week, 0.1 * numbers[:, first:]))
    assert np.allclose(asked.team_hours[:, first:], numbers[:, first:] / 100 * week)
    assert np.allclose(asked.admin_hours[:, first:], 0.05 * numbers[:, first:])
    assert np.allclose(flat.protected_time[:, first], flat.protected_time[:, -1])
    assert not asked.protected_time[:, :first].any()


def test_two_floors_ask_for_the_larger(at: RunSchools) -> None:
    both = scenario(
        protected_time={"floor": {"hours_per_week": 5.0}},
        hours_schedule={"hours": {"formula": {"hours_per_sen_pupil_per_week": 0.1}}},
    )
    hours = policy_inputs(at, both).protected_time[:, -1]
    assert np.allclose(hours, np.maximum(5.0, np.minimum(at.values["full_time_hours_per_week"], 0.1 * at.sen)))


def test_a_floor_of_zero_asks_for_nothing_and_is_a_policy_all_the_same(at: RunSchools) -> None:
    asked = policy_inputs(at, scenario(protected_time={"floor": {"hours_per_week": 0.0}, "drift_to_floor": 1.0}))
    assert asked.first_year == 2027 - START
    assert not asked.protected_time.any()
    assert asked.comes_down[:, asked.first_year :].all()


def test_a_phase_without_a_floor_does_not_come_down(at: RunSchools) -> None:
    floor = {"by_phase": {"primary": {"hours_per_week": 5.0}}}
    asked = policy_inputs(at, scenario(protected_time={"floor": floor, "drift_to_floor": 1.0}))
    assert asked.comes_down[at.phase == 0, -1].all()
    assert not asked.comes_down[at.phase == 1].any()


def test_a_shared_post_is_split_by_the_numbers_of_each_year(at: RunSchools) -> None:
    numbers = np.repeat(at.sen[:, None], YEARS, axis=1)
    numbers[::2, -1] *= 3.0
    asked = policy_inputs(at, scenario(shared_senco={"roll_max": 300, "no_head_teacher": False}), numbers)
    group = np.flatnonzero(asked.cluster == 0)
    assert asked.shared_hours[group, -1].sum() == pytest.approx(asked.shared_hours[group, -2].sum())
    assert not np.allclose(asked.shared_hours[group, -1], asked.shared_hours[group, -2])


@pytest.mark.parametrize("variant", ["mixed", "fewer_requests", "more_refusals"])
def test_the_reform_lets_new_plans_fall_by_the_same_share_in_every_variant(at: RunSchools, variant: str) -> None:
    asked = policy_inputs(at, Scenario.model_validate({"background": {"plan_reform": {"variant": variant}}}))
    refused = at.values["refusal_share_all"]
    entries = asked.request_ratio[0] * agreed_ratio(asked.refusal_shift, refused)
    assert np.allclose(entries, asked.entry_ratio)
    before, full = slice(0, 2029 - START), 2034 - START
    assert (asked.entry_ratio[before] == 1.0).all()
    assert asked.entry_ratio[full] == pytest.approx(0.6 * float(agreed_ratio(np.array(0.3), refused)))
    assert asked.outside_ratio[full] == pytest.approx(0.8)
    assert asked.plan_transition_share[full] == pytest.approx(0.1)
    assert asked.key_stage_reviews.tolist() == [0.0] * (2029 - START) + [1.0] * (YEARS - 2029 + START)
    assert (asked.placement_orders == 1.0 - asked.key_stage_reviews).all()
    assert (asked.refusal_shift == 0.0).all() == (variant == "fewer_requests")
    assert np.allclose(asked.request_ratio, 1.0) == (variant == "more_refusals")
    assert asked.first_year == YEARS, "background is no policy of the question"


def test_without_a_reform_everything_is_as_today(at: RunSchools) -> None:
    asked = policy_inputs(at, Scenario())
    assert (asked.entry_ratio == 1.0).all()
    assert (asked.placement_orders == 1.0).all()
    for name in ("refusal_shift", "plan_transition_share", "key_stage_reviews", "expert_hours", "abolished"):
        assert not getattr(asked, name).any(), name


def test_announced_money_buys_assistants_and_counts_specialists(at: RunSchools) -> None:
    background = {"mainstream_fund": {}, "experts_at_hand": {"phase_in_years": 1}}
    asked = policy_inputs(at, Scenario.model_validate({"background": background}))
    england = synthetic_england()
    average = 0.1 * 1.36 * at.values["hours_per_day"]
    largest = int(np.argmax(at.population.pupils))
    expected = average * at.population.pupils[largest] / england.pupils.mean()
    assert asked.team_hours[largest, -1] == pytest.approx(expected, rel=0.02)
    assert not asked.team_hours[:, : 2026 - START].any()
    mean = asked.expert_hours[at.phase == 0, -1].mean() / at.population.pupils[at.phase == 0].mean()
    assert mean == pytest.approx(
        40 * at.values["hours_per_day"] / 39 / england.pupils[england.phase == 0].mean(), rel=0.02
    )
    helping = Scenario.model_validate({"background": {"experts_at_hand": {"team_share": 0.5}}})
    assert policy_inputs(at, helping).team_hours.any()


def test_a_team_of_the_question_is_added_to_the_announced_assistants(at: RunSchools) -> None:
    team = {"hours_per_week": 5, "phase_in_years": 1, "compliance": 1.0}
    both = Scenario.model_validate({"background": {"mainstream_fund": {}}, "levers": {"team": team}})
    alone = Scenario.model_validate({"background": {"mainstream_fund": {}}})
    added = policy_inputs(at, both).team_hours - policy_inputs(at, alone).team_hours
    assert np.allclose(added[:, -1], 5.0)


def test_hearings_are_added_in_steps(at: RunSchools) -> None:
    asked = policy_inputs(at, Scenario.model_validate({"levers": {"tribunal_capacity": {"capacity": 1.5}}}))
    first = 2027 - START
    assert asked.tribunal_ratio[first - 1 : first + 3].tolist() == pytest.approx([1.0, 1.165, 1.335, 1.5])


def test_abolished_takes_every_senco_away_from_the_first_year_of_policy(at: RunSchools) -> None:
    policy = policy_inputs(at, scenario(team={"hours_per_week": 5}))
    gone = abolished(policy)
    assert gone.abolished[:, policy.first_year :].all()
    assert not gone.abolished[:, : policy.first_year].any()
    assert gone.team_hours is policy.team_hours
    late = abolished(policy_inputs(at, Scenario()), first_year=4)
    assert (late.first_year, late.abolished.sum()) == (4, at.phase.size * (YEARS - 4))


def test_every_shipped_scenario_can_be_asked(at: RunSchools) -> None:
    for path in sorted(shipped_folder().glob("*.yaml")):
        asked = policy_inputs(at, load_scenario(path.stem).scenario)
        assert np.isfinite(asked.protected_time).all(), path.stem


@pytest.mark.parametrize(
    ("before", "setting", "value"),
    [
        ({"protected_time.phase_in": {"2027/28": 0.05, "2035/36": 1.0}}, "protected_time.phase_in_years", 1),
        ({"protected_time.phase_in_years": 1}, "protected_time.phase_in", {"2027/28": 0.05, "2035/36": 1.0}),
        ({"protected_time.phase_in_years": 1}, "protected_time.phase_in.2027/28", 0.05),
        ({"admin_support.hours_per_week": 5.0}, "admin_support.hours_per_sen_pupil_per_week", 0.1),
        ({}, "protected_time.floor.days_per_week", 2),
    ],
)
def test_a_setting_changed_in_python_or_in_a_sweep_holds_as_one_of_the_command_line_does(
    before: dict[str, Any], setting: str, value: object, tmp_path: Path
) -> None:
    """What it takes the place of does not stay beside it and be read instead."""
    lines = as_lines({f"levers.{name}": json.dumps(said) for name, said in before.items()})
    file = tmp_path / "own.yaml"
    file.write_text("\n".join(["schema: 1", "extends: protected_time", *lines]) + "\n", encoding="utf-8")
    named = f"levers.{setting}"
    of_command_line = with_settings(str(file), {named: json.dumps(value)}).scenario
    assert with_values(load_scenario(file).scenario, {named: value}).levers == of_command_line.levers
    assert of_command_line.levers != load_scenario(file).scenario.levers


def test_two_settings_of_which_one_takes_the_place_of_the_other_are_refused() -> None:
    base, floor = load_scenario("protected_time").scenario, "levers.protected_time.floor"
    lever = "levers.protected_time"
    for both in (
        {f"{lever}.phase_in_years": 1, f"{lever}.phase_in.2027/28": 0.5},
        {f"{lever}.phase_in": {"2027/28": 0.5}, f"{lever}.phase_in_years": 1},
        {f"{floor}.hours_per_week": 8, f"{floor}.days_per_week": 2},
    ):
        with pytest.raises(InputError, match="take each other's place"):
            with_values(base, both)
    changed = with_values(base, {f"{lever}.phase_in_years": 1, f"{lever}.phase_in": None})
    assert changed.levers.protected_time is not None
    assert changed.levers.protected_time.steps() == {2027: 1.0}


def sweeps() -> list[Path]:
    return sorted((shipped_folder() / "sweeps").glob("*.yaml"))


@pytest.mark.parametrize("path", sweeps(), ids=lambda path: path.stem)
def test_every_point_of_a_shipped_sweep_is_a_valid_scenario(path: Path) -> None:
    sweep: Any = plain(read_text(path.read_text(encoding="utf-8"), path.name).root)
    base = load_scenario(sweep["scenario"]).scenario
    for axis in map(parse_over, sweep["over"]):
        assert len({with_values(base, {axis.key: point}).fingerprint() for point in axis.points}) == len(axis.points)
