"""Every outcome of every pair of arms as one tidy table: what a researcher filters, groups and plots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.discount import present_value
from sencosim.costing.money import money_by_year
from sencosim.costing.prices import PriceBook
from sencosim.decisions.spread import ENDS, METHOD
from sencosim.errors import InputError
from sencosim.evidence.councils import load_councils
from sencosim.experiment.store import Store
from sencosim.experiment.totals import PairTotals
from sencosim.model import RunResult, price_book
from sencosim.outcomes.catalogue import MONEY_OUTCOME, OUTCOMES, describe, outcome_by_year
from sencosim.outcomes.summary import PRESENT_VALUE, TOTAL, arms_of, moved_draws, points_of, read_arms
from sencosim.report.words import MILLION
from sencosim.scenario.laws import Law
from sencosim.scenario.schema import Scenario
from sencosim.studies.from_run import stored_weights
from sencosim.studies.question import BASELINE, Question, reading_at
from sencosim.units import format_year

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = npt.NDArray[np.float64]
ENGLAND = "England"
KEYS = ("view", "draw", "replication", "baseline", "arm", "area")
COLUMNS = (*KEYS, "year", "outcome", "payer", "value", "weight")
"""Of the cube. ``baseline`` is the law that both arms stand on; ``year`` an academic year, ``total`` or
``present_value``; ``value`` the level of an arm, or for money the difference that its policy makes; ``weight`` that of
the draw in a mean over draws, as the run's own report has it."""


@dataclass(frozen=True)
class Arms:
    """Both arms of one pair in one place, over all years of the run."""

    view: str
    draw: int
    replication: int
    baseline: str  # the law
    area: str
    scenario: Scenario  # the policy, as the pair was run
    totals: Floats  # no-policy arm and policy arm [units, shape (2, n_years, n_quantities)]
    book: PriceBook
    weight: float = 1.0


def cube_of(pairs: Iterable[Arms]) -> pd.DataFrame:
    """One row a view, draw, replication, law, arm, area, year, outcome and payer. [units of the outcome]"""
    parts = [_rows_of(one) for one in pairs]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    cube = pd.concat(parts, ignore_index=True)
    words = [name for name in COLUMNS if name not in ("draw", "replication", "value", "weight")]
    return cube.astype(dict.fromkeys(words, "category"))[list(COLUMNS)]


def _rows_of(one: Arms) -> pd.DataFrame:
    horizon = one.scenario.horizon
    start = horizon.first - one.scenario.start_year
    inside = one.totals[:, start : start + horizon.years]
    years = [format_year(horizon.first + number) for number in range(horizon.years)]
    levels = {(arm, key): values for arm, key, values in _levels(one, inside)}
    money = money_by_year(one.totals[1] - one.totals[0], one.book, one.scenario.start_year)
    own = {name: flow[start : start + horizon.years] for name, flow in money.items()}
    flows = {
        (one.scenario.name, name): np.array([*flow, flow.sum(), present_value(flow)]) for name, flow in own.items()
    }
    parts = [_long(levels, [*years, TOTAL]), _long(flows, [*years, TOTAL, PRESENT_VALUE])]
    frame = pd.concat(parts, ignore_index=True)
    keys = {name: getattr(one, name) for name in (*KEYS, "weight") if name != "arm"}
    return frame[frame["value"].notna()].assign(**keys)


def _levels(one: Arms, inside: Floats) -> Iterator[tuple[str, str, Floats]]:
    for arm, counts in ((BASELINE, inside[0]), (one.scenario.name, inside[1])):
        for outcome in OUTCOMES:
            yield arm, outcome.name, outcome_by_year(outcome, counts)


def _long(columns: Mapping[tuple[str, str], Floats], years: Sequence[str]) -> pd.DataFrame:
    names = [name.partition(".") for _, name in columns]
    n = len(years)
    return pd.DataFrame(
        {
            "arm": np.repeat([arm for arm, _ in columns], n),
            "outcome": np.repeat([outcome for outcome, _, _ in names], n),
            "payer": np.repeat([payer for _, _, payer in names], n),
            "year": np.tile(years, len(columns)),
            "value": np.concatenate(list(columns.values())),
        }
    )


def arms_of_question(question: Question, store: Store) -> Iterator[Arms]:
    """Pairs of an ensemble, each at the prices of its point."""
    for number, group in enumerate(question.groups, start=1):
        for name, scenario in question.arms_at(number).items():
            for replication in question.numbers(question.replications):
                pair = store.read(question.job(number, name, replication))
                for point in group:
                    keys = (point.view, point.draw, replication, scenario.baselines[0], ENGLAND)
                    book = price_book(scenario, point.view, reading_at(scenario, point).values)
                    yield Arms(*keys, scenario, arms_of(pair, scenario.simulated_years), book)


def arms_of_run(result: RunResult) -> Iterator[Arms]:
    """Pairs of a finished run: its point values, council by council too, and its draws as its headline counts them."""
    known = stored_weights(result.store.folder)
    for law in result.plan.laws:
        yield from _under_law(result, law, known if law == result.plan.laws[0] else {})


def _under_law(result: RunResult, law: Law, weights: Mapping[tuple[str, int], float]) -> Iterator[Arms]:
    plan = result.plan
    is_first = law == plan.laws[0]
    jobs = result.jobs() if is_first else [*result.jobs(), *plan.law_jobs(law)]
    arms, values = read_arms(result, dict.fromkeys(jobs), plan.n_years)
    for view in result.scenario.views if is_first else (plan.main_view,):
        points = points_of(result, view, arms, values, law)
        draws = [job for job in arms if job.view == view and job.law == law and job.draw > 0]
        for job, totals in {**{job: arms[job] for job in points}, **moved_draws(result, points, draws, arms)}.items():
            scenario, book = result.asked(job), price_book(result.asked(job), view, values[job])
            keys = (view, job.draw, job.replication, law, ENGLAND)
            one = Arms(*keys, scenario, totals, book, weights.get((view, job.draw), 1.0))
            yield one
            if job.draw == 0 and result.store.has(job):
                yield from _by_council(one, result.store.read(job))


def _by_council(england: Arms, pair: PairTotals) -> Iterator[Arms]:
    """Councils of a pair, each its own and not weighted up."""
    names = {council.la_code: council.name for council in load_councils()}
    for code, *arms in zip(pair.councils.tolist(), pair.council_baseline, pair.council_policy, strict=True):
        yield replace(england, area=names[code], totals=np.stack(arms))


def differences(cube: pd.DataFrame) -> pd.DataFrame:
    """What each policy changes, by everything but arm: for money the cube's own value. Column ``difference``."""
    keys = [name for name in COLUMNS if name not in ("arm", "value", "weight")]
    base = cube[cube["arm"] == BASELINE].set_index(keys)["value"]
    own = cube[cube["arm"] != BASELINE]
    before = base.reindex(pd.MultiIndex.from_frame(own[keys])).to_numpy(dtype=np.float64)
    difference = own["value"].to_numpy(dtype=np.float64) - np.nan_to_num(before)
    return own.drop(columns="value").assign(difference=difference).reset_index(drop=True)


def summary_of(cube: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Mean, 10 %, 50 % and 90 % points of the difference over draws (or replications where there is no draw).

    Money is its present value, everything else its total over the horizon, unless ``by`` has the year. Means are
    weighed as the report of the run weighs them; the points are those of the draws, without its emulator.
    """
    table = differences(cube)
    money = table["outcome"].isin([*MONEY_OUTCOME]) | (table["payer"].astype(str) != "")
    if "year" not in by:
        table = table[table["year"].astype(str) == np.where(money, PRESENT_VALUE, TOTAL)]
    if "area" not in by:
        table = table[table["area"] == ENGLAND]
    if (table["draw"] > 0).any():
        table = table[table["draw"] > 0]
    table = table.assign(weighed=table["difference"] * table["weight"])
    grouped = table.groupby(list(by), observed=True, sort=False)
    points = grouped["difference"].agg(p10=_p10, p50="median", p90=_p90, n="size")
    sums = grouped[["weighed", "weight"]].sum()
    points.insert(0, "mean", sums["weighed"] / sums["weight"])
    return points.reset_index()


def _p10(values: pd.Series) -> float:
    return float(np.quantile(values, ENDS[0], method=METHOD))


def _p90(values: pd.Series) -> float:
    return float(np.quantile(values, ENDS[1], method=METHOD))


def plot_of(cube: pd.DataFrame, outcome: str, payer: str = "") -> Figure:
    """What the policy changes by year, view by view: the median draw and the middle 80 % of them.

    Raises
    ------
    InputError
        If the cube has no such outcome.
    """
    from matplotlib.figure import Figure

    table = differences(cube[(cube["outcome"] == outcome) & (cube["payer"] == payer) & (cube["area"] == ENGLAND)])
    if table.empty:
        raise InputError(f"There is no outcome named {outcome}. There is {', '.join(sorted(set(cube['outcome'])))}.")
    table = table[~table["year"].isin([TOTAL, PRESENT_VALUE])]
    table = table[table["draw"] > 0] if (table["draw"] > 0).any() else table
    title, unit, kind, _ = describe(outcome, payer)
    scale, unit = (MILLION, "GBP million a year") if kind == "money" else (1.0, unit)
    figure = Figure(figsize=(7.0, 4.0), layout="constrained")
    axes = figure.subplots()
    for (view, law), own in table.groupby(["view", "baseline"], observed=True, sort=False):
        ends = own.groupby("year", observed=True)["difference"].agg(low=_p10, middle="median", high=_p90) / scale
        years = ends.index.astype(str)
        (line,) = axes.plot(years, ends["middle"], label=f"{view}, {str(law).replace('_', ' ')}")
        axes.fill_between(years, ends["low"], ends["high"], color=line.get_color(), alpha=0.2, linewidth=0)
    axes.axhline(0.0, color="black", linewidth=0.8)
    axes.set(title=title, ylabel=unit)
    axes.tick_params(axis="x", rotation=45)
    axes.legend(frameon=False)
    return figure
