"""Every row of the cost evidence, and what became of it: which unit cost it sets, or why it sets none.

The file repeats the evidence table as it was collected, with its status and quality, and adds three columns: the
role, the unit costs (names of the register) and the reason. So nobody has to ask whether a figure was overlooked.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.register import evidence_folder

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
    """One row of the cost evidence.

    Attributes
    ----------
    parameter, breakdown
        What, and of which kind or year: together they are unique.
    value, low, high
        As collected; None where nothing was. [``unit``]
    unit, price_year, payer, cashable
        As collected.
    source_title, source_url, status, quality
        Where it was read and how far it can be trusted; ``status`` is ``seen``, ``derived`` or ``memory-unverified``.
    role
        One of :data:`ROLES`.
    unit_costs
        Entries of the register that it bears on.
    why
        How, or why not.
    """

    parameter: str
    breakdown: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    price_year: str
    payer: str
    cashable: str
    source_title: str
    source_url: str
    status: str
    quality: str
    role: Role
    unit_costs: tuple[str, ...]
    why: str


@lru_cache(maxsize=1)
def load_cost_rows() -> tuple[CostRow, ...]:
    """Read the rows, in the order of the evidence.

    Raises
    ------
    EvidenceError
        With every row that has no role or no reason.

    Examples
    --------
    >>> next(row.role for row in load_cost_rows() if row.parameter == "neet_lifetime_taxpayer")
    'refused'
    """
    with (evidence_folder() / COST_ROWS_FILE).open(encoding="utf-8", newline="") as file:
        rows = [_row(record) for record in csv.DictReader(file)]
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
    return tuple(rows)


def _row(record: dict[str, str]) -> CostRow:
    numbers = {name: float(record[name]) if record[name] else None for name in ("value", "low", "high")}
    words = {name: text for name, text in record.items() if name not in {*numbers, "unit_costs"}}
    return CostRow(**words, **numbers, unit_costs=tuple(record["unit_costs"].split()))  # type: ignore[arg-type]
