"""Lines and bands over years, prices or sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sencosim.report.charts.style import DARK_GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def horizontal_grid(axes: Axes) -> None:
    """Draw the quiet horizontal grid of the house style."""
    axes.grid(axis="y")
    axes.tick_params(axis="y", length=0)


def policy_rule(axes: Axes, years: list[str], start: str | None) -> float | None:
    """Draw an upright line before the year in which the policy starts, if earlier years are shown; where it stands."""
    if start not in years or start == years[0]:
        return None
    place = years.index(start) - 0.5
    axes.axvline(place, color=DARK_GREY, linewidth=1.0, linestyle=(0, (4, 3)))
    return place


def spread(positions: list[float], gap: float) -> list[float]:
    """Move labels apart so that none overlaps, keeping their order and their middle.

    Examples
    --------
    >>> spread([1.0, 1.0], 2.0)
    [0.0, 2.0]
    """
    order = sorted(range(len(positions)), key=lambda i: (positions[i], i))
    groups: list[list[int]] = []
    centres: list[float] = []
    for i in order:
        groups.append([i])
        centres.append(positions[i])
        while len(groups) > 1 and centres[-1] - centres[-2] < gap * (len(groups[-1]) + len(groups[-2])) / 2:
            group = groups.pop(-2) + groups.pop(-1)
            groups.append(group)
            centres[-2:] = [sum(positions[j] for j in group) / len(group)]
    moved = [0.0] * len(positions)
    for group, centre in zip(groups, centres, strict=True):
        for place, i in enumerate(group):
            moved[i] = centre + gap * (place - (len(group) - 1) / 2)
    return moved
