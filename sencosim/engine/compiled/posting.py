"""The end of a term: counts go from pages to the cells of the tally and to the groups of schools. Entry point."""

from __future__ import annotations

from sencosim.engine.compiled.layout import index_at, tally_at, world_at
from sencosim.engine.compiled.memory import entry


@entry
def post(world: int) -> None:
    """Add every page to its cell and its group, and begin it again."""
    w = world_at(world, 0)
    for page in range(w.n_pages):
        cell, group = index_at(w.page_cell, page).i, index_at(w.page_group, page).i
        for quantity in range(w.n_quantities):
            collected = tally_at(w.pages, page * w.n_quantities + quantity)
            number = collected.n
            if number == 0:
                continue
            collected.n = 0
            of_cell = tally_at(w.tally, (cell * w.n_segments + w.term) * w.n_quantities + quantity)
            of_cell.n += number
            if group >= 0:
                of_group = tally_at(w.groups, (group * w.n_years + w.year) * w.n_quantities + quantity)
                of_group.n += number
