"""Files from outside, changed as a slip, a broken disk or an attacker would change them."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

CELLS = (
    *("", " ", "x", "NA", "SUPP", "-1", "0", "1.5", "1e400", "-1e400", "nan", "inf", "9" * 400, "9" * 5_000),
    *(
        "99999999999",
        "1,234",
        "2.6%",
        "0x1f",
        "१२",
        "=1+1",
        "+1",
        "@x",
        "\x1b[2J",
        "\u202ex",
        "<script>",
        "\0",
        "\ufeff",
    ),
    *("a" * 5_000, '"', "'", ",", '"a,b', "\r", "\n", "é", "\udc80", "[[]]", "{}", "null", "true", "2027/28", "State"),
)
"""What may stand in a cell, by slip or by intent."""
ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "cp037")


@st.composite
def tables(draw: st.DrawFn, text: str) -> bytes:
    """A table of commas or a text of lines, changed in a few places, in some encoding, perhaps compressed or cut."""
    lines = text.splitlines()
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, min(2, len(lines))) | st.integers(0, len(lines)))
        line = lines[at] if at < len(lines) else ""
        place = draw(st.integers(0, line.count(",")))
        value = draw(st.sampled_from(CELLS) | st.text(max_size=8))
        lines = draw(st.sampled_from(CHANGES))(lines, at, place, value)
    whole = draw(st.sampled_from(("\n", "\n", "\n", "\r\n", "\r", "\n\n"))).join(lines)
    encoding = draw(st.sampled_from(ENCODINGS))
    data = whole.encode(encoding, "replace" if encoding.startswith("cp") else "surrogatepass")
    return cut(draw, packed(draw, data))


def _cell(lines: list[str], at: int, place: int, value: str) -> list[str]:
    cells = lines[at].split(",") if at < len(lines) else [""]
    return [*lines[:at], ",".join([*cells[:place], value, *cells[place + 1 :]]), *lines[at + 1 :]]


def _without_column(lines: list[str], at: int, place: int, value: str) -> list[str]:
    return [",".join(cells[:place] + cells[place + 1 :]) for cells in (row.split(",") for row in lines)]


def _column_twice(lines: list[str], at: int, place: int, value: str) -> list[str]:
    return [",".join([*cells, *cells[place : place + 1]]) for cells in (row.split(",") for row in lines)]


CHANGES = (
    _cell,
    _cell,
    _without_column,
    _column_twice,
    lambda lines, at, place, value: [*lines[:at], *lines[at + 1 :]],  # noqa: ARG005
    lambda lines, at, place, value: [*lines[: at + 1], *lines[at:]],  # noqa: ARG005
    lambda lines, at, place, value: [*lines[:at], value, *lines[at:]],  # noqa: ARG005
    lambda lines, at, place, value: lines[: at + 1],  # noqa: ARG005
    lambda lines, at, place, value: [value] if place else [],  # noqa: ARG005
)
"""What happens to the lines of a table: a cell, a column or a line is changed, lost, repeated, put in."""


def packed(draw: st.DrawFn, data: bytes) -> bytes:
    """Plain, or compressed."""
    kind = draw(st.sampled_from(("plain", "plain", "plain", "plain", "gzip", "zip", "twice")))
    if kind == "gzip":
        return gzip.compress(data)
    if kind == "plain":
        return data
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(draw(st.sampled_from(("a.csv", "../a.csv", "a.xlsx"))), data)
    return held.getvalue() if kind == "zip" else gzip.compress(held.getvalue())


def cut(draw: st.DrawFn, data: bytes) -> bytes:
    """Whole, or with its end cut off, a byte changed or bytes put in."""
    kind = draw(st.sampled_from(("whole", "whole", "whole", "whole", "end", "bit", "more")))
    at = draw(st.integers(0, max(0, len(data) - 1)))
    if kind == "end":
        return data[:at]
    if kind == "bit" and data:
        return data[:at] + bytes([data[at] ^ (1 << draw(st.integers(0, 7)))]) + data[at + 1 :]
    if kind == "more":
        return data[:at] + draw(st.binary(max_size=4)) + data[at:]
    return data


@st.composite
def parquets(draw: st.DrawFn, whole: pa.Table) -> bytes:
    """A Parquet file with columns gone, renamed, repeated, of another kind, with other values or facts; perhaps cut."""
    table = whole
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, table.num_columns - 1))
        table = draw(st.sampled_from(CHANGES_OF_TABLE))(draw, table, place)
        if not table.num_columns:
            break
    held = io.BytesIO()
    pq.write_table(table, held)
    return cut(draw, held.getvalue())


def _other_value(draw: st.DrawFn, table: pa.Table, place: int) -> pa.Table:
    odd = draw(st.sampled_from((-1, 0, 7, 1e9, 2**62, -(2**62), float("nan"), float("inf"), None, 0.5, True)))
    values: list[Any] = table.column(place).to_pylist()
    values[:1] = [odd] * len(values[:1])
    return table.set_column(place, table.column_names[place], column_of(values, odd))


def _as_text(draw: st.DrawFn, table: pa.Table, place: int) -> pa.Table:
    column = pa.array([draw(st.sampled_from(CELLS[:22]))] * table.num_rows)
    return table.set_column(place, table.column_names[place], column)


def _renamed(draw: st.DrawFn, table: pa.Table, place: int) -> pa.Table:
    return table.rename_columns([*table.column_names[:place], "other", *table.column_names[place + 1 :]])


CHANGES_OF_TABLE = (
    _other_value,
    _other_value,
    _other_value,
    _as_text,
    _renamed,
    lambda draw, table, place: table.remove_column(place),  # noqa: ARG005
    lambda draw, table, place: table.append_column(table.column_names[place], table.column(place)),  # noqa: ARG005
    lambda draw, table, place: table.slice(0, draw(st.integers(0, 2))),  # noqa: ARG005
    lambda draw, table, place: table.replace_schema_metadata(draw(st.sampled_from(facts_of(table)))),  # noqa: ARG005
)


def column_of(values: list[Any], odd: Any) -> pa.Array:
    """Values as a column; where they do not go together, one value alone."""
    try:
        return pa.array(values)
    except (pa.ArrowException, OverflowError):
        return pa.array([odd] * len(values))


def facts_of(table: pa.Table) -> list[dict[bytes, bytes]]:
    """What a table may say of itself: nothing, no JSON, JSON of another kind, and its own facts with other values."""
    key, told = next(iter((table.schema.metadata or {b"x": b"{}"}).items()))
    try:
        facts = dict(json.loads(told))
    except (ValueError, TypeError):
        facts = {}
    changed = [{**facts, name: odd} for name in facts for odd in (None, "x", -1, 1e300, [], {})]
    gone = [{other: facts[other] for other in facts if other != name} for name in facts]
    odd = [b"", b"{", b"[]", b"7", b"null", b"\xff"]
    return [{}, *({key: text} for text in odd), *({key: json.dumps(one).encode()} for one in (*changed, *gone))]
