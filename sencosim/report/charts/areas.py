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
from sencosim.report.charts import style
from sencosim.report.charts.rows import dot_panel
from sencosim.report.charts.style import Chart, Wording, sheet, wording_of
from sencosim.report.findings import Findings
from sencosim.report.words import INTERVAL, plain, rounding_step, signed_range

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
_SHADES = ((style.LIGHT_BLUE, "#0B0C0C"), (style.MID_BLUE, style.WHITE), (style.DARK_BLUE, style.WHITE))


def areas_chart(findings: Findings, names: Sequence[str], words: Wording) -> Chart | None:
    """A panel for each outcome, a row for each area in order, England last; ``None`` without local figures."""
    data = area_rows(findings, names)
    panels = [part for outcome in PANELS if len(part := data[data["outcome"] == outcome])]
    if not panels:
        return None
    order = [name for name in (*names, findings.area_name) if (data["area_name"] == name).any()]
    whole = data[data["area_name"] == findings.area_name]
    told = " ".join(_sentence(row) for row in whole.to_dict("records"))
    with sheet(words, 1.3 + 0.3 * len(order)) as page:
        for number, part in enumerate(panels):
            axes = page.axes(0.23 + number * 0.262, 0.22, foot=0.35, head=0.75)
            title = textwrap.fill(f"{part['title'].iloc[0]}, {part['unit'].iloc[0].replace('GBP', '£')}", 30)
            own = {row["area_name"]: row for row in part.to_dict("records")}
            dots = {name: _dot(own[name]) if name in own else () for name in order}
            dot_panel(axes, dots, title, labelled=number == 0, ticks=4)
        return page.chart(data.reset_index(drop=True), f"Dot plots by area. {words.title}. {told}")


def _dot(row: dict[Any, Any]) -> tuple[Any, ...]:
    return row["difference"], [row["p10"], row["p90"]], row["basis"] != MODELLED


def _sentence(row: dict[Any, Any]) -> str:
    value, low, high = row["difference"], row["p10"], row["p90"]
    step = rounding_step(value, low, high)
    told = f"{plain(value, step, signed=True)} {row['unit']}, {INTERVAL} {signed_range(low, high, step)}"
    return f"{row['title']}, {row['area_name']}: {told}."


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


def per_pupil(findings: Findings, names: Sequence[str]) -> pd.DataFrame:
    """Net cost per pupil of some areas, the whole left out."""
    rows = area_rows(findings, names)
    return rows[(rows["outcome"] == PER_PUPIL) & (rows["area_name"] != findings.area_name)]


def tiles_chart(findings: Findings, source: str) -> Chart | None:
    """Every council as a tile, by region: net cost per pupil in three shades, with the numbers in the table.

    ``None`` if fewer than two councils were modelled: the others have England's figure.
    """
    rows = per_pupil(findings, [one.name for one in load_councils()])
    modelled = rows.loc[rows["basis"] == MODELLED, "difference"].to_numpy(dtype=float)
    if modelled.size < 2:
        return None
    breaks = np.quantile(modelled, [1 / 3, 2 / 3])
    step = rounding_step(modelled.max(), modelled.min())
    ends = f"£{plain(modelled.min(), step)} to £{plain(modelled.max(), step)}"
    title = f"Net cost per pupil goes from {ends} across {modelled.size} modelled councils"
    words = wording_of(findings, "council_tiles", source, title, n=str(modelled.size))
    data = rows.merge(_codes(), on="area_name").sort_values("la_code").reset_index(drop=True)
    with sheet(words, 6.1) as page:
        axes = page.axes(0.02, 0.96)
        for row in data.to_dict("records"):
            _tile(axes, row, int(np.searchsorted(breaks, row["difference"], side="left")))
        for region, part in data.groupby("region"):
            at = part["column"].min() + 0.05, -part["row"].min() + 1.12
            axes.text(*at, str(region), fontsize=10, fontweight="bold")
        axes.set_axis_off()
        axes.set_aspect("equal")
        axes.autoscale_view()
        text = f"Tile map of {len(data)} councils. {words.title}. Ranges of every council are in the table."
        return page.chart(data.drop(columns=["column", "row"]), text)


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
    face, ink = _SHADES[shade] if row["basis"] == MODELLED else (style.WHITE, style.DARK_GREY)
    x, y = float(row["column"]), -float(row["row"])
    axes.add_patch(Rectangle((x + 0.05, y + 0.05), 0.9, 0.9, facecolor=face, edgecolor=style.DARK_GREY, linewidth=0.8))
    axes.text(x + 0.5, y + 0.5, str(row["la_code"]), ha="center", va="center", color=ink, fontsize=9)
