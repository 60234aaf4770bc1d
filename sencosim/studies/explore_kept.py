"""What the making of the explorer keeps of its work: arrays in a file that is known to be the one it is named.

It is a cache: a file that is damaged, made by other code, or under the name of another is made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sencosim.errors import DAMAGE
from sencosim.fingerprint import code_fingerprint

DIGEST = "sha256"
"""Name of the array with the digest of the others."""
Arrays = dict[str, np.ndarray[Any, Any]]


def keep(path: Path, arrays: Mapping[str, Any]) -> None:
    """Keep arrays, whole or not at all."""
    told = {name: np.asarray(one) for name, one in arrays.items()}
    unfinished = path.with_suffix(".tmp.npz")
    np.savez_compressed(unfinished, **told, **{DIGEST: np.array(_digest(path, told))})  # type: ignore[arg-type]
    unfinished.replace(path)


def kept(path: Path) -> Arrays | None:
    """Arrays that this code kept under this name in a folder of this name; ``None`` if there are none."""
    try:
        with path.open("rb") as file, np.load(file) as stored:
            told = {name: stored[name] for name in stored.files}
    except DAMAGE:  # or not there
        return None
    digest = told.pop(DIGEST, None)
    return told if str(digest) == _digest(path, told) else None


def _digest(path: Path, arrays: Arrays) -> str:
    """SHA-256 of what a file is named, what made it, and the names, shapes and bytes of its arrays."""
    order = sorted(arrays)
    shapes = [[name, arrays[name].dtype.str, arrays[name].shape] for name in order]
    found = hashlib.sha256(json.dumps([path.parent.name, path.name, code_fingerprint(), shapes]).encode())
    for name in order:
        found.update(arrays[name].tobytes())
    return found.hexdigest()
