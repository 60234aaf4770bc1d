"""Tables as a Word document that a reader can paste from: headings, real tables with header rows, notes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from sencosim.report.pack.workbook import settle
from sencosim.report.table import Table

CREATED = datetime(2026, 1, 1, tzinfo=UTC)
"""Written into every file, so that the same run gives the same bytes."""


def write_docx(title: str, stamps: Iterable[str], tables: Iterable[Table], path: Path) -> None:
    """Write tables into a file, replaced if it is there: what every reader must see first, then table by table."""
    document = Document()
    about = document.core_properties
    about.title, about.author, about.language, about.comments = title, "sencosim", "en-GB", ""
    about.created = about.modified = CREATED
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = "Arial", Pt(9)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, page.page_height, page.page_width
    document.add_heading(title, level=1)
    for stamp in stamps:
        document.add_paragraph(stamp)
    for table in tables:
        _add(document, table)
    document.save(str(path))
    settle(path)


def _add(document: Any, table: Table) -> None:
    document.add_heading(table.caption.rstrip("."), level=2)
    grid = document.add_table(rows=0, cols=len(table.columns), style="Table Grid")
    for number, row in enumerate((table.columns, *table.shown)):
        is_strong = number == 0 or number - 1 in table.strong_rows
        cells = grid.add_row().cells
        for column, (cell, text) in enumerate(zip(cells, row, strict=True)):
            cell.paragraphs[0].add_run(text).bold = is_strong
            if column and column not in table.text_columns:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    # Told as the header, so that it comes again on every page and is read out with each cell.
    grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for note in table.notes:
        document.add_paragraph(note)
