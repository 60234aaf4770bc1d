"""Net cost by year: the main view with its range, the other views as labelled lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from sencosim.report.charts import style
from sencosim.report.charts.lines import horizontal_grid, policy_rule, spread
from sencosim.report.charts.style import Chart, plain_numbers, sheet, wording_of
from sencosim.report.findings import Figure, Findings, figures_frame
from sencosim.report.inputs import NET_PUBLIC_COST
from sencosim.report.tables import interval_words, net_cost_words
from sencosim.report.words import INTERVAL, money, money_scale

_LINES = (
    *((style.DARK_BLUE, "solid"), (style.TURQUOISE, (0, (5, 2)))),
    *((style.DARK_PINK, (0, (1, 1.5))), (style.LIGHT_PURPLE, (0, (6, 2, 1, 2)))),
)
NOT_IN_THE_BAND = "The band leaves out uncertainty about the structure of the model."
COLUMNS = ["view", "year", "difference", "p10", "p25", "p50", "p75", "p90", "monte_carlo_error"]


def fan_chart(findings: Findings, source: str) -> Chart | None:
    """Paired difference in the net cost to the public purse by year; ``None`` if the headline does not come by year."""
    main = findings.by_year(findings.inputs.main_view, NET_PUBLIC_COST)
    if not main:
        return None
    others = [findings.by_year(view, NET_PUBLIC_COST) for view in findings.inputs.views if view != main[0].view]
    series = [main, *(figures for figures in others if figures)]
    data = figures_frame((figure for figures in series for figure in figures), COLUMNS)
    scale, word = money_scale(*data[["difference", "p10", "p90"]].to_numpy(dtype=float).ravel())
    unit = f"£{word}" if word else "£"
    last = main[-1]
    title = f"In the {last.view} view the policy {net_cost_words(last)} in {last.year}"
    words = wording_of(
        findings,
        "net_cost_by_year",
        source,
        title,
        unit=unit,
        first=main[0].year,
        last=last.year,
        outside=NOT_IN_THE_BAND,
    )
    ends = "".join(
        f" In the {one[-1].view} view it {net_cost_words(one[-1])} ({interval_words(one[-1])})." for one in series[1:]
    )
    with sheet(words, 4.2) as page:
        axes = page.axes(0.085, 0.745, foot=0.07 * page.height)
        _band(axes, main, scale)
        _lines(axes, series, scale)
        _dress(axes, [figure.year for figure in main], findings.inputs.scenario.policy_start, unit)
        told = f"{words.title}, {INTERVAL} {interval_words(last)}.{ends}"
        return page.chart(data, f"Fan chart. {told} {NOT_IN_THE_BAND}")


def _band(axes: Axes, main: Sequence[Figure], scale: float) -> None:
    """Light band p10 to p90, mid band p25 to p75 if known; edges drawn because the blues are close in brightness."""
    for low, high, colour in (("p10", "p90", style.LIGHT_BLUE), ("p25", "p75", style.MID_BLUE)):
        bottom, top = (np.array([getattr(figure, name) for figure in main]) / scale for name in (low, high))
        if np.isfinite(bottom).all() and np.isfinite(top).all():
            axes.fill_between(range(len(main)), bottom, top, facecolor=colour, edgecolor=style.DARK_BLUE, linewidth=0.8)


def _lines(axes: Axes, series: Sequence[Sequence[Figure]], scale: float) -> None:
    """One line a view, each with its name at its end."""
    ends = [figures[-1].difference / scale for figures in series]
    heights = [*ends, *axes.get_ylim(), 0.0]
    places = spread(ends, 0.1 * (max(heights) - min(heights) or 1.0))
    for figures, (colour, dashes), place in zip(series, _LINES, places, strict=False):
        y, last = [figure.difference / scale for figure in figures], figures[-1]
        is_main = dashes == "solid"
        axes.plot(range(len(y)), y, color=colour, linestyle=dashes, linewidth=2.5 if is_main else 2.0)
        axes.annotate(
            f"{figures[0].view}, mean\n{money(last.difference, *last.ends, signed=True)}",
            xy=(len(y) - 1, y[-1]),
            xytext=(len(y) - 1 + 0.02 * len(y), place),
            va="center",
            color=style.DARK_GREY,
            fontweight="bold" if is_main else "normal",
            annotation_clip=False,
        )


def _dress(axes: Axes, years: list[str], start: str | None, unit: str) -> None:
    """Axes, zero line, and the rule at which the policy starts."""
    horizontal_grid(axes)
    axes.axhline(0.0, color=style.DARK_GREY, linewidth=1.2)
    every = 1 if len(years) <= 6 else 2
    axes.set_xticks(range(0, len(years), every), years[::every])
    axes.set_xlim(-0.15, len(years) - 0.85)
    axes.set_ylabel(f"{unit}: above zero costs, below zero saves")
    plain_numbers(axes.yaxis)
    place = policy_rule(axes, years, start)
    if place is not None:
        behind = {"facecolor": style.WHITE, "edgecolor": "none", "pad": 1.5}
        axes.text(place + 0.08, axes.get_ylim()[1], "policy starts", va="top", bbox=behind)
