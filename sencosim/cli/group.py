"""Which commands there are, in the order in which a person needs them.

The group loads each one only when it is used, and ends every failure in plain words.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import click

from sencosim import __version__
from sencosim.cli.failure import EXIT_CODES, report_failure
from sencosim.errors import EvidenceError
from sencosim.names import did_you_mean
from sencosim.stopping import stops_like_ctrl_c
from sencosim.terminal.console import Console
from sencosim.terminal.options import common_options


class Entry(NamedTuple):
    """One command as the help page shows it."""

    name: str
    module: str  # of the package, that holds it
    summary: str
    example: str


STAGES = {
    "Look": (
        Entry("demo", "cli.explore", "Answer from stored runs, in seconds.", "demo"),
        Entry("list", "cli.look", "Name what ships with the tool.", "list scenarios"),
        Entry("explain", "cli.look", "Say what a name means.", "explain EHC plan"),
        Entry("doctor", "cli.doctor", "Check that this machine can run it.", "doctor"),
    ),
    "Prepare": (
        Entry("new", "cli.prepare", "Write a scenario of your own.", "new my.yaml --guided"),
        Entry("validate", "cli.prepare", "Find every error in a scenario.", "validate my.yaml"),
        Entry("show", "cli.prepare", "Print every value and its origin.", "show my.yaml"),
        Entry("diff", "cli.prepare", "Say in words how two differ.", "diff baseline full_time"),
        Entry("population", "cli.population", "Describe or build the schools.", "population describe"),
    ),
    "Run": (Entry("run", "cli.run", "Simulate and report.", "run full_time"),),
    "Check": (
        Entry("backtest", "cli.calibrate", "Test its forecasts on past data.", "backtest"),
        Entry("calibrate", "cli.calibrate", "Recalibrate to published data.", "calibrate"),
        Entry("score", "cli.score", "Score a forecast against outturn.", "score forecast.csv --published came.csv"),
    ),
    "Understand": (
        Entry("explore", "cli.explore", "Write the interactive explorer.", "explore -o page.html"),
        Entry("open", "cli.explore", "Open a page in the browser.", "open full_time"),
        Entry("compare", "cli.compare", "Put options side by side.", "compare slt_seat full_time"),
        Entry("baselines", "cli.baselines", "Show or empty the cache of runs.", "baselines --empty"),
        Entry("trace", "studies.trace", "Tell one school's year.", "trace --school 17"),
    ),
    "Research": (
        Entry("ensemble", "studies.overview", "Run and keep draws.", "ensemble full_time"),
        Entry("breakeven", "studies.breakeven", "Say when it would pay.", "breakeven full_time"),
        Entry(
            "sweep",
            "studies.sweep",
            "Run over ranges of inputs.",
            "sweep full_time --over senco_leaving_rate=0.1:0.3:5",
        ),
        Entry("optimise", "studies.optimise", "Find the best policy for the money.", "optimise"),
        Entry("factorial", "studies.factorial", "Say how policies interact.", "factorial full_time team"),
        Entry("frontier", "studies.frontier", "Show the best-value policies.", "frontier --beside full_time"),
        Entry("sensitivity", "studies.sensitivity", "Say what moves the answer.", "sensitivity tornado full_time"),
        Entry("voi", "studies.voi", "Value further research.", "voi full_time"),
        Entry("trial", "studies.trial", "Design a trial.", "trial full_time"),
    ),
    "Share": (
        Entry("pack", "cli.hand_over", "Make the results pack of a run.", "pack full_time"),
        Entry("brief", "cli.hand_over", "Write one page on one place.", "brief --area Norfolk"),
        Entry("verify", "cli.hand_over", "Check that no file was changed.", "verify full_time"),
        Entry("recompute", "cli.hand_over", "Recompute the headline from files.", "recompute full_time"),
        Entry("reproduce", "cli.hand_over", "Run it again and compare.", "reproduce full_time"),
    ),
}
"""Commands by stage of the work. The function of a command has its name, unless Python has it."""
TAKEN_BY_PYTHON = {"list": "list_names", "open": "open_page"}
"""Functions of commands whose own names are Python's."""
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
        module = importlib.import_module(f"sencosim.{entry.module}")
        command: click.Command = getattr(module, TAKEN_BY_PYTHON.get(entry.name, entry.name))
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
        for title, entries in self.stages.items():
            with formatter.section(title):
                for entry in entries:
                    formatter.write(f"  {entry.name:<{width}}  {entry.summary:<36}  sencosim {entry.example}\n")

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a failure becomes a message and an exit code."""
        try:
            with stops_like_ctrl_c():
                _say_other_evidence(ctx.ensure_object(Console))
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except (Exception, KeyboardInterrupt) as error:
            ctx.exit(report_failure(error, ctx.ensure_object(Console)))


def _say_other_evidence(console: Console) -> None:
    """Say that other evidence is read than ships, whatever the command."""
    if os.environ.get("SENCOSIM_EVIDENCE"):  # asked first: without it nobody waits for the register to load
        from sencosim.evidence.register import cautions_of_evidence

        with contextlib.suppress(EvidenceError):  # commands that read it say so, and doctor explains it
            for caution in cautions_of_evidence():
                console.alert(caution)


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

    A SENCO is a school's special educational needs co-ordinator. Start with:  sencosim demo
    """
