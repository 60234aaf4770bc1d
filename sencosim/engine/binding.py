"""One text of the mechanisms, bound to a scheduler: as Python reads it, or compiled, or with a researcher's rules.

The functions of :mod:`sencosim.engine.mechanisms` call each other, the rules, and what :mod:`sencosim.engine.handle`
names. To bind them is to make copies of these functions that see other globals: a scheduler's own functions in place
of the handle's, compiled functions in place of plain ones, a researcher's rule in place of the shipped one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def entry(function: F) -> F:
    """Mark a function that Python calls: where the text is compiled, it is kept on disk."""
    function.__dict__["is_entry"] = True
    return function


def bind(
    modules: Sequence[ModuleType],
    *,
    given: Mapping[Callable[..., Any], Callable[..., Any]] | None = None,
    rules: Mapping[tuple[str, str], Callable[..., float]] | None = None,
    wrap: Callable[[Any], Any] = lambda function: function,
) -> dict[str, SimpleNamespace]:
    """What each module holds, by the last part of its name, with copies of all functions that see each other.

    They see what is ``given`` in place of other functions, whether of these modules or not, and ``rules`` in place of
    the shipped ones, by the last part of a module's name and their name in it. ``wrap`` is done to each copy, such as
    compiling it.
    """
    spaces = {module.__name__.rpartition(".")[2]: dict(vars(module)) for module in modules}
    bound: dict[Any, Any] = {
        function: wrap(_copy(function, space))
        for module, space in zip(modules, spaces.values(), strict=True)
        for function in vars(module).values()
        if isinstance(function, FunctionType) and function.__module__ == module.__name__  # it defines it itself
    }
    bound |= {wanted: bound.get(instead, instead) for wanted, instead in (given or {}).items()}
    for space in spaces.values():
        own = {name: value for name, value in space.items() if isinstance(value, FunctionType)}
        space |= {name: bound[value] for name, value in own.items() if value in bound}
    for (module_name, name), rule in (rules or {}).items():
        spaces[module_name][name] = rule
    return {name: SimpleNamespace(**space) for name, space in spaces.items()}


def _copy(function: FunctionType, space: dict[str, Any]) -> FunctionType:
    copy = FunctionType(function.__code__, space, function.__name__, function.__defaults__, function.__closure__)
    copy.__qualname__, copy.__module__, copy.__doc__ = function.__qualname__, function.__module__, function.__doc__
    copy.__dict__.update(function.__dict__)
    return copy
