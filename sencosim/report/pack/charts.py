"""Charts that a pack has beside those of the run: unit costs, cost per outcome, places."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sencosim.report.charts.areas import REGIONS, areas_chart, tiles_chart
from sencosim.report.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    ORANGE,
    TURQUOISE,
    WHITE,
    Chart,
    Wording,
    canvas,
    drawing,
    finish,
)
from sencosim.report.findings import Figure, Findings
from sencosim.report.stored import StoredRun
from sencosim.report.tables import better_or_worse, sentence_case
from sencosim.report.words import MINUS, money

MOST_BARS = 12
MILLION = 1e6
PER_UNIT = ("permanent_exclusions", "suspensions", "posts_vacant", "overtime_hours", "years_waiting_identification")
"""Outcomes of which one fewer has a cost worth stating."""


def pack_charts(run: StoredRun, findings: Findings) -> list[Chart]:
    """Charts of the pack that the run has figures for."""
    version = findings.inputs.manifest["software"]["sencosim"]
    source = f"Source: sencosim {version}, run {run.run_id}."
    regions = Wording(
        name="regions",
        title="Regions differ by their schools, councils and queues; ranges overlap",
        subtitle=(
            f"Difference from the baseline over the horizon, {findings.inputs.main_view} view, {findings.period()}. Line: "
            "80 % interval. Filled dot: modelled there; hollow: share of England's figure, or England's own."
        ),
        source=source,
    )
    made: Sequence[Chart | None] = (
        unit_costs_chart(run, findings, source),
        cost_per_outcome_chart(findings, source),
        tiles_chart(findings, source),
        areas_chart(findings, REGIONS, regions),
    )
    return [chart for chart in made if chart is not None]


def unit_costs_chart(run: StoredRun, findings: Findings, source: str) -> Chart | None:
    """Tornado over unit costs: each at its low and its high end, all else as it is."""
    table = run.inputs.appraisal.get("unit_cost_swings")
    if table is None:
        return None
    data = table[table["swing_gbp"].fillna(0.0) > 0.0].head(MOST_BARS).reset_index(drop=True)
    if data.empty:
        return None
    crossing = data["npsv_low"] * data["npsv_high"] < 0.0
    cases = run.inputs.appraisal["sensitivity"].set_index(["case", "view"])["npsv"].to_dict()
    central = float(cases["central", findings.inputs.main_view])
    turns = f"{int(crossing.sum())} of them would turn the sign" if crossing.any() else "none of them turns the sign"
    words = Wording(
        name="unit_costs",
        title=f"{sentence_case(str(data['title'].iloc[0]))} matters most among unit costs; {turns}",
        subtitle=(
            f"Net present social value, £ million, at the point values of the {findings.inputs.main_view} view, with one "
            "unit cost at its low end (turquoise) and at its high end (orange) of the 95 % interval of its evidence; "
            f"the value used stands at the end. Lines: central value and zero. {findings.area_name}, {findings.period()}."
        ),
        source=source,
    )
    with drawing():
        figure, (bottom, top) = canvas(words, 0.7 + 0.46 * len(data))
        foot = 0.35 / float(figure.get_figheight())
        axes = figure.add_axes((0.33, bottom + foot, 0.60, top - bottom - foot))
        for number, row in enumerate(data.to_dict("records")):
            _swing(axes, -number, row, central)
        _dress(axes, [textwrap.fill(str(title), 38, max_lines=2) for title in data["title"]], central)
        text = (
            f"Tornado chart. {words.title}. Effects on pupils are not varied here. Ends of every bar are in the table. "
            f"Data in {words.name}.csv."
        )
        return finish(figure, words, data.drop(columns=["view"], errors="ignore"), text)


def _swing(axes: Axes, y: float, row: dict[Any, Any], central: float) -> None:
    for end, colour in (("low", TURQUOISE), ("high", ORANGE)):
        value = float(row[f"npsv_{end}"])
        axes.barh(y, (value - central) / MILLION, left=central / MILLION, height=0.6, color=colour)
        side = 1 if value >= central else -1
        told = f"{float(row[end]):,.4g}".replace("-", MINUS)
        axes.annotate(
            told,
            (value / MILLION, y),
            (4 * side, 0),
            textcoords="offset points",
            va="center",
            ha="left" if side > 0 else "right",
            fontsize=8.5,
        )


def _dress(axes: Axes, names: list[str], central: float) -> None:
    axes.axvline(central / MILLION, color=DARK_GREY, linewidth=1.2)
    left, right = axes.get_xlim()
    pad = 0.12 * (right - left)
    axes.set_xlim(left - pad, right + pad)
    if left - pad < 0.0 < right + pad:
        axes.axvline(0.0, color=DARK_GREY, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.set_yticks([-float(i) for i in range(len(names))], names)
    axes.set_ylim(-len(names) + 0.4, 0.6)
    axes.tick_params(axis="y", length=0, labelsize=9)
    axes.grid(axis="x")
    axes.spines["bottom"].set_visible(False)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.6g}".replace("-", MINUS))


def cost_per_outcome_chart(findings: Findings, source: str) -> Chart | None:
    """Net cost to the public purse for each unit of an outcome that clearly gets better, with its range over draws."""
    rows = [row for outcome in PER_UNIT if (row := _per_unit(findings, outcome)) is not None]
    if not rows:
        return None
    data = pd.DataFrame(rows).sort_values("gbp_per_unit").reset_index(drop=True)
    first = data.iloc[0]
    words = Wording(
        name="cost_per_outcome",
        title=f"One fewer of “{first['title']}” comes at {money(first['gbp_per_unit'])}, if nothing else is counted",
        subtitle=(
            f"Net cost to the public purse divided by the change, £ for each unit, logarithmic scale, "
            f"{findings.inputs.main_view} view, {findings.period()}, {findings.money_basis()}. Ratio of means. Only outcomes "
            "that clearly get better; the whole cost is set against each alone, so these cannot be added."
        ),
        source=source,
    )
    with drawing():
        figure, (bottom, top) = canvas(words, 0.8 + 0.5 * len(data))
        foot = 0.4 / float(figure.get_figheight())
        axes = figure.add_axes((0.38, bottom + foot, 0.52, top - bottom - foot))
        place = [-float(i) for i in range(len(data))]
        axes.plot(data["gbp_per_unit"], place, "o", color=DARK_BLUE, markersize=9)
        for y, value in zip(place, data["gbp_per_unit"], strict=True):
            axes.annotate(money(value), (value, y), (9, 0), textcoords="offset points", va="center")
        axes.set_xscale("log")
        axes.margins(x=0.2)
        axes.minorticks_off()
        axes.set_yticks(place, [textwrap.fill(f"{row['title']}, {row['unit']}", 36) for row in data.to_dict("records")])
        axes.set_ylim(-len(data) + 0.4, 0.6)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.set_facecolor(WHITE)
        return finish(figure, words, data, f"Dot plot. {words.title}. Data in {words.name}.csv.")


def _per_unit(findings: Findings, outcome: str) -> dict[str, object] | None:
    main = findings.inputs.main_view
    if not findings.has(main, outcome):
        return None
    figure: Figure = findings.over_the_run(main, outcome)
    net = findings.headline(main)
    if better_or_worse(figure) != "better" or not net.difference > 0.0:
        return None
    return {
        "outcome": outcome,
        "title": figure.title,
        "unit": figure.unit,
        "net_public_cost_gbp": net.difference,
        "change": figure.difference,
        "p10": figure.p10,
        "p90": figure.p90,
        "gbp_per_unit": net.difference / abs(figure.difference),
    }
