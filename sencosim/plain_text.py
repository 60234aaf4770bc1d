"""Texts from outside: what in them would do something in a terminal, a spreadsheet or on a page.

Every door asks here: scenario files, policies made in Python, evidence, official files, finished runs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")

_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNSEEN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
"""Kinds of signs that are not seen: they end lines, turn the direction of writing, or steer a terminal."""


def harm_in(text: str) -> str | None:
    r"""Say what a text would do elsewhere, and what to write instead; ``None`` if it does nothing.

    Examples
    --------
    >>> harm_in("Full-time SENCOs") is None, harm_in("=1+1")[:47]
    (True, 'A spreadsheet would read a text that begins wit')
    >>> harm_in("\x1b[2J")
    'This text holds a sign that is not seen (U+001B). Type the text again, without it.'
    """
    unseen = next((one for one in _unseen_in(text) if one not in "\n\t"), None)
    if unseen is not None:
        return f"This text holds a sign that is not seen (U+{ord(unseen):04X}). Type the text again, without it."
    if text.startswith(_BEGINS_FORMULA):
        return f"A spreadsheet would read a text that begins with {text[0]} as a formula. Begin it with a letter."
    return None


def harm_in_any(value: object) -> str | None:
    """The same for every text of a list; ``None`` for what is no text."""
    if isinstance(value, str):
        return harm_in(value)
    if isinstance(value, tuple | list):
        return next(filter(None, map(harm_in_any, value)), None)
    return None


def refuse_harm(value: T) -> T:
    """The value itself, for the models of pydantic.

    Raises
    ------
    ValueError
        If a text in it would do something elsewhere.
    """
    if harm := harm_in_any(value):
        raise ValueError(harm)
    return value


def harmless(text: str) -> str:
    r"""A text without what would do something elsewhere: for names in files that nobody can be asked to type again.

    Examples
    --------
    >>> harmless("=Ash\u202e\x1b Primary"), harmless("St Mary's")
    ('Ash Primary', "St Mary's")
    """
    if harm_in(text) is None:
        return text
    return "".join(one for one in text if one not in _unseen_in(text)).lstrip("".join(_BEGINS_FORMULA))


def unmarked(text: str) -> str:
    """A text of Markdown in which no words of others are a tag or a link.

    Examples
    --------
    >>> unmarked("# <b>[a](http://b)")
    '# &lt;b>[a] (http://b)'
    """
    return text.replace("<", "&lt;").replace("](", "] (")


def visible(text: str) -> str:
    r"""A text for a terminal: signs that are not seen are spelt out, line feeds and tabs are left.

    Examples
    --------
    >>> visible("a\x1b[2J\nb")
    'a<U+001B>[2J\nb'
    """
    if text.isprintable():
        return text
    return "".join(f"<U+{ord(one):04X}>" if one in _unseen_in(one) and one not in "\n\t" else one for one in text)


def _unseen_in(text: str) -> Iterable[str]:
    return () if text.isprintable() else [one for one in text if unicodedata.category(one) in _UNSEEN]
