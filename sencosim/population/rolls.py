"""Pupils by year group of every synthetic school, its nursery and its sixth form."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from sencosim.population.recipe import number, numbers
from sencosim.population.schools import SCHOOL_TYPES
from sencosim.population.skeleton import Skeleton
from sencosim.population.spread import Float64, Int64
from sencosim.units import N_YEAR_GROUPS

_NURSERY_SIZE_LIMITS = (60, 100, 210, 300, 420, 630)


def build_rolls(skeleton: Skeleton) -> tuple[Int64, Int64]:
    """Year groups and sixth forms that, with the nursery, add up to each school's pupils.

    Reception to Year 11, and Years 12 to 14. [pupils, shape (n_schools, 12) and (n_schools,)]
    """
    shares = np.array([numbers(f"year_groups_{name}") for name in SCHOOL_TYPES])[skeleton.school_type]
    nursery = _nursery_share(skeleton, shares[:, 0])
    sixth = _sixth_form_share(skeleton, shares[:, -1])
    noise = np.column_stack([ndtri(skeleton.draw("population_other", 10 + g)) for g in range(N_YEAR_GROUPS)])
    groups = shares[:, 1:-1] * np.maximum(0.2, 1 + number("year_group_cv") * noise)
    total = groups.sum(axis=1, keepdims=True)
    groups = np.divide(groups, total, out=np.zeros_like(groups), where=total > 0)
    groups *= (1 - nursery - sixth)[:, None]
    wanted: Float64 = np.column_stack([nursery, groups, sixth]) * skeleton.pupils[:, None].astype(np.float64)
    whole = round_rows(wanted, skeleton.pupils, skeleton.draw("population_other", 40))
    return whole[:, 1:-1], whole[:, -1]


def _nursery_share(skeleton: Skeleton, mean: Float64) -> Float64:
    """Share of a school's pupils below Reception: in part of infant and through primaries, and all-through schools."""
    share = np.where(skeleton.school_type == SCHOOL_TYPES.index("all_through"), mean, 0.0)
    band = np.searchsorted(_NURSERY_SIZE_LIMITS, skeleton.pupils, side="right")
    has, spread = skeleton.draw("population_other", 4), ndtri(skeleton.draw("population_other", 5))
    given = numbers("nursery_share_given")
    for position, name in enumerate(("infant", "through_primary")):
        chosen = (skeleton.school_type == SCHOOL_TYPES.index(name)) & (has < numbers(f"nursery_chance_{name}")[band])
        centre, sd = given[2 * position : 2 * position + 2]
        share = np.where(chosen, np.clip(centre + sd * spread, 0.02, 0.45), share)
    return share


def _sixth_form_share(skeleton: Skeleton, mean: Float64) -> Float64:
    spread = number("sixth_form_share_sd") * ndtri(skeleton.draw("population_other", 6))
    share: Float64 = np.where((mean > 0) & (mean < 1), np.clip(mean + spread, 0.02, 0.6), mean)
    return share


def round_rows(values: Float64, totals: Int64, start: Float64) -> Int64:
    """Round each row systematically to whole numbers that add up to its total."""
    running = np.cumsum(values, axis=1)
    running[:, -1] = totals
    edges = np.floor(running + start[:, None])
    edges[:, -1] = totals
    whole: Int64 = np.diff(np.column_stack([np.zeros(totals.size), np.minimum(edges, totals[:, None])]), axis=1)
    return whole.astype(np.int64)
