"""Key outcomes over the years: baseline against policy, one small panel for each."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sencosim.report.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    ORANGE,
    Chart,
    Wording,
    canvas,
    drawing,
    finish,
    horizontal_grid,
    plain_numbers,
    whole_labels,
)
from sencosim.report.findings import Figure, Findings
from sencosim.report.tables import better_or_worse, difference_cell, interval_cell, level_cell, short_unit, unit_scale
from sencosim.report.words import INTERVAL, joined

MOST_PANELS = 6
PANELS_A_ROW = 3
PLOT_INCHES, LINE_INCHES = 1.33, 0.17
"""Height of a panel's plot, and of a line of its name."""


def levels_chart(findings: Findings, source: str) -> Chart | None:
    """Levels of up to six outcomes, baseline and policy, in the main view.

    Parameters
    ----------
    findings
        The run.
    source
        Source line.

    Returns
    -------
        The chart, or ``None`` if no outcome comes by year.
    """
    panels = _panels(findings)
    if not panels:
        return None
    words = Wording(
        name="key_outcomes",
        title=_title(panels),
        subtitle=(
            f"Levels by academic year: baseline (solid blue) and policy (dashed orange), {panels[0][0].view} view, "
            f"means. {findings.area_name}. Under each name: difference in the last year and its {INTERVAL}. "
            "An axis starts at zero unless the levels lie far above it."
        ),
        source=source,
    )
    n_rows = math.ceil(len(panels) / PANELS_A_ROW)
    names, most_lines = whole_labels((f"{figures[-1].title}, {short_unit(figures[-1])}" for figures in panels), 31)
    head_inches = 1.12 + LINE_INCHES * max(0, most_lines - 2)
    with drawing():
        figure, (bottom, top) = canvas(words, (PLOT_INCHES + head_inches) * n_rows)
        height = (top - bottom) / n_rows
        inch = 1 / float(figure.get_figheight())
        drawn = []
        for i, figures in enumerate(panels):
            row, column = divmod(i, PANELS_A_ROW)
            left = 0.075 + column * 0.322
            box = (left, top - (row + 1) * height + 0.32 * inch, 0.235, height - head_inches * inch)
            drawn.append(figure.add_axes(box))
            _panel(drawn[-1], figures, names[i], findings.inputs.scenario.policy_start)
        _name_lines(drawn[0], panels[0])
        return finish(figure, words, _frame(panels), _text(words, panels))


def _panels(findings: Findings) -> list[list[Figure]]:
    main = findings.inputs.main_view
    wanted = findings.inputs.key_outcomes or tuple(findings.outcomes("people", "time"))
    found = [findings.by_year(main, outcome) for outcome in wanted]
    return [figures for figures in found if len(figures) > 1][:MOST_PANELS]


def _panel(axes: Axes, figures: list[Figure], name: str, start: str | None) -> None:
    years = [figure.year for figure in figures]
    scale = unit_scale(figures[0])
    x = range(len(years))
    levels = [value / scale for figure in figures for value in (figure.baseline, figure.policy)]
    axes.plot(x, levels[::2], color=DARK_BLUE)
    axes.plot(x, levels[1::2], color=ORANGE, linestyle=(0, (4, 1.5)))
    if min(levels) >= 0 and min(levels) < 0.6 * max(levels):
        axes.set_ylim(0, max(levels) * 1.1)
    else:
        axes.margins(y=0.3)
    if start in years and start != years[0]:
        axes.axvline(years.index(start) - 0.5, color=DARK_GREY, linewidth=1.0, linestyle=(0, (4, 3)))
    horizontal_grid(axes)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.set_xticks([0, len(years) - 1], [years[0], years[-1]])
    plain_numbers(axes.yaxis, 10)
    axes.tick_params(labelsize=9)
    axes.text(-0.22, 1.24, name, transform=axes.transAxes, fontweight="bold", fontsize=9.5, va="bottom")
    axes.text(-0.22, 1.07, _difference(figures[-1]), transform=axes.transAxes, fontsize=9, va="bottom")


def _name_lines(axes: Axes, figures: list[Figure]) -> None:
    """Name the two lines of the first panel, the upper one above its end, the lower one below."""
    last, scale = figures[-1], unit_scale(figures[-1])
    upper_first = last.policy > last.baseline
    for name, value, is_upper in (
        ("policy", last.policy, upper_first),
        ("baseline", last.baseline, not upper_first),
    ):
        axes.annotate(
            name,
            (len(figures) - 1, value / scale),
            (0, 4 if is_upper else -13),
            textcoords="offset points",
            ha="right",
            va="bottom" if is_upper else "top",
            fontsize=9,
        )


def _difference(figure: Figure) -> str:
    return "no difference" if figure.is_zero else f"{difference_cell(figure)} ({interval_cell(figure)})"


def _title(panels: list[list[Figure]]) -> str:
    last = [figures[-1] for figures in panels]
    words = [(word, sum(1 for figure in last if better_or_worse(figure) == word)) for word in ("better", "worse")]
    said = joined([f"{count} clearly {word}" for word, count in words if count])
    year = last[0].year
    if not said:
        return f"By {year} none of these outcomes is clearly different from the baseline"
    return f"Of {len(last)} key outcomes, {said} by {year}; the others are unclear or have no good direction"


def _frame(panels: list[list[Figure]]) -> pd.DataFrame:
    columns = ["outcome", "title", "unit", "view", "year", "baseline", "policy", "difference", "p10", "p50", "p90"]
    return pd.DataFrame([[getattr(f, c) for c in columns] for figures in panels for f in figures], columns=columns)


def _text(words: Wording, panels: list[list[Figure]]) -> str:
    sentences = []
    for figures in panels:
        last = figures[-1]
        levels = (
            f"baseline {level_cell(last, last.baseline)}, policy {level_cell(last, last.policy)} {short_unit(last)}"
        )
        sentences.append(f"{last.title}, {last.year}: {levels}; difference {_difference(last)}.")
    return f"Small line charts. {' '.join(sentences)} Ranges in brackets: {INTERVAL}. Data in {words.name}.csv."
