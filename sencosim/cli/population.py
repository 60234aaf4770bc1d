"""``sencosim population``: describe the schools of a run, or build real ones from the official files."""

from __future__ import annotations

from pathlib import Path

import click

from sencosim.cli.failure import CHECK_FAILED
from sencosim.errors import OutputError
from sencosim.population.describe import compare, describe
from sencosim.population.official import build_population
from sencosim.population.recipe import LATEST_YEAR
from sencosim.population.schools import Population
from sencosim.population.synthetic import synthetic_england
from sencosim.terminal.console import Console, pass_console
from sencosim.terminal.options import Command

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def population() -> None:
    """Describe the schools of a run, or build real ones from the official files.

    Example:  sencosim population describe
    """


@population.command("describe", cls=Command)
@click.argument("file", required=False, type=EXISTING)
@click.option("--year", type=click.IntRange(2023, LATEST_YEAR), help="January census of the synthetic schools.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
@click.option("--check", is_flag=True, help="Fail, with exit code 4, if a figure is outside its tolerance.")
@click.pass_context
def describe_schools(ctx: click.Context, file: Path | None, year: int | None, as_json: bool, check: bool) -> None:
    """Compare a population with the published one. Without FILE: the synthetic England that ships with the tool.

    Example:  sencosim population describe schools.parquet
    """
    console = ctx.ensure_object(Console)
    if file is not None and year is not None:
        raise click.UsageError("--year is for the synthetic schools; a file has its own year.", ctx)
    schools = Population.load(file) if file is not None else synthetic_england(year or LATEST_YEAR)
    rows = compare(schools)
    if as_json:
        console.json([{**vars(row), "passes": row.passes} for row in rows])
    else:
        console.data(describe(schools).rstrip())
    if check and not all(row.passes for row in rows):
        console.alert(f"{sum(not row.passes for row in rows)} of {len(rows)} figures are outside their tolerance.")
        ctx.exit(CHECK_FAILED)


@population.command("build", cls=Command)
@click.option("--census", required=True, type=EXISTING, help="Compare school performance: pupil population, one year.")
@click.option(
    "--characteristics",
    required=True,
    type=EXISTING,
    help="Schools, pupils and their characteristics: school-level underlying data.",
)
@click.option("--gias", multiple=True, type=EXISTING, help="Get Information about Schools; may be given again.")
@click.option("--as-published", is_flag=True, help="Keep the files' own year; do not move to the latest levels.")
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@pass_console
def build(
    console: Console,
    census: Path,
    characteristics: Path,
    gias: tuple[Path, ...],
    as_published: bool,
    out: Path,
    force: bool,
) -> None:
    """Build a population of real schools from official files as published; say what was dropped, and why.

    Example:  sencosim population build --census census.csv --characteristics spc.csv -o schools.parquet
    """
    if out.exists() and not force:
        raise OutputError(f"{out} is there already. Choose another name, or write over it with --force.")
    schools = build_population(census, characteristics, gias, year=None if as_published else LATEST_YEAR)
    schools.save(out)
    console.note(schools.report.rstrip())
    console.data(f"{out}: {schools.n_schools:,} schools, January {schools.year}")
    console.note(f"\nNext:  sencosim population describe {out}   and   sencosim run full_time --population {out}")
