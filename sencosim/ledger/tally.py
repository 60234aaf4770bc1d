"""The tally: whole-number counts by cell, term segment and quantity, filled as a run goes along."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sencosim.ledger.quantities import QUANTITIES


class Tally:
    """Counts of one run.

    A cell is a council, phase and size band; a segment is a term and the holiday after it, so that both academic and
    calendar years can be read off. Plain lists while a run fills them; an array at the end.

    Parameters
    ----------
    n_cells, n_segments
        Size. [count]
    """

    def __init__(self, n_cells: int, n_segments: int) -> None:
        self.rows: list[list[list[int]]] = [[[0] * len(QUANTITIES) for _ in range(n_segments)] for _ in range(n_cells)]

    def array(self) -> npt.NDArray[np.int64]:
        """Counts as an array. [whole numbers, shape (n_cells, n_segments, n_quantities)]."""
        return np.array(self.rows, dtype=np.int64)
