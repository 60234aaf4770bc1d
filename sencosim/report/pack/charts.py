"""Charts that a pack has alongside those of the run: unit costs, cost per outcome, places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator

from sencosim.outcomes.areas import MODELLED
from sencosim.outcomes.ratio import COST_PER, PER_UNIT
from sencosim.report.charts.areas import REGIONS, areas_chart, per_pupil
from sencosim.report.charts.councils import councils_chart
from sencosim.report.charts.rows import (
    bars_that_matter,
    dot,
    label_rows,
    line_at,
    mark_zero,
    row_axis,
    smaller_ones,
)
from sencosim.report.charts.style import ORANGE, TEXT_POINTS, TURQUOISE, Chart, beside, sheet, whole_labels, wording_of
from sencosim.report.charts.tiles import map_chart
from sencosim.report.findings import Findings, figures_frame
from sencosim.report.stored import StoredRun
from sencosim.report.words import MILLION, money, sentence_case, up_to_figures


def pack_charts(run: StoredRun, findings: Findings) -> list[Chart]:
    """Charts of the pack that the run has figures for."""
    version = findings.inputs.manifest["software"]["sencosim"]
    source = f"Source: sencosim {version}, run {run.run_id}."
    made: Sequence[Chart | None] = (
        unit_costs_chart(run, findings, source),
        cost_per_outcome_chart(findings, source),
        map_chart(findings, source),
        regions_chart(findings, source),
        councils_chart(findings, source),
    )
    return [chart for chart in made if chart is not None]


def regions_chart(findings: Findings, source: str) -> Chart | None:
    """Regions alongside England, or ``None`` if fewer than two were modelled: the others have England's figure."""
    rows = per_pupil(findings, REGIONS)
    own = rows[rows["basis"] == MODELLED].sort_values("difference")
    if len(own) < 2:
        return None
    low, high = own.iloc[0], own.iloc[-1]
    overlap = "ranges overlap" if low["p90"] >= high["p10"] else "their ranges do not overlap"
    ends = [f"{money(float(row['difference']))} ({row['area_name']})" for row in (low, high)]
    title = f"Net cost per pupil goes from {ends[0]} to {ends[1]}; {overlap}"
    words = wording_of(findings, "regions", source, title)
    return areas_chart(findings, REGIONS, words)


def unit_costs_chart(run: StoredRun, findings: Findings, source: str) -> Chart | None:
    """Tornado over unit costs: each at its low and its high end, all else as it is."""
    table = run.inputs.appraisal.get("unit_cost_swings")
    if table is None:
        return None
    every = table[table["swing_gbp"].fillna(0.0) > 0.0].reset_index(drop=True)
    if every.empty:
        return None
    data = every.head(bars_that_matter(every["swing_gbp"].tolist()))
    crossing = every["npsv_low"] * every["npsv_high"] < 0.0
    cases = run.inputs.appraisal["sensitivity"].set_index(["case", "view"])["npsv"].to_dict()
    central = float(cases["central", findings.inputs.main_view])
    turns = f"{int(crossing.sum())} of them would turn the sign" if crossing.any() else "none of them turns the sign"
    title = f"{sentence_case(str(data['title'].iloc[0]))} matters most among unit costs; {turns}"
    words = wording_of(findings, "unit_costs", source, title)
    names, most_lines = whole_labels(data["title"].astype(str), 46)
    with sheet(words, 1.0 + max(0.40, 0.19 * most_lines) * len(data)) as page:
        axes = page.axes(0.38, 0.55, foot=0.5, head=0.2)
        for number, row in enumerate(data.to_dict("records")):
            _swing(axes, -number, row, central)
        line_at(axes, central / MILLION)
        left, right = axes.get_xlim()
        pad = 0.22 * (right - left)
        axes.set_xlim(left - pad, right + pad)
        mark_zero(axes)
        label_rows(axes, names, 9)
        row_axis(axes, len(names), 0.4, 0.6)
        axes.set_xlabel(f"£ million{smaller_ones(len(every) - len(data))}")
        text = (
            f"Tornado chart. {words.title}. Effects on pupils are not varied here. Ends of every bar are in the table."
        )
        return page.chart(every.drop(columns=["view"], errors="ignore"), text)


def _swing(axes: Axes, y: float, row: dict[Any, Any], central: float) -> None:
    for end, colour in (("low", TURQUOISE), ("high", ORANGE)):
        value = float(row[f"npsv_{end}"])
        axes.barh(y, (value - central) / MILLION, left=central / MILLION, height=0.6, color=colour)
        told = up_to_figures(float(row[end]), 3)
        offset, side = (4, "left") if value >= central else (-4, "right")
        beside(axes, told, (value / MILLION, y), (offset, 0), va="center", ha=side, fontsize=9)


def cost_per_outcome_chart(findings: Findings, source: str) -> Chart | None:
    """Net cost to the public purse for each unit of an outcome that clearly gets better, with its range over draws."""
    main = findings.inputs.main_view
    known = (f"{COST_PER}{outcome}" for outcome in PER_UNIT)
    names = [name for name in known if findings.has(main, name)]
    figures = sorted((findings.over_the_run(main, name) for name in names), key=lambda one: one.difference)
    if not figures:
        return None
    data = figures_frame(figures, ("outcome", "title", "unit", "difference", "p10", "p90"))
    ends = [money(one.difference) for one in (figures[0], figures[-1])]
    spread = ends[0] if len(figures) == 1 else f"between {ends[0]} and {ends[1]}"
    title = f"Set against one outcome alone, one unit less costs the public purse {spread}"
    words = wording_of(findings, "cost_per_outcome", source, title)
    names, most_lines = whole_labels((one.title.partition(": ")[2] for one in figures), 44)
    said = "; ".join(f"{one.title.partition(': ')[2]} {money(one.difference)}" for one in figures)
    with sheet(words, 0.8 + max(0.45, 0.22 * most_lines) * len(data)) as page:
        axes = page.axes(0.38, 0.50, foot=0.4)
        for number, one in enumerate(figures):
            dot(axes, -number, one.difference, (one.p10, one.p90), 9)
            beside(axes, money(one.difference), (max(one.p90, one.difference), -number), (8, 0), va="center")
        label_rows(axes, names, TEXT_POINTS)
        row_axis(axes, len(data), 0.4, 0.6)
        axes.spines["bottom"].set_visible(True)
        axes.set_xscale("log")
        axes.margins(x=0.25)
        axes.minorticks_off()
        axes.xaxis.set_major_locator(LogLocator(numticks=5))
        axes.xaxis.set_major_formatter(lambda value, _: money(value).replace(".0", ""))
        return page.chart(data, f"Dot plot. {words.title}: {said}.")
