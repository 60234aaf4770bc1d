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

from sencosim.analysis.outcomes import MONEY_OUTCOME, OUTCOME, OUTCOMES, Outcome
from sencosim.costing.cost import cost_of_difference
from sencosim.costing.discount import discount_factors
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.evidence.routes import routes_are_off
from sencosim.model import ENGLAND, RunResult, price_books_of
from sencosim.runs.plan import Job
from sencosim.runs.precision import standard_error
from sencosim.runs.totals import PairTotals, tidy_totals
from sencosim.scenario.laws import Law
from sencosim.scenario.schema import Scenario
from sencosim.units import format_year
from sencosim.vocabulary import COLUMN, PAYER, PAYERS, PUBLIC_PAYERS, Quantity

Floats = npt.NDArray[np.float64]

PRICE_DRAWS_PER_DRAW = 1000
"""Draws are numbered 1000 x simulated draw + price draw in the table of runs."""
TOTAL = "total"
PRESENT_VALUE = "present_value"


@dataclass(frozen=True)
class Series:
    """One outcome of one pair, by year of the horizon and in total.

    Attributes
    ----------
    job
        The pair.
    outcome, payer
        What is measured.
    difference
        Policy less baseline: a row for each joint draw of prices (one if prices do not matter), a column for each year,
        the total and, for money, the present value. [shape (n_price_draws, n_years + 2)]
    baseline, policy
        Levels, NaN for money. [shape (n_years + 2,)]
    """

    job: Job
    outcome: str
    payer: str
    difference: Floats
    baseline: Floats
    policy: Floats


@dataclass(frozen=True)
class Summary:
    """Figures with ranges, and the runs behind them.

    Attributes
    ----------
    figures
        One row a view, year, outcome and payer.
    runs
        One row a view, draw, replication, outcome, payer and year. Draws are as the figures count them: moved from the
        mean at the point values, see :func:`moved_from`.
    """

    figures: pd.DataFrame
    runs: pd.DataFrame


def summarise(result: RunResult, area_code: str, area_name: str) -> Summary:
    """Summarise a run over its horizon.

    Parameters
    ----------
    result
        The run.
    area_code, area_name
        What its schools stand for.
    """
    years = years_of(result)
    labels = labels_of(years)
    estimates = [*_estimates(result, years)]
    runs = _runs_table(estimates, labels, area_code)
    figures = _figures(estimates, labels, area_code, area_name)
    switches = [_switch(figures, view) for view in result.scenario.views]
    return Summary(pd.concat([figures, pd.DataFrame([s for s in switches if s is not None])], ignore_index=True), runs)


def years_of(result: RunResult) -> list[int]:
    """First calendar years of the horizon."""
    horizon = result.scenario.horizon
    return [*range(horizon.first, horizon.first + horizon.years)]


def labels_of(years: list[int]) -> list[str]:
    """Names of the columns of :attr:`Series.difference`."""
    return [*(format_year(year) for year in years), TOTAL, PRESENT_VALUE]


def arms_of(totals: PairTotals, start_year: int, years: list[int]) -> Floats:
    """Both arms of a pair over the horizon, all strata together. [units, shape (2, n_years, n_quantities)]"""
    inside = slice(years[0] - start_year, years[-1] - start_year + 1)
    return np.array([arm.sum(axis=0)[inside] for arm in (totals.baseline, totals.policy)])


def series_of(
    scenario: Scenario,
    job: Job,
    values: Mapping[str, float],
    arms: Floats,
    years: list[int],
    most_books: int | None = None,
) -> Iterator[Series]:
    """Every outcome of one pair, people first.

    Parameters
    ----------
    scenario
        For its levers, which prices depend on.
    job, values
        The pair, and its reading of the evidence.
    arms
        See :func:`arms_of`. [units, shape (2, n_years, n_quantities)]
    years
        Of the horizon.
    most_books
        Joint draws of prices at most; all if ``None``.
    """
    for outcome in OUTCOMES:
        baseline, policy = (np.append(outcome_by_year(outcome, arm), np.nan) for arm in arms)
        yield Series(job, outcome.name, "", (policy - baseline)[None], baseline, policy)
    ledger = tidy_totals(ENGLAND, {"value": (arms[1] - arms[0])[None]}, years[0], categories=False)
    flows: dict[tuple[str, str], list[Floats]] = {}
    factors = discount_factors(len(years))
    for book in islice(price_books_of(scenario, job, values), most_books):
        for name, payer, flow in _flows(cost_of_difference(ledger, book), years):
            flows.setdefault((name, payer), []).append(np.append(flow, [flow.sum(), float(flow @ factors)]))
    nothing = np.full(len(years) + 2, np.nan)
    for (name, payer), rows in flows.items():
        yield Series(job, name, payer, np.array(rows), nothing, nothing)


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


# -- people ---------------------------------------------------------------------------------------------------------


def outcome_by_year(outcome: Outcome, counts: Floats) -> Floats:
    """Outcome by year, then over all years.

    Parameters
    ----------
    outcome
        What is measured.
    counts
        Totals of one arm. [units, shape (..., n_years, n_quantities)]

    Returns
    -------
        [unit of the outcome, shape (..., n_years + 1); NaN where nothing stands below a ratio]
    """
    top = _with_total(counts, outcome.of)
    if not outcome.per:
        return top * outcome.scale
    bottom = _with_total(counts, outcome.per)
    ratio: Floats = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0.0) * outcome.scale
    return ratio


def _with_total(counts: Floats, names: tuple[str, ...]) -> Floats:
    by_year = counts[..., [COLUMN[name] for name in names]].sum(axis=-1)
    return np.concatenate([by_year, by_year.sum(axis=-1, keepdims=True)], axis=-1)


# -- money ------------------------------------------------------------------------------------------------------------


def _flows(lines: pd.DataFrame, years: list[int]) -> Iterator[tuple[str, str, Floats]]:
    value = lines["value_gbp"].to_numpy()
    year = lines["year"].to_numpy() - years[0]
    n = len(years)

    def by_year(chosen: npt.NDArray[np.bool_], amounts: Floats = value) -> Floats:
        return np.bincount(year[chosen], weights=amounts[chosen], minlength=n)[:n].astype(np.float64)

    payer = lines["payer"].to_numpy()
    budget = lines["in_budget"].to_numpy(dtype=bool)
    social = (lines["nature"].to_numpy() == "resource") & lines["in_social"].to_numpy(dtype=bool)
    policy = lines["side"].to_numpy() == "policy"
    public = np.isin(payer, PUBLIC_PAYERS) & budget
    yield "net_public_cost", "", by_year(public)
    cost_flow, benefit = by_year(social & policy), -by_year(social & ~policy)
    yield "policy_cost", "", cost_flow
    yield "policy_benefit", "", benefit
    yield "released_hours_worth", "", -by_year(lines["category"].to_numpy() == "released_hours")
    yield "npsv", "", benefit - cost_flow
    resource = lines["nature"].to_numpy() == "resource"
    cash = lines["cashable_gbp"].to_numpy()
    yield "cashable_saving", "", -by_year(public & resource & ~policy, cash)
    for name in PAYERS:
        own = (payer == name) & (budget | ~np.isin(payer, PUBLIC_PAYERS))
        yield "payer_net", name, by_year(own)
        yield "payer_cost", name, by_year(own & (value > 0.0))
        yield "payer_saving", name, by_year(own & (value < 0.0))


# -- two levels -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Estimate:
    """One outcome in one view: every replication at the point values, and every draw.

    Attributes
    ----------
    points
        Replications on level 0, in order.
    draws
        Draws, each moved from the mean of level 0; empty if there is none.
    """

    view: str
    outcome: str
    payer: str
    points: tuple[Series, ...]
    draws: tuple[Series, ...]


def _estimates(result: RunResult, years: list[int]) -> Iterator[Estimate]:
    arms, values = read_arms(result, result.jobs(), years)
    for view in result.scenario.views:
        points = points_of(result, view, arms, values)
        draws = [job for job in result.plan.draw_jobs() if job.view == view and job.draw > 0]
        yield from estimates_of(result, points, draws, arms, values, years)


def read_arms(
    result: RunResult, jobs: Iterable[Job], years: list[int]
) -> tuple[dict[Job, Floats], dict[Job, Mapping[str, float]]]:
    """Both arms of some pairs over the horizon, and the evidence of each."""
    arms: dict[Job, Floats] = {}
    values: dict[Job, Mapping[str, float]] = {}
    for totals in result.pairs(jobs):
        arms[totals.job] = arms_of(totals, result.scenario.start_year, years)
        values[totals.job] = totals.values  # noqa: PD011
    return arms, values


def estimates_of(
    result: RunResult,
    points: list[Job],
    draws: list[Job],
    arms: Mapping[Job, Floats],
    values: Mapping[Job, Mapping[str, float]],
    years: list[int],
) -> Iterator[Estimate]:
    """Every outcome of one view under one law.

    Parameters
    ----------
    points, draws
        Its pairs on level 0, and its draws.
    arms, values
        See :func:`read_arms`; of the pairs from which draws move, too.
    years
        Of the horizon.
    """
    level = np.mean([arms[job] for job in points], axis=0)
    moved = {job: moved_from(level, arms[result.plan.reference_of(job)], arms[job]) for job in draws}
    found: dict[tuple[str, str], tuple[list[Series], list[Series]]] = {}
    for job in (*points, *draws):
        for one in series_of(result.asked(job), job, values[job], moved.get(job, arms[job]), years):
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

    Parameters
    ----------
    level
        Mean over replications at the point values, on all schools of the run.
    reference
        The point values on the schools and with the chance of the draw.
    drawn
        The draw. [all: units, one shape]
    """
    return level + (drawn - reference)


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


def describe(outcome: str, payer: str) -> tuple[str, str, str, str]:
    """Title, unit, kind and favourable direction of an outcome."""
    if payer:
        words = {"payer_net": "net cost", "payer_cost": "pays more", "payer_saving": "pays less"}[outcome]
        return f"{PAYER[payer].title}: {words}", "GBP", "money", "down"
    if outcome in MONEY_OUTCOME:
        return MONEY_OUTCOME[outcome].title, "GBP", "money", MONEY_OUTCOME[outcome].favourable
    found = OUTCOME[outcome]
    return found.title, found.unit, found.kind, found.favourable
