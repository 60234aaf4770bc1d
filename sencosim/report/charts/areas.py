"""Places: dots with ranges for a few areas, and a map of tiles for all councils. Hollow is not modelled there."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sencosim.evidence.councils import load_councils
from sencosim.report.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    LIGHT_BLUE,
    MID_BLUE,
    WHITE,
    Chart,
    Wording,
    canvas,
    drawing,
    finish,
    plain_numbers,
)
from sencosim.report.findings import Findings
from sencosim.report.words import INTERVAL, plain, rounding_step

MODELLED = "modelled for the area"
PER_PUPIL = "net_public_cost_per_pupil"
PANELS = (PER_PUPIL, "plans_within_20_weeks", "support_reviews_done")
"""Outcomes that can be compared between places of different size."""
_COLUMNS = ["area_code", "area_name", "outcome", "title", "unit", "difference", "p10", "p90", "basis"]
REGIONS = (
    *("North West", "North East", "Yorkshire and The Humber"),
    *("West Midlands", "East Midlands", "East of England"),
    *("South West", "South East", "London"),
)
"""Blocks of the tile map, north to south, three in a row."""
TILES_A_ROW = 6
_SHADES = ((LIGHT_BLUE, "#0B0C0C"), (MID_BLUE, WHITE), (DARK_BLUE, WHITE))


def areas_chart(findings: Findings, names: Sequence[str], words: Wording) -> Chart | None:
    """Small multiples: a panel for each outcome, a row for each area, England last.

    Parameters
    ----------
    findings
        The run.
    names
        Areas, in order.
    words
        Around the chart.

    Returns
    -------
        The chart, or ``None`` if the summary holds no local figures.
    """
    data = area_rows(findings, names)
    panels = [outcome for outcome in PANELS if (data["outcome"] == outcome).any()] if not data.empty else []
    if not panels:
        return None
    order = [name for name in (*names, findings.area_name) if (data["area_name"] == name).any()]
    with drawing():
        figure, (bottom, top) = canvas(words, 1.3 + 0.3 * len(order))
        foot, head = (inch / float(figure.get_figheight()) for inch in (0.35, 0.75))
        for number, outcome in enumerate(panels):
            box = (0.23 + number * 0.262, bottom + foot, 0.22, top - bottom - foot - head)
            axes = figure.add_axes(box)
            _panel(axes, data[data["outcome"] == outcome], order, labelled=number == 0)
        return finish(figure, words, data.reset_index(drop=True), _areas_text(words, data, findings.area_name))


def area_rows(findings: Findings, names: Sequence[str]) -> pd.DataFrame:
    """Figures of some areas and of the whole, main view, whole horizon."""
    summary = findings.inputs.summary
    if "basis" not in summary.columns:
        return pd.DataFrame(columns=_COLUMNS)
    chosen = summary[
        (summary["view"] == findings.inputs.main_view)
        & summary["outcome"].isin(PANELS)
        & summary["year"].isin(["total", "present_value"])
        & summary["area_name"].isin([*names, findings.area_name])
    ].copy()
    chosen["basis"] = chosen["basis"].fillna(MODELLED)
    return chosen[_COLUMNS]


def _panel(axes: Axes, data: pd.DataFrame, order: Sequence[str], *, labelled: bool) -> None:
    by_name = data.set_index("area_name")
    for number, name in enumerate(order):
        if name not in by_name.index:
            continue
        row: dict[str, Any] = {str(key): value for key, value in by_name.loc[name].items()}
        axes.plot([row["p10"], row["p90"]], [-number, -number], color=MID_BLUE, linewidth=2.5)
        face = DARK_BLUE if row["basis"] == MODELLED else WHITE
        axes.plot(row["difference"], -number, "o", markersize=8, color=DARK_BLUE, markerfacecolor=face)
    axes.axvline(0.0, color=DARK_GREY, linewidth=1.2)
    axes.set_ylim(-len(order) + 0.5, 0.5)
    axes.set_yticks([-i for i in range(len(order))], list(order) if labelled else [""] * len(order))
    axes.tick_params(axis="y", length=0)
    axes.locator_params(axis="x", nbins=4)
    axes.grid(axis="x")
    axes.spines["bottom"].set_visible(False)
    plain_numbers(axes.xaxis)
    title = textwrap.fill(f"{data['title'].iloc[0]}, {data['unit'].iloc[0].replace('GBP', '£')}", 30)
    axes.text(0.0, 1.02, title, transform=axes.transAxes, fontsize=9, fontweight="bold", va="bottom")


def _areas_text(words: Wording, data: pd.DataFrame, whole: str) -> str:
    sentences = []
    for row in data[data["area_name"] == whole].to_dict("records"):
        step = rounding_step(row["difference"], row["p10"], row["p90"])
        told, low, high = (plain(row[name], step, signed=True) for name in ("difference", "p10", "p90"))
        sentences.append(f"{row['title']}, {whole}: {told} {row['unit']}, {INTERVAL} {low} to {high}.")
    return f"Dot plots by area. {words.title}. {' '.join(sentences)} Data in {words.name}.csv."


def tiles_chart(findings: Findings, source: str) -> Chart | None:
    """Every council as a tile, by region: net cost per pupil in three shades, with the numbers in the table.

    Parameters
    ----------
    findings
        The run.
    source
        Source line.

    Returns
    -------
        The chart, or ``None`` if fewer than two councils were modelled: the others have England's figure.
    """
    councils = sorted(load_councils(), key=lambda one: one.name)
    rows = area_rows(findings, [one.name for one in councils])
    rows = rows[(rows["outcome"] == PER_PUPIL) & (rows["area_name"] != findings.area_name)]
    modelled = rows.loc[rows["basis"] == MODELLED, "difference"].to_numpy(dtype=float)
    if modelled.size < 2:
        return None
    breaks = np.quantile(modelled, [1 / 3, 2 / 3])
    words = Wording(
        name="council_tiles",
        title=_tiles_title(modelled),
        subtitle=(
            f"Net cost to the public purse per mainstream pupil, £, {findings.money_basis()}, "
            f"{findings.inputs.main_view} view, {findings.period()}. A tile is a council (boundaries of 2023) with its "
            "DfE code; blocks are regions, in alphabetical order, not true geography. Pale, middle, dark: lowest, "
            f"middle, highest third of the {modelled.size} councils that were modelled; white: not modelled apart."
        ),
        source=source,
    )
    data = rows.merge(_codes(), on="area_name").sort_values("la_code").reset_index(drop=True)
    with drawing():
        figure, (bottom, top) = canvas(words, 6.1)
        axes = figure.add_axes((0.02, bottom, 0.96, top - bottom))
        for row in data.to_dict("records"):
            _tile(axes, row, int(np.searchsorted(breaks, row["difference"], side="left")))
        _label_regions(axes, data)
        axes.set_axis_off()
        axes.set_aspect("equal")
        axes.autoscale_view()
        text = (
            f"Tile map of {len(data)} councils. {words.title}. "
            f"Ranges of every council are in the table. Data in {words.name}.csv."
        )
        return finish(figure, words, data.drop(columns=["column", "row"]), text)


def _codes() -> pd.DataFrame:
    """Place of every council in its region's block."""
    rows = []
    top = 0
    for band in range(3):
        blocks = REGIONS[3 * band : 3 * band + 3]
        deepest = 0
        for number, region in enumerate(blocks):
            members = sorted((one for one in load_councils() if one.region == region), key=lambda one: one.name)
            for place, one in enumerate(members):
                column = number * (TILES_A_ROW + 1) + place % TILES_A_ROW
                rows.append((one.la_code, one.name, region, column, top + place // TILES_A_ROW))
            deepest = max(deepest, math.ceil(len(members) / TILES_A_ROW))
        top += deepest + 1
    return pd.DataFrame(rows, columns=["la_code", "area_name", "region", "column", "row"])


def _tile(axes: Axes, row: dict[Any, Any], shade: int) -> None:
    face, ink = _SHADES[shade] if row["basis"] == MODELLED else (WHITE, DARK_GREY)
    x, y = float(row["column"]), -float(row["row"])
    axes.add_patch(Rectangle((x + 0.05, y + 0.05), 0.9, 0.9, facecolor=face, edgecolor=DARK_GREY, linewidth=0.8))
    axes.text(x + 0.5, y + 0.5, str(row["la_code"]), ha="center", va="center", color=ink, fontsize=9)


def _tiles_title(modelled: np.ndarray) -> str:
    low, high = float(modelled.min()), float(modelled.max())
    step = rounding_step(high, low)
    ends = f"£{plain(low, step)} to £{plain(high, step)}"
    return f"Net cost per pupil goes from {ends} across {modelled.size} modelled councils"


def _label_regions(axes: Axes, data: pd.DataFrame) -> None:
    for region, part in data.groupby("region"):
        axes.text(part["column"].min() + 0.05, -part["row"].min() + 1.12, str(region), fontsize=10, fontweight="bold")
