"""What is installed is what was tested: each pin has digests, and a licence that is said."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit


def pinned(text: str) -> list[str]:
    """Pins with their markers, in order."""
    lines = (line.strip() for line in re.sub(r"\s*\\\n\s*--hash=\S+", "", text).splitlines())
    return [re.sub(r"\s*;\s*", "; ", line) for line in lines if line and not line.startswith("#")]


@pytest.fixture
def hashes(root: Path) -> str:
    return (root / "hashes.txt").read_text(encoding="utf-8")


def test_the_file_of_hashes_has_the_pins_of_the_constraints(hashes: str, root: Path) -> None:
    assert pinned(hashes) == pinned((root / "constraints.txt").read_text(encoding="utf-8"))


def test_each_pin_has_a_digest_and_the_file_names_no_place(hashes: str) -> None:
    entries = [entry for entry in re.split(r"\n(?=[A-Za-z])", hashes) if "==" in entry]
    assert entries
    for entry in entries:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry
    below = "".join(line for line in hashes.splitlines(keepends=True) if not line.startswith("#"))
    assert set(re.findall(r"--[a-z-]+", below)) == {"--hash"}
    assert "/" not in below


def test_each_pin_has_a_licence(root: Path) -> None:
    with (root / "docs" / "licences.csv").open(encoding="utf-8", newline="") as table:
        told = {row["name"]: row["licence"] for row in csv.DictReader(table)}
    names = [pin.partition("==")[0] for pin in pinned((root / "constraints.txt").read_text(encoding="utf-8"))]
    assert list(told) == names
    assert all(told.values())
