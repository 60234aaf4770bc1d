"""One table of a workbook, the same for XLSX and ODS: plain cells, no gaps, every shorthand explained."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sencosim.errors import OutputError
from sencosim.report.small_numbers import FEWEST, LOW

NOT_AVAILABLE = "[x]"
NOT_APPLICABLE = "[z]"
SHORTHAND: Mapping[str, str] = {
    NOT_AVAILABLE: "not available: the run does not give this figure",
    NOT_APPLICABLE: "not applicable",
    LOW: f"a count below {FEWEST}, not shown",
}
"""What stands in a cell instead of a number, in words."""
LONGEST_NAME = 31
_NAME = re.compile(r"^[A-Z][A-Za-z0-9_]*$")


@dataclass(frozen=True)
class Note:
    """A remark that sheets refer to by its number.

    Attributes
    ----------
    text
        What it says.
    link
        Address of a page, if there is one.
    """

    text: str
    link: str = ""


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table on one sheet.

    Attributes
    ----------
    name
        Of the sheet and of the table. [letters, digits and underscores, at most 31]
    title
        What the table shows, with its notes as ``[note 1]``.
    about
        Area, years, units and price base, in a sentence.
    table
        The cells. Headers are words; there is no empty cell.
    """

    name: str
    title: str
    about: str
    table: pd.DataFrame

    def __post_init__(self) -> None:
        if len(self.name) > LONGEST_NAME or not _NAME.match(self.name):
            raise OutputError(f"A sheet cannot be called {self.name!r}.")
        if self.table.empty or self.table.columns.has_duplicates:
            raise OutputError(f"The sheet {self.name} is empty or has a header twice.")


@dataclass(frozen=True)
class Workbook:
    """All that a spreadsheet holds.

    Attributes
    ----------
    title
        Of the document.
    cover
        Paragraphs of the first sheet.
    sheets
        Tables, in order.
    notes
        Remarks, numbered from 1.
    """

    title: str
    cover: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    notes: tuple[Note, ...]


def tidy(frame: pd.DataFrame, headers: Mapping[str, str], missing: str = NOT_AVAILABLE) -> pd.DataFrame:
    """Choose and name columns, and fill what is missing with a shorthand.

    Parameters
    ----------
    frame
        Any table.
    headers
        Header in words by column, in the order wanted; columns that are not there are left out.
    missing
        Stands where there is no value.

    Examples
    --------
    >>> tidy(pd.DataFrame({"a": [1.5, None]}), {"a": "Amount"})["Amount"].tolist()
    [1.5, '[x]']
    """
    kept = frame[[name for name in headers if name in frame.columns]].rename(columns=dict(headers))
    return kept.apply(lambda column: pd.Series([cell(value, missing) for value in column], dtype=object))


def cell(value: Any, missing: str = NOT_AVAILABLE) -> Any:
    """Write one value as a cell: a number, a text, or the shorthand for nothing.

    Examples
    --------
    >>> cell(float("nan")), cell(True), cell(2)
    ('[x]', 'yes', 2)
    """
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if value is None or value is pd.NA or (isinstance(value, str) and not value.strip()):
        return missing
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else missing
    return " ".join(str(value).split())


def from_rows(rows: Sequence[Sequence[Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Make a table of cells from rows."""
    return tidy(pd.DataFrame(list(rows), columns=list(columns)), {name: name for name in columns})
