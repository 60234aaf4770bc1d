"""Ten statistical neighbours of each council: those most like it, as the Department for Education groups them.

``statistical_neighbours.csv`` holds DfE codes only, nearest first, from *Local authority interactive tool*, sheet
``LA SN Groups``, May 2025. Contains public sector information licensed under the Open Government Licence v3.0.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib import resources

from sencosim.evidence.councils import Council, load_councils

NEIGHBOURS_SOURCE = (
    "DfE, Local authority interactive tool, statistical neighbours, May 2025",
    "https://github.com/dfe-analytical-services/local-authority-interactive-tool",
)
"""Title and address of the table."""


@lru_cache(maxsize=1)
def _table() -> dict[int, tuple[int, ...]]:
    text = resources.files("sencosim.evidence").joinpath("statistical_neighbours.csv").read_text(encoding="utf-8")
    _, *rows = csv.reader(text.splitlines())
    return {int(code): tuple(int(other) for other in others) for code, *others in rows}


def neighbours_of(council: Council) -> tuple[Council, ...]:
    """Statistical neighbours of a council, nearest first.

    Examples
    --------
    >>> from sencosim.evidence.councils import find_council
    >>> [one.name for one in neighbours_of(find_council("Norfolk"))[:3]]
    ['Suffolk', 'Cornwall', 'Devon']
    """
    by_code = {one.la_code: one for one in load_councils()}
    return tuple(by_code[code] for code in _table()[council.la_code])
