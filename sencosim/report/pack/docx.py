"""Word documents: tables that a reader can paste from, with header rows and notes, and the parts of other documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from sencosim.report.pack.workbook import settle
from sencosim.report.table import Table
from sencosim.report.words import MINUS

CREATED = datetime(2026, 1, 1, tzinfo=UTC)
"""Written into every file, so that the same run gives the same bytes."""
A4_CM = (21.0, 29.7)
JOINER = "\N{WORD JOINER}"
FONT = "Arial"
FIRST_CM = 5.5
"""Width of the first column of a table, which names its rows: with years across, the others would squeeze it. [cm]"""
BLUE = RGBColor(0x12, 0x43, 0x6D)
HEADINGS = {"Heading 1": 7.0, "Heading 2": 2.0}
"""Size of a heading over that of text. [points]"""


@dataclass(frozen=True)
class Page:
    """How a document is set: paper is A4."""

    landscape: bool = True
    points: float = 9.0  # size of text
    margin_cm: float | None = None  # as in the empty document, if none is given


def write_docx(title: str, stamps: Iterable[str], tables: Iterable[Table], path: Path) -> None:
    """Write tables into a file, replaced if it is there: what every reader must see first, then table by table."""
    document = new_document(title, Page(margin_cm=1.8))
    document.add_heading(title, level=1)
    for stamp in stamps:
        document.add_paragraph(stamp)
    for table in tables:
        document.add_heading(table.caption.rstrip("."), level=2)
        add_grid(document, table, FIRST_CM)
        for note in table.notes:
            document.add_paragraph(note)
    save(document, path)


def new_document(title: str, page: Page) -> Any:
    """An empty document with its properties, paper and styles."""
    document = Document()
    about = document.core_properties
    about.title, about.author, about.language, about.comments = title, "sencosim", "en-GB", ""
    about.created = about.modified = CREATED
    styles = document.styles
    styles["Normal"].font.name, styles["Normal"].font.size = FONT, Pt(page.points)
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    paper = document.sections[0]
    short, long = (Cm(side) for side in A4_CM)
    paper.orientation = WD_ORIENT.LANDSCAPE if page.landscape else WD_ORIENT.PORTRAIT
    paper.page_width, paper.page_height = (long, short) if page.landscape else (short, long)
    if page.margin_cm is not None:
        _set_close(document, page.points, Cm(page.margin_cm))
    return document


def _set_close(document: Any, points: float, margin: Any) -> None:
    """Narrow margins, little space between paragraphs, headings in the font of the text."""
    paper = document.sections[0]
    paper.left_margin = paper.right_margin = paper.top_margin = paper.bottom_margin = margin
    for name in ("Normal", "List Bullet", *HEADINGS):
        space = document.styles[name].paragraph_format
        space.space_before, space.space_after = Pt(6 if name in HEADINGS else 0), Pt(2 if name == "List Bullet" else 3)
        space.line_spacing = 1.0
    for name, larger in HEADINGS.items():
        font = document.styles[name].font
        font.name, font.size, font.color.rgb = FONT, Pt(points + larger), BLUE
        for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts = document.styles[name].element.rPr.rFonts
            fonts.attrib.pop(qn(kind), None)


def save(document: Any, path: Path) -> None:
    """Write a document, the same bytes for the same content."""
    document.save(str(path))
    settle(path)


def unbroken(text: str) -> str:
    """A text in which no line ends between a minus sign and its number.

    Examples
    --------
    >>> len(unbroken(f"{MINUS}£3")) - len(f"{MINUS}£3"), unbroken("£3")
    (1, '£3')
    """
    return text.replace(MINUS, f"{MINUS}{JOINER}")


def add_grid(document: Any, table: Table, first_cm: float | None = None) -> None:
    """Add a table with its header row, without its title; the first column as wide as said, the rest share the page."""
    grid = document.add_table(rows=0, cols=len(table.columns), style="Table Grid")
    widths = [] if first_cm is None else _widths(document, len(table.columns), first_cm)
    grid.autofit = not widths
    for column, width in zip(grid.columns, widths, strict=False):
        column.width = width
    for number, row in enumerate((table.columns, *table.shown)):
        is_strong = number == 0 or number - 1 in table.strong_rows
        added = grid.add_row()
        added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        cells = added.cells
        for column, (cell, text) in enumerate(zip(cells, row, strict=True)):
            cell.paragraphs[0].add_run(text).bold = is_strong
            if widths:
                cell.width = widths[column]
            if column and column not in table.text_columns:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    # Told as the header, so that it comes again on every page and is read out with each cell.
    grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _widths(document: Any, columns: int, first_cm: float) -> list[Any]:
    paper = document.sections[0]
    rest = (paper.page_width - paper.left_margin - paper.right_margin - Cm(first_cm)) // (columns - 1)
    return [Cm(first_cm), *[rest] * (columns - 1)]
