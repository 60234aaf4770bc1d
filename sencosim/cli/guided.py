"""``sencosim new --guided``: asks what the policy is, in the words of a school, and writes the scenario."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
from pydantic import TypeAdapter

from sencosim.levers.fields import CONTRACT_WEEK_HOURS, Pupils, WeeklyDays, WeeklyHours, WeeklyHoursPerSenPupil
from sencosim.levers.lever import Years
from sencosim.scenario.reading import yaml_lines, yaml_scalar
from sencosim.units import PHASES, format_year

T = TypeVar("T")
AMOUNTS = (
    "Write an amount in one of these ways:\n"
    "  full time      the whole week of a teacher\n"
    "  2 days         days a week\n"
    "  10 hours       hours a week\n"
    "  0.2 per pupil  hours a week for each pupil with SEN\n"
    "  none           no duty: schools keep what they give today"
)
_NUMBER = r"(\d+(?:\.\d+)?)"
FORMS: tuple[tuple[str, str, Any], ...] = (
    (rf"{_NUMBER} ?(?:d|days?)(?: a week)?", "days_per_week", WeeklyDays),
    (rf"{_NUMBER} ?(?:h|hours?)(?: a week)?", "hours_per_week", WeeklyHours),
    (rf"{_NUMBER} ?(?:hours? )?(?:per|for each|a) pupil", "hours_per_sen_pupil_per_week", WeeklyHoursPerSenPupil),
)
"""How amounts may be written, the setting of each, and what it allows."""
FIRST, LAST = 2026, 2045
"""Septembers that a policy may begin in."""


class Answers(NamedTuple):
    """What was asked."""

    title: str
    by_phase: dict[str, dict[str, Any]]  # floor of each phase that has a duty
    administrator_hours: float  # hours a week for each SENCO
    start: int  # September
    phase_in_years: int
    funded_by: str  # schools or national_grant


def amount(text: str) -> dict[str, Any]:
    """Read an amount of SENCO time; empty for none.

    Raises
    ------
    click.BadParameter
        If it is none of the forms, or more than a week holds.

    Examples
    --------
    >>> amount("full time"), amount("2 days"), amount("none"), amount("0.2 per pupil")
    ({'full_time': True}, {'days_per_week': 2.0}, {}, {'hours_per_sen_pupil_per_week': 0.2})
    """
    words = " ".join(re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text.lower()).split())
    if words in ("full", "full time", "fulltime"):
        return {"full_time": True}
    if words in ("none", "no", "0"):
        return {}
    for form, setting, kind in FORMS:
        if found := re.fullmatch(form, words):
            number, most = float(found[1]), most_of(kind)
            if not 0.0 < number <= most:
                raise click.BadParameter(f"{number:g} is not above 0 and at most {most:g}.")
            return {setting: number}
    raise click.BadParameter(
        f"{text!r} is not an amount of time. Write full time, 2 days, 10 hours, 0.2 per pupil or none."
    )


def most_of(kind: Any) -> float:
    """The most that a setting allows.

    Examples
    --------
    >>> most_of(WeeklyDays)
    5.0
    """
    return float(TypeAdapter(kind).json_schema()["maximum"])


def ask(title: str) -> Answers:
    """Ask everything, in the order in which a school would meet it; what is not understood is asked again."""
    told = str(click.prompt("Title of your policy", default=title, err=True)).strip() or title
    click.echo(f"\n{AMOUNTS}\n", err=True)
    by_phase = {phase: floor for phase in PHASES if (floor := _floor_of(phase))}
    hours = _asked("Administrator hours a week for each SENCO, 0 for none", "0", _number(0.0, 2 * CONTRACT_WEEK_HOURS))
    start = _asked("The September in which it begins", "2027", _whole(FIRST, LAST))
    years = _asked("Years until all schools have joined, in equal steps", "3", _whole(1, int(most_of(Years))))
    payer = str(
        click.prompt(
            "Who pays", type=click.Choice(["schools", "grant"]), default="schools", show_choices=True, err=True
        )
    )
    return Answers(told, by_phase, hours, start, years, "schools" if payer == "schools" else "national_grant")


def _floor_of(phase: str) -> dict[str, Any]:
    """The duty on the schools of a phase: an amount, or two by the size of the school."""
    first = _asked(f"SENCO time in {phase} schools", "none", amount)
    limit = _asked(
        f"Does it differ in larger {phase} schools? Above how many pupils, 0 for no",
        "0",
        _whole(0, int(most_of(Pupils))),
    )
    if not limit:
        return first
    larger = _asked(f"SENCO time in {phase} schools with more than {limit:,} pupils", "full time", amount)
    if larger == first:
        return first
    rows = [{"up_to_pupils": limit, **(first or {"no_duty": True})}, larger or {"no_duty": True}]
    return {"by_size": rows}


def _asked(question: str, default: str, read: Callable[[str], T]) -> T:
    """Ask until the answer can be read."""
    while True:
        text = str(click.prompt(question, default=default, err=True))
        try:
            return read(text)
        except click.BadParameter as fault:
            click.echo(f"  {fault.message}", err=True)


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        plain = text.replace(",", "").strip()
        if not plain.isdecimal() or not low <= int(plain) <= high:
            raise click.BadParameter(f"Write a whole number from {low:,} to {high:,}.")
        return int(plain)

    return read


def _number(low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = high + 1.0
        if not low <= number <= high:
            raise click.BadParameter(f"Write a number from {low:g} to {high:g}.")
        return number

    return read


def scenario_text(answers: Answers, name: str) -> str:
    """The scenario that the answers describe."""
    return "\n".join(_lines(answers, name)) + "\n"


def _lines(answers: Answers, name: str) -> Iterator[str]:
    yield "# Written by  sencosim new --guided . Edit it as you like, then  sencosim validate  it."
    yield ""
    yield "schema: 1"
    yield f"name: {name}"
    yield "extends: baseline"
    yield f"title: {yaml_scalar(answers.title)}"
    when = {
        "start": format_year(answers.start),
        "phase_in_years": answers.phase_in_years,
        "funded_by": answers.funded_by,
    }
    levers: dict[str, Any] = {}
    if answers.by_phase:
        floors = list(answers.by_phase.values())
        is_same = len(floors) == len(PHASES) and all(floor == floors[0] for floor in floors)
        levers["protected_time"] = when | {"floor": floors[0] if is_same else {"by_phase": answers.by_phase}}
    if answers.administrator_hours > 0.0:
        levers["admin_support"] = when | {"hours_per_week": answers.administrator_hours}
    yield ""
    if levers:
        yield from yaml_lines({"levers": levers})
    else:
        yield "# You asked for no duty, so nothing differs from today's rules. Levers:  sencosim list levers"


def title_of(path: Path) -> str:
    """Title that a file name suggests.

    Examples
    --------
    >>> title_of(Path("two_days.yaml"))
    'Two days'
    """
    return path.stem.replace("_", " ").replace("-", " ").strip().capitalize() or "My policy"
