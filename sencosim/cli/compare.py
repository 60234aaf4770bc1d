"""``sencosim compare``: options side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sencosim.cli.console import Console
from sencosim.cli.group import Command
from sencosim.cli.hand_over import listing, runs_option
from sencosim.errors import InputError

if TYPE_CHECKING:
    from sencosim.report.compare.write import Comparison
    from sencosim.report.stored import StoredRun

BASELINE = "baseline"


@click.command(cls=Command)
@click.argument("options", nargs=-1, required=True, metavar="RUN...")
@runs_option()
@click.option("--anyway", is_flag=True, help="Compare runs that are not like for like; every output says so.")
@click.option(
    "--run", "run_missing", is_flag=True, help="Run scenarios that have no finished run, with their own settings."
)
@click.option("--mechanisms", is_flag=True, help="Also say where the net cost comes from, on a sample (minutes).")
@click.option(
    "--sample",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    default=0.02,
    show_default=True,
    help="Share of England for --mechanisms.",
)
@click.option("--replications", type=click.IntRange(1), default=1, show_default=True, help="For --mechanisms.")
@click.pass_context
def compare(
    ctx: click.Context,
    options: tuple[str, ...],
    out: Path,
    anyway: bool,
    run_missing: bool,
    mechanisms: bool,
    sample: float,
    replications: int,
) -> None:
    """Put finished runs side by side: people, who pays, net cost, value; today's policy is always the first column.

    RUN is the folder or the id of a run, or the name of a scenario, of which the latest run is taken.

    Example:  sencosim compare protected_time full_time
    """
    from sencosim.report.compare.likeforlike import check_alike
    from sencosim.report.compare.write import compare as put_side_by_side
    from sencosim.report.compare.write import comparison_text, write_comparison

    console = ctx.ensure_object(Console)
    wanted = [name for name in options if name != BASELINE]
    if not wanted:
        raise InputError("Name at least one option beside the baseline, such as  sencosim compare full_time")
    runs = [_stored(ctx, name, out, run_missing=run_missing) for name in wanted]
    found = put_side_by_side(runs, check_alike(runs, anyway=anyway))
    if mechanisms:
        found = _with_mechanisms(console, found, sample, replications)
    folder = write_comparison(found, out)
    console.data(f"{comparison_text(found)}\n{listing(folder)}")


def _stored(ctx: click.Context, name: str, out: Path, *, run_missing: bool) -> StoredRun:
    from sencosim.cli.run import run
    from sencosim.report.stored import find_run, read_run

    try:
        return read_run(find_run(out, name))
    except InputError:
        if not run_missing:
            raise
    ctx.invoke(run, scenarios=(name,), out=out)
    return read_run(find_run(out, name))


def _with_mechanisms(console: Console, found: Comparison, sample: float, replications: int) -> Comparison:
    """Add the decomposition, and its figures to the summary."""
    import pandas as pd

    from sencosim.analysis.mechanisms import MECHANISMS, decompose
    from sencosim.model import RunOptions
    from sencosim.report.compare.mechanisms import mechanisms_table
    from sencosim.scenario.load import load_scenario

    parts = {}
    for run in found.runs:
        facts = run.inputs.manifest
        if facts["population_kind"] != "synthetic":
            raise InputError("--mechanisms runs on the default schools; these runs had schools of their own.")
        console.note(f"{run.name}: {2 ** len(MECHANISMS)} sets of mechanisms.")
        options = RunOptions(councils=tuple(facts.get("councils", ())), engine=facts["engine"])
        parts[run.inputs.scenario.title] = decompose(
            load_scenario(run.folder / "scenario.resolved.yaml"),
            options,
            MECHANISMS,
            sample_share=sample,
            n_replications=replications,
            hear=console.note,
        )
    rows = [
        {
            "option": title,
            "outcome": f"mechanism.{name}",
            "unit": "GBP",
            "year": "present_value",
            "difference": float(value),
        }
        for title, one in parts.items()
        for name, value in {**one.parts, "rest": one.rest, "total": one.total}.items()
    ]
    summary = pd.concat([found.summary, pd.DataFrame(rows)], ignore_index=True)
    return replace(found, decomposition=mechanisms_table(parts, MECHANISMS), summary=summary)
