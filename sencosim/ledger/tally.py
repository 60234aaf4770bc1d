"""The tally: whole-number counts by cell and term and by group and year, filled as a run goes along."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sencosim.ledger.quantities import QUANTITIES
from sencosim.units import TERMS_PER_YEAR

Ints = npt.NDArray[np.int64]


class Tally:
    """Counts of one run.

    While a term runs, counts are collected on pages: plain lists. At its end each page is added to one cell (a
    council, phase and size band) and to one group of schools. A term takes in the holiday after it, so that both
    academic and calendar years can be read off the cells.

    Parameters
    ----------
    cell, group
        Of each page; a group of -1 is none. [shape (n_pages,)]
    n_cells, n_groups, n_years
        Size. [count]
    """

    def __init__(self, cell: Ints, group: Ints, n_cells: int, n_groups: int, n_years: int) -> None:
        self.pages: list[list[int]] = [[0] * len(QUANTITIES) for _ in range(cell.size)]
        self.cells: Ints = np.zeros((n_cells, n_years * TERMS_PER_YEAR, len(QUANTITIES)), np.int64)
        """Counts by cell. [whole numbers, shape (n_cells, n_segments, n_quantities)]"""
        self.groups: Ints = np.zeros((n_groups, n_years, len(QUANTITIES)), np.int64)
        """Counts by group. [whole numbers, shape (n_groups, n_years, n_quantities)]"""
        self._cell, self._group = cell, group

    def post(self, term: int) -> None:
        """Add the pages to cells and groups, and begin them again.

        Parameters
        ----------
        term
            That has ended, counted from the start of the run.
        """
        counts = np.array(self.pages, dtype=np.int64)
        grouped = self._group >= 0
        np.add.at(self.cells[:, term], self._cell, counts)
        np.add.at(self.groups[:, term // TERMS_PER_YEAR], self._group[grouped], counts[grouped])
        for page in self.pages:
            page[:] = [0] * len(page)
