"""``sencosim trace``: one school's year, told from a run of its council."""

from __future__ import annotations

from pathlib import Path

import click

from sencosim.errors import InputError, PopulationError
from sencosim.population.schools import Population, phase_name
from sencosim.terminal.console import Console, pass_console
from sencosim.terminal.options import Command
from sencosim.terminal.settings import with_settings
from sencosim.units import format_year, parse_year


@click.command(cls=Command)
@click.argument("scenario", default="baseline")
@click.option(
    "--school", type=click.IntRange(0), required=True, help="Number of the school in its population, or its URN."
)
@click.option("--year", metavar="2027/28", help="Academic year to tell. Default: the first of the horizon.")
@click.option("--replication", "--rep", type=click.IntRange(0), default=0, show_default=True, help="Which repetition.")
@click.option("--seed", type=click.IntRange(0), help="Random seed.")
@click.option(
    "--population",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Schools to use. Default: synthetic England.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the events as they are, one JSON object a line.")
@pass_console
def trace(
    console: Console,
    scenario: str,
    school: int,
    year: str | None,
    replication: int,
    seed: int | None,
    population: Path | None,
    as_json: bool,
) -> None:
    """Tell one school's year in sentences: needs noticed, reviews, requests, plans, crises, the SENCO's hours.

    Only the school's own council is simulated, so what other councils do to the tribunal is left out.

    Example:  sencosim trace --school 17 full_time --year 2028/29
    """
    from sencosim.model import trace_school
    from sencosim.population.synthetic import synthetic_england
    from sencosim.report.story import tell_year

    resolved = with_settings(scenario, {} if seed is None else {"run.seed": str(seed)})
    start, horizon = resolved.scenario.start_year, resolved.scenario.horizon
    told_year = chosen_year(year, start, horizon.first, horizon.last)
    schools = synthetic_england() if population is None else Population.load(population)
    row = row_of(schools, school)
    number = int(schools.school_id[row])
    events = trace_school(resolved, schools, number, replication=replication, last_year=told_year)
    if as_json:
        for minute, code, _, pupil, detail in events:
            console.json_line({"minute": minute, "event": code, "pupil": pupil, "detail": detail})
        return
    console.data("\n".join([*heading(schools, row), "", *tell_year(events, number, told_year, start)]))
    if schools.kind == "synthetic":
        console.note("\nThis school is invented: no real school has this story.")


def chosen_year(text: str | None, start: int, first: int, last: int) -> int:
    """First calendar year of the year to tell, which must be among those of the run."""
    if text is None:
        return first
    try:
        year = parse_year(text)
    except ValueError as error:
        raise InputError(f"{error}. Write it as {format_year(first)}.") from error
    if not start <= year <= last:
        raise InputError(f"{text} is not simulated. Choose a year from {format_year(start)} to {format_year(last)}.")
    return year


def row_of(schools: Population, number: int) -> int:
    """Row of a school by its number or its URN."""
    for column in (schools.school_id, schools.urn):
        found = (column == number).nonzero()[0]
        if found.size:
            return int(found[0])
    first, last = int(schools.school_id.min()), int(schools.school_id.max())
    raise PopulationError(f"There is no school {number}. Give a number from {first} to {last}, or a URN.")


def heading(schools: Population, row: int) -> list[str]:
    """Say which school it is."""
    return [
        str(schools.name[row]),
        f"  {phase_name(int(schools.phase[row]))} school, {schools.region[row]}, {int(schools.pupils[row]):,} pupils, "
        f"of whom {int(schools.sen_support[row])} on SEN Support and {int(schools.ehc_plans[row])} with a plan "
        f"(January {schools.year})",
    ]
