"""By which route the policy reaches pupils: exact Shapley values of the groups of routes.

Every set of the groups is run at the point values, with the same schools and chance. A group's part is what switching
it on changes, averaged over all orders in which the groups can be switched on, so the parts add up to the whole effect
less the effect with every route off. The arithmetic is done in fractions, so nothing is left over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import pandas as pd

from sencosim.analysis.baselines import PEOPLE, label_of
from sencosim.analysis.mechanisms import Coalition, parts_of
from sencosim.analysis.summary import PRESENT_VALUE, TOTAL, arms_of, describe, series_of, years_of
from sencosim.decisions.factorial import subsets
from sencosim.evidence.routes import ROUTES
from sencosim.model import RunResult
from sencosim.runs.plan import ROUTE_REPLICATIONS, Job
from sencosim.runs.precision import standard_error
from sencosim.vocabulary import PUBLIC_PAYERS

NEUTRAL = "no_route"
NEUTRAL_TITLE = "No route: hours, posts and work"
WHOLE = "whole_effect"
WHOLE_TITLE = "Whole effect"
COLUMNS = ("route", "route_title", "outcome", "payer", "title", "unit", "value", "standard_error", "n_replications")
Key = tuple[str, str]
"""Outcome and payer."""


def route_table(result: RunResult) -> pd.DataFrame:
    """Part of each group of routes in money and people, over the horizon.

    Returns
    -------
        :data:`COLUMNS`: a row for each group, for what happens with none, and for the whole. Empty if not run.
    """
    plan = result.plan
    if not plan.routes:
        return pd.DataFrame(columns=list(COLUMNS))
    effects = {job: _effects(result, job) for job in plan.route_jobs()}
    sets = subsets(plan.routes)
    keys = list(next(iter(effects.values())))
    by_replication = [
        {key: {on: effects[plan.route_job(on, number)][key] for on in sets} for key in keys}
        for number in range(ROUTE_REPLICATIONS)
    ]
    return decomposed(by_replication, plan.routes)


def decomposed(replications: Sequence[Mapping[Key, Mapping[Coalition, float]]], names: Sequence[str]) -> pd.DataFrame:
    """Shapley values of each replication, their means and the standard errors of these.

    Parameters
    ----------
    replications
        Effect of the policy by outcome and payer, for every set of groups that are on.
    names
        Of the groups.
    """
    rows = []
    for outcome, payer in replications[0]:
        told: dict[str, list[Fraction]] = {name: [] for name in (NEUTRAL, *names, WHOLE)}
        for one in replications:
            effects = one[outcome, payer]
            for name, part in parts_of(effects, names).items():
                told[name].append(part)
            told[NEUTRAL].append(Fraction(effects[frozenset()]))
            told[WHOLE].append(Fraction(effects[frozenset(names)]))
        title, unit, _, _ = describe(outcome, payer)
        for name, parts in told.items():
            error = standard_error([float(part) for part in parts])
            mean = float(sum(parts, Fraction(0)) / len(parts))
            rows.append((name, _title(name), outcome, payer, title, unit, mean, error, len(parts)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _title(name: str) -> str:
    words: dict[str, str] = {NEUTRAL: NEUTRAL_TITLE, WHOLE: WHOLE_TITLE}
    return words[name] if name in words else ROUTES[name].title  # type: ignore[index]


def _effects(result: RunResult, job: Job) -> dict[Key, float]:
    """Effect of the policy in one pair: present values of money, totals of people."""
    years = years_of(result)
    totals = result.store.read(job)
    arms = arms_of(totals, result.scenario.start_year, years)
    wanted = {("net_public_cost", ""): PRESENT_VALUE, **{("payer_net", one): PRESENT_VALUE for one in PUBLIC_PAYERS}}
    wanted |= {("npsv", ""): PRESENT_VALUE, **{(one, ""): label_of(one) for one in PEOPLE}}
    found = {}
    for one in series_of(result.asked(job), job, totals.values, arms, years):
        label = wanted.get((one.outcome, one.payer))
        if label is not None:
            found[one.outcome, one.payer] = float(one.difference[0, -2 if label == TOTAL else -1])
    return found
