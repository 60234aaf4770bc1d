"""``sencosim ensemble``: spread and its parts, who saves how likely, cost against effect, weak inputs that matter."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd

from sencosim.decisions.acceptability import acceptability, chance_of_saving, plane
from sencosim.decisions.components import TOGETHER, parts_of_spread
from sencosim.decisions.ensemble import WEIGHT, Ensemble
from sencosim.decisions.resampling import Floats
from sencosim.decisions.shares import REST
from sencosim.decisions.spread import METHOD
from sencosim.outcomes.catalogue import OUTCOME
from sencosim.outcomes.columns import MONEY, outcome_titles, outcome_units
from sencosim.report.charts.decisions import acceptability_chart, plane_chart, ranked_chart
from sencosim.report.charts.style import Chart, Wording
from sencosim.report.showing import chance_in_100
from sencosim.report.words import money
from sencosim.scenario.schema import Scenario
from sencosim.studies.answer import Answer, source_line
from sencosim.studies.emulated import emulate, what_moves
from sencosim.studies.options import FEWEST_DRAWS, draws_of, draws_options, ensemble_options, hand_over, stored_option
from sencosim.terminal.console import Console
from sencosim.terminal.options import Command
from sencosim.vocabulary import PAYER, PAYERS

Tables = dict[str, pd.DataFrame]
CURVE_POINTS = 41
PARTS = {
    "draw": "the draw of the uncertain inputs",
    "replication": "the sample of schools and the chance of the simulation",
    TOGETHER: "the two together",
}
PLANE_EFFECT = "years_waiting_identification"
"""Effect of the plane and the curve: the outcome nearest to unmet need. It has no official price."""


def overview_answer(ensemble: Ensemble, place: Path, scenario: Scenario, arm: str) -> Answer:
    """Say what the draws say about one policy.

    Parameters
    ----------
    ensemble, place
        Draws in one view or more, and where they are kept.
    scenario, arm
        The policy and its name in the ensemble.
    """
    view, source = scenario.view, source_line(ensemble, place)
    spread = spread_table(ensemble, arm)
    chances = pd.concat([_chances(ensemble, name, arm) for name in ensemble.views], ignore_index=True)
    tables: Tables = {"spread": spread, "chance_of_saving": chances}
    charts = [_chance_chart(chances, view, source)]
    lines = [*_spread_words(spread, chances, view), _parts_in_words(ensemble, view, arm, tables)]
    lines.append(_importance_in_words(ensemble, scenario, arm, tables))
    charts += _cost_against_effect(ensemble, scenario, arm, source, tables)
    return Answer("overview", "\n".join(lines), tables, tuple(charts), {"arm": arm, "view": view})


def spread_table(ensemble: Ensemble, arm: str) -> pd.DataFrame:
    """Mean and quantiles of the difference over the ``n_draws`` in which it is known, for every outcome and view."""
    rows = []
    units = outcome_units()
    for view in ensemble.views:
        weights = ensemble.inputs.loc[ensemble.inputs["view"] == view, WEIGHT].to_numpy(dtype=np.float64)
        for outcome in ensemble.outcome_names:
            if outcome.startswith(("today.", "fewer_")):
                continue
            differences = ensemble.against_first(outcome, view, arm).to_numpy(dtype=np.float64)
            known = ~np.isnan(differences)
            row = {"view": view, "outcome": outcome, "unit": units[outcome]}
            rows.append({**row, **_spread_of(differences[known], weights[known])})
    return pd.DataFrame(rows)


def _spread_of(values: Floats, weights: Floats) -> dict[str, float]:
    """Mean, its error by the number of draws, and quantiles; NaN where there is no draw."""
    n, ends = int(values.size), (10, 25, 50, 75, 90)
    mean = float(np.average(values, weights=weights)) if n else math.nan
    error = float(values.std(ddof=1) / np.sqrt(n)) if n > 1 else math.nan
    points = {f"p{end}": float(np.quantile(values, end / 100.0, method=METHOD)) if n else math.nan for end in ends}
    return {"mean": mean, "draw_error": error, **points, "n_draws": n}


def _spread_words(spread: pd.DataFrame, chances: pd.DataFrame, view: str) -> Iterator[str]:
    main = spread[(spread["view"] == view) & (spread["outcome"] == "net_public_cost")].iloc[0]
    saving = chances[(chances["view"] == view) & (chances["payer"] == "public purse")].iloc[0]
    yield (
        f"Net cost to the public purse, {view} view: {money(main['mean'])} (mean of {main['n_draws']} draws; 80 % of "
        f"them {money(main['p10'])} to {money(main['p90'])})."
    )
    chance = chance_in_100(float(saving["chance"]), int(main["n_draws"]))
    yield f"Chance that the public purse saves money: {chance}, which is what so many draws leave open."


def _chances(ensemble: Ensemble, view: str, arm: str) -> pd.DataFrame:
    costs: dict[str, pd.Series] = {"public purse": ensemble.against_first("net_public_cost", view, arm)}
    costs |= {payer: ensemble.against_first(f"payer_net.{payer}", view, arm) for payer in PAYERS}
    table = chance_of_saving(pd.DataFrame(costs))
    table.insert(0, "view", view)
    return table


def _chance_chart(chances: pd.DataFrame, view: str, source: str) -> Chart:
    own = chances[chances["view"] == view].rename(columns={"chance": "value"})
    own["title"] = own["payer"].map(
        lambda payer: PAYER[payer].title if payer in PAYER else "All public payers together"
    )
    first = own.sort_values("value", ascending=False).iloc[0]
    words = Wording(
        "chance_of_saving",
        _who_saves(str(first["title"]), float(first["value"])),
        f"Chance that each payer pays less with the policy than without, {view} view, share of draws, with the 95 % "
        "interval for their number (Wilson).",
        source,
    )
    return ranked_chart(words, own[["title", "value", "low", "high"]], "chance of saving", (0.0, 1.0))


def _who_saves(title: str, chance: float) -> str:
    """Title of the chart, by whoever saves in most draws: they need not be half of all."""
    who = f"{title} {'save' if title.endswith(('s', 'together')) else 'saves'}"
    if chance > 0.5:
        return f"{who} in most draws: {chance:.0%}"
    return f"No payer saves in most draws. {who} most often: {chance:.0%}" if chance else "No payer saves in any draw"


def _parts_in_words(ensemble: Ensemble, view: str, arm: str, tables: Tables) -> str:
    """How much of the spread of one run the draws are, and how much schools and chance; in words for the net cost."""
    runs = ensemble.outcomes[ensemble.outcomes["view"] == view]
    if len(runs) <= len(ensemble.arms):
        return "One run: the spread has no parts."
    split = {}
    for outcome in MONEY:
        wide = runs.pivot_table(index="draw", columns=["arm", "replication"], values=outcome)
        table = wide[arm] - wide[ensemble.arms[0]]
        split[outcome] = parts_of_spread(table.to_numpy(dtype=np.float64), ("draw", "replication"))
    tables["parts_of_variance"] = pd.concat([one.assign(outcome=name) for name, one in split.items()])
    found = split["net_public_cost"].set_index("part")
    told = [f"{found.loc[part, 'share']:.0%} is {PARTS[part]}" for part in found.index]
    zero = " An estimate below zero stands as zero." if found["set_to_zero"].any() else ""
    alone = "" if len(found) > 1 else ", with the chance and the sample of the simulation: one replication cannot tell"
    return f"Of the variance of the net cost in one run ({view} view) {', '.join(told)}{alone}.{zero}"


def _importance_in_words(ensemble: Ensemble, scenario: Scenario, arm: str, tables: Tables) -> str:
    """What moves the net cost, and of that what stands on weak evidence; needs draws enough or says so."""
    if len(ensemble.drawn(scenario.view)) < FEWEST_DRAWS:
        return f"What moves the answer takes {FEWEST_DRAWS} draws or more: give --draws {FEWEST_DRAWS}."
    found = emulate(ensemble, scenario, arm, "net_public_cost")
    if found.refused:
        return found.refused
    table = what_moves(found)
    tables["importance"] = table
    sure = table[table["told_apart"]]
    first, weak = sure[sure["input"] != REST].head(3), sure[sure["quality"].isin(["D", "E"])].head(3)
    told = [f"{row['title']} ({row['shapley']:.0%})" for row in first.to_dict("records")]
    line = "What moves the net cost most, by share of its variance: " + "; ".join(told) + "."
    if weak.empty:
        return f"{line} No input on weak evidence (quality D or E) can be read from one that does nothing."
    return f"{line} Of those on weak evidence (quality D or E): " + "; ".join(weak["title"]) + "."


def _cost_against_effect(ensemble: Ensemble, scenario: Scenario, arm: str, source: str, tables: Tables) -> list[Chart]:
    """The plane of cost and effect, and how likely the policy is worth its cost by the price of the effect."""
    view = scenario.view
    cost = ensemble.against_first("net_public_cost", view, arm).to_numpy(dtype=np.float64)
    sign = -1.0 if OUTCOME[PLANE_EFFECT].favourable == "down" else 1.0
    effect = sign * scenario.horizon.years * ensemble.against_first(PLANE_EFFECT, view, arm).to_numpy(dtype=np.float64)
    if len(cost) < 2:
        return []
    found = plane(cost, effect)
    largest = 2.0 * float(np.abs(cost).mean()) / max(1.0, float(np.abs(effect).mean()))
    costs, effects = (pd.DataFrame({ensemble.arms[0]: np.zeros_like(x), arm: x}) for x in (cost, effect))
    curve = acceptability(costs, effects, [float(x) for x in np.linspace(0.0, largest, CURVE_POINTS)])
    tables["plane_quadrants"] = pd.DataFrame(found.quadrants.items(), columns=["quadrant", "share"])
    tables["acceptability"] = curve
    title = outcome_titles()[PLANE_EFFECT].lower()
    words = Wording(
        "plane",
        f"Cost against {title} avoided, by draw",
        f"Each dot is a draw of the uncertain inputs, {view} view. Contours hold 50, 80 and 95 % of the draws.",
        source,
    )
    curve_words = Wording(
        "acceptability",
        "How likely the policy is worth its public cost, by the price put on its effect",
        f"Effect: {title} avoided over the horizon, undiscounted. There is no official price: the axis is open. "
        f"{view} view.",
        source,
    )
    return [
        plane_chart(words, found, f"{title} avoided"),
        acceptability_chart(curve_words, curve, arm, "one pupil-year"),
    ]


@click.command(cls=Command)
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO...]")
@draws_options
@stored_option
@ensemble_options()
@click.pass_context
def ensemble(ctx: click.Context, /, scenarios: tuple[str, ...], **options: Any) -> None:
    """Run draws of the evidence, keep them, and say what they say: spread, who saves how likely, what matters.

    Example:  sencosim ensemble full_time --draws 100
    """
    console = ctx.ensure_object(Console)
    drawn = draws_of(console, scenarios, options)
    for name, scenario in drawn.scenarios.items():
        answer = overview_answer(drawn.ensemble, drawn.place, scenario, name)
        place = drawn.place / name if len(drawn.scenarios) > 1 else drawn.place
        hand_over(console, answer, drawn.ensemble, place, options)
