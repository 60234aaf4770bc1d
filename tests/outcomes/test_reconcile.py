"""Model against published: what is compared, and that a gap is never hidden."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sencosim.errors import EvidenceError
from sencosim.evidence.base_year import BASE_YEAR, base_year_targets
from sencosim.evidence.register import load_register
from sencosim.evidence.series import series_value
from sencosim.outcomes.reconcile import (
    COLUMNS,
    NOT_IN_RUN,
    OUTSIDE,
    WITHIN,
    _mean_and_spread,
    base_year_table,
    published_figure,
    verdict_of,
)
from sencosim.units import PHASES, parse_year
from sencosim.vocabulary import COLUMN

pytestmark = pytest.mark.unit

HOURS = {
    "primary": (np.array([5.0, 15.0]), np.array([1.0, 3.0])),
    "secondary": (np.array([16.0]), np.array([2.0])),
}
EXCLUSION_YEAR = parse_year(base_year_targets()["permanent_exclusions", "sen_support"].period)
IDENTITY = ["series", "breakdown", "period"]


def ledger(counts: dict[str, float], year: int, phase: str = "primary") -> pd.DataFrame:
    rows = [(year, phase, quantity, value) for quantity, value in counts.items()]
    return pd.DataFrame(rows, columns=["year", "phase", "quantity", "value"])


def everything(value: float = 1000.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    counts = dict.fromkeys(COLUMN, value)
    years = [ledger(counts, year, phase) for year in (EXCLUSION_YEAR, BASE_YEAR) for phase in ("primary", "secondary")]
    return pd.concat(years), pd.concat([ledger(counts, BASE_YEAR, phase) for phase in ("primary", "secondary")])


def row(table: pd.DataFrame, series: str, breakdown: str) -> pd.Series:
    found = table[(table["series"] == series) & (table["breakdown"] == breakdown)]
    assert len(found) == 1
    return found.iloc[0]


def test_every_comparison_has_a_published_figure_and_is_there_once() -> None:
    table = base_year_table(*everything(), HOURS)
    assert tuple(table.columns) == COLUMNS
    assert list(zip(table["series"], table["breakdown"], strict=True)) == list(base_year_targets())
    assert (table["published"] > 0).all()
    assert not table.duplicated(IDENTITY).any()


@pytest.mark.parametrize(
    "series",
    [
        "pupils_sen_support",
        "pupils_with_ehc_plan",
        "ehcp_initial_requests",
        "ehcp_refused_share",
        "ehcp_new_plans",
        "ehcp_issued_within_20_weeks_share",
        "tribunal_appeals_registered",
        "permanent_exclusions",
        "suspensions",
        "senco_hours_per_week_mean",
        "senco_hours_coefficient_of_variation",
        "ehcp_placement",
    ],
)
def test_nothing_that_must_be_reconciled_is_left_out(series: str) -> None:
    assert series in {series for series, _ in base_year_targets()}


def test_a_model_that_hits_the_published_figure_has_no_gap() -> None:
    published = series_value("ehcp_new_plans", "all", "2024")
    academic, _ = everything()
    split = {"plans_issued.mainstream": 0.75 * published, "plans_issued.exogenous": 0.25 * published}
    found = row(base_year_table(academic, ledger(split, BASE_YEAR), HOURS), "ehcp_new_plans", "all")
    assert found["model"] == pytest.approx(published)
    assert found["gap_pct"] == pytest.approx(0.0)
    assert found["verdict"] == WITHIN


def test_shares_are_ratios_of_flows_of_one_calendar_year() -> None:
    counts = {"requests.school_led": 150.0, "requests.parental": 50.0, "refused.school_led": 30.0, "decisions": 120.0}
    table = base_year_table(everything()[0], ledger(counts, BASE_YEAR), HOURS)
    assert row(table, "ehcp_refused_share", "school-led")["model"] == pytest.approx(20.0)
    assert row(table, "ehcp_refused_share", "all, of those decided")["model"] == pytest.approx(25.0)
    assert row(table, "ehcp_request_source_share", "parents, of parents and schools")["model"] == pytest.approx(25.0)


def test_exclusions_are_of_their_own_year() -> None:
    name = "permanent_exclusions.sen_support"
    academic = pd.concat([ledger({name: 4000.0}, EXCLUSION_YEAR), ledger({name: 9000.0}, BASE_YEAR)])
    found = row(base_year_table(academic, everything()[1], HOURS), "permanent_exclusions", "sen_support")
    assert found["model"] == pytest.approx(4000.0)
    assert found["period"] == "2023/24"


def test_stocks_are_by_phase() -> None:
    academic = pd.concat(
        [ledger({"pupils_sen_support": 7.0}, BASE_YEAR, phase) for phase in ("primary", "primary", "secondary")]
    )
    table = base_year_table(academic, everything()[1], HOURS)
    assert row(table, "pupils_sen_support", "primary")["model"] == pytest.approx(14.0)
    assert row(table, "pupils_sen_support", "secondary")["model"] == pytest.approx(7.0)


def test_hours_are_weighted_by_the_schools_that_each_stands_for() -> None:
    table = base_year_table(*everything(), HOURS)
    assert row(table, "senco_hours_per_week_mean", "primary")["model"] == pytest.approx(12.5)
    spread = row(table, "senco_hours_coefficient_of_variation", "primary")["model"]
    assert spread == pytest.approx(math.sqrt(0.25 * 7.5**2 + 0.75 * 2.5**2) / 12.5)
    assert row(table, "senco_hours_coefficient_of_variation", "secondary")["model"] == pytest.approx(0.0)


def test_a_year_that_was_not_run_is_said_and_not_called_a_gap_of_all() -> None:
    academic, calendar = everything()
    later = academic[academic["year"] == BASE_YEAR]
    table = base_year_table(later, calendar, HOURS)
    found = row(table, "suspensions", "sen_support")
    assert math.isnan(found["model"])
    assert found["verdict"] == NOT_IN_RUN


def test_a_run_that_is_not_england_is_not_compared_with_england() -> None:
    table = base_year_table(*everything(), HOURS, england=False)
    assert table.empty
    assert tuple(table.columns) == COLUMNS


@given(gap=st.floats(-200.0, 200.0), tolerance=st.floats(0.0, 100.0))
def test_a_verdict_does_not_depend_on_the_side_of_the_gap(gap: float, tolerance: float) -> None:
    assert verdict_of(gap, tolerance) == verdict_of(-gap, tolerance)
    assert verdict_of(gap, tolerance) == (WITHIN if abs(gap) <= tolerance else OUTSIDE)


def test_a_target_that_nothing_works_out_is_refused() -> None:
    target = replace(base_year_targets()["ehcp_new_plans", "all"], published="moonlight")
    with pytest.raises(EvidenceError, match="asks for moonlight"):
        published_figure(target)


@pytest.mark.parametrize("phase", PHASES)
def test_hours_of_a_survey_are_moved_on_by_their_drift_from_its_year_to_the_end_of_the_base_year(phase: str) -> None:
    register, target = load_register(), base_year_targets()["senco_hours_per_week_mean", phase]
    surveyed = register[f"fact_implied_mean_protected_hours_{phase}_range"]
    asked_in = re.search(r"Period: (\d{4})\.", surveyed.note)
    assert asked_in is not None
    years = parse_year(target.period) + 1 - int(asked_in[1])
    moved = published_figure(target) - float(str(surveyed.value))
    assert moved == pytest.approx(years * register.number(f"hours_drift_{phase}"))


@pytest.mark.parametrize("hours", [0.01, 0.5, 1.0, 20.0])
def test_spread_between_schools_is_relative_to_their_mean_however_small(hours: float) -> None:
    mean, spread = _mean_and_spread(hours * np.array([1.0, 3.0]), np.array([2.0, 2.0]))
    assert (mean, spread) == pytest.approx((2.0 * hours, 0.5))
    assert np.isnan(_mean_and_spread(np.zeros(2), np.ones(2))[1])
