"""Results by group of schools: who gains, at the point values of a view, each with its simulation error.

Groups are phases, regions, size bands, fifths by free school meals, rural or urban places, and who runs the schools.
Only what is counted in schools is compared, over the whole horizon, as rates. Money is what schools pay and save; what
councils pay has no group. Regions are sums of councils, so they also hold what schools pay for pupils whom their
council counts, such as those in resourced provision. Differences between groups (such as the most against the least
deprived fifth) are taken within each replication, so their error is that of the pair.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.analysis.measures import MEASURES, MONEY_MEASURES, POSTS, SEN_PUPILS, SHARE_MEASURES, Measure
from sencosim.costing.cost import cost
from sencosim.costing.discount import discount_factors
from sencosim.evidence.councils import load_councils
from sencosim.model import RunResult, price_book
from sencosim.population.schools import FIFTHS, GOVERNANCE, SIZE_BANDS
from sencosim.runs.streaming import Moments
from sencosim.runs.totals import PairTotals
from sencosim.units import PHASES
from sencosim.vocabulary import COLUMN, Quantity

Floats = npt.NDArray[np.float64]
Keys = tuple[tuple[str, str], ...]
"""Groups that something belongs to."""

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
    """Every group in a fixed order, and the contrasts after them.

    Attributes
    ----------
    keys
        Grouping and name of each group.
    """

    keys: tuple[tuple[str, str], ...] = field(default_factory=lambda: tuple(_all_groups()))

    @property
    def labels(self) -> list[tuple[str, str]]:
        """Grouping and name of every row, contrasts included."""
        return [*self.keys, *((grouping, f"{one}{CONTRAST}{other}") for grouping, one, other in CONTRASTS)]


def _all_groups() -> Iterator[tuple[str, str]]:
    yield ALL, GROUPINGS[ALL]
    for phase in PHASES:
        yield PHASE, phase
    for region in sorted({one.region for one in load_councils()}):
        yield REGION, region
    for phase, bands in zip(PHASES, SIZE_BANDS, strict=True):
        yield from ((SIZE, f"{phase}, {band}") for band in bands)
    for grouping, names in ((FIFTH, FIFTH_NAMES), (PLACE, ("rural", "urban")), (GOVERNED, GOVERNANCE)):
        yield from ((grouping, name) for name in names)


def group_results(result: RunResult, view: str) -> pd.DataFrame:
    """Rates by group over the horizon, means over replications at the point values of a view.

    Parameters
    ----------
    result
        A run.
    view
        ``campaign``, ``central`` or ``sceptic``.

    Returns
    -------
        ``view``, ``grouping`` (a key of :data:`GROUPINGS`), ``group`` (or two with `less` between them: their
        difference), ``measure``, ``title``, ``unit``, ``favourable``, ``baseline``, ``policy`` (NaN for money),
        ``difference``, ``monte_carlo_error`` (standard error of ``difference``, NaN for one replication),
        ``n_replications``, ``schools`` and ``pupils`` (on roll; NaN where schools are grouped by size or region).
    """
    rows, names = Rows(), [*(measure.name for measure in MEASURES), *MONEY_MEASURES, *SHARE_MEASURES]
    shape = (len(names),)
    baseline, policy, gap = (Moments(len(rows.labels), shape) for _ in range(3))
    size = Moments(len(rows.keys), (2,))
    prices: Floats | None = None
    for totals in result.points(view):
        prices = school_prices(result, totals) if prices is None else prices
        arms, sizes = _arms(rows, result, totals)
        there = np.flatnonzero(arms[0][:, :, _columns(POSTS)].sum(axis=(1, 2)) > 0.0)
        levels = _rates(arms[0][there], arms[1][there], prices)
        size.add(there, sizes[there])
        for seen, values in zip((baseline, policy, gap), levels, strict=True):
            places, told = _with_contrasts(rows, there, values)
            seen.add(places, told)
    return _table(rows, view, names, (baseline, policy, gap), size)


def school_prices(result: RunResult, totals: PairTotals) -> Floats:
    """What one unit of each quantity costs schools, discounted to the first year of the horizon.

    Returns
    -------
        [GBP per unit, shape (n_years, n_quantities)]
    """
    horizon = result.scenario.horizon
    years = np.arange(horizon.first, horizon.first + horizon.years)
    ledger = pd.DataFrame(
        {
            "year": np.repeat(years, len(Quantity)),
            "quantity": np.tile([one.key for one in Quantity], horizon.years),
            "value": 1.0,
        }
    )
    lines = cost(ledger, price_book(result.scenario, totals.job.view, totals.values))
    own = lines[(lines["payer"] == "schools") & lines["in_budget"].to_numpy(dtype=bool)]
    prices = np.zeros((horizon.years, len(Quantity)))
    column = own["quantity"].map(COLUMN).to_numpy(dtype=np.int64)
    np.add.at(prices, (own["year"].to_numpy(dtype=np.int64) - horizon.first, column), own["value_gbp"].to_numpy())
    discounted: Floats = prices * discount_factors(horizon.years)[:, None]
    return discounted


def _columns(names: Iterable[str]) -> list[int]:
    return [COLUMN[name] for name in names]


def _arms(rows: Rows, result: RunResult, totals: PairTotals) -> tuple[tuple[Floats, Floats], Floats]:
    """Both arms by group over the horizon, and schools and pupils. [units, shape (n_groups, n_years, n_quantities)]"""
    start, years = result.scenario.horizon.first - result.scenario.start_year, result.scenario.horizon.years
    inside = slice(start, start + years)
    weight = totals.council_weight[:, None, None]
    arms = [
        _spread(
            rows,
            (
                (by_stratum[:, inside], _sizes_of(totals)),
                (by_group[:, inside], _groups_of(totals)),
                (by_council[:, inside] * weight, _regions_of(totals)),
            ),
        )
        for by_stratum, by_group, by_council in (
            (totals.baseline, totals.group_baseline, totals.council_baseline),
            (totals.policy, totals.group_policy, totals.council_policy),
        )
    ]
    known = np.stack([totals.group_schools, totals.group_pupils], axis=1)
    sizes = _spread(rows, ((known, _groups_of(totals)),))
    unknown = sizes[:, 0] == 0.0
    sizes[unknown] = math.nan
    sizes[unknown, 0] = arms[0][unknown][:, :, _columns(POSTS)].sum(axis=(1, 2)) / years
    return (arms[0], arms[1]), sizes


def _spread(rows: Rows, parts: Iterable[tuple[Floats, Sequence[Keys]]]) -> Floats:
    """Add rows of counts to every group that they belong to."""
    place = {key: number for number, key in enumerate(rows.keys)}
    total: Floats | None = None
    for counts, belongs in parts:
        total = np.zeros((len(rows.keys), *counts.shape[1:])) if total is None else total
        for number, keys in enumerate(belongs):
            for key in keys:
                total[place[key]] += counts[number]
    return np.zeros((len(rows.keys), 0)) if total is None else total


def _sizes_of(totals: PairTotals) -> list[Keys]:
    return [() if phase == "none" else ((SIZE, f"{phase}, {band}"),) for phase, band in totals.strata]


def _groups_of(totals: PairTotals) -> list[Keys]:
    """Groups to which each kind of school belongs."""
    return [
        (
            (ALL, GROUPINGS[ALL]),
            (PHASE, phase),
            (FIFTH, FIFTH_NAMES[min(fifth, FIFTHS) - 1]),
            (PLACE, "rural" if rural else "urban"),
            (GOVERNED, governance),
        )
        for phase, fifth, rural, governance in totals.groups
    ]


def _regions_of(totals: PairTotals) -> list[Keys]:
    region = {one.la_code: one.region for one in load_councils()}
    return [((REGION, region[code]),) for code in totals.councils.tolist()]


def _rates(base: Floats, policy: Floats, prices: Floats) -> tuple[Floats, Floats, Floats]:
    """Baseline, policy and difference of each measure; all schools are the first row. [shape (n_groups, n_measures)]"""
    levels = [np.stack([_rate(one, arm, base) for one in MEASURES], axis=1) for arm in (base, policy)]
    money = np.einsum("gyq,yq->g", policy - base, prices)
    years = base.shape[1]
    per = [base[:, :, _columns(names)].sum(axis=(1, 2)) / years for names in (POSTS, SEN_PUPILS)]
    costs = np.stack([_divided(money, one) for one in per], axis=1)
    nothing = np.full(costs.shape, math.nan)
    shares = [_shares(base, policy - base, with_policy=arm) for arm in (False, True)]
    first, second = (np.concatenate([levels[arm], nothing, shares[arm]], axis=1) for arm in (0, 1))
    return first, second, np.concatenate([levels[1] - levels[0], costs, shares[1] - shares[0]], axis=1)


def _shares(base: Floats, change: Floats, *, with_policy: bool) -> Floats:
    """Part of each group in all need and in all hours added, of which the baseline has none. [%]"""
    need = base[:, :, _columns(SEN_PUPILS)].sum(axis=(1, 2))
    hours = change[:, :, _columns(("added_hours",))].sum(axis=(1, 2))
    added = _divided(hours, np.full(hours.shape, hours[0])) if with_policy and hours[0] > 0.0 else np.zeros(hours.shape)
    return 100.0 * np.stack([_divided(need, np.full(need.shape, need[0])), added], axis=1)


def _rate(measure: Measure, arm: Floats, base: Floats) -> Floats:
    below = base if measure.base == "baseline" else arm
    top, bottom = (
        counts[:, :, _columns(names)].sum(axis=(1, 2)) for counts, names in ((arm, measure.of), (below, measure.per))
    )
    return _divided(top, bottom) * measure.scale


def _divided(top: Floats, bottom: Floats) -> Floats:
    ratio: Floats = np.divide(top, bottom, out=np.full(top.shape, math.nan), where=bottom > 0.0)
    return ratio


def _with_contrasts(rows: Rows, there: npt.NDArray[np.int64], values: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Add the rows of differences between two groups that are both there."""
    at = {rows.keys[row]: number for number, row in enumerate(there.tolist())}
    places, told = there.tolist(), [values]
    for number, (grouping, one, other) in enumerate(CONTRASTS):
        if (grouping, one) in at and (grouping, other) in at:
            places.append(len(rows.keys) + number)
            told.append((values[at[grouping, one]] - values[at[grouping, other]])[None])
    return np.array(places, dtype=np.int64), np.concatenate(told)


def _table(
    rows: Rows, view: str, names: list[str], moments: tuple[Moments, Moments, Moments], size: Moments
) -> pd.DataFrame:
    baseline, policy, gap = moments
    error = gap.standard_error()
    described = {one.name: (one.title, one.unit, one.favourable) for one in MEASURES}
    described |= {name: (*words, "down") for name, words in MONEY_MEASURES.items()}
    described |= {name: (*words, "") for name, words in SHARE_MEASURES.items()}
    found = [
        {
            "view": view,
            "grouping": grouping,
            "group": group,
            "measure": name,
            **dict(zip(("title", "unit", "favourable"), described[name], strict=True)),
            "baseline": baseline.mean[row, column],
            "policy": policy.mean[row, column],
            "difference": gap.mean[row, column],
            "monte_carlo_error": error[row, column],
            "n_replications": int(gap.count[row]),
            "schools": size.mean[row, 0] if row < len(rows.keys) else math.nan,
            "pupils": size.mean[row, 1] if row < len(rows.keys) else math.nan,
        }
        for row, (grouping, group) in enumerate(rows.labels)
        for column, name in enumerate(names)
        if gap.count[row] > 0 and not math.isnan(gap.mean[row, column])
    ]
    return pd.DataFrame(found)
