"""Every error that sencosim raises on purpose.

::

    SencosimError
    ├── InputError            what the user gave cannot be used; exit code 2
    │   ├── ScenarioError
    │   ├── EvidenceError
    │   └── PopulationError
    ├── EngineError           a run failed; exit code 3
    ├── CostingError          the ledger cannot be priced; exit code 3
    ├── OutputError           results could not be written or do not verify; exit code 4
    ├── SelfCheckError        a run is written, and failed a check of itself; exit code 5
    └── StoppedError          the user stopped a run; what was finished is kept; exit code 130

A load gathers all its faults and raises once: the error carries a list of :class:`Problem`.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, in words a person can act on.

    Attributes
    ----------
    message
        What is wrong, what is allowed, and the likely fix. Full sentences.
    file, line, column
        Where. ``None`` if the fault has no place in a file. Lines and columns count from 1.
    key
        The dotted name of the setting, such as ``levers.protected_time.start``.
    found
        What stood there, as text.
    severity
        ``error`` cannot mean what it says; ``warning`` can run, and the report will say so.
    """

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    key: str | None = None
    found: str | None = None
    severity: Literal["error", "warning"] = "error"


DAMAGE = (
    *(ValueError, OSError, KeyError, IndexError, TypeError, AttributeError, NotImplementedError, EOFError),
    *(OverflowError, RecursionError, zipfile.BadZipFile, zlib.error),
)
"""What reading a damaged file raises, those of pyarrow and pandas included."""
NO_JSON = (ValueError, RecursionError)
"""What reading JSON raises that is none, or brackets in brackets without end."""


class SencosimError(Exception):
    """Root of all errors that sencosim raises on purpose."""

    exit_code = 3

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = problems


class InputError(SencosimError):
    """What the user gave cannot be used. Nothing was run."""

    exit_code = 2


class ScenarioError(InputError):
    """A scenario file cannot mean what it says."""


class EvidenceError(InputError):
    """A register entry is missing, wrong, or not of that name."""


class PopulationError(InputError):
    """A list of schools cannot be read or built."""


class EngineError(SencosimError):
    """A run could not be finished."""


class CostingError(SencosimError):
    """The ledger holds something that has no price, or a price has no payer."""


class OutputError(SencosimError):
    """Results could not be written, or do not match their manifest."""

    exit_code = 4


class SelfCheckError(SencosimError):
    """A run was written, and something does not hold in it that must hold in every run."""

    exit_code = 5


class StoppedError(SencosimError):
    """The user stopped a run. The message says what was kept and how to go on."""

    exit_code = 130


@contextmanager
def stored_in(folder: Path) -> Iterator[None]:
    """Read what sencosim stored in a folder: what is damaged there becomes an :class:`OutputError` with a sentence."""
    try:
        yield
    except Exception as error:
        # pyarrow has a plain exception too, for text that is no UTF-8. It is known by name: importing it takes long.
        if not isinstance(error, DAMAGE) and type(error).__module__ != "pyarrow.lib":
            raise
        words = str(error).strip().splitlines() or [type(error).__name__]
        raise OutputError(
            f"A file in {folder.as_posix()} cannot be read ({words[0]}): it is damaged, or sencosim did not write it. "
            "Make what is in that folder again."
        ) from error
