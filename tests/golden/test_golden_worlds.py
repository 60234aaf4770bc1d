"""Small worlds come out as they were frozen, in both engines, to the last event."""

from __future__ import annotations

from functools import lru_cache

import pytest
from golden import frozen, tallies
from golden.engines import Arms, EngineName, run_from_the_start, run_world
from golden.prints import of_arms, of_outcome
from golden.worlds import (
    CHANGES,
    COVERS,
    EFFECTS,
    GOLDEN_WORLDS,
    LEVERS,
    MORE_WORLDS,
    PATHS,
    SCHOOLS,
    SHOCKS,
    SUPPLIES,
    SWITCHES,
    recipe,
    world,
)

from sencosim.evidence.routes import ROUTE_NAMES, ROUTES
from sencosim.levers.catalogue import Levers
from sencosim.scenario.mechanisms import MECHANISMS
from sencosim.scenario.shocks import Shock
from sencosim.vocabulary import Quantity

NUMBERS = range(GOLDEN_WORLDS)
IN_BOTH_ENGINES = range(7, GOLDEN_WORLDS, 17)
FROM_THE_START = range(3, GOLDEN_WORLDS, 10)
NEVER_COUNTED = {"hours_due.open_development", "hours_lapsed.open_development"}
"""Open development is never due, so none of it lapses."""
FEWEST = 8
"""Worlds in which every choice is made at least."""


@lru_cache(maxsize=GOLDEN_WORLDS)
def compiled(number: int) -> Arms:
    return run_world(world(number))


def check(number: int, arms: Arms) -> None:
    how = f"Where: `python -m golden.difference`, see its first lines. {tallies.differing_cells(number, arms)}"
    frozen.check("worlds", str(number), of_arms(arms), how)


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
@pytest.mark.parametrize("number", [n for n in FROM_THE_START if world(n).calm is None])
def test_a_policy_that_goes_on_from_the_no_policy_arm_is_the_one_run_from_the_start(number: int) -> None:
    assert of_outcome(run_from_the_start(world(number))) == of_outcome(compiled(number).policy)


@pytest.mark.engine
def test_an_arm_that_asks_for_nothing_is_the_no_policy_arm() -> None:
    nothing = [n for n in NUMBERS if not recipe(n).asks]
    assert len(nothing) >= FEWEST
    for number in nothing:
        arms = compiled(number)
        assert (arms.policy.tally == arms.baseline.tally).all(), number


@pytest.mark.engine
def test_golden_worlds_count_every_quantity() -> None:
    counted = {
        one.key
        for number in NUMBERS
        for _, outcome in compiled(number).named()
        for one, some in zip(Quantity, outcome.tally.any(axis=(0, 1)), strict=True)
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
        values = {f"values.{name}" for name in (*made.effects, *made.changes, *made.paths)}
        values |= {f"values.{name}.{made.changes[name]:g}" for name in SWITCHES if name in made.changes}
        routes = {f"routes_off.{name}" for name in made.scenario["routes_off"]}
        others = {f"schools.{made.schools}", f"years.{made.years}", f"grid.{made.grid}", f"view.{made.view}"}
        others |= {f"reference.{made.scenario['reference']}", f"abolished.{made.abolished_from is not None}"}
        for choice in levers | shocks | values | routes | others | {f"drawn.{made.draw > 0}"}:
            found[choice] = found.get(choice, 0) + 1
    return found


@pytest.mark.unit
def test_golden_worlds_make_every_choice_often() -> None:
    choices = _choices()
    wanted = [
        *(f"levers.{name}" for name in (*LEVERS, "delay")),
        *(f"shocks.{field}" for field in ("start", "end", *SHOCKS)),
        *(f"values.{name}" for name in (*EFFECTS, *CHANGES, *SUPPLIES, *PATHS)),
        *(f"values.{name}.{switch}" for name in SWITCHES for switch in (0, 1)),
        *(f"routes_off.{name}" for name in ROUTE_NAMES),
        *("reference.unshocked", "abolished.True"),
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
def test_worlds_change_every_parameter_of_a_route() -> None:
    known = {*EFFECTS, *CHANGES, *SWITCHES}
    assert {name for group in ROUTES.values() for name in group.neutral} - known == set()


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
