"""Samples of the schools, with weights that give England back.

Whole councils are the default sample of a run, because a council is a system: cutting its schools and serving them
with its full capacity needs care. Schools can also be sampled within every council.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sencosim.errors import EvidenceError, PopulationError, Problem
from sencosim.evidence.councils import Council, exclusion_levels, find_council, load_councils
from sencosim.population.schools import PRIMARY, SECONDARY, Population
from sencosim.population.spread import Float64, Int64, group_sums
from sencosim.randomness import uniform_array

FEWEST_COUNCILS = 2
FEWEST_SCHOOLS = 5
"""A council with fewer schools than this (City of London, Isles of Scilly) is only in a run of all England."""

CANDIDATES = 1_000
"""Draws of councils among which the best balanced is taken."""

BALANCED_FACTS = ("requests", "requests_refused", "new_plans", "plans_caseload")

_LONDON = "London"
_NORTH_AND_WEST_MIDLANDS = ("North East", "North West", "Yorkshire and The Humber", "West Midlands")


def sample_councils(population: Population, share: float, seed: int) -> Population:
    """Draw whole councils, stratified by region and size.

    Within a stratum councils are sorted by size and one is taken from each of as many equal stretches as are wanted,
    so large and small ones are both there. Each council of a stratum gets the same ``council_weight``: pupils of the
    stratum over pupils of those drawn. Of :data:`CANDIDATES` such draws the one is taken whose weighted totals of
    schools, pupils, SEN Support and plans by phase, free school meals, requests, refusals, new and late plans,
    suspensions and exclusions are nearest to England's.

    The ``share`` of the councils is taken, rounded up, never fewer than two. [ratio, 0 < share <= 1] The same seed
    gives the same councils. ``weight`` is 1: a drawn council is all there.
    """
    _check_share(share)
    if share == 1.0:
        return population
    units = _council_units(population)
    if len(units.index) <= FEWEST_COUNCILS:
        return population
    wanted = min(len(units.index), max(FEWEST_COUNCILS, math.ceil(share * len(units.index))))
    strata = _strata(units, wanted)
    weight = np.zeros(len(load_councils()))
    weight[units.index] = _best_of_candidates(population, units, strata, wanted, seed)
    rows = np.flatnonzero(weight[population.council] > 0)
    sampled = population.take(rows)
    return population.take(rows, council_weight=sampled.council_weight * weight[sampled.council])


def _best_of_candidates(population: Population, units: _Units, strata: Int64, wanted: int, seed: int) -> Float64:
    """Weights of the best balanced of many stratified draws. [ratio, 0 if not drawn, shape (n_units,)]"""
    features = _features(population, units)
    member = (strata[:, None] == np.arange(strata.max() + 1)).astype(float)
    drawn = _draw_by_size(units, strata, wanted, seed)
    of_stratum = units.pupils @ member
    of_drawn = (drawn * units.pupils) @ member
    weight = drawn * (of_stratum / of_drawn)[:, strata] * (units.all_pupils / units.pupils.sum())
    gap = (((weight @ features) / features.sum(axis=0) - 1.0) ** 2).sum(axis=1)
    best: Float64 = weight[int(np.argmin(gap))]
    return best


def _features(population: Population, units: _Units) -> Float64:
    """List what a sample of councils should represent, one column each. [shape (n_units, n_features)]"""
    n = len(load_councils())
    counts = (np.ones(population.n_schools), population.pupils, population.sen_support, population.ehc_plans)
    values = [np.where(population.phase == phase, count, 0) for phase in (PRIMARY, SECONDARY) for count in counts]
    values.append(population.fsm_share * population.pupils)
    columns = [np.bincount(population.council, weights=column, minlength=n) for column in values]
    facts = [[float(getattr(council, field)) for council in load_councils()] for field in BALANCED_FACTS]
    late = [(1.0 - council.issued_in_20_weeks_all_share) * council.new_plans for council in load_councils()]
    secondary = np.where(population.phase == SECONDARY, population.sen_support + population.ehc_plans, 0)
    with_sen = np.bincount(population.council, weights=secondary, minlength=n)
    excluded = [with_sen * exclusion_levels(measure, SECONDARY) for measure in ("suspensions", "permanent_exclusions")]
    features: Float64 = np.column_stack([*columns, *facts, late, *excluded])[units.index]
    return features


@dataclass(frozen=True)
class _Units:
    """Councils that can be drawn: index, region, schools and pupils, smallest index first."""

    index: Int64
    pupils: Float64
    schools: Int64
    regions: tuple[str, ...]
    all_pupils: float


def _council_units(population: Population) -> _Units:
    councils = load_councils()
    pupils = group_sums(population.pupils, population.council.astype(np.int64), len(councils))
    schools = np.bincount(population.council, minlength=len(councils))
    index = np.flatnonzero(schools >= FEWEST_SCHOOLS)
    if index.size == 0:
        index = np.flatnonzero(schools > 0)
    regions = tuple(councils[i].region for i in index)
    return _Units(index, pupils[index], schools[index], regions, float(pupils.sum()))


def _broad_region(region: str) -> str:
    if region == _LONDON:
        return "London"
    return "North and West Midlands" if region in _NORTH_AND_WEST_MIDLANDS else "Rest of England"


def _strata(units: _Units, wanted: int) -> Int64:
    """Number the strata of councils, so that each gets about three draws or more.

    Many draws: nine regions, each in halves by size where it can hold them. Fewer: regions; then three parts of
    England; at the fewest, two halves by size.
    """
    if wanted < 9:
        return _halves(units, np.zeros(units.index.size, np.int64), 1 if wanted < 6 else 2)
    names = list(units.regions) if wanted >= 27 else [_broad_region(region) for region in units.regions]
    regions = np.unique(np.array(names), return_inverse=True)[1].astype(np.int64)
    return _halves(units, regions, 2 if wanted >= 54 or wanted < 27 else 1)


def _halves(units: _Units, strata: Int64, parts: int) -> Int64:
    """Split every stratum by size into parts with equal numbers of councils."""
    split = np.zeros_like(strata)
    for stratum in np.unique(strata):
        rows = np.flatnonzero(strata == stratum)
        order = rows[np.argsort(units.pupils[rows], kind="stable")]
        split[order] = np.arange(order.size) * parts // order.size
    return strata * parts + split


def _draw_by_size(units: _Units, strata: Int64, wanted: int, seed: int) -> Float64:
    """Take one council at random from each stretch of a stratum sorted by size.

    1 if drawn, 0 if not. [shape (CANDIDATES, n_units)]
    """
    order = np.lexsort((units.pupils, strata))
    drawn = np.zeros((CANDIDATES, strata.size))
    candidates = np.arange(CANDIDATES, dtype=np.int64)
    for stratum, number in enumerate(_allot(np.bincount(strata), wanted).tolist()):
        rows = order[strata[order] == stratum]
        edges = np.arange(number + 1) * rows.size // number
        keys = (candidates[:, None] * 1_000 + stratum) * 1_000 + np.arange(number)
        chance = uniform_array(seed, 0, "sampling", keys.ravel(), 0).reshape(keys.shape)
        places = np.floor(edges[:-1] + chance * np.diff(edges)).astype(np.int64)
        drawn[candidates[:, None], rows[places]] = 1.0
    return drawn


def _allot(sizes: Int64, wanted: int) -> Int64:
    """Share draws out among strata by size, at least one each, by largest remainder."""
    exact = sizes * wanted / sizes.sum()
    numbers = np.where(sizes > 0, np.maximum(1, np.floor(exact)), 0).astype(np.int64)
    while numbers.sum() != wanted:
        grow = numbers.sum() < wanted
        can_move = numbers < sizes if grow else numbers > 1
        gap = np.where(can_move, (exact - numbers) * (1 if grow else -1), -np.inf)
        best = int(np.argmax(gap))
        if not math.isfinite(gap[best]):
            break
        numbers[best] += 1 if grow else -1
    return numbers


def sample_schools(population: Population, share: float, seed: int) -> Population:
    """Draw schools in every council, stratified by council, phase and size band.

    Each phase that a council has gives at least one school; size bands that would give none are joined with their
    neighbours. ``weight`` is the schools of the stratum over those drawn, so weighted numbers of
    schools are exact in each.
    """
    _check_share(share)
    if share == 1.0:
        return population
    strata = school_strata(population, share)
    sizes = np.bincount(strata)
    numbers = np.clip(np.rint(sizes * share), 1, sizes).astype(np.int64)
    order = np.lexsort((uniform_array(seed, 1, "sampling", population.school_id, 0), strata))
    rank = np.arange(order.size) - np.searchsorted(strata[order], strata[order])
    rows = np.sort(order[rank < numbers[strata[order]]])
    weight = (sizes / numbers)[strata[rows]]
    return population.take(rows, weight=population.weight[rows] * weight)


def school_strata(population: Population, share: float) -> Int64:
    """Number the strata of schools: council and phase, and size band where there is enough to draw one.

    Bands of a council and phase are joined, from the smallest up, until each holds at least one draw.
    """
    cell = population.council.astype(np.int64) * 2 + population.phase
    band = population.size_band.astype(np.int64)
    strata = np.zeros(cell.size, np.int64)
    following = 0
    for here in np.unique(cell):
        rows = np.flatnonzero(cell == here)
        counts = np.bincount(band[rows], minlength=4)
        joined = _join_bands(counts, 1.0 / share)
        strata[rows] = following + joined[band[rows]]
        following += int(joined.max()) + 1
    return np.unique(strata, return_inverse=True)[1].astype(np.int64)


def _join_bands(counts: Int64, fewest: float) -> Int64:
    """Join neighbouring bands until each group has at least the fewest schools.

    Examples
    --------
    >>> _join_bands(np.array([1, 9, 10, 2]), 10).tolist()
    [0, 0, 1, 1]
    """
    joined = np.zeros(counts.size, np.int64)
    group, held = 0, 0
    for position, count in enumerate(counts.tolist()):
        if held >= fewest and counts[position:].sum() >= fewest:
            group, held = group + 1, 0
        joined[position] = group
        held += count
    return joined


def only_councils(population: Population, names_or_codes: Sequence[str | int]) -> Population:
    """Schools of some councils, each standing for itself; names are in any case. All faults are said at once."""
    problems: list[Problem] = []
    wanted: list[int] = []
    for name in names_or_codes:
        council = _council_or_problem(population, name)
        if isinstance(council, Problem):
            problems.append(council)
        else:
            wanted.append(council.la_code)
    if problems or not wanted:
        message = " ".join(problem.message for problem in problems) or "Name at least one council."
        raise PopulationError(message, tuple(problems))
    rows = np.flatnonzero(np.isin(population.la_code, wanted))
    return population.take(rows, council_weight=np.ones(rows.size))


def _council_or_problem(population: Population, name: str | int) -> Council | Problem:
    try:
        council = find_council(name)
    except EvidenceError as error:
        return Problem(str(error), found=str(name))
    if not (population.la_code == council.la_code).any():
        return Problem(f"{council.name} has no schools in this population.", found=str(name))
    return council


def _check_share(share: float) -> None:
    if not 0.0 < share <= 1.0:
        message = f"The sample must be a share above 0 and at most 1, such as 0.05 for 5 per cent; found {share:g}."
        raise PopulationError(message, (Problem(message, key="run.sample", found=f"{share:g}"),))
