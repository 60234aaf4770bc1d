"""How a spreadsheet shows a number that it keeps as it is: money in millions, unit prices in pounds, rates in per cent.

Nothing is rounded in the cell: a format shows fewer digits than are there. Which column has which look stands in
``pack/sheets.yaml``, alongside the header that says the unit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sencosim.report.words import MILLION, MINUS

MONEY, IN_MILLIONS = "GBP", "£ million"
FIGURES = 3
"""Significant figures shown of a number without a unit of its own, and no fewer than the digits before the point."""
IN_POUNDS = 1000.0
"""Prices from here on are shown without pence. [GBP]"""
MOST_DECIMALS = 6


@dataclass(frozen=True)
class Exact:
    """A number as it is, and how a spreadsheet shows it; with a formula, where the spreadsheet works it out.

    Examples
    --------
    >>> str(Exact(1234.56, 1)), str(Exact(0.035, 2, percent=True))
    ('1,234.6', '3.50%')
    """

    value: float
    decimals: int = 0
    percent: bool = False
    formula: str = ""  # as in Excel, with the equals sign; references to other sheets are to the cells of their tables

    def __str__(self) -> str:
        shown = 100.0 * self.value if self.percent else self.value
        sign = MINUS if shown < 0.0 else ""
        return f"{sign}{abs(shown):,.{self.decimals}f}{'%' if self.percent else ''}"


def million(value_gbp: float, formula: str = "") -> Exact:
    """An amount in millions of pounds, from one in pounds; the formula, if there is one, gives pounds too.

    Examples
    --------
    >>> million(1234567.0), million(1e6, "SUM(A1:A2)").formula
    (Exact(value=1.234567, decimals=1, percent=False, formula=''), '=(SUM(A1:A2))/1000000')
    """
    return Exact(value_gbp / MILLION, 1, formula=f"=({formula})/1000000" if formula else "")


def price(value_gbp: float) -> Exact:
    """A price for one unit: pounds in thousands without pence, smaller ones with them."""
    return Exact(value_gbp, 0 if abs(value_gbp) >= IN_POUNDS else 2)


def number(value: float) -> Exact:
    """A number of any size, with a few significant figures.

    Examples
    --------
    >>> [str(number(value)) for value in (12345.6, 12.34, 0.034567, 7.0, 0.0)]
    ['12,346', '12.3', '0.0346', '7', '0']
    """
    if value == round(value):
        return Exact(value)
    wanted = FIGURES - 1 - math.floor(math.log10(abs(value)))
    return Exact(value, min(MOST_DECIMALS, max(0, wanted)))


LOOKS: Mapping[str, Callable[[float], Exact]] = {
    "million": million,
    "pounds": Exact,
    "price": price,
    "number": number,
    "count": Exact,
    "ratio": lambda value: Exact(value, 2),
    "percent": lambda value: Exact(value, percent=True),
    "factor": lambda value: Exact(value, MOST_DECIMALS),
}
"""Looks by name. [all from numbers as the tables of a run hold them; shares for per cent]"""
BY_UNIT, UNIT_PRICE = "by_unit", "unit_price"
"""Looks that follow the column ``Unit`` of a row. The first tells amounts of money (``GBP`` and ``GBP a year``) in
millions, in the unit too; the second tells them as prices."""


def with_looks(rows: Sequence[Sequence[Any]], columns: Sequence[str], looks: Mapping[str, str]) -> list[list[Any]]:
    """Rows whose plain numbers have the look of their column; text, and cells that have a look already, stay.

    Parameters
    ----------
    rows, columns
        Of a table.
    looks
        Name of a look by header. Headers that the table does not have are passed over.
    """
    unit = columns.index("Unit") if "Unit" in columns else None
    told = {place: looks[name] for place, name in enumerate(columns) if name in looks}
    found = []
    for row in rows:
        cells = list(row)
        words = "" if unit is None else str(row[unit])
        for place, look in told.items():
            if _is_number(cells[place]):
                cells[place] = _shown(float(cells[place]), look, words)
        if unit is not None and BY_UNIT in told.values() and _in_millions(words):
            cells[unit] = words.replace(MONEY, IN_MILLIONS, 1)
        found.append(cells)
    return found


def _shown(value: float, look: str, unit: str) -> Exact:
    if look == BY_UNIT:
        return (
            million(value) if _in_millions(unit) else LOOKS["ratio" if unit in ("ratio", "times") else "number"](value)
        )
    if look == UNIT_PRICE:
        return price(value) if unit.startswith(MONEY) else number(value)
    return LOOKS[look](value)


def _in_millions(unit: str) -> bool:
    return unit in (MONEY, f"{MONEY} a year")


def _is_number(cell: Any) -> bool:
    return (
        isinstance(cell, int | float | np.integer | np.floating)
        and not isinstance(cell, bool | np.bool_)
        and math.isfinite(cell)
    )
