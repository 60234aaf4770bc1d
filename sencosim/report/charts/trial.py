"""What a trial of so many clusters can find."""

from __future__ import annotations

import pandas as pd

from sencosim.report.charts.style import (
    DARK_BLUE,
    LIGHT_BLUE,
    ORANGE,
    Chart,
    Wording,
    canvas,
    drawing,
    finish,
    horizontal_grid,
)

PLOT_INCHES = 3.4


def detectable_chart(words: Wording, table: pd.DataFrame, modelled: float, cluster: str) -> Chart:
    """Smallest effect found by number of clusters, beside the effect that the model makes of the evidence.

    Parameters
    ----------
    words
        Around the chart.
    table
        ``clusters``, ``effect``, ``low``, ``high``. [share of events avoided]
    modelled
        Share of events that the policy avoids at the point values. [share]
    cluster
        What is randomised.
    """
    known = table.dropna()
    with drawing():
        figure, (bottom, top) = canvas(words, PLOT_INCHES)
        inch = 1 / float(figure.get_figheight())
        axes = figure.add_axes((0.09, bottom + 0.5 * inch, 0.86, top - bottom - 0.6 * inch))
        axes.fill_between(known["clusters"], known["low"], known["high"], color=LIGHT_BLUE, linewidth=0.0)
        axes.plot(known["clusters"], known["effect"], "o-", color=DARK_BLUE)
        axes.axhline(max(0.0, modelled), color=ORANGE)
        axes.annotate(
            "as the model has it",
            (1.0, max(0.0, modelled)),
            (-4, 4),
            xycoords=("axes fraction", "data"),
            ha="right",
            textcoords="offset points",
            fontsize=9,
        )
        axes.set_xscale("log")
        axes.set_xticks(list(known["clusters"]), [f"{n:,.0f}" for n in known["clusters"]])
        axes.minorticks_off()
        axes.set_ylim(bottom=0.0)
        axes.set_xlabel(f"Number of {cluster}s in the trial")
        horizontal_grid(axes)
        told = "; ".join(f"{n:,.0f}: {x:.3g}" for n, x in zip(known["clusters"], known["effect"], strict=True))
        text = f"Smallest share of events avoided that is found, by {cluster}s: {told}. Modelled: {modelled:.3g}."
        return finish(figure, words, table.assign(modelled=modelled), text)
