"""A scenario's levers into what they ask of each school, each council and the tribunal in each academic year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sencosim.engine.inputs import ASKED, BoolArray, FloatArray, PolicyInputs
from sencosim.engine.policy_councils import council_paperwork, hearings, places_added
from sencosim.engine.reach import Reach
from sencosim.engine.sharing import shared_posts
from sencosim.population.schools import Population
from sencosim.rules.workforce import pay_leaving_ratio
from sencosim.scenario.levers import (
    AdminSupport,
    Allowance,
    ConsistentEhcProcess,
    IspDuty,
    KeyWorker,
    LaCapacity,
    Lever,
    ProtectedTime,
    SharedSenco,
    SltSeat,
    SpecialistPlaces,
    Supervision,
    Team,
    Training,
    TribunalCapacity,
)
from sencosim.scenario.schema import Scenario
from sencosim.scenario.who import admin_hours, floor_hours, team_hours
from sencosim.units import TERM_WEEKS

Numbers = Mapping[str, float]


@dataclass
class Asked:
    """What has been asked so far: the fields of :class:`PolicyInputs`, filled lever by lever."""

    population: Population
    reach: Reach
    numbers: Numbers
    council_rows: np.ndarray
    asked: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        schools, years = self.population.n_schools, self.reach.years
        rows = {"schools": schools, "councils": self.council_rows.size}
        for one in ASKED:
            self.asked[one.name] = np.full((rows[one.metadata["of"]], years), one.metadata["neutral"])
        self.asked["award_terms"][:] = self.numbers["npq_terms"]
        self.asked["cluster"] = np.full(schools, -1, dtype=np.int64)
        self.asked["review_coverage"], self.asked["reviews_before_end"] = 0.0, 1
        self.asked["tribunal_ratio"] = np.ones(years)
        self.asked["used_share_added"] = float(self.numbers["used_share_added"])
        process = council_paperwork(self.population, self.numbers, self.reach)
        self.asked["paperwork_ratio"] = np.repeat(process[:, None], years, axis=1)

    @property
    def sen(self) -> FloatArray:
        """Pupils on SEN Support or with a plan. [pupils, shape (n_schools,)]."""
        return (self.population.sen_support + self.population.ehc_plans).astype(float)


def policy_inputs(
    population: Population,
    scenario: Scenario,
    values: Numbers,
    start: int,
    years: int,
    seed: int,
    replication: int,
) -> PolicyInputs:
    """What each lever asks, after cover, pilot lot, phase-in and compliance.

    Parameters
    ----------
    population
        Schools of the run.
    scenario
        With its levers, those of the background included.
    values
        Parameter values; a lever that is silent on compliance, used share or drift takes them from here.
    start, years
        First academic year and number of years of the run.
    seed, replication
        Keys of the draws of compliance and of the place in the line.
    """
    numbers = dict(values)
    reach = Reach(population, numbers, start, years, seed, replication)
    told = Asked(population, reach, numbers, np.unique(population.council))
    question = {name for name, _ in scenario.levers.active()}
    acts = np.zeros(years, dtype=bool)
    for name, lever in scenario.policies():
        active = _COUNCIL_WORK.get(type(lever), _school_work)(told, lever, name)
        if name in question:
            acts |= active.any(axis=0)
    first = int(np.argmax(acts)) if acts.any() else years
    return PolicyInputs(**told.asked, first_year=first)


def _school_work(told: Asked, lever: Lever, name: str) -> BoolArray:
    active = told.reach.schools(lever, name)
    _SCHOOL_WORK[type(lever)](told, lever, active)
    return active


def _protected_time(told: Asked, lever: ProtectedTime, active: BoolArray) -> None:
    population, numbers, asked = told.population, told.numbers, told.asked
    day, week = numbers["hours_per_day"], numbers["full_time_hours_per_week"]
    rows = zip(population.phase.tolist(), population.pupils.tolist(), told.sen.tolist(), strict=True)
    hours = np.array([floor_hours(lever, phase, pupils, sen, day, week) for phase, pupils, sen in rows])
    asked["floor_hours"] = active * hours[:, None]
    share = numbers["drift_to_floor_share"] if lever.drift_to_floor is None else lever.drift_to_floor
    asked["comes_down"] = active & told.reach.school_lot("drift_to_floor", 0, share)[:, None]
    if lever.used_share is not None:
        asked["used_share_added"] = float(lever.used_share)


def _seat(told: Asked, _: SltSeat, active: BoolArray) -> None:
    told.asked["seat"] = active


def _administrators(told: Asked, lever: AdminSupport, active: BoolArray) -> None:
    weekly = np.array([admin_hours(lever, n) for n in told.sen.tolist()])
    told.asked["admin_hours"] = active * weekly[:, None]


def _team(told: Asked, lever: Team, active: BoolArray) -> None:
    week = told.numbers["full_time_hours_per_week"]
    weekly = np.array([team_hours(lever, n, week) for n in told.sen.tolist()])
    told.asked["team_hours"] = active * weekly[:, None]


def _supervision(told: Asked, lever: Supervision, active: BoolArray) -> None:
    ratio = told.numbers["leaving_ratio_supervision"] if lever.leaving_ratio is None else lever.leaving_ratio
    told.asked["supervision_hours"] = active * (lever.hours_per_term / TERM_WEEKS)
    told.asked["leaving_ratio"] = told.asked["leaving_ratio"] * np.where(active, float(ratio), 1.0)


def _allowance(told: Asked, lever: Allowance, active: BoolArray) -> None:
    known = pay_leaving_ratio(
        lever.gbp_per_year, told.numbers["senco_gross_pay"], told.numbers["leaving_elasticity_of_pay"]
    )
    ratio = known if lever.leaving_ratio is None else lever.leaving_ratio
    told.asked["allowance"] = active
    told.asked["leaving_ratio"] = told.asked["leaving_ratio"] * np.where(active, float(ratio), 1.0)


def _key_worker(told: Asked, lever: KeyWorker, active: BoolArray) -> None:
    told.asked["key_worker_hours"] = active * float(lever.hours_per_plan_per_term)


def _training(told: Asked, lever: Training, active: BoolArray) -> None:
    asked, known = told.asked, told.numbers["first_year_loss_ratio_training"]
    ratio = known if lever.first_year_loss_ratio is None else lever.first_year_loss_ratio
    asked["first_year_hours"] = active * (lever.first_year_hours_per_term / TERM_WEEKS)
    asked["first_year_loss_ratio"] = np.where(active, float(ratio), 1.0)
    asked["cascade_hours"] = active * float(lever.cascade_hours_per_term)
    if lever.award_within_terms is not None:
        asked["award_terms"] = np.where(active, float(lever.award_within_terms), asked["award_terms"])


def _process(told: Asked, lever: ConsistentEhcProcess, active: BoolArray) -> None:
    own = told.asked["paperwork_ratio"]
    known = told.numbers["consistent_process_ratio"]
    ratio = known if lever.paperwork_ratio is None else lever.paperwork_ratio
    told.asked["paperwork_ratio"] = np.where(active, ratio * own ** (1.0 - lever.difference_removed), own)


def _support_plans(told: Asked, lever: IspDuty, active: BoolArray) -> None:
    told.asked["support_plans"] = active
    told.asked["request_ratio"] = np.where(active, lever.request_ratio, 1.0)


def _sharing(told: Asked, lever: SharedSenco, active: BoolArray) -> None:
    cluster, hours = shared_posts(told.population, lever, active, told.numbers, told.reach)
    told.asked["cluster"], told.asked["shared_hours"] = cluster, hours
    told.asked["review_coverage"] = float(lever.review_coverage)
    told.asked["reviews_before_end"] = int(lever.reviews_before_end)


_SCHOOL_WORK: dict[type[Lever], Any] = {
    ProtectedTime: _protected_time,
    SltSeat: _seat,
    AdminSupport: _administrators,
    Team: _team,
    SharedSenco: _sharing,
    Supervision: _supervision,
    Allowance: _allowance,
    KeyWorker: _key_worker,
    Training: _training,
    ConsistentEhcProcess: _process,
    IspDuty: _support_plans,
}


def _council_staff(told: Asked, lever: LaCapacity, name: str) -> BoolArray:
    active = told.reach.councils(lever, name, told.council_rows)
    told.asked["psychologist_ratio"] = np.where(active, lever.psychologists, 1.0)
    told.asked["officer_ratio"] = np.where(active, lever.officers, 1.0)
    return active


def _places(told: Asked, lever: SpecialistPlaces, name: str) -> BoolArray:
    active = told.reach.councils(lever, name, told.council_rows)
    told.asked["places_added"] = active * places_added(lever, told.council_rows)[:, None]
    return active


def _hearings(told: Asked, lever: TribunalCapacity, _: str) -> BoolArray:
    active = told.reach.everywhere(lever)
    told.asked["tribunal_ratio"] = np.where(active, lever.capacity, 1.0)
    usual = hearings(told.council_rows, told.numbers, told.reach.start, told.reach.years)
    told.asked["appeals_added"] = usual * (told.asked["tribunal_ratio"] - 1.0)[None, :]
    return active[None, :]


_COUNCIL_WORK: dict[type[Lever], Any] = {
    LaCapacity: _council_staff,
    SpecialistPlaces: _places,
    TribunalCapacity: _hearings,
}
