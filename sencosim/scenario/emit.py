"""Write values as YAML that any person and any YAML reader understands in the same way."""

from __future__ import annotations

import re
import textwrap
from decimal import Decimal

from sencosim.scenario.reading import scalar, yaml_surprise
from sencosim.scenario.tree import Plain, Scalar

LINE_WIDTH = 100
_PLAIN_TEXT = re.compile(r"^[A-Za-z0-9][A-Za-z0-9 _./()+-]*$")
_FOLDABLE = re.compile(r"^[!-~£](?: ?[!-~£])*$")


def yaml_scalar(value: Scalar) -> str:
    """Write one value.

    Examples
    --------
    >>> [yaml_scalar(value) for value in ("2027/28", "no", "07", 1e-7, True, None, "a: b")]
    ['2027/28', '"no"', '"07"', '0.0000001', 'true', 'null', '"a: b"']
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    if isinstance(value, int):
        return str(value)
    if is_plain(value):
        return value
    return f'"{"".join(_escaped(letter) for letter in value)}"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"


def is_plain(text: str) -> bool:
    """Whether a text reads back as itself without quotes."""
    return (
        bool(_PLAIN_TEXT.match(text))
        and text == text.strip()
        and yaml_surprise(text) is None
        and isinstance(scalar(text), str)
    )


def yaml_lines(value: Plain, indent: int = 0) -> list[str]:
    r"""Write a value as lines of YAML, two spaces for each step inwards.

    Examples
    --------
    >>> print("\n".join(yaml_lines({"run": {"seed": 7, "replications": None}, "views": ["central"]})))
    run:
      seed: 7
      replications: null
    views: [central]
    """
    pad = " " * indent
    if isinstance(value, dict):
        return [line for name, child in value.items() for line in _entry(yaml_scalar(name), child, indent)]
    if isinstance(value, list):
        lines: list[str] = []
        for item in value:
            inner = yaml_lines(item, indent + 2)
            lines += [f"{pad}- {inner[0].lstrip()}", *inner[1:]]
        return lines
    return [f"{pad}{yaml_scalar(value)}"]


def _entry(name: str, value: Plain, indent: int) -> list[str]:
    pad = " " * indent
    if isinstance(value, dict):
        return [f"{pad}{name}:", *yaml_lines(value, indent + 2)] if value else [f"{pad}{name}: {{}}"]
    if isinstance(value, list):
        if all(not isinstance(item, dict | list) for item in value):
            items = ", ".join(yaml_scalar(item) for item in value if not isinstance(item, dict | list))
            return [f"{pad}{name}: [{items}]"]
        return [f"{pad}{name}:", *yaml_lines(value, indent + 2)]
    if isinstance(value, str) and len(value) > LINE_WIDTH - indent - len(name) and _FOLDABLE.match(value):
        width = LINE_WIDTH - indent
        folded = textwrap.wrap(value, width, break_long_words=False, break_on_hyphens=False)
        return [f"{pad}{name}: >-", *(f"{pad}  {line}" for line in folded)]
    return [f"{pad}{name}: {yaml_scalar(value)}"]


def nested_lines(path: tuple[str, ...], value: Plain) -> list[str]:
    """Lines of YAML that set one value at a path, ready to paste.

    Examples
    --------
    >>> nested_lines(("run", "seed"), 7)
    ['run:', '  seed: 7']
    """
    nested = value
    for name in reversed(path):
        nested = {name: nested}
    return yaml_lines(nested)
