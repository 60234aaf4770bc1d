"""Simple bars with intervals: what knowing more is worth, who saves money, and where inputs switch the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sencosim.report.charts.rows import MOST_BARS, names_by_left_end
from sencosim.report.charts.style import DARK_BLUE, DARK_GREY, LIGHT_GREY, ORANGE, Chart, Sheet, Wording, sheet
from sencosim.report.words import per_cent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHARE_LIMITS = (0.0, 1.0)
BAR_INCHES = 0.36
LABEL_CHARACTERS, LABEL_LINES, LABEL_POINTS = 40, 2, 220  # of a line, at most; from their left end to the axis


@dataclass(frozen=True)
class Ranked:
    """Values by name, largest first, with intervals."""

    words: Wording
    table: pd.DataFrame  # title, value, low, high
    unit: str  # under the axis
    limits: tuple[float, float] | None = None  # of the axis, if they are fixed


def ranked_chart(ranked: Ranked) -> Chart:
    """Horizontal bars with their intervals."""
    shown = ranked.table.head(MOST_BARS).reset_index(drop=True)
    value = shown["value"].to_numpy(dtype=np.float64)
    error = np.vstack([value - shown["low"], shown["high"] - value]).clip(min=0.0)
    told = "; ".join(
        f"{row['title']}: {row['value']:,.3g} ({row['low']:,.3g} to {row['high']:,.3g})"
        for row in shown.to_dict("records")
    )
    with sheet(ranked.words, BAR_INCHES * len(shown) + 0.6) as page:
        axes = _axes(page)
        axes.barh(range(len(shown)), value, color=DARK_BLUE, height=0.6)
        axes.errorbar(value, range(len(shown)), xerr=error, fmt="none", color=ORANGE, elinewidth=1.6, capsize=3)
        _name(axes, shown)
        axes.set_xlabel(ranked.unit)
        if ranked.limits is not None:
            axes.set_xlim(*ranked.limits)
        if ranked.limits == SHARE_LIMITS:
            axes.xaxis.set_major_formatter(lambda value, _: per_cent(value))
        return page.chart(shown, f"{ranked.unit}. {told}.")


def switching_chart(words: Wording, table: pd.DataFrame) -> Chart:
    """Where each input would have to be: its evidence as a band from 0 to 1, its switching value as a mark.

    The table has ``title``, ``today``, ``searched_low``, ``searched_high``, ``switching_value``, ``low``, ``high``.
    """
    shown = table.head(MOST_BARS).reset_index(drop=True)
    rows = range(len(shown))
    width = (shown["searched_high"] - shown["searched_low"]).replace(0.0, 1.0)
    names = ("low", "high", "switching_value", "today")
    place = {name: ((shown[name] - shown["searched_low"]) / width).clip(0.0, 1.0) for name in names}
    told = "; ".join(
        f"{row['title']}: today {row['today']:.3g}, switches at {row['switching_value']:.3g}"
        for row in shown.to_dict("records")
    )
    with sheet(words, BAR_INCHES * len(shown) + 0.6) as page:
        axes = _axes(page)
        axes.barh(rows, [1.0] * len(shown), color=LIGHT_GREY, height=0.5)
        axes.hlines(rows, place["low"], place["high"], color=ORANGE, linewidth=3)
        axes.plot(place["switching_value"], rows, "D", color=ORANGE)
        axes.plot(place["today"], rows, "|", color=DARK_GREY, markersize=14, markeredgewidth=2)
        for row, value in enumerate(shown["switching_value"]):
            axes.annotate(f"{value:.3g}", (1.02, row), va="center", annotation_clip=False)
        _name(axes, shown)
        axes.set_xlim(0.0, 1.1)
        axes.set_xlabel("place in the evidence: 0 lowest (2.5 %), 1 highest (97.5 %)")
        return page.chart(shown, f"{told}.")


def _axes(page: Sheet) -> Axes:
    return page.axes(0.36, 0.6, foot=0.5, head=0.05)


def _name(axes: Axes, shown: pd.DataFrame) -> None:
    titles = shown["title"].astype(str)
    names_by_left_end(axes, titles, LABEL_POINTS, LABEL_CHARACTERS, max_lines=LABEL_LINES, placeholder=" …")
