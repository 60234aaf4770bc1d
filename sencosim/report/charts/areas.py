"""Places: dots with ranges for a few areas. Hollow is not modelled there."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import pandas as pd

from sencosim.outcomes.areas import MODELLED
from sencosim.report.charts.rows import dot_panel
from sencosim.report.charts.style import Chart, Wording, sheet
from sencosim.report.findings import Findings
from sencosim.report.words import INTERVAL, plain, rounding_step, signed_range

PER_PUPIL = "net_public_cost_per_pupil"
PANELS = (PER_PUPIL, "plans_within_20_weeks", "support_reviews_done")
"""Outcomes that can be compared between places of different size."""
_COLUMNS = ["area_code", "area_name", "outcome", "title", "unit", "difference", "p10", "p90", "basis"]
REGIONS = (
    *("North West", "North East", "Yorkshire and The Humber"),
    *("West Midlands", "East Midlands", "East of England"),
    *("South West", "South East", "London"),
)
"""From north to south."""


def areas_chart(findings: Findings, names: Sequence[str], words: Wording) -> Chart | None:
    """A panel for each outcome, a row for each area in order, England last; ``None`` without local figures."""
    data = area_rows(findings, names)
    panels = [part for outcome in PANELS if len(part := data[data["outcome"] == outcome])]
    if not panels:
        return None
    order = [name for name in (*names, findings.area_name) if (data["area_name"] == name).any()]
    whole = data[data["area_name"] == findings.area_name]
    told = " ".join(_sentence(row) for row in whole.to_dict("records"))
    with sheet(words, 1.3 + 0.36 * len(order)) as page:
        for number, part in enumerate(panels):
            axes = page.axes(0.23 + number * 0.262, 0.22, foot=0.35, head=0.75)
            title = textwrap.fill(f"{part['title'].iloc[0]}, {part['unit'].iloc[0].replace('GBP', '£')}", 30)
            own = {row["area_name"]: row for row in part.to_dict("records")}
            dots = {name: _dot(own[name]) if name in own else () for name in order}
            dot_panel(axes, dots, title, labelled=number == 0, ticks=4)
        return page.chart(data.reset_index(drop=True), f"Dot plots by area. {words.title}. {told}")


def _dot(row: dict[Any, Any]) -> tuple[Any, ...]:
    value, ends = row["difference"], [row["p10"], row["p90"]]
    return value, ends, row["basis"] != MODELLED, plain(value, rounding_step(value, *ends), signed=True)


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
