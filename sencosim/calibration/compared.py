"""Which published series are compared and forecast, and how each follows from the model."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from sencosim.arms.inputs import FloatArray
from sencosim.calibration.forecast import Draws, Known, Series, rolls
from sencosim.calibration.published_points import published
from sencosim.calibration.targets import DECIDED_SHARE, SCHOOL_AGE
from sencosim.evidence.base_year import TIMES

ALL_PUPILS_GROWTH = 0.004
"""Assumed growth of pupils of all schools after the last year known. [per year]"""
PLANS = ("plans_primary", "plans_secondary")
SUPPORT = ("support_primary", "support_secondary")


def all_series(known: Known) -> tuple[Series, ...]:
    """Every series that is compared, in the order of the tables."""
    return (*_process(), *_pupils(known), *_places(known), *_exclusion(known), *_exclusion_by_need(known))


def _process() -> Iterator[Series]:
    yield Series(
        "ehcp_initial_requests", "all", "calendar", lambda d, y: d.of("requests", y), direct=True, step_sd=0.05
    )
    yield Series(
        "ehcp_refused_share",
        "all",
        "calendar",
        lambda d, y: 100.0 * DECIDED_SHARE * d.of("refused_of_decided", y),
        share=True,
        direct=True,
        step_sd=0.07,
    )
    yield Series("ehcp_new_plans", "all", "calendar", lambda d, y: d.of("new_plans", y), direct=True, step_sd=0.04)
    for breakdown in ("excluding_exceptions", "including_exceptions"):
        yield Series(
            "ehcp_issued_within_20_weeks_share",
            breakdown,
            "calendar",
            lambda d, y: 100.0 * d.of("on_time_share", y),
            share=True,
            direct=breakdown == "excluding_exceptions",
            step_sd=0.2,
        )
    yield Series("ehcp_mean_weeks_to_issue", "all", "calendar", lambda d, y: d.of("mean_weeks", y), direct=True)
    yield Series(
        "tribunal_appeals_registered",
        "calendar_year",
        "calendar",
        lambda d, y: d.of("appeals", y),
        trend=True,
        step_sd=0.12,
    )
    yield Series(
        "tribunal_appeals_registered",
        "academic_year",
        "school_year",
        lambda d, y: d.of("appeals", y) / 3.0 + d.of("appeals", y + 1) * 2.0 / 3.0,
        trend=True,
        step_sd=0.12,
    )


def _everywhere(draws: Draws, year: int) -> FloatArray:
    """Plan-holders of school age: mainstream and special."""
    total: FloatArray = draws.sum(PLANS, year) + draws.of("special", year) / SCHOOL_AGE
    return total


def _all_pupils(known: Known, january: int) -> float:
    last = min(known.january, TIMES.counted_january)
    then = published("pupils", "all_schools", "school_year", min(january, last) - 1) or math.nan
    return float(then * (1.0 + ALL_PUPILS_GROWTH) ** max(0, january - last))


def _pupils(known: Known) -> Iterator[Series]:
    yield Series("pupils_with_ehcp", "all_schools", "january", _everywhere, step_sd=0.012)
    yield Series("pupils_sen_support", "all_schools", "january", lambda d, y: d.sum(SUPPORT, y), step_sd=0.012)
    yield Series(
        "pupils_with_ehcp_share",
        "all_schools",
        "january",
        lambda d, y: 100.0 * _everywhere(d, y) / _all_pupils(known, y),
        share=True,
        step_sd=0.012,
    )
    yield Series(
        "pupils_sen_support_share",
        "all_schools",
        "january",
        lambda d, y: 100.0 * d.sum(SUPPORT, y) / _all_pupils(known, y),
        share=True,
        step_sd=0.012,
    )
    for phase, name in enumerate(("primary", "secondary")):
        for published_name, quantity in (("pupils_with_ehcp", "plans"), ("pupils_sen_support", "support")):
            yield Series(
                f"{published_name}_share",
                f"state_{name}",
                "january",
                _share_of_rolls(f"{quantity}_{name}", phase, known),
                share=True,
                direct=True,
                step_sd=0.02,
            )


def _share_of_rolls(quantity: str, phase: int, known: Known) -> Callable[[Draws, int], FloatArray]:
    def share(draws: Draws, year: int) -> FloatArray:
        return 100.0 * draws.of(quantity, year) / rolls(phase, year, known)

    return share


def _exclusion(known: Known) -> Iterator[Series]:
    for series, model in (("suspension_rate", "suspensions"), ("permanent_exclusion_rate", "exclusions")):
        for phase, name in enumerate(("primary", "secondary")):
            yield Series(
                series,
                f"state_{name}",
                "school_year",
                _rate(f"{model}_support_{name}", f"{model}_plan_{name}", phase, known),
                trend=True,
                step_sd=0.12,
            )
        yield Series(series, "all_state_schools", "school_year", _all_rate(model, known), trend=True, step_sd=0.12)
    for series, model in (("suspensions", "suspensions"), ("permanent_exclusions", "exclusions")):
        names = tuple(f"{model}_{need}_{phase}" for need in ("support", "plan") for phase in ("primary", "secondary"))
        yield Series(
            series,
            "state_primary_secondary_special",
            "school_year",
            _sum_of(names),
            trend=True,
            step_sd=0.12,
        )


def _all_rate(model: str, known: Known) -> Callable[[Draws, int], FloatArray]:
    names = tuple(f"{model}_{need}_{phase}" for need in ("support", "plan") for phase in ("primary", "secondary"))

    def rate(draws: Draws, year: int) -> FloatArray:
        return 100.0 * draws.sum(names, year) / (rolls(0, year + 1, known) + rolls(1, year + 1, known))

    return rate


def _sum_of(names: tuple[str, ...]) -> Callable[[Draws, int], FloatArray]:
    return lambda draws, year: draws.sum(names, year)


def _rate(support: str, plan: str, phase: int, known: Known) -> Callable[[Draws, int], FloatArray]:
    def rate(draws: Draws, year: int) -> FloatArray:
        return 100.0 * draws.sum((support, plan), year) / rolls(phase, year + 1, known)

    return rate


# -- all ages ----------------------------------------------------------------------------------------------------------


def leaving_share(known: Known) -> float:
    """Plans that end or go elsewhere in a year, of those of its January: mean over the years known. [share].

    From the published stocks and flows themselves: caseload + new plans - next caseload.
    """
    found = []
    for year in range(2018, known.calendar + 1):
        stock = published("ehcp_caseload", "all_ages_0_25", "january", year)
        later = published("ehcp_caseload", "all_ages_0_25", "january", year + 1)
        new = published("ehcp_new_plans", "all", "calendar", year)
        if stock is not None and later is not None and new is not None:
            found.append((stock + new - later) / stock)
    return float(np.mean(found))


def _caseload(leaving: float, draws: Draws, january: int) -> FloatArray:
    """Plans of all ages by stock and flow: the engine's new plans, less the published share that leaves."""
    first = draws.start + 1
    level = np.full(draws.n, published("ehcp_caseload", "all_ages_0_25", "january", first) or math.nan)
    for year in range(first, january):
        level = level * (1.0 - leaving) + draws.of("new_plans", year)
    return level


def _places(known: Known) -> Iterator[Series]:
    leaving = leaving_share(known)
    caseload = partial(_caseload, leaving)
    yield Series("ehcp_caseload", "all_ages_0_25", "january", caseload, step_sd=0.012)
    after_16 = ("further_education", "educated_elsewhere_all")
    for breakdown, model in (
        ("mainstream_all", lambda d, y: d.sum(PLANS, y)),
        ("special_all", lambda d, y: d.of("special", y) / SCHOOL_AGE),
        *((name, lambda d, y: 0.4 * d.of("after_16", y)) for name in after_16),
        *((name, lambda d, y: 0.01 * caseload(d, y)) for name in ("ap_pru", "non_maintained_early_years")),
    ):
        own = breakdown in after_16
        yield Series("ehcp_placement", breakdown, "january", model, trend=own, step_sd=0.02)
        yield Series(
            "ehcp_placement_share",
            breakdown,
            "january",
            partial(_share_of_caseload, model, caseload),
            share=True,
            trend=own,
            step_sd=0.03,
        )


def _share_of_caseload(
    model: Callable[[Draws, int], FloatArray], caseload: Callable[[Draws, int], FloatArray], draws: Draws, january: int
) -> FloatArray:
    result: FloatArray = 100.0 * model(draws, january) / caseload(draws, january)
    return result


# -- exclusion by need -------------------------------------------------------------------------------------------------

NEEDS = (("sen_support", "support"), ("ehcp", "plan"))
STATE_SCHOOLS = {"sen_support": ("pupils_sen_support", 0.924), "ehcp": ("pupils_with_ehcp", 0.916)}
"""Series of pupils of all schools, and the share of them in state schools (2022/23, by school type)."""


def _exclusion_by_need(known: Known) -> Iterator[Series]:
    for need, stage in NEEDS:
        for series, rate, model in (
            ("suspensions", "suspension_rate", "suspensions"),
            ("permanent_exclusions", "permanent_exclusion_rate", "exclusions"),
        ):
            names = tuple(f"{model}_{stage}_{phase}" for phase in ("primary", "secondary"))
            yield Series(
                series,
                f"all_state|{need}",
                "school_year",
                _sum_of(names),
                trend=True,
                step_sd=0.12,
                anchor=_anchor(rate, need, known),
            )


def _anchor(rate: str, need: str, known: Known) -> tuple[int, float] | None:
    """Count of the latest year from an earlier rate by need, moved by the rate of all pupils since. [count]."""
    breakdown = f"all_state|{need}"
    for year in range(known.school_year, 2015, -1):
        by_need = published(rate, breakdown, "school_year", year)
        of_all = published(rate, "all_state_schools", "school_year", year)
        now = published(rate, "all_state_schools", "school_year", known.school_year)
        series, share = STATE_SCHOOLS[need]
        pupils = published(series, "all_schools", "january", known.school_year + 1)
        if by_need and of_all and now and pupils:
            return known.school_year, by_need * now / of_all / 100.0 * pupils * share
    return None
