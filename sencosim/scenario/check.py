"""Check a scenario's lines against its settings: names, places, kinds, limits; and how every fault is put in words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sencosim.errors import Problem
from sencosim.levers.fields import likely_year
from sencosim.names import did_you_mean, listed, nearest
from sencosim.scenario.guide import Guide, homes, scenario_guide
from sencosim.scenario.reading import nested_lines
from sencosim.scenario.schema import Scenario
from sencosim.scenario.tree import Branch, Leaf, Listing, Node, Path, dotted, find, placed, plain, without

_NUMBER_IN_TEXT = re.compile(r"[-+]?[0-9][0-9,]*(\.[0-9]+)?")
_WANTED = {
    "object": "settings inside it, each on a line of its own, two spaces further in",
    "array": "a list in brackets, such as [a, b]",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "string": "text",
}
_TEXT_FAULTS = {
    "string_pattern_mismatch": "A name begins with a small letter and has only small letters, digits and _ in it, "
    "such as my_plan.",
    "string_too_long": "The name is too long: at most 60 letters.",
    "too_short": "The list is empty. Name at least one, or take the line out.",
}


def year_sentence(found: str) -> str:
    """Say that an academic year was expected.

    Examples
    --------
    >>> year_sentence("2027")
    'Expected an academic year such as 2027/28. If you meant September 2027, write 2027/28.'
    """
    year = likely_year(found)
    return f"Expected an academic year such as 2027/28. If you meant September {year[:4]}, write {year}."


def limit_sentence(value: float, low: float | None, high: float | None, unit: str) -> str:
    """Say that a number is outside its hard limits.

    Examples
    --------
    >>> limit_sentence(12, 0, 1, "share")
    '12 is above the highest allowed value, 1. Rates are shares: for 12 per cent write 0.12.'
    """
    if high is not None and value > high:
        side, limit = "above the highest", high
    else:
        side, limit = "below the lowest", low if low is not None else -math.inf
    if value == limit:
        return f"{value:g} is too low: the value must be above {limit:g}."
    hint = reading_hint(value, unit, low, high)
    after = f" ({unit})" if unit and high is not None and high > 1 else ""
    return f"{value:g} is {side} allowed value, {limit:g}{after}. {hint}".rstrip()


def reading_hint(value: float, unit: str, low: float | None, high: float | None) -> str:
    """Say how a number may have been meant, if its size betrays another unit; otherwise an empty text.

    ``low`` and ``high`` are the range it should lie in: hard limits, or what the evidence allows.

    Examples
    --------
    >>> reading_hint(21, "GBP per post per year", 5000, 60000)
    'The unit is GBP per post per year: 21 is read as £21. If you meant £21 thousand, write 21000.'
    """
    if low is None or high is None or low <= value <= high:
        return ""
    for hint in (_share_hint, _pound_hint, _post_hint, _time_hint):
        text = hint(value, unit.casefold(), low, high)
        if text:
            return text.replace("UNIT", unit)
    return ""


def _share_hint(value: float, unit: str, low: float, high: float) -> str:
    if high <= 1 < value <= 100 and low <= value / 100 <= high:
        return f"Rates are shares: for {value:g} per cent write {value / 100:g}."
    percent = "per cent" in unit or "percent" in unit or "%" in unit
    if percent and 0 < value < 1 and low <= value * 100 <= high:
        return (
            f"The unit is UNIT: {value:g} is read as {value:g} per cent. If you meant a share, write {value * 100:g}."
        )
    return ""


def _pound_hint(value: float, unit: str, low: float, high: float) -> str:
    if "gbp" not in unit and "£" not in unit:
        return ""
    thousands = "000" in unit or "thousand" in unit
    read = f"The unit is UNIT: {value:g} is read as £{value:,.10g}{' thousand' if thousands else ''}."
    if thousands and low <= value / 1000 <= high:
        return f"{read} If you meant £{value:,.10g}, write {value / 1000:g}."
    if not thousands and low <= value * 1000 <= high:
        return f"{read} If you meant £{value:g} thousand, write {value * 1000:.10g}."
    return ""


def _post_hint(value: float, unit: str, low: float, high: float) -> str:  # noqa: ARG001  (one signature for all hints)
    if "fte" in unit or "full-time equivalents" in unit:
        return (
            f"The unit is UNIT: {value:g} is read as {value:g} full-time equivalents (FTE). If you counted people "
            "(headcount), turn them into FTE first: two half-time people are 1 FTE."
        )
    if "headcount" in unit or "people" in unit:
        return (
            f"The unit is UNIT: {value:g} is read as {value:g} people (headcount). If you meant full-time equivalents "
            "(FTE), turn them into people first: 1 FTE may be two half-time people."
        )
    return ""


def _time_hint(value: float, unit: str, low: float, high: float) -> str:  # noqa: ARG001  (one signature for all hints)
    if unit == "days per week" and value > high:
        return f"A school week has 5 days. For {value:g} hours write  hours_per_week: {value:g} ."
    if unit == "hours per week" and value > high:
        return "Give hours per school week, not per month, term or year."
    return ""


def post_share_hint(hours: float, full_time_hours: float) -> str:
    """Say how a very small number of weekly hours may have been meant.

    Examples
    --------
    >>> post_share_hint(0.2, 32.4)
    '0.2 hours a week is 12 minutes. If you meant 0.2 of a full-time post (FTE), write 6.48.'
    """
    return (
        f"{hours:g} hours a week is {hours * 60:.0f} minutes. "
        f"If you meant {hours:g} of a full-time post (FTE), write {round(hours * full_time_hours, 2):g}."
    )


def kind_sentence(guide: Guide, node: Node) -> str:
    """Say that another kind of value was expected."""
    wanted = _WANTED.get(guide.kind, "another kind of value")
    if isinstance(node, Leaf) and node.value is None:
        return _nothing_sentence(guide, wanted)
    unit = f" ({guide.unit})" if guide.unit else ""
    return f"Expected {wanted}{unit}.{_kind_fix(guide, node)}"


def _nothing_sentence(guide: Guide, wanted: str) -> str:
    if guide.kind == "object":
        inside = f" ({', '.join(guide.names)})" if guide.names else ""
        return (
            f"There is nothing under this line. Indent the settings that belong to it{inside} by two spaces more, "
            "or take the line out."
        )
    return f"Expected {wanted}, and found nothing. Write a value, or take the line out."


def _kind_fix(guide: Guide, node: Node) -> str:
    if not isinstance(node, Leaf):
        return (
            f" Found {'a list' if not hasattr(node, 'entries') else 'settings inside it'}. {guide.description}".rstrip()
        )
    fixes: Mapping[str, Callable[[Leaf], str]] = {
        "number": _number_fix,
        "integer": _number_fix,
        "array": lambda leaf: f" Write [{leaf.text}].",
        "string": lambda leaf: f' If this is a name or a code, put it in quotes: "{leaf.text}".',
        "object": lambda leaf: f" Inside may stand: {', '.join(guide.names)}." if guide.names else "",  # noqa: ARG005
    }
    fix = fixes.get(guide.kind)
    return fix(node) if fix else ""


def _number_fix(leaf: Leaf) -> str:
    if isinstance(leaf.value, float):
        return f" Write {max(1, round(leaf.value))}."
    match = _NUMBER_IN_TEXT.search(leaf.text)
    if match is None or isinstance(leaf.value, bool):
        return ""
    number = float(match.group(0).replace(",", ""))
    if "%" in leaf.text or "per cent" in leaf.text:
        return f" For {number:g} per cent write {number / 100:g}."
    return f" Write the number alone, without quotes or units: {number:.10g}."


def fault_sentence(kind: str, context: Mapping[str, Any], guide: Guide, node: Node) -> str:
    """Sentence for one fault that the checker found: its type, what the checker adds, what may stand and does."""
    found = node.value if isinstance(node, Leaf) else None
    if guide.unit == "academic year":
        error = str(context.get("error", ""))
        return error if "before" in error or "outside" in error else year_sentence(str(found))
    if kind == "value_error":
        text = str(context.get("error", ""))
        return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"
    if kind == "literal_error":
        return f"Expected {' or '.join(guide.choices)}. {did_you_mean(str(found), guide.choices)}".rstrip()
    if kind.startswith(("greater_than", "less_than")) and isinstance(found, int | float):
        low, high = guide.limits
        return limit_sentence(found, low, high, guide.unit)
    return _TEXT_FAULTS.get(kind) or kind_sentence(guide, node)


def missing_sentence(name: str, guide: Guide) -> str:
    """Say that a setting which must be there is not."""
    inside = f" It takes one of: {', '.join(guide.names)}." if guide.names else ""
    return f"{name} is missing. {guide.description}{inside}"


# -- names, places, kinds and limits: all faults at once ---------------------------------------------------------------

MOST_ROUNDS = 8
_WORD = re.compile(r"[A-Za-z0-9_/]+")


def problem_at(node: Node, path: Path, message: str, *, warning: bool = False) -> Problem:
    """Problem with what stands at a path."""
    shown = path[:-1] if len(path) == 3 and path[0] == "overrides" and path[-1] == "value" else path
    return Problem(
        message=message,
        file=node.place.file,
        line=node.place.line,
        column=node.place.column,
        key=dotted(shown),
        found=_shown(node),
        severity="warning" if warning else "error",
    )


def _shown(node: Node) -> str | None:
    if not isinstance(node, Leaf) or not node.text:
        return None
    text = node.text.replace("\n", " ")
    return text if len(text) <= 60 else f"{text[:57]}..."


def check_names(tree: Branch, parameters: tuple[str, ...]) -> tuple[Branch, list[Problem]]:
    """Check the names of all settings; names of parameters are known, to notice one outside ``overrides``.

    Returns the tree without unknown names, and a problem for each of them. What stands under a name with a single
    likely spelling is kept under that spelling, so that it is checked too.
    """
    problems: list[Problem] = []
    unknown = list(_unknown(tree, scenario_guide(), ()))
    while unknown:
        path, node = unknown[0]
        problems.append(problem_at(node, path, _unknown_sentence(path, node, tree, parameters)))
        tree = _respelt(tree, path, node)
        unknown = list(_unknown(tree, scenario_guide(), ()))
    return tree, problems


def _respelt(tree: Branch, path: Path, node: Node) -> Branch:
    """Tree with an unknown name in its likely spelling, or without it."""
    group, guide = find(tree, path[:-1]), scenario_guide().at(path[:-1])
    rest = _pruned(tree, path)
    names = nearest(str(path[-1]), guide.names) if guide is not None else []
    if len(names) == 1 and isinstance(group, Branch) and names[0] not in group.entries and not homes(str(path[-1])):
        changed = placed(rest, (*path[:-1], names[0]), node)
        return changed if isinstance(changed, Branch) else rest
    return rest


def _pruned(tree: Branch, path: Path) -> Branch:
    rest = without(tree, path)
    return rest if isinstance(rest, Branch) else tree


def _unknown(node: Node, guide: Guide, path: Path) -> Iterator[tuple[Path, Node]]:
    """Every setting whose name the guide does not know, with its place."""
    steps: list[tuple[str | int, Node]] = []
    if isinstance(node, Branch) and guide.kind == "object":
        steps = list(node.entries.items())
    elif not isinstance(node, Leaf | Branch) and guide.kind == "array":
        steps = list(enumerate(node.items))
    for step, child in steps:
        inside = guide.child(step)
        if inside is None:
            yield (*path, step), child
        else:
            yield from _unknown(child, inside, (*path, step))


def _unknown_sentence(path: Path, node: Node, tree: Branch, parameters: tuple[str, ...]) -> str:
    name, group = str(path[-1]), path[:-1]
    here = scenario_guide().at(group)
    valid = here.names if here is not None else ()
    close = did_you_mean(name, valid)
    if homes(name):
        return f"{moved_sentence(name, group, node, tree)}\n{close}".rstrip()
    if close and name not in parameters:
        return f"There is no setting of this name. {close}"
    if name in parameters:
        return _parameter_sentence(name, group, node)
    return _stranger_sentence(name, group, valid, parameters)


def moved_sentence(name: str, group: Path, node: Node, tree: Branch) -> str:
    """Say where a setting lives that stands in the wrong place, with lines to paste."""
    target = _likely_home(name, group, tree)
    lines = "\n".join(f"  {line}" for line in nested_lines(tuple(str(step) for step in target), plain(node)))
    here = dotted(group) or "the top of the file"
    lives = dotted(target[:-1]) or "the top of the file"
    return f"This setting lives under {_quoted(lives)}, not {_quoted(here)}. Move it to:\n{lines}"


def _quoted(place: str) -> str:
    return place if " " in place else f"`{place}`"


def _likely_home(name: str, group: Path, tree: Branch) -> Path:
    """Place that was probably meant: the nearest to where it stands, in a lever that the file uses."""
    levers = tree.entries.get("levers")
    used = set(levers.entries) if isinstance(levers, Branch) else set()

    def distance(home: Path) -> tuple[bool, bool, int]:
        shared = sum(1 for a, b in zip(home, group, strict=False) if a == b)
        unused = home[0] == "levers" and len(home) > 2 and home[1] not in used
        return unused, home[:1] != group[:1], len(home) - 2 * shared

    return min(homes(name), key=distance)


def _parameter_sentence(name: str, group: Path, node: Node) -> str:
    value = plain(node) if isinstance(node, Leaf) else 0
    lines = nested_lines(("overrides", name), {"value": value, "why": "the reason, in a sentence"})
    here = dotted(group) or "the top of the file"
    shown = "\n".join(f"  {line}" for line in lines)
    return (
        f"This is an assumption of the evidence: it lives under `overrides`, not {_quoted(here)}. Move it to:\n{shown}"
    )


def _stranger_sentence(name: str, group: Path, valid: tuple[str, ...], parameters: tuple[str, ...]) -> str:
    elsewhere = list(dict.fromkeys(str(path[-1]) for path in scenario_guide().places()))
    near = nearest(name, [*elsewhere, *parameters])
    if near:
        full = " or ".join(dotted(homes(one)[0]) if homes(one) else f"overrides.{one}" for one in near[:4])
        return f"There is no setting of this name here. Did you mean  {full} ?"
    inside = f"Under {_quoted(dotted(group))} may stand" if group else "At the top of a scenario may stand"
    return f"There is no setting of this name. {inside}: {listed(valid, most=20)}."


def check_values(tree: Branch, *, complete: bool) -> tuple[Scenario | None, list[Problem]]:
    """Check kinds and limits of all values.

    A value that is wrong can hide a fault of the group it stands in. So faulty values are taken out and the rest is
    checked again, until nothing new is found. If not all files could be read (``complete``), missing settings are no
    fault. Returns the scenario, if there is no fault, and the problems.
    """
    problems: list[Problem] = []
    removed: set[Path] = set()
    for _ in range(MOST_ROUNDS):
        try:
            scenario = Scenario.model_validate(plain(tree))
        except ValidationError as faults:
            found = [(_known_part(fault, tree), fault) for fault in faults.errors(include_url=False)]
        else:
            return (None if removed else scenario), problems
        for path, fault in found:
            excused = fault["type"] == "missing" and not complete
            if not excused and not _uncertain(path, fault, removed, tree):
                problems.append(_problem(fault, path, tree))
        before = tree
        for path, _fault in sorted(found, key=lambda item: str(item[0]), reverse=True):
            tree = _pruned(tree, path)
        removed |= {path for path, _fault in found}
        if tree == before:
            break
    return None, problems


def _uncertain(path: Path, fault: ErrorDetails, removed: set[Path], tree: Branch) -> bool:
    """Whether a fault may come only from what was taken out.

    The message of a rule that joins settings names them all; so such a fault is believed unless it names one that was
    taken out, inside the group or alongside it.
    """
    inside = [gone for gone in removed if gone[: len(path)] == path]
    node = find(tree, path)
    if fault["type"] == "too_short":
        return bool(inside) or (isinstance(node, Listing) and bool(node.items))
    if fault["type"] != "value_error":
        return bool(inside)
    if inside and isinstance(node, Branch) and not node.entries:
        return True
    beside = [gone for gone in removed if gone[:-1] == path[:-1]]
    words = set(_WORD.findall(fault["msg"]))
    return any(str(gone[-1]) in words for gone in (*inside, *beside))


def _known_part(fault: ErrorDetails, tree: Branch) -> Path:
    """Path of a fault, cut where the checker goes on to name its own inner workings."""
    path: Path = ()
    node: Node = tree
    for step in fault["loc"]:
        inner = find(node, (step,))
        if inner is node:
            return (*path, step) if fault["type"] == "missing" else path
        node, path = inner, (*path, step)
    return path


def _problem(fault: ErrorDetails, path: Path, tree: Branch) -> Problem:
    guide, node = scenario_guide().at(path), find(tree, path)
    if guide is None:
        return problem_at(node, path, "This cannot be used here.")
    if fault["type"] == "missing":
        return problem_at(node, path, missing_sentence(str(path[-1]), guide))
    if fault["loc"] and fault["loc"][-1] == "[key]" and guide.unit == "share":
        return problem_at(node, path, year_sentence(str(path[-1])))
    return problem_at(node, path, fault_sentence(fault["type"], fault.get("ctx", {}), guide, node))
