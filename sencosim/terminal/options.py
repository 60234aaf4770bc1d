"""Options that several commands share, and the kinds of value that they take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from sencosim.errors import EvidenceError, Problem
from sencosim.terminal.console import Console


class Command(click.Command):
    """A command that takes the options that all commands take."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(common_options())


def common_options() -> list[click.Parameter]:
    """Make the options of every command: quiet, debug, colour."""
    return [
        _switch(["-q", "--quiet"], "quiet", "Print only the answer."),
        _switch(["--debug"], "debug", "On failure, show where in the code it happened."),
        _switch(["--no-color", "--no-colour"], "plain", "No colour. The variable NO_COLOR does the same."),
    ]


def _switch(names: list[str], attribute: str, text: str) -> click.Option:
    def remember(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        console = ctx.ensure_object(Console)
        if value:
            setattr(console, attribute, True)
        if not console.colour:
            ctx.color = False

    return click.Option(names, is_flag=True, expose_value=False, callback=remember, help=text)


class Replications(click.ParamType[str]):
    """A number of replications, or ``auto`` for as many as the precision needs."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the option, as text for the scenario."""
        text = str(value)
        if text != "auto" and not (text.isdecimal() and int(text) >= 1):
            self.fail(f"{text!r} is not a number of replications. Write a whole number from 1, or auto.", param, ctx)
        return text


class Workers(click.ParamType[int]):
    """A number of processes, or ``auto`` for one a core."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the option. [0 stands for auto]"""
        if value in ("auto", 0):
            return 0
        try:
            number = int(value)
        except (TypeError, ValueError):
            self.fail(f"{value!r} is not a number of processes. Write a whole number, or auto.", param, ctx)
        if number < 1:
            self.fail("At least one process is needed. Write 1 or more, or auto.", param, ctx)
        return number


class SampleShare(click.ParamType[float]):
    """A share of England."""

    name = "SHARE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the option. [share, above 0 and at most 1]"""
        try:
            share = float(value)
        except (TypeError, ValueError):
            self.fail(f"{value!r} is not a share of England. Write a number such as 0.05, for 5 per cent.", param, ctx)
        if 0.0 < share <= 1.0:
            return share
        meant = f" For {share:g} per cent write {share / 100.0:g}." if 1.0 < share <= 100.0 else ""
        message = f"A sample is a share of England, above 0 and at most 1; {share:g} is not.{meant}"
        raise click.BadParameter(message, ctx, param)


class AtLeast(click.ParamType[int]):
    """A whole number, of which there is a least."""

    name = "N"

    def __init__(self, least: int) -> None:
        self.least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the option."""
        try:
            number = int(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a whole number. Write one from {self.least}.", param, ctx)
        if number < self.least:
            self.fail(f"{number} is below the least that is allowed, {self.least}.", param, ctx)
        return number


def out_option(words: str) -> Callable[[Any], Any]:
    """Make the option ``--out``, the folder of results; ``words`` say what it is to the command."""
    return click.option(
        "-o",
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("outputs"),
        show_default=True,
        help=words,
    )


def councils_option() -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make the option ``--council``: a name or code, or a postcode or constituency in one."""
    return click.option(
        "--council",
        "councils",
        multiple=True,
        callback=_councils,
        help="Only this council, by name or code, or a postcode or constituency in it; may be given again.",
    )


def _councils(ctx: click.Context, _: click.Parameter, named: tuple[str, ...]) -> tuple[str, ...]:
    """Put the council in the place of a postcode or constituency, and say so; gather all that cannot be found."""
    if not named:
        return ()
    from sencosim.evidence.localities import find_locality

    found: list[str] = []
    problems: list[Problem] = []
    for name in named:
        try:
            locality = find_locality(name)
        except EvidenceError as error:
            problems += error.problems
            continue
        found.append(locality.council.name if locality.sentence else name)
        if locality.sentence:
            ctx.ensure_object(Console).note(locality.sentence)
    if problems:
        raise EvidenceError(" ".join(problem.message for problem in problems), tuple(problems))
    return tuple(dict.fromkeys(found))


def is_given(ctx: click.Context, name: str) -> bool:
    """Whether an option stands on the command line."""
    return ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def written(name: str) -> str:
    """An option as it is written on the command line."""
    spelt = {"councils": "council", "views": "view", "settings": "set", "stored": "ensemble", "limits": "search"}
    spelt |= {"confirmed_share": "confirm"}
    return f"--{spelt.get(name, name).replace('_', '-')}"


SAMPLES = ("sample", "sampling", "confirmed_share")
"""Options that say which part of England is run."""
SAMPLES_SET = ("run.sample", "run.draw_sample", "run.sampling")
"""Settings that say the same to a run."""


def refuse_idle_sample(options: Mapping[str, Any]) -> None:
    """Refuse a part of England where all schools of a list, or of chosen councils, are run: it would change nothing.

    Raises
    ------
    click.UsageError
        If such an option stands on the command line.
    """
    ctx = click.get_current_context(silent=True)
    given = [] if ctx is None else [written(name) for name in SAMPLES if name in options and is_given(ctx, name)]
    given += [f"--set {name}" for name in SAMPLES_SET if name in options.get("settings", {})]
    if given:
        raise click.UsageError(
            "A part is taken of all England alone. Of chosen councils, and of a list that lacks many schools of "
            f"England, every school is run: leave out {', '.join(given)}."
        )


def refuse_others(
    ctx: click.Context,
    scenarios: Sequence[str],
    options: Mapping[str, Any],
    what: str,
    why: str,
    may_change: Sequence[str],
) -> None:
    """Refuse everything that would make another run of one that is continued.

    Raises
    ------
    click.UsageError
        If a scenario or another option is given.
    """
    given = {name for name in options if is_given(ctx, name)}
    other = sorted(given - {what, *may_change})
    if scenarios or other:
        found = ", ".join([*scenarios, *(written(name) for name in other)])
        allowed = [written(name) for name in may_change if name not in ("as_json", "dry_run")]
        raise click.UsageError(f"{why}: leave out {found}. Only {', '.join(allowed)} and --json can change.")
