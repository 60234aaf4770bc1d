"""A group of commands that loads each one only when it is used, and ends every failure in plain words."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from sencosim.cli.failure import report_failure
from sencosim.names import did_you_mean
from sencosim.terminal.console import Console
from sencosim.terminal.options import common_options


@dataclass(frozen=True)
class Entry:
    """One command as the help page shows it, and where its code is: ``module:attribute``."""

    name: str
    place: str
    summary: str
    example: str


@dataclass(frozen=True)
class Stage:
    """A step of the work, and the commands that serve it."""

    title: str
    entries: tuple[Entry, ...]


class StagedGroup(click.Group):
    """Commands by stage of the work, each with one example; unknown names get the nearest known one."""

    def __init__(
        self, *args: Any, stages: Sequence[Stage] = (), aliases: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.stages = tuple(stages)
        self.entries = {entry.name: entry for stage in self.stages for entry in stage.entries}
        self.aliases = dict(aliases or {})
        self.params.extend(common_options())

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names in order of use."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command by its name or its alias."""
        entry = self.entries.get(self.aliases.get(cmd_name, cmd_name))
        if entry is None:
            return None
        module, _, attribute = entry.place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; say the nearest names if there is none."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            known = (*self.entries, *self.aliases)
            hint = did_you_mean(args[0], known, most=3, likeness=0.5) or "sencosim --help  lists the commands."
            raise click.UsageError(f"There is no command {args[0]!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands by stage, an example under each."""
        width = max(len(name) for name in self.entries)
        for stage in self.stages:
            with formatter.section(stage.title):
                for entry in stage.entries:
                    formatter.write(f"  {entry.name:<{width}}  {entry.summary:<36}  sencosim {entry.example}\n")

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a failure becomes a message and an exit code."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except (Exception, KeyboardInterrupt) as error:
            ctx.exit(report_failure(error, ctx.ensure_object(Console)))
