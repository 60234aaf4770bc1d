"""Which commands there are, in the order in which a person needs them.

The group loads each one only when it is used, and ends every failure in plain words.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import click

from sencosim import __version__
from sencosim.cli.console import Console, console_of
from sencosim.cli.failure import EXIT_CODES, report_failure


class Entry(NamedTuple):
    """One command as the help page shows it."""

    name: str
    module: str  # of this folder, that holds it
    summary: str
    example: str


STAGES = {
    "Look": (
        Entry("list", "look", "Name what ships with the tool.", "list scenarios"),
        Entry("explain", "look", "Say what a name means.", "explain senco_leaving_rate"),
        Entry("doctor", "doctor", "Check that this machine can run it.", "doctor"),
    ),
    "Prepare": (
        Entry("new", "prepare", "Write a scenario to start from.", "new my.yaml --from full_time"),
        Entry("validate", "prepare", "Find every fault in a file.", "validate my.yaml"),
        Entry("show", "prepare", "Print every value and its origin.", "show my.yaml"),
        Entry("diff", "prepare", "Say in words how two differ.", "diff baseline full_time"),
        Entry("population", "population", "Describe or build the schools.", "population describe"),
    ),
    "Run": (Entry("run", "run", "Simulate and report.", "run full_time"),),
    "Check": (
        Entry("backtest", "calibrate", "Say how well it predicts England.", "backtest"),
        Entry("calibrate", "calibrate", "Fit it to England again.", "calibrate"),
    ),
    "Understand": (
        Entry("compare", "compare", "Put options side by side.", "compare slt_seat full_time"),
        Entry("trace", "trace", "Tell one school's year.", "trace --school 17"),
    ),
    "Research": (
        Entry("ensemble", "ensemble", "Run and keep draws.", "ensemble full_time"),
        Entry("breakeven", "ensemble", "Say when it would pay.", "breakeven full_time"),
        Entry("sweep", "sweep", "Run over ranges of inputs.", "sweep full_time --over senco_leaving_rate=0.1:0.3:5"),
        Entry("factorial", "factorial", "Say which policies need each other.", "factorial full_time team"),
        Entry("sensitivity", "sensitivity", "Say what moves the answer.", "sensitivity tornado full_time"),
        Entry("voi", "ensemble", "Say what is worth knowing.", "voi full_time"),
        Entry("trial", "trial", "Design a trial.", "trial full_time"),
    ),
    "Hand over": (
        Entry("pack", "hand_over", "Make the results pack of a run.", "pack full_time"),
        Entry("brief", "brief", "Write one page on one place.", "brief --area Norfolk"),
        Entry("verify", "hand_over", "Check that no file was changed.", "verify full_time"),
        Entry("reproduce", "hand_over", "Run it again and compare.", "reproduce full_time"),
    ),
}
"""Commands by stage of the work. The function of a command has its name, but for ``list``, which Python has."""
ALIASES = {"lint": "validate", "render": "show"}


class StagedGroup(click.Group):
    """Commands by stage of the work, each with one example; unknown names get the nearest known one."""

    def __init__(
        self, *args: Any, stages: Mapping[str, Sequence[Entry]], aliases: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.stages, self.aliases = stages, aliases
        self.entries = {entry.name: entry for entries in stages.values() for entry in entries}
        self.params.extend(common_options())

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names in order of use."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command by its name or its alias."""
        entry = self.entries.get(self.aliases.get(cmd_name, cmd_name))
        if entry is None:
            return None
        module = importlib.import_module(f"sencosim.cli.{entry.module}")
        command: click.Command = getattr(module, "list_names" if entry.name == "list" else entry.name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; say the nearest names if there is none."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], [*self.entries, *self.aliases], n=3, cutoff=0.5)
            hint = f"Did you mean  {'  or  '.join(near)} ?" if near else "sencosim --help  lists the commands."
            raise click.UsageError(f"There is no command {args[0]!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands by stage, an example under each."""
        width = max(len(name) for name in self.entries)
        for title, entries in self.stages.items():
            with formatter.section(title):
                for entry in entries:
                    formatter.write(f"  {entry.name:<{width}}  {entry.summary:<36}  sencosim {entry.example}\n")

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a failure becomes a message and an exit code."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except (Exception, KeyboardInterrupt) as error:
            ctx.exit(report_failure(error, console_of(ctx)))


class Command(click.Command):
    """A command that takes the options that all commands take."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(common_options())


def common_options() -> list[click.Parameter]:
    """Make the options of every command: quiet, debug, colour."""
    return [
        _switch(["-q", "--quiet"], "quiet", "Print only the answer."),
        _switch(["--debug"], "debug", "On failure, show where in the code it happened."),
        _switch(["--no-color", "--no-colour"], "plain", "No colour. The variable NO_COLOR does the same."),
    ]


def _switch(names: list[str], attribute: str, text: str) -> click.Option:
    def remember(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        console = ctx.ensure_object(Console)
        if value:
            setattr(console, attribute, True)
        if not console.colour:
            ctx.color = False

    return click.Option(names, is_flag=True, expose_value=False, callback=remember, help=text)


@click.group(
    cls=StagedGroup,
    stages=STAGES,
    aliases=ALIASES,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, message="sencosim %(version)s")
def main() -> None:
    """Ask what protected, senior or full-time SENCOs would cost England, who would pay, and what would change.

    A SENCO is a school's special educational needs co-ordinator. Start with:  sencosim run full_time
    """
