"""Model against published: a dot for each series, as a ratio, the bad ones included."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sencosim.report.charts.rows import label_rows, line_at, row_axis
from sencosim.report.charts.style import DARK_BLUE, LIGHT_GREY, ORANGE, WHITE, Chart, sheet, whole_labels, wording_of
from sencosim.report.evidence_tables import level, series_title
from sencosim.report.findings import Findings

TICKS = (0.1, 0.2, 0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 5.0, 10.0)
MOST_ROWS = 16
"""Series drawn, the furthest first: more only where more are outside their tolerance, which are always drawn."""
NAME_CHARACTERS, NAME_POINTS = 52, 9  # of a line of the name of a series, and the size of its text


def published_chart(findings: Findings, source: str) -> Chart | None:
    """Ratio of the model's baseline to each published figure; ``None`` if nothing can be compared."""
    data = _frame(findings.inputs.reconciliation)
    if data.empty:
        return None
    title = f"{int(data['inside'].sum())} of {len(data)} published figures are met within their stated tolerance"
    words = wording_of(findings, "model_against_published", source, title)
    worst = data.iloc[0]
    outside = data[~data["inside"]]["name"].tolist()
    missed = f" Outside: {'; '.join(outside)}." if outside else ""
    left_out = len(findings.inputs.reconciliation) > len(data)
    missing = " Series with a zero or without a tolerance are in the table only." if left_out else ""
    text = (
        f"Dot plot. {words.title}. The furthest is {worst['name']}: model {level(worst['model'])}, published "
        f"{level(worst['published'])}.{missed}{missing}"
    )
    met = data[data["inside"]].head(max(0, MOST_ROWS - len(outside)))
    shown = pd.concat([data[~data["inside"]], met]).sort_index()
    names, most_lines = whole_labels(shown["name"], NAME_CHARACTERS)
    with sheet(words, 0.75 + max(0.34, 0.19 * most_lines) * len(shown)) as page:
        axes = page.axes(0.40, 0.40, foot=0.5)
        _draw(axes, shown, names)
        left_to_data = len(data) - len(shown)
        axes.set_xlabel(f"model / published{f'. Not drawn: {left_to_data} that are closer' if left_to_data else ''}")
        return page.chart(data, text)


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
    rows = -np.arange(float(len(data)))
    ratio = data["ratio"].to_numpy(dtype=float)
    share = np.clip(data["tolerance"].to_numpy(dtype=float) / 100.0, 0.0, 0.95)
    inside = data["inside"].to_numpy(dtype=bool)
    axes.hlines(rows, 1 - share, 1 + share, color=LIGHT_GREY, linewidth=9)
    line_at(axes, 1.0)
    axes.plot(ratio[inside], rows[inside], "o", markersize=8, color=DARK_BLUE)
    hollow: dict[str, Any] = {"markerfacecolor": WHITE, "markeredgecolor": ORANGE, "markeredgewidth": 2.0}
    axes.plot(ratio[~inside], rows[~inside], "D", markersize=8, **hollow)
    right: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center", "fontsize": 9}
    for row, model, published in zip(rows, data["model"], data["published"], strict=True):
        axes.text(1.03, row, f"{level(model)} / {level(published)}", **right)
    reach = max(float(np.max(np.abs(np.log(ratio)))), float(np.max(np.log1p(share))), np.log(1.25)) * 1.1
    label_rows(axes, names, NAME_POINTS)
    axes.text(1.03, 0.75, "model / published", fontweight="bold", **right)
    row_axis(axes, len(data), 0.4, 1.1)
    axes.set_xscale("log")
    axes.set_xlim(np.exp(-reach), np.exp(reach))
    ticks = [tick for tick in TICKS if abs(np.log(tick)) <= reach]
    while len(ticks) > 7:
        ticks = [tick for i, tick in enumerate(ticks) if (i - ticks.index(1.0)) % 2 == 0]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
