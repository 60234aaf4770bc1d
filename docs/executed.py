"""Run the notebooks from top to bottom and store what they print: ``python docs/executed.py``, or with names.

A notebook is run in this process, in an empty folder, as a reader would run it: cells in order, names shared, the last
expression of a cell shown. Nothing of Jupyter is needed for that.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "notebooks"
MOST_CHARACTERS = 6000
"""Longest text that a cell may print: a reader scrolls no further."""
_OF_ONE_RUN = (
    (re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z-[0-9a-f]+"), "<run>"),
    (re.compile(r"-[0-9a-f]{10}\b"), "-<hash>"),
    (re.compile(r"fingerprint [0-9a-f]{12}"), "fingerprint <hash>"),
    (re.compile(r"<function (\w+) at 0x[0-9a-f]+>"), r"<function \1>"),
    (re.compile(r"[^\s(]*[/\\](?=outputs[/\\])"), ""),
    (re.compile(r"[\d.]+ (?:s|seconds)\b"), "a few seconds"),
)
"""What differs from run to run, and what stands in its place."""


def executed(path: Path) -> dict[str, Any]:
    """The notebook with the outputs of a run of it. The current folder is where it runs."""
    book: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(code, start=1):
        cell["execution_count"] = number
        cell["outputs"] = list(_outputs("".join(cell["source"]), f"{path.stem} [{number}]", number, names))
    return book


def _outputs(source: str, where: str, number: int, names: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run one cell: what it prints, and the value of its last line if that is an expression."""
    tree, shown, printed = ast.parse(source, where), None, io.StringIO()
    last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None  # type: ignore[attr-defined]
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, where, "exec"), names)
        if last is not None:
            shown = eval(compile(last, where, "eval"), names)
    if text := printed.getvalue():
        yield {"name": "stdout", "output_type": "stream", "text": _lines(steady(text)[:MOST_CHARACTERS])}
    if shown is not None:
        yield {"data": _forms(shown), "execution_count": number, "metadata": {}, "output_type": "execute_result"}


def _forms(value: object) -> dict[str, Any]:
    """A value as a notebook shows it: as text, and as a page or a picture if it can be one."""
    forms: dict[str, Any] = {"text/plain": _lines(steady(repr(value))[:MOST_CHARACTERS])}
    if hasattr(value, "_repr_html_") and (html := value._repr_html_()):
        forms["text/html"] = _lines(steady(html))
    if hasattr(value, "_repr_png_"):
        forms["image/png"] = base64.b64encode(value._repr_png_()).decode()
    return forms


def steady(text: str) -> str:
    """Text without what differs from run to run: times, hashes, places."""
    for pattern, words in _OF_ONE_RUN:
        text = pattern.sub(words, text)
    return text


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def main(wanted: list[str]) -> None:
    """Run the notebooks of these names, or all, and write them."""
    for path in sorted(FOLDER.glob("*.ipynb")):
        if wanted and path.stem not in wanted:
            continue
        here = Path.cwd()
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                book = executed(path)
            finally:
                os.chdir(here)
        path.write_text(json.dumps(book, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
        print(f"docs/notebooks/{path.name}")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
