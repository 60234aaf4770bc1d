"""A small register and a fixed day, so that messages do not change when the evidence does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sencosim.evidence.register import Parameter, Source
from sencosim.scenario.assumptions import References

SOURCE = Source(title="An invented survey for tests", link=None, date="2026-03-01")


def parameter(name: str, value: float | list[float], unit: str, **fields: Any) -> Parameter:
    given = {"review_by": "2027-11-22", "range": (0.0, 1.0), "source": SOURCE, **fields}
    return Parameter(
        name=name, title=name, value=value, unit=unit, kind="assumption", quality="E", used_by=("tests",), **given
    )


@pytest.fixture(scope="session")
def references() -> References:
    parameters = [
        parameter("senco_leaving_rate", 0.13, "per year", interval=(0.07, 0.21)),
        parameter("legal_floor_compliance", 0.85, "share of schools", interval=(0.61, 0.98)),
        parameter("used_share_added", 0.75, "share of hours", interval=(0.48, 0.94)),
        parameter("drift_to_floor_share", 0.1, "share of schools", interval=(0.01, 0.29)),
        parameter("full_time_hours_per_week", 32.4, "hours per week", range=(20.0, 48.0), interval=(30.0, 37.0)),
        parameter("slt_pay_uplift", 4760.0, "GBP per post a year", range=(500.0, 50000.0), interval=(1050.0, 20300.0)),
        parameter("grant_total", 1200.0, "GBP thousand per council", range=(0.0, 9000.0), interval=(100.0, 5000.0)),
        parameter(
            "teacher_supply", 6000.0, "full-time equivalents per year", range=(0.0, 1e5), interval=(3370.0, 9980.0)
        ),
        parameter("senco_headcount", 20000.0, "people", range=(0.0, 1e5), interval=(18000.0, 24000.0)),
        parameter("absence_percent", 10.1, "percent of sessions", range=(0.0, 100.0), interval=(8.0, 13.0)),
        parameter("notice_rate_by_phase", [0.1, 0.03], "per year", labels=("primary", "secondary")),
        parameter("patience_mean_weeks", 45.0, "weeks", range=(1.0, 520.0), interval=(15.0, 120.0)),
    ]
    councils = ("Norfolk", "Suffolk", "Kent", "926", "E10000020", "Bristol, City of")
    return References({p.name: p for p in parameters}, councils, date(2026, 11, 22))
