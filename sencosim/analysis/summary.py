"""From pairs of runs to figures with ranges: the one table that every report reads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.analysis.outcomes import MONEY_OUTCOME, OUTCOME, OUTCOMES, Outcome
from sencosim.costing.accounts import PAYERS, PUBLIC_PAYERS
from sencosim.costing.cost import cost
from sencosim.costing.discount import discount_factors
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.model import RunResult, price_books_of
from sencosim.units import format_year

Floats = npt.NDArray[np.float64]

PRICE_DRAWS_PER_DRAW = 1000
"""Draws are numbered 1000 x simulated draw + price draw in the table of runs."""
TOTAL = "total"
PRESENT_VALUE = "present_value"

_PAYER_TITLES = {
    "schools": "Schools",
    "council_high_needs": "Councils: high-needs block",
    "council_general_fund": "Councils: general fund",
    "dfe": "Department for Education",
    "nhs": "NHS",
    "moj_hmcts": "Tribunals service (MoJ, HMCTS)",
    "exchequer": "Exchequer: tax and benefits",
    "families": "Families",
    "pupils": "Pupils, later in life",
}


@dataclass(frozen=True)
class Series:
    """One outcome of one pair, by year of the horizon and in total. Arrays end with total and, for money, with PV."""

    view: str
    draw: int
    replication: int
    outcome: str
    payer: str
    baseline: Floats
    policy: Floats
    difference: Floats


@dataclass(frozen=True)
class Summary:
    """Figures with ranges, and the runs behind them.

    Attributes
    ----------
    figures
        One row a view, year, outcome and payer.
    runs
        One row a view, draw, replication, outcome, payer and year.
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
    horizon = result.scenario.horizon
    years = [*range(horizon.first, horizon.first + horizon.years)]
    labels = [*(format_year(year) for year in years), TOTAL, PRESENT_VALUE]
    series = [*_people(result, years), *_money(result, years)]
    runs = _runs_table(series, labels, area_code)
    figures = _figures(series, labels, area_code, area_name)
    switches = [_switch(figures, view) for view in result.scenario.views]
    return Summary(pd.concat([figures, pd.DataFrame([s for s in switches if s is not None])], ignore_index=True), runs)


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
        **dict.fromkeys(("p10", "p50", "p90", "monte_carlo_error", "chance_below_zero"), math.nan),
        "kind": "switch",
        "favourable": "down",
    }


# -- people ---------------------------------------------------------------------------------------------------------


def _people(result: RunResult, years: list[int]) -> Iterator[Series]:
    wanted = {name for outcome in OUTCOMES for name in (*outcome.of, *outcome.per)}
    ledger = result.ledger[result.ledger["quantity"].isin(wanted) & result.ledger["year"].isin(years)]
    sums = ledger.groupby(["view", "draw", "replication", "quantity", "year"], observed=True)[["baseline", "policy"]]
    table = sums.sum().reset_index()
    for pair in result.pairs:
        view, draw, replication = pair.pair.view, pair.pair.draw, pair.pair.replication
        part = table[(table["view"] == view) & (table["draw"] == draw) & (table["replication"] == replication)]
        arms = {arm: _by_year(part, arm, years) for arm in ("baseline", "policy")}
        for outcome in OUTCOMES:
            base, policy = (_values(outcome, arms[arm], len(years)) for arm in ("baseline", "policy"))
            number = draw * PRICE_DRAWS_PER_DRAW
            yield Series(view, number, replication, outcome.name, "", base, policy, policy - base)


def _by_year(part: pd.DataFrame, arm: str, years: list[int]) -> dict[str, Floats]:
    wide = part.pivot_table(index="quantity", columns="year", values=arm, aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(columns=years, fill_value=0.0)
    return {str(name): row for name, row in zip(wide.index, wide.to_numpy(dtype=np.float64), strict=True)}


def _values(outcome: Outcome, quantities: dict[str, Floats], n_years: int) -> Floats:
    """Outcome by year, then over the horizon, then nothing where a present value would stand."""
    none = np.zeros(n_years)
    top = sum((quantities.get(name, none) for name in outcome.of), none)
    top = np.append(top, top.sum())
    if not outcome.per:
        return np.append(top * outcome.scale, np.nan)
    bottom = sum((quantities.get(name, none) for name in outcome.per), none)
    bottom = np.append(bottom, bottom.sum())
    ratio = np.divide(top, bottom, out=np.full(n_years + 1, np.nan), where=bottom > 0.0)
    return np.append(ratio * outcome.scale, np.nan)


# -- money ------------------------------------------------------------------------------------------------------------


def _money(result: RunResult, years: list[int]) -> Iterator[Series]:
    keys = ["view", "draw", "replication"]
    inside = result.ledger[result.ledger["year"].isin(years)]
    sums = inside.groupby([*keys, "year", "quantity"], sort=False, as_index=False)["value"].sum()
    factors = discount_factors(len(years))
    for pair in result.pairs:
        key = (pair.pair.view, pair.pair.draw, pair.pair.replication)
        own = (sums["view"] == key[0]) & (sums["draw"] == key[1]) & (sums["replication"] == key[2])
        ledger = pd.DataFrame(sums[own][["year", "quantity", "value"]])
        for number, book in price_books_of(result.scenario, pair):
            lines = cost(ledger, book)
            for outcome, payer, flow in _flows(lines, years):
                flow_with_sums = np.append(flow, [flow.sum(), float(flow @ factors)])
                nothing = np.full(flow_with_sums.size, np.nan)
                draw = key[1] * PRICE_DRAWS_PER_DRAW + number
                yield Series(key[0], draw, key[2], outcome, payer, nothing, nothing, flow_with_sums)


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
    yield "npsv", "", benefit - cost_flow
    resource = lines["nature"].to_numpy() == "resource"
    cash = lines["cashable_gbp"].to_numpy()
    yield "cashable_saving", "", -by_year(public & resource & ~policy, cash)
    for name in PAYERS:
        own = (payer == name) & (budget | ~np.isin(payer, PUBLIC_PAYERS))
        yield "payer_net", name, by_year(own)
        yield "payer_cost", name, by_year(own & (value > 0.0))
        yield "payer_saving", name, by_year(own & (value < 0.0))


# -- the tables -----------------------------------------------------------------------------------------------------


def _runs_table(series: Iterable[Series], labels: list[str], area_code: str) -> pd.DataFrame:
    rows = [
        (s.view, s.draw, s.replication, s.outcome, s.payer, area_code, label, value)
        for s in series
        for label, value in zip(labels, s.difference.tolist(), strict=True)
        if not math.isnan(value)
    ]
    columns = ["view", "draw", "replication", "outcome", "payer", "area_code", "year", "difference"]
    return pd.DataFrame(rows, columns=columns)


def _figures(series: list[Series], labels: list[str], area_code: str, area_name: str) -> pd.DataFrame:
    groups: dict[tuple[str, str, str], list[Series]] = {}
    for one in series:
        groups.setdefault((one.view, one.outcome, one.payer), []).append(one)
    rows = [row for key, group in groups.items() for row in _rows(key, group, labels)]
    frame = pd.DataFrame(rows)
    frame.insert(1, "area_name", area_name)
    frame.insert(1, "area_code", area_code)
    return frame


def _rows(key: tuple[str, str, str], group: list[Series], labels: list[str]) -> Iterator[dict[str, object]]:
    view, outcome, payer = key
    points = [s for s in group if s.draw == 0]
    drawn = [s for s in group if s.draw > 0]
    counted = drawn or points
    simulated = {s.draw // PRICE_DRAWS_PER_DRAW for s in drawn}
    spread = np.array([s.difference for s in counted])
    noise = np.array([s.difference for s in points])
    levels = {arm: np.array([getattr(s, arm) for s in counted]).mean(axis=0) for arm in ("baseline", "policy")}
    title, unit, kind, favourable = describe(outcome, payer)
    price_base = load_appraisal_tables().price_base if kind == "money" else ""
    for i, label in enumerate(labels):
        values = spread[:, i]
        if np.isnan(values).all():
            continue
        error = np.nan
        if len(noise) > 1:
            error = float(noise[:, i].std(ddof=1) / np.sqrt(max(1, len(simulated) or len(points))))
        low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
        yield {
            "view": view,
            "year": label,
            "outcome": outcome,
            "title": title,
            "unit": unit,
            "payer": payer,
            "baseline": levels["baseline"][i],
            "policy": levels["policy"][i],
            "difference": float(values.mean()),
            "p10": float(low),
            "p50": float(middle),
            "p90": float(high),
            "monte_carlo_error": error,
            "n_draws": len(simulated),
            "n_replications": len(points),
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
        return f"{_PAYER_TITLES[payer]}: {words}", "GBP", "money", "down"
    if outcome in MONEY_OUTCOME:
        return MONEY_OUTCOME[outcome].title, "GBP", "money", MONEY_OUTCOME[outcome].favourable
    found = OUTCOME[outcome]
    return found.title, found.unit, found.kind, found.favourable
