"""A workbook as accessible XLSX: gptables lays it out, and what gptables leaves to its users is added here.

That is the title and the language of the document, and no filter. See the checklist in ``tests/report/checklist.py``.
"""

from __future__ import annotations

import importlib
import warnings
import zipfile
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from sencosim.report.pack.sheet import SHORTHAND, Sheet, Workbook

LANGUAGE = "en-GB"
NOTE_COLUMNS = ("Note number", "Note text", "Link")
CREATED = datetime(2026, 1, 1)
"""Written into every file, so that the same run gives the same bytes; the cover says when the run was made."""
_ZIP_TIME = (2026, 1, 1, 0, 0, 0)
LEGEND = [f"{sign} {words}" for sign, words in SHORTHAND.items()]


@lru_cache(maxsize=1)
def _gptables() -> Any:
    """The library, whose import leaves a file open and warns of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        return importlib.import_module("gptables")


def write_xlsx(workbook: Workbook, path: Path) -> None:
    """Write a workbook.

    Parameters
    ----------
    workbook
        What to write.
    path
        File, replaced if it is there.
    """
    cover = _gptables().Cover(
        title=workbook.title, intro=list(workbook.cover), about=["Shorthand", *LEGEND], width=100, cover_label="Cover"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # gptables warns that fonts cannot be measured; widths are set all the same
        book = _gptables().produce_workbook(
            filename=str(path),
            sheets={"Notes": _notes(workbook), **{sheet.name: _table(sheet) for sheet in workbook.sheets}},
            cover=cover,
            contentsheet_options={"additional_elements": [], "column_names": ["Sheet", "Table"]},
            workbook_options={"strings_to_formulas": False, "strings_to_urls": False},
        )
        book.set_properties({"title": workbook.title, "author": "sencosim", "created": CREATED})
        book.worksheets()[0].activate()
        book.close()
    _settle(path)


def notes_frame(workbook: Workbook) -> pd.DataFrame:
    """Notes as a table, with a link that says where it leads."""
    rows = [
        (f"[note {number}]", note.text, f"[{note.text.split('.')[0]}]({note.link})" if note.link else "No link")
        for number, note in enumerate(workbook.notes, start=1)
    ]
    return pd.DataFrame(rows, columns=list(NOTE_COLUMNS))


def _notes(workbook: Workbook) -> Any:
    return _gptables().GPTable(
        table=notes_frame(workbook),
        table_name="Notes_table",
        title="Notes",
        instructions="This sheet holds one table.",
        index_columns={2: 0},
    )


def _table(sheet: Sheet) -> Any:
    return _gptables().GPTable(
        table=sheet.table,
        table_name=f"{sheet.name}_table",
        title=sheet.title,
        subtitles=[sheet.about],
        index_columns={2: 0},
    )


def _settle(path: Path) -> None:
    """Add the language to the properties of a file, and take the time of writing out of it."""
    with zipfile.ZipFile(path) as old:
        parts = [(name, old.read(name)) for name in old.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts:
            told = content
            if name == "docProps/core.xml":
                told = told.replace(
                    b"</cp:coreProperties>", f"<dc:language>{LANGUAGE}</dc:language></cp:coreProperties>".encode()
                )
            new.writestr(zipfile.ZipInfo(name, _ZIP_TIME), told, zipfile.ZIP_DEFLATED)
