"""Prepare a question: ``new``, ``validate``, ``show``, ``diff``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from sencosim.cli.failure import problems_text
from sencosim.cli.guided import ask, scenario_text, title_of
from sencosim.errors import OutputError, Problem, ScenarioError
from sencosim.scenario.diff import diff_in_words
from sencosim.scenario.load import load_scenario, validate_scenario
from sencosim.scenario.show import show as shown
from sencosim.scenario.show import template_from
from sencosim.terminal.console import Console, pass_console
from sencosim.terminal.options import Command


@click.command(cls=Command)
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--from", "parent", default="full_time", show_default=True, help="Scenario to start from.")
@click.option("--guided", is_flag=True, help="Answer questions about the policy; the file is written from the answers.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.pass_context
def new(ctx: click.Context, path: Path, parent: str, guided: bool, force: bool) -> None:
    """Write a scenario of your own that starts from another one, or from your answers to questions.

    Example:  sencosim new mine.yaml --guided
    """
    console = ctx.ensure_object(Console)
    if guided and ctx.get_parameter_source("parent") is click.core.ParameterSource.COMMANDLINE:
        raise click.UsageError("--guided starts from today's rules: leave out --from.")
    if path.exists() and not force:
        raise OutputError(f"{path} is there already. Choose another name, or write over it with --force.")
    name = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_") or "mine"
    name = name if name[0].isalpha() else f"s_{name}"
    text = scenario_text(ask(title_of(path)), name) if guided else template_from(load_scenario(parent), name)
    path.write_text(text, encoding="utf-8")
    console.data(str(path))
    if not guided:
        console.note(f"\nNext:  edit it, then  sencosim validate {path}   and   sencosim diff {parent} {path}")
        return
    for line in diff_in_words(load_scenario("baseline"), load_scenario(path)):
        console.note(f"  {line}")
    console.note(
        f"\nNext:  sencosim run {path} --fast   answers in about half a minute;  sencosim run {path}   in full"
    )


@click.command(cls=Command)
@click.argument("scenarios", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
@click.pass_context
def validate(ctx: click.Context, scenarios: tuple[str, ...], as_json: bool) -> None:
    """Find every fault of scenario files, all at once. Nothing is run.

    Example:  sencosim validate mine.yaml
    """
    console = ctx.ensure_object(Console)
    found = {name: problems_of(name) for name in scenarios}
    refused = [name for name, problems in found.items() if has_error(problems)]
    if as_json:
        console.json([as_report(name, problems) for name, problems in found.items()])
    else:
        for name, problems in found.items():
            if problems:
                console.alert(problems_text(problems, name) + "\n")
            if not has_error(problems):
                console.data(f"✓ {name} can run.")
    if refused:
        ctx.exit(ScenarioError.exit_code)


def problems_of(name: str) -> tuple[Problem, ...]:
    """Errors and warnings of one scenario, by name or path."""
    try:
        return validate_scenario(name)
    except ScenarioError as error:
        return error.problems or (Problem(error.message, file=name),)


def has_error(problems: tuple[Problem, ...]) -> bool:
    """Whether a scenario with these problems must not run."""
    return any(problem.severity == "error" for problem in problems)


def as_report(name: str, problems: tuple[Problem, ...]) -> dict[str, Any]:
    """Write the verdict on one scenario, for a program."""
    names = ("severity", "file", "line", "column", "key", "found", "message")
    listed = [{name: getattr(problem, name) for name in names} for problem in problems]
    return {"scenario": name, "valid": not has_error(problems), "problems": listed}


@click.command(cls=Command)
@click.argument("scenario")
@click.option("--json", "as_json", is_flag=True, help="Print the values as JSON, without their origin.")
@pass_console
def show(console: Console, scenario: str, as_json: bool) -> None:
    """Print a scenario with every value resolved, and the file and line it came from.

    Example:  sencosim show full_time
    """
    resolved = load_scenario(scenario)
    if as_json:
        console.json(resolved.scenario.model_dump(mode="json", by_alias=True))
    else:
        console.data(shown(resolved).rstrip())


@click.command(cls=Command)
@click.argument("first")
@click.argument("second")
@click.option("--json", "as_json", is_flag=True, help="Print the sentences as a JSON list.")
@pass_console
def diff(console: Console, first: str, second: str, as_json: bool) -> None:
    """Say in words how two scenarios differ.

    Example:  sencosim diff baseline full_time
    """
    lines = diff_in_words(load_scenario(first), load_scenario(second))
    if as_json:
        console.json(lines)
    else:
        console.data("\n".join(lines) or "The two scenarios ask the same question: nothing differs.")
