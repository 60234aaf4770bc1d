"""What a checker of data found wrong, in our words: no library's sentence reaches a reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

_KINDS = {
    "bool": "true or false is needed",
    "date": "a date such as 2026-11-30 is needed",
    "dict": "settings with names are needed",
    "float": "a number is needed",
    "int": "a whole number is needed",
    "list": "a list is needed",
    "literal": "it must be {expected}",
    "mapping": "settings with names are needed",
    "model": "settings with names are needed",
    "none": "nothing may stand here",
    "string": "text is needed",
    "tuple": "a list is needed",
    "url": "a web address is needed",
}
"""What was expected, by the first word of the checker's own name of a fault."""
_FAULTS = {
    "extra_forbidden": "there is no field of this name",
    "finite_number": "a finite number is needed",
    "frozen_instance": "it cannot be changed",
    "greater_than": "it must be above {gt}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than": "it must be below {lt}",
    "less_than_equal": "it must be at most {le}",
    "missing": "it is missing",
    "string_pattern_mismatch": "the text has another form than it needs",
    "string_too_long": "the text is longer than {max_length} characters",
    "string_too_short": "the text is shorter than {min_length} characters",
    "too_long": "it has more than {max_length} entries",
    "too_short": "it has fewer than {min_length} entries",
    "value_error": "{error}",
}


def fault_in_words(fault: Mapping[str, Any]) -> str:
    """Say what is wrong with one value, without its name and without a full stop.

    Parameters
    ----------
    fault
        One entry of ``ValidationError.errors()``.

    Examples
    --------
    >>> fault_in_words({"type": "greater_than_equal", "ctx": {"ge": 0}})
    'it must be at least 0'
    >>> fault_in_words({"type": "float_parsing"})
    'a number is needed'
    """
    kind, context = str(fault["type"]), _Context(fault.get("ctx", {}))
    words = _FAULTS.get(kind) or _KINDS.get(kind.partition("_")[0], "it cannot be used here")
    return words.format_map(context).rstrip(".")


def faults_in_words(error: ValidationError) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where each fault stands, as a path of names, and what is wrong there."""
    for fault in error.errors(include_url=False, include_input=False):
        yield tuple(str(step) for step in fault["loc"]), fault_in_words(fault)


class _Context(dict[str, Any]):
    """What the checker adds to a fault; a limit that it does not say is left out in words."""

    def __missing__(self, key: str) -> str:
        return "what is allowed"
