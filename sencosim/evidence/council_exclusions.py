"""Suspensions and permanent exclusions by council and school year: how far each council's schools lie from England's.

Facts are in ``council_exclusions.csv``, per cent of pupils of state-funded primaries and secondaries, 2016/17 to
2023/24, from the *Local authority interactive tool* (``PriFixedEx``, ``SecFixedEx``, ``PriPermEx``, ``SecPermEx``).
They are of all pupils: the model takes it that pupils with SEN follow the pattern between councils that all pupils
show. Contains public sector information licensed under the Open Government Licence v3.0. Source: Department for
Education.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from typing import Literal

import numpy as np

from sencosim.evidence.councils import load_councils
from sencosim.evidence.pooling import FloatArray, pooled_levels
from sencosim.evidence.register import evidence_folder
from sencosim.units import PHASES

Measure = Literal["suspensions", "permanent_exclusions"]
LAST_SCHOOL_YEAR = 2023
"""2023/24, by its September."""
YEARS_TAKEN = 2
"""Counts of one year are small; two are added."""


@lru_cache(maxsize=1)
def load_exclusions() -> dict[tuple[int, int], dict[str, float]]:
    """Rates by council code and September, by ``<measure>_<phase>``. [per cent of pupils; absent if not published]

    Examples
    --------
    >>> load_exclusions()[926, 2023]["permanent_exclusions_secondary"]
    0.3521
    """
    with (evidence_folder() / "council_exclusions.csv").open(encoding="utf-8", newline="") as rows:
        return {
            (int(row["la_code"]), int(row["school_year"])): {
                name: float(text) for name, text in row.items() if text and name not in ("la_code", "school_year")
            }
            for row in csv.DictReader(rows)
        }


@lru_cache(maxsize=64)
def exclusion_levels(measure: Measure, phase: int, last: int = LAST_SCHOOL_YEAR) -> FloatArray:
    """Rate of each council relative to England, partially pooled. [ratio, mean 1 over pupils with SEN, shape (153,)].

    Parameters
    ----------
    measure, phase
        Which rate; 0 primary, 1 secondary.
    last
        Last school year that may be used, by its September; with it the year before.

    Examples
    --------
    >>> norfolk = [council.name for council in load_councils()].index("Norfolk")
    >>> bool(exclusion_levels("permanent_exclusions", 0)[norfolk] > 1.5)
    True
    """
    name = f"{measure}_{PHASES[phase]}"
    pupils = np.array([getattr(council, f"{PHASES[phase]}_pupils") for council in load_councils()], dtype=float)
    held = min(LAST_SCHOOL_YEAR, last)
    rates = np.array([_mean_rate(council.la_code, name, held) for council in load_councils()])
    exposure = np.where(np.isnan(rates), 0.0, YEARS_TAKEN * pupils)
    level = pooled_levels(np.nan_to_num(rates) / 100.0 * exposure, exposure)
    with_sen = [
        council.count(PHASES[phase], "sen_support", 2025) + council.count(PHASES[phase], "ehc_plans", 2025)
        for council in load_councils()
    ]
    result: FloatArray = level / np.average(level, weights=with_sen)
    return result


def _mean_rate(la_code: int, name: str, last: int) -> float:
    years = (load_exclusions().get((la_code, last - back), {}).get(name) for back in range(YEARS_TAKEN))
    known = [rate for rate in years if rate is not None]
    return float(np.mean(known)) if known else float("nan")
