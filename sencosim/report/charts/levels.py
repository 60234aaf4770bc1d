"""Key outcomes over the years: what the policy changes, one small panel for each, from zero."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sencosim.report.charts import style
from sencosim.report.charts.lines import horizontal_grid, policy_rule
from sencosim.report.charts.style import Chart, plain_numbers, sheet, whole_labels, wording_of
from sencosim.report.findings import Figure, Findings, figures_frame
from sencosim.report.tables import better_or_worse, difference_cell, interval_cell, level_cell, short_unit, unit_scale
from sencosim.report.words import INTERVAL, joined

MOST_PANELS, PANELS_A_ROW = 6, 3
PLOT_INCHES, LINE_INCHES = 1.33, 0.17  # height of a panel's plot, and of a line of its name
COLUMNS = ["outcome", "title", "unit", "view", "year", "baseline", "policy", "difference", "p10", "p50", "p90"]


def levels_chart(findings: Findings, source: str) -> Chart | None:
    """Differences of up to six outcomes in the main view, with ranges; ``None`` if no outcome comes by year.

    A level hides a small change and an axis that does not begin at zero makes it large: so the change is drawn, from
    zero, and both levels stand in words above it.
    """
    main, start = findings.inputs.main_view, findings.inputs.scenario.policy_start
    wanted = findings.inputs.key_outcomes or tuple(findings.outcomes("people", "time"))
    found = [findings.by_year(main, outcome) for outcome in wanted]
    panels = [figures for figures in found if len(figures) > 1][:MOST_PANELS]
    if not panels:
        return None
    words = wording_of(findings, "key_outcomes", source, _title([figures[-1] for figures in panels]))
    n_rows = math.ceil(len(panels) / PANELS_A_ROW)
    names, most_lines = whole_labels((f"{figures[-1].title}, {short_unit(figures[-1])}" for figures in panels), 31)
    head = 1.3 + LINE_INCHES * max(0, most_lines - 2)  # [inches]
    data = figures_frame((figure for figures in panels for figure in figures), COLUMNS)
    with sheet(words, (PLOT_INCHES + head) * n_rows) as page:
        for i, figures in enumerate(panels):
            row, column = divmod(i, PANELS_A_ROW)
            axes = page.axes(0.075 + column * 0.322, 0.235, 0.32, head - 0.32, row, n_rows)
            _panel(axes, figures, names[i], start)
        told = " ".join(_sentence(figures[-1]) for figures in panels)
        return page.chart(data, f"Small line charts. {told} Ranges in brackets: {INTERVAL}.")


def _panel(axes: Axes, figures: list[Figure], name: str, start: str | None) -> None:
    years, last = [figure.year for figure in figures], figures[-1]
    scale, place = unit_scale(last), range(len(figures))
    if all(figure.has_range for figure in figures):
        low, high = ([getattr(figure, end) / scale for figure in figures] for end in ("p10", "p90"))
        axes.fill_between(place, low, high, facecolor=style.LIGHT_BLUE, edgecolor=style.DARK_BLUE, linewidth=0.8)
    axes.plot(place, [figure.difference / scale for figure in figures], color=style.DARK_BLUE)
    axes.axhline(0.0, color=style.DARK_GREY, linewidth=1.2)
    axes.margins(y=0.12)
    if all(figure.is_zero for figure in figures):
        axes.set_ylim(-1.0, 1.0)  # else the axis would show what rounding leaves
    policy_rule(axes, years, start)
    horizontal_grid(axes)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.set_xticks([0, len(years) - 1], [years[0], years[-1]])
    plain_numbers(axes.yaxis, 10)
    axes.tick_params(labelsize=9)
    above: dict[str, Any] = {"transform": axes.transAxes, "va": "bottom"}
    axes.text(-0.22, 1.36, name, fontweight="bold", fontsize=9.5, **above)
    axes.text(-0.22, 1.2, _difference(last), fontsize=9, **above)
    axes.text(-0.22, 1.04, _levels(last), fontsize=9, **above)


def _levels(figure: Figure) -> str:
    """Levels of the last year without and with the policy."""
    baseline, policy = (level_cell(figure, level) for level in (figure.baseline, figure.policy))
    return f"from {baseline} to {policy}"


def _difference(figure: Figure) -> str:
    return "no difference" if figure.is_zero else f"{difference_cell(figure)} ({interval_cell(figure)})"


def _title(last: list[Figure]) -> str:
    words = [(word, sum(1 for figure in last if better_or_worse(figure) == word)) for word in ("better", "worse")]
    said = joined([f"{count} clearly {word}" for word, count in words if count])
    year = last[0].year
    if not said:
        return f"By {year} none of these outcomes is clearly different from the baseline"
    return f"Of {len(last)} key outcomes, {said} by {year}; the others are unclear or have no good direction"


def _sentence(last: Figure) -> str:
    baseline, policy = level_cell(last, last.baseline), level_cell(last, last.policy)
    levels = f"baseline {baseline}, policy {policy} {short_unit(last)}"
    return f"{last.title}, {last.year}: {levels}; difference {_difference(last)}."
