"""What a pair of arms comes to: totals small enough to keep, made where the pair was run.

The tally of England has some 1,200 cells; a worker adds them up and lets them go. England's totals keep phase and
size band, councils' keep neither. What happens in schools is kept by group of schools too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.engine.pair import PairResult
from sencosim.runs.plan import Job
from sencosim.vocabulary import Quantity

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

KEPT_BY_SCHOOL = ("hours", "is_secondary", "school_weight")

GroupKey = tuple[str, int, bool, str]
"""Phase, fifth by free school meals, rural, governance."""


@dataclass(frozen=True)
class PairTotals:
    """Totals of both arms of one pair.

    Attributes
    ----------
    job
        What was run.
    strata
        Phase and size band of each row; ``none`` for what belongs to councils.
    baseline, policy
        Weighted to what the schools stand for, by academic year. [units, shape (n_strata, n_years, n_quantities)]
    calendar
        The baseline by calendar year, from the first January. [units, shape (n_strata, n_years - 1, n_quantities)]
    councils, council_weight
        DfE code of each council in the pair, and how many councils it stands for. [shape (n_councils,)]
    council_baseline, council_policy
        Each council's own totals, not weighted up. [units, shape (n_councils, n_years, n_quantities)]
    groups
        Kinds of school: phase, fifth by free school meals, rural or urban, governance.
    group_schools, group_pupils
        What they stand for in England. [schools and pupils on roll, shape (n_groups,)]
    group_baseline, group_policy
        Weighted to England, what is counted in schools. [units, shape (n_groups, n_years, n_quantities)]
    moved
        Largest difference between the arms in any cell, by year. [counts, shape (n_years,)]
    smallest
        Smallest count in any cell of either arm. [counts]
    headline
        Net cost to the public purse over the horizon, present value, at the pair's own prices. [GBP]
    values
        The reading of the evidence that was used.
    hours, is_secondary, school_weight
        Allocated hours a week in the base-year baseline by school; kept for the point values only.
    """

    job: Job
    strata: tuple[tuple[str, str], ...]
    baseline: Floats
    policy: Floats
    calendar: Floats
    councils: Ints
    council_weight: Floats
    council_baseline: Floats
    council_policy: Floats
    groups: tuple[GroupKey, ...]
    group_schools: Floats
    group_pupils: Floats
    group_baseline: Floats
    group_policy: Floats
    moved: Ints
    smallest: int
    headline: float
    values: Mapping[str, float]
    hours: Floats
    is_secondary: npt.NDArray[np.bool_]
    school_weight: Floats
    n_schools: int
    seconds: float


def totals_of(job: Job, result: PairResult, headline: float) -> PairTotals:
    """Add up a pair.

    Parameters
    ----------
    job, result
        What was run and what came out.
    headline
        See :class:`PairTotals`. [GBP]
    """
    cells = result.cells
    weight = np.array([cell.weight for cell in cells])
    keys = [(cell.phase, cell.size_band) for cell in cells]
    strata = tuple(sorted(set(keys)))
    stratum = np.array([strata.index(key) for key in keys])
    codes = np.array([cell.la_code for cell in cells], dtype=np.int64)
    councils = np.unique(codes)
    council = np.searchsorted(councils, codes)
    own = np.array([cell.phase == "none" for cell in cells])
    council_weight = np.zeros(councils.size)
    council_weight[council[own]] = weight[own]
    share = weight / council_weight[council]
    by_school = job.draw == 0
    kinds = [(one.phase, one.fsm_fifth, one.rural, one.governance) for one in result.groups]
    groups = tuple(sorted(set(kinds)))
    group = np.array([groups.index(kind) for kind in kinds], dtype=np.int64)
    group_weight = np.array([one.weight for one in result.groups])
    return PairTotals(
        job=job,
        strata=strata,
        baseline=_sums(result.baseline, stratum, weight, len(strata)),
        policy=_sums(result.policy, stratum, weight, len(strata)),
        calendar=_sums(result.baseline_calendar, stratum, weight, len(strata)),
        councils=councils,
        council_weight=council_weight,
        council_baseline=_sums(result.baseline, council, share, councils.size),
        council_policy=_sums(result.policy, council, share, councils.size),
        groups=groups,
        group_schools=np.bincount(group, result.group_schools * group_weight, len(groups)).astype(np.float64),
        group_pupils=np.bincount(group, result.group_pupils * group_weight, len(groups)).astype(np.float64),
        group_baseline=_sums(result.baseline_groups, group, group_weight, len(groups)),
        group_policy=_sums(result.policy_groups, group, group_weight, len(groups)),
        moved=np.abs(result.policy - result.baseline).max(axis=(0, 2)),
        smallest=min(int(result.policy.min()), int(result.baseline.min())),
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


def england_totals(result: PairResult) -> tuple[Floats, Floats]:
    """Both arms weighted and summed over all cells. [units, shape (n_years, n_quantities)]"""
    weight = np.array([cell.weight for cell in result.cells])
    everywhere = np.zeros(len(result.cells), dtype=np.int64)
    return _sums(result.baseline, everywhere, weight, 1)[0], _sums(result.policy, everywhere, weight, 1)[0]


# -- on disk --------------------------------------------------------------------------------------------------------


def write_totals(totals: PairTotals, path: Path) -> None:
    """Write as one compressed file of arrays.

    Parameters
    ----------
    totals
        What to write.
    path
        Where. The caller makes it appear at once.
    """
    arrays: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    for field in fields(totals):
        value = getattr(totals, field.name)
        if isinstance(value, np.ndarray):
            arrays[field.name] = value
        else:
            facts[field.name] = value
    job = totals.job
    facts |= {
        "job": [job.view, job.draw, job.replication, job.share, job.law, job.variant],
        "strata": [list(key) for key in totals.strata],
    }
    facts["groups"] = [list(key) for key in totals.groups]
    facts["values"] = {name: float(value) for name, value in totals.values.items()}  # noqa: PD011
    with path.open("wb") as stream:
        np.savez_compressed(stream, facts=np.array(json.dumps(facts)), **arrays)


def read_totals(path: Path) -> PairTotals:
    """Read what :func:`write_totals` wrote; every number comes back exactly."""
    with np.load(path, allow_pickle=False) as kept:
        facts = json.loads(str(kept["facts"]))
        arrays: dict[str, Any] = {name: kept[name] for name in kept.files if name != "facts"}
    facts["job"] = Job(*facts["job"])
    facts["strata"] = tuple((phase, band) for phase, band in facts["strata"])
    facts["groups"] = tuple(tuple(key) for key in facts["groups"])
    return PairTotals(**facts, **arrays)


def read_headline(path: Path) -> float:
    """Read the headline alone. [GBP]"""
    with np.load(path, allow_pickle=False) as kept:
        return float(json.loads(str(kept["facts"]))["headline"])


# -- as a table -----------------------------------------------------------------------------------------------------


def tidy_totals(
    strata: tuple[tuple[str, str], ...], arms: Mapping[str, Floats], first: int, *, categories: bool = True
) -> pd.DataFrame:
    """Tidy table of totals: a row a year, phase, size band and quantity; rows of nought in every arm are left out.

    Parameters
    ----------
    strata
        Phase and size band of each row of the arrays.
    arms
        Arrays by the name that their column gets. [units, shape (n_strata, n_years, n_quantities)]
    first
        First calendar year of the first year.
    categories
        Keep words as categories, which take less room.
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
