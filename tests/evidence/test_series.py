"""The published series in the package are those of the evidence tables."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from sencosim.errors import EvidenceError
from sencosim.evidence.register import load_register
from sencosim.evidence.series import (
    load_north_lincolnshire,
    load_series,
    series_over_time,
    series_value,
)

pytestmark = pytest.mark.unit


def test_equal_to_the_evidence_tables(shared_evidence: Path) -> None:
    with (shared_evidence / "national_series.csv").open(encoding="utf-8", newline="") as rows:
        published = {
            (row["series"], row["breakdown"], row["period"], float(row["value"]), row["unit"], row["source_url"])
            for row in csv.DictReader(rows)
        }
    ours = {(one.series, one.breakdown, one.period, one.value, one.unit, one.source_url) for one in load_series()}
    assert ours <= published


def test_north_lincolnshire_equals_the_evidence_tables(shared_evidence: Path) -> None:
    with (shared_evidence / "senco_workforce.csv").open(encoding="utf-8", newline="") as rows:
        table = [row for row in csv.DictReader(rows) if row["parameter"] == "north_lincs_school"]
    assert [
        (one.respondent, one.sen_support, one.ehc_plans, one.hours_per_week) for one in load_north_lincolnshire()
    ] == [(*map(int, re.findall(r"\d+", row["breakdown"])[:3]), float(row["value"])) for row in table]


def test_north_lincolnshire_statistics() -> None:
    schools = load_north_lincolnshire()
    hours = sorted(one.hours_per_week for one in schools)
    assert len(schools) == 21
    assert sum(hours) / 21 == pytest.approx(6.81, abs=0.005)
    assert hours[10] == 3.25
    pupils = sum(one.sen_support + one.ehc_plans for one in schools)
    assert sum(hours) / pupils == pytest.approx(0.175, abs=0.0005)
    assert sum(one.hours_per_week < 9.75 for one in schools) == 15


def test_keys_are_unique_and_sources_given() -> None:
    points = load_series()
    assert len({(one.series, one.breakdown, one.period) for one in points}) == len(points)
    for one in points:
        assert one.unit
        assert one.source_title
        assert one.status in {"seen", "derived", "memory-unverified"}
        assert one.source_url or one.source_title == "no page found" or one.status != "seen", one


@pytest.mark.parametrize(
    ("series", "breakdown", "period", "value"),
    [
        ("ehcp_initial_requests", "all", "2024", 154489),
        ("ehcp_requests_refused", "all", "2024", 38889),
        ("ehcp_refused_share", "source_parent_or_young_person", "2025", 48.8),
        ("ehcp_refused_share", "source_school_or_other_education_setting", "2025", 16.6),
        ("ehcp_new_plans", "all", "2024", 97747),
        ("ehcp_issued_within_20_weeks_share", "excluding_exceptions", "2024", 46.4),
        ("ehcp_caseload", "all_ages_0_25", "Jan 2025", 638745),
        ("pupils_sen_support", "all_schools", "Jan 2025", 1284284),
        ("pupils_with_ehcp", "all_schools", "Jan 2025", 482640),
        ("pupils_sen_support_share", "state_primary", "Jan 2025", 14.8),
        ("pupils_with_ehcp_share", "state_secondary", "Jan 2025", 3.09),
        ("suspensions", "all_state|sen_support", "2023/24", 330908),
        ("permanent_exclusions", "all_state|ehcp", "2023/24", 1044),
        ("permanent_exclusion_rate", "state_secondary", "2023/24", 0.2534),
        ("tribunal_appeals_registered", "calendar_year", "2024", 22276),
        ("tribunal_appeals_registered", "academic_year", "2024/25", 25002),
    ],
)
def test_calibration_targets_are_there(series: str, breakdown: str, period: str, value: float) -> None:
    assert series_value(series, breakdown, period) == value


def test_register_agrees_with_the_series() -> None:
    register = load_register()
    shares = {
        "refusal_share_school_led": ("ehcp_refused_share", "source_school_or_other_education_setting", "2025"),
        "refusal_share_parental": ("ehcp_refused_share", "source_parent_or_young_person", "2025"),
        "assessment_no_plan_share": ("ehcp_assessments_no_plan_share", "all", "2024"),
        "absence_rate_sen_support": ("absence_rate_by_sen", "sen_support_autumn_spring_terms", "2022/23"),
        "absence_rate_ehc_plan": ("absence_rate_by_sen", "ehcp_autumn_spring_terms", "2022/23"),
    }
    for name, key in shares.items():
        assert register.number(name) == pytest.approx(series_value(*key) / 100.0, abs=5e-4), name
    refused = series_value("ehcp_requests_refused", "all", "2024")
    no_plan = series_value("ehcp_assessments_no_plan", "all", "2024")
    mediated = series_value("mediation_cases", "refusal_to_assess", "2024")
    mediated += series_value("mediation_cases", "refusal_to_issue", "2024")
    assert register.number("mediation_share_refusal") == pytest.approx(mediated / (refused + no_plan), abs=0.005)
    plans = series_value("ehcp_new_plans", "all", "2024")
    contents = series_value("mediation_cases", "contents_or_other", "2024") / plans
    assert register.number("mediation_share_other") == pytest.approx(contents, abs=0.002)


def test_over_time() -> None:
    caseload = series_over_time("ehcp_caseload", "all_ages_0_25")
    assert list(caseload)[-1] == "Jan 2025"
    assert caseload["Jan 2025"] > caseload["Jan 2024"]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (("ehcp_request", "all", "2024"), "no series named ehcp_request. Nearest: "),
        (("ehcp_new_plans", "al", "2024"), "no breakdown of ehcp_new_plans named al. Nearest: all"),
        (("ehcp_new_plans", "all", "1999"), "no period of ehcp_new_plans, all named 1999"),
    ],
)
def test_unknown_figures_are_said(key: tuple[str, str, str], words: str) -> None:
    with pytest.raises(EvidenceError, match=re.escape(words)):
        series_value(*key)
    with pytest.raises(EvidenceError):
        series_over_time("ehcp_request", "all")
