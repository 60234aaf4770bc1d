"""Rows with a value and an interval, on a horizontal axis: dots, bars, and the names of the rows."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sencosim.report.charts.style import BEHIND, DARK_BLUE, DARK_GREY, MID_BLUE, WHITE, beside, plain_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS, FEWEST_BARS = 12, 3
"""Of a chart of rows, at most; and how many there are even if one is far larger than the others."""
SMALLEST_BAR = 0.05
"""Share of the largest bar below which others are left to the data."""


def row_axis(axes: Axes, n: int, bottom: float = 0.5, top: float = 0.5) -> None:
    """Dress a plot of ``n`` rows at 0, -1, -2 and so on: quiet vertical grid, no frame; margins in rows."""
    axes.set_ylim(-n + bottom, top)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.spines["bottom"].set_visible(False)
    plain_numbers(axes.xaxis)


def line_at(axes: Axes, value: float = 0.0, width: float = 1.2, style: Any = "solid") -> None:
    """Draw the upright line that rows are read against."""
    axes.axvline(value, color=DARK_GREY, linewidth=width, linestyle=style)


def label_rows(axes: Axes, names: Sequence[str], points: float) -> None:
    """Name rows at 0, -1, -2 and so on; lines of one name end at the same place in whatever font it is shown."""
    axes.set_yticks([-i for i in range(len(names))], [""] * len(names))
    for row, name in enumerate(names):
        lines = name.split("\n")
        for number, line in enumerate(lines):
            rise = ((len(lines) - 1) / 2 - number) * points * 1.2
            at, side = axes.get_yaxis_transform(), {"ha": "right", "va": "center", "fontsize": points}
            beside(axes, line, (0.0, -row), (-6.0, rise), xycoords=at, annotation_clip=False, **side)


def bars_that_matter(sizes: Sequence[float]) -> int:
    """How many of some sizes, the largest first, are worth a bar: those of at least a twentieth of the first.

    Examples
    --------
    >>> bars_that_matter([100.0, 40.0, 9.0, 4.0, 1.0]), bars_that_matter([5.0]), bars_that_matter([2.0] * 20)
    (3, 1, 12)
    """
    least = SMALLEST_BAR * abs(sizes[0]) if len(sizes) else 0.0
    large = sum(1 for size in sizes if abs(size) >= least)
    return min(len(sizes), MOST_BARS, max(FEWEST_BARS, large))


def smaller_ones(n: int) -> str:
    """What is said of so many bars that are left out.

    Examples
    --------
    >>> smaller_ones(0), smaller_ones(2)
    ('', '. Not drawn: 2 smaller ones')
    """
    return f". Not drawn: {n:,} smaller one{'' if n == 1 else 's'}" if n else ""


def mark_zero(axes: Axes, style: Any = (0, (4, 3))) -> None:
    """Draw the line at zero, where the answer turns; where it lies far outside the plot, say on which side.

    The axis is made longer for a zero that lies no further off than the plot is wide.
    """
    left, right = axes.get_xlim()
    reach = right - left
    gap = max(left, -right, 0.0)
    if gap > reach:
        at, side, words = (0.0, "left", "← zero") if left > 0.0 else (1.0, "right", "zero →")
        axes.annotate(words, (at, 1.0), xycoords="axes fraction", ha=side, va="bottom", fontsize=9)
        return
    axes.set_xlim(min(left, -0.05 * (right - min(left, 0.0))), max(right, 0.05 * (max(right, 0.0) - left)))
    line_at(axes, style=style)


def names_by_left_end(axes: Axes, names: Iterable[str], room_points: float, characters: int, **cut: Any) -> None:
    """Name bars at 0, 1, 2 and so on from above, by the left ends of their lines: another font moves none."""
    told = [textwrap.fill(name, characters, **cut) for name in names]
    axes.set_yticks(range(len(told)), told, fontsize=9, ha="left")
    axes.tick_params(axis="y", pad=room_points)
    axes.invert_yaxis()


def dot(axes: Axes, row: float, value: float, ends: Sequence[float], size: float = 8, *, hollow: bool = False) -> None:
    """A value with its interval, if that is known; hollow where it was not modelled."""
    if len(ends):
        axes.plot(ends, [row, row], color=MID_BLUE, linewidth=2.5)
    axes.plot(value, row, "o", markersize=size, color=DARK_BLUE, markerfacecolor=WHITE if hollow else DARK_BLUE)


def dot_panel(axes: Axes, dots: Mapping[str, tuple[Any, ...]], title: str, *, labelled: bool, ticks: int) -> None:
    """A small plot of rows by name: value, ends of its interval, whether it is hollow, words; () is blank."""
    for number, one in enumerate(dots.values()):
        if one:
            value, ends, hollow, words = one
            dot(axes, -number, value, ends, hollow=hollow)
            beside(axes, words, (value, -number), (0, 5), ha="center", va="bottom", fontsize=9, bbox=BEHIND)
    line_at(axes)
    axes.margins(x=0.2)
    row_axis(axes, len(dots), 0.5, 0.9)
    axes.set_yticks([-i for i in range(len(dots))], list(dots) if labelled else [""] * len(dots))
    axes.locator_params(axis="x", nbins=ticks)
    axes.text(0.0, 1.02, title, transform=axes.transAxes, fontsize=9, fontweight="bold", va="bottom")
