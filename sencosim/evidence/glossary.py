"""The words of reports and briefs with their meanings: one file, which ``sencosim explain`` and the report read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

FILE = Path(__file__).parent / "words" / "glossary.yaml"


@dataclass(frozen=True)
class Word:
    """A word and its meaning."""

    name: str  # as a report writes it
    means: str
    also: tuple[str, ...] = ()  # other ways to write it
    payer: str = ""  # key in files, if it is the name of a payer

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it is called."""
        return (self.name, *self.also, *([self.payer] if self.payer else []))


@cache
def glossary() -> tuple[Word, ...]:
    """Every word, in the order of the file."""
    found = YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))
    return tuple(
        Word(str(name), str(told["means"]), tuple(map(str, told.get("also", ()))), str(told.get("payer", "")))
        for name, told in found.items()
    )


def word_named(name: str) -> Word | None:
    """The word that is called so, in upper or lower case; ``None`` if there is none.

    Examples
    --------
    >>> word_named("ehcp").name, word_named("nothing") is None
    ('EHC plan', True)
    """
    wanted = name.casefold()
    return next((word for word in glossary() if wanted in {one.casefold() for one in word.names}), None)
