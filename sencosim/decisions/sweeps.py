"""Sweeps as a person types them: ``key=lo:hi:n`` or ``key=a,b,c``."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from sencosim.decisions.designs import Design, grid
from sencosim.errors import InputError, Problem
from sencosim.names import did_you_mean

ALLOWED = "Write key=low:high:points, such as fte_teaching=0.2:1:5, or key=a,b,c."
MOST_POINTS = 100_000


@dataclass(frozen=True)
class Over:
    """One axis of a sweep: the key of a setting or parameter, and the points on it, in order."""

    key: str
    points: tuple[float, ...]


def parse_over(text: str, known: Collection[str] | None = None) -> Over:
    """Read one axis.

    Parameters
    ----------
    text
        ``key=lo:hi:n`` for ``n`` values from ``lo`` to ``hi``, both ends included, or ``key=a,b,c``.
    known
        Keys that exist; ``None`` if anything goes.

    Raises
    ------
    InputError
        With a sentence that says what is wrong.

    Examples
    --------
    >>> parse_over("senco_leaving_rate=0.1:0.3:3")
    Over(key='senco_leaving_rate', points=(0.1, 0.2, 0.3))
    >>> parse_over("share=0.5,1")
    Over(key='share', points=(0.5, 1.0))
    """
    key, equals, right = (part.strip() for part in text.partition("="))
    if not (key and equals and right):
        raise InputError(f"The sweep {text!r} has no key and values. {ALLOWED}")
    if known is not None and key not in known:
        hint = did_you_mean(key, known)
        raise InputError(f"The sweep {text!r} names {key}, which does not exist. {hint}".rstrip())
    values = _range(text, right) if ":" in right else tuple(_number(text, part) for part in right.split(","))
    if len(set(values)) < len(values):
        raise InputError(f"The sweep {text!r} has the same value twice.")
    return Over(key, values)


def _range(text: str, right: str) -> tuple[float, ...]:
    parts = right.split(":")
    if len(parts) != 3:
        raise InputError(f"The sweep {text!r} has {len(parts)} parts after the equals sign, not 3. {ALLOWED}")
    low, high = _number(text, parts[0]), _number(text, parts[1])
    if not parts[2].strip().isdigit() or not 2 <= int(parts[2]) <= MOST_POINTS:
        raise InputError(
            f"The sweep {text!r} asks for {parts[2]!r} points: give a whole number from 2 to {MOST_POINTS:,}."
        )
    if low >= high:
        raise InputError(f"The sweep {text!r} runs from {low:g} to {high:g}: the first must be the smaller one.")
    return tuple(round(float(x), 12) for x in np.linspace(low, high, int(parts[2])))


def _number(text: str, part: str) -> float:
    try:
        value = float(part)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"The sweep {text!r} holds {part.strip()!r}, which is not a number. {ALLOWED}")
    return value


def parse_overs(texts: Sequence[str], known: Collection[str] | None = None) -> tuple[Over, ...]:
    """Read several axes and say every fault at once.

    Raises
    ------
    InputError
        If any of them is wrong, or a key comes twice.
    """
    axes: list[Over] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            axes.append(parse_over(text, known))
        except InputError as error:
            problems.append(Problem(error.message, found=text))
    keys = [axis.key for axis in axes]
    problems += [Problem(f"The key {k} is swept twice.", key=k) for k in dict.fromkeys(keys) if keys.count(k) > 1]
    if problems:
        raise InputError(" ".join(problem.message for problem in problems), tuple(problems))
    return tuple(axes)


def sweep_grid(axes: Sequence[Over]) -> Design:
    """Every combination of the axes."""
    return grid({axis.key: axis.points for axis in axes})
