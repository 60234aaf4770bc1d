"""Years until full time and until enough time."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.evidence.register import load_register
from sencosim.evidence.views import load_view
from sencosim.model import RunResult, ledger_of
from sencosim.outcomes.years_until import COLUMNS, published_years, years_at_trend, years_until


@pytest.mark.unit
def test_the_published_claims_come_out_by_their_own_arithmetic() -> None:
    table = published_years(load_register()).set_index("claim")
    assert 145 <= table.loc["full time, primary", "years"] <= 150
    assert 40 <= table.loc["full time, secondary", "years"] <= 45
    assert table.loc["enough for pupils on SEN Support", "years"] == pytest.approx(30.0)
    assert list(table["published"]) == [150.0, 40.0, 30.0]


@pytest.mark.property
@given(st.floats(0.1, 40), st.floats(0.01, 5), st.floats(0.01, 5))
def test_a_steeper_trend_closes_a_gap_sooner(gap: float, slope: float, more: float) -> None:
    assert years_at_trend(gap, slope + more) <= years_at_trend(gap, slope)
    assert years_at_trend(gap, slope) * slope == pytest.approx(gap)
    assert years_at_trend(gap, -slope) == math.inf


def made_up(hours: list[float], due: float) -> pd.DataFrame:
    """One primary post, its hours a week by year, and whole-school work due."""
    rows = []
    for year, weekly in enumerate(hours, 2027):
        for name, value in (("posts", 1.0), ("allocated_hours", weekly * 39), ("hours_due.coaching", due * 39)):
            rows.append((year, "primary", name, value, value))
    return pd.DataFrame(rows, columns=["year", "phase", "quantity", "baseline", "policy"])


@pytest.mark.unit
def test_a_straight_line_is_drawn_on() -> None:
    values = dict(load_view("central").values(load_register()))
    table = years_until(made_up([10.0, 11.0, 12.0], 14.0), values, 2027, 2029)
    assert tuple(table.columns) == COLUMNS
    enough = table[(table["arm"] == "policy") & (table["target"] == "enough")].iloc[0]
    assert (enough["hours_now"], enough["hours_needed"], enough["years_more"]) == pytest.approx((12.0, 14.0, 2.0))
    full = table[(table["arm"] == "policy") & (table["target"] == "full_time")].iloc[0]
    assert full["years_more"] == pytest.approx(values["full_time_hours_per_week"] - 12.0)
    met = years_until(made_up([10.0, 14.0, 14.0], 14.0), values, 2027, 2029)
    assert set(met.loc[met["target"] == "enough", "reached_in"]) == {2028}
    assert set(met.loc[met["target"] == "enough", "years_more"]) == {0.0}


@pytest.mark.unit
def test_a_year_without_work_due_needs_no_hours() -> None:
    values = dict(load_view("central").values(load_register()))
    table = made_up([10.0, 11.0, 12.0], 14.0)
    none_due = table[(table["year"] < 2029) | (table["quantity"] != "hours_due.coaching")]
    enough = years_until(none_due, values, 2027, 2029).set_index(["arm", "target"]).loc[("policy", "enough")]
    assert (enough["hours_needed"], enough["years_more"]) == (0.0, 0.0)


@pytest.mark.engine
def test_full_time_is_nearer_with_the_policy_than_without(full_time: RunResult) -> None:
    point = next(full_time.points("central"))
    ledger = ledger_of(point, full_time.scenario.start_year).astype({"phase": str, "quantity": str})
    horizon = full_time.scenario.horizon
    table = years_until(ledger, point.values, horizon.first, horizon.last)
    wide = table.pivot_table(index=["phase", "target"], columns="arm", values="hours_now")
    assert (wide["policy"] > wide["baseline"]).all()
    assert (table["hours_needed"] > 0.0).all()
