"""Acceptability curve and cost-effectiveness plane of one policy."""

from __future__ import annotations

import pandas as pd

from sencosim.decisions.acceptability import Plane
from sencosim.report.charts.lines import horizontal_grid
from sencosim.report.charts.style import DARK_BLUE, DARK_GREY, ORANGE, Chart, Wording, plain_numbers, sheet
from sencosim.report.words import MILLION, per_cent, sentence_case

PLOT_INCHES = 3.6


def acceptability_chart(words: Wording, curve: pd.DataFrame, policy: str, unit: str) -> Chart:
    """Chance that the policy (its arm) is the better choice, by the price put on one unit of its effect."""
    own = curve[curve["arm"] == policy]
    ends = zip(own["worth"].iloc[[0, -1]], own["chance_best"].iloc[[0, -1]], strict=True)
    text = "; ".join(f"at {worth:,.0f} GBP the chance is {per_cent(chance)}" for worth, chance in ends)
    with sheet(words, PLOT_INCHES) as page:
        axes = page.axes(0.09, 0.86, foot=0.5, head=0.1)
        axes.plot(own["worth"], own["chance_best"], color=DARK_BLUE)
        axes.axhline(0.5, color=DARK_GREY, linewidth=0.8, linestyle=":")
        axes.set_ylim(0.0, 1.02)
        axes.set_xlabel(f"Price put on {unit}, GBP")
        horizontal_grid(axes)
        return page.chart(own, f"{sentence_case(text)}.")


def plane_chart(words: Wording, plane: Plane, unit: str) -> Chart:
    """Draws on the plane of effect (more being better) and cost, with contours that hold 50, 80 and 95 % of them."""
    own = pd.DataFrame({"effect": plane.effect, "cost_gbp": plane.cost})
    shares = {name: share for name, share in plane.quadrants.items() if share > 0.0}
    text = "; ".join(f"{name}: {per_cent(share)} of draws" for name, share in shares.items())
    with sheet(words, PLOT_INCHES) as page:
        axes = page.axes(0.11, 0.84, foot=0.5, head=0.1)
        axes.plot(plane.effect, plane.cost / MILLION, "o", color=DARK_BLUE, markersize=3, alpha=0.6)
        heights = sorted(set(plane.levels.values()))
        if heights:
            axes.contour(plane.grid_effect, plane.grid_cost / MILLION, plane.density, levels=heights, colors=ORANGE)
        axes.axhline(0.0, color=DARK_GREY, linewidth=0.8)
        axes.axvline(0.0, color=DARK_GREY, linewidth=0.8)
        axes.set_xlabel(unit)
        axes.set_ylabel("Net cost to the public purse, GBP million")
        for axis in (axes.xaxis, axes.yaxis):
            plain_numbers(axis)
        return page.chart(own, f"{sentence_case(text)}.")
