"""Who pays, who saves, what is left: bars that add up to the net exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from sencosim.errors import OutputError
from sencosim.report.charts import style
from sencosim.report.charts.rows import label_rows, line_at, row_axis
from sencosim.report.charts.style import BEHIND, Chart, beside, sheet, whole_labels, wording_of
from sencosim.report.findings import Figure, Findings
from sencosim.report.inputs import PAYER_COST, PAYER_NET, PAYER_SAVING
from sencosim.report.table import Number
from sencosim.report.tables import interval_words, money_column, net_cost_words, payer_parts, shared_step
from sencosim.report.words import INTERVAL, joined, money, payer_does, payer_verb, payer_words, plain, sentence_case

TOLERANCE = 1e-6
SMALLEST = 0.01
"""Share of the largest bar below which bars are drawn as one: they cannot be seen, and the data has them."""


class Bar(NamedTuple):
    """One step of the waterfall."""

    payer: str
    value: float  # cost positive, saving negative [GBP]
    start: float  # where the step begins [GBP]


def waterfall_bars(findings: Findings) -> list[Bar]:
    """Costs by payer, largest first, then savings by payer, largest first. They add up to the headline."""
    main = findings.inputs.main_view
    steps: list[tuple[str, float]] = []
    for payer in findings.public_payers():
        parts = [o for o in (PAYER_COST, PAYER_SAVING) if findings.has(main, o, payer)] or [PAYER_NET]
        steps += [(payer, findings.over_the_run(main, part, payer).difference) for part in parts]
    steps = sorted((step for step in steps if step[1] != 0.0), key=lambda step: (step[1] < 0, -abs(step[1])))
    values = [value for _, value in steps]
    levels = [0.0, *accumulate(values)]
    net = findings.headline(main).difference
    if abs(math.fsum(values) - net) > TOLERANCE * max(abs(net), 1.0, *map(abs, values)):
        raise OutputError(
            f"The payers of the {main} view add up to {levels[-1]:,.2f}, but the net cost is {net:,.2f} GBP."
        )
    return [Bar(payer, value, level) for (payer, value), level in zip(steps, levels, strict=False)]


def waterfall_chart(findings: Findings, source: str) -> Chart | None:
    """Costs and savings by payer in the main view; ``None`` if no payer pays more or less."""
    bars = waterfall_bars(findings)
    if not bars:
        return None
    net = findings.headline(findings.inputs.main_view)
    scale, unit = money_column(findings)
    words = wording_of(findings, "costs_and_savings_by_payer", source, _title(bars, net), unit=unit)
    steps = "; ".join(f"{payer_words(bar.payer)} {money(bar.value, signed=True)}" for bar in bars)
    text = (
        f"Waterfall chart. {words.title}. Costs and savings by payer, {net.view} view: {steps}. "
        f"Net to the public purse: it {net_cost_words(net)}, {INTERVAL} {interval_words(net)}. "
        "Effects without a price are not included."
    )
    rows = _steps(findings, bars, scale)
    with sheet(words, 0.9 + 0.5 * (len(rows) + 1)) as page:
        axes = page.axes(0.265, 0.66, foot=0.55)
        _, whole_printed = payer_parts(findings)
        whole = Step("Net to the public purse", net.difference / scale, 0.0, str(whole_printed))
        draw_steps(axes, rows, whole, [end / scale for end in net.ends], shared_step(findings, scale))
        axes.set_xlabel(f"{unit}: to the right costs, to the left saves")
        return page.chart(_frame(bars, net), text)


def _steps(findings: Findings, bars: Sequence[Bar], scale: float) -> list[Step]:
    """Bars as they are drawn, labelled as the table by payer prints them; those too small to see are one."""
    printed, _ = payer_parts(findings)
    twice = {bar.payer for bar in bars if bar.value > 0} & {bar.payer for bar in bars if bar.value < 0}
    least = SMALLEST * max(abs(bar.value) for bar in bars)
    rows: list[Step] = []
    for own in ([bar for bar in bars if bar.value > 0], [bar for bar in bars if bar.value < 0]):
        labels = [min(printed[bar.payer], key=lambda cell: abs(cell.value - bar.value / scale)) for bar in own]
        small = [number for number, bar in enumerate(own) if abs(bar.value) < least]
        alone = len(own) if len(small) < 2 else small[0]
        for bar, label in zip(own[:alone], labels, strict=False):
            rows.append(Step(_row_name(bar, bar.payer in twice), bar.value / scale, bar.start / scale, str(label)))
        if own[alone:]:
            name = f"{len(own) - alone} other payers, pay {'more' if own[0].value > 0 else 'less'}"
            whole = math.fsum(bar.value for bar in own[alone:]) / scale
            label = Number(math.fsum(one.value for one in labels[alone:]), labels[alone].step, signed=True)
            rows.append(Step(name, whole, own[alone].start / scale, str(label)))
    return rows


class Step(NamedTuple):
    """One bar as it is drawn."""

    name: str
    value: float  # [unit of the axis]
    start: float
    label: str = ""  # as a table prints it; rounded here if blank


def draw_steps(axes: Axes, steps: Sequence[Step], net: Step, ends: Sequence[float], step: float, dear: int = 1) -> None:
    """Bars from top to bottom, joined by thin lines; the net last, with its interval.

    Orange are values of the sign ``dear``; ``step`` is what values are rounded to.
    """
    for row, bar in enumerate(steps):
        colour = style.ORANGE if bar.value * dear > 0 else style.DARK_BLUE
        axes.barh(-row, bar.value, left=bar.start, height=0.62, color=colour)
        end = bar.start + bar.value
        axes.plot([end, end], [-row - 0.31, -row - 0.69], color=style.DARK_GREY, linewidth=1.0)
        right = max(bar.start, end)
        beside(axes, bar.label or plain(bar.value, step, signed=True), (right, -row), (5, 0), va="center", bbox=BEHIND)
    row = len(steps)
    axes.barh(-row, net.value, height=0.62, color=style.DARK_GREY)
    right = max(net.value, 0.0)
    if len(ends):
        _whisker(axes, -row, ends, net.value)
        right = max(right, *ends)
    told = net.label or plain(net.value, step, signed=True)
    beside(axes, told, (right, -row), (8, 0), va="center", fontweight="bold", bbox=BEHIND)
    names, _ = whole_labels([bar.name for bar in steps], 26)
    label_rows(axes, [*names, net.name], style.TEXT_POINTS)
    line_at(axes)
    axes.margins(x=0.12)
    row_axis(axes, row + 1, 0.4, 0.6)


def _whisker(axes: Axes, row: float, ends: Sequence[float], net: float) -> None:
    """Interval of the net: white where it lies on the bar, dark where it does not."""
    low, high = min(net, 0.0), max(net, 0.0)
    stops = sorted({*ends, *(edge for edge in (low, high) if ends[0] < edge < ends[1])})
    for first, last in pairwise(stops):
        on_bar = low <= (first + last) / 2 <= high
        axes.plot(
            [first, last],
            [row, row],
            color=style.WHITE if on_bar else style.DARK_GREY,
            linewidth=2.0,
            solid_capstyle="butt",
        )
    for end in ends:
        on_bar = low < end < high
        axes.plot([end, end], [row - 0.16, row + 0.16], color=style.WHITE if on_bar else style.DARK_GREY, linewidth=2.0)


def _row_name(bar: Bar, comes_twice: bool) -> str:
    suffix = f", {payer_verb(bar.payer, 'pay')} {'more' if bar.value > 0 else 'less'}" if comes_twice else ""
    return sentence_case(payer_words(bar.payer)) + suffix


def _title(bars: Sequence[Bar], net: Figure) -> str:
    parts = [f"{payer_does(bar.payer, 'pay')} most" for bar in bars if bar.value > 0][:1]
    parts += [f"{payer_does(bar.payer, 'save')} most" for bar in bars if bar.value < 0][:1]
    return f"{sentence_case(joined(parts))}; on balance the policy {net_cost_words(net)}"


def _frame(bars: Sequence[Bar], net: Figure) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = [
        ("cost" if bar.value > 0 else "saving", bar.payer, bar.value, bar.start, None, None) for bar in bars
    ]
    rows.append(("net", "public purse", net.difference, 0.0, *(net.ends or (None, None))))
    columns = ["step", "payer", "value_gbp", "start_gbp", "p10", "p90"]
    return pd.DataFrame(rows, columns=columns).astype({"p10": float, "p90": float})
