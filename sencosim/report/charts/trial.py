"""What a trial of so many clusters can find."""

from __future__ import annotations

import pandas as pd

from sencosim.report.charts.lines import horizontal_grid
from sencosim.report.charts.style import DARK_BLUE, LIGHT_BLUE, ORANGE, Chart, Wording, beside, sheet


def detectable_chart(words: Wording, table: pd.DataFrame, modelled: float, cluster: str) -> Chart:
    """Smallest effect found by number of clusters, beside the effect that the model makes of the evidence.

    Effects are shares of events avoided: ``effect``, ``low`` and ``high`` by ``clusters``, and ``modelled``, that of
    the policy at the point values. A ``cluster`` is what is randomised.
    """
    known = table.dropna()
    with sheet(words, 3.4) as page:
        axes = page.axes(0.09, 0.86, foot=0.5, head=0.1)
        axes.fill_between(known["clusters"], known["low"], known["high"], color=LIGHT_BLUE, linewidth=0.0)
        axes.plot(known["clusters"], known["effect"], "o-", color=DARK_BLUE)
        height = max(0.0, modelled)
        axes.axhline(height, color=ORANGE)
        at = ("axes fraction", "data")
        beside(axes, "as the model has it", (1.0, height), (-4, 4), xycoords=at, ha="right", fontsize=9)
        axes.set_xscale("log")
        axes.set_xticks(list(known["clusters"]), [f"{n:,.0f}" for n in known["clusters"]])
        axes.minorticks_off()
        axes.set_ylim(bottom=0.0)
        axes.set_xlabel(f"Number of {cluster}s in the trial")
        horizontal_grid(axes)
        told = "; ".join(f"{n:,.0f}: {x:.3g}" for n, x in zip(known["clusters"], known["effect"], strict=True))
        text = f"Smallest share of events avoided that is found, by {cluster}s: {told}. Modelled: {modelled:.3g}."
        return page.chart(table.assign(modelled=modelled), text)
