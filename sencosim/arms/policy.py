"""A scenario's levers into what they ask of each school, each council and the tribunal in each academic year."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from sencosim.arms.inputs import ASKED, BoolArray, FloatArray, IntArray, PolicyInputs, grown
from sencosim.arms.setting import (
    Setting,
    council_names,
    councils_reached,
    schools_reached,
    shares_reached,
    years_reached,
)
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.evidence.councils import load_councils
from sencosim.rules.chance import normal_quantile
from sencosim.rules.sharing import shared_post_hours
from sencosim.rules.workforce import pay_leaving_ratio
from sencosim.scenario import levers
from sencosim.scenario.schema import Scenario
from sencosim.scenario.who import admin_hours, council_covered, floor_hours, schedule_hours, team_hours
from sencosim.units import PHASES, SCHOOL_WEEKS_PER_YEAR, TERM_WEEKS

Asked = dict[str, Any]
"""Fields of :class:`PolicyInputs`, filled lever by lever."""
BY_YEAR = {
    "tribunal_ratio": 1.0,
    "refusal_shift": 0.0,
    "outside_ratio": 1.0,
    "plan_transition_share": 0.0,
    "entry_ratio": 1.0,
    "key_stage_reviews": 0.0,
    "placement_orders": 1.0,
}
"""Fields of :class:`PolicyInputs` by year alone, and the value of each where no lever acts."""
Reached = Callable[[Setting, Any, str], BoolArray]
Ask = Callable[[Setting, Any, BoolArray, Asked], None]


def policy_inputs(at: Setting, scenario: Scenario, sen_numbers: FloatArray | None = None) -> PolicyInputs:
    """What each lever asks, after cover, pilot lot, phase-in and compliance.

    Parameters
    ----------
    at : schools, years and keys of chance. A lever that is silent on compliance, used share or drift takes them from
        its values.
    scenario : with its levers, those of the background included.
    sen_numbers : pupils with SEN at the start of each academic year in the no-policy arm, which hours that follow need
        are counted by; those of the population in every year if ``None``. [pupils, shape (n_schools, n_years)]
    """
    at = replace(at, sen_numbers=sen_numbers)
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
        "review_support_ratio": 0.0,
        "reviews_before_end": 1,
        **{name: np.full(at.years, neutral) for name, neutral in BY_YEAR.items()},
        "used_share_added": float(at.values["used_share_added"]),
    }


def _council_paperwork(at: Setting) -> FloatArray:
    """M19: hours of paperwork that a school's council asks for, relative to the mean. [ratio, shape (n_schools,)]."""
    sd = at.values["council_process_log_sd"]
    u = at.drawn("council_process", at.population.la_code)
    return np.exp(np.array([sd * normal_quantile(x) for x in u]) - 0.5 * sd**2)


# -- what levers ask of schools ---------------------------------------------------------------------------------------


def abolished(policy: PolicyInputs, first_year: int | None = None) -> PolicyInputs:
    """Take every school's SENCO away: post, overtime and hours. For tests only; no scenario can ask for it.

    Parameters
    ----------
    policy : what is asked otherwise.
    first_year : index of the first year without SENCOs; that of the policy if ``None``, or 0 if there is none.
    """
    years = policy.abolished.shape[1]
    first = (policy.first_year if policy.first_year < years else 0) if first_year is None else first_year
    flags = policy.abolished.copy()
    flags[:, first:] = True
    return replace(policy, abolished=flags, first_year=min(first, policy.first_year))


def _protected_time(at: Setting, lever: levers.ProtectedTime, active: BoolArray, asked: Asked) -> None:
    _ask_hours(at, lever, active, asked, floor_hours(lever.floor, *_schools(at)))


def _schedule(at: Setting, lever: levers.HoursSchedule, active: BoolArray, asked: Asked) -> None:
    _ask_hours(at, lever, active, asked, schedule_hours(lever.hours, *_schools(at)))


def _schools(at: Setting) -> tuple[IntArray, IntArray, FloatArray, float, float]:
    """What hours are counted by: phase, pupils and SEN numbers of each school; hours of a day and of a full week."""
    pupils = at.population.pupils.astype(np.int64)[:, None]
    day, week = at.values["hours_per_day"], at.values["full_time_hours_per_week"]
    return at.phase[:, None], pupils, at.sen_by_year, day, week


def _ask_hours(
    at: Setting,
    lever: levers.ProtectedTime | levers.HoursSchedule,
    active: BoolArray,
    asked: Asked,
    hours: FloatArray,
) -> None:
    """Ask for the larger of several floors; a school whose phase has none neither gives more nor comes down."""
    holds = active & ~np.isnan(hours)
    asked["floor_hours"] = np.maximum(asked["floor_hours"], np.where(holds, hours, 0.0))
    drifts = at.school_drawn("drift_to_floor") < _given(lever.drift_to_floor, at.values["drift_to_floor_share"])
    asked["comes_down"] = asked["comes_down"] | (holds & drifts[:, None])
    asked["used_share_added"] = float(_given(lever.used_share, asked["used_share_added"]))


def _given(value: float | None, otherwise: float) -> float:
    """What a lever says, or what holds if it is silent."""
    return otherwise if value is None else value


def _seat(_: Setting, __: levers.SltSeat, active: BoolArray, asked: Asked) -> None:
    asked["seat"] = active


def _administrators(at: Setting, lever: levers.AdminSupport, active: BoolArray, asked: Asked) -> None:
    asked["admin_hours"] = active * admin_hours(lever, at.sen_by_year)


def _team(at: Setting, lever: levers.Team, active: BoolArray, asked: Asked) -> None:
    asked["team_hours"] += active * team_hours(lever, at.sen_by_year, at.values["full_time_hours_per_week"])


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
    asked["request_ratio"] *= np.where(active, lever.request_ratio, 1.0)


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
            hours[group] = _parts(at, lever, group) * active[group].min(axis=0)[None, :]
    asked["cluster"], asked["shared_hours"] = cluster, hours
    asked["review_support_ratio"] = float(lever.review_support_ratio)
    asked["reviews_before_end"] = int(lever.reviews_before_end)


def _parts(at: Setting, lever: levers.SharedSenco, group: IntArray) -> FloatArray:
    """Hours of a shared post at each of its schools, by year. [hours a week, shape (n_group, n_years)]."""
    pupils = float(at.population.pupils[group].sum())
    post = shared_post_hours(pupils, lever.hours_per_100_pupils, at.values["full_time_hours_per_week"])
    weights = at.sen_by_year[group] + 1.0
    return np.asarray(post * weights / np.sort(weights, axis=0).sum(axis=0))


def _fund(at: Setting, lever: levers.MainstreamFund, active: BoolArray, asked: Asked) -> None:
    """M18: assistants whom schools buy with the announced money, in proportion to pupils."""
    share = _given(lever.senco_share, at.values["announced_fund_senco_share"])
    average = share * lever.days_per_week * at.values["hours_per_day"]
    pupils = at.population.pupils.astype(float) / float(_england_pupils_per_school(range(len(PHASES))))
    asked["team_hours"] += active * (average * pupils)[:, None]


def _experts(at: Setting, lever: levers.ExpertsAtHand, active: BoolArray, asked: Asked) -> None:
    """M18: days of specialists in a school, by pupils. Counted; they help only if the scenario says so."""
    said = (lever.days_per_year_primary, lever.days_per_year_secondary)
    days = np.array(
        [_given(n, at.values[f"experts_at_hand_days_{phase}"]) for n, phase in zip(said, PHASES, strict=True)]
    )
    average = np.array([_england_pupils_per_school([phase]) for phase in range(len(PHASES))])
    pupils = at.population.pupils.astype(float) / average[at.phase]
    weekly = days[at.phase] * at.values["hours_per_day"] / SCHOOL_WEEKS_PER_YEAR
    asked["expert_hours"] = active * (weekly * pupils)[:, None]
    asked["team_hours"] += lever.team_share * asked["expert_hours"]


def _england_pupils_per_school(phases: Iterable[int]) -> float:
    """England's, not the run's: a council must be the same alone as in a national run. [pupils per school]."""
    known, names = load_councils(), [PHASES[phase] for phase in phases]
    pupils, schools = (
        sum(getattr(council, f"{name}_{what}") for council in known for name in names) for what in ("pupils", "schools")
    )
    return float(pupils) / float(schools)


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
    asked["tribunal_ratio"] = 1.0 + (lever.capacity - 1.0) * shares_reached(at, lever) * active[0]
    requests = np.array([float(council.requests or 0.0) for council in load_councils()])
    share = requests[at.councils] / float(requests.sum())
    past, future = "tribunal_capacity_growth_past", "tribunal_capacity_growth"
    growth = np.array([grown(at.values, past, future, at.start + year - BASE_YEAR) for year in range(at.years)])
    usual = share[:, None] * at.values["tribunal_capacity_per_year"] * growth[None, :]
    asked["appeals_added"] = usual * (asked["tribunal_ratio"] - 1.0)[None, :]


def _reform(at: Setting, lever: levers.PlanReform, active: BoolArray, asked: Asked) -> None:
    """M18: the announced reform.

    New plans fall by as much in every variant: in ``mixed`` by both dials, else by requests or by refusals alone.
    """
    share, holds, refused = shares_reached(at, lever), active[0], at.values["refusal_share_all"]
    requests = 1.0 - share * (1.0 - _given(lever.entries_ratio, at.values["reform_entries_ratio"]))
    shift = share * _given(lever.refusal_shift, at.values["reform_refusal_shift"])
    entries = requests * agreed_ratio(shift, refused)
    if lever.variant == "fewer_requests":
        requests, shift = entries, np.zeros(at.years)
    elif lever.variant == "more_refusals":
        requests, shift = np.ones(at.years), shift_for(entries, refused)
    asked["request_ratio"] *= requests[None, :]
    asked["refusal_shift"], asked["entry_ratio"] = shift, entries
    asked["outside_ratio"] = 1.0 - share * (1.0 - _given(lever.outside_ratio, at.values["reform_outside_ratio"]))
    asked["plan_transition_share"] = share * _given(lever.transition_share, at.values["reform_transition_share"])
    asked["key_stage_reviews"] = np.where(holds, 1.0, 0.0)
    asked["placement_orders"] = np.where(holds, 0.0, 1.0)


def agreed_ratio(shift: FloatArray, refused: float) -> FloatArray:
    """Requests agreed when log odds are added to refusal, relative to those agreed without. [ratio].

    Parameters
    ----------
    shift : added to the log odds of refusal. [log odds]
    refused : share refused without. [share, 0 to 1]

    >>> agreed_ratio(np.array([0.0, np.log(4.0)]), 0.25).round(6).tolist()
    [1.0, 0.571429]
    """
    return 1.0 / (1.0 - refused + refused * np.exp(shift))


def shift_for(agreed: FloatArray, refused: float) -> FloatArray:
    """Log odds to add to refusal so that so many are agreed, relative to without. Inverse of :func:`agreed_ratio`.

    More than all cannot be agreed: then next to none is refused.

    >>> agreed_ratio(shift_for(np.array([1.0, 0.5]), 0.25), 0.25).round(6).tolist()
    [1.0, 0.5]
    """
    return np.log(np.maximum(1.0 / agreed - (1.0 - refused), 1e-9) / refused)


_WORK: dict[type[levers.Lever], tuple[Reached, Ask]] = {
    levers.ProtectedTime: (schools_reached, _protected_time),
    levers.HoursSchedule: (schools_reached, _schedule),
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
    levers.PlanReform: (years_reached, _reform),
    levers.MainstreamFund: (schools_reached, _fund),
    levers.ExpertsAtHand: (schools_reached, _experts),
}
"""Whom each lever reaches, and what it asks of them."""
