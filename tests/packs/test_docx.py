"""Tables as a Word document: read back, it holds what the page shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH

from sencosim.report.budget import budget_section
from sencosim.report.findings import Findings
from sencosim.report.pack.docx import write_docx
from sencosim.report.showing import banners
from sencosim.report.stored import StoredRun
from sencosim.report.table import Estimate, Interval, Number, Table
from sencosim.report.tables import payer_table, views_table

WORD_JOINER = "\u2060"
"""Keeps a sign and its number on one line."""
TABLE = Table(
    key="apples",
    caption="Apples, by colour.",
    columns=("Colour", "In words", "Number", "Change"),
    rows=(
        ("red", "many", Number(1234.0, 10.0), Estimate(Number(-3.0, 1.0, signed=True), Interval(-5.0, 1.0, 1.0))),
        ("all", "none", None, Number(0.0, 1.0, signed=True)),
    ),
    notes=("Fruit that fell is not counted.",),
    strong_rows=(1,),
    text_columns=(1,),
)


def _texts(row: Any) -> tuple[str, ...]:
    return tuple(cell.text.replace(WORD_JOINER, "") for cell in row.cells)


@pytest.mark.unit
def test_a_document_reads_back_as_it_was_written(tmp_path: Path) -> None:
    write_docx("Fruit", ["Not to be eaten."], [TABLE], tmp_path / "fruit.docx")
    document = Document(str(tmp_path / "fruit.docx"))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert [text for text in texts if text] == ["Fruit", "Not to be eaten.", "Apples, by colour", TABLE.notes[0]]
    (grid,) = document.tables
    read = [_texts(row) for row in grid.rows]
    assert read == [TABLE.columns, *TABLE.shown]
    assert grid.cell(1, 2).text == "1,230"
    bold = [all(run.bold for cell in row.cells for run in cell.paragraphs[0].runs) for row in grid.rows]
    assert bold == [True, False, True]
    right = [cell.paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.RIGHT for cell in grid.rows[1].cells]
    assert right == [False, False, True, True]
    assert "w:tblHeader" in grid.rows[0]._tr.xml
    assert (document.core_properties.title, document.core_properties.language) == ("Fruit", "en-GB")
    assert 'w:val="en-US"' not in document.styles.element.xml


@pytest.mark.unit
def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.docx", "two.docx"):
        write_docx("Fruit", [], [TABLE], tmp_path / name)
    assert (tmp_path / "one.docx").read_bytes() == (tmp_path / "two.docx").read_bytes()


@pytest.mark.engine
def test_the_pack_has_its_key_tables_for_word(pack: Path, full_time: StoredRun) -> None:
    document = Document(str(pack / "tables.docx"))
    findings = Findings(full_time.inputs)
    held = [[_texts(row) for row in grid.rows] for grid in document.tables]
    budget = budget_section(findings)
    assert budget is not None
    for table in (views_table(findings), payer_table(findings), budget.cash, budget.real):
        assert [table.columns, *table.shown] in held
    said = [paragraph.text for paragraph in document.paragraphs]
    assert [banner for banner in banners(findings) if banner not in said] == []
