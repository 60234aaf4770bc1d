"""Results by council, by region and for England, at the point values of a view, each with its Monte Carlo error.

Pairs are read one at a time, so memory does not grow with replications. A council's figures are its own, not weighted
up; a region's and England's are. In a run of a sample a council has as many replications as drew it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.discount import present_value
from sencosim.costing.money import money_by_year
from sencosim.costing.prices import PriceBook
from sencosim.evidence.councils import load_councils
from sencosim.model import RunResult, price_book
from sencosim.outcomes.catalogue import OUTCOMES, describe, outcome_by_year
from sencosim.outcomes.summary import PRESENT_VALUE, TOTAL
from sencosim.runs.streaming import Moments
from sencosim.runs.totals import PairTotals, in_categories
from sencosim.units import format_year
from sencosim.vocabulary import Quantity

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ENGLAND = ("england", "E92000001", "England")
MONEY = ("net_public_cost", "policy_cost", "policy_benefit", "npsv", "cashable_saving")
"""Outcomes in money."""


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
    book: PriceBook | None = None
    for totals in result.points(view):
        book = price_book(result.scenario, view, totals.values) if book is None else book
        rows, base, policy = areas.arms_of(totals)
        arms = base[:, -horizon.years :], policy[:, -horizon.years :]
        for seen, values in zip(moments, _measured(*arms, book, horizon.first), strict=True):
            seen.add(rows, values)
    error = moments[2].standard_error()
    row, outcome, label = np.nonzero(~np.isnan(moments[2].mean) & (moments[2].count > 0)[:, None, None])
    told = [describe(name) for name in names]
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


def _measured(base: Floats, policy: Floats, book: PriceBook, first_year: int) -> tuple[Floats, Floats, Floats]:
    """Baseline, policy and difference of two arms by area. [shape (n_areas, n_outcomes, n_years + 2)]"""
    people = [np.stack([outcome_by_year(outcome, arm) for outcome in OUTCOMES], axis=1) for arm in (base, policy)]
    levels = [np.pad(one, ((0, 0), (0, len(MONEY)), (0, 1)), constant_values=math.nan) for one in people]
    found = money_by_year(policy - base, book, first_year)
    by_year = np.stack([found[name] for name in MONEY], axis=1)
    gap = levels[1] - levels[0]
    sums = by_year.sum(axis=-1, keepdims=True), present_value(by_year)[..., None]
    gap[:, len(OUTCOMES) :] = np.concatenate([by_year, *sums], axis=-1)
    return levels[0], levels[1], gap


def _area_columns(areas: Areas, row: Ints) -> dict[str, Any]:
    return {
        column: in_categories([names[i] for names in areas.names], row)
        for i, column in enumerate(("area_kind", "area_code", "area_name"))
    }
