"""A binary heap of (time, thing) in a record, for compiled code. Times have no ties here, so there is no second key."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.tracer.draws import compiled


def heap_of(room: int) -> np.dtype[Any]:
    """Layout of a heap that holds up to so many things."""
    return np.dtype([("n", np.int64), ("at", np.float64, (room,)), ("thing", np.int64, (room,))])


@compiled()
def push(heap: Any, at: float, thing: int) -> None:
    """Add a thing."""
    hole = heap.n
    if hole >= heap.at.size:
        raise OverflowError("a heap of the tracer is full: give it more room")
    heap.n += 1
    while hole > 0:
        parent = (hole - 1) >> 1
        if heap.at[parent] <= at:
            break
        heap.at[hole] = heap.at[parent]
        heap.thing[hole] = heap.thing[parent]
        hole = parent
    heap.at[hole] = at
    heap.thing[hole] = thing


@compiled()
def replace_first(heap: Any, at: float, thing: int) -> None:
    """Put a thing in place of the first."""
    hole, n = 0, heap.n
    while True:
        child = 2 * hole + 1
        if child >= n:
            break
        if child + 1 < n and heap.at[child + 1] < heap.at[child]:
            child += 1
        if at <= heap.at[child]:
            break
        heap.at[hole] = heap.at[child]
        heap.thing[hole] = heap.thing[child]
        hole = child
    heap.at[hole] = at
    heap.thing[hole] = thing


@compiled()
def drop_first(heap: Any) -> None:
    """Take the first thing away; read it before."""
    heap.n -= 1
    replace_first(heap, heap.at[heap.n], heap.thing[heap.n])
