"""``sencosim sweep``: run a policy over a range of settings and inputs, tidy results out."""

from __future__ import annotations

from typing import Any

import click

from sencosim.cli.console import Console
from sencosim.cli.ensembles import ensemble_options, hand_over, run_options, scenarios_of, stored_ensemble
from sencosim.cli.group import Command


@click.command(cls=Command)
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option(
    "--over",
    "overs",
    multiple=True,
    required=True,
    metavar="KEY=LOW:HIGH:N",
    help="A parameter, or a setting with its dots, over N values (or KEY=a,b,c); may be given again.",
)
@click.option(
    "--design",
    type=click.Choice(["grid", "latin_hypercube", "sobol_points"]),
    default="grid",
    show_default=True,
    help="Every combination, or --points spread over the ranges.",
)
@click.option(
    "--points", type=click.IntRange(2), default=64, show_default=True, help="Points of the other two designs."
)
@ensemble_options()
@click.pass_context
def sweep(ctx: click.Context, /, scenarios: tuple[str, ...], **options: Any) -> None:
    """Run policies over ranges of settings and inputs; tidy parquet out; give the command again to go on.

    Example:  sencosim sweep full_time --over senco_leaving_rate=0.1:0.3:5
    """
    from sencosim.ensembles.question import designed
    from sencosim.ensembles.sweep import sweep_answer, sweep_design

    console = ctx.ensure_object(Console)
    loaded = scenarios_of(scenarios, options)
    seed = next(iter(loaded.values())).run.seed
    design = sweep_design(options["overs"], options["design"], options["points"], seed)
    question = designed(loaded, run_options(options), design, options["replications"], options["sample"])
    found = stored_ensemble(console, question, options)
    if found is None:
        return
    whole, store = found
    hand_over(console, sweep_answer(whole, store), whole, store.folder, options)
