"""The plane of two inputs, and the line on which the answer changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.patches import Rectangle

from sencosim.decisions.breakeven import EvidenceRange
from sencosim.report.charts.style import DARK_BLUE, DARK_GREY, LIGHT_GREY, ORANGE, WHITE, Chart, Wording, beside, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Axis:
    """One input of the pair; numbers are in its unit."""

    name: str
    title: str
    unit: str
    limits: tuple[float, float]  # range searched
    today: float  # its point value; NaN for a setting
    evidence: EvidenceRange | None  # what is known of it; None if it is not uncertain

    @property
    def likely(self) -> tuple[float, float]:
        """Likely range, or the whole range where nothing is known. [unit of the input]"""
        return self.limits if self.evidence is None else (self.evidence.likely_low, self.evidence.likely_high)


def pair_chart(
    words: Wording, axes_of: tuple[Axis, Axis], line: pd.DataFrame, grid: pd.DataFrame, zero: tuple[Floats, ...]
) -> Chart:
    """Draw the line in the plane, its intervals, the pairs that were run, and where the evidence lies.

    The first input lies along the bottom. ``line`` has a row a value of it: ``first``, ``second``, ``low``, ``high``,
    ``status``; ``grid`` has ``first``, ``second``, ``net_benefit_gbp``; ``zero`` holds pieces of the line between the
    pairs of the grid. [shape (n, 2) each]
    """
    first, second = axes_of
    found = line[line["status"] != "no root in range"]
    with sheet(words, 3.8) as page:
        axes = page.axes(0.13, 0.82, foot=0.5, head=0.1)
        _evidence(axes, first, second)
        for piece in zero:
            axes.plot(piece[:, 0], piece[:, 1], color=DARK_BLUE)
        pays = grid["net_benefit_gbp"] > 0.0
        for part, fill in ((grid[pays], DARK_BLUE), (grid[~pays], WHITE)):
            axes.plot(part["first"], part["second"], "o", markerfacecolor=fill, markeredgecolor=DARK_BLUE, markersize=5)
        if len(found):
            low, high = (found[name].replace([-np.inf, np.inf], list(second.limits)) for name in ("low", "high"))
            spans = np.vstack([found["second"] - low, high - found["second"]]).clip(min=0.0)
            axes.errorbar(found["first"], found["second"], yerr=spans, fmt="D", color=ORANGE, capsize=4)
        axes.set_xlabel(f"{first.title} [{first.unit}]")
        axes.set_ylabel(f"{second.title}\n[{second.unit}]")
        told = "; ".join(f"with {a:.3g}, {b:.3g}" for a, b in zip(found["first"], found["second"], strict=True))
        text = f"{second.title} at which the answer changes, by {first.title}: {told or 'none in range'}."
        return page.chart(line, text)


def _evidence(axes: Axes, first: Axis, second: Axis) -> None:
    (left, right), (low, high) = first.likely, second.likely
    axes.add_patch(Rectangle((left, low), right - left, high - low, facecolor=LIGHT_GREY, alpha=0.5, edgecolor="none"))
    if not np.isnan([first.today, second.today]).any():
        axes.plot(first.today, second.today, "+", color=DARK_GREY, markersize=14, markeredgewidth=2)
        beside(axes, "point values", (first.today, second.today), (8, 8), fontsize=9)
