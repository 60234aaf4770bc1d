"""``sencosim demo``, ``explore`` and ``open``: stored answers, the page that answers, and pages in a browser."""

from __future__ import annotations

import re
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sencosim.errors import InputError, OutputError
from sencosim.terminal.console import Console, pass_console
from sencosim.terminal.options import Command, Workers, out_option

if TYPE_CHECKING:
    from sencosim.scenario.schema import Scenario

PAGE = Path("outputs/explorer.html")
EXPLORER = "explorer"
REPORT = "report.html"
WRITTEN_FROM = re.compile(r"Written by sencosim, .{0,80} from data ([0-9a-f]+)\.")
"""Foot of a page of the explorer, with the digest of its data."""


@click.command(cls=Command)
@click.argument("scenario", required=False, default="full_time")
@pass_console
def demo(console: Console, scenario: str) -> None:
    """Answer from stored runs, in seconds: what a policy costs, who pays, what changes. Nothing is run.

    Example:  sencosim demo protected_time
    """
    from sencosim.outcomes.explorer_data import page_data
    from sencosim.report.explore.demo import demo_text

    console.data(demo_text(page_data(), scenario))
    _warn_of_a_file_here(console, scenario)
    console.note(
        "\nNext:  sencosim open   shows this as a page, on which policies and beliefs can be moved;  sencosim run "
        f"{scenario}   runs it;  sencosim explain SENCO   says what a word means."
    )


@click.command(cls=Command)
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO...]")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=PAGE,
    show_default=True,
    help="The page to write. One that is there stays, unless it is the default.",
)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with stored runs that --remake made. Default: those that ship.",
)
@click.option(
    "--remake",
    type=click.Path(file_okay=False, path_type=Path),
    help="Run the ensemble behind the page again, store it in this folder, and stop: some half an hour.",
)
@click.option("--workers", type=Workers(), default="auto", show_default=True, help="Processes, for --remake.")
@click.pass_context
def explore(ctx: click.Context, /, scenarios: tuple[str, ...], output: Path, **how: Any) -> None:
    """Write the page that answers: move a policy and a belief, and see cost, payers, outcomes and their range.

    The page is one file that needs no network. It opens on the first SCENARIO, by default full_time. A scenario file of
    your own is added to it, if the controls of the page cover its levers.

    Example:  sencosim explore protected_time -o page.html
    """
    console = ctx.ensure_object(Console)
    if how["remake"] is not None:
        _remake(console, how["remake"], how["workers"])
        return
    from sencosim.outcomes.explorer_data import SHIPPED, page_data
    from sencosim.report.explore.page import write_page

    data = page_data(SHIPPED if how["data"] is None else how["data"])
    first = with_own(data, scenarios)
    if output.exists() and output != PAGE:
        raise OutputError(f"{output.as_posix()} is there already. Choose another name with --output.")
    output.parent.mkdir(parents=True, exist_ok=True)
    write_page(output, data, first)
    console.data(output.as_posix())
    for name in scenarios:
        _warn_of_a_file_here(console, name)
    console.note(f"\nNext:  sencosim open {output.as_posix()}")


def with_own(data: dict[str, Any], scenarios: tuple[str, ...]) -> str:
    """Add scenarios that did not ship to the data, and give the name of the first.

    Raises
    ------
    InputError
        If the controls do not cover one.
    """
    from sencosim.outcomes.explorer_data import own_scenario
    from sencosim.scenario.load import load_scenario

    known = {one["name"] for one in data["scenarios"]}
    names = []
    for wanted in scenarios:
        if wanted in known:
            names.append(wanted)
            continue
        scenario = load_scenario(wanted).scenario
        names.append(_named_apart(scenario, known))
        data["scenarios"].append(own_scenario(scenario, wanted))
        known.add(scenario.name)
    return names[0] if names else "full_time"


def _warn_of_a_file_here(console: Console, name: str) -> None:
    """Say so if a bare name stands for a policy that ships here, and for a file of one's own in other commands."""
    from sencosim.scenario.files import stand_in

    if file := stand_in(name, Path()):
        console.alert(
            f"Warning: this is {name} as it ships, from stored runs.  sencosim run {name}  takes {file.as_posix()} in "
            "its place. Give that file another name to see the two apart."
        )


def _named_apart(scenario: Scenario, known: set[str]) -> str:
    if scenario.name in known:
        raise InputError(
            f"The page has a policy named {scenario.name} already. Give yours another name: its file's, or name: in it."
        )
    return scenario.name


def _remake(console: Console, folder: Path, workers: int) -> None:
    from sencosim.experiment.pool import here
    from sencosim.studies.explore_make import KEPT, Sizes, make
    from sencosim.studies.options import compiled

    compiled(console, {"engine": "compiled"})
    facts = make(folder, KEPT, Sizes(), here(workers or None), console.note)
    known, inside, *_ = facts["errors"]["net_public_cost"]
    console.data(
        f"{folder.as_posix()}: {facts['runs']:,} runs of the design in {facts['worlds']} worlds.\n"
        f"In runs that were held out the emulator explains {known:.0%} of the net cost to the public purse, and its "
        f"80 % bands contain {inside:.0%}."
    )


@click.command("open", cls=Command)
@click.argument("what", required=False, metavar="[RUN]")
@out_option("Folder where runs are kept.")
@pass_console
def open_page(console: Console, what: str | None, out: Path) -> None:
    """Open a page in the browser: the report of a run, or the explorer. The path is printed in any case.

    RUN is a finished run (its folder, its id, or its scenario, of which the latest is taken), a page, or the word
    explorer. Left out: the page that was written last; where nothing was run, the explorer, from stored runs.

    Example:  sencosim open full_time
    """
    from sencosim.experiment.finished import MANIFEST
    from sencosim.report.manifest import manifest_problems

    there = page_of(what, out)
    page = there or _explorer_in(console, out)
    console.data(page.as_posix())
    if (page.parent / MANIFEST).is_file() and (problems := manifest_problems(page.parent)):
        console.alert(
            f"{page.parent.as_posix()} is not as it was written. Do not trust its figures. {' '.join(problems)}"
        )
    if there is not None and page.name != REPORT and (why := why_old(page)):
        console.alert(why)
    if not _browser_opens(page):
        console.note("There is no browser here. Open the page where there is one.")


def page_of(what: str | None, out: Path) -> Path | None:
    """The page that is meant; ``None`` for the explorer where it is not written yet.

    Raises
    ------
    InputError
        If a run is meant and there is none, or it has no report.
    """
    if what is None:
        pages = [*out.glob(f"*/*/{REPORT}"), *out.glob(f"{EXPLORER}.html")]
        return max(pages, key=lambda path: path.stat().st_mtime, default=None)
    if Path(what).suffix == ".html" and Path(what).is_file():
        return Path(what)
    if what == EXPLORER:
        page = out / f"{EXPLORER}.html"
        return page if page.is_file() else None
    from sencosim.experiment.finished import find_run

    page = find_run(out, what) / REPORT
    if not page.is_file():
        raise InputError(f"{page.parent.as_posix()} has no report. Run the scenario again.")
    return page


def why_old(page: Path) -> str:
    """Why a page of the explorer does not say what one written now would; blank if it does, and for any other page."""
    found = WRITTEN_FROM.search(page.read_text(encoding="utf-8", errors="replace"))
    if found is None:
        return ""
    from sencosim.outcomes.explorer_data import page_data

    try:
        current = page_data()["hash"]
    except InputError as error:
        return f"{page.as_posix()} is of another model than is here now. {error.message}"
    if found[1] == current:
        return ""
    return (
        f"{page.as_posix()} was written from other runs, evidence or prices than those that ship now. Write a new "
        "one:  sencosim explore"
    )


def _explorer_in(console: Console, out: Path) -> Path:
    """Write the explorer into the folder of runs."""
    from sencosim.outcomes.explorer_data import page_data
    from sencosim.report.explore.page import write_page

    console.note("This is the explorer, from stored runs.")
    out.mkdir(parents=True, exist_ok=True)
    page = out / f"{EXPLORER}.html"
    write_page(page, page_data())
    return page


def _browser_opens(page: Path) -> bool:
    """Whether a browser took the page."""
    try:
        return webbrowser.open(page.resolve().as_uri())
    except webbrowser.Error:
        return False
