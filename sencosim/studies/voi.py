"""``sencosim voi``: what knowing more would be worth for the choice between policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd

from sencosim.costing.discount import annuity_factor
from sencosim.decisions.ensemble import Ensemble
from sencosim.decisions.information import evppi_table
from sencosim.decisions.resampling import Floats
from sencosim.errors import InputError
from sencosim.outcomes.catalogue import OUTCOME
from sencosim.report.charts.decisions import ranked_chart
from sencosim.report.charts.style import Chart, Wording
from sencosim.report.words import MILLION, money
from sencosim.scenario.schema import Scenario
from sencosim.studies.answer import Answer, source_line
from sencosim.studies.options import draws_of, draws_options, enough_draws, ensemble_options, hand_over, stored_option
from sencosim.studies.space import GROUP_TITLES, group_of, source_of, titles_and_units
from sencosim.terminal.console import Console
from sencosim.terminal.options import Command


def parse_worths(texts: Sequence[str]) -> dict[str, float]:
    """Read prices put on outcomes, written as ``permanent_exclusions=50000``.

    Raises
    ------
    InputError
        If an outcome does not exist, has no good direction, or a price is no number above 0.
    """
    found = {}
    for text in texts:
        name, _, amount = (part.strip() for part in text.partition("="))
        outcome = OUTCOME.get(name)
        if outcome is None or not outcome.favourable:
            known = ", ".join(one.name for one in OUTCOME.values() if one.favourable)
            raise InputError(f"No price can be put on {name!r}. Outcomes with a good direction are {known}.")
        try:
            price = float(amount)
        except ValueError:
            price = float("nan")
        if not 0.0 < price < float("inf"):
            raise InputError(f"The price {text!r} must be a number of pounds above 0: {name}=50000.")
        found[name] = price
    return found


def net_benefits(ensemble: Ensemble, scenario: Scenario, worths: Mapping[str, float]) -> pd.DataFrame:
    """Net benefit of each arm by draw, the baseline at nought.

    ``npsv + sum over outcomes of price * improvement * annuity factor``: without prices on outcomes it is net present
    social value. [GBP present value]
    """
    view = scenario.view
    annuity = annuity_factor(scenario.horizon.years)
    columns = {}
    for arm in ensemble.arms:
        value = ensemble.against_first("npsv", view, arm)
        for name, price in worths.items():
            sign = -1.0 if OUTCOME[name].favourable == "down" else 1.0
            value = value + price * annuity * sign * ensemble.against_first(name, view, arm)
        columns[arm] = value
    return pd.DataFrame(columns)


def groups_of(ensemble: Ensemble, view: str) -> dict[str, tuple[str, ...]]:
    """Every input alone, the groups of inputs, and inputs by source, as far as they vary."""
    drawn = ensemble.drawn(view)
    names = [str(name) for name in drawn if float(np.ptp(drawn[name].to_numpy())) > 0.0]
    found: dict[str, tuple[str, ...]] = {name: (name,) for name in names}
    for group, title in GROUP_TITLES.items():
        inside = tuple(name for name in names if group_of(name) == group)
        if len(inside) > 1:
            found[f"group: {title}"] = inside
    for source in sorted({source_of(name) for name in names if "." not in name}):
        inside = tuple(name for name in names if "." not in name and source_of(name) == source)
        if len(inside) > 1 and inside not in found.values():
            found[f"source: {source}"] = inside
    return found


def voi_answer(ensemble: Ensemble, place: Path, scenario: Scenario, worths: Mapping[str, float]) -> Answer:
    """EVPI, and EVPPI of every input and group.

    Parameters
    ----------
    ensemble, place
        Draws of the policies to choose from, and where they are kept.
    scenario
        The first policy, whose view, horizon and seed hold.
    worths
        Prices on one unit a year of outcomes that have none. [GBP]
    """
    view, benefits = scenario.view, net_benefits(ensemble, scenario, worths)
    matrix: Floats = benefits.to_numpy(dtype=np.float64)
    table = evppi_table(matrix, ensemble.drawn(view), groups_of(ensemble, view), seed=scenario.run.seed)
    titles, _ = titles_and_units(ensemble.input_names)
    table.insert(1, "title", [titles.get(str(group), str(group)) for group in table["group"]])
    measure = "net present social value" if not worths else "net benefit with the prices put on " + ", ".join(worths)
    text = "\n".join(_sentences(table, benefits, scenario, measure))
    own = table[~table["group"].str.startswith(("group:", "source:")) & (table["group"] != "everything")]
    charts = () if own.empty else (_chart(own, measure, view, source_line(ensemble, place)),)
    facts = {"view": view, "worths": dict(worths), "arms": list(ensemble.arms), "measure": measure}
    return Answer("voi", text, {"evppi": table, "net_benefit": benefits.reset_index()}, charts, facts)


def _sentences(table: pd.DataFrame, benefits: pd.DataFrame, scenario: Scenario, measure: str) -> Iterator[str]:
    best = str(benefits.mean().idxmax())
    chance = float((benefits.to_numpy().argmax(axis=1) == list(benefits).index(best)).mean())
    choice = "to stay as today" if best == benefits.columns[0] else scenario.title.rstrip(".")
    whole = table.iloc[-1]
    yield (
        f"By {measure} ({scenario.view} view, {len(benefits)} draws) today's choice is {choice}: it is the best in "
        f"{chance:.0%} of the draws."
    )
    error = money(whole["standard_error"])
    yield f"Knowing everything would be worth {money(whole['value'])} (standard error {error})."
    own = table[(table["group"] != "everything") & (table["value"] > 0.0)]
    singles = own[~own["group"].str.startswith(("group:", "source:"))].head(3)
    groups = own[own["group"].str.startswith("group:")].head(2)
    for what, part in (("Single inputs most worth knowing", singles), ("Groups most worth knowing", groups)):
        told = [
            f"{str(row['title']).removeprefix('group: ')} ({money(float(row['value']))}, held-out "
            f"{money(float(row['held_out_value']))})"
            for row in part.to_dict(orient="records")
        ]
        if told:
            yield f"{what}: {'; '.join(told)}."
    if float(whole["value"]) == 0.0:
        yield (
            "No draw reverses the choice, so no research on these inputs can change it by this measure. What has no "
            "price is not in it: --worth OUTCOME=POUNDS puts a price on an outcome."
        )


def _chart(own: pd.DataFrame, measure: str, view: str, source: str) -> Chart:
    worth_something = own[own["value"] > 0.0]
    shown = (own if worth_something.empty else worth_something).head(12)
    low = ((shown["value"] - 1.96 * shown["standard_error"]).clip(lower=0.0)) / MILLION
    high = (shown["value"] + 1.96 * shown["standard_error"]) / MILLION
    data = pd.DataFrame({"title": shown["title"], "value": shown["value"] / MILLION, "low": low, "high": high})
    first = data.iloc[0]
    title = (
        f"{first['title']} is the single input most worth knowing"
        if first["value"] > 0.0
        else "Knowing any single input would not change the choice"
    )
    words = Wording(
        "evppi",
        title,
        f"Expected value of knowing one input exactly, GBP million, {measure}, {view} view; bars of 95 % for the "
        "sampling of draws and the regression.",
        source,
    )
    return ranked_chart(words, data, "GBP million")


@click.command(cls=Command)
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO...]")
@draws_options
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
    console = ctx.ensure_object(Console)
    worths = parse_worths(options["worths"])
    enough_draws(options, "The worth of knowing more")
    drawn = draws_of(console, scenarios, options)
    answer = voi_answer(drawn.ensemble, drawn.place, next(iter(drawn.scenarios.values())), worths)
    hand_over(console, answer, drawn.ensemble, drawn.place, options)
