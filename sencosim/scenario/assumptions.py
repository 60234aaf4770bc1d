"""Check what a scenario says against what is known: parameters, ranges, councils, review dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pydantic import ValidationError

from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.councils import load_councils
from sencosim.evidence.distributions import Distribution, limits
from sencosim.evidence.register import Parameter, load_register
from sencosim.levers.fields import LEAST_HOURS
from sencosim.levers.lever import BEHAVIOUR
from sencosim.levers.schools import council_names as names_of_council
from sencosim.names import did_you_mean, listed
from sencosim.scenario.assumed import groups_of
from sencosim.scenario.check import limit_sentence, moved_sentence, post_share_hint, problem_at, reading_hint
from sencosim.scenario.guide import homes
from sencosim.scenario.schema import Scenario
from sencosim.scenario.tree import Branch, Leaf, Listing, Node, Path, find, leaves, plain
from sencosim.units import parse_year

TAIL = 1e-4
"""Share of a distribution that is left out at either end when it is compared with the hard range."""
FULL_TIME = "full_time_hours_per_week"


@dataclass(frozen=True)
class References:
    """What is known, and on which day."""

    parameters: Mapping[str, Parameter]  # the evidence register
    councils: tuple[str, ...]  # everything that a council may be called: names and codes
    today: date  # on which review dates are looked at


@lru_cache(maxsize=1)
def council_names() -> tuple[str, ...]:
    """Names, three-digit codes and ONS codes of all councils."""
    return tuple(name for kind in zip(*map(names_of_council, load_councils()), strict=True) for name in kind)


def shipped_references() -> References:
    """Return the evidence that ships with sencosim, as of today."""
    return References(load_register(), council_names(), date.today())


def check_overrides(tree: Branch, parameters: Mapping[str, Parameter]) -> Iterator[Problem]:
    """Problems of the overrides: names, hard ranges, the evidence interval, missing reasons."""
    overrides = tree.entries.get("overrides")
    if not isinstance(overrides, Branch):
        return
    for name, node in overrides.entries.items():
        path: Path = ("overrides", name)
        parameter = parameters.get(name) if name in parameters else None
        if parameter is None:
            yield problem_at(node, path, _unknown_parameter(name, node, tree, parameters))
        elif isinstance(node, Branch):
            yield from _check_value(parameter, node.entries.get("value"), path)
            yield from _check_distribution(parameter, node.entries.get("distribution"), path)
            yield from _check_reason(node, path)


def _unknown_parameter(name: str, node: Node, tree: Branch, parameters: Mapping[str, Parameter]) -> str:
    close = did_you_mean(name, parameters)
    if homes(name):
        value = node.entries.get("value", node) if isinstance(node, Branch) else node
        return f"{moved_sentence(name, ('overrides',), value, tree)}\n{close}".rstrip()
    return f"There is no parameter of this name. {close or 'sencosim list parameters  shows all names.'}"


def _check_reason(node: Branch, path: Path) -> Iterator[Problem]:
    why = node.entries.get("why")
    if why is None or (isinstance(why, Leaf) and not str(why.value or "").strip()):
        message = (
            "No reason is given. It will run, and the report will say that there is none. "
            "Give one sentence as  why: … ."
        )
        yield problem_at(node, path, message, warning=True)


def _check_value(parameter: Parameter, node: Node | None, path: Path) -> Iterator[Problem]:
    numbers = _numbers(node)
    if node is None or not numbers:
        return
    wanted = len(parameter.value) if isinstance(parameter.value, list) else 1
    if len(numbers) != wanted or isinstance(node, Listing) != isinstance(parameter.value, list):
        size = f"a list of {wanted} numbers" if isinstance(parameter.value, list) else "one number"
        shown = f" ({listed(parameter.labels)})" if parameter.labels else ""
        yield problem_at(node, (*path, "value"), f"This parameter is {size}{shown}; found {len(numbers)}.")
        return
    for number in numbers:
        message, warning = _size_sentence(parameter, number)
        if message:
            yield problem_at(node, (*path, "value"), message, warning=warning)


def _numbers(node: Node | None) -> list[float]:
    """Numbers of an override's value; empty if it is something else, which is reported elsewhere."""
    items: tuple[Node, ...] = () if node is None else node.items if isinstance(node, Listing) else (node,)
    values = [item.value for item in items if isinstance(item, Leaf)]
    numbers = [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    return numbers if len(numbers) == len(items) else []


def _size_sentence(parameter: Parameter, number: float) -> tuple[str, bool]:
    """Say what is wrong with the size of a number, and whether it is only a warning."""
    low, high = parameter.range
    if not low <= number <= high:
        return limit_sentence(number, low, high, parameter.unit), False
    if parameter.interval is None or parameter.interval[0] <= number <= parameter.interval[1]:
        return "", False
    first, last = parameter.interval
    hint = reading_hint(number, parameter.unit, first, last)
    text = f"Outside the range in the evidence ({first:g} to {last:g}). It will run; the report will say so."
    return f"{text} {hint}".rstrip(), True


def _check_distribution(parameter: Parameter, node: Node | None, path: Path) -> Iterator[Problem]:
    if not isinstance(node, Branch):
        return
    where = (*path, "distribution")
    try:
        distribution = Distribution.model_validate(plain(node))
    except ValidationError:
        return
    if isinstance(parameter.value, list):
        yield problem_at(node, where, "This parameter is a list of numbers, so it takes values, not a distribution.")
        return
    low, high = parameter.range
    first, last = limits(distribution, TAIL, 1 - TAIL)
    if first < low - TAIL or last > high + TAIL:
        message = (
            f"The distribution reaches from {first:.3g} to {last:.3g}, and allowed is {low:g} to {high:g} "
            f"({parameter.unit}). Choose a family with an end, such as beta or pert, or a smaller spread."
        )
        yield problem_at(node, where, message)


def check_councils(tree: Branch, councils: tuple[str, ...]) -> Iterator[Problem]:
    """Problems of council names under ``covers``."""
    for path, node in leaves(tree):
        in_lever = len(path) == 5 and path[0] in ("levers", "background")
        if in_lever and path[2:4] == ("covers", "councils") and isinstance(node, Leaf):
            name = node.value
            if isinstance(name, str) and name not in councils:
                close = did_you_mean(name, councils) or "sencosim list councils  shows all names and codes."
                yield problem_at(node, path, f"There is no council of this name or code. {close}")


def check_plausibility(
    tree: Branch, scenario: Scenario | None, parameters: Mapping[str, Parameter]
) -> Iterator[Problem]:
    """Warnings of settings that can run but are seldom meant."""
    week = parameters[FULL_TIME].numbers[0] if FULL_TIME in parameters else None
    for path, node in leaves(tree):
        hours = node.value if isinstance(node, Leaf) else None
        if (
            week
            and path
            and path[-1] == "hours_per_week"
            and isinstance(hours, int | float)
            and LEAST_HOURS <= hours < 1
        ):
            yield problem_at(node, path, post_share_hint(hours, week), warning=True)
    yield from _check_behaviour(tree, parameters)
    if scenario is None:
        return
    for name, lever in scenario.levers.active():
        if parse_year(lever.start) > scenario.horizon.last:
            path = ("levers", name, "start")
            message = "The policy starts after the last year of the results, so it changes nothing there."
            yield problem_at(find(tree, path), path, message, warning=True)


def _check_behaviour(tree: Branch, parameters: Mapping[str, Parameter]) -> Iterator[Problem]:
    """Warnings of what a lever assumes about schools, against the evidence for it."""
    for path, node in leaves(tree):
        parameter = BEHAVIOUR.get(str(path[-1]), "") if len(path) == 3 and path[0] == "levers" else ""
        numbers = _numbers(node)
        if parameter in parameters and numbers and 0 <= numbers[0] <= 1:
            message, _warning = _size_sentence(parameters[parameter], numbers[0])
            if message:
                yield problem_at(node, path, message, warning=True)


def check_review_dates(scenario: Scenario, references: References, file: str) -> Iterator[Problem]:
    """One warning for each source whose figures should have been looked at again by now."""
    stale: dict[tuple[str, str], list[str]] = {}
    for name, parameter in references.parameters.items():
        if name not in scenario.overrides and date.fromisoformat(parameter.review_by) < references.today:
            source = (
                f"{parameter.source.title}, {parameter.source.date}"
                if parameter.source
                else "our assumption, no source"
            )
            stale.setdefault((parameter.review_by, source), []).append(name)
    for (due, source), names in sorted(stale.items()):
        days = (references.today - date.fromisoformat(due)).days
        subject = "This figure" if len(names) == 1 else f"{len(names)} figures ({listed(names, most=6)})"
        message = (
            f"{subject} should have been looked at again by {due}, {days} {'day' if days == 1 else 'days'} ago. "
            f"Source: {source}. It will run; the report will say so."
        )
        yield Problem(message, file=file, key=names[0] if len(names) == 1 else None, severity="warning")


def check_correlations(tree: Branch, scenario: Scenario) -> Iterator[Problem]:
    """Problems of the stated correlations: a new group without parameters, unknown names, groups that overlap."""
    stated = tree.entries.get("correlations")
    if not isinstance(stated, Branch) or not scenario.correlations:
        return
    known = {group.name for group in load_register().correlations}
    bare = [name for name, one in scenario.correlations.items() if one.parameters is None and name not in known]
    for name in bare:
        message = (
            f"The evidence has no group of correlated parameters named {name}, so it must say which they are: "
            f"parameters: [name, name]. Groups of the evidence are {', '.join(sorted(known))}."
        )
        yield problem_at(stated.entries[name], ("correlations", name), message)
    if bare:
        return
    try:
        load_register().correlated(groups_of(scenario))
    except EvidenceError as error:
        for problem in error.problems:
            name = str(problem.key).rpartition(".")[2]
            path: Path = ("correlations", name) if name in stated.entries else ("correlations",)
            yield problem_at(stated.entries.get(name, stated), path, problem.message)
