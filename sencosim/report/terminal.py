"""The answer as plain text, from the tables of the page: no colour, no boxes, no meaning in symbols alone."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from itertools import zip_longest

from sencosim.report.answer import answer_sentences, how_sure, payer_sentence, question, what_would_change
from sencosim.report.findings import Findings
from sencosim.report.forms import range_sentence
from sencosim.report.frontier_section import (
    headline_lines,
)
from sencosim.report.inputs import ReportInputs, check_inputs
from sencosim.report.showing import banners
from sencosim.report.table import Table, with_columns
from sencosim.report.tables import payer_table, people_table, views_table
from sencosim.report.uses import uses_sentence

WIDTH = 110
GAP = 2


def answer_text(inputs: ReportInputs, width: int = WIDTH) -> str:
    """The answer in words and three tables, ready to print; every figure is in the summary. [``width``: >= 60]"""
    check_inputs(inputs)
    findings = Findings(inputs)
    answered = (*answer_sentences(findings), payer_sentence(findings), uses_sentence(findings))
    paragraphs = (
        *(f"! {banner}" for banner in banners(findings)),
        question(findings),
        " ".join(answered).strip(),
        range_sentence(findings),
        *headline_lines(findings),
    )
    blocks = [textwrap.fill(paragraph, width) for paragraph in paragraphs if paragraph]
    blocks += [table_text(table, width) for table in _tables(findings) if table.rows]
    blocks.append("What would change the answer\n" + _list(what_would_change(findings), width))
    blocks.append("How sure\n" + _list(how_sure(findings), width))
    return "\n\n".join(blocks) + "\n"


def _tables(findings: Findings) -> list[Table]:
    """Tables of the terminal: the page's, short of the rows and columns that only paper has room for."""
    views = views_table(findings)
    described = tuple(row for row in views.rows if row[0] != "What the view assumes")
    return [
        replace(views, rows=described, notes=()),
        without_columns(payer_table(findings), "Net, "),
        without_columns(people_table(findings), "Difference, ", "Level, policy"),
    ]


def without_columns(table: Table, *starts: str) -> Table:
    """Drop the columns behind `In words` whose header starts so; they stay on the page."""
    words = table.columns.index("In words")
    kept = [i for i, name in enumerate(table.columns) if i <= words or not name.startswith(tuple(starts))]
    return with_columns(table, kept)


def table_text(table: Table, width: int = WIDTH) -> str:
    """Set a table in columns: words to the left, numbers to the right, long cells wrapped.

    Examples
    --------
    >>> print(table_text(Table("k", "Apples.", ("Kind", "Number"), (("red", "12"), ("green", "3"))), 40))
    Apples
    Kind   Number
    -------------
    red        12
    green       3
    """
    columns = list(zip(table.columns, *table.shown, strict=True))
    left = {0, *table.text_columns}
    widths = _widths(columns, width)
    lines = textwrap.wrap(table.caption.rstrip("."), width)
    for number, row in enumerate((table.columns, *table.shown)):
        if number - 1 in table.strong_rows:
            lines.append("-" * (sum(widths) + GAP * (len(widths) - 1)))
        wrapped = [textwrap.wrap(cell, size) or [""] for cell, size in zip(row, widths, strict=True)]
        for parts in zip_longest(*wrapped, fillvalue=""):
            cells = [
                part.ljust(size) if i in left else part.rjust(size)
                for i, (part, size) in enumerate(zip(parts, widths, strict=True))
            ]
            lines.append((" " * GAP).join(cells).rstrip())
        if number == 0:
            lines.append("-" * (sum(widths) + GAP * (len(widths) - 1)))
    lines += [line for note in table.notes for line in textwrap.wrap(note, width)]
    return "\n".join(lines)


def _widths(columns: list[tuple[str, ...]], width: int) -> list[int]:
    """Width of each column: as wide as its widest cell, the widest narrowed until the table fits."""
    widths = [max(len(cell) for cell in column) for column in columns]
    floors = [max(len(word) for cell in column for word in (cell.split() or [""])) for column in columns]
    room = width - GAP * (len(columns) - 1)
    while sum(widths) > room:
        wide = max(range(len(widths)), key=lambda i: widths[i] - floors[i])
        if widths[wide] <= floors[wide]:
            break
        widths[wide] -= 1
    return widths


def _list(sentences: tuple[str, ...], width: int) -> str:
    return "\n".join(
        textwrap.fill(sentence, width, initial_indent="- ", subsequent_indent="  ") for sentence in sentences
    )
