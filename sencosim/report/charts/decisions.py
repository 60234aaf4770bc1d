"""Charts of studies: what moves the answer, where it changes, what knowing more is worth, what a trial can find."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.decisions.acceptability import UNCHANGED, Plane
from sencosim.decisions.breakeven import EvidenceRange
from sencosim.report.charts import style
from sencosim.report.charts.lines import horizontal_grid, spread
from sencosim.report.charts.rows import (
    MOST_BARS,
    bars_that_matter,
    line_at,
    mark_zero,
    names_by_left_end,
    smaller_ones,
)
from sencosim.report.charts.style import BEHIND, Chart, Wording, beside, plain_numbers, sheet
from sencosim.report.showing import draws_words
from sencosim.report.words import MILLION, money_scale, per_cent, sentence_case, up_to_figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = npt.NDArray[np.float64]
SHARE_LIMITS = (0.0, 1.0)
BAR_INCHES = 0.36
NAME_ROOM = 0.06
"""Room for the name of a line, as a share of the height of the plot."""
LABEL_CHARACTERS, LABEL_LINES, LABEL_POINTS = 40, 2, 220  # of a line, at most; from their left end to the axis


def ranked_chart(words: Wording, table: pd.DataFrame, unit: str, limits: tuple[float, float] | None = None) -> Chart:
    """Horizontal bars with their values and intervals: ``title``, ``value``, ``low``, ``high``; [``unit``].

    Without ``limits`` of the axis the table has the largest first, and only bars that matter are drawn; with them, all.
    """
    n = len(table.head(MOST_BARS)) if limits is not None else bars_that_matter(table["value"].tolist())
    shown = table.head(n).reset_index(drop=True)
    value = shown["value"].to_numpy(dtype=np.float64)
    error = np.vstack([value - shown["low"], shown["high"] - value]).clip(min=0.0)
    labels = [_ranked_label(row, limits) for row in shown.to_dict("records")]
    told = "; ".join(
        f"{row['title']}: {up_to_figures(row['value'], 3)} ({up_to_figures(row['low'], 3)} to "
        f"{up_to_figures(row['high'], 3)})"
        for row in shown.to_dict("records")
    )
    with sheet(words, BAR_INCHES * len(shown) + 0.6) as page:
        axes = page.axes(0.36, 0.49, foot=0.5, head=0.05)
        axes.barh(range(len(shown)), value, color=style.DARK_BLUE, height=0.6)
        axes.errorbar(value, range(len(shown)), xerr=error, fmt="none", color=style.ORANGE, elinewidth=1.6, capsize=3)
        for row, (label, end) in enumerate(zip(labels, np.fmax(value, value + error[1]), strict=True)):
            beside(axes, label, (max(0.0, float(end)), row), (6, 0), va="center", annotation_clip=False)
        _name(axes, shown)
        axes.set_xlabel(f"{unit}{smaller_ones(len(table) - n)}")
        plain_numbers(axes.xaxis, 3)
        if limits is not None:
            axes.set_xlim(*limits)
        if limits == SHARE_LIMITS:
            axes.xaxis.set_major_formatter(lambda value, _: per_cent(value))
        return page.chart(table.reset_index(drop=True), f"{unit}. {told}.", shown)


def _ranked_label(row: dict[Any, Any], limits: tuple[float, float] | None) -> str:
    """Value of a bar; of a chance, what its draws leave open, so that a bar of no length has its words too."""
    if limits != SHARE_LIMITS:
        return up_to_figures(float(row["value"]), 3)
    low, high = float(row["low"]), float(row["high"])
    return f"{math.floor(100.0 * low)} to {math.ceil(100.0 * high)} in 100"


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
        f"{row['title']}: today {up_to_figures(row['today'], 3)}, switches at "
        f"{up_to_figures(row['switching_value'], 3)}"
        for row in shown.to_dict("records")
    )
    with sheet(words, BAR_INCHES * len(shown) + 0.6) as page:
        axes = page.axes(0.36, 0.6, foot=0.5, head=0.05)
        axes.barh(rows, [1.0] * len(shown), color=style.LIGHT_GREY, height=0.5)
        axes.hlines(rows, place["low"], place["high"], color=style.ORANGE, linewidth=3)
        axes.plot(place["switching_value"], rows, "D", color=style.ORANGE)
        axes.plot(place["today"], rows, "|", color=style.DARK_GREY, markersize=14, markeredgewidth=2)
        for row, value in enumerate(shown["switching_value"]):
            axes.annotate(up_to_figures(value, 3), (1.02, row), va="center", annotation_clip=False)
        _name(axes, shown)
        axes.set_xlim(0.0, 1.1)
        axes.set_xlabel("place in the evidence: 0 lowest (2.5 %), 1 highest (97.5 %)")
        return page.chart(shown, f"{told}.")


def _name(axes: Axes, shown: pd.DataFrame) -> None:
    titles = shown["title"].astype(str)
    names_by_left_end(axes, titles, LABEL_POINTS, LABEL_CHARACTERS, max_lines=LABEL_LINES, placeholder=" …")


MONEY_UNIT = "GBP"


def tornado_chart(table: pd.DataFrame, outcome: str, unit: str, source: str) -> Chart:
    """Which inputs move an outcome (in words) most: the bars that matter, ended by the values of the input.

    The table has the largest swing first: ``title``, ``unit``, ``central`` (outcome at the point values), ``crosses``,
    and ``input_`` and ``outcome_`` with ``low`` and ``high``. Sums of GBP are shown in millions or billions.
    """
    swings = (table["outcome_high"] - table["outcome_low"]).abs().tolist()
    shown = table.head(bars_that_matter(swings)).reset_index(drop=True)
    scale, central = 1.0, float(table["central"].iloc[0])
    if unit.startswith(MONEY_UNIT):
        scale, word = money_scale(MILLION, *shown[["outcome_low", "outcome_high"]].to_numpy(dtype=float).ravel())
        unit = f"{MONEY_UNIT}{word}"
    words = Wording(
        name="tornado",
        title=f"{shown['title'].iloc[0]} moves the {outcome} most",
        subtitle=(
            f"{sentence_case(outcome)} ({unit}) when each input alone is at the 10 % (turquoise) and 90 % "
            "(orange) point of its own distribution; bars end with the value used. Same schools and chance at both "
            "ends. Solid line: the result at the point values; dashed: zero, where it is near. A star marks bars that "
            "cross it."
        ),
        source=source,
    )
    start = f"At the point values the {outcome} is {up_to_figures(central / scale, 3)} {unit}. Largest swings first:"
    with sheet(words, 0.42 * len(shown) + 0.75) as page:
        axes = page.axes(0.34, 0.6, foot=0.5, head=0.2)
        _bars(axes, shown, central / scale, scale)
        axes.set_xlabel(f"{unit}{smaller_ones(len(table) - len(shown))}")
        plain_numbers(axes.xaxis)
        told = (_tornado_line(row, scale, unit) for row in shown.to_dict(orient="records"))
        return page.chart(table.reset_index(drop=True), "\n".join([start, *told]), shown)


def _tornado_line(row: dict[Any, Any], scale: float, unit: str) -> str:
    ends = [
        f"{up_to_figures(row[f'input_{end}'], 3)} gives {up_to_figures(row[f'outcome_{end}'] / scale, 3)}"
        for end in ("low", "high")
    ]
    return f"{row['title']}: {', '.join(ends)} {unit}{'; crosses zero' if row['crosses'] else ''}."


def _bars(axes: Axes, shown: pd.DataFrame, central: float, scale: float) -> None:
    line_at(axes, central)
    ends = shown[["outcome_low", "outcome_high"]].to_numpy(dtype=float) / scale
    left, right = ends.min(), ends.max()
    margin = 0.16 * (right - left or 1.0)
    axes.set_xlim(left - margin, right + margin)
    mark_zero(axes)
    for place, row in enumerate(shown.to_dict(orient="records")):
        left_end = "low" if row["outcome_low"] <= row["outcome_high"] else "high"
        for end, colour in (("low", style.TURQUOISE), ("high", style.ORANGE)):
            value = row[f"outcome_{end}"] / scale
            axes.barh(place, value - central, left=central, color=colour, height=0.62)
            pad, side = (-3, "right") if end == left_end else (3, "left")
            told = up_to_figures(float(row[f"input_{end}"]), 3)
            beside(axes, told, (value, place), (pad, 0), ha=side, va="center")
    stars = shown["crosses"].map({True: "* ", False: ""})
    names_by_left_end(axes, stars + shown["title"], 210, 34)


def acceptability_chart(words: Wording, curve: pd.DataFrame, policy: str, unit: str) -> Chart:
    """Chance that the policy (its arm) is the better choice, by the price put on one unit of its effect."""
    own = curve[curve["arm"] == policy]
    ends = [*zip(own["worth"].iloc[[0, -1]], own["chance_best"].iloc[[0, -1]], strict=True)]
    text = "; ".join(f"at {worth:,.0f} GBP the chance is {per_cent(chance)}" for worth, chance in ends)
    with sheet(words, 3.6) as page:
        axes = page.axes(0.09, 0.82, foot=0.5, head=0.1)
        axes.plot(own["worth"], own["chance_best"], color=style.DARK_BLUE)
        axes.axhline(0.5, color=style.DARK_GREY, linewidth=0.8, linestyle=":")
        axes.set_ylim(0.0, 1.02)
        axes.yaxis.set_major_formatter(lambda value, _: per_cent(value))
        plain_numbers(axes.xaxis)
        for worth, chance in ends:
            lift = 6 if chance < 0.9 else -14
            beside(axes, per_cent(chance), (worth, chance), (4, lift), fontweight="bold", annotation_clip=False)
        axes.set_xlabel(f"Price put on {unit}, GBP")
        horizontal_grid(axes)
        return page.chart(own, f"{sentence_case(text)}.")


_CORNERS = {"dearer": (0.98, "top"), "cheaper": (0.02, "bottom"), "more": (0.99, "right"), "less": (0.01, "left")}
_CORNERS |= {"as dear": (0.5, "center"), "no": (0.5, "center")}
"""Where the words of a quadrant stand. [share of the plot]"""


def plane_chart(words: Wording, plane: Plane, unit: str) -> Chart:
    """Draws on the plane of effect (more being better) and cost, with contours that enclose 50, 80 and 95 % of them."""
    own = pd.DataFrame({"effect": plane.effect, "cost_gbp": plane.cost})
    n = len(own)
    shares = {name: f"{round(share * n):,} of {draws_words(n)}" for name, share in plane.quadrants.items() if share}
    with sheet(words, 3.6) as page:
        axes = page.axes(0.11, 0.84, foot=0.5, head=0.1)
        axes.plot(plane.effect, plane.cost / MILLION, "o", color=style.DARK_BLUE, markersize=3, alpha=0.6)
        heights = sorted(set(plane.levels.values()))
        if heights:
            axes.contour(
                plane.grid_effect, plane.grid_cost / MILLION, plane.density, levels=heights, colors=style.ORANGE
            )
        axes.axhline(0.0, color=style.DARK_GREY, linewidth=0.8)
        axes.axvline(0.0, color=style.DARK_GREY, linewidth=0.8)
        axes.margins(x=0.1, y=0.2)
        for name, told in shares.items():
            dear, more = ("as dear", "no") if name == UNCHANGED else name.removesuffix(" effect").split(", ")
            (y, above), (x, side) = _CORNERS[dear], _CORNERS[more]
            axes.text(x, y, f"{name}: {told}", transform=axes.transAxes, ha=side, va=above, fontsize=9, bbox=BEHIND)
        axes.set_xlabel(unit)
        axes.set_ylabel("Net cost to the public purse, GBP million")
        for axis in (axes.xaxis, axes.yaxis):
            plain_numbers(axis)
        text = "; ".join(f"{name}: {told}" for name, told in shares.items())
        return page.chart(own, f"{sentence_case(text)}.")


def lines_chart(
    words: Wording, table: pd.DataFrame, by: str, by_words: str, unit: str, *, scale: float = 1.0, log: bool = False
) -> Chart:
    """Lines of every other column by one, each with its name at its end and a mark at the top of the first.

    ``scale`` divides what is drawn, and what is told, into ``unit``.
    """
    names = [str(name) for name in table if name != by]
    shown = table[[by]].join(table[names] / scale)
    at = shown[by].to_numpy(dtype=np.float64)
    ends = ((name, shown[name].to_numpy(dtype=np.float64)) for name in names)
    told = "; ".join(_ends(name, at, line) for name, line in ends)
    with sheet(words, 3.6) as page:
        axes = page.axes(0.09, 0.66, foot=0.5, head=0.1)
        colours = [style.PALETTE[number % len(style.PALETTE)] for number in range(len(names))]
        for name, colour in zip(names, colours, strict=True):
            axes.plot(at, shown[name], color=colour)
        low, high = axes.get_ylim()
        places = spread([float(shown[name].iloc[-1]) for name in names], NAME_ROOM * (high - low))
        for name, colour, place in zip(names, colours, places, strict=True):
            beside(axes, name, (at[-1], place), (4, 0), va="center", fontsize=9, color=colour)
        top = int(shown[names[0]].to_numpy().argmax())
        axes.plot(at[top], shown[names[0]].iloc[top], "o", color=colours[0])
        axes.axhline(0.0, color=style.DARK_GREY, linewidth=0.8)
        if log:
            axes.set_xscale("log")
            axes.set_xticks(list(at), [f"{x:,.0f}" for x in at])
            axes.minorticks_off()
        else:
            plain_numbers(axes.xaxis)
        plain_numbers(axes.yaxis)
        axes.set_xlabel(by_words)
        axes.set_ylabel(unit)
        horizontal_grid(axes)
        return page.chart(shown, f"{unit}, by {by_words[:1].lower()}{by_words[1:]}. {told}.")


def _ends(name: str, at: Floats, line: Floats) -> str:
    first, last = (f"{up_to_figures(line[i], 4)} at {up_to_figures(at[i], 4)}" for i in (0, -1))
    return f"{name}: {first}, {last}"


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
            axes.plot(piece[:, 0], piece[:, 1], color=style.DARK_BLUE)
        pays = grid["net_benefit_gbp"] > 0.0
        for part, fill in ((grid[pays], style.DARK_BLUE), (grid[~pays], style.WHITE)):
            axes.plot(
                part["first"], part["second"], "o", markerfacecolor=fill, markeredgecolor=style.DARK_BLUE, markersize=5
            )
        if len(found):
            low, high = (found[name].replace([-np.inf, np.inf], list(second.limits)) for name in ("low", "high"))
            spans = np.vstack([found["second"] - low, high - found["second"]]).clip(min=0.0)
            axes.errorbar(found["first"], found["second"], yerr=spans, fmt="D", color=style.ORANGE, capsize=4)
        axes.set_xlabel(f"{first.title} [{first.unit}]")
        axes.set_ylabel(f"{second.title}\n[{second.unit}]")
        told = "; ".join(
            f"with {up_to_figures(a, 3)}, {up_to_figures(b, 3)}"
            for a, b in zip(found["first"], found["second"], strict=True)
        )
        text = f"{second.title} at which the answer changes, by {first.title}: {told or 'none in range'}."
        return page.chart(line, text)


def _evidence(axes: Axes, first: Axis, second: Axis) -> None:
    from matplotlib.patches import Rectangle

    (left, right), (low, high) = first.likely, second.likely
    axes.add_patch(
        Rectangle((left, low), right - left, high - low, facecolor=style.LIGHT_GREY, alpha=0.5, edgecolor="none")
    )
    if not np.isnan([first.today, second.today]).any():
        axes.plot(first.today, second.today, "+", color=style.DARK_GREY, markersize=14, markeredgewidth=2)
        beside(axes, "point values", (first.today, second.today), (8, 8), fontsize=9)
