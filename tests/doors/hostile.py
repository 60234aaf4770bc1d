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
    *("99999999999", "1,234", "2.6%", "0x1f", "१२", "=1+1", "+1", "@x", "\x1b[2J", "‮x", "<script>", "\0", "\ufeff"),
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
        cells = line.split(",")
        place = draw(st.integers(0, len(cells) - 1))
        value = draw(st.sampled_from(CELLS) | st.text(max_size=8))
        kind = draw(st.sampled_from(("cell", "cell", "column", "twice", "delete", "repeat", "add", "head", "nothing")))
        if kind == "cell":
            lines[at : at + 1] = [",".join([*cells[:place], value, *cells[place + 1 :]])]
        elif kind == "column":
            lines = [",".join(row.split(",")[:place] + row.split(",")[place + 1 :]) for row in lines]
        elif kind == "twice":
            lines = [",".join([*row.split(","), *row.split(",")[place : place + 1]]) for row in lines]
        elif kind == "delete":
            lines[at : at + 1] = []
        elif kind == "repeat":
            lines.insert(at, line)
        elif kind == "add":
            lines.insert(at, value)
        elif kind == "head":
            lines = lines[: at + 1]
        else:
            lines = [value] if draw(st.booleans()) else []
    whole = draw(st.sampled_from(("\n", "\n", "\n", "\r\n", "\r", "\n\n"))).join(lines)
    encoding = draw(st.sampled_from(ENCODINGS))
    data = whole.encode(encoding, "replace" if encoding.startswith("cp") else "surrogatepass")
    return cut(draw, packed(draw, data))


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
        if not table.num_columns:
            break
        place = draw(st.integers(0, table.num_columns - 1))
        name = table.column_names[place]
        kind = draw(
            st.sampled_from(("gone", "renamed", "repeated", "text", "value", "value", "value", "rows", "facts"))
        )
        if kind == "gone":
            table = table.remove_column(place)
        elif kind == "renamed":
            table = table.rename_columns([*table.column_names[:place], "other", *table.column_names[place + 1 :]])
        elif kind == "repeated":
            table = table.append_column(name, table.column(place))
        elif kind == "text":
            table = table.set_column(place, name, pa.array([draw(st.sampled_from(CELLS[:22]))] * table.num_rows))
        elif kind == "value":
            odd = draw(st.sampled_from((-1, 0, 7, 1e9, 2**62, -(2**62), float("nan"), float("inf"), None, 0.5, True)))
            values: list[Any] = table.column(place).to_pylist()
            values[:1] = [odd] * len(values[:1])
            table = table.set_column(place, name, column_of(values, odd))
        elif kind == "rows":
            table = table.slice(0, draw(st.integers(0, 2)))
        else:
            table = table.replace_schema_metadata(draw(st.sampled_from(facts_of(whole))))
    held = io.BytesIO()
    pq.write_table(table, held)
    return cut(draw, held.getvalue())


def column_of(values: list[Any], odd: Any) -> pa.Array:
    """Values as a column; where they do not go together, one value alone."""
    try:
        return pa.array(values)
    except (pa.ArrowException, OverflowError):
        return pa.array([odd] * len(values))


def facts_of(table: pa.Table) -> list[dict[bytes, bytes]]:
    """What a table may say of itself: nothing, no JSON, JSON of another kind, and its own facts with other values."""
    key, told = next(iter((table.schema.metadata or {b"x": b"{}"}).items()))
    facts = json.loads(told)
    changed = [{**facts, name: odd} for name in facts for odd in (None, "x", -1, 1e300, [], {})]
    gone = [{other: facts[other] for other in facts if other != name} for name in facts]
    odd = [b"", b"{", b"[]", b"7", b"null", b"\xff"]
    return [{}, *({key: text} for text in odd), *({key: json.dumps(one).encode()} for one in (*changed, *gone))]
