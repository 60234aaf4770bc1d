"""Charts of chances and of what knowing more is worth, from the tables of a run and of a stored ensemble."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.decisions.acceptability import quadrant_of
from sencosim.report.charts.decisions import SHARE_LIMITS, plane_chart, ranked_chart, switching_chart
from sencosim.report.charts.style import Chart, wording_of
from sencosim.report.findings import Findings
from sencosim.report.probability import PURSE, chance_frame, plane_of
from sencosim.report.showing import chance_in_100, draws_words
from sencosim.report.words import MILLION, payer_words, sentence_case

Floats = npt.NDArray[np.float64]


def chance_of_saving_chart(findings: Findings, source: str) -> Chart | None:
    """Chance that each payer saves, in the main view."""
    table = chance_frame(findings)
    own = table[table["view"] == findings.inputs.main_view]
    if own.empty:
        return None
    titles = own["payer"].map(lambda payer: "Public purse" if payer == PURSE else sentence_case(payer_words(payer)))
    shown = own.assign(title=titles).rename(columns={"chance": "value"})
    purse = shown[shown["payer"] == PURSE]
    first = shown.iloc[0] if purse.empty else purse.iloc[0]
    chance = chance_in_100(float(first["value"]), int(first["n_draws"]))
    words = wording_of(findings, "chance_of_saving", source, f"{first['title']}: chance of saving {chance}")
    columns = ["title", "value", "low", "high"]
    return ranked_chart(words, shown[columns].reset_index(drop=True), "chance of saving", SHARE_LIMITS)


def cost_effect_chart(findings: Findings, source: str) -> Chart | None:
    """Net cost against an effect, draw by draw."""
    found = plane_of(findings)
    if found is None:
        return None
    title, drawn = found
    effect = f"{title[:1].lower()}{title[1:]} avoided"
    most, share = max(drawn.quadrants.items(), key=lambda one: one[1])
    title = f"Cost against {effect}: {most} in {round(share * drawn.cost.size):,} of {draws_words(drawn.cost.size)}"
    words = wording_of(findings, "cost_and_effect", source, title)
    chart = plane_chart(words, drawn, effect)
    names = quadrant_of(drawn.cost, drawn.effect)
    data = chart.data.assign(quadrant=names, share_of_draws=[drawn.quadrants[name] for name in names])
    return replace(chart, data=data)


def switching_values_chart(findings: Findings, source: str) -> Chart | None:
    """Where inputs would change the answer alone, if a stored ensemble has it."""
    table = findings.inputs.research.get("switching_values", pd.DataFrame())
    roots = table[table["status"] != "no root in range"] if len(table) else table
    if roots.empty:
        return None
    title = f"{roots.iloc[0]['title']} would have to change least to change the answer"
    words = wording_of(findings, "switching_values", source, title)
    return switching_chart(words, roots)


def worth_of_research_chart(findings: Findings, source: str) -> Chart | None:
    """What knowing single inputs is worth, if a stored ensemble has it and anything is worth knowing."""
    table = findings.inputs.research.get("evppi", pd.DataFrame())
    own = table[(table["group"] != "everything") & table["survives"].astype(bool)] if len(table) else table
    if own.empty:
        return None
    own = own.sort_values("value", ascending=False, kind="stable")
    half = 1.96 * own["standard_error"]
    data = pd.DataFrame(
        {
            "title": own["title"],
            "value": own["value"] / MILLION,
            "low": (own["value"] - half).clip(lower=0.0) / MILLION,
            "high": (own["value"] + half) / MILLION,
        }
    )
    words = wording_of(findings, "worth_of_research", source, f"{data.iloc[0]['title']}: most worth knowing")
    return ranked_chart(words, data.reset_index(drop=True), "GBP million")
