"""Whole councils, shipped scenarios, stored runs and ensembles, and England come out as they were frozen."""

from __future__ import annotations

from functools import lru_cache

import pytest
from golden import frozen
from golden.cases import GROUPS, council_prints, scenario_prints
from golden.frozen import Cases
from golden.worlds import COUNCIL_CASES

from sencosim.levers.catalogue import Levers
from sencosim.scenario.files import shipped_scenarios
from sencosim.scenario.load import load_scenario

HOW = "Where: `python -m golden.difference`, see its first lines."


@lru_cache(maxsize=4)
def now(group: str) -> Cases:
    return GROUPS[group]()


@pytest.mark.engine
@pytest.mark.parametrize("case", COUNCIL_CASES)
def test_a_whole_council_is_as_frozen(case: str) -> None:
    frozen.check("councils", case, council_prints(case), HOW)


@pytest.mark.study
@pytest.mark.parametrize("case", COUNCIL_CASES)
def test_the_reference_engine_gives_the_same_councils(case: str) -> None:
    frozen.check("councils", case, council_prints(case, "reference"), HOW)


@pytest.mark.engine
@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_shipped_scenario_is_as_frozen(name: str) -> None:
    frozen.check("scenarios", name, scenario_prints(name))


@pytest.mark.unit
def test_every_policy_that_ships_moves_its_frozen_result() -> None:
    for name in shipped_scenarios():
        parts = frozen.cases_of("scenarios")[name]
        asks = load_scenario(name).scenario.levers != Levers()
        for pair in ("point values", "a draw"):
            assert (parts[f"{pair}: policy"] != parts[f"{pair}: baseline"]) == asks, name


@pytest.mark.engine
@pytest.mark.parametrize("group", ["runs", "ensembles"])
def test_what_is_stored_is_as_frozen(group: str) -> None:
    found = now(group)
    assert set(found) == set(frozen.cases_of(group))
    for case, parts in found.items():
        frozen.check(group, case, parts)


@pytest.mark.study
def test_england_is_as_frozen() -> None:
    for case, parts in now("national").items():
        frozen.check("national", case, parts)
