"""What all arms of a run share, as levers read it: schools, evidence, years and keys of chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from sencosim.evidence.councils import Council, load_councils

if TYPE_CHECKING:
    from sencosim.population.schools import Population

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def council_names(council: Council) -> tuple[str, str, str]:
    """All names by which a scenario may call a council: name, three-digit code, ONS code."""
    return council.name, str(council.la_code), council.ons_code


class Counts(NamedTuple):
    """What hours are counted by. Arrays must broadcast against each other."""

    phase: IntArray | int  # 0 primary, 1 secondary
    pupils: IntArray | int  # on roll [pupils, >= 0]
    sen_pupils: FloatArray | float  # on SEN Support or with an EHC plan, by school, or by school and year [pupils]
    hours_per_day: float  # of a SENCO [hours, > 0]
    full_time_hours: float  # of a full-time post [hours per week, > 0]


@dataclass(frozen=True)
class RunSchools:
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
    def counts(self) -> Counts:
        """What the hours of each school are counted by, year by year."""
        pupils = self.population.pupils.astype(np.int64)[:, None]
        day, week = self.values["hours_per_day"], self.values["full_time_hours_per_week"]
        return Counts(self.phase[:, None], pupils, self.sen_by_year, day, week)

    @cached_property
    def councils(self) -> IntArray:
        """Councils that have schools in the run, by their place among all councils. [shape (n_councils,)]."""
        return np.unique(self.population.council)

    @cached_property
    def present(self) -> tuple[Council, ...]:
        """These councils."""
        known = load_councils()
        return tuple(known[at] for at in self.councils.tolist())

    def given(self, value: float | None, parameter: str) -> float:
        """What a lever says, or the evidence if it is silent."""
        return self.values[parameter] if value is None else value

    def by_phase(self, name: str) -> FloatArray:
        """Each school's value of a parameter that has one for each phase. [shape (n_schools,)]."""
        return np.array([self.values[f"{name}_primary"], self.values[f"{name}_secondary"]])[self.phase]

    def drawn(self, stream: str, keys: np.ndarray, occurrence: int = 0) -> FloatArray:
        """A uniform number for each key, a whole number. [ratio]."""
        from sencosim.randomness import uniform_array

        return uniform_array(self.seed, self.replication, stream, keys.astype(np.int64), occurrence)

    def school_drawn(self, stream: str, occurrence: int = 0) -> FloatArray:
        """A uniform number for each school. [ratio, shape (n_schools,)]."""
        return self.drawn(stream, self.population.school_id, occurrence)


def grown(values: Mapping[str, float], past: str, future: str, since: int) -> float:
    """A rate relative to the base year, so many years after it (before it, if negative). [ratio].

    Growth is whole for some years and damped from then on, see :func:`sencosim.rules.trends.trend_years`.
    """
    from sencosim.rules.trends import trend_years  # compiled, and prices read levers without any run

    years = trend_years(since, values["trend_whole_years"], values["trend_damping"])
    return float((1.0 + values[past if since < 0 else future]) ** years)


def england_pupils_per_school(*phases: str) -> float:
    """England's, not the run's: a council must be the same alone as in a national run. [pupils per school]."""
    known = load_councils()
    pupils, schools = (
        sum(getattr(council, f"{phase}_{what}") for council in known for phase in phases)
        for what in ("pupils", "schools")
    )
    return float(pupils) / float(schools)
