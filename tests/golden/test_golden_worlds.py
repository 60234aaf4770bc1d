"""Small worlds come out as they were frozen, in both engines, to the last event."""

from __future__ import annotations

from functools import lru_cache

import pytest
from golden import frozen, tallies
from golden.engines import EngineName, Outcome, run_world
from golden.prints import of_outcome
from golden.worlds import (
    CHANGES,
    COVERS,
    GOLDEN_WORLDS,
    LEVERS,
    MORE_WORLDS,
    PATHS,
    SCHOOLS,
    SHOCKS,
    SUPPLIES,
    recipe,
    world,
)

from sencosim.scenario.levers import Levers
from sencosim.scenario.mechanisms import MECHANISMS
from sencosim.scenario.shocks import Shock
from sencosim.vocabulary import Quantity

NUMBERS = range(GOLDEN_WORLDS)
IN_BOTH_ENGINES = range(7, GOLDEN_WORLDS, 20)
NEVER_COUNTED = {"hours_due.open_development", "hours_lapsed.open_development"}
"""Open development is never due."""
FEWEST = 8
"""Worlds in which every choice is made at least."""


@lru_cache(maxsize=GOLDEN_WORLDS)
def compiled(number: int) -> Outcome:
    return run_world(world(number))


def check(number: int, outcome: Outcome) -> None:
    how = f"Where: `python -m golden.difference`, see its first lines. {tallies.differing_cells(number, outcome)}"
    frozen.check("worlds", str(number), of_outcome(outcome), how)


@pytest.mark.engine
@pytest.mark.parametrize("number", NUMBERS)
def test_a_world_is_as_frozen(number: int) -> None:
    check(number, compiled(number))


@pytest.mark.engine
@pytest.mark.parametrize("number", IN_BOTH_ENGINES)
def test_the_reference_engine_gives_the_same_worlds(number: int) -> None:
    check(number, run_world(world(number), "reference"))


@pytest.mark.study
@pytest.mark.parametrize("number", [n for n in NUMBERS if n not in IN_BOTH_ENGINES])
def test_the_reference_engine_gives_every_golden_world(number: int) -> None:
    check(number, run_world(world(number), "reference"))


@pytest.mark.study
@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize("number", range(GOLDEN_WORLDS, GOLDEN_WORLDS + MORE_WORLDS))
def test_further_worlds_are_the_same_in_both_engines(number: int, engine: EngineName) -> None:
    check(number, run_world(world(number), engine))


@pytest.mark.engine
def test_golden_worlds_count_every_quantity() -> None:
    counted = {
        one.key
        for number in NUMBERS
        for one, some in zip(Quantity, compiled(number).tally.any(axis=(0, 1)), strict=True)
        if some
    }
    assert {one.key for one in Quantity} - counted == NEVER_COUNTED


def _choices() -> dict[str, int]:
    """How many worlds make each choice."""
    found: dict[str, int] = {}
    for number in NUMBERS:
        made = recipe(number)
        policies = made.scenario["levers"] | made.scenario["background"]
        levers = {f"levers.{name}" for name in policies}
        shocks = {f"shocks.{field}" for shock in made.scenario["shocks"].values() for field in shock}
        values = {f"values.{name}" for name in (*made.changes, *made.paths)}
        others = {f"schools.{made.schools}", f"years.{made.years}", f"grid.{made.grid}", f"view.{made.view}"}
        for choice in levers | shocks | values | others | {f"drawn.{made.draw > 0}"}:
            found[choice] = found.get(choice, 0) + 1
    return found


@pytest.mark.unit
def test_golden_worlds_make_every_choice_often() -> None:
    choices = _choices()
    wanted = [
        *(f"levers.{name}" for name in (*LEVERS, "delay")),
        *(f"shocks.{field}" for field in ("start", "end", *SHOCKS)),
        *(f"values.{name}" for name in (*CHANGES, *SUPPLIES, *PATHS)),
        *(f"years.{years}" for years in (1, 2, 3, 4)),
        *(f"view.{view}" for view in ("campaign", "central", "sceptic")),
        *("drawn.True", "drawn.False", "grid.0.0", "grid.0.25", "grid.1.0", "grid.2.0"),
    ]
    assert {name: choices.get(name, 0) for name in wanted if choices.get(name, 0) < FEWEST} == {}
    assert [name for name in SCHOOLS if f"schools.{name}" not in choices] == []


@pytest.mark.unit
def test_worlds_know_every_lever_and_every_field_of_a_shock() -> None:
    assert set(LEVERS) | {"delay"} == set(Levers.model_fields)
    assert set(SHOCKS) | {"start", "end"} == set(Shock.model_fields)


@pytest.mark.unit
def test_golden_worlds_meet_every_cover_and_switch_off_every_mechanism() -> None:
    made = [recipe(number) for number in NUMBERS]
    levers = [one for world in made for one in (world.scenario["levers"] | world.scenario["background"]).values()]
    covers = [lever["covers"] for lever in levers if "covers" in lever]
    assert [cover for cover in COVERS if cover not in covers] == []
    neutral = {name: one.neutral for name, one in MECHANISMS.items()}
    met = {name for name, values in neutral.items() if any(values.items() <= world.changes.items() for world in made)}
    assert set(neutral) - met == set()


@pytest.mark.unit
def test_a_number_is_one_world_and_another_number_another() -> None:
    prints = [tuple(parts.items()) for parts in frozen.cases_of("worlds").values()]
    assert len(prints) == len(set(prints)) == GOLDEN_WORLDS + MORE_WORLDS
    assert repr(recipe(3)) == repr(recipe(3))
