"""M18: what shocks do to the rates of a year, to SENCO hours, and to who is away."""

from __future__ import annotations

import numpy as np

from sencosim.engine.inputs import BoolArray, FloatArray
from sencosim.randomness import uniform_array
from sencosim.scenario.schema import Scenario
from sencosim.scenario.shocks import Shock

RATES = (
    "needs_noticed",
    "requests",
    "suspensions",
    "crises",
    "home_education",
    "absence",
    "assessment_capacity",
)
"""Rates that a shock multiplies, by the name of its setting."""


def levels(scenario: Scenario, start: int, years: int) -> dict[str, FloatArray]:
    """What all shocks together make of each rate, by year; a rate that no shock touches has no entry."""
    found: dict[str, FloatArray] = {}
    for shock in scenario.shocks.values():
        holds = _holds(shock, start, years)
        for name in RATES:
            times = float(getattr(shock, name))
            if times != 1.0:
                found[name] = found.get(name, np.ones(years)) * np.where(holds, times, 1.0)
        if shock.late_advice_share is not None:
            before = found.get("late_advice_share", np.full(years, np.nan))
            found["late_advice_share"] = np.where(holds, shock.late_advice_share, before)
    return found


def hours_kept(scenario: Scenario, start: int, years: int) -> FloatArray:
    """Share of the hours that schools give of their own accord which tight budgets leave, by year. [share]."""
    kept = np.ones(years)
    for shock in scenario.shocks.values():
        kept *= np.where(_holds(shock, start, years), 1.0 - shock.senco_hours_cut, 1.0)
    return kept


def absences(scenario: Scenario, keys: np.ndarray, start: int, years: int, seed: int, replication: int) -> BoolArray:
    """Schools whose SENCO is away for a year. [shape (n_schools, n_years)]."""
    away = np.zeros((keys.size, years), dtype=bool)
    for shock in scenario.shocks.values():
        holds = _holds(shock, start, years)
        for year in np.flatnonzero(holds).tolist() if shock.sencos_absent > 0.0 else ():
            away[:, year] |= uniform_array(seed, replication, "senco_absence", keys, start + year) < shock.sencos_absent
    return away


def _holds(shock: Shock, start: int, years: int) -> BoolArray:
    return np.array([shock.holds(start + year) for year in range(years)])
