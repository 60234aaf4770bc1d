"""What the code is: one hash for everything that asks whether two results come from the same program."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sencosim.errors import InputError, OutputError
from sencosim.evidence.appraisal import APPRAISAL_FILE
from sencosim.evidence.base_year import BASE_YEAR_FILE
from sencosim.evidence.register import evidence_folder, load_register
from sencosim.names import listed
from sencosim.since import PACKAGE, changed_since, files_below, of_another_text

MADE_WITH = ("evidence_fingerprint", "code_fingerprint")
"""Facts that identify a model: its evidence and its code."""
LIBRARIES = ("numpy", "numba", "scipy", "simpy")


def hash_of(files: Iterable[Path], root: Path, *before: str) -> str:
    """SHA-256 of some words, and of the names and the content of files, in order."""
    found = hashlib.sha256("".join(before).encode())
    for path in sorted(files):
        found.update((path.relative_to(root) if path.is_relative_to(root) else Path(path.name)).as_posix().encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def made_with() -> dict[str, str]:
    """The model that runs here: every number depends on its evidence and its code. [SHA-256 by name]"""
    return dict(zip(MADE_WITH, (load_register().fingerprint(), code_fingerprint()), strict=True))


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """What differs between two models, in words such as ``evidence and other code``; blank if nothing does."""
    changed = [name.removesuffix("_fingerprint") for name in MADE_WITH if one.get(name) != other.get(name)]
    return " and other ".join(changed)


def check_still(facts: Mapping[str, Any]) -> None:
    """Refuse to write what this process made if its files changed while it ran: it read some before, some after.

    Raises
    ------
    OutputError
        If the facts name the model that ran here, and code or evidence on disk is another by now, or was meanwhile.
    """
    now = dict(zip(MADE_WITH, (load_register.__wrapped__().fingerprint(), _code_on_disk()), strict=True))
    if differing(facts, made_with()):
        return
    changed = f"other {differing(facts, now)}" if differing(facts, now) else _touched()
    if changed:
        raise OutputError(
            f"Files of sencosim were changed while this ran ({changed}), so its results would be in part of the files "
            "before and in part of those after. Nothing was written. Put back what was changed, and start a new "
            "process."
        )


def check_as_read() -> None:
    """Refuse what this process has just made if a file of the model was changed since it began, put back or not.

    Some files are read when they are first needed, so a pair that ran meanwhile may be of either.

    Raises
    ------
    InputError
        If that is so.
    """
    if touched := _touched():
        raise InputError(
            f"Files of sencosim were changed since this process began: {touched}. Some may have been read before. "
            "Put back what was changed, and start a new process."
        )


def _touched() -> str:
    """Names of files of the model that changed, or were put in the place of others, since this process began."""
    newer = [path.name for path in changed_since(_watched(evidence_folder()))]
    return listed(sorted(newer), 5) if newer else ""


@lru_cache(maxsize=4)
def _watched(evidence: Path) -> tuple[Path, ...]:
    return (*_files(), *evidence.glob("*.yaml"))


@lru_cache(maxsize=1)
def code_fingerprint() -> str:
    """SHA-256 of everything that computes: code and tables of the package, Python, and the libraries that count.

    Raises
    ------
    InputError
        If a file was changed since this process began: it may have read it before. Or if Python runs a module as it
        was before its text was changed.
    """
    check_as_read()
    if others := of_another_text():
        raise InputError(
            f"Python has compiled {listed((path.name for path in others), 5)} from another text than is there, with "
            f"the same time and size, and runs that. Delete the folders __pycache__ in {PACKAGE.as_posix()} and start "
            "a new process."
        )
    return _code_on_disk()


def _files() -> Iterator[Path]:
    """Everything that computes but the register, which has a fingerprint of its own."""
    yield from program_files()
    yield from _of_evidence()


def _code_on_disk() -> str:
    libraries = (f"{name} {version(name)}" for name in LIBRARIES)
    program = hash_of(program_files(), PACKAGE, platform.python_version(), *libraries)
    return hash_of(_of_evidence(), evidence_folder(), program)


def program_files() -> Iterator[Path]:
    """Code of the package, and its tables; evidence and shipped scenarios, which are data, are left out."""
    yield from files_below(PACKAGE, ".py")
    apart = (PACKAGE / "evidence", PACKAGE / "scenario" / "shipped")
    data = files_below(PACKAGE, ".csv", ".yaml")
    yield from (path for path in data if not any(path.is_relative_to(folder) for folder in apart))


def _of_evidence() -> list[Path]:
    """Views, discount rates, deflators and the back-test are in no register, so they count as what computes."""
    evidence = evidence_folder()
    views = (evidence / "views").glob("*.yaml")
    return [
        *files_below(evidence, ".csv", ".json"),
        *views,
        *(evidence / name for name in (APPRAISAL_FILE, BASE_YEAR_FILE)),
    ]
