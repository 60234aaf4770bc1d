"""Hand over finished runs: ``pack``, ``brief``, ``verify``, ``recompute``, ``reproduce``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sencosim.errors import OutputError
from sencosim.names import listed
from sencosim.terminal.console import Console, pass_console, table
from sencosim.terminal.options import Command, out_option

if TYPE_CHECKING:
    from sencosim.report.again import MadeAgain
    from sencosim.report.recompute import Recomputed

MOST_NAMED = 10
"""Files that a message names."""
MAY_BE_QUOTED = ", and nothing forbids quoting it."
NOT_JUDGED = (
    ". Whether it may be quoted was not judged: its manifest does not say all of draws, replications and simulation "
    "error. Those of runs, packs, briefs and comparisons do."
)
"""How ``verify`` ends its sentence on a folder that is in order."""


def runs_option() -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make the option that says where runs are kept."""
    return out_option("Folder where runs are kept, and results go.")


@click.command(cls=Command)
@click.argument("run", metavar="RUN")
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Decision log: owners of assumptions, decisions, sign-offs. Made if it is not there. "
    "Default: decision_log.yaml in the folder of runs.",
)
@runs_option()
@pass_console
def pack(console: Console, run: str, log: Path | None, out: Path) -> None:
    """Make the results pack of a finished run: report, note, business case, spreadsheets, charts, logs, manifest.

    RUN is the folder or the id of a run, or the name of a scenario, of which the latest run is taken.

    Example:  sencosim pack full_time
    """
    from sencosim.experiment.finished import find_run
    from sencosim.report.pack.decision_log import LOG
    from sencosim.report.pack.signing import log_beside
    from sencosim.report.pack.write import write_pack
    from sencosim.report.stored import read_run

    found = read_run(find_run(out, run))
    written, notices = log_beside(found, log or out / LOG)
    folder = write_pack(found, out / "packs", written)
    console.data(listing(folder))
    for notice in notices:
        console.note(notice)
    console.note(f"\nNext:  sencosim verify {folder.as_posix()}")


def listing(folder: Path) -> str:
    """Files of a folder with their sizes."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    lines = [f"  {path.stat().st_size:>11,}  {path.relative_to(folder).as_posix()}" for path in files]
    return "\n".join([folder.as_posix(), *lines])


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


@click.command(cls=Command)
@click.argument("folder", metavar="RUN|FOLDER")
@runs_option()
@pass_console
def verify(console: Console, folder: str, out: Path) -> None:
    """Check that every file of a run, pack, brief, comparison, analysis or ensemble is as it was written.

    A bare name is that of a run, as for pack. All else is named by its folder, such as comparisons/full_time.

    Example:  sencosim verify outputs/full_time/RUN_ID
    """
    from sencosim.experiment.finished import MANIFEST, find_finished
    from sencosim.report.manifest import manifest_problems, sha256
    from sencosim.report.showing import cautions, is_judged, obstacles
    from sencosim.report.stored import scenario_line
    from sencosim.studies.draws import ensemble_problems, is_ensemble

    place = find_finished(out, folder)
    changed = ensemble_problems(place) if is_ensemble(place) else manifest_problems(place)
    forbidding = obstacles(place)
    if changed or forbidding:
        fault = "is not in order" if changed else "is as it was written, but nothing in it may be quoted"
        listed = "\n".join(f"  {problem}" for problem in [*changed, *forbidding])
        raise OutputError(f"{place.as_posix()} {fault}:\n{listed}")
    quoting = MAY_BE_QUOTED if is_judged(place) else NOT_JUDGED
    said = [f"{place.as_posix()} is in order: every file is as it was written{quoting}"]
    said += [scenario] if (scenario := scenario_line(place)) else []
    said.append(f"SHA-256 of its {MANIFEST}: {sha256(place / MANIFEST)}")
    if beside := cautions(place):
        said += ["Add to any quotation:", *(f"  {caution}" for caution in beside)]
    console.data("\n".join(said))


@click.command(cls=Command)
@click.argument("run", metavar="RUN|PACK")
@runs_option()
@click.option("--json", "as_json", is_flag=True, help="Print every figure as JSON.")
@pass_console
def recompute(console: Console, run: str, out: Path, as_json: bool) -> None:
    """Work out the headline again from the stored counts and prices of a run, and compare it with the summary.

    Nothing is simulated, and none of the code that priced the run is used. Every year and every draw is compared too.
    Figures in money alone are: neither counts, such as requests, nor levels of an arm, medians or ends of ranges.
    Tables that people open (summary, payers, groups, budgets; CSV) are held against those that programs read.
    A gap of more than 50p in any figure, or a figure that one file has and another lacks, ends the command with exit
    code 4.

    Then all tables of a run are made again from its stored pairs, groups and budgets among them, and spreadsheets and
    documents of a pack from its own tables, by the code that made them. One that says something else has exit code 4.

    RUN is the folder or the id of a run, or the name of a scenario, of which the latest run is taken.

    Example:  sencosim recompute full_time
    """
    from sencosim.experiment.finished import find_finished
    from sencosim.report.recompute import recompute as recomputed
    from sencosim.report.stored import scenario_line

    place = find_finished(out, run)
    found, scenario, again = recomputed(place), scenario_line(place), _made_again(place)
    if as_json:
        facts = {
            "agrees": found.agrees and not again.others,
            "largest_gap": found.largest_gap,
            "lacking": found.lacking,
            "pairs_compared": len(found.pairs),
            "files_made_again": again.files,
            "other_files": again.others,
            "not_checked": again.not_done,
            "scenario": scenario,
            "figures": found.figures.to_dict("records"),
        }
        console.json({"folder": place.as_posix(), **facts})
    else:
        console.data(f"{scenario}\n\n{recomputed_text(found, again)}")
    if not found.agrees:
        gaps = (f"The largest gap is GBP {found.largest_gap:,.2f}.", *found.lacking)
        raise OutputError(
            f"The files of {place.as_posix()} do not give the figures of its summary. {' '.join(gaps)} A file was "
            "changed, which  sencosim verify  would say, the run was made with other discount rates than are read now, "
            "or sencosim has a fault."
        )
    if again.others:
        raise OutputError(
            f"Made again, files of {place.as_posix()} say something else: {listed(again.others, MOST_NAMED)}. They "
            "were changed after they were written: do not use them. Take the run or the pack from where it was made, "
            "or make it again."
        )


def _made_again(place: Path) -> MadeAgain:
    """What can be made again of a run or a pack, and what not."""
    from sencosim.experiment.finished import manifest_of
    from sencosim.extras import missing
    from sencosim.report.again import MadeAgain, tables_again
    from sencosim.report.stored import RESULTS_PACK

    if manifest_of(place).get("kind") != RESULTS_PACK:
        return tables_again(place)
    try:
        from sencosim.report.pack.again import pack_again

        return pack_again(place)
    except ModuleNotFoundError as error:
        return MadeAgain(
            not_done=f"Not checked: spreadsheets, documents and page of the pack. {missing(error) or error}"
        )


def recomputed_text(found: Recomputed, again: MadeAgain) -> str:
    """Present values of every view, alongside those of the summary, to the pound; then what else was compared."""
    rows: list[tuple[str, ...]] = [
        ("View", "Figure, present value", "Payer", "Summary, GBP", "Recomputed, GBP", "Gap, GBP")
    ]
    rows += [
        (one["view"], one["outcome"], one["payer"], *(pounds(one[name]) for name in ("summary", "recomputed", "gap")))
        for one in found.headlines.to_dict("records")
        if one["outcome"] not in ("payer_cost", "payer_saving")
    ]
    return (
        f"{table(rows)}\n\n{len(found.figures):,} figures of the summary and {len(found.pairs):,} of single draws and "
        f"replications were worked out again. Largest gap: GBP {found.largest_gap:,.4f}."
        f"\n{_made(again)}{again.not_done}"
    )


def _made(again: MadeAgain) -> str:
    equal = again.files - len(again.others)
    return f"{equal:,} of {again.files:,} files, made again, say the same.\n" if again.files else ""


def pounds(amount: float) -> str:
    """An amount to the pound.

    Examples
    --------
    >>> pounds(-1234.4), pounds(-0.4)
    ('-1,234', '0')
    """
    text = f"{amount:,.0f}"
    return "0" if text == "-0" else text


@click.command(cls=Command)
@click.argument("run", metavar="RUN")
@runs_option()
@click.option("--workers", type=click.IntRange(1), help="Processes to use. Default: one a core.")
@click.option(
    "--population",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Schools of the run, if it had its own.",
)
@pass_console
def reproduce(console: Console, run: str, out: Path, workers: int | None, population: Path | None) -> None:
    """Run a finished run again with the same settings, make its report again, and compare every figure, file and pair.

    Example:  sencosim reproduce full_time
    """
    from sencosim.experiment.finished import find_run
    from sencosim.report.again import TOLERANCE
    from sencosim.report.reproduce import reproduce_run
    from sencosim.report.research import ABOUT
    from sencosim.report.stored import read_run
    from sencosim.terminal.progress import progress_for

    stored = read_run(find_run(out, run))
    with progress_for(console, as_json=False) as progress:
        found = reproduce_run(stored, workers, population, progress)
    changed = f" Its manifest names another version of: {', '.join(found.changed)}." if found.changed else ""
    listed = f"\nFiles that differ: {', '.join(found.other_files)}." if found.other_files else ""
    if not found.is_same:
        worst = "" if found.gaps.empty else found.gaps.head(5).to_string(index=False)
        figures = f"\nOther numbers or words stand in: {', '.join(found.other_figures)}." if found.other_figures else ""
        if found.other_pairs:
            figures += f"\n{len(found.other_pairs):,} of {found.pairs:,} stored pairs are others or are lost, such as "
            figures += f"{found.other_pairs[0]}."
        raise OutputError(
            f"{len(found.gaps):,} of {found.figures:,} figures of the summary of {stored.run_id} did not come out "
            f"again.{changed}{figures or listed}\n{worst}".rstrip()
        )
    if taken := [name for name in stored.inputs.research if name != ABOUT]:
        console.alert(f"Taken over from the run, not made again, for they come of ensembles: {', '.join(taken)}.")
    equal = found.files - len(found.other_files)
    pairs = f"all of {found.pairs:,} stored pairs" if found.pairs else "there are no stored pairs to compare"
    console.data(
        f"Reproduced: all {found.figures:,} figures of {stored.run_id} came out again (to {TOLERANCE:g}), "
        f"{equal:,} of {found.files:,} files to the byte, and {pairs}.{changed}{listed}"
    )
