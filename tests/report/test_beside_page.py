"""Beside the headline on the page, in the workbook and in ``beside.csv``: the same figures, with their words."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sencosim.experiment.plan import LONG_YEARS
from sencosim.outcomes.beside import COLUMNS
from sencosim.report.beside import beside_frame, beside_lines, beside_sheet, beside_table
from sencosim.report.findings import Findings
from sencosim.report.inputs import ReportInputs
from sencosim.report.outputs import write_outputs
from sencosim.report.quoted import numbers_in, unsupported_figures
from sencosim.report.stored import read_run
from sencosim.report.table import Number, value_of

pytestmark = pytest.mark.unit
NAN = math.nan
LINES = {"lines": pd.DataFrame({"value_gbp": [1.0]})}
ROWS = [
    ("headline", 1.2e9, -9.1e8, NAN, NAN, 10, NAN, NAN, NAN),
    ("optimism_bias", 1.5e9, -1.3e9, NAN, NAN, 10, NAN, NAN, NAN),
    ("after_horizon", -2.5e7, 1.25e7, NAN, NAN, NAN, NAN, NAN, NAN),
    ("new_burdens", 4.5e6, NAN, NAN, NAN, NAN, NAN, NAN, NAN),
    ("law_announced", 1.4e9, -9.9e8, NAN, NAN, 10, NAN, NAN, NAN),
    ("long_horizon", 3.1e9, -2.2e9, 6e6, 5e6, 30, 0.02, 2036, 0.85),
    ("sample_headline_years", 1.1e9, -9.0e8, NAN, NAN, 10, 0.02, 2036, 0.85),
    ("sample_long_horizon", 3.0e9, -2.19e9, NAN, NAN, 30, 0.02, 2036, 0.85),
]


@pytest.fixture
def told(inputs: ReportInputs) -> ReportInputs:
    return replace(inputs, appraisal=LINES, beside=pd.DataFrame(ROWS, columns=list(COLUMNS)))


def test_the_table_has_a_row_for_each_case_and_its_lines_quote_them(told: ReportInputs) -> None:
    findings = Findings(told)
    table = beside_table(findings)
    assert [row[0] for row in table.shown] == [
        "The headline, 10 years",
        "With optimism bias",
        "After the horizon",
        "New burdens on councils, first three years",
        "Against the announced law",
        "Over 30 years",
    ]
    for row, (_, cost, value, *_) in zip(table.rows, ROWS, strict=False):
        assert isinstance(row[1], Number)
        assert row[1].value == pytest.approx(cost / 1e6)
        assert (row[2] is None) == math.isnan(value)
        assert all(isinstance(words, str) and words for words in row[3:])
    lines = beside_lines(findings)
    assert len(lines) == len(table.rows) - 1
    assert lines[1].startswith("After the horizon")
    assert "a saving of £25 million" in lines[1]
    assert unsupported_figures(" ".join(lines), numbers_in(told.beside)) == []
    assert "2036/37" in str(table.rows[5][4])
    assert "2% of England" in str(table.rows[5][3])
    assert "£1.1 billion" in table.notes[0]


def test_words_say_over_how_many_years_the_long_case_runs(told: ReportInputs) -> None:
    is_long = told.beside["case"].str.contains("long_horizon")
    longer = replace(told, beside=told.beside.assign(years=told.beside["years"].mask(is_long, LONG_YEARS + 5)))
    assert beside_lines(Findings(longer))[-1].startswith(f"Over {LONG_YEARS + 5} years the public purse bears")
    none = Findings(replace(told, beside=told.beside[~is_long]))
    assert any(f"{LONG_YEARS}-year case" in note for note in beside_table(none).notes)


def test_what_was_not_run_is_said(told: ReportInputs) -> None:
    few = replace(told, beside=told.beside.iloc[:4])
    findings = Findings(few)
    assert any("not run" in note for note in beside_table(findings).notes)
    assert not any("not run" in note for note in beside_table(Findings(told)).notes)
    assert len(beside_lines(findings)) == 3


def test_figures_are_written_read_back_and_set_in_the_workbook(told: ReportInputs, tmp_path: Path) -> None:
    folder = write_outputs(told, tmp_path)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert ">Alongside the headline</h2>" in page
    csv = pd.read_csv(folder / "beside.csv")
    assert csv["net_public_cost"].tolist() == [row[1] for row in ROWS]
    assert csv["reading"].notna().all()
    back = Findings(read_run(folder).inputs)
    assert beside_table(back).shown == beside_table(Findings(told)).shown
    assert beside_lines(back) == beside_lines(Findings(told))
    sheet = beside_sheet(back)
    assert sheet is not None
    cost = sheet.columns.index("Net cost to the public purse, £ million")
    shown = [float(value_of(row[cost], sheet.missing)) for row in sheet.rows]
    assert shown == pytest.approx([row[1] / 1e6 for row in ROWS])


def test_a_run_without_a_policy_has_nothing_beside_it(inputs: ReportInputs, tmp_path: Path) -> None:
    findings = Findings(inputs)
    assert (beside_lines(findings), beside_table(findings).rows, beside_sheet(findings)) == ((), (), None)
    assert beside_frame(findings).empty
    folder = write_outputs(replace(inputs, appraisal=LINES), tmp_path)
    assert not (folder / "beside.csv").exists()
    assert "Alongside the headline" not in (folder / "report.html").read_text(encoding="utf-8")
