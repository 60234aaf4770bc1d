"""What takes long to read from text, remembered on disk by everything that it depends on.

A file of evidence, or the meaning of every setting, is the same at every start until its source changes. What is
remembered under another key is never looked at, and the last few of each kind stay.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, cast

from sencosim.since import code_is_as_read
from sencosim.user_cache import is_ours, keep, read, user_cache

T = TypeVar("T")
KEPT = 4
"""So many of each kind stay."""


def remembered(kind: str, sources: bytes, make: Callable[[], T]) -> T:
    """What ``make`` gives, from disk if it was made from the same sources before.

    Parameters
    ----------
    kind
        What it is, in one word.
    sources
        All that it is made from.
    make
        Makes it: of plain types alone, as reading it runs no code.
    """
    path = user_cache() / "read" / f"{kind}.{hashlib.sha256(sources).hexdigest()[:24]}"
    try:
        return cast(T, _read(path))
    except Exception:  # whatever is wrong with it, it can be made again
        made = make()
    if code_is_as_read() and keep(path, pickle.dumps(made)):
        _forget_others(path.parent, kind)
    return made


class _Plain(pickle.Unpickler):
    """Reads plain types and dates alone: no other class, no function, so nothing that was put there can run."""

    def find_class(self, module: str, name: str, /) -> type[date]:
        if (module, name) != ("datetime", "date"):
            raise pickle.UnpicklingError(f"{module}.{name} is no plain type")
        return date


def _read(path: Path) -> Any:
    content = read(path) if is_ours(path.parent) else None
    if content is None:
        raise ValueError(path)
    return _Plain(io.BytesIO(content)).load()


def _forget_others(folder: Path, kind: str) -> None:
    with suppress(OSError):  # another process forgets them too
        others = sorted(folder.glob(f"{kind}.*"), key=lambda one: one.stat().st_mtime, reverse=True)
        for one in others[KEPT:]:
            one.unlink(missing_ok=True)
