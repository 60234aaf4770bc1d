"""The Analysis Function's checklist for accessible spreadsheets, read off a finished file, XLSX or ODS."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from odf import dc, opendocument, table, text
from openpyxl import load_workbook

FIRST = ["Cover", "Contents", "Notes"]
KEPT_IN_VIEW = (None, "A5", "B5")
"""Panes that may be frozen: the guidance is against it; long sheets keep their headers, which note 8 says."""
SYMBOLS = re.compile(r"^[\s\W_]+$")


@dataclass
class Page:
    """One sheet as both formats show it."""

    name: str
    cells: list[list[Any]]
    shown: list[list[Any]]
    """Cells as a reader sees them: a number in its format, where it has one of its own."""
    tables: list[tuple[str, int, int, int]] = field(default_factory=list)
    """Name, header row, last row, number of columns; rows from 1."""
    faults: list[str] = field(default_factory=list)
    links: int = 0


@dataclass
class Document:
    """A file as both formats show it."""

    title: str
    language: str
    pages: list[Page]


def read_xlsx(path: Path) -> Document:
    book = load_workbook(path, data_only=True)  # of a formula, the number that stands alongside it
    core = zipfile.ZipFile(path).read("docProps/core.xml").decode()
    found = re.search(r"<dc:language>([^<]+)</dc:language>", core)
    pages = []
    for sheet in book.worksheets:
        cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
        page = Page(sheet.title, cells, [[shown_cell(cell) for cell in row] for row in sheet.iter_rows()])
        for one in sheet.tables.values():
            first, last = one.ref.split(":")
            start, end = sheet[first], sheet[last]
            if start.column != 1:
                page.faults.append("a table does not start in column A")
            page.tables.append((one.displayName, start.row, end.row, end.column))
            if one.autoFilter is not None:
                page.faults.append("a table has a filter")
        hidden = [*sheet.row_dimensions.values(), *sheet.column_dimensions.values()]
        page.faults += [
            word
            for word, there in (
                ("merged cells", bool(sheet.merged_cells.ranges)),
                ("frozen panes other than the header and what a row is called", sheet.freeze_panes not in KEPT_IN_VIEW),
                ("hidden rows or columns", any(one.hidden for one in hidden)),
                ("hidden sheet", sheet.sheet_state != "visible"),
                ("images", bool(sheet._images)),
                ("headers or footers", bool(sheet.oddHeader.center.text or sheet.oddFooter.center.text)),
                ("cursor not in A1", _cursor(sheet.sheet_view) != "A1"),
                ("background fills", any(c.fill.fill_type for row in sheet.iter_rows() for c in row)),
            )
            if there
        ]
        page.links = sum(1 for row in sheet.iter_rows() for cell in row if cell.hyperlink)
        for name, top, bottom, width in page.tables:
            body = [sheet.cell(row, column) for row in range(top, bottom + 1) for column in range(1, width + 1)]
            if not all(cell.alignment.wrap_text for cell in body):
                page.faults.append(f"{name}: text is not wrapped")
        pages.append(page)
    if book.active.title != pages[0].name:
        pages[0].faults.append("the file does not open on its first sheet")
    return Document(book.properties.title or "", found.group(1) if found else "", pages)


def _cursor(view: Any) -> str:
    """Where the cursor stands when a sheet is opened: in the pane that scrolls, if some are frozen."""
    pane = None if view.pane is None else view.pane.activePane
    return next(str(one.activeCell) for one in view.selection if one.pane == pane)


def read_ods(path: Path) -> Document:
    document = opendocument.load(str(path))
    ranges = {
        str(one.getAttribute("targetrangeaddress")): str(one.getAttribute("name"))
        for one in document.spreadsheet.getElementsByType(table.DatabaseRange)
    }
    pages = []
    for sheet in document.spreadsheet.getElementsByType(table.Table):
        name = str(sheet.getAttribute("name"))
        rows = sheet.getElementsByType(table.TableRow)
        cells = [row.getElementsByType(table.TableCell) for row in rows]
        told = [["".join(str(part) for part in cell.getElementsByType(text.P)) for cell in row] for row in cells]
        page = Page(name, [[_value(cell) for cell in row] for row in cells], told)
        for place, title in ranges.items():
            told = re.fullmatch(rf"{name}\.A(\d+):{name}\.([A-Z]+)(\d+)", place)
            if told:
                width = len(page.cells[int(told.group(1)) - 1])
                page.tables.append((title, int(told.group(1)), int(told.group(3)), width))
        headers = sheet.getElementsByType(table.TableHeaderRows)
        if len(headers) != len(page.tables):
            page.faults.append("a table has no header row")
        spans = [cell for row in rows for cell in row.getElementsByType(table.TableCell)]
        if any(cell.getAttribute("numbercolumnsspanned") or cell.getAttribute("numberrowsspanned") for cell in spans):
            page.faults.append("merged cells")
        page.links = len(sheet.getElementsByType(text.A))
        pages.append(page)
    titles, languages = (document.meta.getElementsByType(kind) for kind in (dc.Title, dc.Language))
    return Document(str(titles[0]) if titles else "", str(languages[0]) if languages else "", pages)


def shown_cell(cell: Any) -> Any:
    """What a spreadsheet program shows of a cell whose format has a part for each sign, such as ``+#,##0.0"p"``."""
    if cell.number_format == "General" or not isinstance(cell.value, int | float):
        return cell.value
    above, below, *zero = cell.number_format.split(";")
    part = below if cell.value < 0 else (zero or [above])[0] if cell.value == 0 else above
    percent = re.fullmatch(r'(?:"(.)")?0(?:\.(0+))?%', part)
    if percent is not None:
        return f"{percent[1] or ''}{abs(100 * cell.value):.{len(percent[2] or '')}f}%"
    told = re.fullmatch(r'"?(.?)"?#,##0(?:\.(0+))?(?:"(.*)")?', part)
    assert told is not None, cell.number_format
    return f"{told[1]}{abs(cell.value):,.{len(told[2] or '')}f}{told[3] or ''}"


def _value(cell: Any) -> Any:
    if cell.getAttribute("valuetype") in ("float", "percentage"):
        return float(cell.getAttribute("value"))
    return "".join(str(part) for part in cell.getElementsByType(text.P)) or None


def failures(document: Document) -> list[str]:
    """Everything that the checklist forbids and the file does; empty if it may be published."""
    found = [f"{page.name}: {fault}" for page in document.pages for fault in page.faults]
    names = [page.name for page in document.pages]
    if not document.title:
        found.append("no title in the properties")
    if document.language != "en-GB":
        found.append(f"language in the properties is {document.language!r}")
    if names[:3] != FIRST:
        found.append(f"the order is {names[:3]}")
    if len(set(names)) < len(names):
        found.append("two sheets have one name")
    for page in document.pages:
        found += [f"{page.name}: {fault}" for fault in _faults(page)]
    return found


def _faults(page: Page) -> Iterator[str]:
    if not page.cells or page.cells[0][0] in (None, ""):
        yield "no title in A1"
    if page.name == "Cover":
        return
    if len(page.tables) != 1:
        yield f"{len(page.tables)} tables"
        return
    ((name, top, bottom, width),) = page.tables
    headers = page.cells[top - 1][:width]
    body = [cell for row in page.cells[top - 1 : bottom] for cell in row[:width]]
    below = [cell for row in page.cells[bottom:] for cell in row]
    for fault, there in (
        ("a header is missing or comes twice", len({*headers} - {None, ""}) < width),
        ("an empty cell", any(cell in (None, "") for cell in body)),
        ("a cell of symbols only", any(isinstance(cell, str) and SYMBOLS.match(cell) for cell in body)),
        ("something stands below the table", any(cell not in (None, "") for cell in below)),
        ("a line of the contents is no link", page.name == "Contents" and page.links < bottom - top),
    ):
        if there:
            yield f"{name}: {fault}"


def unexplained(document: Document) -> set[str]:
    """Shorthand in brackets that the cover does not explain, and notes that the notes sheet does not have."""
    cover = " ".join(str(cell) for row in document.pages[0].cells for cell in row if cell)
    notes = " ".join(str(cell) for row in document.pages[2].cells for cell in row if cell)
    used = {
        sign
        for page in document.pages[3:]
        for row in page.cells
        for cell in row
        if isinstance(cell, str)
        for sign in re.findall(r"\[(?:note \d+|[a-z]+)\]", cell)
    }
    return {sign for sign in used if sign not in (notes if sign.startswith("[note") else cover)}
