"""The shell completes commands, options and choices, as the quick start says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete, get_completion_class

from sencosim.cli import main

pytestmark = pytest.mark.unit
PAGE = Path(__file__).resolve().parents[2] / "docs" / "quick_start.md"


def completed(words: list[str], begun: str) -> set[str]:
    shell = ShellComplete(main, {}, "sencosim", "_SENCOSIM_COMPLETE")
    return {one.value for one in shell.get_completions(words, begun)}


def test_commands_options_and_choices_are_completed() -> None:
    assert completed([], "expla") == {"explain"}
    assert {"run", "compare", "explain"} <= completed([], "")
    assert "--quick" in completed(["run"], "--qu")
    assert {"scenarios", "parameters", "files"} <= completed(["list"], "")


def test_the_lines_of_the_quick_start_are_those_of_click() -> None:
    shells = set(re.findall(r"_SENCOSIM_COMPLETE=(\w+)_source", PAGE.read_text(encoding="utf-8")))
    assert shells == {"bash", "zsh", "fish"}
    for name in shells:
        kind = get_completion_class(name)
        assert kind is not None
        assert "sencosim" in kind(main, {}, "sencosim", "_SENCOSIM_COMPLETE").source()
