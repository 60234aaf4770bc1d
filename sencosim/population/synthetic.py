"""A synthetic England: 20,227 invented schools with the real councils' totals. The default population of every run.

Generated, never stored, from published facts of the 153 councils and a national recipe, by keyed draws: the same every
time. (Another version of scipy could move a pupil; the tests hold the fingerprint of the pinned one.)
Council totals of schools, pupils, free school meals, SEN Support and plans by phase are exact; distributions are
those of real schools within tolerances that ``sencosim population describe`` prints.

Shares of pupils with a need are beta-binomial around a mean that depends on council, free school meals, size and
selection; plans of units and resourced provision come on top. The council's part is not drawn: it is set by the
council's published total.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, logit, ndtr, ndtri
from scipy.stats import binom

from sencosim.evidence.councils import load_councils
from sencosim.population.recipe import (
    COUNTED_YEAR,
    LATEST_YEAR,
    check_year,
    council_totals,
    fsm_quantiles,
    number,
    numbers,
    years,
)
from sencosim.population.schools import PRIMARY, SCHOOL_TYPES, SECONDARY, Population, phase_name
from sencosim.population.skeleton import Skeleton, build_rolls, build_skeleton, council_draw, fit_ranks
from sencosim.population.spread import (
    Bool,
    Float64,
    Int64,
    choose_in_groups,
    group_sums,
    round_to_totals,
    shift_to_totals,
)
from sencosim.units import PHASES

N_COUNCILS = 153
_SELECTIVE = SCHOOL_TYPES.index("selective")
_FIRST_INVENTED_URN = 9_000_000
_REPORT = (
    "Invented schools. Council totals of schools, pupils, free school meals, SEN Support and plans are published"
    " figures; pupils are those of January 2023. Sizes, types and needs of single schools are drawn, so no single"
    " school is real."
)


@lru_cache(maxsize=2)
def _skeleton() -> Skeleton:
    return build_skeleton()


@lru_cache(maxsize=4)
def synthetic_england(year: int = LATEST_YEAR) -> Population:
    """All mainstream schools of England, invented, in January of a year.

    The year is that of the level of SEN Support, plans and free school meals: exact by council for the counted and the
    latest January, as England for others. Schools and their pupils are those of the counted January in every year.

    Examples
    --------
    >>> england = synthetic_england(2023)
    >>> england.n_schools, int(england.sen_support.sum())
    (20227, 1078151)
    """
    skeleton = _skeleton()
    needs = build_needs(skeleton, year)
    roll, sixth_form = build_rolls(skeleton)
    academy = _academies(skeleton)
    return Population.of(
        council=skeleton.council,
        phase=skeleton.phase,
        urn=_FIRST_INVENTED_URN + np.arange(skeleton.council.size),
        name=_names(skeleton),
        school_type=skeleton.school_type,
        pupils=skeleton.pupils,
        roll=roll,
        sen_support=needs.sen_support,
        ehc_plans=needs.ehc_plans,
        fsm_share=needs.fsm / skeleton.pupils,
        rural=skeleton.rural,
        academy=academy,
        trust=_trusts(skeleton, academy),
        has_unit=needs.has_unit,
        sixth_form=sixth_form,
        year=year,
        kind="synthetic",
        report=_REPORT,
    )


def _names(skeleton: Skeleton) -> npt.NDArray[np.str_]:
    councils = load_councils()
    pairs = zip(skeleton.council.tolist(), skeleton.phase.tolist(), (skeleton.entity % 5_000).tolist(), strict=True)
    return np.array([f"Invented {phase_name(phase)} {k + 1}, {councils[c].name}" for c, phase, k in pairs])


def _academies(skeleton: Skeleton) -> Bool:
    """As many academies by council and phase as there are. Technical and sixteen-to-nineteen schools come first."""
    numbers_of = [[getattr(council, f"{phase}_academies") for phase in PHASES] for council in load_councils()]
    always = np.isin(skeleton.school_type, [SCHOOL_TYPES.index(t) for t in ("technical", "sixteen_to_nineteen")])
    cell = skeleton.council * 2 + skeleton.phase
    return choose_in_groups(skeleton.draw("population_other", 1) + always, cell, np.array(numbers_of).ravel())


def _trusts(skeleton: Skeleton, academy: Bool) -> Int64:
    """Trusts of published sizes, each a run of academies of neighbouring codes in one or two regions."""
    sizes = _trust_sizes()
    entities = np.arange(sizes.size, dtype=np.int64)
    order = np.argsort(Skeleton.draw_for(entities, "population_other", 30), kind="stable")
    members = np.repeat(order, sizes[order])
    rows = np.flatnonzero(academy)
    regions = np.array([council.region for council in load_councils()])[skeleton.council[rows]]
    walk = np.lexsort((skeleton.draw("population_other", 7)[rows], skeleton.council[rows], regions))
    trust = np.full(academy.size, -1, np.int64)
    count = min(rows.size, members.size)
    trust[rows[walk][:count]] = members[:count]
    return trust


def _trust_sizes() -> Int64:
    """List the schools of each trust, so that the published numbers of trusts and schools by band contain."""
    sizes: list[int] = []
    for trusts, schools in zip(numbers("trusts"), numbers("trust_schools"), strict=True):
        edges = np.floor(np.arange(int(trusts) + 1) * schools / trusts + 1e-9)
        sizes += np.diff(edges).astype(int).tolist()
    return np.array(sizes, np.int64)


# -- free school meals, SEN Support and plans -------------------------------------------------------------------------


@dataclass(frozen=True)
class Needs:
    """Pupils of every school by need. [pupils, shape (n_schools,)]"""

    fsm: Int64
    sen_support: Int64
    ehc_plans: Int64
    has_unit: Bool


def build_needs(skeleton: Skeleton, year: int) -> Needs:
    """Needs of all schools in January of a year, with exact council totals by phase."""
    check_year(year)
    n = skeleton.pupils.size
    fsm, support, plans = (np.zeros(n, np.int64) for _ in range(3))
    has_unit, places = _units(skeleton, year)
    for phase in (PRIMARY, SECONDARY):
        rows = np.flatnonzero(skeleton.phase == phase)
        part = _Part(skeleton, phase, rows, year)
        fsm[rows] = part.free_school_meals()
        chances = part.chances()
        mean_odds = part.log_odds(fsm[rows])
        support[rows] = part.count(0, mean_odds[0], chances[0], np.zeros(rows.size, np.int64), part.pupils)
        room = part.pupils - support[rows]
        plans[rows] = part.count(1, mean_odds[1], chances[1], np.minimum(places[rows], room), room)
    return Needs(fsm, support, plans, has_unit)


def _standardise(values: Float64, name: str, phase: int) -> Float64:
    mean, sd = numbers(name)[2 * phase : 2 * phase + 2]
    standard: Float64 = (values - mean) / sd
    return standard


class _Part:
    """The schools of one phase."""

    def __init__(self, skeleton: Skeleton, phase: int, rows: Int64, year: int) -> None:
        self.phase, self.rows, self.year = phase, rows, year
        self.skeleton = skeleton
        self.council = skeleton.council[rows]
        self.pupils = skeleton.pupils[rows]
        self.selective = skeleton.school_type[rows] == _SELECTIVE

    def draw(self, stream: str, occurrence: int) -> Float64:
        return self.skeleton.draw(stream, occurrence)[self.rows]

    def totals(self, need: str) -> Int64:
        return council_totals(self.phase, need, self.year)

    def free_school_meals(self) -> Int64:
        """Eligible pupils: national distribution by rank in 2023, then moved to the council's total of the year."""
        base = council_totals(self.phase, "fsm", COUNTED_YEAR)
        pupils = group_sums(self.pupils, self.council, N_COUNCILS)
        targets = np.divide(base, pupils, out=np.zeros(N_COUNCILS), where=pupils > 0)
        order = np.argsort(np.argsort(self.pupils, kind="stable"))
        score = (
            numbers("fsm_size_slope")[self.phase] * ndtri((order + 0.5) / order.size)
            + numbers("fsm_rural_shift")[self.phase] * self.skeleton.rural[self.rows]
            + number("fsm_selective_shift") * self.selective
            + numbers("fsm_residual_sd")[self.phase] * ndtri(self.draw("population_fsm", 0))
        )
        weight = self.pupils.astype(float)
        shares = fit_ranks(score, fsm_quantiles(self.phase, self.rows.size), self.council, weight, targets)
        totals = self.totals("fsm")
        moved = shift_to_totals(shares, weight, self.council, totals.astype(float))
        start = council_draw("population_fsm", 1 + self.phase)
        return round_to_totals(moved * weight, self.council, totals, start, (0, self.pupils))

    def log_odds(self, fsm: Int64) -> tuple[Float64, Float64]:
        """Log odds of SEN Support and of plans, apart from the council's constant."""
        meals = _standardise(logit(np.clip(fsm / self.pupils, 0.005, 0.95)), "standard_log_odds_fsm", self.phase)
        size = _standardise(np.log(self.pupils), "standard_log_size", self.phase)
        first = 2 * self.phase
        support, plans = (
            numbers("need_fsm_slopes")[first + k] * meals
            + numbers("need_size_slopes")[first + k] * size
            + numbers("need_selective_shifts")[first + k] * self.selective
            for k in (0, 1)
        )
        return support, plans

    def chances(self) -> tuple[Float64, Float64]:
        """Draw one uniform number for SEN Support and one for plans, correlated."""
        first = ndtri(self.draw("population_sen_support", 0))
        r = numbers("need_residual_correlation")[self.phase]
        second = r * first + np.sqrt(1 - r * r) * ndtri(self.draw("population_ehc_plan", 0))
        return ndtr(first), ndtr(second)

    def count(self, kind: int, odds: Float64, chance: Float64, extra: Int64, most: npt.NDArray[np.int64]) -> Int64:
        """Pupils of one need: ``extra`` for certain, the rest beta-binomial, in all the council's total.

        ``kind`` is 0 for SEN Support, 1 for plans; ``odds`` are log odds apart from the council's constant; ``chance``
        is the place of the school among schools like it, 0 to 1; ``extra`` are pupils in units, counted beforehand.
        """
        stream = ("population_sen_support", "population_ehc_plan")[kind]
        totals = self.totals(("sen_support", "ehc_plans")[kind])
        extra = self._at_most_half(extra, totals)
        open_pupils = (self.pupils - extra).astype(float)
        rest = (totals - group_sums(extra, self.council, N_COUNCILS)).astype(float)
        mean = shift_to_totals(1 / (1 + np.exp(3 - odds)), open_pupils, self.council, rest)
        rho = numbers("need_rho")[2 * self.phase + kind]
        rho *= numbers("need_rho_share_without_units")[self.phase] if kind == 1 else 1.0
        spread = 1 / rho - 1
        share = np.clip(betaincinv(mean * spread, (1 - mean) * spread, chance), 1e-7, 1 - 1e-7)
        share = shift_to_totals(share, open_pupils, self.council, rest)
        drawn = binom.ppf(self.draw(stream, 1), open_pupils, share)
        gap = rest - group_sums(drawn, self.council, N_COUNCILS)
        variance = open_pupils * share * (1 - share)
        spread_of = group_sums(variance, self.council, N_COUNCILS)
        per_unit = np.divide(gap, spread_of, out=np.zeros(N_COUNCILS), where=spread_of > 0)
        values = drawn + per_unit[self.council] * variance + extra
        start = council_draw(stream, 2 + self.phase)
        return round_to_totals(values, self.council, totals, start, (np.minimum(extra, most), most))

    def _at_most_half(self, extra: Int64, totals: Int64) -> Int64:
        """Units hold at most half of a council's plans of a phase."""
        held = group_sums(extra, self.council, N_COUNCILS)
        factor = np.minimum(1.0, np.divide(0.5 * totals, held, out=np.ones(N_COUNCILS), where=held > 0))
        fewer: Int64 = np.floor(extra * factor[self.council]).astype(np.int64)
        return fewer


def _units(skeleton: Skeleton, year: int) -> tuple[Bool, Int64]:
    """Say which schools have a unit or resourced provision, and how many plan-holders are in it."""
    mean, sd = number("unit_mean_places"), number("unit_places_sd")
    published = [(c.plans_resourced_provision, c.plans_sen_unit, c.plans_caseload) for c in load_councils()]
    known = [(a + b, plans) for a, b, plans in published if a is not None and b is not None]
    england = sum(held for held, _ in known) / sum(plans for _, plans in known)
    held = [england * plans if a is None or b is None else a + b for a, b, plans in published]
    units = np.rint(np.array(held) / mean).astype(np.int64)
    middle = np.isin(skeleton.school_type, [SCHOOL_TYPES.index(t) for t in ("selective", "sixteen_to_nineteen")])
    typical = np.array([skeleton.pupils[skeleton.phase == phase].mean() for phase in (PRIMARY, SECONDARY)])
    odds = np.array([1.0, number("unit_secondary_odds")])[skeleton.phase] * skeleton.pupils / typical[skeleton.phase]
    race = np.log(odds) - np.log(-np.log(skeleton.draw("population_other", 2)))
    schools = np.bincount(skeleton.council, minlength=N_COUNCILS)
    race = np.where(middle, -np.inf, race)
    has_unit = choose_in_groups(race, skeleton.council, np.minimum(units, schools // 3)) & ~middle
    level = numbers("unit_plans")[years().index(year)] / numbers("unit_plans")[years().index(LATEST_YEAR)]
    size = np.maximum(4.0, mean + sd * ndtri(skeleton.draw("population_other", 3))) * level
    largest = number("unit_largest_share") * skeleton.pupils
    return has_unit, np.where(has_unit, np.floor(np.minimum(size, largest)), 0).astype(np.int64)
