"""``sencosim breakeven``: what would have to be true for a policy to pay.

Events to avoid by view, and the switching value of every input, from stored draws and their emulator. With
``--parameter`` the model is run instead: see :mod:`sencosim.studies.breakeven_search`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click
import numpy as np
import pandas as pd

from sencosim.costing.discount import annuity_factor
from sencosim.decisions.breakeven import SwitchingValue, evidence_range, switching_value_of_curve
from sencosim.decisions.ensemble import Ensemble
from sencosim.errors import InputError
from sencosim.outcomes.columns import EVENTS
from sencosim.report.charts.decisions import switching_chart
from sencosim.report.charts.style import Chart, Wording
from sencosim.report.words import money
from sencosim.scenario.schema import Scenario
from sencosim.studies.answer import Answer, source_line
from sencosim.studies.emulated import curve_errors, curve_of, emulate, moves_with
from sencosim.studies.options import FEWEST_DRAWS, draws_of, draws_options, ensemble_options, hand_over, stored_option
from sencosim.studies.space import group_of, titles_and_units, uncertain
from sencosim.terminal.console import Console
from sencosim.terminal.options import Command

Measure = Literal["public", "social"]
MEASURES: dict[Measure, str] = {"public": "net cost to the public purse", "social": "net present social value"}
OUTCOME_OF: dict[Measure, tuple[str, float]] = {"public": ("net_public_cost", -1.0), "social": ("npsv", 1.0)}
"""Outcome behind each measure, and what turns it into a net benefit."""
LOOKED_AT = np.linspace(0.025, 0.975, 11)
"""Points of an input's distribution at which the expected net result is looked at."""
NO_ROOT = "no root in range"
SWITCH_COLUMNS = (
    *("input", "title", "unit", "today", "status", "switching_value", "low", "high"),
    *("searched_low", "searched_high", "net_at_low", "net_at_high", "place", "confirmed", "n"),
)
POSSIBLE_CUT = 0.5
"""Above this share of all events nobody would call it likely; said in words."""


@dataclass(frozen=True)
class Switch:
    """Switching value of one input."""

    name: str
    title: str
    unit: str
    today: float  # its mean over the draws, or its point value; NaN for a setting [unit of the input]
    found: SwitchingValue  # value, interval and place in the evidence


@dataclass(frozen=True)
class Avoided:
    """Events that would have to be avoided each year, set against those of the baseline."""

    needed_per_year: float  # net cost a year over the saving from one [events a year]
    share_of_today: float  # over the events of the base year; above 1 these events alone cannot do it [ratio]
    sentence: str


def breakeven_answer(ensemble: Ensemble, place: Path, scenario: Scenario, arm: str) -> Answer:
    """Break-even of a policy, from one stored ensemble.

    Parameters
    ----------
    ensemble, place
        Draws in one view or more, and where they are kept.
    scenario, arm
        The policy and its name in the ensemble.
    """
    avoid = pd.concat([events_to_avoid(ensemble, scenario, arm, m) for m in MEASURES], ignore_index=True)
    switched = {measure: switches(ensemble, scenario, arm, measure) for measure in MEASURES}
    found = {measure: switch_table(switching) for measure, (switching, _) in switched.items()}
    text = "\n".join(_sentences(scenario, ensemble.views, avoid, found["public"], switched["public"][1]))
    tables = {"events_to_avoid": avoid} | {f"switching_values_{m}": t for m, t in found.items() if not t.empty}
    charts = tuple(_charts(found, scenario.view, source_line(ensemble, place)))
    return Answer("breakeven", text, tables, charts, {"arm": arm, "view": scenario.view, "views": list(ensemble.views)})


def net_benefit(ensemble: Ensemble, view: str, arm: str, measure: Measure) -> pd.Series:
    """Net benefit of a policy by draw: above zero it pays. [GBP present value]"""
    outcome, sign = OUTCOME_OF[measure]
    return sign * ensemble.against_first(outcome, view, arm)


# -- events to avoid --------------------------------------------------------------------------------------------------


def events_to_avoid(ensemble: Ensemble, scenario: Scenario, arm: str, measure: Measure) -> pd.DataFrame:
    """How many events of each kind a policy would have to avoid, by view, all else as in the runs.

    Returns
    -------
        One row a view and event: ``view``, ``event``, ``net_cost_gbp`` (mean present value), ``spared_by_one_gbp``
        (mean present value of one fewer every year), ``avoided_in_runs``, ``needed`` (at those means), ``needed_low``,
        ``needed_high`` (10 % and 90 % of the draws), ``today``, ``share_of_today``, ``sentence``. [events a year]
    """
    annuity = annuity_factor(scenario.horizon.years)
    rows = []
    for view in ensemble.views:
        cost = -net_benefit(ensemble, view, arm, measure)
        for event in EVENTS:
            spared = ensemble.by_arm(f"fewer_{measure}.{event.name}", view)[arm]
            avoided = -ensemble.against_first(f"count.{event.name}", view, arm)
            today = float(ensemble.by_arm(f"today.{event.name}", view)[ensemble.arms[0]].mean())
            each = np.maximum(0.0, cost) / spared.where(spared > 0.0, 0.0) + avoided.where(cost > 0.0, 0.0)
            means = {"net_cost_gbp": cost, "spared_by_one_gbp": spared, "avoided_in_runs": avoided}
            row = {name: float(values.mean()) for name, values in means.items()}
            told = avoided_to_break_even(
                event.title,
                row["net_cost_gbp"] / annuity,
                row["spared_by_one_gbp"] / annuity,
                today,
                row["avoided_in_runs"],
            )
            rows.append(
                {"view": view, "event": event.name, "measure": measure}
                | row
                | {
                    "needed": told.needed_per_year,
                    "needed_low": float(each.quantile(0.1)),
                    "needed_high": float(each.quantile(0.9)),
                    "today": today,
                    "share_of_today": told.share_of_today,
                    "n_draws": len(cost),
                    "sentence": told.sentence,
                }
            )
    return pd.DataFrame(rows)


def avoided_to_break_even(
    events: str,
    net_cost_per_year_gbp: float,
    saving_per_event_gbp: float,
    today_per_year: float,
    avoided_already: float = 0.0,
) -> Avoided:
    """Events of one kind that would have to be avoided, all else as in the run.

    ``needed = net cost a year / saving from one event``, both as present values of the same kind or both as yearly
    averages at the same prices; with ``avoided_already`` those that the run avoids are added, since their saving is in
    the net cost.

    Parameters
    ----------
    events
        In the plural: ``permanent exclusions``.
    net_cost_per_year_gbp
        Net cost of the policy; zero or less if it pays already. [GBP a year]
    saving_per_event_gbp
        What one avoided event saves over the years that count; zero or less where it is worth what it costs. [GBP]
    today_per_year
        Events of the base year, without the policy. [events a year, above 0]
    avoided_already
        Events that the run avoids. [events a year]

    Raises
    ------
    ValueError
        If the events of today are not above 0.

    Examples
    --------
    >>> avoided_to_break_even("appeals", 5_000_000.0, 10_000.0, 20_000.0).sentence.partition(", ")[2]
    'the policy would have to avoid 500 a year: 2.5 % of the 20,000 of the base year.'
    >>> avoided_to_break_even("appeals", 4e8, 20_000.0, 10_000.0).sentence.partition(". ")[2]
    'There are only 10,000 in the base year, so they cannot do it alone.'
    >>> avoided_to_break_even("places", 4e8, -5.0, 10_000.0).sentence.partition(": ")[0]
    'No number of places avoided makes the policy pay for itself'
    """
    if today_per_year <= 0.0:
        raise ValueError("the events of today must be above 0")
    if net_cost_per_year_gbp <= 0.0:
        return Avoided(
            0.0, 0.0, f"The policy pays for itself already: no {events} need be avoided beyond those of the run."
        )
    if saving_per_event_gbp <= 0.0:
        why = "one fewer is worth no more than it costs at the worth of provision that is drawn"
        return Avoided(math.inf, math.inf, f"No number of {events} avoided makes the policy pay for itself: {why}.")
    needed = avoided_already + net_cost_per_year_gbp / saving_per_event_gbp
    share = needed / today_per_year
    start = f"To pay for itself through {events} alone, the policy would have to avoid {rounded_count(needed)} a year"
    if share > 1.0:
        end = f". There are only {rounded_count(today_per_year)} in the base year, so they cannot do it alone."
    else:
        per_cent = f"{100.0 * share:.2g} %" if share < 0.995 else "about 100 %"
        end = f": {per_cent} of the {rounded_count(today_per_year)} of the base year."
    return Avoided(needed, share, start + end)


def rounded_count(number: float) -> str:
    """Two significant digits above a hundred, else one decimal at most."""
    if number >= 100.0:
        step = 10 ** (int(math.log10(number)) - 1)
        return f"{round(number / step) * step:,.0f}"
    return f"{float(f'{number:.2g}'):g}"


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
    scenario: Scenario, views: Sequence[str], avoid: pd.DataFrame, found: pd.DataFrame, why_none: str
) -> Iterator[str]:
    main = scenario.view
    public = avoid[avoid["measure"] == "public"]
    cost = float(public.loc[public["view"] == main, "net_cost_gbp"].iloc[0])
    yield f"{scenario.title.rstrip('.')}: what would have to be true for it to pay"
    yield ""
    word = "costs" if cost > 0.0 else "saves"
    yield (
        f"In the {main} view the policy {word} the public purse {money(abs(cost))} over {scenario.horizon.years} "
        "years (present value, mean of the draws). Each line takes one kind of event alone, all else as in the runs:"
    )
    for view in views:
        yield f"\n{view.capitalize()} view"
        for row in public[public["view"] == view].to_dict(orient="records"):
            yield f"  {row['sentence']}{_spread(row)}"
    yield ""
    yield from [why_none] if why_none else _switch_sentences(found, main)


def _spread(row: Mapping[Any, Any]) -> str:
    if row["needed"] <= 0.0 or row["n_draws"] < 2:
        return ""
    most = " That is most of them." if POSSIBLE_CUT < row["share_of_today"] <= 1.0 else ""
    return f"{most} In 80 % of the draws: {rounded_count(row['needed_low'])} to {rounded_count(row['needed_high'])}."


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
            f"Where the expected {MEASURES[measure]} is zero (orange diamond, with its 80 % interval) inside the "
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
    """Say what would have to be true for a policy to pay: events to avoid by view, and inputs that switch the answer.

    Example:  sencosim breakeven full_time
    """
    console = ctx.ensure_object(Console)
    if options["parameters"]:
        if not scenario:
            raise click.UsageError("A search runs the model: name the scenario, such as full_time.")
        from sencosim.studies.breakeven_search import search_for

        search_for(console, scenario, [range_of(text) for text in options["limits"]], options)
        return
    drawn = draws_of(console, [scenario] if scenario else [], options)
    policy = drawn.policy(scenario)
    answer = breakeven_answer(drawn.ensemble, drawn.place, policy, policy.name)
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
