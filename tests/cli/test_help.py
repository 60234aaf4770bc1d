"""The front door: help in the order of use, fast, with examples; unknown words get the nearest known one."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import click
import pytest
from click.testing import Result

from sencosim import __version__
from sencosim.cli import main
from sencosim.cli.group import STAGES

pytestmark = pytest.mark.unit

LONGEST_START_SECONDS = 0.5
COMMANDS = list(main.entries)


def test_help_lists_commands_in_the_order_of_use_with_an_example_each(call: Callable[..., Result]) -> None:
    shown = call("--help").stdout
    places = [shown.index(f"\n  {name} ") for name in COMMANDS]
    assert places == sorted(places)
    for entry in main.entries.values():
        assert f"sencosim {entry.example}" in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_with_an_example(call: Callable[..., Result], name: str) -> None:
    result = call(name, "--help")
    assert result.exit_code == 0
    assert f"sencosim {name}" in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_name_in_the_list_is_the_name_of_the_command(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name


def test_help_is_there_at_once_and_imports_nothing_heavy() -> None:
    program = (
        "import sys; sys.argv = ['sencosim', '--help']\n"
        "from sencosim.cli import main\n"
        "main(standalone_mode=False)\n"
        "heavy = {'numba', 'numpy', 'pandas', 'pydantic', 'matplotlib', 'simpy', 'rich'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)"
    )
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert time.perf_counter() - started < LONGEST_START_SECONDS * 4  # a loaded machine is no fault


@pytest.mark.parametrize("name", [entry.name for entry in STAGES["Research"]])
def test_help_of_a_study_waits_for_no_compiler_and_no_drawing(name: str) -> None:
    program = (
        f"import sys; sys.argv = ['sencosim', '{name}', '--help']\n"
        "from sencosim.cli import main\n"
        "main(standalone_mode=False)\n"
        "heavy = {'numba', 'matplotlib', 'scipy.stats', 'scipy.optimize', 'scipy.special'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "list",
        "list scenarios",
        "list parameters",
        "explain senco_leaving_rate",
        "explain full_time",
        "validate full_time",
        "diff baseline full_time",
        "show full_time",
    ],
)
def test_what_looks_and_prepares_waits_for_no_library_that_runs(words: str) -> None:
    program = (
        f"import sys; sys.argv = ['sencosim', *{words.split()}]\n"
        "from sencosim.cli import main\n"
        "main(standalone_mode=False)\n"
        "heavy = {'numba', 'matplotlib', 'pandas', 'pyarrow', 'scipy', 'sklearn'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_python_dash_m_is_the_same_command() -> None:
    done = subprocess.run([sys.executable, "-m", "sencosim", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"sencosim {__version__}"


@pytest.mark.parametrize(("typed", "meant"), [("rum", "run"), ("validat", "validate"), ("expalin", "explain")])
def test_misspelt_command_gets_the_nearest_name(call: Callable[..., Result], typed: str, meant: str) -> None:
    result = call(typed)
    assert result.exit_code == 2
    assert meant in result.stderr
    assert "Did you mean" in result.stderr
    assert result.stdout == ""


def test_word_that_resembles_nothing_is_told_where_to_look(call: Callable[..., Result]) -> None:
    result = call("xyzzyx")
    assert result.exit_code == 2
    assert "sencosim --help" in result.stderr


@pytest.mark.parametrize(("alias", "name"), [("lint", "validate"), ("render", "show")])
def test_alias_is_the_command_it_stands_for(alias: str, name: str) -> None:
    context = click.Context(main)
    assert main.get_command(context, alias) is main.get_command(context, name)
