"""What is compared between groups of schools: rates that places of different size can be compared by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sencosim.analysis.outcomes import OUTCOME
from sencosim.units import SCHOOL_WEEKS_PER_YEAR

POSTS = ("posts",)
"""One post a school: post-years are school-years."""
SEN_PUPILS = ("pupil_years.sen_support", "pupil_years.ehc_plan", "pupil_years.waiting_special")
"""Pupil-years with SEN in a mainstream class. As a rate's base they are the baseline's in both arms."""


@dataclass(frozen=True)
class Measure:
    """One rate.

    Attributes
    ----------
    name, title, unit
        As shown everywhere.
    of, per
        Quantities that are added, and those that the sum is divided by.
    scale
        Multiplies the result.
    base
        ``baseline``: the divisor is the baseline's in both arms, so that a rate moves with its events alone. ``own``:
        each arm's.
    favourable
        ``up`` or ``down`` if one is plainly better; blank if not.
    """

    name: str
    title: str
    unit: str
    of: tuple[str, ...]
    per: tuple[str, ...]
    scale: float
    base: Literal["baseline", "own"]
    favourable: Literal["up", "down", ""]


def _hours(name: str, title: str, of: tuple[str, ...], favourable: Literal["up", "down", ""] = "") -> Measure:
    unit = "hours a week per school"
    return Measure(name, title, unit, of, POSTS, 1.0 / SCHOOL_WEEKS_PER_YEAR, "baseline", favourable)


def _events(name: str, title: str, of: tuple[str, ...], favourable: Literal["up", "down", ""]) -> Measure:
    unit = "a year per 1,000 pupils with SEN"
    return Measure(name, title, unit, of, SEN_PUPILS, 1000.0, "baseline", favourable)


def _as_outcome(name: str) -> Measure:
    found = OUTCOME[name]
    return Measure(name, found.title, found.unit, found.of, found.per, found.scale, "own", found.favourable)


def _each(prefix: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{prefix}.{name}" for name in names)


_STAGES = ("noticed", "sen_support", "ehc_plan")

MEASURES: tuple[Measure, ...] = (
    _hours("added_hours", "SENCO hours added", ("added_hours",)),
    _hours("hours_worked", "SENCO hours worked on SEN, unpaid ones included", ("used_hours", "overtime_hours"), "up"),
    _hours("unpaid_hours", "Unpaid SENCO hours", ("overtime_hours",), "down"),
    _as_outcome("support_intensity"),
    _as_outcome("support_reviews_done"),
    _as_outcome("weeks_to_sen_support"),
    _as_outcome("weeks_to_file"),
    _as_outcome("absence_days_per_pupil"),
    _events("identified", "Pupils put on SEN Support", ("sen_support_starts",), ""),
    _events("requests", "Requests for an EHC needs assessment", _each("requests", "school_led", "parental"), ""),
    _events("refusals", "Requests refused", _each("refused", "school_led", "parental"), "down"),
    _events("new_plans", "New EHC plans", ("plans_issued.mainstream",), ""),
    _events("appeals", "Appeals", _each("appeals", "refusal_to_assess", "refusal_to_issue", "contents"), "down"),
    _events("suspensions", "Suspensions", _each("suspensions", *_STAGES), "down"),
    _events("permanent_exclusions", "Permanent exclusions", _each("permanent_exclusions", *_STAGES), "down"),
    _events("special_starts", "Starts in independent special schools", ("starts.independent_special",), ""),
    _events("home_education", "Moves to home education", ("starts.home_education",), ""),
    Measure(
        "waiting_identification",
        "Pupils noticed and waiting for the SENCO",
        "per 1,000 pupils with SEN",
        ("pupil_years.identification_wait",),
        SEN_PUPILS,
        1000.0,
        "baseline",
        "down",
    ),
    Measure(
        "leavers",
        "SENCOs who leave the post",
        "a year per 100 posts",
        ("senco_leavers",),
        POSTS,
        100.0,
        "baseline",
        "down",
    ),
    Measure("vacant", "SENCO posts vacant", "% of posts", ("posts_vacant",), POSTS, 100.0, "baseline", "down"),
    Measure(
        "without_award",
        "SENCOs who still study for the qualification",
        "% of posts",
        ("posts_without_award",),
        POSTS,
        100.0,
        "baseline",
        "",
    ),
    Measure(
        "unfilled", "Posts that wait for teachers", "% of posts", ("posts_unfilled",), POSTS, 100.0, "baseline", "down"
    ),
)
"""Rates from quantities that schools count."""

SCHOOL_COST = "school_cost"
SCHOOL_COST_PER_PUPIL = "school_cost_per_pupil"
MONEY_MEASURES: dict[str, tuple[str, str]] = {
    SCHOOL_COST: ("Net cost to schools, present value", "GBP per school"),
    SCHOOL_COST_PER_PUPIL: ("Net cost to schools, present value", "GBP per pupil with SEN"),
}
"""Over the whole horizon, in prices of the price base."""

NEED_SHARE = "need_share"
HOURS_SHARE = "hours_share"
SHARE_MEASURES: dict[str, tuple[str, str]] = {
    NEED_SHARE: ("Share of all pupils with SEN", "% of pupils with SEN"),
    HOURS_SHARE: ("Share of all SENCO hours added", "% of hours added"),
}
"""What a group has of the whole: need in the baseline, and hours that the policy adds. Their level is in ``policy``."""
