"""The option that picks councils, by whatever name a reader knows them."""

from __future__ import annotations

from collections.abc import Callable

import click

from sencosim.cli.console import Console
from sencosim.errors import EvidenceError, Problem


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
