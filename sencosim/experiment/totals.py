"""What a pair of arms comes to: totals small enough to keep, made where the pair was run.

The tally of England has some 1,200 cells; a worker adds them up and lets them go. England's totals keep phase and
size band, councils' keep neither. What happens in schools is kept by group of schools too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.engine.pair import PairResult
from sencosim.experiment.jobs import Job
from sencosim.vocabulary import SIGNED, Quantity

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

COUNTED = [int(quantity) for quantity in Quantity if quantity not in SIGNED]
ENGLAND = (("none", "none"),)
"""Strata of totals that keep neither phase nor size band."""

GroupKey = tuple[str, int, bool, str]
"""Phase, fifth by free school meals, rural, governance."""


Level = Literal["whole", "england", "council", "school"]
"""What is kept of a pair: one total of England; those of England by phase and size band; those of councils too; and
those of groups of schools, and of schools."""


@dataclass(frozen=True)
class PairTotals:
    """Totals of both arms of one pair, in the units of the quantities."""

    job: Job
    strata: tuple[tuple[str, str], ...]  # phase and size band of each row; ``none`` for what belongs to councils
    baseline: Floats  # weighted to England, by academic year [shape (n_strata, n_years, n_quantities)]
    policy: Floats
    calendar: Floats  # the baseline by calendar year, from the first January [shape (n_strata, n_years - 1, ...)]
    councils: Ints  # DfE code of each council in the pair [shape (n_councils,)]
    council_weight: Floats  # councils of England that each stands for
    council_baseline: Floats  # each council's own, not weighted up [shape (n_councils, n_years, n_quantities)]
    council_policy: Floats
    groups: tuple[GroupKey, ...]  # kinds of school: phase, fifth by free school meals, rural or urban, governance
    group_schools: Floats  # schools of England in each group [shape (n_groups,)]
    group_pupils: Floats  # and their pupils on roll
    group_baseline: Floats  # weighted to England, what is counted in schools [shape (n_groups, n_years, ...)]
    group_policy: Floats
    moved: Ints  # largest difference between the arms in any cell, by year [counts, shape (n_years,)]
    smallest: int  # smallest count in any cell of either arm, but of signed quantities
    headline: float  # net cost to the public purse over the horizon, present value, at the pair's own prices [GBP]
    values: Mapping[str, float]  # the reading of the evidence that was used
    hours: Floats  # allocated in the base-year baseline, by school [hours a week]
    is_secondary: npt.NDArray[np.bool_]  # by school
    school_weight: Floats  # schools of England that each stands for
    n_schools: int
    seconds: float  # of processor time


def totals_of(job: Job, result: PairResult, headline: float, level: Level = "school") -> PairTotals:
    """Add up a pair, as finely as asked."""
    cells = result.cells
    weight = np.array([cell.weight for cell in cells])
    keys = [(cell.phase, cell.size_band) for cell in cells] if level != "whole" else [ENGLAND[0]] * len(cells)
    strata = tuple(sorted(set(keys)))
    stratum = np.array([strata.index(key) for key in keys])
    codes = np.array([cell.la_code for cell in cells], dtype=np.int64)
    councils = np.unique(codes) if level in ("council", "school") else codes[:0]
    council = np.searchsorted(np.unique(codes), codes)
    own = np.array([cell.phase == "none" for cell in cells])
    council_weight = np.zeros(int(council.max()) + 1)
    council_weight[council[own]] = weight[own]
    share = weight / council_weight[council]
    by_school = level == "school"
    kinds = [(one.phase, one.fsm_fifth, one.rural, one.governance) for one in result.groups] if by_school else []
    groups = tuple(sorted(set(kinds)))
    group = np.array([groups.index(kind) for kind in kinds], dtype=np.int64)
    group_weight = np.array([one.weight for one in result.groups])[: group.size]

    def of_councils(counts: Ints) -> Floats:
        return _sums(counts[: len(cells) if councils.size else 0], council, share, councils.size)

    def of_groups(counts: Ints) -> Floats:
        return _sums(counts[: group.size], group, group_weight, len(groups))

    def by_group(counts: Ints) -> Floats:
        return np.bincount(group, counts[: group.size] * group_weight, len(groups)).astype(np.float64)

    return PairTotals(
        job=job,
        strata=strata,
        baseline=_sums(result.baseline, stratum, weight, len(strata)),
        policy=_sums(result.policy, stratum, weight, len(strata)),
        calendar=_sums(result.baseline_calendar, stratum, weight, len(strata)),
        councils=councils,
        council_weight=council_weight[: councils.size],
        council_baseline=of_councils(result.baseline),
        council_policy=of_councils(result.policy),
        groups=groups,
        group_schools=by_group(result.group_schools),
        group_pupils=by_group(result.group_pupils),
        group_baseline=of_groups(result.baseline_groups),
        group_policy=of_groups(result.policy_groups),
        moved=np.abs(result.policy - result.baseline).max(axis=(0, 2)),
        smallest=min(int(counts[..., COUNTED].min()) for counts in (result.policy, result.baseline)),
        headline=headline,
        values=dict(result.values),
        hours=result.hours if by_school else np.zeros(0),
        is_secondary=np.asarray(result.is_secondary) if by_school else np.zeros(0, dtype=bool),
        school_weight=result.school_weight if by_school else np.zeros(0),
        n_schools=result.n_schools,
        seconds=result.seconds,
    )


def _sums(counts: Ints, group: Ints, weight: Floats, n_groups: int) -> Floats:
    """Weighted sums of cells by group, in the units of the quantities; cells in their order, so always the same."""
    sums = np.zeros((n_groups, *counts.shape[1:]))
    for number in range(len(counts)):
        sums[group[number]] += counts[number] * weight[number]
    per: Floats = np.array([quantity.per for quantity in Quantity], dtype=np.float64)
    return sums / per


def whole_of(totals: PairTotals) -> PairTotals:
    """The same pair with one total of England, and nothing of its councils, groups of schools and schools."""
    nothing = {
        name: getattr(totals, name)[:0]
        for name in (
            *("councils", "council_weight", "council_baseline", "council_policy"),
            *("groups", "group_schools", "group_pupils", "group_baseline", "group_policy"),
            *("hours", "is_secondary", "school_weight"),
        )
    }
    england = {name: getattr(totals, name).sum(axis=0)[None] for name in ("baseline", "policy", "calendar")}
    return replace(totals, strata=ENGLAND, **england, **nothing)


def same_pair(one: PairTotals, other: PairTotals, gap: float = 0.0) -> bool:
    """Whether all that is kept of two pairs is the same but the time they took: to the bit, or to a relative gap.

    [share]
    """
    names = [field.name for field in fields(PairTotals) if field.name != "seconds"]
    return all(_alike(getattr(one, name), getattr(other, name), gap) for name in names)


def _alike(one: Any, other: Any, gap: float) -> bool:
    if isinstance(one, Mapping):
        return list(one) == list(other) and _alike(np.array([*one.values()]), np.array([*other.values()]), gap)
    if isinstance(one, float):
        return _alike(np.array([one]), np.array([other]), gap)
    if not isinstance(one, np.ndarray):
        return bool(one == other)
    if (one.shape, one.dtype) != (other.shape, other.dtype):
        return False
    return one.tobytes() == other.tobytes() or (bool(gap) and np.allclose(one, other, rtol=gap, atol=0.0))


def england_totals(result: PairResult) -> tuple[Floats, Floats]:
    """Both arms weighted and summed over all cells. [units, shape (n_years, n_quantities)]"""
    weight = np.array([cell.weight for cell in result.cells])
    everywhere = np.zeros(len(result.cells), dtype=np.int64)
    return _sums(result.baseline, everywhere, weight, 1)[0], _sums(result.policy, everywhere, weight, 1)[0]


# -- as a table -----------------------------------------------------------------------------------------------------


def tidy_totals(
    strata: tuple[tuple[str, str], ...], arms: Mapping[str, Floats], first: int, *, categories: bool = True
) -> pd.DataFrame:
    """Tidy table of totals: a row a year, phase, size band and quantity; rows of zero in every arm are left out.

    ``arms`` are arrays of shape (n_strata, n_years, n_quantities) by the name of their column, from the year ``first``;
    with ``categories``, words are kept as categories, which take less room.
    """
    present = sum((array != 0.0 for array in arms.values()), np.zeros(next(iter(arms.values())).shape, dtype=bool))
    row, year, quantity = np.nonzero(present)

    def words(names: list[str], index: Ints) -> Any:
        return in_categories(names, index) if categories else np.array(names, dtype=object)[index]

    return pd.DataFrame(
        {
            "year": year + first,
            "phase": words([phase for phase, _ in strata], row),
            "size_band": words([band for _, band in strata], row),
            "quantity": words([one.key for one in Quantity], quantity),
            "unit": words([one.unit for one in Quantity], quantity),
            **{name: array[row, year, quantity] for name, array in arms.items()},
        }
    )


def in_categories(names: list[str], index: Ints) -> Any:
    """Words by their number, as a categorical column: names may repeat."""
    known = list(dict.fromkeys(names))
    codes = np.array([known.index(name) for name in names], dtype=np.int64)[index]
    return pd.Categorical.from_codes(codes, pd.Index(known, dtype=object))
