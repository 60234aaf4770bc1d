"""A workbook as accessible ODS, made directly: converting would lose titles, languages and marked tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from odf import number, style
from odf.dc import Language, Title
from odf.element import Element
from odf.meta import CreationDate, Generator
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import DatabaseRange, DatabaseRanges, TableCell, TableColumn, TableHeaderRows, TableRow
from odf.table import Table as Sheet
from odf.text import A, P

from sencosim.report.pack.workbook import LEGEND, NOTE_HEADERS, Workbook, settle
from sencosim.report.table import Cell, Number, Table, text_of, value_of
from sencosim.report.words import MINUS

CREATED = "2026-01-01T00:00:00"
_WIDTH_CM, _WIDE_CM, _WIDER_CM, _WIDEST_CM = 3.2, 7.0, 10.0, 20.0
_LONG, _LONGEST = 18, 60


def write_ods(workbook: Workbook, path: Path) -> None:
    """Write a workbook into a file, replaced if it is there."""
    writer = _Writer(workbook.title)
    writer.lines("Cover", workbook.title, (*workbook.cover, *LEGEND))
    listed = [("Notes", "Notes used in this workbook"), *((sheet.key, sheet.caption) for sheet in workbook.sheets)]
    about = "Each name is a link to its sheet."
    links = {name: f"#{name}.A1" for name, _ in listed}
    writer.table(Table("Contents", "Table of contents", ("Sheet", "Table"), listed), [about], links)
    notes = [(f"[note {n}]", note.text, note.link_text) for n, note in enumerate(workbook.notes, 1)]
    links = {note.link_text: note.link for note in workbook.notes if note.link}
    writer.table(Table("Notes", "Notes", NOTE_HEADERS, notes), ["This sheet holds one table."], links)
    for sheet in workbook.sheets:
        writer.table(sheet, [sheet.about, "This sheet holds one table. Notes are on the sheet Notes."], {})
    writer.document.spreadsheet.addElement(writer.ranges)
    writer.document.save(str(path))
    settle(path)


class _Writer:
    """Styles and sheets of one document."""

    def __init__(self, title: str) -> None:
        # odfpy keeps one list of name spaces for all documents of a program and writes all of them.
        Element.namespaces.clear()
        self.document = OpenDocumentSpreadsheet()
        self.ranges = DatabaseRanges()
        # odfpy puts a version of its own first; the reader's program should know who made the file.
        self.document.meta.childNodes = []
        for kind, text in ((Title, title), (Language, "en-GB"), (CreationDate, CREATED), (Generator, "sencosim")):
            element = kind()
            element.addText(text)
            self.document.meta.addElement(element)
        self.text = self._cell_style("text", {})
        self.heading = self._cell_style("heading", {"fontweight": "bold", "fontsize": "16pt"})
        self.header = self._cell_style("header", {"fontweight": "bold"})
        self.columns = {width: self._column_style(width) for width in (_WIDTH_CM, _WIDE_CM, _WIDEST_CM)}
        self.rounded = cache(self._rounded_style)

    def _cell_style(self, name: str, letters: Mapping[str, str], **data_style: Any) -> Any:
        made = style.Style(name=name, family="table-cell", **data_style)
        wrap = "no-wrap" if name == "heading" else "wrap"
        made.addElement(style.TableCellProperties(wrapoption=wrap, verticalalign="top"))
        made.addElement(style.ParagraphProperties(textalign="start"))
        size = {"fontsize": "12pt"} | dict(letters)
        made.addElement(style.TextProperties(fontfamily="Arial", language="en", country="GB", **size))
        self.document.automaticstyles.addElement(made)
        return made

    def _column_style(self, width: float) -> Any:
        made = style.Style(name=f"width{int(width * 10)}", family="table-column")
        made.addElement(style.TableColumnProperties(columnwidth=f"{width}cm"))
        self.document.automaticstyles.addElement(made)
        return made

    def _rounded_style(self, decimals: int, signed: bool, unit: str) -> Any:
        """Style of cells with a rounded number: as printed elsewhere, with a real minus sign.

        Parts for other signs hang on the last one, in the order in which spreadsheet programs write them themselves.
        """
        name = f"rounded{len(self.document.automaticstyles.childNodes)}"
        parts = [("value()>0", "+"), ("value()<0", MINUS)] if signed else [("value()>=0", "")]
        made = [self._number_style(f"{name}P{n}", sign, decimals, unit) for n, (_, sign) in enumerate(parts)]
        last = self._number_style(name, "" if signed else MINUS, decimals, unit)
        for (condition, _), part in zip(parts, made, strict=True):
            last.addElement(style.Map(condition=condition, applystylename=part))
        return self._cell_style(f"cell{name}", {}, datastylename=last)

    def _number_style(self, name: str, sign: str, decimals: int, unit: str) -> Any:
        made = number.NumberStyle(name=name)
        if sign:
            made.addElement(number.Text(text=sign))
        made.addElement(number.Number(decimalplaces=decimals, minintegerdigits=1, grouping="true"))
        if unit:
            made.addElement(number.Text(text=unit))
        self.document.automaticstyles.addElement(made)
        return made

    def lines(self, name: str, title: str, paragraphs: Iterable[str]) -> None:
        """Write a sheet of text: a heading, then one paragraph a cell."""
        sheet = Sheet(name=name)
        sheet.addElement(TableColumn(stylename=self.columns[_WIDEST_CM]))
        sheet.addElement(self._row([title], self.heading))
        for paragraph in paragraphs:
            sheet.addElement(self._row([paragraph], self.text))
        self.document.spreadsheet.addElement(sheet)

    def table(self, table: Table, about: Sequence[str], links: Mapping[str, str]) -> None:
        """Write a sheet with one table, marked as such."""
        sheet = Sheet(name=table.key)
        for column, header in enumerate(table.columns):
            values = [value_of(row[column], table.missing) for row in table.rows]
            longest = max([len(header), *(len(value) for value in values if isinstance(value, str))])
            width = _WIDER_CM if longest > _LONGEST else _WIDE_CM if longest > _LONG else _WIDTH_CM
            if width not in self.columns:
                self.columns[width] = self._column_style(width)
            sheet.addElement(TableColumn(stylename=self.columns[width]))
        sheet.addElement(self._row([table.caption], self.heading))
        for line in about:
            sheet.addElement(self._row([line], self.text))
        top = TableHeaderRows()
        top.addElement(self._row(table.columns, self.header))
        sheet.addElement(top)
        for row in table.rows:
            sheet.addElement(self._row(row, self.text, links, table.missing))
        self.document.spreadsheet.addElement(sheet)
        first = len(about) + 2
        place = f"{table.key}.A{first}:{table.key}.{_letters(len(table.columns))}{first + len(table.rows)}"
        self.ranges.addElement(
            DatabaseRange(
                name=f"{table.key}_table", targetrangeaddress=place, containsheader="true", displayfilterbuttons="false"
            )
        )

    def _row(
        self, cells: Sequence[Cell], own: Any, links: Mapping[str, str] | None = None, missing: str = ""
    ) -> TableRow:
        row = TableRow()
        for cell in cells:
            value = value_of(cell, missing)
            shown = text_of(cell) if isinstance(cell, Number) else text_of(value)
            link = (links or {}).get(shown)
            if isinstance(value, str):
                made = TableCell(valuetype="string", stylename=own)
            else:
                look = self.rounded(cell.decimals, cell.signed, cell.unit) if isinstance(cell, Number) else own
                made = TableCell(valuetype="float", value=repr(value), stylename=look)
            paragraph = P() if link else P(text=shown)
            if link:
                paragraph.addElement(A(href=link, text=shown))
            made.addElement(paragraph)
            row.addElement(made)
        return row


def _letters(columns: int) -> str:
    """Name of a column.

    Examples
    --------
    >>> _letters(1), _letters(28)
    ('A', 'AB')
    """
    name = ""
    while columns:
        columns, place = divmod(columns - 1, 26)
        name = chr(65 + place) + name
    return name
