"""Councils where they lie: a hexagon for each, with its name and its figure. Hollow is not modelled there."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sencosim.evidence.councils import load_councils
from sencosim.evidence.tables import read_rows
from sencosim.outcomes.areas import MODELLED
from sencosim.report.charts import style
from sencosim.report.charts.areas import per_pupil
from sencosim.report.charts.style import Chart, sheet, wording_of
from sencosim.report.findings import Findings
from sencosim.report.words import plain, rounding_step, signed_range

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHADES = ((style.LIGHT_BLUE, style.BLACK), (style.MID_BLUE, style.WHITE), (style.DARK_BLUE, style.WHITE))
"""Fill and ink, lowest third first."""
SIDE = 1.0 / math.sqrt(3.0)
"""Of a hexagon whose flat sides stand one apart. [widths of a tile]"""
HIGH = 1.5 * SIDE
"""From one row of hexagons to the next. [widths of a tile]"""
WIDTH = 0.98
"""Of the map. [share of the width of the chart]"""


class Tile(NamedTuple):
    """Place of a council on the map."""

    short: str  # first letters of its name
    column: int
    row: int  # from the north

    @property
    def at(self) -> tuple[float, float]:
        """Middle of its hexagon, upwards; every other row stands half a tile to the right. [widths of a tile]"""
        return self.column + (0.5 if self.row % 2 else 0.0), -self.row * HIGH


def read_tiles() -> dict[int, Tile]:
    """Tiles by the council's DfE code: a drawing, near their places.

    Examples
    --------
    >>> read_tiles()[202]
    Tile(short='Camden', column=9, row=15)
    """
    rows = read_rows(Path(__file__).with_name("council_tiles.csv"))
    return {int(row["la_code"]): Tile(row["short"], int(row["column"]), int(row["row"])) for row in rows}


def map_chart(findings: Findings, source: str) -> Chart | None:
    """Net cost per pupil of every council in three shades, with its figure; ranges are in the table.

    ``None`` if fewer than two councils were modelled: the others have England's figure.
    """
    councils = {one.name: one for one in load_councils()}
    rows = per_pupil(findings, list(councils))
    modelled = rows.loc[rows["basis"] == MODELLED, "difference"].to_numpy(dtype=float)
    if modelled.size < 2:
        return None
    breaks = np.quantile(modelled, [1 / 3, 2 / 3])
    step = rounding_step(modelled.max(), modelled.min())
    ends = f"£{plain(modelled.min(), step)} to £{plain(modelled.max(), step)}"
    fine = step / 10.0  # so that tiles of two shades do not have one figure
    title = f"Net cost per pupil goes from {ends} across {modelled.size} modelled councils"
    words = wording_of(findings, "council_map", source, title, n=str(modelled.size))
    named = {name: {"la_code": one.la_code, "region": one.region} for name, one in councils.items()}
    codes = rows["area_name"].map(lambda name: named[name]["la_code"])
    data = rows.assign(la_code=codes, region=rows["area_name"].map(lambda name: named[name]["region"]))
    data = data.sort_values("la_code").reset_index(drop=True)
    tiles = read_tiles()
    columns = max(tile.at[0] for tile in tiles.values()) + 1.0
    rows_high = max(tile.row for tile in tiles.values()) * HIGH + 2.0 * SIDE
    inches = WIDTH * style.WIDTH_INCHES / columns  # of a tile
    with sheet(words, inches * rows_high) as page:
        axes = page.axes((1.0 - WIDTH) / 2.0, WIDTH)
        for row in data.to_dict("records"):
            _draw(axes, tiles[int(row["la_code"])], row, int(np.searchsorted(breaks, row["difference"])), fine)
        axes.set_axis_off()
        axes.set_xlim(-0.5, columns - 0.5)
        axes.set_ylim(SIDE - rows_high, SIDE)
        text = f"Map of {len(data)} councils as hexagons. {words.title}. Ranges of every council are in the data."
        chart = page.chart(data, text)
    told = {int(row["la_code"]): _tooltip(row, fine) for row in data.to_dict("records")}
    return replace(chart, svg=_with_tooltips(chart, told))


def _draw(axes: Axes, tile: Tile, row: dict[Any, Any], shade: int, step: float) -> None:
    from matplotlib.patches import RegularPolygon

    face, ink = SHADES[shade] if row["basis"] == MODELLED else (style.WHITE, style.DARK_GREY)
    x, y = tile.at
    edge: dict[str, Any] = {
        "facecolor": face,
        "edgecolor": style.WHITE if row["basis"] == MODELLED else style.DARK_GREY,
    }
    hexagon = RegularPolygon((x, y), 6, radius=SIDE, linewidth=1.2, **edge)
    hexagon.set_gid(f"tile_{int(row['la_code'])}")
    axes.add_patch(hexagon)
    for rise, words in ((0.16, tile.short), (-0.16, plain(float(row["difference"]), step))):
        axes.text(x, y + rise, words, ha="center", va="center", color=ink, fontsize=9)


def _tooltip(row: dict[Any, Any], step: float) -> str:
    """Whole name, figure, range, and whether it is modelled there."""
    spread = signed_range(float(row["p10"]), float(row["p90"]), step)
    return f"{row['area_name']}: £{plain(float(row['difference']), step)} a pupil ({spread}), {row['basis']}"


def _with_tooltips(chart: Chart, told: dict[int, str]) -> str:
    """The picture, whose hexagons say their whole name when they are pointed at."""
    mark = re.compile(rf'<g id="{chart.name}-tile_(\d+)">')
    return mark.sub(lambda found: f"{found[0]}<title>{escape(told[int(found[1])])}</title>", chart.svg)
