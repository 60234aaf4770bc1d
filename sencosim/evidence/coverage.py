"""What the source documents ask for, and what of the simulator carries each item."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sencosim.evidence.tables import read_rows

CONTEXT = "context"
"""Carried by nothing: said, with the reason, and left out."""


@dataclass(frozen=True)
class Item:
    """One thing that a source document contains."""

    id: str  # number of the source document, and of the item in it
    kind: str  # statistic, mechanism, policy, duty and so on
    item: str
    number: str  # the figure that it names, or an empty text
    # Kind and name of each thing that carries it, such as ``("lever", "team")``; ``("context", "")`` if none does
    carried_by: tuple[tuple[str, str], ...]
    reason: str  # why nothing carries it, or what the carrier leaves out


@lru_cache(maxsize=1)
def load_coverage() -> tuple[Item, ...]:
    """Read the table that comes with the package, in the order of the source documents."""
    return tuple(
        Item(
            row["id"],
            row["kind"],
            row["item"],
            row["number"],
            tuple((kind, name) for kind, _, name in (part.partition(":") for part in row["carried_by"].split(";"))),
            row["reason"],
        )
        for row in read_rows("coverage.csv")
    )
