"""Results by group of schools: the same events as by council, counted once, and no event depends on a group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from engine.small_worlds import BRACKNELL, HARTLEPOOL, england, scenario, schools_of, small_inputs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sencosim.arms.inputs import Group
from sencosim.arms.pages import NO_GROUP, groups_of, pages_of
from sencosim.engine.simpy.run import simulate
from sencosim.ledger.table import yearly
from sencosim.population.sampling import only_councils, sample_schools
from sencosim.population.schools import GOVERNANCE

pytestmark = pytest.mark.engine


def _regrouped(inputs, seed: int):
    """The same run with schools thrown into other groups."""
    names = [("primary", 1 + number % 5, bool(number % 2), GOVERNANCE[number % 3]) for number in range(4)]
    rows = (np.arange(inputs.n_schools) * 7 + seed) // 3 % len(names)
    groups = tuple(Group(*name, 1.0) for name in names)
    return replace(inputs, groups=groups, schools=replace(inputs.schools, group=rows.astype(np.int64)))


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10_000))
def test_how_schools_are_grouped_changes_nothing_else(seed: int) -> None:
    inputs = small_inputs(schools_of(HARTLEPOOL), years=2)
    one, other = simulate(inputs), simulate(_regrouped(inputs, seed))
    assert (one.tally == other.tally).all()
    assert sorted(one.trace) == sorted(other.trace)
    assert (one.groups.sum(axis=0) == other.groups.sum(axis=0)).all()


@pytest.mark.parametrize("levers", [{}, {"slt_seat": {"start": "2023/24"}}], ids=["baseline", "seat"])
def test_groups_hold_all_that_schools_count_and_nothing_of_councils(levers) -> None:
    inputs = small_inputs(schools_of(HARTLEPOOL, BRACKNELL), scenario(**levers), years=3)
    outcome = simulate(inputs)
    of_schools = np.array([cell.phase != "none" for cell in inputs.cells])
    assert (outcome.groups.sum(axis=0) == yearly(outcome.tally[of_schools]).sum(axis=0)).all()
    for phase in ("primary", "secondary"):
        cells = np.array([cell.phase == phase for cell in inputs.cells])
        groups = np.array([group.phase == phase for group in inputs.groups])
        assert (outcome.groups[groups].sum(axis=0) == yearly(outcome.tally[cells]).sum(axis=0)).all()


def test_every_school_has_the_page_of_its_cell_and_its_group() -> None:
    population = sample_schools(only_councils(england(), (HARTLEPOOL, BRACKNELL)), 0.3, 1)
    inputs = small_inputs(population)
    pages = pages_of(inputs)
    assert (pages.cell[pages.school] == inputs.schools.cell).all()
    assert (pages.group[pages.school] == inputs.schools.group).all()
    assert (pages.cell[pages.council] == inputs.councils.cell).all()
    assert (pages.group[pages.council] == NO_GROUP).all()
    row, groups = groups_of(population)
    for school in range(population.n_schools):
        group = groups[row[school]]
        assert group.fsm_fifth == population.fsm_fifth[school]
        assert group.rural == bool(population.rural[school])
        assert group.governance == GOVERNANCE[population.governance[school]]
        assert group.weight == population.expansion[school]
