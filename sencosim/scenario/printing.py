"""Print the problems of a scenario: errors first, warnings apart, in the order of the file."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from sencosim.errors import Problem
from sencosim.scenario.guide import scenario_guide

INDENT = 11
WIDTH = 88
_ASCII = {"✗": "x", "→": "->", "—": "-", "\u2013": "-", "…": "...", "£": "GBP ", "“": '"', "”": '"', "\u2019": "'"}


def format_problems(problems: Sequence[Problem], file: str, *, ascii_only: bool = False) -> str:
    """Say all problems of a scenario file; problems in its parents name their own file. Empty if there are none."""
    if not problems:
        return ""
    errors = in_order(problem for problem in problems if problem.severity == "error")
    warnings = in_order(problem for problem in problems if problem.severity == "warning")
    mark = "✗ " if errors else ""
    both = ((errors, "problem"), (warnings, "warning"))
    counts = " and ".join(f"{len(found)} {word}{'s' if len(found) != 1 else ''}" for found, word in both if found)
    blocks = [f"{mark}{file} has {counts}."]
    blocks += [_block(problem, file) for problem in (*errors, *warnings)]
    blocks.append(_footer((*errors, *warnings), bool(errors)))
    text = "\n\n".join(block for block in blocks if block) + "\n"
    return to_ascii(text) if ascii_only else text


def to_ascii(text: str) -> str:
    """Replace every sign outside ASCII by a plain spelling, or by ``?``."""
    for sign, plain in _ASCII.items():
        text = text.replace(sign, plain)
    return text.encode("ascii", "replace").decode("ascii")


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems sorted by severity, file and place, without doubles."""
    unique = list(dict.fromkeys(problems))
    return sorted(
        unique,
        key=lambda p: (p.severity != "error", p.file is None, p.file or "", p.line or 0, p.column or 0, p.key or ""),
    )


def _block(problem: Problem, file: str) -> str:
    where = "" if problem.line is None else f"line {problem.line}"
    if problem.file is not None and problem.file != file:
        where = f"{problem.file} {where}".strip()
    if problem.severity == "warning":
        where = f"warning  {where}".strip()
    what = problem.key or ""
    if what and problem.found is not None:
        what = f"{what}: {problem.found}"
    pad = max(INDENT - 4, len(where))
    head = f"  {where:<{pad}}  {what}".rstrip()
    return "\n".join([head, *(_body(problem.message))] if head else _body(problem.message))


def _body(message: str) -> list[str]:
    """Lines of a message: sentences wrapped, lines that are indented or quoted from a file kept."""
    lines: list[str] = []
    for line in message.split("\n"):
        kept = line.startswith((" ", ">")) or len(line) <= WIDTH
        pieces = [line] if kept else textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False)
        lines += [f"{' ' * INDENT}{piece}".rstrip() for piece in pieces]
    return lines


def _footer(problems: Sequence[Problem], refused: bool) -> str:
    topic = next((topic for topic in map(_topic, problems) if topic), None)
    how = (
        f"sencosim explain {topic}   shows what is known about it."
        if topic
        else "sencosim show baseline   shows every setting in its place."
    )
    return f"{'Nothing was run.   ' if refused else ''}{how}"


def _topic(problem: Problem) -> str | None:
    """Parameter or lever that a problem is about, if it exists."""
    group, _, rest = (problem.key or "").partition(".")
    name = rest.split(".")[0]
    levers = scenario_guide().at(("levers",))
    if group == "levers" and levers is not None and name in levers.names:
        return name
    if group == "overrides" and name and "There is no " not in problem.message:
        return name
    return None
