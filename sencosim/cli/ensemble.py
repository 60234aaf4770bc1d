"""``sencosim ensemble``, ``sencosim breakeven`` and ``sencosim voi``: analyses of plain draws of the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from sencosim.cli.console import Console
from sencosim.cli.ensembles import (
    Stored,
    compiled,
    draws_option,
    ensemble_options,
    from_stored,
    hand_over,
    run_options,
    scenarios_of,
    stored_ensemble,
    stored_option,
    where_of,
)
from sencosim.cli.group import Command
from sencosim.cli.progress import progress_for
from sencosim.errors import InputError, StoppedError

if TYPE_CHECKING:
    from sencosim.ensembles.answer import Answer
    from sencosim.ensembles.search import Model
    from sencosim.scenario.schema import Scenario

FEWEST_REPLICATIONS = 8
"""Of a search: the range of fewer holds the truth far less often than its 80 % interval says."""
FEWEST_DRAWS = 30
"""Draws that a regression of net benefit on inputs needs."""


def draws_of(
    console: Console, names: Sequence[str], options: dict[str, Any], *, all_views: bool
) -> tuple[Stored, dict[str, Scenario]] | None:
    """The stored ensemble of draws that several commands share; ``None`` for a dry run."""
    if options.get("stored") is not None:
        return from_stored(options["stored"], names)
    from sencosim.ensembles.question import drawn

    scenarios = scenarios_of(names, options)
    first = next(iter(scenarios.values()))
    n = options["draws"]
    views: dict[str, int] = {str(view): n if view == first.view else (n + 1) // 2 for view in first.views}
    chosen = views if all_views else {str(first.view): n}
    question = drawn(scenarios, run_options(options), chosen, options["replications"], options["sample"])
    found = stored_ensemble(console, question, options)
    return None if found is None else (found, scenarios)


@click.command(cls=Command)
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@draws_option
@click.option("--main-only", is_flag=True, help="Draw in the main view only: faster, but shared with nothing.")
@stored_option
@ensemble_options()
@click.pass_context
def ensemble(ctx: click.Context, /, scenarios: tuple[str, ...], **options: Any) -> None:
    """Run draws of the evidence, keep them, and say what they say: spread, who saves how likely, what matters.

    Example:  sencosim ensemble full_time --draws 100
    """
    from sencosim.ensembles.overview import overview_answer

    console = ctx.ensure_object(Console)
    found = draws_of(console, scenarios, options, all_views=not options["main_only"])
    if found is None:
        return
    (whole, store), loaded = found
    for name, scenario in loaded.items():
        answer = overview_answer(whole, store, scenario, name)
        hand_over(console, answer, whole, store.folder / name if len(loaded) > 1 else store.folder, options)


@click.command(cls=Command)
@click.argument("scenario")
@draws_option
@click.option("--main-only", is_flag=True, help="Draw in the main view only: faster, but shared with nothing.")
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    help="Search for the switching value of this input by running the model, and rerun it. Given twice: for the line "
    "on which two inputs together change the answer.",
)
@click.option(
    "--search",
    "limits",
    multiple=True,
    metavar="LOW:HIGH",
    help="Range to search, one for each --parameter. Default: where the model allows it; of a pair, for the first what "
    "the evidence allows.",
)
@click.option(
    "--measure",
    type=click.Choice(["public", "social"]),
    default="public",
    show_default=True,
    help="With --parameter: net cost to the public purse, or net present social value.",
)
@stored_option
@ensemble_options()
@click.pass_context
def breakeven(ctx: click.Context, /, scenario: str, **options: Any) -> None:
    """Say what would have to be true for a policy to pay: events to avoid by view, and inputs that switch the answer.

    Example:  sencosim breakeven full_time
    """
    from sencosim.ensembles.breakeven import breakeven_answer

    console = ctx.ensure_object(Console)
    if options["parameters"]:
        search_for(console, scenario, options)
        return
    found = draws_of(console, [scenario], options, all_views=not options["main_only"])
    if found is None:
        return
    (whole, store), loaded = found
    policy = loaded[next(iter(loaded))] if options["stored"] is None else loaded[scenario]
    answer = breakeven_answer(whole, store, policy, policy.name, policy.run.seed)
    hand_over(console, answer, whole, store.folder, options)


def enough_draws(options: Mapping[str, Any], what: str) -> None:
    """Refuse a regression on too few draws before anything is run.

    Raises
    ------
    InputError
        If fewer draws are asked for than a regression needs.
    """
    if options["stored"] is None and options["draws"] < FEWEST_DRAWS:
        raise InputError(f"{what} needs {FEWEST_DRAWS} draws or more: give --draws {FEWEST_DRAWS}.")


def search_for(console: Console, scenario: str, options: dict[str, Any]) -> None:
    """Search for the switching value of one input, or for the line of two.

    Raises
    ------
    InputError
        If there are more than two inputs, or more ranges than inputs.
    """
    from sencosim.ensembles.search import Model, lasting
    from sencosim.ensembles.store import FOLDER

    names, ranges = options["parameters"], [range_of(text) for text in options["limits"]]
    if len(names) > 2 or len(ranges) > len(names):
        raise InputError("Give --parameter once or twice, and --search at most as often, in the same order.")
    limits = (*ranges, *[None] * (len(names) - len(ranges)))
    policy = next(iter(scenarios_of([scenario], options).values()))
    n = max(FEWEST_REPLICATIONS, options["replications"])
    if n > options["replications"]:
        console.note(f"An interval needs {n} replications: so many are run.")
    compiled(console, policy, options)
    with progress_for(console, as_json=options["as_json"]) as progress, lasting(where_of(options)) as where:
        same = (policy, run_options(options), options["sample"], names[-1], options["measure"])
        model, again = (Model(*same, part, where, progress) for part in (range(n), range(n, 2 * n)))
        try:
            answer = searched(model, again, names, limits)
        except KeyboardInterrupt as stop:
            raise StoppedError("Stopped. A search keeps nothing; its runs are few.") from stop
    folder = options["out"] / FOLDER / f"{policy.name}-search-{policy.fingerprint()[:10]}"
    hand_over(console, answer, None, folder, options)


def searched(model: Model, again: Model, names: Sequence[str], limits: Sequence[tuple[float, float] | None]) -> Answer:
    """Answer of a search in one input or in the plane of two."""
    from sencosim.ensembles.breakeven import searched_answer
    from sencosim.ensembles.pair import pair_answer, search_pair
    from sencosim.ensembles.search import search

    scenario = model.scenario
    if len(names) == 1:
        found, runs = search(model, again, scenario.run.seed, limits[0])
        return searched_answer(found, runs, model.measure)
    line = search_pair(model, again, names[0], scenario.run.seed, (limits[0], limits[1]))
    source = f"Source: sencosim, {len(line.runs):,} runs of {scenario.name}, fingerprint {scenario.fingerprint()[:12]}."
    return pair_answer(line, model.measure, scenario.view, source)


def range_of(text: str | None) -> tuple[float, float] | None:
    """Read ``low:high``.

    Raises
    ------
    InputError
        If it is not of that form.
    """
    if text is None:
        return None
    try:
        low, high = (float(part) for part in text.split(":"))
    except ValueError:
        raise InputError(f"The range {text!r} is not of the form low:high, such as 0.5:1.5.") from None
    if not low < high:
        raise InputError(f"The range {text!r} must run upwards.")
    return low, high


@click.command(cls=Command)
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@draws_option
@click.option("--main-only", is_flag=True, help="Draw in the main view only: faster, but shared with nothing.")
@click.option(
    "--worth",
    "worths",
    multiple=True,
    metavar="OUTCOME=GBP",
    help="Put a price on one unit a year of an outcome that has none; may be given again.",
)
@stored_option
@ensemble_options()
@click.pass_context
def voi(ctx: click.Context, /, scenarios: tuple[str, ...], **options: Any) -> None:
    """Say what knowing more would be worth: everything (EVPI), single inputs and groups (EVPPI).

    Example:  sencosim voi full_time --draws 200
    """
    from sencosim.ensembles.voi import parse_worths, voi_answer

    console = ctx.ensure_object(Console)
    worths = parse_worths(options["worths"])
    enough_draws(options, "The worth of knowing more")
    found = draws_of(console, scenarios, options, all_views=not options["main_only"])
    if found is None:
        return
    (whole, store), loaded = found
    hand_over(console, voi_answer(whole, store, next(iter(loaded.values())), worths), whole, store.folder, options)
