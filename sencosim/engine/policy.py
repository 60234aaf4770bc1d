"""A scenario's levers into what they ask of each school in each academic year."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sencosim.engine.inputs import BoolArray, FloatArray, PolicyInputs
from sencosim.evidence.councils import load_councils
from sencosim.population.schools import Population
from sencosim.randomness import uniform_array
from sencosim.scenario.levers import Lever
from sencosim.scenario.schema import Scenario
from sencosim.scenario.who import admin_hours, covered, floor_hours, phase_in_share

_NUMBER_OF_LEVER = {"protected_time": 0, "slt_seat": 1, "admin_support": 2}
"""Occurrence of a lever's draws. Append only."""


def policy_inputs(
    population: Population,
    scenario: Scenario,
    values: Mapping[str, float],
    start: int,
    years: int,
    seed: int,
    replication: int,
) -> PolicyInputs:
    """What each lever asks of each school, after cover, phase-in and compliance.

    Parameters
    ----------
    population
        Schools of the run.
    scenario
        With its levers.
    values
        Parameter values; a lever that is silent on compliance, used share or drift takes them from here.
    start, years
        First academic year and number of years of the run.
    seed, replication
        Keys of the draws of compliance and of the place in the line.
    """
    numbers = dict(values)
    shape = (population.n_schools, years)
    floor, down = np.zeros(shape), np.zeros(shape, dtype=bool)
    seat, admin = np.zeros(shape, dtype=bool), np.zeros(shape)
    used_share = float(numbers["used_share_added"])
    levers = scenario.levers
    sen = (population.sen_support + population.ehc_plans).astype(float)
    keys = np.asarray(population.school_id, dtype=np.int64)

    def acting(lever: Lever, name: str) -> BoolArray:
        return _acting(population, lever, name, numbers, start, years, seed, replication)

    if levers.protected_time is not None:
        lever = levers.protected_time
        hours = np.array(
            [
                floor_hours(
                    lever,
                    int(population.phase[i]),
                    int(population.pupils[i]),
                    float(sen[i]),
                    numbers["hours_per_day"],
                    numbers["full_time_hours_per_week"],
                )
                for i in range(population.n_schools)
            ]
        )
        active = acting(lever, "protected_time")
        floor = active * hours[:, None]
        share = numbers["drift_to_floor_share"] if lever.drift_to_floor is None else lever.drift_to_floor
        drifts = uniform_array(seed, replication, "drift_to_floor", keys) < share
        down = active & drifts[:, None]
        used_share = used_share if lever.used_share is None else float(lever.used_share)
    if levers.slt_seat is not None:
        seat = acting(levers.slt_seat, "slt_seat")
    if levers.admin_support is not None:
        support = levers.admin_support
        weekly = np.array([admin_hours(support, float(n)) for n in sen])
        admin = acting(support, "admin_support") * weekly[:, None]
    return PolicyInputs(floor, down, seat, admin, used_share, _first_year(floor, seat, admin, years))


def _first_year(floor: FloatArray, seat: BoolArray, admin: FloatArray, years: int) -> int:
    acts = ((floor > 0.0) | seat | (admin > 0.0)).any(axis=0)
    return int(np.argmax(acts)) if acts.any() else years


def _acting(
    population: Population,
    lever: Lever,
    name: str,
    numbers: dict[str, float],
    start: int,
    years: int,
    seed: int,
    replication: int,
) -> BoolArray:
    """Schools in which a lever acts, by year: covered, phased in, and complying. [shape (n_schools, n_years)]."""
    number = _NUMBER_OF_LEVER[name]
    councils = load_councils()
    keys = np.asarray(population.school_id, dtype=np.int64)
    reached = np.array(
        [
            covered(
                lever.covers,
                int(population.phase[i]),
                (
                    councils[population.council[i]].name,
                    str(councils[population.council[i]].la_code),
                    councils[population.council[i]].ons_code,
                ),
                councils[population.council[i]].region,
                int(population.pupils[i]),
                float(population.sen_support[i] + population.ehc_plans[i]),
                float(population.fsm_share[i]),
            )
            for i in range(population.n_schools)
        ]
    )
    compliance = numbers["legal_floor_compliance"] if lever.compliance is None else lever.compliance
    complies = uniform_array(seed, replication, "compliance", keys, number) < compliance
    place = uniform_array(seed, replication, "phase_in", keys, number)
    shares = np.array([phase_in_share(lever, start + year) for year in range(years)])
    return (reached & complies)[:, None] & (place[:, None] < shares[None, :])
