"""What a spreadsheet holds, the same for XLSX and ODS: plain cells, no gaps, every shorthand explained."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sencosim.errors import OutputError
from sencosim.report.showing import FEWEST, LOW
from sencosim.report.table import Table

HEADER_ROW = 4
"""Row of a sheet with the headers of its table: above it are the title, what it is about, and what it holds."""
FIRST_ROW = HEADER_ROW + 1
NOT_APPLICABLE = "[z]"
SHORTHAND: Mapping[str, str] = {
    Table.missing: "not available: the run does not give this figure",
    NOT_APPLICABLE: "not applicable",
    LOW: f"a count below {FEWEST}, not shown",
}
"""What stands in a cell instead of a number, in words."""
LEGEND = ("Shorthand", *(f"{sign} {words}" for sign, words in SHORTHAND.items()))
NOTE_HEADERS = ("Note number", "Note text", "Link")
_NAME = re.compile(r"^[A-Z][A-Za-z0-9_]{0,30}$")
_ZIP_TIME = (2026, 1, 1, 0, 0, 0)


class Note(NamedTuple):
    """A remark that sheets refer to by its number."""

    text: str
    link: str = ""  # address of a page, if there is one

    @property
    def link_text(self) -> str:
        """Where the link leads, in words."""
        return self.text.split(".", maxsplit=1)[0] if self.link else "No link"


@dataclass(frozen=True)
class Workbook:
    """All that a spreadsheet holds; each table is a sheet of the name of its key."""

    title: str  # of the document
    cover: tuple[str, ...]  # paragraphs of the first sheet
    sheets: tuple[Table, ...]
    notes: Sequence[Note]  # numbered from 1

    def __post_init__(self) -> None:
        for sheet in self.sheets:
            if not _NAME.match(sheet.key):
                raise OutputError(f"A sheet cannot be called {sheet.key!r}.")
            if not sheet.rows or len(set(sheet.columns)) < len(sheet.columns):
                raise OutputError(f"The sheet {sheet.key} is empty or has a header twice.")


def settle(path: Path, edit: Callable[[str, bytes], bytes] = lambda _, content: content) -> None:
    """Take the time of writing out of a zipped file, so that the same run gives the same bytes; edit its parts."""
    with zipfile.ZipFile(path) as old:
        parts = [(name, old.read(name)) for name in old.namelist()]
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts:  # the kind of an ODS stands first, as it is
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            new.writestr(zipfile.ZipInfo(name, _ZIP_TIME), edit(name, content), kind)


def letters(column: int) -> str:
    """Name of a column, counted from 1.

    Examples
    --------
    >>> letters(1), letters(28)
    ('A', 'AB')
    """
    name = ""
    while column:
        column, place = divmod(column - 1, 26)
        name = chr(65 + place) + name
    return name
