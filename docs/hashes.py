"""Write ``hashes.txt``: what ``constraints.txt`` pins, with the SHA-256 of every file that pip would take for it.

``python docs/hashes.py`` asks pip, from wherever this machine has its packages, for each kind of machine in turn.
Nothing is installed, and no address is written down.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS, HASHES = ROOT / "constraints.txt", ROOT / "hashes.txt"
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORMS = {
    "Linux, x86-64": (
        "manylinux_2_28_x86_64",
        "manylinux_2_27_x86_64",
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64",
    ),
    "Linux, ARM": (
        "manylinux_2_28_aarch64",
        "manylinux_2_27_aarch64",
        "manylinux_2_17_aarch64",
        "manylinux2014_aarch64",
    ),
    "macOS, Apple silicon": ("macosx_14_0_arm64", "macosx_12_0_arm64", "macosx_11_0_arm64"),
    "Windows, x86-64": ("win_amd64",),
}
"""Kinds of machines, by the names that wheels have for them."""
HEAD = """\
# The pins of constraints.txt with the SHA-256 of the files that pip takes for them. No address stands here.
# Made by:  python docs/hashes.py     Used by:  python -m pip install --require-hashes -r hashes.txt
# Covered: {covered}.
"""


def pins() -> dict[str, str]:
    """Pinned version of each library, as ``name==version``, with the marker that goes with it."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    found = (line.partition(";") for line in lines if line and not line.startswith("#"))
    return {pin.strip(): marker.strip() for pin, _, marker in found}


def wheels_of(python: str, platforms: tuple[str, ...], pinned: list[str]) -> dict[str, str]:
    """Digest of the wheel of each pin on a kind of machine, without those that have none for it."""
    where = [word for one in platforms for word in ("--platform", one)]
    asked = ["--only-binary", ":all:", "--python-version", python, *where]
    left = list(pinned)
    while left:
        found, error = digests(asked, left)
        if found:
            return found
        gone = re.search(r"No matching distribution found for (\S+)", error)
        if gone is None:
            raise SystemExit(error)
        left.remove(gone.group(1))
    return {}


def digests(asked: list[str], pinned: list[str]) -> tuple[dict[str, str], str]:
    """Digest of the file that pip would install, by pin; or what pip says that is in its way."""
    quiet = ("--dry-run", "--quiet", "--ignore-installed", "--no-deps", "--disable-pip-version-check")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", *quiet, "--report", str(report), "--target", folder]
        done = subprocess.run([*command, *asked, *pinned], capture_output=True, text=True, check=False)
        if done.returncode:
            return {}, done.stderr
        told = json.loads(report.read_text(encoding="utf-8"))["install"]
    files = {plain(one["metadata"]["name"]): one["download_info"]["archive_info"]["hashes"]["sha256"] for one in told}
    return {pin: files[plain(pin.partition("==")[0])] for pin in pinned}, ""


def plain(name: str) -> str:
    """Name of a library as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    """Write the file."""
    pinned, found = pins(), defaultdict(set)
    for python in PYTHONS:
        for platforms in PLATFORMS.values():
            for pin, digest in wheels_of(python, platforms, list(pinned)).items():
                found[pin].add(digest)
    for pin in pinned:
        if not found[pin]:  # it has no wheel: its source, which is the same everywhere
            found[pin].add(digests([], [pin])[0][pin])
    covered = f"Python {', '.join(PYTHONS)} on {'; '.join(PLATFORMS)}"
    lines = [HEAD.format(covered=covered)]
    for pin, marker in pinned.items():
        told = [f"{pin} ; {marker}" if marker else pin, *(f"    --hash=sha256:{one}" for one in sorted(found[pin]))]
        lines.append(" \\\n".join(told) + "\n")
    HASHES.write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
