"""One process at a time in the folder of a run that goes on. The system frees the lock when its process ends."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from sencosim.errors import InputError, OutputError

LOCK = "lock"
OWNER = "owner.json"
"""Who has the lock: for people to read. That the file is there means nothing by itself."""


@contextmanager
def only_here(folder: Path, run_id: str) -> Iterator[None]:
    """Keep every other process out of the folder of a run.

    Raises
    ------
    InputError
        If another process has it.
    OutputError
        If its disk has no locks.
    """
    with (folder / LOCK).open("a+") as stream:
        if not _taken(stream):
            raise InputError(
                f"The run {run_id} goes on already: {_owner_of(folder)}. Wait until it has ended, or stop it with "
                "Ctrl-C where it runs; what is finished is kept."
            )
        began = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        owner = {"process": os.getpid(), "machine": platform.node(), "began": began}
        (folder / OWNER).write_text(json.dumps(owner), encoding="utf-8")
        yield


def goes_on(folder: Path) -> bool:
    """Whether a process has the folder of a run now."""
    if not (folder / LOCK).is_file():
        return False
    with (folder / LOCK).open("a+") as stream:
        return not _taken(stream)


def _owner_of(folder: Path) -> str:
    with suppress(OSError, ValueError, KeyError):
        owner = json.loads((folder / OWNER).read_text(encoding="utf-8"))
        return f"process {owner['process']} on {owner['machine']}, since {owner['began']}"
    return "another process has it"


if sys.platform == "win32":
    import msvcrt

    def _taken(stream: IO[str]) -> bool:
        """Take the lock, unless another process has it."""
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(stream: IO[str]) -> bool:
        """Take the lock, unless another process has it."""
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            raise OutputError(
                f"{stream.name} cannot be locked: {error.strerror or error}. Give a folder on another disk with --out."
            ) from error
        return True
