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
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from sencosim.since import PACKAGE, changed_since
from sencosim.user_cache import is_ours, keep, read, user_cache

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
"""Environment variable: another folder, from its root."""
ENDING = ".code"
SHIPPED = PACKAGE / "compiled_code"
"""Code that came with the wheel: made for any processor of its kind. There is none in a clone."""
KEPT = 8
"""So many versions stay, those that were used last; the others go when a new one is begun."""


def source_files() -> list[Path]:
    """Files that go into compiled code, in a fixed order."""
    return sorted(path for pattern in SOURCES for path in PACKAGE.glob(pattern))


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Hash of the content of all sources, of the system, and of the compiler's and the interpreter's versions."""
    found = hashlib.sha256()
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    found.update(f"{sys.implementation.cache_tag} {sys.platform} {platform.machine()} {libraries}".encode())
    for path in source_files():
        found.update(path.relative_to(PACKAGE).as_posix().encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:24]


def compiled_folder() -> Path:
    """Folder for the compiled code of this source; it may not be there.

    A relative name is void: code from the current folder, which may be somebody else's, would run.
    """
    named = Path(os.environ.get(FOLDER, ""))
    return (named if named.is_absolute() else user_cache() / "compiled") / fingerprint()


def find_code(name: str, processor: str) -> Iterator[bytes]:
    """Machine code of a function that is as it was written: the user's for this processor, then the wheel's."""
    for path in _places(name, processor):
        code = read(path)
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
    """Keep machine code of a function for later runs, if its folder can be written.

    Not if a source changed since this process began: the code may be of the text before, or of one that was put back.
    """
    if changed_since(source_files()):
        return
    folder = compiled_folder()
    is_new = not folder.is_dir()
    if keep(_file(folder, name, processor), code) and is_new:
        prune(folder.parent)


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
