"""Turn a value that does not fit its setting into a sentence: what is wrong, what is allowed, the likely fix."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from sencosim.levers.fields import likely_year
from sencosim.names import did_you_mean
from sencosim.scenario.guide import Guide
from sencosim.scenario.tree import Leaf, Node

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
        return _sentence(str(context.get("error", "")))
    if kind == "literal_error":
        return f"Expected {' or '.join(guide.choices)}. {did_you_mean(str(found), guide.choices)}".rstrip()
    if kind.startswith(("greater_than", "less_than")) and isinstance(found, int | float):
        low, high = guide.limits
        return limit_sentence(found, low, high, guide.unit)
    return _TEXT_FAULTS.get(kind) or kind_sentence(guide, node)


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def missing_sentence(name: str, guide: Guide) -> str:
    """Say that a setting which must be there is not."""
    inside = f" It takes one of: {', '.join(guide.names)}." if guide.names else ""
    return f"{name} is missing. {guide.description}{inside}"
