"""Where compiled code is kept between runs: a folder named by the content of every source file that goes into it.

Numba notices a change in the file of a compiled function, but not in the files of the functions it calls. A folder
that is keyed by all of them can never hold stale code.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., Any])
_numba: Any = numba
_PACKAGE = Path(__file__).resolve().parent
SOURCES = (
    "compilation.py",
    "engine/binding.py",
    "engine/compiled/*.py",
    "engine/handle.py",
    "arms/inputs.py",
    "engine/mechanisms/*.py",
    "engine/records.py",
    "randomness.py",
    "rules/*.py",
    "units.py",
    "vocabulary.py",
)
"""Everything that compiled code is made of, below the package's folder."""


def source_files() -> list[Path]:
    """Files that go into compiled code, in a fixed order."""
    return sorted(path for pattern in SOURCES for path in _PACKAGE.glob(pattern))


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Hash of the content of all sources, of their place, and of the compiler's and the interpreter's versions.

    Numba keeps code by the place of its source too: what a copy elsewhere has compiled is of no use here.
    """
    found = hashlib.sha256()
    found.update(f"{sys.version} {numba.__version__} {np.__version__} {_PACKAGE}".encode())
    for path in source_files():
        found.update(str(path.relative_to(_PACKAGE)).encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:24]


def user_cache() -> Path:
    """Folder for files that can be made again, by platform."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "sencosim" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "sencosim"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sencosim"


@lru_cache(maxsize=1)
def compiled_folder() -> Path | None:
    """Folder for the compiled code of this source, made if need be; ``None`` if it cannot be written."""
    folder = user_cache() / "compiled" / fingerprint()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def is_compiled() -> bool:
    """Whether compiled code of this source is already on disk, all of it."""
    folder = compiled_folder()
    return folder is not None and any(folder.rglob("step.run_window*.nbc"))


def compiled(*signature: str, **options: Any) -> Callable[[F], F]:
    """Compile a function with numba, and keep what was compiled in :func:`compiled_folder`.

    Parameters
    ----------
    signature
        At most one: compile for it at once, or take it from disk. Without one, compile when first called.
    options
        For the compiler.
    """

    def decorate(function: F) -> F:
        folder, before = compiled_folder(), _numba.config.CACHE_DIR
        _numba.config.CACHE_DIR = str(folder) if folder is not None else before
        try:
            return cast(F, _numba.njit(*signature, cache=folder is not None, **options)(function))
        finally:
            _numba.config.CACHE_DIR = before

    return decorate
