"""Every outcome of every pair of arms as one tidy table: what a researcher filters, groups and plots."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.discount import present_value
from sencosim.costing.money import money_by_year
from sencosim.costing.prices import PriceBook
from sencosim.decisions.spread import ENDS, METHOD
from sencosim.errors import InputError, stored_in
from sencosim.evidence.councils import load_councils
from sencosim.experiment.store import Store
from sencosim.experiment.totals import PairTotals
from sencosim.model import RunResult, price_book
from sencosim.names import did_you_mean, listed
from sencosim.outcomes.areas import own_places
from sencosim.outcomes.catalogue import MEASURES, OUTCOME, OUTCOMES, Outcome, describe, outcome_by_year
from sencosim.outcomes.equity import ALL, REGION, Rows, arms_by_group
from sencosim.outcomes.summary import PRESENT_VALUE, TOTAL, arms_of, labels_of, moved_draws, points_of, read_arms
from sencosim.report.assemble import area_of
from sencosim.report.words import MILLION
from sencosim.scenario.laws import Law
from sencosim.scenario.schema import Scenario
from sencosim.studies.from_run import stored_weights
from sencosim.studies.question import BASELINE, Question, check_names_of_arms, reading_at

if TYPE_CHECKING:
    from sencosim.studies.picture import Picture

Floats = npt.NDArray[np.float64]
EVERY_SCHOOL = "all"
"""Group of rows that are of all schools of their area."""
COLUMNS = (
    *("view", "draw", "replication", "baseline", "arm", "area", "group", "year", "outcome", "payer", "value", "weight"),
)
"""Of the cube. ``baseline`` is the law that both arms stand on; ``year`` an academic year, ``total`` or
``present_value``; ``value`` the level of an arm, or for money the difference that its policy makes; ``weight`` that of
the draw in a mean over draws, as the run's own report has it."""
WORDS = tuple(name for name in COLUMNS if name not in ("draw", "replication", "value", "weight"))
"""Columns that are kept as categories."""
APART = ("view", "baseline", "arm", "outcome", "payer")
"""Columns whose values are different figures: no mean is taken over them."""
PARTS = ("area", "group")
"""Columns that tell a part of the schools from all of them."""
_IN_SCHOOLS = {name for one in MEASURES for name in (*one.of, *one.per)}
OF_GROUPS = tuple(one for one in OUTCOMES if {*one.of, *one.per} <= _IN_SCHOOLS)
"""Outcomes that groups of schools have: those of what is counted in schools alone."""


@dataclass(frozen=True)
class Arms:
    """Both arms of one pair in one or several places, over all years of the run."""

    view: str
    draw: int
    replication: int
    baseline: str  # the law
    places: tuple[tuple[str, str], ...]  # area and group of schools
    scenario: Scenario  # the policy, as the pair was run
    totals: Floats  # no-policy arm and policy arm [units, shape (n_places, 2, n_years, n_quantities)]
    book: PriceBook | None  # none where money is not added up by place
    weight: float = 1.0
    outcomes: tuple[Outcome, ...] = OUTCOMES


@dataclass(frozen=True)
class Places:
    """Whose schools a run is of."""

    whole: str  # name of what all of them stand for: England, councils, or a list of one's own
    councils: frozenset[str]  # ONS codes of those of which it has nearly all schools: of others it has but a part

    @classmethod
    def of(cls, result: RunResult) -> Places:
        """As a finished run was written: once it is read back, its options do not hold its schools."""
        summary, areas = (result.store.folder / name for name in ("summary.parquet", "areas.parquet"))
        if not (summary.is_file() and areas.is_file()):
            return cls(area_of(result.options)[1], own_places(result))
        with stored_in(result.store.folder):
            whole = pd.read_parquet(summary, columns=["area_name"])["area_name"].iloc[0]
            codes = pd.read_parquet(areas, columns=["area_code"])["area_code"]
        return cls(str(whole), frozenset(map(str, codes.unique())))


class _Codes:
    """Words of the columns by number, in the order in which they are first met."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, int]] = {name: {} for name in WORDS}

    def of(self, column: str, words: Sequence[str]) -> npt.NDArray[np.int32]:
        known = self.known[column]
        return np.array([known.setdefault(word, len(known)) for word in words], dtype=np.int32)


def cube_of(pairs: Iterable[Arms]) -> pd.DataFrame:
    """One row a view, draw, replication, law, arm, area, group, year, outcome and payer. [units of the outcomes]"""
    codes = _Codes()
    parts = [part for one in pairs for part in _rows_of(one, codes)]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    cube = pd.concat(parts, ignore_index=True)
    for name in WORDS:
        cube[name] = pd.Categorical.from_codes(cube[name], pd.Index(list(codes.known[name]), dtype=object))
    return cube[list(COLUMNS)]


def _rows_of(one: Arms, codes: _Codes) -> Iterator[pd.DataFrame]:
    """Rows of one pair, words as numbers: levels of both arms, and money that the policy changes."""
    horizon = one.scenario.horizon
    start = horizon.first - one.scenario.start_year
    inside = one.totals[:, :, start : start + horizon.years]
    years = codes.of("year", labels_of(one.scenario))
    keys = {"draw": one.draw, "replication": one.replication, "weight": one.weight}
    keys |= {name: codes.of(name, [word])[0] for name, word in (("view", one.view), ("baseline", one.baseline))}
    area, group = (codes.of(name, words) for name, words in zip(PARTS, zip(*one.places, strict=True), strict=True))

    def table(values: Floats, arms: Sequence[str], outcomes: Sequence[str], payers: Sequence[str]) -> pd.DataFrame:
        """Rows of values of shape (n_places, n_arms, n_outcomes, n_labels), without what does not exist."""
        place, arm, outcome, year = np.nonzero(~np.isnan(values))
        columns: dict[str, npt.NDArray[Any]] = {"area": area[place], "group": group[place], "year": years[year]}
        columns |= {"arm": codes.of("arm", arms)[arm], "outcome": codes.of("outcome", outcomes)[outcome]}
        columns |= {"payer": codes.of("payer", payers)[outcome], "value": values[place, arm, outcome, year]}
        return pd.DataFrame({**columns, **keys})

    levels = np.stack([outcome_by_year(outcome, inside) for outcome in one.outcomes], axis=2)
    names = [outcome.name for outcome in one.outcomes]
    yield table(levels, (BASELINE, one.scenario.name), names, [""] * len(names))
    if one.book is None:
        return
    money = money_by_year(one.totals[:, 1] - one.totals[:, 0], one.book, one.scenario.start_year)
    own = {name: flow[..., start : start + horizon.years] for name, flow in money.items()}
    flows = [np.column_stack([flow, flow.sum(axis=-1), present_value(flow)]) for flow in own.values()]
    told = [name.partition(".") for name in own]
    of = ([outcome for outcome, _, _ in told], [payer for _, _, payer in told])
    yield table(np.stack(flows, axis=1)[:, None], (one.scenario.name,), *of)


def arms_of_question(question: Question, store: Store, area: str) -> Iterator[Arms]:
    """Pairs of an ensemble, each at the prices of its point; ``area`` is the name of what its schools stand for."""
    for number, group in enumerate(question.groups, start=1):
        for name, scenario in question.arms_at(number).items():
            for replication in question.numbers(question.replications):
                pair = store.read(question.job(number, name, replication))
                totals = arms_of(pair, scenario.simulated_years)[None]
                for point in group:
                    keys = (point.view, point.draw, replication, scenario.baselines[0], ((area, EVERY_SCHOOL),))
                    book = price_book(scenario, point.view, reading_at(scenario, point).values)
                    yield Arms(*keys, scenario, totals, book)


def arms_of_run(result: RunResult, *, parts: bool = True) -> Iterator[Arms]:
    """Pairs of a finished run: its point values and its draws, as its headline counts them.

    With ``parts``, councils and groups of schools at the point values too.
    """
    check_names_of_arms({result.scenario.name: result.scenario})
    known, places = stored_weights(result.store.folder), Places.of(result)
    for law in result.plan.laws:
        for one, pair in _under_law(result, law, known if law == result.plan.laws[0] else {}, places.whole):
            yield one
            if parts and pair is not None:
                yield from _parts_of(one, pair, places)


def _under_law(
    result: RunResult, law: Law, weights: Mapping[tuple[str, int], float], area: str
) -> Iterator[tuple[Arms, PairTotals | None]]:
    """Arms of all schools, each with the pair that has its parts: at the point values alone."""
    plan = result.plan
    is_first = law == plan.laws[0]
    jobs = result.jobs() if is_first else [*result.jobs(), *plan.law_jobs(law)]
    arms, values = read_arms(result, dict.fromkeys(jobs), plan.n_years)
    for view in result.scenario.views if is_first else (plan.main_view,):
        points = points_of(result, view, arms, values, law)
        draws = [job for job in arms if job.view == view and job.law == law and job.draw > 0]
        for job, totals in {**{job: arms[job] for job in points}, **moved_draws(result, points, draws, arms)}.items():
            scenario, book = result.asked(job), price_book(result.asked(job), view, values[job])
            keys = (view, job.draw, job.replication, law, ((area, EVERY_SCHOOL),))
            one = Arms(*keys, scenario, totals[None], book, weights.get((view, job.draw), 1.0))
            yield one, result.store.read(job) if job.draw == 0 and result.store.has(job) else None


def _parts_of(whole: Arms, pair: PairTotals, places: Places) -> Iterator[Arms]:
    """Councils of a pair, each its own and not weighted up; and groups of schools, weighted up, without money.

    A council that is all there is, or of which the run has but a part, is not told again under its name.
    """
    known = {one.la_code: one.name for one in load_councils() if one.ons_code in places.councils}
    names = [known.get(code, places.whole) for code in pair.councils.tolist()]
    kept = [number for number, name in enumerate(names) if name != places.whole]
    if kept:
        named = tuple((names[number], EVERY_SCHOOL) for number in kept)
        arms = np.stack([pair.council_baseline[kept], pair.council_policy[kept]], axis=1)
        yield replace(whole, places=named, totals=arms)
    if pair.groups:
        rows = Rows()
        base, policy, _ = arms_by_group(rows, pair, whole.scenario.simulated_years)
        kept = [number for number, (grouping, _) in enumerate(rows.keys) if grouping not in (ALL, REGION)]
        kept = [number for number in kept if base[number].any() or policy[number].any()]
        named = tuple((places.whole, f"{rows.keys[number][0]}: {rows.keys[number][1]}") for number in kept)
        totals = np.stack([base[kept], policy[kept]], axis=1)
        yield replace(whole, places=named, totals=totals, book=None, outcomes=OF_GROUPS)


def _whole_of(cube: pd.DataFrame) -> str:
    """The area that all schools stand for: the first that the cube has."""
    return str(cube["area"].cat.categories[0]) if len(cube) else ""


def select(cube: pd.DataFrame, where: Mapping[str, object]) -> pd.DataFrame:
    """Rows of the cube with these values: one, or several, of each column that is named.

    Raises
    ------
    InputError
        If there is no such column or value.
    """
    for name, asked in where.items():
        if name not in COLUMNS or name in ("value", "weight"):
            raise InputError(_unknown_column(name))
        wanted = values_of(asked)
        there = list(cube[name].cat.categories if name in WORDS and len(cube) else cube[name].unique())
        for value in wanted:
            if value not in there:
                named = [str(one) for one in there if str(one).partition(": ")[2] == str(value)]
                hint = did_you_mean(named[0] if named else str(value), [str(one) for one in there])
                shown = listed([str(one) or "(blank)" for one in there], most=20)
                raise InputError(f"The column {name} has no {value!r} here. {hint} It has {shown}.".replace("  ", " "))
        cube = cube[cube[name].isin(wanted)]
    return cube


def values_of(asked: object) -> list[object]:
    """One value that is asked for, or several."""
    return list(asked) if isinstance(asked, Iterable) and not isinstance(asked, str) else [asked]


def _unknown_column(name: str) -> str:
    known = [one for one in COLUMNS if one not in ("value", "weight")]
    hint = did_you_mean(name, known)
    return f"The cube has no column {name}. {hint} It has {', '.join(known)}.".replace("  ", " ")


def differences(cube: pd.DataFrame) -> pd.DataFrame:
    """What each policy changes, by everything but arm: for money the cube's own value. Column ``difference``.

    No row where one of the arms has no value, as a ratio of nothing.
    """
    keys = [name for name in COLUMNS if name not in ("arm", "value", "weight")]
    base = cube[cube["arm"] == BASELINE].set_index(keys)["value"]
    own = cube[cube["arm"] != BASELINE]
    before = base.reindex(pd.MultiIndex.from_frame(own[keys])).to_numpy(dtype=np.float64)
    before = np.where(own["outcome"].isin(OUTCOME), before, 0.0)
    difference = own["value"].to_numpy(dtype=np.float64) - before
    return own.drop(columns="value").assign(difference=difference).dropna(subset="difference").reset_index(drop=True)


def summary_of(cube: pd.DataFrame, by: Sequence[str], *, of_draws: bool = True) -> pd.DataFrame:
    """Mean, 10 %, 50 % and 90 % points of the difference over draws, and their number ``n``.

    Money is its present value, everything else its total over the horizon, unless ``by`` has the year, or the cube has
    one year alone. Views, laws, policies, outcomes and payers are never put together: where there are several, the
    table has their columns whether they are in ``by`` or not. Means are weighed as the report of the run weighs them;
    the points are those of the draws, without its emulator. The replications of a draw are put together first, unless
    ``by`` has them. Where there is no draw, or its number is that of a point of a design (``of_draws`` is false), the
    mean is over replications, ``n`` is their number, and there are no points; nor are there of one draw.

    Raises
    ------
    InputError
        If the cube has no such column.
    """
    for name in by:
        if name not in COLUMNS or name in ("value", "weight"):
            raise InputError(_unknown_column(name))
    if not by:
        raise InputError("Say by which columns the differences are put together, such as by=['view', 'outcome'].")
    table = differences(cube)
    money = table["outcome"].isin(cube.loc[cube["year"] == PRESENT_VALUE, "outcome"].unique())
    if "year" not in by and len(table["year"].unique()) > 1:
        table = table[table["year"].astype(str) == np.where(money, PRESENT_VALUE, TOTAL)]
    of_all = (_whole_of(cube), EVERY_SCHOOL)
    for name, whole in zip(PARTS, of_all, strict=True):
        if name not in by and len(table[name].unique()) > 1:
            table = table[table[name] == whole]
    drawn = (table["draw"] > 0) & of_draws
    # Parts are run at the point values alone, so all rows of a table with parts are.
    parts = (table["area"] != of_all[0]) | (table["group"] != EVERY_SCHOOL)
    table = table[~drawn] if (parts & ~drawn).any() else table[drawn] if drawn.any() else table
    are_draws = of_draws and bool((table["draw"] > 0).any())
    table = _by_draw(table) if are_draws and "replication" not in by else table
    table = table.assign(weighed=table["difference"] * table["weight"])
    apart = [name for name in APART if name not in by and len(table[name].unique()) > 1]
    grouped = table.groupby([*by, *apart], observed=True, sort=False)
    points = grouped["difference"].agg(p10=_p10, p50="median", p90=_p90, n="size")
    sums = grouped[["weighed", "weight"]].sum()
    points.insert(0, "mean", sums["weighed"] / sums["weight"])
    ends = ["p10", "p50", "p90"]
    points[ends] = points[ends].where(are_draws & (points["n"] > 1), math.nan)
    return points.reset_index()


def _by_draw(differences: pd.DataFrame) -> pd.DataFrame:
    """Means over the replications of each draw: they have one weight."""
    keys = [name for name in COLUMNS if name not in ("replication", "value", "weight")]
    return differences.groupby(keys, observed=True, sort=False)[["difference", "weight"]].mean().reset_index()


def _p10(values: pd.Series) -> float:
    return float(np.quantile(values, ENDS[0], method=METHOD))


def _p90(values: pd.Series) -> float:
    return float(np.quantile(values, ENDS[1], method=METHOD))


def plot_of(cube: pd.DataFrame, outcome: str, payer: str = "", *, of_draws: bool = True) -> Picture:
    """What the policy changes by year, view by view: the median draw and the middle 80 % of them.

    The replications of a draw are put together first. Where there is no draw, or its number is that of a point of a
    design (``of_draws`` is false): the mean over replications, without a range.

    Raises
    ------
    InputError
        If the cube has no such outcome.
    """
    from sencosim.studies.picture import Picture

    own = select(cube, {"outcome": outcome, "payer": payer})
    table = differences(own[(own["area"] == _whole_of(own)) & (own["group"] == EVERY_SCHOOL)])
    if table.empty:
        raise InputError(f"{outcome} is that of one payer: name it, such as plot({outcome!r}, payer='schools').")
    table = table[~table["year"].isin([TOTAL, PRESENT_VALUE])]
    are_draws = of_draws and bool((table["draw"] > 0).any())
    table = _by_draw(table[(table["draw"] > 0) | (not are_draws)])
    title, unit, kind, _ = describe(outcome, payer)
    scale, unit = (MILLION, "GBP million a year") if kind == "money" else (1.0, unit)
    what = "the median draw and the middle 80 % of draws" if are_draws else "mean over replications"
    said = f"{title}: change by year, {unit}, {what}, view by view"
    figure = Picture(said, figsize=(7.0, 4.0), layout="constrained")
    axes = figure.subplots()
    several = len(table["arm"].unique()) > 1
    for (view, law, arm), own in table.groupby(["view", "baseline", "arm"], observed=True, sort=False):
        ends = own.groupby("year", observed=True)["difference"].agg(low=_p10, middle="median", high=_p90) / scale
        years, policy = ends.index.astype(str), f"{arm}, " if several else ""
        (line,) = axes.plot(years, ends["middle"], label=f"{policy}{view}, {str(law).replace('_', ' ')}")
        if are_draws:
            axes.fill_between(years, ends["low"], ends["high"], color=line.get_color(), alpha=0.2, linewidth=0)
    axes.axhline(0.0, color="black", linewidth=0.8)
    axes.set(title=title, ylabel=f"Change, {unit}")
    axes.tick_params(axis="x", rotation=45)
    axes.legend(frameon=False)
    return figure
