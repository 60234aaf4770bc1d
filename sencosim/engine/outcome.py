"""What an engine hands back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Outcome:
    """What a run yields.

    Attributes
    ----------
    tally
        Counts. [whole numbers, shape (n_cells, n_segments, n_quantities)]
    groups
        The same counts of schools by group and academic year. [whole numbers, shape (n_groups, n_years, n_quantities)]
    trace
        Events of the traced schools: minute, code, school, pupil, detail.
    coverage
        Smoothed coverage of each school at the end. [ratio, shape (n_schools,)]
    """

    tally: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int64]
    trace: tuple[tuple[int, int, int, int, int], ...]
    coverage: npt.NDArray[np.float64]
