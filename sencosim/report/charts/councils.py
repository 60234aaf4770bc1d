"""Requests by council: small multiples of baseline against policy, one panel for each council that was simulated."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sencosim.evidence.councils import load_councils
from sencosim.outcomes.catalogue import OUTCOME
from sencosim.report.charts.lines import two_arms
from sencosim.report.charts.style import DARK_GREY, LIGHT_GREY, WIDTH_INCHES, Chart, Wording, sheet, wording_of
from sencosim.report.findings import Findings
from sencosim.report.showing import FEWEST, LOW
from sencosim.report.words import plain
from sencosim.units import format_year

REQUESTS = "requests"
UNIT = "requests per 1,000 pupils"
FEWEST_COUNCILS = 2
CHARACTER_WIDTH = 0.58  # of a letter of the bold font [share of its height]
COLUMNS = (
    *("area_code", "area_name", "region", "year", "unit", "baseline", "policy", "difference"),
    *("is_low", "n_replications"),
)
_SIZES = ((12, 4, 1.15, 8.5), (45, 6, 0.95, 7.5), (10_000, 9, 0.68, 6.5))
"""By the most councils that it serves: panels a row, height of a row [inches], size of its text [points]."""


def council_paths(findings: Findings) -> pd.DataFrame:
    """Requests for each 1,000 mainstream pupils by council and year, at the point values of the main view.

    A row for each council that was simulated and year of the results, by name and year: :data:`COLUMNS`. Pupils are
    those of January 2023; ``is_low`` marks fewer than five requests in both arms. Empty if the run kept no areas.
    """
    tables = findings.inputs.areas
    parts = [_requests(table, findings.inputs.main_view) for table in tables()] if tables is not None else []
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if found.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    councils = {one.ons_code: one for one in load_councils()}
    found = found[found["year"].map(format_year).isin(findings.years) & found["area_code"].isin(list(councils))]
    keys = ["area_code", "area_name", "year", "n_replications"]
    told = found.groupby(keys, as_index=False, observed=True)[["baseline", "policy"]].sum()
    told["is_low"] = told[["baseline", "policy"]].max(axis=1) < FEWEST
    thousands = told["area_code"].map({code: one.pupils / 1000.0 for code, one in councils.items()}).astype(float)
    told[["baseline", "policy"]] = told[["baseline", "policy"]].div(thousands, axis=0)
    told["difference"] = told["policy"] - told["baseline"]
    told["region"] = told["area_code"].map({code: one.region for code, one in councils.items()})
    told["year"] = told["year"].map(format_year)
    return told.assign(unit=UNIT).sort_values(["area_name", "year"], ignore_index=True)[list(COLUMNS)]


def _requests(table: pd.DataFrame, view: str) -> pd.DataFrame:
    chosen = (table["view"] == view) & (table["area_kind"] == "council") & table["quantity"].isin(OUTCOME[REQUESTS].of)
    return table[chosen].astype({"area_code": str, "area_name": str})


def councils_chart(findings: Findings, source: str) -> Chart | None:
    """A panel for each simulated council, all on one scale; ``None`` with fewer than two councils or years."""
    data = council_paths(findings)
    names, years = (list(dict.fromkeys(data[column])) for column in ("area_name", "year"))
    if len(names) < FEWEST_COUNCILS or len(years) < 2:
        return None
    last = data[data["year"] == years[-1]].reset_index(drop=True)
    words = _wording(findings, last, (years[0], years[-1]), source)
    columns, row_inches, points = next(size[1:] for size in _SIZES if len(names) <= size[0])
    n_rows = math.ceil(len(names) / columns)
    top_value = 1.08 * float(data[["baseline", "policy"]].to_numpy().max())
    with sheet(words, row_inches * n_rows + 0.3) as page:
        page.bottom += 0.3 / page.height
        width, head = 0.955 / columns, 0.06 + 2.6 * points / 72
        for number, name in enumerate(names):
            row, column = divmod(number, columns)
            axes = page.axes(0.035 + column * width, 0.88 * width, 0.08, head, row, n_rows)
            _panel(axes, data[data["area_name"] == name], top_value, points)
            _scale(axes, points, labelled=column == 0)
            if row == n_rows - 1 and column == 0:
                for place, year, side in ((0.0, years[0], "left"), (1.0, years[-1], "right")):
                    _write(axes, (place, -0.06), year, points, ha=side, va="top", color=DARK_GREY)
        return page.chart(data, _text(words, last), _ends(data, years))


def _panel(axes: Axes, data: pd.DataFrame, top_value: float, points: float) -> None:
    """Draw one council; its name stands above with the difference of the last year."""
    two_arms(axes, data["baseline"].tolist(), data["policy"].tolist(), (3, 1.2), linewidth=1.5)
    axes.set_xlim(-0.3, len(data) - 0.7)
    axes.set_ylim(0.0, top_value)
    room = int(axes.get_position().width * WIDTH_INCHES * 72 / (CHARACTER_WIDTH * points))
    name = textwrap.fill(str(data["area_name"].iloc[0]), room, break_long_words=False, break_on_hyphens=False)
    _write(axes, (0.0, 1.03), name, points, fontweight="bold", va="bottom", linespacing=1.0)
    told = LOW if bool(data["is_low"].iloc[-1]) else plain(float(data["difference"].iloc[-1]), 0.1, signed=True)
    is_high = float(data[["baseline", "policy"]].to_numpy().min()) > 0.4 * top_value
    y, side = (0.04, "bottom") if is_high else (0.98, "top")
    _write(axes, (1.0, y), told, points, ha="right", va=side)


def _write(axes: Axes, at: tuple[float, float], words: str, points: float, **style: Any) -> None:
    axes.text(*at, words, transform=axes.transAxes, fontsize=points, **style)


def _scale(axes: Axes, points: float, *, labelled: bool) -> None:
    """One scale for all panels: a line at nought and two quiet ones, named at the left of each row."""
    kept = [0.0, [tick for tick in axes.get_yticks() if 0.0 <= tick <= axes.get_ylim()[1]][-1]]
    axes.set_yticks(kept, [f"{tick:,.10g}" for tick in kept] if labelled else ["", ""])
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0, labelsize=points, pad=1.5)
    axes.grid(axis="y", color=LIGHT_GREY, linewidth=0.6)
    axes.spines["bottom"].set_linewidth(0.8)


def _wording(findings: Findings, last: pd.DataFrame, ends: tuple[str, str], source: str) -> Wording:
    higher, lower = int((last["difference"] > 0).sum()), int((last["difference"] < 0).sum())
    few, many = int(last["n_replications"].min()), int(last["n_replications"].max())
    times = f"{few} to {many} replications" if few < many else f"{few} replication{'' if few == 1 else 's'}"
    view = findings.inputs.main_view
    title = f"By {ends[1]} the policy brings {_where(higher, lower, len(last))}"
    return wording_of(
        findings,
        "requests_by_council",
        source,
        title,
        first=ends[0],
        last=ends[1],
        named=view.capitalize(),
        times=times,
    )


def _where(higher: int, lower: int, councils: int) -> str:
    """In how many councils there are more requests, and in how many fewer.

    Examples
    --------
    >>> _where(4, 0, 4)
    'more requests in all 4 councils that were simulated'
    >>> _where(7, 2, 12)
    'more requests in 7 and fewer in 2 of the 12 councils that were simulated'
    """
    simulated = "councils that were simulated"
    if councils in (higher, lower):
        return f"{'more' if higher else 'fewer'} requests in all {councils} {simulated}"
    return f"more requests in {higher} and fewer in {lower} of the {councils} {simulated}"


def _text(words: Wording, last: pd.DataFrame) -> str:
    order = last.sort_values("difference")
    low, high = order.iloc[0], order.iloc[-1]
    ends = [plain(float(row["difference"]), 0.1, signed=True) for row in (low, high)]
    return (
        f"Small line charts, one for each council. {words.title}. The difference in {low['year']} goes from {ends[0]} "
        f"({low['area_name']}) to {ends[1]} ({high['area_name']}) {UNIT}. No range is shown: one council's lines move "
        "by chance too."
    )


def _ends(data: pd.DataFrame, years: list[str]) -> pd.DataFrame:
    """For the page: first and last year of each council; every year is in the file."""
    first, last = (data[data["year"] == year].set_index("area_name") for year in (years[0], years[-1]))
    return pd.DataFrame(
        {
            "area_name": list(last.index),
            "region": last["region"].to_numpy(),
            f"baseline {years[0]}": first["baseline"].reindex(last.index).to_numpy(dtype=float),
            f"baseline {years[-1]}": last["baseline"].to_numpy(dtype=float),
            f"policy {years[-1]}": last["policy"].to_numpy(dtype=float),
            f"difference {years[-1]}": last["difference"].to_numpy(dtype=float),
            "n_replications": np.asarray(last["n_replications"], dtype=np.int64),
        }
    )
