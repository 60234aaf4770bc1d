"""Look around: ``list`` and ``explain``."""

from __future__ import annotations

import textwrap
from typing import Any

import click

from sencosim.cli.catalogue import KINDS, Item, describe, find, items
from sencosim.errors import InputError
from sencosim.names import did_you_mean
from sencosim.scenario.guide import scenario_guide
from sencosim.terminal.console import Console, table
from sencosim.terminal.options import Command

pass_console = click.make_pass_decorator(Console, ensure=True)


@click.command("list", cls=Command)
@click.argument("kind", required=False, type=click.Choice(KINDS, case_sensitive=False))
@click.option("--json", "as_json", is_flag=True, help="Print names and summaries as JSON.")
@pass_console
def list_names(console: Console, kind: str | None, as_json: bool) -> None:
    """Name what ships with the tool: scenarios, parameters, levers, outcomes, views, councils.

    Example:  sencosim list scenarios
    """
    if kind is None:
        counts = [(word, len(items(word))) for word in KINDS]
        if as_json:
            console.json(dict(counts))
        else:
            console.data(table([(word, str(count)) for word, count in counts]))
            console.note("\nNext:  sencosim list scenarios")
        return
    found = items(kind)
    if as_json:
        console.json([as_record(item) for item in found])
    else:
        console.data(table([(item.name, *item.facts, item.title) for item in found]))
        console.note(f"\n{len(found)} {kind}.   sencosim explain {found[0].name}   says more about one of them.")


def as_record(item: Item) -> dict[str, Any]:
    """Write an item for a program."""
    return {"name": item.name, "kind": item.kind, "title": item.title, "facts": list(item.facts)}


@click.command(cls=Command)
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print kind and text as JSON.")
@pass_console
def explain(console: Console, name: str, as_json: bool) -> None:
    """Say what a name means: a parameter, lever, setting, outcome, scenario, view or council.

    Example:  sencosim explain senco_leaving_rate
    """
    found = find(name)
    if not found:
        raise InputError(unknown(name))
    texts = [(item.kind, describe(item)) for item in found]
    if as_json:
        console.json([{"name": name, "kind": kind, "text": text} for kind, text in texts])
        return
    headed = len(texts) > 1
    console.data("\n\n".join(_headed(kind, text) if headed else text for kind, text in texts))


def _headed(kind: str, text: str) -> str:
    return f"As a {kind}:\n{textwrap.indent(text, '  ')}"


def unknown(name: str) -> str:
    """Say that nothing has this name, and what was probably meant."""
    known = [item.name for kind in KINDS for item in items(kind)]
    known += [str(place[-1]) for place in scenario_guide().places()]
    hint = did_you_mean(name, known) or "sencosim list  shows what there is."
    return f"Nothing here is called {name}. {hint}"
