"""Where words go: the answer to standard output, everything said about it to standard error."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from typing import Any

import click

from sencosim.plain_text import visible

_ASCII = str.maketrans(
    {"✗": "x", "✓": "ok", "→": "->", "–": "-", "—": "-", "−": "-", "±": "+/-", "£": "GBP ", "…": "..."}  # noqa: RUF001
)


@dataclass
class Console:
    """What the person asked of the output."""

    quiet: bool = False  # only the answer
    debug: bool = False  # show where in the code a failure happened
    plain: bool = False  # no colour

    @property
    def colour(self) -> bool:
        """Whether colour may be used: nobody said no, here or by the variable ``NO_COLOR``."""
        return not (self.plain or os.environ.get("NO_COLOR"))

    def data(self, text: str) -> None:
        """Write the answer."""
        click.echo(printable(text, sys.stdout))

    def json(self, value: Any) -> None:
        """Write the answer for a program."""
        click.echo(json.dumps(value, indent=2, ensure_ascii=True, default=str))

    def json_line(self, value: Any) -> None:
        """Write one event for a program, on a line of its own."""
        click.echo(json.dumps(value, ensure_ascii=True, default=str))

    def note(self, text: str) -> None:
        """Say something about the answer, unless asked to be quiet."""
        if not self.quiet:
            self.alert(text)

    def alert(self, text: str) -> None:
        """Say something that must be read."""
        click.echo(printable(text, sys.stderr), err=True)


pass_console = click.make_pass_decorator(Console, ensure=True)
"""Gives a command the console of its group as first argument."""


def printable(text: str, stream: Any) -> str:
    """Write a text with plain substitutes for signs that the stream cannot show, and those that nobody sees spelt out.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> printable("✓ done", SimpleNamespace(encoding="ascii"))
    'ok done'
    """
    encoding, text = getattr(stream, "encoding", None) or "utf-8", visible(text)
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return text.translate(_ASCII).encode("ascii", "replace").decode("ascii")
    return text


def table(rows: list[tuple[str, ...]], gap: str = "  ") -> str:
    """Columns of text, each as wide as its widest entry; the last one ragged.

    Examples
    --------
    >>> print(table([("a", "one"), ("long", "two")]))
    a     one
    long  two
    """
    if not rows:
        return ""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    return "\n".join(
        gap.join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    )
