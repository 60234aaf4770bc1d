"""What an engine hands back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sencosim.arms.inputs import Inputs, Reference
from sencosim.engine.records import FILING, REFERENCE
from sencosim.units import TERMS_PER_YEAR
from sencosim.vocabulary import Quantity


@dataclass(frozen=True)
class Outcome:
    """What a run yields."""

    tally: npt.NDArray[np.int64]  # counts [whole numbers, shape (n_cells, n_segments, n_quantities)]
    # The same counts of schools by group and academic year [whole numbers, shape (n_groups, n_years, n_quantities)]
    groups: npt.NDArray[np.int64]
    trace: tuple[tuple[int, int, int, int, int], ...]  # of the traced schools: minute, code, school, pupil, detail
    reference: Reference | None  # what an arm with a policy reads of this one; None if this is such an arm

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
            _reference(arrays) if inputs.reference is None else None,
        )


def _reference(arrays: Mapping[str, Any]) -> Reference:
    """What the no-policy arm was; its filings in the order of their keys, so that a policy arm finds one at once."""
    schools, filings = _records(arrays["reference"], REFERENCE), _records(arrays["filings"], FILING)
    filings = filings[filings["key"] > 0]
    return Reference(schools, filings[np.argsort(filings["key"], kind="stable")])


def _records(items: Any, kind: Any) -> Any:
    """Records as numpy holds them, from whichever form an engine has."""
    if isinstance(items, np.ndarray):
        return items
    found = np.zeros(len(items), kind.layout)
    for field in kind.fields:
        found[field.name] = [item[field.name] for item in items]
    return found
