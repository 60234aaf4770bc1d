"""Results by council, by region and for England, at the point values of a view, each with its Monte Carlo error.

Pairs are read one at a time, so memory does not grow with replications. A council's figures are its own, not weighted
up; a region's and England's are. In a run of a sample a council has as many replications as drew it.

For the summary every council and region gets a range. A figure is *modelled* where the area was simulated at the point
values in two or more replications: its level is the area's own. A region is modelled only if all schools were run:
sampled councils stand for England, not for the region that they lie in. Draws of the evidence are not run for every
council, so the width that evidence adds is the area's share, by pupils, of England's; chance in the area itself is
added to it as independent. Elsewhere a figure is *a share of the national one*, by pupils, and says so. Percentages and
weeks are not shared out: there England's figure stands.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t as students_t

from sencosim.costing.discount import present_value
from sencosim.costing.money import money_by_year
from sencosim.costing.prices import PriceBook
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.evidence.councils import load_councils
from sencosim.experiment.moments import Moments
from sencosim.experiment.totals import PairTotals, in_categories
from sencosim.model import RunResult, england, price_book, speaks_for_england
from sencosim.outcomes.catalogue import DERIVED, OUTCOME, OUTCOMES, describe, outcome_by_year
from sencosim.outcomes.summary import PRESENT_VALUE, TOTAL, Summary, labels_of, spread_figures
from sencosim.population.describe import whole_places
from sencosim.population.sampling import only_councils
from sencosim.vocabulary import Quantity

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ENGLAND = ("england", "E92000001", "England")
MONEY = ("net_public_cost", "policy_cost", "policy_benefit", "npsv", "cashable_saving")
"""Outcomes in money."""
MODELLED, SHARED, NATIONAL = "modelled for the area", "share of the national figure, by pupils", "England's figure"
PER_PUPIL = "net_public_cost_per_pupil"
FEWEST_REPLICATIONS = 2
"""Below this nothing is known of chance in the area itself. [replications]"""
UPPER = 0.9
"""End of an 80 % interval. [probability]"""


@dataclass(frozen=True)
class Areas:
    """Councils, regions and England, in the order of rows."""

    names: tuple[tuple[str, str, str], ...]  # kind, code and name of each

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
        regions = np.unique(region)
        arms = []
        for arm in (totals.council_baseline, totals.council_policy):
            weighted = arm * totals.council_weight[:, None, None]
            sums = [*(weighted[region == one].sum(axis=0) for one in regions), weighted.sum(axis=0)]
            arms.append(np.concatenate([arm, np.array(sums)]))
        return np.concatenate([number, regions, [len(self.names) - 1]]), arms[0], arms[1]

    def columns(self, row: Ints) -> dict[str, Any]:
        """Kind, code and name of rows, as columns."""
        kinds = zip(("area_kind", "area_code", "area_name"), zip(*self.names, strict=True), strict=True)
        return {column: in_categories(list(names), row) for column, names in kinds}


def own_places(result: RunResult) -> frozenset[str]:
    """Codes of councils, regions and England that the schools of a run may speak for: of others it has but a part.

    A sample of schools has a few of every council, with weights that make up England: it speaks for England alone.
    Chosen councils speak for themselves, and for a region if they are all that it has.
    """
    is_whole = result.plan.share >= 1.0 or result.plan.sampling != "schools"
    own = _whole_places(result) if is_whole else frozenset()
    return own | ({ENGLAND[1]} if speaks_for_england(result.options) else frozenset())


def whole_regions(result: RunResult) -> frozenset[str]:
    """Names of regions of which the schools that a run stands for are all."""
    return _whole_places(result) & {one.region for one in load_councils()}


def _whole_places(result: RunResult) -> frozenset[str]:
    """Codes of councils, and names of regions, that the list of schools or the chosen councils hold whole."""
    options = result.options
    schools = only_councils(england(options), options.councils) if options.councils else england(options)
    lacking = {one.region for one in load_councils() if options.councils and one.la_code not in schools.la_code}
    return whole_places(schools) - lacking


def area_ledger(result: RunResult, view: str) -> pd.DataFrame:
    """Quantities by area and year: mean over replications at the point values of a view.

    Columns: ``view``, ``area_kind`` (council, region, england), ``area_code``, ``area_name``, ``year`` (first calendar
    year), ``quantity``, ``unit``, ``baseline``, ``policy``, ``value`` (their difference), ``monte_carlo_error``
    (standard error of ``value``, NaN for one replication) and ``n_replications``. Rows of zero in both arms are left
    out, and places of which the list of schools has but a part.
    """
    areas = Areas.all()
    shape = (result.plan.n_years, len(Quantity))
    baseline, policy, gap = (Moments(len(areas.names), shape) for _ in range(3))
    for totals in result.points(view):
        rows, base, with_policy = areas.arms_of(totals)
        for seen, values in ((baseline, base), (policy, with_policy), (gap, with_policy - base)):
            seen.add(rows, values)
    told = np.isin([code for _, code, _ in areas.names], list(own_places(result)))[:, None, None]
    place = np.nonzero(told & ((baseline.mean != 0.0) | (policy.mean != 0.0)))
    row, year, quantity = place
    return pd.DataFrame(
        {
            "view": in_categories([view], np.zeros(row.size, dtype=np.int64)),
            **areas.columns(row),
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

    Columns: ``view``, ``area_kind``, ``area_code``, ``area_name``, ``year`` (such as 2027/28, ``total`` or
    ``present_value``), ``outcome``, ``title``, ``unit``, ``kind``, ``favourable``, ``baseline``, ``policy`` (NaN for
    money), ``difference``, ``monte_carlo_error`` (standard error of ``difference``) and ``n_replications``.
    """
    areas, horizon = Areas.all(), result.scenario.horizon
    labels, names = labels_of(result.scenario), [*OUTCOME, *MONEY]
    levels, with_policy, gap = (Moments(len(areas.names), (len(names), len(labels))) for _ in range(3))
    book: PriceBook | None = None
    for totals in result.points(view):
        book = price_book(result.scenario, view, totals.values) if book is None else book
        rows, base, policy = areas.arms_of(totals)
        measured = _measured(base[:, -horizon.years :], policy[:, -horizon.years :], book, horizon.first)
        for seen, values in zip((levels, with_policy, gap), measured, strict=True):
            seen.add(rows, values)
    place = np.nonzero(~np.isnan(gap.mean) & (gap.count > 0)[:, None, None])
    row, outcome, label = place
    told = zip(("title", "unit", "kind", "favourable"), zip(*map(describe, names), strict=True), strict=True)
    return pd.DataFrame(
        {
            "view": view,
            **areas.columns(row),
            "year": in_categories(labels, label),
            "outcome": in_categories(names, outcome),
            **{column: in_categories(list(words), outcome) for column, words in told},
            "baseline": levels.mean[place],
            "policy": with_policy.mean[place],
            "difference": gap.mean[place],
            "monte_carlo_error": gap.standard_error()[place],
            "n_replications": gap.count[row],
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


# -- rows of the summary ----------------------------------------------------------------------------------------------


def pupil_shares() -> dict[str, float]:
    """Share of England's mainstream pupils by ONS code of a council, or name of a region. [share]"""
    pupils: dict[str, float] = {}
    for one in load_councils():
        for code in (one.ons_code, one.region):
            pupils[code] = pupils.get(code, 0.0) + one.pupils
    england = england_pupils()
    return {code: number / england for code, number in pupils.items()}


def england_pupils() -> int:
    """Mainstream pupils of all councils, January 2023. [pupils]"""
    return sum(one.pupils for one in load_councils())


def local_figures(result: RunResult, summary: Summary, area_code: str) -> pd.DataFrame:
    """Rows of the summary for every council and region, with ``basis``: :data:`MODELLED`, `SHARED` or `NATIONAL`.

    ``area_code`` is that of the whole area, which has its rows already. Empty for a run of chosen councils or of a list
    of some schools: what is simulated there is not England, so nothing can be shared out. A place of which schools are
    lacking, or sampled, is not modelled.
    """
    if area_code != ENGLAND[1]:
        return pd.DataFrame()
    rows = pd.DataFrame([row for view in result.scenario.views for row in _of_view(result, summary, view)])
    return pd.concat([rows, _per_pupil(rows, summary)], ignore_index=True)


def _per_pupil(rows: pd.DataFrame, summary: Summary) -> pd.DataFrame:
    """Net cost to the public purse for each mainstream pupil, so that places of different size can be compared."""
    england = summary.figures[summary.figures["payer"] == ""]
    both = pd.concat([rows, england.assign(basis=MODELLED)], ignore_index=True)
    told = both[(both["outcome"] == "net_public_cost") & (both["year"] == PRESENT_VALUE)].copy()
    shares = pupil_shares() | {ENGLAND[1]: 1.0}
    pupils = told["area_code"].map(shares).to_numpy(dtype=np.float64) * england_pupils()
    money = ["difference", "p10", "p50", "p90", "monte_carlo_error", "draw_error"]
    told[money] = told[money].div(pupils, axis=0)
    one = DERIVED[PER_PUPIL]
    return told.assign(outcome=PER_PUPIL, title=one.title, unit=one.unit, kind=one.kind)


def _of_view(result: RunResult, summary: Summary, view: str) -> Iterator[dict[str, object]]:
    own = area_figures(result, view)
    own = own[own["year"].astype(str) == np.where(own["outcome"].isin(list(MONEY)), PRESENT_VALUE, TOTAL)]
    if result.plan.share < 1.0:  # sampled councils stand for England, not for the region that they lie in
        own = own[own["area_kind"] == "council"]
    own = own[own["area_code"].isin(list(own_places(result)))]
    modelled = {(row["area_code"], row["outcome"]): row for row in own.to_dict("records")}
    runs, figures = (one[(one["view"] == view) & (one["payer"] == "")] for one in (summary.runs, summary.figures))
    spreads = dict(iter(runs.groupby(["outcome", "year"])))
    nationals = {(row["outcome"], row["year"]): row for row in figures.to_dict("records")}
    shares, areas = pupil_shares(), Areas.all().names[:-1]
    for outcome in (*OUTCOME, *MONEY):
        key = (outcome, PRESENT_VALUE if outcome in MONEY else TOTAL)
        if key not in spreads or key not in nationals:
            continue
        spread = spreads[key]
        drawn = spread.loc[spread["draw"] > 0, "difference"].to_numpy(dtype=np.float64)
        level = float(spread.loc[spread["draw"] == 0, "difference"].mean())
        drawn = drawn if drawn.size else np.array([level])
        level = float(drawn.mean()) if math.isnan(level) else level  # a rate that the point values do not have
        stands = summary.spread(view, drawn.size)
        told, over = spread_figures(stands, drawn), stands.distribution(drawn[:, None])[:, 0]
        is_ratio = outcome in OUTCOME and bool(OUTCOME[outcome].per)
        price_base = load_appraisal_tables().price_base if outcome in MONEY else ""
        for _, code, area in areas:
            share = 1.0 if is_ratio else shares[code]
            figure = _figure(modelled.get((code, outcome)), told, over, level, share, NATIONAL if is_ratio else SHARED)
            place = {"area_code": code, "area_name": area, "price_base": price_base}
            yield {**{str(name): value for name, value in nationals[key].items()}, **figure, **place}


@cache
def _standard_errors(n: int) -> float:
    """Half of an 80 % interval of the mean of ``n`` replications. [standard errors]"""
    return float(students_t.ppf(UPPER, n - 1))


def _figure(
    own: dict[Hashable, object] | None,
    england: Mapping[str, float],
    over: Floats,
    level: float,
    share: float,
    otherwise: str,
) -> dict[str, object]:
    """One figure of one area: the area's own level if there is one, moved and spread as England's is from its level.

    ``over`` is England's distribution over the evidence.
    """
    error = math.nan if own is None else float(str(own["monte_carlo_error"]))
    n = 0 if own is None else int(str(own["n_replications"]))
    is_own = own is not None and n >= FEWEST_REPLICATIONS and math.isfinite(error)
    start, chance = share * level, 0.0
    told: dict[str, object] = {"baseline": math.nan, "policy": math.nan, "basis": otherwise}
    if own is not None and is_own:
        start = float(str(own["difference"]))
        told = {"baseline": own["baseline"], "policy": own["policy"], "basis": MODELLED, "n_replications": n}
        chance = _standard_errors(n) * error
    mean, low, middle, high = (start + share * (england[name] - level) for name in ("difference", "p10", "p50", "p90"))
    return {
        **told,
        "difference": mean,
        "p10": mean - math.hypot(max(0.0, mean - low), chance),
        "p50": middle,
        "p90": mean + math.hypot(max(0.0, high - mean), chance),
        **dict.fromkeys(("p10_low", "p10_high", "p90_low", "p90_high"), math.nan),
        "monte_carlo_error": error if is_own else math.nan,
        "draw_error": share * england["draw_error"],
        "chance_below_zero": float((start + share * (over - level) < 0.0).mean()),
    }


# -- a place as it will be seen once ----------------------------------------------------------------------------------


def with_local_chance(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the summary with p10 and p90 of what one place will see: one course of chance, not the mean of several.

    Evidence keeps its part of the interval. Chance in the place counts with the standard deviation of one course, on
    top of what so few replications leave open in the mean. Rows that were not modelled in two replications or more
    stay as they are: nothing is known of chance there.
    """
    n = rows["n_replications"].to_numpy(dtype=np.float64)
    error = rows["monte_carlo_error"].to_numpy(dtype=np.float64)
    known = (n >= FEWEST_REPLICATIONS) & np.isfinite(error) & (rows["difference"] == rows["difference"]).to_numpy()
    size = np.where(known, students_t.ppf(UPPER, np.where(known, n - 1.0, 1.0)) * error, 0.0)
    modelled = rows["basis"].eq(MODELLED).to_numpy() if "basis" in rows.columns else np.zeros(len(rows), dtype=bool)
    inside = np.where(modelled, size, 0.0)
    once = size * np.sqrt(np.where(known, n + 1.0, 0.0))
    middle = rows["difference"].to_numpy(dtype=np.float64)
    widened = {}
    for name, side in (("p10", -1.0), ("p90", 1.0)):
        half = np.maximum(0.0, side * (rows[name].to_numpy(dtype=np.float64) - middle))
        evidence = np.sqrt(np.maximum(0.0, half**2 - inside**2))
        widened[name] = np.where(known, middle + side * np.hypot(evidence, once), rows[name])
    return rows.assign(**widened)
