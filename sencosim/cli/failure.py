"""How a command ends when it cannot do what was asked: a message that says what to do, and an exit code."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Sequence

from sencosim.errors import Problem, SencosimError
from sencosim.extras import install, missing
from sencosim.terminal.console import Console

EXIT_CODES = (
    "Exit codes: 0 done; 2 the input cannot be used; 3 the run failed; 4 stored files or figures failed a check; "
    "5 the results are written, but the run failed one of its own checks; 130 stopped by the user."
)
RUN_FAILED = 3
CHECK_FAILED = 4
STOPPED = 130


def report_failure(error: BaseException, console: Console) -> int:
    """Say on standard error what went wrong. [exit code, 2 to 130]"""
    if console.debug:
        console.alert("".join(traceback.format_exception(error)).rstrip())
    code = _say(error, console)
    for note in getattr(error, "__notes__", ()):
        console.alert(f"  {note}")
    return code


def _say(error: BaseException, console: Console) -> int:
    if isinstance(error, ModuleNotFoundError):
        error = missing(error) or error
    if isinstance(error, SencosimError):
        console.alert(sencosim_message(error))
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        console.alert("Stopped. Nothing half-written was left behind.")
        return STOPPED
    console.alert(unexpected_message(error))
    return RUN_FAILED


def sencosim_message(error: SencosimError) -> str:
    """Write the message of an error that sencosim raised on purpose, with all its problems."""
    file = next((problem.file for problem in error.problems if problem.file), None)
    if file is not None:
        return problems_text(error.problems, file)
    further = [problem.message for problem in error.problems if problem.message not in error.message]
    return "\n".join([f"✗ {error.message}", *(f"  {message}" for message in further)])


def problems_text(problems: Sequence[Problem], file: str) -> str:
    """Write all problems of a file at once, errors first, warnings apart."""
    from sencosim.scenario.printing import format_problems

    return format_problems(problems, file).rstrip()


def unexpected_message(error: BaseException) -> str:
    """Find words for a failure that is not a :class:`SencosimError`.

    Examples
    --------
    >>> unexpected_message(MemoryError())[:36]
    '✗ This machine ran out of memory. No'
    """
    if isinstance(error, MemoryError):
        return (
            "✗ This machine ran out of memory. Nothing half-written was left behind. "
            "Try a smaller sample, such as --sample 0.02, or fewer --workers."
        )
    if isinstance(error, ModuleNotFoundError):
        return (
            f"✗ The library {error.name!r} is not installed. Install everything that sencosim needs with:  {install()}"
        )
    if isinstance(error, OSError):
        return _file_message(error)
    if type(error).__name__ == "ValidationError":
        return _checked_message(error)
    return (
        f"✗ sencosim failed in a way that nobody foresaw ({type(error).__name__}: {error}). "
        "That is a fault of sencosim, not yours. The same command with --debug shows where it happened."
    )


def _checked_message(error: BaseException) -> str:
    """Find words for faults that a checker of data found where nobody had words for them."""
    from pydantic import ValidationError

    from sencosim.evidence.faults import faults_in_words

    faults = faults_in_words(error) if isinstance(error, ValidationError) else ()
    words = "; ".join(f"{'.'.join(place)}: {fault}" if place else fault for place, fault in faults)
    return f"✗ What was given cannot be used: {words or error}. The same command with --debug shows where it is read."


def _file_message(error: OSError) -> str:
    place = f" {error.filename}" if error.filename else ""
    words = {
        errno.ENOSPC: f"The disk is full:{place} could not be written. Make room, or choose another place with --out.",
        errno.EACCES: f"There is no permission to use{place}. Choose another place with --out.",
        errno.EROFS: f"{place.strip() or 'That place'} can only be read. Choose another place with --out.",
        errno.ENOENT: f"There is no file or folder{place}.",
        errno.EISDIR: f"{place.strip()} is a folder; a file is needed.",
    }
    return f"✗ {words.get(error.errno or 0, f'The system refused{place}: {error.strerror or error}.')}"
