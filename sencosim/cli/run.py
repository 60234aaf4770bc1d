"""``sencosim run``: the whole way from scenario to report."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sencosim.cli.failure import problems_text
from sencosim.errors import InputError, Problem, SelfCheckError, StoppedError
from sencosim.terminal.console import Console
from sencosim.terminal.options import (
    AtLeast,
    Command,
    Replications,
    SampleShare,
    Workers,
    councils_option,
    out_option,
    refuse_idle_sample,
    refuse_others,
)
from sencosim.terminal.progress import duration, progress_for, waiting
from sencosim.terminal.settings import load_all, parse_settings, with_settings

if TYPE_CHECKING:
    from sencosim.experiment.plan import Plan
    from sencosim.experiment.store import Store
    from sencosim.model import RunOptions, RunResult
    from sencosim.scenario.load import Resolved

QUICK = {"run.sample": "0.01", "run.replications": "1", "run.draws": "1"}
"""Settings of ``--quick``, the least of a run: enough to see every page of the report, not enough to quote a figure."""
FAST = {"run.sample": "0.01", "run.replications": "16", "run.draws": "24"}
"""Settings of ``--fast``: the pairs with which every run begins, and no more. Its report says what it rests on."""

CHECK_FAILED_WORDS = "The results are written, but do not use them: the run failed one of its own checks."

NUMBERS = {
    "sample": "run.sample",
    "sampling": "run.sampling",
    "replications": "run.replications",
    "draws": "run.draws",
    "seed": "run.seed",
    "years": "horizon.years",
}
"""Options that are settings of the scenario, with the name of the setting."""


@click.command(cls=Command)
@click.argument("scenarios", nargs=-1, metavar="SCENARIO...")
@click.option(
    "--population",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Schools to use, made by `sencosim population build`. Default: synthetic England.",
)
@councils_option()
@click.option(
    "--sample",
    type=SampleShare(),
    help="Share of England to simulate. Default: all schools.",
)
@click.option(
    "--sampling", type=click.Choice(["councils", "schools"]), help="Sample whole councils, or schools in all."
)
@click.option(
    "--replications",
    type=Replications(),
    help="Number of replications, or auto (the default): as many as the headline's precision needs.",
)
@click.option("--draws", type=AtLeast(1), help="Draws of the uncertain parameters.")
@click.option(
    "--until-ends-hold",
    is_flag=True,
    help="Add draws until both ends of the range are known to a tenth of it.",
)
@click.option(
    "--view",
    "views",
    multiple=True,
    type=click.Choice(["campaign", "central", "sceptic"]),
    help="Cost under this view only; may be given again.",
)
@click.option("--seed", type=AtLeast(0), help="Random seed.")
@click.option("--workers", type=Workers(), default="auto", show_default=True, help="Processes to use.")
@click.option("--years", type=AtLeast(1), help="Academic years to report.")
@click.option(
    "--engine",
    type=click.Choice(["compiled", "reference"]),
    default="compiled",
    show_default=True,
    help="The fast engine, or the readable reference; both give the same results.",
)
@out_option("Folder for results.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    callback=parse_settings,
    help="Change any setting, such as run.seed=7; may be given again.",
)
@click.option("--resume", metavar="RUN_ID", help="Resume a stopped run, by its id or folder.")
@click.option(
    "--extend", metavar="RUN", help="Add --draws or --replications to a finished run: a new one that has its pairs too."
)
@click.option("--quick", is_flag=True, help="The least of a run, for trying out, not for quoting.")
@click.option("--fast", is_flag=True, help="Stop after the first 24 draws, on samples of schools: half a minute.")
@click.option(
    "--headline-only",
    is_flag=True,
    help="Leave out the other law, the structure table, the routes and the 30-year case.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be run, and stop.")
@click.option("--json", "as_json", is_flag=True, help="Print progress and result as one JSON object a line.")
@click.pass_context
def run(ctx: click.Context, /, scenarios: tuple[str, ...], **options: Any) -> None:
    """Simulate scenarios against the baseline, print the answer in words, and write a report for each.

    Each run checks itself. If a check fails, the results are written, the check is printed, and the exit code is 5.

    Example:  sencosim run full_time
    """
    console = ctx.ensure_object(Console)
    if options["resume"] is not None:
        resume(ctx, console, scenarios, options)
        return
    if options["extend"] is not None:
        extend(ctx, console, scenarios, options)
        return
    if not scenarios:
        raise click.UsageError("Name at least one scenario, such as full_time, or a stopped run with --resume.")
    changed = chosen_settings(options)
    resolved = load_all(scenarios, changed)
    for one in resolved:
        announce(console, one, quick=options["quick"])
    failed: list[Problem] = []
    for name, one in zip(scenarios, resolved, strict=True):
        try:
            run_one(console, one, options, started={"scenario": where(name), "settings": changed})
        except SelfCheckError as error:
            failed += error.problems
    if failed:
        raise SelfCheckError(CHECK_FAILED_WORDS, tuple(failed))


def where(scenario: str) -> str:
    """Name of a scenario, or its path from the root of the file system if it is a file of the user's own."""
    return str(Path(scenario).resolve()) if Path(scenario).is_file() else scenario


def resume(ctx: click.Context, console: Console, scenarios: Sequence[str], options: Mapping[str, Any]) -> None:
    """Go on with a run that was stopped: what it simulates is as it was, where it runs may be another.

    Raises
    ------
    click.UsageError
        If anything is given that would make it another run.
    InputError
        If there is no such run, or the scenario, the evidence, the code or the schools are not what they were.
    """
    from sencosim.experiment.store import check_same, find_store
    from sencosim.model import run_facts

    refuse_others(
        ctx, scenarios, options, "resume", "A resumed run is what it was", ("workers", "out", "as_json", "dry_run")
    )
    store = find_store(options["out"], options["resume"])
    try:
        started = store.facts()["started"]
        resolved = with_settings(source := store.source(started["scenario"]), started["settings"])
        resolved = resolved.for_copy_of(Path(started["scenario"]), Path(source))
        population = started["population"]
        before = {
            "population": None if population is None else Path(population),
            "councils": tuple(started["councils"]),
            "quick": started["quick"],
            "headline_only": started["headline_only"],
            "engine": started["engine"],
            "until_ends_hold": started["until_ends_hold"],
            "out": store.folder.parent.parent,
        }
    except (KeyError, TypeError) as error:
        raise store.damaged() from error
    chosen = run_options(options := {**options, **before})
    check_same(store.run_id, store.facts(), run_facts(resolved, chosen))
    console.note(f"{resolved.scenario.name}: going on with {store.run_id}, {store.count()} pairs of runs are finished.")
    run_one(console, resolved, options, store=store)


def extend(ctx: click.Context, console: Console, scenarios: Sequence[str], options: Mapping[str, Any]) -> None:
    """Make a run of the pairs of a finished one and of more draws or replications.

    Raises
    ------
    click.UsageError
        If anything is given that would make it another run.
    InputError
        If there is no such run, it keeps no dataset, nothing is added, or something it depends on has changed.
    """
    from hashlib import sha256

    from sencosim.experiment.finished import MANIFEST, RESOLVED, find_run, manifest_of
    from sencosim.experiment.store import DATASET, check_same
    from sencosim.model import run_facts
    from sencosim.report.manifest import check_unchanged

    may_change = ("draws", "until_ends_hold", "replications", "population", "workers", "out", "as_json", "dry_run")
    refuse_others(ctx, scenarios, options, "extend", "An extended run is what it was", may_change)
    folder = find_run(options["out"], options["extend"])
    check_unchanged(folder)
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    before = manifest_of(folder)
    if not (folder / DATASET).is_dir():
        raise InputError(f"{folder.as_posix()} keeps no pairs, so nothing can be added to it. Run the scenario again.")
    source = where((folder / RESOLVED).as_posix())
    chosen = {**options, **{name: before.get(name) for name in ("quick", "headline_only", "engine")}}
    chosen["councils"] = tuple(before.get("councils", ()))
    check_same(folder.name, before, run_facts(with_settings(source, {}), run_options(chosen)), "extend")
    asked = {name: str(options[name]) for name in ("draws", "replications") if options[name] is not None}
    gains = [int(number) - before[name] if number.isdecimal() else 1 for name, number in asked.items()]
    adds = max(gains, default=0) > 0 or options["until_ends_hold"]
    if min(gains, default=0) < 0 or not adds:
        had = f"{folder.name} has {before['draws']} draws and {before['replications']} replications."
        raise InputError(f"{had} Say how many there are to be, more and not fewer: --draws {4 * before['draws']}")
    kept = {"draws": str(before["draws"])}  # some may have been added until its ends held
    changed = {NUMBERS[name]: number for name, number in (kept | asked).items()}
    resolved = with_settings(source, changed)
    console.note(f"{resolved.scenario.name}: going on from {folder.name}.")
    cited = {"run_id": folder.name, "manifest_sha256": sha256(text.encode()).hexdigest()}
    started = {"scenario": source, "settings": changed, "extends": cited}
    run_one(console, resolved, chosen, started=started, extended=folder)


def chosen_settings(options: Mapping[str, Any]) -> dict[str, str]:
    """Gather the options that are settings of the scenario; what is said twice, ``--set`` says last."""
    changed = {**(FAST if options["fast"] else {}), **(QUICK if options["quick"] else {})}
    changed |= {setting: str(options[name]) for name, setting in NUMBERS.items() if options[name] is not None}
    views = list(dict.fromkeys(options["views"]))
    if views:
        changed["views"] = f"[{', '.join(views)}]"
        changed["view"] = "central" if "central" in views else views[0]
    exact: dict[str, str] = options["settings"]
    return changed | exact


def announce(console: Console, resolved: Resolved, *, quick: bool) -> None:
    """Say what will be run, and what the reader of the report must know."""
    from sencosim.evidence.register import all_cautions
    from sencosim.model import baseline_of
    from sencosim.report.showing import CAUTIONS, QUICK, not_to_be_quoted
    from sencosim.scenario.diff import arms_in_words

    scenario = resolved.scenario
    console.note(f"{scenario.name}: {scenario.title}")
    for line in arms_in_words(baseline_of(scenario), scenario):
        console.note(f"  {line}")
    if caution := not_to_be_quoted({CAUTIONS: all_cautions(scenario.cautions)}, f"“{scenario.title}”"):
        console.alert(caution)
    if quick:
        console.alert(f"This is a {QUICK} Every file it writes says so.")
    if resolved.warnings:
        console.note(problems_text(resolved.warnings, resolved.chain[-1]))


def run_options(options: Mapping[str, Any]) -> RunOptions:
    """Gather what is not part of the scenario: the schools, the processes, the label of a quick run."""
    from sencosim.model import RunOptions, speaks_for_england
    from sencosim.population.schools import Population

    file = options["population"]
    chosen = RunOptions(
        population=None if file is None else Population.load(file),
        councils=options["councils"],
        workers=options["workers"] or None,
        quick=options["quick"],
        headline_only=options["headline_only"] or options.get("fast", False),
        engine=options["engine"],
    )
    if not speaks_for_england(chosen):
        refuse_idle_sample(options)
    return chosen


def run_one(
    console: Console,
    resolved: Resolved,
    options: Mapping[str, Any],
    *,
    started: Mapping[str, Any] | None = None,
    store: Store | None = None,
    extended: Path | None = None,
) -> None:
    """Run one scenario, go on with one, or only say what would be run.

    Parameters
    ----------
    started
        Scenario and settings as they were given, so that the run can be resumed.
    store
        A run to go on with; otherwise a new one is begun.
    extended
        Finished run whose pairs the new one has too.

    Raises
    ------
    SelfCheckError
        If the results are written and something does not hold in them that must hold in every run.
    """
    from sencosim.cli.answers import Answers
    from sencosim.experiment.lock import only_here
    from sencosim.experiment.pool import what_was_kept
    from sencosim.model import plan_run, run_scenario
    from sencosim.outcomes.ends import with_more_draws

    chosen = run_options(options)
    plan = plan_run(resolved, chosen)
    console.note(plan.in_words())
    plan, facts = measured(console, resolved, chosen, plan, dry_run=options["dry_run"])
    if options["dry_run"]:
        say_plan(console, resolved, facts, as_json=options["as_json"])
        return
    began = time.monotonic()
    store = new_run(resolved, chosen, options, started or {}) if store is None else store
    if extended is not None:
        store.extend(extended)
    with only_here(store.folder, store.run_id):  # nothing of a run is removed that another process goes on with
        if damaged := store.drop_damaged():
            console.alert(damaged)
        try:
            with progress_for(console, as_json=options["as_json"]) as progress:
                told = Answers(console, progress, as_json=options["as_json"])
                result = run_scenario(resolved, chosen, told, plan=plan, store=store)
                result = with_more_draws(result, told) if options["until_ends_hold"] else result
            try:
                failed, seconds = hand_over(console, result, options["out"], as_json=options["as_json"])
            except Exception as error:
                error.add_note(what_was_kept("The run was not finished.", plan, store))
                raise
        except KeyboardInterrupt as stop:
            raise StoppedError(what_was_kept("Stopped.", plan, store)) from stop
        finally:
            if store.count() == 0:
                store.remove()
        store.remove()
    took = duration(time.monotonic() - began)
    console.note(f"Done in {took}. The simulations took {seconds:,.1f} seconds of processor time, as the report says.")
    if failed:
        raise SelfCheckError(CHECK_FAILED_WORDS, failed)


def measured(
    console: Console, resolved: Resolved, options: RunOptions, plan: Plan, *, dry_run: bool
) -> tuple[Plan, dict[str, Any]]:
    """Compile what is not compiled; a plan that fits into memory, and its facts. A dry run measures the machine too."""
    from sencosim.engine.choose import COMPILE_TIME, COMPILING, compile_engine, is_ready
    from sencosim.experiment.probe import USUAL, estimate, is_long, with_workers
    from sencosim.model import measure_machine

    if not is_ready(options.engine):
        if dry_run:
            console.note(
                f"How long it takes is known when the engine is compiled. The first run does that, {COMPILE_TIME}."
            )
            return plan, plan.facts()
        console.note(COMPILING)
        began = time.monotonic()
        compile_engine()
        console.note(f"Compiled in {duration(time.monotonic() - began)}, which is not counted below.")
    if not is_long(plan):
        return plan, plan.facts()
    if dry_run:
        console.note("Measuring this machine.")
    found = measure_machine(resolved, options, plan) if dry_run else estimate(plan, USUAL)
    console.note(found.in_words())
    plan = with_workers(plan, found)
    return plan, plan.facts() | found.facts()


def new_run(resolved: Resolved, chosen: RunOptions, options: Mapping[str, Any], started: Mapping[str, Any]) -> Store:
    """Make the working folder of a new run, with all that is needed to go on with it."""
    from datetime import UTC, datetime

    from sencosim.experiment.store import new_store
    from sencosim.model import run_facts
    from sencosim.report.manifest import command_line
    from sencosim.report.outputs import run_name

    facts = run_facts(resolved, chosen)
    file = options["population"]
    how = {
        **started,
        "command": command_line(),
        "population": None if file is None else str(file.resolve()),
        "councils": list(chosen.councils),
        "quick": chosen.quick,
        "headline_only": chosen.headline_only,
        "engine": chosen.engine,
        "until_ends_hold": options["until_ends_hold"],
    }
    name = run_name(facts, datetime.now(UTC))
    return new_store(options["out"] / resolved.scenario.name, name, facts | {"started": how})


def hand_over(console: Console, result: RunResult, out: Path, *, as_json: bool) -> tuple[tuple[Problem, ...], float]:
    """Write the results; print the answer, where the files are, and what to do next.

    Returns
    -------
        Checks that failed, and the processor time of the simulations. [seconds]
    """
    from sencosim.report.assemble import report_inputs
    from sencosim.report.outputs import write_outputs
    from sencosim.report.terminal import answer_text

    with waiting(console, "Adding up the results and writing the report."):
        inputs = report_inputs(result)
        started = result.store.facts()["started"]
        told = {name: started[name] for name in ("command", "extends") if name in started}
        inputs = replace(inputs, manifest={**inputs.manifest, **told})
        folder = write_outputs(inputs, out, run_id=result.store.run_id, dataset=result.store.dataset)
    place = folder.as_posix()
    failed = tuple(Problem(f"{place}: {name}. {detail}") for name, passed, detail in inputs.checks if not passed)
    seconds = float(inputs.manifest["seconds"])
    if as_json:
        said = [problem.message for problem in failed]
        console.json_line({"event": "result", "scenario": result.scenario.name, "folder": place, "failed_checks": said})
        return failed, seconds
    console.data(f"{answer_text(inputs).rstrip()}\n\nReport: {place}/report.html")
    console.note(
        f"\nNext:  sencosim open {place}   shows it: two pages, and all else behind them;  sencosim explain NAME   "
        "says what a word or a number is."
    )
    return failed, seconds


def say_plan(console: Console, resolved: Resolved, facts: Mapping[str, Any], *, as_json: bool) -> None:
    """Say that nothing was run."""
    if as_json:
        console.json_line({"event": "plan", "scenario": resolved.scenario.name, **facts})
    else:
        console.data(f"{resolved.scenario.name} can run. Nothing was run: this was a dry run.")
