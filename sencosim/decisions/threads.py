"""Linear algebra on one thread."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from functools import lru_cache

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """Linear algebra on one thread while the context lasts.

    Matrices here are small: several threads wait for each other far longer than they work, above all alongside other
    processes, and the last digits of a sum depend on how many they are.
    """
    limit: AbstractContextManager[object] = _threads(len(sys.modules)).limit(limits=1)
    return limit


@lru_cache(maxsize=1)
def _threads(n_modules: int) -> ThreadpoolController:  # noqa: ARG001
    """The threads of every library of linear algebra that this process has loaded.

    Finding them takes milliseconds, and they come with modules: so they are looked for again after an import only.
    """
    return ThreadpoolController()
