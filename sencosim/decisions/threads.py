"""Linear algebra on one thread."""

from __future__ import annotations

from contextlib import AbstractContextManager

from threadpoolctl import threadpool_limits


def one_thread() -> AbstractContextManager[object]:
    """Linear algebra on one thread while the context lasts.

    Matrices here are small: several threads wait for each other far longer than they work, above all beside other
    processes, and the last digits of a sum depend on how many they are.
    """
    limit: AbstractContextManager[object] = threadpool_limits(limits=1)
    return limit
