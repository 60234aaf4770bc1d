"""Functions that are compiled: for Python with one signature and kept on disk, or as a part of others."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher, cpu_target
from numba.core.serialize import dumps

from sencosim.compilation.folders import find_code, keep_code
from sencosim.compilation.linking import PartCompiler, WholeCompiler

F = TypeVar("F", bound=Callable[..., Any])
_numba: Any = numba
COMPILES = not _numba.config.DISABLE_JIT
"""Whether numba compiles anything: ``NUMBA_DISABLE_JIT`` may say that it does not."""


def processor() -> str:
    """The kind of processor that code is made for now: ``generic``, or this one with all that it can do."""
    return "_".join(cpu_target.target_context.codegen().magic_tuple()[1:]).rstrip("_")


class _Kept(NullCache):  # type: ignore[misc]
    """A function's machine code on disk, in place of numba's own cache, which goes by the place of the source."""

    def __init__(self, name: str) -> None:
        self.name = name

    def load_overload(self, signature: Any, target: Any) -> Any:  # noqa: ARG002
        """The code, or ``None`` if there is none, or none that can be read."""
        target.refresh()
        for found in find_code(self.name, processor()):
            try:
                return CompileResult._rebuild(target, *pickle.loads(found))
            except Exception:  # whatever is wrong with it, it can be made again
                continue
        return None

    def save_overload(self, signature: Any, result: Any) -> None:  # noqa: ARG002
        """Keep the code."""
        keep_code(self.name, processor(), dumps(result._reduce()))


class Compiled(CPUDispatcher):  # type: ignore[misc]
    """A function that Python calls with one signature: compiled, or read from disk, at its first call.

    Compiled code that calls it takes it in as a part.
    """

    def __init__(self, function: Callable[..., Any], signature: Any, options: dict[str, Any]) -> None:
        super().__init__(function, None, {"nopython": True, **options}, WholeCompiler)
        self.fixed = signature
        self._cache = _Kept(f"{function.__module__.rpartition('.')[2]}.{function.__name__}")
        self.part = part(function, **options)

    def __reduce__(self) -> str:
        """By name, in other processes too."""
        return str(self.__name__)

    def make(self) -> None:
        """Compile it, or read it from disk, if neither has been done."""
        _compile_for(self, self.fixed)

    def _compile_for_args(self, *numbers: Any, **named: Any) -> Any:  # noqa: ARG002
        self.make()
        return self

    def get_call_template(self, kinds: Any, named: Any) -> Any:
        """For compiled callers."""
        _compile_for(self.part, self.fixed)
        return self.part.get_call_template(kinds, named)

    def get_overload(self, signature: Any) -> Any:
        """For compiled callers."""
        return self.part.get_overload(signature)


def _compile_for(dispatcher: Any, signature: Any) -> None:
    """Compile for one signature and for no other; threads wait for the first one that asks."""
    with global_compiler_lock:
        if not dispatcher.overloads:
            dispatcher.compile(signature)
            dispatcher.disable_compile()


def compiled(signature: Any, **options: Any) -> Callable[[F], F]:
    """Compile a function for one signature at its first call, and keep what was compiled on disk.

    Parameters
    ----------
    signature
        In the compiler's words, or the types of its arguments.
    options
        For the compiler.
    """

    def decorate(function: F) -> F:
        return cast(F, Compiled(function, signature, options)) if COMPILES else function

    return decorate


def part(function: Callable[..., Any], **options: Any) -> Any:
    """Compile a function as part of those that call it."""
    chosen = {"nopython": True, **options, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return CPUDispatcher(function, None, chosen, PartCompiler) if COMPILES else function
