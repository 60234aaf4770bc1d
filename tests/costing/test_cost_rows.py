"""No row of the cost evidence is unaccounted for."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sencosim.costing.prices import HEADLINES, PRICE_PARAMETERS, PriceBook
from sencosim.evidence.coverage import COST_ROWS_FILE, ROLES, load_cost_rows
from sencosim.evidence.register import evidence_folder, load_register

pytestmark = pytest.mark.unit
READ = {*PRICE_PARAMETERS, *HEADLINES}
SAME = (
    "parameter",
    "breakdown",
    "value",
    "low",
    "high",
    "unit",
    "price_year",
    "payer",
    "cashable",
    "source_title",
    "source_url",
    "status",
    "quality",
)


def test_every_row_of_the_evidence_is_there_unchanged(shared_evidence: Path) -> None:
    with (shared_evidence / "costs.csv").open(encoding="utf-8", newline="") as file:
        collected = [tuple(row[name] for name in SAME) for row in csv.DictReader(file)]
    with (evidence_folder() / COST_ROWS_FILE).open(encoding="utf-8", newline="") as file:
        ours = [tuple(row[name] for name in SAME) for row in csv.DictReader(file)]
    assert ours == collected


def test_rows_are_unique_and_each_has_a_role_and_a_reason() -> None:
    rows = load_cost_rows()
    assert len({(row.parameter, row.breakdown) for row in rows}) == len(rows) > 140
    assert {row.role for row in rows} <= set(ROLES)
    assert all(len(row.why) >= 6 for row in rows)


def test_a_row_that_is_used_names_unit_costs_that_are_read_and_one_that_is_not_names_none() -> None:
    for row in load_cost_rows():
        assert set(row.unit_costs) <= READ, row
        if row.role in {"price", "ingredient", "range", "memorandum"}:
            assert row.unit_costs, row
        if row.role == "refused":
            assert not row.unit_costs, row


def test_headlines_are_memorandum_only() -> None:
    for row in load_cost_rows():
        published = {name for name in row.unit_costs if name.startswith("headline_")}
        assert bool(published) == (row.role == "memorandum"), row


def test_a_unit_cost_that_no_row_bears_on_is_an_assumption_or_names_another_source() -> None:
    register = load_register()
    told = {name for row in load_cost_rows() for name in row.unit_costs}
    for name in READ - told:
        assert register[name].kind == "assumption" or register[name].source is not None, name


def test_a_price_that_a_row_sets_lies_between_its_ends() -> None:
    register = load_register()
    for row in load_cost_rows():
        if row.role != "price" or row.low is None or row.high is None or len(row.unit_costs) != 1:
            continue
        entry = register[row.unit_costs[0]]
        if entry.unit.startswith("GBP per hour"):
            continue
        value = register.number(entry.name)
        assert row.low <= value <= row.high, row


def test_refused_life_course_values_are_in_no_book() -> None:
    refused = {row.parameter for row in load_cost_rows() if row.role == "refused"}
    assert {"neet_lifetime_taxpayer", "gcse_grade_pv", "absence_day_earnings", "teacher_turnover_cost"} <= refused
    for view in ("campaign", "central", "sceptic"):
        used = {name for charge in PriceBook.for_view(view).charges for name in charge.parameters}
        assert not used & refused
