"""Shapley parts: they add up without a rest, ignore names and orders, and give nothing to what does nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.errors import InputError
from sencosim.evidence.routes import ROUTES
from sencosim.model import RunOptions
from sencosim.outcomes.routes import MOST_GROUPS, coalitions, decompose, groups, shapley, switched_off
from sencosim.report.compare.table import mechanisms_table
from sencosim.report.words import MINUS
from sencosim.scenario.mechanisms import MECHANISMS
from sencosim.terminal.settings import with_settings

NAMES = ("a", "b", "c", "d")
money = st.floats(-1e10, 1e10, allow_nan=False)
games = st.lists(money, min_size=16, max_size=16).map(lambda values: dict(zip(coalitions(NAMES), values, strict=True)))


@pytest.mark.property
@given(games)
def test_parts_add_up_exactly(values: dict[frozenset[str], float]) -> None:
    parts = shapley(values, NAMES)
    assert sum(parts.values()) == Fraction(values[frozenset(NAMES)]) - Fraction(values[frozenset()])


@pytest.mark.property
@given(games)
def test_what_does_nothing_gets_nothing(values: dict[frozenset[str], float]) -> None:
    idle = {one: values[one - {"d"}] for one in values}
    assert shapley(idle, NAMES)["d"] == 0


@pytest.mark.property
@given(games)
def test_equals_get_the_same(values: dict[frozenset[str], float]) -> None:
    swap = {"a": "b", "b": "a", "c": "c", "d": "d"}
    fair = {one: values[one] + values[frozenset(swap[name] for name in one)] for one in values}
    parts = shapley(fair, NAMES)
    assert parts["a"] == parts["b"]


@pytest.mark.property
@given(st.lists(money, min_size=4, max_size=4), money)
def test_without_interaction_the_part_is_the_effect(effects: list[float], base: float) -> None:
    own = dict(zip(NAMES, map(Fraction, effects), strict=True))
    values = {one: Fraction(base) + sum((own[name] for name in one), Fraction(0)) for one in coalitions(NAMES)}
    assert shapley(values, NAMES) == own  # type: ignore[arg-type]


@pytest.mark.unit
def test_more_than_six_are_refused() -> None:
    assert len(coalitions("abcdef")) == 64
    for wrong in ("abcdefg", "aa"):
        with pytest.raises(InputError, match="At most 6 groups"):
            coalitions(wrong)


@pytest.mark.unit
def test_groups_of_routes_are_told_apart_by_default() -> None:
    assert [group.route for group in groups()] == list(ROUTES)
    assert len(groups()) == MOST_GROUPS


APART = (["patience"], ["teacher_supply", "effect_on_exclusions", "patience", "culture"])


@pytest.mark.unit
@pytest.mark.parametrize("apart", APART, ids=["one", "four"])
def test_every_mechanism_that_can_be_switched_off_is_in_exactly_one_group(apart: list[str]) -> None:
    found = groups(apart)
    members = [name for group in found for name in group.members]
    assert sorted(members) == sorted(MECHANISMS)
    assert len({group.name for group in found}) == len(found) <= MOST_GROUPS
    assert all(group.members and group.title for group in found)


@pytest.mark.unit
def test_what_is_to_be_told_apart_is_a_group_of_its_own() -> None:
    found = groups(["patience", "culture", "patience"])
    assert [group.members for group in found[:2]] == [("patience",), ("culture",)]
    assert [group.name for group in found] == ["patience", "culture", "others"]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("apart", "words"),
    [(["patiense"], "patience"), ([*list(MECHANISMS)[:6]], "At most 5 mechanisms can be distinguished")],
)
def test_what_cannot_be_told_apart_is_refused(apart: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        groups(apart)


@pytest.mark.unit
def test_groups_are_switched_off_by_name_beside_what_the_scenario_has_off() -> None:
    resolved = with_settings("full_time", {"mechanisms.off": "[patience]", "routes_off": "[conduct]"})
    culture, need = groups(["culture"])[0], groups()[0]
    changed = switched_off(resolved, [culture, need])
    assert set(changed.scenario.mechanisms.off) == {"patience", "culture"}
    assert changed.scenario.routes_off == ("need", "conduct")
    assert changed.scenario.overrides == resolved.scenario.overrides
    assert changed.fingerprint == changed.scenario.fingerprint() != resolved.fingerprint
    assert switched_off(resolved, []).fingerprint == resolved.fingerprint


@pytest.mark.engine
def test_a_run_is_shared_out_exactly_and_printed_so_that_it_adds_up() -> None:
    settings = {"horizon.years": "1", "run.warm_up_years": "1"}
    options = RunOptions(councils=("Rutland",), workers=1)
    chosen = groups(["overtime_displacement"])
    found = decompose(with_settings("full_time", settings), options, chosen, sample_share=1.0, n_replications=1)
    assert found.rest + sum(found.parts.values()) == found.total
    assert found.total != 0
    assert any(part != 0 for part in found.parts.values())
    table = mechanisms_table({"full time": found}, chosen, "2 % of England")
    assert "on 2 % of England, " in table.caption
    cells = [float(row[1].replace(MINUS, "-").replace(",", "")) for row in table.shown]
    assert sum(cells[:-1]) == pytest.approx(cells[-1], abs=1e-9)
    listed = " ".join(table.notes)
    assert [name for name in MECHANISMS if name.replace("_", " ") not in listed] == []
