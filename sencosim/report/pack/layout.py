"""How sheets look on a screen and on paper, the same for XLSX and ODS: widths, heights, headers in view, pages."""

from __future__ import annotations

import math
import textwrap
from typing import NamedTuple

from sencosim.report.looks import Exact
from sencosim.report.pack.workbook import HEADER_ROW
from sencosim.report.table import Cell, Number, Table, text_of, value_of

LONG_SHEET, WIDE_SHEET = 25, 12
"""Rows of a table from which its headers stay in view while a reader scrolls; columns from which its first one does."""
NARROWEST, WIDEST, ONE_LINE = 7, 100, 34
"""Characters of a column: at least, at most, and up to which text stands on one line; longer text is wrapped."""
STRETCHES = (3.0, 4.0, 5.0, 6.0)
"""Widths of a column of long text that are tried, as multiples of the root of its longest text."""
MARGIN_CM = 1.2
"""Of a printed page, which is A4 across; a sheet is as wide as a page."""
LINES_A_PAGE, FINE_PRINT = 68, 90
"""A sheet is printed so small that so many lines find room on a page: more where it is long or wide."""
LONG_PRINT = 240
"""Lines from which a sheet is for looking things up, and printed in fine print."""
LINE_POINTS = 15.6
"""Height of a line of 12 points."""
Texts = list[list[str]]
"""Cells as they are shown, by column."""


class Layout(NamedTuple):
    """Of one sheet."""

    widths: list[int]  # of each column [characters]
    heights: list[int]  # of the header, then of each row [lines]
    pages: int  # on which it is printed, one below the other
    frozen: tuple[int, int]  # rows above and columns alongside which it scrolls; zeros where nothing stays
    last_row: int  # of the sheet that is printed, from 1


def layout_of(table: Table) -> Layout:
    """Lay a sheet out: text is as wide as makes the area of the sheet, and so the pages that it fills, smallest."""
    texts = [[_shown(row[place], table.missing) for row in table.rows] for place in range(len(table.columns))]
    tried = ((widths, _heights(table, texts, widths)) for widths in (_widths(table, texts, one) for one in STRETCHES))
    widths, heights = min(tried, key=lambda both: sum(both[0]) * sum(both[1]))
    n = len(table.rows) if table.printed is None else min(table.printed, len(table.rows))
    lines = HEADER_ROW - 1 + sum(heights[: 1 + n])
    is_wide = len(table.columns) > WIDE_SHEET
    pages = math.ceil(lines / (FINE_PRINT if lines > LONG_PRINT or is_wide else LINES_A_PAGE))
    rows = HEADER_ROW if len(table.rows) > LONG_SHEET else 0
    return Layout(widths, heights, pages, (rows, 1 if rows and is_wide else 0), HEADER_ROW + n)


def _widths(table: Table, texts: Texts, stretch: float) -> list[int]:
    """Numbers whole, text and headers wrapped between words."""
    found = []
    for place, (header, column) in enumerate(zip(table.columns, texts, strict=True)):
        numbers = [len(text) for row, text in zip(table.rows, column, strict=True) if not isinstance(row[place], str)]
        words = max(len(word) for word in header.split())
        longest = max(map(len, column))
        text = longest if longest <= ONE_LINE else min(WIDEST, max(ONE_LINE, round(stretch * longest**0.5)))
        found.append(2 + max(NARROWEST, words, text, *numbers))
    return found


def _heights(table: Table, texts: Texts, widths: list[int]) -> list[int]:
    rows = [table.columns, *zip(*texts, strict=True)]
    return [max(_lines(text, width - 1) for text, width in zip(row, widths, strict=True)) for row in rows]


def _lines(text: str, room: int) -> int:
    return 1 if len(text) <= room else len(textwrap.wrap(text, room))


def _shown(cell: Cell, missing: str) -> str:
    """Text of a cell, about as a spreadsheet shows it."""
    value = value_of(cell, missing)
    if isinstance(value, str):
        return value
    return text_of(cell) if isinstance(cell, Number | Exact) else f"{value:.6g}"


def about_print(table: Table) -> str:
    """What the line below the caption adds where a sheet is not printed whole; blank where it is."""
    if table.printed is None or table.printed >= len(table.rows):
        return ""
    return f" Printed: the first {table.printed} of {len(table.rows):,} rows."
