"""Where counts go: cells of the tally, groups of schools, and the pages on which an engine collects a term's counts.

A page belongs to one cell and one group. At the end of each term its counts are added to both, so that results by
council and results by group of schools are the same events, counted once, without a cell for every combination.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from sencosim.arms.inputs import Cell, Group, Inputs, IntArray
from sencosim.levers.schools import RunSchools
from sencosim.population.schools import GOVERNANCE, SIZE_BANDS, Population, size_band
from sencosim.units import PHASES

NO_GROUP = -1
"""Group of a page that belongs to a council itself."""


@dataclass(frozen=True)
class Pages:
    """Pages of a run."""

    school: IntArray  # page of each school [shape (n_schools,)]
    council: IntArray  # page of each council for its own counts [shape (n_councils,)]
    cell: IntArray  # row of the tally to which a page is added [shape (n_pages,)]
    group: IntArray  # row of the groups to which a page is added [shape (n_pages,)]


def pages_of(inputs: Inputs) -> Pages:
    """One page for each council, then one for each cell and group that has schools."""
    own, schools = inputs.councils.cell, inputs.schools
    width = max(1, len(inputs.groups))
    pairs, page = np.unique(schools.cell * width + schools.group, return_inverse=True)
    return Pages(
        school=own.size + page.astype(np.int64),
        council=np.arange(own.size, dtype=np.int64),
        cell=np.concatenate([own, pairs // width]).astype(np.int64),
        group=np.concatenate([np.full(own.size, NO_GROUP), pairs % width]).astype(np.int64),
    )


def cells_of(at: RunSchools) -> tuple[IntArray, IntArray, tuple[Cell, ...]]:
    """Rows of the tally: one a council, then one for each council, phase and size band that has schools.

    Returns: row of each council present, row of each school, and the rows.
    """
    population, n_councils = at.population, len(at.present)
    columns = (population.council, at.phase, population.pupils)
    keys = [
        (council, phase, SIZE_BANDS[phase][size_band(phase, pupils)])
        for council, phase, pupils in zip(*(one.tolist() for one in columns), strict=True)
    ]
    row, first = _rows(keys)
    weight_of = dict(zip(population.council.tolist(), population.council_weight.tolist(), strict=True))
    code_of = {council: one.la_code for council, one in zip(at.councils.tolist(), at.present, strict=True)}
    cells = [Cell(code, "none", "none", weight_of[council]) for council, code in code_of.items()]
    for school in first:
        council, phase, band = keys[school]
        cells.append(Cell(code_of[council], PHASES[phase], band, float(population.weight[school]) * weight_of[council]))
    return np.arange(n_councils), n_councils + row, tuple(cells)


def groups_of(population: Population) -> tuple[IntArray, tuple[Group, ...]]:
    """Rows of the groups: phase, fifth by free school meals, rural or urban, governance, and weight.

    [shape (n_schools,)]

    Nothing here is read by a rule: how schools are grouped changes no event.
    """
    of = population
    columns = (of.phase, of.fsm_fifth, of.rural, of.governance, of.expansion)
    keys = list(zip(*(one.tolist() for one in columns), strict=True))
    row, first = _rows(keys)
    groups = (
        Group(PHASES[p], fifth, rural, GOVERNANCE[g], weight)
        for p, fifth, rural, g, weight in map(keys.__getitem__, first)
    )
    return row, tuple(groups)


def _rows(keys: Sequence[Hashable]) -> tuple[IntArray, list[int]]:
    """Number of each key in the order in which they first stand, and where each does."""
    known: dict[Hashable, int] = {}
    row = np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)
    return row, np.unique(row, return_index=True)[1].tolist()
