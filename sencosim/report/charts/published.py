"""Model against published: a dot for each series, as a ratio, the bad ones included."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sencosim.report.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    LIGHT_GREY,
    ORANGE,
    WHITE,
    Chart,
    Wording,
    canvas,
    drawing,
    finish,
    label_rows,
    whole_labels,
)
from sencosim.report.evidence_tables import level, series_title
from sencosim.report.findings import Findings

TICKS = (0.1, 0.2, 0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 5.0, 10.0)
NAME_CHARACTERS, NAME_POINTS = 52, 9
"""Of a line of the name of a series, and the size of its text."""


def published_chart(findings: Findings, source: str) -> Chart | None:
    """Ratio of the model's baseline to each published figure.

    Parameters
    ----------
    findings
        The run.
    source
        Source line.

    Returns
    -------
        The chart, or ``None`` if nothing can be compared.
    """
    data = _frame(findings.inputs.reconciliation)
    if data.empty:
        return None
    inside = int(data["inside"].sum())
    words = Wording(
        name="model_against_published",
        title=f"{inside} of {len(data)} published figures are met within their stated tolerance",
        subtitle=(
            "Model divided by published, baseline, ratio scale: 1 is equal. Grey bar: tolerance. Filled blue dot: "
            f"inside; hollow orange diamond: outside. {findings.area_name}, period beside each name."
        ),
        source=source,
    )
    left_out = len(findings.inputs.reconciliation) - len(data)
    names, most_lines = whole_labels(data["name"], NAME_CHARACTERS)
    with drawing():
        figure, (bottom, top) = canvas(words, 0.5 + max(0.34, 0.19 * most_lines) * len(data))
        foot = 0.32 / float(figure.get_figheight())
        axes = figure.add_axes((0.40, bottom + foot, 0.40, top - bottom - foot))
        _draw(axes, data, names)
        return finish(figure, words, data, _text(words, data, left_out))


def _frame(reconciliation: pd.DataFrame) -> pd.DataFrame:
    """Comparable series, worst first."""
    frame = reconciliation.copy()
    frame["name"] = [f"{series_title(row)} ({row['period']})" for row in frame.to_dict("records")]
    for column in ("published", "model", "tolerance", "gap_pct"):
        frame[column] = frame[column].astype(float)
    frame = frame[(frame["published"] > 0) & (frame["model"] > 0) & frame["tolerance"].notna()]
    frame["ratio"] = frame["model"] / frame["published"]
    frame["inside"] = (frame["ratio"] - 1.0).abs() * 100.0 <= frame["tolerance"]
    frame["distance"] = np.abs(np.log(frame["ratio"].to_numpy(dtype=float)))
    columns = ["name", "published", "model", "ratio", "gap_pct", "tolerance", "inside", "verdict"]
    return frame.sort_values("distance", ascending=False, kind="stable")[columns].reset_index(drop=True)


def _draw(axes: Axes, data: pd.DataFrame, names: list[str]) -> None:
    rows = [-float(i) for i in range(len(data))]
    ratio = data["ratio"].to_numpy(dtype=float)
    share = np.clip(data["tolerance"].to_numpy(dtype=float) / 100.0, 0.0, 0.95)
    axes.hlines(rows, 1 - share, 1 + share, color=LIGHT_GREY, linewidth=9)
    axes.axvline(1.0, color=DARK_GREY, linewidth=1.2)
    inside = data["inside"].to_numpy(dtype=bool)
    axes.plot(
        ratio[inside],
        [row for row, kept in zip(rows, inside, strict=True) if kept],
        linestyle="none",
        marker="o",
        markersize=8,
        color=DARK_BLUE,
    )
    axes.plot(
        ratio[~inside],
        [row for row, kept in zip(rows, inside, strict=True) if not kept],
        linestyle="none",
        marker="D",
        markersize=8,
        markerfacecolor=WHITE,
        markeredgecolor=ORANGE,
        markeredgewidth=2.0,
    )
    for row, record in zip(rows, data.to_dict("records"), strict=True):
        said = f"{level(record['model'])} / {level(record['published'])}"
        axes.text(1.03, row, said, transform=axes.get_yaxis_transform(), va="center", fontsize=9)
    reach = max(float(np.max(np.abs(np.log(ratio)))), float(np.max(np.log1p(share))), np.log(1.25)) * 1.1
    axes.set_xscale("log")
    axes.set_xlim(np.exp(-reach), np.exp(reach))
    ticks = [tick for tick in TICKS if abs(np.log(tick)) <= reach]
    while len(ticks) > 7:
        ticks = [tick for i, tick in enumerate(ticks) if (i - ticks.index(1.0)) % 2 == 0]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    label_rows(axes, rows, names, NAME_POINTS)
    axes.set_ylim(-len(data) + 0.4, 1.1)
    beside = axes.get_yaxis_transform()
    axes.text(1.03, 0.75, "model / published", transform=beside, va="center", fontsize=9, fontweight="bold")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.spines["bottom"].set_visible(False)


def _text(words: Wording, data: pd.DataFrame, left_out: int) -> str:
    worst = data.iloc[0]
    outside = data[~data["inside"]]["name"].tolist()
    missed = f" Outside: {'; '.join(outside)}." if outside else ""
    missing = " Series with a zero or without a tolerance are in the table only." if left_out else ""
    return (
        f"Dot plot. {words.title}. The furthest is {worst['name']}: model {level(worst['model'])}, published "
        f"{level(worst['published'])}.{missed}{missing} Data in {words.name}.csv."
    )
