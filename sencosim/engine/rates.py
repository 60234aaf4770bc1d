"""Rates of the run and of each academic year, put into the world before mechanisms read them."""

from __future__ import annotations

from typing import Any

import numpy as np

from sencosim.arms.inputs import Inputs
from sencosim.engine.records import PARAMETERS
from sencosim.errors import EngineError
from sencosim.rules.team import delegable_limit
from sencosim.rules.trends import trend_left, trend_years
from sencosim.units import FIRST_SECONDARY_YEAR_GROUP, PHASES, TERMS_PER_YEAR, term_end, term_start
from sencosim.vocabulary import N_PATHS, Activity, Path, WholeSchool

NEVER_WEEKS = 1e5
"""Longer than any run: casework that nobody else takes over. [weeks]"""


def set_run_rates(world: Any, inputs: Inputs) -> None:
    """What stays the same all through the run."""
    values = inputs.values
    mean = {name: float(table.sum()) / len(table) for name, table in inputs.hour_tables.items()}
    unknown = [f"w.{name}" for name in PARAMETERS if name not in values]
    if unknown:
        raise EngineError(
            f"Mechanisms read {', '.join(unknown)}: neither a field of the world nor a parameter of the register. "
            "Correct the name, or add it to engine/records.py or to sencosim/evidence."
        )
    for name in PARAMETERS:
        world[name] = values[name]
    tasks = ("support_review_primary" if one == Activity.SUPPORT_REVIEW else one.key for one in Activity)
    shares = [values[f"delegable_share_{task}"] for task in tasks]
    for i, share in enumerate(shares):
        world["delegable_share"][i] = share
    for i, session in enumerate(WholeSchool):
        world["whole_school_share"][i] = values[f"delegable_share_{session.key}"]
    world["mean_case_share"] = float(np.cumsum(shares)[-1]) / len(shares)  # in the order of activities
    world["delegable_limit"] = delegable_limit(values["admin_delegable_cap"], float(world["mean_case_share"]))
    world["officer_hours_per_plan"] = values["case_officer_hours_per_plan"] + values["other_officer_hours_per_plan"]
    world["advice_weeks"], world["drafting_weeks"] = mean["advice"], mean["drafting"]
    world["tribunal_weeks"] = mean["tribunal"] * (1.0 - values["tribunal_concession_share"] / 2.0)
    world["policy_used_share"] = inputs.policy.used_share_added
    world["base_year_index"] = inputs.base_year - inputs.start_year
    for phase, name in enumerate(PHASES):
        for of_phase in ("queue_release", "support_doublings", "slt_share"):
            world[of_phase][phase] = values[f"{of_phase}_{name}"]
    for i, one in enumerate(Activity):
        world["due_weeks"][i] = values.get(f"due_weeks_{one.key}", 0.0)
        world["exit_weeks"][i] = values.get(f"exit_weeks_{one.key}", NEVER_WEEKS)


def _set_year_rates(world: Any, inputs: Inputs, year: int) -> None:
    """Rates of an academic year of the run."""
    values, per_term = inputs.values, 1.0 / TERMS_PER_YEAR
    since, whole, damping = year - world["base_year_index"], values["trend_whole_years"], values["trend_damping"]
    world["trend_years"] = trend_years(since, whole, damping)
    world["place_growth"] = values["state_place_growth"] * trend_left(since, whole, damping)
    requests = _grown(inputs, year, "request_growth", "requests")
    suspensions = _grown(inputs, year, "suspension_growth", "suspensions")
    crises = _grown(inputs, year, "crisis_growth", "crises")
    need = _grown(inputs, year, "need_growth", "needs_noticed")
    home = inputs.level("home_education", year)
    for phase, name in enumerate(PHASES):
        world["roll_level"][phase] = inputs.trend(year, f"roll_growth_past_{name}", f"roll_growth_{name}")
        yearly = {
            Path.SUPPORT_EXIT: values[f"sen_support_exit_rate_{name}"],
            Path.REQUEST_POINT: values[f"request_rate_{name}"] * requests,
            Path.SUSPENSION_SUPPORT: values[f"suspension_rate_sen_support_{name}"] * suspensions,
            Path.SUSPENSION_PLAN: values[f"suspension_rate_ehc_plan_{name}"] * suspensions,
            Path.CRISIS_SUPPORT: values[f"crisis_rate_sen_support_{name}"] * crises,
            Path.CRISIS_PLAN: values[f"crisis_rate_ehc_plan_{name}"] * crises,
            Path.HOME_SUPPORT: values["home_education_rate_sen_support"] * home,
            Path.HOME_PLAN: values["home_education_rate_ehc_plan"] * home,
            Path.TRANSFER: values["special_transfer_rate"],
            Path.PLAN_CEASED: values["plan_ceased_rate_mainstream"],
        }
        for path in Path:
            world["term_rates"][phase * N_PATHS + path] = yearly[path] * per_term
    for group, rate in enumerate(inputs.vectors["notice_rate_by_year_group"]):
        level = float(world["roll_level"][1 if group >= FIRST_SECONDARY_YEAR_GROUP else 0])
        world["notice_rates"][group] = rate * need * level * per_term
    world["request_level"] = request_level(inputs, year)
    world["capacity_growth"] = _grown(inputs, year, "capacity_growth", "assessment_capacity")
    hearings = inputs.trend(year, "tribunal_capacity_growth_past", "tribunal_capacity_growth")
    world["tribunal_level"] = hearings * float(inputs.policy.tribunal_ratio[year])
    world["late_advice_share"] = inputs.level("late_advice_share", year, values["late_advice_share"])
    policy = inputs.policy
    for name in ("refusal_shift", "outside_ratio", "plan_transition_share", "placement_orders", "key_stage_reviews"):
        world[name] = float(getattr(policy, name)[year])
    world["absence_level"] = inputs.level("absence", year)
    entry = _grown(inputs, year, "reception_plan_growth") * float(policy.entry_ratio[year])
    world["reception_plan_level"] = entry * float(world["roll_level"][0])


def _grown(inputs: Inputs, year: int, growth: str, shocked: str = "") -> float:
    """A rate relative to the base year, by its past and future growth and by shocks. [ratio]."""
    return inputs.trend(year, f"{growth}_past", f"{growth}_future") * inputs.level(shocked, year)


def request_level(inputs: Inputs, year: int) -> float:
    """Requests in an academic year relative to the base year. [ratio]."""
    return _grown(inputs, year, "exogenous_growth", "requests")


def begin_term(world: Any, inputs: Inputs, term: int) -> None:
    """Turn the clock to a term, counted from the start of the run; in September, set the rates of the year."""
    year = term // TERMS_PER_YEAR
    world["term"], world["year"] = term, year
    world["term_start"], world["term_end"] = term_start(term), term_end(term)
    world["next_term_start"] = term_start(term + 1)
    if term % TERMS_PER_YEAR == 0:
        _set_year_rates(world, inputs, year)
