"""Where counts go: cells of the tally, groups of schools, and the pages on which an engine collects a term's counts.

A page belongs to one cell and one group. At the end of each term its counts are added to both, so that results by
council and results by group of schools are the same events, counted once, without a cell for every combination.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sencosim.engine.inputs import Cell, Group, Inputs, IntArray
from sencosim.evidence.councils import Council
from sencosim.population.schools import GOVERNANCE, SIZE_BANDS, Population, size_band
from sencosim.units import PHASES

NO_GROUP = -1
"""Group of a page that belongs to a council itself."""


@dataclass(frozen=True)
class Pages:
    """Pages of a run.

    Attributes
    ----------
    school, council
        Page of each school, and of each council for its own counts. [shape (n_schools,), (n_councils,)]
    cell, group
        Row of the tally and of the groups to which a page is added. [shape (n_pages,)]
    """

    school: IntArray
    council: IntArray
    cell: IntArray
    group: IntArray


def pages_of(inputs: Inputs) -> Pages:
    """One page for each council, then one for each cell and group that has schools.

    Parameters
    ----------
    inputs
        Of the run: for where each school and council is counted.
    """
    own, schools = inputs.councils.cell, inputs.schools
    width = max(1, len(inputs.groups))
    pairs, page = np.unique(schools.cell * width + schools.group, return_inverse=True)
    return Pages(
        school=own.size + page.astype(np.int64),
        council=np.arange(own.size, dtype=np.int64),
        cell=np.concatenate([own, pairs // width]).astype(np.int64),
        group=np.concatenate([np.full(own.size, NO_GROUP), pairs % width]).astype(np.int64),
    )


def cells_of(
    population: Population, councils: tuple[Council, ...], present: np.ndarray
) -> tuple[IntArray, IntArray, tuple[Cell, ...]]:
    """Rows of the tally: one a council, then one for each council, phase and size band that has schools.

    Parameters
    ----------
    population
        Schools of the run.
    councils
        All councils.
    present
        Indices of those that have schools in the run.

    Returns
    -------
        Row of each council present, row of each school, and the rows.
    """
    weight_of = dict(zip(population.council.tolist(), population.council_weight.tolist(), strict=True))
    cells = [Cell(councils[council].la_code, "none", "none", weight_of[council]) for council in present.tolist()]
    school_cell = np.zeros(population.n_schools, dtype=np.int64)
    known: dict[tuple[int, int, str], int] = {}
    for i in range(population.n_schools):
        council, phase = int(population.council[i]), int(population.phase[i])
        band = SIZE_BANDS[phase][size_band(phase, int(population.pupils[i]))]
        key = (council, phase, band)
        if key not in known:
            known[key] = len(cells)
            weight = float(population.weight[i]) * weight_of[council]
            cells.append(Cell(councils[council].la_code, PHASES[phase], band, weight))
        school_cell[i] = known[key]
    return np.arange(len(present)), school_cell, tuple(cells)


def groups_of(population: Population) -> tuple[IntArray, tuple[Group, ...]]:
    """Rows of the groups: phase, fifth by free school meals, rural or urban, governance, and weight.

    Nothing here is read by a rule: how schools are grouped changes no event.

    Parameters
    ----------
    population
        Schools of the run.

    Returns
    -------
        Row of each school, and the rows. [shape (n_schools,)]
    """
    keys = zip(
        population.phase.tolist(),
        population.fsm_fifth.tolist(),
        population.rural.tolist(),
        population.governance.tolist(),
        population.expansion.tolist(),
        strict=True,
    )
    known: dict[tuple[int, int, bool, int, float], int] = {}
    row = np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)
    groups = (Group(PHASES[p], fifth, rural, GOVERNANCE[g], weight) for p, fifth, rural, g, weight in known)
    return row, tuple(groups)
