"""``sencosim factorial``: every combination of some policies, to see which need and which replace each other."""

from __future__ import annotations

from typing import Any

import click

from sencosim.cli.console import Console
from sencosim.cli.ensembles import ensemble_options, hand_over, run_options, scenarios_of, stored_ensemble
from sencosim.cli.group import Command


@click.command(cls=Command)
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@ensemble_options(sample=0.05, replications=4)
@click.pass_context
def factorial(ctx: click.Context, /, scenarios: tuple[str, ...], **options: Any) -> None:
    """Run every combination of two to six policies, and say which complement and which substitute each other.

    Each SCENARIO brings levers of its own. The interaction of two is the effect of both less the sum of each alone,
    with its simulation error: all combinations have the same schools and the same chance.

    Example:  sencosim factorial full_time slt_seat admin_support
    """
    from sencosim.ensembles.factorial import factorial_answer, factorial_question

    console = ctx.ensure_object(Console)
    loaded = scenarios_of(scenarios, options)
    question = factorial_question(loaded, run_options(options), options["replications"], options["sample"])
    found = stored_ensemble(console, question, options)
    if found is None:
        return
    ensemble, store = found
    hand_over(console, factorial_answer(list(loaded), ensemble), ensemble, store.folder, options)
