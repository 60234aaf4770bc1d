"""The facts of the 153 councils add up to England's published totals."""

from __future__ import annotations

import csv
import dataclasses
from importlib import resources

import pytest

from sencosim.errors import EvidenceError
from sencosim.evidence.councils import (
    COUNCILS_SOURCES,
    Council,
    england_total,
    find_council,
    load_councils,
)

pytestmark = pytest.mark.unit

PLACEMENTS = [field.name for field in dataclasses.fields(Council) if field.name.startswith("plans_")]


@pytest.mark.parametrize(
    ("field", "published"),
    [
        ("primary_schools", 16_783),
        ("secondary_schools", 3_444),
        ("primary_pupils", 4_647_851),
        ("secondary_pupils", 3_630_171),
        ("primary_sen_support", 629_184),
        ("primary_ehc_plans", 117_757),
        ("secondary_sen_support", 448_967),
        ("secondary_ehc_plans", 87_219),
        ("requests", 154_489),
        ("requests_refused", 38_889),
        ("requests_agreed", 101_045),
        ("mediations_refusal_to_assess", 10_507),
        ("new_plans", 97_747),
        ("plans_caseload", 638_745),
        ("selective_schools", 163),
        ("all_through_schools", 160),
    ],
)
def test_england_total(field: str, published: int) -> None:
    assert england_total(field) == published


@pytest.mark.parametrize(
    ("phase", "need", "percent", "digits"),
    [
        ("primary", "sen_support", 14.8, 1),
        ("primary", "ehc_plans", 3.5, 1),
        ("secondary", "sen_support", 13.4, 1),
        ("secondary", "ehc_plans", 3.09, 2),
    ],
)
def test_levels_of_2025_give_englands_percentages(phase: str, need: str, percent: float, digits: int) -> None:
    share = england_total(f"{phase}_{need}_latest") / england_total(f"{phase}_pupils")
    assert round(100 * share, digits) == percent


def test_codes_are_of_2023_in_order_and_unique() -> None:
    councils = load_councils()
    assert len(councils) == len({council.ons_code for council in councils}) == len({c.name for c in councils}) == 153
    codes = [council.la_code for council in councils]
    assert codes == sorted(set(codes))
    assert {815, 933, 942, 943} <= set(codes)
    assert 909 not in codes


def test_placements_add_to_the_caseload_where_they_are_published() -> None:
    for council in load_councils():
        parts = [getattr(council, name) for name in PLACEMENTS if name != "plans_caseload"]
        if None in parts:
            assert council.name in {"North East Lincolnshire", "Cambridgeshire"}
        else:
            assert sum(parts) == council.plans_caseload


def test_parts_never_exceed_wholes() -> None:
    for c in load_councils():
        assert c.infant_schools + c.junior_schools <= c.primary_schools
        secondaries = c.middle_schools + c.selective_schools + c.all_through_schools + c.technical_schools
        assert secondaries + c.sixteen_to_nineteen_schools + c.sixth_form_schools <= c.secondary_schools
        assert c.primary_sen_support + c.primary_ehc_plans <= c.primary_pupils
        assert c.requests_refused + c.requests_agreed <= c.requests
        assert 0 <= c.refused_share <= 1
        assert 0 <= c.decided_in_6_weeks_share <= 1


def test_gaps_fall_back_to_england() -> None:
    dorset = find_council("Dorset")
    assert dorset.issued_in_20_weeks_share is None
    refused, requests = (england_total(name) for name in ("requests_refused", "requests"))
    assert refused / requests == pytest.approx(0.252, abs=0.0005)
    assert find_council("Surrey").appealable_decisions is None
    kent = find_council("Kent")
    assert (kent.appeals_registered or 0) / (kent.appealable_decisions or 1) == pytest.approx(0.1, abs=0.1)


def test_a_council_is_found_by_name_or_code() -> None:
    assert find_council("KENT") is find_council(886) is find_council("E10000016")
    with pytest.raises(EvidenceError, match=r"Nearest: .*Westminster"):
        find_council("Westminister")


def test_the_file_has_exactly_the_fields() -> None:
    text = resources.files("sencosim.evidence").joinpath("councils.csv").read_text(encoding="utf-8")
    header = next(csv.reader(text.splitlines()))
    assert set(header) == {field.name for field in dataclasses.fields(Council)}
    assert all(link.startswith("https://") for _, link in COUNCILS_SOURCES.values())
