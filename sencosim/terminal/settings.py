"""Settings given on the command line: they become a scenario of their own that extends the one that was named.

So they are checked, shown and recorded like every other setting, and their faults get the same messages.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from sencosim.errors import Problem, ScenarioError
from sencosim.scenario.diff import with_words_in_force
from sencosim.scenario.load import Resolved, find_file, load_scenario
from sencosim.scenario.reading import yaml_scalar

FILE_NAME = "command_line.yaml"
"""How messages and origins name the command line."""


def with_settings(scenario: str, settings: Mapping[str, str]) -> Resolved:
    """Load a scenario, by name or path, with some settings changed: texts by dotted name, as they stand in a file.

    If it asks something else then, its title and description say so.
    """
    if not settings:
        return load_scenario(scenario)
    original = load_scenario(scenario).scenario
    parent = find_file(scenario).resolve()
    words = {
        "schema": "1",
        "name": yaml_scalar(original.name),
        "title": yaml_scalar(original.title),
        "description": yaml_scalar(original.description),
        "extends": yaml_scalar(str(parent)),
    }
    lines = as_lines({**words, **settings})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE_NAME
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        try:
            resolved = load_scenario(path)
        except ScenarioError as error:
            raise ScenarioError(error.message, _without_idle(error.problems)) from error
    in_force = with_words_in_force(original, resolved.scenario, settings)
    return dataclasses.replace(resolved, scenario=in_force, warnings=_without_idle(resolved.warnings))


def load_all(names: Sequence[str], changed: Mapping[str, str]) -> list[Resolved]:
    """Load every scenario before any is run; say the faults of all of them at once."""
    loaded: list[Resolved] = []
    problems: list[Problem] = []
    for name in names:
        try:
            loaded.append(with_settings(name, changed))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError("Nothing was run.", tuple(problems))
    return loaded


def _without_idle(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Leave out warnings that an option repeats what holds anyway. In a file that is odd; here it is not."""
    return tuple(one for one in problems if not (one.file == FILE_NAME and "changes nothing" in one.message))


def as_lines(settings: Mapping[str, str]) -> list[str]:
    """Write dotted settings as lines of YAML, those of one group together.

    Examples
    --------
    >>> as_lines({"run.seed": "7", "view": "central", "run.draws": "5"})
    ['run:', '  seed: 7', '  draws: 5', 'view: central']
    """
    groups: dict[str, dict[str, str] | str] = {}
    for name, value in settings.items():
        head, dot, rest = name.partition(".")
        inside = groups.get(head)
        if dot and isinstance(inside, dict):
            inside[rest] = value
        else:
            groups[head] = {rest: value} if dot else value
    lines = []
    for head, inside in groups.items():
        if isinstance(inside, dict):
            lines += [f"{head}:", *(f"  {line}" for line in as_lines(inside))]
        else:
            lines.append(f"{head}: {inside}")
    return lines


def parse_settings(ctx: click.Context, parameter: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    """Read ``--set key=value`` options."""
    found: dict[str, str] = {}
    for text in given:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not name or not value:
            raise click.BadParameter(f"{text!r} is not of the form key=value, such as run.seed=7.", ctx, parameter)
        if name in found:
            raise click.BadParameter(f"{name} is set twice.", ctx, parameter)
        found[name] = value
    return found
