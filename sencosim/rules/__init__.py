"""How things work: scalar arithmetic, one mechanism of the model document per file.

A rule takes numbers and returns a number. It knows no pupil, no school and no clock, and never draws: the engine
draws a uniform number and passes it in. Each rule is compiled once and called by both schedulers, so that the
two cannot differ by a rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sencosim.compilation.functions import compiled as _compiled

F = TypeVar("F", bound=Callable[..., Any])


def rule(signature: str) -> Callable[[F], F]:
    """Compile a scalar function for one signature, keeping its name, docstring and doctest.

    One signature, not many: a rule called with a whole number where it expects a real one must not compile a second
    version of itself that might round differently. ``fastmath`` stays off for the same reason.
    """
    return _compiled(signature, fastmath=False, no_cfunc_wrapper=True)
