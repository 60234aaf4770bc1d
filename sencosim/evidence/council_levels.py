"""How far each council lies from England in what the model asks of it: fitted by runs, partially pooled.

``posterior/councils.csv`` is made by ``sencosim calibrate --write`` (:mod:`sencosim.calibration.by_council`): national
runs of the baseline, compared council by council with what was published for calendar 2024.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from sencosim.evidence.register import evidence_folder

COUNCILS_FILE = "posterior/councils.csv"


@dataclass(frozen=True)
class CouncilLevel:
    """What is fitted of one council.

    Attributes
    ----------
    requests
        Requests of mainstream pupils, beside what its published figure says. [ratio]
    refusals
        Shift of refusals, beside its published share. [log odds]
    appeals
        Appeals relative to those that England's shares of its decisions give. [ratio]
    late_advice
        Assessments held up by late advice, relative to England's share. [ratio]
    capacity
        Own staff relative to what its published flow asks for. [ratio]
    """

    requests: float = 1.0
    refusals: float = 0.0
    appeals: float = 1.0
    late_advice: float = 1.0
    capacity: float = 1.0


AS_ENGLAND = CouncilLevel()


@lru_cache(maxsize=1)
def load_council_levels() -> dict[int, CouncilLevel]:
    """Levels by council code; empty if none were fitted yet.

    Examples
    --------
    >>> all(0.1 < level.requests < 10.0 for level in load_council_levels().values())
    True
    """
    path = evidence_folder() / COUNCILS_FILE
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as rows:
        return {
            int(row.pop("la_code")): CouncilLevel(**{name: float(text) for name, text in row.items()})
            for row in csv.DictReader(rows)
        }
