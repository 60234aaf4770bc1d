"""Records that compiled code reads and writes in place, by the same words as Python reads lists of objects.

State is kept in numpy arrays of records. Compiled functions get one number, the address of the world. ``w.schools`` is
then the address of an array, known to the compiler with the layout of its items, and ``w.schools[i].roll`` is one
sum and one load: nothing is counted, copied or passed by the dozen.
"""

from __future__ import annotations

import operator
import zlib
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core.datamodel import register_default
from numba.core.datamodel.models import PrimitiveModel, RecordModel
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, overload

from sencosim.compilation.functions import compiled, part

_numba: Any = numba
F = TypeVar("F", bound=Callable[..., Any])
_WORD = ir.IntType(64)


class Items(types.Type):  # type: ignore[misc]
    """An array in memory that is known by its address alone."""

    def __init__(self, item: Any, size: int) -> None:
        self.item, self.size = item, size  # type of its items, a record or a number, and their size [bytes]
        super().__init__(name=f"Items({item})")


@register_default(Items)
class _ItemsModel(PrimitiveModel):  # type: ignore[misc]
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _WORD)


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, kws: Any) -> Any:  # noqa: ARG002
        if isinstance(args[0], Items):
            return signature(args[0].item, args[0], types.int64)
        return None


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, kws: Any) -> Any:  # noqa: ARG002
        if isinstance(args[0], Items):
            return signature(types.none, args[0], types.int64, args[0].item)
        return None


@intrinsic
def _number_of(typing_context: Any, member: Any) -> Any:  # noqa: ARG001
    def code(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
        return context.cast(builder, arguments[0], sig.args[0], types.int64)

    return signature(types.int64, member), code


@overload(int)
def _int_of_member(member):  # type: ignore[no-untyped-def]  # the compiler compares signatures
    """``int`` of a member of an enumeration, which the compiler does not know."""
    return (lambda member: _number_of(member)) if isinstance(member, types.IntEnumMember) else None  # noqa: PLW0108


def _pointer(context: Any, builder: Any, items: Any, arguments: Any) -> Any:
    offset = builder.mul(arguments[1], ir.Constant(_WORD, items.size))
    where = builder.add(arguments[0], offset)
    if isinstance(items.item, types.Record):
        return builder.inttoptr(where, context.get_value_type(items.item))
    return builder.inttoptr(where, context.get_data_type(items.item).as_pointer())


@lower_builtin(operator.getitem, Items, types.Integer)
def _get(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    found = _pointer(context, builder, sig.args[0], arguments)
    if isinstance(sig.args[0].item, types.Record):
        return found
    return context.unpack_value(builder, sig.args[0].item, found)


@lower_builtin(operator.setitem, Items, types.Integer, types.Any)
def _set(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    items = sig.args[0]
    context.pack_value(builder, items.item, arguments[2], _pointer(context, builder, items, arguments))
    return context.get_dummy_value()


class _Layout(types.Record):  # type: ignore[misc]
    """A record that is known by a short name: the compiler writes its types out again and again."""

    def __repr__(self) -> str:
        return str(self.name)


register_default(_Layout)(RecordModel)


def _record_type(layout: Any, items: Mapping[str, Any] | None = None) -> Any:
    """The compiler's type for a record of numpy; ``items`` has the types in arrays whose addresses are fields."""
    record = copy(numba.from_dtype(layout))
    record.__class__ = _Layout
    of = items or {}
    record.fields = {
        name: one._replace(type=_items_type(of[name])) if name in of else one for name, one in record.fields.items()
    }
    # The name goes into the symbol of every function that takes such a record: thousands of characters otherwise.
    record.name = f"Record{zlib.crc32(record.name.encode()):08x}"
    return record


def _items_type(layout: Any) -> Items:
    kind = np.dtype(layout)
    return Items(_record_type(kind) if kind.names else numba.from_dtype(kind), kind.itemsize)


def world_finder(layout: Any, items: Mapping[str, Any]) -> Callable[[int], Any]:
    """A function of compiled code that finds the world by its address."""
    world = _record_type(layout, items)

    @intrinsic
    def world_at(typing_context: Any, address: Any) -> Any:  # noqa: ARG001
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
            return builder.inttoptr(arguments[0], context.get_value_type(world))

        return world(types.int64), code

    return cast(Callable[[int], Any], world_at)


@intrinsic
def _row_pointer(typing_context: Any, items: Any, start: Any) -> Any:  # noqa: ARG001
    kind = types.CPointer(types.float64)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        where = builder.add(arguments[0], builder.mul(arguments[1], ir.Constant(_WORD, 8)))
        return builder.inttoptr(where, context.get_value_type(kind))

    return kind(items, types.int64), code


@part
def row(w: Any, which: int) -> Any:
    """One of the run's tables of quantiles, in place."""
    return _numba.carray(_row_pointer(w.tables, which * w.table_points), w.table_points, np.float64)


def _wide(kind: Any) -> Any:
    if isinstance(kind, types.BaseTuple):
        return types.BaseTuple.from_types([_wide(one) for one in kind])
    if isinstance(kind, types.IntEnumMember) or (isinstance(kind, types.Integer) and kind.signed):
        return types.int64
    return kind


def fast(function: F) -> F:
    """Compile when first called; part of a whole that is kept on disk by its entry points.

    Whole numbers of every width are widened at the door: else the compiler makes a version of each function for each
    combination of widths.
    """
    found = part(function, error_model="numpy")
    template = found.get_call_template

    def widened(args: Any, kws: Any) -> Any:
        return template(tuple(_wide(kind) for kind in args), {name: _wide(kind) for name, kind in kws.items()})

    found.get_call_template = widened
    return cast(F, found)


def entry(function: F) -> F:
    """Compile for whole numbers when first called, and keep it on disk."""
    return compiled((types.int64,) * function.__code__.co_argcount, error_model="numpy", no_cfunc_wrapper=True)(
        function
    )
