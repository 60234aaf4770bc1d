"""``sencosim baselines``: the no-policy arms that are kept between runs."""

from __future__ import annotations

import click

from sencosim.terminal.console import Console
from sencosim.terminal.options import Command


@click.command(cls=Command)
@click.option("--empty", is_flag=True, help="Delete them. They are made again when they are needed.")
@click.pass_context
def baselines(ctx: click.Context, /, *, empty: bool) -> None:
    """Say where no-policy arms are kept for later runs, how many, and how much they take.

    Every policy is set against what happens without it. That arm is kept, so the next policy need not run it again.
    SENCOSIM_BASELINES is the full path of another folder, or off; SENCOSIM_BASELINES_GB is the most that it may hold.

    Example:  sencosim baselines --empty
    """
    from sencosim.engine.baselines import FOLDER, cache_of_baselines

    console = ctx.ensure_object(Console)
    cache = cache_of_baselines()
    if cache is None:
        console.data(
            f"No-policy arms are not kept: {FOLDER} is off or no full path, or other users can write to the folder."
        )
        return
    n, size = len(cache.entries()), cache.size() / 1e9
    if empty:
        console.data(f"Deleted {cache.empty()} no-policy arms, {size:.2f} GB, in {cache.folder.as_posix()}.")
        return
    console.data(
        f"{n} no-policy arms, {size:.2f} of at most {cache.limit_bytes / 1e9:g} GB, in {cache.folder.as_posix()}."
    )
