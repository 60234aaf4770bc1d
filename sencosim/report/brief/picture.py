"""The chart of a brief, and the picture for sharing: what clearly changes, what it costs, what is unclear."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Drawing

from sencosim.report.brief.place import per_school
from sencosim.report.brief.sentences import WORDS, Told
from sencosim.report.charts.rows import label_rows, line_at, row_axis
from sencosim.report.charts.style import (
    BEHIND,
    DARK_BLUE,
    DARK_GREY,
    MID_BLUE,
    TEXT_POINTS,
    WHITE,
    Chart,
    Wording,
    beside,
    drawing,
    sheet,
)
from sencosim.report.findings import Figure, Findings, figures_frame
from sencosim.report.inputs import NET_PUBLIC_COST
from sencosim.report.table import words_in
from sencosim.report.words import INTERVAL, money, sentence_case

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT, DOTS = 12.0, 6.75, 100
"""Size of the picture in inches and dots an inch: 1200 by 675 pixels."""
HEADS = ("What clearly changes", "What it costs", "What could go either way")
COLUMNS = (0.04, 0.37, 0.69)
MOST_ON_PICTURE = 2
"""Clear and unclear changes that the picture has room for; the page has them all."""
DATA = ("view", "difference", "p10", "p90")


def cost_chart(findings: Findings, source: str) -> Chart:
    """Cost for each school and year in each view, with its interval."""
    figures, say = _costs(findings), words_in(WORDS)["chart"]
    title, subtitle = (say[name].format(where=findings.area_name, period=findings.period()) for name in say)
    rows = "; ".join(
        f"{one.view} view {money(one.difference, *one.ends)} ({INTERVAL}: {_ends(one)})" for one in figures
    )
    with sheet(Wording("cost_per_school", title, subtitle, source), 0.6 + 0.36 * len(figures)) as page:
        _draw(page.axes(0.17, 0.81, foot=0.35), figures, TEXT_POINTS)
        return page.chart(figures_frame(figures, DATA), f"Dot chart. {title}: {rows}.")


def _costs(findings: Findings) -> list[Figure]:
    found = (findings.over_the_run(view, per_school(NET_PUBLIC_COST)) for view in findings.inputs.views)
    return list(found)


def _ends(figure: Figure) -> str:
    return " to ".join(money(end, figure.difference, *figure.ends) for end in figure.ends) or "not known"


def _draw(axes: Axes, figures: Sequence[Figure], points: float) -> None:
    """A row a view: a dot, its interval, its value."""
    for row, one in enumerate(figures):
        if one.ends:
            axes.plot(one.ends, [-row, -row], color=MID_BLUE, linewidth=3.0)
        axes.plot(one.difference, -row, "o", markersize=9, color=DARK_BLUE)
        told = f"{money(one.difference, *one.ends)} ({_ends(one)})" if one.ends else money(one.difference)
        right = max(one.difference, *one.ends) if one.ends else one.difference
        beside(axes, told, (right, -row), (10, 0), va="center", fontsize=points - 1, annotation_clip=False, bbox=BEHIND)
    known = [0.0, *(value for one in figures for value in (one.difference, *one.ends))]
    span = (max(known) - min(known)) or 1.0
    axes.set_xlim(min(known) - 0.02 * span, max(known) + 0.6 * span)  # room for the numbers
    line_at(axes)
    row_axis(axes, len(figures))
    axes.locator_params(axis="x", nbins=5)
    label_rows(axes, [f"{sentence_case(one.view)} view" for one in figures], points)


def share_picture(title: str, told: Sequence[Sequence[Told]], findings: Findings, foot: Sequence[str]) -> bytes:
    """A PNG: title, the three answers side by side, the chart of costs, where it comes from.

    Parameters
    ----------
    told
        What clearly changes, what it costs and what is unclear.
    """
    with drawing():
        figure = Drawing(figsize=(WIDTH, HEIGHT), facecolor=WHITE)
        FigureCanvasAgg(figure)
        y = 0.955
        for line in textwrap.wrap(title, 72):
            figure.text(0.04, y, line, fontsize=20, fontweight="bold", color=DARK_BLUE, va="top")
            y -= 0.06
        for left, head, those in zip(COLUMNS, HEADS, told, strict=True):
            _column(figure, left, y - 0.015, head, those[:MOST_ON_PICTURE])
        figures = _costs(findings)
        axes = figure.add_axes((0.16, 0.19, 0.78, 0.05 * (len(figures) + 1)))
        _draw(axes, figures, 11)
        axes.set_title("£ for each school and year, with 80 % interval", loc="left", fontsize=11, color=DARK_GREY)
        lines = [line for text in foot for line in textwrap.wrap(text, 150)]
        figure.text(0.04, 0.02, "\n".join(lines), fontsize=9.5, color=DARK_GREY, va="bottom", linespacing=1.3)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=DOTS, metadata={"Software": None})
    return buffer.getvalue()


def _column(figure: Drawing, left: float, y: float, head: str, told: Sequence[Told]) -> None:
    """One of the three answers."""
    figure.text(left, y, head, fontsize=14, fontweight="bold", color=DARK_GREY, va="top")
    y -= 0.055
    for one in told:
        figure.text(left, y, one.figure, fontsize=17, fontweight="bold", color=DARK_BLUE, va="top")
        lines = textwrap.wrap(one.words, 44)
        figure.text(left, y - 0.05, "\n".join(lines), fontsize=10.5, color=DARK_GREY, va="top", linespacing=1.25)
        y -= 0.07 + 0.029 * len(lines)
