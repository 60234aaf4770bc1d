"""Every setting of the dials is a scenario that asks for what the dials say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.levers.catalogue import Levers
from sencosim.levers.schools import Counts
from sencosim.model import RunOptions
from sencosim.scenario.load import load_scenario
from sencosim.studies.policy_space import (
    DIALS,
    FEWEST_SHARING,
    IN_TIME,
    Schools,
    design,
    dials_at,
    examples,
    in_words,
    levers_of,
    plain_policies,
    points_at,
    policy_at,
)
from sencosim.units import PHASES

OFF = {name: dial.low for name, dial in DIALS.items()}
settings_of_dials = st.fixed_dictionaries({name: st.floats(dial.low, dial.high) for name, dial in DIALS.items()})


@pytest.fixture(scope="module")
def schools() -> Schools:
    base = load_scenario("baseline").scenario
    return Schools.of(base, RunOptions(councils=("Rutland",)), 1.0)


@pytest.mark.unit
def test_dials_that_are_off_ask_for_nothing(schools: Schools) -> None:
    assert not any(True for _ in levers_of(OFF).active())
    assert in_words(OFF) == ("Nothing is asked of schools.",)
    assert examples(OFF).empty
    inputs = schools.inputs(points_at(pd.DataFrame([OFF])))
    asked = [name for name in inputs if name not in DIALS and name != "in_force"]
    assert (inputs[asked] == 0.0).all().all()


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(settings_of_dials)
def test_every_setting_is_a_scenario_and_rounding_it_again_changes_nothing(dials: dict[str, float]) -> None:
    base = load_scenario("baseline").scenario
    policy = policy_at(dials, base, "some_policy")
    stepped = dials_at(points_at(pd.DataFrame([dials]))).to_dict("records")[0]
    assert policy.levers == levers_of({str(name): value for name, value in stepped.items()})
    told = policy.levers.model_dump(mode="json", exclude_none=True)
    assert Levers.model_validate(told, strict=False) == policy.levers
    assert policy.model_copy(update={"levers": base.levers}).without_question() == base.without_question()
    assert in_words(dials)


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(settings_of_dials)
def test_a_dial_turned_on_is_a_lever_and_one_that_is_off_is_none(dials: dict[str, float]) -> None:
    at = {str(n): float(v) for n, v in dials_at(points_at(pd.DataFrame([dials]))).to_dict("records")[0].items()}
    levers = levers_of(dials)
    hours = any(at[f"{phase}_{name}"] > 0.0 for phase in PHASES for name in ("hours_per_sen_pupil", "least_hours"))
    assert (levers.hours_schedule is not None) == hours
    assert (levers.slt_seat is not None) == (at["leadership_seat"] == 1.0)
    assert (levers.admin_support is not None) == (at["administrator_hours_per_sen_pupil"] > 0.0)
    assert (levers.team is not None) == (at["assistant_hours_per_sen_pupil"] > 0.0)
    assert (levers.shared_senco is not None) == (at["shared_below"] >= FEWEST_SHARING)
    for _, lever in levers.active():
        assert lever.phase_in_years == at["phase_in_years"]
        assert lever.start == f"{2027 + round(at['years_of_delay'])}/{28 + round(at['years_of_delay'])}"


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(settings_of_dials)
def test_the_examples_are_what_the_lever_asks(dials: dict[str, float]) -> None:
    lever = levers_of(dials).hours_schedule
    shown = examples(dials)
    assert (lever is None) == shown.empty
    for row in shown.to_dict("records"):
        counts = Counts(PHASES.index(row["phase"]), 500, np.array([float(row["sen_pupils"])]), 6.5, 32.4)
        assert lever is not None
        assert float(lever.hours.hours(counts)[0]) == pytest.approx(row["hours_per_week"], abs=1e-6)


@pytest.mark.unit
def test_what_is_asked_follows_the_dials(schools: Schools) -> None:
    on = OFF | {"primary_hours_per_sen_pupil": 0.5, "primary_most_hours": 32.4, "phase_in_years": 1.0}
    more = on | {"primary_hours_per_sen_pupil": 0.8}
    late = on | {"years_of_delay": 2.0}
    shared = on | {"shared_below": 210.0}
    inputs = schools.inputs(points_at(pd.DataFrame([on, more, late, shared])))
    added = inputs["primary_added"]
    assert added[0] > 0.0
    assert added[1] > added[0] > added[2]
    assert added[2] == pytest.approx(0.8 * added[0])  # two of ten years without it
    assert (inputs["secondary_added"] == 0.0).all()
    assert inputs["sharing"][3] > inputs["sharing"][0] == 0.0


@pytest.mark.unit
def test_a_design_fills_the_space_and_stands_at_steps(schools: Schools) -> None:
    points = schools.settled(design(64, 7), timing=True)
    assert (schools.settled(points, timing=True) == points).all()
    dials = dials_at(points)
    for name, dial in DIALS.items():
        assert dials[name].between(dial.low, dial.high).all()
        assert (dials[name] == dial.low).mean() > 0.05 or name.endswith("most_hours")
        assert (dials[name] == dial.high).mean() > 0.05
    held = dials_at(schools.settled(design(64, 7), timing=False))
    for name, value in IN_TIME.items():
        assert (held[name] == value).all()


@pytest.mark.unit
def test_a_duty_that_asks_hardly_anything_is_off(schools: Schools) -> None:
    idle = OFF | {"primary_least_hours": 0.5, "primary_most_hours": 32.4, "secondary_most_hours": 32.4}
    real = idle | {"primary_least_hours": 20.0}
    told = schools.told(pd.DataFrame([idle, real]), timing=False)
    assert told["primary_least_hours"].tolist() == [0.0, 20.0]


@pytest.mark.unit
def test_the_best_known_policies_are_in_every_design() -> None:
    shipped = load_scenario("full_time").scenario.levers.protected_time
    policies = [levers_of({str(n): float(v) for n, v in row.items()}) for row in plain_policies().to_dict("records")]
    counts = Counts(np.array([0, 1]), 500, np.array([5.0, 400.0]), 6.5, 32.4)
    hours = [one.hours_schedule.hours.hours(counts).tolist() for one in policies if one.hours_schedule is not None]
    assert shipped is not None
    assert shipped.floor.hours(counts).tolist() in hours
