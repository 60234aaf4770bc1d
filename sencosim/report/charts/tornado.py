"""Tornado: which assumptions matter most, each bar ended by the values of the input that were used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from sencosim.report.charts.rows import MOST_BARS, line_at, names_by_left_end
from sencosim.report.charts.style import ORANGE, TURQUOISE, Chart, Wording, beside, sheet
from sencosim.report.words import MILLION, money_scale, sentence_case

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAR_INCHES = 0.42
LABEL_CHARACTERS, LABEL_POINTS = 34, 210  # of a line of a label; from the left end of the labels to the axis
MONEY_UNIT = "GBP"


@dataclass(frozen=True)
class Bars:
    """What a tornado shows."""

    table: pd.DataFrame  # largest swing first: title, unit, {input,outcome}_{low,high}, crosses
    central: float  # outcome at the point values [unit]
    outcome: str  # in words, inside a sentence
    unit: str  # of the outcome; GBP is shown in millions or billions


def tornado_chart(bars: Bars, source: str) -> Chart:
    """Draw at most twelve bars."""
    shown = bars.table.head(MOST_BARS).reset_index(drop=True)
    scale, unit = 1.0, bars.unit
    if unit.startswith(MONEY_UNIT):
        scale, word = money_scale(MILLION, *shown[["outcome_low", "outcome_high"]].to_numpy(dtype=float).ravel())
        unit = f"{MONEY_UNIT}{word}"
    words = Wording(
        name="tornado",
        title=f"{shown['title'].iloc[0]} moves the {bars.outcome} most",
        subtitle=(
            f"{sentence_case(bars.outcome)} ({unit}) when each input alone is at the 10 % (turquoise) and 90 % "
            "(orange) point of its own distribution; bars end with the value used. Same schools and chance at both "
            "ends. The line is the result at the point values; a star marks bars that cross nought."
        ),
        source=source,
    )
    lines = [f"At the point values the {bars.outcome} is {bars.central / scale:,.3g} {unit}. Largest swings first:"]
    lines += [
        f"{row['title']}: {row['input_low']:.3g} gives {row['outcome_low'] / scale:,.3g}, {row['input_high']:.3g} "
        f"gives {row['outcome_high'] / scale:,.3g} {unit}{'; crosses nought' if row['crosses'] else ''}."
        for row in shown.to_dict(orient="records")
    ]
    with sheet(words, BAR_INCHES * len(shown) + 0.6) as page:
        axes = page.axes(0.34, 0.6, foot=0.5, head=0.05)
        _bars(axes, shown, bars.central / scale, scale)
        axes.set_xlabel(unit)
        return page.chart(shown, "\n".join(lines))


def _bars(axes: Axes, shown: pd.DataFrame, central: float, scale: float) -> None:
    line_at(axes, central)
    ends = shown[["outcome_low", "outcome_high"]].to_numpy(dtype=float) / scale
    left, right = ends.min(), ends.max()
    margin = 0.16 * (right - left or 1.0)
    axes.set_xlim(left - margin, right + margin)
    if left - margin < 0.0 < right + margin:
        line_at(axes, width=1.0, style=":")
    for place, row in enumerate(shown.to_dict(orient="records")):
        left_end = "low" if row["outcome_low"] <= row["outcome_high"] else "high"
        for end, colour in (("low", TURQUOISE), ("high", ORANGE)):
            value = row[f"outcome_{end}"] / scale
            axes.barh(place, value - central, left=central, color=colour, height=0.62)
            pad, side = (-3, "right") if end == left_end else (3, "left")
            beside(axes, f"{row[f'input_{end}']:.3g}", (value, place), (pad, 0), ha=side, va="center")
    stars = shown["crosses"].map({True: "* ", False: ""})
    names_by_left_end(axes, stars + shown["title"], LABEL_POINTS, LABEL_CHARACTERS)
