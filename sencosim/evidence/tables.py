"""Reads CSV tables, those of the evidence and others: a row of a file becomes an object of a dataclass."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.register import evidence_folder
from sencosim.evidence.yaml_files import text_of
from sencosim.plain_text import harm_in

_Row = TypeVar("_Row")
_NUMBER = re.compile(r"^[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?$")


def read_rows(file: str | Path) -> list[dict[str, str]]:
    """Rows of a table, as text by column; a bare name is looked for among the evidence.

    Raises
    ------
    EvidenceError
        If it is no table, or has other columns than the one of the package that it stands for.
    """
    path = evidence_folder() / file
    rows = _rows(path)
    ours = Path(__file__).parent / file
    if path != ours and ours.is_file():
        with ours.open(encoding="utf-8", newline="") as table:
            wanted = next(csv.reader(table))
        if lacking := [name for name in wanted if rows and name not in rows[0]]:
            raise _fault(path, f"it lacks {', '.join(lacking)}")
    return rows


def _rows(path: Path) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text_of(path), newline=""))
    try:
        rows = list(reader)
    except csv.Error as error:
        raise _fault(path, f"line {reader.line_num}: {error}") from error
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise _fault(path, f"row {number} has more or fewer cells than the first line")
        for name, cell in row.items():
            if (harm := harm_in(cell)) and not _NUMBER.match(cell):
                raise _fault(path, f"row {number}, {name}: {harm.rstrip('.')}")
    return rows


@contextmanager
def as_numbers(file: str | Path) -> Iterator[None]:
    """Say which table holds a cell that is not the number that it should be."""
    try:
        yield
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise _fault(Path(file), f"a cell is not what belongs there ({error})") from error


def _fault(path: Path, words: str) -> EvidenceError:
    message = f"{path.name} cannot be used: {words}. Mend the table, or take that of the package."
    return EvidenceError(message, (Problem(message, file=path.name),))


def read_table(file: str | Path, kind: type[_Row]) -> tuple[_Row, ...]:
    """Rows of a table as objects, one column for each field; a blank is ``None`` where the field allows it."""
    hints = get_type_hints(kind)
    kinds = {field.name: hints[field.name] for field in fields(kind)}  # type: ignore[arg-type]
    rows = read_rows(file)
    with as_numbers(file):
        return tuple(kind(**{name: _read(row[name], kinds[name]) for name in kinds}) for row in rows)


def _read(text: str, kind: object) -> Any:
    if kind == tuple[str, ...]:
        return tuple(text.split())
    if kind not in (int, float, int | None, float | None):
        return text
    if text == "" and kind not in (int, float):
        return None
    return int(text) if kind in (int, int | None) else _finite(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number that can be used")
    return number
