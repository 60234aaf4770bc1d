"""Every rule has a test that proves a property of it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sencosim.rules

RULES = Path(sencosim.rules.__file__).parent
TESTS = Path(__file__).parent


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _rules() -> list[tuple[str, str]]:
    """Module and name of each rule. A private function is proved by the rule that calls it."""
    return [
        (path.stem, node.name)
        for path in sorted(RULES.glob("*.py"))
        for node in _parse(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if any(isinstance(by, ast.Call) and getattr(by.func, "id", "") == "rule" for by in node.decorator_list)
    ]


def _is_property(node: ast.stmt) -> bool:
    """Whether a mark says ``property``."""
    return any(isinstance(part, ast.Attribute) and part.attr == "property" for part in ast.walk(node))


def _named_in_tests() -> set[tuple[str, str]]:
    """Module and name of each function that a property test calls as ``module.name``."""
    found = set()
    for path in TESTS.glob("test_*.py"):
        module = _parse(path)
        all_of_them = any(isinstance(node, ast.Assign) and _is_property(node) for node in module.body)
        for test in module.body:
            if not isinstance(test, ast.FunctionDef) or not test.name.startswith("test_"):
                continue
            if all_of_them or any(_is_property(ast.Expr(by)) for by in test.decorator_list):
                found |= {
                    (part.value.id, part.attr)
                    for part in ast.walk(test)
                    if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name)
                }
    return found


@pytest.mark.unit
def test_there_are_rules():
    assert len(_rules()) > 40


@pytest.mark.unit
@pytest.mark.parametrize(("module", "name"), _rules())
def test_a_rule_has_a_property_test(module, name):
    assert (module, name) in _named_in_tests(), (
        f"No property test in tests/rules calls {module}.{name}. Write one: its range, its direction, its limits."
    )


@pytest.mark.unit
@pytest.mark.parametrize(("module", "name"), _rules())
def test_a_rule_says_units_and_shows_an_example(module, name):
    functions = [node for node in _parse(RULES / f"{module}.py").body if getattr(node, "name", "") == name]
    words = ast.get_docstring(functions[0]) or ""
    assert ">>>" in words or "[" in words.splitlines()[0]
