"""Every row of the cost evidence, and what became of it: which unit cost it sets, or why it sets none.

The file repeats the evidence table as it was collected, with its status and quality, and adds three columns: the
role, the unit costs (names of the register) and the reason. So nobody has to ask whether a figure was overlooked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.tables import read_table

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
