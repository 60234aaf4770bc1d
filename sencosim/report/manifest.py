"""What ran, with what, and the fingerprint of every file that came out."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import sencosim
from sencosim.errors import OutputError
from sencosim.experiment.finished import MANIFEST, manifest_of

SIGNATURES = (f"{MANIFEST}.sig", f"{MANIFEST}.minisig")
"""Of ssh-keygen and of minisign: what a reader may add to a folder."""
LIBRARIES = ("numpy", "pandas", "pyarrow", "scipy", "numba", "simpy", "pydantic", "matplotlib", "jinja2", "ruamel.yaml")


def software() -> dict[str, Any]:
    """Versions of sencosim, Python and the libraries that figures can depend on."""
    return {
        "sencosim": sencosim.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "libraries": {name: found for name in LIBRARIES if (found := _version(name)) is not None},
    }


def git_state() -> dict[str, Any] | None:
    """Commit of the running code and whether it was changed since; ``None`` if it is not run from a repository.

    Files alongside the package, such as scenarios of a user's own, change no code: the run keeps its scenario whole.
    """
    root = Path(sencosim.__file__).resolve().parent.parent
    commit = _git(root, "rev-parse", "HEAD")
    tracked = _git(root, "ls-files", "--", "sencosim/__init__.py")
    if not commit or not tracked:
        return None
    return {"commit": commit, "dirty": bool(_git(root, "status", "--porcelain", "--", "sencosim"))}


def command_line() -> str:
    """The command that this process was started with, as a user types it."""
    return " ".join(["sencosim", *sys.argv[1:]])


def completed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a run with the software and the state of the code added, where they are not given."""
    git = facts["git"] if "git" in facts else git_state()
    return {"software": software(), **facts, "git": git}


def content_hash(facts: Mapping[str, Any]) -> str:
    """Short name of what ran: the same facts give the same name. [4 hexadecimal digits]"""
    told = {name: value for name, value in facts.items() if name not in ("seconds", "software")}
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:4]


def file_facts(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and SHA-256 of every file in a folder, by relative name, but of the manifest itself and its signature."""
    own = {folder / name for name in (MANIFEST, *SIGNATURES)}
    return {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path not in own
    }


def strange_in(folder: Path) -> Iterator[str]:
    """What no folder of ours has: links, empty folders, devices, in words."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield f"{name} is a link, and sencosim writes none."
        elif path.is_dir():
            if not any(path.iterdir()):
                yield f"{name} is an empty folder, and sencosim writes none."
        elif not path.is_file():
            yield f"{name} is neither a file nor a folder."


def sha256(path: Path) -> str:
    """SHA-256 of a file. [64 hexadecimal digits]"""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def manifest_problems(folder: Path, told: Mapping[str, Any] | None = None) -> list[str]:
    """Compare a folder of outputs with its manifest; an empty list means that nothing was changed.

    ``told`` is the manifest as it was read before, when whoever changes the folder could not yet have changed it.
    """
    if not (folder / MANIFEST).is_file():
        return [f"There is no {MANIFEST} in this folder."]
    expected = (manifest_of(folder) if told is None else told).get("files")
    if not isinstance(expected, dict):
        return [f"{MANIFEST} lists no files: it is damaged, or not of sencosim."]
    found = file_facts(folder)
    problems = [f"{name} is missing." for name in expected if name not in found]
    problems += [f"{name} is not in the manifest." for name in found if name not in expected]
    problems += [f"{name} was changed." for name in expected if name in found and found[name] != expected[name]]
    return [*problems, *strange_in(folder)]


def check_unchanged(folder: Path, told: Mapping[str, Any] | None = None) -> None:
    """Refuse a folder that is not as it was written: nothing may be quoted or made from it.

    ``told`` is its manifest as it was read before; by default it is read now.

    Raises
    ------
    OutputError
        If a file was changed, is missing, or was added.
    """
    if problems := manifest_problems(folder, told):
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise OutputError(f"{folder.as_posix()} is not as it was written, so it is not used:\n{listed}")


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write the manifest of a folder, last of its files: facts, and the size and fingerprint of every file."""
    told = manifest_text({**facts, "files": file_facts(folder)})
    (folder / MANIFEST).write_text(told, encoding="utf-8", newline="\n")


def manifest_text(facts: Mapping[str, Any]) -> str:
    """Write a manifest as JSON with sorted names."""
    return json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False, default=str) + "\n"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _git(root: Path, *arguments: str) -> str:
    """Answer of git, blank if there is none."""
    try:
        answer = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
