"""What the source documents ask for, and what of the simulator carries each item."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from sencosim.evidence.register import evidence_folder

CONTEXT = "context"
"""Carried by nothing: said, with the reason, and left out."""


@dataclass(frozen=True)
class Item:
    """One thing that a source document contains.

    Attributes
    ----------
    id
        Number of the source document, and of the item in it.
    kind
        Statistic, mechanism, policy, duty and so on.
    item, number
        In a few words; the figure that it names, or an empty text.
    carried_by
        Kind and name of each thing that carries it, such as ``("lever", "team")``; ``("context", "")`` if none does.
    reason
        Why nothing carries it, or what the carrier leaves out.
    """

    id: str
    kind: str
    item: str
    number: str
    carried_by: tuple[tuple[str, str], ...]
    reason: str


@lru_cache(maxsize=1)
def load_coverage() -> tuple[Item, ...]:
    """Read the table that comes with the package, in the order of the source documents."""
    with (evidence_folder() / "coverage.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Item(
                row["id"],
                row["kind"],
                row["item"],
                row["number"],
                tuple((kind, name) for kind, _, name in (part.partition(":") for part in row["carried_by"].split(";"))),
                row["reason"],
            )
            for row in csv.DictReader(file)
        )
