"""What an ensemble asks: points, groups that share a run, names made from the question, faults said at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from ensembles.conftest import RUTLAND, draws, points

import sencosim
from sencosim.costing.prices import PRICE_PARAMETERS
from sencosim.decisions.designs import grid
from sencosim.engine.arms import read_evidence
from sencosim.ensembles.question import drawn, with_values
from sencosim.ensembles.space import GROUPS, choose, group_of, is_price, uncertain
from sencosim.errors import InputError
from sencosim.scenario.schema import Scenario

pytestmark = pytest.mark.unit
PACKAGE = Path(sencosim.__file__).parent


def test_draws_are_those_of_a_run(policy: Scenario) -> None:
    question = draws(policy, 3)
    for row in question.points.to_dict(orient="records"):
        told = read_evidence(policy, "central", row["draw"], policy.run.seed).values  # noqa: PD011
        assert {name: row[name] for name in question.inputs} == {name: told[name] for name in question.inputs}


def test_every_drawn_input_is_a_column(policy: Scenario) -> None:
    assert set(draws(policy, 1).inputs) == set(uncertain(policy, "central"))


def test_no_source_of_the_engine_names_an_input_that_counts_as_price_alone() -> None:
    sources = [*PACKAGE.glob("engine/**/*.py"), *PACKAGE.glob("rules/*.py"), *PACKAGE.glob("ledger/*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    assert [name for name in PRICE_PARAMETERS if is_price(name) and f'"{name}"' in text] == []
    assert not is_price("full_time_hours_per_week")


def test_points_that_differ_in_prices_alone_share_a_run(policy: Scenario) -> None:
    design = grid({"senco_leaving_rate": (0.1, 0.2), "transport_cost": (5000.0, 6000.0, 7000.0)})
    question = points(policy, design, replications=2)
    jobs = list(question.jobs())
    assert len(jobs) == question.n_engine_jobs() == 4
    assert [len(job.points) for job in jobs] == [3, 3, 3, 3]


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
    hours = [job.arms["full_time"].levers.protected_time.floor.hours_per_week for job in question.jobs()]  # type: ignore[union-attr]
    assert hours == [8.0, 16.0]
    assert policy.levers.protected_time.floor.full_time  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"senco_leaving_rat": [0.1]}, "Did you mean senco_leaving_rate"),
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


def test_inputs_are_chosen_by_name_and_by_group(policy: Scenario) -> None:
    space = uncertain(policy, "central")
    effects = choose(space, ["effects"])
    assert effects
    assert all(name.startswith("effect_") for name in effects)
    assert sum(len(choose(space, [group])) for group in GROUPS) == len(space)
    assert {group_of(name) for name in space} == set(GROUPS)
    with pytest.raises(InputError, match=r"no input or group named efects.*is not uncertain"):
        choose(space, ["efects", "overtime_cap"])


def test_points_stay_in_order_of_their_numbers(policy: Scenario) -> None:
    question = points(policy, grid({"senco_leaving_rate": (0.3, 0.1)}))
    assert question.points["draw"].tolist() == [1, 2]
    pd.testing.assert_series_equal(
        question.points["senco_leaving_rate"], pd.Series([0.3, 0.1], name="senco_leaving_rate")
    )
