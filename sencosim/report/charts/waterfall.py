"""Who pays, who saves, what is left: bars that add up to the net exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sencosim.errors import OutputError
from sencosim.report.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    LIGHT_GREY,
    ORANGE,
    TEXT_POINTS,
    WHITE,
    Chart,
    Wording,
    canvas,
    drawing,
    finish,
    label_rows,
    plain_numbers,
    whole_labels,
)
from sencosim.report.findings import Figure, Findings
from sencosim.report.inputs import PAYER_COST, PAYER_NET, PAYER_SAVING
from sencosim.report.tables import interval_words, money_column, net_cost_words, shared_step
from sencosim.report.words import (
    INTERVAL,
    joined,
    money,
    payer_does,
    payer_verb,
    payer_words,
    plain,
    sentence_case,
)

TOLERANCE = 1e-6
_BEHIND: dict[str, Any] = {"facecolor": WHITE, "edgecolor": "none", "pad": 1.0}


@dataclass(frozen=True)
class Bar:
    """One step of the waterfall.

    Attributes
    ----------
    payer
        Whose money.
    value
        Cost positive, saving negative. [GBP]
    start
        Where the step begins. [GBP]
    """

    payer: str
    value: float
    start: float


def waterfall_bars(findings: Findings) -> list[Bar]:
    """Costs by payer, largest first, then savings by payer, largest first.

    Raises
    ------
    OutputError
        If the bars do not add up to the headline.
    """
    main = findings.inputs.main_view
    steps: list[tuple[str, float]] = []
    for payer in findings.public_payers():
        parts = [o for o in (PAYER_COST, PAYER_SAVING) if findings.has(main, o, payer)] or [PAYER_NET]
        steps += [(payer, findings.over_the_run(main, part, payer).difference) for part in parts]
    steps = [step for step in steps if step[1] != 0.0]
    costs = sorted((step for step in steps if step[1] > 0), key=lambda step: -step[1])
    savings = sorted((step for step in steps if step[1] < 0), key=lambda step: step[1])
    bars, level = [], 0.0
    for payer, value in (*costs, *savings):
        bars.append(Bar(payer, value, level))
        level += value
    net = findings.headline(main).difference
    size = max((abs(value) for _, value in steps), default=0.0)
    if abs(math.fsum(value for _, value in steps) - net) > TOLERANCE * max(size, abs(net), 1.0):
        raise OutputError(f"The payers of the {main} view add up to {level:,.2f}, but the net cost is {net:,.2f} GBP.")
    return bars


def waterfall_chart(findings: Findings, source: str) -> Chart | None:
    """Costs and savings by payer in the main view.

    Parameters
    ----------
    findings
        The run.
    source
        Source line.

    Returns
    -------
        The chart, or ``None`` if no payer pays more or less.
    """
    bars = waterfall_bars(findings)
    if not bars:
        return None
    net = findings.headline(findings.inputs.main_view)
    scale, unit = money_column(findings)
    words = Wording(
        name="costs_and_savings_by_payer",
        title=_title(bars, net),
        subtitle=(
            f"Costs (orange, to the right) and savings (blue, to the left) by payer, {unit}, difference from the "
            f"baseline, {net.view} view. {findings.area_name}, {findings.period()}, {findings.money_basis()}. "
            f"Whisker: {INTERVAL} of the net."
        ),
        source=source,
    )
    with drawing():
        figure, (bottom, top) = canvas(words, 0.9 + 0.5 * (len(bars) + 1))
        foot = 0.55 / float(figure.get_figheight())
        axes = figure.add_axes((0.265, bottom + foot, 0.66, top - bottom - foot))
        _draw(axes, bars, net, scale, shared_step(findings, scale))
        axes.set_xlabel(f"{unit}: to the right costs, to the left saves")
        return finish(figure, words, _frame(bars, net), _text(words, bars, net))


def _draw(axes: Axes, bars: list[Bar], net: Figure, scale: float, step: float) -> None:
    """Bars from top to bottom, joined by thin lines; the net last, with its interval."""
    for row, bar in enumerate(bars):
        colour = ORANGE if bar.value > 0 else DARK_BLUE
        axes.barh(-row, bar.value / scale, left=bar.start / scale, height=0.62, color=colour)
        end = (bar.start + bar.value) / scale
        axes.plot([end, end], [-row - 0.31, -row - 0.69], color=DARK_GREY, linewidth=1.0)
        right = max(bar.start, bar.start + bar.value) / scale
        axes.annotate(
            plain(bar.value / scale, step, signed=True),
            (right, -row),
            (5, 0),
            textcoords="offset points",
            va="center",
            bbox=_BEHIND,
        )
    row = len(bars)
    axes.barh(-row, net.difference / scale, height=0.62, color=DARK_GREY)
    right = max(net.difference, 0.0) / scale
    if net.has_range:
        _whisker(axes, -row, (net.p10 / scale, net.p90 / scale), net.difference / scale)
        right = max(right, net.p90 / scale)
    axes.annotate(
        plain(net.difference / scale, step, signed=True),
        (right, -row),
        (8, 0),
        textcoords="offset points",
        va="center",
        fontweight="bold",
        bbox=_BEHIND,
    )
    twice = {bar.payer for bar in bars if bar.value > 0} & {bar.payer for bar in bars if bar.value < 0}
    names, _ = whole_labels([_row_name(bar, bar.payer in twice) for bar in bars], 26)
    label_rows(axes, [-i for i in range(row + 1)], [*names, "Net to the public purse"], TEXT_POINTS)
    axes.axvline(0.0, color=DARK_GREY, linewidth=1.2)
    axes.grid(axis="x", color=LIGHT_GREY)
    axes.set_ylim(-row - 0.6, 0.6)
    axes.margins(x=0.12)
    axes.tick_params(axis="y", length=0)
    axes.spines["bottom"].set_visible(False)
    plain_numbers(axes.xaxis)


def _whisker(axes: Axes, row: float, ends: tuple[float, float], net: float) -> None:
    """Interval of the net: white where it lies on the bar, dark where it does not."""
    low, high = min(net, 0.0), max(net, 0.0)
    stops = sorted({*ends, *(edge for edge in (low, high) if ends[0] < edge < ends[1])})
    for first, last in pairwise(stops):
        on_bar = low <= (first + last) / 2 <= high
        axes.plot([first, last], [row, row], color=WHITE if on_bar else DARK_GREY, linewidth=2.0, solid_capstyle="butt")
    for end in ends:
        on_bar = low < end < high
        axes.plot([end, end], [row - 0.16, row + 0.16], color=WHITE if on_bar else DARK_GREY, linewidth=2.0)


def _row_name(bar: Bar, comes_twice: bool) -> str:
    suffix = f", {payer_verb(bar.payer, 'pay')} {'more' if bar.value > 0 else 'less'}" if comes_twice else ""
    return sentence_case(payer_words(bar.payer)) + suffix


def _title(bars: list[Bar], net: Figure) -> str:
    parts = [f"{payer_does(bar.payer, 'pay')} most" for bar in bars if bar.value > 0][:1]
    parts += [f"{payer_does(bar.payer, 'save')} most" for bar in bars if bar.value < 0][:1]
    said = joined(parts)
    return f"{sentence_case(said)}; on balance the policy {net_cost_words(net)}"


def _frame(bars: list[Bar], net: Figure) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = [
        ("cost" if bar.value > 0 else "saving", bar.payer, bar.value, bar.start, None, None) for bar in bars
    ]
    rows.append(("net", "public purse", net.difference, 0.0, net.p10, net.p90))
    columns = ["step", "payer", "value_gbp", "start_gbp", "p10", "p90"]
    return pd.DataFrame(rows, columns=columns).astype({"p10": float, "p90": float})


def _text(words: Wording, bars: list[Bar], net: Figure) -> str:
    steps = "; ".join(f"{payer_words(bar.payer)} {money(bar.value, signed=True)}" for bar in bars)
    return (
        f"Waterfall chart. {words.title}. Costs and savings by payer, {net.view} view: {steps}. "
        f"Net to the public purse: it {net_cost_words(net)}, {INTERVAL} {interval_words(net)}. "
        f"Effects without a price are not included. Data in {words.name}.csv."
    )
