"""Rates of the present term: evidence, trends and calendar, the same for all schools of a phase."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sencosim.engine.inputs import Inputs
from sencosim.engine.reference.pupil import PATHS
from sencosim.ledger.quantities import CASE_ACTIVITIES, WHOLE_SCHOOL_ACTIVITIES
from sencosim.units import MINUTES_PER_YEAR, PHASES, TERM_WEEKS, TERMS_PER_YEAR

if TYPE_CHECKING:
    from sencosim.engine.reference.school import School


def added(numbers: Iterable[float]) -> float:
    """Plain sum, one after another: from Python 3.12 on the built-in one rounds differently."""
    total = 0.0
    for number in numbers:
        total += number
    return total


class Rates:
    """Rates of one run, set anew at each start of term.

    Attributes
    ----------
    term_rates
        Hazard of each pathway in one term for frailty one, by phase. [per term]
    notice_rates
        Noticed pupils per pupil on roll in one term, by year group. [per term]
    request_level, capacity_growth, tribunal_level
        Relative to the base year. [ratio]
    """

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        values = inputs.values
        self.delegable_share = tuple(values[f"delegable_share_{_task(name)}"] for name in CASE_ACTIVITIES)
        self.whole_school_share = tuple(values[f"delegable_share_{name}"] for name in WHOLE_SCHOOL_ACTIVITIES)
        self.mean_case_share = added(self.delegable_share) / len(self.delegable_share)
        self.delegable_limit = min(1.0, values["admin_delegable_cap"] / self.mean_case_share)
        self.officer_hours_per_plan = values["case_officer_hours_per_plan"] + values["other_officer_hours_per_plan"]
        self.advice_weeks = _mean(inputs, "advice")
        self.drafting_weeks = _mean(inputs, "drafting")
        self.tribunal_weeks = _mean(inputs, "tribunal") * (1.0 - values["tribunal_concession_share"] / 2.0)
        late = inputs.feedback.late_share
        ratio = inputs.feedback.late_ratio
        self.timely_exclusion_chance = [
            values["exclusion_given_crisis"] / (1.0 + float(late[phase]) * (float(ratio[phase]) - 1.0))
            for phase in (0, 1)
        ]
        self.term_rates: list[list[float]] = [[0.0] * len(PATHS), [0.0] * len(PATHS)]
        self.notice_rates: list[float] = []
        self.roll_level = [1.0, 1.0]
        self.late_advice_share, self.absence_level = values["late_advice_share"], 1.0
        self.request_level = self.capacity_growth = self.tribunal_level = self.reception_plan_level = 1.0

    def set_year(self, year: int) -> None:
        """Rates of an academic year of the run."""
        inputs, values = self.inputs, self.inputs.values
        requests = inputs.trend(year, "request_growth_past", "request_growth_future") * inputs.level("requests", year)
        suspensions = inputs.trend(year, "suspension_growth_past", "suspension_growth_future")
        suspensions *= inputs.level("suspensions", year)
        crises = inputs.trend(year, "crisis_growth_past", "crisis_growth_future") * inputs.level("crises", year)
        need = inputs.trend(year, "need_growth_past", "need_growth_future") * inputs.level("needs_noticed", year)
        home = inputs.level("home_education", year)
        per_term = 1.0 / TERMS_PER_YEAR
        for phase, name in enumerate(PHASES):
            self.roll_level[phase] = inputs.trend(year, f"roll_growth_past_{name}", f"roll_growth_{name}")
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
            self.term_rates[phase] = [rate * per_term for rate in yearly]
        shape = inputs.vectors["notice_rate_by_year_group"]
        self.notice_rates = [
            rate * need * self.roll_level[1 if group >= 7 else 0] * per_term for group, rate in enumerate(shape)
        ]
        self.request_level = self.level(year)
        growth = inputs.trend(year, "reception_plan_growth_past", "reception_plan_growth_future")
        self.reception_plan_level = growth * self.roll_level[0]
        capacity = inputs.trend(year, "capacity_growth_past", "capacity_growth_future")
        self.capacity_growth = capacity * inputs.level("assessment_capacity", year)
        hearings = inputs.trend(year, "tribunal_capacity_growth_past", "tribunal_capacity_growth")
        self.tribunal_level = hearings * float(inputs.policy.tribunal_ratio[year])
        self.late_advice_share = inputs.level("late_advice_share", year, values["late_advice_share"])
        self.absence_level = inputs.level("absence", year)

    def level(self, year: int) -> float:
        """Requests in an academic year relative to the base year. [ratio]."""
        growth = self.inputs.trend(year, "exogenous_growth_past", "exogenous_growth_future")
        return growth * self.inputs.level("requests", year)

    def request_level_of(self, minute: int) -> float:
        """Requests at a clock time relative to the base year. [ratio]."""
        return self.level(minute // MINUTES_PER_YEAR)

    def whole_school_hours(self, school: School) -> tuple[float, ...]:
        """M4: standard hours of whole-school work due in a term, in the order of service. [hours]."""
        values = self.inputs.values
        n_sen = school.n_support + school.n_plan
        primary = sum(school.roll[:7]) * self.roll_level[0]
        secondary = sum(school.roll[7:]) * self.roll_level[1]
        assistants = primary * values["tas_per_pupil_primary"] + secondary * values["tas_per_pupil_secondary"]
        teachers = primary / values["pupils_per_teacher_primary"] + secondary / values["pupils_per_teacher_secondary"]
        share_secondary = secondary / (primary + secondary) if primary + secondary > 0.0 else 0.0
        per_term = 1.0 / TERMS_PER_YEAR
        task = self.inputs.values
        cascade = school.post.cascade
        return (
            values["volume_fixed_duties_per_school"] * task["task_hours_fixed_duties"] * per_term * school.post.duties,
            values["volume_register_per_sen_pupil"] * n_sen * task["task_hours_register_upkeep"] * per_term,
            values["volume_access_per_sen_pupil_secondary"]
            * n_sen
            * share_secondary
            * task["task_hours_access_arrangement"]
            * per_term,
            assistants * values["ta_supervised_share"] * TERM_WEEKS * task["task_hours_ta_management"],
            values["volume_parent_meeting_per_sen_pupil"] * n_sen * task["task_hours_parent_meeting"] * per_term
            + school.post.key_worker * school.n_plan,
            values["volume_agency_per_sen_pupil"] * n_sen * task["task_hours_agency"] * per_term,
            values["volume_training_per_school_year"] * task["task_hours_staff_training"] * per_term + cascade,
            teachers * values["volume_coaching_per_teacher"] * task["task_hours_coaching"] * per_term,
        )


def _task(activity: str) -> str:
    return "support_review_primary" if activity == "support_review" else activity


def _mean(inputs: Inputs, table: str) -> float:
    quantiles = inputs.hour_tables[table]
    return float(quantiles.sum()) / len(quantiles)
