"""What holds for all tests: one marker each, reproducible properties, and where shared data may be found."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import sencosim
from sencosim.evidence import register

MARKERS = frozenset({"unit", "property", "engine", "study"})
ROOT = Path(__file__).resolve().parent.parent

settings.register_profile(
    "ci", max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None, max_examples=1000)
os.environ["SENCOSIM_BASELINES"] = "off"  # no test may depend on what another run left behind
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stop the collection if a test has no marker, or two: nobody would know when it runs."""
    wrong = []
    for item in items:
        if isinstance(item, pytest.DoctestItem):
            continue
        markers = sorted({mark.name for mark in item.iter_markers()} & MARKERS)
        if len(markers) != 1:
            wrong.append(f"{item.nodeid}: {' and '.join(markers) or 'none'}")
    if wrong:
        allowed = ", ".join(sorted(MARKERS))
        raise pytest.UsageError(f"Each test needs exactly one marker of {allowed}. Found\n  " + "\n  ".join(wrong))


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Official files as published, if this machine has them; otherwise the test is skipped."""
    return _shared("SENCOSIM_SHARED_DATA", "data")


@pytest.fixture(scope="session")
def shared_evidence() -> Path:
    """The evidence tables that the registers were made from, if this machine has them."""
    return _shared("SENCOSIM_SHARED_EVIDENCE", "evidence")


@pytest.fixture
def name_evidence(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Names another folder of evidence, as if this process had read none: what was read stays in its caches."""

    def name(folder: Path) -> None:
        monkeypatch.setenv(register.FOLDER_VARIABLE, str(folder))
        monkeypatch.setattr(register, "_FOLDERS", {})
        monkeypatch.setattr(sencosim, "BEGAN", float("inf"))

    return name


@pytest.fixture
def other_evidence(tmp_path: Path) -> Path:
    """A folder of evidence of one's own: as it ships, with another number in the register."""
    shipped, folder = Path(sencosim.__file__).parent / "evidence", tmp_path / "other_evidence"
    shutil.copytree(shipped, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = folder / "workload.yaml"
    text = file.read_text(encoding="utf-8")
    number = re.search(r"(?m)^  value: (\d[\d.]*)$", text)
    assert number is not None
    file.write_text(text[: number.start(1)] + f"{0.9 * float(number[1]):g}" + text[number.end(1) :], encoding="utf-8")
    return folder


def _shared(variable: str, name: str) -> Path:
    folder = Path(os.environ.get(variable) or ROOT.parent / "shared" / name)
    if not folder.is_dir():
        pytest.skip(f"no official files here: set {variable} to a folder that has them")
    return folder
