"""``sencosim run``: the whole way from scenario to report."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sencosim.cli.console import Console
from sencosim.cli.failure import problems_text
from sencosim.cli.group import Command
from sencosim.cli.progress import duration, progress_for
from sencosim.cli.settings import parse_settings, with_settings
from sencosim.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from sencosim.model import RunOptions, RunResult
    from sencosim.scenario.load import Resolved

QUICK = {"run.sample": "0.02", "run.replications": "1", "run.draws": "1", "horizon.years": "3"}
"""Settings of ``--quick``: enough to see every page of the report, not enough to quote a figure."""
QUICK_WORDS = "This is a quick run: for trying out, not for quoting. Every file it writes says so."

NUMBERS = {
    "sample": "run.sample",
    "sampling": "run.sampling",
    "replications": "run.replications",
    "draws": "run.draws",
    "seed": "run.seed",
    "years": "horizon.years",
}
"""Options that are settings of the scenario, with the name of the setting."""


class Workers(click.ParamType[int]):
    """A number of processes, or ``auto`` for one a core."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the option. [0 stands for auto]"""
        if value in ("auto", 0):
            return 0
        try:
            number = int(value)
        except (TypeError, ValueError):
            self.fail(f"{value!r} is not a number of processes. Write a whole number, or auto.", param, ctx)
        if number < 1:
            self.fail("At least one process is needed. Write 1 or more, or auto.", param, ctx)
        return number


@click.command(cls=Command)
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option(
    "--population",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Schools to use, made by `sencosim population build`. Default: synthetic England.",
)
@click.option("--council", "councils", multiple=True, help="Only this council, by name or code; may be given again.")
@click.option("--sample", type=click.FloatRange(0.0, 1.0, min_open=True), help="Share of England to simulate.")
@click.option(
    "--sampling", type=click.Choice(["councils", "schools"]), help="Sample whole councils, or schools in all."
)
@click.option("--replications", type=click.IntRange(1), help="Runs with different chance for each draw.")
@click.option("--draws", type=click.IntRange(1), help="Draws of the uncertain parameters.")
@click.option(
    "--view",
    "views",
    multiple=True,
    type=click.Choice(["campaign", "central", "sceptic"]),
    help="Cost under this view only; may be given again.",
)
@click.option("--seed", type=click.IntRange(0), help="The number that fixes all chance.")
@click.option("--workers", type=Workers(), default="auto", show_default=True, help="Processes to use.")
@click.option("--years", type=click.IntRange(1), help="Academic years to report.")
@click.option(
    "--engine",
    type=click.Choice(["compiled", "reference"]),
    default="compiled",
    show_default=True,
    help="The fast engine, or the one written to be read; they give the same.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("outputs"),
    show_default=True,
    help="Folder for results.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    callback=parse_settings,
    help="Change any setting, such as run.seed=7; may be given again.",
)
@click.option("--quick", is_flag=True, help="A small run, for trying out, not for quoting.")
@click.option("--dry-run", is_flag=True, help="Say what would be run, and stop.")
@click.option("--json", "as_json", is_flag=True, help="Print progress and result as one JSON object a line.")
@click.pass_context
def run(ctx: click.Context, /, scenarios: tuple[str, ...], **options: Any) -> None:
    """Simulate scenarios against the baseline, print the answer in words, and write a report for each.

    Example:  sencosim run full_time
    """
    console = ctx.ensure_object(Console)
    changed = chosen_settings(options)
    resolved = load_all(scenarios, changed)
    for one in resolved:
        announce(console, one, changed, quick=options["quick"])
    for one in resolved:
        run_one(console, one, options)


def chosen_settings(options: Mapping[str, Any]) -> dict[str, str]:
    """Gather the options that are settings of the scenario; what is said twice, ``--set`` says last."""
    changed = dict(QUICK) if options["quick"] else {}
    changed |= {setting: str(options[name]) for name, setting in NUMBERS.items() if options[name] is not None}
    views = list(dict.fromkeys(options["views"]))
    if views:
        changed["views"] = f"[{', '.join(views)}]"
        changed["view"] = "central" if "central" in views else views[0]
    exact: dict[str, str] = options["settings"]
    return changed | exact


def load_all(names: Sequence[str], changed: Mapping[str, str]) -> list[Resolved]:
    """Load every scenario before any is run; say the faults of all of them at once.

    Raises
    ------
    ScenarioError
        If any of them cannot be used.
    """
    loaded: list[Resolved] = []
    problems: list[Problem] = []
    for name in names:
        try:
            loaded.append(with_settings(name, changed))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError("Nothing was run.", tuple(problems))
    return loaded


def announce(console: Console, resolved: Resolved, changed: Mapping[str, str], *, quick: bool) -> None:
    """Say what will be run, and what the reader of the report must know."""
    from sencosim.scenario.diff import diff_in_words

    scenario = resolved.scenario
    console.note(f"{scenario.name}: {scenario.title}")
    for line in diff_in_words(with_settings("baseline", changed), resolved):
        console.note(f"  {line}")
    if quick:
        console.alert(QUICK_WORDS)
    if resolved.warnings:
        console.note(problems_text(resolved.warnings, resolved.chain[-1]))


def run_options(options: Mapping[str, Any]) -> RunOptions:
    """Gather what is not part of the scenario: the schools, the processes, the label of a quick run."""
    from sencosim.model import RunOptions
    from sencosim.population.schools import Population

    file = options["population"]
    return RunOptions(
        population=None if file is None else Population.load(file),
        councils=options["councils"],
        workers=options["workers"] or None,
        quick=options["quick"],
        engine=options["engine"],
    )


def run_one(console: Console, resolved: Resolved, options: Mapping[str, Any]) -> None:
    """Run one scenario, or only say what would be run."""
    from sencosim.model import plan_run, run_scenario

    chosen = run_options(options)
    plan = plan_run(resolved, chosen)
    console.note(plan.in_words())
    if options["dry_run"]:
        say_plan(console, resolved, plan.facts(), as_json=options["as_json"])
        return
    started = time.monotonic()
    with progress_for(console, as_json=options["as_json"]) as progress:
        result = run_scenario(resolved, chosen, progress)
    hand_over(console, result, options["out"], as_json=options["as_json"])
    console.note(f"Done in {duration(time.monotonic() - started)}.")


def hand_over(console: Console, result: RunResult, out: Path, *, as_json: bool) -> None:
    """Write the results; print the answer, where the files are, and what to do next."""
    from sencosim.report.assemble import report_inputs
    from sencosim.report.outputs import write_outputs
    from sencosim.report.terminal import answer_text

    inputs = report_inputs(result)
    folder = write_outputs(inputs, out)
    if as_json:
        console.json_line({"event": "result", "scenario": result.scenario.name, "folder": folder.as_posix()})
        return
    console.data(f"{answer_text(inputs).rstrip()}\n\nReport: {(folder / 'report.html').as_posix()}")
    console.note("\nNext:  sencosim explain NAME   says where any number in the report comes from.")


def say_plan(console: Console, resolved: Resolved, facts: Mapping[str, Any], *, as_json: bool) -> None:
    """Say that nothing was run."""
    if as_json:
        console.json_line({"event": "plan", "scenario": resolved.scenario.name, **facts})
    else:
        console.data(f"{resolved.scenario.name} can run. Nothing was run: this was a dry run.")
