"""``sencosim voi``: what knowing more would be worth for the choice between policies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd

from sencosim.costing.discount import annuity_factor
from sencosim.decisions.ensemble import WEIGHT, Ensemble
from sencosim.decisions.information import evpi, evppi, evppi_table
from sencosim.decisions.resampling import Floats
from sencosim.errors import InputError
from sencosim.outcomes.catalogue import OUTCOME
from sencosim.report.charts.decisions import lines_chart, ranked_chart
from sencosim.report.charts.style import Chart, Wording
from sencosim.report.words import MILLION, in_a_sentence, money
from sencosim.scenario.schema import Scenario
from sencosim.studies.answer import Answer, outcome_of, source_line
from sencosim.studies.options import draws_of, draws_options, enough_draws, ensemble_options, hand_over, stored_option
from sencosim.studies.space import GROUP_TITLES, group_of, source_of, titles_and_units
from sencosim.terminal.console import Console
from sencosim.terminal.options import Command

EVERYTHING = "everything"
PRICES = 9
"""Points of a curve over prices."""
_MOST_SINGLES, _MOST_GROUPS = 3, 1
"""Inputs and groups in that curve: those that are worth most at the middle of the range."""


def parse_worths(texts: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Read prices put on outcomes: ``permanent_exclusions=50000``, or a range of them, ``=20000:80000``.

    Returns
    -------
        Lowest and highest price by outcome. [GBP, the same where one price is given]

    Raises
    ------
    InputError
        If an outcome does not exist, has no good direction, or a price is no number above 0; or if two have a range.
    """
    found = {}
    for text in texts:
        name, _, amount = (part.strip() for part in text.partition("="))
        outcome = OUTCOME.get(name)
        if outcome is None or not outcome.favourable:
            known = ", ".join(one.name for one in OUTCOME.values() if one.favourable)
            raise InputError(f"No price can be put on {name!r}. Outcomes with a good direction are {known}.")
        low, _, high = amount.partition(":")
        try:
            prices = float(low), float(high or low)
        except ValueError:
            prices = float("nan"), float("nan")
        if not 0.0 < prices[0] <= prices[1] < float("inf"):
            raise InputError(
                f"The price {text!r} must be a number of pounds above 0, {name}=50000, or a range of them that rises, "
                f"{name}=20000:80000."
            )
        found[name] = prices
    if sum(low < high for low, high in found.values()) > 1:
        raise InputError("Only one outcome can have a range of prices: give the others one price each.")
    return found


def middle(prices: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    """Prices at the middle of their ranges. [GBP]"""
    return {name: (low + high) / 2.0 for name, (low, high) in prices.items()}


def price_curve(
    ensemble: Ensemble,
    scenario: Scenario,
    prices: Mapping[str, tuple[float, float]],
    measures: Mapping[str, Callable[[Floats], float]],
) -> pd.DataFrame:
    """What knowing more is worth by the price put on an outcome; no rows where no price has a range.

    Parameters
    ----------
    ensemble, scenario
        Draws, and the policy whose view and horizon hold.
    prices
        Lowest and highest price by outcome. [GBP]
    measures
        What is drawn, by its words: worth from the net benefit of each arm. [GBP]

    Returns
    -------
        ``price`` [GBP] and one column for everything known and each of the measures. [GBP]
    """
    rows = []
    for name, (low, high) in prices.items():
        for price in np.linspace(low, high, PRICES) if low < high else ():
            benefit = net_benefits(ensemble, scenario, middle(prices) | {name: float(price)}).to_numpy(np.float64)
            known = evpi(benefit).value
            worth = {words: of(benefit) if known > 0.0 else 0.0 for words, of in measures.items()}
            rows.append({"price": float(price), EVERYTHING: known} | worth)
    return pd.DataFrame(rows)


def price_chart(curve: pd.DataFrame, prices: Mapping[str, tuple[float, float]], name: str, source: str) -> Chart:
    """Worth of knowing more by the price of an outcome."""
    outcome = next(OUTCOME[one] for one, (low, high) in prices.items() if low < high)
    worth = curve.loc[curve[EVERYTHING] > 0.0, "price"]
    title = (
        f"No price up to {money(float(curve['price'].max()))} makes more knowledge worth anything for the choice"
        if worth.empty
        else f"Knowing everything is worth most where the price is {money(_dearest(curve))}"
    )
    words = Wording(
        name,
        title,
        f"Expected value of knowing more by the price put on one of {in_a_sentence(outcome.title)}, GBP million, "
        "present value",
        source,
    )
    return lines_chart(words, curve, "price", "Price, GBP", "GBP million", scale=MILLION)


def _dearest(curve: pd.DataFrame) -> float:
    return float(curve["price"].iloc[int(curve[EVERYTHING].argmax())])


def net_benefits(ensemble: Ensemble, scenario: Scenario, worths: Mapping[str, float]) -> pd.DataFrame:
    """Net benefit of each arm by draw, the baseline at zero.

    ``npsv + sum over outcomes of price * improvement * annuity factor``: without prices on outcomes it is net present
    social value. [GBP present value]

    Raises
    ------
    InputError
        If an outcome that has a price is unknown in some draw.
    """
    view = scenario.view
    annuity = annuity_factor(scenario.horizon.years)
    columns = {}
    for arm in ensemble.arms:
        value = ensemble.against_first("npsv", view, arm)
        for name, price in worths.items():
            sign = -1.0 if OUTCOME[name].favourable == "down" else 1.0
            value = value + price * annuity * sign * outcome_of(ensemble, view, arm, name)
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


def voi_answer(
    ensemble: Ensemble, place: Path, scenarios: Mapping[str, Scenario], prices: Mapping[str, tuple[float, float]]
) -> Answer:
    """EVPI, and EVPPI of every input and group.

    Parameters
    ----------
    ensemble, place
        Draws of the policies to choose from, and where they are kept.
    scenarios
        These policies by name of their arm; view, horizon and seed of the first hold.
    prices
        Lowest and highest price on one unit a year of outcomes that have none; the middle holds. [GBP]
    """
    scenario = next(iter(scenarios.values()))
    view, worths, seed = scenario.view, middle(prices), scenario.run.seed
    benefits, drawn, groups = net_benefits(ensemble, scenario, worths), ensemble.drawn(view), groups_of(ensemble, view)
    table = evppi_table(benefits.to_numpy(dtype=np.float64), drawn, groups, seed=seed)
    titles, _ = titles_and_units(ensemble.input_names)
    table.insert(1, "title", [titles.get(str(group), str(group)) for group in table["group"]])
    measure = "net present social value" if not worths else "net benefit with the prices put on " + ", ".join(worths)
    text = "\n".join([*_sentences(table, benefits, scenarios, measure), *_by_weights(ensemble, view, benefits)])
    source = source_line(ensemble, place)
    own = _singles(table)
    charts = () if own.empty else (_chart(own, measure, view, source),)
    tables = {"evppi": table, "net_benefit": benefits.reset_index()}

    def worth_of(group: str) -> Callable[[Floats], float]:
        return lambda benefit: evppi(benefit, drawn[list(groups[group])], seed=seed, nulls=0).value

    shown = pd.concat([_singles(_surviving(table)).head(_MOST_SINGLES), _grouped(_surviving(table)).head(_MOST_GROUPS)])
    curve = price_curve(
        ensemble, scenario, prices, {str(one["title"]): worth_of(str(one["group"])) for _, one in shown.iterrows()}
    )
    if not curve.empty:
        tables, charts = tables | {"price_curve": curve}, (*charts, price_chart(curve, prices, "evpi_by_price", source))
    facts = {"view": view, "worths": dict(worths), "arms": list(ensemble.arms), "measure": measure}
    return Answer("voi", text, tables, charts, facts)


def _singles(table: pd.DataFrame) -> pd.DataFrame:
    return table[~table["group"].str.startswith(("group:", "source:")) & (table["group"] != EVERYTHING)]


def _grouped(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["group"].str.startswith("group:")]


def _surviving(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["survives"].astype(bool) & (table["value"] > 0.0)]


def _sentences(
    table: pd.DataFrame, benefits: pd.DataFrame, scenarios: Mapping[str, Scenario], measure: str
) -> Iterator[str]:
    best, view = str(benefits.mean().idxmax()), next(iter(scenarios.values())).view
    chance = float((benefits.to_numpy().argmax(axis=1) == list(benefits).index(best)).mean())
    choice = "to stay as today" if best == benefits.columns[0] else scenarios[best].title.rstrip(".")
    whole, n = table.iloc[-1], len(benefits)
    if float(whole["value"]) == 0.0:
        yield (
            f"By {measure} ({view} view) today's choice is {choice}, in every one of {n} draws. At 95 % fewer "
            f"than {3.0 / n:.1%} of all draws would reverse it, so knowing everything is worth {money(whole['most'])} "
            "at most, as long as the tail of the difference is no longer than an exponential one. No worth of single "
            "inputs is reckoned. What has no price is not in it: --worth OUTCOME=POUNDS puts a price on an outcome."
        )
        return
    yield (
        f"By {measure} ({view} view, {n} draws) today's choice is {choice}: it is the best in "
        f"{chance:.0%} of the draws."
    )
    error = money(whole["standard_error"])
    yield f"Knowing everything would be worth {money(whole['value'])} (standard error {error})."
    known = _surviving(table)
    parts = (("Single inputs", _singles(known).head(3)), ("Groups", _grouped(known).head(2)))
    for what, part in parts:
        told = [
            f"{str(row['title']).removeprefix('group: ')} ({money(float(row['value']))}, standard error "
            f"{money(float(row['standard_error']))}; {money(float(row['value_null']))} with its rows in another order)"
            for row in part.to_dict(orient="records")
        ]
        if told:
            yield f"{what} most worth knowing: {'; '.join(told)}."
    asked = table[table["group"] != EVERYTHING]
    if len(known) - 1 < len(asked):
        yield (
            f"{len(asked) - len(known) + 1} of {len(asked)} inputs and groups are worth no more than the same numbers "
            "in another order, of which one in ten would be by chance."
        )


def _by_weights(ensemble: Ensemble, view: str, benefits: pd.DataFrame) -> Iterator[str]:
    """What the means would be with the weights that draws of a run have in its report; nothing where all are alike.

    They make the mean that of the emulator. A worth is of the choice draw by draw, where each stands for itself.
    """
    weights = ensemble.inputs.loc[ensemble.inputs["view"] == view, WEIGHT].to_numpy(dtype=np.float64)
    if np.allclose(weights, weights[0]):
        return
    plain, weighed = benefits.mean(), pd.Series(np.average(benefits, axis=0, weights=weights), benefits.columns)
    told = [f"{arm} {money(weighed[arm])}, here {money(plain[arm])}" for arm in benefits.columns[1:]]
    other = str(weighed.idxmax())
    reverse = f" By these weights the best on average is another: {other}." if other != plain.idxmax() else ""
    yield (
        "All draws count alike here, and the report of their run weighs them. Mean net benefit with its weights: "
        f"{'; '.join(told)}.{reverse}"
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
    metavar="OUTCOME=GBP[:GBP]",
    help="Put a price on one unit a year of an outcome that has none, or a range of prices, LOW:HIGH, to draw what "
    "knowing more is worth by price; may be given again.",
)
@stored_option
@ensemble_options()
@click.pass_context
def voi(ctx: click.Context, /, scenarios: tuple[str, ...], **options: Any) -> None:
    """Say what knowing more would be worth: everything (EVPI), single inputs and groups (EVPPI).

    Example:  sencosim voi full_time --draws 200
    """
    console = ctx.ensure_object(Console)
    prices = parse_worths(options["worths"])
    enough_draws(options, "The worth of knowing more")
    drawn = draws_of(console, scenarios, options)
    answer = voi_answer(drawn.ensemble, drawn.place, drawn.scenarios, prices)
    hand_over(console, answer, drawn.ensemble, drawn.place, options)
