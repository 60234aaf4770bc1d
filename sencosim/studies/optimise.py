"""``sencosim optimise``: which hours, where, and what alongside them, is the best policy for the money?"""

from __future__ import annotations

from typing import Any

import click

from sencosim.studies.options import ensemble_options
from sencosim.terminal.console import Console
from sencosim.terminal.options import Command


@click.command(cls=Command)
@click.option(
    "--aim",
    default="support_intensity",
    show_default=True,
    help="What the money is to move, such as senco_work_hours; a wrong name lists them all.",
)
@click.option("--most-cost", type=float, help="Most net public cost over the horizon. [GBP present value]")
@click.option("--most-duty", type=float, help="Most that the levers may cost schools once in force. [GBP a year]")
@click.option("--most-teachers", type=float, help="Most teachers taken from classes in any year. [FTE]")
@click.option("--points", type=click.IntRange(32), default=128, show_default=True, help="Policies; a power of two.")
@click.option("--rounds", type=click.IntRange(0), default=2, show_default=True, help="Rounds of what is found on them.")
@click.option(
    "--confirm",
    "confirmed_share",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    default=0.25,
    show_default=True,
    help="Share of England on which the frontier is confirmed.",
)
@click.option("--timing", is_flag=True, help="Search over the start and the phase-in too.")
@click.option("--draws", type=click.IntRange(0), default=32, show_default=True, help="Draws of the uncertain inputs.")
@ensemble_options(sample=0.02, replications=2)
@click.pass_context
def optimise(ctx: click.Context, /, **options: Any) -> None:
    """Find the best policy for the money: which hours, in which schools, and what alongside them.

    It searches over hours for each pupil with SEN, their least and most, by phase and size of school, sharing,
    administrators, assistants and a seat (with --timing over start and phase-in), and tells the rule at the knee.

    Example:  sencosim optimise --aim senco_work_hours --most-teachers 5000
    """
    from sencosim.studies.optimise_answer import searched_and_answered

    searched_and_answered(ctx.ensure_object(Console), options)
