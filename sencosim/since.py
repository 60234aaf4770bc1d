"""What changed since this process began: it may have read some files before, and reads others later."""

from __future__ import annotations

import _imp
import hashlib
import marshal
import os
import stat
import struct
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from importlib.util import MAGIC_NUMBER, cache_from_source
from itertools import chain
from pathlib import Path

import sencosim
from sencosim.user_cache import DIGEST, is_ours, keep, read, user_cache

PACKAGE = Path(sencosim.__path__[0])
"""Folder of the package, without links: it stays when a link to it is turned to another version."""
MOST = 0xFFFFFFFF
"""Python notes the time and the size of a source in four bytes each."""
HEADER, HASHED, ASKS = 8, 0b01, 0b10
"""Of a compiled file: bytes before what it says of its text; flags that this is a digest, and that Python asks it."""
COMPARED, MOST_MARKS = "compared", 10_000
"""File of the digests of what was compiled from the text that is there, and how many it holds at most."""

MOMENT = 0.05
"""Most between two dates that the system wrote in one step. [seconds]"""


def changed_since(files: Iterable[Path]) -> list[Path]:
    """Files that were written, or put in the place of others, since this process began, alone or with their folder.

    A file with an older date may be moved there, so both its dates count. What is dated ahead of the clock says
    nothing. One that is gone changed now.
    """
    now, every = time.time(), [(path, path.parent) for path in files]
    above = {folder: _folders_of(folder) for folder in {folder for _, folder in every}}
    replaced = {folder for folder in set(chain.from_iterable(above.values())) if _was_replaced(folder, now)}
    moved = {folder for folder, folders in above.items() if replaced.intersection(folders)}
    return [path for path, folder in every if folder in moved or _is_new(_dates(path, now), now)]


def files_below(folder: Path, *endings: str) -> list[Path]:
    """Files in a folder and below it whose names end so. Links are followed, as by whoever reads the files.

    A folder that links to one above it is not entered again. What cannot be read, or leads nowhere, is left out.
    """
    found: list[Path] = []
    waiting: list[tuple[Path, frozenset[tuple[int, int]]]] = [(folder, frozenset())]
    while waiting:
        here, above = waiting.pop()
        with suppress(OSError):
            told = here.stat()
            if (told.st_dev, told.st_ino) in above:
                continue
            inside = above | {(told.st_dev, told.st_ino)}
            for entry in sorted(os.scandir(here), key=lambda one: one.name):
                with suppress(OSError):  # a link to itself
                    if entry.is_dir():
                        waiting.append((here / entry.name, inside))
                    elif entry.name.endswith(endings) and entry.is_file():
                        found.append(here / entry.name)
    return found


def code_is_as_read() -> bool:
    """Whether no module of the package changed since this process began: what it makes may be kept for others."""
    return not changed_since(_modules())


def of_another_text(modules: Iterable[Path] | None = None) -> list[Path]:
    """Modules that Python would run as they were compiled from another text: it compares time and size of a file alone.

    Asked of all modules of the package if none are named. No date can tell: it may be set, or moved by a change of
    rights. So each is compiled and compared, once: digests of text and compiled file that belong together are kept.
    """
    kept = user_cache() / COMPARED
    known = _marks(kept)
    same, others = [], []
    for path in _modules() if modules is None else modules:
        compiled = _runs_unasked(path)
        if compiled is None:
            continue
        text = path.read_bytes()
        mark = hashlib.sha256(f"{sys.flags.optimize} {len(text)}\n".encode() + text + compiled).digest()
        if mark in known or _is_compiled_from(text, path, compiled):
            same.append(mark)
        else:
            others.append(path)
    if not known.issuperset(same):
        keep(kept, b"".join([*same, *known.difference(same)][:MOST_MARKS]))
    return others


def _marks(kept: Path) -> frozenset[bytes]:
    """Digests of texts and compiled files that were compared before, and belong together."""
    content = (read(kept) if is_ours(kept.parent) else None) or b""
    return frozenset(content[at : at + DIGEST] for at in range(0, len(content), DIGEST))


def _runs_unasked(path: Path) -> bytes | None:
    """Compiled file of a module, if Python would run it without reading the text of the module."""
    try:
        told, compiled = path.stat(), Path(cache_from_source(str(path))).read_bytes()
    except OSError:  # nothing is compiled
        return None
    flags = int.from_bytes(compiled[4:HEADER], "little")
    if compiled[:4] != MAGIC_NUMBER or len(compiled) < HEADER + 8 or flags & ~(HASHED | ASKS):
        return None  # Python compiles it again
    if flags & HASHED:  # it has a digest of the text, which Python may leave alone
        policy = _imp.check_hash_based_pycs
        return None if policy != "never" and (flags & ASKS or policy == "always") else compiled
    dated = struct.pack("<II", int(told.st_mtime) & MOST, told.st_size & MOST)
    return compiled if compiled[HEADER : HEADER + 8] == dated else None


def _is_compiled_from(text: bytes, path: Path, compiled: bytes) -> bool:
    try:
        runs = marshal.loads(compiled[HEADER + 8 :])
    except (ValueError, EOFError, TypeError):  # damaged: Python fails on it
        return True
    try:
        return bool(runs == compile(text, str(path), "exec", dont_inherit=True))
    except (SyntaxError, ValueError):  # the text is no Python any more
        return False


@lru_cache(maxsize=1024)
def _folders_of(folder: Path) -> tuple[Path, ...]:
    """A folder of files, and those above it that are in the package or links."""
    return folder, *(one for one in folder.parents if one.is_relative_to(PACKAGE) or one.is_symlink())


def _is_new(dates: Iterable[float], now: float) -> bool:
    """Whether one of some dates lies between the begin of this process and now."""
    return any(sencosim.BEGAN < date <= now for date in dates)


def _was_replaced(folder: Path, now: float) -> bool:
    """Whether a folder, or a link in its place, was put where it is since this process began."""
    if not folder.is_symlink():
        return _was_renamed(folder, now)
    try:
        is_turned = _is_new(_dates_of_links(folder), now)
    except OSError:  # one is gone
        return True
    return is_turned or _was_renamed(Path(os.path.realpath(folder)), now)


def _was_renamed(folder: Path, now: float) -> bool:
    """Whether a folder was put where it is since this process began: its files keep their dates then.

    A new name changes the second date of a folder alone, and at the same moment the content of the one above. What is
    written in it, such as compiled files of Python, changes both its dates; rights, or the first file that is written
    below it in a container, change nothing above.
    """
    try:
        told, above = folder.stat(), folder.parent.stat()
    except OSError:  # its files are gone too
        return False
    is_new = sencosim.BEGAN < told.st_ctime <= now
    return is_new and told.st_ctime - told.st_mtime > MOMENT and abs(told.st_ctime - above.st_mtime) <= MOMENT


@lru_cache(maxsize=1)
def _modules() -> tuple[Path, ...]:
    return tuple(files_below(PACKAGE, ".py"))


def _dates(path: Path, now: float) -> tuple[float, ...]:
    """When a file was last written, and put in its place; and so of each link to it. [seconds since 1970]"""
    try:
        told = path.lstat()
        links = _dates_of_links(path) if stat.S_ISLNK(told.st_mode) else ()
        told = path.stat() if links else told
    except OSError:  # gone, or its link leads nowhere
        return (now,)
    return told.st_mtime, told.st_ctime, *links


def _dates_of_links(link: Path) -> tuple[float, ...]:
    """When the links on a way were put there: one that is turned, and back, is new. [seconds since 1970]"""
    return tuple(one.lstat().st_ctime for one in _way_of(link))


@lru_cache(maxsize=4096)
def _way_of(link: Path) -> tuple[Path, ...]:
    """Links on the way to where one leads, itself among them: it may lead to others, or through linked folders."""
    found: dict[Path, None] = {}
    waiting = [link]
    while waiting:
        one = waiting.pop()
        for part in (one, *one.parents):
            if part not in found and part.is_symlink():
                found[part] = None
                waiting.append(part.parent / part.readlink())
    return tuple(found)
