"""How the tests of the command line call it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sencosim.cli import main

Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command in an empty folder; standard output and standard error apart."""
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()

    def run(*words: str) -> Result:
        return runner.invoke(main, list(words))

    return run
