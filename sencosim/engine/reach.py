"""Whom a lever reaches, and when: cover, the lot of a pilot, phase-in and compliance, drawn by key for all arms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sencosim.engine.inputs import BoolArray
from sencosim.evidence.councils import Council, load_councils
from sencosim.population.schools import Population
from sencosim.randomness import uniform_array
from sencosim.scenario.levers import Lever
from sencosim.scenario.who import council_covered, covered, phase_in_share

NUMBER_OF_LEVER = {
    name: number
    for number, name in enumerate(
        (
            "protected_time",
            "slt_seat",
            "admin_support",
            "team",
            "shared_senco",
            "supervision",
            "training",
            "consistent_ehc_process",
            "la_capacity",
            "tribunal_capacity",
            "specialist_places",
            "isp_duty",
            "allowance",
            "key_worker",
        )
    )
}
"""Occurrence of a lever's draws. Append only."""


def council_names(council: Council) -> tuple[str, str, str]:
    """All names by which a scenario may call a council: name, three-digit code, ONS code."""
    return council.name, str(council.la_code), council.ons_code


@dataclass(frozen=True)
class Reach:
    """Who is reached in the years of a run.

    Attributes
    ----------
    population
        Schools of the run.
    numbers
        Parameter values.
    start, years
        First academic year and number of years of the run.
    seed, replication
        Keys of chance.
    """

    population: Population
    numbers: Mapping[str, float]
    start: int
    years: int
    seed: int
    replication: int

    @property
    def _keys(self) -> np.ndarray:
        return np.asarray(self.population.school_id, dtype=np.int64)

    def school_lot(self, stream: str, occurrence: int, share: float) -> BoolArray:
        """Schools that are drawn by lot. [shape (n_schools,)]."""
        drawn: BoolArray = uniform_array(self.seed, self.replication, stream, self._keys, occurrence) < share
        return drawn

    def everywhere(self, lever: Lever) -> BoolArray:
        """Years in which a national lever acts. [shape (n_years,)]."""
        return np.array([phase_in_share(lever, self.start + year) > 0.0 for year in range(self.years)])

    def schools(self, lever: Lever, name: str) -> BoolArray:
        """Schools in which a lever acts, by year. [shape (n_schools, n_years)]."""
        population, councils = self.population, load_councils()
        number = NUMBER_OF_LEVER[name]
        reached = np.array(
            [
                covered(
                    lever.covers,
                    int(population.phase[i]),
                    council_names(councils[population.council[i]]),
                    councils[population.council[i]].region,
                    int(population.pupils[i]),
                    float(population.sen_support[i] + population.ehc_plans[i]),
                    float(population.fsm_share[i]),
                )
                for i in range(population.n_schools)
            ]
        )
        for wanted, of in ((lever.covers.trust, population.academy), (lever.covers.rural, population.rural)):
            if wanted is not None:
                reached &= np.asarray(of, dtype=bool) == wanted
        if lever.covers.share is not None:
            reached &= self._pilot(lever, self._keys if lever.covers.lot == "schools" else self._council_codes())
        compliance = self.numbers["legal_floor_compliance"] if lever.compliance is None else lever.compliance
        complies = self.school_lot("compliance", number, compliance)
        place = uniform_array(self.seed, self.replication, "phase_in", self._keys, number)
        return (reached & complies)[:, None] & (place[:, None] < self._shares(lever)[None, :])

    def councils(self, lever: Lever, name: str, rows: np.ndarray) -> BoolArray:
        """Councils in which a lever acts, by year. [shape (n_councils, n_years)]."""
        number, known = NUMBER_OF_LEVER[name], load_councils()
        chosen = [known[row] for row in rows.tolist()]
        keys = np.array([council.la_code for council in chosen], dtype=np.int64)
        reached = np.array([council_covered(lever.covers, council_names(c), c.region) for c in chosen])
        if lever.covers.share is not None:
            reached &= self._pilot(lever, keys)
        compliance = 1.0 if lever.compliance is None else lever.compliance
        complies = uniform_array(self.seed, self.replication, "compliance", keys, number) < compliance
        place = uniform_array(self.seed, self.replication, "phase_in", keys, number)
        return (reached & complies)[:, None] & (place[:, None] < self._shares(lever)[None, :])

    def _shares(self, lever: Lever) -> np.ndarray:
        return np.array([phase_in_share(lever, self.start + year) for year in range(self.years)])

    def _council_codes(self) -> np.ndarray:
        return np.asarray(self.population.la_code, dtype=np.int64)

    def _pilot(self, lever: Lever, keys: np.ndarray) -> BoolArray:
        share = 1.0 if lever.covers.share is None else lever.covers.share
        drawn: BoolArray = uniform_array(self.seed, self.replication, "pilot", keys) < share
        return drawn
