"""Read YAML into a tree with places, refuse what YAML would change in silence, and write values as YAML.

YAML keeps the last of two equal keys, reads ``on`` as true in some programs and as a word in others, and drops the
zero of ``07``. Here each of these is a fault, with its line.
"""

from __future__ import annotations

import math
import re
import textwrap
import warnings
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode

from sencosim.errors import Problem
from sencosim.plain_text import harm_in
from sencosim.scenario.tree import Branch, Leaf, Listing, Node, Path, Place, Plain, Scalar, dotted

_BRACKET = re.compile(r"[\[\]{}]")
_INTEGER = re.compile(r"^[-+]?(0|[1-9][0-9]*)$")
_DECIMAL = re.compile(r"^[-+]?([0-9]+\.[0-9]*|\.[0-9]+)$")
_DIGITS = re.compile(r"^[-+]?[0-9.][0-9a-fA-FxXoO_.,]*$")
_LEADING_ZERO = re.compile(r"^[-+]?0[0-9]+$")
_EXPONENT = re.compile(r"^[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$")
_BASE = re.compile(r"^[-+]?0[xob][0-9a-fA-F]+$")
_GROUPED = re.compile(r"^[-+]?[0-9]{1,3}([_,][0-9]{3})+(\.[0-9]+)?$")
_CLOCK = re.compile(r"^[0-9]+:[0-5][0-9]$")
MOST_DIGITS = 400
"""Longest number: the largest and the smallest of a computer have fewer signs."""
_DOUBTFUL_WORDS = {"yes": True, "on": True, "y": True, "no": False, "off": False, "n": False}
_NOT_A_NUMBER = {".nan", ".inf", "-.inf", "+.inf"}
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None, "~": None, "": None}
_SYNTAX_REASONS = (
    ("another document", "A second document begins here (---). The file is one document: remove the line."),
    (
        "unexpected end of stream",
        "A quotation mark or bracket was opened and never closed before the end of the file. Close it.",
    ),
    (
        "mapping values are not allowed",
        "The colon here cannot be read. Either the line is indented more than the one above it (use spaces, two "
        'for each step inwards), or the text holds a colon and needs quotes: title: "Time: the plan".',
    ),
    ("cannot start any token", 'A value cannot begin with this character. Put the value in quotes: "…".'),
    ("',' or", "A list or group in brackets is not finished: a comma or a closing bracket is missing."),
    (
        "block",
        "The indentation does not fit. Settings of one group must begin in the same column. "
        "Use spaces: two for each step inwards.",
    ),
)
MOST_DEPTH = 20
"""Deepest setting: those that there are stand at most five groups down."""
_TOO_DEEP = "Groups or lists stand inside each other too deep. No setting is that deep: take the brackets out."
_UNREADABLE = "The file cannot be read from here on. Check indentation (use spaces), quotes and colons near this line."


@dataclass
class Reading:
    """What a file holds, and what is wrong with how it is written."""

    root: Branch
    problems: list[Problem] = field(default_factory=list)
    readable: bool = True


def read_text(text: str, file: str) -> Reading:
    """Read the text of a scenario file, whose name is for messages; ``readable`` is false if it is not YAML at all."""
    empty = Branch(Place(file, 1, 1))
    tabs = _tab_problems(text, file)
    if tabs:
        return Reading(empty, tabs, readable=False)
    try:
        root = _composed(text)
    except (YAMLError, RecursionError) as fault:
        return Reading(empty, [_syntax_problem(fault, text, file)], readable=False)
    reading = Reading(empty)
    if root is None:
        return reading
    if not isinstance(root, MappingNode):
        message = "The file is a list of settings, each written as  name: value . It begins with something else."
        reading.problems.append(Problem(message, file=file, line=1, column=1))
        reading.readable = False
        return reading
    converted = _Converter(file, reading.problems).node(root, ())
    if isinstance(converted, Branch):
        reading.root = converted
    return reading


@lru_cache(maxsize=32)
def _composed(text: str) -> YamlNode | None:
    """The text as YAML has it: many scenarios extend the same few."""
    open_brackets = accumulate(1 if one in "[{" else -1 for one in _BRACKET.findall(text))
    if max(open_brackets, default=0) > 10 * MOST_DEPTH:  # the library takes long to give up
        raise RecursionError
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ReusedAnchorWarning)  # anchors are refused below, in our words
        found: YamlNode | None = YAML(typ="safe", pure=True).compose(text)
    return found


def _tab_problems(text: str, file: str) -> list[Problem]:
    """One problem for each line that is indented with a tab."""
    problems = []
    for number, line in enumerate(text.splitlines(), start=1):
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent and line.strip():
            message = (
                "This line is indented with a tab, and YAML cannot tell how deep that is. "
                f"Use spaces: two for each step inwards.\n{around(text, number)}"
            )
            problems.append(Problem(message, file=file, line=number, column=indent.index("\t") + 1))
    return problems


def around(text: str, number: int) -> str:
    r"""Lines before, at and after a line, with numbers; tabs made visible.

    Examples
    --------
    >>> print(around("run:\n\tseed: 7\nview: central", 2))
      1 | run:
    > 2 | <tab>seed: 7
      3 | view: central
    """
    lines = text.splitlines()
    shown = range(max(1, number - 1), min(len(lines), number + 1) + 1)
    width = len(str(shown[-1])) if shown else 1
    rows = ((">" if n == number else " ", n, lines[n - 1].replace("\t", "<tab>")) for n in shown)
    return "\n".join(f"{mark} {n:>{width}} | {line}" for mark, n, line in rows)


def _syntax_problem(fault: Exception, text: str, file: str) -> Problem:
    if isinstance(fault, RecursionError):
        return Problem(_TOO_DEEP, file=file)
    if not isinstance(fault, MarkedYAMLError):
        message = "The file holds characters that do not belong in a text file. Save it as plain text (UTF-8)."
        return Problem(message, file=file)
    mark = fault.problem_mark or fault.context_mark
    last = max(1, len(text.splitlines()))
    number = min(mark.line + 1, last) if mark else 1
    column = mark.column + 1 if mark else 1
    reason = next((why for sign, why in _SYNTAX_REASONS if sign in (fault.problem or "")), _UNREADABLE)
    return Problem(f"{reason}\n{around(text, number)}", file=file, line=number, column=column)


class _Converter:
    """Turn parsed YAML into a tree with places, and gather the surprises on the way."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self._file = file
        self._problems = problems
        self._seen: set[int] = set()

    def node(self, node: YamlNode, path: Path, place: Place | None = None) -> Node:
        place = place or self._place(node)
        if id(node) in self._seen:
            self._report(place, path, "Anchors and aliases (& and *) are not used here. Write the value out.")
            return Leaf(place, None, "")
        self._seen.add(id(node))
        if len(path) > MOST_DEPTH:
            self._report(place, path[:MOST_DEPTH], _TOO_DEEP)
            return Leaf(place, None, "")
        if isinstance(node, MappingNode):
            return self._branch(node, path, place)
        if isinstance(node, SequenceNode):
            return Listing(place, tuple(self.node(item, (*path, i)) for i, item in enumerate(node.value)))
        return self._leaf(node, path, place)

    def _branch(self, node: MappingNode, path: Path, place: Place) -> Branch:
        entries: dict[str, Node] = {}
        for key, value in node.value:
            here = self._place(key)
            if not isinstance(key, ScalarNode):
                self._report(here, path, "A name of a setting must be a single word.")
                continue
            name = str(key.value)
            if name == "<<":
                self._report(here, path, "Merging with << is not used here. A scenario can use extends or include.")
                continue
            child = self.node(value, (*path, name), here)
            if name in entries:
                message = (
                    f"{name} is set twice, in lines {entries[name].place.line} and {here.line}. YAML would silently "
                    "keep the last. Remove one of the two."
                )
                self._report(here, (*path, name), message)
            else:
                entries[name] = child
        return Branch(place, entries)

    def _leaf(self, node: YamlNode, path: Path, place: Place) -> Leaf:
        text = str(node.value)
        if not str(node.tag).startswith("tag:yaml.org,2002:") or "python" in str(node.tag):
            self._report(place, path, "Tags (words that begin with !) are not used here. Remove the tag.")
            return Leaf(place, None, text)
        if getattr(node, "style", None):
            self._check_text(text, place, path)
            return Leaf(place, text, f'"{text}"')
        surprise = yaml_surprise(text)
        if surprise is not None:
            self._report(place, path, surprise, text)
            return Leaf(place, likely_scalar(text), text)
        value = scalar(text)
        if isinstance(value, str):
            self._check_text(text, place, path)
        return Leaf(place, value, text)

    def _check_text(self, text: str, place: Place, path: Path) -> None:
        """Texts go into web pages, spreadsheets and terminals: none may hide anything or do anything there."""
        if harm := harm_in(text):
            self._report(place, path, harm)

    def _place(self, node: YamlNode) -> Place:
        return Place(self._file, node.start_mark.line + 1, node.start_mark.column + 1)

    def _report(self, place: Place, path: Path, message: str, found: str | None = None) -> None:
        self._problems.append(Problem(message, self._file, place.line, place.column, dotted(path), found))


def scalar(text: str) -> Scalar:
    """Value of an unquoted text that holds no surprise.

    Examples
    --------
    >>> [scalar(text) for text in ("2026", "0.5", "true", "null", "2027/28")]
    [2026, 0.5, True, None, '2027/28']
    """
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.match(text):
        return int(text)
    if _DECIMAL.match(text):
        return float(text)
    return text


def _is_beyond_numbers(text: str) -> bool:
    """Whether a number is larger, or written finer, than those that a computer reckons with."""
    if len(text) > MOST_DIGITS:
        return True
    return bool(_INTEGER.match(text) or _DECIMAL.match(text)) and math.isinf(float(text))


def likely_scalar(text: str) -> Scalar:
    """Value that a surprising text was probably meant to have, so that checking can go on."""
    if text.lower() in _DOUBTFUL_WORDS:
        return _DOUBTFUL_WORDS[text.lower()]
    if len(text) > MOST_DIGITS:
        return text
    try:
        value = int(text, 0) if _BASE.match(text) else float(re.sub("[_,]", "", text))
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    return int(value) if float(value).is_integer() else value


def yaml_surprise(text: str) -> str | None:
    """Say what is unclear about an unquoted text and what to write instead; ``None`` if nothing is.

    Examples
    --------
    >>> yaml_surprise("0.5") is None
    True
    >>> print(yaml_surprise("07"))
    YAML drops the zero in front, or counts in eights. Write 7, or "07" in quotes if you mean text.
    """
    if text.lower() in _DOUBTFUL_WORDS:
        word = "true" if _DOUBTFUL_WORDS[text.lower()] else "false"
        return (
            f"Some programs read the bare word  {text}  as {word}, others as a word. "
            f'Write {word}, or "{text}" in quotes if you mean the word.'
        )
    if _DIGITS.match(text) and _is_beyond_numbers(text):
        return f"This number has {len(text):,} signs. No setting is that large or that fine: write a shorter one."
    if text.lower() in _NOT_A_NUMBER:
        return f"{text} is not a number that can be used. Write a number."
    kinds = (
        (_LEADING_ZERO, "YAML drops the zero in front, or counts in eights"),
        (_EXPONENT, "Some programs read this as a number, others as text"),
        (_BASE, "YAML reads this as a number in another base"),
        (_GROUPED, "Some programs read this as one number, others as text"),
        (_CLOCK, "Some programs read this as a time and turn it into a number"),
    )
    reason = next((why for pattern, why in kinds if pattern.match(text)), None)
    if reason is None:
        return None
    value = likely_scalar(text)
    instead = f'Write "{text}" in quotes if you mean text'
    if not isinstance(value, str):
        instead = f'Write {value}, or "{text}" in quotes if you mean text'
    return f"{reason}. {instead}."


# -- YAML that any person and any YAML reader understands in the same way ----------------------------------------------

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
    letters = (f"\\{one}" if one in '"\\' else one if one.isprintable() else f"\\U{ord(one):08x}" for one in value)
    return f'"{"".join(letters)}"'


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
            inner = yaml_lines(item, indent + 2) or [f"{item}"]  # an empty group or list: {} or []
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
