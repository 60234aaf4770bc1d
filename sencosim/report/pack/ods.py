"""A workbook as accessible ODS, made directly: converting would lose titles, languages and marked tables."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from odf.dc import Language, Title
from odf.element import Element
from odf.meta import CreationDate, Generator
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import ParagraphProperties, Style, TableCellProperties, TableColumnProperties, TextProperties
from odf.table import DatabaseRange, DatabaseRanges, Table, TableCell, TableColumn, TableHeaderRows, TableRow
from odf.text import A, P

from sencosim.report.pack.sheet import SHORTHAND, Sheet, Workbook

LANGUAGE, COUNTRY = "en", "GB"
CREATED = "2026-01-01T00:00:00"
_ZIP_TIME = (2026, 1, 1, 0, 0, 0)
_WIDTH_CM, _WIDE_CM, _WIDEST_CM = 3.2, 7.0, 20.0
_LONG, _LONGEST = 18, 60


class _Writer:
    """Styles and sheets of one document."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        # odfpy keeps one list of name spaces for all documents of a program and writes all of them.
        Element.namespaces.clear()
        self.document = OpenDocumentSpreadsheet()
        self.ranges = DatabaseRanges()
        # odfpy puts a version of its own first; the reader's program should know who made the file.
        self.document.meta.childNodes = []
        for element, text in ((Title, workbook.title), (Language, f"{LANGUAGE}-{COUNTRY}"), (CreationDate, CREATED)):
            self.document.meta.addElement(_with_text(element(), text))
        self.document.meta.addElement(_with_text(Generator(), "sencosim"))
        self.text = self._cell_style("text", {})
        self.heading = self._cell_style("heading", {"fontweight": "bold", "fontsize": "16pt"})
        self.header = self._cell_style("header", {"fontweight": "bold"})
        self.columns = {width: self._column_style(width) for width in (_WIDTH_CM, _WIDE_CM, _WIDEST_CM)}

    def _cell_style(self, name: str, letters: dict[str, str]) -> Any:
        style = Style(name=name, family="table-cell")
        style.addElement(
            TableCellProperties(wrapoption="no-wrap" if name == "heading" else "wrap", verticalalign="top")
        )
        style.addElement(ParagraphProperties(textalign="start"))
        size = {"fontsize": "12pt"} | letters
        style.addElement(TextProperties(fontfamily="Arial", language=LANGUAGE, country=COUNTRY, **size))
        self.document.automaticstyles.addElement(style)
        return style

    def _column_style(self, width: float) -> Any:
        style = Style(name=f"width{int(width * 10)}", family="table-column")
        style.addElement(TableColumnProperties(columnwidth=f"{width}cm"))
        self.document.automaticstyles.addElement(style)
        return style

    def lines(self, name: str, title: str, paragraphs: tuple[str, ...]) -> None:
        """Write a sheet of text: a heading, then one paragraph a cell."""
        table = Table(name=name)
        table.addElement(TableColumn(stylename=self.columns[_WIDEST_CM]))
        table.addElement(self._row([title], self.heading))
        for paragraph in paragraphs:
            table.addElement(self._row([paragraph], self.text))
        self.document.spreadsheet.addElement(table)

    def table(
        self, name: str, lines: tuple[str, ...], headers: list[str], rows: list[list[Any]], links: dict[str, str]
    ) -> None:
        """Write a sheet with one table, marked as such."""
        table = Table(name=name)
        for number, header in enumerate(headers):
            longest = max([len(header), *(len(row[number]) for row in rows if isinstance(row[number], str))])
            width = _WIDEST_CM / 2 if longest > _LONGEST else _WIDE_CM if longest > _LONG else _WIDTH_CM
            table.addElement(TableColumn(stylename=self.columns.get(width) or self._wide(width)))
        for number, line in enumerate(lines):
            table.addElement(self._row([line], self.text if number else self.heading))
        top = TableHeaderRows()
        top.addElement(self._row(headers, self.header))
        table.addElement(top)
        for row in rows:
            table.addElement(self._row(row, self.text, links))
        self.document.spreadsheet.addElement(table)
        first, last = len(lines) + 1, len(lines) + 1 + len(rows)
        place = f"{name}.A{first}:{name}.{_letters(len(headers))}{last}"
        self.ranges.addElement(
            DatabaseRange(
                name=f"{name}_table", targetrangeaddress=place, containsheader="true", displayfilterbuttons="false"
            )
        )

    def _wide(self, width: float) -> Any:
        self.columns[width] = self._column_style(width)
        return self.columns[width]

    def _row(self, values: list[Any], style: Any, links: dict[str, str] | None = None) -> Any:
        row = TableRow()
        for value in values:
            row.addElement(_cell(value, style, (links or {}).get(str(value))))
        return row

    def save(self, path: Path) -> None:
        """Write the file."""
        self.document.spreadsheet.addElement(self.ranges)
        self.document.save(str(path))


def write_ods(workbook: Workbook, path: Path) -> None:
    """Write a workbook.

    Parameters
    ----------
    workbook
        What to write.
    path
        File, replaced if it is there.
    """
    writer = _Writer(workbook)
    shorthand = tuple(f"{sign} {words}" for sign, words in SHORTHAND.items())
    writer.lines("Cover", workbook.title, (*workbook.cover, "Shorthand", *shorthand))
    links = {name: f"#{name}.A1" for name in ("Notes", *(sheet.name for sheet in workbook.sheets))}
    listed = [["Notes", "Notes used in this workbook"], *([sheet.name, sheet.title] for sheet in workbook.sheets)]
    writer.table(
        "Contents", ("Table of contents", "Each name is a link to its sheet."), ["Sheet", "Table"], listed, links
    )
    notes = [[f"[note {n}]", note.text, _link_text(note.text, note.link)] for n, note in enumerate(workbook.notes, 1)]
    addresses = {_link_text(note.text, note.link): note.link for note in workbook.notes if note.link}
    headers = ["Note number", "Note text", "Link"]
    writer.table("Notes", ("Notes", "This sheet holds one table."), headers, notes, addresses)
    for sheet in workbook.sheets:
        _sheet(writer, sheet)
    writer.save(path)
    _settle(path)


def _sheet(writer: _Writer, sheet: Sheet) -> None:
    about = (sheet.title, sheet.about, "This sheet holds one table. Notes are on the sheet Notes.")
    rows = sheet.table.to_numpy(dtype=object).tolist()
    writer.table(sheet.name, about, [str(name) for name in sheet.table.columns], rows, {})


def _link_text(text: str, link: str) -> str:
    return text.split(".", maxsplit=1)[0] if link else "No link"


def _cell(value: Any, style: Any, link: str | None) -> Any:
    if isinstance(value, int | float):
        told = TableCell(valuetype="float", value=repr(value), stylename=style)
        told.addElement(P(text=f"{value:.15g}"))
        return told
    told = TableCell(valuetype="string", stylename=style)
    paragraph = P() if link else P(text=str(value))
    if link:
        paragraph.addElement(A(href=link, text=str(value)))
    told.addElement(paragraph)
    return told


def _with_text(element: Any, text: str) -> Any:
    element.addText(text)
    return element


def _letters(number: int) -> str:
    """Name of a column.

    Examples
    --------
    >>> _letters(1), _letters(28)
    ('A', 'AB')
    """
    name = ""
    while number:
        number, place = divmod(number - 1, 26)
        name = chr(65 + place) + name
    return name


def _settle(path: Path) -> None:
    """Take the time of writing out of the file, so that the same run gives the same bytes."""
    with zipfile.ZipFile(path) as old:
        parts = [(name, old.read(name)) for name in old.namelist()]
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts:
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            new.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content, kind)
