"""Dot plots by fifth of schools: what the policy changes where many pupils are eligible for free school meals."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sencosim.report.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    MID_BLUE,
    Chart,
    Wording,
    canvas,
    drawing,
    finish,
    plain_numbers,
)
from sencosim.report.findings import Findings
from sencosim.report.words import plain, rounding_step

PANELS = ("added_hours", "support_intensity", "permanent_exclusions", "school_cost_per_pupil")
"""Measures shown, a panel each."""


def equity_chart(findings: Findings, source: str) -> Chart | None:
    """Draw the chart, or give ``None`` if the run has no table by group.

    Parameters
    ----------
    findings
        The run.
    source
        Source line.
    """
    frame = findings.inputs.by_group
    if frame.empty:
        return None
    rows = frame[
        (frame["view"] == findings.inputs.main_view)
        & (frame["grouping"] == "fsm_fifth")
        & frame["measure"].isin(PANELS)
        & ~frame["group"].str.contains(" less ")
    ].reset_index(drop=True)
    panels = [name for name in PANELS if (rows["measure"] == name).any()]
    if not panels:
        return None
    n = int(rows["n_replications"].max())
    words = Wording(
        name="who_gains",
        title=_title(rows),
        subtitle=(
            "What the policy changes by fifth of schools, 1 the fewest and 5 the most pupils eligible for free school "
            f"meals; {findings.area_name}, {findings.period()}, point values of the {findings.inputs.main_view} view. "
            f"Lines: two standard errors by chance either way, over {n} replications."
        ),
        source=source,
    )
    with drawing():
        figure, (bottom, top) = canvas(words, 2.9)
        foot, head = (inch / float(figure.get_figheight()) for inch in (0.35, 0.8))
        for number, name in enumerate(panels):
            box = (0.12 + number * 0.222, bottom + foot, 0.19, top - bottom - foot - head)
            _panel(figure.add_axes(box), rows[rows["measure"] == name], labelled=number == 0)
        return finish(figure, words, rows, _text(words, rows, panels))


def _title(rows: pd.DataFrame) -> str:
    hours = rows[rows["measure"] == PANELS[0]]
    if len(hours) < 2:
        return "Too few fifths of schools are in this run to compare them"
    ends = [float(hours["difference"].iloc[i]) for i in (-1, 0)]
    step = rounding_step(*ends)
    told = [plain(value, step) for value in ends]
    most, fewest = (f"{value} SENCO hours a week" for value in told)
    return f"Schools with the most pupils on free school meals gain {most}, those with the fewest {fewest}"


def _panel(axes: Axes, rows: pd.DataFrame, *, labelled: bool) -> None:
    names = list(rows["group"])
    for number, row in enumerate(rows.to_dict("records")):
        _dot(axes, row, -number)
    axes.axvline(0.0, color=DARK_GREY, linewidth=1.2)
    axes.set_ylim(-len(names) + 0.5, 0.5)
    axes.set_yticks([-i for i in range(len(names))], names if labelled else [""] * len(names))
    axes.tick_params(axis="y", length=0)
    axes.locator_params(axis="x", nbins=3)
    axes.grid(axis="x")
    axes.spines["bottom"].set_visible(False)
    plain_numbers(axes.xaxis)
    title = textwrap.fill(f"{rows['title'].iloc[0]}, {rows['unit'].iloc[0].replace('GBP', '£')}", 26)
    axes.text(0.0, 1.02, title, transform=axes.transAxes, fontsize=9, fontweight="bold", va="bottom")


def _dot(axes: Axes, row: dict[Any, Any], place: float) -> None:
    error = float(row["monte_carlo_error"])
    if math.isfinite(error):
        ends = [row["difference"] - 2.0 * error, row["difference"] + 2.0 * error]
        axes.plot(ends, [place, place], color=MID_BLUE, linewidth=2.5)
    axes.plot(row["difference"], place, "o", markersize=8, color=DARK_BLUE)


def _text(words: Wording, rows: pd.DataFrame, panels: list[str]) -> str:
    told = []
    for name in panels:
        part = rows[rows["measure"] == name]
        step = rounding_step(*part["difference"].tolist())
        values = ", ".join(
            f"fifth {row['group']} {plain(row['difference'], step, signed=True)}" for row in part.to_dict("records")
        )
        told.append(f"{part['title'].iloc[0]}, {part['unit'].iloc[0]}: {values}.")
    return f"Dot plots. {words.title}. {' '.join(told)} Data in {words.name}.csv."
