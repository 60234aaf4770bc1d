"""From pairs of runs to figures with ranges: the one table that every report reads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.discount import present_value
from sencosim.costing.dust import without_dust
from sencosim.costing.money import money_by_year, unit_money, with_teachers
from sencosim.costing.prices import ONLY_PRICES, PROGRESS, PriceBook
from sencosim.decisions.resampling import permutation
from sencosim.decisions.spread import Plain, Spread, spread_of
from sencosim.engine.pair import read_inputs
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.evidence.routes import routes_are_off
from sencosim.experiment.jobs import Job
from sencosim.experiment.precision import standard_error
from sencosim.experiment.totals import ENGLAND, PairTotals, tidy_totals
from sencosim.model import RunResult, price_book
from sencosim.outcomes.catalogue import DERIVED, OUTCOMES, REPORTED, ROUNDING, describe, outcome_by_year
from sencosim.scenario.laws import Law
from sencosim.scenario.schema import Scenario
from sencosim.units import format_year
from sencosim.vocabulary import Quantity

Floats = npt.NDArray[np.float64]

TOTAL = "total"
PRESENT_VALUE = "present_value"
HEADLINE = "net_public_cost"
"""Outcome that the emulator of a view is fitted to, as present value."""
MULTIPLIER = "benefit_multiplier"
PRICES = "prices"
"""Input that stands for all prices of a draw: what the mean change over draws would cost at them. [GBP]"""
CROSSED = 16
"""Draws at whose prices every draw is priced, to tell the spread of prices from the rest."""
POINTS = 10_000
"""Points of the sequence of draws over which a view is averaged by its emulator. [draws]"""


@dataclass(frozen=True)
class Series:
    """One outcome of one pair, by year of the horizon and in total."""

    job: Job  # the pair
    outcome: str  # what is measured
    payer: str
    # policy less baseline: a number for each year, the total and, for money, the present value. [shape (n_years + 2,)]
    difference: Floats
    baseline: Floats  # levels, NaN for money. [shape (n_years + 2,)]
    policy: Floats


@dataclass(frozen=True, eq=False)
class Counted:
    """A pair as the figures count it, with its prices."""

    change: Floats  # policy less baseline, moved if it is a draw [units, shape (n_years, n_quantities)]
    baseline: Floats  # without the policy, moved alike [units, shape (n_years, n_quantities)]
    book: PriceBook
    headline: Floats  # what one unit more adds to the headline [GBP per unit, shape (n_years, n_quantities + 1)]
    society: Floats  # the same of net present social value

    def headline_of(self, changes: Floats) -> Floats:
        """Headline of one change or many at the prices of this pair. [GBP, present value]"""
        return self._worth(changes, self.headline)

    def npsv_of(self, changes: Floats) -> Floats:
        """Net present social value of one change or many at the prices of this pair. [GBP]"""
        return self._worth(changes, self.society)

    def _worth(self, changes: Floats, unit: Floats) -> Floats:
        return present_value((with_teachers(changes, self.book) * unit).sum(axis=-1))


@dataclass(frozen=True)
class Summary:
    """Figures with ranges, and the runs behind them."""

    figures: pd.DataFrame  # one row a view, year, outcome and payer
    # one row a view, draw, replication, outcome, payer and year. Draws are as the figures count them: moved from
    # the mean at the point values, see :func:`moved_from`.
    runs: pd.DataFrame
    spreads: Mapping[str, Spread]  # how the draws of each view stand for its evidence; empty without draws
    # Headline of the main view by draw and by the draw whose prices it has; ``None`` with fewer than two draws. [GBP]
    crossed: Floats | None = None
    counted: Mapping[Job, Counted] = field(default_factory=dict)  # every pair of the figures, by view, points first

    def spread(self, view: str, n: int) -> Spread:
        """How ``n`` values of a view, one a draw or else one a replication, stand for its evidence.

        Values of a rate that some draws do not have, for there is nothing in them to divide by, stand for themselves.
        """
        found = self.spreads.get(view)
        return found if found is not None and len(found.weights) == n else Plain(n)

    def averaged(self, view: str) -> Mapping[Job, Counted]:
        """Pairs of which the figures of a view are means: draws, or replications where nothing was drawn."""
        pairs = {job: pair for job, pair in self.counted.items() if job.view == view}
        return {job: pair for job, pair in pairs.items() if job.draw > 0} or pairs


def summarise(result: RunResult, area_code: str, area_name: str) -> Summary:
    """Summarise a run over its horizon."""
    labels = labels_of(result.scenario)
    arms, values = read_arms(result, result.jobs())
    found: dict[str, Estimates] = {}
    for view in result.scenario.views:
        points = points_of(result, view, arms, values)
        draws = [job for job in result.plan.draw_jobs() if job.view == view and job.draw > 0]
        found[view] = estimates_of(result, points, draws, arms, values)
    estimates = [one for of_view in found.values() for one in of_view.rows]
    runs = _runs_table(estimates, labels, area_code)
    figures = _figures(estimates, labels, area_code, area_name)
    switches = [_switch(figures, view) for view in result.scenario.views]
    table = pd.concat([figures, pd.DataFrame([s for s in switches if s is not None])], ignore_index=True)
    spreads = {view: one.spread for view, one in found.items() if one.spread is not None}
    counted = {job: pair for one in found.values() for job, pair in one.counted.items()}
    return Summary(table, runs, spreads, _crossed(found[result.plan.main_view].counted), counted)


def _crossed(counted: Mapping[Job, Counted]) -> Floats | None:
    """Every draw of a view at the prices of some of them: what prices alone make of the spread."""
    draws = [pair for job, pair in counted.items() if job.draw > 0]
    if len(draws) < 2:
        return None
    changes = np.array([pair.change for pair in draws])
    return np.column_stack([pair.headline_of(changes) for pair in draws[:CROSSED]])


def labels_of(scenario: Scenario) -> list[str]:
    """Names of the columns of :attr:`Series.difference`."""
    horizon = scenario.horizon
    return [*map(format_year, range(horizon.first, horizon.last + 1)), TOTAL, PRESENT_VALUE]


def arms_of(totals: PairTotals, n_years: int) -> Floats:
    """Both arms of a pair over the horizon, all strata together. [units, shape (2, n_years, n_quantities)]"""
    return np.array([arm.sum(axis=0)[-n_years:] for arm in (totals.baseline, totals.policy)])


def ledger_of_change(change: Floats, first_year: int) -> pd.DataFrame:
    """Policy less baseline as a ledger of England, all strata together. ``change`` has the shape of one arm. [units]"""
    return tidy_totals(ENGLAND, {"value": change[None]}, first_year, categories=False)


def series_of(
    scenario: Scenario, job: Job, book: PriceBook, arms: Floats, unit: Mapping[str, Floats] | None = None
) -> Iterator[Series]:
    """Every outcome of one pair, people first. Its arms are those of :func:`arms_of`, ``book`` its prices.

    ``unit`` is what one unit of each quantity costs at them, if that is known.
    """
    for outcome in OUTCOMES:
        baseline, policy = (np.append(outcome_by_year(outcome, arm), np.nan) for arm in arms)
        yield Series(job, outcome.name, "", without_dust(policy - baseline, baseline), baseline, policy)
    priced = money_by_year(arms[1] - arms[0], book, scenario.horizon.first, unit)
    nothing = np.full(scenario.horizon.years + 2, np.nan)
    for name in REPORTED:
        told, _, payer = name.partition(".")
        flow = np.array([*priced[name], priced[name].sum(), present_value(priced[name])])
        yield Series(job, told, payer, np.where(np.abs(flow) > ROUNDING, flow, 0.0), nothing, nothing)


def _switch(figures: pd.DataFrame, view: str) -> dict[str, object] | None:
    """How many times as large the benefits would have to be; nothing where there are none to multiply."""
    rows = figures[(figures["view"] == view) & (figures["year"] == PRESENT_VALUE)]
    cost: dict[str, Any] = dict(rows[rows["outcome"] == "policy_cost"].iloc[0])
    benefit: dict[str, Any] = dict(rows[rows["outcome"] == "policy_benefit"].iloc[0])
    if cost["difference"] <= 0.0 or benefit["difference"] <= 0.0:
        return None
    return cost | {
        "outcome": MULTIPLIER,
        "title": DERIVED[MULTIPLIER].title,
        "unit": DERIVED[MULTIPLIER].unit,
        "difference": cost["difference"] / benefit["difference"],
        **dict.fromkeys(NOT_OF_A_RATIO, math.nan),
        "kind": DERIVED[MULTIPLIER].kind,
        "favourable": DERIVED[MULTIPLIER].favourable,
    }


# -- two levels -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Estimate:
    """One outcome in one view: every replication at the point values, and every draw."""

    view: str
    outcome: str
    payer: str
    points: tuple[Series, ...]  # replications on level 0, in order
    draws: tuple[Series, ...]  # draws, each moved from the mean of level 0; empty if there is none
    spread: Spread  # how the draws stand for the evidence; the replications for themselves, if there is no draw

    def weighted(self) -> Iterator[tuple[Series, float]]:
        """Each pair with its weight in a mean, replications first, then draws."""
        yield from ((one, 1.0 / len(self.points)) for one in self.points)
        if self.draws:
            yield from zip(self.draws, self.spread.weights.tolist(), strict=True)


@dataclass(frozen=True)
class Estimates:
    """Every outcome of one view under one law."""

    rows: tuple[Estimate, ...]
    spread: Spread | None  # of the draws; ``None`` without any
    counted: Mapping[Job, Counted]  # points first


def read_arms(
    result: RunResult, jobs: Iterable[Job], n_years: int | None = None
) -> tuple[dict[Job, Floats], dict[Job, Mapping[str, float]]]:
    """Both arms of some pairs over the last years, those of the horizon if none are said, and the evidence of each."""
    n_years = result.scenario.horizon.years if n_years is None else n_years
    arms: dict[Job, Floats] = {}
    values: dict[Job, Mapping[str, float]] = {}
    for job in jobs:
        totals = result.store.whole(job)
        arms[job] = arms_of(totals, n_years)
        values[job] = totals.values  # noqa: PD011
    return arms, values


def estimates_of(
    result: RunResult,
    points: list[Job],
    draws: list[Job],
    arms: Mapping[Job, Floats],
    values: Mapping[Job, Mapping[str, float]],
) -> Estimates:
    """Every outcome of one view under one law.

    ``points`` are its pairs on level 0. Arms and evidence are those of :func:`read_arms`, of the pairs from which draws
    move, too.
    """
    moved = moved_draws(result, points, draws, arms)
    found: dict[tuple[str, str], tuple[list[Series], list[Series]]] = {}
    counted: dict[Job, Counted] = {}
    for job in (*points, *draws):
        scenario, own = result.asked(job), moved.get(job, arms[job])
        if job.draw > 0 or not counted:  # pairs at the point values have one price list
            book = price_book(scenario, job.view, values[job])
            unit = unit_money(book, scenario.horizon.first, own.shape[-2])
            society = unit["policy_benefit"] - unit["policy_cost"]
        counted[job] = Counted(own[1] - own[0], own[0], book, unit[HEADLINE], society)
        for one in series_of(scenario, job, book, own, unit):
            found.setdefault((one.outcome, one.payer), ([], []))[job.draw > 0].append(one)
    headline = np.array([one.difference[-1] for one in found[HEADLINE, ""][1]])
    spread = view_spread(result, draws, headline, counted, values) if draws else None
    rows = tuple(
        Estimate(points[0].view, outcome, payer, tuple(level), tuple(drawn), spread or Plain(len(level)))
        for (outcome, payer), (level, drawn) in found.items()
    )
    return Estimates(rows, spread, counted)


def view_spread(
    result: RunResult,
    draws: Sequence[Job],
    headline: Floats,
    counted: Mapping[Job, Counted],
    values: Mapping[Job, Mapping[str, float]],
) -> Spread:
    """How draws stand for the evidence of their view, by an emulator of the headline.

    Prices enter by linearity: each draw's prices are known by what the mean change over draws would cost at them. So
    the emulator learns one number for all of them, and no price is lost in it.
    """
    mean_change = np.mean([counted[job].change for job in draws], axis=0)
    scenario, view = result.asked(draws[0]), draws[0].view
    prices = np.array([counted[job].headline_of(mean_change) for job in draws])
    apart = ONLY_PRICES | {*PROGRESS}
    inputs = pd.DataFrame([{name: x for name, x in values[job].items() if name not in apart} for job in draws])
    inputs = pd.concat([inputs, pd.Series(prices, name=PRICES)], axis=1)
    seed = scenario.run.seed

    def at_points(names: Sequence[str]) -> pd.DataFrame:
        wanted = [name for name in names if name != PRICES]
        found = pd.DataFrame(read_inputs(scenario, view, wanted, POINTS), index=range(POINTS))
        # Prices are drawn apart from the rest. Any of them may meet any point: in their order they would meet its own.
        return found.assign(**{PRICES: prices[permutation(POINTS, seed, "prices at points") % len(prices)]})

    return spread_of(inputs, headline, at_points, seed)


def points_of(
    result: RunResult,
    view: str,
    arms: dict[Job, Floats],
    values: dict[Job, Mapping[str, float]],
    law: Law | None = None,
) -> list[Job]:
    """Every replication of a view. Where it was run fewer times than the main view, the others are moved from there.

    Those of another law than the headline's are moved from the same view under that. What was not run is put with the
    rest of ``arms`` and ``values``.
    """
    plan, n = result.plan, result.replications
    points, moves = [plan.point_job(view, k, law) for k in range(n)], plan.moves_of(view, n, law)
    own = [job for job, _ in moves]
    if own == points:
        return points
    is_first = law in (None, plan.laws[0])
    mains = [plan.point_job(plan.main_view, number) for number in range(n)]
    shift = np.mean([arms[job] - arms[origin] for job, origin in moves], axis=0)
    change = np.mean([arms[job][1] - arms[job][0] for job in own], axis=0)
    for job, origin in zip(points, mains if is_first else points_of(result, view, arms, values), strict=True):
        arms[job], values[job] = arms[origin] + shift, values[own[0]]
    if is_first and routes_are_off(values[own[0]]):
        _keep_change(arms, points, change)
    return points


OF_WORK = np.array([quantity.kind == "hours" for quantity in Quantity])
"""Quantities that chance moves in a view without routes too."""


def _keep_change(arms: dict[Job, Floats], points: list[Job], change: Floats) -> None:
    """Give replications of a view without routes the change that it had itself, but in hours.

    What another replication of the main view counts of its routes' chance is no change of this view: what happens to
    pupils is the same in both of its arms, to the bit, in every replication. Posts are filled by chance in both views,
    so of hours the main view knows more than the replication of this one.
    """
    for job in points:
        base, policy = arms[job]
        arms[job] = np.stack([base, np.where(OF_WORK, policy, base + change)])


def moved_from(level: Floats, reference: Floats, drawn: Floats) -> Floats:
    """What a draw stands for: the mean at the point values, plus how far the draw moves from them.

    It is done on what is counted, before any ratio or price, so that prices act on the schools of level 0.
    ``level`` is the mean over replications on all schools of the run, ``reference`` the point values on the schools and
    with the chance of the draw. [all: units, one shape]
    """
    return level + (drawn - reference)


def moved_draws(
    result: RunResult, points: Iterable[Job], draws: Iterable[Job], arms: Mapping[Job, Floats]
) -> dict[Job, Floats]:
    """Both arms of each draw as counted: moved from the mean of the pairs on level 0, see :func:`moved_from`."""
    level = np.mean([arms[job] for job in points], axis=0)
    return {job: moved_from(level, arms[result.plan.reference_of(job)], arms[job]) for job in draws}


# -- the tables -----------------------------------------------------------------------------------------------------


def _runs_table(estimates: Iterable[Estimate], labels: list[str], area_code: str) -> pd.DataFrame:
    """Every replication and draw, each with its ``weight`` in the mean of its kind."""
    told = [pair for estimate in estimates for pair in estimate.weighted()]
    columns = {
        "view": [one.job.view for one, _ in told],
        "draw": [one.job.draw for one, _ in told],
        "replication": [one.job.replication for one, _ in told],
        "outcome": [one.outcome for one, _ in told],
        "payer": [one.payer for one, _ in told],
        "area_code": [area_code] * len(told),
        "weight": [weight for _, weight in told],
    }
    table = pd.DataFrame({name: np.repeat(np.array(values), len(labels)) for name, values in columns.items()})
    table.insert(6, "year", np.tile(labels, len(told)))
    table.insert(7, "difference", np.concatenate([one.difference for one, _ in told]))
    return table[table["difference"].notna()].reset_index(drop=True)


def _figures(estimates: Iterable[Estimate], labels: list[str], area_code: str, area_name: str) -> pd.DataFrame:
    frame = pd.DataFrame([row for estimate in estimates for row in rows_of(estimate, labels)])
    frame.insert(1, "area_name", area_name)
    frame.insert(1, "area_code", area_code)
    return frame


NOT_OF_A_RATIO = (
    *("p10", "p50", "p90", "p10_low", "p10_high", "p90_low", "p90_high"),
    *("monte_carlo_error", "draw_error", "chance_below_zero"),
)
"""Columns that a ratio of two figures does not inherit from either."""


def rows_of(estimate: Estimate, labels: list[str]) -> Iterator[dict[str, object]]:
    """Figures of one outcome, a row for each year, the total and the present value."""
    counted = estimate.draws or estimate.points
    drawn = np.array([one.difference for one in counted])
    points = np.array([one.difference for one in estimate.points])
    levels = {arm: np.array([getattr(one, arm) for one in counted]) for arm in ("baseline", "policy")}
    title, unit, kind, favourable = describe(estimate.outcome, estimate.payer)
    price_base = load_appraisal_tables().price_base if kind == "money" else ""
    for i, label in enumerate(labels):
        known = ~np.isnan(drawn[:, i])
        if not known.any():
            continue
        spread = estimate.spread if known.all() else Plain(int(known.sum()))
        with_ends = label in (TOTAL, PRESENT_VALUE) and len(estimate.draws) > 0
        yield {
            "view": estimate.view,
            "year": label,
            "outcome": estimate.outcome,
            "title": title,
            "unit": unit,
            "payer": estimate.payer,
            **{arm: float(spread.weights @ level[known, i]) for arm, level in levels.items()},
            **spread_figures(spread, drawn[known, i], with_ends=with_ends),
            "monte_carlo_error": standard_error(points[:, i].tolist()),
            **({} if estimate.draws else {"draw_error": math.nan}),
            "n_draws": len(estimate.draws),
            "n_replications": len(estimate.points),
            "price_base": price_base,
            "discounted": label == PRESENT_VALUE,
            "kind": kind,
            "favourable": favourable,
        }


def mean_of(spread: Spread, values: Floats) -> Floats:
    """Mean over the evidence; zero where draws cancel but for rounding. [unit of the figures, shape (n_figures,)]"""
    return without_dust(spread.weights @ values, np.abs(values).max(axis=0))


def spread_figures(spread: Spread, values: Floats, *, with_ends: bool = False) -> dict[str, float]:
    """Mean, range and chance of one figure over the evidence, from its value in every draw. [unit of the figure]

    ``p10_low`` to ``p10_high`` and ``p90_low`` to ``p90_high`` are 90 % intervals of the ends, NaN unless asked for.
    """
    column = values[:, None]
    over = spread.distribution(column)[:, 0]
    low, middle, high = spread.quantiles_of(over[:, None], (0.1, 0.5, 0.9))[:, 0]
    ends = [float(end[0]) for both in spread.ends(column) for end in both] if with_ends else [math.nan] * 4
    return {
        "difference": float(mean_of(spread, values)),
        "p10": float(low),
        "p50": float(middle),
        "p90": float(high),
        **dict(zip(("p10_low", "p10_high", "p90_low", "p90_high"), ends, strict=True)),
        "draw_error": float(spread.error(column)[0]),
        "chance_below_zero": float((over < 0.0).mean()),
    }
