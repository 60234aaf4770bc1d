"""What takes long to read from text, remembered on disk by everything that it depends on.

A file of evidence, or the meaning of every setting, is the same at every start until its source changes. What is
remembered under another key is never looked at, and the last few of each kind stay.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar, cast

from sencosim.compilation.folders import user_cache

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
        Makes it: of plain types alone, as reading it runs no code of ours.
    """
    path = user_cache() / "read" / f"{kind}.{hashlib.sha256(sources).hexdigest()[:24]}"
    try:
        return cast(T, pickle.loads(path.read_bytes()))
    except Exception:  # whatever is wrong with it, it can be made again
        made = make()
    _keep(path, kind, pickle.dumps(made))
    return made


def _keep(path: Path, kind: str, content: bytes) -> None:
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with suppress(OSError):  # a cache that cannot be written is no cache
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(path)
        others = sorted(path.parent.glob(f"{kind}.*"), key=lambda one: one.stat().st_mtime, reverse=True)
        for one in others[KEPT:]:
            one.unlink(missing_ok=True)
