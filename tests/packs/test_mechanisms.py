"""Shapley parts: they add up without a rest, ignore names and orders, and give nothing to what does nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.analysis.mechanisms import MECHANISMS, coalitions, decompose, shapley, switched_off
from sencosim.cli.settings import with_settings
from sencosim.errors import InputError
from sencosim.evidence.register import load_register
from sencosim.model import RunOptions
from sencosim.report.compare.mechanisms import mechanisms_table
from sencosim.report.words import MINUS

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
def test_more_than_five_are_refused() -> None:
    assert len(coalitions("abcde")) == 32
    for wrong in ("abcdef", "aa"):
        with pytest.raises(InputError, match="At most 5 mechanisms"):
            coalitions(wrong)


@pytest.mark.unit
def test_each_mechanism_names_parameters_and_the_value_at_which_they_do_nothing() -> None:
    register = load_register()
    resolved = with_settings("full_time", {})
    for mechanism in MECHANISMS:
        for name, value in mechanism.neutral.items():
            low, high = register[name].range
            assert low <= value <= high
            if register[name].no_effect is not None:
                assert value == register[name].no_effect
        changed = switched_off(resolved, [mechanism])
        assert set(changed.scenario.overrides) == set(resolved.scenario.overrides) | set(mechanism.neutral)
        assert changed.fingerprint != resolved.fingerprint


@pytest.mark.engine
def test_a_run_is_shared_out_exactly_and_printed_so_that_it_adds_up() -> None:
    settings = {"horizon.years": "1", "run.warm_up_years": "1"}
    options = RunOptions(councils=("Rutland",), workers=1, engine="reference")
    chosen = MECHANISMS[1:3]
    found = decompose(with_settings("full_time", settings), options, chosen, sample_share=1.0, n_replications=1)
    assert found.rest + sum(found.parts.values()) == found.total
    assert found.total != 0
    table = mechanisms_table({"full time": found}, chosen)
    cells = [float(row[1].replace(MINUS, "-").replace(",", "")) for row in table.rows]
    assert sum(cells[:-1]) == pytest.approx(cells[-1], abs=1e-9)
