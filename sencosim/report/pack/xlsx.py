"""A workbook as accessible XLSX: gptables lays it out, and what gptables leaves to its users is added here.

That is the title and the language of the document, and no filter. See the checklist in ``tests/packs/checklist.py``.
"""

from __future__ import annotations

import importlib
import warnings
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from sencosim.report.pack.workbook import LEGEND, NOTE_HEADERS, Workbook, settle
from sencosim.report.table import Number, Table, value_of
from sencosim.report.words import MINUS

CREATED = datetime(2026, 1, 1)
"""Written into every file, so that the same run gives the same bytes; the cover says when the run was made."""


@lru_cache(maxsize=1)
def _gptables() -> Any:
    """The library, whose import leaves a file open and warns of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        return importlib.import_module("gptables")


def write_xlsx(workbook: Workbook, path: Path) -> None:
    """Write a workbook into a file, replaced if it is there."""
    cover = _gptables().Cover(
        title=workbook.title, intro=list(workbook.cover), about=list(LEGEND), width=100, cover_label="Cover"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # gptables warns that fonts cannot be measured; widths are set all the same
        book = _gptables().produce_workbook(
            filename=str(path),
            sheets={"Notes": _notes(workbook), **{sheet.key: _sheet(sheet) for sheet in workbook.sheets}},
            cover=cover,
            contentsheet_options={"additional_elements": [], "column_names": ["Sheet", "Table"]},
            workbook_options={"strings_to_formulas": False, "strings_to_urls": False},
        )
        book.set_properties({"title": workbook.title, "author": "sencosim", "created": CREATED})
        book.worksheets()[0].activate()
        book.close()
    settle(path, _with_language)


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
        subtitles=[table.about],
        index_columns={2: 0},
        additional_formatting=formats,
    )


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
