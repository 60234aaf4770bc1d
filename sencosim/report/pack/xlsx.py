"""A workbook as accessible XLSX: gptables lays it out, and what gptables leaves to its users is added here.

That is the title and the language of the document, formulas with the numbers that they give, number formats, widths,
headers that stay in view and the set-up of printed pages; and no filter. See the checklist in
``tests/packs/checklist.py``.
"""

from __future__ import annotations

import copy
import importlib
import warnings
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from sencosim.report.looks import Exact
from sencosim.report.pack.layout import LINE_POINTS, MARGIN_CM, about_print, layout_of
from sencosim.report.pack.workbook import FIRST_ROW, HEADER_ROW, LEGEND, NOTE_HEADERS, Workbook, settle
from sencosim.report.table import Number, Table, value_of
from sencosim.report.words import MINUS

NOTE_CHARACTERS = 100
"""Width of the column of notes, in which their text is wrapped."""
CREATED = datetime(2026, 1, 1)
"""Written into every file, so that the same run gives the same bytes; the cover says when the run was made."""


@lru_cache(maxsize=1)
def _gptables() -> Any:
    """The library, whose import leaves a file open and warns of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        return importlib.import_module("gptables")


@lru_cache(maxsize=1)
def _theme() -> Any:
    """Theme of the library, with the text of a row beginning at its top, alongside its numbers."""
    theme = copy.deepcopy(_gptables().gptheme)
    for told in ("data", "index_1", "index_2"):
        getattr(theme, f"update_{told}_format")({"valign": "top"})
    return theme


def write_xlsx(workbook: Workbook, path: Path) -> None:
    """Write a workbook into a file, replaced if it is there."""
    workbook = _literal(workbook)
    cover = _gptables().Cover(
        title=workbook.title, intro=list(workbook.cover), about=list(LEGEND), width=100, cover_label="Cover"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # gptables warns that fonts cannot be measured; widths are set all the same
        book = _gptables().produce_workbook(
            filename=str(path),
            sheets={"Notes": _notes(workbook), **{sheet.key: _sheet(sheet) for sheet in workbook.sheets}},
            theme=_theme(),
            cover=cover,
            contentsheet_options={"additional_elements": [], "column_names": ["Sheet", "Table"]},
            workbook_options={"strings_to_formulas": False, "strings_to_urls": False},
        )
        for page in book.worksheets():
            _print_setup(page)
        for name in ("Cover", "Contents", "Notes"):
            book.get_worksheet_by_name(name).fit_to_pages(1, 1)
        book.get_worksheet_by_name("Notes").set_column(1, 1, NOTE_CHARACTERS)
        for sheet in workbook.sheets:
            _finish(book, sheet)
        book.set_properties({"title": workbook.title, "author": "sencosim", "created": CREATED})
        book.worksheets()[0].activate()
        book.close()
    settle(path, _with_language)


def _literal(workbook: Workbook) -> Workbook:
    """A workbook in whose texts the library finds neither links, of which it allows one a cell, nor its own marks."""
    sheets = tuple(
        replace(
            sheet,
            caption=_as_written(sheet.caption),
            about=_as_written(sheet.about),
            columns=tuple(map(_as_written, sheet.columns)),
            rows=[tuple(_as_written(cell) if isinstance(cell, str) else cell for cell in row) for row in sheet.rows],
        )
        for sheet in workbook.sheets
    )
    notes = [note._replace(text=_as_written(note.text)) for note in workbook.notes]
    return replace(
        workbook,
        title=_as_written(workbook.title),
        cover=tuple(map(_as_written, workbook.cover)),
        sheets=sheets,
        notes=notes,
    )


def _as_written(text: str) -> str:
    return text.replace("](", "] (").replace("$$", "$ $")


def _notes(workbook: Workbook) -> Any:
    rows = [
        (f"[note {number}]", note.text, f"[{note.link_text}]({note.link})" if note.link else note.link_text)
        for number, note in enumerate(workbook.notes, start=1)
    ]
    return _gptables().GPTable(
        table=pd.DataFrame(rows, columns=list(NOTE_HEADERS)),
        table_name="Notes_table",
        title="Notes",
        instructions="This sheet holds one table.",
        index_columns={2: 0},
    )


def _sheet(table: Table) -> Any:
    values = [[value_of(cell, table.missing) for cell in row] for row in table.rows]
    formats = [
        {"cell": {"cells": (number, column), "format": {"num_format": number_format(cell)}}}
        for number, row in enumerate(table.rows, start=1)
        for column, cell in enumerate(row)
        if isinstance(cell, Number)
    ]
    return _gptables().GPTable(
        table=pd.DataFrame(values, columns=list(table.columns), dtype=object),
        table_name=f"{table.key}_table",
        title=table.caption,
        subtitles=[f"{table.about}{about_print(table)}"],
        index_columns={2: 0},
        additional_formatting=formats,
    )


FONT = {"font_name": "Arial", "font_size": 12, "text_wrap": 1, "align": "right", "valign": "top", "indent": 1}
"""Of numbers: that of the library for cells of a table."""
A4, CM_PER_INCH = 9, 2.54


def _finish(book: Any, table: Table) -> None:
    """Write what the library does not: formats and formulas of numbers, widths, headers that stay in view."""
    page = book.get_worksheet_by_name(table.key)
    _write_numbers(book, page, table)
    layout = layout_of(table)
    for column, width in enumerate(layout.widths):
        page.set_column(column, column, width)
    for row, lines in enumerate(layout.heights, start=HEADER_ROW - 1):
        page.set_row(row, LINE_POINTS * lines)
    page.repeat_rows(HEADER_ROW - 1)
    page.fit_to_pages(1, layout.pages)
    if about_print(table):
        page.print_area(0, 0, layout.last_row - 1, len(table.columns) - 1)
    if any(layout.frozen):
        page.freeze_panes(*layout.frozen)


def _write_numbers(book: Any, page: Any, table: Table) -> None:
    for row, cells in enumerate(table.rows, start=FIRST_ROW - 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, Exact) and isinstance(value := value_of(cell, table.missing), float):
                look = book.add_format(FONT | {"num_format": exact_format(cell)})
                if cell.formula:
                    page.write_formula(row, column, cell.formula, look, value)
                else:
                    page.write_number(row, column, value, look)


def _print_setup(page: Any) -> None:
    """A4 across, as wide as the page."""
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.set_margins(*[MARGIN_CM / CM_PER_INCH] * 4)


def exact_format(cell: Exact) -> str:
    """Format that shows an exact number as it is shown elsewhere.

    Examples
    --------
    >>> exact_format(Exact(1.5, 1)).replace(MINUS, "minus"), exact_format(Exact(0.035, 2, percent=True)).split(";")[0]
    ('#,##0.0;"minus"#,##0.0', '0.00%')
    """
    point = f".{'0' * cell.decimals}" if cell.decimals else ""
    digits = f"0{point}%" if cell.percent else f"#,##0{point}"
    return f'{digits};"{MINUS}"{digits}'


def number_format(cell: Number) -> str:
    """Format in which a rounded number looks as it is printed elsewhere.

    Examples
    --------
    >>> number_format(Number(12.34, 0.1, signed=True)).replace(MINUS, "minus")
    '+#,##0.0;"minus"#,##0.0;#,##0.0'
    """
    point = f".{'0' * cell.decimals}" if cell.decimals else ""
    digits = f"#,##0{point}" + (f'"{cell.unit}"' if cell.unit else "")
    return f'+{digits};"{MINUS}"{digits};{digits}' if cell.signed else f'{digits};"{MINUS}"{digits}'


def _with_language(name: str, content: bytes) -> bytes:
    end = b"</cp:coreProperties>"
    return content.replace(end, b"<dc:language>en-GB</dc:language>" + end) if name == "docProps/core.xml" else content
