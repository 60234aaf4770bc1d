"""The quick reader and the full reader of YAML agree on every file of the package."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sencosim.evidence.register import evidence_folder
from sencosim.evidence.yaml_files import is_table, read_fully, read_plain

pytestmark = pytest.mark.unit

FILES = [
    path
    for path in sorted([*evidence_folder().glob("*.yaml"), *evidence_folder().glob("views/*.yaml")])
    if not is_table(path)
]


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_shipped_files_are_plain_and_read_alike(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    quick = read_plain(text)
    assert quick is not None, f"{path.name} is not in the plain style: it loads, but slowly"
    full = read_fully(path.name, text)
    assert repr(quick) == repr(full)


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1",
        "a: 'single'",
        "a: one # comment",
        "a:\n  - 1",
        "a: |\n  text",
        "a: 1_000",
        "a: 0x10",
        "a: True",
        "a: ~",
        "a: b: c",
        "a: [1, 2",
        "a: {b: 1, b: 2}",
        "a: *missing",
        "a: 1\na: 2",
        "a: >-\n  one\n\n  two",
        "a: one\n  two",
        "a: 2026-11-22",
        "\ta: 1",
        "a: 1e3",
    ],
)
def test_leaves_other_styles_to_the_full_reader(text: str) -> None:
    assert read_plain(text) is None


words = st.from_regex(r"[A-Za-z][A-Za-z ,;./()=-]{0,20}[A-Za-z]", fullmatch=True)
scalars = st.one_of(words, st.integers(-(10**6), 10**6), st.floats(-100, 100).map(lambda x: round(x, 3)))


@settings(max_examples=40)
@given(st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), st.one_of(scalars, st.lists(scalars))))
def test_whatever_is_read_quickly_is_read_the_same(fields: dict[str, object]) -> None:
    rows = ["entry:"]
    for name, value in fields.items():
        shown = f"[{', '.join(str(one) for one in value)}]" if isinstance(value, list) else str(value)
        rows.append(f"  {name}: {shown}")
    text = "\n".join(rows)
    quick = read_plain(text)
    if quick is not None:
        assert repr(quick) == repr(read_fully("made up", text))
