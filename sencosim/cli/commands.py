"""Which commands there are, in the order in which a person needs them."""

from __future__ import annotations

import click

from sencosim import __version__
from sencosim.cli.failure import EXIT_CODES
from sencosim.cli.group import Entry, Stage, StagedGroup

STAGES = (
    Stage(
        "Look",
        (
            Entry("list", "sencosim.cli.look:list_names", "Name what ships with the tool.", "list scenarios"),
            Entry("explain", "sencosim.cli.look:explain", "Say what a name means.", "explain senco_leaving_rate"),
            Entry("doctor", "sencosim.cli.doctor:doctor", "Check that this machine can run it.", "doctor"),
        ),
    ),
    Stage(
        "Prepare",
        (
            Entry("new", "sencosim.cli.prepare:new", "Write a scenario to start from.", "new my.yaml --from full_time"),
            Entry("validate", "sencosim.cli.prepare:validate", "Find every fault in a file.", "validate my.yaml"),
            Entry("show", "sencosim.cli.prepare:show", "Print every value and its origin.", "show my.yaml"),
            Entry("diff", "sencosim.cli.prepare:diff", "Say in words how two differ.", "diff baseline full_time"),
            Entry(
                "population",
                "sencosim.cli.population:population",
                "Describe or build the schools.",
                "population describe",
            ),
        ),
    ),
    Stage("Run", (Entry("run", "sencosim.cli.run:run", "Simulate and report.", "run full_time"),)),
    Stage(
        "Check",
        (
            Entry("backtest", "sencosim.cli.calibrate:backtest", "Say how well it predicts England.", "backtest"),
            Entry("calibrate", "sencosim.cli.calibrate:calibrate", "Fit it to England again.", "calibrate"),
        ),
    ),
    Stage(
        "Understand",
        (
            Entry("compare", "sencosim.cli.compare:compare", "Put options side by side.", "compare slt_seat full_time"),
            Entry("trace", "sencosim.studies.trace:trace", "Tell one school's year.", "trace --school 17"),
        ),
    ),
    Stage(
        "Research",
        (
            Entry("ensemble", "sencosim.studies.overview:ensemble", "Run and keep draws.", "ensemble full_time"),
            Entry("breakeven", "sencosim.studies.breakeven:breakeven", "Say when it would pay.", "breakeven full_time"),
            Entry(
                "sweep",
                "sencosim.studies.sweep:sweep",
                "Run over ranges of inputs.",
                "sweep full_time --over senco_leaving_rate=0.1:0.3:5",
            ),
            Entry(
                "factorial",
                "sencosim.studies.factorial:factorial",
                "Say which policies need each other.",
                "factorial full_time team",
            ),
            Entry(
                "sensitivity",
                "sencosim.studies.sensitivity:sensitivity",
                "Say what moves the answer.",
                "sensitivity tornado full_time",
            ),
            Entry("voi", "sencosim.studies.voi:voi", "Say what is worth knowing.", "voi full_time"),
            Entry("trial", "sencosim.studies.trial:trial", "Design a trial.", "trial full_time"),
        ),
    ),
    Stage(
        "Hand over",
        (
            Entry("pack", "sencosim.cli.hand_over:pack", "Make the results pack of a run.", "pack full_time"),
            Entry("brief", "sencosim.cli.brief:brief", "Write one page on one place.", "brief --area Norfolk"),
            Entry("verify", "sencosim.cli.hand_over:verify", "Check that no file was changed.", "verify full_time"),
            Entry("reproduce", "sencosim.cli.hand_over:reproduce", "Run it again and compare.", "reproduce full_time"),
        ),
    ),
)

ALIASES = {"lint": "validate", "render": "show"}


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
