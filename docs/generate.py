"""Write the generated pages of this folder: ``make docs``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parent))
import validation

from sencosim.cli import main
from sencosim.evidence.grades import KIND, QUALITY
from sencosim.evidence.register import Parameter, load_register
from sencosim.scenario.json_schema import json_schema

FOLDER = Path(__file__).resolve().parent
WIDTH = 100


def commands() -> str:
    """Write the help page of every command, in the order of use."""
    text = ["# Commands", "", "Made by `make docs` from the commands themselves.", ""]
    for words, command in every_command(main, ("sencosim",)):
        context = click.Context(command, info_name=" ".join(words), terminal_width=WIDTH, **main.context_settings)
        text += [f"## `{' '.join(words)}`", "", "```text", command.get_help(context).rstrip(), "```", ""]
    return "\n".join(text)


def every_command(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield a command and everything below it."""
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from every_command(below, (*words, name))


def parameters() -> str:
    """Write every number of the registers, grouped by the mechanism that reads it first."""
    register = load_register()
    text = [
        "# Parameters",
        "",
        f"Made by `make docs` from the registers in `sencosim/evidence/`: {len(register)} numbers. "
        "`sencosim explain NAME` says more about one, with its limits, its distribution and what each view takes.",
        "",
        "| Grade | Meaning |",
        "|---|---|",
        *(f"| {grade} | {meaning} |" for grade, meaning in QUALITY.items()),
        "",
        "| Kind | Meaning |",
        "|---|---|",
        *(f"| {kind} | {meaning} |" for kind, meaning in KIND.items()),
        "",
    ]
    groups: dict[str, list[Parameter]] = {}
    for name in register.names():
        found = register.get(name)
        groups.setdefault(found.used_by[0], []).append(found)
    for group in sorted(groups, key=in_reading_order):
        text += [
            f"## {group}",
            "",
            "| Name | Value | Unit | Grade | Kind | What it is | Source |",
            "|---|---|---|---|---|---|---|",
        ]
        text += [row(found) for found in groups[group]]
        text += [""]
    return "\n".join(text)


def in_reading_order(group: str) -> tuple[int, int, str]:
    """Sort mechanisms by number, everything else after them."""
    number = group.removeprefix("M")
    return (0, int(number), group) if number.isdigit() else (1, 0, group)


def row(found: Parameter) -> str:
    """Write one parameter as a row of the table."""
    values = ", ".join(f"{number:g}" for number in found.numbers)
    source = "" if found.source is None else found.source.title
    cells = (f"`{found.name}`", values, found.unit, found.quality, found.kind, found.title, source)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "parameters.md": parameters,
    "scenario.schema.json": json_schema,
    "validation.md": validation.page,
    **{f"charts/{name}": partial(validation.chart, name) for name in validation.CHART_NAMES},
}
"""Each generated file, and what writes it."""

if __name__ == "__main__":
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
        print(f"docs/{name}")  # noqa: T201
