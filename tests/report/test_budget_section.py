"""The budget statement on the page: lines add up, nothing is hidden, and every word comes from the table."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from sencosim.costing.budget import FLOW_BACKS, LEAVING, STATEMENT, budget_statement, flow_back_lines, with_flow_backs
from sencosim.costing.cost import cost
from sencosim.costing.discount import discount_factors
from sencosim.costing.option import AppraisalFrame
from sencosim.costing.prices import PriceBook
from sencosim.costing.tariffs import PolicyTerms
from sencosim.report.budget import (
    CASH,
    FINANCIAL,
    LEAVING_WORDS,
    REAL,
    are_counted,
    block_lines,
    budget_of,
    budget_section,
    leaving_by_payer,
    statement_lines,
    years_of,
)
from sencosim.report.findings import Findings
from sencosim.report.inputs import ReportInputs
from sencosim.report.looks import Exact
from sencosim.report.manifest import completed
from sencosim.report.pack.results import budget_sheets
from sencosim.report.page import page_html
from sencosim.report.table import value_of
from sencosim.report.tables import payer_table
from sencosim.report.words import MINUS

pytestmark = pytest.mark.unit
FRAME = AppraisalFrame(2027, 5)
AMOUNTS = {
    "added_hours": 4e6,
    "senco_starters": 900.0,
    "officer_hours": -8e4,
    "pupil_years.independent_special": -300.0,
    "special_places_added": 50.0,
    "pupil_years.identification_wait": -4e4,
}


def table_of(flow_backs: str = "none") -> pd.DataFrame:
    """A budget table of made-up differences, with some money of pupils who leave mainstream."""
    book = PriceBook.for_view("central", PolicyTerms(flow_backs=flow_backs))  # type: ignore[arg-type]
    rows = [(year, name, amount * (year - 2026)) for year in range(2027, 2032) for name, amount in AMOUNTS.items()]
    ledger = pd.DataFrame(rows, columns=["year", "quantity", "value"])
    lines = cost(ledger, book)
    follows = lines["item"].isin(["core_spared", "first_6000_spared"])
    lines["category"] = lines["category"].where(~follows, LEAVING)
    statement = budget_statement(lines, FRAME)
    return with_flow_backs(statement, flow_back_lines(ledger, book), FRAME, counted=book.flow_backs_count)


@pytest.fixture
def findings(inputs: ReportInputs) -> Findings:
    table = pd.concat([table_of().assign(view=view) for view in inputs.views], ignore_index=True)
    return Findings(replace(inputs, appraisal={"budget": table}))


def number(cell: str) -> float:
    return float(cell.replace(MINUS, "-").replace(",", "").replace("+", ""))


def test_payers_and_kinds_both_add_up_to_the_purse(findings: Findings) -> None:
    table = budget_of(findings, "central")
    years, lines = years_of(table, FINANCIAL), list(statement_lines(table))
    purse = next(place for place, line in enumerate(lines) if line.strong)
    kinds = [line for line in lines[purse + 1 :] if line.title.strip().startswith("of which")]
    payers = [line for line in lines[:purse] if not line.title.strip().startswith("of which")]
    for amount in (CASH, REAL):
        whole = lines[purse].amounts(FINANCIAL, amount, years)
        assert whole[-1] == pytest.approx(sum(whole[:-1]))
        for group in (payers, kinds):
            sums = pd.DataFrame([line.amounts(FINANCIAL, amount, years) for line in group]).sum()
            assert sums.to_list() == pytest.approx(whole, rel=1e-9)
    assert {line.title for line in kinds} >= {"\u2003of which capital budgets", "\u2003of which resource budgets"}


def test_money_of_pupils_who_leave_stands_under_schools_and_the_department(findings: Findings) -> None:
    titles = [line.title for line in statement_lines(budget_of(findings, "central"))]
    places = [place for place, title in enumerate(titles) if title == LEAVING_WORDS]
    assert [titles[place - 1] for place in places] == ["Schools", "Department for Education"]
    told = leaving_by_payer(findings, "central")
    rows = table_of()
    rows = rows[(rows["category"] == LEAVING) & (rows["payer"] == "dfe")]
    by_year = rows.groupby("academic_year")["real_gbp"].sum()
    assert told["dfe"] == pytest.approx(float(by_year.to_numpy() @ discount_factors(5)))
    assert set(told) == {"schools", "dfe"}


def test_the_table_of_payers_shows_it_as_a_part_and_still_adds_up(inputs: ReportInputs, findings: Findings) -> None:
    renamed = {"DfE": "dfe"}
    table = inputs.summary.assign(payer=inputs.summary["payer"].replace(renamed))
    runs = inputs.runs.assign(payer=inputs.runs["payer"].replace(renamed))
    payers = tuple(renamed.get(name, name) for name in inputs.public_payers)
    told = replace(findings.inputs, summary=table, runs=runs, public_payers=payers)
    shown = payer_table(Findings(told))
    parts = [row for row in shown.shown if row[0] == LEAVING_WORDS]
    assert len(parts) == 2
    assert all(len(row) == len(shown.columns) for row in shown.rows)
    whole = shown.strong_rows[0]
    sums = [number(row[3]) for row in shown.shown[:whole] if row[0] != LEAVING_WORDS]
    assert sum(sums) == pytest.approx(number(shown.shown[whole][3]))
    assert "part of the row above" in " ".join(shown.notes)
    assert LEAVING_WORDS not in [row[0] for row in payer_table(Findings(inputs)).shown]


@pytest.mark.parametrize("flow_backs", ["none", "all"])
def test_the_block_of_flow_backs_is_always_there_and_says_whether_it_counts(flow_backs: str) -> None:
    table = table_of(flow_backs)
    assert are_counted(table) == (flow_backs == "all")
    *kinds, together, without, with_them = block_lines(table)
    years = years_of(table, FINANCIAL)
    amounts = [line.amounts(FINANCIAL, CASH, years) for line in (*kinds, together, without, with_them)]
    for year in range(len(years) + 1):
        *parts, whole, bare, net = (row[year] for row in amounts)
        assert sum(parts) == pytest.approx(whole)
        assert bare + whole == pytest.approx(net)
        assert whole < 0.0
    plain = [line.amounts(FINANCIAL, CASH, years) for line in block_lines(table_of("none"))]
    assert [cell for row in amounts for cell in row] == pytest.approx([cell for row in plain for cell in row])


def test_the_section_names_reviews_the_deflator_and_new_burdens(findings: Findings) -> None:
    section = budget_section(findings)
    assert section is not None
    assert section.cash.columns[1:] == ("2027-28", "2028-29", "2029-30", "2030-31", "2031-32", "2032-33", "All years")
    assert section.academic.columns[1] == "2027/28"
    assert section.cash.shown[0][1:4] == ("2025", "2025, 2027 on", "2027 on")
    assert "From 2031-32 on the deflator is extrapolated" in " ".join(section.notes)
    assert section.burdens.startswith("New burdens: from 2027/28 to 2029/30 the policy costs councils £")
    assert " less in real terms" in section.burdens
    assert "includes none of them" not in section.burdens
    assert "The statement above includes none of them" in " ".join(section.flow_backs.notes)
    assert section.lead.startswith("In cash the policy costs the public purse £")


def test_a_run_without_a_statement_has_no_section(inputs: ReportInputs) -> None:
    assert budget_section(Findings(inputs)) is None
    assert list(budget_sheets(Findings(inputs))) == []
    bare = Findings(replace(inputs, manifest=completed(inputs.manifest)))
    assert "Who pays, year by year" not in page_html(bare, [], "a-run", "2026-11-22T10:15:00Z")


def test_the_sheets_have_every_view_by_both_calendars_and_payers_add_up(findings: Findings) -> None:
    frames = []
    for sheet, above in zip(budget_sheets(findings), (2, 0), strict=True):
        assert all(len(row) == len(sheet.columns) for row in sheet.rows)
        assert all(value_of(cell, sheet.missing) != sheet.missing for row in sheet.rows for cell in row)
        rows = [[cell.value if isinstance(cell, Exact) else cell for cell in row] for row in sheet.rows]
        frames.append(pd.DataFrame(rows, columns=list(sheet.columns)).iloc[above:])
        assert set(frames[-1]["View"]) == set(findings.inputs.views)
    financial, academic = (frame[frame["Line"] == "Public purse, net"] for frame in frames)
    for view in findings.inputs.views:
        real, same, cash = (
            frame[(frame["View"] == view) & (frame["Cash or real"] == terms)].iloc[0, 4:].to_numpy(dtype=float)
            for frame, terms in ((financial, "real"), (academic, "real"), (financial, "cash"))
        )
        for own in (real, same, cash):
            assert own[-1] == pytest.approx(own[:-1].sum())
        assert real[-1] == pytest.approx(same[-1])
        table = budget_of(findings, view)
        own = table[table["block"] == STATEMENT]
        assert cash[-1] == pytest.approx(own[CASH].sum() / 1e6)
    assert (budget_of(findings, "central")["block"] == FLOW_BACKS).any()


@pytest.mark.parametrize(
    ("funder", "words", "not_words"),
    [
        ("councils_then_central", "central government from it on", "in all years"),
        ("councils", "paid by councils in all years", "central government"),
        ("shared", "central government half each", "takes them over"),
    ],
)
def test_words_on_high_needs_follow_who_pays_them(findings: Findings, funder: str, words: str, not_words: str) -> None:
    made_up = findings.inputs
    resolved = made_up.scenario.resolved_yaml.replace("councils_then_central", funder)
    inputs = replace(made_up, scenario=replace(made_up.scenario, resolved_yaml=resolved))
    section = budget_section(Findings(inputs))
    assert section is not None
    told = " ".join((section.burdens, *section.notes))
    assert words in told
    assert not_words not in told
