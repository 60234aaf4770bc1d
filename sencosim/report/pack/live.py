"""Sheets that calculate: what a reader may change, discount factors, and the worksheet of each view as formulas.

Every formula carries the number that it gives as the run was made, so that a program that does not calculate shows
numbers too. A formula and its number are written by one function, and each number is compared with the summary before a
pack is written. Ranges and words in other columns are of the run, and do not follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.accounts import CATEGORY_TITLES
from sencosim.costing.option import AppraisalFrame
from sencosim.errors import OutputError
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.report.findings import Findings
from sencosim.report.looks import Exact, million, number, price
from sencosim.report.pack.workbook import FIRST_ROW, NOT_APPLICABLE, letters
from sencosim.report.table import Cell, Table, table_of
from sencosim.report.words import payer_words
from sencosim.units import format_year

Floats = npt.NDArray[np.float64]
INPUTS, DISCOUNTING = "Inputs", "Discounting"
RATE, FACTOR = 1, 2
"""Rows of the sheet of discount factors, from 0."""
POUND = 0.5
"""A formula must give the figure of the summary within this. [GBP]"""
PRESENT, QUANTITY, PAYER, SIDE, NATURE, PAYS = "Present value", "Quantity", "Payer", "Side", "Nature", "Pays"
NPSV, PURSE, OWN, CASH, TIMES = (
    "Counts in NPSV",
    "Counts in public purse",
    "Counts for payer",
    "Cash share",
    "Multiplier",
)
_THING = (
    *("item", "quantity", "payer", "unit", "category", "side", "nature", "pays"),
    *("counts_in_npsv", "counts_in_public_purse", "counts_for_payer"),
)


def _words(category: str) -> str:
    return category.replace("_", " ")


class Adds(NamedTuple):
    """How an outcome is added up on a worksheet."""

    sign: int  # 1, or -1 where a cost below zero is a gain
    counts: tuple[str, ...]  # columns of zeros, ones and shares to multiply by
    where: Mapping[str, str] = {}  # word that must stand in a column


OUTCOMES: Mapping[str, Adds] = {
    "net_public_cost": Adds(1, (PURSE,)),
    "policy_cost": Adds(1, (NPSV,), {SIDE: "policy"}),
    "policy_benefit": Adds(-1, (NPSV,), {SIDE: "consequence"}),
    "npsv": Adds(-1, (NPSV,)),
    "public_saving": Adds(-1, (NPSV, PURSE), {SIDE: "consequence"}),
    "cashable_saving": Adds(-1, (PURSE, CASH), {SIDE: "consequence", NATURE: "resource"}),
    "payer_net": Adds(1, (OWN,)),
    "payer_cost": Adds(1, (OWN,), {PAYS: "more"}),
    "payer_saving": Adds(1, (OWN,), {PAYS: "less"}),
}


class Sum(NamedTuple):
    """What a spreadsheet adds up, and what it gives. [GBP]"""

    formula: str
    value: float

    @property
    def in_millions(self) -> Exact:
        """As a cell."""
        return million(self.value, self.formula)

    @property
    def in_pounds(self) -> Exact:
        """As a cell."""
        return Exact(self.value, formula=f"={self.formula}")

    def over(self, other: Sum) -> Exact | str:
        """Ratio of two sums, where there is something to divide by."""
        if not other.value > 0.0:
            return NOT_APPLICABLE
        words = f'=IF({other.formula}>0,({self.formula})/({other.formula}),"{NOT_APPLICABLE}")'
        return Exact(self.value / other.value, 2, formula=words)

    def less(self, other: Sum) -> Sum:
        """Difference of two sums."""
        return Sum(f"({self.formula}-({other.formula}))", self.value - other.value)


@dataclass(frozen=True)
class Grid:
    """Where the cells of a table stand on its sheet, in both formats."""

    sheet: str
    columns: tuple[str, ...]
    rows: int

    def column(self, header: str) -> str:
        """All cells of a column."""
        letter = letters(self.columns.index(header) + 1)
        return f"{self.sheet}!${letter}${FIRST_ROW}:${letter}${FIRST_ROW + self.rows - 1}"

    def cell(self, header: str, row: int) -> str:
        """One cell; rows from 0."""
        return f"{self.sheet}!${letters(self.columns.index(header) + 1)}${FIRST_ROW + row}"

    def across(self, first: str, last: str, row: int) -> str:
        """Cells of one row, from one header to another."""
        start, end = (letters(self.columns.index(header) + 1) for header in (first, last))
        return f"{self.sheet}!${start}${FIRST_ROW + row}:${end}${FIRST_ROW + row}"


class Inputs:
    """What a reader may change: discount rates, and a multiplier for each category of line.

    Parameters
    ----------
    frame
        Horizon and discounting of the run.
    categories
        Of the lines, by their keys.
    """

    def __init__(self, frame: AppraisalFrame, categories: Sequence[str]) -> None:
        steps = load_appraisal_tables().schedule(frame.schedule, frame.vintage).steps
        self.frame = frame
        self.steps = [(start, rate) for start, rate in steps if start < frame.n_years]
        self.categories = [name for name in CATEGORY_TITLES if name in categories]
        self.years = tuple(format_year(frame.first_year + number) for number in range(frame.n_years))

    def rows(self) -> Iterator[list[Cell]]:
        """Rows of the sheet: the rates, then the multipliers."""
        for place, (start, rate) in enumerate(self.steps):
            later = [first for first, _ in self.steps[place + 1 :]]
            span = f"years {start} to {later[0] - 1}" if later else f"from year {start} on"
            yield [f"Discount rate, {span}", Exact(rate, 2, percent=True), "a year", "Discount factors"]
        for name in self.categories:
            yield [f"Multiplier: {CATEGORY_TITLES[name]}", Exact(1.0, 2), "times", f"Category {_words(name)}"]

    def _cell(self, row: int) -> str:
        return f"{INPUTS}!$B${FIRST_ROW + row}"

    def multiplier(self, category: str) -> str:
        """Cell of the multiplier of a category."""
        return self._cell(len(self.steps) + self.categories.index(category))

    def factor(self, year: str) -> Exact:
        """Discount factor of a year, as a cell that repeats it."""
        place = self.years.index(year)
        return Exact(float(self.frame.factors()[place]), 6, formula=f"={self.factors.cell(year, FACTOR)}")

    @property
    def factors(self) -> Grid:
        """Place of the discount factors."""
        return Grid(DISCOUNTING, ("Step", *self.years), 3)

    def discounting(self) -> Iterator[list[Cell]]:
        """Rows of the sheet of discount factors, years across: each follows from the one before."""
        yield ["Years from the first", *(Exact(float(place)) for place in range(len(self.years)))]
        rates: list[Cell] = [NOT_APPLICABLE]
        factors: list[Cell] = [Exact(1.0, 6)]
        for place, (before, year) in enumerate(zip(self.years, self.years[1:], strict=False), start=1):
            step = max(number for number, (start, _) in enumerate(self.steps) if start <= place)
            rates.append(Exact(self.steps[step][1], 2, percent=True, formula=f"={self._cell(step)}"))
            words = f"={self.factors.cell(before, FACTOR)}/(1+{self.factors.cell(year, RATE)})"
            factors.append(Exact(float(self.frame.factors()[place]), 6, formula=words))
        yield ["Discount rate", *rates]
        yield ["Discount factor", *factors]


class Live:
    """Worksheet of a view: units and effective prices as numbers, all else as formulas.

    Parameters
    ----------
    view
        Its name.
    sheet
        Rows of :func:`sencosim.costing.worksheet.worksheet`.
    inputs
        What the formulas read.
    """

    def __init__(self, view: str, sheet: pd.DataFrame, inputs: Inputs) -> None:
        self.view, self.inputs, self.years = view, inputs, inputs.years
        self.things = sheet[list(_THING)].drop_duplicates().reset_index(drop=True)
        place = self.things.reset_index().merge(sheet, on=list(_THING))
        year = place["academic_year"].map({name: number for number, name in enumerate(self.years)})
        shape = len(self.things), len(self.years)

        def laid_out(column: str) -> Floats:
            table = np.zeros(shape)
            np.add.at(table, (place["index"].to_numpy(), year.to_numpy()), place[column].to_numpy(dtype=np.float64))
            return table

        self.units, self.prices, cashable = (laid_out(name) for name in ("units", "price_gbp", "cashable_gbp"))
        self.amounts = self.units * self.prices
        self.present = self.amounts @ inputs.frame.factors()
        moves = cashable @ inputs.frame.factors()
        self.cash = np.divide(moves, self.present, out=np.zeros_like(moves), where=self.present != 0.0)

    # -- the sheets ---------------------------------------------------------------------------------------------------

    def tables(self, findings: Findings) -> Iterator[Table]:
        """Units, prices, and the worksheet that multiplies them, each with the years across."""
        units = [[*row, *map(number, counts)] for row, counts in zip(self._keys(), self.units, strict=True)]
        prices = [[*row, *map(price, counts)] for row, counts in zip(self._keys(), self.prices, strict=True)]
        for name, rows in (("Units", units), ("Prices", prices), ("Worksheet", [*self._rows()])):
            key = f"{name}_{self.view}"
            yield self._placed(table_of(findings, name, rows, key=key, shown=self.view, each_year=self.years))

    def _placed(self, made: Table) -> Table:
        expected = {grid.sheet: grid.columns for grid in (self.grid, *self.factors_of_amounts)}
        if made.columns != expected[made.key]:
            raise OutputError(f"The headers of {made.key} in sheets.yaml are not those that formulas look for.")
        return made

    def _keys(self) -> Iterator[list[Cell]]:
        for thing in self.things.to_dict("records"):
            yield [thing["item"], thing["quantity"], payer_words(thing["payer"]), thing["unit"]]

    @cached_property
    def grid(self) -> Grid:
        """Place of the worksheet."""
        words = ("Item", QUANTITY, PAYER, "Category", SIDE, NATURE, PAYS)
        columns = (*words, NPSV, PURSE, OWN, CASH, TIMES, *self.years, PRESENT)
        return Grid(f"Worksheet_{self.view}", columns, len(self.things))

    @cached_property
    def factors_of_amounts(self) -> tuple[Grid, ...]:
        """Places of units and prices."""
        columns = ("Item", QUANTITY, PAYER, "Unit", *self.years)
        return tuple(Grid(f"{name}_{self.view}", columns, len(self.things)) for name in ("Units", "Prices"))

    def _rows(self) -> Iterator[list[Cell]]:
        factors = self.inputs.factors.across(self.years[0], self.years[-1], FACTOR)
        for row, thing in enumerate(self.things.to_dict("records")):
            words = [_words(thing["category"]), thing["side"], thing["nature"], thing["pays"]]
            counts = [Exact(thing[name]) for name in _THING[-3:]]
            times = Exact(1.0, 2, formula=f"={self.inputs.multiplier(thing['category'])}")
            amounts = [
                Exact(float(amount), formula=self._product(year, row))
                for year, amount in zip(self.years, self.amounts[row], strict=True)
            ]
            own = self.grid.across(self.years[0], self.years[-1], row)
            present = Exact(float(self.present[row]), formula=f"=SUMPRODUCT({own},{factors})")
            keys = [thing["item"], thing["quantity"], payer_words(thing["payer"])]
            share = Exact(float(self.cash[row]), percent=True)
            yield [*keys, *words, *counts, share, times, *amounts, present]

    def _product(self, year: str, row: int) -> str:
        """Units x price x multiplier."""
        cells = [*(grid.cell(year, row) for grid in self.factors_of_amounts), self.grid.cell(TIMES, row)]
        return f"={'*'.join(cells)}"

    # -- sums over the worksheet --------------------------------------------------------------------------------------

    def total(self, outcome: str, payer: str = "", column: str = PRESENT) -> Sum:
        """One outcome, of one payer if one is named, as present value or in a year. [GBP]"""
        adds = OUTCOMES[outcome]
        where = dict(adds.where) | ({PAYER: payer_words(payer)} if payer else {})
        tests = [f'({self.grid.column(header)}="{word}")' for header, word in where.items()]
        parts = [self.grid.column(name) for name in (column, *adds.counts)]
        sign = "-" if adds.sign < 0 else ""
        chosen = self._column(column) * np.prod([self._column(name) for name in adds.counts], axis=0)
        for header, word in where.items():
            chosen = np.where(self._words(header) == word, chosen, 0.0)
        return Sum(f"{sign}SUMPRODUCT({'*'.join([*parts, *tests])})", adds.sign * float(chosen.sum()))

    def checked(self, outcome: str, told: float, payer: str = "", column: str = PRESENT) -> Sum:
        """The same; an OutputError if it is not what the summary says, to the pound."""
        found = self.total(outcome, payer, column)
        if not abs(told - found.value) <= POUND:
            raise OutputError(
                f"The worksheet of the {self.view} view gives {outcome} {payer} {column} {found.value:,.2f} GBP and "
                "the summary does not. The folder of the run was changed, or sencosim has a fault; no pack was written."
            )
        return found

    def _column(self, header: str) -> Floats:
        if header == PRESENT:
            return self.present
        if header == CASH:
            return self.cash
        if header in self.years:
            column: Floats = self.amounts[:, self.years.index(header)]
            return column
        names = {NPSV: "counts_in_npsv", PURSE: "counts_in_public_purse", OWN: "counts_for_payer"}
        return self.things[names[header]].to_numpy(dtype=np.float64)

    def _words(self, header: str) -> npt.NDArray[np.object_]:
        words = self.things[header.lower()]
        return (words.map(payer_words) if header == PAYER else words).to_numpy(dtype=object)
