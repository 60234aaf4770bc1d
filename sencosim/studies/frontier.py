"""``sencosim frontier``: which policy is best for the money, from a frontier that was found before; nothing is run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from sencosim.errors import InputError
from sencosim.terminal.console import Console, pass_console
from sencosim.terminal.options import Command, out_option


@click.command(cls=Command)
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path), metavar="[FOLDER]")
@click.option("--aim", default="", metavar="NAME", help="Outcome whose frontier is shown. Default: that of the rule.")
@click.option("--beside", metavar="RUN", help="Set this finished run alongside it: its folder, id, or scenario.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write it as a page.")
@click.option("--xlsx", type=click.Path(dir_okay=False, path_type=Path), help="Write it as a workbook.")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Write the chart of the aim.")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Write a policy as a scenario file.")
@click.option("--point", default="rule", show_default=True, metavar="NAME", help="Policy that --write writes.")
@click.option("--json", "is_json", is_flag=True, help="Print it as JSON.")
@out_option("Folder of runs, for --beside.")
@pass_console
def frontier(console: Console, /, folder: Path | None, aim: str, is_json: bool, **how: Any) -> None:
    """Say which policy is best for the money: the frontier, the rule, and what stands alongside them.

    FOLDER holds a frontier that `sencosim optimise` found; without it, the frontier of England that ships. Nothing is
    run.

    Example:  sencosim frontier --beside full_time --write rule.yaml
    """
    from sencosim.studies.frontier_answer import as_json, frontier_text, read_frontier, unknown, with_run, write_files

    whole = replace(read_frontier(folder), aim=aim)
    if aim and aim not in whole.frontier.aims:
        raise InputError(unknown("aim", aim, whole.frontier.aims))
    if how["beside"] is not None:
        whole = with_run(whole, how["out"], how["beside"])
    written = write_files(whole, how)
    if is_json:
        console.json(as_json(whole))
    elif not written:
        console.data(frontier_text(whole).rstrip())
    for path in written:
        console.note(f"Written: {path}")
