"""No text that a user reads has the household words for which the field has terms of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
INSTEAD = {
    r"beside": "alongside, in addition to, against",
    r"anew|afresh": "again",
    r"nought": "zero",
    r"doubts?": "uncertainty",
    r"hears of": "receives, is called for",
    r"deaf": "block",
    r"(?:told|tells?|telling) (?:\w+ )?apart": "distinguished",
    r"(?:cannot|can) be told from": "distinguished from, read from",
    r"(?:intervals?|ranges?|bands?) (?:holds?|held)": "contain, cover",
    r"held against": "compared with",
    r"on balance a further": "adds",
    r"to England again": "recalibrate",
}
"""Words, as patterns, and what to write instead. ``heard`` is the tribunals' own term."""
BANNED = re.compile(rf"(?<![\w.`/{{-])(?:{'|'.join(INSTEAD)})(?![\w`=/}}-]|\.\w)", re.IGNORECASE)
CODE = re.compile(
    r"```.*?```|`[^`\n]*`|\]\([^)]*\)|\{\{.*?\}\}|\{%.*?%\}|<[^>]*>|^\s*[\w-]+:(?= |$)", re.DOTALL | re.MULTILINE
)


def python_texts(path: Path) -> Iterator[tuple[int, str]]:
    """Texts of a module with their lines, but for docstrings: sentences and parts of them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(child) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for child in node.values}
    documentation = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(part.value if isinstance(part, ast.Constant) else "0" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside | documentation:
            yield node.lineno, node.value


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every text of a file that a user may read, with its line."""
    if path.suffix == ".py":
        yield from ((line, text) for line, text in python_texts(path) if " " in text)
        return
    blank = CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), path.read_text(encoding="utf-8"))
    yield from enumerate(blank.splitlines(), start=1)


FILES = sorted(
    {
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("scenarios/**/*.yaml"),
        *(
            path
            for kind in ("py", "yaml", "html")
            for path in (ROOT / "sencosim").rglob(f"*.{kind}")
            if "calibration" not in path.parts
        ),
    }
)


def test_what_is_banned_is_found() -> None:
    for text in (
        "It stands beside it.",
        "many doubts",
        "are told apart",
        "tells them apart",
        "The interval holds 80 %",
    ):
        assert BANNED.search(text), text
    for text in ("--beside full_time", "`beside`", "an appeal was heard", "doubtless", "in-hand", "beside.csv"):
        assert not BANNED.search(CODE.sub(" ", text)), text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_household_word_where_the_field_has_a_term(path: Path) -> None:
    found = [
        f"line {line}: {match[0]!r} in {text.strip()[:90]!r}"
        for line, text in texts(path)
        for match in BANNED.finditer(text)
    ]
    assert not found, "\n".join(found)
