"""Every way to fail: words that help, the right exit code, no traceback unless asked."""

from __future__ import annotations

import errno

import click
import pytest
from click.testing import CliRunner, Result

from sencosim.cli.failure import sencosim_message, unexpected_message
from sencosim.cli.group import StagedGroup
from sencosim.errors import (
    CostingError,
    EngineError,
    EvidenceError,
    InputError,
    OutputError,
    PopulationError,
    Problem,
    ScenarioError,
    SelfCheckError,
    SencosimError,
)
from sencosim.terminal.options import Command

pytestmark = pytest.mark.unit


def ending_of(error: BaseException, *words: str) -> Result:
    """Run a command that fails with an error."""

    @click.command(cls=Command)
    def failing() -> None:
        raise error

    class Group(StagedGroup):
        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
            return failing if cmd_name == "failing" else None

    group = Group(name="sencosim", stages={}, aliases={})
    return CliRunner().invoke(group, ["failing", *words])


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (InputError, 2),
        (ScenarioError, 2),
        (EvidenceError, 2),
        (PopulationError, 2),
        (SencosimError, 3),
        (EngineError, 3),
        (CostingError, 3),
        (OutputError, 4),
        (SelfCheckError, 5),
    ],
)
def test_exit_code_belongs_to_the_kind_of_error(kind: type[SencosimError], code: int) -> None:
    result = ending_of(kind("It cannot be. Do that instead."))
    assert result.exit_code == code
    assert result.stdout == ""
    assert "It cannot be. Do that instead." in result.stderr


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (MemoryError(), 3, "--sample"),
        (KeyboardInterrupt(), 130, "Nothing half-written"),
        (OSError(errno.ENOSPC, "No space left on device", "ledger.parquet"), 3, "disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "outputs"), 3, "no permission to use outputs"),
        (FileNotFoundError(errno.ENOENT, "No such file", "my.csv"), 3, "no file or folder my.csv"),
        (ModuleNotFoundError("No module named 'pyarrow'", name="pyarrow"), 3, "pip install"),
        (RuntimeError("boom"), 3, "--debug"),
    ],
)
def test_other_failures_end_in_words(error: BaseException, code: int, words: str) -> None:
    result = ending_of(error)
    assert result.exit_code == code
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_debug_shows_where_it_happened() -> None:
    result = ending_of(RuntimeError("boom"), "--debug")
    assert result.exit_code == 3
    assert "Traceback" in result.stderr
    assert "test_failure.py" in result.stderr


def test_all_problems_of_a_file_are_said_at_once() -> None:
    problems = tuple(Problem(f"Fault {number}.", file="mine.yaml", line=number, key="run.seed") for number in (1, 2, 3))
    message = sencosim_message(ScenarioError("mine.yaml cannot be used.", problems))
    assert "3 problems" in message
    assert all(f"Fault {number}." in message for number in (1, 2, 3))


def test_problems_without_a_file_follow_the_message() -> None:
    error = EvidenceError("Two names are unknown.", (Problem("No a here."), Problem("No b here.")))
    assert sencosim_message(error).splitlines() == ["✗ Two names are unknown.", "  No a here.", "  No b here."]


def test_a_fault_of_ours_is_called_ours() -> None:
    assert "not yours" in unexpected_message(ZeroDivisionError("division by zero"))
