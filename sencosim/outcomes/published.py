"""Published figures of the base year, and how the model's figure of the same thing is read off the ledger.

Published figures come from the evidence that is shipped with the package (:mod:`sencosim.evidence.series`, the
councils and the register); none is typed in here. Each comparison has a tolerance: narrow where calibration aims at
the very figure, wide where definitions differ or events are few.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.evidence.councils import england_total
from sencosim.evidence.register import load_register
from sencosim.evidence.series import series_value

BASE_YEAR = 2024
"""The base year is 2024/25; its calendar-year flows are those of 2024, its stocks those of January 2025."""
EXCLUSION_YEAR = 2023
"""2023/24 is the latest published in full."""
HOURS_YEARS_SINCE = BASE_YEAR + 1 - 2020
"""From the survey of 2020 behind mean protected hours to the end of the base year. [years]"""

FloatArray = npt.NDArray[np.float64]
HoursByPhase = Mapping[str, tuple[FloatArray, FloatArray]]


class Baseline:
    """Totals of the baseline, weighted to England.

    Parameters
    ----------
    academic, calendar
        Tidy ledgers by academic year (year of its September) and by calendar year, mean over replications; columns
        ``year``, ``phase``, ``quantity`` and ``value`` are read.
    hours
        Allocated hours a week of each school in the base year, and the schools that each stands for, by phase.
    """

    def __init__(self, academic: pd.DataFrame, calendar: pd.DataFrame, hours: HoursByPhase) -> None:
        self._academic = _totals(academic)
        self._calendar = _totals(calendar)
        self._academic_years = set(academic["year"])
        self._calendar_years = set(calendar["year"])
        self._hours = hours

    def year(self, *quantities: str, year: int = BASE_YEAR, phase: str = "") -> float:
        """Sum of quantities in an academic year, NaN if the run has no such year. [unit of the quantities]"""
        if year not in self._academic_years:
            return math.nan
        return sum(self._academic.get((year, phase, quantity), 0.0) for quantity in quantities)

    def calendar(self, *quantities: str) -> float:
        """Sum of quantities in the calendar year of the base year's flows, NaN if it is not in the run."""
        if BASE_YEAR not in self._calendar_years:
            return math.nan
        return sum(self._calendar.get((BASE_YEAR, "", quantity), 0.0) for quantity in quantities)

    def mean_hours(self, phase: str) -> float:
        """Mean allocated hours. [hours a week]"""
        hours, weight = self._hours.get(phase, (np.zeros(0), np.zeros(0)))
        return float(np.average(hours, weights=weight)) if weight.sum() > 0.0 else math.nan

    def spread_of_hours(self, phase: str) -> float:
        """Coefficient of variation of allocated hours between schools. [ratio]"""
        mean = self.mean_hours(phase)
        if not mean > 0.0:
            return math.nan
        hours, weight = self._hours[phase]
        return math.sqrt(float(np.average((hours - mean) ** 2, weights=weight))) / mean


def _totals(table: pd.DataFrame) -> dict[tuple[int, str, str], float]:
    """Totals by year, phase and quantity; those of all phases under the empty name."""
    totals: dict[tuple[int, str, str], float] = {}
    columns = (table[name].tolist() for name in ("year", "phase", "quantity", "value"))
    for year, phase, quantity, value in zip(*columns, strict=True):
        for key in ((int(year), str(phase), str(quantity)), (int(year), "", str(quantity))):
            totals[key] = totals.get(key, 0.0) + float(value)
    return totals


@dataclass(frozen=True)
class Comparison:
    """One published figure and how the model's is read off.

    ``published`` and ``model`` have the same unit; ``tolerance`` is the largest gap called "within" [% of published];
    ``note`` says what differs in definition.
    """

    series: str
    breakdown: str
    period: str
    published: Callable[[], float]
    model: Callable[[Baseline], float]
    tolerance: float
    note: str = ""


def _series(series: str, breakdown: str, period: str) -> Callable[[], float]:
    return lambda: series_value(series, breakdown, period)


def _share(top: Callable[[Baseline], float], bottom: Callable[[Baseline], float]) -> Callable[[Baseline], float]:
    """Ratio of two totals. [%]"""

    def ratio(baseline: Baseline) -> float:
        denominator = bottom(baseline)
        return 100.0 * top(baseline) / denominator if denominator > 0.0 else math.nan

    return ratio


def _calendar(*quantities: str) -> Callable[[Baseline], float]:
    return lambda baseline: baseline.calendar(*quantities)


def _year(*quantities: str, year: int = BASE_YEAR, phase: str = "") -> Callable[[Baseline], float]:
    return lambda baseline: baseline.year(*quantities, year=year, phase=phase)


# -- pupils ------------------------------------------------------------------------------------------------------------

_COUNCIL_NOTE = (
    "Published percentages of January 2025 by council, times pupils of January 2023: no count of pupils by council "
    "was at hand for 2025."
)


def _pupils(phase: str) -> list[Comparison]:
    period = "Jan 2025"
    plans_note = (
        f"{_COUNCIL_NOTE} The model starts nobody in Reception with a plan that was issued before school, and takes "
        "pupils who start in resourced provision or a unit out of this count."
    )
    return [
        Comparison(
            "pupils_sen_support",
            phase,
            period,
            lambda: england_total(f"{phase}_sen_support_2025"),
            _year("pupils_sen_support", phase=phase),
            3.0,
            _COUNCIL_NOTE,
        ),
        Comparison(
            "pupils_with_ehc_plan",
            phase,
            period,
            lambda: england_total(f"{phase}_ehc_plans_2025"),
            _year("pupils_ehc_plan", phase=phase),
            5.0,
            plans_note,
        ),
    ]


# -- requests and plans ------------------------------------------------------------------------------------------------

_MAINSTREAM_REQUESTS = _calendar("requests.school_led", "requests.parental")
_ALL_REQUESTS = _calendar("requests.school_led", "requests.parental", "requests.exogenous")
_ALL_REFUSED = _calendar("refused.school_led", "refused.parental", "refused.exogenous")
_ALL_PLANS = _calendar("plans_issued.mainstream", "plans_issued.exogenous")
_PARENTS, _SCHOOLS = "source_parent_or_young_person", "source_school_or_other_education_setting"


def _requests_of_school_age() -> float:
    return sum(series_value("ehcp_initial_requests", f"age_{age}", "2024") for age in range(5, 16))


def _refused_of_decided() -> float:
    refused = series_value("ehcp_requests_refused", "all", "2024")
    return 100.0 * refused / (refused + series_value("ehcp_requests_agreed_to_assess", "all", "2024"))


def _parental_share() -> float:
    parents = series_value("ehcp_request_source_share", _PARENTS, "2025")
    return 100.0 * parents / (parents + series_value("ehcp_request_source_share", _SCHOOLS, "2025"))


def _requests() -> list[Comparison]:
    first = "First published for 2025: structure, not a target of the base year."
    of_all = f"{first} Of all requests, undecided ones too: of those decided it is higher."
    return [
        Comparison(
            "ehcp_initial_requests", "all", "2024", _series("ehcp_initial_requests", "all", "2024"), _ALL_REQUESTS, 5.0
        ),
        Comparison(
            "ehcp_initial_requests",
            "mainstream",
            "2024",
            _requests_of_school_age,
            _MAINSTREAM_REQUESTS,
            7.5,
            "Published: ages 5 to 15, some of them outside mainstream; the model's include Reception pupils of 4.",
        ),
        Comparison(
            "ehcp_request_source_share",
            "parents, of parents and schools",
            "2025",
            _parental_share,
            _share(_calendar("requests.parental"), _MAINSTREAM_REQUESTS),
            10.0,
            first,
        ),
        Comparison(
            "ehcp_refused_share",
            "all, of those decided",
            "2024",
            _refused_of_decided,
            _share(_ALL_REFUSED, _calendar("decisions")),
            7.5,
            "Of requests decided: the headline share is of all, with those undecided at the end of the year or "
            "withdrawn, which the model does not have.",
        ),
        Comparison(
            "ehcp_refused_share",
            "school-led",
            "2025",
            _series("ehcp_refused_share", _SCHOOLS, "2025"),
            _share(_calendar("refused.school_led"), _calendar("requests.school_led")),
            15.0,
            of_all,
        ),
        Comparison(
            "ehcp_refused_share",
            "parental",
            "2025",
            _series("ehcp_refused_share", _PARENTS, "2025"),
            _share(_calendar("refused.parental"), _calendar("requests.parental")),
            15.0,
            of_all,
        ),
    ]


def _plans() -> list[Comparison]:
    weeks = ("plans_on_time.mainstream", "plans_on_time.exogenous")
    return [
        Comparison("ehcp_new_plans", "all", "2024", _series("ehcp_new_plans", "all", "2024"), _ALL_PLANS, 7.5),
        Comparison(
            "ehcp_issued_within_20_weeks_share",
            "all",
            "2024",
            _series("ehcp_issued_within_20_weeks_share", "excluding_exceptions", "2024"),
            _share(_calendar(*weeks), _ALL_PLANS),
            10.0,
            "Published without exceptions. Plans that follow an appeal are late in the model, by their first request.",
        ),
        Comparison(
            "ehcp_decision_to_assess_within_6_weeks_share",
            "all",
            "2024",
            _series("ehcp_decision_to_assess_within_6_weeks_share", "all", "2024"),
            _share(_calendar("decisions_on_time"), _calendar("decisions")),
            5.0,
        ),
        Comparison(
            "ehcp_assessments_no_plan_share",
            "all",
            "2024",
            _series("ehcp_assessments_no_plan_share", "all", "2024"),
            _share(_calendar("no_plan"), _calendar("assessments")),
            10.0,
        ),
    ]


# -- disputes ----------------------------------------------------------------------------------------------------------

_APPEALS = tuple(f"appeals.{kind}" for kind in ("refusal_to_assess", "refusal_to_issue", "contents", "exogenous"))
_APPEALS_REGISTERED = _calendar(*_APPEALS)


def _appeals() -> list[Comparison]:
    unsplit = "The model does not split appeals of families outside mainstream, nearly half of all, by type"
    return [
        Comparison(
            "tribunal_appeals_registered",
            "calendar_year",
            "2024",
            _series("tribunal_appeals_registered", "calendar_year", "2024"),
            _APPEALS_REGISTERED,
            7.5,
        ),
        Comparison(
            "tribunal_appeal_type_share",
            "refusal_to_assess",
            "2024/25",
            _series("tribunal_appeal_type_share", "refusal_to_assess", "2024/25"),
            _share(_calendar("appeals.refusal_to_assess"), _APPEALS_REGISTERED),
            25.0,
            f"{unsplit}; here they are all taken as about contents.",
        ),
        Comparison(
            "tribunal_appeal_type_share",
            "contents_of_ehcp",
            "2024/25",
            _series("tribunal_appeal_type_share", "contents_of_ehcp", "2024/25"),
            _share(_calendar("appeals.contents", "appeals.exogenous"), _APPEALS_REGISTERED),
            25.0,
            f"{unsplit}; here they are all taken as about contents.",
        ),
        Comparison(
            "tribunal_appeals_decided_at_hearing",
            "academic_year",
            "2024/25",
            _series("tribunal_appeals_decided_at_hearing", "academic_year", "2024/25"),
            _year("appeals_heard"),
            10.0,
        ),
        Comparison(
            "tribunal_conceded_settled_or_withdrawn",
            "academic_year",
            "2024/25",
            _series("tribunal_conceded_settled_or_withdrawn", "academic_year", "2024/25"),
            _year("appeals_conceded"),
            15.0,
        ),
    ]


# -- exclusion ---------------------------------------------------------------------------------------------------------


def _exclusions() -> list[Comparison]:
    found: list[Comparison] = []
    special = "All state schools; the model's are mainstream. Special schools have many of the plan-holders"
    for series, tolerance in (("permanent_exclusions", 10.0), ("suspensions", 7.5)):
        for status, published in (("sen_support", "sen_support"), ("ehc_plan", "ehcp")):
            note = "Latest year published in full."
            if status == "ehc_plan":
                note = f"{note} {special}, so the model should be lower."
            found.append(
                Comparison(
                    series,
                    status,
                    "2023/24",
                    _series(series, f"all_state|{published}", "2023/24"),
                    _year(f"{series}.{status}", year=EXCLUSION_YEAR),
                    tolerance + (15.0 if status == "ehc_plan" else 0.0),
                    note,
                )
            )
    return found


# -- SENCO hours -------------------------------------------------------------------------------------------------------


def _published_hours(phase: str) -> float:
    """Mean of the survey, moved to the base year by the published yearly change. [hours a week]"""
    register = load_register()
    surveyed = register.number(f"fact_implied_mean_protected_hours_{phase}_range")
    return surveyed + register.number(f"hours_drift_{phase}") * HOURS_YEARS_SINCE


def _hours(phase: str) -> list[Comparison]:
    return [
        Comparison(
            "senco_hours_per_week_mean",
            phase,
            "2024/25",
            lambda: _published_hours(phase),
            lambda baseline: baseline.mean_hours(phase),
            10.0,
            "Mean of 2020 inferred from survey trends, moved on by the published yearly change. Grade D.",
        ),
        Comparison(
            "senco_hours_coefficient_of_variation",
            phase,
            "autumn 2016",
            lambda: load_register().number("fact_nl_cv_hours"),
            lambda baseline: baseline.spread_of_hours(phase),
            25.0,
            "Spread of 21 schools of North Lincolnshire, all phases: an in-sample check.",
        ),
    ]


# -- placements --------------------------------------------------------------------------------------------------------


def _placed(*breakdowns: str) -> Callable[[], float]:
    def published() -> float:
        school_aged = load_register().number("special_school_age_share")
        return school_aged * sum(series_value("ehcp_placement", name, "Jan 2025") for name in breakdowns)

    return published


def _special_starts() -> float:
    return series_value("placement_moves", "mainstream_to_special_ehcp", "2021") + series_value(
        "ehcp_new_plans_placement", "special", "2024"
    )


def _placements() -> list[Comparison]:
    school_aged = "Published for all ages, times an assumed share of school age. The model's: mean of the year."
    starts = ("starts.state_special", "starts.over_capacity", "starts.independent_special")
    return [
        Comparison(
            "ehcp_placement",
            "state special",
            "Jan 2025",
            _placed("special_la_maintained", "special_academy_or_free"),
            _year("pupil_years.state_special", "pupil_years.over_capacity"),
            5.0,
            school_aged,
        ),
        Comparison(
            "ehcp_placement",
            "independent special",
            "Jan 2025",
            _placed("special_independent", "special_non_maintained"),
            _year("pupil_years.independent_special"),
            10.0,
            school_aged,
        ),
        Comparison(
            "new_special_placements",
            "all",
            "2024",
            _special_starts,
            _calendar(*starts),
            25.0,
            "New plans of 2024 that name special, plus moves from mainstream of 2021, the last year collected: a "
            "floor. The growth of special places needs more starts than that.",
        ),
    ]


COMPARISONS: tuple[Comparison, ...] = (
    *_pupils("primary"),
    *_pupils("secondary"),
    *_requests(),
    *_plans(),
    *_appeals(),
    *_exclusions(),
    *_hours("primary"),
    *_hours("secondary"),
    *_placements(),
)
"""Every comparison, in the order of the table."""
