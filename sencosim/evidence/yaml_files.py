"""Reads the YAML files of the registers, with the line of every entry.

A full YAML reader takes more than a second for our registers. They are written in a plain style, so
:mod:`sencosim.evidence.plain_yaml` reads them first; a file in any other style goes to the full reader. A test
holds that both read every file of the package alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.plain_yaml import read_plain

_TOP_KEY = re.compile(r"^([^\s#:][^:]*):", re.MULTILINE)


class Entry(BaseModel):
    """Anything that is written in these files: it does not change, and has no field that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class YamlFile:
    """One file as read."""

    path: Path
    content: dict[str, Any]
    lines: dict[str, int]  # of each top-level key, from 1


def read_yaml(path: Path) -> YamlFile:
    """Read a YAML file whose top level is a mapping."""
    text = path.read_text(encoding="utf-8")
    content = read_plain(text)
    if content is None:
        content = read_fully(path.name, text)
    lines: dict[str, int] = {}
    for match in _TOP_KEY.finditer(text):
        lines.setdefault(match.group(1).strip("\"'"), text.count("\n", 0, match.start()) + 1)
    return YamlFile(path=path, content=content, lines=lines)


def is_table(path: Path) -> bool:
    """Whether a YAML file is a table with a reader of its own: its first setting is ``format``."""
    for row in path.read_text(encoding="utf-8").splitlines():
        if row.strip() and not row.startswith("#"):
            return row.startswith("format:")
    return False


def line_of_field(path: Path, entry_line: int, field: str) -> int:
    """Line of a field within the entry that starts at ``entry_line``, or that line itself if the field is absent."""
    rows = path.read_text(encoding="utf-8").splitlines()
    wanted = re.compile(rf"^\s+{re.escape(field)}\s*:")
    for number in range(entry_line, len(rows)):
        row = rows[number]
        if row and not row[0].isspace() and not row.startswith("#"):
            break
        if wanted.match(row):
            return number + 1
    return entry_line


def read_fully(name: str, text: str) -> dict[str, Any]:
    """Read any YAML mapping. ``name`` is the file's name, for messages."""
    try:
        content = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        words = str(error.problem).splitlines()[0]
        problem = Problem(
            message=f"This file cannot be read: {words}. Check indents, quotes and repeats.",
            file=name,
            line=None if mark is None else mark.line + 1,
            column=None if mark is None else mark.column + 1,
        )
        raise EvidenceError(f"{name} cannot be read", (problem,)) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        problem = Problem(message="The top level must be a list of names, each with a colon.", file=name, line=1)
        raise EvidenceError(f"{name} cannot be read", (problem,))
    return {str(key): entry for key, entry in content.items()}
