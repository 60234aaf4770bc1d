"""One table of typed cells for page, terminal, spreadsheet and document: numbers become text only when rendered."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from sencosim.report.looks import Exact, with_looks
from sencosim.report.words import DASH, plain, rounded, signed_range


class Worded(Protocol):
    """What knows the words that titles, headers and notes fill in: the findings of a run, or a frontier."""

    def words(self) -> dict[str, Any]:
        """Words by the names that stand in braces."""


@dataclass(frozen=True)
class Number:
    """A number and how it is printed: money, a count, a share in per cent.

    Examples
    --------
    >>> str(Number(12345.6, 100.0)), str(Number(0.25, 0.1, signed=True)), str(Number(41.2, 1.0, unit="p"))
    ('12,300', '+0.2', '41p')
    """

    value: float
    step: float  # power of ten that it is rounded to
    signed: bool = False  # whether it has its sign if it is above zero
    unit: str = ""  # printed behind it

    def __str__(self) -> str:
        return f"{plain(self.value, self.step, signed=self.signed)}{self.unit}"

    @property
    def decimals(self) -> int:
        """Digits printed behind the point."""
        return len(plain(self.value, self.step).partition(".")[2])


@dataclass(frozen=True)
class Interval:
    """Two ends, rounded alike."""

    low: float
    high: float
    step: float  # power of ten that both are rounded to

    def __str__(self) -> str:
        return signed_range(self.low, self.high, self.step)


@dataclass(frozen=True)
class Estimate:
    """A number with its interval in one cell."""

    middle: Number
    interval: Interval | str  # words where there is no interval

    def __str__(self) -> str:
        return f"{self.middle} ({self.interval})"


SHEETS = "pack/sheets.yaml"
TOLD = "templates/told.yaml"
Cell = str | float | bool | Number | Exact | Interval | Estimate | None
"""Text, a number as it is, one as it is printed or as a spreadsheet shows it, ``None`` for a figure that is missing."""


@dataclass(frozen=True)
class Table:
    """A table for people: one header row, one header column."""

    key: str  # short name for links; in a workbook the name of its sheet
    caption: str  # what is measured, where, when, in which unit
    columns: tuple[str, ...]  # headers; the first belongs to the row headers
    rows: Sequence[Sequence[Cell]]
    notes: tuple[str, ...] = ()  # sentences to print below
    strong_rows: tuple[int, ...] = ()  # positions of rows that are totals
    text_columns: tuple[int, ...] = ()  # positions of columns that hold words rather than numbers
    about: str = ""  # in a workbook, the line below the caption
    missing: str = "[x]"  # stands in a spreadsheet where a figure is missing
    printed: int | None = None  # in a workbook, how many of its rows are printed; all if none is said

    @property
    def shown(self) -> tuple[tuple[str, ...], ...]:
        """Rows as they are printed."""
        return tuple(tuple(text_of(cell) for cell in row) for row in self.rows)


def text_of(cell: Cell) -> str:
    """A cell as it is printed.

    Examples
    --------
    >>> text_of(None) == DASH, text_of(True), text_of(0.1), text_of("about")
    (True, 'yes', '0.1', 'about')
    """
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return DASH
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:.15g}" if isinstance(cell, int | float) else str(cell)


def value_of(cell: Any, missing: str) -> str | int | float:
    """What a spreadsheet's cell holds for one of a table: a number, a text, the shorthand for nothing; never a blank.

    Examples
    --------
    >>> value_of(float("nan"), "[x]"), value_of(True, "[x]"), value_of(2, "[x]"), value_of(Number(-12345.6, 100.0), "")
    ('[x]', 'yes', 2, -12300.0)
    """
    if isinstance(cell, Number) and math.isfinite(cell.value):
        return rounded(cell.value, cell.step)
    if isinstance(cell, Exact):
        cell = float(cell.value)
    if isinstance(cell, bool | np.bool_):
        return "yes" if cell else "no"
    if pd.isna(cell) or (isinstance(cell, str) and cell.strip() in ("", DASH)):
        return missing
    if isinstance(cell, numbers.Integral):
        return int(cell)
    if isinstance(cell, numbers.Real):
        return float(cell) if math.isfinite(cell) else missing
    return " ".join(str(cell).split())


def rows_of(frame: pd.DataFrame, headers: Mapping[str, str]) -> tuple[tuple[str, ...], list[list[Cell]]]:
    """Headers in words and rows of the columns that a frame has, in the order of the headers.

    Examples
    --------
    >>> rows_of(pd.DataFrame({"a": [1.5, None]}), {"b": "Other", "a": "Amount"})[0]
    ('Amount',)
    """
    kept = [name for name in headers if name in frame.columns]
    return tuple(headers[name] for name in kept), frame[kept].to_numpy(dtype=object).tolist()


@cache
def words_in(file: str) -> Mapping[str, Any]:
    """A file of words of this package, such as ``templates/tables.yaml``."""
    found: Mapping[str, Any] = YAML(typ="safe", pure=True).load(
        files("sencosim.report").joinpath(file).read_text(encoding="utf-8")
    )
    return found


def table_of(
    worded: Worded,
    name: str,
    cells: pd.DataFrame | Iterable[Sequence[Cell]],
    key: str = "",
    strong_rows: tuple[int, ...] = (),
    **more: str | Sequence[str],
) -> Table:
    """A table from rows, or from the columns of a stored one; its words stand in ``tables.yaml`` or ``sheets.yaml``.

    The words in braces are filled in, with any further ones that are given; the key is the name if it is blank.
    """
    told = (words_in("templates/tables.yaml") | words_in(SHEETS)["sheets"])[name]
    words = worded.words() | more
    rows: Sequence[Sequence[Cell]]
    if isinstance(cells, pd.DataFrame):
        columns, rows = rows_of(cells, told["headers"])
        text: tuple[int, ...] = ()
    else:
        heads = [(head, words_are) for head in told["headers"] for words_are in _each(head, words)]
        columns, rows = tuple(head.format(**told_of) for head, told_of in heads), [*cells]
        text = tuple(i for i, (head, _) in enumerate(heads) if head in told.get("text", ()))
    notes = tuple(note for words_of_it in told.get("notes", ()) if (note := words_of_it.format(**words)))
    if "looks" in told:
        looks = {head.format(**each): look for head, look in told["looks"].items() for each in _each(head, words)}
        rows = with_looks(rows, columns, looks)
    title, about = told["title"].format(**words), told.get("about", "").format(**words)
    made = Table(key or name, title, columns, tuple(rows), notes, strong_rows, text, about)
    return replace(made, printed=told.get("printed"))


def _each(head: str, words: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a header is filled in with: once, or once for each of the list of words that it names."""
    listed = next((name for name, value in words.items() if not isinstance(value, str) and f"{{{name}}}" in head), None)
    return [words] if listed is None else [{**words, listed: one} for one in words[listed]]


def with_columns(table: Table, kept: Sequence[int]) -> Table:
    """The table with the columns at these positions alone."""
    return replace(
        table,
        columns=tuple(table.columns[i] for i in kept),
        rows=[[row[i] for i in kept] for row in table.rows],
        text_columns=tuple(kept.index(i) for i in table.text_columns if i in kept),
    )
