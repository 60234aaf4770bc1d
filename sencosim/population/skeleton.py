"""Which schools there are: council, phase, place, size, type and pupils by year group of every synthetic school.

Sizes keep the national distribution of a phase: its quantiles are handed out by rank of a score (council, rural
place and chance), and the councils' parts of the score are moved until councils have their mean sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, ndtri

from sencosim.evidence.councils import Council, load_councils
from sencosim.population.recipe import number, numbers, size_quantiles
from sencosim.population.schools import PRIMARY, SCHOOL_TYPES, SECONDARY
from sencosim.population.spread import Bool, Float64, Int64, choose_in_groups, group_sums, round_to_totals
from sencosim.randomness import uniform_array
from sencosim.units import N_YEAR_GROUPS, PHASES

SEED = 2023
"""Of the synthetic England. It is one country: there is nothing to choose."""

_NURSERY_SIZE_LIMITS = (60, 100, 210, 300, 420, 630)
_PLACED_TYPES = (
    ("sixteen_to_nineteen", "sixteen_to_nineteen_schools", 2),
    ("technical", "technical_schools", 3),
    ("middle", "middle_schools", 4),
    ("selective", "selective_schools", 5),
    ("all_through", "all_through_schools", 6),
    ("secondary_with_sixth_form", "sixth_form_schools", 7),
    ("infant", "infant_schools", 0),
    ("junior", "junior_schools", 1),
)
"""Type, the council's count of it, and its place in the lists of type sizes. Rare types choose first."""


@dataclass(frozen=True)
class Skeleton:
    """Facts about every school that do not change with the year."""

    council: Int64  # index of the council [shape (n_schools,)]
    phase: Int64  # 0 primary, 1 secondary
    entity: Int64  # key of the school's draws: it does not depend on other councils
    rural: Bool
    pupils: Int64
    school_type: Int64  # index into the types

    def draw(self, stream: str, occurrence: int) -> Float64:
        """Draw a uniform number for each school."""
        return uniform_array(SEED, 0, stream, self.entity, occurrence)

    @staticmethod
    def draw_for(entities: Int64, stream: str, occurrence: int) -> Float64:
        """Draw a uniform number for things that are neither schools nor councils."""
        return uniform_array(SEED, 2, stream, entities, occurrence)


def council_facts(field: str) -> Int64:
    """One field of all councils, in their order."""
    return np.array([getattr(council, field) for council in load_councils()], np.int64)


def council_draw(stream: str, occurrence: int) -> Float64:
    """Draw a uniform number for each council. [ratio, shape (153,)]"""
    return uniform_array(SEED, 1, stream, council_facts("la_code"), occurrence)


def fit_ranks(
    score: Float64, quantiles: Float64, council: Int64, size: Float64, targets: Float64, rounds: int = 40
) -> Float64:
    """Hand out quantiles by rank of score plus a council's shift, so that councils have their weighted means.

    ``score`` is that of each school before its council's shift; ``quantiles`` are the national distribution in
    ascending order, as many as schools; ``size`` is the weight of a school in its council's mean; ``targets`` are the
    means wanted, 0 where a council has no school. [shape (n_councils,)]
    """
    n = targets.size
    present = targets > 0
    weight = group_sums(size, council, n)
    shift = np.zeros(n)
    spread = float(np.log(quantiles).std())
    handed = np.empty_like(quantiles)
    for step in range(rounds):
        handed[np.argsort(score + shift[council], kind="stable")] = quantiles
        means = group_sums(handed * size, council, n)[present] / weight[present]
        shift[present] += 0.8 * 0.95**step * np.clip(np.log(targets[present] / means) / spread, -1.0, 1.0)
    handed[np.argsort(score + shift[council], kind="stable")] = quantiles
    return handed


def build_skeleton() -> Skeleton:
    """All 20,227 schools, ordered by council code and phase."""
    councils = load_councils()
    per_cell = np.array([[getattr(c, f"{name}_schools") for name in PHASES] for c in councils], np.int64)
    cells = np.repeat(np.arange(2 * len(councils)), per_cell.ravel())
    council, phase = cells // 2, cells % 2
    within = np.arange(cells.size) - np.searchsorted(cells, cells)
    entity = council_facts("la_code")[council] * 10_000 + phase * 5_000 + within

    def draw(stream: str, occurrence: int) -> Float64:
        return uniform_array(SEED, 0, stream, entity, occurrence)

    rural_numbers = np.array([[getattr(c, f"{name}_rural") for name in PHASES] for c in councils], np.int64).ravel()
    rural = choose_in_groups(draw("population_other", 0), cells, rural_numbers)
    pupils = np.zeros(cells.size, np.int64)
    for number_of_phase in (PRIMARY, SECONDARY):
        chosen = phase == number_of_phase
        noise = ndtri(draw("population_size", 0)[chosen])
        pupils[chosen] = _sizes(number_of_phase, council[chosen], rural[chosen], noise, councils)
    school_type = _types(council, phase, pupils, councils, draw)
    return Skeleton(council, phase, entity, rural, pupils, school_type)


def _sizes(phase: int, council: Int64, rural: Bool, noise: Float64, councils: Sequence[Council]) -> Int64:
    """Headcounts that add up to each council's pupils."""
    totals = np.array([getattr(c, f"{PHASES[phase]}_pupils") for c in councils], np.int64)
    schools = group_sums(np.ones(council.size), council, totals.size)
    means = np.divide(totals, schools, out=np.zeros(totals.size), where=schools > 0)
    score = numbers("size_rural_shift")[phase] * rural + numbers("size_residual_sd")[phase] * noise
    sizes = fit_ranks(score, size_quantiles(phase, council.size), council, np.ones(council.size), means)
    floor = int(number("smallest_school"))
    return round_to_totals(sizes, council, totals, council_draw("population_size", phase), (floor, 10_000))


def _log_gamma_density(sizes: Float64, mean: float, sd: float) -> Float64:
    shape, scale = (mean / sd) ** 2, sd * sd / mean
    density: Float64 = (shape - 1) * np.log(sizes) - sizes / scale - gammaln(shape) - shape * np.log(scale)
    return density


def _types(
    council: Int64, phase: Int64, pupils: Int64, councils: Sequence[Council], draw: Callable[[str, int], Float64]
) -> Int64:
    """Place each council's types among its schools, each type where sizes suit it best, by chance."""
    means, sds = numbers("type_size_means"), numbers("type_size_sds")
    infant, junior, through = (SCHOOL_TYPES.index(name) for name in ("infant", "junior", "through_primary"))
    plain = SCHOOL_TYPES.index("secondary_without_sixth_form")
    types = np.where(phase == PRIMARY, through, plain)
    sizes = pupils.astype(float)
    overall = {p: (sizes[phase == p].mean(), sizes[phase == p].std()) for p in (PRIMARY, SECONDARY)}
    for type_name, field, place in _PLACED_TYPES:
        index = SCHOOL_TYPES.index(type_name)
        of_phase = PRIMARY if index in (infant, junior) else SECONDARY
        free = (phase == of_phase) & (types == (through if of_phase == PRIMARY else plain))
        fit = _log_gamma_density(sizes, means[place], sds[place]) - _log_gamma_density(sizes, *overall[of_phase])
        race = fit - np.log(-np.log(draw("population_size", 10 + place)))
        wanted = np.array([getattr(c, field) for c in councils], np.int64)
        types[choose_in_groups(np.where(free, race, -np.inf), council, wanted)] = index
    return types


# -- pupils by year group, nursery and sixth form ---------------------------------------------------------------------


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
