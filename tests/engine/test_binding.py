"""To bind the text is to copy it: the copies see each other and what is given, and the text itself stays."""

from __future__ import annotations

from dataclasses import replace
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest
from engine.small_worlds import small_inputs
from hypothesis import given
from hypothesis import strategies as st

from sencosim.arms.replaceable import REPLACEABLE, SHIPPED, replaced_by
from sencosim.engine import handle
from sencosim.engine.binding import bind, entry
from sencosim.engine.compiled.run import GIVEN, text
from sencosim.engine.mechanisms.text import TEXT
from sencosim.engine.simpy.run import simulate

LOWER = """
def rule(x):
    return x + 1.0

def lower(x):
    return rule(x)

def _hidden(x, by=2.0):
    return lower(x) * by
"""
UPPER = """
def upper(x):
    return lower(x) + hidden(x)
"""


def _modules() -> tuple[ModuleType, ModuleType]:
    """Two modules, the second of which uses functions of the first, one under another name."""
    first, second = ModuleType("of.lower"), ModuleType("of.upper")
    exec(LOWER, vars(first))
    second.__dict__.update(lower=first.lower, hidden=first._hidden)
    exec(UPPER, vars(second))
    return first, second


def _functions(modules: Any) -> list[FunctionType]:
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__
    ]


@pytest.mark.property
@given(st.floats(-1e6, 1e6))
def test_copies_give_what_the_originals_give(x):
    modules = _modules()
    assert bind(modules)["upper"].upper(x) == modules[1].upper(x)


@pytest.mark.property
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_what_is_given_is_called_by_every_copy_and_by_no_original(x, instead):
    lower, upper = _modules()
    before = upper.upper(x)
    bound = bind((lower, upper), given={lower.lower: lambda _: instead})
    assert bound["upper"].upper(x) == instead + instead * 2.0
    assert bound["lower"]._hidden(x) == instead * 2.0
    assert upper.upper(x) == before


@pytest.mark.property
@given(st.floats(-1e6, 1e6))
def test_a_function_given_from_the_bound_modules_is_its_copy(x):
    lower, upper = _modules()
    bound = bind((lower, upper), given={lower.lower: upper.upper}, rules={("lower", "rule"): lambda _: 0.0})
    assert bound["lower"].lower is bound["upper"].upper


@pytest.mark.property
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_rule_is_replaced_in_the_module_that_is_named_and_nowhere_else(x, instead):
    lower, upper = _modules()
    upper.rule = lower.rule
    bound = bind((lower, upper), rules={("lower", "rule"): lambda _: instead})
    assert bound["lower"].lower(x) == instead
    assert bound["upper"].rule(x) == lower.rule(x) == x + 1.0
    assert bind((lower, upper))["lower"].lower(x) == x + 1.0


@pytest.mark.unit
def test_every_copy_is_wrapped_and_knows_whether_it_is_an_entry():
    lower, upper = _modules()
    entry(upper.upper)
    seen: list[Any] = []
    bind((lower, upper), wrap=lambda one: seen.append(one) or one)
    assert [one.__name__ for one in seen] == ["rule", "lower", "_hidden", "upper"]
    assert [one for one in seen if hasattr(one, "is_entry")] == [seen[-1]]
    assert not set(map(id, seen)) & set(map(id, _functions((lower, upper))))


def _copies(bound: dict[str, Any], module: ModuleType) -> list[Any]:
    """Copies of the functions of a module, in the order of the originals."""
    space = bound[module.__name__.rpartition(".")[2]]
    return [getattr(space, one.__name__) for one in _functions([module])]


@pytest.mark.unit
def test_copies_of_the_mechanisms_share_nothing_with_the_text_and_with_each_other():
    originals = {module.__name__: dict(vars(module)) for module in TEXT}
    one, other = bind(TEXT), bind(TEXT)
    text = set(map(id, _functions(TEXT)))
    for module in TEXT:
        for first, second in zip(_copies(one, module), _copies(other, module), strict=True):
            assert len({id(vars(module)), id(first.__globals__), id(second.__globals__)}) == 3
            assert not text & {id(value) for value in first.__globals__.values()}
    assert originals == {module.__name__: dict(vars(module)) for module in TEXT}


@pytest.mark.unit
def test_the_compiled_scheduler_gives_all_that_the_handle_names():
    named = set(_functions([handle]))
    assert set(GIVEN) == named - {handle.world_at, handle.row}  # these two are the same for plain objects
    seen = {value for value in vars(text(is_compiled=False)).values() if isinstance(value, FunctionType)}
    for name in ("run_window", "run_step", "count_stocks"):
        seen |= _reached(getattr(text(is_compiled=False), name))
    assert not seen & (set(GIVEN) | set(_functions(TEXT)))
    assert {instead.__name__ for instead in GIVEN.values()} <= {one.__name__ for one in seen}


def _reached(function: FunctionType) -> set[FunctionType]:
    """All functions that a function may call, and those that they may call."""
    found: set[FunctionType] = set()
    new = {function}
    while new:
        found |= new
        named = {(one, name) for one in new for name in one.__code__.co_names}
        called = {one.__globals__.get(name) for one, name in named}
        new = {one for one in called if isinstance(one, FunctionType)} - found
    return found


@pytest.mark.unit
def test_each_replaceable_rule_is_the_shipped_one_where_the_mechanisms_call_it():
    modules = {module.__name__.rpartition(".")[2]: module for module in TEXT}
    for mechanism, one in REPLACEABLE.items():
        assert getattr(modules[one.called_in], one.shipped.__name__) is SHIPPED[mechanism]


@pytest.mark.engine
@pytest.mark.parametrize("name", REPLACEABLE)
def test_a_replaced_rule_is_called_in_the_copy_that_runs_and_in_no_run_after_it(name):
    inputs = small_inputs(years=2)
    before, calls = simulate(inputs), []
    shipped = SHIPPED[name]
    plain = getattr(shipped, "py_func", shipped)

    def counting(*numbers: float) -> float:
        calls.append(numbers)
        return plain(*numbers)

    during = simulate(replace(inputs, mechanisms=replaced_by({name: counting})))
    number = len(calls)
    after = simulate(inputs)
    assert number > 0
    assert len(calls) == number
    for outcome in (during, after):
        np.testing.assert_array_equal(outcome.tally, before.tally)
