"""What the engines of sencosim are given to do: schools, years, and one arm of the full-time scenario.

An arm on its own reads the evidence at the point values of the central view and is compared with no other arm.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import numpy as np

from sencosim.arms.inputs import Inputs
from sencosim.arms.prepare import make_inputs
from sencosim.engine.outcome import Outcome
from sencosim.engine.pair import read_evidence
from sencosim.population.schools import Population
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario

VIEW = "central"
SCENARIO = "full_time"
SEED = 1


@lru_cache(maxsize=8)
def scenario_of(name: str, years: int = 0) -> Scenario:
    """A shipped scenario, its horizon cut or stretched to end after some simulated years; 0 for its own."""
    scenario = load_scenario(name).scenario
    if years == 0:
        return scenario
    years_of_policy = scenario.start_year + years - scenario.horizon.first
    return scenario.model_copy(
        update={"horizon": scenario.horizon.model_copy(update={"years": max(1, years_of_policy)})}
    )


def first_councils(fewest: int) -> Population:
    """Whole councils in the order of their codes, added up until they have so many schools; all of England at most."""
    england = synthetic_england()
    _, schools = np.unique(england.la_code, return_counts=True)
    wanted = int(np.searchsorted(np.cumsum(schools), fewest)) + 1
    codes = np.unique(england.la_code)[:wanted]
    return england.take(np.flatnonzero(np.isin(england.la_code, codes)))


def arm(population: Population, years: int, replication: int = 0) -> Inputs:
    """One arm: full-time SENCOs, phased in from 2027/28, the sixth year of a run."""
    scenario = scenario_of(SCENARIO)
    draw = read_evidence(scenario, VIEW, 0, SEED)
    return make_inputs(population, scenario, draw, seed=SEED, replication=replication, n_years=years)


def few_schools() -> Population:
    """Three schools of one council: for a first result, and to have the code of an engine loaded."""
    england = synthetic_england()
    return england.take(np.flatnonzero(england.council == england.council[-1])[:3])


def fingerprint(outcome: Outcome) -> str:
    """Short hash of everything that a run counts. [16 hexadecimal digits]"""
    found = hashlib.sha256(repr(outcome.tally.shape).encode())
    found.update(np.ascontiguousarray(outcome.tally).tobytes())
    return found.hexdigest()[:16]


def inputs_fingerprint(inputs: Inputs) -> str:
    """Short hash of what an engine is given. [16 hexadecimal digits]"""
    found = hashlib.sha256()
    for part in (inputs.schools, inputs.councils, inputs.policy):
        for name, values in sorted(vars(part).items()):
            found.update(name.encode())
            found.update(np.ascontiguousarray(values).tobytes())
    numbers: Any = (inputs.seed, inputs.replication, inputs.n_years, sorted(inputs.values.items()))
    found.update(repr((numbers, sorted(inputs.vectors.items()))).encode())
    for name, table in sorted(inputs.hour_tables.items()):
        found.update(name.encode() + np.ascontiguousarray(table).tobytes())
    return found.hexdigest()[:16]
