"""Simple bars with intervals: what knowing more is worth, who saves money, and where inputs switch the answer."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sencosim.report.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    LIGHT_GREY,
    ORANGE,
    Chart,
    Wording,
    canvas,
    drawing,
    finish,
)

MOST_BARS = 12
SHARE_LIMITS = (0.0, 1.0)
BAR_INCHES = 0.36
LABEL_CHARACTERS, LABEL_LINES, LABEL_POINTS = 40, 2, 9
LABEL_WIDTH_POINTS = 220
"""From the left end of the labels to the axis. They start there, so that another font moves no line."""


@dataclass(frozen=True)
class Ranked:
    """Values by name, largest first, with intervals.

    Attributes
    ----------
    words
        Around the chart.
    table
        ``title``, ``value``, ``low``, ``high``.
    unit
        Under the axis.
    limits
        Of the axis, if they are fixed.
    """

    words: Wording
    table: pd.DataFrame
    unit: str
    limits: tuple[float, float] | None = None


def ranked_chart(ranked: Ranked, ending: str = "") -> Chart:
    """Horizontal bars with their intervals. ``ending`` comes last in the text alternative."""
    shown = ranked.table.head(MOST_BARS).reset_index(drop=True)
    with drawing():
        figure, (bottom, top) = canvas(ranked.words, BAR_INCHES * len(shown) + 0.6)
        inch = 1 / float(figure.get_figheight())
        axes = figure.add_axes((0.36, bottom + 0.5 * inch, 0.6, top - bottom - 0.55 * inch))
        value = shown["value"].to_numpy(dtype=np.float64)
        error = np.vstack([value - shown["low"], shown["high"] - value]).clip(min=0.0)
        axes.barh(range(len(shown)), value, color=DARK_BLUE, height=0.6)
        axes.errorbar(value, range(len(shown)), xerr=error, fmt="none", color=ORANGE, elinewidth=1.6, capsize=3)
        _labels(axes, shown)
        axes.set_xlabel(ranked.unit)
        if ranked.limits is not None:
            axes.set_xlim(*ranked.limits)
        if ranked.limits == SHARE_LIMITS:
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}".replace("%", " %"))
        lines = [
            f"{row['title']}: {row['value']:,.3g} ({row['low']:,.3g} to {row['high']:,.3g})" for row in _rows(shown)
        ]
        return finish(figure, ranked.words, shown, f"{ranked.unit}. " + "; ".join(lines) + f".{ending}")


def switching_chart(words: Wording, table: pd.DataFrame, ending: str = "") -> Chart:
    """Where each input would have to be: its evidence as a band, its switching value as a mark.

    Parameters
    ----------
    words
        Around the chart.
    table
        ``title``, ``today``, ``searched_low``, ``searched_high``, ``switching_value``, ``low``, ``high``. Every band
        runs
        from 0 (lowest value in the evidence) to 1 (highest).
    ending
        Comes last in the text alternative.
    """
    shown = table.head(MOST_BARS).reset_index(drop=True)
    width = (shown["searched_high"] - shown["searched_low"]).replace(0.0, 1.0)

    def place(column: str) -> pd.Series:
        return ((shown[column] - shown["searched_low"]) / width).clip(0.0, 1.0)

    with drawing():
        figure, (bottom, top) = canvas(words, BAR_INCHES * len(shown) + 0.6)
        inch = 1 / float(figure.get_figheight())
        axes = figure.add_axes((0.36, bottom + 0.5 * inch, 0.6, top - bottom - 0.55 * inch))
        axes.barh(range(len(shown)), [1.0] * len(shown), color=LIGHT_GREY, height=0.5)
        axes.hlines(range(len(shown)), place("low"), place("high"), color=ORANGE, linewidth=3)
        axes.plot(place("switching_value"), range(len(shown)), "D", color=ORANGE)
        axes.plot(place("today"), range(len(shown)), "|", color=DARK_GREY, markersize=14, markeredgewidth=2)
        for i, row in enumerate(_rows(shown)):
            axes.annotate(f"{row['switching_value']:.3g}", (1.02, i), va="center", annotation_clip=False)
        _labels(axes, shown)
        axes.set_xlim(0.0, 1.1)
        axes.set_xlabel("place in the evidence: 0 lowest (2.5 %), 1 highest (97.5 %)")
        lines = [
            f"{row['title']}: today {row['today']:.3g}, switches at {row['switching_value']:.3g}"
            for row in _rows(shown)
        ]
        return finish(figure, words, shown, "; ".join(lines) + f".{ending}")


def _labels(axes: Axes, shown: pd.DataFrame) -> None:
    names = [
        textwrap.fill(str(title), LABEL_CHARACTERS, max_lines=LABEL_LINES, placeholder=" …") for title in shown["title"]
    ]
    axes.set_yticks(range(len(shown)), names, fontsize=LABEL_POINTS, ha="left")
    axes.tick_params(axis="y", pad=LABEL_WIDTH_POINTS)
    axes.invert_yaxis()


def _rows(shown: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(k): v for k, v in row.items()} for row in shown.to_dict(orient="records")]
