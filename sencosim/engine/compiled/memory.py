"""Records that compiled code reads and writes in place.

State is kept in numpy arrays of records. Compiled functions get one number, the address of the world, and reach every
record through addresses kept there: nothing is counted, copied or passed by the dozen. Records are C structures.
Without compilation (``NUMBA_DISABLE_JIT=1``) the same functions look the arrays up by their addresses.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from sencosim.compilation import compiled

_numba: Any = numba
_njit, _config, _types = _numba.njit, _numba.config, _numba.types
JIT = not _config.DISABLE_JIT
F = TypeVar("F", bound=Callable[..., Any])

_arrays: dict[int, Any] = {}
"""Arrays by address, for runs without compilation."""


def fast(function: F) -> F:
    """Compile when first called; part of a whole that is kept on disk by its entry points."""
    return cast(F, _njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(function))


def entry(function: F) -> F:
    """Compile when first called, and keep on disk in the folder that :mod:`sencosim.compilation` names."""
    return compiled(error_model="numpy", no_cfunc_wrapper=True)(function)


def address_of(array: Any) -> int:
    """Address of an array's first record, at which compiled code will find it."""
    address = int(array.ctypes.data)
    if not JIT:
        _arrays[address] = array.view(np.recarray) if array.dtype.names else array
    return address


def forget_addresses() -> None:
    """Let go of arrays after a run without compilation."""
    _arrays.clear()


def _found(base: int, index: int) -> Any:
    return _arrays[int(base)][index]


def accessor(layout: Any) -> Callable[[int, int], Any]:
    """Give a function ``at(base, index)`` that finds a record of a layout by address and position."""
    if not JIT:
        return _found
    record, size = numba.from_dtype(layout), layout.itemsize
    # The name goes into the symbol of every function that takes such a record: thousands of characters otherwise.
    record.name = f"Record{zlib.crc32(record.name.encode()):08x}"

    @intrinsic
    def at(typing_context: Any, base: Any, index: Any) -> Any:  # noqa: ARG001
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
            offset = builder.mul(arguments[1], ir.Constant(ir.IntType(64), size))
            return builder.inttoptr(builder.add(arguments[0], offset), context.get_value_type(record))

        return record(types.int64, types.int64), code

    return cast(Callable[[int, int], Any], at)


def _pointer() -> Callable[[int], Any]:
    kind = _types.CPointer(types.float64)

    @intrinsic
    def pointer(typing_context: Any, base: Any) -> Any:  # noqa: ARG001
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
            return builder.inttoptr(arguments[0], context.get_value_type(kind))

        return kind(types.int64), code

    return cast(Callable[[int], Any], pointer)


if JIT:
    _as_pointer = _pointer()

    @fast
    def table(base: int, index: int, length: int) -> Any:
        """Row of a matrix of real numbers, in place."""
        return _numba.carray(_as_pointer(base + index * length * 8), length, np.float64)

else:

    def table(base: int, index: int, length: int) -> Any:  # noqa: ARG001
        """Row of a matrix of real numbers, in place."""
        return _arrays[int(base)][index]
