"""What all arms of a run share, and whom a lever reaches in it: cover, the lot of a pilot, phase-in and compliance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sencosim.arms.inputs import BoolArray, FloatArray, IntArray
from sencosim.evidence.councils import Council, load_councils
from sencosim.population.schools import Population
from sencosim.randomness import uniform_array
from sencosim.scenario.levers import Lever
from sencosim.scenario.who import council_covered, covered, phase_in_share

NUMBER_OF_LEVER = {
    "protected_time": 0,
    "slt_seat": 1,
    "admin_support": 2,
    "team": 3,
    "shared_senco": 4,
    "supervision": 5,
    "training": 6,
    "consistent_ehc_process": 7,
    "la_capacity": 8,
    "tribunal_capacity": 9,
    "specialist_places": 10,
    "isp_duty": 11,
    "allowance": 12,
    "key_worker": 13,
    "hours_schedule": 14,
    "plan_reform": 15,
    "mainstream_fund": 16,
    "experts_at_hand": 17,
}
"""Occurrence of a lever's draws. Append only."""


def council_names(council: Council) -> tuple[str, str, str]:
    """All names by which a scenario may call a council: name, three-digit code, ONS code."""
    return council.name, str(council.la_code), council.ons_code


@dataclass(frozen=True)
class Setting:
    """Schools, evidence and years of a run, and the keys of its chance: the same for every arm."""

    population: Population  # schools of the run
    values: Mapping[str, float]  # of parameters
    start: int  # first academic year, by its first calendar year
    years: int  # number of academic years
    seed: int
    replication: int
    # Pupils with SEN at the start of each year in the no-policy arm, where known [pupils, shape (n_schools, n_years)]
    sen_numbers: FloatArray | None = None

    @cached_property
    def phase(self) -> IntArray:
        """0 primary, 1 secondary. [shape (n_schools,)]."""
        return self.population.phase.astype(np.int64)

    @cached_property
    def sen(self) -> FloatArray:
        """Pupils on SEN Support or with a plan. [pupils, shape (n_schools,)]."""
        return (self.population.sen_support + self.population.ehc_plans).astype(float)

    @cached_property
    def sen_by_year(self) -> FloatArray:
        """Pupils that hours by need are counted by: ``sen_numbers``, or the population's in every year.

        [pupils, shape (n_schools, n_years)]
        """
        if self.sen_numbers is None:
            return np.repeat(self.sen[:, None], self.years, axis=1)
        return self.sen_numbers

    @cached_property
    def councils(self) -> IntArray:
        """Councils that have schools in the run, by their place among all councils. [shape (n_councils,)]."""
        return np.unique(self.population.council)

    @cached_property
    def present(self) -> tuple[Council, ...]:
        """These councils."""
        known = load_councils()
        return tuple(known[at] for at in self.councils.tolist())

    def by_phase(self, name: str) -> FloatArray:
        """Each school's value of a parameter that has one for each phase. [shape (n_schools,)]."""
        return np.array([self.values[f"{name}_primary"], self.values[f"{name}_secondary"]])[self.phase]

    def drawn(self, stream: str, keys: np.ndarray, occurrence: int = 0) -> FloatArray:
        """A uniform number for each key, a whole number. [ratio]."""
        return uniform_array(self.seed, self.replication, stream, keys.astype(np.int64), occurrence)

    def school_drawn(self, stream: str, occurrence: int = 0) -> FloatArray:
        """A uniform number for each school. [ratio, shape (n_schools,)]."""
        return self.drawn(stream, self.population.school_id, occurrence)


def schools_reached(at: Setting, lever: Lever, name: str) -> BoolArray:
    """Schools in which a lever acts, by year. [shape (n_schools, n_years)]."""
    population, covers, known = at.population, lever.covers, load_councils()
    columns = (population.council, population.phase, population.pupils, at.sen, population.fsm_share)
    reached = np.array(
        [
            covered(covers, phase, council_names(known[council]), known[council].region, pupils, sen, fsm_share)
            for council, phase, pupils, sen, fsm_share in zip(*(one.tolist() for one in columns), strict=True)
        ]
    )
    for wanted, of in ((covers.trust, population.academy), (covers.rural, population.rural)):
        if wanted is not None:
            reached &= np.asarray(of, dtype=bool) == wanted
    lot = population.school_id if covers.lot == "schools" else population.la_code
    return _in_force(at, lever, name, reached & _in_pilot(at, lever, lot), population.school_id, _compliance(at, lever))


def councils_reached(at: Setting, lever: Lever, name: str) -> BoolArray:
    """Councils in which a lever acts, by year. [shape (n_councils, n_years)]."""
    keys = np.array([council.la_code for council in at.present], dtype=np.int64)
    reached = np.array([council_covered(lever.covers, council_names(one), one.region) for one in at.present])
    return _in_force(at, lever, name, reached & _in_pilot(at, lever, keys), keys, _compliance(at, lever))


def years_reached(at: Setting, lever: Lever, _: str) -> BoolArray:
    """Years in which a national lever acts. [shape (1, n_years)]."""
    return (shares_reached(at, lever) > 0.0)[None, :]


def shares_reached(at: Setting, lever: Lever) -> FloatArray:
    """How far a lever's phase-in has come, by year. [share, shape (n_years,)]."""
    return np.array([phase_in_share(lever, at.start + year) for year in range(at.years)])


def _compliance(at: Setting, lever: Lever) -> float:
    return float(at.values["legal_floor_compliance"] if lever.compliance is None else lever.compliance)


def _in_pilot(at: Setting, lever: Lever, keys: np.ndarray) -> BoolArray:
    share = lever.covers.share
    return np.asarray(True) if share is None else at.drawn("pilot", keys) < share


def _in_force(at: Setting, lever: Lever, name: str, reached: BoolArray, keys: IntArray, compliance: float) -> BoolArray:
    """Of those reached, who complies, from the year of the phase-in that is theirs."""
    number = NUMBER_OF_LEVER[name]
    complies = at.drawn("compliance", keys, number) < compliance
    place = at.drawn("phase_in", keys, number)
    return (reached & complies)[:, None] & (place[:, None] < shares_reached(at, lever)[None, :])
