"""Small worlds by number: the same number is the same world for good, whatever library is installed.

A world takes its schools, evidence, levers, shocks, effects, changed parameters and chance from its number. Every
choice is keyed by its own name, so that a new choice moves no other one. Worlds 0 to 199 are the golden ones; from 200
on they are spare seeds for comparing the engines. Whole councils are worlds too, written out instead of chosen.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from engine.small_worlds import (
    BRACKNELL,
    COMBINED,
    EFFECTIVE,
    EVERYTHING,
    HARTLEPOOL,
    NORFOLK,
    england,
    evidence,
    schools_of,
    without_question,
    without_sencos,
)
from golden.engines import World

from sencosim.arms.inputs import Inputs, Reference
from sencosim.arms.prepare import Draw, make_inputs
from sencosim.engine.pair import first_year_of
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.evidence.posterior import load_posterior
from sencosim.evidence.routes import ROUTE_NAMES, neutral_routes
from sencosim.evidence.views import load_view
from sencosim.population.sampling import only_councils, sample_schools
from sencosim.population.schools import Population
from sencosim.randomness import uniform
from sencosim.scenario.assumed import register_of
from sencosim.scenario.mechanisms import MECHANISMS, neutral_values
from sencosim.scenario.schema import Scenario
from sencosim.units import format_year
from sencosim.vocabulary import STREAM

GOLDEN_WORLDS = 200
MORE_WORLDS = 300
"""Further numbers, on which engines are compared with each other."""
KEY = 20_260_129
"""Seed of the choices. Another one makes other worlds."""

CORNWALL, NORTH_LINCOLNSHIRE, CAMDEN, CITY_OF_LONDON, SCILLY, LAMBETH = 908, 813, 202, 201, 420, 208

T = TypeVar("T")
Range = tuple[float, float]
Settings = dict[str, Any]


@dataclass(frozen=True)
class Chance:
    """Choices of one world, each keyed by its name."""

    world: int

    def ratio(self, name: str) -> float:
        return uniform(KEY, self.world, STREAM["parameter"], zlib.crc32(name.encode()), 0)

    def yes(self, name: str, share: float) -> bool:
        return self.ratio(name) < share

    def between(self, name: str, limits: Range) -> float:
        low, high = limits
        return round(low + (high - low) * self.ratio(name), 4)

    def magnitude(self, name: str, limits: Range) -> float:
        """Any order of magnitude as likely as another, so that a supply is often too small."""
        low, high = limits
        return float(f"{low * (high / low) ** self.ratio(name):.6g}")

    def whole(self, name: str, low: int, high: int) -> int:
        return low + int((high - low + 1) * self.ratio(name))

    def one_of(self, name: str, options: Sequence[T]) -> T:
        return options[int(len(options) * self.ratio(name))]


# -- schools --------------------------------------------------------------------------------------------------------


def _for_several(times: float) -> Population:
    """A council that stands for several."""
    schools = schools_of(HARTLEPOOL, NORTH_LINCOLNSHIRE)
    return schools.take(np.arange(schools.n_schools), council_weight=np.full(schools.n_schools, times))


def _of_usual_size(council: int) -> Population:
    """The smallest schools and two of usual size, so that sizes and needs differ."""
    schools = only_councils(england(), (council,))
    few = schools_of(council, primary=5, secondary=1).school_id.tolist()
    usual = [schools.school_id[(schools.phase == p) & (schools.pupils > n)][0] for p, n in ((0, 250), (1, 800))]
    return schools.take(np.flatnonzero(np.isin(schools.school_id, [*few, *usual])))


def _with_nobody_below_year_12(council: int) -> Population:
    """A few schools and one that is for those from sixteen to nineteen: it has a SENCO and none of the pupils."""
    schools = only_councils(england(), (council,))
    few = schools_of(council, primary=4, secondary=1).school_id.tolist()
    older = schools.school_id[schools.roll.sum(axis=1) == 0][0]
    return schools.take(np.flatnonzero(np.isin(schools.school_id, [*few, older])))


SCHOOLS: dict[str, Callable[[], Population]] = {
    "Hartlepool": lambda: schools_of(HARTLEPOOL),
    "Hartlepool and Bracknell": lambda: schools_of(HARTLEPOOL, BRACKNELL),
    "a sample of two councils": lambda: sample_schools(only_councils(england(), (HARTLEPOOL, BRACKNELL)), 0.2, 3),
    "North Lincolnshire": lambda: schools_of(NORTH_LINCOLNSHIRE, primary=5, secondary=2),
    "Cornwall": lambda: _of_usual_size(CORNWALL),
    "Camden and Cornwall": lambda: schools_of(CAMDEN, CORNWALL, primary=4, secondary=1),
    "councils that stand for 2.5": lambda: _for_several(2.5),
    "primary schools": lambda: schools_of(BRACKNELL, primary=8, secondary=0),
    "secondary schools": lambda: schools_of(BRACKNELL, primary=0, secondary=3),
    "Lambeth, one of sixteen to nineteen": lambda: _with_nobody_below_year_12(LAMBETH),
    "councils of one school": lambda: only_councils(england(), (CITY_OF_LONDON, SCILLY)),
}
USUAL = ("Hartlepool", "Hartlepool and Bracknell", "a sample of two councils")


def _schools(chance: Chance) -> str:
    return chance.one_of("schools.usual", USUAL) if chance.yes("schools", 0.5) else chance.one_of("s", [*SCHOOLS])


# -- levers ---------------------------------------------------------------------------------------------------------

AMOUNTS: dict[str, Callable[[Chance, str], Any]] = {
    "hours_per_week": lambda c, n: c.between(n, (1.0, 30.0)),
    "days_per_week": lambda c, n: c.between(n, (0.2, 5.0)),
    "hours_per_sen_pupil_per_week": lambda c, n: c.between(n, (0.05, 1.0)),
    "full_time": lambda *_: True,
}


def _amount(chance: Chance, name: str) -> Settings:
    form = chance.one_of(f"{name}.form", [*AMOUNTS])
    return {form: AMOUNTS[form](chance, f"{name}.amount")}


def _floor(chance: Chance) -> Settings:
    form = chance.one_of("floor", ["plain", "plain", "by_phase", "by_size"])
    if form == "by_phase":
        phases = chance.one_of("floor.phases", [("primary",), ("secondary",), ("primary", "secondary")])
        return {"by_phase": {phase: _amount(chance, f"floor.{phase}") for phase in phases}}
    if form == "by_size":
        rows = [{"up_to_pupils": size, **_amount(chance, f"floor.{size}")} for size in (60, 200)]
        return {"by_size": [*rows, _amount(chance, "floor.large")]}
    return _amount(chance, "floor")


def _hours_by_need(c: Chance, name: str) -> Settings:
    if c.yes(f"{name}.table", 0.4):
        rows = [{"up_to_sen_pupils": most, **_amount(c, f"{name}.{most}")} for most in (15, 60)]
        return {"table": [*rows, _amount(c, f"{name}.many")]}
    least = c.between(f"{name}.least", (0.0, 12.0))
    formula = {
        "hours_per_sen_pupil_per_week": c.between(f"{name}.per_pupil", (0.0, 1.0)),
        **_maybe(c, f"{name}.fixed_hours_per_week", 0.4, c.between(f"{name}.fixed", (0.0, 10.0))),
        **_maybe(c, f"{name}.hours_per_100_pupils_per_week", 0.4, c.between(f"{name}.per_100", (0.0, 6.0))),
        **_maybe(c, f"{name}.least_hours_per_week", 0.5, least),
        **_maybe(c, f"{name}.most_hours_per_week", 0.5, c.between(f"{name}.most", (12.0, 32.0))),
    }
    return {"formula": formula}


def _hours_schedule(c: Chance) -> Settings:
    if c.yes("schedule.by_phase", 0.3):
        phases = c.one_of("schedule.phases", [("primary",), ("secondary",), ("primary", "secondary")])
        hours: Settings = {"by_phase": {phase: _hours_by_need(c, f"schedule.{phase}") for phase in phases}}
    else:
        hours = _hours_by_need(c, "schedule")
    return {
        "hours": hours,
        **_maybe(c, "hours_schedule.used_share", 0.3, c.ratio("schedule.used")),
        **_maybe(c, "hours_schedule.drift_to_floor", 0.5, c.ratio("schedule.drift")),
    }


def _plan_reform(c: Chance) -> Settings:
    return {
        "variant": c.one_of("reform.variant", ["mixed", "mixed", "fewer_requests", "more_refusals"]),
        **_maybe(c, "plan_reform.entries_ratio", 0.5, c.between("reform.entries", (0.1, 1.5))),
        **_maybe(c, "plan_reform.refusal_shift", 0.5, c.between("reform.refusal", (-1.0, 2.0))),
        **_maybe(c, "plan_reform.transition_share", 0.5, c.ratio("reform.transition")),
        **_maybe(c, "plan_reform.outside_ratio", 0.5, c.between("reform.outside", (0.0, 1.5))),
    }


def _mainstream_fund(c: Chance) -> Settings:
    return {
        "days_per_week": c.between("fund.days", (0.0, 5.0)),
        **_maybe(c, "mainstream_fund.senco_share", 0.6, c.ratio("fund.share")),
    }


def _experts_at_hand(c: Chance) -> Settings:
    return {
        **_maybe(c, "experts_at_hand.days_per_year_primary", 0.5, c.between("experts.primary", (0.0, 300.0))),
        **_maybe(c, "experts_at_hand.days_per_year_secondary", 0.5, c.between("experts.secondary", (0.0, 300.0))),
        "team_share": c.between("experts.share", (0.0, 1.0)) if c.yes("experts.help", 0.6) else 0.0,
    }


def _maybe(chance: Chance, name: str, share: float, value: Any) -> Settings:
    """A setting that is often left out."""
    return {name.rpartition(".")[2]: value} if chance.yes(f"{name}.given", share) else {}


def _hours(chance: Chance, name: str, limits: Range) -> float:
    return 0.0 if chance.yes(f"{name}.zero", 0.15) else chance.between(name, limits)


def _protected_time(c: Chance) -> Settings:
    return {
        "floor": _floor(c),
        **_maybe(c, "protected_time.used_share", 0.3, c.ratio("used_share")),
        **_maybe(c, "protected_time.drift_to_floor", 0.6, c.ratio("drift")),
    }


def _team(c: Chance) -> Settings:
    forms = {
        "hours_per_week": _hours(c, "team.hours", (0.25, 30.0)),
        "hours_per_sen_pupil_per_week": c.between("team.per_pupil", (0.05, 2.0)),
        "sen_pupils_per_post": c.between("team.post", (5.0, 150.0)),
    }
    form = c.one_of("team.form", [*forms])
    return {form: forms[form], "qualified": c.yes("team.qualified", 0.5)}


def _shared_senco(c: Chance) -> Settings:
    return {
        "cluster_size": c.whole("shared.size", 2, 4),
        "roll_max": c.one_of("shared.roll", [100, 500, 500]),
        "hours_per_100_pupils": _hours(c, "shared.hours", (0.05, 30.0)),
        "review_support_ratio": c.between("shared.low", (0.0, 2.0)),
        "reviews_before_end": c.whole("shared.often", 1, 2),
        "no_head_teacher": c.yes("shared.heads", 0.5),
    }


def _training(c: Chance) -> Settings:
    return {
        "first_year_hours_per_term": c.between("training.hours", (0.0, 60.0)),
        "award_within_terms": c.one_of("training.award", [None, 1, 4, 9]),
        "cascade_hours_per_term": _hours(c, "training.cascade", (0.0, 20.0)),
        **_maybe(c, "training.first_year_loss_ratio", 0.3, c.ratio("training.loss")),
    }


def _admin_support(c: Chance) -> Settings:
    if c.yes("admin.form", 0.4):
        return {"hours_per_sen_pupil_per_week": c.between("admin.per_pupil", (0.05, 1.0))}
    return {"hours_per_week": _hours(c, "admin.hours", (0.5, 20.0))}


LEVERS: dict[str, Callable[[Chance], Settings]] = {
    "protected_time": _protected_time,
    "hours_schedule": _hours_schedule,
    "slt_seat": lambda c: {"pay_uplift": c.yes("seat.uplift", 0.5)},
    "admin_support": _admin_support,
    "team": _team,
    "shared_senco": _shared_senco,
    "supervision": lambda c: {
        "hours_per_term": _hours(c, "supervision.hours", (0.05, 30.0)),
        **_maybe(c, "supervision.leaving_ratio", 0.3, c.between("supervision.leaving", (0.2, 1.5))),
    },
    "training": _training,
    "consistent_ehc_process": lambda c: {
        **_maybe(c, "process.paperwork_ratio", 0.7, c.between("process.ratio", (0.0, 2.0))),
        "difference_removed": c.between("process.gone", (0.0, 1.0)),
    },
    "la_capacity": lambda c: {
        "psychologists": c.between("capacity.ep", (0.3, 3.0)),
        "officers": c.between("capacity.officers", (0.3, 3.0)),
    },
    "tribunal_capacity": lambda c: {"capacity": c.between("tribunal", (0.3, 3.0))},
    "specialist_places": lambda c: {"places_per_year": c.between("places", (0.0, 2e4))},
    "isp_duty": lambda c: {"request_ratio": c.between("isp", (0.2, 2.0))},
    "allowance": lambda c: {
        "gbp_per_year": c.between("allowance", (0.0, 3e4)),
        **_maybe(c, "allowance.leaving_ratio", 0.3, c.between("allowance.leaving", (0.2, 1.5))),
    },
    "key_worker": lambda c: {"hours_per_plan_per_term": c.between("key_worker", (0.0, 20.0))},
    "plan_reform": _plan_reform,
    "mainstream_fund": _mainstream_fund,
    "experts_at_hand": _experts_at_hand,
}
NATIONAL = ("tribunal_capacity", "plan_reform")
"""Levers of all England at once."""

COVERS: tuple[Settings, ...] = (
    {"phases": ["primary"]},
    {"phases": ["secondary"]},
    {"councils": ["Hartlepool", "Cornwall", "North Lincolnshire"]},
    {"regions": ["North East", "South West"]},
    {"pupils_min": 60},
    {"pupils_max": 250},
    {"sen_pupils_min": 10},
    {"sen_pupils_max": 60},
    {"fsm_min": 0.15},
    {"fsm_max": 0.25},
    {"trust": True},
    {"trust": False},
    {"rural": True},
    {"rural": False},
    {"share": 0.5},
    {"share": 0.6, "lot": "councils"},
)


def _timing(c: Chance, name: str, first: int) -> Settings:
    """Start, end and steps of a lever, within the first years of a run."""
    start = first + c.one_of(f"{name}.start", [0, 0, 1, 1, 2])
    steps = {
        format_year(start + later): share
        for later, share in enumerate((c.between(f"{name}.step", (0.0, 0.8)), c.between(f"{name}.step2", (0.8, 1.0))))
    }
    return {
        "start": format_year(start),
        "phase_in_years": 1,
        **_maybe(c, f"{name}.end", 0.2, format_year(start + c.whole(f"{name}.last", 1, 2))),
        **_maybe(c, f"{name}.phase_in", 0.2, steps),
        **_maybe(c, f"{name}.compliance", 0.6, c.one_of(f"{name}.complies", [1.0, 1.0, c.ratio(f"{name}.share")])),
    }


def _levers(c: Chance, first: int) -> tuple[Settings, Settings]:
    """Levers in question, and those in the background."""
    share = c.one_of("levers", [0.0, 0.15, 0.3, 0.3, 0.5, 1.0])
    question: Settings = {}
    background: Settings = {}
    for name, settings in LEVERS.items():
        if not c.yes(name, share):
            continue
        lever = {**settings(c), **_timing(c, name, first)}
        if name not in NATIONAL:
            lever |= _maybe(c, f"{name}.covers", 0.25, c.one_of(f"{name}.covered", COVERS))
        (background if c.yes(f"{name}.background", 0.12) else question)[name] = lever
    return question | _maybe(c, "delay", 0.15, {"years": c.whole("delay.years", 0, 1)}), background


# -- the world around -----------------------------------------------------------------------------------------------

SHARES = (0.0, 0.9)
SHOCKS: dict[str, Range] = {
    "needs_noticed": (0.1, 3.0),
    "requests": (0.1, 3.0),
    "suspensions": (0.1, 3.0),
    "crises": (0.1, 3.0),
    "home_education": (0.1, 3.0),
    "absence": (0.1, 3.0),
    "assessment_capacity": (0.1, 3.0),
    "late_advice_share": (0.0, 1.0),
    "senco_hours_cut": (0.0, 1.0),
    "sencos_absent": (0.0, 1.0),
}
CHANGES: dict[str, Range] = {
    "capacity_follows_demand_share": SHARES,
    "notice_weeks": (1.0, 4.0),
    "mediation_weeks": (0.0, 8.0),
    "exclusion_decision_days": (0.0, 10.0),
    "reapply_wait_weeks": (0.0, 30.0),
    "patience_mean_weeks": (2.0, 60.0),
    "exclusion_given_crisis": SHARES,
    "ap_stay_years": (0.1, 2.0),
    "reintegration_share": SHARES,
    "mediation_share_refusal": SHARES,
    "mediation_share_other": SHARES,
    "appeal_share_contents": SHARES,
    "appeal_share_review": SHARES,
    "special_transfer_rate": SHARES,
    "special_transfer_at_11_share": SHARES,
    "state_place_growth": (-0.2, 0.3),
    "senco_leaving_rate": SHARES,
    "request_rationing_share": SHARES,
    "whole_school_session_hours": (0.25, 20.0),
    "due_weeks_identification": (0.0, 12.0),
    "exit_weeks_identification": (0.0, 40.0),
    "exit_weeks_suspension": (0.0, 6.0),
    "exit_weeks_consultation": (0.0, 9.0),
    "group_three_share": SHARES,
    "request_given_up_share": SHARES,
    "parental_from_start_share": SHARES,
    "few_cycles_causal_share": SHARES,
    "beyond_list": (0.0, 1.0),
    "open_work_worth": (0.05, 1.0),
    "team_hour_worth": SHARES,
    "smoothing_years": (1.0, 3.0),
    "hours_follow_need": SHARES,
    "overtime_strain_weight": SHARES,
    "unidentified_request_ratio": (0.0, 2.5),
    "identification_response": (0.8, 1.25),
    "shared_effectiveness": (0.5, 1.2),
    "shared_fixed_duties_saved": SHARES,
    "shared_travel_hours": (0.0, 10.0),
    "head_senco_share": SHARES,
    "council_process_log_sd": (0.0, 0.8),
    "leaving_ratio_supervision": (0.2, 1.2),
    "first_year_loss_ratio_training": (0.0, 1.2),
    "new_senco_loss": SHARES,
    "npq_terms": (0.0, 9.0),
    "vacancy_mean_terms": (1.0, 6.0),
    "vacancy_terms_supply_taken": (0.0, 6.0),
}
SWITCHES = ("support_channel_hours", "filing_route", "review_cycles_route")
"""Parameters that are 0 or 1."""
EFFECTS: dict[str, Range] = {
    "effect_requests_need": (0.4, 1.8),
    "effect_requests_release": (0.4, 1.8),
    "effect_suspensions": (0.4, 1.8),
    "effect_permanent_exclusion": (0.4, 1.8),
    "effect_appeals": (0.4, 1.8),
    "effect_move_to_special": (0.4, 1.8),
    "effect_home_education": (0.4, 1.8),
    "effect_absence_points": (-3.0, 3.0),
    "effect_slt_seat": (0.5, 1.5),
    "effect_slt_seat_direct": (-0.5, 0.5),
}
SUPPLIES: dict[str, Range] = {"tribunal_capacity_per_year": (1.0, 1e5), "teacher_supply_fte_per_year": (0.1, 1e3)}
PATHS = (
    "request_growth_past",
    "exogenous_growth_past",
    "need_growth_past",
    "reception_plan_growth_past",
    "capacity_growth_past",
    "suspension_growth_past",
    "crisis_growth_past",
    "tribunal_capacity_growth_past",
    "roll_growth_past_primary",
    "roll_growth_past_secondary",
)


def _shocks(c: Chance, first: int) -> Settings:
    found: Settings = {}
    for name in ("storm", "flood")[: c.one_of("shocks", [0, 0, 1, 1, 2])]:
        start = first + c.whole(f"{name}.start", 0, 2)
        settings = {
            field: c.between(f"{name}.{field}", limits)
            for field, limits in SHOCKS.items()
            if c.yes(f"{name}.{field}.given", 0.4)
        }
        end = _maybe(c, f"{name}.end", 0.3, format_year(start + 2))
        found[name] = {"start": format_year(start), **end, **settings}
    return found


def _changes(c: Chance) -> dict[str, float]:
    share = c.one_of("changes", [0.0, 0.1, 0.25, 0.25, 0.5, 1.0])
    changed = {name: c.between(name, limits) for name, limits in CHANGES.items() if c.yes(f"{name}.changed", share)}
    changed |= {name: c.magnitude(name, limits) for name, limits in SUPPLIES.items() if c.yes(f"{name}.changed", share)}
    changed |= {name: float(c.yes(f"{name}.on", 0.5)) for name in SWITCHES if c.yes(f"{name}.changed", share)}
    if c.yes("off", 0.2):
        off = [name for name in MECHANISMS if c.yes(f"{name}.off", 0.2)]
        changed |= neutral_values(off)
    return changed


def _effects(c: Chance) -> dict[str, float]:
    """Effects of SENCO time on pupils: as the view has them, those of small worlds, or any."""
    kind = c.one_of("effects", ["view", "effective", "any", "any", "any"])
    if kind != "any":
        return dict(EFFECTIVE) if kind == "effective" else {}
    return {name: c.between(name, limits) for name, limits in EFFECTS.items()}


@dataclass(frozen=True)
class Recipe:
    """What a world is made of, so that it can be printed."""

    schools: str  # key of SCHOOLS or COUNCILS
    scenario: Settings  # as in a scenario file
    years: int
    view: str = "central"  # reading of the evidence
    draw: int = 0
    effects: dict[str, float] = field(default_factory=lambda: dict(EFFECTIVE))  # parameters that differ from it
    changes: dict[str, float] = field(default_factory=dict)  # further ones, which win
    paths: dict[str, tuple[float, ...]] = field(default_factory=dict)  # growth by year
    grid: float = 0.0  # work hours are rounded up to multiples of it, so that ties are everywhere; 0 for none [hours]
    hours_factor: float = 1.0
    abolished_from: int | None = None  # year of the run from which the policy arm has no SENCOs
    replication: int = 0
    seed: int = 7

    @property
    def asks(self) -> bool:
        """Whether the policy arm may differ from the no-policy arm.

        Routes that are off are off in the policy arm alone, so that it differs where a shock acts on pupils.
        """
        said = self.scenario
        shocked = said.get("reference") == "unshocked" and bool(said["routes_off"])
        return shocked or self.abolished_from is not None or any(name != "delay" for name in said["levers"])


def recipe(number: int) -> Recipe:
    """What a world is made of, by its number. [0 or more]"""
    c = Chance(number)
    warm_up = c.one_of("warm_up", [2, 2, 2, 2, 2, 0, 1, 6])
    first = BASE_YEAR - warm_up
    question, background = _levers(c, first)
    shocks = _shocks(c, first)
    years = c.whole("years", 1, 4)
    paths = {
        name: tuple(c.between(f"{name}.path.{year}", (0.5, 1.6)) for year in range(c.whole(f"{name}.length", 1, 4)))
        for name in PATHS
        if c.yes(f"{name}.path", c.one_of("paths", [0.0, 0.0, 0.0, 0.5]))
    }
    stressed = bool(shocks or background) and c.yes("unshocked", 0.3)
    off = c.one_of("routes_off", [0.0, 0.0, 0.35, 1.0])
    return Recipe(
        schools=_schools(c),
        scenario={
            "name": f"world_{number}",
            "levers": question,
            "background": background,
            "shocks": shocks,
            "reference": "unshocked" if stressed else "shocked",
            "routes_off": [name for name in ROUTE_NAMES if c.yes(f"routes_off.{name}", off)],
            "run": {"warm_up_years": warm_up},
        },
        years=years,
        view=c.one_of("view", ["central", "central", "central", "campaign", "sceptic"]),
        draw=c.one_of("draw", [0, 0, 1 + number % 64]),
        effects=_effects(c),
        changes=_changes(c),
        paths=paths,
        grid=c.one_of("grid", [0.0, 0.0, 0.0, 0.25, 1.0, 2.0]),
        hours_factor=c.one_of("hours_factor", [0.2, 1.0, 1.0, 3.0]),
        abolished_from=c.whole("abolished.from", 0, years - 1) if c.yes("abolished", 0.06) else None,
        replication=c.whole("replication", 0, 500),
        seed=c.whole("seed", 0, 2**32 - 1),
    )


def keyed_evidence(scenario: Scenario, view: str, draw: int, seed: int) -> Draw:
    """A reading of the evidence that the sequence of draws does not move: frozen results tell of the engine alone."""
    register, sample = register_of(scenario), load_posterior()

    def uniforms(name: str) -> float:
        return uniform(seed, draw, STREAM["parameter"], zlib.crc32(name.encode()), 0)

    fitted = sample.values((draw - 1) % len(sample.rows), register)
    kept = {name: value for name, value in fitted.items() if name not in register.overridden}
    return Draw.of({**load_view(view).draw(register, uniforms), **kept, **neutral_values(scenario.mechanisms.off)})


def world_of(made: Recipe) -> World:
    """A world, with every event traced."""
    scenario = Scenario.model_validate(made.scenario)
    base = without_question(scenario)
    read = keyed_evidence(scenario, made.view, made.draw, KEY) if made.draw else evidence(made.view)
    draw = Draw({**read.values, **made.effects, **made.changes}, read.vectors, made.paths)

    def policy(reference: Reference | None) -> Inputs:
        routed = draw.with_values(neutral_routes(scenario.routes_off))
        inputs = inputs_of(made, scenario, routed, reference)
        return inputs if made.abolished_from is None else without_sencos(inputs, made.abolished_from)

    return World(
        calm=inputs_of(made, base.calm(), draw, None) if scenario.reference == "unshocked" else None,
        baseline=lambda reference: inputs_of(made, base, draw, reference),
        policy=policy,
        first_year=min(made.years, first_year_of(scenario)),
    )


def inputs_of(made: Recipe, arm: Scenario, draw: Draw, reference: Reference | None) -> Inputs:
    """Inputs of one arm of a world."""
    schools = (SCHOOLS | COUNCILS)[made.schools]()
    keys = {"seed": made.seed, "replication": made.replication, "n_years": made.years}
    inputs = make_inputs(schools, arm, draw, reference=reference, **keys)
    hours = np.minimum(inputs.values["full_time_hours_per_week"], inputs.schools.base_hours * made.hours_factor)
    tables = inputs.hour_tables
    if made.grid:
        tables = {name: np.ceil(np.maximum(table, 1e-9) / made.grid) * made.grid for name, table in tables.items()}
    return replace(inputs, schools=replace(inputs.schools, base_hours=hours), hour_tables=tables, trace_all=True)


def world(number: int) -> World:
    """A world by its number. [0 or more]"""
    return world_of(recipe(number))


# -- whole councils -------------------------------------------------------------------------------------------------

COUNCILS: dict[str, Callable[[], Population]] = {
    "all of Hartlepool": lambda: only_councils(england(), (HARTLEPOOL,)),
    "all of Norfolk": lambda: only_councils(england(), (NORFOLK,)),
}
POLICIES = {"combined": COMBINED, "everything": EVERYTHING}
COUNCIL_CASES = {
    f"{schools.removeprefix('all of ')} {policy}": (schools, policy) for schools in COUNCILS for policy in POLICIES
}


def council(case: str) -> World:
    """A whole council for five years, by its name and that of its policy, such as ``Norfolk combined``."""
    schools, policy = COUNCIL_CASES[case]
    levers = {name: {"phase_in_years": 1, **said} for name, said in POLICIES[policy].items()}
    return world_of(Recipe(schools, {"name": policy, "levers": levers}, years=5))
