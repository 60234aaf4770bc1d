"""On which schools the cost falls, as a share of their core budget, and how each way of paying for it would fall.

The cost is what the levers themselves put on schools, mean of the years after the phase-in, as if schools paid for all
of it: who really pays is a setting of the scenario. Budgets are worked out (:mod:`sencosim.outcomes.school_budgets`).
A rule of funding shares out the same total, so gains and losses of the groups of a grouping add up to zero. Whether one
school would lose is not known: what it costs is known by kind and by size of school, so a group that loses is counted
with all its schools.

Cost per extra hour of SENCO work comes with it: extra hours are paid hours that reach SEN less the unpaid hours that
they replace.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t as students_t

from sencosim.costing.dust import without_dust
from sencosim.costing.money import money_by_year
from sencosim.costing.prices import PriceBook
from sencosim.costing.tariffs import PolicyTerms, terms_of
from sencosim.decisions.emulator import jackknife_error
from sencosim.evidence.councils import load_councils
from sencosim.experiment.moments import Moments
from sencosim.experiment.totals import PairTotals
from sencosim.levers.tariff import LeverTerms
from sencosim.model import RunResult, england, price_book, sample
from sencosim.outcomes.areas import UPPER
from sencosim.outcomes.catalogue import OUTCOME, divided
from sencosim.outcomes.equity import (
    ALL,
    FIFTH,
    FIFTH_NAMES,
    GOVERNED,
    GROUPINGS,
    PHASE,
    PLACE,
    REGION,
    SIZE,
    Key,
    Rows,
    arms_by_group,
    only_whole_regions,
    over_years,
)
from sencosim.outcomes.ratio import cost_per_hour, is_per_hour_shown
from sencosim.outcomes.school_budgets import pupils_5_to_16, school_budgets, sen_pupils
from sencosim.population.describe import is_england
from sencosim.population.schools import GOVERNANCE, SIZE_BANDS, Population
from sencosim.scenario.schema import Scenario
from sencosim.units import PHASES
from sencosim.vocabulary import Payer

Floats = npt.NDArray[np.float64]

KIND = "kind"
"""Grouping of schools alike in phase, fifth by free school meals, place and governance: the finest that is kept."""
RULES: Mapping[str, str] = {
    "lump_sum": "per school",
    "per_pupil": "per pupil",
    "per_sen_pupil": "per pupil with SEN",
    "own_cost": "by what each school's own duty costs",
}
"""Ways to share out the total, and their words."""
LOSES = 0.001
"""A group loses if it is short of more than this part of its core budget. [share]"""
SCHOOLS, PUPILS, NEED, BUDGET = range(4)
EXTRA_HOURS = "senco_work_hours"
HOURS_GROUPINGS = (ALL, PHASE, SIZE, FIFTH, REGION)
DUTY = "policy_cost_of_schools"


@dataclass(frozen=True)
class Falls:
    """Groups in order, what each has, and what the duty costs it in one replication."""

    has: Floats  # schools, pupils of 5 to 16, pupils with SEN, core budget [shape (n_groups, 4)]
    duty: Floats  # mean of the steady years [GBP a year, shape (n_groups,)]
    net: Floats  # with what follows for schools [GBP a year, shape (n_groups,)]


def steady_years(scenario: Scenario) -> list[int]:
    """Years of the horizon in which every lever has come as far as it ever does, or else the last. [calendar years]"""
    horizon = scenario.horizon
    years = range(horizon.first, horizon.last + 1)
    levers = [lever for _, lever in scenario.levers.active()]
    steady = [
        year
        for year in years
        if all(lever.share_in(year) == max(lever.share_in(other) for other in years) for lever in levers)
    ]
    return steady or [horizon.last]


def paid_by_schools(scenario: Scenario) -> PolicyTerms:
    """Terms under which schools pay for every lever that they can pay for."""
    own: dict[str, Any] = {one.name: one.default for one in fields(LeverTerms) if one.default == Payer.SCHOOLS.key}
    return replace(terms_of(scenario), **own)


def keys_of_schools() -> list[Key]:
    """Groups of :func:`incidence` in order: those of the results by group, then kinds."""
    kinds = product(PHASES, FIFTH_NAMES, ("rural", "urban"), GOVERNANCE)
    return [*Rows().keys, *((KIND, _kind(*one)) for one in kinds)]


def _kind(phase: str, fifth: str, place: str, governance: str) -> str:
    return f"{phase}, fifth {fifth}, {place}, {governance}"


def incidence(result: RunResult) -> pd.DataFrame:
    """What the duty costs each group of schools, and what it would gain or lose under each rule of funding.

    At the point values of the main view, means over replications. Empty for a list of some schools: budgets are
    worked out from published totals of all.

    Returns
    -------
    pandas.DataFrame
        ``grouping``, ``group``; ``schools``, ``pupils``, ``sen_pupils``, ``budget_gbp`` (core budget, a year);
        ``duty_gbp`` and ``net_gbp`` (a year: what the levers put on schools; with what follows for schools; both as
        if schools paid), ``duty_share`` with its ``monte_carlo_error`` (standard error; NaN for one replication) and
        ``net_share`` (of core budget); for each of :data:`RULES` ``funding_<rule>_gbp``, ``gain_<rule>_gbp`` and
        ``gain_<rule>_share``. [GBP in prices of the price base; shares of core budget, NaN without one]
    """
    if not is_england(england(result.options)):
        return pd.DataFrame()
    budgets, keys = school_budgets(england(result.options)), keys_of_schools()
    amounts = [Moments(len(keys), (6,)), Moments(len(keys), (1,))]
    for number, totals in enumerate(result.points(result.scenario.view)):
        schools = sample(england(result.options), result.scenario, result.options, number, result.plan.share)
        found = _falls(result, totals, schools, budgets[_rows_of(england(result.options), schools)])
        there = np.flatnonzero(found.has[:, SCHOOLS] > 0.0)
        amounts[0].add(there, np.column_stack([found.has, found.duty, found.net])[there])
        amounts[1].add(there, divided(found.duty, found.has[:, BUDGET])[there, None])
    there = np.flatnonzero(amounts[0].count > 0)
    has, duty, net = (amounts[0].mean[there][:, columns] for columns in (slice(0, 4), 4, 5))
    table = _table([keys[row] for row in there.tolist()], Falls(has, duty, net))
    table.insert(list(table).index("duty_share") + 1, "monte_carlo_error", amounts[1].standard_error()[there, 0])
    return only_whole_regions(table, result)


def _rows_of(whole: Population, part: Population) -> npt.NDArray[np.intp]:
    return np.searchsorted(whole.school_id, part.school_id)


def _falls(result: RunResult, totals: PairTotals, schools: Population, budgets: Floats) -> Falls:
    """What each group has, and what a pair says that the duty costs it."""
    keys, horizon = keys_of_schools(), result.scenario.horizon
    place = {key: number for number, key in enumerate(keys)}
    has = np.zeros((len(keys), 4))
    columns = np.column_stack([np.ones(schools.n_schools), pupils_5_to_16(schools), sen_pupils(schools), budgets])
    columns *= schools.expansion[:, None]
    for words in groups_of(schools):
        np.add.at(has, [place[key] for key in words], columns)
    base, policy, _ = arms_by_group(Rows(), totals, horizon.years)
    kinds = [place[KIND, _kind(*_words(*one))] for one in totals.groups]
    of_kinds = np.zeros((len(keys) - base.shape[0], *base.shape[1:]))
    of_kinds[np.array(kinds, dtype=np.int64) - base.shape[0]] = (totals.group_policy - totals.group_baseline)[
        :, -horizon.years :
    ]
    book = PriceBook.from_values(totals.values, result.scenario.view, paid_by_schools(result.scenario))
    changes = np.concatenate([policy - base, of_kinds])
    flows = money_by_year(changes, book, horizon.first, market=changes[0])
    steady = [year - horizon.first for year in steady_years(result.scenario)]
    duty, net = (flows[name][:, steady].mean(axis=1) for name in (DUTY, "payer_net.schools"))
    return Falls(has, duty, net)


def _words(phase: str, fifth: int, rural: bool, governance: str) -> tuple[str, str, str, str]:
    return phase, FIFTH_NAMES[min(fifth, len(FIFTH_NAMES)) - 1], "rural" if rural else "urban", governance


def groups_of(schools: Population) -> Iterator[list[Key]]:
    """For each grouping, the group of every school."""
    region = [one.region for one in load_councils()]
    phases = [PHASES[phase] for phase in schools.phase.tolist()]
    bands = [SIZE_BANDS[phase][band] for phase, band in zip(schools.phase.tolist(), schools.size_band, strict=True)]
    governance = [GOVERNANCE[kind] for kind in schools.governance.tolist()]
    kinds = [*zip(phases, schools.fsm_fifth.tolist(), schools.rural.tolist(), governance, strict=True)]
    told = [_words(*one) for one in kinds]
    yield [(ALL, GROUPINGS[ALL])] * schools.n_schools
    yield [(PHASE, phase) for phase in phases]
    yield [(REGION, region[council]) for council in schools.council.tolist()]
    yield [(SIZE, f"{phase}, {band}") for phase, band in zip(phases, bands, strict=True)]
    yield [(FIFTH, one[1]) for one in told]
    yield [(PLACE, one[2]) for one in told]
    yield [(GOVERNED, one[3]) for one in told]
    yield [(KIND, _kind(*one)) for one in told]


def funding(falls: Falls, whole: int, rule: str) -> Floats:
    """What a rule gives each group of the total that all schools need; ``whole`` is their row. [GBP a year]

    Examples
    --------
    >>> falls = Falls(np.array([[3.0, 40.0, 6.0, 1.0], [1.0, 10.0, 4.0, 1.0], [2.0, 30.0, 2.0, 1.0]]),
    ...               np.array([120.0, 50.0, 70.0]), np.zeros(3))
    >>> [funding(falls, 0, rule).tolist() for rule in RULES]
    [[120.0, 40.0, 80.0], [120.0, 30.0, 90.0], [120.0, 80.0, 40.0], [120.0, 50.0, 70.0]]
    """
    if rule == "own_cost":
        return falls.duty
    by = falls.has[:, {"lump_sum": SCHOOLS, "per_pupil": PUPILS, "per_sen_pupil": NEED}[rule]]
    shared: Floats = falls.duty[whole] * by / by[whole] if by[whole] > 0.0 else np.zeros(by.shape)
    return shared


def _table(keys: Sequence[Key], falls: Falls) -> pd.DataFrame:
    whole = keys.index((ALL, GROUPINGS[ALL]))
    budget = falls.has[:, BUDGET]
    table = pd.DataFrame(keys, columns=["grouping", "group"])
    for name, column in (("schools", SCHOOLS), ("pupils", PUPILS), ("sen_pupils", NEED), ("budget_gbp", BUDGET)):
        table[name] = falls.has[:, column]
    table["duty_gbp"], table["net_gbp"] = falls.duty, falls.net
    table["duty_share"], table["net_share"] = divided(falls.duty, budget), divided(falls.net, budget)
    for rule in RULES:
        given = funding(falls, whole, rule)
        gain = without_dust(given - falls.duty, falls.duty)
        table[f"funding_{rule}_gbp"] = given
        table[f"gain_{rule}_gbp"] = gain
        table[f"gain_{rule}_share"] = divided(gain, budget)
    return table


def losers(table: pd.DataFrame, grouping: str, rule: str) -> tuple[int, int, float]:
    """Groups of a grouping that lose under a rule, groups in all, and the share of schools in those that lose.

    A group loses if it is short of more than :data:`LOSES` of its core budget. [groups; groups; share, 0 to 1]
    """
    rows = table[table["grouping"] == grouping]
    short = rows[f"gain_{rule}_share"] < -LOSES
    schools = float(rows["schools"].sum())
    return int(short.sum()), len(rows), float(rows.loc[short, "schools"].sum()) / schools if schools > 0.0 else math.nan


# -- cost per extra hour ----------------------------------------------------------------------------------------------


def hours_cost(result: RunResult, ratios: pd.DataFrame) -> pd.DataFrame:
    """Cost to schools for each extra hour of SENCO work, by group, over the horizon, undiscounted.

    At the point values of the main view. Who funds the levers is as the scenario says. ``ratios`` are the rows of
    :func:`~sencosim.outcomes.ratio.ratio_figures`: where they withhold the cost for all schools, no group has one.

    Returns
    -------
    pandas.DataFrame
        ``grouping``, ``group``, ``paid_added`` and ``extra_hours`` (a year), ``school_cost_gbp`` (net, a year), means
        over replications; ``cost_per_extra_hour_gbp``, the last over the hours, with its ``monte_carlo_error`` by
        jackknife. These two are NaN unless the 80 % interval of the group's hours by chance is above zero, so too for
        one replication. [hours; GBP in prices of the price base]
    """
    rows = Rows()
    amounts, seen = Moments(len(rows.keys), (3,)), []
    horizon = result.scenario.horizon
    book: PriceBook | None = None
    for totals in result.points(result.scenario.view):
        book = price_book(result.scenario, result.scenario.view, totals.values) if book is None else book
        base, policy, _ = arms_by_group(rows, totals, horizon.years)
        there = np.flatnonzero(np.abs(base).sum(axis=(1, 2)) > 0.0)
        change = policy[there] - base[there]
        paid, extra = (over_years(change, names) for names in (("added_hours",), OUTCOME[EXTRA_HOURS].of))
        cost = money_by_year(change, book, horizon.first, market=change[0])["payer_net.schools"].sum(axis=1)
        extra = without_dust(extra, over_years(policy[there], OUTCOME[EXTRA_HOURS].of))
        seen.append(np.full((len(rows.keys), 3), math.nan))
        seen[-1][there] = np.column_stack([paid, extra, cost]) / horizon.years
        amounts.add(there, seen[-1][there])
    shown = [
        row for row, (grouping, _) in enumerate(rows.keys) if grouping in HOURS_GROUPINGS and amounts.count[row] > 0
    ]
    table = pd.DataFrame([rows.keys[row] for row in shown], columns=["grouping", "group"])
    for column, name in enumerate(("paid_added", "extra_hours", "school_cost_gbp")):
        table[name] = amounts.mean[shown, column]
    low = amounts.mean[:, 1] - students_t.ppf(UPPER, np.maximum(amounts.count - 1, 1)) * amounts.standard_error()[:, 1]
    clear = (low > 0.0) & is_per_hour_shown(ratios, result.scenario.view, cost_per_hour("schools", EXTRA_HOURS))
    each = [_cost_over_hours(np.array(seen)[:, row, 1:]) if clear[row] else (math.nan, math.nan) for row in shown]
    table[["cost_per_extra_hour_gbp", "monte_carlo_error"]] = np.array(each).reshape(-1, 2)
    return only_whole_regions(table, result)


def _cost_over_hours(seen: Floats) -> tuple[float, float]:
    """Cost over hours of one group, and its standard error by leaving out each replication in turn.

    ``seen`` has hours and cost of each replication, NaN where the group is not in it.

    Examples
    --------
    >>> _cost_over_hours(np.array([[1.0, 10.0], [4.0, 10.0], [math.nan, math.nan]]))
    (4.0, 3.75)
    """
    there = seen[~np.isnan(seen[:, 0])]
    hours, cost = there.sum(axis=0)
    without = (cost - there[:, 1]) / (hours - there[:, 0])
    return float(cost / hours), float(jackknife_error(without))
