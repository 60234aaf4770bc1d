"""What would protected, senior or full-time SENCOs cost England, who would pay, and what would change?

For research in Python:  ``import sencosim as ss``, then ``ss.run(ss.load("full_time"), draws=100)``. Public names are
imported when they are first used, so that the command line starts fast; their types stand in ``__init__.pyi``.
"""

from __future__ import annotations

import os
import time
from importlib import import_module
from typing import Any

__version__ = "0.1.0"
BEGAN = time.time()
"""When this process first read a file of sencosim. [seconds since 1970]"""
__path__[:] = [os.path.realpath(folder) for folder in __path__]  # a link to it may be turned to another version

_PUBLIC = {
    "dictionary": "sencosim.api",
    "distribution": "sencosim.studies.policy",
    "explorer": "sencosim.api",
    "How": "sencosim.api",
    "load": "sencosim.studies.policy",
    "open_runs": "sencosim.api",
    "Policy": "sencosim.studies.policy",
    "run": "sencosim.api",
    "Runs": "sencosim.studies.runs",
    "sobol": "sencosim.api",
    "sweep": "sencosim.api",
    "tornado": "sencosim.api",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'sencosim' has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    """Public names, loaded or not."""
    return sorted([*globals(), *_PUBLIC])
