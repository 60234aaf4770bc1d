"""What became of the evidence as it was collected: every row of costs, and every item of the source documents.

The cost rows repeat the evidence table as it was collected, with its status and quality, and add three columns: the
role, the unit costs (names of the register) and the reason. So nobody has to ask whether a figure was overlooked. The
items say what of the simulator carries each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.tables import read_rows, read_table

COST_ROWS_FILE = "cost_rows.csv"

Role = Literal["price", "ingredient", "range", "check", "memorandum", "context", "refused"]

ROLES: dict[str, str] = {
    "price": "sets the value of a unit cost",
    "ingredient": "one of several numbers that a unit cost is worked out from",
    "range": "sets an end of an interval, or is one of several readings between which the value was taken",
    "check": "a total or another reading that unit costs must not contradict",
    "memorandum": "a published headline: in a memorandum table of the campaign view, never in net present social value",
    "context": "scale or history; prices nothing",
    "refused": "not used, for the reason given",
}
"""What may become of a row, in words."""


@dataclass(frozen=True)
class CostRow:
    """One row of the cost evidence."""

    parameter: str  # with its breakdown unique
    breakdown: str
    value: float | None  # as collected; None where nothing was [``unit``]
    low: float | None
    high: float | None
    unit: str
    price_year: str
    payer: str
    cashable: str
    # Where it was read and how far it can be trusted; ``status`` is ``seen``, ``derived`` or ``memory-unverified``
    source_title: str
    source_url: str
    status: str
    quality: str
    role: Role
    unit_costs: tuple[str, ...]  # entries of the register that it bears on
    why: str  # how, or why not


@lru_cache(maxsize=1)
def load_cost_rows() -> tuple[CostRow, ...]:
    """Read the rows, in the order of the evidence.

    Examples
    --------
    >>> next(row.role for row in load_cost_rows() if row.parameter == "neet_lifetime_taxpayer")
    'refused'
    """
    rows = read_table(COST_ROWS_FILE, CostRow)
    problems = tuple(
        Problem(
            message=f"{row.parameter} ({row.breakdown}) needs a role of {', '.join(get_args(Role))} and a reason.",
            file=COST_ROWS_FILE,
            line=number,
            found=row.role,
        )
        for number, row in enumerate(rows, start=2)
        if row.role not in ROLES or not row.why
    )
    if problems:
        raise EvidenceError(f"The cost rows have {len(problems)} fault(s): {problems[0].message}", problems)
    return rows


# -- what the source documents ask for ---------------------------------------------------------------------------------

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
