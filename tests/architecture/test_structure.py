"""The shape of the code: who may import whom, names, sizes."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import sencosim

pytestmark = pytest.mark.unit

LONGEST_MODULE = 450
TABLES = {"vocabulary.py"}
"""Modules that are rows of facts: one line a member, as many as there are."""
BANNED_NAMES = {"utils", "util", "core", "helpers", "helper", "misc", "common", "manager"}
PACKAGE = Path(sencosim.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
PACKAGES = ["sencosim", *(info.name for info in pkgutil.walk_packages([str(PACKAGE)], "sencosim.") if info.ispkg)]


def test_import_contracts_hold(root: Path) -> None:
    assert lint_imports(config_filename=str(root / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.parametrize("name", PACKAGES)
def test_public_names_are_sorted_complete_and_there(name: str) -> None:
    module = importlib.import_module(name)
    public = getattr(module, "__all__", [])
    assert list(public) == sorted(set(public), key=str.casefold)
    assert [word for word in public if not hasattr(module, word)] == []
    assert imported_names(Path(module.__file__ or "")) <= set(public), (
        "a name is imported into a package and not public"
    )


def test_every_folder_is_a_package_and_travels_with_the_wheel(root: Path) -> None:
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = {path.parent.relative_to(PACKAGE.parent).as_posix().replace("/", ".") for path in MODULES}
    assert folders == set(PACKAGES), "a folder with modules has no __init__.py"
    if isinstance(settings["packages"], list):
        assert folders <= set(settings["packages"])


def imported_names(path: Path) -> set[str]:
    """Names that a package takes from its own modules, and that do not start with an underscore."""
    return {
        alias.asname or alias.name
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sencosim")
        for alias in node.names
        if not (alias.asname or alias.name).startswith("_")
    }


def test_no_module_is_too_long() -> None:
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE and name not in TABLES} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(path) for path in MODULES if {path.stem, path.parent.name} & BANNED_NAMES] == []


def test_only_the_package_named_after_simpy_knows_it() -> None:
    users = [path.relative_to(PACKAGE) for path in MODULES if "simpy" in imported_roots(path)]
    assert {path.parent.as_posix() for path in users} == {"engine/simpy"}


def test_nothing_draws_outside_randomness() -> None:
    assert [str(path) for path in MODULES if "random" in imported_roots(path)] == []


def test_no_user_input_is_checked_by_assert() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert)
    ]
    assert found == []


def imported_roots(path: Path) -> set[str]:
    """First words of everything that a module imports."""
    roots = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            roots.add(node.module.split(".")[0])
    return roots
