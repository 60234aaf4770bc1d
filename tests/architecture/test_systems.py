"""Rules that measure systems: what is said twice, what stands alone, how far one assumption reaches."""

from __future__ import annotations

import ast
import difflib
import re
import subprocess
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import pytest

import sencosim
from sencosim.levers.catalogue import LEVERS

pytestmark = pytest.mark.unit

PACKAGE = Path(sencosim.__file__).parent
ENGINE = ("engine", "rules")
ALIKE = 0.6
LEAST_LINES = 5
"""Shorter functions are alike by chance."""
MOST_FILES = 18
"""An effect stands in each of three views, in the list of routes, and in that of the dimensions of the draws."""
PLAIN_NUMBERS = {0, 1, 2, 3, -1, 0.5, 60, 100.0, 52}
"""Numbers that need no name: nothing, one, halves, terms in a year, minutes in an hour, per cent, weeks in a year."""

Function = tuple[str, str, tuple[str, ...], int]


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (PACKAGE / folder).rglob("*.py"))


def package_of(path: Path) -> str:
    return path.parent.relative_to(PACKAGE).as_posix()


@lru_cache(maxsize=1)
def functions() -> tuple[Function, ...]:
    """Package, name, body in one spelling, and lines of every function of the engine and the rules."""
    found = []
    for path in modules(*ENGINE):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = tuple(line for one in body for line in ast.unparse(one).splitlines())
                found.append((package_of(path), node.name, lines, len(lines)))
    return tuple(found)


def likeness(one: Function, other: Function) -> float:
    return difflib.SequenceMatcher(None, one[2], other[2], autojunk=False).ratio()


def test_no_two_functions_of_different_packages_are_alike():
    long = [function for function in functions() if function[3] >= LEAST_LINES]
    pairs = ((one, other) for one, other in combinations(long, 2) if one[0] != other[0])
    assert [(one[:2], other[:2]) for one, other in pairs if likeness(one, other) >= ALIKE] == []


def test_likeness_finds_a_copy():
    longest = max(functions(), key=lambda function: function[3])
    assert likeness(longest, ("elsewhere", "copy", longest[2][1:], longest[3] - 1)) >= ALIKE


def test_no_class_of_the_engine_has_the_name_of_another():
    names = [
        node.name
        for path in modules(*ENGINE)
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    ]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def numbers_of(path: Path) -> list[tuple[int, float]]:
    """Line and value of every bare number inside a function, but for those that need no name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = [node for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) for node in ast.walk(one)]
    constants = [node for node in inside if isinstance(node, ast.Constant) and type(node.value) in (int, float)]
    return [(node.lineno, node.value) for node in constants if node.value not in PLAIN_NUMBERS]


def test_mechanisms_hold_no_bare_number():
    found = {path.name: numbers_of(path) for path in modules("engine/mechanisms")}
    assert {name: numbers for name, numbers in found.items() if numbers} == {}


def test_mechanisms_know_no_scheduler():
    knowing = [
        f"{path.name} {node.module}"
        for path in modules("engine/mechanisms")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("sencosim.engine.compiled", "simpy"))
    ]
    assert knowing == []


FOR_ALL_LEVERS = {"__init__", "catalogue", "fields", "hours", "lever", "schools", "tariff"}
"""Modules of ``levers/`` that hold none."""
MOST_FILES_ON_THE_WALK = 25
CONTROLS = {"sencosim/outcomes/explorer_controls.py"}
"""What a reader of the explorer moves is turned into levers here, and levers into what she moves."""


def files_with(name: str, root: Path) -> list[str]:
    """Files that name something, but for generated pages, frozen results and these tests."""
    listed = subprocess.run(["git", "grep", "-l", "-w", name], cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode not in (0, 1):
        pytest.skip("the files of the repository are not known to git here")
    documents = ("docs/results/", "docs/parameters.md", "docs/data_dictionary.md", "docs/coverage.md", "CHANGELOG.md")
    generated = (*documents, "tests/golden/frozen/", "tests/architecture/")
    return [file for file in listed.stdout.split() if not file.startswith(generated)]


@pytest.mark.parametrize(
    "name", ["vacancy_terms_supply_taken", "effect_home_education", "shared_travel_hours", "request_withdrawn_share"]
)
def test_an_assumption_touches_few_files(name: str, root: Path):
    files = files_with(name, root)
    assert 2 <= len(files) <= MOST_FILES, files


def test_each_lever_has_one_file_and_one_line():
    names = [path.stem for path in modules("levers") if path.stem not in FOR_ALL_LEVERS]
    assert sorted(names) == sorted(LEVERS)
    numbers = [kind.number for kind in LEVERS.values()]
    assert sorted(numbers) == list(range(len(LEVERS))), "numbers are part of the keys of chance: never used again"
    for name, kind in LEVERS.items():
        assert kind.__module__ == f"sencosim.levers.{name}"


@pytest.mark.parametrize("name", ["key_worker", "shared_senco", "consistent_ehc_process", "hours_schedule"])
def test_the_code_names_a_lever_in_its_file_and_its_line_only(name: str, root: Path):
    code = [file for file in files_with(name, root) if file.startswith("sencosim/") and file.endswith(".py")]
    assert set(code) - CONTROLS == {"sencosim/levers/catalogue.py"}, "its own file is named after it"


@pytest.mark.parametrize("kind", ["KeyWorker", "SharedSenco", "LaCapacity", "SpecialistPlaces"])
def test_no_module_asks_which_lever_it_has(kind: str, root: Path):
    files = [file for file in files_with(kind, root) if file.startswith("sencosim/") and file.endswith(".py")]
    assert len(set(files) - CONTROLS) == 2, files


def test_the_walk_from_yaml_to_pounds_is_as_the_contributors_page_says(root: Path):
    page = (root / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("### From a line of YAML to pounds")[2]
    rows = re.findall(r"^\| `([^`]+)` \| [^|]+ \| `(\w+)` \|$", page.partition("\n## ")[0], re.MULTILINE)
    assert 15 <= len({file for file, _ in rows}) <= MOST_FILES_ON_THE_WALK
    for file, name in rows:
        text = (root / file).read_text(encoding="utf-8")
        assert Path(file).stem == name or re.search(rf"\b{name}\b", text), f"{file} has no {name}"
    named = [name for _, name in rows if name in ("protected_time", "added_hours")]
    assert named[: named.index("added_hours")] == ["protected_time"] * 6, "one name from the file to the mechanism"
