"""Where compiled code is kept between runs: a folder named by the content of all that goes into it.

Numba notices a change in the file of a compiled function, but not in the files of the functions it calls. A folder
that is keyed by all of them can never hold stale code. Where the sources stand is no part of the key: what was compiled
in one place serves a copy in another, and a wheel brings what was compiled when it was made.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
SOURCES = (
    "compilation/*.py",
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
LIBRARIES = ("numba", "llvmlite", "numpy")
FOLDER = "SENCOSIM_COMPILED"
"""Environment variable: another folder."""
ENDING = ".code"
SHIPPED = _PACKAGE / "compiled_code"
"""Code that came with the wheel: made for any processor of its kind. There is none in a clone."""
DIGEST = hashlib.sha256().digest_size
"""Bytes before what is kept: its SHA-256."""
KEPT = 8
"""So many versions stay, those that were used last; the others go when a new one is begun."""


def source_files() -> list[Path]:
    """Files that go into compiled code, in a fixed order."""
    return sorted(path for pattern in SOURCES for path in _PACKAGE.glob(pattern))


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Hash of the content of all sources, of the system, and of the compiler's and the interpreter's versions."""
    found = hashlib.sha256()
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    found.update(f"{sys.implementation.cache_tag} {sys.platform} {platform.machine()} {libraries}".encode())
    for path in source_files():
        found.update(path.relative_to(_PACKAGE).as_posix().encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:24]


def user_cache() -> Path:
    """Folder for files that can be made again, by platform."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "sencosim" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "sencosim"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sencosim"


def is_ours(folder: Path) -> bool:
    """Whether nobody but this user and the administrator can put a file into a folder; it may not be there.

    What another user puts there would give other numbers, or run as code. Windows keeps these folders in the user's
    own profile, and is not asked.
    """
    if sys.platform == "win32":
        return True
    try:
        found = folder.stat()
    except OSError:
        return True
    return found.st_uid in (0, os.getuid()) and not found.st_mode & stat.S_IWOTH


def sealed(name: str, content: bytes) -> bytes:
    """Content with the SHA-256 of its name and itself in front: damage shows, and so does a file under another name."""
    return _seal(name, content) + content


def unsealed(name: str, kept: bytes) -> bytes | None:
    """Content that was sealed under this name; ``None`` if it is not as it was."""
    content = kept[DIGEST:]
    return content if _seal(name, content) == kept[:DIGEST] else None


def _seal(name: str, content: bytes) -> bytes:
    found = hashlib.sha256(f"{name}\n".encode())
    found.update(content)
    return found.digest()


def compiled_folder() -> Path:
    """Folder for the compiled code of this source; it may not be there."""
    named = os.environ.get(FOLDER)
    return (Path(named) if named else user_cache() / "compiled") / fingerprint()


def find_code(name: str, processor: str) -> Iterator[bytes]:
    """Machine code of a function that is as it was written: the user's for this processor, then the wheel's."""
    for path in _places(name, processor):
        with suppress(OSError):
            code = unsealed(name, path.read_bytes())
            if code is not None:  # damaged machine code would crash, not fail
                yield code


def is_kept(name: str, processor: str) -> bool:
    """Whether machine code of a function is on disk, undamaged."""
    return any(find_code(name, processor))


def _places(name: str, processor: str) -> Iterator[Path]:
    if is_ours(compiled_folder()):
        yield _file(compiled_folder(), name, processor)
    yield _file(SHIPPED / fingerprint(), name, "generic")


def _file(folder: Path, name: str, processor: str) -> Path:
    kind = processor if processor == "generic" else hashlib.sha256(processor.encode()).hexdigest()[:8]
    return folder / f"{name}.{kind}{ENDING}"


def keep_code(name: str, processor: str, code: bytes) -> None:
    """Keep machine code of a function for later runs, if its folder can be written."""
    folder = compiled_folder()
    path = _file(folder, name, processor)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            prune(folder.parent)
        unfinished.write_bytes(sealed(name, code))
        unfinished.replace(path)
    except OSError:  # a cache that cannot be written is no cache
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def versions(folder: Path) -> list[Path]:
    """Folders of compiled code, one a version, the one used last first."""
    found = [(_used(one), one) for one in folder.glob("*") if one.is_dir()]
    return [one for _, one in sorted(found, reverse=True)]


def size_of(folder: Path) -> int:
    """Room that a version takes. [bytes]"""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _used(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:  # another process has just pruned it
        return 0.0


def prune(folder: Path) -> None:
    """Delete the versions used longest ago. Who is still reading one compiles what it misses: nothing can break."""
    for one in versions(folder)[KEPT:]:
        shutil.rmtree(one, ignore_errors=True)


def mark_used() -> None:
    """Say that the code of this source is in use, so that it stays."""
    with suppress(OSError):
        os.utime(compiled_folder())
