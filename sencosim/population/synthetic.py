"""A synthetic England: 20,227 invented schools with the real councils' totals. The default population of every run.

Generated, never stored, from published facts of the 153 councils and a national recipe, by keyed draws: the same every
time. (Another version of scipy could move a pupil; the tests hold the fingerprint of the pinned one.)
Council totals of schools, pupils, free school meals, SEN Support and plans by phase are exact; distributions are
those of real schools within tolerances that ``sencosim population describe`` prints.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sencosim.evidence.councils import load_councils
from sencosim.population.levels import LATEST_YEAR
from sencosim.population.needs import build_needs
from sencosim.population.recipe import numbers
from sencosim.population.rolls import build_rolls
from sencosim.population.schools import SCHOOL_TYPES, Population, fsm_fifths, phase_name, trust_sizes
from sencosim.population.skeleton import Skeleton, build_skeleton
from sencosim.population.spread import Bool, Int64, choose_in_groups
from sencosim.units import PHASES

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
    trust = _trusts(skeleton, academy).astype(np.int32)
    ids = np.arange(skeleton.council.size, dtype=np.int64)
    regions = np.array([council.region for council in load_councils()])
    codes = np.array([council.la_code for council in load_councils()], np.int32)
    return Population(
        school_id=ids,
        urn=_FIRST_INVENTED_URN + ids,
        name=_names(skeleton),
        la_code=codes[skeleton.council],
        council=skeleton.council.astype(np.int32),
        region=regions[skeleton.council],
        phase=skeleton.phase.astype(np.int8),
        school_type=skeleton.school_type.astype(np.int8),
        pupils=skeleton.pupils.astype(np.int32),
        roll=roll.astype(np.int32),
        sen_support=needs.sen_support.astype(np.int32),
        ehc_plans=needs.ehc_plans.astype(np.int32),
        fsm_share=needs.fsm / skeleton.pupils,
        fsm_fifth=fsm_fifths(skeleton.phase.astype(np.int8), needs.fsm / skeleton.pupils),
        rural=skeleton.rural,
        academy=academy,
        trust=trust,
        trust_schools=trust_sizes(trust),
        selective=skeleton.school_type == SCHOOL_TYPES.index("selective"),
        has_unit=needs.has_unit,
        sixth_form=sixth_form.astype(np.int32),
        weight=np.ones(ids.size),
        council_weight=np.ones(ids.size),
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
    """List the schools of each trust, so that the published numbers of trusts and schools by band hold."""
    sizes: list[int] = []
    for trusts, schools in zip(numbers("trusts"), numbers("trust_schools"), strict=True):
        edges = np.floor(np.arange(int(trusts) + 1) * schools / trusts + 1e-9)
        sizes += np.diff(edges).astype(int).tolist()
    return np.array(sizes, np.int64)
