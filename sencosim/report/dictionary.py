"""What every file of a result is, and every column of its tables: ``dictionary.yaml``, read, searched and printed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sencosim.errors import InputError
from sencosim.names import did_you_mean
from sencosim.remembered import remembered

FILE = Path(__file__).with_name("dictionary.yaml")
WIDTH = 92
_OTHERS = {
    "chart": "Columns are those of the table that the chart shows.",
    "outcomes": "Further columns: outcomes by name, and what one event fewer is worth.",
    "parameters": "Further columns: parameters of the evidence by name.",
    "quantities": "Further columns: quantities of the ledger by name.",
    "shown": "Columns have the headings that are printed.",
    "study": "Columns are told by the analysis that made it.",
    "summary": "Columns are those of the file of the run.",
}
"""What is said of columns that have no line of their own, by where their names come from."""


@dataclass(frozen=True)
class Entry:
    """One file of a result, or a kind of file."""

    folder: str  # run, ensemble, comparison, brief or pack
    where: str  # that folder in words
    name: str  # path in the folder; ``*`` stands for any name
    also: str  # the same table in another format; blank if there is none
    words: str
    columns: Mapping[str, str]  # what each column means, in order
    of: str  # where further columns take their names from; blank if there are none

    @property
    def path(self) -> str:
        """Its name with the kind of folder in front: no two files have the same."""
        return f"{self.folder}/{self.name}"

    def matches(self, path: str) -> bool:
        """Whether a path inside the folder is this file."""
        return fnmatch(path, self.name) or path == self.also

    @property
    def is_table(self) -> bool:
        """Whether it has columns."""
        return self.name.endswith((".csv", ".parquet"))

    @property
    def others(self) -> str:
        """What further columns are; blank if there are none."""
        return _OTHERS.get(self.of, "")


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """Every file, folder by folder, in the order in which they should be read."""
    told = _read()
    shared: Mapping[str, str] = told["columns"]
    return tuple(
        Entry(
            folder["name"],
            folder["title"],
            name,
            one.get("also", ""),
            one["words"],
            {column: words for given in one.get("columns", ()) for column, words in _column(given, shared)},
            one.get("of", ""),
        )
        for folder in told["folders"]
        for name, one in folder["files"].items()
    )


@lru_cache(maxsize=1)
def shared_columns() -> Mapping[str, str]:
    """Columns that mean the same in every file that has them."""
    found: Mapping[str, str] = _read()["columns"]
    return found


def _read() -> dict[str, Any]:
    found: dict[str, Any] = remembered("dictionary", FILE.read_bytes(), lambda: YAML(typ="safe", pure=True).load(FILE))
    return found


def _column(given: Any, shared: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if isinstance(given, str):
        yield given, shared[given]
    else:
        yield from given.items()


def entry_of(path: str, folder: str = "run") -> Entry | None:
    """The entry of a file by its path inside a folder of this kind; those without ``*`` come first."""
    found = [one for one in entries() if one.folder == folder and one.matches(path)]
    return min(found, key=lambda one: "*" in one.name, default=None)


def named(name: str) -> list[Entry]:
    """Entries of a file by its name, with or without its folder."""
    return [
        one for one in entries() if name in (one.path, one.name, one.also, Path(one.name).name, Path(one.also).name)
    ]


def table_of_columns(name: str = "") -> list[dict[str, str]]:
    """File, column and meaning, a row a column: of one file, or of all.

    Raises
    ------
    InputError
        If there is no such file.
    """
    chosen = named(name) if name else list(entries())
    if not chosen:
        known = [name for one in entries() for name in (one.name, one.also) if name and "*" not in name]
        raise InputError(f"No result has a file {name}. {did_you_mean(name, known)}".rstrip())
    return [
        {"result": one.folder, "file": one.name, "column": column, "meaning": words}
        for one in chosen
        for column, words in (one.columns or {"": one.words}).items()
    ]


def describe(entry: Entry) -> str:
    """Say what a file is, column by column."""
    head = entry.name if not entry.also else f"{entry.name}, also as {entry.also}"
    lines = [head, entry.where, *textwrap.wrap(entry.words, WIDTH)]
    wide = max(map(len, entry.columns), default=0)
    for column, words in entry.columns.items():
        indent = " " * (wide + 4)
        lines += textwrap.wrap(words, WIDTH, initial_indent=f"  {column:<{wide}}  ", subsequent_indent=indent)
    return "\n".join([*lines, *([entry.others] if entry.others else [])])
