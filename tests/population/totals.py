"""Totals that several tests of populations compare."""

from __future__ import annotations

import numpy as np

from sencosim.population.recipe import council_totals
from sencosim.population.schools import PRIMARY, SECONDARY, Population
from sencosim.population.spread import group_sums
from sencosim.units import PHASES


def council_gaps(population: Population) -> dict[str, int]:
    """Largest distance of a council from its total of the year, by phase and need. [pupils]

    For populations of whole councils in a year whose levels are known; 0 throughout for the synthetic England.
    """
    gaps: dict[str, int] = {}
    for phase, name in enumerate(PHASES):
        chosen = population.phase == phase
        for words, need in (("SEN Support", "sen_support"), ("plans", "ehc_plans")):
            here = group_sums(getattr(population, need)[chosen], population.council[chosen].astype(np.int64), 153)
            present = np.isin(np.arange(153), population.council)
            totals = council_totals(phase, need, population.year)
            gaps[f"{name} {words}"] = int(np.abs(here - totals)[present].max())
    return gaps


def phase_totals(population: Population) -> dict[str, float]:
    """Weighted England totals by phase, to compare a sample with the whole. [schools; pupils]"""
    totals: dict[str, float] = {}
    for phase, name in ((PRIMARY, "primary"), (SECONDARY, "secondary")):
        chosen = population.phase == phase
        totals[f"{name} schools"] = float(population.expansion[chosen].sum())
        for column in ("pupils", "sen_support", "ehc_plans"):
            totals[f"{name} {column}"] = population.total(column, phase)
    return totals
