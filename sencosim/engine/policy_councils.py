"""What levers ask of councils and of the tribunal, and the paperwork of each council's own process (M19)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sencosim.engine.inputs import FloatArray
from sencosim.engine.reach import Reach, council_names
from sencosim.evidence.councils import load_councils
from sencosim.population.schools import Population
from sencosim.randomness import uniform_array
from sencosim.rules.chance import normal_quantile
from sencosim.scenario.levers import SpecialistPlaces
from sencosim.scenario.schema import BASE_YEAR
from sencosim.scenario.who import council_covered


def council_paperwork(population: Population, numbers: Mapping[str, float], reach: Reach) -> FloatArray:
    """M19: hours of paperwork that a school's council asks for, relative to the mean. [ratio, shape (n_schools,)]."""
    codes = np.asarray(population.la_code, dtype=np.int64)
    sd = numbers["council_process_log_sd"]
    u = uniform_array(reach.seed, reach.replication, "council_process", codes)
    return np.exp(np.array([sd * normal_quantile(float(x)) for x in u]) - 0.5 * sd**2)


def places_added(lever: SpecialistPlaces, rows: np.ndarray) -> FloatArray:
    """Places a year of each council of the run, in proportion to its pupils in state special schools today.

    The places of the lever are spread over every council of England that it covers, in the run or not.
    """
    known = load_councils()
    pupils = np.array([float(council.plans_state_special or 0.0) for council in known])
    pupils *= np.array([council_covered(lever.covers, council_names(council), council.region) for council in known])
    total = float(pupils.sum())
    if total <= 0.0:
        return np.zeros(rows.size)
    return np.asarray(lever.places_per_year * pupils[rows] / total)


def hearings(rows: np.ndarray, numbers: Mapping[str, float], start: int, years: int) -> FloatArray:
    """Appeals a year that a tribunal of today's trend can hear, split over all councils of England by their requests.

    Returns
    -------
        The parts of the councils of the run. [appeals a year, shape (n_councils, n_years)]
    """
    requests = np.array([float(council.requests or 0.0) for council in load_councils()])
    share = requests[rows] / float(requests.sum())
    growth = np.array([_level(numbers, start + year) for year in range(years)])
    return np.asarray(share[:, None] * numbers["tribunal_capacity_per_year"] * growth[None, :])


def _level(numbers: Mapping[str, float], year: int) -> float:
    since = year - BASE_YEAR
    growth = numbers["tribunal_capacity_growth_past" if since < 0 else "tribunal_capacity_growth"]
    return float((1.0 + growth) ** since)
