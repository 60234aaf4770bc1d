"""What is in the repository: nothing of one machine, nothing unfinished, nothing large."""

from __future__ import annotations

import re
import subprocess
import tomllib
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

LARGEST_FILE = 1024 * 1024
MACHINE_PATH = re.compile(r"(?:^|[^A-Za-z0-9._~/-])/(?:work|root|home|Users|farm|tmp)/[A-Za-z0-9._-]+", re.MULTILINE)
REGISTRY_ADDRESS = re.compile(
    r"index-url|--trusted-host|find-links|https?://(?:pypi|files\.pythonhosted)\.", re.IGNORECASE
)
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX)\b|raise NotImplementedError")
THIS_FILE = Path(__file__).name


@lru_cache(maxsize=1)
def repository_files(root: Path) -> tuple[Path, ...]:
    """Files that are tracked, or would be if they were added."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not a git repository: an unpacked release has no list of its files")
    paths = (root / name for name in listed.stdout.decode().split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def matches(root: Path, pattern: re.Pattern[str]) -> list[str]:
    """Places where a pattern occurs in the text files of the repository."""
    found = []
    for path in repository_files(root):
        if path.name == THIS_FILE or path.suffix in {".gz", ".parquet", ".png"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(root)}: {match.group()}" for match in pattern.finditer(text)]
    return found


def test_no_path_of_one_machine(root: Path) -> None:
    assert matches(root, MACHINE_PATH) == []


def test_no_address_of_a_package_registry(root: Path) -> None:
    assert matches(root, REGISTRY_ADDRESS) == []


def test_nothing_unfinished(root: Path) -> None:
    assert matches(root, UNFINISHED) == []


def test_no_large_file(root: Path) -> None:
    assert [str(path) for path in repository_files(root) if path.stat().st_size > LARGEST_FILE] == []


def test_constraints_hold_versions_only(root: Path) -> None:
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    wrong = [
        line
        for line in lines
        if line and not re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[A-Za-z0-9.]+(; [a-z_]+ == \"\w+\")?", line)
    ]
    assert wrong == []


def test_constraints_cover_every_dependency(root: Path) -> None:
    constrained = re.findall(
        r"^([A-Za-z0-9._-]+)==", (root / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    required = re.findall(
        r'^  "([A-Za-z0-9._-]+)[><=]', (root / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(required) > 10
    assert {name.lower() for name in required} - {name.lower() for name in constrained} == set()


def test_every_folder_and_every_file_of_the_package_is_installed(root: Path) -> None:
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    shipped, scenarios = "sencosim.scenario.shipped", "scenarios"
    assert settings["package-dir"][shipped] == scenarios
    declared = {name.replace(shipped, scenarios, 1).replace(".", "/") for name in settings["packages"]}
    files = [path.relative_to(root) for path in repository_files(root)]
    inside = [path for path in files if path.parts[0] in ("sencosim", scenarios) and path.name != "README.md"]
    assert {path.parent.as_posix() for path in inside} == declared
    patterns = ["*.py", *settings["package-data"]["*"]]
    assert [path for path in inside if not any(fnmatch(path.name, pattern) for pattern in patterns)] == []
