"""``sencosim compare``: options side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sencosim.cli.hand_over import listing, runs_option
from sencosim.errors import InputError
from sencosim.terminal.console import Console
from sencosim.terminal.options import Command

if TYPE_CHECKING:
    from sencosim.model import RunOptions
    from sencosim.outcomes.routes import Group
    from sencosim.report.compare.write import Comparison
    from sencosim.report.stored import StoredRun

BASELINE = "baseline"


@click.command(cls=Command)
@click.argument("options", nargs=-1, metavar="RUN...")
@runs_option()
@click.option(
    "--like-for-like",
    "whole_set",
    is_flag=True,
    help="The options that are compared like for like: from 1.5 days a week to everything at once.",
)
@click.option("--anyway", is_flag=True, help="Compare runs that are not like for like; every output says so.")
@click.option(
    "--run", "run_missing", is_flag=True, help="Run scenarios that have no finished run, like those that have one."
)
@click.option(
    "--mechanisms",
    is_flag=True,
    help="Also say how much of the net cost comes by each group of routes, on a sample (64 runs).",
)
@click.option(
    "--apart",
    multiple=True,
    metavar="NAME",
    help="Tell this mechanism apart from all others, in place of the routes; at most five times. Implies --mechanisms.",
)
@click.option(
    "--sample",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    default=0.02,
    show_default=True,
    help="Share of England for --mechanisms.",
)
@click.option("--replications", type=click.IntRange(1), default=1, show_default=True, help="For --mechanisms.")
@click.pass_context
def compare(ctx: click.Context, /, options: tuple[str, ...], **how: Any) -> None:
    """Put finished runs side by side: people, who pays, net cost, value; today's policy is always the first column.

    RUN is the folder or the id of a run, or the name of a scenario, of which the latest run is taken. Options that
    start, are phased in or are kept to differently are shown, and not ranked.

    Example:  sencosim compare protected_time full_time
    """
    from sencosim.outcomes.routes import groups
    from sencosim.report.compare.terms import like_for_like
    from sencosim.report.compare.write import check_alike, comparison_text, write_comparison
    from sencosim.report.compare.write import compare as put_side_by_side

    console = ctx.ensure_object(Console)
    named = [name for name in dict.fromkeys(options) if name != BASELINE]
    wanted = [*named, *(name for name in like_for_like() if how["whole_set"] and name not in named)]
    if not wanted:
        raise InputError(
            "Name at least one option other than the baseline, such as  sencosim compare full_time , or ask for the "
            "whole set:  sencosim compare --like-for-like"
        )
    told_apart = groups(how["apart"]) if how["mechanisms"] or how["apart"] else ()
    runs = _stored(console, wanted, how["out"], run_missing=how["run_missing"])
    found = put_side_by_side(runs, check_alike(runs, anyway=how["anyway"]))
    if told_apart:
        found = _with_mechanisms(console, found, told_apart, how["sample"], how["replications"])
    folder = write_comparison(found, how["out"])
    console.data(f"{comparison_text(found)}\n{listing(folder)}")
    console.note(f"\nNext:  open {folder.as_posix()}/comparison.html in a browser.")


def _stored(console: Console, wanted: Sequence[str], out: Path, *, run_missing: bool) -> list[StoredRun]:
    """Read finished runs; one that is missing is run first if that was asked for, like the others."""
    from sencosim.experiment.finished import find_run
    from sencosim.report.stored import read_run

    found: dict[str, StoredRun] = {}
    missing: list[str] = []
    for name in wanted:
        try:
            folder = find_run(out, name)
        except InputError:
            missing.append(name)
        else:
            found[name] = read_run(folder)
    if missing and not run_missing:
        raise InputError(_missing_words(missing))
    like = next(iter(found.values()), None)
    for name in missing:
        _run(console, name, out, like)
        found[name] = read_run(find_run(out, name))
        like = found[name] if like is None else like
    return list({found[name].folder.resolve(): found[name] for name in wanted}.values())  # one may have two names


def _missing_words(missing: Sequence[str]) -> str:
    """Which options have no finished run, and what to do."""
    *first, last = [repr(name) for name in missing]
    named = f"{', '.join(first)} or {last}" if first else last
    return (
        f"No finished run is called {named}. Run what is missing with the same settings:  sencosim run "
        f"{' '.join(missing)} , or add  --run  to have it run like the others."
    )


def _run(console: Console, name: str, out: Path, like: StoredRun | None) -> None:
    """Run a scenario with the settings of another run, or with its own if there is none to be like."""
    from sencosim.cli.run import announce, run_one, where
    from sencosim.terminal.settings import with_settings

    facts = {} if like is None else like.inputs.manifest
    if facts.get("population_kind", "synthetic") != "synthetic":
        raise InputError(
            f"--run uses the default schools, but the other runs had schools of their own. Run {name} first."
        )
    settings = {} if like is None else _settings_of(like)
    if like is not None:
        console.note(f"{name} has no finished run: running it like {like.run_id}, so that they can be compared.")
    options = {
        "population": None,
        "councils": tuple(facts.get("councils", ())),
        "workers": 0,
        "quick": bool(facts.get("quick")),
        "headline_only": bool(facts.get("headline_only")),
        "engine": facts.get("engine", "compiled"),
        "dry_run": False,
        "until_ends_hold": False,
        "as_json": False,
        "out": out,
    }
    resolved = with_settings(name, settings)
    announce(console, resolved, quick=bool(options["quick"]))
    run_one(console, resolved, options, started={"scenario": where(name), "settings": settings})


def _settings_of(run: StoredRun) -> dict[str, str]:
    """What must be the same for runs to be alike, as settings: years, views, how it is run."""
    from sencosim.experiment.finished import RESOLVED
    from sencosim.scenario.load import load_scenario

    scenario = load_scenario(run.folder / RESOLVED).scenario
    parts = {"horizon": scenario.horizon, "run": scenario.run}
    settings = {
        f"{part}.{name}": str(value)
        for part, chosen in parts.items()
        for name, value in chosen.model_dump(mode="json").items()
        if value is not None
    }
    return settings | {"view": scenario.view, "views": f"[{', '.join(scenario.views)}]"}


def _with_mechanisms(
    console: Console, found: Comparison, told_apart: Sequence[Group], sample: float, replications: int
) -> Comparison:
    """Add the decomposition, and its figures to the summary.

    Raises
    ------
    InputError
        If evidence, code, schools or rules of a run are not those that it would be decomposed with; nothing is run.
    """
    import pandas as pd

    from sencosim.experiment.finished import RESOLVED
    from sencosim.outcomes.routes import decompose
    from sencosim.report.compare.table import mechanisms_table
    from sencosim.report.compare.views import names_of, titles_of
    from sencosim.report.words import joined
    from sencosim.scenario.load import load_scenario

    parts, titles = {}, titles_of(found.options)
    chosen = [_as_run(run) for run in found.runs]
    for title, run, options in zip(titles, found.runs, chosen, strict=True):
        console.note(f"{run.name}: {2 ** len(told_apart)} sets of groups.")
        parts[title] = decompose(
            load_scenario(run.folder / RESOLVED),
            options,
            told_apart,
            sample_share=sample,
            n_replications=replications,
            hear=console.note,
        )
    same = {"unit": "GBP", "year": "present_value"}
    rows = [
        {"option": option, "outcome": f"mechanism.{name}", **same, "difference": float(value)}
        for option, one in zip(names_of(found.options), parts.values(), strict=True)
        for name, value in {**one.parts, "rest": one.rest, "total": one.total}.items()
    ]
    summary = pd.concat([found.summary, pd.DataFrame(rows)], ignore_index=True)
    places = dict.fromkeys(
        f"all schools of {one.area_name}" if options.councils else f"{100 * sample:g} % of England"
        for one, options in zip(found.options, chosen, strict=True)
    )
    return replace(found, decomposition=mechanisms_table(parts, told_apart, joined(list(places))), summary=summary)


PLAINLY = "Compare without  --mechanisms  and  --apart ."
"""What to do where a run cannot be decomposed."""


def _as_run(run: StoredRun) -> RunOptions:
    """Schools and engine of a finished run, if the model that is here would run it again as it was."""
    from sencosim.model import RunOptions, check_priced_alike, england

    facts = run.inputs.manifest
    check_priced_alike(run.folder, facts)
    options = RunOptions(councils=tuple(facts.get("councils", ())), engine=facts["engine"])
    if facts["population_fingerprint"] != england(options).fingerprint:
        raise InputError(f"--mechanisms runs on the default schools; {run.name} had schools of its own. {PLAINLY}")
    if facts.get("replaced_mechanisms"):
        raise InputError(f"--mechanisms runs the mechanisms that ship; {run.name} had some replaced. {PLAINLY}")
    return options
