"""Finished results, found by the words that people use for them: a path, the id of a run, the name of a scenario.

A run lies in ``<scenario>/<run id>`` below the folder of results. Comparisons, briefs, packs and ensembles lie there
too, in folders of their own, some under the name of a scenario: their manifests say what they are, and a bare name
never means one of them, nor a run whose manifest names another scenario or another folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sencosim.errors import NO_JSON, InputError, OutputError

MANIFEST = "manifest.json"
"""File that every finished folder has."""
RESOLVED = "scenario.resolved.yaml"
"""File of a run with its scenario: every setting, and where it comes from."""


def manifest_of(folder: Path) -> dict[str, Any]:
    """What a finished folder says of itself.

    Raises
    ------
    OutputError
        If its manifest is damaged.
    """
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except NO_JSON as error:
        raise OutputError(
            f"{(folder / MANIFEST).as_posix()} is damaged, so nothing in that folder can be checked or used. Run the "
            "scenario again."
        ) from error
    if not isinstance(found, dict):
        raise OutputError(f"{(folder / MANIFEST).as_posix()} is no manifest of sencosim.")
    return found


def find_run(root: Path, wanted: str) -> Path:
    """Find the folder of a finished run.

    Parameters
    ----------
    root
        The folder ``outputs``.
    wanted
        See :func:`find_finished`.

    Raises
    ------
    InputError
        If there is none, or what is there is not a run.
    """
    folder = find_finished(root, wanted)
    if kind := _kind(folder):
        raise InputError(
            f"{folder.as_posix()} is not a run: its {MANIFEST} says {kind!r}. Give a run, by its folder, by its id, or "
            "by the name of its scenario."
        )
    return folder


def find_finished(root: Path, wanted: str) -> Path:
    """Find the folder of anything finished.

    Parameters
    ----------
    root
        The folder ``outputs``.
    wanted
        The name of a scenario, of which the latest finished run is taken; a folder, from here or from ``root``, such
        as ``comparisons/full_time``; or the id of a run. A run in a folder of another name is found by its path alone.

    Raises
    ------
    InputError
        If there is none.
    """
    bare = Path(wanted).name == wanted
    named = _runs_of(root / wanted) if bare else []
    placed = [folder for folder in (Path(wanted), root / wanted) if (folder / MANIFEST).is_file()]
    identified = _called(root, wanted) if bare else []
    strays = [folder for folder in (*placed, *_runs(identified)) if bare and _is_stray(folder)]
    if found := [folder for folder in (*named[-1:], *placed, *_runs(identified)) if folder not in strays]:
        return found[0]
    strays += _runs(_folders(root / wanted)) if bare else []
    raise InputError(_not_found(root, wanted, [one for one in identified if _kind(one)], strays))


def is_finished(root: Path, run: str) -> bool:
    """Whether the run of this id or folder is finished."""
    return (Path(run) / MANIFEST).is_file() or bool(_runs(_called(root, run)))


def _not_found(root: Path, wanted: str, others: Iterable[Path], strays: Sequence[Path]) -> str:
    """Say what was looked for, what has that name and is no run of that scenario, and which runs there are."""
    said = [
        f"No finished run is called {wanted!r}: neither a folder, nor the id of a run, nor a scenario that was run."
    ]
    said += [f"Not a run, but of that name: {one.relative_to(root).as_posix()} ({_kind(one)})." for one in others]
    said += [f"{one.as_posix()} is {_of_words(one, wanted)}, so it is passed over." for one in strays]
    said += [f"To use it all the same, give its path:  {_path(one)} ." for one in strays[:1]]
    known = [folder.name for folder in _folders(root) if _runs_of(folder)]
    said.append(f"Finished runs are there of: {', '.join(known)}." if known else f"There is no finished run in {root}.")
    if Path(wanted).name == wanted:
        said.append(f"To make one:  sencosim run {wanted}")
    return " ".join(said)


def _called(root: Path, name: str) -> list[Path]:
    """Finished folders of a name, one level below those in the folder of results."""
    return [folder / name for folder in _folders(root) if (folder / name / MANIFEST).is_file()]


def _runs(folders: Iterable[Path]) -> list[Path]:
    """Those of the folders that are finished runs."""
    return [folder for folder in folders if (folder / MANIFEST).is_file() and not _kind(folder)]


def _runs_of(folder: Path) -> list[Path]:
    """Finished runs in the folder of a scenario that are of it and in the folder they were written to."""
    return [run for run in _runs(_folders(folder)) if _said(run) in ((folder.name, run.name), None)]


def _is_stray(folder: Path) -> bool:
    """Whether a folder is a run that has neither its own id nor its scenario for a name."""
    said = _said(folder) if _runs([folder]) else None
    return said is not None and folder.name not in said


def _said(folder: Path) -> tuple[str, str] | None:
    """Scenario and id of a run as its manifest says; ``None`` if it is damaged: who reads such a run says so."""
    try:
        facts = manifest_of(folder)
    except OutputError:
        return None
    return str(facts.get("scenario", "")), str(facts.get("run_id", ""))


def _of_words(folder: Path, wanted: str) -> str:
    """What is wrong with a run under the name of a scenario that is not of it, or not under its own id."""
    scenario, run_id = _said(folder) or ("", "")
    if scenario != wanted:
        return f"a run of another scenario, {scenario}" if scenario else "a run of a scenario that it does not name"
    return f"a copy of the run {run_id} under another name" if run_id else "a run that does not say its id"


def _path(folder: Path) -> str:
    """A folder in words that are no bare name."""
    return folder.as_posix() if folder.parent != Path() else f"./{folder.as_posix()}"


def _folders(parent: Path) -> list[Path]:
    """Folders in a folder, the oldest run first: names of runs begin with the time. Hidden ones are not finished."""
    if not parent.is_dir():
        return []
    return sorted(path for path in parent.iterdir() if path.is_dir() and not path.name.startswith("."))


def _kind(folder: Path) -> str:
    """What a manifest says that its folder is; blank for a run."""
    try:
        facts = manifest_of(folder)
    except OutputError:
        return ""  # a damaged run is still that run: who reads it says what is wrong
    return str(facts.get("kind", ""))
