"""Dot plots by fifth of schools: what the policy changes where many pupils are eligible for free school meals."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import pandas as pd

from sencosim.report.charts.rows import dot_panel
from sencosim.report.charts.style import Chart, sheet, wording_of
from sencosim.report.findings import Findings
from sencosim.report.words import plain, rounding_step

PANELS = ("added_hours", "support_intensity", "permanent_exclusions", "school_cost_per_pupil")
"""Measures shown, a panel each."""


def equity_chart(findings: Findings, source: str) -> Chart | None:
    """Draw the chart, or give ``None`` if the run has no table by group."""
    frame = findings.inputs.by_group
    if frame.empty:
        return None
    rows = frame[
        (frame["view"] == findings.inputs.main_view)
        & (frame["grouping"] == "fsm_fifth")
        & frame["measure"].isin(PANELS)
        & ~frame["group"].str.contains(" less ")
    ].reset_index(drop=True)
    panels = [part for name in PANELS if len(part := rows[rows["measure"] == name])]
    if not panels:
        return None
    title = _title(rows.loc[rows["measure"] == PANELS[0], "difference"].tolist())
    words = wording_of(findings, "who_gains", source, title, n=str(int(rows["n_replications"].max())))
    with sheet(words, 3.2) as page:
        for number, part in enumerate(panels):
            axes = page.axes(0.12 + number * 0.222, 0.19, foot=0.35, head=0.8)
            title = textwrap.fill(f"{part['title'].iloc[0]}, {part['unit'].iloc[0].replace('GBP', '£')}", 26)
            step = rounding_step(*part["difference"].tolist())
            dots = {row["group"]: _dot(row, step) for row in part.to_dict("records")}
            dot_panel(axes, dots, title, labelled=number == 0, ticks=3)
        return page.chart(rows, f"Dot plots. {words.title}. {' '.join(_sentence(part) for part in panels)}")


def _title(hours: list[float]) -> str:
    """The finding, from hours added by fifth of schools, the most deprived last."""
    if len(hours) < 2:
        return "Too few fifths of schools are in this run to compare them"
    step = rounding_step(hours[-1], hours[0])
    most, fewest = (f"{plain(value, step)} SENCO hours a week" for value in (hours[-1], hours[0]))
    return f"Schools with the most pupils on free school meals gain {most}, those with the fewest {fewest}"


def _dot(row: dict[Any, Any], step: float) -> tuple[float, list[float], bool, str]:
    value, error = float(row["difference"]), float(row["monte_carlo_error"])
    ends = [value - 2.0 * error, value + 2.0 * error] if math.isfinite(error) else []
    return value, ends, False, plain(value, step, signed=True)


def _sentence(part: pd.DataFrame) -> str:
    step = rounding_step(*part["difference"].tolist())
    told = zip(part["group"], part["difference"], strict=True)
    values = ", ".join(f"fifth {group} {plain(value, step, signed=True)}" for group, value in told)
    return f"{part['title'].iloc[0]}, {part['unit'].iloc[0]}: {values}."
