"""Tornado: which assumptions matter most, each bar ended by the values of the input that were used."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from sencosim.report.charts.style import DARK_GREY, ORANGE, TURQUOISE, Chart, Wording, canvas, drawing, finish
from sencosim.report.words import sentence_case

MOST_BARS = 12
BAR_INCHES = 0.42
LABEL_WIDTH_POINTS = 210
"""From the left end of the labels to the axis."""
LABEL_CHARACTERS = 34
MONEY_UNIT = "GBP"


@dataclass(frozen=True)
class Bars:
    """What a tornado shows.

    Attributes
    ----------
    table
        Largest swing first: ``title``, ``unit``, ``input_low``, ``input_high``, ``outcome_low``, ``outcome_high``,
        ``crosses``.
    central
        Outcome at the point values. [unit]
    outcome
        In words, inside a sentence.
    unit
        Of the outcome; ``GBP`` is shown in millions or billions.
    """

    table: pd.DataFrame
    central: float
    outcome: str
    unit: str


def tornado_chart(bars: Bars, source: str) -> Chart:
    """Draw at most twelve bars.

    Parameters
    ----------
    bars
        What to show.
    source
        Source line.
    """
    shown = bars.table.head(MOST_BARS).reset_index(drop=True)
    scale, unit = money_scale(bars.unit, shown[["outcome_low", "outcome_high"]].abs().to_numpy().max())
    first = shown.iloc[0]
    words = Wording(
        name="tornado",
        title=f"{first['title']} moves the {bars.outcome} most",
        subtitle=(
            f"{sentence_case(bars.outcome)} ({unit}) when each input alone is at the 10 % "
            "(turquoise) and "
            "90 % (orange) point of its own distribution; bars end with the value used. Same schools and chance "
            "at both "
            "ends. The line is the result at the point values; a star marks bars that cross nought."
        ),
        source=source,
    )
    with drawing():
        figure, (bottom, top) = canvas(words, BAR_INCHES * len(shown) + 0.6)
        inch = 1 / float(figure.get_figheight())
        axes = figure.add_axes((0.34, bottom + 0.5 * inch, 0.6, top - bottom - 0.55 * inch))
        _bars(axes, shown, bars.central, scale)
        axes.set_xlabel(unit)
        return finish(figure, words, shown, _text(bars, shown, scale, unit))


def money_scale(unit: str, largest: float) -> tuple[float, str]:
    """Divisor and unit in which amounts are easy to read.

    Examples
    --------
    >>> money_scale("GBP", 3e9), money_scale("weeks", 3.0)
    ((1000000000.0, 'GBP billion'), (1.0, 'weeks'))
    """
    if not unit.startswith(MONEY_UNIT):
        return 1.0, unit
    return (1e9, "GBP billion") if largest >= 1e9 else (1e6, "GBP million")


def _bars(axes: Axes, shown: pd.DataFrame, central: float, scale: float) -> None:
    axes.axvline(central / scale, color=DARK_GREY, linewidth=1.2)
    low_end, high_end = shown["outcome_low"] / scale, shown["outcome_high"] / scale
    left, right = min(low_end.min(), high_end.min()), max(low_end.max(), high_end.max())
    margin = 0.16 * (right - left or 1.0)
    axes.set_xlim(left - margin, right + margin)
    if left - margin < 0.0 < right + margin:
        axes.axvline(0.0, color=DARK_GREY, linewidth=1.0, linestyle=":")
    for place, row in enumerate(shown.to_dict(orient="records")):
        left_end = "low" if row["outcome_low"] <= row["outcome_high"] else "high"
        for end, colour in (("low", TURQUOISE), ("high", ORANGE)):
            value = row[f"outcome_{end}"] / scale
            axes.barh(place, value - central / scale, left=central / scale, color=colour, height=0.62)
            side = "right" if end == left_end else "left"
            pad = -3 if side == "right" else 3
            axes.annotate(
                f"{row[f'input_{end}']:.3g}",
                (value, place),
                (pad, 0),
                textcoords="offset points",
                ha=side,
                va="center",
            )
    names = [
        f"{'* ' if crosses else ''}{title}" for title, crosses in zip(shown["title"], shown["crosses"], strict=True)
    ]
    told = [textwrap.fill(name, LABEL_CHARACTERS) for name in names]
    axes.set_yticks(range(len(shown)), told, fontsize=9, ha="left")  # by their left ends: another font moves no line
    axes.tick_params(axis="y", pad=LABEL_WIDTH_POINTS)
    axes.invert_yaxis()


def _text(bars: Bars, shown: pd.DataFrame, scale: float, unit: str) -> str:
    lines = [f"At the point values the {bars.outcome} is {bars.central / scale:,.3g} {unit}. Largest swings first:"]
    lines += [
        f"{row['title']}: {row['input_low']:.3g} gives {row['outcome_low'] / scale:,.3g}, {row['input_high']:.3g} "
        f"gives {row['outcome_high'] / scale:,.3g} {unit}{'; crosses nought' if row['crosses'] else ''}."
        for row in shown.to_dict(orient="records")
    ]
    return "\n".join(lines)
