"""Evidence that a calibration writes: what was there before is kept, and put back unless everything was written.

Registers and posterior sample belong together, and are written over minutes. Files of which one half is of the old
calibration and one half of the new are evidence of nothing, and may be the only copy that there is.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from sencosim.environment import with_variable
from sencosim.errors import NO_JSON, InputError, OutputError
from sencosim.evidence.posterior import FOLDER
from sencosim.evidence.register import BEING_WRITTEN, WRITER_VARIABLE
from sencosim.experiment.lock import only_here
from sencosim.experiment.store import write_whole
from sencosim.stopping import undisturbed

BEFORE, FILES = "evidence_before_", "files"
"""Folder next to the runs of a calibration, and the one in it for the files as they were."""
FOUND = "evidence_found_"
"""Folder there for what a killed calibration left, or what was put over that since."""
WRITER = "calibrate --write"


@contextmanager
def all_or_as_before(evidence: Path, folder: Path) -> Iterator[None]:
    """Write all that a calibration writes into the evidence, or leave it as it was; no other process may read it.

    ``folder`` is that of the runs of the calibration. If this process is killed, :func:`check_whole` of the next one
    puts the files back.

    Raises
    ------
    InputError
        If another calibration writes this evidence.
    OutputError
        If what is there cannot be kept, or not be put back.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept = Path(mkdtemp(prefix=BEFORE, dir=folder.resolve()))
    except OSError as error:
        raise _not_kept(evidence, error) from error
    mark = evidence / BEING_WRITTEN
    told = json.dumps({"evidence": str(evidence), "before": str(kept)})
    try:
        with only_here(kept, WRITER):
            try:
                _keep(evidence, kept, told)
                with with_variable(WRITER_VARIABLE, str(evidence)):
                    yield
                with undisturbed():
                    _to_disk(evidence)
                    mark.unlink()
            except BaseException:
                with undisturbed():
                    if _is_ours(mark, told):
                        _put_back(evidence, kept)
                raise
    finally:
        if not _is_ours(mark, told):
            shutil.rmtree(kept, ignore_errors=True)


def check_whole(evidence: Path) -> None:
    """Put back what was in the evidence before a calibration that was killed while it wrote.

    Raises
    ------
    InputError
        If it was put back: this process may have read files from before. Or if that calibration goes on, or nobody
        knows what was there.
    """
    mark = evidence / BEING_WRITTEN
    if not mark.is_file():
        return
    try:
        told = json.loads(mark.read_text(encoding="utf-8"))
        owner, kept = str(told["evidence"]), Path(told["before"])
    except (*NO_JSON, KeyError, TypeError) as error:
        raise _by_hand(mark, "the file that says where they are is damaged") from error
    if not (kept / FILES).is_dir():
        raise _by_hand(mark, f"{kept.as_posix()}, where they were kept, is gone; put that folder back if you moved it")
    if not (Path(owner).is_dir() and evidence.samefile(owner)):
        raise _by_hand(mark, f"those in {(kept / FILES).as_posix()} are of {Path(owner).as_posix()}")
    with only_here(kept, WRITER):
        found = _set_aside(evidence, kept)
        _put_back(evidence, kept)
    shutil.rmtree(kept, ignore_errors=True)
    aside = (
        f" What differed is in {found.as_posix()}, in case you have put newer files there." if found.is_dir() else ""
    )
    raise InputError(
        f"A calibration was killed while it wrote the evidence in {evidence.as_posix()}. Its files are now as they "
        f"were before.{aside} Give the command once more: it goes on with the runs that are finished."
    )


def _set_aside(evidence: Path, kept: Path) -> Path:
    """Copy the files that are not as they were before into a new folder next to those that were."""
    found = kept.parent / kept.name.replace(BEFORE, FOUND)
    try:
        for path in _written(evidence):
            name = path.relative_to(evidence)
            before = kept / FILES / name
            if not before.is_file() or before.read_bytes() != path.read_bytes():
                (found / name).parent.mkdir(parents=True, exist_ok=True)
                write_whole(found / name, path.read_bytes())
    except OSError as error:
        raise _not_kept(evidence, error) from error
    return found


def _keep(evidence: Path, kept: Path, told: str) -> None:
    """Copy what a calibration writes, and only then mark the evidence: with the mark there is always a whole copy."""
    try:
        for path in _written(evidence):
            copy = kept / FILES / path.relative_to(evidence)
            copy.parent.mkdir(parents=True, exist_ok=True)
            write_whole(copy, path.read_bytes())
        with undisturbed():
            _set(evidence / BEING_WRITTEN, told)
    except FileExistsError as error:
        raise InputError(
            f"Another calibration writes the evidence in {evidence.as_posix()}. Wait until it has ended, and give the "
            "command once more."
        ) from error
    except OSError as error:
        raise _not_kept(evidence, error) from error


def _set(mark: Path, told: str) -> None:
    """Set a mark, but not over that of another process."""
    file = mark.open("x", encoding="utf-8", newline="\n")
    try:
        with file:
            file.write(told)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        mark.unlink()
        raise


def _put_back(evidence: Path, kept: Path) -> None:
    """Let every file be as it was, and then take the mark away. Stopped, it can be done again."""
    files = kept / FILES
    names = [path.relative_to(files) for path in sorted(files.rglob("*")) if path.is_file()]
    try:
        for path in _written(evidence):
            if path.parent != evidence and path.relative_to(evidence) not in names:
                path.unlink()
        for name in names:
            before, path = (files / name).read_bytes(), evidence / name
            if not path.is_file() or path.read_bytes() != before:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path.resolve(), before)
        (evidence / BEING_WRITTEN).unlink()
    except OSError as error:
        raise OutputError(
            f"The evidence in {evidence.as_posix()} cannot be put back as it was: {error.strerror or error}. It is in "
            f"{files.as_posix()}: leave that where it is, mend what is said here, and give sencosim calibrate."
        ) from error


def _written(evidence: Path) -> list[Path]:
    """Files of the kinds and places that a calibration writes."""
    below = (path for path in (evidence / FOLDER).glob("*") if path.is_file())
    return [*sorted(evidence.glob("*.yaml")), *sorted(below)]


def _to_disk(evidence: Path) -> None:
    """Let the disk have what was written: the copy of what was before goes next."""
    for path in _written(evidence):
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _is_ours(mark: Path, told: str) -> bool:
    return mark.is_file() and mark.read_text(encoding="utf-8") == told


def _not_kept(evidence: Path, error: OSError) -> OutputError:
    return OutputError(
        f"The evidence in {evidence.as_posix()} is left as it was: a copy of it and a mark must be written first, and "
        f"that fails: {error.filename or ''} {error.strerror or error}. Let both folders be written, or name others "
        "with --folder and SENCOSIM_EVIDENCE."
    )


def _by_hand(mark: Path, why: str) -> InputError:
    return InputError(
        f"A calibration was killed while it wrote the evidence in {mark.parent.as_posix()}, and its files cannot be "
        f"put back as they were: {why}. Or take them from another copy of this evidence, such as a new "
        f"installation, and then delete {mark.as_posix()}."
    )
