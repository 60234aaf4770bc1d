"""A researcher's own function inside the engine: what it returns is checked, and its code has a fingerprint."""

from __future__ import annotations

import hashlib
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sencosim.errors import EngineError

_PLAIN = (int, float, complex, str, bytes, bool, type(None))


@dataclass(frozen=True)
class Checked:
    """A replaced mechanism: calls the function and refuses what cannot be.

    Attributes
    ----------
    mechanism
        Its name.
    function
        Of the researcher.
    most
        Largest value allowed. [unit of the mechanism]
    may_be_zero
        Whether 0 is allowed.
    """

    mechanism: str
    function: Callable[..., float]
    most: float
    may_be_zero: bool = True

    def __call__(self, *numbers: float) -> float:
        """Value of the function.

        Raises
        ------
        EngineError
            If it is no number, not finite, or outside what the mechanism allows.
        """
        found = self.function(*numbers)
        try:
            value = float(found)
        except (TypeError, ValueError):
            raise self._refuse(numbers, found) from None
        if not (0.0 <= value <= self.most and value < float("inf") and (value > 0.0 or self.may_be_zero)):
            raise self._refuse(numbers, value)
        return value

    def _refuse(self, numbers: tuple[float, ...], found: object) -> EngineError:
        least = "0 or more" if self.may_be_zero else "above 0"
        most = "finite" if self.most == float("inf") else f"at most {self.most:g}"
        return EngineError(
            f"The function {name_of(self.function)} in place of the mechanism {self.mechanism} returned {found!r} for "
            f"the arguments {', '.join(f'{number:g}' for number in numbers)}. Allowed: a number, {least}, {most}."
        )


def name_of(function: Callable[..., Any]) -> str:
    """Module and name of a function, as its author would write them."""
    plain = _plain(function)
    name = getattr(plain, "__qualname__", type(plain).__qualname__)
    return f"{getattr(plain, '__module__', None) or '__main__'}.{name}"


def function_fingerprint(function: Callable[..., Any]) -> str:
    """Hash of a function's compiled code, defaults, closure and every plain value or function that it names.

    Objects of other kinds count by their type alone: a function that reads a table or a model of its own should take
    its numbers as defaults, or a change in them goes unseen.
    """
    told = hashlib.sha256()
    for part in _parts(_plain(function), set()):
        told.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return told.hexdigest()


def _plain(function: Callable[..., Any]) -> Any:
    bound = getattr(function, "__func__", function)
    return getattr(bound, "py_func", bound)  # a rule of ours is compiled: what counts is the Python behind it


def _parts(value: object, seen: set[int]) -> Iterator[str]:
    """Everything about a value that a run could depend on, in a fixed order."""
    if isinstance(value, _PLAIN):
        yield repr(value)
    elif isinstance(value, (tuple, list)):
        yield type(value).__name__
        for one in value:
            yield from _parts(one, seen)
    elif isinstance(value, types.CodeType):
        yield from _code(value, seen)
    elif isinstance(value, types.FunctionType):
        if id(value) not in seen:
            seen.add(id(value))
            yield from _function(value, seen)
    else:
        yield f"{type(value).__module__}.{type(value).__qualname__} {getattr(value, '__name__', '')}"


def _function(function: types.FunctionType, seen: set[int]) -> Iterator[str]:
    yield function.__qualname__
    yield from _parts(function.__code__, seen)
    yield from _parts(function.__defaults__ or (), seen)
    for name, default in sorted((function.__kwdefaults__ or {}).items()):
        yield name
        yield from _parts(default, seen)
    for cell in function.__closure__ or ():
        yield from _parts(cell.cell_contents, seen)
    for name in function.__code__.co_names:
        if name in function.__globals__:
            yield name
            yield from _parts(_plain(function.__globals__[name]), seen)


def _code(code: types.CodeType, seen: set[int]) -> Iterator[str]:
    yield code.co_code.hex()
    yield repr(code.co_names)
    yield repr(code.co_varnames)
    for constant in code.co_consts:
        yield from _parts(constant, seen)
