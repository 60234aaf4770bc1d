"""Files that can be made again, kept in a folder of the user: whole, under their own name, from nobody else.

Each has the SHA-256 of its name and content in front. A changed bit would give other numbers, or run as code.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

DIGEST = hashlib.sha256().digest_size
"""Bytes before what is kept: its SHA-256."""


def user_cache() -> Path:
    """Folder for files that can be made again, by platform."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "sencosim" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "sencosim"
    # By its standard a relative one is void. It would be the folder somebody happens to be in, and code is kept here.
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".cache") / "sencosim"


def is_ours(folder: Path) -> bool:
    """Whether nobody but this user and the administrator can put a file into a folder; it may not be there.

    What another user puts there would give other numbers, or run as code. Windows keeps these folders in the user's
    own profile, and is not asked. A relative one is in the folder somebody happens to be in, and nobody's.
    """
    if not folder.is_absolute():
        return False
    if sys.platform == "win32":
        return True
    try:
        found = folder.stat()
    except OSError:
        return True
    return found.st_uid in (0, os.getuid()) and not found.st_mode & stat.S_IWOTH


def keep(path: Path, content: bytes) -> bool:
    """Keep a file for later runs: whole, or not at all where its folder cannot be written. [whether it is kept]"""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        unfinished.write_bytes(_seal(path.name, content) + content)
        unfinished.replace(path)
    except OSError:  # a cache that cannot be written is no cache
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        return False
    return True


def read(path: Path) -> bytes | None:
    """Content of a file that was kept under this name; ``None`` if it is not there, or not as it was."""
    with suppress(OSError):
        kept = path.read_bytes()
        content = kept[DIGEST:]
        if _seal(path.name, content) == kept[:DIGEST]:
            return content
    return None


def _seal(name: str, content: bytes) -> bytes:
    found = hashlib.sha256(f"{name}\n".encode())
    found.update(content)
    return found.digest()
