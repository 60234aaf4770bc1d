"""Words alongside points, placed so that no two overlap."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sencosim.report.charts.style import DARK_GREY, beside

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE, HIGH = 0.62, 1.25
"""Mean width and height of a letter as parts of its size: those of the widest font that a reader may have."""
MARK = 5.0
"""Half the size of a mark of a point. [points]"""
RINGS = (8.0, 16.0, 26.0, 38.0, 52.0, 68.0)
"""Distances from a point at which its words are tried. [points]"""
LINE_STEP = 4.0
"""Distance between two places on a line that words may not cover. [points]"""
FAR = 14.0
"""Distance from which a line joins words and point. [points]"""


Line = tuple[tuple[float, float], tuple[float, float]]
"""Both ends of a line. [units of the axes]"""


class Box(NamedTuple):
    """A rectangle on the figure. [points]"""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        across = self.left < other.right and other.left < self.right
        return across and self.bottom < other.top and other.bottom < self.top

    def within(self, other: Box) -> bool:
        """Whether it lies wholly inside another."""
        across = other.left <= self.left and self.right <= other.right
        return across and other.bottom <= self.bottom and self.top <= other.top


Place = tuple[float, float, Box]
"""Offset of words from their point, across and up, and the box that they then fill. [points]"""


class Label(NamedTuple):
    """Words of a point."""

    words: str
    x: float  # of the point, in the unit of the axis
    y: float
    bold: bool = False


def place_labels(axes: Axes, labels: Sequence[Label], size: float, lines: Sequence[Line] = ()) -> list[str]:
    """Write the words of points alongside them; those that come first get the nearer places.

    Parameters
    ----------
    axes
        The plot, with its limits set and every point drawn.
    labels
        Words by point. Points without words are kept free too.
    size
        Of the letters. [points]
    lines
        Ends of lines that words should not cross. [units of the axes]

    Returns
    -------
        Words for which there was no room: they are left out, and a caller says them elsewhere.
    """
    dots = axes.figure.dpi / 72.0

    def place(x: float, y: float) -> tuple[float, float]:
        across, up = axes.transData.transform((x, y))
        return float(across) / dots, float(up) / dots

    at = [place(one.x, one.y) for one in labels]
    room = Box(*(float(value) / dots for value in axes.bbox.extents))
    taken = [Box(x - MARK, y - MARK, x + MARK, y + MARK) for x, y in at]
    taken += [box for start, end in lines for box in _along(place(*start), place(*end))]
    marks = len(taken)
    left_out = []
    for one, (x, y) in zip(labels, at, strict=True):
        if not one.words:
            continue
        wide, high = size * WIDE * len(one.words) * (1.06 if one.bold else 1.0), size * HIGH
        free = (one for one in _places(x, y, wide, high) if _is_free(one[2], taken, room))
        found = next((one for one in free if not _crosses(x, y, one, taken[marks:])), None)
        if found is None:
            left_out.append(one.words)
            continue
        across, up, box = found
        taken.append(box)
        line = {"arrowstyle": "-", "color": DARK_GREY, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 3}
        arrow = {"arrowprops": line} if max(abs(across), abs(up)) > FAR else {}
        side = "left" if across > 0 else "right" if across < 0 else "center"
        look = {"ha": side, "va": "center", "fontsize": size, "fontweight": "bold" if one.bold else "normal"}
        beside(axes, one.words, (one.x, one.y), (across, up), **look, **arrow)
    return left_out


def _crosses(x: float, y: float, place: Place, words: Sequence[Box]) -> bool:
    """Whether the line from a point to its words would cross other words."""
    across, up, _ = place
    if max(abs(across), abs(up)) <= FAR:
        return False
    return any(step.meets(other) for step in _along((x, y), (x + across, y + up)) for other in words)


def _along(start: tuple[float, float], end: tuple[float, float]) -> Iterator[Box]:
    """Small boxes along a line, so near to each other that no word fits between. [points]"""
    n = max(1, math.ceil(math.dist(start, end) / LINE_STEP))
    for step in range(n + 1):
        x, y = (a + (b - a) * step / n for a, b in zip(start, end, strict=True))
        yield Box(x - 1.0, y - 1.0, x + 1.0, y + 1.0)


def _places(x: float, y: float, wide: float, high: float) -> Iterator[Place]:
    """Offsets of the words from the point, and the box that they then fill, near ones first. [points]"""
    for ring in RINGS:
        for across, up in ((1, 0), (-1, 0), (1, -1), (-1, 1), (1, 1), (-1, -1), (0, 1), (0, -1)):
            to, rise = across * ring, up * (ring + high / 4)
            left = x + to if across > 0 else x + to - wide if across < 0 else x - wide / 2
            yield to, rise, Box(left, y + rise - high / 2, left + wide, y + rise + high / 2)


def _is_free(box: Box, taken: Sequence[Box], room: Box) -> bool:
    return box.within(room) and not any(box.meets(other) for other in taken)
