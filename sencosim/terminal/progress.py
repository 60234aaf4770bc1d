"""Waiting: a bar on a terminal, one line every half minute elsewhere, one JSON object a line for programs."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from sencosim.terminal.console import Console

if TYPE_CHECKING:
    from rich.console import Console as Terminal

    from sencosim.experiment.pool import Step

SECONDS_BETWEEN_LINES = 30.0


class Silence:
    """No progress at all."""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""

    def __call__(self, step: Step, note: str = "") -> None:
        """Hear of a step; ``note`` is what can be said of the result so far."""


class Lines(Silence):
    """One line every half minute, and one when all is done; ``now`` reads a clock. [seconds]"""

    def __init__(self, say: Callable[[str], None], now: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._now = now
        self._started = self._last = now()

    def __call__(self, step: Step, note: str = "") -> None:
        """Hear of a step; speak if it is time."""
        if step.notice:
            self._say(step.notice)
        moment = self._now()
        if moment - self._last < SECONDS_BETWEEN_LINES and step.done < step.total:
            return
        self._last = moment
        self._say(line_of(step, moment - self._started, note))


class Events(Silence):
    """Every step as a JSON object on a line of standard output."""

    def __call__(self, step: Step, note: str = "") -> None:
        """Hear of a step."""
        said = {"event": "progress", "done": step.done, "total": step.total, "label": step.label, "note": note}
        if step.notice:
            said["notice"] = step.notice
        click.echo(json.dumps(said))


class Bar(Silence):
    """One bar for the whole job, with time left and the precision so far."""

    def __init__(self, *, colour: bool) -> None:
        from rich.progress import (
            BarColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._bar = Progress(
            TextColumn("  {task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),  # moves while a pair of England is run, for a minute or more
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=_terminal(colour=colour),
            transient=True,
        )
        self._task = self._bar.add_task("starting", total=None, note="")

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        self._bar.stop()

    def __call__(self, step: Step, note: str = "") -> None:
        """Hear of a step."""
        if step.notice:
            self._bar.console.print(step.notice)
        self._bar.update(self._task, completed=step.done, total=step.total, description=step.label, note=note)


def progress_for(console: Console, *, as_json: bool) -> Silence:
    """Choose how to show progress: by what was asked, and by whether a person is watching."""
    if as_json:
        return Events()
    if console.quiet:
        return Silence()
    if sys.stderr.isatty():
        return Bar(colour=console.colour)
    return Lines(console.note)


@contextmanager
def waiting(console: Console, text: str) -> Iterator[None]:
    """Say what is done now; where a person is watching, with a sign that moves until it is done."""
    console.note(text)
    if console.quiet or not sys.stderr.isatty():
        yield
        return
    from rich.progress import Progress, SpinnerColumn, TimeElapsedColumn

    with Progress(
        SpinnerColumn(), TimeElapsedColumn(), console=_terminal(colour=console.colour), transient=True
    ) as bar:
        bar.add_task("")
        yield


def _terminal(*, colour: bool) -> Terminal:
    from rich.console import Console as Terminal

    return Terminal(stderr=True, no_color=not colour, highlight=False)


def line_of(step: Step, elapsed: float, note: str = "") -> str:
    """Write a step as a line, with the time that is left if the pace holds. [``elapsed``: seconds since the start]"""
    share = step.done / step.total if step.total else 0.0
    parts = [f"{step.label}: {step.done:,} of {step.total:,} school-years ({share:.0%})"]
    if 0.0 < share < 1.0:
        parts.append(f"about {duration(elapsed * (1.0 - share) / share)} left")
    if note:
        parts.append(note)
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Write a time in words, as exactly as a person wants it. [seconds, >= 0]

    Examples
    --------
    >>> duration(7.4), duration(110), duration(4020)
    ('7 s', '1 min 50 s', '1 h 7 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
