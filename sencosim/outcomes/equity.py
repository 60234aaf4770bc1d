"""Results by group of schools: who gains, at the point values of a view, each with its simulation error.

Groups are phases, regions, size bands, fifths by free school meals, rural or urban places, and who runs the schools.
Only what is counted in schools is compared, over the whole horizon, as rates. Money is what schools pay and save; what
councils pay has no group. Schools find teachers in one market: a group pays for those that it takes itself in years in
which all schools together take more, and is spared those that it gives back to others, so groups add up. All schools,
and regions, which are sums of councils, also hold what is counted by councils, such as what schools pay for pupils in
resourced provision: regions add up to all schools, and all schools to the payer; the other groups lack that part.
Differences between groups (such as the most against the least deprived fifth) are taken within each
replication, so their error is that of the pair.

Derived figures follow: looked-after pupils, parents' work, teachers taken into the role. None of these is an
event of the model. Each is a share or a ratio from the evidence applied to the ledger of a pair, so it can change no
other result.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.discount import present_value
from sencosim.costing.extra_teachers import teachers_per_hour
from sencosim.costing.money import money_by_year
from sencosim.costing.prices import PriceBook
from sencosim.evidence.councils import load_councils
from sencosim.experiment.moments import Moments
from sencosim.experiment.totals import PairTotals
from sencosim.model import RunResult, price_book
from sencosim.outcomes.areas import whole_regions
from sencosim.outcomes.catalogue import (
    DERIVED,
    MEASURES,
    MONEY_MEASURES,
    POSTS,
    SEN_PUPILS,
    SHARE_MEASURES,
    divided,
    quantities,
)
from sencosim.population.schools import FIFTHS, GOVERNANCE, SIZE_BANDS
from sencosim.scenario.schema import Scenario
from sencosim.units import PHASES, WEEKS_PER_YEAR
from sencosim.vocabulary import COLUMN

Floats = npt.NDArray[np.float64]
Key = tuple[str, str]
"""Grouping and group."""

ALL, PHASE, REGION, SIZE, FIFTH, PLACE, GOVERNED = (
    *("all", "phase", "region", "size", "fsm_fifth", "place"),
    "governance",
)
GROUPINGS: Mapping[str, str] = {
    ALL: "All schools",
    PHASE: "Phase",
    REGION: "Region",
    SIZE: "Pupils on roll",
    FIFTH: "Fifth of schools by free school meals",
    PLACE: "Rural or urban",
    GOVERNED: "Who runs the school",
}
COMPARED = (*MEASURES, *MONEY_MEASURES, *SHARE_MEASURES)
FIFTH_NAMES = ("1 (fewest)", "2", "3", "4", "5 (most)")
CONTRAST = " less "
"""Between the names of two groups: a row of their difference."""
CONTRASTS: tuple[tuple[str, str, str], ...] = (
    (FIFTH, FIFTH_NAMES[-1], FIFTH_NAMES[0]),
    (PLACE, "rural", "urban"),
    (GOVERNED, GOVERNANCE[2], GOVERNANCE[0]),
    (PHASE, PHASES[0], PHASES[1]),
)
"""Grouping, group, and the group that it is compared with."""


@dataclass(frozen=True)
class Rows:
    """Every group in a fixed order, and the contrasts after them."""

    keys: tuple[Key, ...] = field(default_factory=lambda: tuple(_all_groups()))

    @property
    def labels(self) -> list[Key]:
        """Grouping and name of every row, contrasts included."""
        return [*self.keys, *((grouping, f"{one}{CONTRAST}{other}") for grouping, one, other in CONTRASTS)]


def _all_groups() -> Iterator[Key]:
    bands = [f"{phase}, {band}" for phase, of_phase in zip(PHASES, SIZE_BANDS, strict=True) for band in of_phase]
    groups: dict[str, Iterable[str]] = {
        ALL: (GROUPINGS[ALL],),
        PHASE: PHASES,
        REGION: sorted({one.region for one in load_councils()}),
        SIZE: bands,
        FIFTH: FIFTH_NAMES,
        PLACE: ("rural", "urban"),
        GOVERNED: GOVERNANCE,
    }
    yield from ((grouping, name) for grouping, names in groups.items() for name in names)


def group_results(result: RunResult, view: str) -> pd.DataFrame:
    """Rates by group over the horizon, means over replications at the point values of a view.

    Columns: ``view``, ``grouping`` (a key of :data:`GROUPINGS`), ``group`` (or two with `less` between them: their
    difference), ``measure``, ``title``, ``unit``, ``favourable``, ``baseline``, ``policy`` (NaN for money),
    ``difference``, ``monte_carlo_error`` (standard error of ``difference``, NaN for one replication),
    ``n_replications``, ``schools`` and ``pupils`` (on roll; NaN where schools are grouped by size or region).
    """
    return only_whole_regions(results_by_group(result.points(view), result.scenario, view), result)


def only_whole_regions(table: pd.DataFrame, result: RunResult) -> pd.DataFrame:
    """Rows of groups, without regions of which a run has but some councils: their name would stand for others."""
    kept = (table["grouping"] != REGION) | table["group"].isin(whole_regions(result))
    return table[kept].reset_index(drop=True)


def results_by_group(pairs: Iterable[PairTotals], scenario: Scenario, view: str) -> pd.DataFrame:
    """The same from pairs at the point values of a view, one for each replication, kept by group of schools."""
    rows = Rows()
    moments = [Moments(len(rows.labels), (len(COMPARED),)) for _ in range(3)]
    size = Moments(len(rows.labels), (2,))
    book: PriceBook | None = None
    for totals in pairs:
        book = price_book(scenario, view, totals.values) if book is None else book
        base, policy, sizes = arms_by_group(rows, totals, scenario.horizon.years)
        there = np.flatnonzero(over_years(base, POSTS) > 0.0)
        change = policy[there] - base[there]
        # All schools are the first row: every group is a part of the one market for teachers.
        money = money_by_year(change, book, scenario.horizon.first, market=change[0])
        cost = present_value(money["payer_net.schools"])
        size.add(there, sizes[there])
        for seen, values in zip(moments, _rates(base[there], policy[there], cost), strict=True):
            seen.add(*_with_contrasts(rows, there, values))
    described = [(one.name, one.title, one.unit, one.favourable) for one in COMPARED]
    return _table(view, rows.labels, described, moments, size.mean)


def arms_by_group(rows: Rows, totals: PairTotals, years: int) -> tuple[Floats, Floats, Floats]:
    """Both arms by group over the horizon [units, shape (n_groups, n_years, n_quantities)], and schools and pupils."""
    region = {one.la_code: one.region for one in load_councils()}
    regions = [((REGION, region[code]),) for code in totals.councils.tolist()]
    whole = (ALL, GROUPINGS[ALL])  # what councils count is of no group of schools, but of the whole
    sizes = [(whole,) if phase == "none" else ((SIZE, f"{phase}, {band}"),) for phase, band in totals.strata]
    groups = [
        (
            whole,
            (PHASE, phase),
            (FIFTH, FIFTH_NAMES[min(fifth, FIFTHS) - 1]),
            (PLACE, "rural" if rural else "urban"),
            (GOVERNED, governance),
        )
        for phase, fifth, rural, governance in totals.groups
    ]
    weight = totals.council_weight[:, None, None]
    base, policy = (
        _spread(
            rows,
            *((by_stratum[:, -years:], sizes), (by_group[:, -years:], groups)),
            (by_council[:, -years:] * weight, regions),
        )
        for by_stratum, by_group, by_council in (
            (totals.baseline, totals.group_baseline, totals.council_baseline),
            (totals.policy, totals.group_policy, totals.council_policy),
        )
    )
    known = _spread(rows, (np.stack([totals.group_schools, totals.group_pupils], axis=1), groups))
    unknown = known[:, 0] == 0.0
    known[unknown] = math.nan
    known[unknown, 0] = over_years(base[unknown], POSTS) / years
    return base, policy, known


def _spread(rows: Rows, *parts: tuple[Floats, Sequence[tuple[Key, ...]]]) -> Floats:
    """Add rows of counts to every group that they belong to."""
    place = {key: number for number, key in enumerate(rows.keys)}
    total = np.zeros((len(rows.keys), *parts[0][0].shape[1:]))
    for counts, belongs in parts:
        for number, keys in enumerate(belongs):
            for key in keys:
                total[place[key]] += counts[number]
    return total


def _rates(base: Floats, policy: Floats, cost: Floats) -> tuple[Floats, Floats, Floats]:
    """Baseline, policy and difference of each measure; all schools are the first row. [shape (n_groups, n_measures)]"""
    in_baseline = partial(over_years, base)
    levels = []
    for arm in (base, policy):
        own = partial(over_years, arm)
        rates = [one.value(own, in_baseline if one.per_baseline else own) for one in MEASURES]
        levels.append(np.stack(rates, axis=1))
    per = [over_years(base, names) / base.shape[1] for names in (POSTS, SEN_PUPILS)]
    costs = np.stack([divided(cost, one) for one in per], axis=1)
    nothing = np.full(costs.shape, math.nan)
    need, hours = over_years(base, SEN_PUPILS), over_years(policy - base, ("added_hours",))
    added = divided(hours, np.full(hours.shape, hours[0])) if hours[0] > 0.0 else np.zeros(hours.shape)
    of_need = divided(need, np.full(need.shape, need[0]))
    shares = [100.0 * np.stack([of_need, of_hours], axis=1) for of_hours in (np.zeros(hours.shape), added)]
    first, second = (np.concatenate([levels[arm], nothing, shares[arm]], axis=1) for arm in (0, 1))
    return first, second, np.concatenate([levels[1] - levels[0], costs, shares[1] - shares[0]], axis=1)


def over_years(counts: Floats, names: tuple[str, ...]) -> Floats:
    """Sum of quantities over the horizon. [units, shape (n_groups,)]"""
    total: Floats = counts[:, :, quantities(names)].sum(axis=(1, 2))
    return total


def _with_contrasts(rows: Rows, there: npt.NDArray[np.int64], values: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Add the rows of differences between two groups that are both there."""
    at = {rows.keys[row]: number for number, row in enumerate(there.tolist())}
    places, told = there.tolist(), [values]
    for number, (grouping, one, other) in enumerate(CONTRASTS):
        if (grouping, one) in at and (grouping, other) in at:
            places.append(len(rows.keys) + number)
            told.append((values[at[grouping, one]] - values[at[grouping, other]])[None])
    return np.array(places, dtype=np.int64), np.concatenate(told)


# -- derived figures --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Weighted:
    """One derived figure: a weighted sum of counts. Its words are in the catalogue."""

    name: str
    weights: Callable[[Mapping[str, float]], Mapping[str, float]]  # what a unit of each quantity adds, from the values
    has_levels: bool = True  # False for what only a difference of arms means: its baseline is zero


WEIGHTED: tuple[Weighted, ...] = (
    Weighted(
        "looked_after",
        lambda values: {
            "pupil_years.sen_support": values["looked_after_share_sen_support"],
            "pupil_years.ehc_plan": values["looked_after_share_ehc_plan"],
            "pupil_years.waiting_special": values["looked_after_share_ehc_plan"],
        },
    ),
    Weighted(
        "parents_work_lost",
        lambda values: {
            "pupil_years.identification_wait": values["effect_parent_job_kept"],
            "appeal_weeks": values["effect_parent_job_kept"] / WEEKS_PER_YEAR,
        },
    ),
    Weighted("teachers_needed", teachers_per_hour, has_levels=False),
)
"""In the order shown."""


def derived_results(result: RunResult, view: str) -> pd.DataFrame:
    """Derived figures, yearly means over the horizon at the point values of a view: as :func:`group_results`."""
    moments = [Moments(1, (len(WEIGHTED),)) for _ in range(3)]
    years, row = result.scenario.horizon.years, np.zeros(1, dtype=np.int64)
    has_levels = np.array([one.has_levels for one in WEIGHTED])
    for totals in result.points(view):
        levels = []
        for arm in (totals.baseline, totals.policy):
            counts = arm[:, -years:].sum(axis=(0, 1)) / years
            every = [one.weights(totals.values).items() for one in WEIGHTED]
            levels.append(
                np.array([sum(weight * float(counts[COLUMN[name]]) for name, weight in one) for one in every])
            )
        gap = levels[1] - levels[0]
        told = [np.where(has_levels, levels[0], 0.0), np.where(has_levels, levels[1], gap), gap]
        for seen, values in zip(moments, told, strict=True):
            seen.add(row, values[None])
    words = [DERIVED[one.name] for one in WEIGHTED]
    described = [(one.name, one.title, one.unit, one.favourable) for one in words]
    return _table(view, [("derived", GROUPINGS[ALL])], described, moments, np.full((1, 2), math.nan))


def _table(
    view: str,
    labels: Sequence[Key],
    described: Sequence[tuple[str, str, str, str]],
    moments: Sequence[Moments],
    size: Floats,
) -> pd.DataFrame:
    """Baseline, policy and difference by group and measure, described by name, title, unit and what is favourable.

    ``size`` is schools and pupils; contrasts have none.
    """
    baseline, policy, gap = moments
    error = gap.standard_error()
    found = [
        {
            "view": view,
            "grouping": grouping,
            "group": group,
            **dict(zip(("measure", "title", "unit", "favourable"), words, strict=True)),
            "baseline": baseline.mean[row, column],
            "policy": policy.mean[row, column],
            "difference": gap.mean[row, column],
            "monte_carlo_error": error[row, column],
            "n_replications": int(gap.count[row]),
            "schools": math.nan if CONTRAST in group else size[row, 0],
            "pupils": math.nan if CONTRAST in group else size[row, 1],
        }
        for row, (grouping, group) in enumerate(labels)
        for column, words in enumerate(described)
        if gap.count[row] > 0 and not math.isnan(gap.mean[row, column])
    ]
    return pd.DataFrame(found)
