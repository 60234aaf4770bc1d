"""Tariffs of what SENCO time does to classes: hours given back to other school work, and teachers taken away."""

from __future__ import annotations

from collections.abc import Iterator

from sencosim.costing.accounts import Charge
from sencosim.costing.extra_teachers import EXTRA_TEACHERS, RELEASED
from sencosim.levers.tariff import Prices
from sencosim.units import SCHOOL_WEEKS_PER_YEAR


def released_hours(prices: Prices) -> Iterator[Charge]:
    """Worth of paid hours that go to other school work: taught or covered, so others need not be. Not cash.

    Worth a share of what an hour of teaching costs the country (employment cost less National Insurance, as added
    hours stand in the social view), so that at a share of 1 an hour added and released costs the country nothing.
    """
    ni, full_time = "employer_ni_share_of_teacher_cost", "full_time_hours_per_week"
    hour = prices.money("teacher_employment_cost") / (prices.share(full_time) * SCHOOL_WEEKS_PER_YEAR)
    for quantity in RELEASED:
        yield Charge(
            quantity,
            "hours",
            "released_hours",
            "released_hours",
            "consequence",
            "schools",
            -prices.share("released_hours_value") * hour * (1.0 - prices.share(ni)),
            ("released_hours_value", "teacher_employment_cost", full_time, ni),
            cashable_share=0.0,
            pay_linked=True,
            in_budget=False,
        )


def extra_teachers(prices: Prices) -> Iterator[Charge]:
    """Find and train a teacher in place of one taken from a class: once, and by the department, which pays for both."""
    yield Charge(
        EXTRA_TEACHERS,
        "FTE",
        "extra_teachers",
        "extra_teachers",
        "policy",
        "dfe",
        prices.money("extra_teacher_price"),
        ("extra_teacher_price",),
    )
