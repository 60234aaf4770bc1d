"""``sencosim breakeven``: what would have to be true for a policy to pay.

Events to avoid and months of progress by view, and the switching value of every input, from stored draws and their
emulator. With ``--parameter`` the model is run instead: see :mod:`sencosim.studies.breakeven_search`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd

from sencosim.decisions.breakeven import SwitchingValue, evidence_range, switching_value_of_curve
from sencosim.decisions.ensemble import WEIGHT, Ensemble
from sencosim.decisions.resampling import Floats
from sencosim.errors import InputError, stored_in
from sencosim.outcomes.columns import EVENTS
from sencosim.outcomes.needed import GROUPS_NEEDED, MEASURES, NEEDED, PAIRS, Draws, Measure, needed_table
from sencosim.report.charts.decisions import switching_chart
from sencosim.report.charts.style import Chart, Wording
from sencosim.report.needed import WHOSE, months_in_words, needed_in_words, spread_in_words
from sencosim.report.stored import APPRAISAL
from sencosim.report.words import money
from sencosim.scenario.schema import Scenario
from sencosim.studies.answer import Answer, source_line
from sencosim.studies.emulated import curve_errors, curve_of, emulate, moves_with
from sencosim.studies.options import FEWEST_DRAWS, draws_of, draws_options, ensemble_options, hand_over, stored_option
from sencosim.studies.space import group_of, titles_and_units, uncertain
from sencosim.terminal.console import Console
from sencosim.terminal.options import Command, is_given, written

WORDS_OF: dict[Measure, str] = {"public": "net cost to the public purse", "social": "net present social value"}
OUTCOME_OF: dict[Measure, tuple[str, float]] = {"public": ("net_public_cost", -1.0), "social": ("npsv", 1.0)}
"""Outcome behind each measure, and what turns it into a net benefit."""
LOOKED_AT = np.linspace(0.025, 0.975, 11)
"""Points of an input's distribution at which the expected net result is looked at."""
NO_ROOT = "no root in range"
SWITCH_COLUMNS = (
    *("input", "title", "unit", "today", "status", "switching_value", "low", "high"),
    *("searched_low", "searched_high", "net_at_low", "net_at_high", "place", "confirmed", "n"),
)


@dataclass(frozen=True)
class Switch:
    """Switching value of one input."""

    name: str
    title: str
    unit: str
    today: float  # its mean over the draws, or its point value; NaN for a setting [unit of the input]
    found: SwitchingValue  # value, interval and place in the evidence


def breakeven_answer(ensemble: Ensemble, place: Path, scenario: Scenario, arm: str, run: Path | None = None) -> Answer:
    """Break-even of a policy, from one stored ensemble.

    Parameters
    ----------
    ensemble, place
        Draws in one view or more, and where they are kept.
    scenario, arm
        The policy and its name in the ensemble.
    run
        The finished run that the draws are of. Only a run keeps pupils by phase, and so months of progress.
    """
    effects = {NEEDED: needed_of_ensemble(ensemble, arm)} if run is None else stored_effects(run)
    switched = {measure: switches(ensemble, scenario, arm, measure) for measure in MEASURES}
    found = {measure: switch_table(switching) for measure, (switching, _) in switched.items()}
    text = "\n".join(_sentences(scenario, ensemble.views, effects, found["public"], switched["public"][1]))
    tables = effects | {f"switching_values_{m}": t for m, t in found.items() if not t.empty}
    charts = tuple(_charts(found, scenario.view, source_line(ensemble, place)))
    return Answer("breakeven", text, tables, charts, {"arm": arm, "view": scenario.view, "views": list(ensemble.views)})


def net_benefit(ensemble: Ensemble, view: str, arm: str, measure: Measure) -> pd.Series:
    """Net benefit of a policy by draw: above zero it pays. [GBP present value]"""
    outcome, sign = OUTCOME_OF[measure]
    return sign * ensemble.against_first(outcome, view, arm)


# -- how large an effect would pay ------------------------------------------------------------------------------------


def needed_of_ensemble(ensemble: Ensemble, arm: str) -> pd.DataFrame:
    """How many events of each kind would pay, by view, from the columns of an ensemble.

    Returns
    -------
        ``view`` and the columns of :func:`sencosim.outcomes.needed.needed_table`. [events a year; GBP]
    """
    tables = [needed_table(_draws_of(ensemble, view, arm)).assign(view=view) for view in ensemble.views]
    return pd.concat(tables, ignore_index=True)


def _draws_of(ensemble: Ensemble, view: str, arm: str) -> Draws:
    def values(outcome: str, of: str = arm) -> Floats:
        return ensemble.by_arm(outcome, view)[of].to_numpy(dtype=np.float64)

    names = [event.name for event in EVENTS]
    none = ensemble.arms[0]
    weights = ensemble.inputs.loc[ensemble.inputs["view"] == view, WEIGHT].to_numpy(dtype=np.float64)
    return Draws(
        cost={measure: -net_benefit(ensemble, view, arm, measure).to_numpy(dtype=np.float64) for measure in MEASURES},
        spared={(measure, name): values(f"fewer_{measure}.{name}") for measure in MEASURES for name in names},
        avoided={name: values(f"count.{name}", none) - values(f"count.{name}") for name in names},
        today={name: values(f"today.{name}", none) for name in names},
        weights=weights / weights.sum(),
    )


def stored_effects(run: Path) -> dict[str, pd.DataFrame]:
    """What a finished run says of effects that would pay, by name of the table.

    Raises
    ------
    InputError
        If it was run before such tables were kept.
    """
    files = {name: run / APPRAISAL / f"{name}.parquet" for name in (NEEDED, GROUPS_NEEDED, PAIRS)}
    if not all(file.is_file() for file in files.values()):
        raise InputError(f"{run.as_posix()} was run before effects that would pay were kept. Run the scenario again.")
    with stored_in(run):
        return {name: pd.read_parquet(file) for name, file in files.items()}


# -- switching values -------------------------------------------------------------------------------------------------


def switches(ensemble: Ensemble, scenario: Scenario, arm: str, measure: Measure) -> tuple[list[Switch], str]:
    """Switching value of every input drawn on its own in the main view, and why there are none, if there are none.

    The expected net result at each value comes from the emulator of the draws; inputs tied to it move with it.
    Parameters that were fitted together have no value of their own at which the answer could switch.
    """
    view = scenario.view
    drawn, net = ensemble.drawn(view), net_benefit(ensemble, view, arm, measure)
    if len(net) < FEWEST_DRAWS:
        return [], (
            f"Switching values of single inputs need {FEWEST_DRAWS} draws in the {view} view; there are {len(net)}. "
            "Give --draws."
        )
    outcome, sign = OUTCOME_OF[measure]
    model = emulate(ensemble, scenario, arm, outcome)
    if model.refused:
        return [], model.refused
    known = uncertain(scenario, view)
    titles, units = titles_and_units(ensemble.input_names)
    found = []
    for name in ensemble.input_names:
        values = drawn[name].to_numpy(dtype=np.float64)
        if float(np.ptp(values)) == 0.0 or group_of(name) == "calibration":
            continue
        if moves_with(model, name):
            at, expected = curve_of(model, name, LOOKED_AT)
        else:
            at, expected = np.quantile(values, LOOKED_AT[[0, -1]]), np.full(2, sign * net.mean())
        mixed = bool((expected > 0.0).any() and (expected < 0.0).any())
        errors = curve_errors(model, name, LOOKED_AT) if mixed else np.zeros(at.size)
        evidence = evidence_range(known[name]) if name in known else None
        one = switching_value_of_curve(
            at, sign * expected, errors, n=len(net), near=float(np.median(values)), evidence=evidence
        )
        found.append(Switch(name, titles[name], units[name], float(values.mean()), one))
    return found, ""


def switch_table(found: list[Switch]) -> pd.DataFrame:
    """Switching values as a table, those that exist first, nearest to today's value first."""
    rows = []
    for one in found:
        switch = one.found
        value = (switch.status, switch.value, switch.low, switch.high, *switch.searched, *switch.net_at_ends)
        place = switch.place or "no evidence to compare it with"
        rows.append((one.name, one.title, one.unit, one.today, *value, place, switch.confirmed, switch.n))
    if not rows:
        return pd.DataFrame()
    table = pd.DataFrame(rows, columns=list(SWITCH_COLUMNS))
    width = (table["searched_high"] - table["searched_low"]).replace(0.0, 1.0)
    order = ((table["switching_value"] - table["today"]).abs() / width).fillna(np.inf)
    return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


# -- words and charts -------------------------------------------------------------------------------------------------


def _sentences(
    scenario: Scenario,
    views: Sequence[str],
    effects: Mapping[str, pd.DataFrame],
    found: pd.DataFrame,
    why_none: str,
) -> Iterator[str]:
    main, needed = scenario.view, effects[NEEDED]
    public = needed[needed["measure"] == "public"]
    cost = float(public.loc[public["view"] == main, "net_cost_gbp"].iloc[0])
    yield f"{scenario.title.rstrip('.')}: what would have to be true for it to pay"
    yield ""
    word = "costs" if cost > 0.0 else "saves"
    years = "1 year" if scenario.horizon.years == 1 else f"{scenario.horizon.years} years"
    yield (
        f"In the {main} view the policy {word} the public purse {money(abs(cost))} over {years} (present value, mean "
        "of the draws). Each line takes one kind of event alone, all else as in the runs:"
    )
    for view, (measure, whose) in product(views, WHOSE.items()):
        yield f"\n{view.capitalize()} view, for {whose}"
        for row in needed[(needed["view"] == view) & (needed["measure"] == measure)].to_dict(orient="records"):
            yield f"  {needed_in_words(row)}{spread_in_words(row)}"
    yield ""
    yield from _months(effects.get(GROUPS_NEEDED), scenario, views)
    yield ""
    yield from [why_none] if why_none else _switch_sentences(found, main)


def _months(groups: pd.DataFrame | None, scenario: Scenario, views: Sequence[str]) -> Iterator[str]:
    """Months of progress that would pay, or how to get them."""
    if groups is None:
        yield "Months of progress stand on pupils by phase, which only a run keeps: sencosim breakeven --run RUN."
        return
    rows = groups[groups["phase"] == ""]
    for group in dict.fromkeys(rows["group"]):
        own = rows[rows["group"] == group].set_index("view", drop=False)
        by_view = {view: own.loc[view].to_dict() for view in views}
        first, trials, price = months_in_words(by_view, scenario.view, scenario.title)
        yield first
    yield trials
    yield price


def _switch_sentences(table: pd.DataFrame, view: str) -> Iterator[str]:
    roots = table[table["status"] != NO_ROOT]
    if roots.empty:
        yield (
            f"No single input changes the answer: for each of the {len(table)} inputs drawn on their own, no value "
            "from the 2.5 % to the 97.5 % point of its distribution brings the expected net cost to the public purse "
            f"to zero ({view} view). Not within the evidence."
        )
        return
    yield f"Inputs that would change the answer alone, the others as uncertain as they are ({view} view):"
    for row in roots.to_dict(orient="records"):
        low, high = (end_in_words(row[end], "below the draws", "above the draws") for end in ("low", "high"))
        yield (
            f"  {row['title']}: {row['switching_value']:,.4g} {row['unit']} (80 % interval {low} to {high}; mean of "
            f"the draws {row['today']:,.4g}); {row['place']}."
        )


def end_in_words(value: float, below: str, above: str) -> str:
    """An end of an interval, or that it lies beyond what was looked at."""
    if math.isinf(value):
        return below if value < 0.0 else above
    return f"{value:,.4g}"


def _charts(found: Mapping[Measure, pd.DataFrame], view: str, source: str) -> Iterator[Chart]:
    for measure, table in found.items():
        roots = table[table["status"] != NO_ROOT] if not table.empty else table
        if roots.empty:
            continue
        words = Wording(
            f"switching_values_{measure}",
            f"{roots.iloc[0]['title']} would have to change least to change the answer",
            f"Where the expected {WORDS_OF[measure]} is zero (orange diamond, with its 80 % interval) inside the "
            "evidence of each input (grey); the grey stroke is the mean of the draws. "
            f"{view.capitalize()} view, the other inputs as uncertain as they are.",
            source,
        )
        yield switching_chart(words, roots)


# -- command ----------------------------------------------------------------------------------------------------------


@click.command(cls=Command)
@click.argument("scenario", required=False, default="")
@draws_options
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
    """Say what would have to be true for a policy to pay: how large effects must be, and inputs that switch the answer.

    Example:  sencosim breakeven full_time
    """
    console = ctx.ensure_object(Console)
    of_search = [written(name) for name in ("limits", "measure") if is_given(ctx, name)]
    of_draws = [written(name) for name in ("run", "stored") if is_given(ctx, name)]
    if of_search and not options["parameters"]:
        raise click.UsageError(f"{' and '.join(of_search)} is for a search: name what is searched with --parameter.")
    if options["parameters"]:
        if not scenario:
            raise click.UsageError("A search runs the model: name the scenario, such as full_time.")
        if of_draws:
            raise click.UsageError(f"A search runs the model: leave out {' and '.join(of_draws)}.")
        from sencosim.studies.breakeven_search import search_for

        search_for(console, scenario, [range_of(text) for text in options["limits"]], options)
        return
    drawn = draws_of(console, [scenario] if scenario else [], options)
    policy = drawn.policy(scenario)
    answer = breakeven_answer(drawn.ensemble, drawn.place, policy, policy.name, drawn.run)
    hand_over(console, answer, drawn.ensemble, drawn.place, options)


def range_of(text: str) -> tuple[float, float]:
    """Read ``low:high``, of which the first must be the smaller one."""
    try:
        low, high = (float(part) for part in text.split(":"))
    except ValueError:
        raise InputError(f"The range {text!r} is not of the form low:high, such as 0.5:1.5.") from None
    if not low < high:
        raise InputError(f"The range {text!r} must run upwards.")
    return low, high
