"""Acceptability curve and cost-effectiveness plane of one policy."""

from __future__ import annotations

import pandas as pd

from sencosim.decisions.acceptability import Plane
from sencosim.report.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    ORANGE,
    Chart,
    Wording,
    canvas,
    drawing,
    finish,
    horizontal_grid,
    plain_numbers,
)
from sencosim.report.words import sentence_case

PLOT_INCHES = 3.6
MILLION = 1e6


def acceptability_chart(words: Wording, curve: pd.DataFrame, policy: str, unit: str) -> Chart:
    """Chance that the policy is the better choice, by the price put on one unit of its effect.

    Parameters
    ----------
    words
        Around the chart.
    curve
        Of :func:`sencosim.decisions.acceptability.acceptability`.
    policy
        Its arm.
    unit
        Of the effect.
    """
    own = curve[curve["arm"] == policy]
    with drawing():
        figure, (bottom, top) = canvas(words, PLOT_INCHES)
        inch = 1 / float(figure.get_figheight())
        axes = figure.add_axes((0.09, bottom + 0.5 * inch, 0.86, top - bottom - 0.6 * inch))
        axes.plot(own["worth"], own["chance_best"], color=DARK_BLUE)
        axes.axhline(0.5, color=DARK_GREY, linewidth=0.8, linestyle=":")
        axes.set_ylim(0.0, 1.02)
        axes.set_xlabel(f"Price put on {unit}, GBP")
        horizontal_grid(axes)
        ends = own.iloc[[0, -1]]
        text = "; ".join(
            f"at {w:,.0f} GBP the chance is {c:.0%}" for w, c in zip(ends["worth"], ends["chance_best"], strict=True)
        )
        return finish(figure, words, own, f"{sentence_case(text)}.")


def plane_chart(words: Wording, plane: Plane, unit: str, ending: str = "") -> Chart:
    """Draws on the plane of effect and cost, with contours that hold 50, 80 and 95 % of them.

    Parameters
    ----------
    words
        Around the chart.
    plane
        Of :func:`sencosim.decisions.acceptability.plane`.
    unit
        Of the effect, more being better.
    ending
        Comes last in the text alternative.
    """
    with drawing():
        figure, (bottom, top) = canvas(words, PLOT_INCHES)
        inch = 1 / float(figure.get_figheight())
        axes = figure.add_axes((0.11, bottom + 0.5 * inch, 0.84, top - bottom - 0.6 * inch))
        axes.plot(plane.effect, plane.cost / MILLION, "o", color=DARK_BLUE, markersize=3, alpha=0.6)
        heights = sorted(set(plane.levels.values()))
        if heights:
            axes.contour(plane.grid_effect, plane.grid_cost / MILLION, plane.density, levels=heights, colors=ORANGE)
        axes.axhline(0.0, color=DARK_GREY, linewidth=0.8)
        axes.axvline(0.0, color=DARK_GREY, linewidth=0.8)
        axes.set_xlabel(unit)
        for axis in (axes.xaxis, axes.yaxis):
            plain_numbers(axis)
        axes.set_ylabel("Net cost to the public purse, GBP million")
        data = pd.DataFrame({"effect": plane.effect, "cost_gbp": plane.cost})
        text = "; ".join(f"{name}: {share:.0%} of draws" for name, share in plane.quadrants.items())
        return finish(figure, words, data, f"{sentence_case(text)}.{ending}")
