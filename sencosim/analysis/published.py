"""Published figures of the base year, and how the model's figure of the same thing is read off the ledger.

What is compared, with its period, its tolerance and its note, is in the evidence (``base_year_targets.csv``); so are
the published figures (:mod:`sencosim.evidence.series`, the councils and the register). None is typed in here: this
module says how each is read off the evidence and off the ledger. Tolerances are narrow where calibration aims at the
very figure, wide where definitions differ or events are few.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.base_year import BASE_YEAR, TARGETS_FILE, BaseYearTarget, base_year_targets
from sencosim.evidence.councils import england_total
from sencosim.evidence.register import load_register
from sencosim.evidence.series import series_over_time, series_value
from sencosim.units import parse_year

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


Published = Callable[[str], float]
"""A published figure of a period."""
Model = Callable[[Baseline], float]


@dataclass(frozen=True)
class Comparison:
    """One published figure, and how it and the model's are read off, both in the same unit."""

    target: BaseYearTarget
    figure: Published
    model: Model

    def published(self) -> float:
        """The published figure."""
        return self.figure(self.target.period)


def _series(series: str, breakdown: str) -> Published:
    return lambda period: series_value(series, breakdown, period)


def _share(top: Model, bottom: Model) -> Model:
    """Ratio of two totals. [%]"""

    def ratio(baseline: Baseline) -> float:
        denominator = bottom(baseline)
        return 100.0 * top(baseline) / denominator if denominator > 0.0 else math.nan

    return ratio


def _calendar(*quantities: str) -> Model:
    return lambda baseline: baseline.calendar(*quantities)


def _year(*quantities: str, year: int = BASE_YEAR, phase: str = "") -> Model:
    return lambda baseline: baseline.year(*quantities, year=year, phase=phase)


# -- published figures that are worked out from others -----------------------------------------------------------------

_PARENTS, _SCHOOLS = "source_parent_or_young_person", "source_school_or_other_education_setting"


def _council_total(field: str) -> Published:
    """Sum over the councils' file, whatever the period is called: the file has the latest January."""
    return lambda period: england_total(field)  # noqa: ARG005


def _requests_of_school_age(period: str) -> float:
    return sum(series_value("ehcp_initial_requests", f"age_{age}", period) for age in range(5, 16))


def _refused_of_decided(period: str) -> float:
    refused = series_value("ehcp_requests_refused", "all", period)
    return 100.0 * refused / (refused + series_value("ehcp_requests_agreed_to_assess", "all", period))


def _parental_share(period: str) -> float:
    parents = series_value("ehcp_request_source_share", _PARENTS, period)
    return 100.0 * parents / (parents + series_value("ehcp_request_source_share", _SCHOOLS, period))


def _hours(phase: str) -> Published:
    """Mean of the survey, moved to the base year by the published yearly change. [hours a week]"""

    def published(period: str) -> float:  # noqa: ARG001  (surveyed once, and moved on)
        register = load_register()
        surveyed = register.number(f"fact_implied_mean_protected_hours_{phase}_range")
        return surveyed + register.number(f"hours_drift_{phase}") * HOURS_YEARS_SINCE

    return published


def _spread_of_hours(period: str) -> float:  # noqa: ARG001  (surveyed once)
    return load_register().number("fact_nl_cv_hours")


def _placed(*breakdowns: str) -> Published:
    def published(period: str) -> float:
        school_aged = load_register().number("special_school_age_share")
        return school_aged * sum(series_value("ehcp_placement", name, period) for name in breakdowns)

    return published


def _special_starts(period: str) -> float:
    """New plans that name special, plus moves from mainstream of the last year in which they were collected."""
    *_, moves = series_over_time("placement_moves", "mainstream_to_special_ehcp").values()
    return moves + series_value("ehcp_new_plans_placement", "special", period)


# -- what is compared --------------------------------------------------------------------------------------------------

_MAINSTREAM_REQUESTS = _calendar("requests.school_led", "requests.parental")
_ALL_REQUESTS = _calendar("requests.school_led", "requests.parental", "requests.exogenous")
_ALL_REFUSED = _calendar("refused.school_led", "refused.parental", "refused.exogenous")
_ALL_PLANS = _calendar("plans_issued.mainstream", "plans_issued.exogenous")
_ON_TIME = _calendar("plans_on_time.mainstream", "plans_on_time.exogenous")
_APPEALS = _calendar(
    *(f"appeals.{kind}" for kind in ("refusal_to_assess", "refusal_to_issue", "contents", "exogenous"))
)
_SPECIAL_STARTS = _calendar("starts.state_special", "starts.over_capacity", "starts.independent_special")


def _of_phase(phase: str) -> dict[tuple[str, str], tuple[Published, Model]]:
    return {
        ("pupils_sen_support", phase): (
            _council_total(f"{phase}_sen_support_latest"),
            _year("pupils_sen_support", phase=phase),
        ),
        ("pupils_with_ehc_plan", phase): (
            _council_total(f"{phase}_ehc_plans_latest"),
            _year("pupils_ehc_plan", phase=phase),
        ),
        ("senco_hours_per_week_mean", phase): (_hours(phase), lambda baseline: baseline.mean_hours(phase)),
        ("senco_hours_coefficient_of_variation", phase): (
            _spread_of_hours,
            lambda baseline: baseline.spread_of_hours(phase),
        ),
    }


def _excluded(series: str, status: str, published: str) -> tuple[Published, Model]:
    """Exclusions are published late: the model's are those of the school year of the target."""

    def model(baseline: Baseline) -> float:
        return baseline.year(f"{series}.{status}", year=parse_year(base_year_targets()[series, status].period))

    return _series(series, f"all_state|{published}"), model


_ISSUED, _DECIDED = "ehcp_issued_within_20_weeks_share", "ehcp_decision_to_assess_within_6_weeks_share"
_NO_PLAN, _APPEAL_TYPES = "ehcp_assessments_no_plan_share", "tribunal_appeal_type_share"
_HEARD, _CONCEDED = "tribunal_appeals_decided_at_hearing", "tribunal_conceded_settled_or_withdrawn"

READINGS: dict[tuple[str, str], tuple[Published, Model]] = {
    **_of_phase("primary"),
    **_of_phase("secondary"),
    ("ehcp_initial_requests", "all"): (_series("ehcp_initial_requests", "all"), _ALL_REQUESTS),
    ("ehcp_initial_requests", "mainstream"): (_requests_of_school_age, _MAINSTREAM_REQUESTS),
    ("ehcp_request_source_share", "parents, of parents and schools"): (
        _parental_share,
        _share(_calendar("requests.parental"), _MAINSTREAM_REQUESTS),
    ),
    ("ehcp_refused_share", "all, of those decided"): (
        _refused_of_decided,
        _share(_ALL_REFUSED, _calendar("decisions")),
    ),
    ("ehcp_refused_share", "school-led"): (
        _series("ehcp_refused_share", _SCHOOLS),
        _share(_calendar("refused.school_led"), _calendar("requests.school_led")),
    ),
    ("ehcp_refused_share", "parental"): (
        _series("ehcp_refused_share", _PARENTS),
        _share(_calendar("refused.parental"), _calendar("requests.parental")),
    ),
    ("ehcp_new_plans", "all"): (_series("ehcp_new_plans", "all"), _ALL_PLANS),
    (_ISSUED, "all"): (_series(_ISSUED, "excluding_exceptions"), _share(_ON_TIME, _ALL_PLANS)),
    (_DECIDED, "all"): (_series(_DECIDED, "all"), _share(_calendar("decisions_on_time"), _calendar("decisions"))),
    (_NO_PLAN, "all"): (
        _series(_NO_PLAN, "all"),
        _share(_calendar("no_plan"), _calendar("assessments")),
    ),
    ("tribunal_appeals_registered", "calendar_year"): (
        _series("tribunal_appeals_registered", "calendar_year"),
        _APPEALS,
    ),
    (_APPEAL_TYPES, "refusal_to_assess"): (
        _series(_APPEAL_TYPES, "refusal_to_assess"),
        _share(_calendar("appeals.refusal_to_assess"), _APPEALS),
    ),
    (_APPEAL_TYPES, "contents_of_ehcp"): (
        _series(_APPEAL_TYPES, "contents_of_ehcp"),
        _share(_calendar("appeals.contents", "appeals.exogenous"), _APPEALS),
    ),
    (_HEARD, "academic_year"): (_series(_HEARD, "academic_year"), _year("appeals_heard")),
    (_CONCEDED, "academic_year"): (_series(_CONCEDED, "academic_year"), _year("appeals_conceded")),
    **{
        (series, status): _excluded(series, status, published)
        for series in ("permanent_exclusions", "suspensions")
        for status, published in (("sen_support", "sen_support"), ("ehc_plan", "ehcp"))
    },
    ("ehcp_placement", "state special"): (
        _placed("special_la_maintained", "special_academy_or_free"),
        _year("pupil_years.state_special", "pupil_years.over_capacity"),
    ),
    ("ehcp_placement", "independent special"): (
        _placed("special_independent", "special_non_maintained"),
        _year("pupil_years.independent_special"),
    ),
    ("new_special_placements", "all"): (_special_starts, _SPECIAL_STARTS),
}
"""How each target is read off the evidence and off the ledger, by series and breakdown."""


def comparisons() -> tuple[Comparison, ...]:
    """Every comparison that the evidence asks for, in the order of its table.

    Raises
    ------
    EvidenceError
        If the evidence asks for a figure that nothing here reads.
    """
    for series, breakdown in set(base_year_targets()) - set(READINGS):
        message = f"{TARGETS_FILE} asks for {series} ({breakdown}), which no reading of analysis/published.py gives."
        raise EvidenceError(message, (Problem(message, file=TARGETS_FILE, found=series),))
    return tuple(Comparison(target, *READINGS[key]) for key, target in base_year_targets().items())
