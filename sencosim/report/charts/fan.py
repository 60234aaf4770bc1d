"""Net cost by year: the main view with its range, the other views as labelled lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sencosim.report.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    DARK_PINK,
    LIGHT_BLUE,
    LIGHT_PURPLE,
    MID_BLUE,
    TURQUOISE,
    WHITE,
    Chart,
    Wording,
    canvas,
    drawing,
    finish,
    horizontal_grid,
    plain_numbers,
    spread,
)
from sencosim.report.findings import Figure, Findings
from sencosim.report.inputs import NET_PUBLIC_COST
from sencosim.report.tables import interval_words, net_cost_words
from sencosim.report.words import INTERVAL, money_scale

_LINES = ((TURQUOISE, (0, (5, 2))), (DARK_PINK, (0, (1, 1.5))), (LIGHT_PURPLE, (0, (6, 2, 1, 2))))
NOT_IN_THE_BAND = "The band does not hold doubts about the model itself."


def fan_chart(findings: Findings, source: str) -> Chart | None:
    """Paired difference in the net cost to the public purse by year.

    Parameters
    ----------
    findings
        The run.
    source
        Source line.

    Returns
    -------
        The chart, or ``None`` if the headline does not come by year.
    """
    main = findings.by_year(findings.inputs.main_view, NET_PUBLIC_COST)
    if not main:
        return None
    others = [findings.by_year(view, NET_PUBLIC_COST) for view in findings.inputs.views if view != main[0].view]
    data = _frame([main, *others])
    scale, word = money_scale(*data[["difference", "p10", "p90"]].to_numpy(dtype=float).ravel())
    unit = f"£{word}" if word else "£"
    last = main[-1]
    words = Wording(
        name="net_cost_by_year",
        title=f"In the {last.view} view the policy {net_cost_words(last)} in {last.year}",
        subtitle=(
            f"Net cost to the public purse by academic year, {unit}, difference from the baseline. "
            f"{findings.area_name}, {main[0].year} to {last.year}, {findings.yearly_price_base()} prices, "
            f"not discounted. Band: {INTERVAL} (p10 to p90) of the {last.view} view. {NOT_IN_THE_BAND}"
        ),
        source=source,
    )
    with drawing():
        figure, (bottom, top) = canvas(words, 4.2)
        axes = figure.add_axes((0.085, bottom + 0.07, 0.745, top - bottom - 0.07))
        _band(axes, main, scale)
        _lines(axes, [main, *others], scale)
        _dress(axes, main, findings.inputs.scenario.policy_start, unit)
        return finish(figure, words, data, _text(words.title, main, others, words.name))


def _frame(series: Sequence[list[Figure]]) -> pd.DataFrame:
    columns = ("view", "year", "difference", "p10", "p25", "p50", "p75", "p90", "monte_carlo_error")
    rows = [[getattr(figure, column) for column in columns] for figures in series for figure in figures]
    return pd.DataFrame(rows, columns=list(columns))


def _band(axes: Axes, main: list[Figure], scale: float) -> None:
    """Light band p10 to p90, mid band p25 to p75 if known; edges drawn because the blues are close in brightness."""
    x = np.arange(len(main))
    for low, high, colour in (("p10", "p90", LIGHT_BLUE), ("p25", "p75", MID_BLUE)):
        bottom, top = (np.array([getattr(figure, name) for figure in main]) / scale for name in (low, high))
        if np.isfinite(bottom).all() and np.isfinite(top).all():
            axes.fill_between(x, bottom, top, facecolor=colour, edgecolor=DARK_BLUE, linewidth=0.8)


def _lines(axes: Axes, series: list[list[Figure]], scale: float) -> None:
    """One line a view, each with its name at its end."""
    ends = [figures[-1].difference / scale for figures in series if figures]
    low, high = axes.get_ylim()
    heights = [*ends, low, high, 0.0]
    places = spread(ends, 0.075 * (max(heights) - min(heights) or 1.0))
    styles = [(DARK_BLUE, "solid"), *_LINES]
    for figures, (colour, dashes), place in zip([s for s in series if s], styles, places, strict=False):
        y = [figure.difference / scale for figure in figures]
        axes.plot(range(len(y)), y, color=colour, linestyle=dashes, linewidth=2.5 if dashes == "solid" else 2.0)
        label = f"{figures[0].view}, mean"
        axes.annotate(
            label,
            xy=(len(y) - 1, y[-1]),
            xytext=(len(y) - 1 + 0.02 * len(y), place),
            va="center",
            color=DARK_GREY,
            fontweight="bold" if dashes == "solid" else "normal",
            annotation_clip=False,
        )


def _dress(axes: Axes, main: list[Figure], start: str | None, unit: str) -> None:
    """Axes, zero line, and the rule at which the policy starts."""
    years = [figure.year for figure in main]
    horizontal_grid(axes)
    axes.axhline(0.0, color=DARK_GREY, linewidth=1.2)
    every = 1 if len(years) <= 6 else 2
    axes.set_xticks(range(0, len(years), every), years[::every])
    axes.set_xlim(-0.15, len(years) - 0.85)
    axes.set_ylabel(f"{unit}: above zero costs, below zero saves")
    plain_numbers(axes.yaxis)
    if start in years and start != years[0]:
        place = years.index(start) - 0.5
        axes.axvline(place, color=DARK_GREY, linewidth=1.0, linestyle=(0, (4, 3)))
        behind = {"facecolor": WHITE, "edgecolor": "none", "pad": 1.5}
        axes.text(place + 0.08, axes.get_ylim()[1], "policy starts", va="top", bbox=behind)


def _text(title: str, main: list[Figure], others: list[list[Figure]], name: str) -> str:
    last = main[-1]
    ends = [figures[-1] for figures in others if figures]
    beside = "".join(f" In the {end.view} view it {net_cost_words(end)} ({interval_words(end)})." for end in ends)
    return f"Fan chart. {title}, {INTERVAL} {interval_words(last)}.{beside} {NOT_IN_THE_BAND} Data in {name}.csv."
