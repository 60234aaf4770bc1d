"""What the commands of all studies share: options, the ensemble that they analyse, and the hand-over of an answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sencosim.errors import InputError
from sencosim.names import listed
from sencosim.terminal.console import Console
from sencosim.terminal.options import Workers, councils_option, is_given, out_option, refuse_idle_sample, written
from sencosim.terminal.progress import progress_for
from sencosim.terminal.settings import load_all, parse_settings

if TYPE_CHECKING:
    from sencosim.decisions.ensemble import Ensemble
    from sencosim.experiment.pool import Where
    from sencosim.model import RunOptions
    from sencosim.scenario.schema import Scenario
    from sencosim.studies.answer import Answer
    from sencosim.studies.question import Question

ASKED = (
    *("population", "councils", "sample", "replications", "seed", "years", "view", "engine", "settings"),
    *("draws", "main_only", "dry_run"),
)
"""Options that say what is run."""
F = TypeVar("F", bound=Callable[..., Any])
SMALL = 60_000
"""Work below which nobody needs an estimate. [schools x years]"""
FEWEST_DRAWS = 30
"""Draws that a regression of net benefit on inputs needs."""


def ensemble_options(*, sample: float = 0.02, replications: int = 1) -> Callable[[F], F]:
    """Options of every command that runs an ensemble."""
    options = (
        click.option(
            "--population",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Schools to use, made by `sencosim population build`. Default: synthetic England.",
        ),
        councils_option(),
        click.option(
            "--sample",
            type=click.FloatRange(0.0, 1.0, min_open=True),
            default=sample,
            show_default=True,
            help="Share of England, in whole councils (four at least), weighted up.",
        ),
        click.option(
            "--replications",
            type=click.IntRange(1),
            default=replications,
            show_default=True,
            help="Repeats of every point, each on its own sample with its own chance, the same for all points.",
        ),
        click.option("--seed", type=click.IntRange(0), help="Random seed."),
        click.option("--years", type=click.IntRange(1), help="Academic years to report."),
        click.option(
            "--view",
            type=click.Choice(["campaign", "central", "sceptic"]),
            help="The view whose evidence is read. Default: that of the scenario.",
        ),
        click.option(
            "--engine",
            type=click.Choice(["compiled", "reference"]),
            default="compiled",
            show_default=True,
            help="The fast engine, or the readable reference; both give the same results.",
        ),
        click.option("--workers", type=Workers(), default="auto", show_default=True, help="Processes to use."),
        click.option(
            "--cluster", metavar="ADDRESS", help="Run on a Dask scheduler, such as tcp://host:8786, or local."
        ),
        out_option("Folder for results; ensembles are kept in its folder ensembles."),
        click.option(
            "--set",
            "settings",
            multiple=True,
            metavar="KEY=VALUE",
            callback=parse_settings,
            help="Change any setting of the scenario; may be given again.",
        ),
        click.option("--dry-run", is_flag=True, help="Say what would be run and how long it takes, and stop."),
        click.option("--json", "as_json", is_flag=True, help="Print progress and result as one JSON object a line."),
    )

    def add(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def draws_options(command: F) -> F:
    """Options of every command that analyses plain draws of the evidence."""
    main_only = click.option(
        "--main-only", is_flag=True, help="Draw in the main view only: faster, but shared with nothing."
    )
    draws = click.option(
        "--draws", type=click.IntRange(1), default=128, show_default=True, help="Draws of the uncertain inputs."
    )
    return draws(main_only(command))


outcome_option = click.option("--outcome", default="net_public_cost", show_default=True, help="What is explained.")
_ensemble_option = click.option(
    "--ensemble",
    "stored",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Use this finished ensemble and run nothing.",
)
_run_option = click.option(
    "--run",
    metavar="RUN",
    help="Use the draws of this finished `sencosim run` and run nothing: its folder, its id, or its scenario.",
)


def stored_option(command: F) -> F:
    """Options of every command that can use draws that are there."""
    return _run_option(_ensemble_option(command))


@dataclass(frozen=True)
class Drawn:
    """Draws to analyse."""

    ensemble: Ensemble
    place: Path  # where they are kept, and answers alongside them
    scenarios: Mapping[str, Scenario]  # the policies in them, by name of their arm
    run: Path | None = None  # folder of the finished run that they are of

    def policy(self, name: str) -> Scenario:
        """The policy of that name, or the only one, which was named by its file.

        Raises
        ------
        InputError
            If none is named and there are several.
        """
        if not name and len(self.scenarios) > 1:
            held = list(self.scenarios)
            raise InputError(
                f"{self.place.as_posix()} holds {listed(held)}, and this is asked of one policy. Name it after the "
                f"command, such as {held[0]}."
            )
        return self.scenarios.get(name, next(iter(self.scenarios.values())))


def draws_of(console: Console, names: Sequence[str], options: Mapping[str, Any], also: Collection[str] = ()) -> Drawn:
    """The draws that every analysis of draws reads: those of a finished run or ensemble, else run now or found.

    ``also`` names options that ask something of the command besides its draws.

    Raises
    ------
    InputError
        If what is named is not finished, or does not hold a policy that is named.
    click.UsageError
        If finished draws are named together with an option that asks for other ones.
    """
    _refuse_asked(options, also)
    if options["run"] is not None:
        return _of_run(options["out"], options["run"], names)
    if options["stored"] is not None:
        return _stored(options["stored"], names)
    if not names:
        raise click.UsageError("Name a scenario, such as full_time, or a finished run with --run.")
    from sencosim.studies.question import drawn

    scenarios = scenarios_of(names, options)
    first = next(iter(scenarios.values()))
    n = options["draws"]
    views: dict[str, int] = {str(view): n if view == first.view else (n + 1) // 2 for view in first.views}
    chosen = {str(first.view): n} if options["main_only"] else views
    question = drawn(scenarios, run_options(options), chosen, options["replications"], options["sample"])
    return Drawn(*ensemble_of(console, question, options), scenarios)


def _refuse_asked(options: Mapping[str, Any], also: Collection[str]) -> None:
    """Finished draws are what they are: an option that asks for others would change nothing, without a word."""
    stored = [written(name) for name in ("run", "stored") if options[name] is not None]
    ctx = click.get_current_context()
    given = [written(name) for name in ASKED if name not in also and is_given(ctx, name)]
    if len(stored) > 1:
        raise click.UsageError(f"Give either {' or '.join(stored)}: each names the draws that are analysed.")
    if stored and given:
        raise click.UsageError(
            f"{stored[0]} names draws that are finished, so no other ones can be asked for: leave out "
            f"{listed(given)}. Or leave out {stored[0]}, and what you ask for is run."
        )


def _of_run(out: Path, run: str, names: Sequence[str]) -> Drawn:
    from sencosim.experiment.finished import find_run
    from sencosim.studies.from_run import ensemble_of_run

    folder = find_run(out, run)
    ensemble, scenario = ensemble_of_run(folder)
    _check_named(folder, [scenario.name], names)
    place = out / "ensembles" / f"{scenario.name}-run-{folder.name}"  # a finished run stays as it is
    return Drawn(ensemble, place, {scenario.name: scenario}, folder)


def _stored(folder: Path, names: Sequence[str]) -> Drawn:
    from sencosim.decisions.ensemble import facts_in
    from sencosim.studies.draws import open_ensemble, refuse_points, scenarios_in

    ensemble, scenarios = open_ensemble(folder), scenarios_in(folder)
    refuse_points(folder, facts_in(folder))
    _check_named(folder, list(scenarios), names)
    return Drawn(ensemble, folder, scenarios)


def _check_named(folder: Path, held: Sequence[str], names: Sequence[str]) -> None:
    if missing := [name for name in names if name not in held]:
        raise InputError(f"{folder.as_posix()} holds {', '.join(held)}, not {', '.join(missing)}.")


def ensemble_of(console: Console, question: Question, options: Mapping[str, Any]) -> tuple[Ensemble, Path]:
    """Run a question, or go on with it, or find it done: its outcomes and their folder. A dry run ends the command."""
    from sencosim.studies.draws import ensemble_of as run
    from sencosim.studies.draws import estimate_in_words, folder_of

    folder, where = folder_of(question, options["out"]), where_of(options)
    compiled(console, options)
    if options["dry_run"] or question.work_of(question.all_jobs(question.replications)) > SMALL:
        words = estimate_in_words(question, folder, where)
        if options["dry_run"]:
            say(console, {"event": "plan", "in_words": words, "folder": folder.as_posix()}, words, options)
            raise click.exceptions.Exit
        console.note(words)
    with progress_for(console, as_json=options["as_json"]) as progress:
        return run(question, folder, where, progress), folder


def scenarios_of(names: Sequence[str], options: Mapping[str, Any]) -> dict[str, Scenario]:
    """Load policies by name, with the options that are settings; refuse one without a policy, or two of one name."""
    from sencosim.studies.question import refuse_one_name

    loaded = load_all(names, changed_by(options) | options["settings"])
    refuse_one_name(one.scenario.name for one in loaded)
    found: dict[str, Scenario] = {}
    for one in loaded:
        scenario = one.scenario
        if not any(True for _ in scenario.levers.active()):
            raise InputError(f"{scenario.name} has no policy in it. The baseline is run alongside every policy anyway.")
        found[scenario.name] = scenario
    return found


def changed_by(options: Mapping[str, Any]) -> dict[str, str]:
    """Settings of a scenario that have an option of their own, by dotted name."""
    settings = (("seed", "run.seed"), ("years", "horizon.years"), ("view", "view"))
    return {setting: str(options[option]) for option, setting in settings if options[option] is not None}


def run_options(options: Mapping[str, Any]) -> RunOptions:
    """Schools and engine.

    Raises
    ------
    click.UsageError
        If a part of England is asked for, and other schools.
    """
    from sencosim.model import RunOptions, speaks_for_england
    from sencosim.population.schools import Population

    file = options["population"]
    chosen = RunOptions(
        population=None if file is None else Population.load(file),
        councils=options["councils"],
        engine=options["engine"],
    )
    if not speaks_for_england(chosen):
        refuse_idle_sample(options)
    return chosen


def where_of(options: Mapping[str, Any]) -> Where:
    """Processes of this machine, or a cluster; then who can reach it is said on the screen."""
    from sencosim.experiment.pool import here

    if options["cluster"] is not None:
        from sencosim.experiment.cluster import on_cluster

        where = on_cluster(options["cluster"])
        click.get_current_context().ensure_object(Console).alert(where.trusts)
        return where
    return here(options["workers"])


def compiled(console: Console, options: Mapping[str, Any]) -> None:
    """Compile the engine here first, so that worker processes find it on disk."""
    from sencosim.engine.choose import COMPILING, compile_engine, is_ready

    if not is_ready(options["engine"]):
        console.note(COMPILING)
        compile_engine()


def enough_draws(options: Mapping[str, Any], what: str) -> None:
    """Refuse a regression on too few draws before anything is run."""
    if options["stored"] is None and options["run"] is None and options["draws"] < FEWEST_DRAWS:
        raise InputError(f"{what} needs {FEWEST_DRAWS} draws or more: give --draws {FEWEST_DRAWS}.")


def say(console: Console, event: Mapping[str, Any], words: str, options: Mapping[str, Any]) -> None:
    """Print a result for a person or a program."""
    if options["as_json"]:
        console.json_line(dict(event))
    else:
        console.data(words)


def hand_over(
    console: Console, answer: Answer, source: Ensemble | Iterable[Scenario], folder: Path, options: Mapping[str, Any]
) -> None:
    """Write an answer of an ensemble, or of scenarios that were run for it alone; print it and where it is."""
    from sencosim.studies.answer import told_answer, write_answer

    answer = told_answer(answer, source)
    place = write_answer(answer, source, folder)
    event = {"event": "result", "analysis": answer.name, "folder": place.as_posix(), "text": answer.text}
    say(console, event, f"{answer.text}\n\nFiles: {place.as_posix()}", options)
