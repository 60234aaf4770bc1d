"""``sencosim brief``: one page on one place."""

from __future__ import annotations

from pathlib import Path

import click

from sencosim.cli.hand_over import listing, runs_option
from sencosim.terminal.console import Console, pass_console
from sencosim.terminal.options import Command


@click.command(cls=Command)
@click.argument("run", metavar="RUN", default="full_time")
@click.option(
    "--area", required=True, help="A council by name or code, a postcode or constituency in it, a region, or England."
)
@runs_option()
@pass_console
def brief(console: Console, run: str, area: str, out: Path) -> None:
    """Write one A4 page on a council, a region or England, with a picture for sharing.

    RUN is the folder or the id of a run, or the name of a scenario, of which the latest run is taken.

    A postcode (NR1, or NR1 1AA) or a constituency (as drawn from 2010 to 2024) stands for its council.

    Example:  sencosim brief --area Norfolk
    """
    from sencosim.experiment.finished import find_run
    from sencosim.report.brief.write import make_brief, write_brief
    from sencosim.report.stored import read_run

    made = make_brief(read_run(find_run(out, run)), area)
    folder = write_brief(made, out)
    said = "\n".join(f"- {one.sentence}" for one in made.told)
    where = f"{made.place.found_by} {made.basis}".strip()
    console.data(f"{made.title}\n{said}\n{where}\n\n{listing(folder)}")
