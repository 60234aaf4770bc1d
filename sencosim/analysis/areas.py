"""Results by council, by region and for England, at the point values of a view, each with its Monte Carlo error.

Pairs are read one at a time, so memory does not grow with replications. A council's figures are its own, not weighted
up; a region's and England's are. In a run of a sample a council has as many replications as drew it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.analysis.outcomes import OUTCOMES
from sencosim.analysis.summary import PRESENT_VALUE, TOTAL, describe, outcome_by_year
from sencosim.costing.budget import FLOW_COLUMNS, flows
from sencosim.costing.cost import cost
from sencosim.costing.discount import discount_factors
from sencosim.costing.extra_teachers import EXTRA_TEACHERS, increases, teachers_per_hour
from sencosim.evidence.councils import load_councils
from sencosim.experiment.moments import Moments
from sencosim.experiment.totals import PairTotals, in_categories
from sencosim.model import RunResult, price_book
from sencosim.units import format_year
from sencosim.vocabulary import Quantity

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ENGLAND = ("england", "E92000001", "England")
MONEY = {
    "net_public_cost": ("public_net_gbp", ()),
    "policy_cost": ("social_cost_gbp", ()),
    "policy_benefit": ("social_benefit_gbp", ()),
    "npsv": ("social_benefit_gbp", ("social_cost_gbp",)),
    "cashable_saving": ("cashable_saving_gbp", ()),
}
"""Outcomes in money: the yearly flow that is counted, and those that are taken off it."""


@dataclass(frozen=True)
class Areas:
    """Councils, regions and England, in the order of rows.

    Attributes
    ----------
    names
        Kind, code and name of each.
    """

    names: tuple[tuple[str, str, str], ...]

    @classmethod
    def all(cls) -> Areas:
        """Every council by name, every region by name, England."""
        councils = [("council", one.ons_code, one.name) for one in load_councils()]
        regions = [("region", region, region) for region in sorted({one.region for one in load_councils()})]
        return cls((*councils, *regions, ENGLAND))

    def arms_of(self, totals: PairTotals) -> tuple[Ints, Floats, Floats]:
        """Rows that a pair fills, and its arms by area. [units, shape (n_rows, n_years, n_quantities)]"""
        councils = load_councils()
        of_code = {one.la_code: number for number, one in enumerate(councils)}
        number = np.array([of_code[code] for code in totals.councils.tolist()], dtype=np.int64)
        names = [name for _, _, name in self.names]
        region = np.array([names.index(councils[i].region, len(councils)) for i in number.tolist()], dtype=np.int64)
        rows = np.concatenate([number, np.unique(region), [len(self.names) - 1]])
        arms = [
            np.concatenate([arm, _by_region(arm, region, totals.council_weight)])
            for arm in (totals.council_baseline, totals.council_policy)
        ]
        return rows, arms[0], arms[1]


def _by_region(arm: Floats, region: Ints, weight: Floats) -> Floats:
    """Weighted sums by region in the order of regions, then of all."""
    weighted = arm * weight[:, None, None]
    parts = [weighted[region == one].sum(axis=0) for one in np.unique(region)]
    return np.array([*parts, weighted.sum(axis=0)])


def area_ledger(result: RunResult, view: str) -> pd.DataFrame:
    """Quantities by area and year: mean over replications at the point values of a view.

    Parameters
    ----------
    result
        A run.
    view
        ``campaign``, ``central`` or ``sceptic``.

    Returns
    -------
        ``view``, ``area_kind`` (council, region, england), ``area_code``, ``area_name``, ``year`` (first calendar
        year), ``quantity``, ``unit``, ``baseline``, ``policy``, ``value`` (their difference), ``monte_carlo_error``
        (standard error of ``value``, NaN for one replication) and ``n_replications``. Rows of nought in both arms are
        left out.
    """
    areas = Areas.all()
    shape = (result.plan.n_years, len(Quantity))
    baseline, policy, gap = (Moments(len(areas.names), shape) for _ in range(3))
    for totals in result.points(view):
        rows, base, with_policy = areas.arms_of(totals)
        baseline.add(rows, base)
        policy.add(rows, with_policy)
        gap.add(rows, with_policy - base)
    row, year, quantity = np.nonzero((baseline.mean != 0.0) | (policy.mean != 0.0))
    place = (row, year, quantity)
    return pd.DataFrame(
        {
            "view": in_categories([view], np.zeros(row.size, dtype=np.int64)),
            **_area_columns(areas, row),
            "year": year + result.scenario.start_year,
            "quantity": in_categories([one.key for one in Quantity], quantity),
            "unit": in_categories([one.unit for one in Quantity], quantity),
            "baseline": baseline.mean[place],
            "policy": policy.mean[place],
            "value": gap.mean[place],
            "monte_carlo_error": gap.standard_error()[place],
            "n_replications": gap.count[row],
        }
    )


def area_figures(result: RunResult, view: str) -> pd.DataFrame:
    """Outcomes and money by area over the horizon: what a council, a region and England may expect.

    Parameters
    ----------
    result
        A run.
    view
        ``campaign``, ``central`` or ``sceptic``.

    Returns
    -------
        ``view``, ``area_kind``, ``area_code``, ``area_name``, ``year`` (such as 2027/28, ``total`` or
        ``present_value``), ``outcome``, ``title``, ``unit``, ``kind``, ``favourable``, ``baseline``, ``policy`` (NaN
        for money), ``difference``, ``monte_carlo_error`` (standard error of ``difference``) and ``n_replications``.
    """
    areas = Areas.all()
    horizon = result.scenario.horizon
    labels = [*(format_year(horizon.first + i) for i in range(horizon.years)), TOTAL, PRESENT_VALUE]
    names = [*(outcome.name for outcome in OUTCOMES), *MONEY]
    moments = [Moments(len(areas.names), (len(names), len(labels))) for _ in range(3)]
    measure: Callable[[Floats, Floats], tuple[Floats, Floats, Floats]] | None = None
    for totals in result.points(view):
        measure = _measure(result, totals) if measure is None else measure
        rows, base, policy = areas.arms_of(totals)
        for seen, values in zip(moments, measure(base, policy), strict=True):
            seen.add(rows, values)
    error = moments[2].standard_error()
    row, outcome, label = np.nonzero(~np.isnan(moments[2].mean) & (moments[2].count > 0)[:, None, None])
    told = [describe(name, "") for name in names]
    columns = {column: [one[i] for one in told] for i, column in enumerate(("title", "unit", "kind", "favourable"))}
    return pd.DataFrame(
        {
            "view": view,
            **_area_columns(areas, row),
            "year": in_categories(labels, label),
            "outcome": in_categories(names, outcome),
            **{column: in_categories(words, outcome) for column, words in columns.items()},
            "baseline": moments[0].mean[row, outcome, label],
            "policy": moments[1].mean[row, outcome, label],
            "difference": moments[2].mean[row, outcome, label],
            "monte_carlo_error": error[row, outcome, label],
            "n_replications": moments[2].count[row],
        }
    )


def _measure(result: RunResult, totals: PairTotals) -> Callable[[Floats, Floats], tuple[Floats, Floats, Floats]]:
    """How arms become outcomes: baseline, policy and difference. [shape (n_areas, n_outcomes, n_labels)]"""
    horizon = result.scenario.horizon
    start = horizon.first - result.scenario.start_year
    inside = slice(start, start + horizon.years)
    prices = unit_flows(result, totals)
    factors = discount_factors(horizon.years)
    taken = teachers_per_hour(totals.values)
    per_hour = np.array([taken.get(one.key, 0.0) for one in Quantity])

    def measure(base: Floats, policy: Floats) -> tuple[Floats, Floats, Floats]:
        base, policy = base[:, inside], policy[:, inside]
        nothing = np.full((len(base), len(MONEY), horizon.years + 2), math.nan)
        levels = [np.concatenate([_people(arm), nothing], axis=1) for arm in (base, policy)]
        teachers = increases((policy - base) @ per_hour)
        changes = np.concatenate([policy - base, teachers[..., None]], axis=2)
        by_year = np.einsum("ayq,yqf->afy", changes, prices)
        sums = [by_year.sum(axis=2), by_year @ factors]
        money = np.concatenate([by_year, np.stack(sums, axis=2)], axis=2)
        gap = levels[1] - levels[0]
        gap[:, len(OUTCOMES) :] = money
        return levels[0], levels[1], gap

    return measure


def _people(arm: Floats) -> Floats:
    outcomes = np.stack([outcome_by_year(outcome, arm) for outcome in OUTCOMES], axis=1)
    return np.concatenate([outcomes, np.full((*outcomes.shape[:2], 1), math.nan)], axis=2)


def unit_flows(result: RunResult, totals: PairTotals) -> Floats:
    """What one unit of each quantity adds to each flow of :data:`MONEY`: pricing is linear in the ledger.

    Returns
    -------
        [GBP per unit, shape (n_years, n_quantities + 1, n_flows)]; the last quantity is teachers taken from classes.
    """
    horizon = result.scenario.horizon
    n, names = horizon.years, [*(one.key for one in Quantity), EXTRA_TEACHERS]
    ledger = pd.DataFrame(
        {
            "year": np.repeat(np.arange(horizon.first, horizon.first + n), len(names)),
            "quantity": np.tile(names, n),
            "value": 1.0,
        }
    )
    lines = cost(ledger, price_book(result.scenario, totals.job.view, totals.values))
    table = flows(lines, horizon.first, n, by=("quantity",)).set_index(["year", "quantity"])[list(FLOW_COLUMNS)]
    whole = pd.MultiIndex.from_product([range(horizon.first, horizon.first + n), names])
    table = table.reindex(whole, fill_value=0.0)
    columns = [
        table[counted].to_numpy() - sum((table[name].to_numpy() for name in less), np.zeros(len(table)))
        for counted, less in (MONEY[name] for name in MONEY)
    ]
    prices: Floats = np.stack(columns, axis=1).reshape(n, len(names), len(MONEY))
    return prices


def _area_columns(areas: Areas, row: Ints) -> dict[str, Any]:
    return {
        column: in_categories([names[i] for names in areas.names], row)
        for i, column in enumerate(("area_kind", "area_code", "area_name"))
    }
