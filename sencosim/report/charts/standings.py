"""Evidence or convention: what net present social value stands on, as steps that add up to it."""

from __future__ import annotations

from itertools import accumulate

import pandas as pd

from sencosim.outcomes.social import STANDING, WHOLE
from sencosim.report.charts.style import Chart, sheet, wording_of
from sencosim.report.charts.waterfall import Step, draw_steps
from sencosim.report.findings import Findings
from sencosim.report.social import statement
from sencosim.report.words import MILLION, in_a_sentence, joined, money, rounding_step


def standings_chart(findings: Findings, source: str) -> Chart | None:
    """Steps of the main view; ``None`` where nothing counts."""
    view = findings.inputs.main_view
    stands, whole = statement(findings, view, STANDING), statement(findings, view, WHOLE)
    if not stands or not whole:
        return None
    (net,) = whole.values()
    names, values = [row["title"] for row in stands.values()], [float(row["difference"]) for row in stands.values()]
    agreed = float(stands["convention"]["difference"]) if "convention" in stands else 0.0
    title = (
        f"Net present social value is {money(net['difference'], signed=True)}, of which {money(agreed, signed=True)} "
        "is convention"
    )
    large = max(map(abs, values)) >= MILLION
    scale, unit = (MILLION, "£ million") if large else (1.0, "£")
    words = wording_of(findings, "evidence_or_convention", source, title, unit=unit)
    starts = [0.0, *accumulate(values)]
    steps = [Step(name, value / scale, at / scale) for name, value, at in zip(names, values, starts, strict=False)]
    told = joined(
        [f"{in_a_sentence(name)} {money(value, signed=True)}" for name, value in zip(names, values, strict=True)]
    )
    with sheet(words, 1.0 + 0.75 * (len(steps) + 1)) as page:
        axes = page.axes(0.3, 0.6, foot=0.55)
        step = rounding_step(*(value / scale for value in values if value))
        ends = [float(net[name]) / scale for name in ("p10", "p90")]
        draw_steps(axes, steps, Step("Net present social value", net["difference"] / scale, 0.0), ends, step, dear=-1)
        axes.set_xlabel(f"{unit}: to the right benefits, to the left costs")
        data = pd.DataFrame(stands.values())[["name", "title", "difference", "p10", "p90"]]
        return page.chart(data, f"Waterfall chart. {words.title}. {view} view: {told}.")
