"""The notebooks run from top to bottom, in small, and are stored without output."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.engine
DOCS = Path(__file__).resolve().parents[2] / "docs"
SAID = {
    "headline": ("Runs(full_time: 32 points", "p90: ", "weighted mean", "Chance that the public purse saves"),
    "own_scenario": ("REPLACED MECHANISMS: refusal (", "effect_suspensions"),
    "one_council": ("senco_leaving_rate", "permanent_exclusions"),
    "sensitivity": (
        "What moves the",
        "told_apart",
        "explain too little",
        "The input that moves the",
        "total index",
        "draws",
    ),
    "value_of_information": (
        *("would have to avoid", "would reverse it", "Knowing everything would be worth"),
        *("value_null", "What was fitted to the past"),
    ),
}
"""What each notebook must have printed."""


def cells(name: str) -> list[dict[str, Any]]:
    book: dict[str, Any] = json.loads((DOCS / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    found: list[dict[str, Any]] = book["cells"]
    return found


def test_all_notebooks_are_tested_and_linked() -> None:
    assert {path.stem for path in (DOCS / "notebooks").iterdir()} == set(SAID)
    page = (DOCS / "research.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\(notebooks/(\w+)\.ipynb\)", page)) == set(SAID)


@pytest.mark.parametrize("name", SAID)
def test_a_notebook_is_stored_without_output_and_labelled(name: str) -> None:
    found = cells(name)
    assert len({cell["id"] for cell in found}) == len(found)
    assert all(
        cell["outputs"] == [] and cell["execution_count"] is None for cell in found if cell["cell_type"] == "code"
    )
    assert "not results" in "".join(found[0]["source"])


@pytest.mark.parametrize("name", SAID)
def test_a_notebook_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "notebook"}
    for cell in cells(name):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{name} {cell['id']}", "exec"), names)
    printed = capsys.readouterr().out
    for words in SAID[name]:
        assert words in printed
