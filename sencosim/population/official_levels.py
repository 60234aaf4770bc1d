"""Brings real schools to the level of another January: by one log-odds shift for each council, phase and need.

A school's count is first shrunk towards its phase as far as counting noise requires (the mean of a beta-binomial
given its count), so a school without plans can gain some; the expected change is added to its count and rounded so
that councils have their published shares of the year, applied to the pupils of the file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sencosim.population.levels import council_pupils, council_totals
from sencosim.population.recipe import numbers
from sencosim.population.schools import PRIMARY, SECONDARY, Population
from sencosim.population.spread import group_sums, round_to_totals, shift_to_totals
from sencosim.randomness import uniform_array

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

N_COUNCILS = 153
_FSM_RHO = 0.1
_STREAMS = ("population_sen_support", "population_ehc_plan", "population_fsm")


@dataclass(frozen=True)
class Counts:
    """Pupils by need. [pupils, shape (n_schools,)]"""

    sen_support: npt.NDArray[np.integer]
    ehc_plans: npt.NDArray[np.integer]
    fsm: Float64


def move_levels(population: Population, before: Counts, year: int) -> Counts:
    """Counts of the same schools in January of a year.

    Raises
    ------
    PopulationError
        If levels of that year are not known.
    """
    support, plans, fsm = (np.zeros(population.n_schools, np.int64) for _ in range(3))
    for phase in (PRIMARY, SECONDARY):
        rows = np.flatnonzero(population.phase == phase)
        part = population.take(rows)
        support[rows] = _move(part, phase, 0, before.sen_support[rows], year, part.pupils)
        plans[rows] = _move(part, phase, 1, before.ehc_plans[rows], year, part.pupils - support[rows])
        fsm[rows] = _move(part, phase, 2, before.fsm[rows], year, part.pupils)
    return Counts(support, plans, fsm.astype(float))


def _move(
    part: Population, phase: int, kind: int, counts: npt.ArrayLike, year: int, most: npt.NDArray[np.integer]
) -> Int64:
    """Counts of one need of the schools of one phase."""
    need = ("sen_support", "ehc_plans", "fsm")[kind]
    council = part.council.astype(np.int64)
    pupils = part.pupils.astype(float)
    now = np.asarray(counts, float)
    here = group_sums(pupils, council, N_COUNCILS)
    known = council_pupils(phase)
    published = np.divide(council_totals(phase, need, year), known, out=np.zeros(N_COUNCILS), where=known > 0)
    room = group_sums(most, council, N_COUNCILS)
    totals = np.minimum(np.rint(published * here), room).astype(np.int64)
    rho = numbers("need_rho")[2 * phase + kind] if kind < 2 else _FSM_RHO
    mean = np.clip(now.sum() / max(1.0, pupils.sum()), 1e-6, 1 - 1e-6)
    strength = 1 / rho - 1
    latent = (now + mean * strength) / (pupils + strength)
    base = group_sums(latent * pupils, council, N_COUNCILS)
    change = totals - group_sums(now, council, N_COUNCILS)
    wanted = np.clip(base + change, 0.001 * here, 0.999 * here)
    moved = shift_to_totals(latent, pupils, council, wanted)
    values = np.maximum(0.0, now + (moved - latent) * pupils)
    codes = np.zeros(N_COUNCILS, np.int64)
    codes[council] = part.la_code
    start = uniform_array(0, 2, _STREAMS[kind], codes, phase)
    return round_to_totals(values, council, totals, start, (0, most.astype(np.int64)))
