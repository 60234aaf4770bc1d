"""Small runs: a few schools of one or two real councils, a few years, made once for each set of arguments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from sencosim.arms.inputs import Inputs
from sencosim.arms.policy import abolished
from sencosim.arms.prepare import Draw, make_inputs
from sencosim.engine.outcome import Outcome
from sencosim.engine.rates import begin_term
from sencosim.engine.simpy.run import Scheduler, simulate
from sencosim.evidence.register import load_register
from sencosim.evidence.routes import ROUTE_NAMES, neutral_routes
from sencosim.evidence.views import load_view
from sencosim.population.sampling import only_councils
from sencosim.population.schools import Population
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.schema import Scenario
from sencosim.units import N_YEAR_GROUPS

HARTLEPOOL, BRACKNELL, NORFOLK, RUTLAND = 805, 867, 926, 857
NO_SCHOOL = -1
"""School in the trace of what belongs to no mainstream school."""
UNLIMITED = {"tribunal_capacity_per_year": 1e7, "teacher_supply_fte_per_year": 1e7}


@lru_cache(maxsize=1)
def england() -> Population:
    return synthetic_england(2025)


@lru_cache(maxsize=16)
def schools_of(*councils: int, primary: int = 4, secondary: int = 2) -> Population:
    """The smallest schools of each council that have pupils in every year group of their phase."""
    population = only_councils(england(), councils)
    chosen: list[int] = []
    for council in councils:
        for phase, groups, n in ((0, slice(0, 7), primary), (1, slice(7, N_YEAR_GROUPS), secondary)):
            whole = (population.la_code == council) & (population.phase == phase)
            whole &= (population.roll[:, groups] > 0).all(axis=1)
            rows = np.flatnonzero(whole)
            chosen += rows[np.argsort(population.pupils[rows], kind="stable")][:n].tolist()
    return population.take(np.array(sorted(chosen)))


@lru_cache(maxsize=4)
def evidence(view: str = "central") -> Draw:
    return Draw.of(load_view(view).values(load_register()))


def scenario(**levers: Any) -> Scenario:
    """Levers that reach all their schools at once, unless they say otherwise."""
    named = {name: said if name == "delay" else {"phase_in_years": 1, **said} for name, said in levers.items()}
    return Scenario.model_validate({"name": "small", "levers": named})


FULL_TIME = {"start": "2023/24", "floor": {"full_time": True}, "compliance": 1.0}
"""Second year of a small run."""
COMBINED = {
    "protected_time": {**FULL_TIME, "drift_to_floor": 0.5},
    "slt_seat": {"start": "2023/24", "pay_uplift": True},
    "admin_support": {"start": "2023/24", "hours_per_week": 5.0},
}
EVERYTHING = {
    **COMBINED,
    "team": {"start": "2023/24", "sen_pupils_per_post": 60, "compliance": 1.0},
    "shared_senco": {"start": "2023/24", "cluster_size": 2, "roll_max": 500, "review_support_ratio": 0.8},
    "supervision": {"start": "2023/24", "compliance": 1.0},
    "allowance": {"start": "2023/24", "gbp_per_year": 6000.0},
    "key_worker": {"start": "2023/24", "hours_per_plan_per_term": 2.5},
    "training": {"start": "2023/24", "award_within_terms": 9, "cascade_hours_per_term": 4.0},
    "consistent_ehc_process": {"start": "2023/24"},
    "la_capacity": {"start": "2023/24", "psychologists": 1.2, "officers": 1.3},
    "tribunal_capacity": {"start": "2023/24", "capacity": 1.5},
    "specialist_places": {"start": "2023/24", "places_per_year": 3000},
    "isp_duty": {"start": "2023/24"},
}


OFF = neutral_routes(ROUTE_NAMES)
"""Every route from SENCO time to pupils is off."""
EFFECTIVE = {
    "effect_requests_need": 0.7,
    "effect_requests_release": 1.3,
    "filing_route": 1.0,
    "review_cycles_route": 1.0,
    "few_cycles_causal_share": 0.6,
    "unidentified_request_ratio": 0.6,
    "effect_suspensions": 0.7,
    "effect_permanent_exclusion": 0.6,
    "effect_absence_points": -1.0,
    "effect_appeals": 0.8,
    "effect_move_to_special": 0.8,
    "effect_home_education": 0.7,
    "effect_slt_seat": 1.2,
}
"""Every route is on, by made-up amounts."""


def small_inputs(
    population: Population | None = None,
    arm: Scenario | None = None,
    *,
    years: int = 3,
    changes: dict[str, float] | None = None,
    hours_factor: float = 1.0,
    replication: int = 0,
    seed: int = 7,
) -> Inputs:
    """Inputs of an arm that reads no other: the no-policy arm of a world, or one that :class:`Arms` gives it."""
    central = evidence()
    inputs = make_inputs(
        schools_of(HARTLEPOOL) if population is None else population,
        scenario() if arm is None else arm,
        Draw({**central.values, **EFFECTIVE, **(changes or {})}, central.vectors),
        seed=seed,
        replication=replication,
        n_years=years,
    )
    hours = np.minimum(inputs.values["full_time_hours_per_week"], inputs.schools.base_hours * hours_factor)
    return replace(inputs, schools=replace(inputs.schools, base_hours=hours), trace_all=True)


def without_question(arm: Scenario) -> Scenario:
    """The same world without the levers of the question."""
    return arm.model_copy(update={"levers": type(arm.levers)()})


@dataclass(frozen=True)
class Arms:
    """Inputs of the two arms of a world; that of the policy does not know the other arm yet."""

    base: Inputs
    policy: Inputs

    def reading(self, base: Outcome) -> Inputs:
        """Inputs of the policy arm, which reads the no-policy arm."""
        return replace(self.policy, reference=base.reference)

    def run(self, engine: Callable[[Inputs], Outcome] = simulate) -> tuple[Outcome, Outcome]:
        """Both arms."""
        base = engine(self.base)
        return base, engine(self.reading(base))


def small_arms(population: Population | None = None, arm: Scenario | None = None, **more: Any) -> Arms:
    """The no-policy arm and the policy arm of a scenario."""
    chosen = scenario() if arm is None else arm
    return Arms(small_inputs(population, without_question(chosen), **more), small_inputs(population, chosen, **more))


def without_sencos(inputs: Inputs, first_year: int) -> Inputs:
    """The same world without SENCOs from a year of the run on: no post, no hours, no evenings. Teams stay."""
    return replace(inputs, policy=abolished(inputs.policy, first_year))


def plain_world(inputs: Inputs) -> Any:
    """The world of a few schools as plain objects, in the first term: nobody is in it, nothing has happened."""
    world = Scheduler(inputs).w
    begin_term(world, inputs, 0)
    return world


def roster(w: Any, school: Any) -> list[int]:
    """Positions of the pupils of a school."""
    places = range(school.roster_from, school.roster_from + school.roster_size)
    return [w.rosters[place] for place in places if w.rosters[place] >= 0]


def waiting_cases(w: Any, school: Any) -> list[Any]:
    """Cases that wait for the SENCO of a school, activity by activity in the order of service."""
    found = []
    for head in school.heads:
        index = head
        while index >= 0:
            found.append(w.cases[index])
            index = w.cases[index].behind
    return found


def chain(w: Any, head: int) -> list[Any]:
    """Entries of a chain of nodes."""
    found = []
    while head >= 0:
        found.append(w.nodes[head])
        head = w.nodes[head].link
    return found


@lru_cache(maxsize=1)
def baseline_run() -> tuple[Inputs, Outcome]:
    inputs = small_inputs(years=4)
    return inputs, simulate(inputs)


@lru_cache(maxsize=32)
def _policy_run(arm: str) -> tuple[Inputs, Outcome]:
    _, base = baseline_run()
    inputs = replace(small_inputs(arm=Scenario.model_validate_json(arm), years=4), reference=base.reference)
    return inputs, simulate(inputs)


def policy_run(levers: dict[str, Any] | None = None) -> tuple[Inputs, Outcome]:
    """A policy arm of the world of :func:`baseline_run`."""
    arm = scenario(**({"protected_time": FULL_TIME} if levers is None else levers))
    return _policy_run(arm.model_dump_json(by_alias=True))


def events(outcome: Outcome, *codes: int) -> list[tuple[int, int, int, int, int]]:
    wanted = {int(code) for code in codes}
    return [event for event in outcome.trace if event[1] in wanted]


def times_by_pupil(outcome: Outcome, *codes: int) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for minute, _, _, pupil, _ in events(outcome, *codes):
        found.setdefault(pupil, []).append(minute)
    return found


def counts_by_school(outcome: Outcome, *codes: int) -> Counter[int]:
    return Counter(school for _, _, school, _, _ in events(outcome, *codes))
