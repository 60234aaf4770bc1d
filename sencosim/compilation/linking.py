"""Optimise once: functions that only compiled code calls become machine code with their callers, never alone.

Numba makes every function ready to run by itself, with copies of all that it calls, and of what these call, and
optimises the lot again at every level. Here a *part* stays as it was written until a *whole*, which Python calls, takes
it in. That halves the time to compile.
"""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.environment import lookup_environment

_ENVIRONMENT = "_ZN08NumbaEnv"


class _NoMachineCode:
    """Of a part: it has no machine code yet, so no place for Python's constants."""

    def set_env(self, name: str, environment: Any) -> None:
        """Leave it to the whole."""


class Part(JITCodeLibrary):  # type: ignore[misc]
    """Code that is not run by itself."""

    codegen = _NoMachineCode()

    def finalize(self) -> None:
        """Take nothing in and optimise nothing: the whole does."""
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:  # noqa: ARG002
        """No address. [0]"""
        return 0


class Whole(JITCodeLibrary):  # type: ignore[misc]
    """Code that Python calls, with all its parts."""

    def finalize(self) -> None:
        """Take every part in once, then optimise and make machine code."""
        self._linking_libraries: list[Any] = _all_parts(self._linking_libraries)
        self._own = {one.name for one in self._final_module.functions}
        super().finalize()
        for one in self._final_module.global_variables:
            environment = lookup_environment(one.name) if one.name.startswith(_ENVIRONMENT) else None
            if environment is not None:
                self._codegen.set_env(one.name, environment)

    def _optimize_final_module(self) -> None:
        """Optimise, knowing that nobody else calls the parts: what has one caller goes into it whole."""
        for one in self._final_module.functions:
            if not one.is_declaration and one.name not in self._own:
                one.linkage = "internal"
        super()._optimize_final_module()


def _all_parts(libraries: list[Any]) -> list[Any]:
    """Libraries and what their parts are linked to, each once."""
    found: dict[Any, None] = {}
    waiting = list(libraries)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = None
            waiting += one._linking_libraries if isinstance(one, Part) else ()
    return list(found)


class PartCompiler(Compiler):  # type: ignore[misc]
    """Makes a part."""

    makes: Any = Part

    def __init__(self, typing: Any, target: Any, library: Any, *others: Any) -> None:  # noqa: ARG002
        made = self.makes(target.codegen(), self.makes.__name__)
        made.enable_object_caching()
        super().__init__(typing, target, made, *others)


class WholeCompiler(PartCompiler):
    """Makes a whole."""

    makes = Whole
