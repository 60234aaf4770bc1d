"""A policy alongside the frontier: the cheapest that does as much, the most that the same money does.

The frontier holds point values, so a run stands alongside it by its own point values in its main view. Each table is a
plain one that a folder of results keeps, and everything that a report says is worked out from it: a frontier that
changes later does not change a report that was made.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sencosim.decisions.frontier import beside_frontier
from sencosim.errors import ScenarioError
from sencosim.experiment.precision import standard_error
from sencosim.model import RunResult, run_facts
from sencosim.outcomes.catalogue import DERIVED, OUTCOME
from sencosim.outcomes.frontier import COST, Frontier
from sencosim.outcomes.policy_figures import figures_of
from sencosim.outcomes.summary import NOT_OF_A_RATIO, PRESENT_VALUE, Summary
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.load import shipped_scenario
from sencosim.scenario.schema import HOW_OFTEN, Scenario
from sencosim.units import format_year, parse_year

BASELINE = "baseline"
RULE, POINT, SHIPPED, THIS = "rule", "point", "shipped", "this"
"""Kinds of policy in a table: the rule at the knee, another point of the search, one that ships, the one of the run."""
COLUMNS = (
    *("aim", "kind", "name", "words", "cost", "gain", "cost_error", "gain_error", "on_frontier"),
    "paid_by",
)
NEARLY = 1e-9
"""Part of a gain by which a policy may fall short and still do as much: rounding. [share]"""
SETTINGS_APART = frozenset({"levers", "view", "views", "structure", "baselines", "horizon"})
"""Settings that a run may have of its own, or that are compared by themselves."""
PAID = "payer_net."


class Own(NamedTuple):
    """What the policy of a run changes at its point values, and the standard errors by chance alone."""

    title: str
    figures: Mapping[str, float]  # by name, in the units of the figures
    errors: Mapping[str, float]  # NaN for one replication


def own_figures(result: RunResult) -> Own:
    """What the policy of a run changes in its main view, mean over replications at the point values."""
    scenario = result.scenario
    found = pd.DataFrame([figures_of(pair, scenario, scenario.view) for pair in result.points(scenario.view)])
    errors = {str(name): standard_error(found[name].tolist()) for name in found}
    return Own(scenario.title, {str(name): float(value) for name, value in found.mean().items()}, errors)


# -- may a run stand alongside it? -------------------------------------------------------------------------------------


def why_not_beside(facts: Mapping[str, Any], result: RunResult, area: str, made: Mapping[str, Any]) -> dict[str, str]:
    """Why a run cannot stand alongside a frontier: ``reason`` and the words of its sentence; empty if it can.

    Parameters
    ----------
    facts
        Of the frontier.
    result, area
        The run, and the name of what its schools stand for.
    made
        What its numbers depend on: its manifest, or :func:`sencosim.model.run_facts`. The options of a run that was
        read back do not hold its schools and its rules.
    """
    return next(_reasons(facts, result, area, made), {})


def _reasons(
    facts: Mapping[str, Any], result: RunResult, area: str, made: Mapping[str, Any]
) -> Iterator[dict[str, str]]:
    scenario, options = result.scenario, result.options
    if area != facts["area"]:
        is_usual = made.get("population_fingerprint") == synthetic_england().fingerprint
        schools = () if is_usual else ("--population FILE",)
        chosen = " ".join((*schools, *(f'--council "{name}"' for name in options.councils)))
        yield {"reason": "area", "its": str(facts["area"]), "own": area, "chosen": chosen}
    if made.get("replaced_mechanisms"):
        yield {"reason": "mechanisms"}
    if made.get("population_fingerprint") != facts["population_fingerprint"]:
        yield {"reason": "schools"}
    own, its = _years(scenario.horizon.first, scenario.horizon.years), _years(*_years_of(facts))
    if own != its:
        yield {"reason": "years", "its": its, "own": own}
    if scenario.view != facts["view"]:
        yield {"reason": "view", "its": str(facts["view"]), "own": scenario.view}
    if unlike := sorted(_unlike(scenario, facts["settings"])):
        yield {"reason": "settings", "own": ", ".join(unlike)}


def _years_of(facts: Mapping[str, Any]) -> tuple[int, int]:
    return parse_year(str(facts["first_year"])), int(facts["years"])


def _years(first: int, years: int) -> str:
    return f"{format_year(first)} to {format_year(first + years - 1)}"


def own_settings(scenario: Scenario) -> dict[str, Any]:
    """Settings in which a scenario differs from today's rules, by name, those apart that a run may have of its own."""
    settings = _compared(scenario)
    return {name: settings[name] for name in dict.fromkeys(one.partition(".")[0] for one in _unlike(scenario, {}))}


def _compared(scenario: Scenario) -> dict[str, Any]:
    """Settings without those that say how often, and on which schools, a run is computed."""
    settings = scenario.settings()
    return settings | {"run": {name: value for name, value in settings["run"].items() if name not in HOW_OFTEN}}


def _unlike(scenario: Scenario, others: Mapping[str, Any]) -> Iterator[str]:
    """Names of settings in which a scenario differs from today's rules but for some others."""
    own, today = _compared(scenario), _compared(shipped_scenario("baseline"))
    its, of_run = today | others, today["run"] | others.get("run", {})  # type: ignore[operator]
    yield from (name for name in its if name not in (*SETTINGS_APART, "run") and own[name] != its[name])
    yield from (f"run.{name}" for name in of_run if own["run"][name] != of_run[name])
    if own["baselines"][:1] != its["baselines"][:1]:  # the law of its headline
        yield "baselines"


# -- tables ------------------------------------------------------------------------------------------------------------


def standings(frontier: Frontier, own: Own | None = None) -> pd.DataFrame:
    """Every policy of a frontier by aim, and the one of a run if it is given.

    Returns
    -------
        :data:`COLUMNS`: ``cost`` [GBP present value], ``gain`` [unit of the aim; how far it is moved the right way],
        their standard errors (NaN where not known), whether it lies on the frontier of the aim, and ``paid_by``: net
        cost by payer, such as ``schools=1.2e9``. Those of the frontier come first, from cheap to dear.
    """
    words = {str(name): _words(frontier, str(name)) for name in frontier.figures.index}
    rows = [row for aim in frontier.aims for row in _of_aim(frontier, aim, words, own)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _of_aim(frontier: Frontier, aim: str, words: Mapping[str, str], own: Own | None) -> Iterator[tuple[object, ...]]:
    sign = float(frontier.facts["aims"][aim]["sign"])
    on = [str(name) for name in frontier.of_aim(aim).index]
    figures, errors = (_by_name(table) for table in (frontier.figures, frontier.errors))
    dear = sorted((name for name in figures if name not in on), key=lambda name: figures[name][COST])
    for name in (*on, *dear):
        row, error = figures[name], errors.get(name, {})
        told = (row[COST], sign * row[aim], *(error.get(one, math.nan) for one in (COST, aim)))
        yield aim, _kind(frontier, name), name, words[name], *told, name in on, _paid_by(row)
    if own is not None:
        told = (own.figures[COST], sign * own.figures[aim], own.errors[COST], own.errors[aim])
        yield aim, THIS, THIS, own.title, *told, False, _paid_by(own.figures)


def _by_name(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    rows = zip(table.index, table.to_dict("records"), strict=True)
    return {str(name): {str(column): float(value) for column, value in row.items()} for name, row in rows}


def _kind(frontier: Frontier, name: str) -> str:
    if name not in frontier.points.index:
        return SHIPPED
    return RULE if name == RULE else POINT


def _words(frontier: Frontier, name: str) -> str:
    if name in frontier.points.index:
        return str(frontier.points.loc[name, "title"])
    try:
        return shipped_scenario(name).title
    except ScenarioError:
        return name


def _paid_by(figures: Mapping[str, float]) -> str:
    paid = (
        (str(name).removeprefix(PAID), float(value)) for name, value in figures.items() if str(name).startswith(PAID)
    )
    return " ".join(f"{payer}={value:.0f}" for payer, value in paid if value)


def payers_of(paid_by: str) -> dict[str, float]:
    """Net cost by payer of a row of :func:`standings`. [GBP present value]

    Examples
    --------
    >>> payers_of("schools=1200000000 nhs=-5")
    {'schools': 1200000000.0, 'nhs': -5.0}
    """
    return {payer: float(value) for payer, _, value in (part.partition("=") for part in str(paid_by).split())}


class Answer(NamedTuple):
    """A policy alongside the frontier of one aim: numbers in GBP present value and in the unit of the aim."""

    aim: str
    cost: float
    gain: float
    cost_for_as_much: (
        float  # least at which the frontier gains as much, mixes by lot included; infinite if it never does
    )
    as_much: Mapping[str, Any]  # row of the cheapest policy found that gains as much by itself; empty if none does
    gain_for_as_much: float  # most that it gains at no more cost, mixes included; below zero if there is no such point
    same_money: Mapping[str, Any]  # row of the policy found that gains most at no more cost; empty if all cost more
    rule: Mapping[str, Any]  # row of the rule; empty if there is none


def answers(table: pd.DataFrame, name: str = THIS) -> list[Answer]:
    """A policy of a table of standings alongside the frontier of every aim, in the order of the table."""
    return [
        _answer(str(aim), rows, name) for aim, rows in table.groupby("aim", sort=False) if name in set(rows["name"])
    ]


def _answer(aim: str, rows: pd.DataFrame, name: str) -> Answer:
    own = rows[rows["name"] == name].iloc[0]
    cost, gain = float(own["cost"]), float(own["gain"])
    on = rows[rows["on_frontier"].astype(bool)].sort_values("cost", kind="stable")
    found = beside_frontier(on["cost"].to_numpy(np.float64), on["gain"].to_numpy(np.float64), cost, gain)
    enough = on[on["gain"] >= gain - NEARLY * abs(gain)].to_dict("records")
    payable = on[on["cost"] <= cost + NEARLY * abs(cost)].to_dict("records")
    rule = rows[rows["kind"] == RULE].to_dict("records")
    return Answer(
        aim,
        cost,
        gain,
        found.cost_for_as_much,
        _first(enough) if gain > 0.0 else {},
        found.gain_for_as_much,
        _first(payable[::-1]),
        _first(rule),
    )


def _first(rows: Sequence[Mapping[Any, Any]]) -> Mapping[str, Any]:
    return {str(key): value for key, value in rows[0].items()} if rows else {}


def is_count(aim: str) -> bool:
    """Whether an aim is a number a year, which years add up, rather than a rate.

    Examples
    --------
    >>> is_count("senco_work_hours"), is_count("weeks_to_file"), is_count("npsv")
    (True, False, False)
    """
    return aim in OUTCOME and not OUTCOME[aim].per


def cost_per_unit(aim: str, cost: float, gain: float, years: int) -> float:
    """Net public cost for one unit of an aim that is a number a year, added over the years, undiscounted.

    [GBP present value for each unit; NaN for a rate, and without a gain]
    """
    amount = gain * years if is_count(aim) else 0.0
    return cost / amount if amount > 0.0 else math.nan


def frontier_figures(table: pd.DataFrame, aim: str, view: str, summary: Summary) -> pd.DataFrame:
    """Rows of the summary on the policy of a run alongside the frontier of an aim; none where none stands alongside it.

    They are point values, so they have no interval.
    """
    found = next((one for one in answers(table) if one.aim == aim), None)
    if found is None:
        return pd.DataFrame()
    least = found.cost_for_as_much if found.gain > 0.0 else math.inf
    share = 100.0 * found.gain / found.gain_for_as_much if found.gain_for_as_much > 0.0 else math.nan
    values = {"frontier_least_cost": least if math.isfinite(least) else math.nan, "frontier_share": share}
    figures = summary.figures
    is_headline = (figures["outcome"] == COST) & (figures["year"] == PRESENT_VALUE) & (figures["view"] == view)
    row = figures[is_headline].to_dict("records")[0] | dict.fromkeys(NOT_OF_A_RATIO, math.nan)
    named = ("title", "unit", "kind", "favourable")
    return pd.DataFrame(
        [
            row | {"outcome": name, "difference": value} | {one: getattr(DERIVED[name], one) for one in named}
            for name, value in values.items()
        ]
    )


# -- what is kept with a run -------------------------------------------------------------------------------------------


def frontier_facts(frontier: Frontier, why_not: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What a report says of a frontier alongside its table, as plain values.

    Parameters
    ----------
    frontier
        The frontier.
    why_not
        Why a run does not stand alongside it, see :func:`why_not_beside`; empty if it does.
    """
    facts = frontier.facts
    judged = frontier.cases[frontier.cases["policy"] == RULE]
    holds = judged["holds"].astype(bool)
    lost = Counter((str(row["law"]), str(row["view"])) for row in judged[~holds].to_dict("records"))
    return {
        "why_not": dict(why_not or {}),
        "is_current": frontier.is_current,
        "changed_policies": [name for name in facts["changed_policies"] if name != BASELINE],
        **{name: facts[name] for name in ("area", "aim", "aims", "rule", "first_year", "years", "view")},
        "cases": len(judged),
        "cases_held": int(holds.sum()),
        "cases_lost": [[law, view, n] for (law, view), n in lost.items()],
        "examples": frontier.examples.to_dict("records"),
    }


NO_FRONTIER = "none"
"""Reason for which no policy stands alongside a frontier: none ships with this version."""


def beside_shipped(frontier: Frontier | None, result: RunResult, area: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The table and the facts that a report of a run keeps: empty for a run without a policy."""
    nothing = pd.DataFrame(columns=list(COLUMNS))
    if not any(result.scenario.levers.active()):
        return nothing, {}
    if frontier is None:
        return nothing, {"why_not": {"reason": NO_FRONTIER}}
    why_not = why_not_beside(frontier.facts, result, area, run_facts(result.resolved, result.options))
    facts = frontier_facts(frontier, why_not)
    return (nothing if why_not else standings(frontier, own_figures(result))), facts
