"""Reads the YAML files of the registers, with the line of every entry.

A full YAML reader takes most of a second for our registers. They are written in a plain style, which is read first; a
file in any other style goes to the full reader. A test holds that both read every file of the package alike.

The plain style: top-level names; under each, fields indented by two spaces; a field holds a number, a word or
sentence, a quoted text, a list or mapping on one line, a folded text (``>-``) indented by four, or one more level of
fields indented by four, which may be anchored (``&name``) and repeated (``*name``). Anything else is not plain, and
:func:`read_plain` says so by returning None.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import ruamel.yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.faults import faults_in_words
from sencosim.plain_text import refuse_harm
from sencosim.remembered import remembered

M = TypeVar("M", bound=BaseModel)

_FIELD = re.compile(r"^( *)([A-Za-z0-9_]+):(?: +(.*))?$")
_NUMBER = re.compile(r"^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$")
_ANCHOR = re.compile(r"^&[A-Za-z0-9_]+$")
_WHOLE = re.compile(r"^-?(?:0|[1-9]\d*)$")
_TOKEN = re.compile(r'\s*(?:([\[\]{},])|("(?:[^"\\]|\\.)*")|([^\[\]{},"\'#&*!|>%@`]+))')
_PLAIN = re.compile(r"^[A-Za-z(][^\"'#{}\[\]&*!|>%@`]*$")
_CONSTANTS: dict[str, Any] = {"null": None, "true": True, "false": False}
_UNCERTAIN = frozenset({"~", "Null", "NULL", "True", "TRUE", "False", "FALSE"})


class _NotPlainError(Exception):
    """The text is not in the plain style."""


def read_plain(text: str) -> dict[str, Any] | None:
    r"""Read a mapping of entries, or return None if the text is not in the plain style.

    Examples
    --------
    >>> read_plain("a:\n  value: 0.5\n  range: [0, 1]\n  unit: hours per week")
    {'a': {'value': 0.5, 'range': [0, 1], 'unit': 'hours per week'}}
    >>> read_plain("a: &anchor 1") is None
    True
    """
    try:
        reader = _Reader([row.rstrip() for row in text.split("\n")], {})
        content, end = _mapping(reader, 0, 0)
    except _NotPlainError:
        return None
    return content if end == len(reader.rows) else None


class _Reader(NamedTuple):
    """The rows of the text, and the entries that carry an anchor."""

    rows: list[str]
    anchors: dict[str, dict[str, Any]]


def _mapping(reader: _Reader, start: int, indent: int) -> tuple[dict[str, Any], int]:
    """Read the fields of one level from row ``start``; return them and the first row that is not theirs."""
    fields: dict[str, Any] = {}
    at = start
    while at < len(reader.rows):
        row = reader.rows[at]
        if not row or row.lstrip().startswith("#"):
            at += 1
            continue
        match = _FIELD.match(row)
        if match is None or len(match.group(1)) > indent:
            raise _NotPlainError
        if len(match.group(1)) < indent:
            break
        name = match.group(2)
        if name in fields or _NUMBER.match(name) or name in _CONSTANTS or name in _UNCERTAIN:
            raise _NotPlainError
        fields[name], at = _field(reader, at, indent, match.group(3))
    return fields, at


def _field(reader: _Reader, at: int, indent: int, rest: str | None) -> tuple[Any, int]:
    """Read what stands after a name."""
    if not rest or _ANCHOR.match(rest):
        if indent >= 4:
            raise _NotPlainError
        fields, end = _mapping(reader, at + 1, indent + 2)
        if not fields:
            raise _NotPlainError
        if rest:
            reader.anchors[rest[1:]] = fields
        return fields, end
    if rest[0] == "*":
        if rest[1:] not in reader.anchors:
            raise _NotPlainError
        return reader.anchors[rest[1:]], at + 1
    if rest == ">-":
        return _folded(reader.rows, at + 1, indent + 2)
    return _scalar(rest), at + 1


def _folded(rows: list[str], start: int, indent: int) -> tuple[str, int]:
    parts: list[str] = []
    at = start
    while at < len(rows) and rows[at].startswith(" " * indent):
        if rows[at][indent] == " ":
            raise _NotPlainError
        parts.append(rows[at][indent:])
        at += 1
    following = next((row for row in rows[at:] if row), "")
    if not parts or following.startswith(" " * indent):
        raise _NotPlainError
    return " ".join(parts), at


def _scalar(text: str) -> Any:
    if text[0] in "[{":
        return _flow(text)
    if text[0] == '"':
        return _quoted(text)
    return _bare(text)


def _quoted(text: str) -> str:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _NotPlainError from None
    if not isinstance(found, str):
        raise _NotPlainError
    return found


def _bare(text: str) -> Any:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _WHOLE.match(text):
        return int(text)
    if _NUMBER.match(text) and "." in text:
        return float(text)
    if text in _UNCERTAIN or not _PLAIN.match(text) or ": " in text or text.endswith(":"):
        raise _NotPlainError
    return text


def _flow(text: str) -> Any:
    """Read a list or mapping that stands on one line: JSON, once its words have quotes."""
    parts, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _NotPlainError
        mark, quoted, bare = match.groups()
        parts.append(mark or quoted or _in_json(bare))
        at = match.end()
    try:
        return json.loads("".join(parts), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise _NotPlainError from None


def _in_json(bare: str) -> str:
    """A word, a number, or a name with its colon and perhaps its value."""
    name, colon, rest = bare.strip().partition(":")
    if not colon:
        return json.dumps(_bare(name))
    if not _FIELD.match(f"{name}:") or (rest and not rest.startswith(" ")):
        raise _NotPlainError
    return f"{json.dumps(name)}: {json.dumps(_bare(rest.strip())) if rest else ''}"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _NotPlainError
    return found


# -- any YAML ----------------------------------------------------------------------------------------------------------

_TOP_KEY = re.compile(r"^([^\s#:][^:]*):", re.MULTILINE)


class Entry(BaseModel):
    """Anything that is written in these files: it does not change, and has no field that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    _harms_nobody = field_validator("*")(refuse_harm)


@dataclass(frozen=True)
class YamlFile:
    """One file as read."""

    path: Path
    content: dict[str, Any]
    lines: dict[str, int]  # of each top-level key, from 1


def read_yaml(path: Path) -> YamlFile:
    """Read a YAML file whose top level is a mapping."""
    text = text_of(path)
    sources = b"".join([ruamel.yaml.__version__.encode(), _own_code(), text.encode()])
    content, lines = remembered(f"yaml_{path.stem}", sources, lambda: _read(path.name, text))
    return YamlFile(path=path, content=content, lines=lines)


@lru_cache(maxsize=1)
def _own_code() -> bytes:
    """The readers: what another version of them made of a file is not taken over."""
    return Path(__file__).read_bytes()


def text_of(path: Path) -> str:
    """Text of a file of the evidence.

    Raises
    ------
    EvidenceError
        If it cannot be read or is no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path.name} cannot be read as text ({error}). Save it as plain text (UTF-8)."
        raise EvidenceError(message, (Problem(message, file=path.name),)) from error


def read_model(kind: type[M], path: Path) -> M:
    """Read a YAML file into a model.

    Raises
    ------
    EvidenceError
        If it has any fault; all of them at once.
    """
    try:
        return kind.model_validate(read_yaml(path).content)
    except ValidationError as error:
        words = "; ".join(f"{'.'.join(place)}: {fault}" for place, fault in faults_in_words(error))
        message = f"{path.name} cannot be used: {words}."
        raise EvidenceError(message, (Problem(message, file=path.name),)) from error


def _read(name: str, text: str) -> tuple[dict[str, Any], dict[str, int]]:
    content = read_plain(text)
    if content is None:
        content = read_fully(name, text)
    lines: dict[str, int] = {}
    for match in _TOP_KEY.finditer(text):
        lines.setdefault(match.group(1).strip("\"'"), text.count("\n", 0, match.start()) + 1)
    return content, lines


def is_table(path: Path) -> bool:
    """Whether a YAML file is a table with a reader of its own: its first setting is ``format``."""
    for row in text_of(path).splitlines():
        if row.strip() and not row.startswith("#"):
            return row.startswith("format:")
    return False


def line_of_field(path: Path, entry_line: int, field: str) -> int:
    """Line of a field within the entry that starts at ``entry_line``, or that line itself if the field is absent."""
    rows = text_of(path).splitlines()
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
    except (YAMLError, RecursionError, ValueError) as error:
        words = str(error).splitlines()[0] if not isinstance(error, RecursionError) else "lists inside lists, too deep"
        message = f"{name} cannot be read: {words}."
        raise EvidenceError(message, (Problem(message, file=name),)) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        problem = Problem(message="The top level must be a list of names, each with a colon.", file=name, line=1)
        raise EvidenceError(f"{name} cannot be read", (problem,))
    return {str(key): entry for key, entry in content.items()}
