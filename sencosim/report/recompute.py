"""The headline made again from the files of a run, by arithmetic that shares nothing with the costing.

What is read: ``changes`` (what each pair counts), ``prices`` (of every view and draw), ``runs`` (weights, and what each
pair gave), ``summary``, the words of ``report.json``, and the discount rates in force. What is done, written so that a
reader can do the same in any language:

1. Teachers taken from classes in a year: hours x ``teachers_per_hour``, added up; paid for where they are more than in
   the year before.
2. Amount of a line: counts x price; ``labour_share`` of a price grows with real pay from ``pay_base_year``. From the
   month ``later_from`` on ``later_payer`` pays ``later_share`` of a line; an academic year is September to August.
3. What counts where: see :func:`outcomes_of`.
4. Present value: first year whole, each later factor the one before divided by 1 + rate.
5. Mean over draws with their weights; over replications at the point values where nothing was drawn.
6. Whatever one file has another must have, once: each pair every headline and every payer of the prices in every year,
   the summary every figure of the pairs and no other. Years follow one another, and the weights of a view add up to 1.
   How weights were found, and ends of ranges, are not made again.
7. Tables for people say what the tables for programs say, row for row: see :data:`TWINS`.

Nothing of :mod:`sencosim.costing` may be imported here (a contract of the imports holds it): the two would share their
mistakes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product, starmap
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sencosim.errors import InputError, stored_in
from sencosim.evidence.appraisal import load_appraisal_tables

FILES = ("changes.parquet", "prices.parquet", "runs.parquet", "summary.parquet", "report.json")
"""What is read of the folder of a run or a results pack."""
TWINS = {
    "summary.csv": "summary.parquet",
    "by_group.csv": "by_group.parquet",
    "budget.csv": "appraisal/budget.parquet",
}
"""Tables that people open, and those with the same rows that programs read: compared where both are there."""
PAYERS = "payers.csv"
"""Present values of the summary by payer, for people."""
PAYER_COLUMNS = ("view", "payer", "public", "cost_gbp", "saving_gbp", "net_gbp", "p10", "p90", "year", "price_base")
PURSE = "public purse"
"""Payer of the headline in that table."""
MARK = "replaced_mechanisms"
"""Last column of every table of a run in which a mechanism was replaced."""
POUND = 0.5
"""A figure agrees if it is this near to the one of the run. [GBP]"""
WEIGHTS_TO = 1e-9
"""How near to 1 the weights of a view add up: they are stored as numbers of 16 digits."""
TOTAL, PRESENT_VALUE = "total", "present_value"
TEACHERS = "extra_teachers"
PAIR = ["draw", "replication"]
HEADLINES = ("net_public_cost", "npsv", "policy_cost", "policy_benefit", "cashable_saving")
PAYER_PARTS = ("payer_net", "payer_cost", "payer_saving")
KEYS = {
    "runs": [*PAIR, "outcome", "payer", "year"],
    "summary": ["outcome", "payer", "year"],
    "changes": [*PAIR, "year", "quantity"],
}
"""What tells the rows of a table apart, in one view."""


@dataclass(frozen=True)
class Recomputed:
    """Figures of a run alongside those that its own files give."""

    figures: pd.DataFrame  # one row a view, outcome, payer and year: ``summary``, ``recomputed``, ``gap`` [GBP]
    pairs: pd.DataFrame  # the same for each draw and replication: ``stored``, ``recomputed``, ``gap`` [GBP]
    lacking: tuple[str, ...] = ()  # what one of its files has and another has not, in sentences

    @property
    def headlines(self) -> pd.DataFrame:
        """Present values, which are what a reader quotes."""
        return self.figures[self.figures["year"] == PRESENT_VALUE].drop(columns="year").reset_index(drop=True)

    @property
    def largest_gap(self) -> float:
        """Over all figures, each year and each pair. [GBP, >= 0]"""
        return float(max(self.figures["gap"].abs().max(), self.pairs["gap"].abs().max()))

    @property
    def agrees(self) -> bool:
        """Whether every figure is there and came out, to the pound. One that is not a number did not."""
        return not self.lacking and self.largest_gap <= POUND


def recompute(folder: Path) -> Recomputed:
    """Make every figure in money of a run again.

    Parameters
    ----------
    folder
        Of a finished run, or of a results pack.

    Returns
    -------
    Recomputed
        Each outcome of :data:`HEADLINES` and of each payer (:data:`PAYER_PARTS`), in every view, by year of the
        horizon, in total and as present value.

    Raises
    ------
    InputError
        If a file is missing.
    OutputError
        If a file cannot be read.
    """
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise InputError(
            f"{folder} lacks {', '.join(missing)}: it is no run or results pack, or a version of sencosim before "
            "prices were stored wrote it. Run the scenario again, then repeat this."
        )
    with stored_in(folder):
        names = ("changes", "prices", "runs", "summary")
        tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in names}
        words = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        tables["summary"] = tables["summary"][tables["summary"]["area_code"] == words["area_code"]]
        if tables["summary"].empty:
            raise ValueError("its summary has no view")
        # a changed word leaves none out
        named = dict.fromkeys((*words["views"], *tables["summary"]["view"], *tables["runs"]["view"]))
        for name in ("runs", "summary"):
            tables[name] = tables[name][tables[name]["outcome"].isin((*HEADLINES, *PAYER_PARTS))]
        of_views = {view: {name: table[table["view"] == view] for name, table in tables.items()} for view in named}
        lacking = [
            *_other_areas(tables["runs"], words["area_code"]),
            *chain.from_iterable(starmap(_lacking, of_views.items())),
            *_unlike(folder, tables["summary"], words["public_payers"]),
        ]
        views = [_view(mine, view, frozenset(words["public_payers"])) for view, mine in of_views.items()]
        figures, pairs = (pd.concat(parts, ignore_index=True) for parts in zip(*views, strict=True))
        return Recomputed(figures, pairs, tuple(lacking))


def _other_areas(runs: pd.DataFrame, area: str) -> Iterator[str]:
    """Pairs of other areas than that of the run. Councils and regions have figures in the summary, and no pairs."""
    if others := sorted(set(runs["area_code"]) - {area}):
        yield f"runs.parquet has figures of {', '.join(map(str, others))}, and the run is about {area}."


def _unlike(folder: Path, summary: pd.DataFrame, public: Sequence[str]) -> Iterator[str]:
    """Tables for people that do not say what those for programs say. The order of rows says nothing."""
    kept = {
        name: (twin, pd.read_parquet(folder / twin))
        for name, twin in TWINS.items()
        if (folder / name).is_file() and (folder / twin).is_file()
    }
    if (folder / PAYERS).is_file():
        kept[PAYERS] = ("summary.parquet", _by_payer(summary, public))
    for name, (twin, frame) in kept.items():
        told = (folder / name).read_text(encoding="utf-8").splitlines()
        if sorted(told) != sorted(frame.to_csv(index=False, lineterminator="\n").splitlines()):
            yield f"{name} does not say what {twin} says."


def _by_payer(summary: pd.DataFrame, public: Sequence[str]) -> pd.DataFrame:
    """Present values as the table by payer has them: cost and saving of a payer, and the whole public purse."""
    rows = summary[summary["year"] == PRESENT_VALUE].rename(columns={"difference": "net_gbp"})
    nets = rows[rows["outcome"].isin(("payer_net", "net_public_cost"))]
    for name, outcome in (("cost_gbp", "payer_cost"), ("saving_gbp", "payer_saving")):
        part = rows.loc[rows["outcome"] == outcome, ["view", "payer", "net_gbp"]].set_axis(
            ["view", "payer", name], axis="columns"
        )
        nets = nets.merge(part, how="left", on=["view", "payer"])
    of_payer = nets["outcome"] == "payer_net"
    named = nets.assign(public=~of_payer | nets["payer"].isin(public), payer=nets["payer"].where(of_payer, PURSE))
    return named[[*PAYER_COLUMNS, *(name for name in named.columns if name == MARK)]]


def _lacking(view: str, mine: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """What one file of a view has and another has not, or has twice."""
    yield from _twice(view, mine)
    runs, changes = mine["runs"], mine["changes"]
    figures = {name: set(_keys_of(mine[name], ["outcome", "payer", "year"])) for name in ("runs", "summary")}
    either = figures["runs"] | figures["summary"]
    years = {year for _, _, year in either} | set(map(_label, set(changes["year"]))) | {TOTAL, PRESENT_VALUE}
    yield from _out_of_step(view, sorted(map(str, years - {TOTAL, PRESENT_VALUE})))
    needed = either | {(*one, year) for one in _outcomes_in(mine["prices"]) for year in years}
    for name, found in figures.items():
        if gone := sorted(needed - found, key=str):
            first = ", ".join(filter(None, map(str, gone[0])))
            yield f"{name}.parquet lacks {len(gone)} figures of the view {view}, the first: {first}."
    pairs = runs.drop_duplicates(KEYS["runs"]).groupby(PAIR).size()
    for draw, replication in pairs.index[pairs < len(figures["runs"])]:
        yield f"runs.parquet lacks figures of draw {draw}, replication {replication}, of the view {view}."
    if gone_pairs := sorted(set(_keys_of(changes, PAIR)) - set(pairs.index)):
        yield f"changes.parquet has {len(gone_pairs)} pairs of the view {view} that runs.parquet lacks."
    if set(mine["prices"]["draw"]) != set(runs["draw"]):
        yield f"prices.parquet and runs.parquet have different draws of the view {view}."
    weights = _that_count(runs)[[*PAIR, "weight"]].drop_duplicates()
    if weights.duplicated(PAIR).any() or not abs(weights["weight"].sum(skipna=False) - 1.0) <= WEIGHTS_TO:
        yield f"The weights of the view {view} in runs.parquet do not add up to 1."


def _twice(view: str, mine: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Tables in which a row stands twice, or cannot be told from others."""
    for name, keys in KEYS.items():
        if mine[name].duplicated(keys).any() or mine[name][keys].isna().any(axis=None):
            yield f"{name}.parquet has figures of the view {view} twice, or without a name."


def _out_of_step(view: str, years: Sequence[str]) -> Iterator[str]:
    """Years of the horizon, in order, of which one is missing, or stands twice under two names."""
    if list(years) != [_label(int(years[0][:4]) + number) for number in range(len(years))]:
        yield f"The years of the view {view} do not follow one another: {', '.join(years)}."


def _outcomes_in(prices: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Outcome and payer of every figure that a run has: the headlines, and the parts of whoever pays any price."""
    yield from ((name, "") for name in HEADLINES)
    payers = {payer for name in ("payer", "later_payer") for payer in set(prices[name]) if payer}
    yield from product(PAYER_PARTS, payers)


def _label(year: int) -> str:
    """An academic year as tables name it."""
    return f"{year}/{(year + 1) % 100:02d}"


def _keys_of(table: pd.DataFrame, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return table[[*names]].drop_duplicates().itertuples(index=False, name=None)


def _that_count(runs: pd.DataFrame) -> pd.DataFrame:
    """Pairs of which the figures are means: draws, or replications where nothing was drawn."""
    return runs[runs["draw"] > 0] if (runs["draw"] > 0).any() else runs


def _view(mine: Mapping[str, pd.DataFrame], view: str, public: frozenset[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Figures and pairs of one view."""
    keys = ["outcome", "payer"]
    runs = mine["runs"]
    years = sorted(set(runs["year"]) - {TOTAL, PRESENT_VALUE})
    first = [int(year[:4]) for year in years]
    lines = priced_lines(mine["changes"], mine["prices"], first)
    made = pd.concat(outcomes_of(lines, public), ignore_index=True)
    made = made.pivot_table("amount", [*PAIR, *keys], "year", "sum", fill_value=0.0)
    made = made.reindex(columns=first, fill_value=0.0).set_axis(years, axis="columns")
    made[TOTAL] = made[years].sum(axis="columns")
    made[PRESENT_VALUE] = made[years].to_numpy() @ factors(len(years))
    long = made.reset_index().melt([*PAIR, *keys], var_name="year", value_name="recomputed")
    # A pair whose arms do not differ has no line, and so no row: nothing counted is nothing spent.
    pairs = runs.rename(columns={"difference": "stored"}).merge(long, how="left", on=[*PAIR, *keys, "year"])
    pairs["recomputed"] = pairs["recomputed"].fillna(0.0)
    return _means(pairs, mine["summary"], view), _with_gap(pairs.assign(view=view), "stored")


def _means(pairs: pd.DataFrame, summary: pd.DataFrame, view: str) -> pd.DataFrame:
    """Weighted means over draws, or over replications where nothing was drawn, alongside those of the summary."""
    keys = ["outcome", "payer", "year"]
    counted = _that_count(pairs)
    means = (counted["recomputed"] * counted["weight"]).groupby([counted[key] for key in keys], sort=False).sum()
    told = summary[["outcome", "payer", "year", "difference"]].rename(columns={"difference": "summary"})
    table = means.rename("recomputed").reset_index().merge(told, how="left", on=keys)
    return _with_gap(table.assign(view=view), "summary")


def _with_gap(table: pd.DataFrame, told: str) -> pd.DataFrame:
    """Recomputed figure less the stored one; infinite where either is missing."""
    table["gap"] = (table["recomputed"] - table[told]).fillna(np.inf)
    keys = ["view", *(name for name in (*PAIR, "outcome", "payer", "year") if name in table.columns)]
    return table[[*keys, told, "recomputed", "gap"]]


def priced_lines(changes: pd.DataFrame, prices: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Lines of every pair of one view: the columns of its prices, and ``amount`` by year and payer. [GBP a year]

    ``years`` are those of the horizon, in order, by their first calendar year.
    """
    per_hour = prices[prices["teachers_per_hour"] != 0.0].drop_duplicates(["draw", "quantity"])
    hours = changes.merge(per_hour[["draw", "quantity", "teachers_per_hour"]], on=["draw", "quantity"])
    counted = pd.concat([changes[[*PAIR, "year", "quantity", "value"]], _teachers(hours, years)], ignore_index=True)
    lines = counted.merge(prices, on=["draw", "quantity"])
    grown = (1.0 + lines["real_pay_growth"]) ** (lines["year"] - lines["pay_base_year"]) - 1.0
    lines["amount"] = lines["value"] * lines["price_gbp"] * (1.0 + lines["labour_share"] * grown)
    part = lines["later_share"] * _part_after(lines["year"], lines["later_from"])
    moved = lines[part > 0.0].assign(payer=lines["later_payer"], amount=lines["amount"] * part)
    return pd.concat([lines.assign(amount=lines["amount"] * (1.0 - part)), moved], ignore_index=True)


def _teachers(hours: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Teachers taken from classes beyond those of the year before, by pair and year. [FTE]"""
    taken = hours.assign(value=hours["value"] * hours["teachers_per_hour"])
    by_year = taken.pivot_table("value", PAIR, "year", "sum").reindex(columns=list(years)).fillna(0.0)
    risen = by_year - by_year.shift(axis="columns", fill_value=0.0)
    long = risen.clip(lower=0.0).reset_index().melt(PAIR, var_name="year", value_name="value")
    return long.astype({"year": int}).assign(quantity=TEACHERS)


def _part_after(years: pd.Series, months: pd.Series) -> pd.Series:
    """Part of each academic year that lies in or after a month such as ``2028-04``; 0 where there is none. [share]"""
    found = {}
    for year, month in {(int(year), str(month)) for year, month in zip(years, months, strict=True)}:
        in_year = [f"{year}-{number:02d}" for number in range(9, 13)] + [f"{year + 1}-{n:02d}" for n in range(1, 9)]
        found[year, month] = sum(one >= month for one in in_year) / 12.0 if month else 0.0
    return pd.Series([found[int(y), str(m)] for y, m in zip(years, months, strict=True)], years.index, dtype=float)


def outcomes_of(lines: pd.DataFrame, public: frozenset[str]) -> Iterator[pd.DataFrame]:
    """What the lines add to each outcome, by pair and year. [GBP a year]

    The purse holds what stands in a budget of a public payer, transfers included. Society's costs and benefits are
    resources used up or spared: the policy's side is the cost, the other side, with its sign turned, the benefit. A
    payer who is not public has no budget, and bears all that falls on it. Cash is the cashable part of what the public
    purse is spared, without transfers.
    """
    is_public, in_budget = lines["payer"].isin(public), lines["in_budget"].astype(bool)
    resource, policy = lines["nature"] == "resource", lines["side"] == "policy"
    social, purse, amount = resource & lines["in_social"].astype(bool), is_public & in_budget, lines["amount"]
    sums = {
        "net_public_cost": amount.where(purse, 0.0),
        "policy_cost": amount.where(social & policy, 0.0),
        "policy_benefit": -amount.where(social & ~policy, 0.0),
        "npsv": -amount.where(social, 0.0),
        "cashable_saving": -(amount * lines["cashable_share"]).where(purse & resource & ~policy, 0.0),
    }
    keys = [*PAIR, "year"]
    for outcome, amounts in sums.items():
        yield _added(amounts, lines[keys]).assign(outcome=outcome, payer="")
    own = lines[in_budget | ~is_public]
    parts = (own["amount"], own["amount"].clip(lower=0.0), own["amount"].clip(upper=0.0))
    for outcome, amounts in zip(PAYER_PARTS, parts, strict=True):
        yield _added(amounts, own[[*keys, "payer"]]).assign(outcome=outcome)


def _added(amounts: pd.Series, keys: pd.DataFrame) -> pd.DataFrame:
    return amounts.rename("amount").groupby([keys[name] for name in keys.columns]).sum().reset_index()


def factors(n_years: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Present value of 1 in each year, by the standard schedule in force: year 0 first.

    Examples
    --------
    >>> factors(3).round(6).tolist()
    [1.0, 0.966184, 0.933511]
    """
    steps = load_appraisal_tables().discount_vintage("in_force").schedules["standard"].steps
    found = [1.0]
    for year in range(1, n_years):
        rate = [rate for start, rate in steps if start <= year][-1]
        found.append(found[-1] / (1.0 + rate))
    return np.array(found[:n_years])
