"""The answer of stored runs for a terminal: what it costs, who pays, what changes, with the date of the runs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sencosim.errors import InputError
from sencosim.names import did_you_mean
from sencosim.outcomes.explorer import Explorer
from sencosim.report.explore.page import page_words
from sencosim.report.explore.report import Report
from sencosim.report.table import Table
from sencosim.report.terminal import WIDTH, table_text


def demo_text(data: Mapping[str, Any], name: str) -> str:
    """The stored answer on a policy, in words and three tables.

    Parameters
    ----------
    data
        As :func:`sencosim.outcomes.explorer_data.page_data` gives it.
    name
        Of a stored policy.

    Raises
    ------
    InputError
        If no runs of it are stored.
    """
    names = [one["name"] for one in data["scenarios"]]
    if name not in names:
        hint = did_you_mean(name, names) or f"Stored are: {', '.join(names)}."
        raise InputError(f"No answer on {name} is stored. {hint} To run it:  sencosim run {name}")
    return "\n\n".join(_blocks(data, Report(Explorer(data), name, page_words())))


def _blocks(data: Mapping[str, Any], report: Report) -> Iterator[str]:
    made, parts = data["made"], report.parts()
    yield _filled(
        f"A stored answer: nothing was run. The runs behind it were made on {made['date']} (data {data['hash']}, code "
        f"{made['code_fingerprint'][:12]})."
    )
    for caution in report.cautions:
        yield _filled(f"! “{report.scenario['title']}” is not to be quoted. {caution}")
    yield _filled(f"{parts['sentence']} {parts['payers_sentence']}")
    yield table_text(_views(parts["grid"]))
    yield _filled(parts["views_note"])
    yield "Of each hour that is added\n" + "\n".join(f"- {part}" for part in parts["parts"])
    yield table_text(_narrow(parts["tables"]["people"]))


def _filled(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), WIDTH)


def _views(grid: Sequence[Mapping[str, Any]]) -> Table:
    """Three views on two baselines."""
    columns = ("Net cost to the public purse", *(one["view"] for one in grid[0]["cells"]))
    rows = [(law["title"], *(f"{one['big']} ({one['range']})" for one in law["cells"])) for law in grid]
    return Table("views", "Three views, two baselines", columns, rows, text_columns=tuple(range(1, len(columns))))


def _narrow(table: Table) -> Table:
    """Outcomes without the error of the emulator, which the page shows."""
    rows = [row[:4] for row in table.rows]
    return Table(table.key, table.caption, table.columns[:4], rows, text_columns=(3,))
