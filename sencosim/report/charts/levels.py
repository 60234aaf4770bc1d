"""Key outcomes over the years: baseline against policy, one small panel for each."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sencosim.report.charts.lines import horizontal_grid, policy_rule, two_arms
from sencosim.report.charts.style import Chart, beside, plain_numbers, sheet, whole_labels, wording_of
from sencosim.report.findings import Figure, Findings, figures_frame
from sencosim.report.tables import better_or_worse, difference_cell, interval_cell, level_cell, short_unit, unit_scale
from sencosim.report.words import INTERVAL, joined

MOST_PANELS, PANELS_A_ROW = 6, 3
PLOT_INCHES, LINE_INCHES = 1.33, 0.17  # height of a panel's plot, and of a line of its name
COLUMNS = ["outcome", "title", "unit", "view", "year", "baseline", "policy", "difference", "p10", "p50", "p90"]


def levels_chart(findings: Findings, source: str) -> Chart | None:
    """Levels of up to six outcomes, baseline and policy, in the main view; ``None`` if no outcome comes by year."""
    main, start = findings.inputs.main_view, findings.inputs.scenario.policy_start
    wanted = findings.inputs.key_outcomes or tuple(findings.outcomes("people", "time"))
    found = [findings.by_year(main, outcome) for outcome in wanted]
    panels = [figures for figures in found if len(figures) > 1][:MOST_PANELS]
    if not panels:
        return None
    words = wording_of(findings, "key_outcomes", source, _title([figures[-1] for figures in panels]))
    n_rows = math.ceil(len(panels) / PANELS_A_ROW)
    names, most_lines = whole_labels((f"{figures[-1].title}, {short_unit(figures[-1])}" for figures in panels), 31)
    head = 1.12 + LINE_INCHES * max(0, most_lines - 2)  # [inches]
    data = figures_frame((figure for figures in panels for figure in figures), COLUMNS)
    with sheet(words, (PLOT_INCHES + head) * n_rows) as page:
        for i, figures in enumerate(panels):
            row, column = divmod(i, PANELS_A_ROW)
            axes = page.axes(0.075 + column * 0.322, 0.235, 0.32, head - 0.32, row, n_rows)
            _panel(axes, figures, names[i], start)
            if i == 0:
                _name_lines(axes, figures[-1], len(figures) - 1)
        told = " ".join(_sentence(figures[-1]) for figures in panels)
        return page.chart(data, f"Small line charts. {told} Ranges in brackets: {INTERVAL}.")


def _panel(axes: Axes, figures: list[Figure], name: str, start: str | None) -> None:
    years = [figure.year for figure in figures]
    scale = unit_scale(figures[0])
    baseline, policy = ([getattr(figure, arm) / scale for figure in figures] for arm in ("baseline", "policy"))
    two_arms(axes, baseline, policy, (4, 1.5))
    levels = baseline + policy
    if min(levels) >= 0 and min(levels) < 0.6 * max(levels):
        axes.set_ylim(0, max(levels) * 1.1)
    else:
        axes.margins(y=0.3)
    policy_rule(axes, years, start)
    horizontal_grid(axes)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.set_xticks([0, len(years) - 1], [years[0], years[-1]])
    plain_numbers(axes.yaxis, 10)
    axes.tick_params(labelsize=9)
    axes.text(-0.22, 1.24, name, transform=axes.transAxes, fontweight="bold", fontsize=9.5, va="bottom")
    axes.text(-0.22, 1.07, _difference(figures[-1]), transform=axes.transAxes, fontsize=9, va="bottom")


def _name_lines(axes: Axes, last: Figure, x: int) -> None:
    """Name the two lines of the first panel at their ends, the upper one above, the lower one below."""
    policy_up = last.policy > last.baseline
    for name, value, up in (("policy", last.policy, policy_up), ("baseline", last.baseline, not policy_up)):
        at, side = (x, value / unit_scale(last)), "bottom" if up else "top"
        beside(axes, name, at, (0, 4 if up else -13), ha="right", va=side, fontsize=9)


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
