"""A workbook as accessible ODS, made directly: converting would lose titles, languages and marked tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from odf import config, number, style
from odf.dc import Language, Title
from odf.element import Element
from odf.meta import CreationDate, Generator
from odf.namespaces import STYLENS
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import DatabaseRange, DatabaseRanges, TableCell, TableColumn, TableHeaderRows, TableRow
from odf.table import Table as Sheet
from odf.text import A, P

from sencosim.report.looks import Exact
from sencosim.report.pack.layout import MARGIN_CM, about_print, layout_of
from sencosim.report.pack.workbook import HEADER_ROW, LEGEND, NOTE_HEADERS, Workbook, letters, settle
from sencosim.report.table import Cell, Number, Table, text_of, value_of
from sencosim.report.words import MINUS

CREATED = "2026-01-01T00:00:00"
CM_PER_CHARACTER, TEXT_CM = 0.235, 24.0
"""Width of a character of 12 points, and of a sheet of text."""


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
        told = f"{sheet.about}{about_print(sheet)}"
        writer.table(sheet, [told, "This sheet holds one table. Notes are on the sheet Notes."], {})
    writer.document.spreadsheet.addElement(writer.ranges)
    writer.keep_headers_in_view()
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
        self.about = self._cell_style("about", {}, wraps=False)
        self.pages = cache(self._page_style)
        self.columns: dict[float, Any] = {}
        self.frozen: dict[str, tuple[int, int]] = {}
        self.rounded = cache(self._rounded_style)

    def _cell_style(self, name: str, font: Mapping[str, str], wraps: bool = True, **data_style: Any) -> Any:
        made = style.Style(name=name, family="table-cell", **data_style)
        wrap = "wrap" if wraps and name != "heading" else "no-wrap"
        gap = {"paddingright": "0.2cm"} if data_style else {}
        made.addElement(style.TableCellProperties(wrapoption=wrap, verticalalign="top", **gap))
        made.addElement(style.ParagraphProperties(textalign="end" if data_style else "start"))
        size = {"fontsize": "12pt"} | dict(font)
        made.addElement(style.TextProperties(fontfamily="Arial", language="en", country="GB", **size))
        self.document.automaticstyles.addElement(made)
        return made

    def _column_style(self, width: float) -> Any:
        if width not in self.columns:
            made = style.Style(name=f"width{round(width * 1000)}", family="table-column")
            made.addElement(style.TableColumnProperties(columnwidth=f"{width:.3f}cm"))
            self.document.automaticstyles.addElement(made)
            self.columns[width] = made
        return self.columns[width]

    def _page_style(self, tall: int = 0) -> Any:
        """Style of sheets that are printed on A4 across, as wide as the page, on so many pages or what it takes."""
        name = f"across{tall}"
        layout = style.PageLayout(name=name)
        edges = dict.fromkeys(("margintop", "marginbottom", "marginleft", "marginright"), f"{MARGIN_CM}cm")
        paper = style.PageLayoutProperties(
            pagewidth="29.7cm", pageheight="21cm", printorientation="landscape", printpageorder="ttb", **edges
        )
        for one, pages in (("scale-to-X", 1), ("scale-to-Y", tall)):  # newer than odfpy knows
            paper.setAttrNS(STYLENS, one, str(pages))
        layout.addElement(paper)
        self.document.automaticstyles.addElement(layout)
        self.document.masterstyles.addElement(style.MasterPage(name=name, pagelayoutname=layout))
        made = style.Style(name=f"sheet{tall}", family="table", masterpagename=name)
        made.addElement(style.TableProperties(display="true", writingmode="lr-tb"))
        self.document.automaticstyles.addElement(made)
        return made

    def _rounded_style(self, decimals: int, signed: bool, unit: str, percent: bool = False) -> Any:
        """Style of cells with a number: as printed elsewhere, with a real minus sign.

        Parts for other signs hang on the last one, in the order in which spreadsheet programs write them themselves.
        """
        name = f"rounded{len(self.document.automaticstyles.childNodes)}"
        parts = [("value()>0", "+"), ("value()<0", MINUS)] if signed else [("value()>=0", "")]
        how = decimals, unit, percent
        made = [self._number_style(f"{name}P{n}", sign, *how) for n, (_, sign) in enumerate(parts)]
        last = self._number_style(name, "" if signed else MINUS, *how)
        for (condition, _), part in zip(parts, made, strict=True):
            last.addElement(style.Map(condition=condition, applystylename=part))
        return self._cell_style(f"cell{name}", {}, datastylename=last)

    def _number_style(self, name: str, sign: str, decimals: int, unit: str, percent: bool) -> Any:
        made = (number.PercentageStyle if percent else number.NumberStyle)(name=name)
        if sign:
            made.addElement(number.Text(text=sign))
        made.addElement(number.Number(decimalplaces=decimals, minintegerdigits=1, grouping="true"))
        if unit or percent:
            made.addElement(number.Text(text="%" if percent else unit))
        # Not among automatic styles: odfpy drops those that only the map of another style names.
        self.document.styles.addElement(made)
        return made

    def lines(self, name: str, title: str, paragraphs: Iterable[str]) -> None:
        """Write a sheet of text: a heading, then one paragraph a cell."""
        sheet = Sheet(name=name, stylename=self.pages())
        sheet.addElement(TableColumn(stylename=self._column_style(TEXT_CM)))
        sheet.addElement(self._row([title], self.heading))
        for paragraph in paragraphs:
            sheet.addElement(self._row([paragraph], self.text))
        self.document.spreadsheet.addElement(sheet)

    def table(self, table: Table, about: Sequence[str], links: Mapping[str, str]) -> None:
        """Write a sheet with one table, marked as such."""
        layout = layout_of(table)
        if len(about) + 2 == HEADER_ROW:
            self.frozen[table.key] = layout.frozen
        sheet = Sheet(name=table.key, stylename=self.pages(layout.pages))
        if about_print(table):
            last = len(about) + 2 - HEADER_ROW + layout.last_row
            sheet.setAttribute("printranges", f"{table.key}.A1:{table.key}.{letters(len(table.columns))}{last}")
        for width in layout.widths:
            sheet.addElement(TableColumn(stylename=self._column_style(CM_PER_CHARACTER * width)))
        sheet.addElement(self._row([table.caption], self.heading))
        for line in about:
            sheet.addElement(self._row([line], self.about))
        top = TableHeaderRows()
        top.addElement(self._row(table.columns, self.header))
        sheet.addElement(top)
        for row in table.rows:
            sheet.addElement(self._row(row, self.text, links, table.missing))
        self.document.spreadsheet.addElement(sheet)
        first = len(about) + 2
        place = f"{table.key}.A{first}:{table.key}.{letters(len(table.columns))}{first + len(table.rows)}"
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
            shown = text_of(cell) if isinstance(cell, Number | Exact) and not isinstance(value, str) else text_of(value)
            link = (links or {}).get(shown)
            if isinstance(value, str):
                made = TableCell(valuetype="string", stylename=own)
            else:
                made = self._number_cell(cell, value, own)
            paragraph = P() if link else P(text=shown)
            if link:
                paragraph.addElement(A(href=link, text=shown))
            made.addElement(paragraph)
            row.addElement(made)
        return row

    def _number_cell(self, cell: Cell, value: float, own: Any) -> TableCell:
        if isinstance(cell, Exact):
            look = self.rounded(cell.decimals, False, "", cell.percent)
            kind = "percentage" if cell.percent else "float"
            told = {"formula": open_formula(cell.formula)} if cell.formula else {}
            return TableCell(valuetype=kind, value=repr(value), stylename=look, **told)
        look = self.rounded(cell.decimals, cell.signed, cell.unit) if isinstance(cell, Number) else own
        return TableCell(valuetype="float", value=repr(value), stylename=look)

    def keep_headers_in_view(self) -> None:
        """Let long sheets scroll below their headers."""
        sheets = config.ConfigItemMapNamed(name="Tables")
        for name, (rows, columns) in self.frozen.items():
            if rows:
                sheets.addElement(_scrolling(name, rows, columns))
        if not sheets.childNodes:
            return
        entry, views = config.ConfigItemMapEntry(), config.ConfigItemMapIndexed(name="Views")
        for item in (_item("ViewId", "string", "view1"), sheets, _item("ActiveTable", "string", "Cover")):
            entry.addElement(item)
        views.addElement(entry)
        settings = config.ConfigItemSet(name="ooo:view-settings")
        settings.addElement(views)
        self.document.settings.addElement(settings)


FIXED = "2"
"""A split of a sheet that stays where it is."""


def _scrolling(name: str, rows: int, columns: int) -> Any:
    """View of a sheet whose first rows and columns stay."""
    entry = config.ConfigItemMapEntry(name=name)
    told = {
        "CursorPositionX": "0",
        "CursorPositionY": "0",
        "VerticalSplitMode": FIXED,
        "VerticalSplitPosition": f"{rows}",
    }
    told |= {"PositionTop": "0", "PositionBottom": f"{rows}", "ActiveSplitRange": "3" if columns else "2"}
    if columns:
        told |= {"HorizontalSplitMode": FIXED, "HorizontalSplitPosition": f"{columns}"}
        told |= {"PositionLeft": "0", "PositionRight": f"{columns}"}
    for item, value in told.items():
        entry.addElement(_item(item, "short" if "Mode" in item or "Active" in item else "int", value))
    return entry


def _item(name: str, kind: str, value: str) -> Any:
    return config.ConfigItem(name=name, type=kind, text=value)


_REFERENCE = re.compile(r"(?:(\w+)!)?(\$?[A-Z]{1,3}\$?\d+)(?::(\$?[A-Z]{1,3}\$?\d+))?")


def open_formula(formula: str) -> str:
    """A formula of Excel as OpenDocument writes it.

    Examples
    --------
    >>> open_formula('=IF(SUM(Inputs!$B$5:$B$6)>0,$C$5,"none, [z]")')
    'of:=IF(SUM([$Inputs.$B$5:.$B$6])>0;[.$C$5];"none, [z]")'
    """

    def reference(found: re.Match[str]) -> str:
        sheet, start, end = found.groups()
        return f"[{f'${sheet}' if sheet else ''}.{start}{f':.{end}' if end else ''}]"

    parts = re.split(r'("[^"]*")', formula)
    parts[::2] = [_REFERENCE.sub(reference, part).replace(",", ";") for part in parts[::2]]
    return "of:" + "".join(parts)
