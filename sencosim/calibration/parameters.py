"""What is fitted, within which limits, and how a point of the design becomes a reading of the evidence.

Effect sizes are never among them. Growth is not one rate in history: the pandemic cut requests and noticing in two
school years. So a point of the design makes *paths*, levels by school year relative to the last year that is fitted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sencosim.arms.prepare import Draw
from sencosim.evidence.base_year import TIMES

PANDEMIC = (2019, 2020)
"""School years 2019/20 and 2020/21."""
PIVOT = TIMES.frozen.last
"""Paths are relative to the last school year that the frozen back-test is fitted to, 2022/23."""


LATER = PIVOT + 1
"""From this school year on, 2023/24, requests grow at a later pace of their own."""


NOTICED_AT_LEVEL = (0.3971, 0.1608)
"""Rates of noticing added up over the year groups of each phase, at level 1. [noticed per pupil]"""


def significant(value: float, digits: int = 4) -> float:
    """A number to so many significant digits: four in the registers and the sample.

    Examples
    --------
    >>> significant(0.123456), significant(-31.2489, 3)
    (0.1235, -31.2)
    """
    return float(f"{value:.{digits}g}")


@dataclass(frozen=True)
class Fitted:
    """One fitted parameter and the limits of its flat prior. [unit of the parameter]."""

    name: str  # of the register, or one that :func:`reading_of` explains
    low: float
    high: float
    title: str

    def at(self, unit: float) -> float:
        """Value at a point of the unit interval. [unit of the parameter]."""
        return self.low + unit * (self.high - self.low)


FITTED: tuple[Fitted, ...] = (
    Fitted("request_rate_primary", 0.05, 0.16, "Reaching the point of request, primary, 2022/23"),
    Fitted("request_rate_secondary", 0.02, 0.11, "Reaching the point of request, secondary, 2022/23"),
    Fitted("request_growth_past", 0.0, 0.18, "Growth of the request hazard to 2022/23"),
    Fitted("request_growth_next", -0.04, 0.18, "Growth of the request hazard, 2022/23 to 2023/24"),
    Fitted("request_level_2019_20", 0.7, 1.05, "Requests in 2019/20 relative to trend"),
    Fitted("request_level_2020_21", 0.7, 1.1, "Requests in 2020/21 relative to trend"),
    Fitted("exogenous_request_share", 0.14, 0.32, "Requests from outside mainstream, share of base-year requests"),
    Fitted("notice_level_primary", 0.5, 1.2, "Noticing in Reception to Year 6, relative to the register"),
    Fitted("notice_level_secondary", 0.3, 1.4, "Noticing in Years 7 to 11, relative to the register"),
    Fitted("need_growth_past", -0.01, 0.08, "Growth of noticing to 2022/23"),
    Fitted("need_growth_next", -0.01, 0.08, "Growth of noticing after 2022/23"),
    Fitted("need_level_pandemic", 0.6, 1.1, "Noticing in 2019/20 and 2020/21 relative to trend"),
    Fitted("sen_support_exit_rate_primary", 0.01, 0.13, "Leaving SEN Support, primary"),
    Fitted("sen_support_exit_rate_secondary", 0.005, 0.15, "Leaving SEN Support, secondary"),
    Fitted("reception_plan_share", 0.01, 0.03, "Children who enter Reception with a plan, 2022/23"),
    Fitted("reception_plan_growth_past", 0.0, 0.16, "Growth of plans at entry, to 2022/23 and after"),
    Fitted("refusal_level_log_odds", -0.6, 0.5, "Shift of refusals"),
    Fitted("capacity_level", 0.55, 1.15, "Council capacity in 2022/23 relative to base-year requests"),
    Fitted("capacity_growth_past", 0.0, 0.2, "Growth of council capacity to 2022/23"),
    Fitted("capacity_growth_next", -0.02, 0.2, "Growth of council capacity after 2022/23"),
    Fitted("special_transfer_at_11_share", 0.1, 0.55, "Plan-holders moving to special school after Year 6"),
    Fitted("placement_special_share_exogenous", 0.15, 0.5, "Special placement on a new plan from outside mainstream"),
    Fitted("special_wait_share", 0.05, 0.6, "No vacant state place: wait in mainstream"),
    Fitted("request_growth_later", -0.06, 0.18, "Growth of the request hazard after 2023/24"),
    Fitted("capacity_follows_demand_share", 0.0, 1.0, "Share of councils' capacity that follows demand"),
    Fitted("capacity_surge", 0.4, 5.0, "Capacity bought in, per year of work that waits"),
)
"""Every fitted parameter, in the order of the columns of the design."""
NAMES = tuple(one.name for one in FITTED)

DIRECT = (
    *("request_rate_primary", "request_rate_secondary", "exogenous_request_share"),
    *("sen_support_exit_rate_primary", "sen_support_exit_rate_secondary", "reception_plan_share"),
    *("refusal_level_log_odds", "special_transfer_at_11_share", "placement_special_share_exogenous"),
    *("capacity_follows_demand_share", "capacity_surge"),
)
"""Fitted parameters that are entries of the register as they are."""


def reading_of(point: Mapping[str, float], evidence: Draw, start: int, years: int) -> Draw:
    """Reading of the evidence at one point of the design, for a run of so many school years from a first one.

    ``point`` has a value of each of :data:`FITTED`, ``evidence`` all other parameters.
    """
    values = dict(evidence.values) | {name: point[name] for name in DIRECT}
    values["capacity_margin"] = point["capacity_level"]
    values |= shares_without_place(point["special_wait_share"], evidence.values)
    vectors = dict(evidence.vectors)
    levels = (point["notice_level_primary"], point["notice_level_secondary"])
    vectors["notice_rate_by_year_group"] = noticing(levels, vectors["notice_rate_by_year_group"])
    school_years = range(start, start + years)
    return replace(evidence, values=values, vectors=vectors, paths=_paths(point, school_years))


def noticing(levels: tuple[float, float], shape: tuple[float, ...]) -> tuple[float, ...]:
    """Rates of noticing by year group at levels by phase. [noticed per pupil a year].

    Level 1 is :data:`NOTICED_AT_LEVEL` whatever level the register has now: only its shape within a phase is used, so
    that a calibration can be made again after its means have gone into the register.
    """
    totals = (sum(shape[:7]), sum(shape[7:]))
    return tuple(
        rate / totals[int(group >= 7)] * NOTICED_AT_LEVEL[int(group >= 7)] * levels[int(group >= 7)]
        for group, rate in enumerate(shape)
    )


def _paths(point: Mapping[str, float], school_years: range) -> dict[str, tuple[float, ...]]:
    request_shock = dict(zip(PANDEMIC, (point["request_level_2019_20"], point["request_level_2020_21"]), strict=True))
    need_shock = dict.fromkeys(PANDEMIC, point["need_level_pandemic"])

    def path(past: str, after: str, shock: Mapping[int, float]) -> tuple[float, ...]:
        levels = []
        for year in school_years:
            growth = point[past] if year < PIVOT else point[after]
            levels.append((1.0 + growth) ** (year - PIVOT) * shock.get(year, 1.0))
        return tuple(levels)

    turn = (1.0 + point["request_growth_later"]) / (1.0 + point["request_growth_next"])
    trend = path("request_growth_past", "request_growth_next", request_shock)
    later = (max(0, year - LATER) for year in school_years)
    requests = tuple(level * turn**ahead for level, ahead in zip(trend, later, strict=True))
    need = path("need_growth_past", "need_growth_next", {})
    return {
        "request_growth_past": requests,
        "exogenous_growth_past": tuple(a * b for a, b in zip(requests, need, strict=True)),
        "need_growth_past": path("need_growth_past", "need_growth_next", need_shock),
        "reception_plan_growth_past": path("reception_plan_growth_past", "reception_plan_growth_past", {}),
        "capacity_growth_past": path("capacity_growth_past", "capacity_growth_next", {}),
    }


def shares_without_place(wait: float, values: Mapping[str, float]) -> dict[str, float]:
    """The three shares of decisions that find no vacant state place, when so many wait. [shares that add to 1]."""
    over, independent = values["special_over_capacity_share"], values["special_independent_share"]
    placed = (1.0 - wait) / (over + independent)
    return {
        "special_wait_share": wait,
        "special_over_capacity_share": over * placed,
        "special_independent_share": independent * placed,
    }


EVER_SEN = {"ever_sen_share_year_7": 0.02, "ever_sen_share_year_11": 0.04}
"""Shares of a cohort ever recorded with SEN by the end of Year 7 and of Year 11, published for cohorts of other years,
and how far the model's may be from them. [share]"""


def ever_sen(point: Mapping[str, float], shape: tuple[float, ...]) -> dict[str, float]:
    """Share of a cohort ever on the register at a point of the design: with a plan at entry, or noticed later.

    By Year 7 of the cohort that was in Year 7 in the pivot year, which met the lower rates of earlier years; by Year 11
    at the rates of the pivot year, since the published cohort began under the old code. ``shape`` has the register's
    rates of noticing by year group.
    """
    rates = noticing((point["notice_level_primary"], point["notice_level_secondary"]), shape)
    growth = 1.0 + point["need_growth_past"]
    entered = point["reception_plan_share"]
    shocks = [point["need_level_pandemic"] if PIVOT - 7 + group in PANDEMIC else 1.0 for group in range(8)]
    by_7 = sum(
        rate * growth ** (group - 7) * shock for group, (rate, shock) in enumerate(zip(rates, shocks, strict=False))
    )
    return {"ever_sen_share_year_7": entered + by_7, "ever_sen_share_year_11": entered + sum(rates)}
