"""From pairs of runs to figures with ranges: the one table that every report reads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.discount import present_value
from sencosim.costing.money import money_by_year
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.evidence.routes import routes_are_off
from sencosim.experiment.jobs import Job
from sencosim.experiment.precision import standard_error
from sencosim.experiment.totals import PairTotals
from sencosim.model import RunResult, price_books_of
from sencosim.outcomes.catalogue import OUTCOMES, REPORTED, describe, outcome_by_year
from sencosim.scenario.laws import Law
from sencosim.scenario.schema import Scenario
from sencosim.units import format_year
from sencosim.vocabulary import Quantity

Floats = npt.NDArray[np.float64]

PRICE_DRAWS_PER_DRAW = 1000
"""Draws are numbered 1000 x simulated draw + price draw in the table of runs."""
TOTAL = "total"
PRESENT_VALUE = "present_value"


@dataclass(frozen=True)
class Series:
    """One outcome of one pair, by year of the horizon and in total."""

    job: Job  # the pair
    outcome: str  # what is measured
    payer: str
    # policy less baseline: a row for each joint draw of prices (one if prices do not matter), a column for each
    # year, the total and, for money, the present value. [shape (n_price_draws, n_years + 2)]
    difference: Floats
    baseline: Floats  # levels, NaN for money. [shape (n_years + 2,)]
    policy: Floats


@dataclass(frozen=True)
class Summary:
    """Figures with ranges, and the runs behind them."""

    figures: pd.DataFrame  # one row a view, year, outcome and payer
    # one row a view, draw, replication, outcome, payer and year. Draws are as the figures count them: moved from
    # the mean at the point values, see :func:`moved_from`.
    runs: pd.DataFrame


def summarise(result: RunResult, area_code: str, area_name: str) -> Summary:
    """Summarise a run over its horizon."""
    labels = labels_of(result.scenario)
    estimates = [*_estimates(result)]
    runs = _runs_table(estimates, labels, area_code)
    figures = _figures(estimates, labels, area_code, area_name)
    switches = [_switch(figures, view) for view in result.scenario.views]
    return Summary(pd.concat([figures, pd.DataFrame([s for s in switches if s is not None])], ignore_index=True), runs)


def labels_of(scenario: Scenario) -> list[str]:
    """Names of the columns of :attr:`Series.difference`."""
    horizon = scenario.horizon
    return [*map(format_year, range(horizon.first, horizon.last + 1)), TOTAL, PRESENT_VALUE]


def arms_of(totals: PairTotals, n_years: int) -> Floats:
    """Both arms of a pair over the horizon, all strata together. [units, shape (2, n_years, n_quantities)]"""
    return np.array([arm.sum(axis=0)[-n_years:] for arm in (totals.baseline, totals.policy)])


def series_of(
    scenario: Scenario, job: Job, values: Mapping[str, float], arms: Floats, most_books: int | None = None
) -> Iterator[Series]:
    """Every outcome of one pair, people first.

    Its arms are those of :func:`arms_of`; ``most_books`` limits the joint draws of prices.
    """
    for outcome in OUTCOMES:
        baseline, policy = (np.append(outcome_by_year(outcome, arm), np.nan) for arm in arms)
        yield Series(job, outcome.name, "", (policy - baseline)[None], baseline, policy)
    books = islice(price_books_of(scenario, job, values), most_books)
    priced = [money_by_year(arms[1] - arms[0], book, scenario.horizon.first) for book in books]
    nothing = np.full(scenario.horizon.years + 2, np.nan)
    for name in REPORTED:
        told, _, payer = name.partition(".")
        flows = np.array([one[name] for one in priced])
        difference = np.column_stack([flows, flows.sum(axis=-1), present_value(flows)])
        yield Series(job, told, payer, difference, nothing, nothing)


def _switch(figures: pd.DataFrame, view: str) -> dict[str, object] | None:
    """How many times as large the benefits would have to be; nothing where there are none to multiply."""
    rows = figures[(figures["view"] == view) & (figures["year"] == PRESENT_VALUE)]
    cost: dict[str, Any] = dict(rows[rows["outcome"] == "policy_cost"].iloc[0])
    benefit: dict[str, Any] = dict(rows[rows["outcome"] == "policy_benefit"].iloc[0])
    if cost["difference"] <= 0.0 or benefit["difference"] <= 0.0:
        return None
    return cost | {
        "outcome": "benefit_multiplier",
        "title": "Benefits would have to be so many times as large for the policy to pay for itself",
        "unit": "times",
        "difference": cost["difference"] / benefit["difference"],
        **dict.fromkeys(("p10", "p50", "p90", "monte_carlo_error", "draw_error", "chance_below_zero"), math.nan),
        "kind": "switch",
        "favourable": "down",
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


def _estimates(result: RunResult) -> Iterator[Estimate]:
    arms, values = read_arms(result, result.jobs())
    for view in result.scenario.views:
        points = points_of(result, view, arms, values)
        draws = [job for job in result.plan.draw_jobs() if job.view == view and job.draw > 0]
        yield from estimates_of(result, points, draws, arms, values)


def read_arms(
    result: RunResult, jobs: Iterable[Job], n_years: int | None = None
) -> tuple[dict[Job, Floats], dict[Job, Mapping[str, float]]]:
    """Both arms of some pairs over the last years, those of the horizon if none are said, and the evidence of each."""
    n_years = result.scenario.horizon.years if n_years is None else n_years
    arms: dict[Job, Floats] = {}
    values: dict[Job, Mapping[str, float]] = {}
    for totals in result.pairs(jobs):
        arms[totals.job] = arms_of(totals, n_years)
        values[totals.job] = totals.values  # noqa: PD011
    return arms, values


def estimates_of(
    result: RunResult,
    points: list[Job],
    draws: list[Job],
    arms: Mapping[Job, Floats],
    values: Mapping[Job, Mapping[str, float]],
) -> Iterator[Estimate]:
    """Every outcome of one view under one law.

    ``points`` are its pairs on level 0. Arms and evidence are those of :func:`read_arms`, of the pairs from which draws
    move, too.
    """
    moved = moved_draws(result, points, draws, arms)
    found: dict[tuple[str, str], tuple[list[Series], list[Series]]] = {}
    for job in (*points, *draws):
        for one in series_of(result.asked(job), job, values[job], moved.get(job, arms[job])):
            found.setdefault((one.outcome, one.payer), ([], []))[job.draw > 0].append(one)
    for (outcome, payer), (level_series, drawn) in found.items():
        yield Estimate(points[0].view, outcome, payer, tuple(level_series), tuple(drawn))


def points_of(
    result: RunResult,
    view: str,
    arms: dict[Job, Floats],
    values: dict[Job, Mapping[str, float]],
    law: Law | None = None,
) -> list[Job]:
    """Every replication of a view. Where it was run fewer times than the main view, the others are moved from there.

    So are those of another law than the headline's, which is run once.
    """
    plan, n = result.plan, result.replications
    points = [plan.point_job(view, number, law) for number in range(n)]
    own = points[: plan.replications_of(view, n, law)]
    if len(own) == n:
        return points
    mains = [plan.point_job(plan.main_view, number) for number in range(n)]
    shift = np.mean([arms[job] - arms[main] for job, main in zip(own, mains, strict=False)], axis=0)
    change = np.mean([arms[job][1] - arms[job][0] for job in own], axis=0)
    for job, main in zip(points, mains, strict=True):
        arms[job] = arms[main] + shift
        values[job] = values[own[0]]
    if routes_are_off(values[own[0]]):
        _keep_change(arms, points, change)
    return points


OF_WORK = np.array([quantity.kind == "hours" for quantity in Quantity])
"""Quantities that chance moves in a view without routes too."""


def _keep_change(arms: dict[Job, Floats], points: list[Job], change: Floats) -> None:
    """Give replications of a view without routes the change that it had itself.

    What another replication of the main view counts of its routes' chance is no change of this view: what happens to
    pupils is the same in both of its arms, to the bit, in every replication.
    """
    spread = np.mean([arms[job][1] - arms[job][0] for job in points], axis=0)
    for job in points:
        base, policy = arms[job]
        by_chance = np.where(OF_WORK, policy - base - spread, 0.0)  # of hours the main view knows the chance
        arms[job] = np.stack([base, base + change + by_chance])


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
    """Every replication and draw. Draws are numbered 1000 x simulated draw + draw of prices."""
    parts = []
    for one in (series for estimate in estimates for series in (*estimate.points, *estimate.draws)):
        n, columns = one.difference.shape
        parts.append(
            pd.DataFrame(
                {
                    "view": one.job.view,
                    "draw": np.repeat(one.job.draw * PRICE_DRAWS_PER_DRAW + np.arange(n), columns),
                    "replication": one.job.replication,
                    "outcome": one.outcome,
                    "payer": one.payer,
                    "area_code": area_code,
                    "year": np.tile(labels, n),
                    "difference": one.difference.ravel(),
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return table[table["difference"].notna()].reset_index(drop=True)


def _figures(estimates: Iterable[Estimate], labels: list[str], area_code: str, area_name: str) -> pd.DataFrame:
    frame = pd.DataFrame([row for estimate in estimates for row in rows_of(estimate, labels)])
    frame.insert(1, "area_name", area_name)
    frame.insert(1, "area_code", area_code)
    return frame


def rows_of(estimate: Estimate, labels: list[str]) -> Iterator[dict[str, object]]:
    """Figures of one outcome, a row for each year, the total and the present value."""
    counted = estimate.draws or estimate.points
    spread = np.concatenate([one.difference for one in counted])
    points = np.concatenate([one.difference for one in estimate.points])
    centres = np.array([one.difference.mean(axis=0) for one in estimate.draws])
    levels = {arm: np.mean([getattr(one, arm) for one in counted], axis=0) for arm in ("baseline", "policy")}
    title, unit, kind, favourable = describe(estimate.outcome, estimate.payer)
    price_base = load_appraisal_tables().price_base if kind == "money" else ""
    for i, label in enumerate(labels):
        values = spread[:, i][~np.isnan(spread[:, i])]
        if values.size == 0:
            continue
        low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
        yield {
            "view": estimate.view,
            "year": label,
            "outcome": estimate.outcome,
            "title": title,
            "unit": unit,
            "payer": estimate.payer,
            "baseline": levels["baseline"][i],
            "policy": levels["policy"][i],
            "difference": float(values.mean()),
            "p10": float(low),
            "p50": float(middle),
            "p90": float(high),
            "monte_carlo_error": standard_error(points[:, i].tolist()),
            "draw_error": standard_error(centres[:, i].tolist()) if len(centres) else math.nan,
            "n_draws": len(estimate.draws),
            "n_replications": len(estimate.points),
            "price_base": price_base,
            "discounted": label == PRESENT_VALUE,
            "kind": kind,
            "favourable": favourable,
            "chance_below_zero": float((values < 0.0).mean()),
        }


# -- two options, run with the same draws, schools and chance ----------------------------------------------------------

KEYS = ["view", "draw", "replication", "outcome", "payer", "area_code", "year"]
SURE = 2.0
"""A difference smaller than so many standard errors of the simulation cannot be told from chance."""


@dataclass(frozen=True)
class Separation:
    """First option less second, for one outcome."""

    mean: float  # over draws of the paired difference. [unit of the outcome]
    p10: float
    p90: float
    # standard error of the mean over replications at the point values. [unit of the outcome; NaN for one]
    monte_carlo_error: float
    chance_below_zero: float  # share of draws in which the first is lower. [fraction]
    n_draws: int  # draws; 0 if only replications were compared

    @property
    def reading(self) -> str:
        """``lower``, ``higher``, ``same`` in every draw, ``unclear`` (draws) or ``not separated`` (replications)."""
        if self.mean == self.p10 == self.p90 == 0.0:
            return "same"
        if math.isfinite(self.monte_carlo_error) and abs(self.mean) < SURE * self.monte_carlo_error:
            return "not separated"
        if self.p10 <= 0.0 <= self.p90:
            return "unclear"
        return "lower" if self.mean < 0.0 else "higher"


def separation(first: pd.DataFrame, second: pd.DataFrame, view: str, outcome: str, year: str) -> Separation:
    """Pair two tables of runs and look at one outcome.

    The tables are ``runs`` of two runs of the same seed, draws and schools; ValueError if they are not, or hold none.
    """
    wanted = {"view": view, "outcome": outcome, "year": year, "payer": ""}
    chosen = [frame[(frame[list(wanted)] == pd.Series(wanted)).all(axis=1)] for frame in (first, second)]
    joined = chosen[0].merge(chosen[1], on=KEYS, suffixes=("_first", "_second"), validate="one_to_one")
    if joined.empty or not len(joined) == len(chosen[0]) == len(chosen[1]):
        raise ValueError(f"the runs do not hold the same draws of {outcome}")
    gap = (joined["difference_first"] - joined["difference_second"]).to_numpy(dtype=np.float64)
    is_draw = joined["draw"].to_numpy() > 0
    points, counted = gap[~is_draw], gap[is_draw] if is_draw.any() else gap
    low, high = np.quantile(counted, [0.1, 0.9])
    return Separation(
        mean=float(counted.mean()),
        p10=float(low),
        p90=float(high),
        monte_carlo_error=standard_error(points.tolist()),
        chance_below_zero=float((counted < 0.0).mean()),
        n_draws=int(is_draw.sum()),
    )
