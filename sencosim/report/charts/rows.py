"""Rows with a value and an interval, on a horizontal axis: dots, bars, and the names of the rows."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sencosim.report.charts.style import DARK_BLUE, DARK_GREY, MID_BLUE, WHITE, beside, plain_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS = 12


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
    """A small plot of rows by name: each its value, the ends of its interval, and whether it is hollow; () is blank."""
    for number, one in enumerate(dots.values()):
        if one:
            value, ends, hollow = one
            dot(axes, -number, value, ends, hollow=hollow)
    line_at(axes)
    row_axis(axes, len(dots))
    axes.set_yticks([-i for i in range(len(dots))], list(dots) if labelled else [""] * len(dots))
    axes.locator_params(axis="x", nbins=ticks)
    axes.text(0.0, 1.02, title, transform=axes.transAxes, fontsize=9, fontweight="bold", va="bottom")
