"""Rates of the run and of each academic year, put into the world before compiled code reads them."""

from __future__ import annotations

from typing import Any

from sencosim.engine.inputs import Inputs
from sencosim.engine.records import PARAMETERS
from sencosim.rules.exclusion import timely_exclusion_chance
from sencosim.units import PHASES, TERMS_PER_YEAR, term_end, term_start
from sencosim.vocabulary import Activity, WholeSchool


def _mean(inputs: Inputs, table: str) -> float:
    quantiles = inputs.hour_tables[table]
    return float(quantiles.sum()) / len(quantiles)


def set_run_rates(world: Any, inputs: Inputs) -> None:
    """What stays the same all through the run."""
    values, feedback = inputs.values, inputs.feedback
    for name in PARAMETERS:
        world[name] = values[name]
    shares = []
    for i, activity in enumerate(Activity):
        task = "support_review_primary" if activity == Activity.SUPPORT_REVIEW else activity.key
        shares.append(values[f"delegable_share_{task}"])
        world["delegable_share"][i] = shares[-1]
    for i, session in enumerate(WholeSchool):
        world["whole_school_share"][i] = values[f"delegable_share_{session.key}"]
    mean_share = 0.0
    for share in shares:
        mean_share += share
    mean_share /= len(shares)
    world["mean_case_share"] = mean_share
    world["delegable_limit"] = min(1.0, values["admin_delegable_cap"] / mean_share)
    world["officer_hours_per_plan"] = values["case_officer_hours_per_plan"] + values["other_officer_hours_per_plan"]
    world["advice_weeks"] = _mean(inputs, "advice")
    world["drafting_weeks"] = _mean(inputs, "drafting")
    world["tribunal_weeks"] = _mean(inputs, "tribunal") * (1.0 - values["tribunal_concession_share"] / 2.0)
    world["policy_used_share"] = inputs.policy.used_share_added
    for phase in (0, 1):
        late, ratio = float(feedback.late_share[phase]), float(feedback.late_ratio[phase])
        world["timely_exclusion"][phase] = timely_exclusion_chance(values["exclusion_given_crisis"], late, ratio)
    world["late_ratio"] = feedback.late_ratio.tolist()
    world["amplification"] = feedback.amplification.tolist()
    world["mean_log2"] = feedback.mean_log2_coverage.tolist()
    world["elasticity"] = feedback.elasticity.ravel().tolist()
    world["normaliser"] = feedback.normaliser.ravel().tolist()


def set_year_rates(world: Any, inputs: Inputs, year: int) -> None:
    """Rates of an academic year of the run."""
    values = inputs.values
    requests = inputs.trend(year, "request_growth_past", "request_growth_future") * inputs.level("requests", year)
    suspensions = inputs.trend(year, "suspension_growth_past", "suspension_growth_future")
    suspensions *= inputs.level("suspensions", year)
    crises = inputs.trend(year, "crisis_growth_past", "crisis_growth_future") * inputs.level("crises", year)
    need = inputs.trend(year, "need_growth_past", "need_growth_future") * inputs.level("needs_noticed", year)
    home = inputs.level("home_education", year)
    per_term = 1.0 / TERMS_PER_YEAR
    for phase, name in enumerate(PHASES):
        world["roll_level"][phase] = inputs.trend(year, f"roll_growth_past_{name}", f"roll_growth_{name}")
        yearly = (
            values[f"sen_support_exit_rate_{name}"],
            values[f"request_rate_{name}"] * requests,
            values[f"suspension_rate_sen_support_{name}"] * suspensions,
            values[f"suspension_rate_ehc_plan_{name}"] * suspensions,
            values[f"crisis_rate_sen_support_{name}"] * crises,
            values[f"crisis_rate_ehc_plan_{name}"] * crises,
            values["home_education_rate_sen_support"] * home,
            values["home_education_rate_ehc_plan"] * home,
            values["special_transfer_rate"],
            values["plan_ceased_rate_mainstream"],
        )
        for path, rate in enumerate(yearly):
            world["term_rates"][phase * len(yearly) + path] = rate * per_term
    for group, rate in enumerate(inputs.vectors["notice_rate_by_year_group"]):
        level = float(world["roll_level"][1 if group >= 7 else 0])
        world["notice_rates"][group] = rate * need * level * per_term
    world["request_level"] = request_level(inputs, year)
    capacity = inputs.trend(year, "capacity_growth_past", "capacity_growth_future")
    world["capacity_growth"] = capacity * inputs.level("assessment_capacity", year)
    hearings = inputs.trend(year, "tribunal_capacity_growth_past", "tribunal_capacity_growth")
    world["tribunal_level"] = hearings * float(inputs.policy.tribunal_ratio[year])
    world["late_advice_share"] = inputs.level("late_advice_share", year, values["late_advice_share"])
    world["absence_level"] = inputs.level("absence", year)
    plans = inputs.trend(year, "reception_plan_growth_past", "reception_plan_growth_future")
    world["reception_plan_level"] = plans * float(world["roll_level"][0])


def request_level(inputs: Inputs, year: int) -> float:
    """Requests in an academic year relative to the base year. [ratio]."""
    return inputs.trend(year, "exogenous_growth_past", "exogenous_growth_future") * inputs.level("requests", year)


def begin_term(world: Any, inputs: Inputs, term: int) -> None:
    """Turn the clock to a term, counted from the start of the run; in September, set the rates of the year."""
    year = term // TERMS_PER_YEAR
    world["term"], world["year"] = term, year
    world["term_start"], world["term_end"] = term_start(term), term_end(term)
    world["next_term_start"] = term_start(term + 1)
    if term % TERMS_PER_YEAR == 0:
        set_year_rates(world, inputs, year)
