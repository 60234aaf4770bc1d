"""A scenario's levers into what they ask of each school, each council and the tribunal in each academic year."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sencosim.arms.inputs import ASKED, BoolArray, FloatArray, IntArray, PolicyInputs, grown
from sencosim.arms.setting import Setting, council_names, councils_reached, schools_reached, years_reached
from sencosim.evidence.councils import load_councils
from sencosim.rules.chance import normal_quantile
from sencosim.rules.sharing import shared_post_hours
from sencosim.rules.workforce import pay_leaving_ratio
from sencosim.scenario import levers
from sencosim.scenario.schema import BASE_YEAR, Scenario
from sencosim.scenario.who import admin_hours, council_covered, floor_hours, team_hours
from sencosim.units import TERM_WEEKS

Asked = dict[str, Any]
"""Fields of :class:`PolicyInputs`, filled lever by lever."""
Reached = Callable[[Setting, Any, str], BoolArray]
Ask = Callable[[Setting, Any, BoolArray, Asked], None]


def policy_inputs(at: Setting, scenario: Scenario) -> PolicyInputs:
    """What each lever asks, after cover, pilot lot, phase-in and compliance.

    Parameters
    ----------
    at : schools, years and keys of chance. A lever that is silent on compliance, used share or drift takes them from
        its values.
    scenario : with its levers, those of the background included.
    """
    asked = _nothing_asked(at)
    question = {name for name, _ in scenario.levers.active()}
    acts = np.zeros(at.years, dtype=bool)
    for name, lever in scenario.policies():
        reached, ask = _WORK[type(lever)]
        active = reached(at, lever, name)
        ask(at, lever, active, asked)
        if name in question:
            acts |= active.any(axis=0)
    return PolicyInputs(**asked, first_year=int(np.argmax(acts)) if acts.any() else at.years)


def _nothing_asked(at: Setting) -> Asked:
    rows = {"schools": at.phase.size, "councils": at.councils.size}
    asked: Asked = {one.name: np.full((rows[one.metadata["of"]], at.years), one.metadata["neutral"]) for one in ASKED}
    asked["award_terms"][:] = at.values["npq_terms"]
    asked["paperwork_ratio"][:] = _council_paperwork(at)[:, None]
    return asked | {
        "cluster": np.full(at.phase.size, -1, dtype=np.int64),
        "review_support": 0.0,
        "reviews_before_end": 1,
        **{name: np.ones(at.years) for name in ("tribunal_ratio", "outside_ratio", "entry_ratio", "placement_orders")},
        **{name: np.zeros(at.years) for name in ("refusal_shift", "plan_transition_share", "key_stage_reviews")},
        "used_share_added": float(at.values["used_share_added"]),
    }


def _council_paperwork(at: Setting) -> FloatArray:
    """M19: hours of paperwork that a school's council asks for, relative to the mean. [ratio, shape (n_schools,)]."""
    sd = at.values["council_process_log_sd"]
    u = at.drawn("council_process", at.population.la_code)
    return np.exp(np.array([sd * normal_quantile(x) for x in u]) - 0.5 * sd**2)


# -- what levers ask of schools ---------------------------------------------------------------------------------------


def _protected_time(at: Setting, lever: levers.ProtectedTime, active: BoolArray, asked: Asked) -> None:
    day, week = at.values["hours_per_day"], at.values["full_time_hours_per_week"]
    rows = zip(at.phase.tolist(), at.population.pupils.tolist(), at.sen.tolist(), strict=True)
    hours = np.array([floor_hours(lever, phase, pupils, sen, day, week) for phase, pupils, sen in rows])
    asked["floor_hours"] = active * hours[:, None]
    drifts = at.school_drawn("drift_to_floor") < _given(lever.drift_to_floor, at.values["drift_to_floor_share"])
    asked["comes_down"] = active & drifts[:, None]
    asked["used_share_added"] = float(_given(lever.used_share, asked["used_share_added"]))


def _given(value: float | None, otherwise: float) -> float:
    """What a lever says, or what holds if it is silent."""
    return otherwise if value is None else value


def _seat(_: Setting, __: levers.SltSeat, active: BoolArray, asked: Asked) -> None:
    asked["seat"] = active


def _administrators(at: Setting, lever: levers.AdminSupport, active: BoolArray, asked: Asked) -> None:
    asked["admin_hours"] = active * np.array([admin_hours(lever, n) for n in at.sen.tolist()])[:, None]


def _team(at: Setting, lever: levers.Team, active: BoolArray, asked: Asked) -> None:
    week = at.values["full_time_hours_per_week"]
    asked["team_hours"] = active * np.array([team_hours(lever, n, week) for n in at.sen.tolist()])[:, None]


def _supervision(at: Setting, lever: levers.Supervision, active: BoolArray, asked: Asked) -> None:
    ratio = _given(lever.leaving_ratio, at.values["leaving_ratio_supervision"])
    asked["supervision_hours"] = active * (lever.hours_per_term / TERM_WEEKS)
    asked["leaving_ratio"] *= np.where(active, ratio, 1.0)


def _allowance(at: Setting, lever: levers.Allowance, active: BoolArray, asked: Asked) -> None:
    pay, elasticity = at.values["senco_gross_pay"], at.values["leaving_elasticity_of_pay"]
    ratio = _given(lever.leaving_ratio, pay_leaving_ratio(lever.gbp_per_year, pay, elasticity))
    asked["allowance"] = active
    asked["leaving_ratio"] *= np.where(active, ratio, 1.0)


def _key_worker(_: Setting, lever: levers.KeyWorker, active: BoolArray, asked: Asked) -> None:
    asked["key_worker_hours"] = active * float(lever.hours_per_plan_per_term)


def _training(at: Setting, lever: levers.Training, active: BoolArray, asked: Asked) -> None:
    ratio = _given(lever.first_year_loss_ratio, at.values["first_year_loss_ratio_training"])
    asked["first_year_hours"] = active * (lever.first_year_hours_per_term / TERM_WEEKS)
    asked["first_year_loss_ratio"] = np.where(active, ratio, 1.0)
    asked["cascade_hours"] = active * float(lever.cascade_hours_per_term)
    if lever.award_within_terms is not None:
        asked["award_terms"] = np.where(active, float(lever.award_within_terms), asked["award_terms"])


def _process(at: Setting, lever: levers.ConsistentEhcProcess, active: BoolArray, asked: Asked) -> None:
    ratio, own = _given(lever.paperwork_ratio, at.values["consistent_process_ratio"]), asked["paperwork_ratio"]
    asked["paperwork_ratio"] = np.where(active, ratio * own ** (1.0 - lever.difference_removed), own)


def _support_plans(_: Setting, lever: levers.IspDuty, active: BoolArray, asked: Asked) -> None:
    asked["support_plans"] = active
    asked["request_ratio"] = np.where(active, lever.request_ratio, 1.0)


def _sharing(at: Setting, lever: levers.SharedSenco, active: BoolArray, asked: Asked) -> None:
    """M16: which small schools share one SENCO, and how many hours of the post each gets.

    The small primary schools of a council that the lever ever reaches are put in an order by a keyed draw and cut into
    groups; the model holds no map. A group shares from the year in which the lever has reached all its schools. Where
    the SENCO of its largest school is a head teacher, it does not share, if the lever says so.
    """
    population, number = at.population, 0
    cluster, hours = np.full(at.phase.size, -1, dtype=np.int64), np.zeros(active.shape)
    u, is_head = at.school_drawn("cluster"), at.school_drawn("head_senco") < at.values["head_senco_share"]
    small = (population.phase == 0) & (population.pupils <= lever.roll_max) & active.max(axis=1)
    for council in np.unique(population.la_code[small]).tolist():
        line = np.flatnonzero(small & (population.la_code == council))
        line = line[np.lexsort((population.school_id[line], u[line]))]
        for first in range(0, line.size - lever.cluster_size + 1, lever.cluster_size):
            group = line[first : first + lever.cluster_size]
            largest = group[np.lexsort((population.school_id[group], -population.pupils[group]))][0]
            if lever.no_head_teacher and is_head[largest]:
                continue
            cluster[group] = number
            number += 1
            hours[group] = _parts(at, lever, group)[:, None] * active[group].min(axis=0)[None, :]
    asked["cluster"], asked["shared_hours"] = cluster, hours
    asked["review_support"] = float(lever.review_coverage)
    asked["reviews_before_end"] = int(lever.reviews_before_end)


def _parts(at: Setting, lever: levers.SharedSenco, group: IntArray) -> FloatArray:
    """Hours of a shared post at each of its schools. [hours a week]."""
    pupils = float(at.population.pupils[group].sum())
    post = shared_post_hours(pupils, lever.hours_per_100_pupils, at.values["full_time_hours_per_week"])
    weights = at.sen[group] + 1.0
    return np.asarray(post * weights / float(np.sort(weights).sum()))


# -- what levers ask of councils and of the tribunal ------------------------------------------------------------------


def _council_staff(_: Setting, lever: levers.LaCapacity, active: BoolArray, asked: Asked) -> None:
    asked["psychologist_ratio"] = np.where(active, lever.psychologists, 1.0)
    asked["officer_ratio"] = np.where(active, lever.officers, 1.0)


def _places(at: Setting, lever: levers.SpecialistPlaces, active: BoolArray, asked: Asked) -> None:
    """Spread over every council of England that the lever covers, in the run or not, by its pupils in state special."""
    known = load_councils()
    pupils = np.array([float(council.plans_state_special or 0.0) for council in known])
    pupils *= np.array([council_covered(lever.covers, council_names(council), council.region) for council in known])
    total = float(pupils.sum())
    added = lever.places_per_year * pupils[at.councils] / total if total > 0.0 else np.zeros(at.councils.size)
    asked["places_added"] = active * added[:, None]


def _hearings(at: Setting, lever: levers.TribunalCapacity, active: BoolArray, asked: Asked) -> None:
    """Hearings of today's trend are split over all councils of England by their requests."""
    asked["tribunal_ratio"] = np.where(active[0], lever.capacity, 1.0)
    requests = np.array([float(council.requests or 0.0) for council in load_councils()])
    share = requests[at.councils] / float(requests.sum())
    past, future = "tribunal_capacity_growth_past", "tribunal_capacity_growth"
    growth = np.array([grown(at.values, past, future, at.start + year - BASE_YEAR) for year in range(at.years)])
    usual = share[:, None] * at.values["tribunal_capacity_per_year"] * growth[None, :]
    asked["appeals_added"] = usual * (asked["tribunal_ratio"] - 1.0)[None, :]


_WORK: dict[type[levers.Lever], tuple[Reached, Ask]] = {
    levers.ProtectedTime: (schools_reached, _protected_time),
    levers.SltSeat: (schools_reached, _seat),
    levers.AdminSupport: (schools_reached, _administrators),
    levers.Team: (schools_reached, _team),
    levers.SharedSenco: (schools_reached, _sharing),
    levers.Supervision: (schools_reached, _supervision),
    levers.Allowance: (schools_reached, _allowance),
    levers.KeyWorker: (schools_reached, _key_worker),
    levers.Training: (schools_reached, _training),
    levers.ConsistentEhcProcess: (schools_reached, _process),
    levers.IspDuty: (schools_reached, _support_plans),
    levers.LaCapacity: (councils_reached, _council_staff),
    levers.SpecialistPlaces: (councils_reached, _places),
    levers.TribunalCapacity: (years_reached, _hearings),
}
"""Whom each lever reaches, and what it asks of them."""
