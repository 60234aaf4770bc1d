"""The world as plain Python: objects and lists in place of records and addresses."""

from __future__ import annotations

from typing import Any

import numpy as np

from sencosim.arms.inputs import Inputs
from sencosim.engine.records import ITEMS, RECORDS, WORLD
from sencosim.engine.start import Start


def plain_start(inputs: Inputs) -> tuple[Any, dict[str, list[Any]]]:
    """The world at the first 1 September, and its arrays as lists: of objects, or of numbers."""
    world = WORLD.plain()
    start = Start(inputs, world)
    found: dict[str, list[Any]] = {}
    for name, array in start.arrays.items():
        found[name] = plain_zeros(name, len(array)) if array.dtype.names else array.tolist()
        for field in array.dtype.names or ():
            for item, value in zip(found[name], array[field].tolist(), strict=True):
                setattr(item, field, value)
    found["tables"] = list(start.arrays["tables"].reshape(-1, world.table_points))
    return world, found


def plain_zeros(name: str, n: int) -> list[Any]:
    """So many items of a list of the world that hold nothing yet."""
    if name in RECORDS:
        make = RECORDS[name].plain
        return [make() for _ in range(n)]
    return [0.0 if np.dtype(ITEMS[name]).kind == "f" else 0] * n
