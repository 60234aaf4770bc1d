"""The notebooks run from top to bottom with what they say they need, and are stored with what they print."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pages.programs import program

from sencosim.extras import EXTRAS

DOCS = Path(__file__).resolve().parents[2] / "docs"
SAID = {
    "headline": ("Runs(full_time: 32 draws", "p90: ", "weighted mean", "Chance that the public purse saves"),
    "own_scenario": ("REPLACED MECHANISMS: refusal (", "effect_suspensions"),
    "one_council": ("senco_leaving_rate", "permanent_exclusions"),
    "sensitivity": (
        *("What moves the", "told_apart", "explain too little", "The input that moves the", "total index", "draws"),
    ),
    "value_of_information": (
        *("would have to avoid", "would reverse it", "Knowing everything would be worth"),
        *("value_null", "What was fitted to the past"),
    ),
}
"""What each notebook must have printed."""
SLOW = {"sensitivity", "value_of_information"}
"""Their analyses take half a minute; the analyses themselves have tests of their own."""
NUMBER = re.compile(r"[-+\u2212]?\d[\d.,e+-]*|\bnan\b")


def book(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    assert (found["nbformat"], found["nbformat_minor"]) == (4, 5)
    return found


def printed(told: dict[str, Any]) -> list[str]:
    """What each cell of code shows, as text."""
    texts = []
    for cell in told["cells"]:
        if cell["cell_type"] == "code":
            parts = [one["text"] if "text" in one else one["data"]["text/plain"] for one in cell["outputs"]]
            texts.append("\n".join("".join(part) for part in parts))
    return texts


def skeleton(text: str) -> str:
    """Words without numbers and spaces, which may differ in the last digit between machines."""
    return " ".join(NUMBER.sub("#", text).split())


@pytest.fixture(scope="module")
def runner() -> ModuleType:
    return program("executed")


@pytest.mark.engine
def test_all_notebooks_are_tested_and_linked() -> None:
    assert {path.stem for path in (DOCS / "notebooks").glob("*.ipynb")} == set(SAID)
    page = (DOCS / "research.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\(notebooks/(\w+)\.ipynb\)", page)) == set(SAID)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.study if name in SLOW else pytest.mark.engine) for name in SAID]
)
def test_a_notebook_runs_with_what_it_needs_and_prints_what_is_stored(
    name: str, runner: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = book(name)
    cells = stored["cells"]
    assert len({cell["id"] for cell in cells}) == len(cells)
    head = "".join(cells[0]["source"])
    assert "not results" in head
    for extra, libraries in EXTRAS.items():
        if f"the extra `{extra}`" not in head:
            for library in libraries:
                monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.chdir(tmp_path)
    again = printed(runner.executed(DOCS / "notebooks" / f"{name}.ipynb"))
    for words in SAID[name]:
        assert any(words in text for text in again), words
    kept = printed(stored)
    assert any(kept), "run `make notebooks`"
    assert [skeleton(text) for text in again] == [skeleton(text) for text in kept], "run `make notebooks`"


@pytest.mark.engine
def test_what_differs_from_run_to_run_is_not_stored(runner: ModuleType) -> None:
    told = "Runs(x: 3 draws in /a/b/outputs/ensembles/x-draws-0123456789) full_time/2026-11-30T02-06-36Z-ef6d, 1.3 s"
    steady = runner.steady(told)
    assert steady == "Runs(x: 3 draws in outputs/ensembles/x-draws-<hash>) full_time/<run>, a few seconds"
    everything = "".join(path.read_text(encoding="utf-8") for path in (DOCS / "notebooks").glob("*.ipynb"))
    assert re.findall(r"/tmp/|\d{4}-\d\d-\d\dT\d\d-\d\d", everything) == []
