"""The ledger as a tidy table: what was used and what happened, weighted to England, in units that people read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.units import TERMS_PER_YEAR
from sencosim.vocabulary import Quantity


class CellLike(Protocol):
    """Where the counts of a row of the tally belong."""

    @property
    def la_code(self) -> int:
        """Council."""

    @property
    def phase(self) -> str:
        """``primary``, ``secondary``, or ``none`` for what belongs to the council itself."""

    @property
    def size_band(self) -> str:
        """Size band of the schools."""

    @property
    def weight(self) -> float:
        """How many of England's schools or councils one of them stands for. [ratio]."""


def yearly(tally: npt.NDArray[np.int64], years: Literal["academic", "calendar"] = "academic") -> npt.NDArray[np.int64]:
    """Counts by year.

    Term segments [whole numbers, shape (n_cells, n_segments, n_quantities)] are added in threes, from September, or
    from January for calendar years, which leaves out the first autumn and the last spring and summer.
    """
    if years == "calendar":
        tally = tally[:, 1 : tally.shape[1] - 2, :]
    n_cells, n_segments, n_quantities = tally.shape
    by_year = tally.reshape(n_cells, n_segments // TERMS_PER_YEAR, TERMS_PER_YEAR, n_quantities)
    counts: npt.NDArray[np.int64] = by_year.sum(axis=2)
    return counts


def tidy_years(counts: npt.NDArray[np.int64], cells: Sequence[CellLike], first: int) -> pd.DataFrame:
    """Tidy ledger of yearly counts, from ``first`` on: a row a year, cell and quantity; rows of zero are left out."""
    weights = np.array([cell.weight for cell in cells])
    per = np.array([quantity.per for quantity in Quantity], dtype=float)
    cell_index, year_index, quantity_index = np.nonzero(counts)
    value = counts[cell_index, year_index, quantity_index] * weights[cell_index] / per[quantity_index]

    def of_cell(attribute: str) -> npt.NDArray[np.object_]:
        return np.array([getattr(cell, attribute) for cell in cells], dtype=object)[cell_index]

    return pd.DataFrame(
        {
            "year": year_index + first,
            "council": of_cell("la_code").astype(np.int64),
            "phase": of_cell("phase"),
            "size_band": of_cell("size_band"),
            "quantity": np.array([quantity.key for quantity in Quantity], dtype=object)[quantity_index],
            "unit": np.array([quantity.unit for quantity in Quantity], dtype=object)[quantity_index],
            "value": value,
        }
    )
