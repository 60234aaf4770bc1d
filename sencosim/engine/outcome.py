"""What an engine hands back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sencosim.arms.inputs import Inputs
from sencosim.units import TERMS_PER_YEAR
from sencosim.vocabulary import Quantity


@dataclass(frozen=True)
class Outcome:
    """What a run yields."""

    tally: npt.NDArray[np.int64]  # counts [whole numbers, shape (n_cells, n_segments, n_quantities)]
    # The same counts of schools by group and academic year [whole numbers, shape (n_groups, n_years, n_quantities)]
    groups: npt.NDArray[np.int64]
    trace: tuple[tuple[int, int, int, int, int], ...]  # of the traced schools: minute, code, school, pupil, detail
    coverage: npt.NDArray[np.float64]  # smoothed, of each school at the end [ratio, shape (n_schools,)]

    @classmethod
    def of(
        cls, inputs: Inputs, arrays: Mapping[str, Any], trace: tuple[tuple[int, int, int, int, int], ...]
    ) -> Outcome:
        """Outcome of a run that has ended, from its arrays."""
        tally = np.array(arrays["tally"], np.int64)
        groups = np.array(arrays["groups"], np.int64)
        return cls(
            tally.reshape(len(inputs.cells), inputs.n_years * TERMS_PER_YEAR, len(Quantity)),
            groups.reshape(len(inputs.groups), inputs.n_years, len(Quantity)),
            trace,
            np.array([school["coverage"] for school in arrays["schools"]], np.float64),
        )
