"""The folder of a calibration's runs: they are found by their point alone, so all must be of one model."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sencosim.errors import NO_JSON, InputError, OutputError
from sencosim.names import listed

MADE_WITH_FILE = "made_with.json"
"""What made the runs of a folder."""
INSTEAD = "Move the folder away, or name another with --folder."


def facts_of_design() -> dict[str, Any]:
    """What the runs of a calibration depend on besides their point."""
    from sencosim.calibration.calibrate import FROZEN_START, RECENT_START
    from sencosim.calibration.history import Setting
    from sencosim.fingerprint import made_with
    from sencosim.population.synthetic import synthetic_england

    settings = [asdict(Setting(start)) for start in (FROZEN_START, RECENT_START)]
    told = {name.removesuffix("_fingerprint"): found for name, found in made_with().items()}
    return {**told, "schools": synthetic_england().fingerprint, "settings": settings}


def open_folder(folder: Path, facts: dict[str, Any]) -> None:
    """Make sure that every run in a folder is of the model that runs here, and note that model in a new one.

    Raises
    ------
    InputError
        If its runs are of another model, or nobody knows of which.
    """
    mark = folder / MADE_WITH_FILE
    if not mark.is_file():
        if rows := sorted(path.name for path in folder.glob("*.csv")):
            raise InputError(
                f"{folder.as_posix()} holds runs ({listed(rows, 3)}) and no {MADE_WITH_FILE}, so nobody knows which "
                f"evidence and code made them. {INSTEAD}"
            )
        _write_new(mark, facts)
    try:
        found = dict(json.loads(mark.read_text(encoding="utf-8")))
    except (*NO_JSON, TypeError) as error:
        raise InputError(
            f"{mark.as_posix()} is damaged, so nobody knows what made the runs in its folder. {INSTEAD}"
        ) from error
    if changed := [name for name in facts if found.get(name) != facts[name]]:
        raise InputError(
            f"The runs in {folder.as_posix()} were made with other {' and other '.join(changed)} than this command "
            f"runs with, and a fit to both would be of no model. {INSTEAD}"
        )


def _write_new(mark: Path, facts: dict[str, Any]) -> None:
    """Write a mark, but not over one that another process has written since we looked."""
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError), mark.open("x", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(facts, indent=2) + "\n")
    except OSError as error:
        raise OutputError(f"{mark.as_posix()} cannot be written: {error.strerror or error}.") from error


def check_folder(folder: Path) -> None:
    """Give up a folder if files of sencosim were changed while it was filled: processes read them as they begin.

    Raises
    ------
    OutputError
        If they were. The folder is refused from then on.
    """
    from sencosim.fingerprint import check_still, made_with

    try:
        check_still(made_with())
    except OutputError as error:
        (folder / MADE_WITH_FILE).unlink(missing_ok=True)
        raise OutputError(
            "Files of sencosim were changed while this ran, so some of the runs in "
            f"{folder.as_posix()} may be of the files before and some of those after. They are used no more. Name "
            "another folder with --folder."
        ) from error
