"""Reads CSV tables, those of the evidence and others: a row of a file becomes an object of a dataclass."""

from __future__ import annotations

import csv
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from sencosim.evidence.register import evidence_folder

_Row = TypeVar("_Row")


def read_rows(file: str | Path) -> list[dict[str, str]]:
    """Rows of a table, as text by column; a bare name is looked for among the evidence."""
    with (evidence_folder() / file).open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def read_table(file: str | Path, kind: type[_Row]) -> tuple[_Row, ...]:
    """Rows of a table as objects, one column for each field; a blank is ``None`` where the field allows it."""
    hints = get_type_hints(kind)
    kinds = {field.name: hints[field.name] for field in fields(kind)}  # type: ignore[arg-type]
    return tuple(kind(**{name: _read(row[name], kinds[name]) for name in kinds}) for row in read_rows(file))


def _read(text: str, kind: object) -> Any:
    if kind == tuple[str, ...]:
        return tuple(text.split())
    if kind not in (int, float, int | None, float | None):
        return text
    if text == "" and kind not in (int, float):
        return None
    return int(text) if kind in (int, int | None) else float(text)
