"""Libraries that only the researcher's methods need, and the one line that says how to install them."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from functools import lru_cache
from importlib import import_module
from typing import Any

from sencosim.errors import InputError

INSTALL = "python -m pip install -c constraints.txt -e '.[research]'"
"""The command that installs every library of the extra."""


def need(module: str) -> Any:
    """Import a module of the extra ``research`` by its dotted name, or say how to install its library.

    Examples
    --------
    >>> need("math").pi > 3.0
    True
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        library = module.partition(".")[0]
        if error.name is not None and error.name.partition(".")[0] != library:
            raise
        raise InputError(f"This method needs {library}. Install it with: {INSTALL}") from error


def one_thread() -> AbstractContextManager[object]:
    """Linear algebra on one thread while the context lasts.

    Matrices here are small: several threads wait for each other far longer than they work, above all beside other
    processes, and the last digits of a sum depend on how many they are.
    """
    limit: AbstractContextManager[object] = _threads(len(sys.modules)).limit(limits=1)
    return limit


@lru_cache(maxsize=1)
def _threads(_n_modules: int) -> Any:
    """The threads of every library of linear algebra that this process has loaded.

    Finding them takes milliseconds, and they come with modules: so they are looked for again after an import only.
    """
    return need("threadpoolctl").ThreadpoolController()
