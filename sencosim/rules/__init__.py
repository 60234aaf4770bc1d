"""How things work: scalar arithmetic, one mechanism of the model document per file.

A rule takes numbers and returns a number. It knows no pupil, no school and no clock, and never draws: the engine
draws a uniform number and passes it in. Each rule is compiled once and called by both engines, so that the two
cannot differ by a rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def rule(signature: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Compile a scalar function for one signature, keeping its name, docstring and doctest.

    One signature, not many: a rule called with a whole number where it expects a real one must not compile a second
    version of itself that might round differently. ``fastmath`` stays off for the same reason.
    """

    def compiled(function: Callable[P, R]) -> Callable[P, R]:
        return cast(Callable[P, R], numba.njit(signature, fastmath=False)(function))

    return compiled
